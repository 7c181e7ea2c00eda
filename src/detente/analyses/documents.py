"""JSON Schemas of documents, for declarations: see :mod:`detente.report.document_schema`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from detente.report.document_schema import document_schema, schema_named

__all__ = ["document_schema", "rows_by_kind", "typed_schema"]


def typed_schema(name: str) -> Callable[[], Mapping[str, Any]]:
    """The schema of a document of :mod:`detente.report.documents`, made when it is asked for."""
    return partial(schema_named, name)


def rows_by_kind(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A row for each concept, kind of stability and equilibrium."""
    for concept, kinds in document["equilibria"].items():
        for kind, states in kinds.items():
            for state in states:
                yield {"concept": concept, "kind": kind, "state": state}
