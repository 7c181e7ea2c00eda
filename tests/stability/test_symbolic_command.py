"""`detente analyse --engine symbolic`, and when it is chosen by itself."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import detente
from detente.analyses.declared.analyse import AnalyseParameters
from detente.analyses.registry import all_analyses, published_schemas
from detente.analyses.running import run as run_declared
from detente.cli import detente as command_line
from detente.dispute.dispute import OrderedStates
from detente.report import analysis_head
from detente.space.representation import Engine
from detente.space.symbolic.diagrams import TooLarge


@cache
def validator() -> jsonschema.Draft202012Validator:
    text = json.dumps(published_schemas()["analysis"]())
    return jsonschema.Draft202012Validator(json.loads(text))


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command_line, ["analyse", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def told(*arguments: str) -> Any:
    found = json.loads(run(*arguments, "--format", "json"))
    assert [error.message for error in validator().iter_errors(found)] == []
    return found


def rivals(options: int) -> dict[str, Any]:
    """Two parties with so many options each, who want their own and dread the other's."""
    return {
        "dispute": "Rivals",
        "parties": {
            own: {
                "options": {f"o{n}": "Option" for n in range(options)},
                "preferences": [
                    statement
                    for n in range(options)
                    for statement in (f"not {other}.o{n}", f"{own}.o{n}")
                ],
            }
            for own, other in (("a", "b"), ("b", "a"))
        },
        "status_quo": {},
    }


@pytest.mark.parametrize("case", detente.list_cases())
def test_every_case_has_the_counts_of_the_cube(case: str) -> None:
    dispute = detente.load(case)
    orders = [one.preferences for one in dispute.parties]
    if any(isinstance(one, OrderedStates) and isinstance(one.order[0][0], int) for one in orders):
        result = CliRunner().invoke(command_line, ["analyse", case, "--engine", "symbolic"])
        assert result.exit_code == 2
        assert "names states by number" in " ".join(result.output.split())
        return
    found = told(case, "--engine", "symbolic", "--limit", "3")
    cube = detente.analyse(dispute)
    assert found["engine"] == "symbolic"
    assert found["state_count"] == cube.count
    assert found["status_quo"] == cube.status_quo
    for concept in cube.concepts:
        assert found["equilibrium_counts"][concept] == cube.equilibria(concept).size
        assert found["equilibria"][concept] == cube.equilibria(concept)[:3].tolist()
        held = int((cube.is_equilibrium(concept) & cube.cannot_be_left).sum())
        assert found["cannot_be_left"]["equilibrium_counts"][concept] == held
        for party in dispute.parties:
            wanted = cube.stable(concept, party.id).sum()
            assert found["stable_counts"][concept][party.id] == wanted
    assert found["cannot_be_left"]["outcomes"] == list(cube.closed_outcomes)
    assert found["cannot_be_left"]["states"] == int(cube.cannot_be_left.sum())
    for state in found["states"]:
        assert state["options"] == cube.levels(state["id"])
        assert state["outcomes"] == [one.id for one in cube.outcomes(state["id"])]
        for concept, parties in state["stable"].items():
            assert tuple(parties) == cube.stable_parties(concept, state["id"])


def test_sets_are_chosen_where_the_cube_would_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "rivals.json"
    path.write_text(json.dumps(rivals(20)))
    text = " ".join(run(str(path), "--concepts", "Nash,GMR").split())
    assert "1,099,511,627,776 feasible states" in text
    assert "Engine: symbolic sets." in text
    found = told(str(path), "--concepts", "Nash")
    # Each wants all of its own options, whatever the other does.
    assert found["equilibrium_counts"] == {"Nash": 1}
    assert found["equilibria"]["Nash"] == [2**40]
    assert found["state_count"] == 2**40
    analysis = detente.analyse(detente.load(path), ["Nash"], engine="auto")
    assert analysis.engine == "symbolic"


def test_numbers_beyond_floating_point_are_exact() -> None:
    dispute = detente.build_dispute(rivals(40))
    found = detente.analyse(dispute, ["Nash"], engine="symbolic")
    assert found.count == 2**80
    assert found.first_equilibria("Nash", 2) == [(2**80, (1,) * 80)]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--party", "dprk"], "--party"),
        (["--state", "5"], "--state"),
        (["--format", "csv"], "--format csv"),
        (["--concepts", "SIM"], "SIM needs the cube"),
    ],
)
def test_what_is_not_served_is_refused(arguments: list[str], word: str) -> None:
    command = ["analyse", "korea-2017", "--engine", "symbolic", *arguments]
    result = CliRunner().invoke(command_line, command)
    assert result.exit_code == 2
    assert word in " ".join(result.output.split())


def test_the_status_quo_alone() -> None:
    arguments = ["ukraine-2017", "--state", "status_quo", "--concepts", "Nash,SEQ"]
    sets, cube = told(*arguments, "--engine", "symbolic"), told(*arguments)
    (here,), (wanted,) = sets["states"], cube["states"]
    assert {**here, "ranks": wanted["ranks"]} == wanted
    assert sets["equilibrium_counts"] == cube["equilibrium_counts"]
    asked = ["analyse", "chicken", "--state", "status_quo", "--engine", "symbolic"]
    result = CliRunner().invoke(command_line, asked)
    assert result.exit_code == 2
    assert "names no status quo" in result.output


def test_the_status_quo_is_told_where_the_sets_are_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = {
        concept: parties
        for state in told("ukraine-2017", "--state", "status_quo")["states"]
        for concept, parties in state["stable"].items()
    }

    def too_large(*_: Any, **__: Any) -> None:
        raise TooLarge

    monkeypatch.setattr("detente.stability.symbolic_analysis.stable_states", too_large)
    found = told("ukraine-2017", "--engine", "symbolic", "--concepts", "GMR,SEQ")
    assert found["equilibrium_counts"] == {}
    (here,) = found["states"]
    assert here["stable"] == {name: wanted[name] for name in ("GMR", "SEQ")}


@pytest.mark.parametrize("case", ["ukraine-2017", "garrison-diversion"])
def test_the_answer_is_a_sentence_first(case: str) -> None:
    sets = analysis_head.head_on_sets(detente.analyse(detente.load(case), engine="symbolic"))
    cube = analysis_head.analysis_head(detente.analyse(detente.load(case)))
    for words in sets.split(". "):
        assert words.rstrip(".") in cube
    assert "can hold" in sets or "No state" in sets
    assert "In short" in run(case, "--engine", "symbolic")
    # Where SEQ was not asked for, nothing is said of it.
    assert "In short" not in run(case, "--engine", "symbolic", "--concepts", "Nash")


def test_the_declared_analysis_works_on_sets_where_no_array_does(tmp_path: Path) -> None:
    # Pages, HTTP, assistants and notebooks run what is declared.
    (declared,) = (one for one in all_analyses() if one.name == "analyse")
    parameters = AnalyseParameters(concepts=("Nash",), limit=1)
    stated = rivals(20)
    stated["parties"]["a"]["preferences"].append({"prefer": "a.o0", "confidence": 0.3})
    ran = run_declared(declared, detente.build_dispute(stated), parameters)
    told = declared.document(ran.result, parameters)
    assert told["engine"] == "symbolic"
    assert told["equilibrium_counts"] == {"Nash": 1}
    assert "all answers are the same" in " ".join(ran.doubts)
    assert declared.blocks(ran.result, parameters)


@pytest.mark.parametrize("engine", ["cube", "list", "symbolic"])
def test_what_is_doubtful_is_told_alike(engine: Engine) -> None:
    stated = rivals(2)
    stated["outcomes"] = {"all": {"name": "All", "when": "a.o0 and b.o0"}}
    stated["parties"]["a"]["preferences"] = [{"prefer": "a.o0", "confidence": 0.3}]
    (declared,) = (one for one in all_analyses() if one.name == "analyse")
    parameters = AnalyseParameters(concepts=("Nash",), engine=engine)
    ran = run_declared(declared, detente.build_dispute(stated), parameters)
    (doubt,) = ran.doubts
    assert "what is an equilibrium under Nash is 13, 14, 15, 16 instead of 14, 16" in doubt


@pytest.mark.parametrize("command", ["forecast", "robust", "brief"])
def test_what_sets_do_not_serve_names_what_they_serve(tmp_path: Path, command: str) -> None:
    path = tmp_path / "rivals.json"
    path.write_text(json.dumps(rivals(40)))
    result = CliRunner().invoke(command_line, [command, str(path)])
    assert result.exit_code == 3
    words = " ".join(result.output.split())
    assert f"{command} needs a cube or a list of states" in words
    assert "what does without: analyse, ask" in words


def test_what_is_not_finished_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.stability.time_limit._GRACE", 60.0)
    text = " ".join(run("korea-2017", "--engine", "symbolic", "--seconds", "0").split())
    assert "Not found under SEQ for dprk, us, china, russia, rok and japan: time ran out." in text
    found = told("korea-2017", "--engine", "symbolic", "--seconds", "0")
    # Nash takes no time, and may be found all the same.
    assert set(found["equilibrium_counts"]) <= {"Nash"}
    assert {one["why"] for one in found["unfinished"]} == {"time"}


def test_a_large_dispute_is_validated(tmp_path: Path) -> None:
    path = tmp_path / "rivals.json"
    path.write_text(json.dumps(rivals(40)))
    result = CliRunner().invoke(command_line, ["validate", str(path)])
    assert result.exit_code == 0, result.output
    assert f"{2**80:,} feasible states" in result.output
    assert "Not looked for: statements" in result.output
    assert "No faults." in result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["forecast", "korea-2017", "--engine", "symbolic"], "forecast has no option --engine"),
        (["roadmap", "find", "korea-2017", "--seconds", "2"], "roadmap find has no option --sec"),
        (["bargain", "korea-2017", "--nodes", "2"], "it holds no states"),
        (["version", "--engine", "list"], "No such option '--engine'"),
        (["forecast", "korea-2017", "--engines", "list"], "No such option '--engines'"),
    ],
)
def test_why_an_analysis_has_no_such_option(words: list[str], told: str) -> None:
    result = CliRunner().invoke(command_line, words)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
    assert ("serve analyse, ask" in result.output) == (
        "forecast has" in told or "roadmap find" in told
    )
