"""Answers to questions, in words and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from detente.dispute.names import package_named
from detente.queries.answer import Answer, Course, OptionChoice, PartAnswer, Power
from detente.report.content import Block, Outline, Prose, Subheading, Table, marked, rows_table
from detente.report.explanations import changes
from detente.report.face import hint, is_command_line
from detente.report.language import marked as worded
from detente.report.language import per_cent, say, say_number, say_told, whole_number
from detente.report.words import counted, joined, of_states, setting_words
from detente.stability.explained_state import StatesExplained

if TYPE_CHECKING:
    from detente.report.documents.answer import (
        AnswerChoice,
        AnswerContent,
        AnswerCourse,
        AnswerDocument,
        AnswerPower,
    )

__all__ = [
    "ANSWER_SCHEMA",
    "answer_blocks",
    "answer_content",
    "answer_document",
    "choice_sentences",
    "course_words",
    "reason_words",
]

ANSWER_SCHEMA = "detente/answer/1"

_NOT_ANSWERED = {
    "time": worded("Not answered: time ran out."),
    "nodes": worded("Not answered: the diagrams would need more nodes than allowed."),
    "interrupted": worded("Not answered: the work was ended."),
}

# A longer course is told by its first steps; the document has it in full.
_STEPS_TOLD = 6
_STATES_TOLD = 20


def reason_words(part: PartAnswer) -> str:
    """Why a part is answered so, in a few words."""
    if part.note is not None:
        return say_told(part.note)
    if part.choices:
        return _moving_words(part)
    if part.of == 1 and part.unit == "state" and not part.not_arising:
        return say("it holds there") if part.holds else say("it does not hold there")
    text = say("in {holds} of {cases}", holds=whole_number(part.holds), cases=_cases(part))
    if 0 < part.holds < part.of:
        text += f", {_percent(part.holds / part.of)}"
    if part.not_arising:
        more = whole_number(part.not_arising)
        text += say("; ") + say("it does not arise in {number} more", number=more)
    return text


def _cases(part: PartAnswer) -> str:
    """How many cases there are, with what they are."""
    match part.unit:
        case "state":
            return of_states(part.of)
        case "pair":
            return say_number("{number} pair", "{number} pairs", part.of)
        case "stage":
            return say_number("{number} stage", "{number} stages", part.of)
        case "outcome":
            return say_number("{number} outcome", "{number} outcomes", part.of)
        case "issue":
            return say_number("{number} issue", "{number} issues", part.of)


def _moving_words(part: PartAnswer) -> str:
    """Where a party moves whose choice is asked for, after “it”."""
    if part.of == 1:
        return "it moves there" if part.holds else "it stays there"
    share = f", {_percent(part.holds / part.of)}" if 0 < part.holds < part.of else ""
    return f"it moves in {part.holds:,} of {counted(part.of, part.unit)}{share}"


def choice_sentences(model: StatesExplained, part: PartAnswer) -> str:
    """What a party does where it chooses, in sentences.

    Parameters
    ----------
    model
        The graph model on which the question was answered.
    part
        The answer to a part that asks what a party chooses.

    Returns
    -------
    str
        Where it moves, then what it must and what it may set.
    """
    dispute = model.dispute
    options = {option.key: option for option in dispute.options}
    rows = [(options[one.option], one) for one in part.choices if one.option is not None]
    who = dispute.parties[dispute.party_numbers[rows[0][0].party]].name
    where = _moving_words(part).removeprefix("it ")
    if not part.holds:
        return f"{who} {where}: it has no move that it would make."
    told: dict[str, list[str]] = {"must": [], "may": []}
    for option, choice in rows:
        assert choice.level is not None, "a row of an option has a level"
        verdict = choice_verdict(choice)
        if verdict in told:
            level = option.levels.index(choice.level)
            told[verdict].append(setting_words(option, -1, level))
    does = [f"it must {joined(told['must'])}"] if told["must"] else []
    if told["may"]:
        *others, last = told["may"]
        does.append(f"it may {', '.join(others)}{' or ' if others else ''}{last}")
    return f"{who} {where}: {'; '.join(does)}."


def _percent(share: float) -> str:
    """A share that is neither nothing nor all, never rounded to look like either."""
    if share < 0.01:
        return say("less than 1%")
    return say("more than 99%") if share > 0.99 else per_cent(share)


def course_words(model: StatesExplained, course: Course) -> list[str]:
    """A course of play in words: the state it starts from, then a line for each step."""
    lines = [_state_words(model, course.state)]
    before = course.state
    for step in course.steps[:_STEPS_TOLD]:
        what = changes(model, before, step.state, by_one=len(step.parties) == 1)
        change = say("{words}: state {state}", words=what, state=step.state)
        if step.parties:
            names = joined([_name(model, party) for party in step.parties])
            if step.package is not None:
                package = package_named(model.dispute, step.package).name
                names = say("{members} (package “{name}”)", members=names, name=package)
            lines.append(say("{party}: {words}", party=names, words=change))
        else:
            lines.append(say("Compared with state {state}: {words}", state=step.state, words=what))
        before = step.state
    left_out = len(course.steps) - _STEPS_TOLD
    if left_out > 0:
        lines.append(
            say_number(
                "and so on, {number} more step, to state {state}",
                "and so on, {number} more steps, to state {state}",
                left_out,
                state=_end(course),
            )
        )
    if course.repeats:
        lines.append(say("and round again"))
    elif course.steps and course.steps[-1].parties:
        inside = _outcomes(model, course.steps[-1].state)
        if inside:
            lines[-1] += f" ({joined(inside)})"
    return lines


def _end(course: Course) -> int:
    return course.steps[-1].state if course.steps else course.state


def _state_words(model: StatesExplained, state: int) -> str:
    status_quo = model.status_quo
    if status_quo is not None and state == status_quo + 1:
        return say("state {state}, the status quo", state=state)
    if status_quo is None:
        inside = _outcomes(model, state)
        return say("state {state}", state=state) + (f" ({joined(inside)})" if inside else "")
    return say(
        "state {state}, the status quo with changes ({difference})",
        state=state,
        difference=_difference(model, status_quo + 1, state),
    )


def _difference(model: StatesExplained, before: int, after: int) -> str:
    dispute = model.dispute
    rows = model.space.assignments(np.array([before - 1, after - 1])).tolist()
    done: dict[str, list[str]] = {}
    for option, old, new in zip(dispute.options, *rows, strict=True):
        if old != new and new >= 0:
            done.setdefault(option.party, []).append(setting_words(option, old, new))
    return say("; ").join(
        say("{party}: {words}", party=_name(model, party), words=joined(words))
        for party, words in done.items()
    )


def _outcomes(model: StatesExplained, state: int) -> list[str]:
    space = model.space
    row = space.assignments(np.array([state - 1]))[0].tolist()
    if -1 in row:
        return []
    return [
        outcome.name
        for outcome in model.dispute.outcomes
        if space.holds_at(outcome.formula.expression, row)
    ]


def _name(model: StatesExplained, party: str) -> str:
    return model.dispute.parties[model.dispute.party_numbers[party]].name


# As blocks -------------------------------------------------------------------------------------


def answer_blocks(model: StatesExplained, answer: Answer) -> tuple[Block, ...]:
    """An answer in words and tables.

    Parameters
    ----------
    model
        The graph model on which the question was answered.
    answer
        The answer.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = []
    if len(answer.parts) > 1:
        blocks.append(Subheading(f"Taken together: {answer.short}."))
    # Beside a form that shows the question, the answer alone is told.
    asked = is_command_line() or len(answer.parts) > 1
    for part in answer.parts:
        blocks += [*([Prose(part.text)] if asked else []), *_part(model, part)]
    for text in answer.unanswered:
        blocks += [Prose(text), Subheading(say(_NOT_ANSWERED[answer.why or "time"]))]
    return tuple(blocks)


def _part(model: StatesExplained, part: PartAnswer) -> Iterator[Block]:
    if part.verdict is not None:
        yield Subheading(f"{part.verdict.capitalize()}: {reason_words(part)}.")
    elif part.choices:
        yield Subheading(choice_sentences(model, part))
        yield _choice_table(model, part)
    elif part.powers:
        yield Prose(f"The two differ in {part.holds:,} of {counted(part.of, 'outcome')}.")
        yield _power_table(model, part)
    else:
        yield Subheading(f"{part.holds:,} of {counted(part.of, part.unit)}")
    if part.states:
        shown = ", ".join(str(state) for state in part.states[:_STATES_TOLD])
        left_out = len(part.states) - _STATES_TOLD
        more = f" and {left_out:,} more{hint('--format json has all')}" if left_out > 0 else ""
        yield Prose(f"States {shown}{more}.")
    moves = bool(part.choices)
    for label, course in (
        ("Where it moves" if moves else "Where it holds", part.example),
        ("Where it stays" if moves else "Where it does not", part.counterexample),
    ):
        if course is not None:
            first, *rest = course_words(model, course)
            yield Prose(f"{label}: {first}.")
            if rest:
                yield Outline(tuple((1, f"- {line}.") for line in rest))


def _choice_table(model: StatesExplained, part: PartAnswer) -> Table:
    rows = [
        (
            _chosen(model, one),
            f"{one.open_in:,}",
            f"{one.must:,}",
            f"{one.may:,}",
            choice_verdict(one),
        )
        for one in part.choices
    ]
    return rows_table(("Choice", "Open in", "Must", "May", "Verdict"), rows)


def _chosen(model: StatesExplained, choice: OptionChoice) -> str:
    if choice.option is None or choice.level is None:
        return "stay"
    option = model.dispute.options[model.dispute.option_numbers[choice.option]]
    return setting_words(option, -1, option.levels.index(choice.level))


def choice_verdict(choice: OptionChoice) -> str:
    """Must (in all states where it can), may (in some) or never."""
    if choice.open_in == 0:
        return "–"
    if choice.must == choice.open_in:
        return "must"
    return "may" if choice.may else "never"


def _power_table(model: StatesExplained, part: PartAnswer) -> Table:
    names = {outcome.id: outcome.name for outcome in model.dispute.outcomes}
    rows = [(names[one.outcome], *marked((*one.reached, *one.held))) for one in part.powers]
    columns = ("Outcome", "1st reaches", "2nd", "1st holds", "2nd")
    return rows_table(columns, rows, numeric=True)


# As a document ---------------------------------------------------------------------------------


def answer_document(model: StatesExplained, answer: Answer) -> AnswerDocument:
    """An answer as a JSON document.

    Parameters
    ----------
    model, answer
        As in :func:`answer_blocks`.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. See ``documents/answer.py`` for each key.
    """
    return {
        "schema": ANSWER_SCHEMA,
        "dispute": model.dispute.title,
        "engine": model.engine,
        **answer_content(model, answer),
    }


def answer_content(model: StatesExplained, answer: Answer) -> AnswerContent:
    """What of an answer's document concerns the answer itself."""
    content = _answer_content(model, answer)
    if answer.unanswered:
        content["unanswered"] = list(answer.unanswered)
    return content


def _answer_content(model: StatesExplained, answer: Answer) -> AnswerContent:
    return {
        "query": answer.query,
        "answer": answer.short if answer.number is None else answer.number,
        "parts": [
            {
                "query": part.text,
                "verdict": part.verdict,
                "holds": part.holds,
                "of": part.of,
                "unit": part.unit,
                "not_arising": part.not_arising,
                "reason": reason_words(part),
                "example": _course_document(model, part.example),
                "counterexample": _course_document(model, part.counterexample),
                "choices": [_choice_document(choice) for choice in part.choices],
                "states": list(part.states),
                "powers": [_power_document(power) for power in part.powers],
            }
            for part in answer.parts
        ],
    }


def _course_document(model: StatesExplained, course: Course | None) -> AnswerCourse | None:
    if course is None:
        return None
    return {
        "state": course.state,
        "steps": [
            {"parties": list(step.parties), "package": step.package, "state": step.state}
            for step in course.steps
        ],
        "repeats": course.repeats,
        "text": course_words(model, course),
    }


def _choice_document(choice: OptionChoice) -> AnswerChoice:
    return {
        "option": choice.option,
        "level": choice.level,
        "open_in": choice.open_in,
        "must": choice.must,
        "may": choice.may,
        "verdict": choice_verdict(choice),
    }


def _power_document(power: Power) -> AnswerPower:
    return {
        "outcome": power.outcome,
        "reached": list(power.reached),
        "held": list(power.held),
    }
