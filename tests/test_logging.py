"""What detente does is logged by the standard library, and silent unless somebody asks."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import detente
from detente.cli import detente as commands


def test_a_library_is_silent() -> None:
    script = (
        "import detente; detente.analyse(detente.load('prisoners-dilemma'));"
        "from logging import getLogger;"
        "print([type(one).__name__ for one in getLogger('detente').handlers])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("['NullHandler']\n", "")


def test_whoever_listens_hears_of_files_engines_and_concepts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, logger="detente"):
        detente.analyse(detente.load("prisoners-dilemma"), ["Nash", "SEQ"])
    told = "\n".join(caplog.messages)
    assert "prisoners-dilemma.yaml" in told
    assert "2 parties, 2 options" in told
    assert "engine: cube; 4 states" in told
    assert "stability under Nash, SEQ" in told
    assert "Nash: 1 equilibria" in told
    assert all(record.name.startswith("detente.") for record in caplog.records)


@pytest.mark.parametrize(("level", "debugged"), [("info", False), ("DEBUG", True)])
def test_a_command_tells_on_the_standard_error(level: str, debugged: bool) -> None:
    words = ["inverse", "prisoners-dilemma", "--make", "1", "--concept", "Nash"]
    plain = CliRunner().invoke(commands, words)
    told = CliRunner().invoke(commands, ["--log", level, *words])
    assert told.exit_code == plain.exit_code == 0
    assert told.stdout == plain.stdout
    assert "INFO detente.analyses.running: inverse: begun" in told.stderr
    assert "INFO detente.analyses.running: inverse: done in " in told.stderr
    assert ("DEBUG detente." in told.stderr) is debugged
    assert "detente." not in plain.stderr
    # The next command in the same process is silent again.
    assert "INFO" not in CliRunner().invoke(commands, words).stderr


def test_what_is_told_cannot_command_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m.yaml"
    path.write_text("dispute: x\nparties: {a: {options: {x: X}}}\n")
    told = CliRunner().invoke(commands, ["--log", "info", "analyse", str(path)])
    assert told.exit_code == 0
    assert "a\\u001b[31m.yaml" in told.stderr
    assert "\x1b" not in told.stderr
