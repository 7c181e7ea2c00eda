"""JSON Schemas that ship as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

__all__ = ["published_schema"]


def published_schema(name: str, version: int = 1) -> Callable[[], Mapping[str, Any]]:
    """A schema of :mod:`detente.report` by its name, read when it is asked for."""

    def read() -> Mapping[str, Any]:
        path = files("detente.report") / "schemas" / f"{name}-{version}.json"
        schema: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return schema

    return read
