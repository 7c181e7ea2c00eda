"""A disk that fails at one step: the small fault layer under whoever writes.

Every call that touches the disk is one step: opening, writing, bringing to disk, closing, renaming,
linking, removing, changing a mode, making a folder. One of them fails, as with a full disk; a
write that fails has written half of what it was given.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

__all__ = ["Disk", "failing"]

_STEPS = ("open", "fsync", "replace", "rename", "link", "unlink", "remove", "mkdir", "rmdir")
_CHANGES = ("chmod", "fchmod")


@dataclass
class Disk:
    """What happened on the disk.

    Attributes
    ----------
    fails_at
        Number of the step that fails, from 0.
    error
        With which error.
    steps
        Names of the steps that there were.
    """

    fails_at: int
    error: int = errno.ENOSPC
    steps: list[str] = field(default_factory=list)

    @property
    def failed(self) -> str | None:
        """The step that failed; None where there were not so many."""
        return self.steps[self.fails_at] if self.fails_at < len(self.steps) else None

    def step(self, name: str) -> bool:
        """Count a step; tell whether it fails."""
        self.steps.append(name)
        return len(self.steps) - 1 == self.fails_at

    def fault(self) -> OSError:
        """The error of the step that fails."""
        return OSError(self.error, os.strerror(self.error))


@contextmanager
def failing(disk: Disk) -> Iterator[None]:
    """Let one step of what is done in the block fail."""
    real_open, real_write, real_close = builtins.open, os.write, os.close

    class Raw(io.FileIO):
        def write(self, data: Any) -> int:
            if disk.step("write"):
                super().write(bytes(data)[: len(bytes(data)) // 2])
                raise disk.fault()
            return super().write(data) or 0

        def close(self) -> None:
            if not self.closed and disk.step("close"):
                super().close()
                raise disk.fault()
            super().close()

    def opened(file: Any, mode: str = "r", *rest: Any, opener: Any = None, **more: Any) -> Any:
        if "b" not in mode or not set(mode) & set("wxa"):
            return real_open(file, mode, *rest, opener=opener, **more)
        if opener is None and disk.step("open"):
            raise disk.fault()
        return io.BufferedWriter(Raw(file, mode.replace("b", ""), opener=opener))

    def write(number: int, data: bytes) -> int:
        if disk.step("write"):
            real_write(number, bytes(data)[: len(data) // 2])
            raise disk.fault()
        return real_write(number, data)

    def close(number: int) -> None:
        real_close(number)
        if disk.step("close"):
            raise disk.fault()

    def failing_step(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if disk.step(name):
                raise disk.fault()
            return real(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in (*_STEPS, *_CHANGES):
            patch.setattr(os, name, failing_step(name, getattr(os, name)))
        # A system that knows what it can do by handle is asked by function.
        patch.setattr(os, "write", write)
        patch.setattr(os, "close", close)
        patch.setattr(builtins, "open", opened)
        yield
