"""Coalition stability in words and tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from detente.dispute.dispute import Dispute
from detente.report.content import MARK, Block, Prose, Subheading, Table, marked, rows_table
from detente.report.equilibria import CANNOT_BE_LEFT
from detente.report.explanations import changes
from detente.report.face import hint, is_command_line
from detente.report.option_forms import group_of_rows, option_form_table
from detente.report.traps import counts_document, trap_lines
from detente.report.words import counted
from detente.space.package_moves import package_moves
from detente.stability.coalitions import CoalitionAnalysis
from detente.stability.explained_state import StatesExplained
from detente.stability.traps import Traps, traps

if TYPE_CHECKING:
    from detente.report.documents.coalitions import CoalitionsDocument
    from detente.stability.symbolic_coalitions import SymbolicCoalitionAnalysis

__all__ = [
    "COALITIONS_SCHEMA",
    "coalition_words",
    "coalitions_blocks",
    "coalitions_document",
    "departures_table",
    "size_and_coalitions",
]

COALITIONS_SCHEMA = "detente/coalitions/1"


def coalitions_blocks(
    analysis: CoalitionAnalysis, *, state: int | None = None, limit: int = 12
) -> tuple[Block, ...]:
    """Coalition stability in words and tables.

    Parameters
    ----------
    analysis
        The analysis.
    state
        Number of the state of which it is told which coalitions would leave it; the status quo,
        if there is one, where left out.
    limit
        Show at most this many states that are stable for all coalitions.

    Returns
    -------
    tuple of Block
    """
    number, held = _state_in_question(analysis, state), _traps(analysis)
    blocks: list[Block] = [
        Subheading(f"{analysis.dispute.title}: coalitions"),
        Prose(_verdict(analysis, number)),
        Prose(size_and_coalitions(analysis, analysis.model.space.count)),
        Prose("Number of states that are stable for each, under each concept:"),
        _stability_table(analysis, number, held),
    ]
    if number is not None:
        blocks += _departures(analysis, number, limit)
    if any(held.count(analysis.equilibria(name)) for name in analysis.concepts):
        blocks += map(Prose, trap_lines(analysis.dispute, held))
    return (*blocks, *_stable_for_all(analysis, limit))


def _verdict(analysis: CoalitionAnalysis, state: int | None) -> str:
    """How many states none of the coalitions leaves, and how many would leave one state."""
    concept = "SEQ" if "SEQ" in analysis.concepts else analysis.concepts[-1]
    held, count = analysis.equilibria(concept).size, analysis.model.space.count
    which = "no coalition" if analysis.every_coalition else "none of the coalitions named"
    told = f"Under {concept} {which} leaves {held:,} of {counted(count, 'state')}."
    if state is None:
        return told
    leaving = len(list(analysis.leaving(concept, state)))
    is_now = analysis.model.status_quo == state - 1
    where = "the status quo" if is_now else f"state {state}"
    return (
        f"{told} {leaving or 'None'} of {counted(len(analysis.coalitions), 'coalition')} would "
        f"leave {where}."
    )


def coalition_words(dispute: Dispute, members: Sequence[str]) -> str:
    """The members of a coalition by their names; by their ids to who types commands."""
    if is_command_line():
        return ", ".join(members)
    return ", ".join(dispute.parties[dispute.party_numbers[one]].name for one in members)


def size_and_coalitions(analysis: CoalitionAnalysis | SymbolicCoalitionAnalysis, count: int) -> str:
    """How many states there are, and for which coalitions their stability is told."""
    which = "every coalition" if analysis.every_coalition else "the coalitions named"
    if analysis.acting_as_one:
        acting = "; ".join(coalition_words(analysis.dispute, one) for one in analysis.acting_as_one)
        which = f"every party, where these act as one: {acting}"
    packages = ", with packages as joint moves" if analysis.packages else ""
    return f"{counted(count, 'state')}; stability for {which}{packages}."


def _stable_for_all(analysis: CoalitionAnalysis, limit: int) -> tuple[Block, ...]:
    """The states that no coalition analysed leaves, under some concept."""
    counts = np.sum([analysis.stable_for_all(name) for name in analysis.concepts], axis=0)
    found = np.flatnonzero(counts)
    if not found.size:
        return (Prose("No state is stable for all of them under any of these concepts."),)
    shown = np.sort(found[np.argsort(-counts[found], kind="stable")][:limit]) + 1
    left_out = found.size - shown.size
    more = f"; {left_out:,} more left out{hint('--limit shows more')}" if left_out else ""
    rows = {name: marked(analysis.stable_for_all(name)[shown - 1]) for name in analysis.concepts}
    foot = group_of_rows("Stable for all under", rows)
    return (
        Prose(f"States stable for all of them{more}.{_strong_sentence(analysis)}"),
        option_form_table(analysis.model, shown.tolist(), [foot]),
    )


def _strong_sentence(analysis: CoalitionAnalysis) -> str:
    """How many of the states are strong equilibria, which joint moves leave unmoved too."""
    if analysis.strong is None:
        return ""
    held, strong = int(analysis.stable_for_all("Nash").sum()), int(analysis.strong.sum())
    if not held:
        return ""
    if strong == held:
        return (
            " Those under Nash are the strong equilibria: no coalition has a joint move that "
            "makes all its members better off."
        )
    return (
        f" Of the {held:,} under Nash, {strong:,} {'is a' if strong == 1 else 'are'} strong "
        f"{'equilibrium' if strong == 1 else 'equilibria'}: a coalition can leave the others "
        f"only by a joint move, because constraints keep its members from moving one after the "
        f"other."
    )


def _state_in_question(analysis: CoalitionAnalysis, state: int | None) -> int | None:
    if state is not None or analysis.model.status_quo is None:
        return state
    return analysis.model.status_quo + 1


def _stability_table(analysis: CoalitionAnalysis, state: int | None, held: Traps) -> Table:
    leaving = {
        name: set() if state is None else set(analysis.leaving(name, state))
        for name in analysis.concepts
    }
    rows = []
    for one in analysis.coalitions:
        cells = [f"{np.count_nonzero(analysis.stable(name, one)):,}" for name in analysis.concepts]
        stays = [name for name in analysis.concepts if one not in leaving[name]]
        everywhere = len(stays) == len(analysis.concepts)
        last = [] if state is None else [MARK if everywhere else ", ".join(stays) or "none"]
        rows.append((coalition_words(analysis.dispute, one), *cells, *last))
    nothing = [] if state is None else [""]
    totals = [f"{analysis.equilibria(name).size:,}" for name in analysis.concepts]
    foot = [("All of them", *totals, *nothing)]
    counts = [held.count(analysis.equilibria(name)) for name in analysis.concepts]
    if any(counts):
        foot.append((CANNOT_BE_LEFT, *(f"{one:,}" for one in counts), *nothing))
    last_column = [] if state is None else [f"Stays in {state} under"]
    columns = ("Coalition", *analysis.concepts, *last_column)
    return rows_table(columns, rows, foot=foot, numeric=state is None)


def _departures(analysis: CoalitionAnalysis, state: int, limit: int) -> tuple[Block, ...]:
    """Where each coalition that would leave a state leaves to."""
    found = [
        (one, target, concepts)
        for one in analysis.coalitions
        for target, concepts in _by_target(analysis, one, state).items()
    ]
    if not found:
        return (Prose(f"None of them would leave state {state}."),)
    return departures_table(analysis.model, state, found, limit)


def departures_table(
    told: StatesExplained,
    state: int,
    found: Sequence[tuple[tuple[str, ...], int, Sequence[str]]],
    limit: int,
) -> tuple[Block, ...]:
    """Where coalitions leave a state to: of each its members, the other state and the concepts."""
    rows = [
        (
            coalition_words(told.dispute, one),
            changes(told, state, target, by_one=len(one) == 1),
            str(target),
            ", ".join(concepts),
        )
        for one, target, concepts in found[:limit]
    ]
    left_out = len(found) - limit
    more = f"; {left_out:,} more left out{hint('--limit shows more')}" if left_out > 0 else ""
    heading = (
        f"Where they would leave state {state} to, by the fewest changes that nothing deters{more}:"
    )
    columns = ("Coalition", "Leaves by", "To state", "Under")
    return Prose(heading), rows_table(columns, rows)


def _by_target(
    analysis: CoalitionAnalysis, coalition: tuple[str, ...], state: int
) -> dict[int, list[str]]:
    """The first state that a coalition leaves to under each concept, with these concepts."""
    found: dict[int, list[str]] = {}
    for name in analysis.concepts:
        target = next(analysis.departures(name, coalition, state), None)
        if target is not None:
            found.setdefault(target, []).append(name)
    return found


def _traps(analysis: CoalitionAnalysis) -> Traps:
    every = package_moves(analysis.model) if analysis.packages else ()
    joint = [one for one in every if one.package in analysis.packages]
    return traps(analysis.model, joint)


def coalitions_document(
    analysis: CoalitionAnalysis, state: int | None = None
) -> CoalitionsDocument:
    """Coalition stability as a JSON document, laid out as ``documents/coalitions.py`` says."""
    from detente import __version__

    number = _state_in_question(analysis, state)
    traps_found = counts_document(
        _traps(analysis), {name: analysis.equilibria(name) for name in analysis.concepts}
    )
    return {
        "schema": COALITIONS_SCHEMA,
        "version": __version__,
        "dispute": analysis.dispute.title,
        "engine": analysis.model.engine,
        "parties": [party.id for party in analysis.dispute.parties],
        "concepts": list(analysis.concepts),
        "coalitions": [list(one) for one in analysis.coalitions],
        "acting_as_one": [list(one) for one in analysis.acting_as_one],
        "packages": list(analysis.packages),
        "every_coalition": analysis.every_coalition,
        "state_count": analysis.model.space.count,
        "status_quo": None if analysis.model.status_quo is None else analysis.model.status_quo + 1,
        "equilibria": {name: analysis.equilibria(name).tolist() for name in analysis.concepts},
        "equilibrium_counts": traps_found["equilibrium_counts"],
        "cannot_be_left": traps_found["cannot_be_left"],
        "strong_equilibria": (
            None if analysis.strong is None else (np.flatnonzero(analysis.strong) + 1).tolist()
        ),
        "stable_count": {
            name: [int(analysis.stable(name, one).sum()) for one in analysis.coalitions]
            for name in analysis.concepts
        },
        "leaving": {
            name: [] if number is None else [list(one) for one in analysis.leaving(name, number)]
            for name in analysis.concepts
        },
        "departures": []
        if number is None
        else [
            {"coalition": list(one), "state": target, "concepts": concepts}
            for one in analysis.coalitions
            for target, concepts in _by_target(analysis, one, number).items()
        ],
        "state": number,
    }
