"""Stability with packages against the literal definitions, and what it implies."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente import DisputeError
from detente.cli import detente as commands
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import OracleDispute
from oracle.packaged import OraclePackaged
from strategies import disputes, document, packages, with_packages

# The oracle is slow: half of the disputes that the profile asks for.
EXAMPLES = settings().max_examples // 2

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ"]


@st.composite
def disputes_with_packages(
    draw: st.DrawFn, *, plain: bool = False
) -> tuple[OracleDispute, list[OraclePackage]]:
    dispute = draw(disputes(most_states=24, plain=plain))
    return dispute, draw(packages(dispute))


@settings(max_examples=EXAMPLES)
@given(disputes_with_packages() | disputes_with_packages(plain=True))
def test_every_party_and_state(drawn: tuple[OracleDispute, list[OraclePackage]]) -> None:
    dispute, package_list = drawn
    described = with_packages(dispute, document(dispute), package_list)
    note(str(described))
    found = detente.analyse(detente.from_dict(described), CONCEPTS, packages=True)
    oracle = OraclePackaged(OracleCoalitions(dispute, package_list))
    for concept in CONCEPTS:
        for party in range(dispute.parties):
            stable = found.stable(concept, f"p{party}")
            for state in range(len(dispute.states)):
                expected = oracle.stable(concept, party, state)
                assert stable[state] == expected, (concept, party, state + 1)


@settings(max_examples=EXAMPLES)
@given(disputes_with_packages())
def test_what_implies_what(drawn: tuple[OracleDispute, list[OraclePackage]]) -> None:
    dispute, package_list = drawn
    described = with_packages(dispute, document(dispute), package_list)
    note(str(described))
    loaded = detente.from_dict(described)
    found = detente.analyse(loaded, CONCEPTS, packages=True)
    without = detente.analyse(loaded, CONCEPTS)
    outsiders = set(range(dispute.parties)).difference(*(one.members for one in package_list))
    for party in (f"p{number}" for number in range(dispute.parties)):
        for stronger, weaker in (
            ("Nash", "SMR"),
            ("SMR", "GMR"),
            ("Nash", "SSEQ"),
            ("SSEQ", "SEQ"),
            ("SEQ", "GMR"),
            ("SSEQ", "SMR"),
        ):
            assert found.stable(weaker, party)[found.stable(stronger, party)].all()
        # A package is a further improvement to a member, and only a sanction to an outsider.
        assert without.stable("Nash", party)[found.stable("Nash", party)].all()
    for party in (f"p{number}" for number in outsiders):
        np.testing.assert_array_equal(found.stable("Nash", party), without.stable("Nash", party))
        for concept in CONCEPTS:
            assert found.stable(concept, party)[without.stable(concept, party)].all()


@settings(max_examples=EXAMPLES)
@given(disputes(most_states=24))
def test_without_packages_nothing_changes(dispute: OracleDispute) -> None:
    loaded = detente.from_dict(document(dispute))
    found = detente.analyse(loaded, CONCEPTS, packages=True)
    without = detente.analyse(loaded, CONCEPTS)
    for concept in CONCEPTS:
        for number in range(dispute.parties):
            np.testing.assert_array_equal(
                found.stable(concept, f"p{number}"), without.stable(concept, f"p{number}")
            )


BOTH_STOP = {
    "dispute": "Two parties that would stop together",
    "parties": {
        "a": {"name": "A", "options": {"stop": "Stop"}, "preferences": ["b.stop", "not a.stop"]},
        "b": {"name": "B", "options": {"stop": "Stop"}, "preferences": ["a.stop", "not b.stop"]},
    },
    "packages": {
        "both": {
            "name": "Both stop",
            "parties": ["a", "b"],
            "set": {"a.stop": "yes", "b.stop": "yes"},
        }
    },
}


def test_a_dilemma_by_hand() -> None:
    loaded = detente.from_dict(BOTH_STOP)
    found = detente.analyse(loaded, CONCEPTS, packages=True)
    # Neither stops alone; together both gain, so that state 1 is left under Nash. Each then
    # fears that the other goes back on it, which leaves it worse off than before.
    assert detente.analyse(loaded, ["Nash"]).equilibria("Nash").tolist() == [1]
    assert found.equilibria("Nash").tolist() == []
    assert found.equilibria("SEQ").tolist() == [1, 4]


def test_command_and_its_document() -> None:
    words = ["analyse", "korea-2017", "--packages", "-c", "Nash"]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, words)
    assert result.exit_code == 0, result.output
    assert "Concepts: Nash, with packages as moves." in " ".join(result.output.split())
    words += ["--format", "json", "--limit", "1"]
    content = json.loads(CliRunner().invoke(commands, words).stdout)
    schema = files("detente.report").joinpath("schemas/analysis-1.json").read_text("utf-8")
    jsonschema.validate(content, json.loads(schema))
    assert content["packages"] is True


@pytest.mark.parametrize("concept", ["SIM", "L2", "NM"])
def test_concepts_that_are_not_defined_with_packages(concept: str) -> None:
    with pytest.raises(DisputeError, match=f"{concept} is not defined with packages"):
        detente.analyse(detente.from_dict(BOTH_STOP), [concept], packages=True)
