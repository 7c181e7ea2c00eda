"""What every analysis of the registry must do, whoever declared it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner

import detente
from detente.analyses import running
from detente.analyses.declaration import Declaration
from detente.analyses.parameters import parameters_from, parameters_of
from detente.analyses.registry import (
    all_analyses,
    analyses_of_command,
    analysis_named,
    published_schemas,
)
from detente.cli import detente as commands
from detente.dispute.errors import DisputeError, LimitError
from detente.dispute.result import Result, whole
from detente.report.blocks_document import blocks_document
from detente.report.content import ReportContent, Section
from detente.report.plots.picture import picture_bytes
from detente.report.render.html import html_page
from detente.report.render.markdown import markdown_text
from detente.report.render.terminal import terminal_parts
from detente.report.render.word import word_document

ONE_STATE = {
    "dispute": "One state",
    "parties": {"a": {"name": "A", "options": {"x": "X"}, "preferences": ["x"]}},
    "constraints": [{"never": "not a.x"}],
    "status_quo": {"a.x": True},
    "outcomes": {"done": "a.x"},
    "roadmaps": {"plan": [{"stage": "Nothing", "move": {"a.x": True}}]},
}

SMALL = {
    "dispute": "Two parties",
    "parties": {
        "a": {"name": "A", "options": {"x": "X"}, "preferences": ["not b.y", "x"]},
        "b": {"name": "B", "options": {"y": "Y"}, "preferences": ["a.x if y", "not y"]},
    },
    "status_quo": {"a.x": False, "b.y": True},
    "packages": {"deal": {"parties": ["a", "b"], "set": {"a.x": True, "b.y": False}}},
    "formats": {"both": ["a", "b"]},
    "outcomes": {"done": "a.x and not b.y"},
    "roadmaps": {"plan": [{"stage": "The deal", "package": "deal"}]},
    "sources": [{"id": "s", "title": "A source"}],
    "issues": {
        "here": {
            "scale": {"low": "none", "high": "all"},
            "positions": {
                "a": {"position": 10, "salience": 0.2, "capability": 50},
                "b": {"position": 90, "salience": 0.8, "capability": 40},
            },
        },
        "there": {
            "scale": {"low": "none", "high": "all"},
            "positions": {
                "a": {"position": 0, "salience": 0.9, "capability": 50},
                "b": {"position": 100, "salience": 0.3, "capability": 40},
            },
        },
    },
    "claims": [{"id": "c", "says": True, "ask": "may reach done", "source": {"id": "s"}}],
    "history": [{"on": "2001-02-03", "set": {"a.x": True}}],
}

# What the analyses that cannot do without are asked of every dispute.
GIVEN: dict[str, dict[str, Any]] = {
    "brief": {"draws": 2},
    "ask": {"question": "where status_quo: may reach done"},
    "bargain": {"draws": 20},
    "envoy": {"roadmap": "plan"},
    "explain": {"party": "a"},
    "backtest": {"draws": 4},
    "forecast": {"draws": 4},
    "inverse": {"make": "1"},
    "rankings": {"make": "1", "party": "a"},
    "roadmap find": {"to": "done"},
    "paths": {"end": "done"},
    "robust": {"draws": 20, "check_draws": 0},
}


def test_a_command_has_all_its_analyses_and_no_other() -> None:
    words = {one.name.partition(" ")[0] for one in all_analyses()}
    for word in words:
        named = [one for one in all_analyses() if one.name.split()[0] == word]
        assert list(analyses_of_command(word)) == named
    assert analyses_of_command("road") == ()


def given(declaration: Declaration) -> dict[str, Any]:
    values = dict(GIVEN.get(declaration.name, {}))
    for parameter in parameters_of(declaration.parameters):
        if parameter.asked.kind == "roadmap":
            values.setdefault(parameter.name, "plan")
    return values


EVERY = [pytest.param(one, id=one.path) for one in all_analyses()]


@pytest.mark.parametrize("declaration", EVERY)
def test_every_analysis_is_told_in_words(declaration: Declaration) -> None:
    assert declaration.question.endswith("?")
    assert declaration.about.endswith((".", "talk"))
    for parameter in parameters_of(declaration.parameters):
        assert parameter.help, (declaration.name, parameter.name)


@pytest.mark.parametrize("declaration", EVERY)
def test_one_state_is_answered_or_refused_in_words(declaration: Declaration) -> None:
    try:
        check_every_form(declaration, detente.build_dispute(ONE_STATE))
    except DisputeError:
        # Such a dispute has no plan to find, no format to look at: one clear message.
        return


@pytest.mark.parametrize("declaration", EVERY)
def test_a_small_dispute_in_every_form(declaration: Declaration) -> None:
    check_every_form(declaration, detente.build_dispute(SMALL))


# What has no equilibria to count, and why. Every other document has `equilibrium_counts`.
WITHOUT_EQUILIBRIA = {
    "ask": "answers one question",
    "backtest": "scores odds of moves",
    "bargain": "is about positions on issues, not about states",
    "claims": "answers questions",
    "envoy": "is about offers that make one plan hold",
    "explain": "is about one state",
    "fit": "estimates odds from moves",
    "forecast": "is about play, with the states in which it is",
    "paths": "is about legal moves; nobody's stability is asked",
    "rankings": "is about one state",
    "roadmap check": "is about the states of one plan",
    "roadmap find": "is about plans",
    "roadmap repair": "is about one plan",
    "roadmap simulate": "is about one plan",
}


@pytest.mark.parametrize("declaration", EVERY)
def test_equilibria_are_counted_wherever_they_are_found(declaration: Declaration) -> None:
    counted = "equilibrium_counts" in declaration.schema()["required"]
    assert counted != (declaration.name in WITHOUT_EQUILIBRIA)
    if not counted:
        return
    dispute = detente.build_dispute(SMALL)
    names = {one.name for one in parameters_of(declaration.parameters)}
    variants: list[dict[str, Any]] = [{}]
    variants += [{"limit": 1}] if "limit" in names else []
    variants += [{"engine": one} for one in declaration.engines] if "engine" in names else []
    found = []
    for variant in variants:
        parameters = parameters_from(declaration.parameters, {**given(declaration), **variant})
        result = declaration.run(dispute, parameters, None)
        found.append(declaration.document(result, parameters)["equilibrium_counts"])
    assert found[0]
    assert all(one == found[0] for one in found)


def check_every_form(declaration: Declaration, dispute: detente.Dispute) -> None:
    parameters = parameters_from(declaration.parameters, given(declaration))
    ran = running.run(declaration, dispute, parameters)
    assert not ran.partial
    document = json.loads(json.dumps(declaration.document(ran.result, parameters)))
    jsonschema.validate(document, declaration.schema())
    assert document["schema"] == declaration.schema()["properties"]["schema"]["const"]
    again = running.run(declaration, dispute, parameters)
    assert json.loads(json.dumps(declaration.document(again.result, parameters))) == document
    check_result(declaration, ran.result)
    blocks = tuple(declaration.blocks(ran.result, parameters))
    assert blocks
    assert json.dumps(blocks_document(blocks))
    assert terminal_parts(blocks)
    report = ReportContent("One", (Section("one", "One", blocks),), ())
    assert "<main" in html_page(report)
    assert markdown_text(report, lambda _: None)
    assert word_document(report)
    for draw in (declaration.pictures or {}).values():
        assert picture_bytes(draw(ran.result, parameters), "svg")


def check_result(declaration: Declaration, result: Any) -> None:
    """What every result can do, whatever the analysis is."""
    assert declaration.result is not None, "say what type the result has"
    kinds = [declaration.result] if isinstance(declaration.result, str) else declaration.result
    assert f"{type(result).__module__}.{type(result).__qualname__}" in kinds
    assert isinstance(result, Result)
    shown = result._repr_html_()
    assert shown is not None
    assert shown.endswith(("</div>", "</table>"))
    assert len(shown) > 150
    assert not result.partial
    document = json.loads(json.dumps(result.to_dict()))
    jsonschema.validate(document, declaration.schema())
    if declaration.rows is None:
        with pytest.raises(TypeError, match="has no rows"):
            result.to_polars()
    else:
        frame = result.to_polars()
        if isinstance(declaration.rows, str):
            assert frame.height == len(document[declaration.rows])


@pytest.mark.parametrize("declaration", EVERY)
def test_interrupted_it_stops_or_returns_a_partial_result(declaration: Declaration) -> None:
    struck = []

    def stop(what: str, share: float) -> None:
        struck.append((what, share))
        if len(struck) == 2:
            raise KeyboardInterrupt

    dispute = detente.build_dispute(SMALL)
    parameters = parameters_from(declaration.parameters, given(declaration))
    try:
        found = declaration.run(dispute, parameters, stop)
    except KeyboardInterrupt:
        return
    assert found.partial == declaration.is_partial(found) == (len(struck) > 1)
    assert tuple(declaration.blocks(found, parameters))
    document = json.loads(json.dumps(declaration.document(found, parameters)))
    jsonschema.validate(document, declaration.schema())
    if found.partial:
        with pytest.raises(KeyboardInterrupt):
            whole(found)


@pytest.mark.parametrize("declaration", EVERY)
def test_what_it_is_not_asked_is_refused(declaration: Declaration) -> None:
    with pytest.raises(DisputeError, match="no parameter 'tesst'"):
        parameters_from(declaration.parameters, {**given(declaration), "tesst": 1})


@pytest.mark.parametrize("declaration", EVERY)
def test_every_analysis_has_a_command(declaration: Declaration) -> None:
    result = CliRunner().invoke(commands, [*declaration.name.split(), "--help"])
    assert result.exit_code == 0, result.output
    assert "--format" in result.output


def test_schemas_are_printed_by_the_analysis_and_by_the_document() -> None:
    for name in ("hypergame", "inverse", "roadmap-find", "roadmap-search", "dispute"):
        result = CliRunner().invoke(commands, ["schema", name])
        assert result.exit_code == 0, result.output
        jsonschema.Draft202012Validator.check_schema(json.loads(result.output))
    wrong = CliRunner().invoke(commands, ["schema", "inverze"])
    assert wrong.exit_code == 2
    assert "inverse" in wrong.output
    assert set(published_schemas()) >= {"analysis", "explanation"}


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(DisputeError, match="did you mean 'formats'"):
        analysis_named("formatz")
    assert analysis_named("roadmap-find").name == "roadmap find"


def test_parameters_keep_their_types() -> None:
    declaration = analysis_named("inverse")
    chosen = parameters_from(declaration.parameters, {"make": "1", "kinds": ["drop"]})
    assert msgspec.structs.asdict(chosen)["kinds"] == ("drop",)
    with pytest.raises(DisputeError, match=r"kinds: .*found .*flop.*allowed: flip, drop, move"):
        parameters_from(declaration.parameters, {"make": "1", "kinds": ["flop"]})
    with pytest.raises(DisputeError, match="'make' is missing"):
        parameters_from(declaration.parameters, {})


def test_the_document_says_which_engines_serve_which_analyses() -> None:
    page = Path(__file__).parents[2] / "docs" / "concepts" / "symbolic.md"
    rows = page.read_text(encoding="utf-8").split("| analyses | cube | list | symbolic |")[1]
    told: dict[str, list[bool]] = {}
    for row in rows.splitlines()[2:]:
        if not row.startswith("|"):
            break
        names, *served = (cell.strip() for cell in row.strip("|").split("|"))
        told |= {name.strip(" `"): [one == "yes" for one in served] for name in names.split(",")}
    declared = {
        one.name: [engine in one.engines for engine in ("cube", "list", "symbolic")]
        for one in all_analyses()
    }
    assert told == declared


def test_what_no_engine_can_hold_is_refused_by_those_that_need_more() -> None:
    options = {f"o{n}": "Option" for n in range(40)}
    parties = {"a": {"options": options, "preferences": ["a.o1"]}}
    dispute = detente.build_dispute({"dispute": "Large", "parties": parties, "status_quo": {}})
    for declaration in all_analyses():
        if "symbolic" not in declaration.engines:
            parameters = parameters_from(declaration.parameters, given(declaration))
            with pytest.raises(LimitError, match=r"40 options .* does without: .*explain"):
                running.run(declaration, dispute, parameters)
