"""The stability analysis of a dispute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from logging import getLogger
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Outcome
from detente.dispute.errors import DisputeError
from detente.dispute.names import party_number, unknown_name
from detente.dispute.result import ByConcept
from detente.space.graph_model import GraphModel
from detente.space.package_moves import PackageMoves, package_moves
from detente.space.patterns import Cover, cover
from detente.space.representation import known_engine
from detente.stability.concept_registry import concept_named, concept_names, usual_concepts
from detente.stability.memory import wants_symbolic
from detente.stability.packaged import packaged_stability
from detente.stability.prepared_model import graph_model
from detente.stability.traps import cannot_be_left, closed_outcomes

if TYPE_CHECKING:
    import networkx
    import polars

    from detente.stability.symbolic_analysis import SymbolicAnalysis

__all__ = ["Analysis", "Progress", "analyse"]

_log = getLogger(__name__)

Progress = Callable[[str, float], None]
"""Called with what is being worked on and the share done, from 0 to 1."""


@dataclass(frozen=True, eq=False, repr=False)
class Analysis(ByConcept):
    """Which states are stable for whom, under the concepts asked for.

    States are given by *number*, counted from 1. Arrays have one entry for each state, in order
    of number: entry 0 belongs to state 1.

    Attributes
    ----------
    model
        The graph model that was analysed.
    concepts
        Names of the solution concepts, in the order asked for.
    packages
        Whether packages count as moves of all their members together.
    interrupted
        Whether the user ended the work; `concepts` are then those that were finished.
    """

    model: GraphModel
    concepts: tuple[str, ...]
    _stable: Mapping[str, NDArray[np.bool_]] = field(repr=False)
    packages: bool = False
    interrupted: bool = False

    @property
    def dispute(self) -> Dispute:
        """The dispute that was analysed."""
        return self.model.dispute

    @property
    def count(self) -> int:
        """Number of feasible states."""
        return self.model.space.count

    @property
    def status_quo(self) -> int | None:
        """Number of the status quo, or None where the dispute names none."""
        index = self.model.status_quo
        return None if index is None else index + 1

    def stable(self, concept: str, party: str) -> NDArray[np.bool_]:
        """Whether each state is stable for a party.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.
        party
            Id of the party.

        Returns
        -------
        numpy.ndarray of bool
            One entry for each state.

        Raises
        ------
        DisputeError
            If the concept was not analysed or there is no such party.
        """
        stable: NDArray[np.bool_] = self._stable[self._concept(concept)][
            party_number(self.dispute, party)
        ]
        return stable

    def equilibria(self, concept: str) -> NDArray[np.int64]:
        """Numbers of the states that are stable for every party.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.

        Returns
        -------
        numpy.ndarray of int64
            State numbers, from 1, in order.

        Raises
        ------
        DisputeError
            If the concept was not analysed.
        """
        return np.flatnonzero(self.is_equilibrium(concept)) + 1

    def is_equilibrium(self, concept: str) -> NDArray[np.bool_]:
        """Whether each state is stable for every party.

        Raises
        ------
        DisputeError
            If the concept was not analysed.
        """
        stable = self._stable[self._concept(concept)]
        return np.asarray(np.logical_and.reduce(stable, axis=0))

    def stable_parties(self, concept: str, state: int) -> tuple[str, ...]:
        """Ids of the parties for which one state is stable."""
        column = self._stable[self._concept(concept)][:, self.state_index(state)]
        return tuple(
            party.id for party, stable in zip(self.dispute.parties, column, strict=True) if stable
        )

    def ranks(self, party: str) -> NDArray[np.int32]:
        """A party's rank of each state: higher is better, equal is indifferent, 1 is worst."""
        return self.model.ranks(party_number(self.dispute, party)).copy()

    def levels(self, state: int) -> dict[str, str | None]:
        """Level of every option in one state; None where the members of a coalesced state differ.

        Parameters
        ----------
        state
            Number of the state.

        Returns
        -------
        dict of str to str or None
            By the option's full name.
        """
        row = self.model.space.assignments(np.array([self.state_index(state)]))[0]
        return {
            option.key: option.levels[level] if level >= 0 else None
            for option, level in zip(self.dispute.options, row, strict=True)
        }

    @cached_property
    def _outcome_truths(self) -> dict[str, NDArray[np.bool_]]:
        space = self.model.space
        return {outcome.id: space.holds(outcome.formula) for outcome in self.dispute.outcomes}

    @cached_property
    def closed_outcomes(self) -> tuple[str, ...]:
        """Ids of the named outcomes that no move leads out of."""
        return closed_outcomes(self.model, self._joint_moves)

    @cached_property
    def cannot_be_left(self) -> NDArray[np.bool_]:
        """Whether each state has no move, or is in an outcome that no move leads out of.

        An equilibrium there says little of what parties prefer.
        """
        return cannot_be_left(self.model, self.closed_outcomes, self._joint_moves)

    @property
    def _joint_moves(self) -> tuple[PackageMoves, ...]:
        return tuple(package_moves(self.model)) if self.packages else ()

    def in_outcome(self, outcome: str) -> NDArray[np.bool_]:
        """Whether each state belongs to a named outcome.

        Raises
        ------
        DisputeError
            If there is no such outcome.
        """
        if outcome not in self._outcome_truths:
            raise unknown_name("outcome", outcome, self._outcome_truths)
        return self._outcome_truths[outcome]

    def outcomes(self, state: int) -> tuple[Outcome, ...]:
        """The named outcomes to which one state belongs."""
        index = self.state_index(state)
        return tuple(
            outcome for outcome in self.dispute.outcomes if self._outcome_truths[outcome.id][index]
        )

    def patterns(self, concept: str, *, limit: int = 12) -> Cover:
        """Describe the equilibria under a concept by partial assignments.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.
        limit
            Make at most this many patterns.

        Returns
        -------
        Cover
            See :func:`detente.space.patterns.cover`.
        """
        return cover(self.model.space, self.is_equilibrium(concept), limit=limit)

    def to_polars(self, states: Sequence[int] | None = None) -> polars.DataFrame:
        """States as a table: options, outcomes, ranks and stability.

        Parameters
        ----------
        states
            Numbers of the states; by default all states.

        Returns
        -------
        polars.DataFrame
            One row for each state; see :func:`detente.stability.export.to_polars`.
        """
        from detente.stability.export import to_polars

        return to_polars(self, states)

    def to_networkx(self, most_moves: int | None = 500_000) -> networkx.MultiDiGraph[int]:
        """The graph model as a multigraph: nodes are state numbers, edges are moves.

        Raises
        ------
        LimitError
            If there may be more moves than `most_moves`, for which None sets no bound.
        """
        from detente.stability.export import to_networkx

        return to_networkx(self.model, most_moves)

    def explore(self, concept: str | None = None) -> Any:
        """A graph to explore in a notebook: click a state to see its moves.

        Parameters
        ----------
        concept
            The concept whose equilibria are marked, one of :attr:`concepts`; by default the last.

        Returns
        -------
        anywidget.AnyWidget
            Its trait ``state`` is the number of the chosen state. It can be set and observed.
            ``improvements_only`` leaves out moves that do not better their party. Of more than
            40 states the chosen one is shown with those that one move reaches. Needs the extra
            ``detente[notebook]``, and no network.

        Raises
        ------
        DisputeError
            If the concept was not analysed.

        Examples
        --------
        >>> import detente
        >>> widget = detente.analyse(detente.load("chicken"), ["Nash"]).explore()
        >>> widget.state
        1
        """
        from detente.stability.explorer import explorer

        return explorer(self, concept)

    def state_index(self, state: int) -> int:
        """Index of a state, from 0.

        Raises
        ------
        DisputeError
            If there is no such state.
        """
        if not 1 <= state <= self.count:
            raise DisputeError(f"there is no state {state}; the states are 1 to {self.count}")
        return state - 1

    def _concept(self, concept: str) -> str:
        (name,) = concept_names([concept])
        if name not in self._stable:
            raise DisputeError(
                f"{name} was not analysed; ask for it with concepts={[*self.concepts, name]}"
            )
        return name

    def __repr__(self) -> str:
        found = ", ".join(f"{name} {self.equilibria(name).size}" for name in self.concepts)
        return (
            f"<Analysis of {self.dispute.title!r}: {len(self.dispute.parties)} parties, "
            f"{len(self.dispute.options)} options, {self.count:,} states; equilibria: {found}>"
        )

    def _repr_html_(self) -> str:
        from detente.stability.export import to_html

        return to_html(self)


@overload
def analyse(
    dispute: Dispute,
    concepts: Sequence[str] | None = None,
    *,
    packages: bool = False,
    engine: Literal["cube", "list"] | None = None,
    progress: Progress | None = None,
) -> Analysis: ...


@overload
def analyse(
    dispute: Dispute,
    concepts: Sequence[str] | None = None,
    *,
    packages: bool = False,
    engine: Literal["symbolic"],
    progress: Progress | None = None,
) -> SymbolicAnalysis: ...


@overload
def analyse(
    dispute: Dispute,
    concepts: Sequence[str] | None = None,
    *,
    packages: bool = False,
    engine: str | None,
    progress: Progress | None = None,
) -> Analysis | SymbolicAnalysis: ...


def analyse(
    dispute: Dispute,
    concepts: Sequence[str] | None = None,
    *,
    packages: bool = False,
    engine: str | None = None,
    progress: Progress | None = None,
) -> Analysis | SymbolicAnalysis:
    """Find out which states of a dispute are stable, for whom, under each concept.

    Parameters
    ----------
    dispute
        The dispute, as :func:`detente.load` gives it.
    concepts
        Names of solution concepts: Nash, GMR, SMR, SEQ, SSEQ, SIM, L2, L3, ..., NM. By default:
        Nash, GMR, SMR, SEQ and SSEQ.
    packages
        Whether packages count as moves of all their members together; only for Nash, GMR, SMR,
        SEQ and SSEQ (docs/concepts/stability.md, definitions 13 to 16).
    engine
        ``cube``: all combinations of levels; ``list``: the feasible states, found from the
        constraints; ``symbolic``: sets as decision diagrams, with the budget that
        :class:`detente.stability.symbolic_analysis.Budget` has. By default: the list where few
        states of a large cube are feasible, otherwise the cube. ``auto``: symbolic sets
        too, where the cube would not fit.
    progress
        Called as the work goes on.

    Returns
    -------
    Analysis or SymbolicAnalysis
        The latter from the engine ``symbolic`` alone.

    Raises
    ------
    DisputeError
        If a concept or engine is unknown, or a concept is not defined with packages, or the
        dispute cannot be analysed as it stands.

    Examples
    --------
    >>> import detente
    >>> result = detente.analyse(detente.load("prisoners-dilemma"))
    >>> result.equilibria("Nash").tolist()
    [4]
    """
    names = concept_names(usual_concepts() if concepts is None else concepts)
    chosen = None if engine == "auto" else known_engine(engine)
    if chosen == "symbolic" or (engine == "auto" and wants_symbolic(dispute, names, None)):
        from detente.stability.symbolic_analysis import analyse_symbolically

        return analyse_symbolically(dispute, names, packages=packages, progress=progress)
    model = graph_model(dispute, names, engine=chosen, progress=progress)
    return analyse_model(model, names, packages=packages, progress=progress)


def analyse_model(
    model: GraphModel,
    names: Sequence[str],
    *,
    packages: bool = False,
    progress: Progress | None = None,
) -> Analysis:
    """The same as :func:`analyse`, for a graph model that is at hand."""
    stable: dict[str, NDArray[np.bool_]] = {}
    _log.info("stability under %s", ", ".join(names))

    def tell(what: str, share: float) -> None:
        if progress:
            progress(what, (len(stable) + share) / len(names))

    try:
        for name in names:
            if packages:
                stable[name] = packaged_stability(model, name, tell)
            else:
                stable[name] = concept_named(name).stable(model, name, tell)
            count = int(np.logical_and.reduce(stable[name]).sum())
            _log.debug("%s: %s equilibria", name, f"{count:,}")
        tell("", 0)
    except KeyboardInterrupt:
        if not stable:
            raise
        return Analysis(model, tuple(stable), stable, packages, interrupted=True)
    return Analysis(model, tuple(names), stable, packages)
