"""Examples of docs/extend as packages: a module and an entry point, as if they were installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent


def as_package(page: Path, module: str, folder: Path) -> Path:
    """A page's example: its code as a module, and its entry points as those of a package."""
    text = page.read_text("utf-8")
    code, *_ = re.findall(r"```python\n(.*?)```", text, re.S)
    points = re.findall(r'\[project\.entry-points\."(.*?)"\]\n(.*?)(?=\n\n|```)', text, re.S)
    (folder / f"{module}.py").write_text(code, "utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    told = [f"[{group}]\n{lines.replace(chr(34), '')}\n" for group, lines in points]
    (info / "entry_points.txt").write_text("".join(told))
    return folder


def run(package: Path, *words: str) -> str:
    """What a program prints in which the package is installed."""
    path = os.pathsep.join([str(package), os.environ.get("PYTHONPATH", ""), str(TESTS)])
    found = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "80"},
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


def detente(package: Path, *words: str) -> str:
    """What a command prints."""
    return run(package, "-m", "detente", *words)


def python(package: Path, code: str) -> str:
    """What some code prints."""
    return run(package, "-c", code)
