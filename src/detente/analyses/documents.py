"""JSON Schemas of documents, made from the types that the documents have.

A document is a plain mapping whose type is a ``TypedDict``, so that the type checker holds the
code that makes it to the schema that is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["document_schema"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def document_schema(
    document: type, name: str, *, version: int = 1, description: str = ""
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

    Returns
    -------
    mapping
        Keys that the type does not name are refused.
    """
    (schema,), parts = msgspec.json.schema_components([document], ref_template="#/$defs/{name}")
    whole = parts.pop(schema["$ref"].rpartition("/")[2])
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
        "properties": properties,
        **({"$defs": parts} if parts else {}),
    }
