"""What an analysis comes to, in its first lines, and on its first screen."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

import detente
from detente.cli import detente as command_line
from detente.report.analysis_head import analysis_head
from detente.report.analysis_page import analysis_page
from detente.report.content import Prose
from detente.report.equilibria import CANNOT_BE_LEFT, DETERRED_EVERYWHERE, left_apart
from detente.stability.everywhere import nearly_everywhere


def output(*words: str) -> str:
    found = CliRunner(env={"COLUMNS": "80"}).invoke(command_line, ["analyse", *words])
    assert found.exit_code == 0, found.output
    return found.output


def test_korea_in_short() -> None:
    analysis = detente.analyse(detente.load("korea-2017"), ["SEQ"])
    head = analysis_head(analysis)
    short = "In short: the status quo does not last. China has a move that still pays"
    assert head.startswith(short)
    found = re.search(r"([\d,]+) states that somebody could leave can hold", head)
    assert found is not None
    left = int((~analysis.cannot_be_left[analysis.equilibria("SEQ") - 1]).sum())
    assert int(found[1].replace(",", "")) == left
    assert "“War”" not in head
    assert "This rests on 63 stated preferences." in head


def test_nothing_is_said_without_a_status_quo_or_the_concept() -> None:
    assert analysis_head(detente.analyse(detente.load("elmira"), ["Nash"])) == ""


def test_the_head_stands_before_the_tables_unless_concepts_are_named() -> None:
    page = output("elmira")
    assert page.index("In short:") < page.index("All equilibria")
    assert "Party and option" not in page
    full = output("elmira", "--full")
    assert full.index("In short:") < full.index("Party and option")
    assert "In short:" not in output("elmira", "--concepts", "SEQ")
    assert "In short:" not in output("elmira", "--state", "status_quo")


# About as many lines as a terminal shows.
LINES = 46


@pytest.mark.parametrize("case", ["elmira", "cuban-missile-crisis", "prisoners-dilemma"])
def test_an_analysis_fits_a_screen_unless_all_is_asked_for(case: str) -> None:
    page = output(case)
    assert len(page.splitlines()) <= LINES
    assert max(map(len, page.splitlines())) <= 80
    assert "--full" in page
    assert len(output(case, "--full").splitlines()) > len(page.splitlines())
    # Asking for more equilibria asks for all tables.
    assert "Party and option" in output(case, "--limit", "3")


def test_the_screen_says_for_whom_the_status_quo_holds() -> None:
    analysis = detente.analyse(detente.load("elmira"), ["Nash", "GMR"])
    told = [block.text for block in analysis_page(analysis, "Opening.") if isinstance(block, Prose)]
    assert told[0] == "Opening."
    assert analysis.stable_parties("Nash", 1) == ("moe", "uniroyal")
    assert (
        "It is stable for everybody but Local government under Nash; for everybody under GMR."
        in told[1]
    )


def test_equilibria_of_every_kind_are_counted_apart() -> None:
    analysis = detente.analyse(detente.load("elmira"), ["Nash", "GMR"])
    counts = left_apart(analysis)
    assert list(counts) == [CANNOT_BE_LEFT, DETERRED_EVERYWHERE, "in other states"]
    (everywhere,) = nearly_everywhere(analysis)
    assert (everywhere.concept, everywhere.party) == ("GMR", "local")
    found = {"Nash": [0, 0, 0], "GMR": [0, 0, 0]}
    for concept, kinds in found.items():
        for state in analysis.equilibria(concept).tolist():
            gains = "local" not in analysis.stable_parties("Nash", state)
            threat = concept == "GMR" and gains
            kinds[0 if analysis.cannot_be_left[state - 1] else 1 if threat else 2] += 1
    assert [list(row) for row in zip(*counts.values(), strict=True)] == list(found.values())
    assert found["GMR"] == [1, 2, 2]


@pytest.mark.parametrize("words", [("--format", "json"), ("--state", "1"), ("--party", "local")])
def test_full_is_refused_where_it_means_nothing(words: tuple[str, str]) -> None:
    found = CliRunner().invoke(command_line, ["analyse", "elmira", "--full", *words])
    assert found.exit_code == 2
    assert "leave out" in found.stderr
