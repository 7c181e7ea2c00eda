"""What parties bargain over, from the command line: words, documents, pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

import detente
from detente.cli import detente as cli
from detente.cli.exit_codes import BAD_INPUT
from detente.report.plots.bargain import chances_picture, exchanges_picture, positions_picture
from detente.report.plots.picture import picture_bytes


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


def test_pictures_say_in_words_what_they_show(tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    result = run("korea-2017", "--draws", "5", "--picture", str(path))
    assert result.exit_code == 0, result.output
    assert "Pressure on North Korea" in path.read_text(encoding="utf-8")
    chosen = run("korea-2017", "--draws", "5", "--picture", str(path), "--picture-of", "chances")
    assert chosen.exit_code == 0, chosen.output
    assert "how likely each position is to be agreed on" in path.read_text(encoding="utf-8")
    found = detente.bargain(detente.load("korea-2017"), draws=0)
    for draw in (positions_picture, exchanges_picture, chances_picture):
        picture = draw(found)
        assert picture_bytes(picture, "svg")
        assert "Pressure on North Korea" in picture.description


def test_a_choice_of_picture_without_a_file_for_it_is_refused() -> None:
    result = run("korea-2017", "--picture-of", "chances")
    assert result.exit_code == BAD_INPUT
    assert "--picture-of says what --picture draws: name a file for it" in result.output


def test_a_dispute_without_issues_is_refused() -> None:
    result = run("elmira")
    assert result.exit_code == BAD_INPUT
    assert "has no issues" in result.output


@pytest.mark.parametrize("form", ["ktab", "decide"])
def test_a_table_becomes_a_dispute_and_the_other_way_round(tmp_path: Path, form: str) -> None:
    table, case = tmp_path / "table.csv", tmp_path / "case.yaml"
    out = CliRunner().invoke(cli, ["convert", "korea-2017", str(table), "--format", form])
    assert out.exit_code == 0, out.output
    assert "not carried over: what the ends of the scales mean is not in the file" in out.output
    back = CliRunner().invoke(cli, ["convert", str(table), str(case)])
    assert back.exit_code == 0, back.output
    found = json.loads(run(str(case), "--draws", "0", "--format", "json").stdout)
    directly = json.loads(run("korea-2017", "--draws", "0", "--format", "json").stdout)
    for one, other in zip(found["issues"], directly["issues"], strict=True):
        assert one["compromise"] == pytest.approx(other["compromise"])


def test_names_of_a_table_become_ids(tmp_path: Path) -> None:
    table, case = tmp_path / "table.csv", tmp_path / "case.yaml"
    table.write_text(
        "Title,,2,1\nActor,Description,Power,Pstn1,Sal1\nCôte d'Or,,250,10,40\nnot,,100,90,50\n"
    )
    done = CliRunner().invoke(cli, ["convert", str(table), str(case)])
    assert done.exit_code == 0, done.output
    assert "the actor 'not' has the id x_not" in done.output
    dispute = detente.load(case)
    assert [party.id for party in dispute.parties] == ["C_te_d_Or", "x_not"]
    assert [one.capability.value for one in dispute.issues[0].stands] == [100, 40]
    refused = CliRunner().invoke(cli, ["convert", str(table), str(tmp_path / "x.gmcr")])
    assert refused.exit_code == BAD_INPUT
