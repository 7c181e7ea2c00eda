"""Answers are those of the literal definitions, on random disputes."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

import detente
from detente.queries.answer import Course, PartAnswer
from detente.queries.evaluation import evaluate
from detente.queries.parsing import parse_query
from detente.queries.play_steps import Ground
from detente.stability.prepared_model import graph_model
from oracle.coalitions import OracleCoalitions
from oracle.coalitions import OraclePackage as JointMove
from oracle.definitions import Condition, OracleDispute, true_in
from oracle.packaged import OraclePackaged
from oracle.play import OraclePackage, OraclePlay
from strategies import (
    as_text,
    assignment_levels,
    conditions,
    disputes,
    disputes_with_packages,
    document,
    option_key,
    with_packages,
)

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ"]
MOVES = ["best moves", "improvements", "legal moves"]


def states_in(expected: OracleDispute, condition: Condition) -> set[int]:
    return {
        index
        for index, members in enumerate(expected.states)
        if all(true_in(condition, one) for one in members)
    }


@st.composite
def packages_of(draw: st.DrawFn, expected: OracleDispute) -> tuple[OraclePackage, ...]:
    owners = sorted(set(expected.owner))
    found = []
    for _ in range(draw(st.integers(0, 2)) if len(owners) > 1 else 0):
        parties = sorted(draw(st.sets(st.sampled_from(owners), min_size=2)))
        settings_ = {}
        for party in parties:
            own = [option for option, owner in enumerate(expected.owner) if owner == party]
            for option in draw(st.sets(st.sampled_from(own), min_size=1)):
                settings_[option] = draw(st.integers(0, expected.levels[option] - 1))
        when = draw(st.just(("true",)) | conditions(expected.levels))
        found.append(OraclePackage(tuple(parties), tuple(sorted(settings_.items())), when))
    return tuple(found)


def described(expected: OracleDispute, packages: tuple[OraclePackage, ...]) -> dict[str, Any]:
    result = document(expected)
    middle = min(expected.states[len(expected.states) // 2])
    result["status_quo"] = assignment_levels(expected, middle)
    levels = ["no", "yes"], ["none", "small", "large"]
    if packages:
        result["packages"] = {
            f"k{number}": {
                "parties": [f"p{party}" for party in package.parties],
                "set": {
                    option_key(expected, option): levels[expected.levels[option] - 2][level]
                    for option, level in package.settings
                },
                "when": as_text(expected, package.when),
            }
            for number, package in enumerate(packages)
        }
    return result


def check_course(course: Course, play: OraclePlay) -> list[int]:
    """The states of a course, each of whose steps is one, and which goes round or does not."""
    states = check_steps(course, play)
    assert course.repeats == (len(set(states)) < len(states))
    return states


def check_steps(course: Course, play: OraclePlay) -> list[int]:
    """The states of a course, each of whose steps is one."""
    states = [course.state - 1, *(step.state - 1 for step in course.steps)]
    for before, after in pairwise(states):
        assert after in play.next[before]
    return states


@given(st.data())
@settings(max_examples=2 * settings().max_examples)
def test_choices_and_play(data: st.DataObject) -> None:
    expected = data.draw(disputes(most_states=32))
    packages = data.draw(packages_of(expected))
    written = described(expected, packages)
    note(str(written))
    dispute = detente.build_dispute(written)
    ground = Ground(graph_model(dispute))
    target = data.draw(conditions(expected.levels))
    goal = states_in(expected, target)
    concept, moves = data.draw(st.sampled_from(CONCEPTS)), data.draw(st.sampled_from(MOVES))
    movers = tuple(sorted(data.draw(st.sets(st.integers(0, expected.parties - 1), min_size=1))))
    used = packages if data.draw(st.booleans()) else ()
    clauses = f"by {moves}" + ("" if moves == "legal moves" else f" under {concept}")
    clauses += " with packages" if used else ""
    inside = tuple(one for one in used if set(one.parties) <= set(movers))
    play = OraclePlay(expected, moves, concept, movers, inside)
    of = ", ".join(f"p{mover}" for mover in movers)
    for modal, verb in product(["must", "may", "cannot"], ["reach", "keep"]):
        predicate = f"{modal} {verb} {as_text(expected, target)} {clauses} of {of}"
        wanted = play.comes(modal, verb, goal)
        # Of some parties it is asked what they do: something that they could do must be there.
        everybody = len(movers) == expected.parties
        arises = set(play.states) if everybody else legal(expected, movers, inside)
        check(dispute, ground, predicate, wanted, arises if goal else set())
        part = evaluate(parse_query(dispute, f"where true: {predicate}"), ground).parts[0]
        for course in (part.example, part.counterexample):
            if course is not None:
                states = check_course(course, play)
                if len(states) == 1:
                    continue
                # A course with steps either ends where it should not, or never comes there.
                away = goal if verb == "reach" else set(play.states) - goal
                if states[-1] in away:
                    assert not away & set(states[:-1])
                else:
                    assert not away & set(states)
                    assert course.repeats or not play.next[states[-1]]
    mover = movers[0]
    inside_own = tuple(one for one in used if mover in one.parties)
    own = OraclePlay(expected, moves, concept, (mover,), inside_own)
    for modal in ("must", "may", "cannot"):
        predicate = f"p{mover} {modal} choose {as_text(expected, target)} {clauses}"
        arises = legal(expected, (mover,), inside_own) if goal else set()
        check(dispute, ground, predicate, own.chooses(modal, goal), arises)
    choices = (
        evaluate(parse_query(dispute, f"where true: what does p{mover} choose {clauses}"), ground)
        .parts[0]
        .choices
    )
    for row in choices:
        if row.option is None:
            staying = sum(not own.next[state] for state in own.states)
            assert (row.must, row.may) == (staying, staying)
            continue
        option = next(
            n for n, owner in enumerate(expected.owner) if option_key(expected, n) == row.option
        )
        names = ["no", "yes"] if expected.levels[option] == 2 else ["none", "small", "large"]
        at = states_in(expected, ("is", option, "=", names.index(row.level or "")))
        elsewhere = set(own.states) - at
        assert row.open_in == len(elsewhere)
        assert row.must == len(own.chooses("must", at) & elsewhere)
        assert row.may == len(own.chooses("may", at) & elsewhere)


@given(st.data())
@settings(max_examples=settings().max_examples)
def test_play_of_a_few_steps(data: st.DataObject) -> None:
    expected = data.draw(disputes(most_states=8))
    packages = data.draw(packages_of(expected))
    written = described(expected, packages)
    note(str(written))
    dispute = detente.build_dispute(written)
    ground = Ground(graph_model(dispute))
    target = data.draw(conditions(expected.levels))
    goal = states_in(expected, target)
    concept, moves = data.draw(st.sampled_from(CONCEPTS)), data.draw(st.sampled_from(MOVES))
    movers = tuple(range(expected.parties))
    clauses = f"by {moves}" + ("" if moves == "legal moves" else f" under {concept}")
    clauses += " with packages" if packages else ""
    play = OraclePlay(expected, moves, concept, movers, packages)
    most = data.draw(st.integers(0, 3))
    for modal, verb in product(["must", "may", "cannot"], ["reach", "keep"]):
        bound = f"{'within' if verb == 'reach' else 'for'} {most} moves"
        predicate = f"{modal} {verb} {as_text(expected, target)} {clauses} {bound}"
        wanted = play.comes_within(modal, verb, goal, most)
        check(dispute, ground, predicate, wanted, set(play.states) if goal else set())
        part = evaluate(parse_query(dispute, f"where true: {predicate}"), ground).parts[0]
        for course in (part.example, part.counterexample):
            if course is None or not course.steps:
                continue
            # Few steps may lead back and forth without any that goes round for ever.
            states = check_steps(course, play)
            assert not course.repeats
            assert len(states) <= most + 1
            away = goal if verb == "reach" else set(play.states) - goal
            # It ends where it should not, or never comes there in all the steps that there are.
            assert not away & set(states[:-1])
            if states[-1] not in away:
                assert len(states) == most + 1 or not play.next[states[-1]]


@given(st.data())
@settings(max_examples=settings().max_examples)
def test_a_witness_changes_as_little_as_can_be(data: st.DataObject) -> None:
    expected = data.draw(disputes(most_states=16))
    written = described(expected, ())
    dispute = detente.build_dispute(written)
    ground = Ground(graph_model(dispute))
    target = data.draw(conditions(expected.levels))
    goal = states_in(expected, target)
    play = OraclePlay(expected, "legal moves", "Nash", tuple(range(expected.parties)), ())
    text = f"where status_quo: may reach {as_text(expected, target)} by legal moves"
    (part,) = evaluate(parse_query(dispute, text), ground).parts
    assume(part.example is not None and not any(len(one) > 1 for one in expected.states))
    assert part.example is not None
    states = [part.example.state - 1, *(step.state - 1 for step in part.example.steps)]

    def changed(path: tuple[int, ...] | list[int]) -> int:
        rows = [min(expected.states[state]) for state in path]
        return sum(a != b for one, two in pairwise(rows) for a, b in zip(one, two, strict=True))

    paths = [(states[0],)]
    for _ in part.example.steps:
        paths = [(*path, end) for path in paths for end in play.next[path[-1]]]
    assert changed(states) == min(changed(path) for path in paths if path[-1] in goal)


@given(st.data())
@settings(max_examples=2 * settings().max_examples)
def test_fair_play(data: st.DataObject) -> None:
    expected = data.draw(disputes(most_states=9))
    packages = data.draw(packages_of(expected))
    written = described(expected, packages)
    note(str(written))
    dispute = detente.build_dispute(written)
    ground = Ground(graph_model(dispute))
    target = data.draw(conditions(expected.levels))
    goal = states_in(expected, target)
    concept, moves = data.draw(st.sampled_from(CONCEPTS)), data.draw(st.sampled_from(MOVES))
    movers = tuple(range(expected.parties))
    assume(goal)
    clauses = f"by {moves}" + ("" if moves == "legal moves" else f" under {concept}")
    clauses += " with packages" if packages else ""
    play = OraclePlay(expected, moves, concept, movers, packages)
    for modal, verb in [("must", "reach"), ("may", "keep"), ("cannot", "keep")]:
        asked = f"{modal} {verb} {as_text(expected, target)} {clauses} fairly"
        wanted = play.comes_fairly(modal, verb, goal)
        shown = evaluate(parse_query(dispute, f"show true: {asked}"), ground).parts[0]
        assert [state - 1 for state in shown.states] == sorted(wanted), asked
        # Fairness leaves courses out: more must be reached, less may be kept.
        plain = play.comes(modal, verb, goal)
        assert plain >= wanted if modal == "may" else plain <= wanted
        part = evaluate(parse_query(dispute, f"where true: {asked}"), ground).parts[0]
        away = set(play.states) - goal if verb == "reach" else goal
        for course in (part.example, part.counterexample):
            if course is None:
                continue
            states = [course.state - 1, *(step.state - 1 for step in course.steps)]
            for before, after in pairwise(states):
                assert after in play.next[before]
            if course.repeats:
                assert set(states) <= away
                round_ = frozenset(states[states.index(states[-1]) :])
                assert round_ in play.fair_for_ever()


def legal(
    expected: OracleDispute, movers: tuple[int, ...], packages: tuple[OraclePackage, ...]
) -> set[int]:
    """From which states there is anything that the movers could do."""
    play = OraclePlay(expected, "legal moves", "Nash", movers, packages)
    return {state for state in play.states if play.next[state]}


def check(
    dispute: detente.Dispute, ground: Ground, predicate: str, wanted: set[int], arises: set[int]
) -> None:
    shown = evaluate(parse_query(dispute, f"show true: {predicate}"), ground)
    assert [state - 1 for state in shown.parts[0].states] == sorted(wanted), predicate
    judged = evaluate(parse_query(dispute, f"where true: {predicate}"), ground)
    assert judged.parts[0].of + judged.parts[0].not_arising == ground.model.space.count
    wanted = wanted & arises
    everywhere = len(wanted) == len(arises)
    verdict = "yes" if everywhere else "partly" if wanted else "no"
    assert judged.verdict == (verdict if arises else "does not arise")
    assert (judged.parts[0].holds, judged.parts[0].of) == (len(wanted), len(arises))
    example, counterexample = judged.parts[0].example, judged.parts[0].counterexample
    assert (example is not None) == bool(wanted)
    assert (counterexample is not None) == (not everywhere)
    assert example is None or example.state - 1 in wanted
    assert counterexample is None or counterexample.state - 1 in arises - wanted


@given(disputes_with_packages(), st.sampled_from(CONCEPTS))
@settings(max_examples=settings().max_examples)
def test_stability_with_packages(
    drawn: tuple[OracleDispute, list[JointMove]], concept: str
) -> None:
    expected, joint = drawn
    written = with_packages(expected, document(expected), joint)
    note(str(written))
    dispute = detente.build_dispute(written)
    ground = Ground(graph_model(dispute))
    coalitions = OracleCoalitions(expected, joint)
    oracle = OraclePackaged(coalitions)
    states = range(len(expected.states))
    movable = [
        {
            state
            for state in states
            if expected.moves[party][state]
            or any(coalitions.package_moves(one, state) for one in joint if party in one.members)
        }
        for party in range(expected.parties)
    ]
    wanted = [
        {state for state in states if oracle.stable(concept, party, state)}
        for party in range(expected.parties)
    ]
    for party, stable in enumerate(wanted):
        predicate = f"stable for p{party} with packages under {concept}"
        check(dispute, ground, predicate, stable, movable[party])
        part = evaluate(parse_query(dispute, f"where true: {predicate}"), ground).parts[0]
        if part.counterexample is not None:
            (step,) = part.counterexample.steps
            before, after = part.counterexample.state - 1, step.state - 1
            members: tuple[int, ...] = (party,)
            if step.package is None:
                assert after in expected.improvements(party, before)
            else:
                number = int(step.package[1:])
                members = joint[number].members
                assert party in members
                assert after in oracle.joint_improvements(number, before)
            assert step.parties == tuple(f"p{one}" for one in members)
            assert not any(oracle.deterred(concept, one, before, after) for one in members)
    everyone = f"stable for everyone under {concept} with packages"
    check(dispute, ground, everyone, set.intersection(*wanted), set.union(*movable))


@given(disputes_with_packages())
@settings(max_examples=settings().max_examples)
def test_acceptance(drawn: tuple[OracleDispute, list[JointMove]]) -> None:
    expected, joint = drawn
    dispute = detente.build_dispute(with_packages(expected, document(expected), joint))
    ground = Ground(graph_model(dispute))
    coalitions = OracleCoalitions(expected, joint)
    for number, package in enumerate(joint):
        # From a coalesced state it is made at the first member from which it leads elsewhere.
        ends = {}
        for state, members in enumerate(expected.states):
            for one in sorted(members, key=lambda levels: levels[::-1]):
                end = package.result(expected, one)
                if end is not None and expected.state_of[end] != state:
                    ends[state] = expected.state_of[end]
                    break
        assert set(ends) == {
            state
            for state in range(len(expected.states))
            if coalitions.package_moves(package, state)
        }
        for party, value in enumerate(expected.values):
            wanted = {state for state, end in ends.items() if value[end] >= value[state]}
            check(dispute, ground, f"p{party} accepts q{number}", wanted, set(ends))


@given(st.data())
@settings(max_examples=100)
def test_preferences_and_falls(data: st.DataObject) -> None:
    expected = data.draw(disputes(most_states=48))
    dispute = detente.build_dispute(document(expected))
    note(str(document(expected)))
    ground = Ground(graph_model(dispute))
    better, worse, where = (data.draw(conditions(expected.levels)) for _ in range(3))
    named = set(options_of(better)) | set(options_of(worse))
    region = states_in(expected, where)
    pairs = [
        (one, two)
        for one, two in product(expected.state_of, repeat=2)
        if expected.state_of[one] in region
        and expected.state_of[two] in region
        and true_in(better, one)
        and not true_in(worse, one)
        and true_in(worse, two)
        and not true_in(better, two)
        and agree(one, two, named)
    ]
    party, other = 0, expected.parties - 1
    value = expected.values[party]
    strict = [value[expected.state_of[one]] > value[expected.state_of[two]] for one, two in pairs]
    text = f"p0 prefers {as_text(expected, better)} to {as_text(expected, worse)}"
    part = compare(dispute, ground, f"where {as_text(expected, where)}: {text}", strict, pairs)
    nearest_is_shown(expected, ground, part, strict, pairs, first_is_start=False)

    falls = [
        (one, two)
        for one, two in product(expected.state_of, repeat=2)
        if expected.state_of[one] in region
        and expected.state_of[two] in region
        and not true_in(better, one)
        and true_in(better, two)
        and agree(one, two, set(options_of(better)))
    ]
    further = []
    for one, two in falls:
        before, after = expected.state_of[one], expected.state_of[two]
        drops = [
            place(expected, who, before) - place(expected, who, after) for who in (party, other)
        ]
        further.append(drops[0] > drops[1])
    text = f"p0 loses more than p{other} by {as_text(expected, better)}"
    part = compare(dispute, ground, f"where {as_text(expected, where)}: {text}", further, falls)
    nearest_is_shown(expected, ground, part, further, falls, first_is_start=True)


def compare(
    dispute: detente.Dispute,
    ground: Ground,
    text: str,
    true_of: list[bool],
    pairs: list[Any],
) -> PartAnswer:
    query = parse_query(dispute, text)
    part = evaluate(query, ground).parts[0]
    holds = sum(true_of)
    if not pairs:
        assert (part.verdict, part.of) == ("does not arise", 0)
        return part
    assert (part.holds, part.of) == (holds, len(pairs))
    assert part.verdict == ("yes" if holds == len(pairs) else "partly" if holds else "no")
    assert (part.example is not None, part.counterexample is not None) == (
        holds > 0,
        holds < len(pairs),
    )
    return part


def nearest_is_shown(
    expected: OracleDispute,
    ground: Ground,
    part: PartAnswer,
    true_of: list[bool],
    pairs: list[Any],
    *,
    first_is_start: bool,
) -> None:
    """Of the pairs in which it is so, one is shown that is nearest to the status quo."""
    status_quo = ground.model.dispute.status_quo
    if status_quo is None:
        return

    def far(levels: tuple[int, ...]) -> int:
        return sum(a != b for a, b in zip(levels, status_quo, strict=True))

    for course, wanted in ((part.example, True), (part.counterexample, False)):
        if course is None:
            continue
        state = course.state if first_is_start else course.steps[0].state
        shown = {far(one) for one, number in expected.state_of.items() if number == state - 1}
        nearest = min(far(one) for (one, _), so in zip(pairs, true_of, strict=True) if so is wanted)
        assert nearest in shown


def options_of(condition: Condition) -> list[int]:
    if condition[0] in ("on", "is"):
        return [condition[1]]
    return [
        option for part in condition[1:] if isinstance(part, tuple) for option in options_of(part)
    ]


def agree(one: tuple[int, ...], two: tuple[int, ...], named: set[int]) -> bool:
    return all(a == b for n, (a, b) in enumerate(zip(one, two, strict=True)) if n not in named)


def place(expected: OracleDispute, party: int, state: int) -> int:
    value = expected.values[party]
    below = sum(one < value[state] for one in value)
    return 2 * below + sum(one == value[state] for one in value)
