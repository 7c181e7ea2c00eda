"""Why a state is stable, or not, for a party: each improvement and what deters it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError
from detente.space.graph import Graph, Values
from detente.space.graph_model import GraphModel
from detente.stability.concept import Reaction
from detente.stability.concept_registry import concept_named, reaction_of
from detente.stability.concepts.limited_move import horizon_of
from detente.stability.limited import Anticipation, anticipations, foreseen_play, repeating
from detente.stability.packaged import PackagedGraph, check_packaged_concept, packaged_graph
from detente.stability.sanctions import reaction_values
from detente.stability.simultaneous import simultaneous_results

__all__ = [
    "ExplainedMove",
    "Explanation",
    "Improvement",
    "Prospect",
    "explain",
    "shortest_sanction",
]


@dataclass(frozen=True, slots=True)
class ExplainedMove:
    """One move of a path: who moved, and the number of the state it led to.

    The mover is a party or, where packages count as moves, a package; both are told by id.
    """

    party: str | None
    state: int
    package: str | None = None


@dataclass(frozen=True, slots=True)
class Prospect:
    """What another member of a package has to expect of it.

    Attributes
    ----------
    party
        Id of the member.
    before, after
        Its rank in the state that is left, and in the one to which the package leads.
    deterred
        Whether what may follow deters it, so that the package is not made.
    path, end_rank, escape
        As in :class:`Improvement`, for this member.
    """

    party: str
    before: int
    after: int
    deterred: bool
    path: tuple[ExplainedMove, ...]
    end_rank: int
    escape: int | None = None


@dataclass(frozen=True, slots=True)
class Improvement:
    """One move that the focal party might make, alone or by a package, and what would follow.

    Attributes
    ----------
    state
        Number of the state that the move leads to.
    rank
        The party's rank there.
    deterred
        Whether the concept deters the move; a package, whether it deters any of its members.
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
    package
        Id of the package by which the move is made, and None where it is the party's own.
    others
        Of a package, what its other members have to expect; `path`, `end_rank` and `escape`
        are the focal party's.
    """

    state: int
    rank: int
    deterred: bool
    path: tuple[ExplainedMove, ...]
    end_rank: int
    escape: int | None = None
    package: str | None = None
    others: tuple[Prospect, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a state is stable, or not, for a party under a concept.

    ``improvements`` holds the party's unilateral improvements, best first. There are
    ``improvement_count`` of them. As many as asked for are explained, and those that are not
    deterred come before the others. Where ``packages`` count as moves, the joint
    improvements of packages to which the party belongs are among them. Where the work ended early,
    ``why`` says what ended it, and fewer are explained.
    """

    concept: str
    party: str
    state: int
    rank: int
    stable: bool
    improvements: tuple[Improvement, ...]
    improvement_count: int
    packages: bool = False
    why: Literal["time", "nodes", "interrupted"] | None = None


def explain(
    model: GraphModel,
    concept: str,
    party: int,
    index: int,
    *,
    limit: int = 20,
    packages: bool = False,
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
    packages
        Whether packages count as moves of all their members together; only for Nash, GMR, SMR,
        SEQ and SSEQ (docs/concepts/stability.md, definitions 13 to 16).

    Returns
    -------
    Explanation

    Raises
    ------
    DisputeError
        If the concept is not defined with packages and they are asked for.
    """
    if packages:
        check_packaged_concept(concept)
    declared = concept_named(concept)
    if declared.explained == "by its parts":
        parts = ", and for ".join(declared.parts)
        raise DisputeError(f"{concept} is explained by its parts: ask for {parts}")
    ranks = model.ranks(party)
    here = int(ranks[index])
    targets = model.moves_from(index, party)
    if declared.explained != "foresight":
        targets = targets[ranks[targets] > here]
    if declared.explained == "foresight":
        explained = _explain_foreseen(model, concept, party, index, targets, limit)
    elif declared.explained == "at once":
        explained = _explain_simultaneous(model, party, index, targets, limit)
    elif declared.deterred is not None:
        deterred = declared.deterred(model, concept, party, index, targets)
        explained = _explain_own(ranks, targets, deterred, limit)
    else:
        graph = packaged_graph(model) if packages else model.graph
        explained = _Sanctions(model, graph, concept, index).explained(party, targets, limit)
    return Explanation(
        concept=concept,
        party=model.dispute.parties[party].id,
        state=index + 1,
        rank=here,
        stable=explained.stable,
        improvements=tuple(explained.improvements),
        improvement_count=explained.count,
        packages=packages,
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


@dataclass(frozen=True, slots=True)
class _Move:
    """One improvement: the node that it leads to, and the number of the package, if it is one."""

    node: int
    package: int | None = None


class _Sanctions:
    """What deters moves from one state under Nash, GMR, SMR, SEQ or SSEQ."""

    def __init__(
        self, model: GraphModel, graph: Graph | PackagedGraph, concept: str, index: int
    ) -> None:
        self.model = model
        self.graph = graph
        # None: under Nash nothing that others may do is considered.
        self.reaction: Reaction | None = reaction_of(concept)
        self.index = index
        self.here = model.node(index)
        self.packages = graph.packages if isinstance(graph, PackagedGraph) else ()
        self._counted_on: dict[int, Values] = {}

    def explained(self, party: int, targets: NDArray[np.int64], limit: int) -> _Explained:
        """The improvements of a party: its own moves to these states, and packages."""
        moves = [_Move(self.model.node(target)) for target in targets.tolist()]
        moves += self._joint_moves(party)
        deterred = [self._is_deterred(party, move) for move in moves]
        ranks = self.graph.ranks[party]

        def order(place: int) -> tuple[bool, int, int]:
            node = moves[place].node
            return deterred[place], -int(ranks[node]), self.model.index(node)

        first = sorted(range(len(moves)), key=order)[:limit]
        improvements = [self._improvement(party, moves[place]) for place in first]
        return _Explained(improvements, len(moves), stable=all(deterred))

    def _joint_moves(self, party: int) -> list[_Move]:
        found: list[_Move] = []
        if isinstance(self.graph, PackagedGraph):
            for number, package in enumerate(self.packages):
                if party in package.members:
                    ends = self.graph.joint_moves(number, improving=True).targets_of(self.here)
                    found += [_Move(end, number) for end in ends.tolist()]
        return found

    def _members(self, party: int, move: _Move) -> list[int]:
        """Who makes a move, the focal party first."""
        if move.package is None:
            return [party]
        others = self.packages[move.package].members - {party}
        return [party, *sorted(others)]

    def _is_deterred(self, party: int, move: _Move) -> bool:
        return any(self._deters(member, move.node) for member in self._members(party, move))

    def _deters(self, party: int, node: int) -> bool:
        return int(self._responses(party)[node]) <= int(self.graph.ranks[party, self.here])

    def _responses(self, party: int) -> Values:
        if party not in self._counted_on:
            self._counted_on[party] = (
                self.graph.ranks[party]
                if self.reaction is None
                else reaction_values(self.graph, party, self.reaction)
            )
        return self._counted_on[party]

    def _improvement(self, party: int, move: _Move) -> Improvement:
        own, *others = (self._prospect(member, move.node) for member in self._members(party, move))
        return Improvement(
            state=self.model.index(move.node) + 1,
            rank=own.after,
            deterred=own.deterred or any(one.deterred for one in others),
            path=own.path,
            end_rank=own.end_rank,
            escape=own.escape,
            package=None if move.package is None else self.packages[move.package].package,
            others=tuple(others),
        )

    def _prospect(self, party: int, node: int) -> Prospect:
        """What may follow at a node for one of those who moved there."""
        graph, reaction = self.graph, self.reaction
        ranks = graph.ranks[party]
        before = int(ranks[self.here])
        deterred = self._deters(party, node)
        path: list[tuple[int, int]] = []
        escape = None
        end_rank = int(self._responses(party)[node])
        if reaction is not None and (deterred or reaction.counter_move):
            # Where no sanction holds, look for one that the party could answer.
            answered = deterred and reaction.counter_move
            harm = graph.best_reach(ranks, party) if answered else ranks
            path = shortest_sanction(graph, party, node, harm, before, improving=reaction.improving)
            if path and not deterred:
                answers = graph.moves_from(path[-1][1], party)
                best = int(answers[np.argmax(ranks[answers])])
                escape, end_rank = self.model.index(best) + 1, int(ranks[best])
            elif path:
                end_rank = int(harm[path[-1][1]])
        return Prospect(
            party=self.model.dispute.parties[party].id,
            before=before,
            after=int(ranks[node]),
            deterred=deterred,
            path=tuple(self._step(mover, place) for mover, place in path),
            end_rank=end_rank,
            escape=escape,
        )

    def _step(self, mover: int, node: int) -> ExplainedMove:
        state = self.model.index(node) + 1
        parties = self.model.dispute.parties
        if mover < len(parties):
            return ExplainedMove(parties[mover].id, state)
        return ExplainedMove(None, state, self.packages[mover - len(parties)].package)


def shortest_sanction(
    graph: Graph | PackagedGraph,
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
    graph
        The graph; where it has packages, those of which the party is no member are moves too.
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
        Mover and node after each move; nothing if there is no such sequence. Numbers of movers
        beyond those of the parties are packages. The search is breadth-first over (node, last
        mover).
    """
    moves = _moves_of_others(graph, party, improving=improving)
    before: dict[tuple[int, int], tuple[int, int] | None] = {(start, party): None}
    queue = deque(before)
    while queue:
        place = queue.popleft()
        node, last = place
        for mover, targets in moves.items():
            if mover == last:
                continue
            for target in targets(node).tolist():
                reached = (target, mover)
                if reached in before:
                    continue
                before[reached] = place
                if harm[target] <= limit:
                    return _path_to(before, reached)
                queue.append(reached)
    return []


def _moves_of_others(
    graph: Graph | PackagedGraph, party: int, *, improving: bool
) -> dict[int, Callable[[int], NDArray[np.integer]]]:
    """For each mover other than a party, where it can move from a node."""

    def own_moves(mover: int) -> Callable[[int], NDArray[np.integer]]:
        own = graph.ranks[mover]

        def targets(node: int) -> NDArray[np.integer]:
            ends = graph.moves_from(node, mover)
            return ends[own[ends] > own[node]] if improving else ends

        return targets

    parties = range(len(graph.ranks))
    found = {mover: own_moves(mover) for mover in parties if mover != party}
    if isinstance(graph, PackagedGraph):
        for number, package in enumerate(graph.packages):
            if party not in package.members:
                joint = graph.joint_moves(number, improving=improving)
                found[len(parties) + number] = joint.targets_of
    return found


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


def _explain_own(
    ranks: NDArray[np.int32], targets: NDArray[np.int64], deterred: NDArray[np.bool_], limit: int
) -> _Explained:
    """By what the concept itself says of each improvement."""
    improvements = [
        Improvement(
            int(targets[place]) + 1,
            int(ranks[targets[place]]),
            bool(deterred[place]),
            (),
            int(ranks[targets[place]]),
        )
        for place in _first(targets, ranks, deterred, limit)
    ]
    return _Explained(improvements, targets.size, stable=bool(deterred.all()))


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
            ExplainedMove(model.dispute.parties[mover].id, model.index(place) + 1)
            for mover, place in play
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
    if concept_named(concept).pattern is not None:
        return list(islice(anticipations(model.graph), horizon_of(concept)))
    seen, first = repeating(model.graph)
    # Non-myopic stability means staying at every horizon of the cycle, so a horizon at which
    # the party moves tells why it fails. Horizon 0 comes before any move: go round once more.
    period = len(seen) - first
    unrolled = seen + seen[first : first + max(1, period)]
    horizons = range(max(first, 1), len(unrolled))
    moving = [h for h in horizons if unrolled[h].moving[party, node]]
    return unrolled[: moving[0] if moving else len(unrolled) - 1]
