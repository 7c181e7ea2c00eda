"""Shortest legal paths against a literal enumeration of sequences."""

from __future__ import annotations

import json
from itertools import pairwise

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import assume, given, note
from hypothesis import strategies as st

import detente
from detente.analyses.registry import published_schemas
from detente.cli import detente as commands
from detente.dispute.errors import DisputeError
from detente.stability.found_paths import MovePath
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import OracleDispute
from strategies import disputes, document, packages, with_packages

# A sequence: the state where it starts, then movers and states.
Sequence = tuple[tuple[str, int], ...]


@st.composite
def disputes_with_packages(draw: st.DrawFn) -> tuple[OracleDispute, list[OraclePackage]]:
    dispute = draw(disputes(most_states=24))
    return dispute, draw(packages(dispute))


def steps_from(oracle: OracleCoalitions, state: int, improving: bool) -> list[tuple[str, int]]:
    """Every move that somebody can make from a state."""
    dispute = oracle.dispute
    steps = []
    for party in range(dispute.parties):
        ends = dispute.improvements(party, state) if improving else dispute.moves[party][state]
        steps += [(f"p{party}", end) for end in ends]
    for number, package in enumerate(oracle.packages):
        for end in oracle.package_moves(package, state):
            if not improving or oracle.preferred_by_all(package.members, end, state):
                steps.append((f"q{number}", end))
    return steps


def shortest(
    oracle: OracleCoalitions, start: int, ends: set[int], improving: bool
) -> tuple[int | None, set[Sequence]]:
    """All shortest legal sequences, by lengthening every sequence step by step."""
    layer: list[Sequence] = [(("", start),)]
    for length in range(2 * len(oracle.dispute.states) + 2):
        arrived = {one for one in layer if one[-1][1] in ends}
        if arrived:
            return length, arrived
        layer = [
            (*one, step)
            for one in layer
            for step in steps_from(oracle, one[-1][1], improving)
            if step[0] != one[-1][0] and step not in one
        ]
        if len(layer) > 20_000:
            return -1, set()
    return None, set()


@given(disputes_with_packages(), st.booleans(), st.booleans(), st.data())
def test_all_shortest_paths(
    drawn: tuple[OracleDispute, list[OraclePackage]],
    improving: bool,
    joint: bool,
    data: st.DataObject,
) -> None:
    dispute, package_list = drawn
    described = with_packages(dispute, document(dispute), package_list)
    note(str(described))
    last = len(dispute.states) - 1
    start, end = data.draw(st.integers(0, last)), data.draw(st.integers(0, last))
    oracle = OracleCoalitions(dispute, package_list if joint else [])
    length, expected = shortest(oracle, start, {end}, improving)
    if length == -1:
        return
    found = detente.analyse_paths(
        detente.build_dispute(described),
        str(start + 1),
        str(end + 1),
        moves="improvements" if improving else "any",
        packages=joint,
        limit=10_000,
    )
    assert found.length == length
    assert found.path_count == len(expected)
    assert {as_sequence(path) for path in found.paths} == expected
    assert len(found.paths) == len(expected)
    changed = [options_changed(dispute, path) for path in found.paths]
    assert changed == sorted(changed)
    assert (found.distances[end] == -1) if length is None else (found.distances[end] == length)
    for path in found.paths:
        places = [path.start, *(step.state for step in path.steps)]
        for (before, _), step in zip(pairwise(places), path.steps, strict=True):
            better = (step.mover, step.state - 1) in steps_from(oracle, before - 1, True)
            assert step.improving == better


@given(disputes_with_packages(), st.booleans(), st.booleans(), st.data())
def test_a_coalition_moves_as_one(
    drawn: tuple[OracleDispute, list[OraclePackage]],
    improving: bool,
    joint: bool,
    data: st.DataObject,
) -> None:
    dispute, package_list = drawn
    assume(dispute.parties > 1)
    last = len(dispute.states) - 1
    start, end = data.draw(st.integers(0, last)), data.draw(st.integers(0, last))
    oracle = OracleCoalitions(dispute, package_list if joint else [])
    block = (0, 1)

    def steps(state: int) -> list[tuple[str, int]]:
        together = oracle.improvements(block, state) if improving else oracle.reached(block, state)
        found = [("p0,p1", one) for one in together - {state}]
        for mover, one in steps_from(oracle, state, improving):
            package = mover[0] == "q" and oracle.packages[int(mover[1:])].members
            if mover not in ("p0", "p1") and not (package and set(package) <= {0, 1}):
                found.append((mover, one))
        return found

    length, reached, seen = 0, {("", start)}, set()
    while reached and not any(state == end for _, state in reached):
        seen |= reached
        length += 1
        reached = {
            step for mover, state in reached for step in steps(state) if step[0] != mover
        } - seen
    found = detente.analyse_paths(
        detente.build_dispute(with_packages(dispute, document(dispute), package_list)),
        str(start + 1),
        str(end + 1),
        moves="improvements" if improving else "any",
        packages=joint,
        acting_as_one=[["p1", "p0"]],
        limit=3,
    )
    assert found.length == (length if reached else None)
    for path in found.paths:
        places = [path.start, *(step.state for step in path.steps)]
        for before, step in zip(places, path.steps, strict=False):
            assert (step.mover, step.state - 1) in steps(before - 1)


def test_the_command_moves_a_coalition_as_one() -> None:
    words = ["paths", "elmira", "--from", "1", "--to", "9", "--acting-as-one", "moe,uniroyal"]
    told = CliRunner(env={"COLUMNS": "200"}).invoke(commands, words)
    assert told.exit_code == 0, told.output
    assert "Ministry of the Environment and Uniroyal" in " ".join(told.output.split())
    twice = CliRunner().invoke(commands, [*words, "--acting-as-one", "moe,local"])
    assert (twice.exit_code, "moe cannot act as one with two coalitions" in twice.stderr) == (
        2,
        True,
    )


def options_changed(dispute: OracleDispute, path: MovePath) -> int:
    """Options whose level, or whose being left open in a coalesced state, changes on the way."""
    levels = [
        [
            {assignment[option] for assignment in dispute.states[state - 1]}
            for option in range(len(dispute.owner))
        ]
        for state in (path.start, *(step.state for step in path.steps))
    ]
    known = [[min(one) if len(one) == 1 else None for one in row] for row in levels]
    return sum(
        old != new
        for before, after in pairwise(known)
        for old, new in zip(before, after, strict=True)
    )


def as_sequence(path: MovePath) -> Sequence:
    return (("", path.start - 1), *((step.mover, step.state - 1) for step in path.steps))


def test_limit_keeps_the_count() -> None:
    dispute = detente.load("garrison-diversion")
    whole = detente.analyse_paths(dispute, "1", "8", limit=10_000)
    part = detente.analyse_paths(dispute, "1", "8", limit=1)
    assert whole.path_count == part.path_count == len(whole.paths)
    assert part.paths == whole.paths[:1]
    some = detente.analyse_paths(dispute, "1", "8", limit=5)
    assert some.paths == whole.paths[:5]


def test_outcomes_of_the_korea_case() -> None:
    found = detente.analyse_paths(detente.load("korea-2017"), end="settlement", packages=True)
    near = {one.outcome: one.moves for one in found.outcomes()}
    # By hand: tests stop, the programme is given up and a guarantee is given in one package;
    # a war is one move of one party.
    assert near["settlement"] == found.length == 1
    assert near["war"] == 1
    assert near["standstill"] == 0
    assert [step.mover for step in found.paths[0].steps] == ["guarantee_for_disarmament"]


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("0", "1", "there is no state 0"),
        ("1", "99", "there is no state 99"),
        ("status_quo", "1", "names no status quo"),
        ("1", "nobody.nothing", "nothing"),
        ("1", "conductor.confess and not conductor.confess", "conductor"),
    ],
)
def test_bad_input(start: str, end: str, message: str) -> None:
    with pytest.raises(DisputeError, match=message):
        detente.analyse_paths(detente.load("prisoners-dilemma"), start, end)


def test_command_and_its_document() -> None:
    words = ["paths", "korea-2017", "--to", "settlement", "--packages", "--improvements-only"]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, words)
    assert result.exit_code == 0, result.output
    assert "Guarantee in return for" in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    content = json.loads(CliRunner().invoke(commands, [*words, "--format", "json"]).output)
    schema = json.dumps(published_schemas()["paths"]())
    jsonschema.validate(content, json.loads(schema))
    assert content["length"] == 1
    assert content["paths"][0]["steps"][0]["improving"]
