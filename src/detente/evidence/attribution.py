"""Which difference of two versions of a dispute moves which answer: one is switched at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from detente.changes.difference_words import ToldDifference, told_differences
from detente.changes.differences import Difference, applied
from detente.changes.versions import Version
from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, LimitError
from detente.evidence.model_answers import (
    AnswerChange,
    ModelAnswer,
    answer_changes,
    model_answers,
)
from detente.files.dispute_file import build_dispute
from detente.space.copies import SHARED_FROM, can_be_shared, with_a_copy
from detente.space.representation import positions_in_cube
from detente.stability.analysis import Progress

__all__ = ["Answering", "ComparedVersions", "SwitchedDifference", "compare_versions"]

Answering = Callable[[Dispute], Mapping[str, ModelAnswer]]


@dataclass(frozen=True, slots=True)
class SwitchedDifference:
    """What one difference does to the answers.

    Attributes
    ----------
    told
        The difference.
    alone
        Answers that change where it alone is made in the older version; None where it cannot be
        made alone, as `needs` says.
    needs
        Why it cannot be made alone.
    in_turn
        Answers that change where it is made after those before it. What is told here of all
        differences, one after the other, leads from the older version's answers to the newer one's.
        Empty where it cannot be made before those that follow; the last that it needs has it.
    """

    told: ToldDifference
    alone: tuple[AnswerChange, ...] | None
    needs: str | None
    in_turn: tuple[AnswerChange, ...]


@dataclass(frozen=True)
class ComparedVersions:
    """Two versions of a dispute, compared.

    Attributes
    ----------
    older, newer
        The versions.
    differences
        All differences, those that can change an answer first.
    answers
        Answers that differ.
    switched
        What each difference that can change an answer does; empty where that was not asked.
    partial
        Whether the user ended the work before all were switched.
    asked
        Whether the answers were compared.
    """

    older: Version
    newer: Version
    differences: tuple[ToldDifference, ...]
    answers: tuple[AnswerChange, ...]
    switched: tuple[SwitchedDifference, ...] = field(default=())
    partial: bool = False
    asked: bool = True

    def _repr_html_(self) -> str | None:
        # By name: results stand below what tells them.
        html: str | None = import_module("detente.analyses.notebook").html_of(self)
        return html

    @property
    def together(self) -> tuple[str, ...]:
        """Questions whose answers differ although no difference alone moves them."""
        alone = {change.question for one in self.switched for change in one.alone or ()}
        return tuple(one.question for one in self.answers if one.question not in alone)


def compare_versions(
    older: Version,
    newer: Version,
    *,
    switch: bool = True,
    ask: bool = True,
    answering: Answering | None = None,
    progress: Progress | None = None,
) -> ComparedVersions:
    """Compare two versions of a dispute: the model, then its answers, then which moves which.

    Parameters
    ----------
    older, newer
        The versions.
    switch
        Whether each difference is switched by itself, which takes two analyses for each.
    ask
        Whether the answers are compared; else only the model is.
    answering
        How a version is answered; by :func:`~detente.evidence.model_answers.model_answers` where
        left out.
    progress
        Called as the work goes on.

    Returns
    -------
    ComparedVersions
        After Ctrl-C, with what was found by then.

    Raises
    ------
    DetenteError
        If a version cannot be analysed.
    """
    answer = answering or model_answers
    told = told_differences(older, newer)
    if not ask:
        return ComparedVersions(older, newer, told, (), asked=False)
    before, after = _of_both(answer, older.dispute, newer.dispute)
    answers = answer_changes(before, after)
    of_model = [one for one in told if one.of_model]
    found: list[SwitchedDifference] = []
    partial = False
    if switch:
        try:
            _switch(older, newer, of_model, before, answer, found, progress)
        except KeyboardInterrupt:
            partial = True
    return ComparedVersions(older, newer, told, answers, tuple(found), partial)


def _of_both(
    answer: Answering, older: Dispute, newer: Dispute
) -> tuple[Mapping[str, ModelAnswer], Mapping[str, ModelAnswer]]:
    """The answers of two versions, by two processes where that is worth it."""
    states = max(map(positions_in_cube, (older, newer)))
    if states < SHARED_FROM or not can_be_shared():
        return answer(older), answer(newer)
    with with_a_copy(lambda number: answer((older, newer)[number]), 2) as answers:
        found = dict(answers)
    return found[0], found[1]


def _switch(
    older: Version,
    newer: Version,
    told: Sequence[ToldDifference],
    before: Mapping[str, ModelAnswer],
    answer: Answering,
    found: list[SwitchedDifference],
    progress: Progress | None,
) -> None:
    now = before
    made: list[Difference] = []
    for number, one in enumerate(told):
        if progress:
            progress(one.words, number / len(told))
        made.append(one.difference)
        alone, needs = _answered(older, newer, [one.difference], answer)
        # The first is made alone when it is made first.
        then, _ = (alone, None) if number == 0 else _answered(older, newer, made, answer)
        found.append(
            SwitchedDifference(
                one,
                None if alone is None else answer_changes(before, alone),
                needs,
                () if then is None else answer_changes(now, then),
            )
        )
        now = now if then is None else then


def _answered(
    older: Version, newer: Version, chosen: Sequence[Difference], answer: Answering
) -> tuple[Mapping[str, ModelAnswer] | None, str | None]:
    """The answers with some differences made, or why they cannot be made by themselves."""
    try:
        document = applied(older.document, newer.document, chosen)
        return answer(build_dispute(document, path=older.dispute.path)), None
    except LimitError:
        raise
    except DisputeError as error:
        return None, error.message
