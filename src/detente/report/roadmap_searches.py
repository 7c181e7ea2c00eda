"""The plans that a search found, or why there is none: words, tables and a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from detente.dispute.dispute import Dispute
from detente.report.content import MARK, Block, Prose, Subheading, Table, rows_table
from detente.report.face import hint
from detente.report.roadmaps import (
    FORESIGHT_WORDS,
    lost_words,
    party_name,
    stage_document,
)
from detente.report.words import counted, joined, settings_words
from detente.roadmap.check.stage_checks import StageCheck
from detente.roadmap.check.verdicts import RoadmapCheck
from detente.roadmap.search.synthesis import Cut, RoadmapSearch
from detente.space.graph_model import GraphModel

if TYPE_CHECKING:
    from detente.report.documents.roadmap_search import RoadmapSearchDocument

__all__ = ["SEARCH_SCHEMA", "cut_lines", "plan_reason", "search_blocks", "search_document"]

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


def _goal(search: RoadmapSearch) -> str:
    """What the goal is called: an outcome's name, or a formula as it was asked for."""
    outcomes = {one.id: one.name for one in search.model.dispute.outcomes}
    return outcomes.get(search.goal, search.goal)


def cut_lines(search: RoadmapSearch, cut: Cut) -> list[str]:
    """The proof that no plan holds, in words."""
    model = search.model
    limit = "" if search.propose else " with declared packages only"
    lines = [
        f"No plan holds{limit}. Stages that are not broken reach "
        f"{counted(cut.states, 'state')} from the status quo, and “{_goal(search)}” has "
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


def search_blocks(search: RoadmapSearch) -> tuple[Block, ...]:
    """A search in words and tables.

    Parameters
    ----------
    search
        The search.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = [
        Subheading(f"{search.model.dispute.title}: plans to “{_goal(search)}”"),
        Prose(
            f"Under {search.concept}; {FORESIGHT_WORDS[search.foresight]}. At most "
            f"{counted(search.most_stages, 'stage')}, of which {search.most_broken} broken. Plans "
            "are compared by broken stages, by the most statements of its own that any one party "
            "stands to lose at a stage if others do not do their part, and by stages. "
            f"{_packages_words(search)}"
        ),
    ]
    if not search.complete:
        blocks.append(Prose("The search stopped before it had looked at everything."))
    if not search.plans:
        none = "No plan within these limits." if search.complete else "No plan was found by then."
        blocks.append(Prose(none))
    blocks += _plans(search)
    if search.cut is not None:
        blocks += map(Prose, cut_lines(search, search.cut))
    return (*blocks, *_with_proposals(search))


def _packages_words(search: RoadmapSearch) -> str:
    """What may be a stage."""
    if search.propose:
        return (
            "Stages are moves of a party, packages of the file, and any joint move of up to "
            f"{counted(search.propose, 'party', 'parties')}, whether declared or not."
        )
    return "Stages are moves of a party, and packages: with declared packages only."


def _with_proposals(search: RoadmapSearch) -> Iterator[Block]:
    """What packages that nobody declared would add, where no plan holds without."""
    other = search.with_proposals
    if other is None:
        if search.cut is not None and not search.cut.goal_holding and not search.propose:
            yield Prose("No other package would help: an end has to hold by itself, and none does.")
        elif search.too_many_proposals:
            yield Prose(
                "This is with declared packages only. Whether others would help was not looked "
                f"at, as that takes long here{hint('--allow-packages any does')}."
            )
        return
    proposed = counted(other.propose, "party", "parties")
    holding = [number for number, plan in enumerate(other.plans) if plan.holds]
    if holding:
        yield Subheading(
            "With declared packages only, no plan holds. With any joint move of up to "
            f"{proposed} besides:"
        )
        yield from _plans(other, only=holding)
    else:
        stopped = "" if other.complete else " as far as the search went"
        yield Prose(
            f"No joint move of up to {proposed}, declared or not, makes a plan hold{stopped}."
        )


def _plans(search: RoadmapSearch, *, only: Sequence[int] | None = None) -> Iterator[Block]:
    """Plans with what speaks for each."""
    for number, plan in enumerate(search.plans):
        if only is not None and number not in only:
            continue
        yield Prose(
            f"Plan {number + 1}: {plan_reason(search, number)}. "
            f"{counted(plan.broken, 'stage')} broken, {_at_stake(plan)}, "
            f"{counted(len(plan.stages), 'stage')}; ends in state {plan.end}."
        )
        yield _plan_table(search.model, plan)


def _at_stake(plan: RoadmapCheck) -> str:
    lost = plan.statements_lost
    if not lost:
        return "nothing to lose"
    return f"{counted(lost, 'statement')} of one party to lose at a stage"


def _plan_table(model: GraphModel, plan: RoadmapCheck) -> Table:
    dispute = model.dispute
    rows = []
    for stage in plan.stages:
        words = settings_words(dispute, stage.stage.settings)
        if stage.stage.package is not None:
            words = f"{stage.stage.name} ({words})"
        exposed = [one for one in stage.standings if one.exposure]
        rows.append(
            (
                f"{stage.number}. {words}",
                joined([dispute.parties[party].name for party in stage.stage.parties]),
                MARK if stage.failed is None else _why(dispute, stage),
                "; ".join(
                    f"{party_name(dispute, one.party)}: {lost_words(one)}" for one in exposed
                ),
            )
        )
    return rows_table(("Stage", "By", "In order", "Stands to lose"), rows)


def _why(dispute: Dispute, stage: StageCheck) -> str:
    if stage.unwilling:
        unwilling = [party_name(dispute, one.party) for one in stage.unwilling]
        return f"unwilling: {joined(unwilling)}"
    leaving = dict.fromkeys(party_name(dispute, one.party) for one in stage.breaches)
    return f"left by: {joined(list(leaving))}"


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
