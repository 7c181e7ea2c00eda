"""The sections of a report, each made by a function of the material that gives it or None.

None means that the dispute or the reader gave nothing for it. The brief comes first, then what the
analysis of stability gives, then the sections that analyses declare in their declarations, and
last what all of it rests on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from detente.report.content import Section
from detente.report.language import in_language
from detente.report.material import Material
from detente.report.sections.brief import brief
from detente.report.sections.declared import declared_sections
from detente.report.sections.equilibria import equilibria
from detente.report.sections.graph import graph
from detente.report.sections.judgements import judgements
from detente.report.sections.parties import parties
from detente.report.sections.reproduction import reproduction
from detente.report.sections.robustness import robustness
from detente.report.sections.sources import source_texts
from detente.report.sections.status_quo import status_quo
from detente.report.sections.summary import summary

__all__ = ["sections_in_order"]

_Maker: TypeAlias = Callable[[Material], Section | None]

_BEFORE: Final[tuple[_Maker, ...]] = (brief, summary, parties, status_quo, equilibria, graph)
_AFTER: Final[tuple[_Maker, ...]] = (robustness, judgements, source_texts, reproduction)


def sections_in_order() -> tuple[tuple[str, _Maker], ...]:
    """What makes each section, with its name in words, in the order of the report."""
    return (*map(_named, _BEFORE), *declared_sections(), *map(_named, _AFTER))


def _named(maker: _Maker) -> tuple[str, _Maker]:
    def in_its_language(material: Material) -> Section | None:
        with in_language(material.language):
            made = maker(material)
        return made and replace(made, language=material.language)

    return maker.__name__.replace("_", " "), in_its_language
