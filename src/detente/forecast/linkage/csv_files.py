"""Tables of positions in the CSV files of KTAB and of decide-exchange-model.

KTAB: a line with the title and numbers, a line of headings, and for each actor its name, a
description, its power, and for each issue position and salience (0 to 100). decide: lines that
begin with ``#A`` (an actor), ``#P`` (an issue), ``#M`` (a place on an issue's scale) and ``#D``
(actor, issue, position, salience, power), between tabs, in single quotation marks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Place
from detente.dispute.errors import DisputeError, nearest, shown
from detente.dispute.formula import RESERVED_WORDS
from detente.files.yaml_text import read_text
from detente.forecast.linkage.table import Positions

__all__ = [
    "CSV_FORMS",
    "CsvForm",
    "positions_csv",
    "positions_document",
    "positions_from",
    "read_positions",
]

Floats = NDArray[np.float64]
CsvForm: TypeAlias = Literal["ktab", "decide"]
CSV_FORMS: tuple[CsvForm, ...] = ("ktab", "decide")

_SCALE = ("0", "100")
# Columns before those of the issues in a file of KTAB: actor, description, power.
_BEFORE_ISSUES = 3
_DECIDE_MARKS = {"#A": 2, "#P": 2, "#M": 3, "#D": 6}


def read_positions(path: Path) -> tuple[Positions, tuple[str, ...]]:
    """Read a table of positions from a file; see :func:`positions_from`."""
    return positions_from(read_text(path), path)


def positions_from(content: bytes, path: Path) -> tuple[Positions, tuple[str, ...]]:
    """Read a table of positions, in either form.

    Parameters
    ----------
    content
        The file's bytes; the first character that is no quotation mark tells the form.
    path
        Its path, for error messages.

    Returns
    -------
    Positions
        Saliences from 0 to 1: where one in the file is greater than 1, all are taken as per cent.
    tuple of str
        What was changed in reading, in words.

    Raises
    ------
    DisputeError
        If something is wrong in it.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DisputeError(
            f"this is not UTF-8 text: byte {error.start + 1} cannot be read", path=path
        ) from None
    text = text.removeprefix("\ufeff")
    reading = _Reading(path)
    if text.lstrip().lstrip("'\"").startswith("#"):
        return reading.decide(text)
    return reading.ktab(text)


def positions_document(table: Positions) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a dispute file with a table's actors and issues holds.

    Returns
    -------
    dict
        The document: parties without options, and issues.
    tuple of str
        What was changed, in words.
    """
    notes = []
    parties, issues = _ids(table.actors), _ids(table.issues)
    for name, chosen in (*zip(table.actors, parties, strict=True),):
        if name != chosen:
            notes.append(f"the actor {name!r} has the id {chosen}")
    for name, chosen in (*zip(table.issues, issues, strict=True),):
        if name != chosen:
            notes.append(f"the issue {name!r} has the id {chosen}")
    most = float(table.capability.max())
    factor = 100 / most if most > 100 else 1.0
    if factor != 1:
        notes.append(f"capabilities are told as shares of the greatest, {most:g}, from 0 to 100")
    document: dict[str, Any] = {
        "dispute": table.title or "Positions",
        "parties": {
            one: {"name": name} for one, name in zip(parties, table.actor_names, strict=True)
        },
        "issues": {
            one: {
                "name": table.issue_names[row],
                "scale": dict(zip(("low", "high"), table.scales[row], strict=True)),
                "positions": {
                    parties[column]: {
                        "position": float(table.position[row, column]),
                        "salience": float(table.salience[row, column]),
                        "capability": float(factor * table.capability[row, column]),
                    }
                    for column in table.takes_part(row).tolist()
                },
            }
            for row, one in enumerate(issues)
        },
    }
    return document, tuple(notes)


def _ids(names: Sequence[str]) -> list[str]:
    """Names as ids: letters, digits and '_', beginning with a letter, each once."""
    chosen: list[str] = []
    for name in names:
        bare = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "x"
        if not bare[0].isalpha() or bare in RESERVED_WORDS:
            bare = f"x_{bare}"
        bare = bare[:90]
        one, number = bare, 2
        while one in chosen:
            one, number = f"{bare}_{number}", number + 1
        chosen.append(one)
    return chosen


class _Reading:
    """One reading of a file; errors tell the line and the field."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []

    def fail(self, message: str, line: int, column: int = 1, **fields: str | None) -> NoReturn:
        raise DisputeError(message, path=self.path, place=Place(line, column), **fields)  # type: ignore[arg-type]

    def number(
        self, text: str, what: str, line: int, column: int, greatest: float = float("inf")
    ) -> float:
        try:
            value = float(text)
        except ValueError:
            self.fail(f"{what} is a number, found {shown(text)}", line, column, found=text)
        if not isfinite(value) or not 0 <= value <= greatest:
            bound = f" from 0 to {greatest:g}" if isfinite(greatest) else " of 0 or more"
            self.fail(f"{what} is a number{bound}, found {shown(text)}", line, column, found=text)
        return value

    # KTAB --------------------------------------------------------------------------------------

    def ktab(self, content: str) -> tuple[Positions, tuple[str, ...]]:
        rows = [
            (number, [cell.strip() for cell in row])
            for number, row in enumerate(csv.reader(io.StringIO(content)), start=1)
            if any(cell.strip() for cell in row)
        ]
        if len(rows) < _BEFORE_ISSUES:
            self.fail(
                "a file of KTAB has a line with the title, a line of headings and a line for each "
                "actor",
                1,
            )
        title, headings = rows[0][1][0], _without_empty_end(rows[1][1])
        names = headings[_BEFORE_ISSUES:]
        if not names or len(names) % 2:
            self.fail(
                "after actor, description and power come a position and a salience for each "
                f"issue; found {len(names)} headings",
                rows[1][0],
                found=str(len(names)),
            )
        issues = [_issue_heading(name) for name in names[::2]]
        actors = []
        shape = (len(issues), len(rows) - 2)
        position, salience, power = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for column, (line, row) in enumerate(rows[2:]):
            cells = _without_empty_end(row)
            if len(cells) != len(headings):
                self.fail(
                    f"the headings are {len(headings)}, and this line has {len(cells)} entries",
                    line,
                    found=str(len(cells)),
                )
            if cells[0] in actors:
                self.fail(f"two actors are called {shown(cells[0])}", line, found=cells[0])
            actors.append(cells[0])
            power[:, column] = self.number(cells[2], "the power", line, 3)
            for issue in range(len(issues)):
                at = _BEFORE_ISSUES + 2 * issue
                position[issue, column] = self.number(
                    cells[at], "a position", line, at + 1, greatest=100
                )
                salience[issue, column] = self.number(cells[at + 1], "a salience", line, at + 2)
        return self.table(title, actors, issues, position, salience, power)

    # decide ------------------------------------------------------------------------------------

    def decide(self, content: str) -> tuple[Positions, tuple[str, ...]]:
        actors: dict[str, str] = {}
        issues: dict[str, str] = {}
        scales: dict[str, list[float]] = {}
        stands: dict[tuple[str, str], tuple[float, float, float]] = {}
        lines: dict[tuple[str, str], int] = {}
        for line, row in self.decide_rows(content):
            match row[0]:
                case "#A":
                    actors[row[1]] = row[2] if len(row) > 2 and row[2] else row[1]
                case "#P":
                    issues[row[1]] = row[2] if len(row) > 2 and row[2] else row[1]
                case "#M":
                    self.known("issue", row[1], issues, line, 2)
                    place = self.signed(row[2], line, 3)
                    scales.setdefault(row[1], []).append(place)
                case _:
                    self.known("actor", row[1], actors, line, 2)
                    self.known("issue", row[2], issues, line, 3)
                    key = row[2], row[1]
                    if key in stands:
                        self.fail(f"{row[1]} stands on {row[2]} a second time", line)
                    stands[key] = (
                        self.signed(row[3], line, 4),
                        self.number(row[4], "a salience", line, 5),
                        self.number(row[5], "the power", line, 6),
                    )
                    lines[key] = line
        if not stands:
            self.fail("no line begins with #D, so that nobody stands anywhere", 1)
        shape = (len(issues), len(actors))
        position, salience, power = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)
        for row_number, issue in enumerate(issues):
            places = scales.get(issue, [])
            least, most = (min(places), max(places)) if len(places) > 1 else (0.0, 100.0)
            if most <= least:
                least, most = 0.0, 100.0
            if (least, most) != (0.0, 100.0):
                self.notes.append(
                    f"positions on {issue}, from {least:g} to {most:g}, are told from 0 to 100"
                )
            for column, actor in enumerate(actors):
                if (issue, actor) not in stands:
                    continue
                at, cares, strong = stands[issue, actor]
                if not least <= at <= most:
                    self.fail(
                        f"the position {at:g} is not on the scale of {issue}, "
                        f"{least:g} to {most:g}",
                        lines[issue, actor],
                        4,
                        found=f"{at:g}",
                    )
                position[row_number, column] = 100 * (at - least) / (most - least)
                salience[row_number, column], power[row_number, column] = cares, strong
        return self.table(
            self.path.stem,
            list(actors),
            list(issues),
            position,
            salience,
            power,
            names=(list(actors.values()), list(issues.values())),
        )

    def decide_rows(self, content: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(content), delimiter="\t", quotechar="'")
        for line, row in enumerate(reader, start=1):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if cells[0] not in _DECIDE_MARKS:
                self.fail(
                    f"a line begins with #A, #P, #M or #D, not with {shown(cells[0])}",
                    line,
                    found=cells[0],
                    nearest=nearest(cells[0], tuple(_DECIDE_MARKS)),
                )
            needed = _DECIDE_MARKS[cells[0]]
            if len(cells) < needed:
                self.fail(
                    f"a line of {cells[0]} has at least {needed} entries between tabs; found "
                    f"{len(cells)}",
                    line,
                    found=str(len(cells)),
                )
            yield line, cells

    def signed(self, text: str, line: int, column: int) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            self.fail(f"a place is a number, found {shown(text)}", line, column, found=text)
        return value

    def known(self, what: str, name: str, names: dict[str, str], line: int, column: int) -> None:
        if name not in names:
            self.fail(
                f"no {what} is called {shown(name)} above this line",
                line,
                column,
                found=name,
                nearest=nearest(name, tuple(names)),
            )

    # Both --------------------------------------------------------------------------------------

    def table(
        self,
        title: str,
        actors: Sequence[str],
        issues: Sequence[str],
        position: Floats,
        salience: Floats,
        power: Floats,
        *,
        names: tuple[Sequence[str], Sequence[str]] | None = None,
    ) -> tuple[Positions, tuple[str, ...]]:
        if (salience > 1).any():
            self.notes.append("saliences are taken as per cent, as one is greater than 1")
            if (salience > 100).any():
                self.fail("a salience is a number from 0 to 100 at most", 1)
            salience = salience / 100
        for row, issue in enumerate(issues):
            if not (salience[row] * power[row]).any():
                self.fail(f"nobody has any weight on the issue {issue}", 1)
        actor_names, issue_names = names or (actors, issues)
        return (
            Positions(
                title,
                tuple(actors),
                tuple(actor_names),
                tuple(issues),
                tuple(issue_names),
                position,
                salience,
                power,
                (_SCALE,) * len(issues),
            ),
            tuple(self.notes),
        )


def positions_csv(table: Positions, form: CsvForm) -> tuple[str, tuple[str, ...]]:
    """Write a table as text.

    Parameters
    ----------
    table
        The table.
    form
        ``ktab`` or ``decide``.

    Returns
    -------
    str
        The file's text.
    tuple of str
        What the form cannot hold, and what stands there instead.
    """
    return _as_ktab(table) if form == "ktab" else _as_decide(table)


def _as_decide(table: Positions) -> tuple[str, tuple[str, ...]]:
    stream = io.StringIO()
    writer = csv.writer(
        stream, delimiter="\t", quotechar="'", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n"
    )
    for actor, name in zip(table.actors, table.actor_names, strict=True):
        writer.writerow(["#A", actor, name, ""])
    for issue, name in zip(table.issues, table.issue_names, strict=True):
        writer.writerow(["#P", issue, name, ""])
        writer.writerow(["#M", issue, 0])
        writer.writerow(["#M", issue, 100])
    for row, issue in enumerate(table.issues):
        for column in table.takes_part(row).tolist():
            numbers = [
                float(array[row, column])
                for array in (table.position, table.salience, table.capability)
            ]
            writer.writerow(["#D", table.actors[column], issue, *numbers])
    notes: tuple[str, ...] = ()
    if any(scale != _SCALE for scale in table.scales):
        notes = ("what the ends of the scales mean is not in the file",)
    return stream.getvalue(), notes


def _as_ktab(table: Positions) -> tuple[str, tuple[str, ...]]:
    notes = []
    capability, salience = table.capability.copy(), table.salience.copy()
    position = table.position.copy()
    for column, actor in enumerate(table.actors):
        strongest = capability[:, column].max()
        there = ~np.isnan(position[:, column])
        if len({*capability[there, column].tolist()}) > 1:
            notes.append(
                f"{actor} has one power, {strongest:g}, where it had another on each issue; its "
                "saliences are lowered so that its weights stay"
            )
            salience[:, column] *= capability[:, column] / strongest
        if not there.all():
            notes.append(f"{actor} stands at 50 with salience 0 where it takes no part")
        capability[:, column] = strongest
    position[np.isnan(position)] = 50.0
    if any(scale != _SCALE for scale in table.scales):
        notes.append("what the ends of the scales mean is not in the file")
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([table.title, "", len(table.actors), len(table.issues)])
    headings = [f"{issue} {what}" for issue in table.issues for what in ("position", "salience")]
    writer.writerow(["Actor", "Description", "Power", *headings])
    for column, (actor, name) in enumerate(zip(table.actors, table.actor_names, strict=True)):
        numbers = [
            f"{value:.10g}"
            for row in range(len(table.issues))
            for value in (position[row, column], 100 * salience[row, column])
        ]
        power = f"{capability[0, column]:.10g}"
        writer.writerow([actor, name, power, *numbers])
    return stream.getvalue(), tuple(notes)


def _without_empty_end(cells: list[str]) -> list[str]:
    """The cells of a line that may end with a comma."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _issue_heading(name: str) -> str:
    """The issue's name in the heading of its positions."""
    found = re.sub(r"[\s_]*(position|pstn|pos)[\s_]*", " ", name, flags=re.IGNORECASE).strip()
    return found or name
