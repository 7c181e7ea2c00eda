"""Answers and claims in words, and as documents that fit their schemas."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from detente.cli import detente as cli


def run(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def schema(name: str) -> dict[str, object]:
    text = files("detente.report").joinpath(f"schemas/{name}-1.json").read_text("utf-8")
    content: dict[str, object] = json.loads(text)
    return content


@pytest.mark.parametrize(
    "question",
    [
        "where status_quo: may reach settlement with packages",
        "where china.concede: what does russia choose",
        "show status_quo",
        "count war: stable for everyone",
        "where not war: russia prefers freeze to tension",
        "where freeze: must keep freeze; where war: must keep war",
        "roadmap russia_2017 holds",
    ],
)
def test_documents_fit_the_schema(question: str) -> None:
    found = json.loads(run("ask", "korea-2017", question, "--format", "json"))
    jsonschema.validate(found, schema("answer"))
    assert found["query"] == question
    assert run("ask", "korea-2017", question)


def test_claims_fit_the_schema() -> None:
    found = json.loads(run("claims", "korea-2017", "--quick", "--format", "json"))
    jsonschema.validate(found, schema("claims"))
    for claim in found["claims"]:
        assert claim["agrees"] is (claim["answer"] == claim["says"])
        assert bool(claim["why"]) is not claim["agrees"]


def test_claims_say_what_differs() -> None:
    text = run("claims", "korea-2017", "--quick")
    assert "paragraph 24, sentence 3" in text
    row = next(line for line in text.splitlines() if line.startswith("plan-holds"))
    assert row.split()[1:4] == ["yes", "no", "differs"]
    assert "It fails in state" in text


def test_ctrl_c_leaves_the_claims_checked_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.evidence import claims
    from detente.queries.answer import Answer
    from detente.queries.query import Query
    from detente.queries.steps import Ground

    answer, asked = claims.evaluate, []

    def interrupted(query: Query, ground: Ground) -> Answer:
        asked.append(query)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return answer(query, ground)

    monkeypatch.setattr(claims, "evaluate", interrupted)
    result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["claims", "korea-2017", "--quick"])
    assert result.exit_code == 130
    assert "2 claims: " in result.stdout
    assert "guarantee-enables" in result.stdout
    assert "standstill" not in result.stdout
    assert "Interrupted before 24 of the claims; the rest follows." in result.stdout


def test_a_case_without_claims_says_so() -> None:
    assert "no claims" in run("claims", "chicken")


def test_a_wrong_question_is_bad_input() -> None:
    result = CliRunner().invoke(cli, ["ask", "chicken", "where x: may reach y"])
    assert result.exit_code == 2
    assert "no option or outcome is called 'x'" in result.output
    assert "^" in result.output


def test_output_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    run("ask", "chicken", "count true", "--format", "json", "--output", str(file))
    assert json.loads(file.read_text("utf-8"))["answer"] == 4
