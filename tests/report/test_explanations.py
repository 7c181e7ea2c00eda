"""Explanations in words and as documents, checked against the moves and ranks themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest

import detente
from detente.analyses.registry import published_schemas
from detente.dispute.names import party_number
from detente.report.explanations import changes, explanation_document, explanation_lines
from detente.stability.analysis import Analysis
from detente.stability.concept_registry import reaction_of
from detente.stability.explain import explain

CONCEPTS = ("Nash", "GMR", "SMR", "SEQ", "SSEQ", "SIM", "L2", "L3", "NM")
SMALL = [name for name in detente.list_cases() if name != "korea-2017"]


@cache
def analysis_of(name: str) -> Analysis:
    return detente.analyse(detente.load(name), CONCEPTS)


@cache
def validator() -> jsonschema.Draft202012Validator:
    text = json.dumps(published_schemas()["explanation"]())
    return jsonschema.Draft202012Validator(json.loads(text))


def explained(analysis: Analysis, concept: str) -> Iterator[dict[str, Any]]:
    """Documents for every party in at most about fifteen states."""
    step = max(1, analysis.count // 15)
    for number in range(1, analysis.count + 1, step):
        for party in range(len(analysis.dispute.parties)):
            found = explain(analysis.model, concept, party, number - 1, limit=1000)
            yield explanation_document(analysis.model, found)


def can_move(analysis: Analysis, party: str, before: int, after: int) -> bool:
    model = analysis.model
    number = party_number(analysis.dispute, party)
    targets = model.graph.moves_from(model.node(before - 1), number).tolist()
    if model.on_cube and not model.space.is_whole_cube:
        targets = model.space.indices[targets].tolist()
    return after - 1 in targets


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("name", SMALL)
def test_what_is_told_is_so(name: str, concept: str) -> None:
    analysis = analysis_of(name)
    for found in explained(analysis, concept):
        validator().validate(found)
        party, state, rank = found["party"], found["state"], found["rank"]
        ranks = analysis.ranks(party)
        assert found["stable"] == bool(analysis.stable(concept, party)[state - 1])
        assert len(found["moves"]) == found["move_count"]
        assert found["stable"] == all(move["deterred"] for move in found["moves"])
        for move in found["moves"]:
            assert can_move(analysis, party, state, move["state"])
            assert move["rank"] == ranks[move["state"] - 1]
            here, last = move["state"], party
            for step in move["path"]:
                assert step["party"] != last
                assert can_move(analysis, step["party"], here, step["state"])
                assert step["rank_before"] == ranks[here - 1]
                assert step["rank_after"] == ranks[step["state"] - 1]
                reaction = reaction_of(concept)
                if reaction is not None:
                    assert step["party"] != party
                    own = analysis.ranks(step["party"])
                    if reaction.improving:
                        assert own[step["state"] - 1] > own[here - 1]
                here, last = step["state"], step["party"]
            assert move["deterred"] == (move["end_rank"] <= rank)
            if concept in ("GMR", "SEQ") and move["deterred"]:
                assert move["path"]
                assert move["end_rank"] == ranks[here - 1]
            if move["escape"] is not None:
                assert can_move(analysis, party, here, move["escape"])
                assert ranks[here - 1] <= rank < ranks[move["escape"] - 1] == move["end_rank"]


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_largest_case_has_every_wording(concept: str) -> None:
    # Limited-move concepts over all states of the largest case take long; two cases will do.
    name = "garrison-diversion" if concept in ("SIM", "L2", "L3", "NM") else "korea-2017"
    dispute = detente.load(name)
    analysis = detente.analyse(dispute, [concept])
    verdicts = set()
    for number in range(1, analysis.count + 1, max(1, analysis.count // 5)):
        for party in range(len(dispute.parties)):
            found = explain(analysis.model, concept, party, number - 1, limit=3)
            text = "\n".join(explanation_lines(analysis.model, found))
            verdicts |= {move.deterred for move in found.improvements}
            for move in found.improvements:
                assert f"to state {move.state}, rank {found.rank} → {move.rank}" in text
            left_out = found.improvement_count - len(found.improvements)
            assert (f"{left_out} more move" in text) == (left_out > 0)
            assert dispute.parties[party].name in text
    assert verdicts == {False} if concept == "Nash" else verdicts == {True, False}


def one_option(levels: list[str]) -> Analysis:
    document = {
        "dispute": "One option",
        "parties": {"a": {"options": {"x": {"name": "Do it", "levels": levels}}}},
    }
    return detente.analyse(detente.build_dispute(document), ["Nash"])


def test_changes_in_words() -> None:
    plain = one_option(["no", "yes"]).model
    assert changes(plain, 1, 2) == "start “Do it”"
    assert changes(plain, 2, 1) == "stop “Do it”"
    levels = one_option(["none", "small", "large"]).model
    assert changes(levels, 3, 1) == "set “Do it” from large to none"


CHASE = {
    "dispute": "Escape from a sanction",
    "parties": {
        "a": {
            "name": "Aster",
            "options": {"x": "Push", "y": "Retreat"},
            "preferences": ["x and y and b.z", "x and not y and not b.z", "not x and not y"],
        },
        "b": {"name": "Beryl", "options": {"z": "Block"}, "preferences": ["z if a.x"]},
    },
    "status_quo": {},
}


def test_a_sanction_that_can_be_answered() -> None:
    analysis = detente.analyse(detente.build_dispute(CHASE), ["SEQ", "SSEQ"])
    # Beryl would block the push; under SEQ that deters it, but Aster could then retreat to a
    # state that it likes best.
    assert analysis.stable("SEQ", "a")[0]
    assert not analysis.stable("SSEQ", "a")[0]
    found = explain(analysis.model, "SSEQ", 0, 0)
    text = "\n".join(explanation_lines(analysis.model, found))
    assert "but Aster can get out of it." in text
    assert "- Beryl: start “Block”: to state 6" in text
    assert "- Aster: start “Retreat”: to state 8, rank 4, better than 2." in text


def test_a_long_play_is_shortened() -> None:
    from detente.report import explanations
    from detente.stability.explain import ExplainedMove, Explanation, Improvement

    model = one_option(["no", "yes"]).model
    path = tuple(ExplainedMove("a", 1 + n % 2) for n in range(20))
    move = Improvement(state=2, rank=1, deterred=True, path=path, end_rank=1)
    found = Explanation("NM", "a", 1, 1, True, (move,), 1)
    lines = explanation_lines(model, found)
    shown = [line for line in lines if line.startswith("   - a:")]
    assert len(shown) == explanations._FIRST_MOVES + explanations._LAST_MOVES
    assert "   - and so on, by 13 more moves, until:" in lines
    assert len(explanation_document(model, found)["moves"][0]["path"]) == 20
