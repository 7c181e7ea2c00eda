"""Many draws of a dispute's preferences, analysed together.

Moves and feasible states are the same in every draw; only ranks differ. What depends on moves
alone is worked out once (:class:`~detente.robustness.engine.shared_structure.Structure`), and each
draw costs about as much as a few passes over the states. Every state is analysed in every draw, so
what is counted is exact.

Five observations make it quick:

- A party tells states apart only by its statements. States with the same truths are a *class*,
  and the combinations of other parties' options under which each of the party's own combinations
  falls into the same class are one *context*. Nash, GMR and SMR are settled for each context.
- For GMR and SMR the others' reach does not depend on preferences. States that the others can
  reach from each other form one *component*; least ranks pass from component to component.
- In one draw a party orders its own combinations in few ways, as most statements that it holds
  are about others. Where the order is the same over neighbouring contexts, one pass serves all.
- Under SEQ and SSEQ only states that are stable under GMR are open, and only whether a value lies
  above one of their ranks matters. A byte tells enough such levels apart for nearly all parties.
- Where a draw drops every statement about an option, states that differ in it alone are analysed
  once (:mod:`~detente.robustness.engine.idle_options`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula, OrderedStates, Party
from detente.dispute.errors import DisputeError, LimitError
from detente.dispute.result import whole
from detente.robustness.draws import DrawnPreferences, stated_preferences
from detente.robustness.engine.idle_options import IdleOptions, first_of_alike, spoken_of
from detente.robustness.engine.outcome_places import OutcomePlaces, places_of
from detente.robustness.engine.shared_structure import Structure, dense, structure_of
from detente.space.graph_model import GraphModel, with_ranks
from detente.space.package_moves import package_moves
from detente.space.ranks import whole_weights
from detente.space.shared_work import processors
from detente.space.states import StateSpace
from detente.space.threads import in_threads
from detente.stability.analysis import analyse_model
from detente.stability.concept_registry import (
    concept_names,
    concepts_serving,
    reaction_of,
    usual_concepts,
)
from detente.stability.prepared_model import graph_model
from detente.stability.traps import cannot_be_left, closed_outcomes

__all__ = ["Batch", "BatchCounts", "EveryState", "batch"]

# Ranks in compiled analysis are numbers of 16 bits, not negative.
_MOST_RANKS = 2**15 - 1
# Sums of powers of two up to here are exact in the floating-point products that rank draws.
_EXACT_BITS = 50
# So are sums of at most so many of them in numbers of 16 bits, and one more than any of them.
_SHORT_BITS = 14

# Draws ranked and analysed together, fewer than the counters of compiled analysis hold.
_TOGETHER = 1000

_Ranks: TypeAlias = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, eq=False)
class BatchCounts:
    """What was found in several draws.

    Attributes
    ----------
    counts
        Shape (states, concepts): in how many of the draws each state is an equilibrium.
    outcomes
        Shape (draws, concepts, outcomes): whether each outcome contains an equilibrium.
    states
        Shape (draws, concepts, chosen states): whether each is an equilibrium.
    """

    counts: NDArray[np.int64]
    outcomes: NDArray[np.bool_]
    states: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class EveryState:
    """What was found in several draws, with what is known of each state.

    Attributes
    ----------
    counts, outcomes
        As in :class:`BatchCounts`.
    bits
        Shape (draws, states): the concepts under which each is an equilibrium, as bits.
    bit_of
        Which bit each concept has.
    """

    counts: NDArray[np.int64]
    outcomes: NDArray[np.bool_]
    bits: NDArray[np.uint8]
    bit_of: tuple[int, ...]

    def of(self, states: NDArray[np.integer]) -> BatchCounts:
        """The same with some states only, by their indices."""
        bits = self.bits[:, np.newaxis, states]
        held = (bits >> np.array(self.bit_of, dtype=np.uint8)[:, np.newaxis]) & 1
        return BatchCounts(self.counts, self.outcomes, held.astype(np.bool_))


@dataclass(frozen=True, eq=False)
class _Classes:
    """States as one party tells them apart.

    ``of`` is the class of each position (-1 where it is infeasible). ``truths`` has shape
    (statements, classes), and ``terms`` the statements' weights as whole numbers; for an explicit
    order, ``steps`` is each class's place in the stated order.
    """

    of: NDArray[np.int32]
    count: int
    truths: NDArray[np.bool_] | None = None
    terms: tuple[int, ...] | None = None
    steps: NDArray[np.int64] | None = None

    def ranks(self, drawn: DrawnPreferences) -> _Ranks:
        """Rank of each class in each draw, shape (draws, classes), not negative."""
        if self.steps is not None:
            from_last: NDArray[np.int32] = (drawn.place.shape[1] - 1 - drawn.place).astype(np.int32)
            return from_last[:, self.steps]
        assert self.truths is not None
        if self.terms is not None:
            factors = drawn.reading * drawn.factor.astype(np.int64)
            return dense((factors * np.array(self.terms, dtype=np.int64)) @ self.truths)
        return self._prioritised(drawn)

    def _prioritised(self, drawn: DrawnPreferences) -> _Ranks:
        assert self.truths is not None
        count = drawn.place.shape[1]
        if count <= _SHORT_BITS:
            return self._prioritised_shortly(drawn)
        truths = self.truths.astype(np.float64, order="C")
        ranks: NDArray[Any] = np.zeros((len(drawn.place), self.count))
        done = 0
        while done < count:
            block = min(count - done, _EXACT_BITS - int(ranks.max(initial=0)).bit_length())
            power = np.ldexp(1.0, done + block - 1 - drawn.place.astype(np.int64))
            inside = (drawn.place >= done) & (drawn.place < done + block)
            terms = np.where(inside, power * drawn.reading, 0.0)
            # A reversed statement scores where it is false.
            below = np.where(terms < 0, terms, 0.0).sum(axis=1, keepdims=True)
            # Not a product of matrices: its library's own threads would hinder those of a sweep.
            ranks = ranks * 2.0**block + np.einsum("de,ec->dc", terms, truths) - below
            done += block
            if done < count:
                ranks = dense(ranks)
        if ranks.max(initial=0) > _MOST_RANKS:
            return dense(ranks)
        return ranks.astype(np.int32)

    def _prioritised_shortly(self, drawn: DrawnPreferences) -> NDArray[np.int16]:
        """The same of few statements, all of it in short numbers."""
        assert self.truths is not None
        last = drawn.place.shape[1] - 1
        terms = np.left_shift(np.int16(1), np.int16(last) - drawn.place) * drawn.reading
        below = np.minimum(terms, 0).sum(axis=1, keepdims=True, dtype=np.int16)
        ranks: NDArray[np.int16] = np.einsum(
            "de,ec->dc", terms, self.truths.astype(np.int16, order="C")
        )
        ranks -= below
        return ranks


def _distinct_columns(
    packed: NDArray[np.uint8],
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """The first of each different column, in their order, and which of them each column is."""
    rows, columns = packed.shape
    if rows > 8:
        _, first, of = np.unique(packed, axis=1, return_index=True, return_inverse=True)
        return first, of.reshape(-1)
    # As one number each, columns keep their order and are sorted much sooner.
    number = np.zeros((columns, 8), dtype=np.uint8)
    number[:, 8 - rows :] = packed.T
    in_order = number.view(">u8").reshape(-1).astype(np.uint64)
    _, first, of = np.unique(in_order, return_index=True, return_inverse=True)
    return first, of


def _classes(dispute: Dispute, party: Party, space: StateSpace) -> _Classes:
    preferences = party.preferences
    found = np.full(space.size, -1, dtype=np.int32)
    if isinstance(preferences, OrderedStates):
        steps = np.zeros(space.size, dtype=np.int64)
        for step, entry in enumerate(preferences.order):
            for part in entry:
                if isinstance(part, Formula):
                    steps[space.truth(part) & space.feasible] = step
                else:
                    steps[space.members(part - 1)] = step
        found[space.feasible] = steps[space.feasible]
        count = len(preferences.order)
        return _Classes(found, count, steps=np.arange(count))
    truths = np.array(
        [space.truth(statement.formula)[space.feasible] for statement in preferences.statements],
        dtype=np.bool_,
    ).reshape(len(preferences.statements), np.count_nonzero(space.feasible))
    # One more row, the same for all states, so that there is one where nothing is stated.
    packed = np.packbits(np.vstack([truths, np.ones(truths.shape[1], dtype=np.bool_)]), axis=0)
    first, of = _distinct_columns(packed)
    found[space.feasible] = of
    for formula, members in zip(dispute.coalesce, space.classes, strict=True):
        if (found[members] != found[members[0]]).any():
            raise DisputeError(
                f"the states in which “{formula.text}” holds count as one state, and statements "
                f"of {party.id} tell them apart; they do so in some draws, if not as stated",
                path=dispute.path,
                place=formula.place,
                key="coalesce",
            )
    terms = None
    if preferences.weighted:
        terms = whole_weights(preferences.statements)
        if sum(map(abs, terms)) >= 2**50:
            raise LimitError(
                f"the weights of {party.id} span too many digits for draws around them",
                path=dispute.path,
                key=f"parties.{party.id}.preferences",
            )
    return _Classes(found, first.size, truths[:, first], terms)


@dataclass(frozen=True, eq=False)
class _Folded:
    """A dispute for draws in which some options are idle; see :mod:`.idle_options`.

    `classes` are the numbers of each party's classes that occur, and `position_of` has shape
    (states,): the position at which each state is analysed. `places` tells which outcomes each
    position is in.
    """

    classes: tuple[NDArray[np.int32], ...]
    structure: Structure
    position_of: NDArray[np.int64]
    places: OutcomePlaces


def batch(
    dispute: Dispute,
    concepts: tuple[str, ...] | None = None,
    *,
    one_by_one: bool = False,
    packages: bool = False,
) -> Batch:
    """Prepare a dispute for the analysis of many draws.

    Parameters
    ----------
    dispute
        The dispute.
    concepts
        Names of the solution concepts; by default Nash, GMR, SMR, SEQ and SSEQ.
    one_by_one
        Analyse each draw by itself, as :func:`detente.analyse` does. This is slow, and done in
        any case for guards, coalesced states, packages and other concepts.
    packages
        Whether packages count as moves of all their members together.

    Returns
    -------
    Batch

    Raises
    ------
    DisputeError
        If the dispute cannot be analysed, or a draw of its preferences could not.
    """
    names = concept_names(usual_concepts() if concepts is None else concepts)
    model = graph_model(dispute)
    classes = tuple(_classes(dispute, party, model.space) for party in dispute.parties)
    together = (
        not one_by_one
        and not packages
        and bool(model.along_axes)
        and set(names) <= set(concepts_serving("shared draws"))
        and all(party.count < _MOST_RANKS for party in classes)
    )
    idle = _idle_options(model.space, classes) if together else None
    return Batch(model, names, classes, together, packages, idle)


def _idle_options(space: StateSpace, classes: tuple[_Classes, ...]) -> IdleOptions:
    """Which options can be idle in a draw."""
    told: list[tuple[NDArray[np.generic], bool]] = [
        (party.of.reshape(1, -1), False)
        if party.truths is None
        else (party.truths[:, party.of], True)
        for party in classes
    ]
    return spoken_of(space, told)


@dataclass(frozen=True, eq=False)
class Batch:
    """A dispute ready for the analysis of many draws.

    Attributes
    ----------
    model
        The graph model as stated.
    concepts
        Names of the solution concepts.
    together
        Whether draws are analysed by compiled code that they share, or one by one.
    packages
        Whether packages count as moves of all their members together.
    idle_together
        Sets of options; a draw is analysed by the first of them that are all idle in it. The last
        is empty.
    """

    model: GraphModel
    concepts: tuple[str, ...]
    _classes: tuple[_Classes, ...] = field(repr=False)
    together: bool
    packages: bool = False
    _idle_options: IdleOptions | None = field(default=None, repr=False)
    idle_together: tuple[tuple[int, ...], ...] = ((),)

    @property
    def dispute(self) -> Dispute:
        """The dispute as stated."""
        return self.model.dispute

    @cached_property
    def outcome_truths(self) -> NDArray[np.bool_]:
        """Shape (outcomes, states): which states count for each outcome.

        Its states, without those that lie in another outcome that nobody can leave.
        """
        space = self.model.space
        joint = tuple(package_moves(self.model)) if self.packages else ()
        closed = closed_outcomes(self.model, joint)
        held = cannot_be_left(self.model, closed, joint)
        truths = [
            space.holds(outcome.formula) & (True if outcome.id in closed else ~held)
            for outcome in self.dispute.outcomes
        ]
        return np.array(truths, dtype=np.bool_).reshape(len(truths), space.count)

    def for_draws(self, sample: tuple[DrawnPreferences, ...], draws: int) -> Batch:
        """The same, to be prepared for what pays off in so many draws.

        What is found does not depend on it.

        Parameters
        ----------
        sample
            Some of the draws.
        draws
            How many draws are to be analysed.

        Returns
        -------
        Batch
        """
        if self._idle_options is None:
            return self
        return replace(self, idle_together=self._idle_options.worth_preparing(sample, draws))

    def prepare(self) -> None:
        """Work out now what is worked out once, so that threads do not all begin with it."""
        if self.together:
            _ = self._structures

    @cached_property
    def _structures(self) -> tuple[_Folded, ...]:
        """What compiled analysis needs to know of the moves, for each set of idle options."""
        drawn = stated_preferences(self.dispute)
        ranks = [
            np.where(party.of < 0, -1, party.ranks(own)[0][party.of])
            for party, own in zip(self._classes, drawn, strict=True)
        ]
        work = partial(self._folded, ranks=ranks)
        return tuple(in_threads(work, self.idle_together, processors()))

    def _folded(self, options: tuple[int, ...], ranks: list[NDArray[np.int32]]) -> _Folded:
        space = self.model.space
        first = first_of_alike(space, options)
        kept = space.feasible & (first == np.arange(space.size))
        used = tuple(np.unique(party.of[kept]) for party in self._classes)
        classes = [
            np.where(kept, np.searchsorted(own, party.of), -1).astype(np.int32)
            for own, party in zip(used, self._classes, strict=True)
        ]
        structure = structure_of(self.model.moves, kept, classes, ranks)
        of_state = space.indices[first[space.positions]]
        places = _places(structure, of_state, self.outcome_truths)
        return _Folded(used, structure, structure.position_of[of_state], places)

    def analyse(
        self, drawn: tuple[DrawnPreferences, ...], states: NDArray[np.integer] | None = None
    ) -> BatchCounts:
        """Find the equilibria of each draw.

        Parameters
        ----------
        drawn
            The preferences of every party.
        states
            Indices of states that are to be told draw by draw.

        Returns
        -------
        BatchCounts
        """
        chosen = np.asarray([] if states is None else states, dtype=np.int64)
        draws = len(drawn[0].place)
        parts = [
            self._analyse([own.rows(slice(start, start + _TOGETHER)) for own in drawn], chosen)
            for start in range(0, draws, _TOGETHER)
        ]
        return BatchCounts(
            sum((part.counts for part in parts[1:]), parts[0].counts),
            np.concatenate([part.outcomes for part in parts]),
            np.concatenate([part.states for part in parts]),
        )

    def analyse_every_state(self, drawn: tuple[DrawnPreferences, ...]) -> EveryState:
        """The same of every state, where draws are analysed together.

        Parameters
        ----------
        drawn
            The preferences of every party, in no more draws than are analysed together.

        Returns
        -------
        EveryState
        """
        ranks = [classes.ranks(own) for classes, own in zip(self._classes, drawn, strict=True)]
        return self._bits(drawn, ranks, np.arange(self.model.space.count))

    def models(self, drawn: tuple[DrawnPreferences, ...]) -> Iterator[GraphModel]:
        """The graph model of each draw: the same states and moves with other ranks."""
        for draw in range(len(drawn[0].place)):
            one = slice(draw, draw + 1)
            pairs = zip(self._classes, drawn, strict=True)
            yield self._model([dense(party.ranks(own.rows(one)))[0] for party, own in pairs])

    def _model(self, ranks: Sequence[_Ranks]) -> GraphModel:
        """The graph model with these ranks of each party's classes, from 0."""
        table = np.empty((len(ranks), self.model.space.size), dtype=np.int32)
        for row, own, classes in zip(table, ranks, self._classes, strict=True):
            # Infeasible positions are of class -1: the last entry, 0.
            np.append(own + 1, np.int32(0)).take(classes.of, out=row, mode="wrap")
        return with_ranks(self.model, table)

    def _analyse(self, drawn: list[DrawnPreferences], chosen: NDArray[np.int64]) -> BatchCounts:
        ranks = [classes.ranks(own) for classes, own in zip(self._classes, drawn, strict=True)]
        if self._idle_options is None:
            return self._analyse_one_by_one(ranks, chosen)
        return self._bits(drawn, ranks, chosen).of(np.arange(len(chosen)))

    def _bits(
        self, drawn: Sequence[DrawnPreferences], ranks: list[_Ranks], chosen: NDArray[np.int64]
    ) -> EveryState:
        """What is found of some states, as of all."""
        assert self._idle_options is not None
        number = self._idle_options.first_fitting(self.idle_together, drawn)
        draws, concepts = len(number), len(self.concepts)
        # Concept by concept and in few bits, as each set of idle options adds to all of them.
        counts = np.zeros((concepts, self.model.space.count), dtype=np.int16)
        outcomes = np.zeros((draws, concepts, len(self.dispute.outcomes)), dtype=np.bool_)
        bits = np.zeros((draws, len(chosen)), dtype=np.uint8)
        for place in np.unique(number).tolist():
            rows = np.flatnonzero(number == place)
            more, outcomes[rows], bits[rows] = self._analyse_together(
                self._structures[place], [own[rows] for own in ranks], chosen
            )
            counts += more
        served = concepts_serving("shared draws")
        bit_of = tuple(served.index(concept) for concept in self.concepts)
        return EveryState(counts.T.astype(np.int64), outcomes, bits, bit_of)

    def _analyse_together(
        self, folded: _Folded, ranks: list[_Ranks], chosen: NDArray[np.int64]
    ) -> tuple[NDArray[np.int16], NDArray[np.bool_], NDArray[np.uint8]]:
        """What is in :class:`EveryState`, with concepts before states where these are counted."""
        from detente.robustness.engine.kernels import analyse_draws

        structure = folded.structure
        # In the order of their bits.
        served = concepts_serving("shared draws")
        columns = [own[:, used] for own, used in zip(ranks, folded.classes, strict=True)]
        # In one order whatever that of the columns, so that the kernel is compiled once.
        table = np.ascontiguousarray(np.concatenate(columns, axis=1), dtype=np.int16)
        counts = np.zeros((len(served), len(structure.states)), dtype=np.int16)
        found = np.zeros((len(table), len(served), folded.places.outcomes.shape[1]), np.uint64)
        stable = np.zeros((len(table), len(chosen)), dtype=np.uint8)
        analyse_draws(
            table,
            any(_is_sequential(concept) for concept in self.concepts),
            structure.shared,
            folded.places,
            folded.position_of[chosen],
            counts,
            found,
            stable,
        )
        wanted = [served.index(concept) for concept in self.concepts]
        inside = found.view(np.uint8).reshape(len(table), len(served), -1)[:, wanted]
        outcomes = np.unpackbits(inside, axis=2, bitorder="little")
        return (
            # Every state has a position; not to ask whether it has takes half the time.
            counts[wanted].take(folded.position_of, axis=1, mode="clip"),
            outcomes[:, :, : len(self.dispute.outcomes)].astype(np.bool_),
            stable,
        )

    def _analyse_one_by_one(self, ranks: list[_Ranks], chosen: NDArray[np.int64]) -> BatchCounts:
        draws = len(ranks[0])
        concepts = len(self.concepts)
        space = self.model.space
        counts = np.zeros((space.count, concepts), dtype=np.int64)
        outcomes = np.zeros((draws, concepts, len(self.outcome_truths)), dtype=np.bool_)
        states = np.zeros((draws, concepts, len(chosen)), dtype=np.bool_)
        for draw in range(draws):
            model = self._model([own[draw] for own in ranks])
            analysis = whole(analyse_model(model, self.concepts, packages=self.packages))
            for number, concept in enumerate(self.concepts):
                equilibria = np.zeros(space.count, dtype=np.bool_)
                equilibria[analysis.equilibria(concept) - 1] = True
                counts[:, number] += equilibria
                outcomes[draw, number] = (self.outcome_truths & equilibria).any(axis=1)
                states[draw, number] = equilibria[chosen]
        return BatchCounts(counts, outcomes, states)


def _places(
    structure: Structure, of_state: NDArray[np.integer], outcome_truths: NDArray[np.bool_]
) -> OutcomePlaces:
    """Which outcomes each position is in.

    `of_state` is the state that is analysed for each state: its position is in each outcome that
    any of these is in.
    """
    outcomes, count = outcome_truths.shape
    words = max(1, -(-outcomes // 64))
    truths = np.zeros((outcomes, count), dtype=np.bool_)
    for truth, joined in zip(outcome_truths, truths, strict=True):
        joined[of_state[truth]] = True
    bits = np.zeros((len(structure.states), 8 * words), dtype=np.uint8)
    feasible = structure.states >= 0
    packed = np.packbits(truths[:, structure.states[feasible]].T, axis=1, bitorder="little")
    bits[feasible, : packed.shape[1]] = packed
    first, region_of = _distinct_columns(bits.T)
    return places_of(region_of, bits[first].view("<u8").astype(np.uint64), structure.shared)


def _is_sequential(concept: str) -> bool:
    """Whether only improvements of others count as sanctions."""
    reaction = reaction_of(concept)
    return reaction is not None and reaction.improving
