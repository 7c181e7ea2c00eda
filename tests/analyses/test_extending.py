"""The example of docs/extend, as a package of its own: no line of detente is changed for it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "extend" / "add-an-analysis.md"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The example, installed: its module, and its entry point."""
    text = PAGE.read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    (points,) = re.findall(r'```toml\n\[project\.entry-points\."(.*?)"\]\n(.*?)```', text, re.S)
    (tmp_path / "move_count.py").write_text(code, "utf-8")
    info = tmp_path / "move_count-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: move-count\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{points[0]}]\n{points[1].replace(chr(34), '')}")
    return tmp_path


def run(package: Path, *words: str) -> str:
    path = os.pathsep.join([str(package), os.environ.get("PYTHONPATH", "")])
    found = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "80"},
    )
    return found.stdout


def test_it_has_every_face(package: Path) -> None:
    detente = ("-m", "detente")
    assert "move-count" in run(package, *detente, "--help")
    assert "moves in the status quo" in run(package, *detente, "move-count", "elmira")
    document = json.loads(run(package, *detente, "move-count", "elmira", "--format", "json"))
    assert document["schema"] == "detente/move-count/1"
    assert set(document["moves"]) == {"moe", "uniroyal", "local"}
    schema = json.loads(run(package, *detente, "schema", "move-count"))
    assert schema["properties"]["moves"]["description"] == "Moves in the status quo, by party."
    routes = run(
        package,
        "-c",
        "from pathlib import Path\n"
        "from detente.workbench.api.application import api_application\n"
        "from detente.workbench.services import services\n"
        "app = api_application(services(Path('.')))\n"
        "print(*app.openapi()['paths'], sep='\\n')",
    )
    assert "/api/v1/analyses/move-count" in routes.splitlines()
