"""Two variants of a dispute side by side: what differs in them, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from detente.changes.difference_words import told_differences, trail_of
from detente.changes.versions import Version
from detente.dispute.dispute import Dispute, Formula, OrderedStates, Party
from detente.dispute.names import option_title
from detente.files.yaml_text import dotted
from detente.report.formula_words import formula_by_names
from detente.stability.analysis import Analysis

__all__ = ["comparison"]

# States that are equilibria of one variant only are listed up to this many.
_MOST_LISTED = 24


def comparison(first: Analysis, second: Analysis, older: Version, newer: Version) -> dict[str, Any]:
    """Compare two variants of a dispute, analysed under the same concepts.

    Parameters
    ----------
    first, second
        The analyses.
    older, newer
        The variants themselves.

    Returns
    -------
    dict
        ``differences``: whatever differs in the two files, in words, with its line in either and
        whether it can change what is computed; none where they say the same.
        ``parties``: for each party of either, its preference statements in both, and which are
        in one alone or at another place. ``other``: constraints in one alone. ``equilibria``:
        for each concept the number in both, in the first alone and in the second alone, with
        the states; states are matched by their options, and are not compared (``comparable`` is
        false) where the variants' options differ.
    """
    one, two = first.dispute, second.dispute
    told = told_differences(older, newer)
    differ = {each.difference.path[:2] for each in told}
    ids = dict.fromkeys([p.id for p in one.parties] + [p.id for p in two.parties])
    comparable = [(o.key, o.levels) for o in one.options] == [
        (o.key, o.levels) for o in two.options
    ]
    if comparable:
        # A coalesced state is matched where both variants join the same states.
        classes = [analysis.model.space.classes for analysis in (first, second)]
        comparable = len(classes[0]) == len(classes[1]) and all(
            np.array_equal(own, other) for own, other in zip(*classes, strict=True)
        )
    return {
        "titles": [one.title, two.title],
        "counts": [first.count, second.count],
        "differences": [
            {
                "words": each.words,
                "of_model": each.of_model,
                "key": dotted(trail_of(each.difference.path, older.document)),
                "lines": [
                    None if place is None else place.line
                    for place in (each.old_place, each.new_place)
                ],
            }
            for each in told
        ],
        "parties": [
            _party(name, one, two) | {"same": ("parties", name) not in differ} for name in ids
        ],
        "constraints": _sides(
            *([_said(c.never, own) for c in own.constraints] for own in (one, two))
        )
        | {"same": not any(path[0] == "constraints" for path in differ)},
        "comparable": comparable,
        "equilibria": [
            _equilibria(first, second, concept, comparable) for concept in first.concepts
        ],
    }


def _party(name: str, one: Dispute, two: Dispute) -> dict[str, Any]:
    parties = [next((p for p in d.parties if p.id == name), None) for d in (one, two)]
    texts = [
        [] if party is None else _statements(party, own)
        for party, own in zip(parties, (one, two), strict=True)
    ]
    return {
        "party": name,
        "name": next(party.name for party in parties if party is not None),
        "present": [party is not None for party in parties],
        **_sides(*texts),
    }


_Said: TypeAlias = tuple[str, str]
"""An entry as it is written, and by names."""


def _said(formula: Formula, dispute: Dispute, party: str | None = None) -> _Said:
    return formula.text, formula_by_names(formula.text, dispute, party)


def _statements(party: Party, dispute: Dispute) -> list[_Said]:
    preferences = party.preferences
    if isinstance(preferences, OrderedStates):
        return [_equal(equal, dispute, party.id) for equal in preferences.order]
    found = []
    for statement in preferences.statements:
        weight = "" if statement.weight is None else f" (weight {statement.weight:g})"
        text, words = _said(statement.formula, dispute, party.id)
        found.append((text + weight, words + weight))
    return found


def _equal(equal: Sequence[int | Formula], dispute: Dispute, party: str) -> _Said:
    """States that are held equal."""
    said = [
        (str(part), f"state {part}") if isinstance(part, int) else _said(part, dispute, party)
        for part in equal
    ]
    return " ~ ".join(text for text, _ in said), " or ".join(words for _, words in said)


def _sides(one: list[_Said], two: list[_Said]) -> dict[str, Any]:
    """Entries of both lists, each with what became of it in the other."""

    def marked(own: list[_Said], other: list[_Said]) -> list[dict[str, str]]:
        texts, others = [text for text, _ in own], [text for text, _ in other]
        return [
            {"text": text, "words": words, "how": _how(place, text, texts, others)}
            for place, (text, words) in enumerate(own)
        ]

    return {"first": marked(one, two), "second": marked(two, one)}


def _how(place: int, text: str, own: list[str], other: list[str]) -> str:
    if text not in other:
        return "only here"
    # Moved against the others that both have; what is added elsewhere moves nothing.
    shared = [entry for entry in own if entry in other]
    theirs = [entry for entry in other if entry in own]
    return "same" if shared.index(text) == theirs.index(text) else "moved"


def _equilibria(
    first: Analysis, second: Analysis, concept: str, comparable: bool
) -> dict[str, Any]:
    states = [analysis.equilibria(concept) for analysis in (first, second)]
    result: dict[str, Any] = {"concept": concept, "counts": [int(found.size) for found in states]}
    if not comparable:
        return result
    positions = [
        analysis.model.space.positions[found - 1]
        for analysis, found in zip((first, second), states, strict=True)
    ]
    both = np.intersect1d(positions[0], positions[1])
    result["both"] = int(both.size)
    for key, analysis, own, found in zip(
        ("only_first", "only_second"), (first, second), positions, states, strict=True
    ):
        alone = found[~np.isin(own, both)]
        result[key] = {
            "count": int(alone.size),
            "states": [
                {
                    "id": int(number),
                    "options": analysis.levels(int(number)),
                    "chosen": _chosen(analysis, int(number)),
                    "outcomes": [outcome.name for outcome in analysis.outcomes(int(number))],
                }
                for number in alone[:_MOST_LISTED]
            ],
        }
    return result


def _chosen(analysis: Analysis, state: int) -> list[str]:
    """What is above its lowest level in a state, by names."""
    dispute, levels = analysis.dispute, analysis.levels(state)
    found = []
    for option in dispute.options:
        level, title = levels[option.key], option_title(dispute, option)
        if level not in (None, option.levels[0]):
            found.append(title if level == "yes" else f"{title}: {level}")
    return found
