"""Answers and claims in words, and as documents that fit their schemas."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from detente.analyses.registry import published_schemas
from detente.cli import detente as cli


def run(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def schema(name: str) -> dict[str, object]:
    text = json.dumps(published_schemas()[name]())
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
    assert "article, paragraph 24, sentence 3: " in text
    assert "article: " in text.partition("\nSources\n")[2]
    row = next(line for line in text.splitlines() if line.startswith("plan-holds"))
    assert row.split()[1:4] == ["yes", "no", "differs"]
    assert "It fails in state" in text


def test_ctrl_c_leaves_the_claims_checked_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.evidence import claims
    from detente.queries.answer import Answer
    from detente.queries.play_steps import Ground
    from detente.queries.query import Query

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


def test_a_choice_is_told_in_full_sentences() -> None:
    told = " ".join(run("ask", "korea-2017", "where status_quo: what does china choose").split())
    assert (
        "China moves there: it must start “Go over to the position of the United States”; it may "
        "start “Take a seat at talks”."
    ) in told
    many = " ".join(run("ask", "elmira", "what does uniroyal choose").split())
    assert "Uniroyal moves in " in many
    stays = " ".join(run("ask", "elmira", "where 5: what does moe choose").split())
    assert "stays there: it has no move that it would make." in stays


def test_a_witness_changes_no_more_than_it_has_to() -> None:
    told = run("ask", "korea-2017", "where status_quo: may reach war by legal moves")
    (step,) = (line for line in told.splitlines() if line.strip().startswith("- "))
    assert step.strip().startswith("- United States: start “Use force”: state ")


def test_what_several_parties_do_is_told_with_their_names() -> None:
    import detente
    from detente.dispute.names import option_number
    from detente.report.explanations import changes
    from detente.stability.prepared_model import graph_model

    text = {
        "dispute": "t",
        "parties": {
            one: {"name": one.upper(), "options": {"sign": "Sign", "x": "Only " + one}}
            for one in ("a", "b")
        },
        "status_quo": {},
    }
    model = graph_model(detente.build_dispute(text))
    # Options in order: a.sign, a.x, b.sign, b.x.
    assert changes(model, 1, 1 + 1 + 4) == "start “Sign” (A); start “Sign” (B)"
    both = "start “Sign” and start “Only a” (A); start “Only b” (B)"
    assert changes(model, 1, 1 + 1 + 2 + 8) == both
    assert changes(model, 1, 2) == "start “Sign”"
    assert changes(model, 1, 2, by_one=False) == "start “Sign” (A)"
    # An option of one name with another is named with its party.
    assert option_number(model.dispute, "B: Sign") == 2
