"""An analysis as a JSON document, laid out as ``documents/analysis.py`` says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from detente.dispute.dispute import Dispute
from detente.space.representation import Engine
from detente.stability.analysis import Analysis

if TYPE_CHECKING:
    from detente.report.documents.analysis import (
        AnalysisDocument,
        AnalysisHeading,
        AnalysisState,
        AnalysisSummary,
    )

__all__ = ["ANALYSIS_SCHEMA", "document", "document_heading", "document_text"]

ANALYSIS_SCHEMA = "detente/analysis/1"

# States are laid out this many at a time, so that memory does not grow with their number.
_STATES_AT_ONCE = 4096


def document(
    analysis: Analysis, states: Sequence[int] | None = None, *, most_equilibria: int | None = None
) -> AnalysisDocument:
    """An analysis as a JSON document.

    Parameters
    ----------
    analysis
        The analysis.
    states
        Numbers of the states to list; by default all states.
    most_equilibria
        Name at most this many equilibria under each concept; by default all.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. See ``documents/analysis.py`` for each key.

    Raises
    ------
    DisputeError
        If there is no such state.
    """
    numbers = _numbers(analysis, states)
    heading = _heading(analysis, len(numbers), most_equilibria)
    return {**heading, "states": list(_states(analysis, numbers))}


def document_text(
    analysis: Analysis, states: Sequence[int] | None = None, *, most_equilibria: int | None = None
) -> Iterator[str]:
    """The text of an analysis's JSON document, piece by piece, one state a line.

    Parameters
    ----------
    analysis, states, most_equilibria
        As in :func:`document`.

    Yields
    ------
    str
        The pieces, to be written one after the other.
    """
    numbers = _numbers(analysis, states)
    yield "{\n"
    for key, value in _heading(analysis, len(numbers), most_equilibria).items():
        yield f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},\n"
    yield '  "states": ['
    divider = "\n    "
    for state in _states(analysis, numbers):
        yield divider + json.dumps(state, ensure_ascii=False)
        divider = ",\n    "
    yield "\n  ]\n}\n"


def _numbers(analysis: Analysis, states: Sequence[int] | None) -> Sequence[int]:
    if states is None:
        return range(1, analysis.count + 1)
    for state in states:
        analysis.state_index(state)
    return states


def document_heading(
    dispute: Dispute, concepts: Sequence[str], engine: Engine, packages: bool
) -> AnalysisHeading:
    """What the document of any analysis of stability says first: names, levels and concepts."""
    from detente import __version__

    heading: AnalysisHeading = {
        "schema": ANALYSIS_SCHEMA,
        "version": __version__,
        "dispute": dispute.title,
        "parties": [party.id for party in dispute.parties],
        "options": [option.key for option in dispute.options],
        "outcomes": [outcome.id for outcome in dispute.outcomes],
        "concepts": list(concepts),
        "engine": engine,
        "names": {
            "parties": {party.id: party.name for party in dispute.parties},
            "options": {option.key: option.name for option in dispute.options},
            "outcomes": {outcome.id: outcome.name for outcome in dispute.outcomes},
        },
        "levels": {option.key: list(option.levels) for option in dispute.options},
    }
    if packages:
        heading["packages"] = True
    return heading


def _heading(analysis: Analysis, listed: int, most_equilibria: int | None) -> AnalysisSummary:
    """Everything but the states."""
    dispute = analysis.dispute
    left_out = analysis.count - listed
    equilibria = {concept: analysis.equilibria(concept) for concept in analysis.concepts}
    unnamed = {
        concept: found.size - most_equilibria
        for concept, found in equilibria.items()
        if most_equilibria is not None and found.size > most_equilibria
    }
    summary: AnalysisSummary = {
        **document_heading(dispute, analysis.concepts, analysis.model.engine, analysis.packages),
        "state_count": analysis.count,
        "status_quo": analysis.status_quo,
        "equilibria": {
            concept: found[:most_equilibria].tolist() for concept, found in equilibria.items()
        },
        "equilibrium_counts": {concept: int(found.size) for concept, found in equilibria.items()},
        "cannot_be_left": {
            "outcomes": list(analysis.closed_outcomes),
            "states": int(np.count_nonzero(analysis.cannot_be_left)),
            "equilibrium_counts": {
                concept: int(
                    np.count_nonzero(analysis.is_equilibrium(concept) & analysis.cannot_be_left)
                )
                for concept in analysis.concepts
            },
        },
    }
    if unnamed:
        summary["equilibria_left_out"] = unnamed
    if left_out:
        summary["states_left_out"] = left_out
    return summary


def _states(analysis: Analysis, numbers: Sequence[int]) -> Iterator[AnalysisState]:
    dispute = analysis.dispute
    parties = [party.id for party in dispute.parties]
    ranks = [analysis.ranks(party) for party in parties]
    inside = {outcome.id: analysis.in_outcome(outcome.id) for outcome in dispute.outcomes}
    stable = {
        concept: [analysis.stable(concept, party) for party in parties]
        for concept in analysis.concepts
    }
    keys = [option.key for option in dispute.options]
    # The last entry stands for level -1: the members of a coalesced state differ.
    levels: list[list[str | None]] = [[*option.levels, None] for option in dispute.options]
    for start in range(0, len(numbers), _STATES_AT_ONCE):
        block = numbers[start : start + _STATES_AT_ONCE]
        indices = np.asarray(block, dtype=np.int64) - 1
        table = analysis.model.space.assignments(indices).tolist()
        rank_rows = np.array([own[indices] for own in ranks]).T.tolist()
        for number, index, assignment, rank_row in zip(
            block, indices.tolist(), table, rank_rows or [[]] * len(block), strict=True
        ):
            yield {
                "id": int(number),
                "options": {
                    key: names[level]
                    for key, names, level in zip(keys, levels, assignment, strict=True)
                },
                "outcomes": [outcome for outcome, holds in inside.items() if holds[index]],
                "ranks": dict(zip(parties, rank_row, strict=True)),
                "stable": {
                    concept: _chosen(parties, (row[index] for row in rows))
                    for concept, rows in stable.items()
                },
            }


def _chosen(parties: Sequence[str], stable: Iterable[np.bool_]) -> list[str]:
    return [party for party, is_stable in zip(parties, stable, strict=True) if is_stable]
