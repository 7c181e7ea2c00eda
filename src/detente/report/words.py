"""Numbers with their nouns, and lists in sentences."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["counted", "joined"]


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: ``1 state``, ``2,304 states``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def joined(parts: Sequence[str], conjunction: str = "and") -> str:
    """Words as a list in a sentence: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {conjunction} {parts[-1]}"
