"""What a model answers, as values that can be compared with those of another version of it.

Answers are compared by ids, so that a name that changes is no change of an answer, and told by
names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DetenteError, DisputeError
from detente.dispute.result import whole
from detente.evidence.claims import check_claims
from detente.roadmap.check.verdicts import check_roadmap
from detente.stability.analysis import Analysis, Progress, analyse
from detente.stability.concept_registry import usual_concepts

__all__ = ["AnswerChange", "ModelAnswer", "answer_changes", "model_answers"]


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """One answer of a model.

    Attributes
    ----------
    value
        In words, with ids.
    states
        The states that it is about, each as the levels of options that are not at their lowest,
        where a count alone would hide that other states are counted; None where it is about none.
    told, asked
        The answer and its question with names; "" where they name nothing.
    """

    value: str
    states: frozenset[bytes] | None = None
    told: str = field(default="", compare=False)
    asked: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer that differs between two models.

    Attributes
    ----------
    question
        What is answered, with ids.
    before, after
        The answers with ids; None where a model has no such question.
    gone, come
        How many of the states counted are so no more, and how many newly are.
    asked, told_before, told_after
        The question and the answers with names.
    """

    question: str
    before: str | None
    after: str | None
    gone: int = 0
    come: int = 0
    asked: str = ""
    told_before: str = ""
    told_after: str = ""

    def __str__(self) -> str:
        return f"{self.asked or self.question}: {self.moved}"

    @property
    def moved(self) -> str:
        """How the answer differs, in words."""
        before = self.told_before or self.before or "not asked"
        after = self.told_after or self.after or "not asked"
        if self.before == self.after:
            return f"{after}, but {self.gone:,} others than before"
        moved = f" ({self.gone:,} gone, {self.come:,} new)" if self.gone and self.come else ""
        return f"{before} → {after}{moved}"


def model_answers(
    dispute: Dispute, *, progress: Progress | None = None
) -> Mapping[str, ModelAnswer]:
    """Answer what a dispute is usually asked.

    Parameters
    ----------
    dispute
        The dispute.
    progress
        Called as the work goes on.

    Returns
    -------
    mapping of str to ModelAnswer
        By question: the feasible states, equilibria by concept and by outcome, for whom the status
        quo is stable, the claims and the roadmaps; or only why there are no answers, such as
        preferences that are not known.

    Raises
    ------
    LimitError
        If the dispute is too large.
    """
    return dict(_answers(dispute, progress))


def _answers(dispute: Dispute, progress: Progress | None) -> Iterator[tuple[str, ModelAnswer]]:
    try:
        analysis = whole(analyse(dispute, usual_concepts(), progress=progress))
    except DisputeError as error:
        yield "the analysis", ModelAnswer(f"cannot be made: {error.message}")
        return
    yield "feasible states", ModelAnswer(f"{analysis.count:,}")
    yield from _equilibria(analysis)
    yield from _status_quo(analysis)
    checked = check_claims(dispute, origins=False, model=analysis.model, progress=progress)
    for one in whole(checked):
        yield f"claim {one.claim.id}", ModelAnswer(one.answer.short)
    for roadmap in dispute.roadmaps:
        asked = f"roadmap “{roadmap.name}”"
        yield f"roadmap {roadmap.id}", ModelAnswer(_roadmap(dispute, roadmap.id), asked=asked)


def _roadmap(dispute: Dispute, roadmap: str) -> str:
    try:
        checked = check_roadmap(dispute, roadmap)
    except DetenteError as error:
        return f"cannot be checked: {error}"
    failed = checked.verdict
    if failed is None:
        return "holds"
    broken = checked.breaks_at
    side = f"can go on after a side move at stage {failed.number}"
    if broken is None:
        return side
    breaks = f"breaks at stage {broken.number}, not {broken.failed}"
    return breaks if broken is failed else f"{side}, {breaks}"


def _equilibria(analysis: Analysis) -> Iterator[tuple[str, ModelAnswer]]:
    space = analysis.model.space
    holds = [(one, space.holds(one.formula)) for one in analysis.dispute.outcomes]
    equilibria = {concept: analysis.equilibria(concept) - 1 for concept in analysis.concepts}
    # Most equilibria are so under several concepts: each state is told once.
    some = np.unique(np.concatenate([*equilibria.values(), np.empty(0, dtype=np.int64)]))
    told = _told(analysis.dispute, space.assignments(some))
    for concept, indices in equilibria.items():
        keys = told[np.searchsorted(some, indices)]
        yield f"equilibria under {concept}", _counted(keys)
        for outcome, truth in holds:
            question = f"equilibria under {concept} with "
            counted = _counted(keys[truth[indices]], f"{question}“{outcome.name}”")
            yield f"{question}{outcome.id}", counted


def _told(dispute: Dispute, levels: NDArray[np.integer]) -> NDArray[np.object_]:
    """For each state the levels of options that are not at their lowest, as bytes."""
    told = np.full(len(levels), b"", dtype=object)
    for option, column in zip(dispute.options, levels.T, strict=True):
        words = [f"{option.key}={level}," for level in option.levels]
        # The last one is that of a coalesced state, which leaves it open: level -1.
        each = ["", *words[1:], f"{option.key}=*,"]
        told += np.array([one.encode() for one in each], dtype=object)[column]
    return told


def _counted(keys: np.ndarray, asked: str = "") -> ModelAnswer:
    return ModelAnswer(f"{keys.size:,}", frozenset(keys.tolist()), asked=asked)


def _status_quo(analysis: Analysis) -> Iterator[tuple[str, ModelAnswer]]:
    status_quo = analysis.status_quo
    if status_quo is None:
        return
    for concept in analysis.concepts:
        parties = analysis.stable_parties(concept, status_quo)
        everyone = len(parties) == len(analysis.dispute.parties)
        names = [one.name for one in analysis.dispute.parties if one.id in parties]
        by_id, told = (
            "everyone" if everyone else ", ".join(some) or "nobody" for some in (parties, names)
        )
        yield f"status quo stable under {concept} for", ModelAnswer(by_id, told=told)


def answer_changes(
    before: Mapping[str, ModelAnswer], after: Mapping[str, ModelAnswer]
) -> tuple[AnswerChange, ...]:
    """List the answers that differ, in the order of the questions."""
    changes = []
    for question in dict.fromkeys([*before, *after]):
        old, new = before.get(question), after.get(question)
        if old == new:
            continue
        own, other = (one.states if one and one.states else frozenset() for one in (old, new))
        changes.append(
            AnswerChange(
                question,
                old.value if old else None,
                new.value if new else None,
                len(own - other),
                len(other - own),
                next((one.asked for one in (new, old) if one), ""),
                old.told if old else "",
                new.told if new else "",
            )
        )
    return tuple(changes)
