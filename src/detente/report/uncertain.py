"""Unknown preferences, and strong and mild ones, as tables and as JSON documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from detente.dispute.dispute import Dispute, OrderedStates, Statements
from detente.report.equilibria import CANNOT_BE_LEFT
from detente.report.tables import (
    FootBlock,
    counted,
    joined,
    opening,
    option_form_tables,
    plain_table,
)
from detente.report.traps import kinds_document, trap_lines
from detente.space.graph_model import GraphModel
from detente.stability.strength import STRENGTHS, StrengthAnalysis
from detente.stability.traps import traps
from detente.stability.uncertain import EXTENSIONS, UncertainAnalysis

if TYPE_CHECKING:
    from detente.report.documents.parts import MarkedStatement, OfMarkedPreferences
    from detente.report.documents.strength import StrengthDocument
    from detente.report.documents.uncertain import UncertainDocument

__all__ = [
    "STRENGTH_SCHEMA",
    "UNCERTAIN_SCHEMA",
    "strength_document",
    "strength_tables",
    "uncertain_document",
    "uncertain_tables",
]

UNCERTAIN_SCHEMA = "detente/uncertain/1"
STRENGTH_SCHEMA = "detente/strength/1"

_EXTENSION_WORDS = {
    "a": "tempted by what may be better, deterred only by what is surely no better",
    "b": "tempted only by what is surely better, deterred only by what is surely no better",
    "c": "tempted by what may be better, deterred by what may be no better",
    "d": "tempted only by what is surely better, deterred by what may be no better",
}

_Equilibria = Callable[[str, str], NDArray[np.int64]]
_Stable = Callable[[str, str, str], NDArray[np.bool_]]


def uncertain_tables(
    analysis: UncertainAnalysis, *, limit: int, width: int = 80, mark: str = "✓"
) -> list[RenderableType]:
    """Unknown preferences as text and tables.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Show at most this many equilibria.
    width
        Columns of text that a table may take up.
    mark
        What stands in a table for "yes".

    Returns
    -------
    list of rich renderables
    """
    unknown = list(_marked(analysis.dispute, lambda statement: statement.unknown))
    parts = opening(analysis.dispute, analysis.model.space.count, analysis.concepts)
    if unknown:
        parts += [Text("Unknown which way it is preferred:"), *unknown, Text()]
    else:
        parts += [
            Text(
                "No statement is marked unknown, so the four extensions agree (see "
                "docs/reference/dispute-file.md for `unknown`)."
            ),
            Text(),
        ]
    parts += [Text("A party is"), *(_extension_line(*line) for line in _EXTENSION_WORDS.items())]
    return parts + _results(
        analysis.model,
        analysis.concepts,
        tuple(EXTENSIONS),
        analysis.stable,
        analysis.equilibria,
        limit,
        width,
        mark,
    )


def _extension_line(extension: str, words: str) -> RenderableType:
    from rich.padding import Padding

    return Padding(Text(f"{extension}: {words}"), (0, 0, 0, 2))


def strength_tables(
    analysis: StrengthAnalysis, *, limit: int, width: int = 80, mark: str = "✓"
) -> list[RenderableType]:
    """Strong and weak stability as text and tables; parameters as in :func:`uncertain_tables`."""
    strong = list(_marked(analysis.dispute, lambda statement: statement.strength == "strong"))
    strong += [Text(line) for line in _strong_steps(analysis.dispute)]
    parts = opening(analysis.dispute, analysis.model.space.count, analysis.concepts)
    if strong:
        parts += [Text("Strong preferences (all others are mild):"), *strong]
    else:
        parts.append(
            Text(
                "No statement is marked `strength: strong`, and no order has a strong step, so "
                "every preference is mild, and only states from which there is no improvement "
                "are strongly stable."
            )
        )
    return parts + _results(
        analysis.model,
        analysis.concepts,
        STRENGTHS,
        analysis.stable,
        analysis.equilibria,
        limit,
        width,
        mark,
    )


def _strong_steps(dispute: Dispute) -> Iterable[str]:
    """How many strong steps the orders of the parties have, in words."""
    for party in dispute.parties:
        if isinstance(party.preferences, OrderedStates) and party.preferences.strong:
            places = joined([str(place + 1) for place in sorted(party.preferences.strong)])
            yield f"  {party.id}: its order has a strong step after place {places}"


def _marked(dispute: Dispute, wanted: Callable[[Any], bool]) -> Iterable[RenderableType]:
    for party in dispute.parties:
        if isinstance(party.preferences, Statements):
            for number, statement in enumerate(party.preferences.statements, start=1):
                if wanted(statement):
                    yield Text(f"  {party.name}, statement {number}: {statement.formula.text}")


def _results(
    model: GraphModel,
    concepts: Sequence[str],
    kinds: Sequence[str],
    stable: _Stable,
    equilibria: _Equilibria,
    limit: int,
    width: int,
    mark: str,
) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if model.status_quo is not None:
        index = model.status_quo
        parts += [Text(), Text(f"The status quo is state {index + 1}. It is stable for:"), Text()]
        rows = [
            (
                party.name,
                {
                    (concept, kind): mark if stable(concept, kind, party.id)[index] else ""
                    for concept in concepts
                    for kind in kinds
                },
            )
            for party in model.dispute.parties
        ]
        parts += _wide_tables("Party", rows, concepts, kinds, width, "center")
    found = {(one, kind): equilibria(one, kind) for one in concepts for kind in kinds}
    parts += [Text(), Text("Number of equilibria, by outcome:"), Text()]
    parts += _wide_tables("Outcome", _counts(model, found), concepts, kinds, width, "right")
    held = traps(model)
    if any(held.count(numbers) for numbers in found.values()):
        parts += [Text(), *(Text(line) for line in trap_lines(model.dispute, held))]
    members = {key: set(numbers.tolist()) for key, numbers in found.items()}
    states = sorted(set().union(*members.values()))
    often = sorted(states, key=lambda state: -sum(state in one for one in members.values()))
    shown = sorted(often[:limit])
    if not shown:
        return [*parts, Text(), Text("No state is an equilibrium.")]
    parts += [Text(), Text(_shown_line(len(shown), len(states)))]
    foot = [
        FootBlock(
            f"Equilibrium under {concept}",
            {
                kind: [mark if state in members[concept, kind] else "" for state in shown]
                for kind in kinds
            },
        )
        for concept in concepts
    ]
    for table in option_form_tables(model, shown, foot, width=width):
        parts += [Text(), table]
    return parts


def _shown_line(shown: int, states: int) -> str:
    if shown == states:
        return "Equilibria in option form:"
    return (
        f"Equilibria in option form: {shown} of {counted(states, 'state')}, those under most of "
        f"the definitions; {states - shown:,} left out (--limit shows more)."
    )


def _counts(
    model: GraphModel, found: dict[tuple[str, str], NDArray[np.int64]]
) -> list[tuple[str, dict[tuple[str, str], str]]]:
    rows = []
    for outcome in model.dispute.outcomes:
        inside = model.space.holds(outcome.formula)
        cells = {key: f"{np.count_nonzero(inside[one - 1]):,}" for key, one in found.items()}
        rows.append((outcome.name, cells))
    rows.append(("All equilibria", {key: f"{one.size:,}" for key, one in found.items()}))
    held = traps(model)
    counts = {key: held.count(one) for key, one in found.items()}
    if any(counts.values()):
        rows.append((CANNOT_BE_LEFT, {key: f"{one:,}" for key, one in counts.items()}))
    return rows


def _wide_tables(
    heading: str,
    rows: Sequence[tuple[str, dict[tuple[str, str], str]]],
    concepts: Sequence[str],
    kinds: Sequence[str],
    width: int,
    justify: Any,
) -> list[RenderableType]:
    """A column for each concept and kind, in as many tables as the width needs."""
    label = min(max(len(name) for name, _ in rows), max(24, width // 3))
    cell = max(len(f"{one} {kind}") for one in concepts for kind in kinds) + 2
    at_once = max(1, (width - label) // (cell * len(kinds)))
    parts: list[RenderableType] = []
    for start in range(0, len(concepts), at_once):
        chosen = concepts[start : start + at_once]
        table: Table = plain_table()
        table.add_column(heading, width=label, overflow="fold")
        for concept in chosen:
            for kind in kinds:
                table.add_column(Text(f"{concept} {kind}"), justify=justify, no_wrap=True)
        for name, cells in rows:
            keys = [(concept, kind) for concept in chosen for kind in kinds]
            table.add_row(Text(name), *(Text(cells[key]) for key in keys))
        parts += [table, Text()]
    return parts[:-1]


# As documents ------------------------------------------------------------------------------


def uncertain_document(analysis: UncertainAnalysis) -> UncertainDocument:
    """Unknown preferences as a JSON document, laid out as ``documents/uncertain.py`` says."""
    common = _common(
        analysis.model, analysis.concepts, tuple(EXTENSIONS), analysis.stable, analysis.equilibria
    )
    return {
        "schema": UNCERTAIN_SCHEMA,
        **common,
        "unknown": _listed(analysis.dispute, lambda statement: statement.unknown),
    }


def strength_document(analysis: StrengthAnalysis) -> StrengthDocument:
    """Strong and weak stability as a JSON document, as ``documents/strength.py`` says."""
    return {
        "schema": STRENGTH_SCHEMA,
        **_common(
            analysis.model, analysis.concepts, STRENGTHS, analysis.stable, analysis.equilibria
        ),
        "strong": _listed(analysis.dispute, lambda statement: statement.strength == "strong"),
        "strong_steps": {
            party.id: [place + 1 for place in sorted(party.preferences.strong)]
            for party in analysis.dispute.parties
            if isinstance(party.preferences, OrderedStates) and party.preferences.strong
        },
    }


def _common(
    model: GraphModel,
    concepts: Sequence[str],
    kinds: Sequence[str],
    stable: _Stable,
    equilibria: _Equilibria,
) -> OfMarkedPreferences:
    from detente import __version__

    return {
        "version": __version__,
        "dispute": model.dispute.title,
        "parties": [party.id for party in model.dispute.parties],
        "state_count": model.space.count,
        "status_quo": None if model.status_quo is None else model.status_quo + 1,
        "equilibria": {
            concept: {kind: equilibria(concept, kind).tolist() for kind in kinds}
            for concept in concepts
        },
        **kinds_document(
            traps(model),
            {concept: {kind: equilibria(concept, kind) for kind in kinds} for concept in concepts},
        ),
        "stable_count": {
            concept: {
                kind: {
                    party.id: int(np.count_nonzero(stable(concept, kind, party.id)))
                    for party in model.dispute.parties
                }
                for kind in kinds
            }
            for concept in concepts
        },
    }


def _listed(dispute: Dispute, wanted: Callable[[Any], bool]) -> list[MarkedStatement]:
    return [
        {"party": party.id, "statement": number, "prefer": statement.formula.text}
        for party in dispute.parties
        if isinstance(party.preferences, Statements)
        for number, statement in enumerate(party.preferences.statements, start=1)
        if wanted(statement)
    ]
