"""Unknown and strong preferences against the literal definitions, and by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

import detente
from detente.dispute.errors import TakenAsStatedWarning
from detente.stability.concept_registry import concepts_serving
from detente.stability.uncertain import EXTENSIONS
from oracle.definitions import Ordered, Prioritised
from oracle.uncertain import OracleFlags
from strategies import conditions, disputes, document, the_same_within_classes


@st.composite
def marked(draw: st.DrawFn) -> OracleFlags:
    """A dispute whose parties mostly have prioritised statements, some of them marked."""
    dispute = draw(disputes(most_states=32))
    condition = conditions(dispute.levels)
    marks: list[list[bool]] = []
    for party in range(dispute.parties):
        if draw(st.integers(0, 3)):
            stated = draw(st.lists(condition, min_size=1, max_size=4))
            dispute.preferences[party] = Prioritised(
                [the_same_within_classes(draw, dispute, one) for one in stated]
            )
        preference = dispute.preferences[party]
        count = len(preference.statements) if isinstance(preference, Prioritised) else 0
        marks.append(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    return OracleFlags(dispute, marks)


def marked_document(expected: OracleFlags, key: str, value: Any) -> dict[str, Any]:
    described = document(expected.dispute)
    for party, marks in enumerate(expected.marked):
        stated = described["parties"][f"p{party}"]["preferences"]
        if marks and isinstance(stated, dict):
            strong = [[">>"] if mark else [] for mark in marks]
            pairs = zip(stated["order"], [*strong, []], strict=False)
            stated["order"] = [one for entry, step in pairs for one in (entry, *step)]
            continue
        for number, mark in enumerate(marks):
            if mark:
                stated[number] = {"prefer": stated[number], key: value}
    return described


@given(marked())
@settings(max_examples=settings().max_examples // 2)
def test_unknown_preferences(expected: OracleFlags) -> None:
    described = marked_document(expected, "unknown", True)
    note(str(described))
    found = detente.analyse_uncertain(detente.build_dispute(described))
    for concept in concepts_serving("uncertain"):
        for extension in EXTENSIONS:
            rows = [
                expected.stable_unknown(concept, extension, party)
                for party in range(expected.dispute.parties)
            ]
            for party, row in enumerate(rows):
                assert found.stable(concept, extension, f"p{party}").tolist() == row, (
                    concept,
                    extension,
                    party,
                )
            both = np.flatnonzero(np.all(rows, axis=0)) + 1
            assert found.equilibria(concept, extension).tolist() == both.tolist()


@pytest.mark.long
@given(marked())
@settings(max_examples=settings().max_examples // 2)
def test_unknown_preferences_and_completions(expected: OracleFlags) -> None:
    described = marked_document(expected, "unknown", True)
    note(str(described))
    found = detente.analyse_uncertain(detente.build_dispute(described))
    unknown = [
        (party, number)
        for party, marks in enumerate(expected.marked)
        for number, mark in enumerate(marks)
        if mark
    ]
    assume(len(unknown) <= 4)
    completions = []
    for held in product([False, True], repeat=len(unknown)):
        completed = document(expected.dispute)
        for (party, number), keep in zip(unknown, held, strict=True):
            if not keep:
                stated = completed["parties"][f"p{party}"]["preferences"]
                stated[number] = f"not ({stated[number]})"
        completions.append(
            detente.analyse(detente.build_dispute(completed), concepts_serving("uncertain"))
        )
    for party in range(expected.dispute.parties):
        name = f"p{party}"
        for concept in concepts_serving("uncertain"):
            rows = [one.stable(concept, name) for one in completions]
            every, some = np.logical_and.reduce(rows), np.logical_or.reduce(rows)
            a, d = (found.stable(concept, one, name) for one in "ad")
            assert not (some & ~d).any(), (concept, party)
            if concept == "Nash":
                assert (a == every).all()
            elif concept in ("GMR", "SMR"):
                assert not (a & ~every).any(), (concept, party)


@st.composite
def marked_with_steps(draw: st.DrawFn) -> OracleFlags:
    """The same, where orders have strong steps too."""
    flags = draw(marked())
    for party, preference in enumerate(flags.dispute.preferences):
        if isinstance(preference, Ordered):
            count = len(preference.groups) - 1
            flags.marked[party] = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return flags


@given(marked_with_steps())
def test_strength_of_preference(expected: OracleFlags) -> None:
    described = marked_document(expected, "strength", "strong")
    note(str(described))
    dispute = detente.build_dispute(described)
    found = detente.analyse_strength(dispute)
    plain = detente.analyse(dispute, ["GMR", "SMR", "SEQ"])
    for concept in found.concepts:
        for party in range(expected.dispute.parties):
            name = f"p{party}"
            strong = np.array(expected.stable_strongly(concept, party))
            general = plain.stable(concept, name)
            assert found.stable(concept, "strong", name).tolist() == strong.tolist()
            assert found.stable(concept, "general", name).tolist() == general.tolist()
            assert not (strong & ~general).any()
            weak = found.stable(concept, "weak", name)
            assert weak.tolist() == (general & ~strong).tolist()
        assert set(found.equilibria(concept, "general")) == set(plain.equilibria(concept))
        assert set(found.equilibria(concept, "strong")) | set(
            found.equilibria(concept, "weak")
        ) == set(plain.equilibria(concept))


@given(marked())
@settings(max_examples=settings().max_examples // 2)
def test_what_implies_what(expected: OracleFlags) -> None:
    found = detente.analyse_uncertain(
        detente.build_dispute(marked_document(expected, "unknown", True))
    )
    for party in found.dispute.parties:
        for concept in found.concepts:
            row = {one: found.stable(concept, one, party.id) for one in EXTENSIONS}
            # Fewer temptations, or more sanctions, can only make more states stable.
            for less, more in ("ab", "ac", "bd", "cd"):
                assert not (row[less] & ~row[more]).any()


def two_parties(first: list[Any]) -> detente.Dispute:
    return detente.build_dispute(
        {
            "dispute": "By hand",
            "parties": {
                "a": {"options": {"x": "x"}, "preferences": first},
                "b": {"options": {"y": "y"}, "preferences": ["not y if a.x"]},
            },
        }
    )


def test_by_hand() -> None:
    # a does not know whether it wants x; b answers x by y only where it does not mind.
    found = detente.analyse_uncertain(two_parties([{"prefer": "x", "unknown": True}, "not b.y"]))
    # States: 1 nothing, 2 x, 3 y, 4 x and y. Every move of a may or may not be better.
    assert found.stable("Nash", "a", "a").tolist() == [False] * 4
    assert found.stable("Nash", "b", "a").tolist() == [True] * 4
    assert found.stable("Nash", "c", "a").tolist() == [False] * 4
    # From 1 to 2, then b to 4: 4 and 1 differ first in x, so only the wary are deterred. From 2
    # to 1, b to 3: likewise.
    assert found.stable("GMR", "a", "a").tolist() == [False] * 4
    assert found.stable("GMR", "c", "a").tolist() == [True] * 4
    assert found.unknown_parties() == ("a",)


def test_strength_by_hand() -> None:
    # The prisoner's dilemma: cooperation is deterred from breaking by the other's confession.
    strong = {"strength": "strong"}
    parties = {
        "a": {"options": {"x": "x"}, "preferences": [{"prefer": "not b.y", **strong}, "x"]},
        "b": {"options": {"y": "y"}, "preferences": ["not a.x", "y"]},
    }
    found = detente.analyse_strength(detente.build_dispute({"dispute": "Two", "parties": parties}))
    # a loses much if b answers, b only a little.
    assert found.stable("SEQ", "strong", "a")[0]
    assert not found.stable("SEQ", "strong", "b")[0]
    assert found.stable("SEQ", "weak", "b")[0]
    assert 1 in found.equilibria("SEQ", "weak")
    # Where everybody has confessed nobody gains by a move of its own.
    assert found.equilibria("SEQ", "strong").tolist() == [4]


def test_an_unknown_statement_is_taken_as_stated_and_told_of() -> None:
    with pytest.warns(
        TakenAsStatedWarning, match=r"unknown which way a\.1 “x” is preferred: .* takes it"
    ):
        found = detente.analyse(two_parties([{"prefer": "x", "unknown": True}]))
    stated = detente.analyse(two_parties([{"prefer": "x"}]))
    assert np.array_equal(found.equilibria("SEQ"), stated.equilibria("SEQ"))


def test_weights_cannot_be_unknown() -> None:
    with pytest.raises(detente.DisputeError, match=r"preferences\[0\]\.unknown: a statement with"):
        two_parties([{"prefer": "x", "unknown": True, "weight": 2}])


def test_other_concepts_are_refused() -> None:
    dispute = two_parties([])
    with pytest.raises(detente.DisputeError, match="no concept for unknown preferences 'SSEQ'"):
        detente.analyse_uncertain(dispute, ["SSEQ"])
    with pytest.raises(detente.DisputeError, match="no concept for strength of preference 'Nash'"):
        detente.analyse_strength(dispute, ["Nash"])


@pytest.mark.parametrize("analyse", [detente.analyse_uncertain, detente.analyse_strength])
def test_interrupted_it_keeps_the_concepts_that_were_finished(analyse: Any) -> None:
    def stop(what: str, _: float) -> None:
        if what == "SMR for b":
            raise KeyboardInterrupt

    dispute = two_parties(["x", "not b.y"])
    found, whole = analyse(dispute, ["GMR", "SMR", "SEQ"], progress=stop), analyse(dispute, ["GMR"])
    assert found.partial
    assert found.concepts == ("GMR",)
    kind = "a" if analyse is detente.analyse_uncertain else "strong"
    for party in ("a", "b"):
        assert (found.stable("GMR", kind, party) == whole.stable("GMR", kind, party)).all()
    with pytest.raises(detente.DisputeError, match="SMR"):
        found.stable("SMR", kind, "a")
