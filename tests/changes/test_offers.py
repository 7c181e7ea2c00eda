"""What others could give, against the definition, and by hand."""

from __future__ import annotations

from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.changes.inverse import ChangeSet
from detente.changes.offers import PossibleOffer, offers
from detente.changes.statements import Change
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute, Prioritised, true_in
from strategies import conditions, disputes, document, the_same_within_classes


@st.composite
def changed(draw: st.DrawFn) -> tuple[OracleDispute, int, list[Change]]:
    """A dispute, one of its states, and changes of some parties' statements."""
    dispute = draw(disputes(most_states=24))
    condition = conditions(dispute.levels)
    changes = []
    for party in range(dispute.parties):
        statements = draw(st.lists(condition, min_size=1, max_size=4))
        dispute.preferences[party] = Prioritised(
            [the_same_within_classes(draw, dispute, one) for one in statements]
        )
        for number in range(1, len(statements) + 1):
            kind = draw(st.sampled_from(["flip", "drop", "move", None, None]))
            if kind:
                changes.append(Change(f"p{party}", number, kind, 1 if kind == "move" else None))
    return dispute, draw(st.sampled_from(range(len(dispute.states)))), changes


@given(changed())
@settings(max_examples=2 * settings().max_examples)
def test_against_the_definition(drawn: tuple[OracleDispute, int, list[Change]]) -> None:
    dispute, state, changes = drawn
    text = document(dispute)
    note(str(text))
    model = graph_model(detente.build_dispute(text))
    expected = set()
    for party in range(dispute.parties):
        if not any(change.party == f"p{party}" for change in changes):
            continue
        preference = dispute.preferences[party]
        assert isinstance(preference, Prioritised)
        for number, statement in enumerate(preference.statements, start=1):
            if any(
                (change.party, change.statement) == (f"p{party}", number) and change.kind != "move"
                for change in changes
            ):
                continue

            def holds(one: int, statement: object = statement) -> bool:
                return all(true_in(statement, member) for member in dispute.states[one])

            by = tuple(
                f"p{other}"
                for other in range(dispute.parties)
                if other != party and any(holds(one) for one in dispute.moves[other][state])
            )
            if by and not holds(state):
                expected.add(PossibleOffer(f"p{party}", number, by))
    found = offers(model, ChangeSet(tuple(changes), (state + 1,)))
    assert set(found) == expected
    assert len(found) == len(expected)


def test_what_the_town_could_give_the_factory() -> None:
    dispute = detente.build_dispute(
        {
            "dispute": "A factory and a town",
            "parties": {
                "factory": {
                    "options": {"expand": "Expand"},
                    "preferences": ["expand", "town.road", "not town.sue"],
                },
                "town": {
                    "options": {"sue": "Go to court", "road": "Build a road"},
                    "preferences": ["not factory.expand", "not sue", "not road"],
                },
            },
        }
    )
    found = detente.analyse_inverse(dispute, 1, "Nash")
    assert [one.changes[0].kind for one in found.answers] == ["flip", "drop"]
    # In state 1 nothing is done. The town does not sue anyway; the road is in its hands.
    for answer in found.answers:
        assert offers(found.model, answer) == (PossibleOffer("factory", 2, ("town",)),)
