"""What README and docs show is what the commands print, and their Python runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detente.cli import detente

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])

# Pages whose commands work for long.
SLOW = {
    "docs/tutorial/korea-envoy.md",
    "docs/tutorial/korea.md",
    "docs/how-to/inverse.md",
    "docs/tutorial/nile-dam.md",
}


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def with_marks(pages: list[Path]) -> list[Any]:
    return [
        pytest.param(page, id=named(page), marks=[pytest.mark.slow] if named(page) in SLOW else [])
        for page in pages
    ]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)


@pytest.mark.parametrize("page", with_marks(PAGES))
def test_python_runs(page: Path) -> None:
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), {})


@pytest.mark.parametrize("page", with_marks(PAGES))
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


# What is made, and what stands for any name.
NOT_THERE = {"docs/_man", "docs/_site"}


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"], ids=named
)
def test_files_that_are_named_are_there(page: Path) -> None:
    folders = "|".join(("tests", "src", "docs", "benchmarks", r"\.ci"))
    for name in re.findall(rf"`((?:{folders})/[\w./-]+)(?:::[^`]*)?`", page.read_text("utf-8")):
        if name not in NOT_THERE and "LANGUAGE" not in name:
            assert (ROOT / name).exists(), name
