"""Keeps what a benchmark measured: with ``--record``, as a JSON file in ``results``.

``docs/make_benchmarks.py`` draws a picture of each and writes the page of them.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import detente

RESULTS = Path(__file__).parent / "results"


def asked_to_record() -> bool:
    """Whether the command line says ``--record``, which is taken from it."""
    found = "--record" in sys.argv
    if found:
        sys.argv.remove("--record")
    return found


def record(
    name: str,
    title: str,
    across: str,
    measured: str,
    series: Mapping[str, Mapping[float | str, float]],
    *,
    logarithmic: tuple[bool, bool] = (False, False),
) -> None:
    """Keep what was measured, with the machine, its load and the day.

    Parameters
    ----------
    name
        Of the file.
    title
        What was measured.
    across, measured
        What stands along the picture, such as ``states``, and what was measured, with its unit.
    series
        Numbers by what they were measured for, a line or a colour each.
    logarithmic
        Whether the two axes are.
    """
    if not any(series.values()):
        raise SystemExit(f"{name}: nothing was measured, so nothing is recorded")
    RESULTS.mkdir(exist_ok=True)
    content = {
        "benchmark": name,
        "title": title,
        "command": f"./dev python benchmarks/{Path(sys.argv[0]).name}"
        + "".join(f" {word}" for word in sys.argv[1:]),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": _machine(),
        "detente": detente.__version__,
        "across": across,
        "measured": measured,
        "logarithmic": list(logarithmic),
        "series": {
            one: [[at, float(f"{value:.4g}")] for at, value in points.items()]
            for one, points in series.items()
        },
    }
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(f"{text}\n", "utf-8")


def _machine() -> dict[str, str | int | float]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        # Other work on the machine: with much of it, times are upper bounds.
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    for line in told.read_text("utf-8").splitlines() if told.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
