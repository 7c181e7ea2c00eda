"""A symbolic analysis as tables for a terminal, and as a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from detente.report.document import document_heading
from detente.report.equilibria import CANNOT_BE_LEFT, IN_NO_OUTCOME
from detente.report.tables import (
    counted,
    joined,
    options_table,
    plain_table,
    size_and_concepts,
)
from detente.space.option_form import level_symbol
from detente.space.patterns import Pattern
from detente.space.symbolic.diagrams import TooLarge
from detente.stability.symbolic_analysis import SymbolicAnalysis

if TYPE_CHECKING:
    from detente.report.documents.analysis import AnalysisDocument, AnalysisState

__all__ = ["symbolic_document", "symbolic_tables"]

_WHY = {
    "time": "time ran out",
    "nodes": "the diagrams would have needed more nodes than allowed",
    "interrupted": "the work was ended",
}


def symbolic_tables(
    analysis: SymbolicAnalysis, *, limit: int, mark: str, full: bool = True
) -> list[RenderableType]:
    """A symbolic analysis as text and tables.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Show at most so many patterns for each concept.
    mark
        What stands in a table for "yes".
    full
        Whether options with their ids and patterns are shown too.

    Returns
    -------
    list of rich renderables
    """
    dispute = analysis.dispute
    parts: list[RenderableType] = [
        Text(dispute.title, style="bold"),
        Text(
            size_and_concepts(
                dispute, analysis.count, analysis.concepts, packages=analysis.packages
            )
            + " Engine: symbolic sets."
        ),
    ]
    if analysis.parts > 1:
        parts.append(
            Text(f"The dispute falls into {analysis.parts} parts that do not touch each other.")
        )
    parts += [Text(line) for line in _unfinished(analysis)]
    if full:
        parts += [Text(), options_table(dispute)]
    parts += [Text(), *_status_quo(analysis, mark)]
    if analysis.equilibrium_counts:
        parts += [Text("Number of equilibria under each concept, by outcome:"), Text()]
        parts += [_count_table(analysis), Text()]
        for concept in analysis.equilibrium_counts if full else ():
            parts += _patterns(analysis, concept, limit)
    if not full:
        parts.append(Text("In full, with the ids of options and patterns of equilibria: --full."))
    return parts


def _unfinished(analysis: SymbolicAnalysis) -> Iterable[str]:
    for why, words in _WHY.items():
        for concept in analysis.concepts:
            parties = [
                one.party for one in analysis.unfinished if (one.concept, one.why) == (concept, why)
            ]
            if parties:
                yield f"Not found under {concept} for {joined(parties)}: {words}."
    for concept, one in analysis.estimates.items():
        yield (
            f"Estimated under {concept} from {one.draws:,} feasible states drawn at random: "
            f"{one.share:.1%} are equilibria (95% interval {one.low:.1%} to {one.high:.1%})."
        )


def _status_quo(analysis: SymbolicAnalysis, mark: str) -> list[RenderableType]:
    if analysis.status_quo is None:
        return [Text("The dispute names no status quo."), Text()]
    table = plain_table()
    table.add_column("Party", overflow="fold")
    for concept in analysis.concepts:
        table.add_column(concept, justify="center")
    words = {True: mark, False: "", None: "?"}
    rows = []
    for party in analysis.dispute.parties:
        rows.append([analysis.status_quo_stable(one, party.id) for one in analysis.concepts])
        table.add_row(Text(party.name), *(words[one] for one in rows[-1]))
    table.add_section()
    table.add_row(
        "All: an equilibrium", *(words[_all(column)] for column in zip(*rows, strict=True))
    )
    parts: list[RenderableType] = [
        Text(f"The status quo is state {analysis.status_quo:,}. It is stable for:"),
        Text(),
        table,
        Text(),
    ]
    if any(None in row for row in rows):
        parts += [Text("? was not found within the time and nodes given."), Text()]
    return parts


def _all(values: Sequence[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _count_table(analysis: SymbolicAnalysis) -> RenderableType:
    concepts = list(analysis.equilibrium_counts)
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    table = plain_table()
    table.add_column("Outcome", overflow="fold")
    for concept in concepts:
        table.add_column(concept, justify="right")
    for outcome, counts in analysis.counts_by_outcome().items():
        label = names.get(outcome, IN_NO_OUTCOME)
        table.add_row(Text(label), *(f"{counts[concept]:,}" for concept in concepts))
    table.add_section()
    held = analysis.held_equilibrium_counts
    if any(held.values()):
        table.add_row(CANNOT_BE_LEFT.capitalize(), *(f"{held[one]:,}" for one in concepts))
    table.add_row("All equilibria", *(f"{analysis.equilibrium_counts[one]:,}" for one in concepts))
    return table


def _patterns(analysis: SymbolicAnalysis, concept: str, limit: int) -> list[RenderableType]:
    try:
        found = analysis.patterns(concept, limit=limit)
    except TooLarge:
        return [Text(f"The patterns under {concept} would need more nodes than allowed."), Text()]
    if not found.states:
        return [Text(f"No state is an equilibrium under {concept}."), Text()]
    parts: list[RenderableType] = [
        Text(f"The equilibria under {concept}, as patterns (options not named are free):")
    ]
    for pattern in found.patterns:
        parts.append(Text(f"  {counted(pattern.states, 'state')}: {_settings(analysis, pattern)}"))
    if found.left_out:
        parts.append(Text(f"  {counted(found.left_out, 'more state')} in none of these."))
    return [*parts, Text()]


def _settings(analysis: SymbolicAnalysis, pattern: Pattern) -> str:
    options = analysis.dispute.options
    named = (
        f"{options[number].key} {level_symbol(options[number].levels, level)}"
        for number, level in pattern.settings.items()
    )
    return ", ".join(named) or "every state"


def symbolic_document(analysis: SymbolicAnalysis, *, most_equilibria: int) -> AnalysisDocument:
    """A symbolic analysis as a document of ``documents/analysis.py``.

    Parameters
    ----------
    analysis
        The analysis.
    most_equilibria
        Name at most this many equilibria under each concept; these, and the status quo, are the
        states that are listed.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. Numbers may exceed 2**53: read them as whole numbers.
    """
    dispute = analysis.dispute
    counts = analysis.equilibrium_counts
    named = {concept: analysis.first_equilibria(concept, most_equilibria) for concept in counts}
    states = {number: state for found in named.values() for number, state in found}
    if analysis.status_quo is not None and dispute.status_quo is not None:
        states[analysis.status_quo] = dispute.status_quo
    left_out = {
        concept: counts[concept] - len(found)
        for concept, found in named.items()
        if counts[concept] > len(found)
    }
    document: AnalysisDocument = {
        **document_heading(dispute, analysis.concepts, analysis.engine, analysis.packages),
        "parts": analysis.parts,
        "state_count": analysis.count,
        "status_quo": analysis.status_quo,
        "equilibria": {
            concept: [number for number, _ in found] for concept, found in named.items()
        },
        "equilibrium_counts": counts,
        "cannot_be_left": {
            "outcomes": list(analysis.closed_outcomes),
            "states": analysis.held_count,
            "equilibrium_counts": analysis.held_equilibrium_counts,
        },
        "counts_by_outcome": analysis.counts_by_outcome(),
        "stable_counts": {
            concept: {
                party.id: count
                for party in dispute.parties
                if (count := analysis.stable_count(concept, party.id)) is not None
            }
            for concept in analysis.concepts
        },
        "unfinished": [
            {"concept": one.concept, "party": one.party, "why": one.why}
            for one in analysis.unfinished
        ],
        "estimates": {
            concept: {"share": one.share, "low": one.low, "high": one.high, "draws": one.draws}
            for concept, one in analysis.estimates.items()
        },
        "states": [_state(analysis, number, states[number]) for number in sorted(states)],
    }
    if left_out:
        document["equilibria_left_out"] = left_out
    if analysis.count > len(states):
        document["states_left_out"] = analysis.count - len(states)
    return document


def _state(analysis: SymbolicAnalysis, number: int, state: Sequence[int]) -> AnalysisState:
    game = analysis.game
    levels = [game.level_of(option, state) for option in range(len(state))]
    here = game.whole_classes(game.here.state(state))
    return {
        "id": number,
        "options": {
            option.key: None if level is None else option.levels[level]
            for option, level in zip(analysis.dispute.options, levels, strict=True)
        },
        "outcomes": [
            outcome.id
            for outcome in analysis.dispute.outcomes
            if not (here & ~game.here.truth(outcome.formula.expression)).satisfiable()
        ],
        "stable": {
            concept: [
                party.id
                for party in analysis.dispute.parties
                if analysis.stable_at(concept, party.id, state)
            ]
            for concept in analysis.equilibrium_counts
        },
    }
