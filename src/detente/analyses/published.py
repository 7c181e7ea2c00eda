"""JSON Schemas that ship as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from detente.stability.concept_registry import concept_pattern, concepts_serving, foresights

__all__ = ["published_schema"]

# In a file, this key stands where names of concepts belong: they come from their registry.
_CONCEPTS = "detente:concepts"


def published_schema(name: str, version: int = 1) -> Callable[[], Mapping[str, Any]]:
    """A schema of :mod:`detente.report` by its name, read when it is asked for."""

    def read() -> Mapping[str, Any]:
        path = files("detente.report") / "schemas" / f"{name}-{version}.json"
        schema: Mapping[str, Any] = json.loads(
            path.read_text(encoding="utf-8"), object_hook=_with_concepts
        )
        return schema

    return read


def _with_concepts(part: dict[str, Any]) -> dict[str, Any]:
    """A part of a schema, with the names of concepts where they belong."""
    wanted = part.pop(_CONCEPTS, None)
    if wanted == "any":
        part["pattern"] = concept_pattern()
    elif wanted == "foresights":
        part["enum"] = list(foresights())
    elif wanted is not None:
        part["enum"] = list(concepts_serving(wanted))
    return part
