"""Draws that are analysed together, against an analysis of each draw by itself."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente import Uncertainty
from detente.robustness.draws import draw_chunk, drawn_dispute, stated_preferences
from detente.robustness.engine import kernels
from detente.robustness.engine.batch import BatchCounts, batch
from detente.space.ready_code import kinds_of
from oracle.coalitions import OraclePackage
from oracle.definitions import OracleDispute
from strategies import disputes, disputes_with_packages, document, with_packages

CONCEPTS = ("Nash", "GMR", "SMR", "SEQ", "SSEQ")

# As many draws as make it worth while to prepare for each set of idle options.
MANY = 10**9


def counting(found: detente.Analysis, outcome: str) -> np.ndarray:
    """The states of an outcome, without those of another one that nobody can leave."""
    inside = found.in_outcome(outcome)
    return inside if outcome in found.closed_outcomes else inside & ~found.cannot_be_left


def by_itself(
    dispute: detente.Dispute, uncertainty: Uncertainty, draws: int, *, packages: bool = False
) -> BatchCounts:
    """Each draw written out as a dispute and analysed."""
    drawn = draw_chunk(dispute, uncertainty, 5, 0)
    counts: np.ndarray | None = None
    outcomes, states = [], []
    for draw in range(draws):
        other = drawn_dispute(dispute, drawn, draw)
        found = detente.analyse(other, CONCEPTS, packages=packages)
        stable = np.zeros((found.count, len(CONCEPTS)), dtype=np.int64)
        for number, concept in enumerate(CONCEPTS):
            stable[found.equilibria(concept) - 1, number] = 1
        counts = stable if counts is None else counts + stable
        states.append(stable.T.astype(bool))
        outcomes.append(
            [
                [stable[counting(found, one.id), number].any() for one in dispute.outcomes]
                for number in range(len(CONCEPTS))
            ]
        )
    assert counts is not None
    shape = (draws, len(CONCEPTS), len(dispute.outcomes))
    return BatchCounts(counts, np.array(outcomes, dtype=bool).reshape(shape), np.array(states))


def check(dispute: detente.Dispute, uncertainty: Uncertainty, draws: int, together: bool) -> None:
    prepared = batch(dispute, CONCEPTS)
    assert prepared.together is together
    drawn = draw_chunk(dispute, uncertainty, 5, 0)
    few = tuple(own.rows(slice(0, draws)) for own in drawn)
    expected = by_itself(dispute, uncertainty, draws)
    alone = batch(dispute, CONCEPTS, one_by_one=True)
    # The second analyses states once that differ in idle options alone.
    for one in (prepared, prepared.for_draws(few, MANY), alone):
        found = one.analyse(few, np.arange(len(expected.counts)))
        np.testing.assert_array_equal(found.states, expected.states)
        np.testing.assert_array_equal(found.counts, expected.counts)
        np.testing.assert_array_equal(found.outcomes, expected.outcomes)


uncertainties = st.builds(
    Uncertainty,
    confidence=st.sampled_from([0.3, 0.7]),
    otherwise=st.sampled_from(["dropped", "reversed"]),
    swap=st.sampled_from([0.0, 0.4]),
    weights=st.sampled_from([0.0, 0.5]),
)


@given(disputes_with_packages(), uncertainties)
@settings(deadline=None)
def test_draws_with_packages(
    drawn: tuple[OracleDispute, list[OraclePackage]], uncertainty: Uncertainty
) -> None:
    described, joint = drawn
    dispute = detente.build_dispute(with_packages(described, document(described), joint))
    try:
        prepared = batch(dispute, CONCEPTS, packages=True)
    except detente.DisputeError as error:
        if not described.coalesce or "count as one state" not in str(error):
            raise
        return
    few = tuple(own.rows(slice(0, 3)) for own in draw_chunk(dispute, uncertainty, 5, 0))
    expected = by_itself(dispute, uncertainty, 3, packages=True)
    found = prepared.analyse(few, np.arange(len(expected.counts)))
    np.testing.assert_array_equal(found.states, expected.states)
    np.testing.assert_array_equal(found.counts, expected.counts)


def with_outcomes(dispute: OracleDispute) -> detente.Dispute:
    described = document(dispute)
    formula = "p0.o0" if dispute.owner and dispute.owner[0] == 0 else "true"
    described["outcomes"] = {"one": {"name": "One", "when": formula}}
    return detente.build_dispute(described)


@given(disputes(plain=True), uncertainties)
@settings(deadline=None)
def test_draws_together_are_as_each_by_itself(
    expected: OracleDispute, uncertainty: Uncertainty
) -> None:
    note(str(document(expected)))
    check(with_outcomes(expected), uncertainty, 4, together=True)


@given(disputes(most_states=24), uncertainties)
@settings(max_examples=settings().max_examples // 2, deadline=None)
def test_any_dispute(expected: OracleDispute, uncertainty: Uncertainty) -> None:
    note(str(document(expected)))
    dispute = with_outcomes(expected)
    try:
        prepared = batch(dispute)
    except detente.DisputeError as error:
        # Draws would tell the members of a coalesced state apart.
        if not expected.coalesce or "count as one state" not in str(error):
            raise
        return
    check(dispute, uncertainty, 3, together=prepared.together)


def test_whatever_the_number_of_draws_they_are_one_kind_of_arguments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = set()
    monkeypatch.setattr(kernels, "_analyse_each", lambda *given: found.add(kinds_of(given)))
    dispute = detente.load("korea-2017-two-party")
    for draws in (1, 2, 30):
        drawn = draw_chunk(dispute, Uncertainty(), 5, 0)
        rows = tuple(own.rows(slice(draws)) for own in drawn)
        batch(dispute, CONCEPTS).analyse(rows, np.array([0]))
    assert len(found) == 1
    assert None not in found


def test_coalesced_states() -> None:
    check(detente.load("elmira"), Uncertainty(swap=0.3), 5, together=False)


def test_cases() -> None:
    for case in ("prisoners-dilemma", "chicken", "cuban-missile-crisis", "korea-2017-two-party"):
        check(detente.load(case), Uncertainty(confidence=0.6, swap=0.3), 30, together=True)


def test_outcomes_in_lines_that_are_alike() -> None:
    dispute = detente.load("nile-dam-2021")
    drawn = tuple(own.rows(slice(1)) for own in draw_chunk(dispute, Uncertainty(), 5, 0))
    prepared = batch(dispute)
    (folded,) = prepared._structures
    assert 1 < len(folded.places.regions) < len(folded.places.lines)
    found = prepared.analyse(drawn)
    expected = batch(dispute, one_by_one=True).analyse(drawn)
    np.testing.assert_array_equal(found.outcomes, expected.outcomes)
    np.testing.assert_array_equal(found.counts, expected.counts)


@pytest.mark.long
def test_korea() -> None:
    dispute = detente.load("korea-2017")
    drawn = tuple(own.rows(slice(3)) for own in draw_chunk(dispute, Uncertainty(), 5, 0))
    prepared = batch(dispute)
    assert prepared.together
    followed = np.arange(0, prepared.model.space.count, 1001)
    found = prepared.analyse(drawn, followed)
    expected = batch(dispute, one_by_one=True).analyse(drawn, followed)
    np.testing.assert_array_equal(found.counts, expected.counts)
    np.testing.assert_array_equal(found.outcomes, expected.outcomes)
    np.testing.assert_array_equal(found.states, expected.states)


def test_a_party_that_is_still_to_respond_hears_of_every_value_that_falls() -> None:
    # In this draw a response that could change places with that of another party comes between
    # a value that fell before and the other's response to it.
    dispute = detente.load("korea-2017")
    drawn = tuple(own.rows(slice(69, 70)) for own in draw_chunk(dispute, Uncertainty(), 0, 1))
    found = batch(dispute).analyse(drawn)
    expected = batch(dispute, one_by_one=True).analyse(drawn)
    np.testing.assert_array_equal(found.counts, expected.counts)


def against_one_by_one(document: dict[str, Any], draws: int) -> None:
    dispute = detente.build_dispute(document)
    few = tuple(own.rows(slice(draws)) for own in draw_chunk(dispute, Uncertainty(swap=0.4), 5, 0))
    prepared = batch(dispute)
    assert prepared.together
    followed = np.arange(prepared.model.space.count)
    found = prepared.analyse(few, followed)
    expected = batch(dispute, one_by_one=True).analyse(few, followed)
    np.testing.assert_array_equal(found.states, expected.states)
    np.testing.assert_array_equal(found.counts, expected.counts)


def random_statements(rng: Random, options: list[str], count: int) -> list[dict[str, Any]]:
    """Statements of up to three options, some reversed, and their weights."""
    statements = []
    for _ in range(count):
        chosen = rng.sample(options, rng.randint(1, min(3, len(options))))
        text = rng.choice([" and ", " or "]).join(
            rng.choice(["", "not "]) + option for option in chosen
        )
        statements.append({"prefer": text, "weight": rng.randint(1, 10**4)})
    return statements


@pytest.mark.parametrize("irreversible", [False, True])
@pytest.mark.parametrize(
    "sizes",
    [(1,) * 9, (3, 3, 3), (4, 4, 3), (1, 1, 7)],
    ids=lambda sizes: "-".join(map(str, sizes)),
)
def test_more_parties_or_ranks_than_a_row_holds(sizes: tuple[int, ...], irreversible: bool) -> None:
    rng = Random(f"{sizes} {irreversible}")
    options = [f"p{party}.o{one}" for party, size in enumerate(sizes) for one in range(size)]
    parties = {
        f"p{party}": {
            "name": f"Party {party}",
            "options": {
                f"o{one}": {"name": f"Option {one}", "irreversible": irreversible and one == 0}
                for one in range(size)
            },
            "preferences": random_statements(rng, options, 30),
        }
        for party, size in enumerate(sizes)
    }
    against_one_by_one({"dispute": "Random", "parties": parties}, 4)


def test_as_stated_is_the_plain_analysis() -> None:
    dispute = detente.load("korea-2017-two-party")
    found = batch(dispute).analyse(stated_preferences(dispute))
    analysis = detente.analyse(dispute)
    for number, concept in enumerate(CONCEPTS):
        equilibria = np.flatnonzero(found.counts[:, number]) + 1
        assert equilibria.tolist() == analysis.equilibria(concept).tolist()


def many_parties(parties: int, options: int, statements: int) -> detente.Dispute:
    described = {
        f"p{party}": {
            "name": f"Party {party}",
            "options": {f"o{option}": f"Option {option}" for option in range(options)},
            "preferences": [
                f"p{(party * 7 + number * 3) % parties}.o{number % options} "
                f"if {'not ' * (number % 2)}p{(party + number) % parties}.o0"
                for number in range(statements)
            ],
        }
        for party in range(parties)
    }
    return detente.build_dispute({"dispute": "Many", "parties": described})


@pytest.mark.parametrize(("parties", "options", "statements"), [(9, 1, 6), (3, 2, 70), (2, 5, 24)])
def test_more_parties_than_a_row_holds_and_more_statements_than_a_number(
    parties: int, options: int, statements: int
) -> None:
    dispute = many_parties(parties, options, statements)
    check(dispute, Uncertainty(confidence=0.7, swap=0.3), 10, together=True)


def test_states_alike_where_an_option_is_idle_are_analysed_once() -> None:
    """Of two options one counts to nobody in any draw, and one where its only statement is kept."""
    described: dict[str, Any] = {
        "dispute": "Idle",
        "parties": {
            "a": {
                "options": {"x": {}, "y": {}},
                "preferences": [{"prefer": "x iff b.z", "confidence": 1}, "y"],
            },
            "b": {"options": {"z": {}}, "preferences": [{"prefer": "a.x", "confidence": 1}]},
            "c": {"options": {"nothing": {}}, "preferences": [{"prefer": "b.z", "confidence": 1}]},
        },
        "outcomes": {"one": {"name": "One", "when": "c.nothing and a.y"}},
    }
    dispute = detente.build_dispute(described)
    drawn = draw_chunk(dispute, Uncertainty(confidence=0.5), 5, 0)
    folded = batch(dispute).for_draws(drawn, MANY)
    # The options are x, y, z and nothing.
    assert folded.idle_together == ((1, 3), (3,), ())
    assert batch(dispute).for_draws(drawn, 1).idle_together == ((),)
    check(dispute, Uncertainty(confidence=0.5), 30, together=True)
