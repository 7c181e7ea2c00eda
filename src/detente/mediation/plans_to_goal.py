"""Plans of few stages that lead into a goal, for an envoy who is asked to reach it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Formula
from detente.mediation.arrangements import Arrangement, groupings
from detente.mediation.instruments import JointStage
from detente.roadmap.plan import (
    Plan,
    PlanStage,
    made_from,
    settings_text,
    stage_from_package,
    start_index,
)
from detente.roadmap.repair.stage_orders import joined, own_settings_of_size
from detente.space.graph_model import GraphModel
from detente.stability.analysis import Progress

__all__ = ["plans_to"]

Move = tuple[dict[int, int], int]
"""What a party sets, and the state that this leads to."""


def plans_to(
    model: GraphModel,
    goal: Formula,
    max_stages: int,
    most_joint: int,
    progress: Progress | None = None,
) -> list[Arrangement]:
    """Every plan of few stages into a goal, those with the fewest joint stages first.

    A stage is a declared package or one party's move, or several of these in a row, made jointly;
    at most so many are of several parties.
    """
    in_goal = model.space.holds(goal)
    found: list[list[Arrangement]] = [[] for _ in range(max_stages + 1)]
    seen: set[tuple[tuple[tuple[int, ...], tuple[tuple[int, int], ...]], ...]] = set()
    for stages in _sequences(model, start_index(model), in_goal, max_stages, progress):
        for groups in groupings(len(stages)):
            made = tuple(
                stages[group[0]] if len(group) == 1 else joined([stages[one] for one in group])
                for group in groups
            )
            key = tuple((one.parties, tuple(sorted(one.settings.items()))) for one in made)
            if key in seen:
                continue
            seen.add(key)
            joint = tuple(
                JointStage(number, ())
                for number, one in enumerate(made, start=1)
                if len(one.parties) > 1
            )
            plan = Plan("found", "The plan that was found", made)
            if len(joint) <= most_joint:
                found[len(joint)].append(Arrangement(plan, joint, (), len(joint)))
    return [one for several in found for one in several]


def _sequences(
    model: GraphModel,
    start: int,
    in_goal: NDArray[np.bool_],
    most: int,
    progress: Progress | None,
) -> Iterator[list[PlanStage]]:
    """Every sequence of possible stages into a goal, the shortest first."""
    packages = [stage_from_package(model.dispute, one) for one in model.dispute.packages]
    layer: list[tuple[list[PlanStage], int]] = [([], start)]
    for length in range(1, most + 1):
        following = []
        for number, (stages, here) in enumerate(layer):
            if progress and number % 64 == 0:
                progress(f"{number:,} of {len(layer):,} beginnings of a plan looked at", 0.0)
            within = in_goal if length == most else None
            for stage, there in _stages_from(model, here, packages, within):
                if in_goal[there]:
                    yield [*stages, stage]
                if length < most:
                    following.append(([*stages, stage], there))
        layer = following


def _stages_from(
    model: GraphModel,
    here: int,
    packages: Sequence[PlanStage],
    within: NDArray[np.bool_] | None,
) -> Iterator[tuple[PlanStage, int]]:
    """The packages and moves that are possible in a state, and where they lead.

    Where `within` is given, only those that lead to one of its states.
    """
    for package in packages:
        made = made_from(model, here, package)
        if made is not None and (within is None or within[made[1]]):
            yield package, made[1]
    find = _moves_one_by_one if model.space.classes else _moves
    for party in range(len(model.dispute.parties)):
        for settings, there in find(model, here, party, within):
            yield PlanStage(settings_text(model.dispute, settings), (party,), settings), there


def _moves(
    model: GraphModel, here: int, party: int, within: NDArray[np.bool_] | None
) -> Iterator[Move]:
    """A party's moves from a state, those of the fewest options first."""
    states = model.moves_from(here, party)
    if within is not None:
        states = states[within[states]]
    if not states.size:
        return
    before = model.space.assignments(np.array([here]))
    after = model.space.assignments(states)
    changed = after != before
    for row in np.argsort(changed.sum(axis=1), kind="stable").tolist():
        options = np.flatnonzero(changed[row]).tolist()
        yield {option: int(after[row, option]) for option in options}, int(states[row])


def _moves_one_by_one(
    model: GraphModel, here: int, party: int, within: NDArray[np.bool_] | None
) -> Iterator[Move]:
    """The same where states are coalesced, and one move may start from several members.

    Of the ways to one state, the one that sets least.
    """
    dispute = model.dispute
    reached: set[int] = set()
    for size in range(1, len(dispute.parties[party].options) + 1):
        for settings in own_settings_of_size(dispute, party, size):
            made = made_from(model, here, PlanStage("", (party,), dict(settings)))
            if made is None or made[1] in reached:
                continue
            reached.add(made[1])
            if within is None or within[made[1]]:
                yield dict(settings), made[1]
