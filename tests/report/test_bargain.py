"""What parties bargain over, from the command line: words, documents, pictures, CSV."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from detente.cli import detente as cli
from detente.cli.exit_codes import BAD_INPUT


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "100"}).invoke(cli, ["bargain", *arguments])


def test_the_answer_is_a_sentence_first() -> None:
    result = run("korea-2017", "--draws", "50")
    assert result.exit_code == 0, result.output
    first = " ".join(result.stdout.split())
    assert "On “Pressure on North Korea” the weights balance at 58 of 100, or" in first
    assert "Russia gives on “Pressure on North Korea”" in first
    assert "Over 50 draws (seed 0)" in first


def test_the_document_is_as_its_schema_says() -> None:
    schema = json.loads(CliRunner().invoke(cli, ["schema", "bargain"]).stdout)
    for draws in ("0", "20"):
        found = json.loads(run("korea-2017", "--draws", draws, "--format", "json").stdout)
        assert list(Draft202012Validator(schema).iter_errors(found)) == []
        assert found["draws"] == int(draws)
    assert found["exchanges"][0]["givers"] == ["russia", "us"]
    assert found["exchanges"][0]["share_of_draws"] > 0.9


@pytest.mark.parametrize("kind", ["positions", "exchanges", "chances"])
def test_pictures_say_in_words_what_they_show(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture.svg"
    result = run("korea-2017", "--draws", "5", "--picture", str(path), "--picture-of", kind)
    assert result.exit_code == 0, result.output
    assert "Pressure on North Korea" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["ktab", "decide"])
def test_a_table_goes_out_and_comes_in_again(tmp_path: Path, form: str) -> None:
    path = tmp_path / "table.csv"
    out = run("korea-2017", "--csv", form, "-o", str(path))
    assert out.exit_code == 0, out.output
    assert "note: what the ends of the scales mean is not in the file" in out.stderr
    found = json.loads(run(str(path), "--draws", "0", "--format", "json").stdout)
    directly = json.loads(run("korea-2017", "--draws", "0", "--format", "json").stdout)
    for one, other in zip(found["issues"], directly["issues"], strict=True):
        assert one["compromise"] == pytest.approx(other["compromise"])


def test_a_dispute_without_issues_and_a_missing_table_are_refused() -> None:
    for case in ("elmira", "none.csv"):
        result = run(case)
        assert result.exit_code == BAD_INPUT
        assert "Traceback" not in result.output
