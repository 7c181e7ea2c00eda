"""Why one state of a dispute is stable for a party, or not, asked by names."""

from __future__ import annotations

from dataclasses import dataclass

from detente.dispute.dispute import Dispute
from detente.dispute.names import party_number
from detente.dispute.result import Result
from detente.space.graph_model import GraphModel
from detente.space.named_states import state_number
from detente.stability import explain as explanations
from detente.stability.analysis import Progress
from detente.stability.concept_registry import concept_names
from detente.stability.explain import Explanation, Improvement
from detente.stability.prepared_model import graph_model

__all__ = ["ExplainedState", "explain"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExplainedState(Result):
    """An explanation, with the model of which it is true.

    Attributes
    ----------
    model
        The graph model.
    explanation
        Why the state is stable, or not.
    """

    model: GraphModel
    explanation: Explanation

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
        Explain at most so many improvements.
    progress
        Called as the work goes on.

    Returns
    -------
    ExplainedState

    Raises
    ------
    DisputeError
        If a name is unknown, or the concept is explained by its parts.

    Examples
    --------
    >>> import detente
    >>> detente.explain(detente.load("prisoners-dilemma"), "first", 1, "Nash")
    <State 1 is not stable for first under Nash>
    """
    (name,) = concept_names([concept])
    number = party_number(dispute, party)
    model = graph_model(dispute, [name], progress=progress)
    index = state_number(model, str(state)) - 1
    if progress:
        progress(f"{name} at state {index + 1}", 0.0)
    found = explanations.explain(model, name, number, index, limit=limit, packages=packages)
    return ExplainedState(model, found)
