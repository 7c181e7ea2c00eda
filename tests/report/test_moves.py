"""The moves from one state, as `analyse --state` lists them."""

from __future__ import annotations

from click.testing import CliRunner
from hypothesis import given, settings

import detente
from detente.cli import detente as cli
from detente.report.moves import moves_from
from detente.stability.prepared_model import graph_model
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import OracleDispute
from strategies import disputes_with_packages, document, with_packages


@given(disputes_with_packages())
@settings(max_examples=settings().max_examples // 2)
def test_all_of_them_are_listed(drawn: tuple[OracleDispute, list[OraclePackage]]) -> None:
    dispute, packages = drawn
    model = graph_model(detente.build_dispute(with_packages(dispute, document(dispute), packages)))
    oracle = OracleCoalitions(dispute, packages)
    for state in range(len(dispute.states)):
        found = moves_from(model, state + 1)
        alone = {(one.party, one.state - 1) for one in found if one.party is not None}
        assert alone == {
            (f"p{party}", end)
            for party in range(dispute.parties)
            for end in dispute.moves[party][state]
        }
        joint = {one.package for one in found if one.package is not None}
        assert joint == {
            f"q{number}"
            for number, package in enumerate(packages)
            if oracle.package_moves(package, state)
        }


def told(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["analyse", *words])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_the_command_lists_them() -> None:
    text = told("korea-2017", "-c", "Nash", "--state", "status_quo", "--limit", "1")
    assert (
        "63 moves from it, 6 of them improvements; 62 more left out (--limit shows more):" in text
    )
    row = "China start “Go over to the position of the 7964 17 → 26 yes United States”"
    assert row in text
    own = told("elmira", "-c", "Nash", "--state", "1", "--party", "moe")
    assert "1 move from it, " in own
