"""Simulated runs of a plan in words, as tables and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from detente.dispute.shares import Share
from detente.report.roadmaps import FORESIGHT_WORDS, party_name
from detente.report.robustness import interval_words, percent
from detente.report.tables import counted, joined, plain_table
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
    "simulation_document",
    "simulation_lines",
    "simulation_tables",
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


# Tables ------------------------------------------------------------------------------------


def simulation_tables(simulation: RoadmapSimulation) -> list[RenderableType]:
    """A simulation as text and tables.

    Parameters
    ----------
    simulation
        The simulation.

    Returns
    -------
    list of rich renderables
    """
    check = simulation.check
    parts: list[RenderableType] = [
        Text(f"{check.model.dispute.title}: {check.plan.name}, simulated", style="bold"),
        Text(
            f"{counted(simulation.runs, 'run')}, seed {simulation.seed}, under {check.concept}; "
            f"{FORESIGHT_WORDS[check.foresight]}."
        ),
        Text(assumption_words(simulation)),
        Text(),
        *(Text(line) for line in simulation_lines(simulation)),
        Text(),
        Text("What became of the runs at each stage, as shares of all runs:"),
        Text(),
        _stage_table(simulation),
    ]
    if any(stage.broken for stage in simulation.stages):
        parts += [
            Text(),
            Text(
                "By whom and how they broke. Where several reneged at once, each of them is "
                "counted."
            ),
            Text(),
            _breaking_table(simulation),
        ]
    parts += [
        Text(),
        Text(
            "What each party did in a run, and whether the run ended in a state that it ranks "
            "higher or lower than the status quo:"
        ),
        Text(),
        _party_table(simulation),
    ]
    if check.model.dispute.outcomes:
        parts += [
            Text(),
            Text("Where the runs ended; a state may belong to several outcomes:"),
            Text(),
            _outcome_table(simulation),
        ]
    return parts


def _percent(simulation: RoadmapSimulation, runs: int) -> str:
    return percent(simulation.share(runs).value) if runs else ""


def _stage_table(simulation: RoadmapSimulation) -> Table:
    table = plain_table()
    table.add_column("Stage", overflow="fold")
    for what in ("Reached", "Withheld", "Left", "Resumed", "Broken", "Interval"):
        table.add_column(what, justify="right")
    for stage in simulation.stages:
        table.add_row(
            Text(f"{stage.number}. {stage.stage.name}"),
            *(
                _percent(simulation, runs)
                for runs in (
                    stage.reached,
                    stage.withheld,
                    stage.left,
                    stage.resumed,
                    stage.broken,
                )
            ),
            interval_words(simulation.share(stage.broken)),
        )
    done = simulation.completed
    table.add_section()
    table.add_row("The plan's end", percent(done.value), "", "", "", "", interval_words(done))
    return table


def _breaking_table(simulation: RoadmapSimulation) -> Table:
    table = plain_table()
    table.add_column("Broken by", overflow="fold")
    for stage in simulation.stages:
        table.add_column(f"Stage {stage.number}", justify="right")
    table.add_column("All", justify="right")

    def row(name: str, runs: list[int]) -> None:
        if sum(runs):
            table.add_row(Text(name), *(_percent(simulation, one) for one in [*runs, sum(runs)]))

    stages = simulation.stages
    for party in simulation.check.model.dispute.parties:
        row(party.name, [stage.broken_with(party.id) for stage in stages])
    row("Nobody: not possible", [stage.broken_by.get((), 0) for stage in stages])
    table.add_section()
    for manner, words in _MANNERS.items():
        row(words, [getattr(stage, manner) for stage in stages])
    return table


def _party_table(simulation: RoadmapSimulation) -> Table:
    table = plain_table()
    table.add_column("Party", overflow="fold")
    for what in ("Reneged", "Answered", "Ended higher", "Ended lower"):
        table.add_column(what, justify="right")
    for told in simulation.parties:
        table.add_row(
            Text(party_name(simulation.check.model.dispute, told.party)),
            *(
                _percent(simulation, runs)
                for runs in (told.reneged, told.answered, told.better, told.worse)
            ),
        )
    return table


def _outcome_table(simulation: RoadmapSimulation) -> Table:
    table = plain_table()
    table.add_column("Outcome", overflow="fold")
    table.add_column("Share", justify="right")
    table.add_column("Interval", justify="right")
    for outcome in simulation.check.model.dispute.outcomes:
        found = simulation.in_outcome(outcome.id)
        table.add_row(Text(outcome.name), percent(found.value), interval_words(found))
    return table


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
