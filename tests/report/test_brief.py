"""The page: its length, its order, and that likelihood and confidence stand apart."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from rich.console import Console

import detente
from detente.briefing.brief import Brief, brief
from detente.briefing.likelihood import BANDS
from detente.report.brief import brief_blocks
from detente.report.brief_document import brief_document
from detente.report.content import Prose, Table
from detente.report.face import on_command_line
from detente.report.render.terminal import terminal_parts

# A page.
LINES = 60

CASES = (
    "chicken",
    "elmira",
    "garrison-diversion",
    "cuban-missile-crisis",
    "korea-2017-two-party",
    "nile-dam-2021",
)

LIKELIHOOD = re.compile(
    r"\b(?:" + "|".join(words for words, _, _ in BANDS) + r"|probabl[ey]|likeli\w+)\b|\d%"
)
CONFIDENCE = re.compile(r"\bconfiden\w+", re.IGNORECASE)


@cache
def briefed(case: str, party: str | None = None, about: str | None = None) -> Brief:
    return detente.brief(detente.load(case), party, about=about, draws=8)


def printed(found: Brief) -> str:
    out = io.StringIO()
    console = Console(file=out, width=80)
    for part in terminal_parts(brief_blocks(found)):
        console.print(part)
    return out.getvalue()


def sentences(found: Brief) -> Iterator[str]:
    for paragraph in brief_document(found)["text"]:
        yield from re.split(r"(?<=[.!?;:])\s+", paragraph)


def with_status_quo() -> list[str]:
    return [case for case in CASES if detente.load(case).status_quo is not None]


@pytest.mark.parametrize("case", with_status_quo())
def test_a_brief_is_one_page_and_keeps_likelihood_and_confidence_apart(case: str) -> None:
    found = briefed(case)
    text = printed(found)
    assert text.count("\n") < LINES
    assert max(map(len, text.splitlines())) <= 80
    told = list(sentences(found))
    assert any(CONFIDENCE.search(one) for one in told)
    assert any(LIKELIHOOD.search(one) for one in told)
    for one in told:
        assert not (CONFIDENCE.search(one) and LIKELIHOOD.search(one)), one
    # How sure the file is of a preference stands apart from what would follow, too.
    assert not [one for one in told if re.search(r"\d sure", one) and LIKELIHOOD.search(one)]
    # Names stand where ids would.
    assert not [option.key for option in found.dispute.options if f"{option.key} " in text]


def test_who_types_commands_is_told_those_that_show_every_part() -> None:
    (last,) = [
        block.text for block in brief_blocks(briefed("elmira"))[-1:] if isinstance(block, Prose)
    ]
    assert "In full" not in last
    with on_command_line():
        told = printed(briefed("elmira")).replace("detente ", "")
    for command in ("forecast", "robust", "validate --all", "analyse"):
        assert f"`{command}`" in told


def test_only_outcomes_of_the_table_are_told_of() -> None:
    found = briefed("elmira")
    blocks = brief_blocks(found)
    (table,) = [block for block in blocks if isinstance(block, Table)]
    rows = " ".join(row[0] for group in table.groups for row in group.rows)
    told = " ".join(brief_document(found)["text"])
    for goal in found.forecast.goals:
        assert f"“{goal.name}”" not in told or goal.name in rows


def test_what_holds_now_and_will_not_is_not_to_be_counted_on() -> None:
    found = detente.brief(detente.load("ukraine-2017"), draws=0)
    headline = brief_document(found)["text"][1]
    goal = next(one for one in found.forecast.goals if one.name == "A conflict that goes on")
    assert found.chance[found.forecast.goals.index(goal)] < 0.45
    assert "do not count on “A conflict that goes on”" in headline


def test_korea_fits_a_page_for_a_party_too() -> None:
    found = detente.brief(detente.load("korea-2017"), "Russia", draws=2)
    text = printed(found)
    assert text.count("\n") < LINES
    assert "Joint exercises" in text
    for one in sentences(found):
        assert not (CONFIDENCE.search(one) and LIKELIHOOD.search(one)), one


def test_an_envoy_has_its_place_in_a_brief() -> None:
    found = briefed("korea-2017-two-party")
    assert found.wished is not None
    envoy = found.envoy
    assert envoy is not None
    outcome = found.forecast.goals[found.wished.goal].id
    alone = detente.send_envoy(detente.load("korea-2017-two-party"), to=outcome, budget=1)
    document = brief_document(found)
    # A brief looks at no more promises than the fewest that will do.
    assert [one.price for one in envoy.found[:1]] == [one.price for one in alone.found[:1]]
    (told,) = [one for one in document["text"] if "envoy" in one and "promise" in one]
    if alone.least is None:
        assert document["envoy"] == {"instruments": None, "rounds": []}
        assert "No plan of one or two moves" in told
    else:
        assert document["envoy"] is not None
        assert len(document["envoy"]["instruments"] or []) == alone.least.number
    # To what nobody can leave, nobody is sent.
    assert briefed("elmira", about="abandonment").envoy is None


def test_what_nobody_can_leave_is_told_apart_and_not_in_the_headline() -> None:
    title, headline, *rest = brief_document(briefed("elmira"))["text"]
    assert title == "Elmira groundwater contamination: brief"
    assert "abandons" not in headline
    (trap,) = [one for one in rest if one.startswith("There is no way back")]
    assert "“Uniroyal abandons its operation”" in trap
    assert "abandons its operation (no way" in printed(briefed("elmira"))


def test_the_text_is_the_same_for_the_same_seed() -> None:
    again = detente.brief(detente.load("elmira"), draws=8)
    assert brief_document(again) == brief_document(briefed("elmira"))


def test_a_party_is_named_by_id_or_name() -> None:
    by_id = briefed("elmira", "uniroyal")
    assert by_id.party == "uniroyal"
    assert "for Uniroyal" in brief_document(by_id)["text"][0]


def test_an_outcome_that_is_asked_about_is_looked_at() -> None:
    found = briefed("elmira", None, "original_order")
    assert "The outcome looked at, as asked, is “Uniroyal accepts the original order”" in " ".join(
        sentences(found)
    )
    assert found.wished is not None
    assert found.forecast.goals[found.wished.goal].id == "original_order"


def test_unknown_names_and_a_missing_status_quo_are_told() -> None:
    elmira = detente.load("elmira")
    with pytest.raises(detente.DisputeError, match="no outcome 'original'"):
        detente.brief(elmira, about="original")
    with pytest.raises(detente.DisputeError, match="status quo"):
        detente.brief(detente.load("prisoners-dilemma"))


def test_a_base_rate_stands_beside_the_model() -> None:
    elmira = detente.load("elmira")
    plain = brief_blocks(brief(elmira, draws=0))
    rated = brief_blocks(brief(replace(elmira, reference_class="mid-since-1946"), draws=0))
    (added,) = [block for block in rated if block not in plain]
    assert isinstance(added, Prose)
    assert "no part of its figures: of 1,726" in added.text
    assert "29 became wars (1.7%; 95% interval 1.2% to 2.4%)" in added.text


@pytest.mark.slow
@pytest.mark.parametrize("case", [*with_status_quo(), "korea-2017", "ukraine-2017"])
def test_a_brief_for_anybody_about_anything_is_one_page(case: str) -> None:
    dispute = detente.load(case)
    asked = [{"party": party.id} for party in dispute.parties]
    asked += [{"about": outcome.id} for outcome in dispute.outcomes]
    for one in asked:
        assert printed(detente.brief(dispute, draws=0, **one)).count("\n") < LINES, one
