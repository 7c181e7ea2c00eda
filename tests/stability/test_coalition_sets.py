"""Coalition stability on sets of states gives what the definitions and the cube say."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.analyses.registry import published_schemas
from detente.cli import detente as commands
from detente.report.coalitions import coalition_words, coalitions_document
from detente.report.symbolic_coalitions import (
    symbolic_coalitions_blocks,
    symbolic_coalitions_document,
)
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import symbolic_game
from detente.stability.coalition_sets import CoalitionSets
from detente.stability.symbolic_analysis import Budget
from detente.stability.symbolic_coalitions import analyse_coalitions_symbolically
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import OracleDispute
from strategies import assignment_levels, disputes_with_packages, document, with_packages

# The oracle is slow: a fifth of the disputes that the profile asks for.
EXAMPLES = settings().max_examples // 5

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ"]
NODES = 2**18

Drawn = tuple[OracleDispute, list[OraclePackage]]


@settings(max_examples=EXAMPLES)
@given(disputes_with_packages(), st.booleans())
def test_every_coalition_and_state(drawn: Drawn, joint: bool) -> None:
    expected, package_list = drawn
    described = with_packages(expected, document(expected, numbers=False), package_list)
    note(str(described))
    game = symbolic_game(detente.build_dispute(described), NODES)
    oracle = OracleCoalitions(expected, package_list if joint else [])
    sets = CoalitionSets(game, range(len(game.packages)) if joint else ())
    here = [[game.here.state(one) for one in members] for members in expected.states]
    everyone = range(expected.parties)
    middle = len(expected.states) // 2
    for coalition in oracle.all_coalitions(everyone):
        others = [party for party in everyone if party not in coalition]
        reacting = oracle.all_coalitions(others)
        for concept in CONCEPTS:
            found = sets.stable(concept, coalition, tuple(reacting))
            start = min(expected.states[middle])
            ends = sets.departures(concept, coalition, tuple(reacting), start)
            wanted = oracle.departures(concept, coalition, middle, reacting)
            for number, members in enumerate(here):
                stable = oracle.stable(concept, coalition, number, reacting)
                for one in members:
                    inside = (found & one).satisfiable(), (ends & one).satisfiable()
                    assert inside == (stable, number in wanted), (concept, coalition, number)
    if game.transitive:
        left = game.diagrams.any_of(map(sets.movers.at_once, oracle.all_coalitions(everyone)))
        for number, members in enumerate(here):
            assert (left & members[0]).satisfiable() != oracle.strong(number)


@settings(max_examples=EXAMPLES)
@given(disputes_with_packages(), st.booleans(), st.booleans())
def test_the_document_is_that_of_the_cube(drawn: Drawn, joint: bool, fixed: bool) -> None:
    expected, package_list = drawn
    described = with_packages(expected, document(expected, numbers=False), package_list)
    middle = len(expected.states) // 2
    described["status_quo"] = assignment_levels(expected, min(expected.states[middle]))
    note(str(described))
    dispute = detente.build_dispute(described)
    acting = [["p0", f"p{expected.parties - 1}"]] if fixed else []
    cube = coalitions_document(
        detente.analyse_coalitions(dispute, acting_as_one=acting, packages=joint)
    )
    found = analyse_coalitions_symbolically(dispute, acting_as_one=acting, packages=joint)
    told: dict[str, Any] = dict(symbolic_coalitions_document(found, most_equilibria=1000))
    assert told.pop("unfinished") == []
    assert told == {**cube, "engine": "symbolic"}
    assert symbolic_coalitions_blocks(found)


def test_what_was_not_found_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    work = CoalitionSets.stable

    def too_large(self: CoalitionSets, concept: str, coalition: Any, sanctioning: Any) -> Diagram:
        if len(coalition) == 2:
            raise TooLarge
        return work(self, concept, coalition, sanctioning)

    monkeypatch.setattr(CoalitionSets, "stable", too_large)
    dispute = detente.load("korea-2017")
    found = analyse_coalitions_symbolically(dispute, [["us", "china"], ["japan"]], ["GMR"])
    (left,) = found.unfinished
    assert (left.coalition, left.why) == (("us", "china"), "nodes")
    assert found.equilibrium_counts == {}
    told = symbolic_coalitions_document(found, most_equilibria=3)
    jsonschema.validate(json.loads(json.dumps(told)), published_schemas()["coalitions"]())
    assert told["stable_count"]["GMR"] == [None, found.stable_count("GMR", ("japan",))]
    words = str(symbolic_coalitions_blocks(found))
    named = coalition_words(dispute, ("us", "china"))
    assert f"Not found under GMR for {named}: the diagrams would have needed more nodes" in words
    # Who leaves the status quo is told all the same.
    assert found.stays("GMR", ("us", "china")) is False


def test_no_time_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.stability.time_limit._GRACE", 60.0)
    dispute = detente.load("korea-2017")
    found = analyse_coalitions_symbolically(dispute, [["us"]], ["SEQ"], budget=Budget(0.0))
    assert [(one.coalition, one.why) for one in found.unfinished] == [(("us",), "time")]


def test_the_command_names_its_engine() -> None:
    arguments = ["coalitions", "korea-2017", "--engine", "symbolic", "--coalition", "us,china"]
    result = CliRunner(env={"COLUMNS": "120"}).invoke(commands, arguments)
    assert result.exit_code == 0, result.output
    assert "Engine: symbolic sets." in result.output
    assert "Where they would leave state 7724 to" in result.output
