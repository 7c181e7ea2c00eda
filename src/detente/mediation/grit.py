"""Graduated and reciprocated steps: the shortest announced way of small steps to a goal.

After Osgood [1]_; definitions 10 and 11 of docs/concepts/envoy.md.

References
----------
.. [1] C. E. Osgood, *An Alternative to War or Surrender*, University of Illinois Press (1962).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Formula
from detente.roadmap.check.verdicts import Responses, RoadmapCheck, check_plan
from detente.roadmap.plan import Plan, PlanStage, made_from, settings_text, start_index
from detente.space.graph_model import GraphModel
from detente.stability.analysis import Progress

__all__ = ["Graduated", "graduated_steps"]


@dataclass(frozen=True, eq=False)
class Graduated:
    """The shortest sequence of small steps to a goal.

    Attributes
    ----------
    check
        The sequence as a plan, with its check; None where there is none.
    exposure
        The greatest share of its range by which any party stands below the status quo on the way.
    bound
        What it may be at most.
    ends
        How many states of the goal hold by themselves.
    within_reach
        How many of them small steps reach within the bound, whoever wants them.
    """

    check: RoadmapCheck | None = field(repr=False)
    exposure: float
    bound: float
    ends: int
    within_reach: int


def graduated_steps(
    model: GraphModel,
    goal: Formula | int,
    *,
    concept: str,
    bound: float,
    progress: Progress | None = None,
) -> Graduated:
    """Find the shortest sequence of small, unilateral, reversible steps to a goal.

    Parameters
    ----------
    model
        The graph model.
    goal
        A condition, or the index of a state.
    concept
        Under which the end is to hold.
    bound
        No party may stand below its rank of the status quo by more than this share of its range.
    progress
        Called as the work goes on.

    Returns
    -------
    Graduated
    """
    start = start_index(model)
    responses = Responses(model, concept)
    ranks = np.stack([model.ranks(party) for party in range(len(model.graph.ranks))])
    spans = np.maximum(ranks.max(axis=1) - 1, 1)
    loss = (ranks[:, [start]] - ranks) / spans[:, None]
    allowed = (loss <= bound + 1e-12).all(axis=0)
    if isinstance(goal, Formula):
        in_goal = model.space.holds(goal)
    else:
        in_goal = np.zeros(model.space.count, dtype=np.bool_)
        in_goal[goal] = True
    ends = np.flatnonzero(in_goal & allowed)
    holding = np.array([_holds(model, responses, int(end)) for end in ends], dtype=np.bool_)
    ends = ends[holding] if ends.size else ends
    steps = _small_steps(model)
    distance = _distances(start, steps, allowed, np.ones(len(steps), dtype=np.bool_), ranks, None)
    reached = ends[distance[ends] > 0]
    best: list[tuple[int, int]] | None = None
    end = start
    for number, one in enumerate(reached[np.argsort(distance[reached], kind="stable")].tolist()):
        if best is not None and distance[one] >= len(best):
            break
        if progress:
            progress(f"{number:,} ends looked at", number / max(1, reached.size))
        path = _shortest(start, one, steps, allowed, ranks)
        if path is not None and (best is None or len(path) < len(best)):
            best, end = path, one
    count, within = int(ends.size), int(reached.size)
    if best is None:
        return Graduated(None, 0.0, bound, count, within)
    stages = tuple(_stage(model, steps[number]) for number, _ in best)
    plan = Plan("graduated", "Small steps, announced", stages)
    check = check_plan(model, plan, concept=concept, responses=responses)
    assert check.end == end + 1, "the steps lead where they were found to lead"
    on_the_way = [start, *(state for _, state in best)]
    exposure = max(0.0, float(loss[:, on_the_way].max()))
    return Graduated(check, exposure, bound, count, within)


def _holds(model: GraphModel, responses: Responses, state: int) -> bool:
    """Whether a state holds by itself: nobody has a move that nothing deters."""
    node = model.node(state)
    for party in range(len(model.graph.ranks)):
        own = model.graph.ranks[party]
        targets = model.graph.moves_from(node, party)
        counted = np.minimum(own[targets], responses[party][targets])
        if (counted > own[node]).any():
            return False
    return True


@dataclass(frozen=True, eq=False)
class _Step:
    """One option set one level higher or lower, from every state in which it can be."""

    option: int
    level: int
    party: int
    targets: NDArray[np.int64]


def _small_steps(model: GraphModel) -> list[_Step]:
    """Every step that is small and can be taken back; by state, -1 where it is not possible."""
    dispute = model.dispute
    found = []
    for number, option in enumerate(dispute.options):
        if option.irreversible is not None:
            continue
        for level in range(len(option.levels)):
            targets = _targets(model, number, level)
            found.append(_Step(number, level, dispute.party_numbers[option.party], targets))
    back = {(step.option, step.level): step.targets for step in found}
    for step in found:
        for other in range(len(dispute.options[step.option].levels)):
            # A step is small if the level is the next one, and is taken back by the opposite.
            states = np.flatnonzero(step.targets >= 0)
            at = model.space.assignments(states)[:, step.option] == other
            states = states[at]
            if abs(other - step.level) != 1:
                step.targets[states] = -1
                continue
            undone = back[step.option, other][step.targets[states]]
            step.targets[states[undone != states]] = -1
    return found


def _targets(model: GraphModel, option: int, level: int) -> NDArray[np.int64]:
    from detente.space.joint_moves import joint_targets

    space = model.space
    if space.classes:
        stage = PlanStage("", (), {option: level})
        made = (made_from(model, index, stage) for index in range(space.count))
        return np.array([-1 if one is None else one[1] for one in made], dtype=np.int64)
    positions = space.positions.astype(np.int64)
    ends = joint_targets(model.moves, {option: level}, positions=positions)
    found = np.full(space.count, -1, dtype=np.int64)
    possible = ends >= 0
    found[possible] = space.indices_at(ends[possible])
    return found


def _distances(
    start: int,
    steps: list[_Step],
    allowed: NDArray[np.bool_],
    used: NDArray[np.bool_],
    ranks: NDArray[np.int32],
    end: int | None,
) -> NDArray[np.int64]:
    """How many steps lead from the start to each state; -1 where none do.

    With an end, each mover has to rank it no lower than the state from which it steps.
    """
    distance = np.full(allowed.size, -1, dtype=np.int64)
    distance[start] = 0
    layer = np.array([start], dtype=np.int64)
    while layer.size:
        found = []
        for number, step in enumerate(steps):
            if not used[number]:
                continue
            from_ = layer
            if end is not None:
                from_ = layer[ranks[step.party, layer] <= ranks[step.party, end]]
            targets = step.targets[from_]
            targets = targets[targets >= 0]
            found.append(targets[allowed[targets] & (distance[targets] < 0)])
        new = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
        distance[new] = int(distance[layer[0]]) + 1
        layer = new
        if end is not None and distance[end] >= 0:
            break
    return distance


def _shortest(
    start: int, end: int, steps: list[_Step], allowed: NDArray[np.bool_], ranks: NDArray[np.int32]
) -> list[tuple[int, int]] | None:
    """A shortest way to an end, as steps and the states they lead to; None where there is none."""
    used = np.ones(len(steps), dtype=np.bool_)
    distance = _distances(start, steps, allowed, used, ranks, end)
    if distance[end] < 0:
        return None
    path: list[tuple[int, int]] = []
    here = end
    while here != start:
        for number, step in enumerate(steps):
            before = np.flatnonzero(
                (step.targets == here)
                & (distance == distance[here] - 1)
                & (ranks[step.party] <= ranks[step.party, end])
            )
            if before.size:
                path.append((number, here))
                here = int(before[0])
                break
        else:
            raise AssertionError("a state was reached by some step")
    return path[::-1]


def _stage(model: GraphModel, step: _Step) -> PlanStage:
    settings = {step.option: step.level}
    return PlanStage(settings_text(model.dispute, settings), (step.party,), settings)
