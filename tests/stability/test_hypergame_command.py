"""``detente hypergame``, from the file to the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from detente.analyses.registry import published_schemas
from detente.cli import detente

_TOWN = """
dispute: A factory and a town
parties:
  factory:
    name: Factory
    options: {expand: Expand the works}
    preferences: [not town.sue, expand]
    perceives:
      town: {preferences: [not sue], options: [SEEN]}
  town: {name: Town, options: {sue: Go to court}, preferences: [sue iff factory.expand]}
status_quo: {}
"""


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "town.yaml"
    path.write_text(_TOWN.replace("SEEN", "sue"), encoding="utf-8")
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(detente, ["hypergame", *arguments])


def test_the_page(case: str) -> None:
    page = run(case).output
    assert all(len(line) <= 80 for line in page.splitlines())
    assert "1. Factory thinks that Town prefers “not sue” and has all its options." in page
    assert "As Factory sees it" in page
    assert "Hypergame if 1 were corrected" in page
    assert "Town would leave" in page


def test_options_that_are_not_seen(case: str) -> None:
    Path(case).write_text(_TOWN.replace("SEEN", ""), encoding="utf-8")
    page = " ".join(run(case).output.split())
    assert "does not have the choice of “Go to court”" in page


def test_the_document(case: str) -> None:
    found = json.loads(run(case, "-c", "SEQ", "--format", "json").output)
    schema = json.dumps(published_schemas()["hypergame"]())
    jsonschema.Draft202012Validator(json.loads(schema)).validate(found)
    assert found["perceived"] == {"factory": {"SEQ": [2]}, "town": {"SEQ": [1, 4]}}
    assert found["equilibria"] == {"SEQ": [4]}
    assert {one["state"] for one in found["surprises"]["SEQ"]} == {1, 2, 4}


def test_what_is_wrong_in_the_file_is_shown_with_its_place(case: str) -> None:
    Path(case).write_text(_TOWN.replace("SEEN", "seu"), encoding="utf-8")
    result = run(case)
    assert result.exit_code == 2
    assert "town.yaml:9:48:" in result.output
    assert "sue" in result.output
    assert "Traceback" not in result.output


def interrupted(case: str, monkeypatch: pytest.MonkeyPatch, at: str, *words: str) -> Result:
    """What is shown if Ctrl-C comes while a concept is being looked at."""
    from detente.stability import hypergame

    whole = hypergame.analyse_model

    def stopped(model: Any, names: list[str], **options: Any) -> Any:
        if names == [at]:
            raise KeyboardInterrupt
        return whole(model, names, **options)

    monkeypatch.setattr(hypergame, "analyse_model", stopped)
    return run(case, *words)


def test_an_interruption_shows_what_is_known(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = interrupted(case, monkeypatch, "SMR")
    assert result.exit_code == 130
    assert "Interrupted after Nash, GMR; what is known of these follows." in result.output
    assert "Concepts: Nash, GMR." in result.output
    assert "Hypergame if 1 were corrected" in result.output


@pytest.mark.parametrize(
    ("at", "words"), [("Nash", ()), ("SEQ", ("--format", "json")), ("SEQ", ("-o", "page.txt"))]
)
def test_an_interruption_leaves_nothing_by_halves(
    case: str, monkeypatch: pytest.MonkeyPatch, at: str, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(Path(case).parent)
    result = interrupted(case, monkeypatch, at, *words)
    assert (result.exit_code, result.output) == (130, "interrupted\n")
    assert not Path("page.txt").exists()
