"""What is known of a dispute before an edit serves after it, where the edit leaves it as it was."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.files.dispute_file import load_text
from detente.space.cube import Hypercube
from detente.stability.analysis import analyse_model
from detente.stability.concept_registry import usual_concepts
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import keep_reactions
from oracle.definitions import OracleDispute
from strategies import conditions, disputes, document, preferences


@given(st.data())
@settings(max_examples=max(5, settings().max_examples // 4))
def test_what_is_kept_is_what_is_found_anew(data: st.DataObject) -> None:
    before = data.draw(disputes(most_states=48))
    after = data.draw(edited(before))
    note(str(document(before)))
    note(str(document(after)))
    earlier = detente.analyse(detente.build_dispute(document(before)))
    now = detente.build_dispute(document(after))
    anew = detente.analyse(now)
    model = graph_model(detente.build_dispute(document(after)))
    keep_reactions(earlier.model.graph, model.graph)
    with patch("detente.stability.analysis.graph_model", return_value=model):
        found = detente.analyse(now)
    for concept in usual_concepts():
        for party in now.parties:
            expected = anew.stable(concept, party.id)
            assert np.array_equal(found.stable(concept, party.id), expected)


@st.composite
def edited(draw: st.DrawFn, before: OracleDispute) -> OracleDispute:
    """The dispute with other preferences of some parties, or with other moves."""
    condition = conditions(before.levels)
    if draw(st.integers(0, 3)) == 0:
        ways = st.sampled_from([None, "up", "down"])
        return replace(before, directions=[draw(ways) for _ in before.directions])
    changed = draw(st.sets(st.integers(0, before.parties - 1)))
    return replace(
        before,
        preferences=[
            draw(preferences(before, condition)) if party in changed else stated
            for party, stated in enumerate(before.preferences)
        ],
    )


def test_an_edit_of_one_party_s_preferences_leaves_what_others_fear_of_any_move() -> None:
    text = """
dispute: Two
parties:
  a: {options: {x: X, y: Y}, preferences: [a.x, not a.y]}
  b: {options: {z: Z}, preferences: [%s]}
"""
    before = detente.analyse(load_text(text % "a.y, b.z"))
    model = graph_model(load_text(text % "b.z, a.y"))
    keep_reactions(before.model.graph, model.graph)
    asked: list[tuple[int, bool]] = []
    worst_response = Hypercube.worst_response

    def response(self: Hypercube, values: object, movers: list[int], *, improving: bool) -> object:
        asked.append((movers[0], improving))
        return worst_response(self, values, movers, improving=improving)  # type: ignore[arg-type]

    with patch.object(Hypercube, "worst_response", response):
        analyse_model(model, usual_concepts())
    # What b can answer by any move is known to a; all else hangs on what b prefers.
    assert sorted(asked) == [(0, False), (0, False), (0, True), (0, True), (1, True), (1, True)]
