"""The plans that a search found, or why there is none: words, tables and a JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from detente.report.roadmaps import (
    FORESIGHT_WORDS,
    lost_words,
    party_name,
    settings_words,
    stage_document,
)
from detente.report.tables import MARK, counted, joined, plain_table
from detente.roadmap.check.verdicts import RoadmapCheck, StageCheck, StageStanding
from detente.roadmap.search.synthesis import Cut, RoadmapSearch
from detente.space.graph_model import GraphModel

if TYPE_CHECKING:
    from detente.report.documents.roadmap_search import RoadmapSearchDocument

__all__ = ["SEARCH_SCHEMA", "cut_lines", "plan_reason", "search_document", "search_tables"]

SEARCH_SCHEMA = "detente/roadmap-search/1"


def plan_reason(search: RoadmapSearch, number: int) -> str:
    """What speaks for one of the plans of a Pareto set."""
    plans = search.plans
    plan = plans[number]
    others = [other for other in plans if other is not plan]
    parts = []
    if plan.broken == min(one.broken for one in plans):
        parts.append("no stage broken" if plan.holds else "fewest broken stages")
    if plan.statements_lost == min(one.statements_lost for one in plans):
        parts.append("fewest statements to lose")
    if len(plan.stages) == min(len(one.stages) for one in plans):
        parts.append("fewest stages")
    if not parts and others:
        parts.append("between the others")
    return joined(parts)


def cut_lines(search: RoadmapSearch, cut: Cut) -> list[str]:
    """The proof that no plan holds, in words."""
    model = search.model
    limit = "" if search.propose else " with declared packages only"
    lines = [
        f"No plan holds{limit}. Stages that are not broken reach "
        f"{counted(cut.states, 'state')} from the status quo, and “{search.goal}” has "
        f"{counted(cut.goal, 'state')}, of which {cut.goal_holding:,} hold; none of "
        "those that are reached is one of these. Every plan has to leave the reached states by a "
        "stage that is broken."
    ]
    for guardian in cut.guardians:
        what = []
        if guardian.unwilling:
            what.append(f"would not take part in leaving from {guardian.unwilling:,} of them")
        if guardian.breaking:
            what.append(
                f"would leave {guardian.breaking:,} of them, which do not hold, and nothing "
                "deters it"
            )
        lines.append(f"- {party_name(model.dispute, guardian.party)} {joined(what)}.")
    return lines


def search_tables(search: RoadmapSearch, *, mark: str = MARK) -> list[RenderableType]:
    """A search as text and tables.

    Parameters
    ----------
    search
        The search.
    mark
        What stands in a table for "yes".

    Returns
    -------
    list of rich renderables
    """
    dispute = search.model.dispute
    count = len(search.plans)
    parts: list[RenderableType] = [
        Text(f"{dispute.title}: plans to “{search.goal}”", style="bold"),
        Text(
            f"Under {search.concept}; {FORESIGHT_WORDS[search.foresight]}. At most "
            f"{counted(search.most_stages, 'stage')}, of which {search.most_broken} broken. Plans "
            "are compared by broken stages, by the most statements of its own that any one party "
            "stands to lose at a stage if others do not do their part, and by stages. "
            f"{_packages_words(search)}"
        ),
        Text(),
    ]
    if not search.complete:
        parts += [Text("The search stopped before it had looked at everything."), Text()]
    if not count:
        none = "No plan within these limits." if search.complete else "No plan was found by then."
        parts.append(Text(none))
    parts += _plans(search, mark)
    if search.cut is not None:
        parts += [Text(line) for line in cut_lines(search, search.cut)]
    return parts + _with_proposals(search, mark)


def _packages_words(search: RoadmapSearch) -> str:
    """What may be a stage."""
    if search.propose:
        return (
            "Stages are moves of a party, packages of the file, and any joint move of up to "
            f"{counted(search.propose, 'party', 'parties')}, whether declared or not."
        )
    return "Stages are moves of a party, and packages: with declared packages only."


def _with_proposals(search: RoadmapSearch, mark: str) -> list[RenderableType]:
    """What packages that nobody declared would add, where no plan holds without."""
    other = search.with_proposals
    if other is None:
        if search.cut is not None and not search.cut.goal_holding and not search.propose:
            words = "No other package would help: an end has to hold by itself, and none does."
            return [Text(), Text(words)]
        if not search.too_many_proposals:
            return []
        words = (
            "This is with declared packages only. Whether others would help was not looked at, as "
            "that takes long here: --allow-packages any does."
        )
        return [Text(), Text(words)]
    holding = [number for number, plan in enumerate(other.plans) if plan.holds]
    if not holding:
        stopped = "" if other.complete else " as far as the search went"
        words = (
            f"No joint move of up to {counted(other.propose, 'party', 'parties')}, declared or "
            f"not, makes a plan hold{stopped}."
        )
        return [Text(), Text(words)]
    heading = (
        f"With declared packages only, no plan holds. With any joint move of up to "
        f"{counted(other.propose, 'party', 'parties')} besides:"
    )
    return [Text(), Text(heading, style="bold"), Text(), *_plans(other, mark, only=holding)]


def _plans(
    search: RoadmapSearch, mark: str, *, only: Sequence[int] | None = None
) -> list[RenderableType]:
    """Plans with what speaks for each."""
    parts: list[RenderableType] = []
    for number, plan in enumerate(search.plans):
        if only is not None and number not in only:
            continue
        parts += [
            Text(
                f"Plan {number + 1}: {plan_reason(search, number)}. "
                f"{counted(plan.broken, 'stage')} broken, {_at_stake(plan)}, "
                f"{counted(len(plan.stages), 'stage')}; ends in state {plan.end}."
            ),
            Text(),
            _plan_table(search.model, plan, mark),
            Text(),
        ]
    return parts


def _at_stake(plan: RoadmapCheck) -> str:
    lost = plan.statements_lost
    if not lost:
        return "nothing to lose"
    return f"{counted(lost, 'statement')} of one party to lose at a stage"


def _plan_table(model: GraphModel, plan: RoadmapCheck, mark: str) -> RenderableType:
    dispute = model.dispute
    table = plain_table()
    table.add_column("Stage", overflow="fold")
    table.add_column("By", overflow="fold")
    table.add_column("In order", justify="center")
    table.add_column("Stands to lose", overflow="fold")
    for stage in plan.stages:
        settings = settings_words(dispute, stage.stage)
        declared = stage.stage.package is not None
        words = f"{stage.stage.name}: {settings}" if declared else settings
        exposed = [one for one in stage.standings if one.exposure]
        table.add_row(
            Text(f"{stage.number}. {words}"),
            Text(", ".join(dispute.parties[party].id for party in stage.stage.parties)),
            Text(mark if stage.failed is None else _why(stage)),
            Text("; ".join(_lost(one) for one in exposed)),
        )
    return table


def _lost(one: StageStanding) -> str:
    return lost_words(one) if one.lost else f"{one.party} {lost_words(one)}"


def _why(stage: StageCheck) -> str:
    if stage.unwilling:
        return f"unwilling: {', '.join(one.party for one in stage.unwilling)}"
    return f"left by: {', '.join(one.party for one in stage.breaches)}"


def search_document(search: RoadmapSearch) -> RoadmapSearchDocument:
    """A search as a JSON document; see ``documents/roadmap_search.py`` for each key."""
    cut = search.cut
    return {
        "schema": SEARCH_SCHEMA,
        "dispute": search.model.dispute.title,
        "goal": search.goal,
        "concept": search.concept,
        "foresight": search.foresight,
        "most_stages": search.most_stages,
        "most_broken": search.most_broken,
        "proposed_parties": search.propose,
        "complete": search.complete,
        "plans": [
            {
                "broken": plan.broken,
                "statements_lost": plan.statements_lost,
                "holds": plan.holds,
                "end": plan.end,
                "reason": plan_reason(search, number),
                "stages": [stage_document(search.model, stage) for stage in plan.stages],
            }
            for number, plan in enumerate(search.plans)
        ],
        "cut": None
        if cut is None
        else {
            "states": cut.states,
            "stuck": cut.stuck,
            "goal": cut.goal,
            "goal_holding": cut.goal_holding,
            "guardians": [
                {"party": one.party, "unwilling": one.unwilling, "breaking": one.breaking}
                for one in cut.guardians
            ],
            "text": "\n".join(cut_lines(search, cut)),
        },
        "with_proposals": None
        if search.with_proposals is None
        else search_document(search.with_proposals),
    }
