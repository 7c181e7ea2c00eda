"""The document of `strength`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from detente.report.documents.parts import MarkedStatement, OfMarkedPreferences

__all__ = ["StrengthDocument"]


class StrengthDocument(OfMarkedPreferences):
    """What `detente strength CASE --format json` writes. Kinds are general, strong and weak."""

    schema: str
    strong: Annotated[
        list[MarkedStatement], Meta(description="The statements so marked, counted from 1.")
    ]
    strong_steps: Annotated[
        dict[str, list[Annotated[int, Meta(ge=1)]]],
        Meta(
            description="By the id of a party with an explicit order: the places in it, "
            "from 1, after which a strong step leads down."
        ),
    ]
