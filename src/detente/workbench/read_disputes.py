"""Disputes of the processes that compute: each text is read once."""

from __future__ import annotations

from functools import lru_cache

from detente.dispute.dispute import Dispute
from detente.files.dispute_file import load_text

__all__ = ["dispute_of"]


@lru_cache(maxsize=4)
def dispute_of(text: str) -> Dispute:
    """The dispute of a text; what is wrong in it is told each time.

    Raises
    ------
    DisputeError
        As :func:`detente.files.dispute_file.load_text`.
    """
    return load_text(text)
