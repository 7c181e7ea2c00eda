"""What is known of a state in one draw, as bits: who reads them need not load what compiles."""

from __future__ import annotations

__all__ = ["EVERY", "GMR", "NASH", "SEQ", "SMR", "SSEQ"]

NASH, GMR, SMR, SEQ, SSEQ = 1, 2, 4, 8, 16
"""Bits of the concepts under which some party moves from the state."""

EVERY = NASH | GMR | SMR | SEQ | SSEQ
"""All of them."""
