"""Exit codes of the commands; 0 where all is well."""

from __future__ import annotations

from typing import Final

__all__ = ["BAD_INPUT", "FINDINGS", "INTERRUPTED", "UNEXPECTED"]

FINDINGS: Final = 1
"""The command worked, and what it checked has faults."""

BAD_INPUT: Final = 2
"""The command line or a file is wrong (click exits with the same code)."""

UNEXPECTED: Final = 70
"""A fault of detente itself."""

INTERRUPTED: Final = 130
"""Ctrl-C, as shells count it."""
