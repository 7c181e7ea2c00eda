"""Why a state is not stable under some preferences, as what would have to be otherwise.

An *objection* is an improvement of some party that nothing deters, with everything that would
have to change, one of it at least, for that improvement to be deterred: comparisons of pairs of
states by parties. It holds whatever the preferences are that leave those comparisons as they
are, so it rules out all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.space.move_lists import SparseGraph
from detente.stability.concept import Reaction
from detente.stability.concept_registry import reaction_of

__all__ = ["Objection", "objections"]

Pairs = NDArray[np.int64]
"""Shape (pairs, 2): state indices."""


@dataclass(frozen=True, slots=True, eq=False)
class Objection:
    """An improvement that nothing deters, and what would make it otherwise.

    At least one of these must become true:

    - `party` does not prefer `improvement` to `state`;
    - for one of the `sanctions`, `party` prefers none of its states to `state`;
    - some mover prefers the second of one of its pairs in `openings` to the first.

    Attributes
    ----------
    state
        Index of the state with which others are compared: the one that is left, or what a plan
        offers those who stay.
    party
        Number of the party that leaves it.
    improvement
        Index of the state to which it goes.
    sanctions
        Groups of state indices: a state that the others reach, alone or with all to which the
        party can move from there.
    openings
        By number of mover: moves that it would make if they bettered its lot, and that would
        lead to where the others do not get now.
    """

    state: int
    party: int
    improvement: int
    sanctions: tuple[NDArray[np.int64], ...] = ()
    openings: dict[int, Pairs] = field(default_factory=dict)


def objections(
    graph: SparseGraph,
    concept: str,
    state: int,
    classes: Sequence[NDArray[np.int32]],
    offered: int | None = None,
) -> Iterator[Objection]:
    """Every objection to one state.

    Parameters
    ----------
    graph
        The graph model, with the ranks in question; nodes are state indices.
    concept
        Nash, GMR, SMR, SEQ or SSEQ.
    state
        Index of the state.
    classes
        For each party a number for each state, equal where no change of its statements could
        ever tell two states apart; of such states one stands for all.
    offered
        Index of the state with which parties compare what they get by leaving; the state itself
        where left out.

    Yields
    ------
    Objection
        None if the state is an equilibrium; where something is offered, if no party has a move
        by which it can count on more.
    """
    measure = state if offered is None else offered
    reaction = reaction_of(concept)
    for party, ranks in enumerate(graph.ranks):
        targets = graph.moves_from(state, party)
        better = targets[ranks[targets] > ranks[measure]]
        if not better.size:
            continue
        if reaction is None:
            for target in better.tolist():
                yield Objection(measure, party, target)
            continue
        harm = graph.best_reach(ranks, party) if reaction.counter_move else ranks
        for target in better.tolist():
            reached = _Reach(graph, party, reaction)
            if reached.spread(target, harm <= ranks[measure]):
                continue
            yield Objection(
                measure,
                party,
                target,
                tuple(_sanctions(graph, party, reaction, reached.nodes(), classes[party])),
                reached.openings(target, classes) if reaction.improving else {},
            )


class _Reach:
    """What the others reach by legal sequences, as (last mover, state)."""

    def __init__(self, graph: SparseGraph, party: int, reaction: Reaction) -> None:
        self.graph = graph
        self.reaction = reaction
        self.others = [other for other in range(len(graph.ranks)) if other != party]
        self.seen = {other: np.zeros(graph.ranks.shape[1], dtype=np.bool_) for other in self.others}

    def spread(self, start: int, sanction: NDArray[np.bool_]) -> bool:
        """Reach as far as possible, or until a sanction is found; tell whether one was."""
        frontier: dict[int | None, NDArray[np.int64]] = {None: np.array([start], dtype=np.int64)}
        while frontier:
            found: dict[int | None, NDArray[np.int64]] = {}
            for mover in self.others:
                nodes = [one for last, one in frontier.items() if last != mover]
                if not nodes:
                    continue
                sources, targets = self.graph.moves_from_each(np.concatenate(nodes), mover)
                if self.reaction.improving:
                    ranks = self.graph.ranks[mover]
                    targets = targets[ranks[targets] > ranks[sources]]
                fresh = np.unique(targets[~self.seen[mover][targets]])
                if fresh.size:
                    if sanction[fresh].any():
                        return True
                    self.seen[mover][fresh] = True
                    found[mover] = fresh
            frontier = found
        return False

    def nodes(self) -> NDArray[np.int64]:
        """The states reached."""
        return np.flatnonzero(np.logical_or.reduce(list(self.seen.values())))

    def openings(self, start: int, classes: Sequence[NDArray[np.int32]]) -> dict[int, Pairs]:
        """Moves that lead out of what is reached, were they improvements."""
        result = {}
        for mover in self.others:
            inside = [self.seen[last] for last in self.others if last != mover]
            from_here = (
                np.logical_or.reduce(inside)
                if inside
                else np.zeros(self.graph.ranks.shape[1], dtype=np.bool_)
            )
            from_here[start] = True
            sources, targets = self.graph.moves_from_each(np.flatnonzero(from_here), mover)
            out = ~self.seen[mover][targets]
            pairs = np.stack([sources[out], targets[out]], axis=1)
            own = classes[mover].astype(np.int64)
            code = own[pairs[:, 0]] * (int(own.max()) + 1) + own[pairs[:, 1]]
            _, first = np.unique(code, return_index=True)
            result[mover] = pairs[first]
        return result


def _sanctions(
    graph: SparseGraph,
    party: int,
    reaction: Reaction,
    nodes: NDArray[np.int64],
    classes: NDArray[np.int32],
) -> Iterator[NDArray[np.int64]]:
    """The states that would have to be no better, in groups, one for each that is distinct."""
    _, first, class_of = np.unique(classes, return_index=True, return_inverse=True)
    if not reaction.counter_move:
        for one in np.unique(class_of[nodes]):
            yield first[one : one + 1].astype(np.int64)
        return
    # A row of bits for each state: the classes of the state and of all to which the party
    # can go from there. Equal rows ask for the same.
    row_of = np.full(classes.size, -1, dtype=np.int64)
    row_of[nodes] = np.arange(nodes.size)
    held = np.zeros((nodes.size, first.size), dtype=np.bool_)
    held[row_of[nodes], class_of[nodes]] = True
    sources, targets = graph.moves_from_each(nodes, party)
    held[row_of[sources], class_of[targets]] = True
    packed = np.unique(np.packbits(held, axis=1), axis=0)
    for row in np.unpackbits(packed, axis=1, count=first.size):
        yield first[np.flatnonzero(row)].astype(np.int64)
