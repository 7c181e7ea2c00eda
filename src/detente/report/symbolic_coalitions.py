"""Coalition stability on sets of states, in words and tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detente.report.coalitions import (
    COALITIONS_SCHEMA,
    coalition_words,
    departures_table,
    size_and_coalitions,
)
from detente.report.content import MARK, Block, Prose, Subheading, Table, rows_table
from detente.report.equilibria import CANNOT_BE_LEFT, closed_sentence
from detente.report.how_held import engine_sentence
from detente.report.option_forms import group_of_rows, option_form_table
from detente.report.what_ran_out import WHAT_RAN_OUT
from detente.stability.symbolic_coalitions import SymbolicCoalitionAnalysis

if TYPE_CHECKING:
    from detente.report.documents.coalitions import CoalitionsDocument

__all__ = ["symbolic_coalitions_blocks", "symbolic_coalitions_document"]

# So many coalitions are named where sets were not found.
_MOST_NAMED = 6

_Ids = tuple[str, ...]


def symbolic_coalitions_blocks(
    analysis: SymbolicCoalitionAnalysis, *, limit: int = 12
) -> tuple[Block, ...]:
    """Coalition stability in words and tables.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Show at most this many states that are stable for all coalitions.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = [
        Subheading(f"{analysis.dispute.title}: coalitions"),
        Prose(
            f"{size_and_coalitions(analysis, analysis.count)} {engine_sentence(analysis.engine)}"
        ),
        *map(Prose, _unfinished(analysis)),
        Prose("Number of states that are stable for each, under each concept:"),
        _stability_table(analysis),
        *_departures(analysis, limit),
    ]
    if any(analysis.held_equilibrium_counts.values()):
        blocks.append(Prose(closed_sentence(analysis.dispute, analysis.closed_outcomes)))
    return (*blocks, *_stable_for_all(analysis, limit))


def _unfinished(analysis: SymbolicCoalitionAnalysis) -> Iterator[str]:
    for why, words in WHAT_RAN_OUT.items():
        for concept in analysis.concepts:
            found = [
                coalition_words(analysis.dispute, one.coalition)
                for one in analysis.unfinished
                if (one.concept, one.why) == (concept, why)
            ]
            if found:
                more = len(found) - _MOST_NAMED
                rest = f"; and {more:,} more" if more > 0 else ""
                named = "; ".join(found[:_MOST_NAMED])
                yield f"Not found under {concept} for {named}{rest}: {words}."


def _stability_table(analysis: SymbolicCoalitionAnalysis) -> Table:
    rows = []
    for one in analysis.coalitions:
        counts = [analysis.stable_count(name, one) for name in analysis.concepts]
        cells = ("?" if count is None else f"{count:,}" for count in counts)
        rows.append((coalition_words(analysis.dispute, one), *cells, *_stays(analysis, one)))
    nothing = [] if analysis.state is None else [""]
    every, held = analysis.equilibrium_counts, analysis.held_equilibrium_counts
    foot = [("All of them", *(_told(every.get(name)) for name in analysis.concepts), *nothing)]
    if any(held.values()):
        cells = (_told(held.get(name)) for name in analysis.concepts)
        foot.append((CANNOT_BE_LEFT, *cells, *nothing))
    last = [] if analysis.state is None else [f"Stays in {analysis.state} under"]
    columns = ("Coalition", *analysis.concepts, *last)
    return rows_table(columns, rows, foot=foot, numeric=analysis.state is None)


def _told(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def _stays(analysis: SymbolicCoalitionAnalysis, coalition: _Ids) -> list[str]:
    if analysis.state is None:
        return []
    known = {name: analysis.stays(name, coalition) for name in analysis.concepts}
    if all(known.values()):
        return [MARK]
    words = [
        f"{name}?" if stays is None else name for name, stays in known.items() if stays is not False
    ]
    return [", ".join(words) or "none"]


def _by_target(analysis: SymbolicCoalitionAnalysis, coalition: _Ids) -> dict[int, list[str]]:
    """The state that a coalition leaves to under each concept, with these concepts."""
    found: dict[int, list[str]] = {}
    for name in analysis.concepts:
        target = analysis.departures.get((name, coalition))
        if target is not None:
            found.setdefault(target, []).append(name)
    return found


def _departures(analysis: SymbolicCoalitionAnalysis, limit: int) -> Iterator[Block]:
    """Where each coalition that would leave the state in question leaves to."""
    state = analysis.state
    if state is None:
        return
    found = [
        (one, target, concepts)
        for one in analysis.coalitions
        for target, concepts in _by_target(analysis, one).items()
    ]
    if not found:
        if len(analysis.departures) == len(analysis.coalitions) * len(analysis.concepts):
            yield Prose(f"None of them would leave state {state}.")
        return
    yield from departures_table(analysis.told, state, found, limit)


def _stable_for_all(analysis: SymbolicCoalitionAnalysis, limit: int) -> Iterator[Block]:
    """The first states that no coalition analysed leaves, under each concept that is finished."""
    counts = analysis.equilibrium_counts
    if not counts:
        return
    firsts = {name: analysis.first_equilibria(name, limit) for name in counts}
    if not any(firsts.values()):
        yield Prose("No state is stable for all of them under any of these concepts.")
        return
    # Those under the concept that fewest states meet come first.
    by_fewest = sorted(firsts, key=lambda name: counts[name])
    shown = sorted(dict.fromkeys(one for name in by_fewest for one in firsts[name]))[:limit]
    strong = analysis.strong_count
    words = "" if strong is None else f" Strong equilibria (no joint move betters all): {strong:,}."
    yield Prose(f"Of the states stable for all of them, at most {limit}.{words}")
    rows = {name: [MARK if one in set(firsts[name]) else "" for one in shown] for name in counts}
    foot = group_of_rows("Stable for all under", rows)
    yield option_form_table(analysis.told, shown, [foot])


def symbolic_coalitions_document(
    analysis: SymbolicCoalitionAnalysis, *, most_equilibria: int
) -> CoalitionsDocument:
    """The same as a document of ``documents/coalitions.py``.

    Parameters
    ----------
    analysis
        The analysis.
    most_equilibria
        Name at most this many equilibria under each concept.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. Numbers may exceed 2**53: read them as whole numbers.
    """
    from detente import __version__

    counts = analysis.equilibrium_counts
    named = {name: analysis.first_equilibria(name, most_equilibria) for name in counts}
    start = analysis.told.status_quo
    document: CoalitionsDocument = {
        "schema": COALITIONS_SCHEMA,
        "version": __version__,
        "dispute": analysis.dispute.title,
        "engine": analysis.engine,
        "parties": [party.id for party in analysis.dispute.parties],
        "concepts": list(analysis.concepts),
        "coalitions": [list(one) for one in analysis.coalitions],
        "acting_as_one": [list(one) for one in analysis.acting_as_one],
        "packages": list(analysis.packages),
        "every_coalition": analysis.every_coalition,
        "state_count": analysis.count,
        "status_quo": None if start is None else start + 1,
        "equilibria": named,
        "equilibrium_counts": counts,
        "cannot_be_left": {
            "outcomes": list(analysis.closed_outcomes),
            "states": analysis.held_count,
            "equilibrium_counts": analysis.held_equilibrium_counts,
        },
        "strong_equilibria": analysis.first_strong(most_equilibria),
        "stable_count": {
            name: [analysis.stable_count(name, one) for one in analysis.coalitions]
            for name in analysis.concepts
        },
        "leaving": {
            name: [list(one) for one in analysis.leaving(name)] for name in analysis.concepts
        },
        "departures": [
            {"coalition": list(one), "state": target, "concepts": concepts}
            for one in analysis.coalitions
            for target, concepts in _by_target(analysis, one).items()
        ],
        "state": analysis.state,
        "unfinished": [
            {"concept": one.concept, "coalition": list(one.coalition), "why": one.why}
            for one in analysis.unfinished
        ],
    }
    left_out = {
        name: counts[name] - len(found)
        for name, found in named.items()
        if counts[name] > len(found)
    }
    if left_out:
        document["equilibria_left_out"] = left_out
    return document
