"""What ``detente validate`` checks, for the pages: citations, quotes, questions, oddities."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from detente.dispute.dispute import Place
from detente.files.yaml_text import Places, Trail, dotted, parse
from detente.workbench.read_disputes import dispute_of

__all__ = ["VALIDATION_TASKS", "looked_at", "validated"]

_MOST_LISTED = 30
_REMARKS = {"no-basis"}


def validated(text: str, reports: Mapping[str, Any], most: Mapping[str, int]) -> dict[str, Any]:
    """What is at fault with the citations of a dispute and the questions of its claims.

    Parameters
    ----------
    text
        The dispute file.
    reports
        The texts that are at hand: ``name``, ``sha256`` and ``text`` by source id.
    most
        The server's limits.

    Returns
    -------
    dict
        ``findings``: ``kind``, ``fault``, ``about``, ``message`` and ``key`` of each; what merely
        rests on nothing is counted in ``without_basis``.
    """
    del most
    from detente.evidence.claims import check_questions
    from detente.evidence.sources import check_against
    from detente.evidence.texts import SourceText

    dispute = dispute_of(text)
    at_hand = {
        source: SourceText(Path(one["name"]), one["sha256"], one["text"])
        for source, one in reports.items()
    }
    found = (*check_against(dispute, at_hand), *check_questions(dispute))
    trails = _Trails(text)
    told = [one for one in found if one.kind not in _REMARKS]
    return {
        "findings": [
            {
                "kind": one.kind,
                "fault": one.is_fault,
                "about": one.judgement,
                "message": one.message,
                "key": trails.at(one.place),
            }
            for one in told[:_MOST_LISTED]
        ],
        "left_out": max(0, len(told) - _MOST_LISTED),
        "without_basis": sum(one.kind in _REMARKS for one in found),
    }


def looked_at(text: str, most: Mapping[str, int]) -> dict[str, Any]:
    """What in a dispute is worth a look, though no fault.

    Returns
    -------
    dict
        ``lint``: ``about``, ``words``, ``advice`` and ``key`` of each.
    """
    from detente.evidence.claims import check_claims, check_questions
    from detente.evidence.lint import lint
    from detente.workbench.small_disputes import small_model

    model = small_model(text, most)
    # A question without meaning has no answer to look at.
    faulty = bool(check_questions(model.dispute))
    checked = () if faulty else check_claims(model.dispute, origins=False, model=model)
    trails = _Trails(text)
    found = lint(model, checked)
    return {
        "lint": [
            {
                "about": one.about,
                "words": one.words,
                "advice": one.advice,
                "key": trails.at(one.place),
            }
            for one in found[:_MOST_LISTED]
        ],
        "left_out": max(0, len(found) - _MOST_LISTED),
    }


class _Trails:
    """Which value stands at a place of a text."""

    def __init__(self, text: str) -> None:
        document, places = parse(text)
        found = sorted(
            ((place.line, place.column), dotted(trail)) for place, trail in _all(document, places)
        )
        self._places = [place for place, _ in found]
        self._trails = [trail for _, trail in found]

    def at(self, place: Place | None) -> str | None:
        """The key of the value that starts at a place, or next before it."""
        if place is None:
            return None
        number = bisect_right(self._places, (place.line, place.column)) - 1
        return self._trails[number] if number >= 0 else None


def _all(value: Any, places: Places, trail: Trail = ()) -> Iterator[tuple[Place, Trail]]:
    if trail:
        yield places.value(trail), trail
    inside: Any = ()
    if isinstance(value, Mapping):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for step, one in inside:
        yield from _all(one, places, (*trail, step))


VALIDATION_TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    function.__name__: function for function in (validated, looked_at)
}
"""The tasks by name."""
