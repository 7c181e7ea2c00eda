"""``detente uncertain`` and ``detente strength``, from the file to the page."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from detente.analyses.registry import published_schemas
from detente.cli import detente

_TOWN = """
dispute: A factory and a town
parties:
  factory:
    name: Factory
    options: {expand: Expand the works}
    preferences:
      - {prefer: "not town.sue", strength: strong}
      - {prefer: expand, unknown: UNKNOWN}
  town:
    name: Town
    options: {sue: Go to court}
    preferences: ["not factory.expand", "sue iff factory.expand"]
status_quo: {}
outcomes: {peace: "not factory.expand and not town.sue"}
"""


@pytest.fixture
def case(tmp_path: Path) -> dict[str, str]:
    paths = {}
    for word in ("true", "false"):
        paths[word] = str(tmp_path / f"{word}.yaml")
        Path(paths[word]).write_text(_TOWN.replace("UNKNOWN", word), encoding="utf-8")
    return paths


def run(*arguments: str) -> str:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(detente, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def valid(text: str, name: str) -> dict[str, object]:
    schema = json.dumps(published_schemas()[name]())
    found: dict[str, object] = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(schema)).validate(found)
    return found


def test_unknown(case: dict[str, str]) -> None:
    page = run("uncertain", case["true"], "-c", "Nash,SEQ")
    assert "factory.2 “expand”" in page
    assert all(len(line) <= 80 for line in page.splitlines())
    found = valid(run("uncertain", case["true"], "--format", "json"), "uncertain")
    assert found["unknown"] == [{"party": "factory", "statement": 2, "prefer": "expand"}]
    # Whether the factory gains by expanding is unknown: it may be tempted to leave state 1.
    assert found["equilibria"]["Nash"] == {"a": [], "b": [1, 4], "c": [], "d": [1, 4]}  # type: ignore[index]


def test_strength(case: dict[str, str]) -> None:
    assert "factory.1 “not town.sue”" in run("strength", case["false"])
    found = valid(run("strength", case["false"], "--format", "json"), "strength")
    assert found["equilibria"]["SEQ"] == {"general": [1, 4], "strong": [1, 4], "weak": []}  # type: ignore[index]


def test_a_plain_analysis_takes_the_unknown_as_stated_and_says_so(case: dict[str, str]) -> None:
    told = run("analyse", case["true"])
    assert told.startswith("It is unknown which way factory.2 “expand” is preferred")
    answer, _, otherwise = told.partition("\n")[2].partition("\nWith what is unknown")
    assert f"{answer}\n" == run("analyse", case["false"])
    assert otherwise.startswith(" (factory.2 “expand”) taken the other way")


@pytest.mark.parametrize("command", ["uncertain", "strength"])
def test_no_overwriting_of_the_case(case: dict[str, str], command: str) -> None:
    result = CliRunner().invoke(detente, [command, case["false"], "-o", case["false"]])
    assert result.exit_code == 2
    assert Path(case["false"]).read_text("utf-8").startswith("\ndispute")
