"""The example of docs/extend, as a package of its own: no line of detente is changed for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from example_packages import as_package, detente, python

PAGE = Path(__file__).parents[2] / "docs" / "extend" / "add-an-analysis.md"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The example, installed: its module, and its entry point."""
    return as_package(PAGE, "move_count", tmp_path)


def test_it_has_every_face(package: Path) -> None:
    assert "move-count" in detente(package, "--help")
    assert "moves in the status quo" in detente(package, "move-count", "elmira")
    report = package / "report.md"
    detente(package, "report", "prisoners-dilemma", "-o", str(report))
    assert "## Moves\n\nThe parties have 2 moves in the status quo." in report.read_text("utf-8")
    document = json.loads(detente(package, "move-count", "elmira", "--format", "json"))
    assert document["schema"] == "detente/move-count/1"
    assert set(document["moves"]) == {"moe", "uniroyal", "local"}
    schema = json.loads(detente(package, "schema", "move-count"))
    assert schema["properties"]["moves"]["description"] == "Moves in the status quo, by party."
    routes = python(
        package,
        "from pathlib import Path\n"
        "from detente.workbench.api.application import api_application\n"
        "from detente.workbench.services import services\n"
        "app = api_application(services(Path('.')))\n"
        "print(*app.openapi()['paths'], sep='\\n')",
    )
    assert "/api/v1/analyses/move-count" in routes.splitlines()
