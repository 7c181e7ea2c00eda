"""Plans: roadmaps with every stage's parties and settings resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula, Package, Roadmap, Stage
from detente.dispute.errors import DisputeError
from detente.dispute.names import package_named
from detente.space.graph_model import GraphModel
from detente.space.joint_moves import joint_targets

__all__ = [
    "PartialStage",
    "Plan",
    "PlanStage",
    "made_from",
    "part_result",
    "partial_stage",
    "plan_from",
    "refuse_listed_moves",
    "settings_text",
    "stage_from_package",
    "start_index",
]


@dataclass(frozen=True)
class PlanStage:
    """One stage: the parties that make it, and the level of each option that they set.

    Attributes
    ----------
    name
        What the stage is called.
    parties
        Numbers of the parties that make it, in order; one for a unilateral move.
    settings
        Level by option number.
    when
        A condition on the state in which a package is made.
    package
        Id of the declared package that it is, if it is one.
    """

    name: str
    parties: tuple[int, ...]
    settings: Mapping[int, int]
    when: Formula | None = None
    package: str | None = None

    def part(self, dispute: Dispute, parties: Iterable[int]) -> dict[int, int]:
        """What of the settings some of the parties make."""
        ids = {dispute.parties[party].id for party in parties}
        options = dispute.options
        return {o: level for o, level in self.settings.items() if options[o].party in ids}


@dataclass(frozen=True)
class Plan:
    """Stages in order, from the status quo."""

    id: str
    name: str
    stages: tuple[PlanStage, ...] = field(default_factory=tuple)


def settings_text(dispute: Dispute, settings: Mapping[int, int]) -> str:
    """What is set, such as ``dprk.test = no, us.exercise = no``."""
    options = dispute.options
    return ", ".join(f"{options[o].key} = {options[o].levels[n]}" for o, n in settings.items())


def plan_from(dispute: Dispute, roadmap: Roadmap) -> Plan:
    """A roadmap of the dispute file as a plan."""
    return Plan(
        roadmap.id, roadmap.name, tuple(_stage_from(dispute, one) for one in roadmap.stages)
    )


def _stage_from(dispute: Dispute, stage: Stage) -> PlanStage:
    if stage.package is not None:
        return stage_from_package(dispute, package_named(dispute, stage.package), stage.name)
    movers = dict.fromkeys(dispute.options[option].party for option in stage.settings)
    parties = tuple(sorted(dispute.party_numbers[mover] for mover in movers))
    return PlanStage(stage.name, parties, stage.settings)


def stage_from_package(dispute: Dispute, package: Package, name: str | None = None) -> PlanStage:
    """A declared package as a stage."""
    return PlanStage(
        name or package.name,
        tuple(sorted(dispute.party_numbers[party] for party in package.parties)),
        package.settings,
        package.when,
        package.id,
    )


def refuse_listed_moves(dispute: Dispute) -> None:
    """Refuse to make plans where the file lists moves between states.

    Raises
    ------
    DisputeError
        As stages of plans set options, and a list does not say who may set which.
    """
    if dispute.lists_moves:
        raise DisputeError(
            "plans are made of options that parties set; the file lists moves between states, "
            "which does not say who may set what (`detente paths` finds sequences of listed moves)",
            path=dispute.path,
        )


def start_index(model: GraphModel) -> int:
    """State index of the status quo, where every plan starts.

    Raises
    ------
    DisputeError
        If the dispute names no status quo.
    """
    if model.status_quo is None:
        raise DisputeError(
            "this dispute names no status quo, where a roadmap starts",
            path=model.dispute.path,
            key="status_quo",
        )
    return model.status_quo


def made_from(model: GraphModel, index: int, stage: PlanStage) -> tuple[int, int] | None:
    """Make a stage from one state.

    Returns
    -------
    tuple of int, or None
        The position from which it starts (in a coalesced state the first member from which it
        leads to another state) and the index of the state it leads to; None where it is not
        possible.
    """
    space = model.space
    members = space.members(index)
    targets = joint_targets(model.moves, stage.settings, stage.when, positions=members)
    for position, target in zip(members.tolist(), targets.tolist(), strict=True):
        if target >= 0:
            there = space.index_at(target)
            if there is not None and there != index:
                return position, there
    return None


def part_result(model: GraphModel, position: int, part: Mapping[int, int]) -> int | None:
    """Index of the state in which a part of a stage, made alone, leaves the dispute.

    A part that changes nothing leaves it where it is; one that is not possible gives None.
    """
    here = model.space.index_at(position)
    levels = model.space.levels_at(np.array([position]))[0]
    if all(levels[option] == level for option, level in part.items()):
        return here
    (target,) = joint_targets(model.moves, part, positions=np.array([position])).tolist()
    return None if target < 0 else model.space.index_at(target)


@dataclass(frozen=True, eq=False, slots=True)
class PartialStage:
    """Where a possible stage leads if some of its parties do not do their parts.

    Attributes
    ----------
    bits
        The parties whose parts change something, in order, each with its bit; a set of them is
        the sum of their bits. The first has the highest.
    results
        Shape (sets,): for each set of parties that do not do their parts, the index of the state
        in which the others' parts leave the dispute; -1 where it is not feasible.
    """

    bits: Mapping[int, int]
    results: NDArray[np.int64]


def partial_stage(model: GraphModel, start: int, stage: PlanStage) -> PartialStage:
    """Where a stage that is possible from a position leads if it is made in part."""
    space = model.space
    levels = space.levels_at(np.array([start]))[0].tolist()
    members = []
    done: list[dict[int, int]] = [{}]
    for party in stage.parties:
        part = stage.part(model.dispute, [party])
        if any(levels[option] != level for option, level in part.items()):
            members.append(party)
            # Whatever changes may change: the whole stage is possible from here.
            made = [dict(part) | settings for settings in done]
            done = [settings for pair in zip(made, done, strict=True) for settings in pair]
    here = np.array([start], dtype=np.int64)
    positions = np.concatenate([space.changed(here, settings) for settings in done])
    bits = {party: 1 << place for place, party in enumerate(reversed(members))}
    return PartialStage({party: bits[party] for party in members}, space.indices_at(positions))
