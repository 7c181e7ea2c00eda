"""What a shell is told to complete, and what a version says of itself."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

import detente as library
from detente.cli import detente
from detente.report.content import Judgements
from detente.report.write import make_report
from hostile import ATTACKS, hostile_text


def offered(*words: str) -> list[str]:
    """What is offered for the last word."""
    *before, last = words
    completing = ShellComplete(detente, {}, "detente", "_DETENTE_COMPLETE")
    return [item.value for item in completing.get_completions(before, last) if item.type == "plain"]


def test_cases_are_completed_and_files_are_the_shells() -> None:
    assert offered("analyse", "korea") == [
        name for name in library.list_cases() if name.startswith("korea")
    ]
    completing = ShellComplete(detente, {}, "detente", "_DETENTE_COMPLETE")
    assert "file" in [item.type for item in completing.get_completions(["analyse"], "./my")]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["analy"], ["analyse"]),
        (["roadmap", "f"], ["find"]),
        (["analyse", "elmira", "--concepts", "SS"], ["SSEQ"]),
        (["analyse", "elmira", "-c", "Nash,SM"], ["Nash,SMR"]),
        (["explain", "elmira", "--party", "u"], ["uniroyal"]),
        (["explain", "no-such-case", "--party", "u"], []),
        (["explain", "--party", "u"], []),
        (["explain", "elmira", "--state", "st"], ["status_quo"]),
        (["roadmap", "check", "korea-2017", "russia"], ["russia_2017"]),
        (["completion", "z"], ["zsh"]),
    ],
)
def test_names_are_completed(words: list[str], wanted: list[str]) -> None:
    assert offered(*words) == wanted


def test_a_case_that_cannot_be_read_completes_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("parties: [", "utf-8")
    assert offered("explain", str(wrong), "--party", "") == []
    hostile = tmp_path / "hostile.yaml"
    hostile.write_text(hostile_text(ATTACKS[-1]), "utf-8")
    # Ids alone are offered, never a name that a shell might read as more than a word.
    assert offered("explain", str(hostile), "--party", "") == ["north", "south"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_reads(shell: str) -> None:
    result = CliRunner().invoke(detente, ["completion", shell])
    assert result.exit_code == 0
    assert "_DETENTE_COMPLETE" in result.output
    program = shutil.which(shell)
    if program is not None:
        subprocess.run([program, "-n"], input=result.output, text=True, check=True)


def test_bash_asks_the_program() -> None:
    asked = {"_DETENTE_COMPLETE": "bash_complete", "COMP_WORDS": "detente sch", "COMP_CWORD": "1"}
    program = [sys.executable, "-c", "from detente.cli import main; main()"]
    told = subprocess.run(
        program, env={**os.environ, **asked}, capture_output=True, text=True, check=True
    )
    assert told.stdout == "plain,schema\n"


def test_version_says_what_results_depend_on(tmp_path: Path) -> None:
    def said(*words: str) -> dict[str, str]:
        result = CliRunner().invoke(detente, ["version", *words, "--format", "json"])
        assert result.exit_code == 0, result.output
        found: dict[str, str] = json.loads(result.output)
        return found

    assert said() == {"detente": library.__version__}
    mine = tmp_path / "mine.yaml"
    mine.write_bytes(b"dispute: Mine\r\nparties: {a: {preferences: []}}\r\n")
    full = said("--full", str(mine))
    assert full["SHA-256 of the file"] == hashlib.sha256(mine.read_bytes()).hexdigest()
    assert platform.python_version() in full["Python"]
    assert f"numpy {version('numpy')}" in full["Libraries"]
    assert "SHA-256 of the file" not in said("--full")


def test_a_report_ends_with_what_it_takes_to_make_it_again() -> None:
    analysis = library.analyse(library.load("prisoners-dilemma"), ["Nash", "SEQ"])
    last = make_report(analysis, limit=7, asked=["--as-of=2020-01-02"]).sections[-1]
    assert last.heading == "To compute this again"
    assert last.commands[0] == (
        "detente report prisoners-dilemma --concepts Nash,SEQ --concept SEQ --limit 7 "
        "--as-of=2020-01-02 --output report.html"
    )
    (told,) = [block for block in last.blocks if isinstance(block, Judgements)]
    facts = dict(told.items[0].facts)
    path = analysis.dispute.path
    assert path is not None
    assert facts["SHA-256 of the file"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts["detente"] == library.__version__


def test_the_command_of_a_report_has_what_came_with_the_case(tmp_path: Path) -> None:
    case, page = tmp_path / "mine.yaml", tmp_path / "report.md"
    case.write_text(
        "dispute: Mine\nparties: {a: {options: {o: O}, preferences: [o]}, b: {preferences: []}}\n"
        "status_quo: {}\nhistory: [{on: 2018-01-01, set: {a.o: true}, judgement: true}]\n",
        "utf-8",
    )
    result = CliRunner().invoke(
        detente, ["report", str(case), "--as-of", "2018-04-21", "-o", str(page)]
    )
    assert result.exit_code == 0, result.output
    assert "--as-of=2018-04-21 --output report.html" in page.read_text("utf-8")
