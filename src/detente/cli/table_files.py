"""Answers of commands as files for a spreadsheet."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detente.cli.output import to_standard_output, write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.report.content import Block

__all__ = ["TABLE_FORMS", "format_option", "write_tables"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

TABLE_FORMS = ("csv", "excel-csv", "xlsx")
_ENDINGS = {".csv": "csv", ".xlsx": "xlsx"}


def format_option(*forms: str) -> Callable[[_Command], _Command]:
    """The option ``--format`` of a command whose answer has tables, passed as ``form``.

    Where it is left out, the end of the output file's name says it.

    Parameters
    ----------
    *forms
        Forms for people and programs, the usual one first.
    """

    def chosen(context: click.Context, option: click.Parameter, value: str | None) -> str:
        del option
        output = context.params.get("output")
        if value is None and isinstance(output, Path):
            value = _ENDINGS.get(output.suffix.lower())
        return value or forms[0]

    return click.option(
        "--format",
        "form",
        type=click.Choice([*forms, *TABLE_FORMS]),
        callback=chosen,
        help="xlsx, csv and excel-csv (with semicolons and a byte order mark) are for "
        "spreadsheets. By default the ending of the output file's name decides (.xlsx, .csv); "
        "otherwise it is "
        f"{forms[0]}.",
    )


def write_tables(blocks: Iterable[Block], form: str, output: Path | None) -> None:
    """Write the tables of an answer as a file for a spreadsheet, whole or not at all.

    Raises
    ------
    DisputeError
        If the answer has no table.
    """
    from detente.report.render.spreadsheet import tables_file

    if form == "xlsx" and to_standard_output(output) and sys.stdout.isatty():
        raise click.UsageError("--format xlsx is no text: name a file, --output FILE.xlsx")
    content = tables_file(blocks, form)
    write_bytes(lambda stream: stream.writelines([content]), output)
