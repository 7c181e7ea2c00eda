"""Long work is seen on the terminal, and Ctrl-C ends it with what is known."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")

_RUN = [sys.executable, "-c", "from detente.cli import main; main()", "analyse"]


def large(path: Path, options: int) -> None:
    """A dispute of three parties whose wishes differ, with 2**options states."""
    keys = [f"p{number % 3}.o{number}" for number in range(options)]
    parties = ""
    for party in range(3):
        names = ", ".join(f"o{number}: Option" for number in range(party, options, 3))
        wishes = ", ".join(
            f"{keys[(7 * n + party) % options]} iff not {keys[(5 * n + 2 * party + 1) % options]}"
            for n in range(12)
        )
        parties += f"  p{party}: {{options: {{{names}}}, preferences: [{wishes}]}}\n"
    path.write_text(f"dispute: Large\nparties:\n{parties}")


def read_until(pattern: str, terminal: int, seconds: float) -> str:
    """What a terminal shows until a pattern is seen in it, or its other end is closed."""
    seen = ""
    end = time.monotonic() + seconds
    while not re.search(pattern, seen) and time.monotonic() < end:
        try:
            seen += os.read(terminal, 4096).decode(errors="replace")
        except OSError:
            break
    return seen


@pytest.mark.long
def test_progress_is_seen_and_an_interruption_leaves_what_is_known(tmp_path: Path) -> None:
    import pty

    large(tmp_path / "large.yaml", 22)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*_RUN, str(tmp_path / "large.yaml")], stdout=subprocess.PIPE, stderr=theirs, text=True
    ) as process:
        os.close(theirs)
        seen = read_until(r"(SEQ|SSEQ) for p\d \(\d+% done\)", ours, 120)
        process.send_signal(signal.SIGINT)
        table, _ = process.communicate(timeout=60)
        seen += read_until("interrupted", ours, 5)
    os.close(ours)
    assert "SEQ for p" in seen
    assert process.returncode == 130
    assert "Interrupted before" in seen
    assert "Traceback" not in seen
    assert "Concepts: Nash, GMR, SMR" in table


@pytest.mark.parametrize("seconds", [2.5, 5.0])
def test_an_interruption_at_any_time_writes_nothing(tmp_path: Path, seconds: float) -> None:
    large(tmp_path / "large.yaml", 24)
    output = tmp_path / "out.parquet"
    with subprocess.Popen(
        [*_RUN, str(tmp_path / "large.yaml"), "-o", str(output)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "interrupted\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "large.yaml"]
