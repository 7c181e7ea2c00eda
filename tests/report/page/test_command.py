"""``detente report`` from outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detente.cli import detente


def run(*arguments: object) -> Result:
    return CliRunner().invoke(detente, ["report", *map(str, arguments)])


@pytest.mark.parametrize(("name", "start"), [("r.html", b"<!DOCTYPE html>"), ("r.docx", b"PK")])
def test_the_name_tells_the_format(tmp_path: Path, name: str, start: bytes) -> None:
    result = run("chicken", "-o", tmp_path / name)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert (tmp_path / name).read_bytes().startswith(start)


def test_markdown_with_the_concepts_asked_for(tmp_path: Path) -> None:
    result = run("chicken", "-o", tmp_path / "r", "--format", "md", "-c", "Nash", "--concept", "L2")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "r").read_text("utf-8")
    assert "$ detente analyse chicken --concepts Nash,L2" in text
    assert "under L2" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chicken"], "--output report.html"),
        (["chicken", "-o", "{}/r.pdf"], "html, md, docx"),
        (["chicken", "-o", "{}/none/r.html"], "cannot be written"),
        (["chicken", "-o", "{}/r.html", "--concept", "SQE"], "did you mean 'SEQ'"),
        (["chicken", "-o", "{}/r.html", "--source", "article"], "ID=PATH"),
        (["chicken", "-o", "{}/r.html", "--source", "x=y.txt"], "there is no source 'x'"),
        (["chiken", "-o", "{}/r.html"], "chicken"),
    ],
)
def test_bad_input_is_one_message(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = run(*(word.format(tmp_path) for word in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_dispute_file_is_not_written_over(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("dispute: D\nparties: {}\n", encoding="utf-8")
    result = run(case, "--format", "html", "-o", case)
    assert result.exit_code == 2
    assert "is the dispute file itself" in result.stderr
    assert case.read_text("utf-8").startswith("dispute: D")
