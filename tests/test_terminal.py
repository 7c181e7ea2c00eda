"""Nothing in a file makes a terminal do anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hostile import hostile_text

# It would turn letters red, give the window another title, and turn the line around.
OBEYED = "\x1b[31m \x1b]0;title\x07 \x9b31m \u202e \x7f \r"
# The same, as far as a dispute may contain it: the rest is refused as the file is read.
IN_A_FILE = "\u202e turned \u2066 \x85 \x0d end"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
START = [sys.executable, "-c", "from detente.cli import main; main()"]

COMMANDS = [
    ["analyse", "{case}"],
    ["analyse", "{case}", "--format", "json"],
    ["validate", "{case}"],
    ["explain", "{case}", "--state", "status_quo", "--party", "north"],
    ["roadmap", "check", "{case}", "withdrawal"],
    ["report", "{case}", "--output", "{folder}/report.md"],
    ["analyse", "{case}", "--party", OBEYED],
    [OBEYED],
    ["analyse", "{folder}/" + OBEYED.replace("/", "") + ".yaml"],
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("terminal") / "case.yaml"
    path.write_text(hostile_text(IN_A_FILE), "utf-8")
    return path


def on_a_terminal(arguments: list[str]) -> str:
    """What a command writes where it takes its output for a terminal's."""
    import pty

    leader, follower = pty.openpty()
    with subprocess.Popen(
        [*START, *arguments],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"},
    ) as process:
        os.close(follower)
        pieces = []
        try:
            while piece := os.read(leader, 65_536):
                pieces.append(piece)
        except OSError:
            # Linux tells so that the other side has closed.
            pass
        process.wait(timeout=60)
    os.close(leader)
    return b"".join(pieces).decode().replace("\r\n", "\n")


@pytest.mark.skipif(os.name != "posix", reason="no pseudo-terminals")
@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_a_terminal_gets_text_alone(case: Path, command: list[str]) -> None:
    arguments = [
        word.replace("{case}", str(case)).replace("{folder}", str(case.parent)) for word in command
    ]
    written = on_a_terminal(arguments)
    # Where work is told of as it goes on, the cursor is hidden and shown, and colours are reset.
    assert RAW.findall(re.sub(r"\x1b\[(\?25[lh]|0m)", "", written)) == []
    if "report" not in command:
        # It is shown all the same.
        assert re.search(r"\\u(202e|001b)|\\x1b|�", written)


def test_json_stays_json(case: Path) -> None:
    done = subprocess.run(
        [*START, "analyse", str(case), "--format", "json"], capture_output=True, check=True
    )
    assert json.loads(done.stdout)["dispute"] == IN_A_FILE
