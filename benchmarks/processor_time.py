"""The processor time of processes that work together, such as a server and a browser."""

from __future__ import annotations

import os
from pathlib import Path


def processor_seconds(process: int) -> float:
    """The processor time of a process and of all that it has started, where Linux tells it."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        number = int(stat.parent.name)
        parents[number] = int(fields[1])
        # Own time, and that of children who have ended.
        ticks[number] = sum(map(int, fields[11:15]))
    ours = {process}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(one, 0) for one in ours) / os.sysconf("SC_CLK_TCK")
