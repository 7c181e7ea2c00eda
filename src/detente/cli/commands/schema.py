"""``detente schema``: the published JSON Schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from detente.cli.output import write_json

__all__ = ["command"]


@click.command(short_help="Print a published JSON Schema.")
@click.argument("name", metavar="NAME", required=False)
def command(name: str | None) -> None:
    """Print the JSON Schema of a dispute file, or of the JSON document of an analysis.

    NAME is `dispute`, the name of an analysis, such as roadmap-find, or that of its document, such
    as roadmap-search. Without it, the names are listed.
    """
    from detente.analyses.documents import typed_schema
    from detente.analyses.registry import published_schemas
    from detente.dispute.names import unknown_name
    from detente.files.schema_check import schema as dispute_schema

    schemas: dict[str, Callable[[], Mapping[str, Any]]] = {
        "dispute": dispute_schema,
        **published_schemas(),
        # Two versions of a dispute, and reports, are read before there is a dispute to analyse.
        "diff": typed_schema("diff"),
        "reading": typed_schema("reading"),
    }
    if name is None:
        click.echo("\n".join(sorted(schemas)))
        return
    if name not in schemas:
        raise unknown_name("schema", name, list(schemas))
    write_json(schemas[name](), None)
