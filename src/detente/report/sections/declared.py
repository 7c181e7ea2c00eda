"""The sections of analyses that declare one, of whichever package they are."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from detente.report.content import Illustration, Section
from detente.report.material import Material

__all__ = ["declared"]


def declared(material: Material) -> tuple[Section, ...]:
    """A section for each analysis of the registry that has something to say of the dispute."""
    # By name: the report stands below the registry.
    registry = import_module("detente.analyses.registry")
    made = [_section(material, one) for one in registry.all_analyses() if one.in_report]
    return tuple(one for one in made if one is not None)


def _section(material: Material, declaration: Any) -> Section | None:
    shown = declaration.in_report
    asked = shown.asked(material.dispute, material.limit)
    if asked is None:
        return None
    found = declaration.run(material.dispute, asked, None)
    first, *rest = declaration.blocks(found, asked)
    pictures = [
        Illustration(name, declaration.pictures[name](found, asked))
        for name in shown.pictures(found)
    ]
    return Section(
        shown.anchor or declaration.path,
        shown.heading,
        (first, *pictures, *rest),
        method=shown.method,
        commands=(material.command(*declaration.name.split(), "CASE"),),
    )
