"""Questions about formats, roadmaps and issues, put to what answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.dispute.dispute import Dispute
from detente.dispute.names import issue_named, roadmap_named
from detente.dispute.told import Told
from detente.queries.answer import DOES_NOT_ARISE, Course, PartAnswer, Power, Verdict
from detente.queries.play_steps import Ground
from detente.queries.query import (
    FormatCan,
    FormatsCompared,
    FormatSidelines,
    LessUrgent,
    Part,
    RoadmapHolds,
)

if TYPE_CHECKING:
    from detente.formats.analysis import FormatOutcome, FormatResult
    from detente.roadmap.check.verdicts import RoadmapCheck

# What answers them is imported by each, as most questions are about something else.

__all__ = ["answer_of_check", "format_answer", "roadmap_answer", "urgency_answer"]


def format_answer(
    part: Part, asked: FormatCan | FormatSidelines | FormatsCompared, ground: Ground
) -> PartAnswer:
    """What a format can do, by :func:`detente.formats.analysis.analyse_formats_of`.

    To reach an outcome is to reach one of its states; to hold it, that one of these holds.
    """
    if isinstance(asked, FormatsCompared):
        return _compared(part, asked, ground)
    if isinstance(asked, FormatCan):
        states = _states_of(ground, asked.outcome)
        if states == 0:
            why = Told("no state meets “{condition}”", condition=asked.outcome)
            return PartAnswer(part.text, DOES_NOT_ARISE, 0, 0, "state", note=why)
        found = _format(ground, asked.form, asked.concept).outcome(asked.outcome)
        count = found.reached if asked.power == "reach" else found.held
        course = None if found.state is None else Course(found.state)
        return PartAnswer(
            part.text,
            "yes" if count else "no",
            count,
            states,
            "state",
            course if count else None,
            None if count else course,
        )
    result = _format(ground, asked.form, asked.concept, beside_others=True)
    party = ground.model.dispute.parties[asked.party].id
    if party in result.parties:
        why = Told("the party is a member of the format")
        return PartAnswer(part.text, DOES_NOT_ARISE, 0, 0, "state", note=why, not_arising=1)
    sidelined = result.state is not None and party in result.sidelined()
    note = None
    if result.state is None:
        note = Told("the format has no result that holds and that every member prefers")
    course = None if result.state is None else Course(result.state)
    return PartAnswer(
        part.text,
        "yes" if sidelined else "no",
        int(sidelined),
        1,
        "state",
        course if sidelined else None,
        None if sidelined else course,
        note=note,
    )


def _format(
    ground: Ground, form: str, concept: str, *, beside_others: bool = False
) -> FormatResult:
    """One format's result; whom it sidelines depends also on what others would bring."""
    from detente.formats.analysis import analyse_formats_of

    key = (form, concept, beside_others)
    if key not in ground.formats:
        forms = None if beside_others else [form]
        for result in analyse_formats_of(ground.model, forms, concept).formats:
            ground.formats[result.id, concept, beside_others] = result
    return ground.formats[key]


def _states_of(ground: Ground, outcome: str) -> int:
    formula = next(one.formula for one in ground.model.dispute.outcomes if one.id == outcome)
    return int(ground.model.space.holds(formula).sum())


def _compared(part: Part, asked: FormatsCompared, ground: Ground) -> PartAnswer:
    powers = []
    for outcome in ground.model.dispute.outcomes:
        pair: list[FormatOutcome] = [
            _format(ground, form, asked.concept).outcome(outcome.id)
            for form in (asked.form, asked.other)
        ]
        first, second = pair
        powers.append(
            Power(
                outcome.id,
                (first.reached > 0, second.reached > 0),
                (first.held > 0, second.held > 0),
            )
        )
    differ = sum(len({*power.reached}) > 1 or len({*power.held}) > 1 for power in powers)
    return PartAnswer(part.text, None, differ, len(powers), "outcome", powers=tuple(powers))


def roadmap_answer(part: Part, asked: RoadmapHolds, ground: Ground, why: bool) -> PartAnswer:
    """Whether a roadmap holds, by :func:`detente.roadmap.check.verdicts.check_plan`.

    Where it is not asked `why`, that is not told.
    """
    from detente.roadmap.check.verdicts import check_plan, stage_verdicts
    from detente.roadmap.plan import plan_from

    dispute = ground.model.dispute
    plan = plan_from(dispute, roadmap_named(dispute, asked.roadmap))
    # Where it has gained by a move, a party is no worse off than before exactly where the least of
    # staying there and of the others' responses is.
    counted_on = [ground.counted_on(asked.concept, party) for party in range(len(dispute.parties))]
    if not why:
        found = stage_verdicts(ground.model, plan, concept=asked.concept, responses=counted_on)
        sound = sum(all(one) for one in found)
        verdict: Verdict = "yes" if sound == len(found) else "no"
        return PartAnswer(part.text, verdict, sound, len(found), "stage")
    checked = check_plan(ground.model, plan, concept=asked.concept, responses=counted_on)
    return answer_of_check(part, checked)


def answer_of_check(part: Part, checked: RoadmapCheck) -> PartAnswer:
    """Whether a roadmap holds that was checked."""
    from detente.roadmap.check.verdicts import read_otherwise

    failed = checked.verdict
    sound = sum(stage.failed is None for stage in checked.stages)
    other = read_otherwise(checked)
    note = Told(
        "{failure}; where parties look to each stage, {other}",
        failure=_first_failure(checked),
        other=_first_failure(other),
    )
    return PartAnswer(
        part.text,
        "yes" if checked.holds else "no",
        sound,
        len(checked.stages),
        "stage",
        None,
        None if failed is None else Course(failed.before),
        note=note,
    )


def urgency_answer(part: Part, asked: LessUrgent, dispute: Dispute) -> PartAnswer:
    """Whether one issue has less salience for a party than another, as the file states it."""
    party = dispute.parties[asked.party].id
    issues = [issue_named(dispute, issue) for issue in (asked.issue, asked.other)]
    first, second = (
        stand.salience.value for issue in issues if (stand := issue.stand_of(party)) is not None
    )
    less = first < second
    return PartAnswer(
        part.text,
        "yes" if less else "no",
        int(less),
        1,
        "issue",
        note=Told(
            "the file gives salience {first} to “{issue}” and {second} to “{other}”",
            first=first,
            issue=issues[0].name,
            second=second,
            other=issues[1].name,
        ),
    )


def _first_failure(checked: RoadmapCheck) -> str:
    failed = checked.verdict
    if failed is None:
        return Told("every stage holds")
    named = {"number": failed.number, "stage": failed.stage.name}
    if failed.side_move:
        return Told(
            "stage {number}, “{stage}”, does not hold (by a side move, after which the plan can "
            "still go on)",
            **named,
        )
    match failed.failed:
        case "possible":
            return Told("stage {number}, “{stage}”, is not possible", **named)
        case "willing":
            return Told("stage {number}, “{stage}”, is not willing", **named)
        case _:
            return Told("stage {number}, “{stage}”, does not hold", **named)
