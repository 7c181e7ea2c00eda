"""Feasible states that are listed give what the whole cube gives."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.cli import detente as command_line
from detente.queries.evaluation import evaluate
from detente.queries.parsing import parse_query
from detente.queries.play_steps import Ground
from detente.report.document import document as analysis_document
from detente.space.graph_model import GraphModel
from detente.space.symbolic.listing import feasible_states
from detente.stability.explain import explain
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute
from strategies import disputes, disputes_with_packages, document, with_packages

SPARSE = Path(__file__).parents[1] / "data" / "sparse-cube.yaml"
CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ", "SIM", "L2", "NM"]


def ladder(options: int) -> dict[str, Any]:
    """Two parties whose options each need the one before: one state more than options."""
    half = options // 2
    keys = [f"{party}.{name}{n}" for party, name in (("a", "o"), ("b", "p")) for n in range(half)]
    return {
        "dispute": "A ladder",
        "parties": {
            "a": {"options": {f"o{n}": "Step" for n in range(half)}, "preferences": ["o0"]},
            "b": {"options": {f"p{n}": "Step" for n in range(half)}, "preferences": ["p0"]},
        },
        "constraints": [{"always": f"{before} if {after}"} for before, after in pairwise(keys)],
    }


@given(disputes())
def test_the_states_found_are_the_feasible_ones(expected: OracleDispute) -> None:
    note(str(document(expected)))
    dispute = detente.build_dispute(document(expected))
    found = feasible_states(dispute, most_nodes=2**16)
    assert found is not None
    wanted = sorted(one for members in expected.states for one in members)
    assert sorted(map(tuple, found.table().tolist())) == wanted
    assert found.count == len(wanted)


@given(disputes())
def test_a_list_gives_what_the_definitions_say(expected: OracleDispute) -> None:
    note(str(document(expected)))
    found = detente.analyse(detente.build_dispute(document(expected)), CONCEPTS, engine="list")
    assert found.model.space.listed
    for concept in CONCEPTS:
        for party in range(expected.parties):
            wanted = [expected.stable(concept, party, one) for one in range(len(expected.states))]
            assert found.stable(concept, f"p{party}").tolist() == wanted


@given(disputes())
@settings(max_examples=settings().max_examples)
def test_list_and_cube_give_the_same_document_patterns_and_explanations(
    expected: OracleDispute,
) -> None:
    note(str(document(expected)))
    dispute = detente.build_dispute(document(expected))
    cube, listed = (detente.analyse(dispute, CONCEPTS, engine=one) for one in ("cube", "list"))
    documents = [analysis_document(one) for one in (cube, listed)]
    assert [one.pop("engine") for one in documents] == ["cube", "list"]
    assert documents[0] == documents[1]
    for concept in CONCEPTS:
        assert cube.patterns(concept) == listed.patterns(concept)
        for party in range(expected.parties):
            state = (5 * party) % cube.count
            assert explain(cube.model, concept, party, state) == explain(
                listed.model, concept, party, state
            )


@given(disputes_with_packages())
@settings(max_examples=settings().max_examples)
def test_list_and_cube_agree_with_packages(drawn: Any) -> None:
    expected, joint = drawn
    described = with_packages(expected, document(expected), joint)
    note(str(described))
    dispute = detente.build_dispute(described)
    cube, listed = (detente.analyse(dispute, packages=True, engine=one) for one in ("cube", "list"))
    for concept in cube.concepts:
        for party in dispute.parties:
            np.testing.assert_array_equal(
                cube.stable(concept, party.id), listed.stable(concept, party.id)
            )


def told(dispute: detente.Dispute, text: str, model: GraphModel) -> object:
    try:
        answer = evaluate(parse_query(dispute, text), Ground(model))
    except detente.DisputeError as error:
        return str(error)
    return [(part.holds, part.of, part.choices) for part in answer.parts]


@given(disputes(), st.data())
@settings(max_examples=settings().max_examples)
def test_list_and_cube_answer_alike(expected: OracleDispute, data: st.DataObject) -> None:
    dispute = detente.build_dispute(document(expected))
    keys = [option.key for option in dispute.options]
    one, two = data.draw(st.sampled_from(keys)), data.draw(st.sampled_from(keys))
    asked = [
        f"count {one}: stable for everyone under SEQ",
        f"where {one}: may reach {two}",
        f"p0 prefers {one} to {two}",
        f"where not {two}: what does {one.partition('.')[0]} choose",
    ]
    models = [graph_model(dispute, engine=engine) for engine in ("cube", "list")]
    for text in asked:
        note(f"{document(expected)} {text}")
        counts = [told(dispute, text, model) for model in models]
        assert counts[0] == counts[1]


@pytest.mark.parametrize("options", [24, 30, 60, 100])
def test_few_states_of_a_large_cube_are_listed_by_itself(options: int) -> None:
    found = detente.analyse(detente.build_dispute(ladder(options)))
    assert found.model.engine == "list"
    assert found.count == options + 1
    assert found.levels(found.count) == dict.fromkeys(found.levels(1), "yes")
    # Each party gains by its own first step, and by no other.
    assert np.flatnonzero(~found.stable("Nash", "a")).tolist() == [0]
    assert np.flatnonzero(~found.stable("Nash", "b")).tolist() == [options // 2]


def test_the_work_follows_the_feasible_states_and_not_the_cube() -> None:
    def seconds(options: int) -> float:
        dispute = detente.build_dispute(ladder(options))
        times = []
        for _ in range(2):
            began = time.process_time()
            detente.analyse(dispute)
            times.append(time.process_time() - began)
        return min(times)

    # Twice as many states with twice as many options take about four times as long; a cube would be
    # a thousand million times as large.
    assert seconds(60) < 20 * seconds(30)


def test_commands_name_the_engine() -> None:
    result = CliRunner().invoke(command_line, ["analyse", str(SPARSE), "--limit", "1"])
    assert result.exit_code == 0, result.output
    assert "31 feasible states" in result.output
    assert "list of the feasible states" in " ".join(result.output.split())
    for command in (["validate"], ["explain", "--party", "a", "--state", "1"]):
        result = CliRunner().invoke(command_line, [*command, str(SPARSE)])
        assert result.exit_code == 0, result.output


def test_tangled_constraints_are_given_up() -> None:
    assert feasible_states(detente.build_dispute(ladder(60)), most_nodes=64) is None


def test_what_a_list_does_not_serve_is_refused() -> None:
    model = graph_model(detente.build_dispute(ladder(24)))
    with pytest.raises(detente.DisputeError, match="the engine cube"):
        _ = model.moves.axes
    with pytest.raises(detente.DisputeError, match="no engine 'cub'"):
        detente.analyse(detente.build_dispute(ladder(4)), engine="cub")


def test_many_parties_leave_out_what_grows_with_their_number(tmp_path: Path) -> None:
    parties = "".join(
        f"  p{number}: {{options: {{{'o: Option' if number < 9 else ''}}}}}\n"
        for number in range(150)
    )
    path = tmp_path / "many.yaml"
    path.write_text(f"dispute: Many\nparties:\n{parties}")
    result = CliRunner().invoke(command_line, ["analyse", str(path), "--limit", "1"])
    assert result.exit_code == 0, result.output
    told = " ".join(result.output.split())
    assert "SIM, L2 and NM were not computed" in told
    assert "slow with 512 states and 150 parties" in told
