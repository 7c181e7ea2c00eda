"""Proposals that say the same are one, and what matters for a first model comes first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.dispute import Locator
from detente.evidence.reading.groups import grouped
from detente.evidence.reading.proposals import Proposal

OPTIONS = ("close the port", "closing of the port", "dig a canal", "fill the lake", None)


def proposal(
    kind: str, party: str, about: str | None, sentence: int = 1, **more: object
) -> Proposal:
    return Proposal("r", Locator(1, sentence), about or "x", kind, (party,), about=about, **more)  # type: ignore[arg-type]


def test_one_act_of_one_party_is_one_option() -> None:
    found = grouped(
        [
            proposal("act", "Peru", "close the port", under_way=True),
            proposal("option", "Peru", "closing of the port", 2),
            proposal("option", "Chile", "close the port", 3),
        ]
    )
    assert sorted(len(one.members) for one in found) == [1, 2]


def test_a_condition_takes_the_stance_of_its_sentence_with_it() -> None:
    stance = proposal("stance", "Peru", "open the port", direction="for")
    condition = proposal(
        "condition", "Peru", "open the port", direction="for", condition="the ships leave"
    )
    elsewhere = proposal("stance", "Peru", "open the port", 2, direction="for")
    against = proposal("stance", "Peru", "open the port", 3, direction="against")
    found = grouped([stance, condition, elsewhere, against])
    assert [one.members for one in found if one.head.direction == "for"] == [
        (condition, stance, elsewhere)
    ]
    assert len(found) == 2


def test_passages_that_say_the_same_make_it_surer() -> None:
    once = grouped([proposal("option", "Peru", "dig a canal")])
    twice = grouped([proposal("option", "Peru", "dig a canal", n) for n in (1, 2)])
    assert once[0].confidence == 0.5
    assert twice[0].confidence == 0.75


def test_a_party_matters_that_acts_or_wants_something() -> None:
    found = grouped(
        [
            proposal("party", "Chile", "Chile"),
            proposal("claim", "Chile", "rain"),
            proposal("party", "Peru", "Peru"),
            proposal("option", "Peru", "dig a canal"),
        ]
    )
    assert [(one.head.kind, one.owner, one.matters) for one in found] == [
        ("party", "Peru", True),
        ("option", "Peru", True),
        ("party", "Chile", False),
        ("claim", "Chile", False),
    ]


@given(
    st.lists(
        st.builds(
            proposal,
            st.sampled_from(["party", "option", "act", "stance", "claim", "outcome"]),
            st.sampled_from(["Peru", "Chile"]),
            st.sampled_from(OPTIONS),
            st.integers(1, 4),
            confidence=st.sampled_from([0.3, 0.5, 0.75]),
        ),
        max_size=12,
    )
)
def test_every_proposal_is_in_exactly_one_group(proposals: list[Proposal]) -> None:
    found = grouped(proposals)
    members = [id(member) for one in found for member in one.members]
    assert sorted(members) == sorted(map(id, proposals))
    for one in found:
        assert {member.parties[0] for member in one.members} == {one.owner}
        assert 0 <= one.confidence <= 0.95
    matter = [one.matters for one in found]
    assert matter == sorted(matter, reverse=True)
