"""Suggested outcomes are patterns of equilibria that are not named yet."""

from __future__ import annotations

import numpy as np
from hypothesis import given, note

import detente
from detente.dispute.names import formula_from
from detente.stability.suggested_outcomes import suggest_outcomes, suggest_short_outcomes
from detente.workbench.graph_tasks import suggestions
from oracle.definitions import OracleDispute
from strategies import disputes, document


@given(dispute=disputes())
def test_all_states_of_a_suggestion_can_hold(dispute: OracleDispute) -> None:
    note(str(document(dispute)))
    analysis = detente.analyse(detente.build_dispute(document(dispute)), ["SEQ"])
    holding = analysis.is_equilibrium("SEQ")
    found = suggest_outcomes(analysis, limit=4)
    assert len(found) <= 4
    assert [one.states for one in found] == sorted((one.states for one in found), reverse=True)
    # All or nothing can hold: there is nothing to tell apart.
    if holding.all() or not holding.any():
        assert not found
    for one in found:
        meant = formula_from(analysis.dispute, one.formula)
        inside = analysis.model.space.holds(meant)
        assert inside.sum() == one.states > 0
        assert holding[inside].all()


@given(dispute=disputes())
def test_short_suggestions_divide_what_can_hold(dispute: OracleDispute) -> None:
    analysis = detente.analyse(detente.build_dispute(document(dispute)), ["SEQ"])
    holding = analysis.is_equilibrium("SEQ")
    found = suggest_short_outcomes(analysis)
    assert len(found) <= 4
    for one in found:
        assert len(one.settings) <= 2
        inside = analysis.model.space.holds(formula_from(analysis.dispute, one.formula))
        assert inside.sum() == one.states
        assert (inside & holding).any()
        assert (holding & ~inside).any()


def test_what_is_named_already_is_not_suggested() -> None:
    analysis = detente.analyse(detente.load("elmira"), ["SEQ"])
    found = suggest_outcomes(analysis)
    assert "moe.modify and not uniroyal.delay and local.insist" in [one.formula for one in found]
    written = detente.load("elmira")
    named = {one.id: one.formula.text for one in written.outcomes}
    assert not any(
        np.array_equal(
            analysis.model.space.holds(formula_from(written, one.formula)),
            analysis.in_outcome(outcome),
        )
        for one in found
        for outcome in named
    )


def test_suggestions_of_the_same_name_are_told_apart() -> None:
    text = (
        "dispute: A strait\n"
        "parties:\n"
        "  p: {options: {x: Open}, preferences: [p.x]}\n"
        "  q: {options: {y: Sail}, preferences: [not (q.y and r.z)]}\n"
        "  r: {options: {z: Fish}, preferences: []}\n"
    )
    found = suggestions(text, "Nash", {"states": 64, "memory_bytes": 2**30})["suggestions"]
    assert {"Open (not Fish)", "Open (not Sail)"} <= {one["name"] for one in found}
