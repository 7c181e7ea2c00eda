"""JSON Schemas of documents, made from the types that the documents have.

A document is a plain mapping whose type is a ``TypedDict``, so that the type checker holds the
code that makes it to the schema that is published.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import msgspec

__all__ = ["document_schema", "schema_named"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def document_schema(
    document: type,
    name: str,
    *,
    version: int = 1,
    description: str = "",
    rules: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """The JSON Schema of a document.

    Parameters
    ----------
    document
        The type of the document, a ``TypedDict``; ``Meta(description=...)`` tells what a key is.
    name
        Name of the schema, such as ``inverse``.
    version
        Its version: it rises when a key that was always there goes, or changes its meaning.
    description
        What writes such a document.
    rules
        What the type does not say: further keys of the schema, such as ``if`` and ``then``.

    Returns
    -------
    mapping
        Keys that the type does not name are refused.
    """
    (schema,), parts = msgspec.json.schema_components([document], ref_template="#/$defs/{name}")
    itself = schema["$ref"]
    # A document that has one of its own kind within it refers to the schema as a whole.
    parts = json.loads(json.dumps(parts).replace(json.dumps(itself), '"#"'))
    whole = parts.pop(itself.rpartition("/")[2])
    for part in (whole, *parts.values()):
        if "properties" in part:
            part["additionalProperties"] = False
    properties = {
        **whole["properties"],
        "schema": {"const": f"detente/{name}/{version}"},
    }
    return {
        "$schema": _DRAFT,
        "$id": f"urn:detente:schema:{name}:{version}",
        "title": f"{name[:1].upper()}{name[1:].replace('-', ' ')}, version {version}",
        "description": description
        or f"What `detente {name.replace('-', ' ')} --format json` writes.",
        **{key: value for key, value in whole.items() if key not in ("title", "properties")},
        **(rules or {}),
        "properties": properties,
        **({"$defs": parts} if parts else {}),
    }


def schema_named(name: str) -> Mapping[str, Any]:
    """The JSON Schema of a document of :mod:`detente.report.documents`.

    Parameters
    ----------
    name
        Name of the schema, such as ``roadmap-search``; the module of that name has one type for
        the whole document, and may have ``RULES`` that the type does not say,
        and a ``VERSION`` above 1.

    Returns
    -------
    mapping
    """
    module = import_module(f"detente.report.documents.{name.replace('-', '_')}")
    (whole,) = module.__all__
    document = getattr(module, whole)
    # A type of a single expression has no text of its own.
    told = document.__dict__.get("__doc__") or ""
    return document_schema(
        document,
        name,
        version=getattr(module, "VERSION", 1),
        description=" ".join(told.split()),
        rules=getattr(module, "RULES", None),
    )
