"""The JSON document: valid by its schema, and the same whole or piece by piece."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import pytest

import detente
from detente.analyses.parameters import parameters_from
from detente.analyses.registry import analysis_named, published_schemas
from detente.report.document import document, document_text


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    text = json.dumps(published_schemas()[name]())
    return jsonschema.Draft202012Validator(json.loads(text))


def problems(found: Any) -> list[str]:
    return [error.message for error in validator("analysis").iter_errors(found)]


@pytest.mark.parametrize("name", detente.list_cases())
def test_every_case_is_valid_by_the_schema(name: str) -> None:
    analysis = detente.analyse(detente.load(name))
    # Validation by schema takes a millisecond a state; a spread of a large case's states will do.
    step = max(1, analysis.count // 200)
    states = None if step == 1 else range(1, analysis.count + 1, step)
    whole = document(analysis, states)
    assert problems(whole) == []
    assert json.loads("".join(document_text(analysis, states))) == whole
    assert ("states_left_out" in whole) == (step > 1)


def test_states_beyond_the_first_block() -> None:
    analysis = detente.analyse(detente.load("korea-2017"), ["Nash"])
    states = [*range(1, 9001, 1800), analysis.count]
    all_states = document(analysis)["states"]
    assert len(all_states) == analysis.count
    assert document(analysis, states)["states"] == [all_states[n - 1] for n in states]
    assert [state["id"] for state in all_states] == list(range(1, analysis.count + 1))


def test_the_schema_refuses_what_is_wrong() -> None:
    good = document(detente.analyse(detente.load("prisoners-dilemma")))
    assert problems(good) == []
    assert problems({**good, "schema": "detente/analysis/2"})
    assert problems({**good, "concepts": ["nash"]})
    assert problems({**good, "more": 1})
    assert problems({**good, "status_quo": 0})
    assert problems({key: value for key, value in good.items() if key != "equilibria"})
    first = good["states"][0]
    for key in first:
        assert problems({**good, "states": [{k: v for k, v in first.items() if k != key}]})


def test_a_state_that_does_not_exist() -> None:
    analysis = detente.analyse(detente.load("prisoners-dilemma"), ["Nash"])
    with pytest.raises(detente.DisputeError, match="there is no state 5"):
        document(analysis, [5])


def test_names_in_any_script() -> None:
    dispute = detente.build_dispute(
        {"dispute": "Спор", "parties": {"a": {"name": "甲", "options": {"x": "Ω"}}}}
    )
    analysis = detente.analyse(dispute, ["Nash"])
    text = "".join(document_text(analysis))
    assert json.loads(text)["names"]["options"] == {"a.x": "Ω"}
    assert "甲" in text


def test_equilibria_beyond_the_limit_are_counted() -> None:
    analysis = detente.analyse(detente.load("korea-2017"), ["Nash", "SEQ"])
    states = range(1, 101)
    found = document(analysis, states, most_equilibria=100)
    assert problems(found) == []
    assert found["equilibria"]["Nash"] == analysis.equilibria("Nash").tolist()
    assert found["equilibria"]["SEQ"] == analysis.equilibria("SEQ")[:100].tolist()
    assert found["equilibria_left_out"] == {"SEQ": analysis.equilibria("SEQ").size - 100}
    assert found["equilibrium_counts"] == document(analysis)["equilibrium_counts"]
    assert found["equilibrium_counts"]["SEQ"] == analysis.equilibria("SEQ").size
    assert json.loads("".join(document_text(analysis, states, most_equilibria=100))) == found


@pytest.mark.parametrize(
    ("name", "given"),
    [("inverse", {"make": "1"}), ("formats", {"every_subset": True}), ("brief", {})],
)
def test_other_documents_say_how_many_equilibria_there_are(
    name: str, given: dict[str, Any]
) -> None:
    dispute = detente.load("elmira")
    declaration = analysis_named(name)
    parameters = parameters_from(declaration.parameters, given)
    told = declaration.document(declaration.run(dispute, parameters, None), parameters)
    wanted = detente.analyse(dispute, ["SEQ"]).equilibria("SEQ").size
    assert told["equilibrium_counts"] == {"SEQ": wanted}
