"""Many draws of a dispute's preferences, analysed together.

Moves and feasible states are the same in every draw; only ranks differ. What depends on moves
alone is worked out once (:class:`Structure`), and each draw costs about as much as a few passes
over the states. Every state is analysed in every draw, so what is counted is exact.

Two observations make it quick:

- A party tells states apart only by its statements. States with the same truths are a *class*,
  and the combinations of other parties' options under which each of the party's own combinations
  falls into the same class are one *context*. Nash, GMR and SMR are settled for each context.
- For GMR and SMR the others' reach does not depend on preferences. States that the others can
  reach from each other form one *component*; least ranks pass from component to component.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.model.dispute import Dispute, Formula, OrderedStates, Party
from detente.model.errors import DisputeError
from detente.model.moves import Moves
from detente.model.preferences import whole_weights
from detente.model.states import StateSpace
from detente.robustness.draws import DrawnPreferences
from detente.stability.analysis import analyse_model, concept_names
from detente.stability.concepts import DEFAULT_CONCEPTS
from detente.stability.graph_model import GraphModel, graph_model, with_ranks
from detente.stability.hypercube import one_way_patterns

__all__ = ["Batch", "Found", "Structure", "batch"]

# Ranks in compiled analysis are numbers of 16 bits, not negative.
_MOST_RANKS = 2**15 - 1
# Sums of powers of two up to here are exact in the floating-point products that rank draws.
_EXACT_BITS = 50

# Draws ranked and analysed together, fewer than the counters of compiled analysis hold.
_TOGETHER = 250


@dataclass(frozen=True, eq=False)
class Found:
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

    def ranks(self, drawn: DrawnPreferences) -> NDArray[np.int32]:
        """Rank of each class in each draw, shape (draws, classes), not negative."""
        if self.steps is not None:
            from_last: NDArray[np.int32] = (drawn.place.shape[1] - 1 - drawn.place).astype(np.int32)
            return from_last[:, self.steps]
        assert self.truths is not None
        if self.terms is not None:
            factors = drawn.reading * drawn.factor.astype(np.int64)
            return _dense((factors * np.array(self.terms, dtype=np.int64)) @ self.truths)
        return self._prioritised(drawn)

    def _prioritised(self, drawn: DrawnPreferences) -> NDArray[np.int32]:
        assert self.truths is not None
        count = drawn.place.shape[1]
        truths = self.truths.astype(np.float64)
        ranks: NDArray[Any] = np.zeros((len(drawn.place), self.count))
        done = 0
        while done < count:
            block = min(count - done, _EXACT_BITS - int(ranks.max(initial=0)).bit_length())
            power = np.ldexp(1.0, done + block - 1 - drawn.place.astype(np.int64))
            inside = (drawn.place >= done) & (drawn.place < done + block)
            terms = np.where(inside, power * drawn.reading, 0.0)
            # A reversed statement scores where it is false.
            below = np.where(terms < 0, terms, 0.0).sum(axis=1, keepdims=True)
            ranks = ranks * 2.0**block + terms @ truths - below
            done += block
            if done < count:
                ranks = _dense(ranks)
        if ranks.max(initial=0) > _MOST_RANKS:
            return _dense(ranks)
        return ranks.astype(np.int32)


def _dense(values: NDArray[Any]) -> NDArray[np.int32]:
    """Values as ranks from 0, for each draw by itself."""
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    steps = np.zeros(values.shape, dtype=np.int32)
    np.cumsum(ordered[:, 1:] != ordered[:, :-1], axis=1, out=steps[:, 1:])
    ranks = np.empty_like(steps)
    np.put_along_axis(ranks, order, steps, axis=1)
    return ranks


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
    distinct, first, of = np.unique(packed, axis=1, return_index=True, return_inverse=True)
    found[space.feasible] = of.reshape(-1)
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
            raise DisputeError(
                f"the weights of {party.id} span too many digits for draws around them",
                path=dispute.path,
                key=f"parties.{party.id}.preferences",
            )
    return _Classes(found, distinct.shape[1], truths[:, first], terms)


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
        Names of the solution concepts; Nash, GMR, SMR, SEQ and SSEQ where left out.
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
    names = concept_names(DEFAULT_CONCEPTS if concepts is None else concepts)
    model = graph_model(dispute)
    classes = tuple(_classes(dispute, party, model.space) for party in dispute.parties)
    together = (
        not one_by_one
        and not packages
        and model.on_cube
        and set(names) <= set(DEFAULT_CONCEPTS)
        and all(party.count < _MOST_RANKS for party in classes)
    )
    return Batch(model, names, classes, together, packages)


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
    """

    model: GraphModel
    concepts: tuple[str, ...]
    _classes: tuple[_Classes, ...] = field(repr=False)
    together: bool
    packages: bool = False

    @property
    def dispute(self) -> Dispute:
        """The dispute as stated."""
        return self.model.dispute

    @cached_property
    def outcome_truths(self) -> NDArray[np.bool_]:
        """Shape (outcomes, states): whether each state belongs to each outcome."""
        space = self.model.space
        truths = [space.holds(outcome.formula) for outcome in self.dispute.outcomes]
        return np.array(truths, dtype=np.bool_).reshape(len(truths), space.count)

    @cached_property
    def structure(self) -> Structure:
        """What compiled analysis needs to know of the moves."""
        return _structure(self.model.moves, [party.of for party in self._classes])

    def analyse(
        self, drawn: tuple[DrawnPreferences, ...], states: NDArray[np.integer] | None = None
    ) -> Found:
        """Find the equilibria of each draw.

        Parameters
        ----------
        drawn
            The preferences of every party.
        states
            Indices of states that are to be told draw by draw.

        Returns
        -------
        Found
        """
        chosen = np.asarray([] if states is None else states, dtype=np.int64)
        draws = len(drawn[0].place)
        parts = [
            self._analyse([own.rows(slice(start, start + _TOGETHER)) for own in drawn], chosen)
            for start in range(0, draws, _TOGETHER)
        ]
        return Found(
            sum((part.counts for part in parts[1:]), parts[0].counts),
            np.concatenate([part.outcomes for part in parts]),
            np.concatenate([part.states for part in parts]),
        )

    def models(self, drawn: tuple[DrawnPreferences, ...]) -> Iterator[GraphModel]:
        """The graph model of each draw: the same states and moves with other ranks."""
        for draw in range(len(drawn[0].place)):
            one = slice(draw, draw + 1)
            pairs = zip(self._classes, drawn, strict=True)
            yield self._model([_dense(party.ranks(own.rows(one)))[0] for party, own in pairs])

    def _model(self, ranks: list[NDArray[np.int32]]) -> GraphModel:
        """The graph model with these ranks of each party's classes, from 0."""
        space = self.model.space
        table = np.zeros((len(ranks), space.size), dtype=np.int32)
        for party, (own, classes) in enumerate(zip(ranks, self._classes, strict=True)):
            table[party, space.feasible] = own[classes.of[space.feasible]] + 1
        return with_ranks(self.model, table)

    def _analyse(self, drawn: list[DrawnPreferences], chosen: NDArray[np.int64]) -> Found:
        ranks = [classes.ranks(own) for classes, own in zip(self._classes, drawn, strict=True)]
        if self.together:
            return self._analyse_together(ranks, chosen)
        return self._analyse_one_by_one(ranks, chosen)

    def _analyse_together(self, ranks: list[NDArray[np.int32]], chosen: NDArray[np.int64]) -> Found:
        from detente.robustness.kernels import COUNT_BITS, analyse_draws

        structure = self.structure
        table = np.concatenate(ranks, axis=1).astype(np.int16)
        words = max(1, -(-len(self.dispute.outcomes) // 64))
        counts = np.zeros(len(structure.states), dtype=np.uint64)
        found = np.zeros((len(table), len(DEFAULT_CONCEPTS), words), dtype=np.uint64)
        stable = np.zeros((len(table), len(chosen)), dtype=np.uint8)
        analyse_draws(
            table,
            bool({"SEQ", "SSEQ"} & set(self.concepts)),
            **structure.arrays,
            regions=self._regions(words),
            chosen=structure.position_of[chosen],
            counts=counts,
            found=found,
            stable=stable,
        )
        wanted = [DEFAULT_CONCEPTS.index(concept) for concept in self.concepts]
        number = np.array(wanted, dtype=np.uint64)
        per_concept = counts[:, np.newaxis] >> (number * np.uint64(COUNT_BITS))
        per_concept &= np.uint64(2**COUNT_BITS - 1)
        inside = found.view(np.uint8).reshape(len(table), len(DEFAULT_CONCEPTS), -1)[:, wanted]
        outcomes = np.unpackbits(inside, axis=2, bitorder="little")
        by_concept = (stable[:, np.newaxis] >> np.array(wanted)[:, np.newaxis]) & 1
        return Found(
            per_concept[structure.position_of].astype(np.int64),
            outcomes[:, :, : len(self.dispute.outcomes)].astype(np.bool_),
            by_concept.astype(np.bool_),
        )

    def _regions(self, words: int) -> NDArray[np.uint64]:
        """Shape (positions, words): the outcomes of each position, as bits."""
        bits = np.zeros((len(self.structure.states), 8 * words), dtype=np.uint8)
        feasible = self.structure.states >= 0
        truths = self.outcome_truths[:, self.structure.states[feasible]]
        packed = np.packbits(truths.T, axis=1, bitorder="little")
        bits[feasible, : packed.shape[1]] = packed
        return bits.view("<u8").astype(np.uint64)

    def _analyse_one_by_one(
        self, ranks: list[NDArray[np.int32]], chosen: NDArray[np.int64]
    ) -> Found:
        draws = len(ranks[0])
        concepts = len(self.concepts)
        space = self.model.space
        counts = np.zeros((space.count, concepts), dtype=np.int64)
        outcomes = np.zeros((draws, concepts, len(self.outcome_truths)), dtype=np.bool_)
        states = np.zeros((draws, concepts, len(chosen)), dtype=np.bool_)
        for draw in range(draws):
            model = self._model([own[draw] for own in ranks])
            analysis = analyse_model(model, self.concepts, packages=self.packages)
            for number, concept in enumerate(self.concepts):
                equilibria = np.zeros(space.count, dtype=np.bool_)
                equilibria[analysis.equilibria(concept) - 1] = True
                counts[:, number] += equilibria
                outcomes[draw, number] = (self.outcome_truths & equilibria).any(axis=1)
                states[draw, number] = equilibria[chosen]
        return Found(counts, outcomes, states)


# Structure -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Structure:
    """What all draws of a dispute share, without guards and coalesced states.

    Own combinations of options that are feasible in no state are left out, which makes the cube
    smaller; its positions are counted anew.

    Attributes
    ----------
    states
        State index at each position, -1 where it is infeasible.
    position_of
        Position of each state.
    arrays
        Arguments of :func:`detente.robustness.kernels.analyse_draws`, for all parties one after
        the other. A *node* is a context and an own combination in it.

        lengths, inners
            The length of each party's own axis, and the step of positions along it.
        contexts, nodes
            Where each party's contexts and nodes start.
        classes, components
            Class and component of each node; class -1 where it is infeasible.
        pattern_starts, patterns
            The pattern of each own combination: its levels of options that change one way only.
        reached_starts, reached
            For each party a square table: whether the second pattern can be reached from the
            first.
        component_starts
            Where each party's components start: sets of states that the other parties can reach
            from each other. Those that can be reached from a component stand before it.
        member_starts, members
            The nodes in each component.
        next_starts, nexts
            The components that the others reach from each component by one move.
        group_starts, groups
            Where each party's groups start, and the position at which each group begins: states
            that differ only in the party's own options, in the order of positions.
        node_at
            Shape (positions, parties): the node of each position for each party, or -1.
        contexts_of
            Context of each group.
        group_at
            Shape (positions, parties): the group of each position for each party.
    """

    states: NDArray[np.int64]
    position_of: NDArray[np.int64]
    arrays: dict[str, NDArray[Any]]


def _starts(sizes: list[int]) -> NDArray[np.int64]:
    return np.array([0, *accumulate(sizes)], dtype=np.int64)


def _structure(moves: Moves, classes_of: list[NDArray[np.int32]]) -> Structure:
    space = moves.space
    kept = [
        np.flatnonzero(space.feasible.reshape(axis.shape).any(axis=(0, 2))) for axis in moves.axes
    ]
    lengths = [len(own) for own in kept]
    inners = [1, *accumulate(lengths, lambda a, b: a * b)]
    places = np.zeros(1, dtype=np.int64)
    for axis, own in zip(moves.axes, kept, strict=True):
        places = np.add.outer(own * axis.inner, places).reshape(-1)
    feasible = space.feasible[places]
    states = np.where(feasible, space.indices[places], -1).astype(np.int64)
    patterns, reached = [], []
    for axis, own in zip(moves.axes, kept, strict=True):
        pattern, between = one_way_patterns(axis)
        used, pattern = np.unique(pattern[own], return_inverse=True)
        patterns.append(pattern.reshape(-1))
        reached.append(between[np.ix_(used, used)])
    shapes = [(feasible.size // (i * k), k, i) for i, k in zip(inners, lengths, strict=False)]
    edges = [
        _edges(feasible.reshape(shape), pattern, between)
        for shape, pattern, between in zip(shapes, patterns, reached, strict=True)
    ]
    parts: dict[str, list[NDArray[Any]]] = {
        name: []
        for name in (
            "classes",
            "components",
            "members",
            "nexts",
            "groups",
            "contexts_of",
            "node_at",
            "group_at",
        )
    }
    sizes: dict[str, list[int]] = {
        name: [] for name in ("contexts", "nodes", "component", "member", "next", "group")
    }
    first_class = 0
    for party, shape in enumerate(shapes):
        components = _components(feasible.size, edges[:party] + edges[party + 1 :])
        classes = np.where(feasible, classes_of[party][places] + first_class, -1)
        first_class += int(classes_of[party].max()) + 1
        components, nexts = _ordered(components, edges[:party] + edges[party + 1 :], feasible)
        first_node, first_component = sum(sizes["nodes"]), sum(sizes["component"])
        pairs = np.where(feasible, classes * (len(nexts) + 1) + components, -1)
        by_group = np.moveaxis(pairs.reshape(shape), 1, 2).reshape(-1, shape[1])
        _, first, context = np.unique(by_group, axis=0, return_index=True, return_inverse=True)
        context = context.reshape(-1)
        own_classes = np.moveaxis(classes.reshape(shape), 1, 2).reshape(-1, shape[1])[first]
        own_components = np.moveaxis(components.reshape(shape), 1, 2).reshape(-1, shape[1])[first]
        starts = np.arange(shape[0] * shape[2])
        starts = starts // shape[2] * shape[1] * shape[2] + starts % shape[2]
        first_of = context.reshape(shape[0], 1, shape[2]) * shape[1] + first_node
        nodes = (first_of + np.arange(shape[1]).reshape(1, -1, 1)).reshape(-1)
        node = np.where(feasible, nodes, -1)
        owner = np.unique(components[feasible] * np.int64(node.max() + 1) + node[feasible])
        split = np.searchsorted(owner // (node.max() + 1), np.arange(len(nexts) + 1))
        members = [owner[a:b] % (node.max() + 1) for a, b in pairwise(split)]
        parts["classes"].append(own_classes.reshape(-1))
        parts["components"].append(own_components.reshape(-1) + first_component)
        parts["members"] += members
        parts["nexts"] += [one + first_component for one in nexts]
        number = np.arange(starts.size) + sum(sizes["group"])
        at = np.broadcast_to(number.reshape(shape[0], 1, shape[2]), shape)
        parts["groups"].append(starts)
        parts["contexts_of"].append(context + sum(sizes["contexts"]))
        parts["group_at"].append(at.reshape(-1))
        parts["node_at"].append(node)
        sizes["contexts"].append(len(first))
        sizes["nodes"].append(own_classes.size)
        sizes["component"].append(len(nexts))
        sizes["member"] += [one.size for one in members]
        sizes["next"] += [one.size for one in nexts]
        sizes["group"].append(starts.size)
    arrays: dict[str, NDArray[Any]] = {
        "lengths": np.array(lengths, dtype=np.int64),
        "inners": np.array(inners[:-1], dtype=np.int64),
        "contexts": _starts(sizes["contexts"]),
        "nodes": _starts(sizes["nodes"]),
        "classes": np.concatenate(parts["classes"]).astype(np.int32),
        "components": np.concatenate(parts["components"]).astype(np.int32),
        "pattern_starts": _starts(lengths),
        "patterns": np.concatenate(patterns).astype(np.int64),
        "reached": np.concatenate([one.reshape(-1) for one in reached]),
        "reached_starts": _starts([one.size for one in reached]),
        "component_starts": _starts(sizes["component"]),
        "member_starts": _starts(sizes["member"]),
        "members": np.concatenate(parts["members"]).astype(np.int32),
        "next_starts": _starts(sizes["next"]),
        "nexts": np.concatenate(parts["nexts"]).astype(np.int32),
        "group_starts": _starts(sizes["group"]),
        "groups": np.concatenate(parts["groups"]).astype(np.int32),
        "node_at": np.stack(parts["node_at"], axis=1).astype(np.int32),
        "contexts_of": np.concatenate(parts["contexts_of"]).astype(np.int32),
        "group_at": np.stack(parts["group_at"], axis=1).astype(np.int32),
    }
    position_of = np.empty(space.count, dtype=np.int64)
    position_of[states[feasible]] = np.flatnonzero(feasible)
    return Structure(states, position_of, arrays)


def _edges(
    feasible: NDArray[np.bool_], pattern: NDArray[np.intp], reached: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """A few of one party's moves, shape (2, moves), with the same reach as all of them.

    Within a pattern the feasible states of a group form a circle. From one state of a pattern a
    move leads to one state of each pattern that can be reached.
    """
    positions = np.arange(feasible.size).reshape(feasible.shape)
    outer, _, inner = feasible.shape
    first: NDArray[np.int64] = np.full((len(reached), outer, inner), -1, dtype=np.int64)
    last: NDArray[np.int64] = first.copy()
    found = []

    def add(start: NDArray[np.int64], end: NDArray[np.int64]) -> None:
        real = (start >= 0) & (end >= 0) & (start != end)
        found.append(np.stack([start[real], end[real]]))

    for own, group in enumerate(pattern):
        here = np.where(feasible[:, own], positions[:, own], -1)
        add(last[group], here)
        first[group] = np.where(first[group] < 0, here, first[group])
        last[group] = np.where(here < 0, last[group], here)
    for group in range(len(reached)):
        add(last[group], first[group])
        for target in np.flatnonzero(reached[group]):
            if target != group:
                add(first[group], first[target])
    return np.concatenate(found, axis=1)


def _components(size: int, edges: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    starts, ends = np.concatenate([np.empty((2, 0), dtype=np.int64), *edges], axis=1)
    graph = coo_array((np.ones(starts.size, dtype=np.int8), (starts, ends)), shape=(size, size))
    _, labels = connected_components(graph.tocsr(), directed=True, connection="strong")
    return labels.astype(np.int64)


def _ordered(
    components: NDArray[np.int64], edges: list[NDArray[np.int64]], feasible: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Number components so that what can be reached stands first, and list what each reaches."""
    used, labels = np.unique(components[feasible], return_inverse=True)
    components = np.zeros_like(components)
    components[feasible] = labels.reshape(-1)
    starts, ends = np.concatenate([np.empty((2, 0), dtype=np.int64), *edges], axis=1)
    between = np.unique(np.stack([components[starts], components[ends]]), axis=1)
    between = between[:, between[0] != between[1]]
    after: dict[int, list[int]] = {number: [] for number in range(len(used))}
    for start, end in between.T.tolist():
        after[start].append(end)
    order = list(TopologicalSorter(after).static_order())
    number_of = np.empty(len(used), dtype=np.int64)
    number_of[order] = np.arange(len(used))
    nexts = [number_of[np.array(after[old], dtype=np.int64)] for old in order]
    components[feasible] = number_of[components[feasible]]
    return components, nexts
