"""Formats against a literal reading of docs/concepts/formats.md."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.analyses.registry import published_schemas
from detente.cli import detente as commands
from detente.dispute.errors import DisputeError
from detente.formats.analysis import FormatAnalysis
from detente.formats.on_sets import analyse_formats_symbolically
from detente.report.formats import formats_blocks, formats_document
from detente.space.symbolic.diagrams import TooLarge
from detente.stability.coalition_sets import CoalitionSets
from detente.stability.symbolic_analysis import Budget
from oracle.coalitions import Coalition, OracleCoalitions, OraclePackage
from oracle.definitions import Condition, OracleDispute, true_in
from strategies import (
    as_text,
    assignment_levels,
    conditions,
    disputes,
    document,
    packages,
    with_packages,
)

EXAMPLES = settings().max_examples // 5


class Literal:
    """One format, read literally."""

    def __init__(
        self,
        dispute: OracleDispute,
        joint: list[OraclePackage],
        members: Coalition,
        start: int,
        concept: str,
    ) -> None:
        own = [package for package in joint if set(package.members) <= set(members)]
        self.oracle = OracleCoalitions(dispute, own)
        self.members, self.start, self.concept = members, start, concept
        self.outsiders = [p for p in range(dispute.parties) if p not in members]
        self.blocks: list[Coalition] = [members, *((p,) for p in self.outsiders)]
        self.value = dispute.values
        self.reached = sorted({start} | self.oracle.reached(members, start))

    def stable(self, block: Coalition, state: int) -> bool:
        others = [one for one in self.blocks if one != block]
        return self.oracle.stable(self.concept, block, state, others)

    def holds(self, state: int) -> bool:
        return all(self.stable(block, state) for block in self.blocks)

    def gains(self, state: int) -> bool:
        return self.oracle.preferred_by_all(self.members, state, self.start)

    def judged(self, states: list[int]) -> int | None:
        if not states:
            return None

        def merit(state: int) -> tuple[bool, bool, bool]:
            return self.gains(state), self.holds(state), self.stable(self.members, state)

        best = max(map(merit, states))
        states = [state for state in states if merit(state) == best]
        free = [
            state
            for state in states
            if not any(self.oracle.preferred_by_all(self.members, other, state) for other in states)
        ]
        return min(free, key=lambda state: (self.changed(state), state))

    def changed(self, state: int) -> int:
        def level(of: int, option: int) -> int:
            levels = {one[option] for one in self.oracle.dispute.states[of]}
            return levels.pop() if len(levels) == 1 else -1

        options = range(len(self.oracle.dispute.owner))
        return sum(level(state, option) != level(self.start, option) for option in options)

    def result(self) -> int | None:
        return self.judged([s for s in self.reached if self.gains(s) and self.holds(s)])


Case = tuple[OracleDispute, list[OraclePackage], list[Coalition], int, list[Condition]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    dispute = draw(disputes(most_states=16))
    parties = st.sets(st.integers(0, dispute.parties - 1), min_size=1)
    formats = draw(st.lists(parties.map(lambda s: tuple(sorted(s))), min_size=1, max_size=3))
    start = draw(st.integers(0, len(dispute.states) - 1))
    regions = draw(st.lists(conditions(dispute.levels, 2), min_size=1, max_size=2))
    return dispute, draw(packages(dispute)), formats, start, regions


def described_case(case: Case, *, numbers: bool = True) -> dict[str, Any]:
    dispute, joint, formats, start, regions = case
    described = with_packages(dispute, document(dispute, numbers=numbers), joint)
    described["status_quo"] = assignment_levels(dispute, min(dispute.states[start]))
    described["outcomes"] = {
        f"r{n}": {"name": f"Region {n}", "when": as_text(dispute, one)}
        for n, one in enumerate(regions)
    }
    described["formats"] = {
        f"f{n}": {"name": f"Format {n}", "parties": [f"p{member}" for member in one]}
        for n, one in enumerate(formats)
    }
    note(str(described))
    return described


@settings(max_examples=EXAMPLES)
@given(cases(), st.sampled_from(["Nash", "GMR", "SMR", "SEQ"]))
def test_sets_say_what_the_cube_says(case: Case, concept: str) -> None:
    dispute = detente.build_dispute(described_case(case, numbers=False))
    cube = detente.analyse_formats(dispute, concept=concept, every_subset=True)
    sets = analyse_formats_symbolically(dispute, concept=concept, every_subset=True)
    assert (cube.engine, sets.engine) == ("cube", "symbolic")
    assert formats_document(sets) == {**formats_document(cube), "engine": "symbolic"}


@settings(max_examples=EXAMPLES)
@given(cases(), st.sampled_from(["Nash", "GMR", "SMR", "SEQ"]))
def test_formats_are_as_defined(case: Case, concept: str) -> None:
    dispute, joint, formats, start, regions = case
    described = described_case(case)
    found = detente.analyse_formats(detente.build_dispute(described), concept=concept)
    literal = [Literal(dispute, joint, members, start, concept) for members in formats]
    inside = [
        {i for i, state in enumerate(dispute.states) if all(true_in(one, a) for a in state)}
        for one in regions
    ]
    for number, one in enumerate(literal):
        compare_format(found, number, one, literal, inside)
    everyone = range(dispute.parties)
    whole = OracleCoalitions(dispute, joint)
    for number, region in enumerate(inside):
        needed = found.vetoes[f"r{number}"]
        assert needed.at_status_quo == (start in region)
        holding = [
            set(one.members)
            for one in literal
            if any(one.holds(state) for state in one.reached if state in region)
        ]
        together = set(everyone).intersection(*holding) if holding else set()
        assert set(needed.to_hold) == {f"p{p}" for p in together}
        least = {frozenset(one) for one in holding if not any(o < one for o in holding)}
        assert {frozenset(int(p[1:]) for p in one) for one in needed.enough_to_hold} == least
        if start in region:
            continue
        enough = [
            set(members)
            for size in range(1, dispute.parties + 1)
            for members in combinations(everyone, size)
            if whole.reached(members, start) & region
        ]
        least = {frozenset(one) for one in enough if not any(o < one for o in enough)}
        assert {frozenset(int(p[1:]) for p in one) for one in needed.enough_to_reach} == least
        needed_by_all = {p for p in everyone if enough and all(p in one for one in enough)}
        assert set(needed.to_reach) == {f"p{p}" for p in needed_by_all}


def compare_format(
    found: FormatAnalysis,
    number: int,
    one: Literal,
    literal: list[Literal],
    inside: list[set[int]],
) -> None:
    result = found.format(f"f{number}")
    assert result.reached == len(one.reached)
    assert result.held == sum(map(one.holds, one.reached))
    end = one.result()
    assert result.state == (None if end is None else end + 1)
    compare_outsiders(result.outsiders, one, one.start if end is None else end, literal)
    for region, states in enumerate(inside):
        among = [state for state in one.reached if state in states]
        outcome = result.outcome(f"r{region}")
        assert outcome.reached == len(among)
        assert outcome.held == sum(map(one.holds, among))
        assert outcome.gained == sum(map(one.gains, among))
        judged = one.judged(among)
        assert outcome.state == (None if judged is None else judged + 1)
        if judged is not None:
            assert outcome.holds == one.holds(judged)
            assert outcome.gains == one.gains(judged)
            assert outcome.members_stay == one.stable(one.members, judged)
            compare_outsiders(outcome.outsiders, one, judged, literal, states)
            alone = OracleCoalitions(one.oracle.dispute)
            single: list[Coalition] = [(p,) for p in range(one.oracle.dispute.parties)]
            leaving = {
                f"p{p}"
                for p in one.members
                if not alone.stable(one.concept, (p,), judged, [s for s in single if s != (p,)])
            }
            assert set(outcome.defectors) == leaving


def compare_outsiders(
    found: tuple[detente.formats.analysis.OutsiderStanding, ...],
    one: Literal,
    state: int,
    literal: list[Literal],
    region: set[int] | None = None,
) -> None:
    assert [standing.party for standing in found] == [f"p{p}" for p in one.outsiders]
    for party, standing in zip(one.outsiders, found, strict=True):
        value = one.value[party]
        results = [
            value[end]
            for other in literal
            if party in other.members and (end := other.result()) is not None
        ]
        behind = any(best > value[state] for best in results)
        if value[state] < value[one.start] or behind:
            role = "sidelined"
        else:
            role = "beneficiary" if value[state] > value[one.start] else "indifferent"
        assert standing.role == role
        assert (standing.better_in is not None) == behind
        assert (standing.spoiling is not None) == (not one.stable((party,), state))
        if standing.spoiling:
            move = standing.spoiling.state - 1
            assert move in one.oracle.dispute.improvements(party, state)
            assert standing.spoiling.leaves == (region is None or move not in region)


@pytest.mark.long
def test_korea_by_hand() -> None:
    found = detente.analyse_formats(detente.load("korea-2017"))
    settlement = found.vetoes["settlement"]
    # Disarmament is North Korea's option, the guarantee that of the United States.
    assert settlement.to_reach == ("dprk", "us")
    assert settlement.enough_to_reach == (("dprk", "us"),)
    # Every one of the six has a seat of its own to take.
    assert len(found.vetoes["six_party_table"].to_reach) == 6
    g2 = found.format("g2").outcome("g2_deal")
    # China's concession is one move; Russia then takes its seat (its first statement).
    assert g2.moves == 1
    assert g2.gains
    (russia,) = (one for one in g2.outsiders if one.party == "russia")
    assert russia.role == "sidelined"
    assert russia.rank < russia.status_quo_rank
    # It takes its seat and is better off, but the table of six needs the others as well.
    assert russia.spoiling is not None
    assert not russia.spoiling.leaves
    assert not g2.holds
    assert g2.kept


@pytest.mark.parametrize(
    ("case", "arguments", "message"),
    [
        ("prisoners-dilemma", {}, "names none"),
        ("korea-2017", {"formats": ["g3"]}, "there is no format"),
        ("korea-2017", {"concept": "L2"}, "there is no coalition concept"),
    ],
)
def test_bad_input(case: str, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(DisputeError, match=message):
        detente.analyse_formats(detente.load(case), **arguments)  # type: ignore[arg-type]


def test_command_and_its_document(tmp_path: Path) -> None:
    picture = tmp_path / "formats.svg"
    words = ["formats", "korea-2017", "--only", "g2", "--picture", str(picture)]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, words)
    assert result.exit_code == 0, result.output
    assert "The United States and China" in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    assert "every member gains, and nobody leaves the outcome" in picture.read_text("utf-8")
    result = CliRunner().invoke(
        commands, ["formats", "korea-2017", "--only", "g2", "--format=json"]
    )
    content = json.loads(result.output)
    schema = json.dumps(published_schemas()["formats"]())
    jsonschema.validate(content, json.loads(schema))
    (form,) = content["formats"]
    assert form["outcomes"][6]["outcome"] == "g2_deal"
    assert form["outcomes"][6]["state"] == 7964


def test_formats_that_were_not_finished_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.stability.time_limit._GRACE", 60.0)
    dispute = detente.load("korea-2017")
    found = analyse_formats_symbolically(dispute, ["g2"], budget=Budget(0.0))
    assert found.unfinished == (("g2", "time"),)
    told = json.loads(json.dumps(formats_document(found)))
    jsonschema.validate(told, published_schemas()["formats"]())
    assert told["equilibrium_counts"] == {}
    words = str(formats_blocks(found))
    assert "time ran out" in words
    assert found.vetoes_unfinished


def test_who_is_needed_is_told_where_no_format_is_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dispute = detente.load("korea-2017")
    whole = analyse_formats_symbolically(dispute, ["g2"], concept="Nash")

    def too_large(*_: object) -> None:
        raise TooLarge

    monkeypatch.setattr(CoalitionSets, "stable", too_large)
    found = analyse_formats_symbolically(dispute, ["g2"], concept="Nash")
    assert found.unfinished == (("g2", "nodes"),)
    for outcome, needed in whole.vetoes.items():
        left = found.vetoes[outcome]
        assert (left.to_reach, left.enough_to_reach) == (needed.to_reach, needed.enough_to_reach)
    told = json.loads(json.dumps(formats_document(found)))
    jsonschema.validate(told, published_schemas()["formats"]())
    assert "was not found: the diagrams" in str(formats_blocks(found))


def test_a_dispute_that_no_array_holds() -> None:
    options = {f"o{n}": "Option" for n in range(20)}
    parties = {
        one: {"options": options, "preferences": [f"{two}.o1 or {one}.o2"]}
        for one, two in (("a", "b"), ("b", "a"))
    }
    described = {
        "dispute": "Large",
        "parties": parties,
        "status_quo": {},
        "formats": {"both": ["a", "b"]},
        "outcomes": {"done": "a.o1 and b.o1"},
    }
    result = CliRunner().invoke(
        commands, ["formats", "-", "--format", "json"], json.dumps(described)
    )
    assert result.exit_code == 0, result.output
    (both,) = json.loads(result.output)["formats"]
    assert both["reached"] == 2**40
