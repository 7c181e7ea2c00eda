"""``detente schema``: the published JSON Schemas."""

from __future__ import annotations

from importlib.resources import files

import click

from detente.cli.output import write_utf8

__all__ = ["command"]

_PLACES = {
    "dispute": ("detente.files", "schemas/dispute-1.json"),
    "analysis": ("detente.report", "schemas/analysis-1.json"),
    "answer": ("detente.report", "schemas/answer-1.json"),
    "claims": ("detente.report", "schemas/claims-1.json"),
    "coalitions": ("detente.report", "schemas/coalitions-1.json"),
    "formats": ("detente.report", "schemas/formats-1.json"),
    "paths": ("detente.report", "schemas/paths-1.json"),
    "explanation": ("detente.report", "schemas/explanation-1.json"),
    "roadmap": ("detente.report", "schemas/roadmap-1.json"),
    "roadmap-repair": ("detente.report", "schemas/roadmap-repair-1.json"),
    "roadmap-search": ("detente.report", "schemas/roadmap-search-1.json"),
    "roadmap-simulation": ("detente.report", "schemas/roadmap-simulation-1.json"),
    "robustness": ("detente.report", "schemas/robustness-1.json"),
    "strength": ("detente.report", "schemas/strength-1.json"),
    "uncertain": ("detente.report", "schemas/uncertain-1.json"),
}


@click.command(short_help="Print a published JSON Schema.")
@click.argument("name", metavar="NAME", type=click.Choice(tuple(_PLACES)))
def command(name: str) -> None:
    """Print the JSON Schema of a dispute file, or of a JSON document that detente writes.

    NAME is one of the names listed above.
    """
    package, path = _PLACES[name]
    write_utf8([files(package).joinpath(path).read_text(encoding="utf-8")], None)
