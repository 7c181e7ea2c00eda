"""Simulated runs of a plan in words and tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from detente.dispute.shares import Share
from detente.report.content import Block, Prose, Subheading, Table, rows_table
from detente.report.roadmaps import FORESIGHT_WORDS, party_name
from detente.report.robustness import interval_words, percent
from detente.report.words import counted, joined
from detente.roadmap.compliance.simulation import RoadmapSimulation, StageRuns

if TYPE_CHECKING:
    from detente.report.documents.roadmap_simulation import (
        RoadmapSimulationAssumptions,
        RoadmapSimulationDocument,
        RoadmapSimulationParty,
        RoadmapSimulationShare,
        RoadmapSimulationStage,
    )

__all__ = [
    "SIMULATION_SCHEMA",
    "assumption_words",
    "simulation_blocks",
    "simulation_document",
    "simulation_lines",
]

SIMULATION_SCHEMA = "detente/roadmap-simulation/1"

_MANNERS = {
    "unanswered": "Nobody answered",
    "in_vain": "Answered in vain",
    "not_resumed": "Answered, yet not resumed",
}


# Words -------------------------------------------------------------------------------------


def assumption_words(simulation: RoadmapSimulation) -> str:
    """What was assumed, in a sentence."""
    assumed = simulation.assumptions
    return (
        f"Assumed, not estimated: a party that gains by reneging does so with probability "
        f"{assumed.renege:g}; one that gains nothing withholds its part with {assumed.slip:g}; a "
        f"party answers in kind with {assumed.answer:g}; after an answer that leaves nobody who "
        f"reneged better off, the plan is resumed with {assumed.resume:g}."
    )


def simulation_lines(simulation: RoadmapSimulation) -> list[str]:
    """How many runs reach the plan's end, where most break, and who gains by reneging.

    Parameters
    ----------
    simulation
        The simulation.

    Returns
    -------
    list of str
        One sentence or two each.
    """
    done = simulation.completed
    lines = [
        f"The plan reaches its end in {percent(done.value)} of the runs (95% Wilson interval "
        f"{interval_words(done)})."
    ]
    worst = max(simulation.stages, key=lambda stage: stage.broken, default=None)
    if worst is not None and worst.broken:
        broken = simulation.share(worst.broken)
        lines.append(
            f"Most break at stage {worst.number}, “{worst.stage.name}”: {percent(broken.value)} "
            f"of all runs ({interval_words(broken)})."
        )
    lines += _gain_lines(simulation)
    return lines


def _gain_lines(simulation: RoadmapSimulation) -> Iterator[str]:
    dispute = simulation.check.model.dispute
    nobody = True
    for stage in simulation.stages:
        what = [
            f"{joined([party_name(dispute, party) for party in parties])} by {how}"
            for parties, how in (
                (stage.may_withhold, "withholding"),
                (stage.may_leave, "leaving afterwards"),
            )
            if parties
        ]
        if what:
            nobody = False
            yield f"Who gains by reneging at stage {stage.number}: {'; '.join(what)}."
        elif not stage.possible:
            yield f"Stage {stage.number} is not possible: every run that comes to it breaks."
    if nobody and all(stage.possible for stage in simulation.stages):
        yield "Nobody gains by reneging at any stage: what breaks, breaks by slips."


# Blocks ------------------------------------------------------------------------------------


def simulation_blocks(simulation: RoadmapSimulation) -> tuple[Block, ...]:
    """A simulation in words and tables.

    Parameters
    ----------
    simulation
        The simulation.

    Returns
    -------
    tuple of Block
    """
    check = simulation.check
    blocks: list[Block] = [
        Subheading(f"{check.model.dispute.title}: {check.plan.name}, simulated"),
        *map(Prose, simulation_lines(simulation)),
        Prose(
            f"{counted(simulation.runs, 'run')}, seed {simulation.seed}, under {check.concept}; "
            f"{FORESIGHT_WORDS[check.foresight]}."
        ),
        Prose(assumption_words(simulation)),
        Prose("What became of the runs at each stage, as shares of all runs:"),
        _stage_table(simulation),
    ]
    if any(stage.broken for stage in simulation.stages):
        blocks += [
            Prose(
                "By whom and how they broke. Where several reneged at once, each of them is "
                "counted."
            ),
            _breaking_table(simulation),
        ]
    blocks += [
        Prose(
            "What each party did in a run, and whether the run ended in a state that it ranks "
            "higher or lower than the status quo:"
        ),
        _party_table(simulation),
    ]
    if check.model.dispute.outcomes:
        blocks += [
            Prose("Where the runs ended; a state may belong to several outcomes:"),
            _outcome_table(simulation),
        ]
    return tuple(blocks)


def _percent(simulation: RoadmapSimulation, runs: int) -> str:
    return percent(simulation.share(runs).value) if runs else ""


def _stage_table(simulation: RoadmapSimulation) -> Table:
    rows = []
    for stage in simulation.stages:
        counts = (stage.reached, stage.withheld, stage.left, stage.resumed, stage.broken)
        rows.append(
            (
                f"{stage.number}. {stage.stage.name}",
                *(_percent(simulation, runs) for runs in counts),
                interval_words(simulation.share(stage.broken)),
            )
        )
    done = simulation.completed
    end = ("The plan's end", percent(done.value), "", "", "", "", interval_words(done))
    columns = ("Stage", "Reached", "Withheld", "Left", "Resumed", "Broken", "Interval")
    return rows_table(columns, rows, foot=[end], numeric=True)


def _breaking_table(simulation: RoadmapSimulation) -> Table:
    stages = simulation.stages
    runs = {
        party.name: [stage.broken_with(party.id) for stage in stages]
        for party in simulation.check.model.dispute.parties
    }
    runs["Nobody: not possible"] = [stage.broken_by.get((), 0) for stage in stages]
    manners = {
        words: [getattr(stage, manner) for stage in stages] for manner, words in _MANNERS.items()
    }
    columns = ("Broken by", *(f"Stage {stage.number}" for stage in stages), "All")
    rows, foot = _shares(simulation, runs), _shares(simulation, manners)
    return rows_table(columns, rows, foot=foot, numeric=True)


def _shares(simulation: RoadmapSimulation, runs: Mapping[str, list[int]]) -> list[tuple[str, ...]]:
    """Runs by stage and in all as shares; what never happened is left out."""
    return [
        (name, *(_percent(simulation, one) for one in [*counts, sum(counts)]))
        for name, counts in runs.items()
        if sum(counts)
    ]


def _party_table(simulation: RoadmapSimulation) -> Table:
    rows = []
    for told in simulation.parties:
        counts = (told.reneged, told.answered, told.better, told.worse)
        name = party_name(simulation.check.model.dispute, told.party)
        rows.append((name, *(_percent(simulation, runs) for runs in counts)))
    columns = ("Party", "Reneged", "Answered", "Ended higher", "Ended lower")
    return rows_table(columns, rows, numeric=True)


def _outcome_table(simulation: RoadmapSimulation) -> Table:
    rows = []
    for outcome in simulation.check.model.dispute.outcomes:
        found = simulation.in_outcome(outcome.id)
        rows.append((outcome.name, percent(found.value), interval_words(found)))
    return rows_table(("Outcome", "Share", "Interval"), rows, numeric=True)


# As a document -----------------------------------------------------------------------------


def simulation_document(simulation: RoadmapSimulation) -> RoadmapSimulationDocument:
    """A simulation as a JSON document; see ``documents/roadmap_simulation.py`` for each key."""
    check = simulation.check
    return {
        "schema": SIMULATION_SCHEMA,
        "dispute": check.model.dispute.title,
        "roadmap": check.plan.id,
        "name": check.plan.name,
        "concept": check.concept,
        "foresight": check.foresight,
        "assumptions": cast("RoadmapSimulationAssumptions", asdict(simulation.assumptions)),
        "runs": simulation.runs,
        "seed": simulation.seed,
        "completed": _share_document(simulation.completed),
        "stages": [_stage_document(simulation, stage) for stage in simulation.stages],
        "parties": [cast("RoadmapSimulationParty", asdict(told)) for told in simulation.parties],
        "outcomes": [
            {"outcome": outcome.id, **_share_document(simulation.in_outcome(outcome.id))}
            for outcome in check.model.dispute.outcomes
        ],
        "text": "\n".join([assumption_words(simulation), *simulation_lines(simulation)]),
    }


def _share_document(found: Share) -> RoadmapSimulationShare:
    return {"runs": found.held, "share": found.value, "interval": [found.low, found.high]}


def _stage_document(simulation: RoadmapSimulation, stage: StageRuns) -> RoadmapSimulationStage:
    return {
        "stage": stage.number,
        "name": stage.stage.name,
        "possible": stage.possible,
        "may_withhold": list(stage.may_withhold),
        "may_leave": list(stage.may_leave),
        "reached": stage.reached,
        "withheld": stage.withheld,
        "left": stage.left,
        "resumed": stage.resumed,
        "broken": _share_document(simulation.share(stage.broken)),
        "broken_by": [
            {"parties": list(parties), "runs": runs} for parties, runs in stage.broken_by.items()
        ],
        "unanswered": stage.unanswered,
        "in_vain": stage.in_vain,
        "not_resumed": stage.not_resumed,
    }
