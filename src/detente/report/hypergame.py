"""Misperception in words and tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from detente.dispute.dispute import Dispute, Statements, Unseen, View
from detente.report.content import Block, Prose, Table, marked, rows_table
from detente.report.equilibria import CANNOT_BE_LEFT
from detente.report.face import hint, is_command_line
from detente.report.formula_words import formula_by_names
from detente.report.option_forms import group_of_rows, opening, option_form_table
from detente.report.traps import counts_document, trap_lines
from detente.report.words import joined
from detente.stability.hypergame import Hypergame, Surprise
from detente.stability.traps import traps

if TYPE_CHECKING:
    from detente.report.documents.hypergame import HypergameDocument

__all__ = ["HYPERGAME_SCHEMA", "hypergame_blocks", "hypergame_document", "view_words"]

HYPERGAME_SCHEMA = "detente/hypergame/1"

_KIND_WORDS = {"leaves": "would leave, and was expected to stay", "stays": "stays, not as expected"}


def hypergame_blocks(found: Hypergame, *, limit: int) -> tuple[Block, ...]:
    """Misperception in words and tables.

    Parameters
    ----------
    found
        As :func:`detente.analyse_hypergame` gives it.
    limit
        Show at most this many states, and this many surprises.

    Returns
    -------
    tuple of Block
    """
    dispute = found.dispute
    title, size = opening(dispute, found.actual.count, found.concepts)
    blocks: list[Block] = [title]
    if found.views:
        blocks += [
            Prose(f"{number}. {view_words(dispute, party, view)}")
            for number, (party, view) in enumerate(found.views, start=1)
        ]
    else:
        blocks.append(
            Prose(
                "No party misperceives another, so the hypergame is the dispute as it is (see "
                "docs/reference/dispute-file.md for `perceives` and `unseen`)."
            )
        )
    blocks += [size, Prose("Number of equilibria under each concept:"), _counts(found)]
    if any(_held(found, row) for row in _rows(found)):
        blocks += map(Prose, trap_lines(dispute, traps(found.actual.model)))
    return (*blocks, *_in_option_form(found, limit), *_surprises(found, limit))


def _in_option_form(found: Hypergame, limit: int) -> tuple[Block, ...]:
    """The states that are equilibria in anybody's view, and in whose."""
    by_row = {row: _equilibria(found, row) for row in _rows(found)}
    every = _states(by_row)
    if not every:
        return ()
    states = every[:limit]
    foot = [
        group_of_rows(
            row,
            {
                concept: marked(state in numbers for state in states)
                for concept, numbers in by_concept.items()
            },
        )
        for row, by_concept in by_row.items()
    ]
    table = option_form_table(found.actual.model, states, foot)
    if len(every) == len(states):
        return (table,)
    first = f"The first {limit} of {len(every):,} states that are equilibria anywhere:"
    return Prose(first), table


def _said(dispute: Dispute, text: str, party: str | None = None) -> str:
    """A formula by names; as it stands in the file to who types commands."""
    if is_command_line():
        return f"“{text}”"
    return formula_by_names(text, dispute, party)


def view_words(dispute: Dispute, party: str, view: View | Unseen) -> str:
    """One misperception in words."""
    if isinstance(view, Unseen):
        states = _said(dispute, view.formula.text)
        return f"{_name(dispute, party)} does not see the states with {states}."
    other = _name(dispute, view.party)
    parts = []
    if view.preferences is not None:
        preferences = view.preferences
        if not isinstance(preferences, Statements):
            said = "by an order of states of its own"
        elif not preferences.statements:
            said = "nothing"
        else:
            said = ", ".join(
                _said(dispute, one.formula.text, view.party) for one in preferences.statements
            )
        parts.append(f"prefers {said}")
    if view.options is not None:
        options = dispute.options
        unseen = [
            options[one].name for one in dispute.options_of(view.party) if one not in view.options
        ]
        if unseen:
            parts.append(f"does not have the choice of {joined([f'“{one}”' for one in unseen])}")
        else:
            parts.append("has all its options")
    return f"{_name(dispute, party)} thinks that {other} {joined(parts)}."


def _name(dispute: Dispute, party: str) -> str:
    return dispute.parties[dispute.party_numbers[party]].name


def _rows(found: Hypergame) -> dict[str, str | None]:
    """Whose view each row of a table is: a party's id, or none."""
    rows: dict[str, str | None] = {"Without misperception": None}
    for party in found.misled:
        row = f"As {_name(found.dispute, party)} sees it"
        # Parties may share a name.
        rows[row if row not in rows else f"{row} ({party})"] = party
    if found.views:
        rows["Hypergame: each by its own view"] = None
    return rows


def _equilibria(found: Hypergame, row: str) -> dict[str, frozenset[int]]:
    party = _rows(found)[row]
    by_concept = {}
    for concept in found.concepts:
        if party is not None:
            numbers = found.perceived_equilibria(concept, party)
        elif row == "Without misperception":
            numbers = found.actual.equilibria(concept)
        else:
            numbers = found.equilibria(concept)
        by_concept[concept] = frozenset(numbers.tolist())
    return by_concept


def _states(by_row: Mapping[str, Mapping[str, frozenset[int]]]) -> list[int]:
    return sorted({state for one in by_row.values() for own in one.values() for state in own})


def _counts(found: Hypergame) -> Table:
    rows = []
    for row in _rows(found):
        counts = [f"{len(numbers):,}" for numbers in _equilibria(found, row).values()]
        rows.append((row, *counts))
        if held := _held(found, row):
            rows.append((f"  {CANNOT_BE_LEFT}", *(f"{one:,}" for one in held)))
    corrected = [
        (
            f"Hypergame if {number + 1} were corrected",
            *(_gained_and_lost(found, concept, number) for concept in found.concepts),
        )
        for number in range(len(found.views))
    ]
    return rows_table(("", *found.concepts), rows, foot=corrected, numeric=True)


def _held(found: Hypergame, row: str) -> list[int]:
    """How many equilibria of a row nobody can leave, under each concept; empty where none."""
    held = traps(found.actual.model)
    every = [sorted(numbers) for numbers in _equilibria(found, row).values()]
    counts = [held.count(np.array(numbers, dtype=np.int64)) for numbers in every]
    return counts if any(counts) else []


def _gained_and_lost(found: Hypergame, concept: str, view: int) -> str:
    before = set(found.equilibria(concept).tolist())
    after = set(found.equilibria_if_corrected(concept, view).tolist())
    gained, lost = len(after - before), len(before - after)
    return f"+{gained:,} -{lost:,}" if gained or lost else "same"


def _surprises(found: Hypergame, limit: int) -> Iterator[Block]:
    if not found.views:
        return
    concepts: dict[Surprise, list[str]] = {}
    for concept in found.concepts:
        for one in found.surprises(concept):
            concepts.setdefault(one, []).append(concept)
    if not concepts:
        yield Prose("No surprises: what each party expects of the others is what they do.")
        return
    shown = sorted(concepts, key=lambda one: (one.state, one.kind))[:limit]
    yield Prose("Surprises, and the misperceptions that bring them about:")
    if len(concepts) > len(shown):
        yield Prose(
            f"The first {len(shown):,} of {len(concepts):,} are shown{hint('--limit shows more')}."
        )
    rows = [
        (
            str(one.state),
            _name(found.dispute, one.party),
            f"{_name(found.dispute, one.by)} {_KIND_WORDS[one.kind]}",
            ", ".join(concepts[one]),
            ", ".join(str(view + 1) for view in one.views) or "several together",
        )
        for one in shown
    ]
    yield rows_table(("State", "Surprised", "What happens", "Concepts", "Because of"), rows)


def hypergame_document(found: Hypergame) -> HypergameDocument:
    """Misperception as a JSON document, laid out as ``documents/hypergame.py`` says."""
    from detente import __version__

    dispute, concepts = found.dispute, found.concepts
    return {
        "schema": HYPERGAME_SCHEMA,
        "version": __version__,
        "dispute": dispute.title,
        "parties": [party.id for party in dispute.parties],
        "state_count": found.actual.count,
        "status_quo": found.actual.status_quo,
        "views": [
            {
                "party": party,
                "of": view.party if isinstance(view, View) else None,
                "words": view_words(dispute, party, view),
                "equilibria_if_corrected": {
                    concept: found.equilibria_if_corrected(concept, number).tolist()
                    for concept in concepts
                },
            }
            for number, (party, view) in enumerate(found.views)
        ],
        "equilibria": {concept: found.equilibria(concept).tolist() for concept in concepts},
        **counts_document(
            traps(found.actual.model), {concept: found.equilibria(concept) for concept in concepts}
        ),
        "without_misperception": {
            concept: found.actual.equilibria(concept).tolist() for concept in concepts
        },
        "perceived": {
            party.id: {
                concept: found.perceived_equilibria(concept, party.id).tolist()
                for concept in concepts
            }
            for party in dispute.parties
        },
        "surprises": {
            concept: [
                {
                    "party": one.party,
                    "state": one.state,
                    "by": one.by,
                    "kind": one.kind,
                    "views": [view + 1 for view in one.views],
                }
                for one in found.surprises(concept)
            ]
            for concept in concepts
        },
    }
