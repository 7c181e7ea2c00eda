"""Shortest legal paths as text and tables, and as a JSON document."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from detente.report.explanations import changes
from detente.report.tables import counted, joined, plain_table
from detente.stability.paths import MovePath, PathAnalysis, PathStep

if TYPE_CHECKING:
    from detente.report.documents.paths import PathsDocument, PathsOutcome, PathsStep

__all__ = ["PATHS_SCHEMA", "mover_name", "paths_document", "paths_tables"]

PATHS_SCHEMA = "detente/paths/1"


def mover_name(analysis: PathAnalysis, step: PathStep) -> str:
    """The name of the party or the package, or the names of the coalition, that make a step."""
    dispute = analysis.dispute
    if step.package:
        return next(one.name for one in dispute.packages if one.id == step.mover)
    numbers = dispute.party_numbers
    return joined([dispute.parties[numbers[one]].name for one in step.mover.split(",")])


def paths_tables(analysis: PathAnalysis) -> list[RenderableType]:
    """Shortest legal paths as text and tables.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    list of rich renderables
    """
    kind = "improvements only" if analysis.improving else "any moves"
    kind += ", packages among them" if analysis.packages else ""
    count = analysis.model.space.count
    parts: list[RenderableType] = [
        Text(f"{analysis.dispute.title}: paths from {analysis.start}", style="bold"),
        Text(
            f"By legal sequences ({kind}; nobody moves twice in a row): {analysis.reached:,} of "
            f"{count:,} states are reached."
        ),
    ]
    if analysis.end is not None:
        parts += [Text(), *_paths(analysis)]
    if analysis.dispute.outcomes:
        parts += [Text(), Text("How near each outcome is:"), Text(), _outcome_table(analysis)]
    return parts


def _paths(analysis: PathAnalysis) -> list[RenderableType]:
    if analysis.length is None:
        return [Text(f"No legal sequence leads to {analysis.end}.")]
    parts: list[RenderableType] = [
        Text(
            f"To {analysis.end}: {counted(analysis.length, 'move')} at least. "
            f"{counted(analysis.path_count, 'shortest path')}."
        )
    ]
    if analysis.length:
        for number, path in enumerate(analysis.paths, start=1):
            parts += [Text(), Text(f"Path {number}"), _path_table(analysis, path)]
    left_out = analysis.path_count - len(analysis.paths)
    if left_out:
        parts += [Text(), Text(f"{left_out:,} more left out (--limit shows more).")]
    return parts


def _path_table(analysis: PathAnalysis, path: MovePath) -> Table:
    table = plain_table()
    table.add_column("Mover", overflow="fold")
    table.add_column("Move", overflow="fold")
    table.add_column("State", justify="right")
    table.add_column("Improves")
    before, numbers = path.start, analysis.dispute.party_numbers
    for step in path.steps:
        table.add_row(
            Text(mover_name(analysis, step)),
            Text(changes(analysis.model, before, step.state, by_one=step.mover in numbers)),
            str(step.state),
            "yes" if step.improving else "no",
        )
        before = step.state
    return table


def _outcome_table(analysis: PathAnalysis) -> Table:
    table = plain_table()
    table.add_column("Outcome", overflow="fold")
    table.add_column("Fewest moves", justify="right")
    table.add_column("States reached", justify="right")
    table.add_column("Of", justify="right")
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    for one in analysis.outcomes():
        fewest = "not reached" if one.moves is None else str(one.moves)
        table.add_row(Text(names[one.outcome]), fewest, f"{one.reached:,}", f"{one.states:,}")
    return table


def paths_document(analysis: PathAnalysis) -> PathsDocument:
    """Paths as a JSON document, laid out as ``documents/paths.py`` says."""
    from detente import __version__

    return {
        "schema": PATHS_SCHEMA,
        "version": __version__,
        "dispute": analysis.dispute.title,
        "from": analysis.start,
        "to": analysis.end,
        "moves": "improvements" if analysis.improving else "any",
        "packages": analysis.packages,
        "state_count": analysis.model.space.count,
        "reached": analysis.reached,
        "length": analysis.length,
        "path_count": analysis.path_count,
        "paths": [
            {"start": path.start, "steps": [cast("PathsStep", asdict(step)) for step in path.steps]}
            for path in analysis.paths
        ],
        "outcomes": [cast("PathsOutcome", asdict(one)) for one in analysis.outcomes()],
    }
