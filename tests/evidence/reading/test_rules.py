"""What the rules propose from sentences made for the purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.dispute.dispute import Dispute, Party, Statements
from detente.evidence.reading.actors import known_actors
from detente.evidence.reading.proposals import ACT_TYPES, Proposal, checked
from detente.evidence.reading.reports import Report
from detente.evidence.reading.rules_reader import read_by_rules
from detente.evidence.reading.sentences import sentences


def read(*texts: str, dispute: Dispute | None = None) -> list[Proposal]:
    reports = [Report(f"r{n}", Path(f"r{n}.txt"), "", text) for n, text in enumerate(texts)]
    return list(read_by_rules(reports, dispute))


def stances(text: str) -> set[tuple[str, str | None]]:
    return {(one.parties[0], one.direction) for one in read(text) if one.kind == "stance"}


def kinds(text: str) -> set[str]:
    return {one.kind for one in read(text)} - {"party"}


@pytest.mark.parametrize(
    ("text", "holder", "direction"),
    [
        ("Peru supports the plan.", "Peru", "for"),
        ("Peru flatly rejects the plan.", "Peru", "against"),
        ("Peru does not support the plan.", "Peru", "against"),
        ("Peru will never accept the plan.", "Peru", "against"),
        ("Peru would not mind a delay.", "Peru", "for"),
        ("The plan was rejected by Chile.", "Chile", "against"),
        ("Lima has declared its opposition to the plan.", "Peru", "against"),
        ("The plan received only limited support from Chile.", "Chile", "against"),
        ("Peru demands that Chile stop the drilling.", "Peru", "against"),
        ("Peru demands that Chile open the canal.", "Peru", "for"),
        ("Peru is opposed to any toll.", "Peru", "against"),
        ("Peruvian officials are in favour of a toll.", "Peru", "for"),
        ("Peru fears for its ports if the data are not shared.", "Peru", "for"),
        ("A canal of the two is not what Bolivia wants.", "Bolivia", "against"),
        ("Bolivia is under heavy pressure from Chile to sign.", "Chile", "for"),
        ("In 2021 Peru joined Chile in calling for a summit.", "Peru", "for"),
        ("Bolivia's proposal was discussed.", "Bolivia", "for"),
        ("If war breaks out, Peru will face a flood of refugees.", "Peru", "against"),
        ("A blockade would have a negative impact on Bolivia.", "Bolivia", "against"),
        ("Peru explained that the manoeuvres of Chile only aggravate tensions.", "Peru", "against"),
        ("Peru said yes. It wants a toll.", "Peru", "for"),
        ("Chile would not negotiate.", "Chile", "against"),
        ("Peru will not let the ships pass.", "Peru", "against"),
        ("Chile spoke. “We will not give up the port,” its envoy said.", "Chile", "against"),
        ("Chile would rather keep the toll than lower it.", "Chile", "for"),
        ("Peru waited. His government insists that Chile must pay.", "Peru", "for"),
        (
            "Peru waited. Its court says that Chile must pay, and it rejected a delay.",
            "Peru",
            "against",
        ),
        ("Chile calls the licences of Peru illegal.", "Chile", "against"),
        ("Peru mends a dam, a plan that Chile describes as a threat.", "Chile", "against"),
        ("In Lima, President Vega waits. Mr Vega rejects the toll.", "Peru", "against"),
        ("Guyana waits. Georgetown rejects the toll.", "Guyana", "against"),
        (
            "Peru went to the judges in The Hague. Ana Vega, the president, rejects the toll.",
            "Peru",
            "against",
        ),
        # Said of or by somebody else.
        ("Peru's officials say that the toll must go.", "Peru", "against"),
        ("Officials in Lima say that Chile should lower the toll.", "Peru", "for"),
        ("The toll must be lifted, Peru says.", "Peru", "against"),
        ("The toll is blackmail, a Peruvian minister said.", "Peru", "against"),
        ("“We must have a port,” said the Bolivian president.", "Bolivia", "for"),
        ("“The toll is theft,” Chile's envoy said.", "Chile", "against"),
        ("In Peru's view, Chile must pay.", "Peru", "for"),
        ("For Peru, the river is a matter of survival.", "Peru", "for"),
        ("In the eyes of Peru, the toll is theft.", "Peru", "against"),
        ("Chile waits. Its ministry says that the plan is not acceptable.", "Chile", "against"),
        ("Peru's envoy holds that strangers only make matters worse.", "Peru", "against"),
        ("Peru's envoy holds that a court, set up last year, is the right place.", "Peru", "for"),
        ("Chile is understood to oppose the canal.", "Chile", "against"),
        ("Peru is widely believed to want a ferry.", "Peru", "for"),
        ("Peru has no plans to lower the toll.", "Peru", "against"),
        ("Peru, unlike Chile, supports the ferry.", "Peru", "for"),
        ("Peru failed to back the ferry.", "Peru", "against"),
        ("Neither Peru nor Chile wants a war.", "Peru", "against"),
        ("Neither Peru nor Chile wants a war.", "Chile", "against"),
        ("The ferry has the backing of Peru.", "Peru", "for"),
        ("Peru's first aim is a port.", "Peru", "for"),
        # Who speaks for whom.
        ("Ana Vega, who leads the Peruvian team, waits. She rejects the toll.", "Peru", "against"),
        ("Ana Vega, the Peruvian envoy, is in Chile. Ms Vega rejects it.", "Peru", "against"),
        ("Chile waits. President Vega of Peru spoke. His cabinet wants a delay.", "Peru", "for"),
        # Who is in no list.
        ("Corvex, a mining company, wants the road.", "Corvex", "for"),
        ("Corvex's chief executive, Juan Diaz, rejects the tax.", "Corvex", "against"),
        (
            "The Andes Liberation Front met. Now the Andes Liberation Front rejects it.",
            "Andes Liberation Front",
            "against",
        ),
        (
            "The miners met in Peru. The miners, for their part, oppose a new shaft.",
            "Miners",
            "against",
        ),
        # Answers to what was said before.
        ("Chile offered a ferry. Peru agreed the same day.", "Peru", "for"),
        ("Chile offered a ferry. Peru turned it down.", "Peru", "against"),
        ("Chile offered a ferry. A Peruvian officer called it a trap.", "Peru", "against"),
    ],
)
def test_stances_have_their_holder_and_direction(text: str, holder: str, direction: str) -> None:
    assert (holder, direction) in stances(text)


@pytest.mark.parametrize(
    "text",
    [
        "The demand for copper rose.",
        "The hotel has a view over the lake.",
        "Its manager says that business was never better.",
        "Support was needed.",
        "Georgetown rejects the toll.",
        "The miner rejects the toll.",
        "Analysts say that the toll must go.",
        "A Peruvian officer, who asked not to be named, smiled.",
    ],
)
def test_nobody_has_a_stance_where_nobody_is_named(text: str) -> None:
    assert not stances(text)


@pytest.mark.parametrize(
    ("text", "holder", "direction", "condition", "negated"),
    [
        (
            "If Chile opens the canal, Peru will lower the toll.",
            "Peru", "for", "Chile opens the canal", False,
        ),
        (
            "Peru will not lower the toll unless Chile opens the canal.",
            "Peru", "against", "Chile opens the canal", True,
        ),
        (
            "As long as the ships stay, Lima would not talk.",
            "Peru", "against", "the ships stay", False,
        ),
        (
            "Chile would pay in return for access to the port.",
            "Chile", "for", "access to the port", False,
        ),
        (
            "Were the ships to leave, Peru would talk.",
            "Peru", "for", "the ships to leave", False,
        ),
        (
            "Peru needs a guarantee so that it can open the canal.",
            "Peru", "for", "Peru needs a guarantee", False,
        ),
    ],
)  # fmt: skip
def test_conditions(text: str, holder: str, direction: str, condition: str, negated: bool) -> None:
    found = [one for one in read(text) if one.kind == "condition"]
    assert [(one.parties[0], one.direction, one.condition, one.negated) for one in found] == [
        (holder, direction, condition, negated)
    ]


def test_what_merely_happened_at_a_time_is_no_condition() -> None:
    assert "condition" not in kinds("When Chile opened the canal, Peru was pleased.")
    assert "condition" not in kinds("Peru once considered a toll.")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Peru would open the port in exchange for a loan from Chile.", "package"),
        ("Peru's proposal asks Chile to leave, while Bolivia would open the port.", "package"),
        ("The plan goes ahead in three stages.", "stage"),
        ("Six-party talks were held.", "format"),
        ("Bilateral talks between Peru and Chile began.", "format"),
        ("The risk of war is growing.", "outcome"),
        ("They hope to restore peace.", "outcome"),
        ("Analysts believe that Peru will wait.", "claim"),
        ("The canal is less urgent for Peru than the port.", "claim"),
        ("On 3 May 1999 Peru and Chile signed a treaty.", "history"),
        ("Peru could close the port.", "option"),
        ("Chile asked Peru to open the port.", "option"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Peru has moved its ships to the strait.",
        "Lima has now closed the border.",
        "Peru is digging a canal.",
        "Peru keeps filling the lake.",
    ],
)
def test_what_was_done_and_stands_is_under_way(text: str) -> None:
    assert [one.parties[0] for one in read(text) if one.kind == "act" and one.under_way] == ["Peru"]


def test_what_a_thing_would_do_is_no_option() -> None:
    assert "option" not in kinds("Peru announced a toll that would cost billions.")


def test_the_sentences_of_an_announced_plan_are_its_stages() -> None:
    text = "There is a deal in steps. First ships would leave. Then ports would open. It rained."
    assert [one.at.sentence for one in read(text) if one.kind == "stage"] == [1, 2, 3]


def test_what_is_said_to_be_the_danger_is_an_outcome() -> None:
    (found,) = [one for one in read("The danger is a fire at sea.") if one.kind == "outcome"]
    assert (found.about, found.direction) == ("a fire at sea", "against")


def test_a_plan_is_divided_into_its_stages() -> None:
    text = "First the sides would exchange data; then they would set rules; later they would meet."
    found = [one for one in read(text) if one.kind == "stage"]
    assert [one.quote for one in found] == [
        "First the sides would exchange data",
        "then they would set rules",
        "later they would meet.",
    ]


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("On 21 April 2018 Peru closed the port.", "2018-04-21"),
        ("On April 21, 2018 Peru closed the port.", "2018-04-21"),
        ("In April 2018 Peru closed the port.", "2018-04"),
        ("In 2018 Peru closed the port.", "2018"),
        ("On 2018-04-21 Peru closed the port.", "2018-04-21"),
    ],
)
def test_dates(text: str, on: str) -> None:
    (found,) = [one for one in read(text) if one.kind == "history"]
    assert (found.on, found.parties) == (on, ("Peru",))


def test_a_day_without_a_year_is_the_last_before_the_report() -> None:
    text = "Lima, May 2011.\n\nOn 28 April Peru closed the port. In June it opened the canal."
    found = [one.on for one in read(text) if one.kind == "history"]
    assert found == ["2011-04-28", "2010-06"]


def test_a_day_that_never_was_is_no_date() -> None:
    assert "history" not in kinds("On 31 February 2018 Peru closed the port.")
    assert "history" not in kinds("On 2018-13-01 Peru closed the port.")


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Peru deployed troops.", "MOBILIZE"),
        ("Peru imposed a blockade.", "COERCE"),
        ("Peru attacked the port.", "ASSAULT"),
        ("Peru met the envoys.", "CONSULT"),
        ("Peru withdrew its ships.", "RETREAT"),
        ("Peru expelled the envoys.", "SANCTION"),
    ],
)
def test_acts_have_their_types(text: str, act: str) -> None:
    assert act in ACT_TYPES
    assert [(one.parties, one.act) for one in read(text) if one.kind == "act"] == [(("Peru",), act)]


# Actors -------------------------------------------------------------------------------------


def named(text: str) -> list[str]:
    return [mention.actor.name for mention in known_actors().mentions(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Russia, the Kremlin and Moscow", ["Russia"] * 3),
        ("North Korea and South Korean ships", ["North Korea", "South Korea"]),
        ("the U.S., the US and American ships", ["United States"] * 3),
        ("the Republic of Korea and the DPRK", ["South Korea", "North Korea"]),
        ("Turkey, Burma and Holland", ["Türkiye", "Myanmar", "Netherlands"]),
        ("Icelandic and Danish boats, an Argentine one", ["Iceland", "Denmark", "Argentina"]),
        ("the EU, NATO and the Security Council", ["European Union", "NATO", "United Nations"]),
        ("the South China Sea and the Korean peninsula", []),
        ("a meeting in Geneva, held in Cairo", []),
        ("USSR", ["Soviet Union"]),
        ("china plates and a turkey", []),
    ],
)
def test_actors_are_found_by_any_of_their_names(text: str, names: list[str]) -> None:
    assert named(text) == names


def test_people_stand_for_their_state_in_all_reports() -> None:
    found = read(
        "The Greek foreign minister, Nikos Dendias, spoke.",
        "Mr Dendias rejected the claim.",
        "The prime minister of Iceland, Geir Hallgrimsson, waited. Hallgrimsson wants a pause.",
    )
    held = [(one.source, one.parties[0], one.direction) for one in found if one.kind == "stance"]
    assert held == [("r1", "Greece", "against"), ("r2", "Iceland", "for")]


def test_an_actor_under_several_names_is_one_party_in_several_reports() -> None:
    found = read("The United States waits.", "Washington waits. American ships sail.", "The US.")
    assert [(one.source, one.parties) for one in found if one.kind == "party"] == [
        ("r0", ("United States",))
    ]


def test_parties_are_named_as_in_the_file() -> None:
    party = Party("dprk", "Korea in the north", (), Statements(()), aliases=("North Korea",))
    other = Party("guild", "Fishermen", (), Statements(()), aliases=("the guild",))
    dispute = Dispute("d", parties=(party, other))
    found = read("Pyongyang rejects the plan. Now the guild wants more fish.", dispute=dispute)
    held = [(one.parties[0], one.direction) for one in found if one.kind == "stance"]
    assert held == [("Korea in the north", "against"), ("Fishermen", "for")]


def test_an_answer_is_about_what_another_party_offered() -> None:
    found = read("Chile offered a ferry. Peru turned it down.")
    assert [
        (one.parties[0], one.direction, one.about) for one in found if one.kind == "stance"
    ] == [("Chile", "for", "a ferry"), ("Peru", "against", "a ferry")]


def test_who_must_act_could() -> None:
    found = read("Peru says that Chile must lower the toll. Chile asks it to wait for a year.")
    options = [(one.parties[0], one.about) for one in found if one.kind == "option"]
    assert ("Chile", "lower the toll") in options


def test_people_of_a_state_and_its_army_are_no_parties_of_their_own() -> None:
    found = read(
        "Chilean miners struck. Then Chilean miners marched. The Peruvian Army waited.",
    )
    assert {one.parties[0] for one in found if one.kind == "party"} == {"Chile", "Peru"}


# Whatever the text ---------------------------------------------------------------------------

WORDS = (
    "Peru|Chile's|Bolivian|if|unless|once|and|but|while|,|.|;|:|“|”|\n\n|wants|rejects|not|would|in|"
    "return|for|peace|war|talks|between|first|then|2018|May|on|3|stages|the|to|so|that|can|\n"
)


@settings(max_examples=2 * settings().max_examples)
@given(st.lists(st.sampled_from(WORDS.split("|")), max_size=60).map(" ".join))
def test_every_proposal_quotes_its_sentence(text: str) -> None:
    found = read(text)
    kept, refused = checked(found, {"r0": text})
    assert not refused
    assert len(kept) == len(found)
    texts = {one.at: one.raw for one in sentences(text)}
    for one in found:
        assert one.quote
        assert one.quote in texts[one.at]
        assert 0 <= one.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "if " * 200_000,
        "Peru, " * 100_000,
        "Peru wants " * 60_000,
        "first then; " * 60_000,
        "((((" * 9,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    # A single sentence of this length is no sentence; it is passed over.
    assert len(read(text)) <= 1
