"""Why one state of a dispute is stable for a party, or not, asked by names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from detente.dispute.dispute import Dispute
from detente.dispute.names import party_number
from detente.dispute.result import Result
from detente.space.named_states import state_number
from detente.space.representation import USUAL_NODES, Engine
from detente.stability import explain as explanations
from detente.stability.analysis import Progress
from detente.stability.concept_registry import concept_names
from detente.stability.explain import Explanation, Improvement
from detente.stability.memory import wants_symbolic
from detente.stability.prepared_model import graph_model

__all__ = ["ExplainedState", "StatesExplained", "explain"]


class StatesExplained(Protocol):
    """What an explanation is told with: a graph model, or the states of which it speaks."""

    @property
    def dispute(self) -> Dispute:
        """The dispute."""
        ...

    @property
    def status_quo(self) -> int | None:
        """State index of the status quo."""
        ...

    @property
    def engine(self) -> Engine:
        """In which form states are held."""
        ...

    @property
    def space(self) -> Any:
        """Has `assignments`: levels of every option, by state index."""
        ...

    def ranks(self, party: int) -> Any:
        """A party's rank of each state, by state index, with their `max`."""
        ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExplainedState(Result):
    """An explanation, with the model of which it is true.

    Attributes
    ----------
    model
        The graph model; where there is no array of states, those of which is spoken.
    explanation
        Why the state is stable, or not.
    """

    model: StatesExplained
    explanation: Explanation

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work, so that fewer moves are explained."""
        return self.explanation.why == "interrupted"

    @property
    def stable(self) -> bool:
        """Whether the state is stable for the party."""
        return self.explanation.stable

    @property
    def improvements(self) -> tuple[Improvement, ...]:
        """The party's improvements, those that nothing deters first."""
        return self.explanation.improvements

    def __repr__(self) -> str:
        found = self.explanation
        verdict = "stable" if found.stable else "not stable"
        return f"<State {found.state} is {verdict} for {found.party} under {found.concept}>"


def explain(
    dispute: Dispute,
    party: str,
    state: str | int = "status_quo",
    concept: str = "SEQ",
    *,
    packages: bool = False,
    limit: int = 20,
    engine: Engine | None = None,
    seconds: float = 120.0,
    nodes: int = USUAL_NODES,
    progress: Progress | None = None,
) -> ExplainedState:
    """Say why a state is stable for a party, or who would leave it and what deters them.

    Parameters
    ----------
    dispute
        The dispute.
    party
        Id or name of the party.
    state
        The state, by its number or its name.
    concept
        Name of a solution concept.
    packages
        Whether packages count as moves of all their members together.
    limit
        Explain at most this many improvements.
    engine
        How states are stored: ``cube``, ``list`` or ``symbolic``. By default: symbolic sets if
        neither of the others fits into memory.
    seconds
        How many seconds the work on symbolic sets may take. Moves that are not explained by then
        are told by their number.
    nodes
        How many nodes the diagrams of symbolic sets may have.
    progress
        Called as the work goes on.

    Returns
    -------
    ExplainedState

    Raises
    ------
    DisputeError
        If a name is unknown, or the concept is explained by its parts or not by this engine.

    Examples
    --------
    >>> import detente
    >>> detente.explain(detente.load("prisoners-dilemma"), "first", 1, "Nash")
    <State 1 is not stable for first under Nash>
    """
    (name,) = concept_names([concept])
    number = party_number(dispute, party)
    if wants_symbolic(dispute, [name], engine):
        # Imported here because small disputes have no use for diagrams.
        from detente.stability.symbolic_analysis import Budget
        from detente.stability.symbolic_explain import explain_symbolically

        return ExplainedState(
            *explain_symbolically(
                dispute,
                name,
                number,
                str(state),
                limit=limit,
                packages=packages,
                budget=Budget(seconds, nodes),
            )
        )
    model = graph_model(dispute, [name], engine=engine, progress=progress)
    index = state_number(model, str(state)) - 1
    if progress:
        progress(f"{name} at state {index + 1}", 0.0)
    found = explanations.explain(model, name, number, index, limit=limit, packages=packages)
    return ExplainedState(model, found)
