"""Small changes of a plan's stages: their order, joint ones, one less, one more, one more part.

docs/concepts/roadmaps.md, definition 8a. Each function yields changed plans in order of size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, pairwise, product

import numpy as np

from detente.dispute.dispute import Connective, Dispute, Formula
from detente.roadmap.plan import Plan, PlanStage, made_from, settings_text, stage_from_package
from detente.roadmap.undertakings import Settings
from detente.space.graph_model import GraphModel

__all__ = [
    "MOST_PARTS",
    "Rearranged",
    "joined",
    "own_settings_of_size",
    "with_a_part",
    "with_a_stage",
    "with_joint_stages",
    "with_part",
    "with_stages_left_out",
    "with_stages_reordered",
]

# So many options at most are added to the stages of a plan.
MOST_PARTS = 2


@dataclass(frozen=True, slots=True)
class Rearranged:
    """A changed plan.

    Attributes
    ----------
    plan
        The plan.
    size
        The size of the change (definition 8a).
    origins
        For each stage of the changed plan the numbers, from 1, of the stages of the plan as it
        was of which it is made; none for an added one.
    added
        By number of stage of the changed plan, from 1: what is set there that was not before.
    """

    plan: Plan
    size: int
    origins: tuple[tuple[int, ...], ...]
    added: tuple[tuple[int, Settings], ...] = ()


def _rearranged(plan: Plan, size: int, groups: Sequence[Sequence[int]]) -> Rearranged:
    """The plan of some stages, given by their places from 0; those of a group are joined."""
    stages = tuple(
        plan.stages[group[0]] if len(group) == 1 else joined([plan.stages[one] for one in group])
        for group in groups
    )
    origins = tuple(tuple(one + 1 for one in group) for group in groups)
    return Rearranged(replace(plan, stages=stages), size, origins)


def joined(stages: Sequence[PlanStage]) -> PlanStage:
    """One joint stage in place of several consecutive ones."""
    settings: dict[int, int] = {}
    for stage in stages:
        settings |= stage.settings
    conditions = [stage.when for stage in stages if stage.when is not None]
    when = conditions[0] if conditions else None
    for other in conditions[1:]:
        assert when is not None
        when = Formula(
            f"({when.text}) and ({other.text})",
            Connective("and", (when.expression, other.expression)),
        )
    return PlanStage(
        " + ".join(stage.name for stage in stages),
        tuple(sorted({party for stage in stages for party in stage.parties})),
        settings,
        when,
    )


def with_stages_reordered(plan: Plan) -> Iterator[Rearranged]:
    """Every other order of the stages, by the number of pairs that change places.

    That number is the least number of exchanges of neighbours that lead to the order.
    """
    first = tuple(range(len(plan.stages)))
    layer, size = {first}, 0
    while layer:
        size += 1
        # One more pair that stands in order is exchanged.
        layer = {
            (*order[:place], order[place + 1], order[place], *order[place + 2 :])
            for order in layer
            for place in range(len(order) - 1)
            if order[place] < order[place + 1]
        }
        for order in sorted(layer):
            yield _rearranged(plan, size, [[one] for one in order])


def with_joint_stages(plan: Plan) -> Iterator[Rearranged]:
    """Runs of consecutive stages made at once, by how many fewer stages there are."""
    count = len(plan.stages)
    for size in range(1, count):
        for cuts in combinations(range(1, count), count - 1 - size):
            edges = [0, *cuts, count]
            groups = [range(a, b) for a, b in pairwise(edges)]
            yield _rearranged(plan, size, groups)


def with_stages_left_out(plan: Plan) -> Iterator[Rearranged]:
    """Some stages left out, fewest first; one stage at least is kept."""
    count = len(plan.stages)
    for size in range(1, count):
        for left_out in combinations(range(count), size):
            yield _rearranged(plan, size, [[one] for one in range(count) if one not in left_out])


def with_a_stage(model: GraphModel, plan: Plan, path: Sequence[int]) -> Iterator[Rearranged | None]:
    """One stage more at any place, by the number of options that it sets.

    It is a declared package or a move of one party that is possible there.

    Parameters
    ----------
    model
        The graph model.
    plan
        The plan.
    path
        State indices before each stage, and at the end.

    Yields
    ------
    Rearranged or None
        None for a stage that is not possible there, or not of the size that it is the turn of.
    """
    dispute = model.dispute
    packages = [stage_from_package(dispute, one) for one in dispute.packages]
    for size in range(1, len(dispute.options) + 1):
        for place, state in enumerate(path):
            moves = (
                _move(dispute, party, settings)
                for party in range(len(dispute.parties))
                for settings in own_settings_of_size(dispute, party, size)
            )
            for stage in chain(packages, moves):
                if len(stage.settings) != size or not _adds(model, state, stage):
                    yield None
                    continue
                stages = (*plan.stages[:place], stage, *plan.stages[place:])
                origins = [(one + 1,) for one in range(len(plan.stages))]
                yield Rearranged(
                    replace(plan, stages=stages),
                    size,
                    (*origins[:place], (), *origins[place:]),
                    ((place + 1, tuple(stage.settings.items())),),
                )


def own_settings_of_size(dispute: Dispute, party: int, size: int) -> Iterator[Settings]:
    """Every way to set so many of a party's own options."""
    own = dispute.options_of(dispute.parties[party].id)
    for chosen in combinations(own, size):
        levels = [range(len(dispute.options[option].levels)) for option in chosen]
        for each in product(*levels):
            yield tuple(zip(chosen, each, strict=True))


def _move(dispute: Dispute, party: int, settings: Settings) -> PlanStage:
    return PlanStage(settings_text(dispute, dict(settings)), (party,), dict(settings))


def _adds(model: GraphModel, state: int, stage: PlanStage) -> bool:
    """Whether a stage is possible in a state, and not the same as one that sets less."""
    made = made_from(model, state, stage)
    if made is None:
        return False
    if stage.package is not None or model.space.members(state).size > 1:
        # From a coalesced state, what is set also decides from which member the stage starts.
        return True
    levels = model.space.levels_at(np.array([made[0]]))[0]
    return all(levels[option] != level for option, level in stage.settings.items())


def with_a_part(dispute: Dispute, plan: Plan) -> Iterator[Rearranged]:
    """Stages that set one option more, or two; whose these are, becomes a party to the stage."""
    parts = [
        (place, option, level)
        for place, stage in enumerate(plan.stages)
        for option, details in enumerate(dispute.options)
        if option not in stage.settings
        for level in range(len(details.levels))
    ]
    for size in range(1, MOST_PARTS + 1):
        for chosen in combinations(parts, size):
            if len({(place, option) for place, option, _ in chosen}) < size:
                continue
            stages = list(plan.stages)
            added: dict[int, Settings] = {}
            for place, option, level in chosen:
                stages[place] = with_part(dispute, stages[place], option, level)
                added[place] = (*added.get(place, ()), (option, level))
            yield Rearranged(
                replace(plan, stages=tuple(stages)),
                size,
                tuple((one + 1,) for one in range(len(stages))),
                tuple((place + 1, settings) for place, settings in sorted(added.items())),
            )


def with_part(dispute: Dispute, stage: PlanStage, option: int, level: int) -> PlanStage:
    """A stage that also sets one option more, whose owner becomes a member."""
    owner = dispute.party_numbers[dispute.options[option].party]
    return replace(
        stage,
        parties=tuple(sorted({*stage.parties, owner})),
        settings={**stage.settings, option: level},
        package=None,
    )
