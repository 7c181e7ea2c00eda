"""The document of `uncertain`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from detente.report.documents.parts import MarkedStatement, OfMarkedPreferences

__all__ = ["UncertainDocument"]


class UncertainDocument(OfMarkedPreferences):
    """What `detente uncertain CASE --format json` writes. Kinds are the extensions a to d."""

    schema: str
    unknown: Annotated[
        list[MarkedStatement], Meta(description="The statements so marked, counted from 1.")
    ]
