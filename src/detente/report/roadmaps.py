"""The check of a roadmap in words and tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.dispute.dispute import Dispute
from detente.report.content import MARK, Block, Prose, Table, rows_table
from detente.report.explanations import changes, mover_name
from detente.report.language import marked, say, say_number, say_told, whole_number
from detente.report.what_ran_out import WHAT_RAN_OUT
from detente.report.words import joined
from detente.roadmap.check.stage_checks import (
    Breach,
    StageCheck,
    StageGlance,
    StageStanding,
    Unwilling,
)
from detente.roadmap.check.verdicts import RoadmapCheck, read_otherwise
from detente.stability.explained_state import StatesExplained

if TYPE_CHECKING:
    from detente.report.documents.roadmap import RoadmapDocument
    from detente.report.documents.roadmap_parts import FirstFailure, RoadmapStage, RoadmapVerdict

__all__ = [
    "FORESIGHT_WORDS",
    "ROADMAP_SCHEMA",
    "exposure_lines",
    "failure_lines",
    "lost_words",
    "other_reading",
    "party_name",
    "roadmap_blocks",
    "roadmap_document",
    "stage_document",
    "verdict_document",
    "verdict_lines",
]

ROADMAP_SCHEMA = "detente/roadmap/1"

FORESIGHT_WORDS = {
    "myopic": marked("parties look to what each stage brings"),
    "roadmap": marked("parties look to where the roadmap ends"),
}

_EFFECTS = {
    "undoes": marked("it undoes what the plan has set"),
    "obstructs": marked("a later stage is then no longer possible"),
    "beside": marked("the plan can still go on"),
}


def party_name(dispute: Dispute, party: str) -> str:
    """A party's name, by its id."""
    return dispute.parties[dispute.party_numbers[party]].name


# Words -------------------------------------------------------------------------------------


def verdict_lines(check: RoadmapCheck) -> list[str]:
    """The verdict: whether the plan holds, or the first stage that fails, and why.

    Parameters
    ----------
    check
        The check.

    Returns
    -------
    list of str
        One sentence or two each.
    """
    verdict = check.verdict
    if check.why is not None:
        return list(_partly_checked(check))
    how = say(
        "under {concept}; {foresight}",
        concept=check.concept,
        foresight=say(FORESIGHT_WORDS[check.foresight]),
    )
    if verdict is None or verdict.failed is None:
        holds = say_number(
            "The plan holds: all of its {number} stage ({how}).",
            "The plan holds: all of its {number} stages ({how}).",
            len(check.stages),
            how=how,
        )
        return [holds, other_reading(check)]
    return [
        say("The plan {what} ({how}).", what=_headline(check), how=how),
        *failure_lines(check.model, verdict, check),
        other_reading(check),
    ]


def _partly_checked(check: RoadmapCheck) -> Iterator[str]:
    """The verdict where the work on sets of states ended early; only the command asks for it."""
    why = "the work was ended" if check.why == "interrupted" else WHAT_RAN_OUT[check.why or "time"]
    verdict, checked = check.verdict, len(check.stages)
    if verdict is not None:
        yield f"The plan {_headline(check)} (under {check.concept})."
        yield from failure_lines(check.model, verdict, check)
    elif checked:
        yield f"No stage up to stage {checked} fails (under {check.concept})."
    failing = next((one for one in check.glances if one.fails or one.unknown), None)
    if verdict is None and failing is not None and failing.fails:
        yield f"The plan fails at stage {failing.number}, “{failing.stage.name}”."
    for glance in check.glances:
        yield _glance_words(check.model.dispute, glance, check.concept)
    if check.left:
        stages = (
            f"Stage {checked + 1} was"
            if check.left == 1
            else f"Stages {checked + 1} to {checked + check.left} were"
        )
        yield f"{stages} not checked to the end: {why}."
    else:
        yield f"How the plan stands by the other foresight was not found: {why}."


def _glance_words(dispute: Dispute, glance: StageGlance, concept: str) -> str:
    """What is known of a stage whose checks are not finished; only the command asks for it."""
    stage = f"Stage {glance.number}, “{glance.stage.name}”,"
    if glance.obstacle is not None:
        return f"{stage} is not possible: {glance.obstacle}."
    names = {one.id: one.name for one in dispute.parties}
    lines = []
    if glance.unwilling:
        unwilling = joined([names[one.party] for one in glance.unwilling])
        lines.append(f"{stage} is not made willingly by {unwilling}.")
    stage = "It" if lines else stage
    leaving, unknown = ([names[one] for one in ids] for ids in (glance.leaving, glance.unknown))
    if leaving:
        has = "has" if len(leaving) == 1 else "have"
        lines.append(
            f"{stage} does not hold under {concept}: {joined(leaving)} {has} a move away that "
            "nothing deters."
        )
    elif not unknown:
        lines.append(f"{stage} holds under {concept}.")
    if unknown:
        lines.append(f"Whether {joined(unknown)} would leave it was not found.")
    return " ".join(lines)


def other_reading(check: RoadmapCheck) -> str:
    """What the verdict is where parties look to the other of each stage and the roadmap's end."""
    other = read_otherwise(check)
    foresight = say(FORESIGHT_WORDS[other.foresight])
    if other.verdict is None:
        if check.holds:
            return say("Where {foresight} instead, the plan holds as well.", foresight=foresight)
        return say("Where {foresight} instead, the plan holds.", foresight=foresight)
    same = check.verdict is not None and (
        (check.verdict.number, check.verdict.failed) == (other.verdict.number, other.verdict.failed)
    )
    if same:
        return say(
            "Where {foresight} instead, the plan also {what}.",
            foresight=foresight,
            what=_headline(other),
        )
    return say(
        "Where {foresight} instead, the plan {what}.", foresight=foresight, what=_headline(other)
    )


def _headline(check: RoadmapCheck) -> str:
    """How a plan fails: it is broken, or somebody moves beside it and it can go on."""
    verdict, broken = check.verdict, check.breaks_at
    assert verdict is not None, "there is a headline only where a plan fails"
    if verdict is broken:
        return _breaks_words(verdict)
    side = say(
        "can still go on after a side move at stage {number}, “{stage}”, which nothing deters",
        number=verdict.number,
        stage=verdict.stage.name,
    )
    if broken is None:
        return say("{what}; it is not broken", what=side)
    return say("{what}, but {how}", what=side, how=_breaks_words(broken))


def _breaks_words(verdict: StageCheck) -> str:
    words = {"number": verdict.number, "stage": verdict.stage.name}
    match verdict.failed:
        case "possible":
            return say("breaks at stage {number}, “{stage}”: it is not possible", **words)
        case "willing":
            return say("breaks at stage {number}, “{stage}”: it is not made willingly", **words)
        case _:
            return say("breaks at stage {number}, “{stage}”: it does not hold", **words)


def failure_lines(model: StatesExplained, stage: StageCheck, check: RoadmapCheck) -> list[str]:
    """Why a stage of a check fails: the obstacle, who is unwilling, and who would break it."""
    lines = []
    if stage.obstacle is not None:
        lines.append(say("Not possible: {obstacle}.", obstacle=say_told(stage.obstacle)))
    lines += [_unwilling_words(model.dispute, one) for one in stage.unwilling]
    lines += [line for one in stage.breaches for line in _breach_words(model, stage, one, check)]
    return lines


def _unwilling_words(dispute: Dispute, one: Unwilling) -> str:
    return say(
        "Unwilling: {party}. Standing still has rank {still}, what is offered has rank {offered}.",
        party=party_name(dispute, one.party),
        still=one.rank_still,
        offered=one.rank_offered,
    )


def _breach_words(
    model: StatesExplained, stage: StageCheck, breach: Breach, check: RoadmapCheck
) -> Iterator[str]:
    dispute = model.dispute
    name = party_name(dispute, breach.party)
    effect = say(_EFFECTS[breach.effect])
    if breach.others:
        more = say_number(
            "({number} other move of {party} not deterred either)",
            "({number} other moves of {party} not deterred either)",
            breach.others,
            party=name,
        )
        effect = f"{effect} {more}"
    ranks = say("rank {before} → {after}", before=breach.rank_before, after=breach.rank_after)
    if check.foresight == "roadmap" and stage.number < len(check.stages):
        ranks = say("{ranks}, where the plan's end has {end}", ranks=ranks, end=breach.rank_offered)
    yield say(
        "Not deterred: {party}: {words}: to state {state}, {ranks}; {effect}.",
        party=name,
        words=changes(model, stage.after, breach.state),
        state=breach.state,
        ranks=ranks,
        effect=effect,
    )
    sanction = breach.sanction
    if check.concept != "Nash":
        yield say(
            "The others' answers leave {party} at rank {held} or higher, above {offered}.",
            party=name,
            held=breach.held_to,
            offered=breach.rank_offered,
        )
    if not sanction.path:
        yield say(
            "Missing sanction: there is none; no moves of the others bring {party} to rank {rank} "
            "or lower.",
            party=name,
            rank=breach.rank_offered,
        )
        return
    steps, before = [], breach.state
    for step in sanction.path:
        what = changes(model, before, step.state, by_one=step.package is None)
        steps.append(say("{party}: {words}", party=mover_name(dispute, step), words=what))
        before = step.state
    told = say("; then ").join(steps)
    if sanction.would_not is not None:
        yield say(
            "Missing sanction: {moves}, but {party} would gain nothing by it (rank {before} → "
            "{after}).",
            moves=told,
            party=party_name(dispute, sanction.would_not),
            before=sanction.rank_before,
            after=sanction.rank_after,
        )
    elif check.concept == "Nash":
        yield say("Missing sanction: {moves}, but Nash considers no answer.", moves=told)
    else:
        yield say("Missing sanction: {moves}, but {party} could answer it.", moves=told, party=name)


def exposure_lines(check: RoadmapCheck) -> list[str]:
    """Who stands to lose at each stage if others do not do their part, and what."""
    dispute = check.model.dispute
    lines = []
    for stage in check.stages:
        told = []
        for one in stage.standings:
            if not one.exposure:
                continue
            words = {
                "party": party_name(dispute, one.party),
                "before": one.before,
                "worst": one.worst,
            }
            if one.lost:
                told.append(
                    say(
                        "{party}, rank {before} → {worst}, losing {lost}",
                        lost=lost_words(one),
                        **words,
                    )
                )
            else:
                told.append(say("{party}, rank {before} → {worst}", **words))
        if told:
            lines.append(
                say(
                    "Exposed at stage {number}: {parties}.",
                    number=stage.number,
                    parties=say("; ").join(told),
                )
            )
    return lines


def lost_words(one: StageStanding) -> str:
    """What a party stands to lose: its statements by their numbers, or places in its order."""
    if one.lost:
        return say_number(
            "its statement {numbers}",
            "its statements {numbers}",
            len(one.lost),
            numbers=joined([whole_number(number) for number in one.lost]),
        )
    return say_number(
        "{number} place in its order", "{number} places in its order", one.statements_lost
    )


# Blocks ------------------------------------------------------------------------------------


def roadmap_blocks(
    check: RoadmapCheck, *, captions: tuple[str, str] = ("", "")
) -> tuple[Block, ...]:
    """A check in words and tables, without a heading.

    Parameters
    ----------
    check
        The check.
    captions
        Captions of the tables of stages and of ranks.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = [
        *map(Prose, verdict_lines(check)),
        *(_stage_blocks(check, captions) if check.stages else ()),
    ]
    for stage in check.stages:
        if stage.failed and stage is not check.verdict:
            blocks.append(
                Prose(
                    say(
                        "Stage {number}, “{stage}”, fails as well:",
                        number=stage.number,
                        stage=stage.stage.name,
                    )
                )
            )
            blocks += map(Prose, failure_lines(check.model, stage, check))
    return tuple(blocks)


def _stage_blocks(check: RoadmapCheck, captions: tuple[str, str]) -> list[Block]:
    """How each stage stands, and who is exposed."""
    return [
        _stage_table(check, captions[0]),
        Prose(
            say(
                "Exposed: who stands to lose if others do not do their part. Ranks and statements "
                "are a party's own: how much two parties lose does not compare."
            )
        ),
        *map(Prose, exposure_lines(check)),
        _rank_table(check, captions[1]),
    ]


def _stage_table(check: RoadmapCheck, caption: str) -> Table:
    rows = []
    for stage in check.stages:
        exposed = joined(
            [party_name(check.model.dispute, one.party) for one in stage.standings if one.exposure]
        )
        rows.append(
            (
                f"{stage.number}. {stage.stage.name}",
                f"{stage.before} → {stage.after}" if stage.possible else str(stage.before),
                MARK if stage.possible else say("no"),
                (MARK if stage.willing else say("no")) if stage.possible else "",
                (MARK if stage.holding else say("no")) if stage.possible else "",
                exposed or say("nobody"),
            )
        )
    columns = (
        marked("Stage"),
        marked("State"),
        marked("Possible"),
        marked("Willing"),
        marked("Holding"),
        marked("Exposed"),
    )
    return rows_table(tuple(map(say, columns)), rows, caption=caption)


def _rank_table(check: RoadmapCheck, caption: str) -> Table:
    """Each party's rank after each stage; those that make the stage are marked."""
    rows = []
    for number, party in enumerate(check.model.dispute.parties):
        standings = [stage.standings[number] for stage in check.stages]
        rows.append(
            (
                party.name,
                str(standings[0].before) if standings else "",
                *(str(standing.after) for standing in standings),
                str(int(check.model.ranks(number).max())),
            )
        )
    stages = (say("Stage {number}", number=stage.number) for stage in check.stages)
    columns = (say("Rank of"), say("Start"), *stages, say("Best"))
    return rows_table(columns, rows, caption=caption, numeric=True)


# As a document -----------------------------------------------------------------------------


def roadmap_document(check: RoadmapCheck) -> RoadmapDocument:
    """A check as a JSON document; see ``documents/roadmap.py`` for each key."""
    return {
        "schema": ROADMAP_SCHEMA,
        "engine": check.model.engine,
        **verdict_document(check),
        "statements_lost": check.statements_lost,
        "end": check.end,
        "stages": [stage_document(check.model, stage) for stage in check.stages],
        "text": "\n".join(verdict_lines(check)),
    }


def verdict_document(check: RoadmapCheck) -> RoadmapVerdict:
    """What was checked, how, and the verdict, as they stand in a document."""
    document: RoadmapVerdict = {
        "dispute": check.model.dispute.title,
        "roadmap": check.plan.id,
        "name": check.plan.name,
        "concept": check.concept,
        "foresight": check.foresight,
        "holds": check.holds,
        "first_failure": _failure_document(check),
    }
    if check.why is None:
        other = read_otherwise(check)
        document["other_foresight"] = {
            "foresight": other.foresight,
            "holds": other.holds,
            "first_failure": _failure_document(other),
        }
    else:
        document["ended_early"] = {
            "why": check.why,
            "stages_left": check.left,
            "known": [
                {
                    "stage": one.number,
                    "possible": one.obstacle is None,
                    "unwilling": [unwilling.party for unwilling in one.unwilling],
                    "leaving": list(one.leaving),
                    "unknown": list(one.unknown),
                }
                for one in check.glances
            ],
        }
    return document


def _failure_document(check: RoadmapCheck) -> FirstFailure | None:
    verdict = check.verdict
    if verdict is None or verdict.failed is None:
        return None
    return {"stage": verdict.number, "check": verdict.failed, "side_move": verdict.side_move}


def stage_document(model: StatesExplained, stage: StageCheck) -> RoadmapStage:
    """One stage's checks, as they stand in a document."""
    dispute = model.dispute
    return {
        "stage": stage.number,
        "name": stage.stage.name,
        "package": stage.stage.package,
        "parties": [dispute.parties[party].id for party in stage.stage.parties],
        "set": {
            dispute.options[option].key: dispute.options[option].levels[level]
            for option, level in stage.stage.settings.items()
        },
        "before": stage.before,
        "after": stage.after,
        "possible": stage.possible,
        "obstacle": stage.obstacle,
        "willing": stage.willing,
        "unwilling": [
            {"party": one.party, "rank_still": one.rank_still, "rank_offered": one.rank_offered}
            for one in stage.unwilling
        ],
        "holding": stage.holding,
        "breaches": [
            {
                "party": one.party,
                "state": one.state,
                "rank_before": one.rank_before,
                "rank_after": one.rank_after,
                "rank_offered": one.rank_offered,
                "held_to": one.held_to,
                "effect": one.effect,
                "others": one.others,
                "sanction": [
                    {"party": step.party, "state": step.state}
                    for step in one.sanction.path
                    if step.party is not None
                ],
                "would_not": one.sanction.would_not,
            }
            for one in stage.breaches
        ],
        "standings": [
            {
                "party": one.party,
                "before": one.before,
                "after": one.after,
                "worst": one.worst,
                "reneging": list(one.reneging),
                "exposure": one.exposure,
                "share": one.share,
                "lost": list(one.lost),
                "statements_lost": one.statements_lost,
            }
            for one in stage.standings
        ],
    }
