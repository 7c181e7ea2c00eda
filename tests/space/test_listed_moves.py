"""Disputes whose files list the moves: against the literal definitions, and what is refused."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.cli import detente as commands
from detente.files.dispute_file import load_text
from oracle.definitions import OracleDispute
from strategies import disputes, document

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ", "L2", "NM"]
THREE = """
dispute: Three states
parties:
  one: {options: {state: {levels: [calm, tense, war]}}, moves: [[1, 2], [2, 1]], preferences: [state = calm]}
  two: {moves: [[2, 3]], preferences: {order: [1, 2, 3]}}
status_quo: {one.state: tense}
outcomes: {war: one.state = war}
"""  # noqa: E501


@st.composite
def with_listed_moves(draw: st.DrawFn) -> tuple[OracleDispute, dict[str, Any]]:
    """A dispute in which each party has any moves at all, and its document."""
    dispute = draw(disputes(most_states=12, plain=True))
    states = range(len(dispute.states))
    pairs = [(a, b) for a, b in product(states, repeat=2) if a != b]
    one = st.sets(st.sampled_from(pairs), max_size=12) if pairs else st.just(set())
    lists = [draw(one) for _ in range(dispute.parties)]
    dispute.directions = [None] * len(dispute.directions)
    # The oracle works its moves out once; here they are given.
    vars(dispute)["moves"] = [[{b for a, b in own if a == s} for s in states] for own in lists]
    described = document(dispute)
    for party, own in enumerate(lists):
        described["parties"][f"p{party}"]["moves"] = [[a + 1, b + 1] for a, b in own]
    return dispute, described


@given(with_listed_moves())
@settings(max_examples=2 * settings().max_examples)
def test_every_concept_party_and_state(drawn: tuple[OracleDispute, dict[str, Any]]) -> None:
    expected, described = drawn
    note(str(described))
    found = detente.analyse(detente.build_dispute(described), CONCEPTS)
    assert found.count == len(expected.states)
    for concept, party in product(CONCEPTS, range(expected.parties)):
        assert found.stable(concept, f"p{party}").tolist() == [
            expected.stable(concept, party, state) for state in range(len(expected.states))
        ], (concept, party)


def test_one_option_may_tell_the_states() -> None:
    dispute = load_text(THREE)
    found = detente.analyse(dispute, ["Nash", "SEQ"])
    assert found.model.engine == "list"
    assert found.equilibria("Nash").tolist() == [1, 3]
    assert [found.model.moves_from(state, 0).tolist() for state in range(3)] == [[1], [0], []]
    assert [found.model.moves_from(state, 1).tolist() for state in range(3)] == [[], [2], []]


# What is written in place of what, and what is said of it.
WRONG = [
    ("[[2, 3]]", "[[2, 4]]", "parties.two.moves[0]: there is no state 4; the dispute has states 1"),
    ("[[2, 3]]", "[[2, 2]]", "parties.two.moves[0]: a move from state 2 to itself is no move"),
    ("[[2, 3]]", "[[2]]", "parties.two.moves[0]: "),
    ("[[2, 3]]", "[[0, 1]]", "parties.two.moves[0][0]: "),
    ("moves: [[2, 3]], ", "", "parties.two: its moves are missing"),
    ("war]}", "war], irreversible: up}", "irreversible says nothing"),
    ("war]}", "war], when: state = calm}", "when says nothing"),
    ("{moves: [[2, 3]],", "{moves: [[2, 3]], unseen: [war],", "nobody can misperceive which"),
    ("outcomes:", "roadmaps: {r: [{stage: S, move: {one.state: war}}]}\noutcomes:", "no roadmaps"),
    ("outcomes:", "history: [{on: 2020-01-01, set: {one.state: war}}]\noutcomes:", "no history"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_what_contradicts_a_list_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in THREE
    path = tmp_path / "three.yaml"
    path.write_text(THREE.replace(old, new, 1), encoding="utf-8")
    result = CliRunner().invoke(commands, ["analyse", str(path)])
    assert result.exit_code == 2
    assert said in result.output
    assert f"{path}:" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["analyse", "F", "-c", "SIM"], "SIM asks where several moves lead"),
        (["analyse", "F", "--engine", "cube"], "only the engine list"),
        (["analyse", "F", "--engine", "symbolic"], "only the engine list"),
        (["roadmap", "find", "F", "--to", "war"], "plans are made of options"),
        (["envoy", "F", "--to", "war"], "plans are made of options"),
        (["convert", "F", "out.gmcr"], "moves by options only"),
    ],
)
def test_what_a_list_does_not_say_is_refused(words: list[str], said: str, tmp_path: Path) -> None:
    path = tmp_path / "three.yaml"
    path.write_text(THREE, encoding="utf-8")
    arguments = [
        str(path) if word == "F" else str(tmp_path / word) if word == "out.gmcr" else word
        for word in words
    ]
    result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert not (tmp_path / "out.gmcr").exists()
