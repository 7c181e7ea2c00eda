"""Shortest legal paths in words and tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from detente.dispute.formula import FormulaError
from detente.report.content import Block, Prose, Subheading, Table, rows_table
from detente.report.explanations import changes
from detente.report.face import hint
from detente.report.formula_words import formula_by_names
from detente.report.what_ran_out import WHAT_RAN_OUT
from detente.report.words import counted, joined
from detente.space.named_states import STATUS_QUO
from detente.stability.found_paths import MovePath, PathAnalysis, PathStep

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.documents.paths import PathsDocument, PathsOutcome, PathsStep

__all__ = ["PATHS_SCHEMA", "mover_name", "paths_blocks", "paths_document", "place_words"]

PATHS_SCHEMA = "detente/paths/2"


def mover_name(analysis: PathAnalysis, step: PathStep) -> str:
    """The name of the party or the package, or the names of the coalition, that make a step."""
    dispute = analysis.dispute
    if step.package:
        return next(one.name for one in dispute.packages if one.id == step.mover)
    numbers = dispute.party_numbers
    return joined([dispute.parties[numbers[one]].name for one in step.mover.split(",")])


def paths_blocks(analysis: PathAnalysis) -> tuple[Block, ...]:
    """Shortest legal paths in words and tables.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    tuple of Block
    """
    kind = "improvements only" if analysis.improving else "any moves"
    kind += ", packages among them" if analysis.packages else ""
    count = analysis.state_count
    blocks: list[Block] = [
        Subheading(
            f"{analysis.dispute.title}: paths from {place_words(analysis.dispute, analysis.start)}"
        ),
        *([] if analysis.every_move else [Prose(_ended_early(analysis))]),
        *(_paths(analysis) if analysis.end is not None else []),
        Prose(
            f"Legal sequences ({kind}; nobody moves twice in a row) reach {analysis.reached:,} of "
            f"{count:,} states."
        ),
    ]
    if analysis.dispute.outcomes:
        blocks += [Prose("How near each outcome is:"), _outcome_table(analysis)]
    return tuple(blocks)


def place_words(dispute: Dispute, asked: str) -> str:
    """Where paths start or end, with names instead of ids.

    Parameters
    ----------
    dispute
        The dispute.
    asked
        ``status_quo``, a state's number or name, an outcome's id or a formula.

    Returns
    -------
    str
        Such as ``the status quo``, ``state 5`` or ``“Settlement”``.
    """
    if asked == STATUS_QUO:
        return "the status quo"
    if asked.isdigit():
        return f"state {asked}"
    try:
        return formula_by_names(asked, dispute)
    except FormulaError:  # what differs from a named state is no formula
        return asked


def _end(analysis: PathAnalysis) -> str:
    return place_words(analysis.dispute, str(analysis.end))


def _paths(analysis: PathAnalysis) -> Iterator[Block]:
    if analysis.length is None:
        if analysis.every_move:
            yield Prose(f"No legal sequence leads to {_end(analysis)}.")
        else:
            yield Prose(f"No legal sequence of so few moves leads to {_end(analysis)}.")
        return
    yield Prose(
        f"The way to {_end(analysis)} takes at least {counted(analysis.length, 'move')}. "
        + (
            f"The shortest paths were not counted: {WHAT_RAN_OUT[analysis.why]}."
            if analysis.path_count is None and analysis.why is not None
            else "The shortest paths were not counted: they pass through too many states."
            if analysis.path_count is None
            else f"There {'is' if analysis.path_count == 1 else 'are'} "
            f"{counted(analysis.path_count, 'shortest path')}."
        )
    )
    if analysis.length:
        for number, path in enumerate(analysis.paths, start=1):
            yield Subheading(f"Path {number}")
            yield _path_table(analysis, path)
    left_out = 0 if analysis.path_count is None else analysis.path_count - len(analysis.paths)
    if left_out:
        yield Prose(f"{left_out:,} more are left out{hint('--limit shows more')}.")


def _path_table(analysis: PathAnalysis, path: MovePath) -> Table:
    before, numbers = path.start, analysis.dispute.party_numbers
    rows = []
    for step in path.steps:
        rows.append(
            (
                mover_name(analysis, step),
                changes(analysis.model, before, step.state, by_one=step.mover in numbers),
                str(step.state),
                "yes" if step.improving else "no",
            )
        )
        before = step.state
    return rows_table(("Mover", "Move", "State", "Improves"), rows)


def _outcome_table(analysis: PathAnalysis) -> Table:
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    not_there = "not reached" if analysis.every_move else "not found"
    rows = [
        (
            names[one.outcome],
            not_there if one.moves is None else str(one.moves),
            f"{one.reached:,}",
            f"{one.states:,}",
        )
        for one in analysis.outcomes()
    ]
    return rows_table(("Outcome", "Fewest moves", "States reached", "Of"), rows, numeric=True)


def _ended_early(analysis: PathAnalysis) -> str:
    """What is not known, where not all moves were followed."""
    why = WHAT_RAN_OUT[analysis.why or "time"]
    if not analysis.searched:
        return f"No move was followed: {why}."
    return (
        f"Sequences of more than {counted(analysis.searched, 'move')} were not looked at: {why}. "
        "What takes more moves is not known, nor whether it is reached."
    )


def paths_document(analysis: PathAnalysis) -> PathsDocument:
    """Paths as a JSON document, laid out as ``documents/paths.py`` says."""
    from detente import __version__

    document: PathsDocument = {
        "schema": PATHS_SCHEMA,
        "version": __version__,
        "dispute": analysis.dispute.title,
        "engine": analysis.model.engine,
        "from": analysis.start,
        "to": analysis.end,
        "moves": "improvements" if analysis.improving else "any",
        "packages": analysis.packages,
        "state_count": analysis.state_count,
        "reached": analysis.reached,
        "length": analysis.length,
        "path_count": analysis.path_count,
        "paths": [
            {"start": path.start, "steps": [cast("PathsStep", asdict(step)) for step in path.steps]}
            for path in analysis.paths
        ],
        "outcomes": [cast("PathsOutcome", asdict(one)) for one in analysis.outcomes()],
    }
    if analysis.why is not None:
        document["ended_early"] = {"why": analysis.why, "moves": analysis.searched}
    return document
