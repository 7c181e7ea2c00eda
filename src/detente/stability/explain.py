"""Why a state is stable, or not, for a party: each improvement and what deters it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from detente.stability.concepts import REACTIONS, Reaction, horizon_of, reaction_values
from detente.stability.graph_model import GraphModel
from detente.stability.limited import Anticipation, anticipations, foreseen_play, repeating
from detente.stability.simultaneous import simultaneous_results

__all__ = ["Explanation", "Improvement", "Step", "explain", "shortest_sanction"]


@dataclass(frozen=True, slots=True)
class Step:
    """One move of a path: who moved, and the number of the state it led to."""

    party: str
    state: int


@dataclass(frozen=True, slots=True)
class Improvement:
    """One move that the focal party might make, and what would follow.

    Attributes
    ----------
    state
        Number of the state that the party moves to.
    rank
        The party's rank there.
    deterred
        Whether the concept deters the move.
    path
        What would follow: where the move is deterred, a shortest sanction; where play is
        foreseen (limited-move concepts), that play; otherwise, where the others can respond at
        all, nothing.
    end_rank
        The party's rank in the end: after the sanction (and its best answer, where the concept
        allows one), or the least rank that the others can hold it to.
    escape
        Where a sanction exists but the party can answer it: the number of the state to which
        its best answer leads, and None otherwise.
    """

    state: int
    rank: int
    deterred: bool
    path: tuple[Step, ...]
    end_rank: int
    escape: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a state is stable, or not, for a party under a concept.

    ``improvements`` holds the party's unilateral improvements, best first; there are
    ``improvement_count`` of them, of which as many as asked for are explained, those that are
    not deterred before those that are.
    """

    concept: str
    party: str
    state: int
    rank: int
    stable: bool
    improvements: tuple[Improvement, ...]
    improvement_count: int


def explain(
    model: GraphModel, concept: str, party: int, index: int, *, limit: int = 20
) -> Explanation:
    """Explain the stability of one state for one party.

    Parameters
    ----------
    model
        The graph model.
    concept
        Name of the concept, as detente writes it.
    party
        Number of the party.
    index
        Index of the state.
    limit
        Explain at most this many improvements.

    Returns
    -------
    Explanation
    """
    ranks = model.ranks(party)
    here = int(ranks[index])
    node = model.node(index)
    targets = model.indices(model.graph.moves_from(node, party))
    foresighted = concept == "NM" or horizon_of(concept) is not None
    if not foresighted:
        targets = targets[ranks[targets] > here]
    if foresighted:
        explained = _explain_foreseen(model, concept, party, index, targets, limit)
    elif concept == "Nash":
        explained = _explain_moves(model, party, targets, limit)
    elif concept == "SIM":
        explained = _explain_simultaneous(model, party, index, targets, limit)
    else:
        explained = _explain_sanctions(model, party, index, targets, REACTIONS[concept], limit)
    return Explanation(
        concept=concept,
        party=model.dispute.parties[party].id,
        state=index + 1,
        rank=here,
        stable=explained.stable,
        improvements=tuple(explained.improvements),
        improvement_count=explained.count,
    )


@dataclass(frozen=True, slots=True)
class _Explained:
    """The improvements explained, how many there are in all, and whether all are deterred."""

    improvements: list[Improvement]
    count: int
    stable: bool


def _first(
    targets: NDArray[np.int64], ranks: NDArray[np.int32], deterred: NDArray[np.bool_], limit: int
) -> list[int]:
    """Which targets to explain, by place: those not deterred first, then the best."""
    first: list[int] = np.lexsort((targets, -ranks[targets], deterred))[:limit].tolist()
    return first


def _explain_moves(
    model: GraphModel, party: int, targets: NDArray[np.int64], limit: int
) -> _Explained:
    ranks = model.ranks(party)
    chosen = targets[_first(targets, ranks, np.zeros(targets.size, dtype=np.bool_), limit)]
    improvements = [
        Improvement(int(target) + 1, int(ranks[target]), False, (), int(ranks[target]))
        for target in chosen
    ]
    return _Explained(improvements, targets.size, stable=targets.size == 0)


def _explain_sanctions(
    model: GraphModel,
    party: int,
    index: int,
    targets: NDArray[np.int64],
    reaction: Reaction,
    limit: int,
) -> _Explained:
    ranks = model.ranks(party)
    here = int(ranks[index])
    graph = model.graph
    counter = graph.best_reach(graph.ranks[party], party)
    harm = counter if reaction.counter_move else graph.ranks[party]
    responses = reaction_values(graph, party, reaction)
    nodes_after = np.array([model.node(target) for target in targets.tolist()], dtype=np.int64)
    sanctioned = responses[nodes_after] <= here
    improvements = []
    for place in _first(targets, ranks, sanctioned, limit):
        target, node = int(targets[place]), int(nodes_after[place])
        deterred = bool(sanctioned[place])
        # Where no sanction holds, look for one that the party could answer.
        blow = harm if deterred else graph.ranks[party]
        path: tuple[Step, ...] = ()
        escape = None
        end_rank = int(responses[node])
        if deterred or reaction.counter_move:
            nodes = shortest_sanction(model, party, node, blow, here, improving=reaction.improving)
            path = tuple(
                Step(model.dispute.parties[mover].id, model.index(place) + 1)
                for mover, place in nodes
            )
            if nodes and not deterred:
                last = nodes[-1][1]
                answers = graph.moves_from(last, party)
                best = int(answers[np.argmax(graph.ranks[party][answers])])
                escape, end_rank = model.index(best) + 1, int(graph.ranks[party][best])
            elif nodes:
                end_rank = int(blow[nodes[-1][1]])
        improvements.append(
            Improvement(target + 1, int(ranks[target]), deterred, path, end_rank, escape)
        )
    return _Explained(improvements, targets.size, stable=bool(sanctioned.all()))


def shortest_sanction(
    model: GraphModel,
    party: int,
    start: int,
    harm: NDArray[np.integer],
    limit: int,
    *,
    improving: bool,
) -> list[tuple[int, int]]:
    """A shortest sequence of the others' moves to a node where `harm` is at most `limit`.

    Parameters
    ----------
    model
        The graph model.
    party
        Number of the focal party, which has just moved.
    start
        The node that it moved to.
    harm
        For each node, what the sanction has to bring down.
    limit
        How far down.
    improving
        Whether the others make unilateral improvements only.

    Returns
    -------
    list of (int, int)
        Mover and node after each move; nothing if there is no such sequence. The search is
        breadth-first over (node, last mover).
    """
    graph = model.graph
    others = [other for other in range(len(graph.ranks)) if other != party]
    before: dict[tuple[int, int], tuple[int, int] | None] = {(start, party): None}
    queue = deque(before)
    while queue:
        place = queue.popleft()
        node, last = place
        for mover in others:
            if mover == last:
                continue
            targets = graph.moves_from(node, mover)
            if improving:
                own = graph.ranks[mover]
                targets = targets[own[targets] > own[node]]
            for target in targets.tolist():
                reached = (target, mover)
                if reached in before:
                    continue
                before[reached] = place
                if harm[target] <= limit:
                    return _path_to(before, reached)
                queue.append(reached)
    return []


def _path_to(
    before: dict[tuple[int, int], tuple[int, int] | None], end: tuple[int, int]
) -> list[tuple[int, int]]:
    path = []
    place: tuple[int, int] | None = end
    while place is not None and before[place] is not None:
        node, mover = place
        path.append((mover, node))
        place = before[place]
    return path[::-1]


def _explain_simultaneous(
    model: GraphModel, party: int, index: int, targets: NDArray[np.int64], limit: int
) -> _Explained:
    ranks = model.ranks(party)
    results = simultaneous_results(model.moves, model.position_ranks, party, index)
    worst = np.array(
        [
            results.get(target, ranks[:0]).min(initial=int(ranks[target]))
            for target in targets.tolist()
        ],
        dtype=np.int64,
    )
    # A target is better than staying, so only a sanction can bring the worst down to that.
    deterred = worst <= ranks[index]
    improvements = [
        Improvement(
            int(targets[place]) + 1,
            int(ranks[targets[place]]),
            bool(deterred[place]),
            (),
            int(worst[place]),
        )
        for place in _first(targets, ranks, deterred, limit)
    ]
    return _Explained(improvements, targets.size, stable=bool(deterred.all()))


def _explain_foreseen(
    model: GraphModel,
    concept: str,
    party: int,
    index: int,
    targets: NDArray[np.int64],
    limit: int,
) -> _Explained:
    ranks = model.ranks(party)
    left = _moves_left(model, concept, party, model.node(index))
    # Whether a move is deterred is only known once its play is.
    improvements = []
    for target in targets.tolist():
        node = model.node(target)
        play = foreseen_play(model.graph, left, party, node)
        end = model.index(play[-1][1]) if play else target
        path = tuple(
            Step(model.dispute.parties[mover].id, model.index(place) + 1) for mover, place in play
        )
        deterred = bool(ranks[end] <= ranks[index])
        if not deterred or ranks[target] > ranks[index]:
            improvements.append(
                Improvement(target + 1, int(ranks[target]), deterred, path, int(ranks[end]))
            )
    improvements.sort(key=lambda move: (move.deterred, -move.rank, move.state))
    stable = all(move.deterred for move in improvements)
    return _Explained(improvements[:limit], len(improvements), stable)


def _moves_left(model: GraphModel, concept: str, party: int, node: int) -> list[Anticipation]:
    """Anticipations with 0, 1, ... moves left after the party's own first move."""
    horizon = horizon_of(concept)
    if horizon is not None:
        return list(islice(anticipations(model.graph), horizon))
    seen, first = repeating(model.graph)
    # Non-myopic stability means staying at every horizon of the cycle, so a horizon at which
    # the party moves tells why it fails. Horizon 0 comes before any move: go round once more.
    period = len(seen) - first
    unrolled = seen + seen[first : first + max(1, period)]
    horizons = range(max(first, 1), len(unrolled))
    moving = [h for h in horizons if unrolled[h].moving[party, node]]
    return unrolled[: moving[0] if moving else len(unrolled) - 1]
