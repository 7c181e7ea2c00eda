"""Statements that are hardly believed, or unknown either way, are told of with each yes or no."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from click.testing import CliRunner

import detente
from detente.analyses import running
from detente.analyses.doubts import doubtful_statements, doubts_on, readings_of
from detente.analyses.parameters import parameters_from
from detente.analyses.registry import analysis_named
from detente.cli import detente as command_line
from detente.dispute.errors import TakenAsStatedWarning
from detente.report.material import Material
from detente.report.sections.summary import summary
from detente.workbench.declared_tasks import analysis_told

_DAM = """
dispute: A statement that is hardly believed
parties:
  a:
    name: North
    options: {dam: {name: Build the dam}}
    preferences: [dam]
  b:
    name: South
    options: {strike: {name: Use force, irreversible: true}}
    preferences:
      - {prefer: "strike if a.dam", MARK, judgement: true, because: hardly anybody thinks so}
      - "not strike"
status_quo: {}
outcomes: {war: "b.strike", quiet: "not a.dam and not b.strike"}
claims:
  - {id: dam-war, ask: "where a.dam and not b.strike: b must choose strike", says: "yes"}
roadmaps:
  calm:
    - {stage: Wait, move: {a.dam: yes}}
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name, mark in (
        ("hardly", "confidence: 0.15"),
        ("rather", "confidence: 0.5"),
        ("unknown", "unknown: true"),
    ):
        found[name] = tmp_path / f"{name}.yaml"
        found[name].write_text(_DAM.replace("MARK", mark), encoding="utf-8")
    return found


def run(*words: str | Path) -> str:
    found = CliRunner(env={"COLUMNS": "80"}).invoke(command_line, [str(word) for word in words])
    assert found.exit_code == 0, found.output
    return " ".join(found.output.split())


QUESTION = "where a.dam and not b.strike: b must choose strike"


def test_an_answer_is_told_without_what_is_hardly_believed(files: dict[str, Path]) -> None:
    told = run("ask", files["hardly"], QUESTION)
    assert "1 statement is held with a confidence below one half" in told
    assert "b.1 “strike if a.dam”" in told
    assert "Without it the answer is no instead of yes." in told
    assert "below one half" not in run("ask", files["rather"], QUESTION)
    told = run("ask", files["hardly"], "where true: a must choose dam")
    assert "Without it the answer is the same." in told


def test_what_is_unknown_is_taken_as_stated_and_the_other_way(files: dict[str, Path]) -> None:
    told = run("ask", files["unknown"], QUESTION)
    assert "What follows takes it as stated" in told
    assert "taken the other way the answer is no instead of yes." in told
    stated = run("ask", files["rather"], QUESTION)
    assert stated in told


def test_claims_and_roadmaps_tell_it_too(files: dict[str, Path]) -> None:
    assert "Without it dam-war is no instead of yes." in run("claims", files["hardly"])
    assert "dam-war is no instead of yes" in run("claims", files["unknown"])
    told = run("roadmap", "check", files["hardly"], "calm")
    assert "below one half (b.1" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["explain", "FILE", "--party", "b", "--state", "2"],
            "is stable instead of not stable.",
        ),
        (["analyse", "FILE"], "what is an equilibrium under Nash is 2, 4 instead of 4"),
        (["inverse", "FILE", "--make", "2"], "the least number of changes is"),
        (["paths", "FILE"], "the answer is the same."),
        (["paths", "FILE", "--moves", "improvements"], "lines of the answer differ; the first"),
        (["envoy", "FILE", "--to", "war"], "Without it "),
    ],
)
def test_every_yes_or_no_is_told_without_what_is_hardly_believed(
    words: list[str], told: str, files: dict[str, Path]
) -> None:
    found = run(*(files["hardly"] if word == "FILE" else word for word in words))
    assert "1 statement is held with a confidence below one half" in found
    assert told in found


def test_where_it_is_not_worked_out_that_is_said(files: dict[str, Path]) -> None:
    told = run("analyse", files["hardly"], "--engine", "symbolic", "--concepts", "Nash")
    assert "(b.1 “strike if a.dam”). How the answer changes without it is not worked out" in told


def test_draws_weigh_confidence_themselves(files: dict[str, Path]) -> None:
    assert "below one half" not in run("forecast", files["hardly"], "--draws", "2")
    assert "below one half" not in run("robust", files["hardly"], "--draws", "4")


def test_an_analysis_that_declares_nothing_of_it_tells_it_too(files: dict[str, Path]) -> None:
    dispute = detente.load(files["hardly"])
    ask = dataclasses.replace(analysis_named("ask"), verdicts=None)
    asked = parameters_from(ask.parameters, {"question": QUESTION})
    (told,) = running.run(ask, dispute, asked).doubts
    assert "lines of the answer differ; the first reads “No" in told


def test_an_assistant_is_told_it_too(files: dict[str, Path]) -> None:
    dispute = detente.load(files["hardly"])
    told = analysis_told(lambda *_: dispute, "", "ask", {"question": QUESTION})
    assert "Without it the answer is no instead of yes." in told["words"]


def test_a_report_tells_what_is_doubtful(files: dict[str, Path]) -> None:
    def told(name: str) -> str:
        analysis = detente.analyse(detente.load(files[name]), ["SEQ"])
        return str(summary(Material(analysis, "SEQ", name, {}, 12, None, False, ())))

    assert "1 statement is held with a confidence below one half" in told("hardly")
    assert "below one half" not in told("rather")
    with pytest.warns(TakenAsStatedWarning):
        assert "It is unknown which way South, preference 1" in told("unknown")


def test_validating_says_how_what_is_unknown_is_taken(files: dict[str, Path]) -> None:
    assert "it is unknown which way b.1" in run("validate", files["unknown"])


@pytest.mark.parametrize(
    "words",
    [
        ["analyse"],
        ["formats", "--all"],
        ["paths"],
        ["coalitions"],
        ["explain", "--party", "b"],
        ["roadmap", "check"],
        ["brief"],
        ["forecast", "--draws", "2"],
        ["robust", "--draws", "4"],
        ["uncertain"],
    ],
)
def test_no_command_refuses_a_file_for_one_unknown_statement(
    words: list[str], files: dict[str, Path]
) -> None:
    more = ["calm"] if words[0] == "roadmap" else []
    number = 2 if words[0] == "roadmap" else 1
    told = run(*words[:number], files["unknown"], *more, *words[number:])
    assert ("takes it as stated" in told) == (
        words[0] not in ("brief", "forecast", "robust", "uncertain")
    )


def test_a_dispute_without_doubts_is_told_of_without_them() -> None:
    elmira = detente.load("elmira")
    assert doubtful_statements(elmira) == ()
    readings = readings_of(elmira)
    assert readings.sentence is None
    ask = analysis_named("ask")
    asked = parameters_from(ask.parameters, {"question": "where true: uniroyal may choose abandon"})
    assert doubts_on(ask, readings, asked, ask.run(elmira, asked, None)) == ()
