"""Why a state is stable is told alike on the cube, on a list, and on sets held as diagrams."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.cli import detente as command_line
from detente.report.explanations import explanation_document
from detente.space.graph_model import GraphModel
from detente.space.named_states import state_number
from detente.space.symbolic.diagrams import TooLarge
from detente.space.symbolic.game import symbolic_game
from detente.space.symbolic.named import symbolic_state
from detente.space.symbolic.ranks import SymbolicRanks
from detente.space.symbolic.states import numbered_state
from detente.space.symbolic.states import state_number as symbolic_number
from detente.stability.concept_registry import reaction_of
from detente.stability.explain import Explanation, Improvement, Prospect
from detente.stability.prepared_model import graph_model
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import OracleDispute
from oracle.packaged import OraclePackaged
from strategies import (
    assignment_levels,
    disputes,
    disputes_with_packages,
    document,
    option_key,
    with_packages,
)

NODES = 2**18


@given(expected=disputes(), data=st.data())
def test_as_on_the_cube(expected: OracleDispute, data: st.DataObject) -> None:
    concept = data.draw(st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"]))
    note(str(document(expected, numbers=False)))
    dispute = detente.build_dispute(document(expected, numbers=False))
    party = data.draw(st.integers(0, expected.parties - 1))
    state = data.draw(st.integers(1, len(expected.states)))
    name = dispute.parties[party].id
    cube = detente.explain(dispute, name, state, concept, engine="cube").explanation
    model = graph_model(dispute)
    for engine in ("list", "symbolic"):
        told = detente.explain(dispute, name, state, concept, engine=engine)  # type: ignore[arg-type]
        found = told.explanation
        assert found.stable == expected.stable(concept, party, state - 1)
        assert (found.state, found.rank) == (cube.state, cube.rank)
        assert found.improvement_count == cube.improvement_count
        for one, other in zip(found.improvements, cube.improvements, strict=True):
            assert (one.state, one.rank, one.deterred) == (other.state, other.rank, other.deterred)
            assert len(one.path) == len(other.path)
            assert (one.escape is None) == (other.escape is None)
            if not one.path:
                assert one.end_rank == other.end_rank
            follow(model, concept, party, found, one)
        written = explanation_document(told.model, found)
        assert written["stable"] == found.stable


def follow(
    model: GraphModel, concept: str, party: int, found: Explanation, one: Improvement
) -> None:
    """Go along a sanction and see that it is one."""
    reaction = reaction_of(concept)
    here, own = one.state, model.ranks(party)
    last = model.dispute.parties[party].id
    for step in one.path:
        assert reaction is not None
        assert step.party is not None
        assert step.party != last
        mover = model.dispute.party_numbers[step.party]
        assert step.state - 1 in model.moves_from(here - 1, mover).tolist()
        ranks = model.ranks(mover)
        assert not reaction.improving or ranks[step.state - 1] > ranks[here - 1]
        here, last = step.state, step.party
    if one.path and one.deterred:
        assert own[here - 1] <= one.end_rank <= found.rank
    elif one.path:
        assert own[here - 1] <= found.rank < one.end_rank
        assert one.escape is not None
        assert one.escape - 1 in model.moves_from(here - 1, party).tolist()


@given(drawn=disputes_with_packages(), data=st.data())
@settings(max_examples=max(5, settings().max_examples // 2))
def test_packages_as_on_the_cube(
    drawn: tuple[OracleDispute, list[OraclePackage]], data: st.DataObject
) -> None:
    expected, joint = drawn
    concept = data.draw(st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"]))
    described = with_packages(expected, document(expected, numbers=False), joint)
    note(str(described))
    dispute = detente.build_dispute(described)
    party = data.draw(st.integers(0, expected.parties - 1))
    state = data.draw(st.integers(1, len(expected.states)))
    name = dispute.parties[party].id
    cube = detente.explain(dispute, name, state, concept, packages=True, engine="cube").explanation
    told = detente.explain(dispute, name, state, concept, packages=True, engine="symbolic")
    found = told.explanation
    oracle = OraclePackaged(OracleCoalitions(expected, joint))
    assert found.stable == cube.stable == oracle.stable(concept, party, state - 1)
    assert (found.state, found.rank, found.improvement_count, found.packages) == (
        cube.state,
        cube.rank,
        cube.improvement_count,
        True,
    )
    for one, other in zip(found.improvements, cube.improvements, strict=True):
        assert (one.state, one.rank, one.deterred) == (other.state, other.rank, other.deterred)
        assert one.package == other.package
        same_prospects([one, *one.others], [other, *other.others])
        for mine, theirs in zip(one.others, other.others, strict=True):
            assert (mine.party, mine.before, mine.after) == (
                theirs.party,
                theirs.before,
                theirs.after,
            )
            assert mine.deterred == theirs.deterred
    assert explanation_document(told.model, found)["stable"] == found.stable


def same_prospects(
    ours: Sequence[Improvement | Prospect], theirs: Sequence[Improvement | Prospect]
) -> None:
    """As long sanctions: which of several as short ones is told is open."""
    for one, other in zip(ours, theirs, strict=True):
        assert len(one.path) == len(other.path)
        assert (one.escape is None) == (other.escape is None)
        if not one.path:
            assert one.end_rank == other.end_rank


@given(disputes())
@settings(max_examples=max(5, settings().max_examples // 2))
def test_ranks_and_names_of_single_states(expected: OracleDispute) -> None:
    described = document(expected, numbers=False)
    middle = len(expected.states) // 2
    described["status_quo"] = assignment_levels(expected, min(expected.states[middle]))
    described["outcomes"] = {"one": {"name": "One", "when": option_key(expected, 0)}}
    note(str(described))
    dispute = detente.build_dispute(described)
    model, game = graph_model(dispute), symbolic_game(dispute, NODES)
    for party in range(expected.parties):
        ranks = SymbolicRanks(game, party)
        for number in range(1, len(expected.states) + 1):
            state = numbered_state(game, number)
            assert symbolic_number(game, state) == number
            assert ranks.rank(ranks.truths(state)) == model.ranks(party)[number - 1]
        assert ranks.highest == model.ranks(party).max()
    for text in ("status_quo", "1", "one", f"status_quo + {{{option_key(expected, 0)}: no}}", "0"):
        assert named(lambda: state_number(model, text)) == named(  # noqa: B023
            lambda: symbolic_number(game, symbolic_state(game, text))  # noqa: B023
        ), text


def named(number: Any) -> int | str:
    """A state's number, or the beginning of what is said against its name."""
    try:
        return int(number())
    except detente.DisputeError as error:
        return str(error).partition(",")[0]


def test_a_dispute_beyond_any_array(tmp_path: Any) -> None:
    parties = {
        own: {
            "options": {f"o{n}": "Option" for n in range(40)},
            "preferences": [
                statement
                for n in range(40)
                for statement in (f"not {other}.o{n}", *([f"{own}.o{n}"] if n < 3 else []))
            ],
        }
        for own, other in (("a", "b"), ("b", "a"))
    }
    path = tmp_path / "large.yaml"
    path.write_text(json.dumps({"dispute": "Rivals", "parties": parties, "status_quo": {}}))
    arguments = ["explain", str(path), "--party", "a", "--concept", "GMR", "--limit", "2"]
    found = CliRunner().invoke(command_line, [*arguments, "--format", "json"])
    assert found.exit_code == 0, found.output
    told = json.loads(found.output)
    assert told["state"] == 1
    assert told["stable"]
    assert [one["deterred"] for one in told["moves"]] == [True, True]
    assert [len(one["path"]) for one in told["moves"]] == [1, 1]


def test_the_verdict_comes_before_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(*_: object) -> None:
        raise TooLarge

    dispute = detente.load("garrison-diversion")
    verdicts = set()
    for party in dispute.parties:
        whole = detente.explain(dispute, party.id, engine="symbolic").explanation
        verdicts.add(whole.stable)
        for work in ("_is_deterred", "_improvement"):
            with monkeypatch.context() as patch:
                patch.setattr(f"detente.stability.symbolic_explain._Explaining.{work}", too_large)
                told = detente.explain(dispute, party.id, engine="symbolic")
            found = told.explanation
            assert (found.stable, found.improvement_count) == (
                whole.stable,
                whole.improvement_count,
            )
            # One move that nothing deters is the reason why the state is not stable.
            first = whole.improvements[:1] if work == "_is_deterred" and not whole.stable else ()
            assert found.improvements == first
            written = explanation_document(told.model, found)
            left_out = whole.improvement_count - len(first)
            words = "the diagrams would need more nodes than allowed"
            assert (f"{left_out:,} more" in written["text"]) == bool(left_out)
            assert (words in written["text"]) == (found.why == "nodes") == bool(left_out)
            assert written.get("why") == found.why
    assert verdicts == {True, False}
