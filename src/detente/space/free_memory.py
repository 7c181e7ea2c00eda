"""How much memory is free."""

from __future__ import annotations

__all__ = ["fits", "free_memory"]

# Bytes that nobody has to be asked for.
_SURELY_FREE = 2**26


def free_memory() -> int:
    """How many bytes can be had without putting anything out."""
    # Imported here because to import it takes longer than what small disputes need it for.
    import psutil

    return int(psutil.virtual_memory().available)


def fits(needed: int) -> bool:
    """Whether so many bytes are free."""
    return needed <= _SURELY_FREE or needed <= free_memory()
