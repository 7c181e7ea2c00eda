"""The sections that analyses declare, of whichever package they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

from detente.report.content import Block, Illustration, Prose, Section
from detente.report.language import in_language, say
from detente.report.material import Material

__all__ = ["declared_sections"]


def declared_sections() -> tuple[tuple[str, Callable[[Material], Section | None]], ...]:
    """For each analysis of the registry that declares a section its name and what makes it."""
    # By name: the report stands below the registry.
    registry = import_module("detente.analyses.registry")
    declaring = [one for one in registry.all_analyses() if one.in_report]
    declaring.sort(key=lambda one: (one.in_report.place, one.name))
    return tuple((one.name, partial(_section, one)) for one in declaring)


def _section(declaration: Any, material: Material) -> Section | None:
    language = material.language if declaration.in_report.translated else "en"
    with in_language(language):
        made = _in_words(declaration, material)
    if made is None or language == material.language:
        return made and replace(made, language=language)
    with in_language(material.language):
        noted = Prose(say("This annex is in English."))
    return replace(made, blocks=(noted, *made.blocks))


def _in_words(declaration: Any, material: Material) -> Section | None:
    shown = declaration.in_report
    asked = tuple(shown.asked(material))
    if not asked:
        return None
    results = [_answer(declaration, material, parameters) for parameters in asked]
    method = shown.method(asked[0]) if callable(shown.method) else shown.method
    return Section(
        shown.anchor or declaration.path,
        say(shown.heading),
        tuple(
            shown.blocks(material, results)
            if shown.blocks
            else _own_blocks(declaration, asked, results)
        ),
        method=method and say(method),
        commands=tuple(
            material.command(*declaration.name.split(), "CASE", *shown.words(parameters))
            for parameters in asked
        ),
    )


def _answer(declaration: Any, material: Material, parameters: Any) -> Any:
    """The whole result: who interrupts it wants no report."""
    shown = declaration.in_report
    if shown.answer:
        found = shown.answer(material, parameters)
    else:
        found = declaration.run(material.dispute, parameters, None)
    if declaration.is_partial(found):
        raise KeyboardInterrupt
    return found


def _own_blocks(declaration: Any, asked: tuple[Any, ...], results: list[Any]) -> list[Block]:
    """The blocks of the results, each with its pictures after the first block."""
    blocks: list[Block] = []
    for number, (parameters, found) in enumerate(zip(asked, results, strict=True), start=1):
        first, *rest = declaration.blocks(found, parameters)
        blocks.append(first)
        for name in declaration.in_report.pictures(found):
            place = name if number == 1 else f"{name}-{number}"
            blocks.append(Illustration(place, declaration.pictures[name](found, parameters)))
        blocks += rest
    return blocks
