"""Changed plans: with stages made jointly, and with offers (definitions 1d and 1e)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from detente.mediation.instruments import JointStage, Offer
from detente.roadmap.plan import Plan, PlanStage, made_from, start_index
from detente.roadmap.repair.stage_orders import joined, with_part
from detente.space.graph_model import GraphModel

__all__ = ["Arrangement", "arrangements", "changes_something", "groupings"]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A plan with joint stages and offers.

    Attributes
    ----------
    plan
        The changed plan.
    joint
        Its joint stages.
    offers
        Its offers.
    number
        How many instruments they are: a joint stage counts one for each stage fewer.
    """

    plan: Plan
    joint: tuple[JointStage, ...]
    offers: tuple[Offer, ...]
    number: int


def arrangements(model: GraphModel, plan: Plan, most: int) -> Iterator[Arrangement]:
    """Every change of a plan by at most so many joint stages and offers, the fewest first."""
    merged = [_merged(plan, groups) for groups in groupings(len(plan.stages))]
    offers = [_possible_offers(model, one.plan) for one in merged]
    for size in range(most + 1):
        for one, possible in zip(merged, offers, strict=True):
            more = size - one.number
            if more < 0 or (more and not possible):
                continue
            for chosen in combinations(possible, more):
                # Of one option in one stage there is one level.
                if len({(offer.stage, offer.option) for offer in chosen}) == more:
                    yield _with_offers(model, one, chosen)


def groupings(count: int) -> Iterator[list[list[int]]]:
    """Every way to cut a row of so many stages into runs."""
    for cuts in range(1 << max(0, count - 1)):
        groups = [[0]] if count else []
        for place in range(1, count):
            if cuts >> (place - 1) & 1:
                groups[-1].append(place)
            else:
                groups.append([place])
        yield groups


def _merged(plan: Plan, groups: Sequence[Sequence[int]]) -> Arrangement:
    stages = tuple(
        plan.stages[group[0]] if len(group) == 1 else joined([plan.stages[one] for one in group])
        for group in groups
    )
    joint = tuple(
        JointStage(number, tuple(one + 1 for one in group))
        for number, group in enumerate(groups, start=1)
        if len(group) > 1
    )
    fewer = len(plan.stages) - len(stages)
    return Arrangement(replace(plan, stages=stages), joint, (), fewer)


def _possible_offers(model: GraphModel, plan: Plan) -> list[Offer]:
    """What could be set besides, where it would change something."""
    dispute = model.dispute
    here, found = start_index(model), []
    for number, stage in enumerate(plan.stages, start=1):
        members = model.space.members(here)
        levels = model.space.levels_at(members)
        for option, details in enumerate(dispute.options):
            if option in stage.settings:
                continue
            owner = dispute.party_numbers[details.party]
            for level in range(len(details.levels)):
                # Beside other offers the option may stand elsewhere by then.
                if number > 1 or (levels[:, option] != level).any():
                    found.append(Offer(owner, number, option, level))
        made = made_from(model, here, stage)
        here = here if made is None else made[1]
    return found


def _with_offers(
    model: GraphModel, arrangement: Arrangement, offers: Sequence[Offer]
) -> Arrangement:
    stages: list[PlanStage] = list(arrangement.plan.stages)
    for offer in offers:
        place = offer.stage - 1
        stages[place] = with_part(model.dispute, stages[place], offer.option, offer.level)
    return replace(
        arrangement,
        plan=replace(arrangement.plan, stages=tuple(stages)),
        offers=tuple(offers),
        number=arrangement.number + len(offers),
    )


def changes_something(model: GraphModel, arrangement: Arrangement, path: Sequence[int]) -> bool:
    """Whether each offer changes its option in its stage; one that does not, is none."""
    for offer in arrangement.offers:
        before = model.space.assignments(np.array([path[offer.stage - 1]]))[0]
        if before[offer.option] == offer.level:
            return False
    return True
