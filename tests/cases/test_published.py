"""Published cases: the equilibria that the literature prints, compared with those computed.

Only figures that were read in print are asserted, each beside its citation. What could not be
verified is named in ``docs/reference/cases.md`` and is absent here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import detente
from detente.dispute.dispute import OrderedStates, Statement
from detente.stability.analysis import Analysis

CASES = Path(detente.__file__).parent / "cases"
CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SIM"]

PUBLISHED = [
    "prisoners-dilemma",
    "chicken",
    "stag-hunt",
    "elmira",
    "cuban-missile-crisis",
    "garrison-diversion",
    "korea-2017-two-party",
    "nile-dam-2021",
]


def analysed(name: str) -> Analysis:
    return detente.analyse(detente.load(name), concepts=CONCEPTS)


def stable_states(result: Analysis, concept: str, party: str) -> set[int]:
    return set((np.flatnonzero(result.stable(concept, party)) + 1).tolist())


def state_where(result: Analysis, *at_yes: str) -> int:
    """Number of the state in which just these two-level options are at yes."""
    (number,) = (
        state
        for state in range(1, result.count + 1)
        if {key for key, level in result.levels(state).items() if level == "yes"} == set(at_yes)
    )
    return number


# Every case --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_case_is_shipped_and_cites_what_it_rests_on(name: str) -> None:
    assert name in detente.list_cases()
    dispute = detente.load(name)
    assert dispute.about is not None
    assert dispute.outcomes
    assert dispute.sources
    for source in dispute.sources:
        assert source.author or source.publisher, source.id


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_preference_has_a_citation_or_is_marked_as_a_judgement(name: str) -> None:
    for party in detente.load(name).parties:
        preferences = party.preferences
        if isinstance(preferences, OrderedStates):
            stated: tuple[OrderedStates | Statement, ...] = (preferences,)
        else:
            stated = preferences.statements
        assert stated
        for statement in stated:
            basis = statement.basis
            assert basis.citations or (basis.judgement and basis.because), party.id


@pytest.mark.parametrize("name", ["cuban-missile-crisis", "garrison-diversion", "elmira"])
def test_a_case_that_was_not_verified_in_full_says_so(name: str) -> None:
    assert "Not verified" in (detente.load(name).about or "")


# The games of two parties and two options --------------------------------------------------


def test_prisoners_dilemma() -> None:
    result = analysed("prisoners-dilemma")
    cooperation = state_where(result)
    defection = state_where(result, "first.defect", "second.defect")
    # Heller (2026), chapter on Nash equilibrium: (Defect, Defect) is the only one.
    assert result.equilibria("Nash").tolist() == [defection]
    # Jacobi (2017), Introduction: cooperation is stable under general metarationality.
    assert cooperation in result.equilibria("GMR")


def test_chicken() -> None:
    result = analysed("chicken")
    # Heller (2026), section "The Chicken game": (Swerve, Straight) and (Straight, Swerve).
    published = {state_where(result, "first.straight"), state_where(result, "second.straight")}
    assert set(result.equilibria("Nash").tolist()) == published


def test_stag_hunt() -> None:
    result = analysed("stag-hunt")
    # Heller (2026), section "Classic 2x2 games": both hunt the stag, or both hunt hare.
    published = {state_where(result), state_where(result, "first.stag", "second.stag")}
    assert set(result.equilibria("Nash").tolist()) == published


# Elmira ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def elmira() -> Analysis:
    return analysed("elmira")


def test_elmira_has_the_nine_published_states(elmira: Analysis) -> None:
    # Hipel, Fang, Kilgour and Haight (1993): nine feasible states, of which the last stands for
    # all those in which Uniroyal abandons its operation.
    assert elmira.count == 9
    assert elmira.levels(1)["uniroyal.delay"] == "yes"
    assert elmira.levels(9)["uniroyal.abandon"] == "yes"
    assert elmira.levels(9)["moe.modify"] is None
    assert elmira.levels(9)["local.insist"] is None
    assert [state for state in range(1, 10) if elmira.levels(state)["local.insist"] == "yes"] == [
        5,
        6,
        7,
        8,
    ]


@pytest.mark.parametrize(
    ("concept", "published"),
    [
        # Hipel, Fang, Kilgour and Haight (1993): 5, 8 and 9 are equilibria under all four
        # concepts, 1 and 4 under general and symmetric metarationality only.
        ("Nash", [5, 8, 9]),
        ("GMR", [1, 4, 5, 8, 9]),
        ("SMR", [1, 4, 5, 8, 9]),
        ("SEQ", [5, 8, 9]),
    ],
)
def test_elmira_equilibria(elmira: Analysis, concept: str, published: list[int]) -> None:
    assert elmira.equilibria(concept).tolist() == published


@pytest.mark.parametrize(
    ("party", "published"),
    [
        # The moves of each decision maker in the published graph, as Xu (2007) transcribes them.
        ("moe", {(1, 2), (3, 4), (5, 6), (7, 8)}),
        (
            "uniroyal",
            {(1, 3), (2, 4), (5, 7), (6, 8)} | {(state, 9) for state in range(1, 9)},
        ),
        ("local", {(a, b) for s in range(1, 5) for a, b in ((s, s + 4), (s + 4, s))}),
    ],
)
def test_elmira_moves(elmira: Analysis, party: str, published: set[tuple[int, int]]) -> None:
    graph = elmira.to_networkx()
    moves = {(start, end) for start, end, mover in graph.edges(keys=True) if mover == party}
    assert moves == published


# Korea, the model of two parties -----------------------------------------------------------

# The author's numbers of the feasible states, in the order of the states of the case file.
NUMBERS = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14]

ORIGINAL = (
    [8, 0, 9, 10, 12, 5, 4, 13, 14, 1, 2, 6],
    [6, 14, 2, 10, 0, 4, 12, 5, 1, 13, 8, 9],
)
# Jacobi (2017), Sensitivity Analysis: "Bloodthirsty Belligerents", "Nuclear Deterrence" and
# "Pacifistic People"; first the United States, then North Korea.
BELLIGERENT = (
    [8, 9, 0, 10, 13, 12, 5, 4, 1, 2, 14, 6],
    [6, 14, 4, 12, 5, 13, 2, 0, 10, 1, 9, 8],
)
DETERRED = (
    [8, 9, 0, 10, 13, 12, 5, 4, 1, 2, 14, 6],
    [6, 14, 4, 12, 0, 10, 5, 13, 2, 1, 9, 8],
)
PACIFIC = (
    [8, 0, 10, 2, 9, 12, 4, 5, 14, 13, 6, 1],
    [6, 14, 2, 10, 0, 8, 4, 12, 5, 1, 9, 13],
)


def variant(preferences: tuple[list[int], list[int]], *, invasion_holds: bool) -> Analysis:
    """The two-party model with other preferences, and perhaps with irreversible invasions.

    The author's words on irreversible invasions are that no move leads from states 4, 5 and 6
    (an invasion with the nuclear programme kept) to a state without an invasion. States 12, 13
    and 14 are not named, and his results follow only if they are left as they were.
    """
    document: dict[str, Any] = YAML(typ="safe").load(
        (CASES / "korea-2017-two-party.yaml").read_text(encoding="utf-8")
    )
    for party, order in zip(("us", "dprk"), preferences, strict=True):
        document["parties"][party]["preferences"] = {
            "order": [NUMBERS.index(number) + 1 for number in order]
        }
    if invasion_holds:
        document["parties"]["dprk"]["options"]["invade"]["when"] = {"no": "abandon"}
    return detente.analyse(detente.build_dispute(document), concepts=CONCEPTS)


def authors(states: Sequence[int] | np.ndarray) -> set[int]:
    return {NUMBERS[int(state) - 1] for state in states}


def resolutions(result: Analysis, concept: str) -> set[int]:
    """The author's equilibria: stable for both, or unstable for both and simultaneously held."""
    parties = ("us", "dprk")
    stable = np.array([result.stable(concept, party) for party in parties])
    held = np.array([result.stable("SIM", party) for party in parties])
    found = stable.all(axis=0) | (~stable.any(axis=0) & held.all(axis=0))
    if concept == "SEQ":
        both = detente.analyse(result.dispute, ["SEQ+SIM"]).is_equilibrium("SEQ+SIM")
        assert (both == found).all()
    return authors(np.flatnonzero(found) + 1)


def test_the_case_file_holds_the_authors_first_model() -> None:
    shipped = analysed("korea-2017-two-party")
    built = variant(ORIGINAL, invasion_holds=False)
    for party in ("us", "dprk"):
        assert (shipped.ranks(party) == built.ranks(party)).all()
    for number, state in zip(NUMBERS, range(1, shipped.count + 1), strict=True):
        levels = shipped.levels(state)
        value = sum(2**bit for bit, level in enumerate(levels.values()) if level == "yes")
        assert value == number


@pytest.mark.parametrize(
    ("preferences", "invasion_holds", "concept", "published"),
    [
        # Jacobi (2017), Introduction, "Stability".
        (ORIGINAL, False, "SEQ", {0, 4, 5, 10}),
        # Jacobi (2017), Sensitivity Analysis, in the order of its sections.
        (ORIGINAL, False, "SMR", {0, 4, 5, 10, 12}),
        (ORIGINAL, True, "SEQ", {0, 5, 10}),
        (BELLIGERENT, True, "SEQ", {5, 12}),
        (BELLIGERENT, True, "SMR", {5, 12}),
        (DETERRED, True, "SEQ", {0, 5, 10, 12}),
        (DETERRED, True, "SMR", {0, 5, 10, 12}),
        (PACIFIC, True, "SEQ", {0, 4, 5}),
        (PACIFIC, True, "SMR", {0, 2, 4, 5, 8, 10, 12}),
    ],
)
def test_korea_two_party_equilibria(
    preferences: tuple[list[int], list[int]],
    invasion_holds: bool,
    concept: str,
    published: set[int],
) -> None:
    result = variant(preferences, invasion_holds=invasion_holds)
    assert resolutions(result, concept) == published


def test_korea_two_party_stability_of_single_states() -> None:
    result = variant(ORIGINAL, invasion_holds=False)

    def stable(concept: str, party: str) -> set[int]:
        return authors(sorted(stable_states(result, concept, party)))

    # Jacobi (2017), Introduction: both sides have an improvement from state 4, and together
    # these lead to state 1, which both like less; so it is held by simultaneous sanctioning.
    assert 4 not in stable("SEQ", "us")
    assert 4 not in stable("SEQ", "dprk")
    assert 4 in stable("SIM", "us")
    assert 4 in stable("SIM", "dprk")
    # Jacobi (2017), Sensitivity Analysis, on symmetric metarationality: state 4 is stable for
    # the United States, and state 12 is stable for North Korea, which it was not before.
    assert 4 in stable("SMR", "us")
    assert 12 in stable("SMR", "dprk")
    assert 12 not in stable("SEQ", "dprk")
    # The same: state 12 was always Nash stable for the United States.
    assert 12 in stable("Nash", "us")


# Cases whose published figures were not verified -------------------------------------------


def test_cuban_missile_crisis_has_the_states_of_its_options() -> None:
    result = analysed("cuban-missile-crisis")
    # Air strike and blockade freely, and to withdraw, to escalate or neither: 4 times 3.
    assert result.count == 12
    for state in range(1, 13):
        levels = result.levels(state)
        value = sum(2**bit for bit, level in enumerate(levels.values()) if level == "yes")
        assert value == state - 1
        assert not (levels["ussr.withdraw"] == "yes" and levels["ussr.escalate"] == "yes")


def test_garrison_diversion_can_be_analysed_from_its_status_quo() -> None:
    result = analysed("garrison-diversion")
    assert result.count == 4 * 2 * 2 * 4
    assert result.status_quo is not None
    assert result.levels(result.status_quo)["us_support.build"] == "full"
    # Each theorem of inclusion holds on the sketch, whatever its preferences.
    for party in ("us_support", "us_opposition", "canada", "ijc"):
        nash, smr = stable_states(result, "Nash", party), stable_states(result, "SMR", party)
        seq, gmr = stable_states(result, "SEQ", party), stable_states(result, "GMR", party)
        assert nash <= smr <= gmr
        assert nash <= seq <= gmr
