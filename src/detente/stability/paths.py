"""How a dispute can evolve: shortest legal sequences of moves from one state to others.

:func:`analyse_paths` is the whole analysis; :func:`distances_from` gives, for every state, the
fewest moves that lead there.

References
----------
.. [1] K. W. Li, D. M. Kilgour and K. W. Hipel, "Status quo analysis in the graph model for
   conflict resolution", Journal of the Operational Research Society 56 (2005), 699-707.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import pairwise, permutations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import NotServedError
from detente.dispute.names import party_number
from detente.space.graph_model import GraphModel
from detente.space.move_lists import check_room
from detente.space.named_states import states_meant
from detente.space.package_moves import PackageMoves, package_moves
from detente.space.representation import USUAL_NODES, Engine
from detente.stability.coalition_moves import coalition_moves
from detente.stability.coalitions import fixed_coalitions
from detente.stability.found_paths import (
    MOST_PATHS,
    MovePath,
    OutcomeDistance,
    PathAnalysis,
    PathStep,
)
from detente.stability.memory import wants_symbolic
from detente.stability.prepared_model import graph_model

__all__ = ["MoverMoves", "analyse_paths", "distances_from", "movers_of"]

# More options than any path can change.
_NO_WAY = 2**40


@dataclass(frozen=True, slots=True, eq=False)
class MoverMoves:
    """A party, a coalition or a package as a mover of its own, with its moves between states.

    Attributes
    ----------
    id
        Id of the party or the package; of a coalition, the ids of its members with commas between.
    package
        Whether it is a package.
    members
        Numbers of the parties that make its moves.
    sources, targets
        State indices between which its moves lead.
    improving
        For each move, whether the party, or every member of the package, strictly prefers where
        it leads.
    """

    id: str
    package: bool
    members: frozenset[int]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    improving: NDArray[np.bool_]


def movers_of(
    model: GraphModel,
    *,
    packages: Sequence[PackageMoves] = (),
    parties: Sequence[int] | None = None,
    acting_as_one: Sequence[tuple[int, ...]] = (),
) -> tuple[MoverMoves, ...]:
    """The movers of a dispute with all their moves.

    Parameters
    ----------
    model
        The graph model.
    packages
        Packages that are movers too, if all their members are among the parties.
    parties
        Numbers of the parties that move; by default all.
    acting_as_one
        Coalitions that always move as one, as numbers of their members: none of these moves alone.
        A coalition moves if all its members are among the parties.

    Returns
    -------
    tuple of Mover
        Parties first, then coalitions. Cost is linear in moves.
    """
    lists = model.move_lists
    chosen = range(len(model.dispute.parties)) if parties is None else parties
    ranks = model.by_state(model.graph.ranks)
    found = []
    tied = {party for one in acting_as_one for party in one}
    for party in chosen:
        if party in tied:
            continue
        sources = lists[party].sources.astype(np.int64)
        targets = lists[party].targets.astype(np.int64)
        better = ranks[party, targets] > ranks[party, sources]
        name = model.dispute.parties[party].id
        found.append(MoverMoves(name, False, frozenset([party]), sources, targets, better))
    for coalition in acting_as_one:
        if set(coalition) <= set(chosen):
            found.append(_coalition_mover(model, coalition, packages, ranks))
    for joint in packages:
        # A package of a coalition's members alone is among the coalition's moves.
        inside = any(joint.members <= set(one) for one in acting_as_one)
        if joint.members <= set(chosen) and not inside:
            better = np.ones(joint.sources.size, dtype=np.bool_)
            for member in joint.members:
                better &= ranks[member, joint.targets] > ranks[member, joint.sources]
            found.append(
                MoverMoves(joint.package, True, joint.members, joint.sources, joint.targets, better)
            )
    return tuple(found)


def _coalition_mover(
    model: GraphModel,
    coalition: tuple[int, ...],
    packages: Sequence[PackageMoves],
    ranks: NDArray[np.int32],
) -> MoverMoves:
    """A coalition with all that its members reach by moving one after the other: R_H(s)."""
    moves = coalition_moves(model, coalition, packages)
    sizes = np.bincount(moves.member_group, minlength=moves.groups)
    row = np.repeat(np.arange(moves.groups), np.diff(moves.starts))
    reached = np.bincount(row, weights=sizes[moves.reached], minlength=moves.groups)
    check_room(model.dispute, int(reached[moves.group].sum()))
    sources, targets = moves.pairs()
    better = np.ones(sources.size, dtype=np.bool_)
    for member in coalition:
        better &= ranks[member, targets] > ranks[member, sources]
    name = ",".join(model.dispute.parties[member].id for member in coalition)
    return MoverMoves(name, False, frozenset(coalition), sources, targets, better)


def distances_from(
    movers: Sequence[MoverMoves],
    start: NDArray[np.bool_],
    *,
    improving: bool,
    progress: Callable[[str, float], None] | None = None,
) -> NDArray[np.int32]:
    """Fewest moves of a legal sequence to each state, by the mover of the last move.

    Legal is a sequence in which no party, and no package, moves twice in a row. The search
    goes breadth first over (state, last mover), on whole arrays.

    Parameters
    ----------
    movers
        Who may move.
    start
        For each state index, whether sequences may start there.
    improving
        Whether movers make improvements only.
    progress
        Called with the number of moves and the share of states reached, from 0 to 1.

    Returns
    -------
    numpy.ndarray of int32
        Shape (movers, states); -1 where no sequence leads. The start itself is not at distance 0
        here: only a return to it counts. Each round costs one pass over all moves.
    """
    distance = np.full((len(movers), start.size), -1, dtype=np.int32)
    moves = [
        (mover.sources[mover.improving], mover.targets[mover.improving])
        if improving
        else (mover.sources, mover.targets)
        for mover in movers
    ]
    depth = 0
    last = np.zeros((len(movers), start.size), dtype=np.bool_)
    while depth == 0 or last.any():
        depth += 1
        if progress:
            progress(f"move {depth}", float((distance >= 0).any(axis=0).mean()))
        # How many movers were last at each state: who was not alone there may move on.
        reached_by = last.sum(axis=0)
        following = np.zeros_like(last)
        for number, (sources, targets) in enumerate(moves):
            here = start if depth == 1 else reached_by > last[number]
            following[number, targets[here[sources]]] = True
        following &= distance < 0
        distance[following] = depth
        last = following
    return distance


def analyse_paths(
    dispute: Dispute,
    start: str = "status_quo",
    end: str | None = None,
    *,
    moves: Literal["any", "improvements"] = "any",
    packages: bool = False,
    parties: Sequence[str] | None = None,
    acting_as_one: Sequence[Sequence[str]] = (),
    limit: int = 10,
    engine: Engine | None = None,
    seconds: float = 120.0,
    nodes: int = USUAL_NODES,
    progress: Callable[[str, float], None] | None = None,
) -> PathAnalysis:
    """Find the shortest legal paths from some states to others.

    Parameters
    ----------
    dispute
        The dispute.
    start
        Where paths start: ``status_quo``, a state's number, an outcome's id or a formula.
    end
        Where they lead, in the same words; by default every state.
    moves
        Any moves, or improvements of their movers only.
    packages
        Whether packages count as moves of all their members together.
    parties
        Ids of the parties that may move; by default all.
    acting_as_one
        Coalitions that move as one, as ids of their members. They move to all that the members
        reach one after the other (R_H of docs/concepts/coalitions.md). No member moves alone.
        Where only some of its members may move, a coalition does not.
    limit
        Give at most this many of the shortest paths. Those that change the fewest options come
        first; an option that changes twice counts twice. Then the order is by mover and state.
    engine
        How states are stored: ``cube``, ``list`` or ``symbolic``. By default: symbolic sets if
        neither of the others fits into memory.
    seconds
        How many seconds the work on symbolic sets may take. What more moves
        lead to is then not known.
    nodes
        How many nodes the diagrams of symbolic sets may have.
    progress
        Called as the work goes on.

    Returns
    -------
    PathAnalysis

    Raises
    ------
    DisputeError
        If a state, outcome, option or party is unknown, or the engine does not serve what is
        asked.

    Examples
    --------
    >>> import detente
    >>> found = detente.analyse_paths(detente.load("prisoners-dilemma"), "1", "4")
    >>> found.length
    2
    """
    if wants_symbolic(dispute, (), engine):
        if acting_as_one:
            raise NotServedError(
                "what a coalition that moves as one reaches is listed: this needs the cube or a "
                "list of states",
                path=dispute.path,
            )
        # Imported here because small disputes have no use for diagrams.
        from detente.stability.symbolic_analysis import Budget
        from detente.stability.symbolic_paths import paths_on_sets

        return paths_on_sets(
            dispute,
            start,
            end,
            improving=moves == "improvements",
            packages=packages,
            parties=parties,
            limit=limit,
            budget=Budget(seconds, nodes),
            progress=progress,
        )
    model = graph_model(dispute, engine=engine)
    sources = states_meant(model, start)
    everywhere = np.ones(model.space.count, dtype=np.bool_)
    targets = everywhere if end is None else states_meant(model, end)
    numbers = None if parties is None else [party_number(dispute, party) for party in parties]
    together = fixed_coalitions(dispute, acting_as_one)
    joint_moves = package_moves(model) if packages else ()
    movers = movers_of(model, packages=joint_moves, parties=numbers, acting_as_one=together)
    improving = moves == "improvements"
    by_mover = distances_from(movers, sources, improving=improving, progress=progress)
    far = np.iinfo(np.int32).max
    distances = np.where(by_mover < 0, far, by_mover).min(axis=0, initial=far)
    distances[sources] = 0
    distances[distances == far] = -1
    near = distances[targets & (distances >= 0)]
    length = int(near.min()) if near.size and end is not None else None
    count: int = 0
    paths: tuple[MovePath, ...] = ()
    if length is not None:
        ends = np.flatnonzero(targets & (distances == length))
        tracing = _Tracing(model, movers, by_mover, sources, improving)
        count, paths = tracing.paths(ends, length, limit)
    return PathAnalysis(
        model=model,
        improving=improving,
        packages=packages,
        start=start,
        end=end,
        state_count=model.space.count,
        reached=int(np.count_nonzero(distances >= 0)),
        nearness=tuple(_nearness(model, distances)),
        length=length,
        path_count=count,
        paths=paths,
        distances=distances.astype(np.int32),
    )


def _nearness(model: GraphModel, distances: NDArray[np.int32]) -> Iterator[OutcomeDistance]:
    """How near each named outcome is."""
    for outcome in model.dispute.outcomes:
        inside = model.space.holds(outcome.formula)
        near = distances[inside & (distances >= 0)]
        moves = int(near.min()) if near.size else None
        yield OutcomeDistance(outcome.id, int(inside.sum()), near.size, moves)


@dataclass(frozen=True, eq=False)
class _Tracing:
    """Goes back from the ends of shortest paths to where they start."""

    model: GraphModel
    movers: Sequence[MoverMoves]
    by_mover: NDArray[np.int32]
    start: NDArray[np.bool_]
    improving: bool

    def paths(
        self, ends: NDArray[np.int64], length: int, limit: int
    ) -> tuple[int, tuple[MovePath, ...]]:
        """The number of shortest paths to `ends`, and those of them that change least."""
        if length == 0:
            return ends.size, tuple(MovePath(int(end) + 1, ()) for end in ends[:limit])
        useful = self._useful(ends, length)
        count = self._count(useful, length)
        return count, self._least_changed(useful, limit)

    @cached_property
    def _moves(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Sources and targets of the moves that each mover may make."""
        return [
            (one.sources[one.improving], one.targets[one.improving])
            if self.improving
            else (one.sources, one.targets)
            for one in self.movers
        ]

    def _useful(self, ends: NDArray[np.int64], length: int) -> list[list[NDArray[np.int64]]]:
        """For each depth and mover, the places in its list of the moves on shortest paths."""
        wanted = np.zeros_like(self.by_mover, dtype=np.bool_)
        wanted[:, ends] = self.by_mover[:, ends] == length
        layers: list[list[NDArray[np.int64]]] = []
        for depth in range(length, 0, -1):
            before = np.zeros_like(wanted)
            layer = []
            for mover in range(len(self.movers)):
                sources, targets = self._moves[mover]
                reached = wanted[mover, targets]
                others = [other for other in range(len(self.movers)) if other != mover]
                if depth == 1:
                    places = np.flatnonzero(reached & self.start[sources])
                else:
                    from_here = (self.by_mover[others] == depth - 1).any(axis=0)
                    places = np.flatnonzero(reached & from_here[sources])
                    for other in others:
                        states = sources[places]
                        before[other, states] |= self.by_mover[other, states] == depth - 1
                layer.append(places)
            layers.append(layer)
            wanted = before
        return layers[::-1]

    def _count(self, useful: list[list[NDArray[np.int64]]], length: int) -> int:
        """How many paths the useful moves make; counted in floating point, exact below 2**53."""
        ways = np.zeros(self.by_mover.shape)
        for depth, layer in enumerate(useful):
            total = ways.sum(axis=0)
            following = np.zeros_like(ways)
            for mover, places in enumerate(layer):
                sources, targets = (ends[places] for ends in self._moves[mover])
                here = 1.0 * self.start if depth == 0 else total - ways[mover]
                np.add.at(following[mover], targets, here[sources])
            ways = following
        return int(min(ways.sum(), MOST_PATHS))

    def _changed(self, mover: int, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many options each of a mover's moves changes."""
        sources, targets = (ends[places] for ends in self._moves[mover])
        assignments = self.model.space.assignments
        changed: NDArray[np.int64] = np.count_nonzero(
            assignments(sources) != assignments(targets), axis=1
        )
        return changed

    def _least_changed(
        self, useful: list[list[NDArray[np.int64]]], limit: int
    ) -> tuple[MovePath, ...]:
        """The paths that change the fewest options, best first.

        What has to change yet is known for every place on the way, worked out from the ends
        back, so that a search that goes on from the most promising place meets complete paths
        in order. Its cost is the moves from the places that it goes on from.
        """
        after = np.zeros(self.by_mover.shape, dtype=np.int64)
        left = [after]
        for layer in reversed(useful):
            # What has to change from a state on if a given mover makes the next move.
            next_by = np.full_like(after, _NO_WAY)
            for mover, places in enumerate(layer):
                sources, targets = (ends[places] for ends in self._moves[mover])
                total = self._changed(mover, places) + after[mover, targets]
                np.minimum.at(next_by[mover], sources, total)
            after = np.full_like(next_by, _NO_WAY)
            for last, mover in permutations(range(len(self.movers)), 2):
                np.minimum(after[last], next_by[mover], out=after[last])
            if len(left) == len(useful):
                after = next_by
            left.append(after)
        left.reverse()
        waiting: list[tuple[int, tuple[tuple[int, int], ...], int]] = []
        for state in np.flatnonzero(self.start).tolist():
            least = int(left[0][:, state].min())
            if least < _NO_WAY:
                heappush(waiting, (least, ((-1, state),), 0))
        found: list[MovePath] = []
        while waiting and len(found) < limit:
            _, walked, spent = heappop(waiting)
            depth = len(walked) - 1
            if depth == len(useful):
                found.append(self._path(walked))
                continue
            last, here = walked[-1]
            for mover, places in enumerate(useful[depth]):
                if mover == last:
                    continue
                sources, targets = self._moves[mover]
                chosen = places[sources[places] == here]
                costs = spent + self._changed(mover, chosen)
                for target, cost in zip(targets[chosen].tolist(), costs.tolist(), strict=True):
                    least = cost + int(left[depth + 1][mover, target])
                    heappush(waiting, (least, (*walked, (mover, target)), cost))
        return tuple(found)

    def _path(self, walked: tuple[tuple[int, int], ...]) -> MovePath:
        steps = tuple(
            self._step(mover, before, state) for (_, before), (mover, state) in pairwise(walked)
        )
        return MovePath(walked[0][1] + 1, steps)

    def _step(self, mover: int, before: int, after: int) -> PathStep:
        one = self.movers[mover]
        move = np.flatnonzero((one.sources == before) & (one.targets == after))[0]
        return PathStep(one.id, one.package, after + 1, bool(one.improving[move]))
