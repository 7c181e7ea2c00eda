"""Commands read from pipes, and write into pipes, devices and the standard output."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from detente.cli import detente

CASE = """\
dispute: Two and one thing
parties:
  a: {options: {give: Give}, preferences: [give]}
  b: {options: {take: Take}, preferences: [a.give]}
status_quo: {}
"""
GMCR_KEYS = {"decisionMakers", "options", "infeasibles"}

posix = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def run(*arguments: object, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(detente, [str(argument) for argument in arguments], input=given)


def good(*arguments: object, given: str | bytes | None = None) -> str:
    result = run(*arguments, given=given)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    monkeypatch.chdir(tmp_path)
    return path


# The standard input ----------------------------------------------------------------------------


def test_a_dash_reads_the_standard_input(case: Path) -> None:
    expected = good("analyse", case)
    assert good("analyse", "-", given=CASE) == expected
    assert "4 feasible states" in good("validate", "-", given=CASE)


def test_a_gmcr_file_comes_through_the_standard_input_too(case: Path) -> None:
    gmcr = good("convert", case, "-", "--format", "gmcr")
    assert json.loads(gmcr).keys() >= GMCR_KEYS
    assert "4 feasible states" in good("analyse", "-", given=gmcr)
    back = good("convert", "-", "-", "--format", "yaml", given=gmcr)
    assert "4 feasible states" in good("analyse", "-", given=back)


def test_what_is_wrong_with_the_standard_input_is_pointed_at(case: Path) -> None:
    result = run("analyse", "-", given=CASE.replace("a.give", "a.giv"))
    assert result.exit_code == 2
    assert "<stdin>:4:" in result.stderr
    assert "did you mean 'a.give'?" in result.stderr
    assert "^" in result.stderr


def test_a_standard_input_without_end_is_refused(case: Path) -> None:
    result = run("analyse", "-", given="#" * 2_000_001)
    assert result.exit_code == 3
    assert "<stdin>: the file has more; a dispute file has at most 2,000,000 bytes" in (
        result.stderr
    )


def test_a_file_called_dash_is_read_by_its_path(case: Path) -> None:
    case.rename("-")
    assert "4 feasible states" in good("analyse", "./-")


@posix
def test_a_pipe_is_a_case(case: Path) -> None:
    os.mkfifo("pipe")
    for text in (CASE, good("convert", case, "-", "--format", "gmcr")):
        writer = threading.Thread(target=Path("pipe").write_text, args=(text,), daemon=True)
        writer.start()
        assert "4 feasible states" in good("analyse", "pipe")
        writer.join(10)


@posix
def test_a_fault_in_a_pipe_is_pointed_at_without_reading_it_again(case: Path) -> None:
    os.mkfifo("pipe")
    text = CASE.replace("status_quo: {}", "constraints: [{never: true}]")
    writer = threading.Thread(target=Path("pipe").write_text, args=(text,), daemon=True)
    writer.start()
    result = run("analyse", "pipe")
    assert result.exit_code == 2
    assert "pipe" in result.stderr


# The standard output ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyse", "case.yaml"),
        ("analyse", "case.yaml", "--format", "json"),
        ("analyse", "case.yaml", "--format", "csv"),
        ("ask", "case.yaml", "where status_quo: may reach a.give"),
        ("coalitions", "case.yaml", "--format", "json"),
        ("explain", "case.yaml", "--party", "a"),
        ("inverse", "case.yaml", "--make", "1"),
        ("uncertain", "case.yaml"),
    ],
)
def test_a_dash_is_the_standard_output(case: Path, arguments: tuple[str, ...]) -> None:
    assert good(*arguments, "-o", "-") == good(*arguments)
    assert [path.name for path in case.parent.iterdir()] == ["case.yaml"]


def test_a_file_called_dash_is_written_by_its_path(case: Path) -> None:
    assert good("analyse", case, "-o", "./-") == ""
    assert "4 feasible states" in (case.parent / "-").read_text()


def test_tables_that_are_no_text_go_to_the_standard_output_where_it_is_named(case: Path) -> None:
    result = run("analyse", case, "--format", "parquet", "-o", "-")
    assert pl.read_parquet(io.BytesIO(result.stdout_bytes))["state"].to_list() == [1, 2, 3, 4]
    assert run("analyse", case, "--format", "parquet").exit_code == 2


def test_a_report_to_the_standard_output_makes_no_folder(case: Path) -> None:
    text = good("report", case, "--format", "md", "-o", "-")
    assert text.startswith("# Two and one thing\n")
    assert "pictures" not in text
    assert [path.name for path in case.parent.iterdir()] == ["case.yaml"]
    assert "name ends in" in run("report", case, "-o", "-").stderr


def test_convert_to_the_standard_output_has_only_the_file_there(case: Path) -> None:
    result = run("convert", case, "-", "--format", "gmcr")
    assert json.loads(result.stdout).keys() >= GMCR_KEYS
    assert "not carried over: the status quo" in result.stderr
    assert good("convert", case, "-", "--format", "yaml") == CASE
    assert "--format says which" in run("convert", case, "-").stderr


_MAIN = "from detente.cli import main; main()"


@posix
def test_the_names_of_the_standard_output_append_where_it_appends(case: Path) -> None:
    log = case.parent / "log"
    log.write_text("earlier\n")
    command = [sys.executable, "-c", _MAIN, "convert", "case.yaml", "/dev/stdout"]
    with log.open("ab") as stream:
        subprocess.run([*command, "--format", "yaml"], stdout=stream, check=True)
    assert log.read_text() == f"earlier\n{CASE}"


@posix
def test_a_process_substitution_is_written_into(case: Path) -> None:
    ours, theirs = os.pipe()
    command = [sys.executable, "-c", _MAIN, "analyse", "case.yaml", "--format", "csv"]
    subprocess.run([*command, "-o", f"/dev/fd/{theirs}"], pass_fds=[theirs], check=True)
    os.close(theirs)
    with os.fdopen(ours) as stream:
        assert len(stream.readlines()) == 5
