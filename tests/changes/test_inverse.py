"""The smallest changes of preferences, against all changes one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.changes import inverse as module
from detente.changes.inverse import analyse_inverse
from detente.report.inverse import change_words, inverse_lines
from detente.stability.concept_registry import concepts_serving
from oracle.changes import applied, changed, profiles, weakened
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import OracleDispute, Prioritised
from oracle.packaged import OraclePackaged
from strategies import (
    conditions,
    disputes,
    document,
    packages,
    the_same_within_classes,
    with_packages,
)

MOST = 2


@st.composite
def stated(draw: st.DrawFn) -> OracleDispute:
    """A small dispute in which most parties have one to three prioritised statements."""
    dispute = draw(disputes(most_states=12))
    condition = conditions(dispute.levels)
    for party in range(dispute.parties):
        if draw(st.integers(0, 4)):
            some = draw(st.lists(condition, min_size=1, max_size=3))
            dispute.preferences[party] = Prioritised(
                [the_same_within_classes(draw, dispute, one) for one in some]
            )
    return dispute


def by_brute_force(
    dispute: OracleDispute,
    concept: str,
    targets: set[int],
    movers: list[int],
    kinds: set[str],
    joint: list[OraclePackage] | None = None,
) -> tuple[int | None, set[Any]]:
    """The least number of changes, up to MOST, and every set of so many that will do."""
    least, found = None, set()
    for cost, chosen in profiles(dispute, movers, kinds, MOST):
        if least is not None and cost > least:
            break
        other = changed(dispute, chosen)
        judged = other if joint is None else OraclePackaged(OracleCoalitions(other, joint))
        states = frozenset(
            state + 1
            for state in targets
            if all(judged.stable(concept, party, state) for party in range(other.parties))
        )
        if states:
            least = cost
            found.add((tuple(chosen.values()), states))
    return least, found


@given(stated(), st.data())
@settings(max_examples=settings().max_examples)
def test_against_brute_force(dispute: OracleDispute, data: st.DataObject) -> None:
    able = [p for p, one in enumerate(dispute.preferences) if isinstance(one, Prioritised)]
    movers = [party for party in able if data.draw(st.booleans())][:3] or able[:1]
    if not movers:
        return
    concept = data.draw(st.sampled_from(concepts_serving("inverse")))
    kinds = data.draw(st.sets(st.sampled_from(["flip", "drop", "move"]), min_size=1))
    count = len(dispute.states)
    targets = data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=3))
    joint = data.draw(packages(dispute, least=1)) if data.draw(st.booleans()) else None
    described = with_packages(dispute, document(dispute), joint or [])
    # As with few states and as with many.
    few = data.draw(st.sampled_from([0, 64]))
    note(f"{few} {described} {concept} {movers} {kinds} {targets}")
    engine = detente.build_dispute(described)
    with patch.object(module, "_FEW_STATES", few):
        found = detente.analyse_inverse(
            engine,
            min(targets) + 1 if len(targets) == 1 else _formula(dispute, targets),
            concept,
            parties=[f"p{party}" for party in movers],
            kinds=sorted(kinds),  # type: ignore[arg-type]
            most=MOST,
            packages=joint is not None,
        )
    # A coalesced state is in a formula's states only with all its members.
    targets = {state - 1 for state in found.target_states}
    least, expected = by_brute_force(dispute, concept, targets, movers, kinds, joint)
    assert found.complete
    if least == 0:
        assert (0, set()) == (found.least, set(found.answers))
        assert found.equilibria
        return
    assert not found.equilibria
    if least is None:
        assert (found.least, found.answers) == (MOST + 1, ())
        return
    assert found.least == least
    judge = (lambda one: one) if joint is None else _packaged(joint)
    for answer in found.answers:
        assert len(answer.changes) == least
        assert answer.weakened == weakened(dispute, movers, answer.changes, targets, concept, judge)
    got = {
        (tuple(applied(dispute, movers, one.changes).values()), frozenset(one.states))
        for one in found.answers
    }
    assert len(got) == len(found.answers)
    assert got == expected


def _packaged(joint: list[OraclePackage]) -> Callable[[OracleDispute], OraclePackaged]:
    return lambda dispute: OraclePackaged(OracleCoalitions(dispute, joint))


def _formula(dispute: OracleDispute, targets: set[int]) -> str:
    from strategies import assignment_levels

    return " or ".join(
        "("
        + " and ".join(f"{key} = {level}" for key, level in assignment_levels(dispute, one).items())
        + ")"
        for state in sorted(targets)
        for one in sorted(dispute.states[state])
    )


def dilemma() -> detente.Dispute:
    """The prisoner's dilemma: each would rather confess, and rather that the other did not."""
    parties = {
        "a": {"options": {"x": "Confess"}, "preferences": ["not b.y", "x"]},
        "b": {"options": {"y": "Confess"}, "preferences": ["not a.x", "y"]},
    }
    return detente.build_dispute({"dispute": "Dilemma", "parties": parties})


def test_the_prisoners_dilemma() -> None:
    found = detente.analyse_inverse(dilemma(), 1, "Nash")
    # Each would have to cease to want to confess: to mind the other way, or not to mind.
    assert found.least == 2
    told = {tuple((c.party, c.statement, c.kind) for c in one.changes) for one in found.answers}
    assert told == {
        (("a", 2, one), ("b", 2, other)) for one in ("flip", "drop") for other in ("flip", "drop")
    }
    assert found.complete


def test_a_package_that_leads_out_of_the_target() -> None:
    # By hand: to confess alone is stable, but both would rather be silent together.
    document = {
        "dispute": "Silence",
        "parties": {
            "a": {"options": {"x": "Confess"}, "preferences": ["not b.y", "x"]},
            "b": {"options": {"y": "Confess"}, "preferences": ["not a.x", "y"]},
        },
        "packages": {"silence": {"parties": ["a", "b"], "set": {"a.x": "no", "b.y": "no"}}},
    }
    dispute = detente.build_dispute(document)
    assert detente.analyse_inverse(dispute, 4, "Nash").equilibria == (4,)
    found = detente.analyse_inverse(dispute, 4, "Nash", packages=True, most=1)
    assert found.packages
    assert not found.equilibria
    # Either must cease to prefer that the other is silent, or think less of it than of its own.
    told = {(c.party, c.statement, c.kind) for one in found.answers for c in one.changes}
    assert {(party, 1, kind) for party in "ab" for kind in ("flip", "drop")} <= told
    assert {(party, kind) for party, _, kind in told} == {
        (party, kind) for party in "ab" for kind in ("flip", "drop", "move")
    }


def test_parties_that_may_not_change() -> None:
    found = detente.analyse_inverse(dilemma(), 1, "Nash", parties=["a"])
    assert (found.least, found.answers, found.complete) == (4, (), True)


def test_a_target_that_holds_needs_no_change() -> None:
    found = detente.analyse_inverse(dilemma(), 1, "SEQ")
    assert (found.equilibria, found.answers, found.least) == ((1,), (), 0)


def test_a_limit_says_that_there_are_more() -> None:
    every = detente.analyse_inverse(dilemma(), 1, "Nash")
    some = detente.analyse_inverse(dilemma(), 1, "Nash", limit=1)
    assert (len(some.answers), some.complete) == (1, False)
    assert some.answers[0] in every.answers
    exact = detente.analyse_inverse(dilemma(), 1, "Nash", limit=len(every.answers))
    assert (len(exact.answers), exact.complete) == (len(every.answers), True)


def test_a_budget_says_that_not_all_was_looked_at() -> None:
    every = detente.analyse_inverse(dilemma(), 1, "Nash")
    enough = detente.analyse_inverse(dilemma(), 1, "Nash", proposals=every.proposals)
    assert (enough.answers, enough.complete) == (every.answers, True)
    none = detente.analyse_inverse(dilemma(), 1, "Nash", proposals=0)
    assert (none.answers, none.complete, none.interrupted, none.proposals) == ((), False, False, 0)
    assert none.least <= every.least
    assert inverse_lines(none)[0].startswith("After 0 proposals: nothing found so far")
    one = detente.analyse_inverse(dilemma(), 1, "Nash", proposals=every.proposals - 1)
    assert not one.complete
    assert set(one.answers) < set(every.answers)


def test_an_interruption_keeps_what_was_found() -> None:
    def stop(what: str, _: float) -> None:
        if "proposals" in what and int(what.split()[2]) > 3:
            raise KeyboardInterrupt

    found = detente.analyse_inverse(dilemma(), 1, "Nash", progress=stop)
    assert found.interrupted
    assert not found.complete
    assert found.answers


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": 9}, "there is no state 9; the states are 1 to 4"),
        ({"target": "nowhere"}, "no option or outcome is called 'nowhere'"),
        ({"target": "false"}, "holds in no feasible state"),
        ({"target": 1, "concept": "NM"}, "no concept for inverse analysis 'NM'"),
        ({"target": 1, "parties": ["x"]}, "there is no party 'x'"),
        ({"target": 1, "kinds": ["flop"]}, "did you mean 'flip'"),
    ],
)
def test_bad_input(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(detente.DisputeError, match=message):
        detente.analyse_inverse(dilemma(), **arguments)


def test_turning_a_conditional_statement_round_says_what_that_amounts_to() -> None:
    document_ = {
        "dispute": "A conditional wish",
        "parties": {
            "a": {
                "name": "A",
                "options": {"sign": "Sign", "drop": "Drop the shares"},
                "preferences": ["not drop if not sign", "not sign"],
            },
        },
        "status_quo": {},
    }
    dispute = detente.build_dispute(document_)
    found = analyse_inverse(dispute, "not a.sign and a.drop", "Nash")
    kinds = [answer.changes[0].kind for answer in found.answers]
    # What asks the party to want the condition too comes last.
    assert kinds[-1] == "flip"
    words = change_words(dispute, found.answers[-1].changes[0])
    assert "the opposite of not “Drop the shares” if not “Sign” (statement 1 of 2)" in words
    assert "that is to want not “Sign” and “Drop the shares”" in words


def test_an_exception_is_offered_where_it_is_enough() -> None:
    described = {
        "dispute": "A conditional wish",
        "parties": {
            "a": {
                "options": {"sign": "Sign", "drop": "Drop the shares"},
                "preferences": ["not drop if not sign", "not sign"],
            },
        },
        "outcomes": {"sold": "not a.sign and a.drop"},
    }
    found = analyse_inverse(detente.build_dispute(described), "sold", "Nash", kinds=["drop"])
    (answer,) = found.answers
    assert answer.weakened == (0,)
    (line,) = (one for one in inverse_lines(found) if "Less is enough" in one)
    assert "“not drop if not sign and not (sold)”" in line
