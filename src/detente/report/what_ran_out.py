"""What ended work on sets of states before its end, in words."""

from __future__ import annotations

from typing import Final

__all__ = ["WHAT_RAN_OUT"]

WHAT_RAN_OUT: Final = {
    "time": "time ran out",
    "nodes": "the diagrams would have needed more nodes than allowed",
    "interrupted": "the work was ended",
}
"""What ended the work on a set early, in words."""
