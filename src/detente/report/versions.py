"""Versions of a dispute compared, in words and as a JSON document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from detente.changes.difference_words import ToldDifference, trail_of
from detente.changes.differences import Difference
from detente.evidence.attribution import ComparedVersions, SwitchedDifference
from detente.evidence.model_answers import AnswerChange
from detente.files.yaml_text import dotted
from detente.report.documents.diff import DiffAnswer, DiffDocument, DiffSwitched
from detente.report.face import hint
from detente.report.words import counted

__all__ = ["DIFF_SCHEMA", "answer_lines", "comparison_document", "comparison_lines"]

DIFF_SCHEMA = "detente/diff/1"

# More answers than these are told by their number.
_MOST_TOLD = 40
_MOST_MOVED = 12
_UNDER = re.compile(r"^(equilibria|status quo stable) under (\w+)")


def comparison_lines(found: ComparedVersions) -> Iterator[str]:
    """Tell what differs in two versions: the model, the answers, and which moves which."""
    of_model = [one for one in found.differences if one.of_model]
    words = [one for one in found.differences if not one.of_model]
    if not found.differences:
        yield f"{found.older.name} and {found.newer.name} say the same."
        return
    yield (
        f"From {found.older.name} to {found.newer.name}: "
        f"{counted(len(of_model), 'difference')} in the model, {len(words):,} in names, "
        f"descriptions, sources and reasons{_how_many(found)}."
    )
    if of_model:
        yield ""
        yield "In the model:"
        for number, one in enumerate(of_model, start=1):
            yield f"{number}. {one.words}{_lines(one)}."
    if words:
        yield ""
        yield "In names, descriptions, sources and reasons, which change no answer:"
        for one in words:
            yield f"- {one.words}{_lines(one)}."
    yield ""
    if found.asked and not found.answers:
        yield "No answer of the model differs."
    elif not found.asked:
        yield "The answers were not compared."
    else:
        yield "Answers that differ:"
        yield from answer_lines(found.answers, _MOST_TOLD)
    if found.switched:
        yield ""
        yield "Made alone, with all else as in the older version, a difference moves these answers:"
        for number, switched in enumerate(found.switched, start=1):
            yield from _switched(number, switched)
    if found.partial:
        yield ""
        yield "Interrupted: the other differences were not switched."
    elif found.switched and found.together:
        yield ""
        yield "Moved by no difference alone, but by several together:"
        asked = {one.question: one.asked or one.question for one in found.answers}
        yield from (f"- {asked[question]}" for question in found.together[:_MOST_MOVED])
        left = len(found.together) - _MOST_MOVED
        if left > 0:
            yield f"- and {left:,} more"


def _how_many(found: ComparedVersions) -> str:
    if not found.asked:
        return ""
    verb = "differs" if len(found.answers) == 1 else "differ"
    return f"; {counted(len(found.answers), 'answer')} of the model {verb}"


def answer_lines(changes: Sequence[AnswerChange], most: int) -> Iterator[str]:
    """Answers that differ, one a line; those that differ alike under several concepts on one."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        asked = change.asked or change.question
        under = _UNDER.search(asked)
        before, after = (f"{under[1]} under ", asked[under.end() :]) if under else (asked, "")
        alike.setdefault((before, after, change.moved), []).append(under[2] if under else "")
    lines = [
        f"- {before}{', '.join(concepts)}{after}: {moved}"
        for (before, after, moved), concepts in alike.items()
    ]
    yield from lines[:most]
    if len(lines) > most:
        yield f"- and {len(lines) - most:,} more{hint('--format json has all')}"


def _lines(one: ToldDifference) -> str:
    old, new = one.old_place, one.new_place
    if old is not None and new is not None:
        where = f"line {old.line}" if old.line == new.line else f"line {old.line}, now {new.line}"
    elif old is not None:
        where = f"line {old.line} of the older version"
    elif new is not None:
        where = f"line {new.line} of the newer version"
    else:
        return ""
    return f" ({where})"


def _switched(number: int, one: SwitchedDifference) -> Iterator[str]:
    if one.alone is None:
        yield f"{number}. cannot be made alone: {one.needs}"
    elif not one.alone:
        yield f"{number}. none"
    else:
        yield f"{number}. {counted(len(one.alone), 'answer')}:"
        for line in answer_lines(one.alone, _MOST_MOVED):
            yield f"   {line}"


def comparison_document(found: ComparedVersions) -> DiffDocument:
    """Two versions compared, as a JSON document."""
    from detente import __version__

    # By where they are: what a version holds there may be an entry with keys of its own.
    numbers = {_where(one.told.difference): one for one in found.switched}
    return {
        "schema": DIFF_SCHEMA,
        "version": __version__,
        "older": found.older.name,
        "newer": found.newer.name,
        "differences": [
            {
                "kind": one.difference.kind,
                "key": dotted(one.difference.path),
                "place": dotted(
                    trail_of(
                        one.difference.path,
                        (found.newer if one.difference.kind == "added" else found.older).document,
                    )
                ),
                "words": one.words,
                "of_model": one.of_model,
                "old": one.difference.old,
                "new": one.difference.new,
                "lines": [
                    None if place is None else place.line
                    for place in (one.old_place, one.new_place)
                ],
                "switched": _switched_document(numbers.get(_where(one.difference))),
            }
            for one in found.differences
        ],
        "answers": [_change(one) for one in found.answers],
        "together": list(found.together) if found.switched else [],
        "partial": found.partial,
    }


def _where(one: Difference) -> tuple[str, tuple[str, ...], str | None]:
    return one.kind, one.path, one.successor


def _switched_document(one: SwitchedDifference | None) -> DiffSwitched | None:
    if one is None:
        return None
    return {
        "alone": None if one.alone is None else [_change(change) for change in one.alone],
        "needs": one.needs,
        "in_turn": [_change(change) for change in one.in_turn],
    }


def _change(one: AnswerChange) -> DiffAnswer:
    return {
        "question": one.question,
        "before": one.before,
        "after": one.after,
        "gone": one.gone,
        "come": one.come,
    }
