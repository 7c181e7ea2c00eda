"""The sections of a report, each a function of the material that gives a section or None.

None means that the dispute or the reader gave nothing for it. :data:`SECTIONS` is their order; the
sections that analyses declare stand together among them.
"""

from __future__ import annotations

from collections.abc import Callable

from detente.report.content import Section
from detente.report.material import Material
from detente.report.sections.brief import brief
from detente.report.sections.claims import claims
from detente.report.sections.declared import declared
from detente.report.sections.equilibria import equilibria
from detente.report.sections.formats import formats
from detente.report.sections.graph import graph
from detente.report.sections.judgements import judgements
from detente.report.sections.mediation import mediation
from detente.report.sections.parties import parties
from detente.report.sections.reproduction import reproduction
from detente.report.sections.roadmaps import roadmaps
from detente.report.sections.robustness import robustness
from detente.report.sections.sources import source_texts
from detente.report.sections.status_quo import status_quo
from detente.report.sections.summary import summary

__all__ = ["SECTIONS"]

SECTIONS: tuple[Callable[[Material], Section | tuple[Section, ...] | None], ...] = (
    brief,
    summary,
    parties,
    status_quo,
    equilibria,
    graph,
    roadmaps,
    mediation,
    formats,
    declared,
    claims,
    robustness,
    judgements,
    source_texts,
    reproduction,
)
