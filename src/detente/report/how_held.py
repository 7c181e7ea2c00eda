"""How states were held, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.report.content import Prose

if TYPE_CHECKING:
    from detente.space.representation import Engine

__all__ = ["engine_named", "engine_sentence"]

_WORDS: dict[Engine, str] = {
    "cube": "the cube of all combinations",
    "list": "a list of the feasible states",
    "symbolic": "symbolic sets",
}


def engine_sentence(engine: Engine) -> str:
    """The engine, as a sentence."""
    return f"Engine: {_WORDS[engine]}."


def engine_named(engine: Engine) -> tuple[Prose, ...]:
    """The engine, where it is not the usual one."""
    return () if engine == "cube" else (Prose(engine_sentence(engine)),)
