"""What an analysis comes to, in its first lines."""

from __future__ import annotations

import re

from click.testing import CliRunner

import detente
from detente.cli import detente as command_line
from detente.report.analysis_head import analysis_head


def test_korea_in_short() -> None:
    analysis = detente.analyse(detente.load("korea-2017"), ["SEQ"])
    head = analysis_head(analysis)
    assert head.startswith("In short: the status quo does not last. China has a move that pays")
    found = re.search(r"([\d,]+) states that somebody could leave can hold", head)
    assert found is not None
    left = int((~analysis.cannot_be_left[analysis.equilibria("SEQ") - 1]).sum())
    assert int(found[1].replace(",", "")) == left
    assert "“War”" not in head
    assert "This rests on 63 stated preferences." in head


def test_nothing_is_said_without_a_status_quo_or_the_concept() -> None:
    assert analysis_head(detente.analyse(detente.load("elmira"), ["Nash"])) == ""


def test_the_head_stands_before_the_tables_unless_concepts_are_named() -> None:
    def run(*words: str) -> str:
        found = CliRunner(env={"COLUMNS": "80"}).invoke(command_line, ["analyse", *words])
        assert found.exit_code == 0, found.output
        return found.output

    page = run("elmira")
    assert page.index("In short:") < page.index("Party and option")
    assert "In short:" not in run("elmira", "--concepts", "SEQ")
    assert "In short:" not in run("elmira", "--state", "status_quo")
