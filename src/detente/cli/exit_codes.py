"""Exit codes of the commands; 0 where all is well."""

from __future__ import annotations

from typing import Final

from detente.dispute.errors import DisputeError, EnvironmentFault, LimitError

__all__ = ["BAD_INPUT", "ENVIRONMENT", "FINDINGS", "INTERRUPTED", "TOO_LARGE", "UNEXPECTED"]

FINDINGS: Final = 1
"""The command worked, and what it checked has faults."""

BAD_INPUT: Final = DisputeError.exit_code
"""The command line or a file is wrong: 2, with which click exits too."""

TOO_LARGE: Final = LimitError.exit_code
"""What was asked is too large: 3."""

ENVIRONMENT: Final = EnvironmentFault.exit_code
"""The system failed: 4; a full disk, a lost cluster."""

UNEXPECTED: Final = 70
"""A fault of detente itself."""

INTERRUPTED: Final = 130
"""Ctrl-C, as shells count it."""
