"""Questions are answered alike on arrays and on sets held as diagrams."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, note
from hypothesis import strategies as st

import detente
from detente.cli import detente as command_line
from detente.queries import symbolic_evaluation
from detente.queries.answer import Answer, Course
from detente.queries.evaluation import evaluate
from detente.queries.parsing import parse_query
from detente.queries.play_steps import Ground, Step, Steps
from detente.queries.query import Play, Query
from detente.queries.symbolic_evaluation import ask_symbolically
from detente.stability.prepared_model import graph_model
from detente.stability.states_told import StatesTold
from oracle.coalitions import OraclePackage
from oracle.definitions import OracleDispute
from strategies import (
    assignment_levels,
    disputes_with_packages,
    document,
    option_key,
    with_packages,
)


def answer_on_sets(dispute: detente.Dispute, query: Query) -> tuple[StatesTold, Answer] | str:
    """The answer, or what is said where there is none."""
    try:
        return ask_symbolically(dispute, query)
    except detente.DisputeError as error:
        return str(error)


@st.composite
def questions(draw: st.DrawFn, dispute: detente.Dispute, keys: list[str]) -> str:
    """A question on stability, choice or play that sets held as diagrams answer."""
    parties = [party.id for party in dispute.parties]
    formulas = [*keys, *(f"not {key}" for key in keys), f"{keys[0]} or {keys[-1]}"]
    places = [*["status_quo"] * len(formulas), *formulas]
    region = draw(st.sampled_from(["", *(f"where {one}: " for one in places)]))
    concept = draw(st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"]))
    kind = draw(st.sampled_from(["stable", "choose", "play", "play", "prefer", "what"]))
    party = draw(st.sampled_from(parties))
    if kind == "prefer":
        better, worse = draw(st.sampled_from(formulas)), draw(st.sampled_from(formulas))
        return f"{region}{party} prefers {better} to {worse}"
    packages = draw(st.sampled_from(["", " with packages"]))
    if kind == "stable":
        whom = draw(st.sampled_from(["everyone", *parties]))
        return f"{region}stable for {whom} under {concept}{packages}"
    moves = draw(st.sampled_from(["best moves", "improvements", "legal moves"]))
    steps = f"by {moves}" + ("" if moves == "legal moves" else f" under {concept}") + packages
    if kind == "what":
        return f"{region}what does {party} choose {steps}"
    modal = draw(st.sampled_from(["may", "must", "cannot"]))
    target = draw(st.sampled_from([*formulas, f"[stable for {parties[0]} under GMR]"]))
    if kind == "choose":
        return f"{region}{party} {modal} choose {target} {steps}"
    goal = draw(st.sampled_from(["reach", "keep"]))
    of = draw(st.lists(st.sampled_from(parties), max_size=2, unique=True))
    whose = f" of {', '.join(of)}" if of else ""
    most = draw(st.sampled_from(["", " within 2 moves" if goal == "reach" else " for 2 moves"]))
    if (modal, goal) in (("must", "reach"), ("may", "keep")):
        most = draw(st.sampled_from([most, " fairly"]))
    return f"{region}{modal} {goal} {target} {steps}{whose}{most}"


def with_status_quo(
    drawn: tuple[OracleDispute, list[OraclePackage]], data: st.DataObject
) -> detente.Dispute:
    """A dispute as drawn, where the status quo is one of its states."""
    expected, joint = drawn
    described = with_packages(expected, document(expected, numbers=False), joint)
    states = expected.states
    start = min(states[data.draw(st.integers(0, len(states) - 1))])
    described["status_quo"] = assignment_levels(expected, start)
    note(str(described))
    return detente.build_dispute(described)


@given(drawn=disputes_with_packages(), data=st.data())
def test_as_on_arrays(
    drawn: tuple[OracleDispute, list[OraclePackage]], data: st.DataObject
) -> None:
    dispute = with_status_quo(drawn, data)
    expected, _ = drawn
    keys = [option_key(expected, option) for option in range(len(dispute.options))]
    keys = [key if "." in key else dispute.options[n].key for n, key in enumerate(keys)]
    two_way = [key for key, one in zip(keys, dispute.options, strict=True) if len(one.levels) == 2]
    assume(two_way)
    ground = Ground(graph_model(dispute))
    for _ in range(4):
        text = data.draw(questions(dispute, two_way))
        note(text)
        query = parse_query(dispute, text)
        wanted = evaluate(query, ground)
        # Play from a single state is followed by sets, state by state, or so as far as it goes.
        digits, most = data.draw(st.sampled_from([(0, 2000), (0, 2000), (0, 2), (99, 0)]))
        with (
            patch.object(symbolic_evaluation, "_MANY_DIGITS", digits),
            patch.object(symbolic_evaluation, "_MOST_LISTED", most),
        ):
            answered = answer_on_sets(dispute, query)
        if isinstance(answered, str):
            assert re.search("best moves that depend on|a package brings about from", answered)
            assert dispute.coalesce or any(one.guards for one in dispute.options)
            continue
        told, found = answered
        for one, other in zip(found.parts, wanted.parts, strict=True):
            assert (one.verdict, one.holds, one.of) == (other.verdict, other.holds, other.of)
            assert (one.not_arising, one.note) == (other.not_arising, other.note)
            assert one.choices == other.choices
            for mine, theirs in (
                (one.example, other.example),
                (one.counterexample, other.counterexample),
            ):
                assert (mine is None) == (theirs is None)
                if mine is not None:
                    assert mine.state - 1 in told.levels
                    check_course(mine, query, ground)


@given(drawn=disputes_with_packages(), data=st.data())
def test_play_from_one_state_as_on_arrays(
    drawn: tuple[OracleDispute, list[OraclePackage]], data: st.DataObject
) -> None:
    dispute = with_status_quo(drawn, data)
    ground = Ground(graph_model(dispute))
    first = dispute.options[0]
    target = f"{first.key} = {first.levels[0]}"
    for _ in range(3):
        modal = data.draw(st.sampled_from(["may", "must", "cannot"]))
        goal = data.draw(st.sampled_from(["reach", "keep"]))
        moves = data.draw(st.sampled_from(["best moves", "best moves", "improvements"]))
        concept = data.draw(st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"]))
        packages = "" if dispute.coalesce else data.draw(st.sampled_from(["", " with packages"]))
        most = data.draw(st.sampled_from(["", " within 2 moves" if goal == "reach" else ""]))
        if (modal, goal) in (("must", "reach"), ("may", "keep")):
            most = data.draw(st.sampled_from([most, " fairly"]))
        text = f"where status_quo: {modal} {goal} {target} by {moves} under {concept}"
        text += packages + most
        note(text)
        query = parse_query(dispute, text)
        (wanted,) = evaluate(query, ground).parts
        with patch.object(symbolic_evaluation, "_MANY_DIGITS", 0):
            _, found = ask_symbolically(dispute, query)
        (part,) = found.parts
        assert (part.verdict, part.holds, part.of) == (wanted.verdict, wanted.holds, wanted.of)
        shown = part.example or part.counterexample
        if shown is not None:
            check_course(shown, query, ground)


def check_course(course: Course, query: Query, ground: Ground) -> None:
    """Each of its steps is one that arrays know."""
    body = query.parts[0].body
    if not isinstance(body, Play):
        return
    steps, model = Steps(ground, body.steps), ground.model
    numbers = model.dispute.party_numbers
    here = course.state
    for one in course.steps:
        made = Step(
            tuple(numbers[mover] for mover in one.parties), one.package, model.node(one.state - 1)
        )
        assert made in steps.from_node(model.node(here - 1))
        here = one.state


def test_a_member_of_a_package_answers_by_its_own_options() -> None:
    def state(levels: str) -> str:
        options = zip(("p0.o0", "p1.o1", "p2.o2"), levels, strict=True)
        return "(" + " and ".join(f"{key} = {level}" for key, level in options) + ")"

    def orders(text: str) -> dict[str, Any]:
        groups = (group.split() for group in text.split("|"))
        return {"order": [[state(one) for one in group] for group in groups]}

    described = {
        "dispute": "A member answers",
        "parties": {
            party: {"options": {f"o{party[1]}": {"levels": ["n", "y"]}}, "preferences": orders(one)}
            for party, one in {
                "p0": "nny yyy | nnn ynn yny | yyn nyy | nyn",
                "p1": "nnn | yyn nyy | ynn | nyn nny yyy | yny",
                "p2": "nny | yyy | yyn nyy | nnn | ynn nyn yny",
            }.items()
        },
        "packages": {"q0": {"parties": ["p0", "p1"], "set": {"p0.o0": "n", "p1.o1": "n"}}},
        "status_quo": {"p0.o0": "n", "p1.o1": "n", "p2.o2": "n"},
    }
    dispute = detente.build_dispute(described)
    for party, choosing in (("p0", 1), ("p1", 2)):
        query = parse_query(
            dispute, f"what does {party} choose by best moves under SMR with packages"
        )
        (wanted,) = evaluate(query, Ground(graph_model(dispute))).parts
        assert wanted.holds == choosing
        told = answer_on_sets(dispute, query)
        assert not isinstance(told, str)
        assert told[1].parts[0].choices == wanted.choices


def test_claims_of_korea() -> None:
    dispute = detente.load("korea-2017")
    ground = Ground(graph_model(dispute))
    answered = 0
    for claim in dispute.claims:
        query = parse_query(dispute, claim.ask)
        told = answer_on_sets(dispute, query)
        if isinstance(told, str):
            assert "cube or a list" in told
            continue
        answered += 1
        wanted, (_, found) = evaluate(query, ground), told
        assert found.short == wanted.short
        assert [(p.holds, p.of) for p in found.parts] == [(p.holds, p.of) for p in wanted.parts]
    # How far parties fall is told by the numbers of states that they rank below.
    assert answered == len(dispute.claims) - 1


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Two parties with 40 options each."""
    parties: dict[str, Any] = {
        own: {
            "options": {f"o{n}": "Option" for n in range(40)},
            "preferences": [
                statement for n in range(8) for statement in (f"not {other}.o{n}", f"{own}.o{n}")
            ],
        }
        for own, other in (("a", "b"), ("b", "a"))
    }
    path = tmp_path / "large.yaml"
    path.write_text(json.dumps({"dispute": "Rivals", "parties": parties, "status_quo": {}}))
    return path


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("where status_quo: stable for a under GMR", "yes"),
        ("where status_quo: a must choose a.o0 under Nash", "yes"),
        ("where status_quo: may reach a.o0 and b.o0 under Nash", "yes"),
        ("where status_quo: must reach a.o0 and b.o0 under Nash", "yes"),
        ("where status_quo: cannot reach a.o39 by legal moves", "no"),
        ("where status_quo: a may choose a.o1 by improvements under Nash", "yes"),
        ("a prefers a.o0 to not a.o0", "yes"),
        ("where status_quo: what does a choose under Nash", "list"),
        ("count a.o0: stable for a under Nash", "4722366482869645213696"),
    ],
)
def test_a_dispute_beyond_any_array(large: Path, question: str, answer: str) -> None:
    result = CliRunner().invoke(command_line, ["ask", str(large), question, "--format", "json"])
    assert result.exit_code == 0, result.output
    assert str(json.loads(result.output)["answer"]).replace(",", "") == answer


def test_what_is_not_answered_is_said(large: Path) -> None:
    for question in ("a loses more than b by a.o0",):
        result = CliRunner().invoke(command_line, ["ask", str(large), question])
        assert result.exit_code == 2
        assert "cube or a list of states" in " ".join(result.output.split())
