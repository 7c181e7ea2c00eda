"""The real server on a folder, as a person starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(folder: Path, *options: str) -> Iterator[str]:
    """Start `detente serve` on a free port; gives its address, without a slash at the end."""
    start = [sys.executable, "-c", "from detente.cli import main; main()"]
    with subprocess.Popen(
        [*start, "serve", str(folder), "--port", "0", "--no-browser", *(options or ["--no-token"])],
        stdout=subprocess.PIPE,
        # The page library packs what it sends only where it is not under test.
        env={key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"},
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            line = next((line for line in process.stdout if "http://" in line), None)
            assert line is not None, "the server did not start"
            yield line.strip().rstrip("/")
        finally:
            process.terminate()
            process.wait(timeout=20)
