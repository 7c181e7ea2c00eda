"""What README and docs show is what the commands print, and their Python runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli import detente

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_python_runs(page: Path) -> None:
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), {})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_output_is_what_the_command_prints(page: Path) -> None:
    for block in blocks(page, "console"):
        command, _, shown = block.partition("\n")
        words = shlex.split(command)
        if words[:3] != ["$", "./dev", "detente"]:
            continue
        result = CliRunner(env={"COLUMNS": "80"}).invoke(detente, words[3:])
        printed = "\n".join(line.rstrip() for line in result.output.splitlines())
        start = 0
        for part in shown.split("[...]\n"):
            found = printed.find(part.rstrip("\n"), start)
            assert found >= 0, f"{command} does not print:\n{part}"
            start = found + len(part.rstrip("\n"))


def test_readme_has_the_two_commands() -> None:
    commands = [block.splitlines()[0] for block in blocks(ROOT / "README.md", "console")]
    assert commands == ["$ ./dev detente brief korea-2017", "$ ./dev pytest"]
