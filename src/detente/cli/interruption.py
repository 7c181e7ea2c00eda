"""Ctrl-C, wherever it strikes."""

from __future__ import annotations

__all__ = ["was_interrupted"]


def was_interrupted(error: BaseException | None) -> bool:
    """Whether an error comes of Ctrl-C.

    Python itself and some libraries, which it may strike in the middle of an import, make another
    error of it.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
