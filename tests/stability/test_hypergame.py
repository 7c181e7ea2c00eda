"""Hypergames, against a literal transcription, and what is wrong in a file."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

import detente
from detente.dispute.dispute import Unseen
from detente.stability.concept_registry import usual_concepts
from hypergame_draws import Misperception, described, hypergames
from oracle.definitions import Assignment, OracleDispute
from oracle.hypergame import OracleUnseen, equilibria, perceived_stable, seen_by, stays


@given(hypergames(), st.sampled_from(usual_concepts()))
def test_against_the_definitions(
    drawn: tuple[OracleDispute, list[Misperception], Assignment], concept: str
) -> None:
    dispute, views, quo = drawn
    text = described(dispute, views, quo)
    note(str(text))
    found = detente.analyse_hypergame(detente.build_dispute(text), [concept])
    games = [seen_by(dispute, quo, party, views) for party in range(dispute.parties)]
    everyone, states = range(dispute.parties), range(len(dispute.states))
    expected = [
        [[perceived_stable(dispute, game, concept, p, s) for s in states] for p in everyone]
        for game in games
    ]
    for one in everyone:
        for party in everyone:
            got = found.perceived_stable(concept, f"p{one}", f"p{party}").tolist()
            assert got == expected[one][party]
    assert found.equilibria(concept).tolist() == equilibria(dispute, games, concept)
    assert [(f"p{view.party}", isinstance(view, OracleUnseen)) for view in views] == [
        (party, isinstance(view, Unseen)) for party, view in found.views
    ]
    corrected = []
    for number in range(len(views)):
        rest = [view for other, view in enumerate(views) if other != number]
        corrected.append([seen_by(dispute, quo, party, rest) for party in everyone])
        assert found.equilibria_if_corrected(concept, number).tolist() == equilibria(
            dispute, corrected[-1], concept
        )
    surprises = set()
    for one in everyone:
        for by in everyone:
            for state in states:
                thinks = expected[one][by][state]
                does = stays(dispute, games, concept, by, state)
                leaves = all(expected[one][p][state] for p in everyone) and not does
                remains = state + 1 in equilibria(dispute, games, concept) and not thinks
                if leaves or remains:
                    causes = tuple(
                        number
                        for number, other in enumerate(corrected)
                        if perceived_stable(dispute, other[one], concept, by, state)
                        == stays(dispute, other, concept, by, state)
                    )
                    kind = "leaves" if leaves else "stays"
                    surprises.add((f"p{one}", state + 1, f"p{by}", kind, causes))
    assert {
        (one.party, one.state, one.by, one.kind, one.views) for one in found.surprises(concept)
    } == surprises


TOWN: dict[str, Any] = {
    "dispute": "A factory and a town",
    "parties": {
        "factory": {
            "options": {"expand": "Expand"},
            "preferences": ["not town.sue", "expand"],
            "perceives": {"town": {"preferences": ["not sue"]}},
        },
        "town": {
            "options": {"sue": "Go to court"},
            "preferences": ["sue iff factory.expand"],
        },
    },
}


def test_a_factory_that_thinks_the_town_will_not_sue() -> None:
    found = detente.analyse_hypergame(detente.build_dispute(TOWN), ["Nash", "SEQ"])
    assert found.misled == ("factory",)
    # It expects to expand (state 2) unpunished; the town will sue.
    assert found.perceived_equilibria("SEQ", "factory").tolist() == [2]
    # In state 4 it has expanded and the town sues; it takes the town to be about to give in.
    assert [
        (one.party, one.state, one.by, one.kind, one.views) for one in found.surprises("SEQ")
    ] == [
        ("factory", 2, "town", "leaves", (0,)),
        ("factory", 4, "town", "stays", (0,)),
        # The town expects the factory to be deterred from expanding, as it would be.
        ("town", 1, "factory", "leaves", (0,)),
    ]
    # Without the mistake it would be deterred from expanding.
    assert found.actual.equilibria("SEQ").tolist() == [1, 4]
    assert found.equilibria("SEQ").tolist() == [4]
    assert found.equilibria_if_corrected("SEQ", 0).tolist() == [1, 4]


def test_interrupted_in_a_view_it_keeps_the_concepts_that_were_finished() -> None:
    def stop(what: str, _: float) -> None:
        if what.startswith("the view of factory, SEQ"):
            raise KeyboardInterrupt

    dispute = detente.build_dispute(TOWN)
    found = detente.analyse_hypergame(dispute, ["Nash", "GMR", "SEQ"], progress=stop)
    whole = detente.analyse_hypergame(dispute, ["Nash", "GMR"])
    assert found.partial
    assert not whole.partial
    assert found.concepts == ("Nash", "GMR")
    for concept in found.concepts:
        assert found.equilibria(concept).tolist() == whole.equilibria(concept).tolist()
        assert list(found.surprises(concept)) == list(whole.surprises(concept))
    with pytest.raises(detente.DisputeError, match="SEQ was not analysed"):
        found.equilibria("SEQ")


@pytest.mark.parametrize(
    ("view", "message"),
    [
        ({"twon": {"preferences": []}}, "did you mean 'town'"),
        ({"factory": {"preferences": []}}, "no other party is called 'factory'"),
        ({"town": {}}, "give the preferences or the options"),
        ({"town": {"options": ["seu"]}}, "did you mean 'sue'"),
        ({"town": {"preference": []}}, "preferences"),
    ],
)
def test_bad_input(view: dict[str, Any], message: str) -> None:
    factory = {**TOWN["parties"]["factory"], "perceives": view}
    with pytest.raises(detente.DisputeError, match=message):
        detente.build_dispute({**TOWN, "parties": {**TOWN["parties"], "factory": factory}})


def test_a_view_in_which_nothing_is_feasible() -> None:
    factory = {**TOWN["parties"]["factory"], "perceives": {"town": {"options": []}}}
    document = {**TOWN, "parties": {**TOWN["parties"], "factory": factory}}
    document["constraints"] = [{"always": "town.sue"}]
    with pytest.raises(detente.DisputeError, match="no state is feasible"):
        detente.analyse_hypergame(detente.build_dispute(document))
