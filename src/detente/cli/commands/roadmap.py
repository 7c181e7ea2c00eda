"""``detente roadmap``: check staged plans, find them, repair them and simulate them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from detente.cli.arguments import case_argument, load_case, output_option
from detente.cli.output import refuse_own_input, show, symbol, write_text

__all__ = ["command"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group(short_help="Check staged plans, find them, repair them and simulate them.")
def command() -> None:
    """Check staged plans, find them, repair them and simulate them.

    A roadmap is a list of stages from the status quo; see docs/concepts/roadmaps.md.
    """


def _shared(function: _Command) -> _Command:
    """The options that all roadmap commands take."""
    for decorate in reversed(
        (
            click.option(
                "--concept",
                "-c",
                default="SEQ",
                show_default=True,
                metavar="NAME",
                help="Under which stages are to hold: Nash, GMR, SMR, SEQ or SSEQ.",
            ),
            click.option(
                "--foresight",
                type=click.Choice(["myopic", "roadmap"]),
                default="roadmap",
                show_default=True,
                help="What parties compare with standing still: each stage, or the roadmap's end.",
            ),
            click.option("--format", "form", type=click.Choice(["table", "json"]), default="table"),
            output_option,
        )
    ):
        function = decorate(function)
    return function


def _picture_option(function: _Command) -> _Command:
    return click.option(
        "--picture",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Draw it to this file, .svg, .png or .pdf.",
    )(function)


def _write_json(content: dict[str, Any], output: Path | None) -> None:
    write_text([json.dumps(content, indent=2, ensure_ascii=False) + "\n"], output)


@command.command("check", short_help="Check a roadmap, stage by stage.")
@case_argument
@click.argument("roadmap", metavar="ROADMAP")
@_shared
@_picture_option
def check_command(
    case: str,
    roadmap: str,
    concept: str,
    foresight: str,
    form: str,
    output: Path | None,
    picture: Path | None,
) -> None:
    """Check a roadmap of CASE, stage by stage: is it possible, willing, holding; who is exposed?

    CASE is the name of a shipped case or the path of a dispute file; ROADMAP is a roadmap's id
    there.
    """
    refuse_own_input(case, output)

    from detente.report.roadmaps import roadmap_document, roadmap_tables
    from detente.report.tables import MARK
    from detente.roadmap.check import check_roadmap

    checked = check_roadmap(load_case(case), roadmap, concept=concept, foresight=foresight)
    if picture is not None:
        from detente.report.plots.picture import write_picture
        from detente.report.plots.roadmap import roadmap_picture

        write_picture(roadmap_picture(checked), picture)
    if form == "json":
        _write_json(roadmap_document(checked), output)
    else:
        show(roadmap_tables(checked, mark=symbol(MARK, "x", output)), output)
