"""``detente inverse``, from the file to the page."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from detente.analyses.registry import published_schemas
from detente.cli import detente

_DILEMMA = """
dispute: Dilemma
sources: [{id: trial, title: A trial}]
parties:
  a:
    name: First
    options: {x: Confess}
    preferences:
      - not b.y
      - {prefer: x, confidence: 0.6, source: {id: trial, says: The first is afraid.}}
  b: {name: Second, options: {y: Confess}, preferences: [not a.x, y]}
status_quo: {}
outcomes: {silence: not a.x and not b.y}
"""


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "dilemma.yaml"
    path.write_text(_DILEMMA, encoding="utf-8")
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(detente, ["inverse", *arguments])


def test_the_page(case: str) -> None:
    page = run(case, "--make", "silence", "--concept", "nash", "--kinds", "drop").output
    assert all(len(line) <= 80 for line in page.splitlines())
    assert "The smallest number of changes is 2. There is 1 way to do it" in page
    assert "1. First: no longer mind whether “Confess” (statement 2 of 2)." in page
    assert "Now stated with confidence 0.6; source trial." in page
    assert "Second: no longer mind whether “Confess” (statement 2 of 2)." in page


def test_the_document(case: str) -> None:
    found = json.loads(
        run(case, "--make", "silence", "--concept", "Nash", "--format", "json").output
    )
    schema = json.dumps(published_schemas()["inverse"]())
    jsonschema.Draft202012Validator(json.loads(schema)).validate(found)
    assert (found["least"], found["complete"], len(found["answers"])) == (2, True, 4)
    assert {one["states"][0] for one in found["answers"]} == {1}
    assert found["answers"][0]["changes"][0]["confidence"] == 0.6


def test_what_others_could_give(case: str) -> None:
    words = [case, "--make", "4", "--concept", "SMR", "--parties", "a"]
    Path(case).write_text(
        _DILEMMA.replace("[not a.x, y]", "[y]").replace("- not b.y", "- not x\n      - not b.y"),
        encoding="utf-8",
    )
    page = " ".join(run(*words).output.split())
    assert "In state 4 others could yet give First: “not b.y” (statement 2; Second)." in page
    found = json.loads(run(*words, "--format", "json").output)
    offer = {"party": "a", "statement": 2, "prefer": "not b.y", "by": ["b"]}
    assert [one["offers"] for one in found["answers"]] == [[offer]] * len(found["answers"])
    assert found["answers"]


def test_interrupted_before_anything_is_known(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("detente.changes.inverse.sparse_graph", stop)
    result = run(case, "--make", "silence", "--concept", "Nash")
    assert result.exit_code == 130
    assert result.output.startswith("Interrupted: nothing found so far.")


def test_packages_as_moves(case: str) -> None:
    with open(case, "a", encoding="utf-8") as file:
        file.write("packages: {quiet: {parties: [a, b], set: {a.x: no, b.y: no}}}\n")
    words = [case, "--make", "4", "--concept", "Nash", "--packages", "--kinds", "drop"]
    assert "Concept: Nash, with packages as moves." in run(*words).output
    found = json.loads(run(*words, "--format", "json").output)
    schema = json.dumps(published_schemas()["inverse"]())
    jsonschema.Draft202012Validator(json.loads(schema)).validate(found)
    assert (found["packages"], found["least"]) == (True, 1)


def test_a_proof_that_nothing_will_do(case: str) -> None:
    page = run(case, "--make", "1", "--concept", "Nash", "--max", "1").output
    assert "No set of at most 1 change is enough (--max looks for more)." in page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--make", "9"], "there is no state 9"),
        (["--make", "silense"], "silence"),
        (["--make", "1", "--concept", "NM"], "NM"),
        (["--make", "1", "--kinds", "flop"], "flip"),
        (["--make", "1", "--parties", "c"], "there is no party 'c'"),
        (["--make", "1", "--parties", ","], "--parties names nothing"),
        (["--make", "1", "--kinds", ","], "--kinds names nothing"),
        (["--make", "1", "-o", "no/such/folder.txt"], "there is no such folder"),
    ],
)
def test_bad_input(case: str, arguments: list[str], message: str) -> None:
    result = run(case, *arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_no_overwriting_of_the_case(case: str) -> None:
    result = run(case, "--make", "1", "-o", case)
    assert result.exit_code == 2
    assert Path(case).read_text("utf-8") == _DILEMMA
