"""The sections of a report, each a function of the material that gives a section or None.

None means that the dispute or the reader gave nothing for it. :data:`SECTIONS` is their order.
"""

from __future__ import annotations

from collections.abc import Callable

from detente.report.page.content import Section
from detente.report.page.material import Material
from detente.report.page.sections.claims import claims
from detente.report.page.sections.equilibria import equilibria
from detente.report.page.sections.formats import formats
from detente.report.page.sections.graph import graph
from detente.report.page.sections.judgements import judgements
from detente.report.page.sections.parties import parties
from detente.report.page.sections.roadmaps import roadmaps
from detente.report.page.sections.robustness import robustness
from detente.report.page.sections.sources import source_texts
from detente.report.page.sections.status_quo import status_quo
from detente.report.page.sections.summary import summary

__all__ = ["SECTIONS"]

SECTIONS: tuple[Callable[[Material], Section | None], ...] = (
    summary,
    parties,
    status_quo,
    equilibria,
    graph,
    roadmaps,
    formats,
    claims,
    robustness,
    judgements,
    source_texts,
)
