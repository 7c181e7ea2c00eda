"""Analyses of the registry as tasks, from a dispute's text to plain values."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import msgspec

from detente.analyses import running
from detente.analyses.declaration import Declaration, Progress
from detente.analyses.parameters import AnalysisParameters, parameters_from, parameters_of
from detente.analyses.registry import analysis_named
from detente.dispute.dispute import Dispute
from detente.dispute.errors import DetenteError, DisputeError
from detente.report.content import Block, Bullets, Illustration, Outline, Prose, Subheading, Table
from detente.space.threads import undisturbed

__all__ = [
    "analysis_document",
    "analysis_shown",
    "analysis_told",
    "command_line",
    "picture_of_answer",
    "tables_of_answer",
]

Check = Callable[[str, tuple[str, ...]], Dispute]
"""Reads a dispute that is small enough for the concepts named."""


def analysis_document(
    check: Check, text: str, name: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The document of an analysis, as ``detente schema NAME`` describes it."""
    declaration, chosen, ran = _ran(check, text, name, parameters)
    return {"document": dict(declaration.document(ran.result, chosen))}


def analysis_told(
    check: Check, text: str, name: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """An analysis in words, as Markdown, and its document."""
    from detente.report.render.markdown import markdown_blocks

    declaration, chosen, ran = _ran(check, text, name, parameters)
    return {
        "words": markdown_blocks(ran.blocks(declaration.blocks(ran.result, chosen))),
        "document": dict(declaration.document(ran.result, chosen)),
    }


def analysis_shown(
    check: Check,
    text: str,
    name: str,
    parameters: Mapping[str, Any],
    *,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """What a page shows of an analysis: its blocks and pictures, and whether it is partial.

    With its document, so that whoever takes that away does not wait once more.
    """
    from detente.report.blocks_document import blocks_document

    declaration, chosen, ran = _ran(check, text, name, parameters, progress)
    # What was found is shown, whoever wants to end the work now.
    with undisturbed():
        said = list(ran.blocks(declaration.blocks(ran.result, chosen)))
        place = _end_of_sentences(said)
        pictures = _pictures(declaration, ran.result, chosen)
        return {
            "blocks": blocks_document([*said[:place], *pictures, *said[place:]]),
            "partial": ran.partial,
            "left_out": ran.left_out,
            "document": dict(declaration.document(ran.result, chosen)),
        }


def _end_of_sentences(said: Sequence[Block]) -> int:
    """Where an answer's first sentences end, and pictures stand, before lists and tables."""
    place = next(
        (place for place, one in enumerate(said) if not isinstance(one, Prose | Subheading)),
        len(said),
    )
    # What leads to a list or a table stays with it.
    while place > 1 and _leads_on(said[place - 1]):
        place -= 1
    return place


def _leads_on(block: Block) -> bool:
    return isinstance(block, Subheading) or (
        isinstance(block, Prose) and block.text.rstrip().endswith(":")
    )


def _pictures(declaration: Declaration, result: Any, chosen: Any) -> Iterator[Illustration]:
    """The pictures that there are: an answer without one is an answer all the same."""
    for key, draw in (declaration.pictures or {}).items():
        # Where somebody asks for a picture by name, it matters why there is none.
        with suppress(DetenteError):
            picture = draw(result, chosen)
            if picture is not None:
                yield Illustration(key, picture)


def _ran(
    check: Check,
    text: str,
    name: str,
    parameters: Mapping[str, Any],
    progress: Progress | None = None,
) -> tuple[Declaration, AnalysisParameters, running.Ran]:
    declaration = analysis_named(name)
    for one in parameters_of(declaration.parameters):
        if one.name in parameters and not one.asked.served:
            raise DisputeError(f"the parameter {one.name!r} is for the command line only")
    chosen = parameters_from(declaration.parameters, parameters)
    asked = msgspec.structs.asdict(chosen)
    concepts = (*asked.get("concepts", ()), *filter(None, [asked.get("concept")]))
    return declaration, chosen, running.run(declaration, check(text, concepts), chosen, progress)


def tables_of_answer(blocks: Sequence[Mapping[str, Any]], form: str) -> bytes:
    """The tables of an answer that a page shows, as a file for a spreadsheet.

    Parameters
    ----------
    blocks
        As :func:`analysis_shown` gives them.
    form
        One of :data:`detente.report.render.spreadsheet.TABLE_FILES`.

    Raises
    ------
    DisputeError
        If the answer has no table.
    """
    from detente.report.render.spreadsheet import tables_file

    kinds: dict[str, type[Block]] = {
        kind.__name__.lower(): kind for kind in (Prose, Subheading, Bullets, Outline, Table)
    }
    return tables_file(
        (
            msgspec.convert({k: v for k, v in one.items() if k != "kind"}, kinds[one["kind"]])
            for one in blocks
            if one["kind"] in kinds
        ),
        form,
    )


def picture_of_answer(
    check: Check, text: str, name: str, parameters: Mapping[str, Any], key: str, form: str
) -> bytes:
    """A picture of an analysis as a file."""
    from detente.report.plots.picture import picture_bytes

    declaration, chosen, ran = _ran(check, text, name, parameters)
    draw = (declaration.pictures or {}).get(key)
    picture = draw(ran.result, chosen) if draw is not None else None
    if picture is None:
        raise DisputeError(f"with these parameters there is no picture {key!r}")
    return picture_bytes(picture, form)


def command_line(declaration: Declaration, file: str, given: Mapping[str, Any]) -> str:
    """The command that gives the same as a page.

    Parameters
    ----------
    declaration
        The analysis.
    file
        The dispute file.
    given
        Values by parameter; those left out have their defaults.

    Returns
    -------
    str
    """
    words = ["detente", *declaration.name.split(), file]
    options: list[str] = []
    for one in parameters_of(declaration.parameters):
        value = given.get(one.name, one.default)
        if value in (one.default, None, ()):
            continue
        if one.asked.argument:
            words.append(str(value))
        elif one.type is bool:
            options.append(one.option)
        elif one.listed and one.asked.repeated:
            options += chain.from_iterable((one.option, str(item)) for item in value)
        elif one.listed:
            options += [one.option, ",".join(map(str, value))]
        else:
            options += [one.option, str(value)]
    return shlex.join([*words, *options])
