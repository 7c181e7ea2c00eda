"""Who looks only: may see and compute everything, and change nothing.

The guard marks the requests of whoever has shown the token for looking. A page of such a person
works with a folder that refuses every write, and with a session that refuses every edit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from detente.dispute.errors import DisputeError
from detente.workbench.folder import Folder
from detente.workbench.held_folder import HeldFolder
from detente.workbench.services import Services

__all__ = ["LOOKS_ONLY", "SCOPE_KEY", "LookedAtFolder", "looked_at", "looks_only"]

SCOPE_KEY = "detente.looks-only"
LOOKS_ONLY = "this address is for looking and asking; nothing can be changed with it"


@dataclass(frozen=True)
class LookedAtFolder(Folder):
    """A folder that is read and never written."""

    def _with(
        self, name: str | None, act: Callable[[HeldFolder], Any], *, locked: bool = False
    ) -> Any:
        # Whatever writes asks for the lock.
        if locked:
            raise DisputeError(LOOKS_ONLY)
        return super()._with(name, act)


def looked_at(work: Services) -> Services:
    """The same services, for somebody who looks only."""
    return replace(work, folder=LookedAtFolder(work.folder.root))


def looks_only(scope: Mapping[str, Any]) -> bool:
    """Whether a request comes from somebody who looks only."""
    return bool(scope.get(SCOPE_KEY))
