"""What is worked out while a dispute is being built: formulas in words, pairs to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from detente.dispute.dispute import Dispute
from detente.dispute.names import formula_from

__all__ = ["BUILDING_TASKS", "from_gmcr", "in_words", "pairs_to_compare", "passages"]

_MOST_SENTENCES = 2000


def in_words(text: str, formula: str, party: str | None, most: Mapping[str, int]) -> dict[str, Any]:
    """A formula as a sentence, and how many feasible states it holds in.

    Parameters
    ----------
    text
        The dispute file.
    formula
        The formula.
    party
        The party whose options it may name without their party.
    most
        The server's limits.

    Returns
    -------
    dict
        ``words``, ``states`` and ``of``.
    """
    from detente.report.formula_words import formula_words
    from detente.workbench.small_disputes import small_model

    model = small_model(text, most)
    meant = formula_from(model.dispute, formula, party)
    return {
        "words": formula_words(meant.expression, model.dispute),
        "states": int(model.space.holds(meant).sum()),
        "of": model.space.count,
    }


def pairs_to_compare(
    text: str, party: str, statements: Sequence[str], most: Mapping[str, int]
) -> dict[str, Any]:
    """For each two statements of a party, two states that tell which of them goes first.

    Returns
    -------
    dict
        ``pairs``: by ``"first second"``, both numbered from 0, the levels in which the two states
        differ, for each side, in words; None where no two states tell.
    """
    from detente.changes.comparisons import telling_pair
    from detente.workbench.small_disputes import small_model

    model = small_model(text, most)
    dispute = model.dispute
    holds = [
        model.space.holds(formula_from(dispute, statement, party)).tolist()
        for statement in statements
    ]
    levels = model.space.assignments(np.arange(model.space.count))

    def likeness(first: int, second: int) -> int:
        return int((levels[first] != levels[second]).sum())

    found: dict[str, Any] = {}
    for second in range(len(statements)):
        for first in range(second):
            pair = telling_pair(holds, first, second, likeness)
            sides = None
            if pair is not None:
                differ = np.flatnonzero(levels[pair[0]] != levels[pair[1]]).tolist()
                sides = [
                    [_level_words(dispute, number, int(levels[state][number])) for number in differ]
                    for state in pair
                ]
            found[f"{first} {second}"] = sides
    return {"pairs": found}


def _level_words(dispute: Dispute, option: int, level: int) -> str:
    from detente.dispute.dispute import AtLevel
    from detente.report.formula_words import formula_words

    return formula_words(AtLevel(option, frozenset({level})), dispute)


def passages(text: str, report: Mapping[str, Any], most: Mapping[str, int]) -> dict[str, Any]:
    """The sentences of a report, each with its place: what a citation can name."""
    del text, most
    from detente.evidence.sources import split

    found = [
        {"paragraph": paragraph, "sentence": number, "text": sentence}
        for paragraph, sentences in enumerate(split(report["text"]), start=1)
        for number, sentence in enumerate(sentences, start=1)
    ]
    return {"sentences": found[:_MOST_SENTENCES], "left_out": max(0, len(found) - _MOST_SENTENCES)}


def from_gmcr(text: str, name: str, most: Mapping[str, int]) -> dict[str, Any]:
    """The dispute file that a file of GMCR+ makes.

    Parameters
    ----------
    text
        What stands in the file.
    name
        The file's name, which gives the title.
    most
        The server's limits.

    Returns
    -------
    dict
        ``text``, and as ``notes`` what it cannot carry.
    """
    del most
    from detente.files.dispute_file import build_dispute
    from detente.files.gmcr import read_document
    from detente.files.yaml_text import written

    document, notes = read_document(name, text.encode())
    # Building it first keeps a file that could not be read again from being written.
    build_dispute(document)
    return {"text": written(document), "notes": list(notes)}


BUILDING_TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    function.__name__: function for function in (in_words, pairs_to_compare, passages, from_gmcr)
}
"""The tasks by name."""
