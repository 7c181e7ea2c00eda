"""What `detente validate` finds is found for the pages, and where it stands."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import Any

from detente.workbench.tasks import TASKS

TEXT = """\
dispute: Small
sources: [{id: toll, title: The toll, path: toll.txt}]
parties:
  a:
    options: {act: Act}
    preferences:
      - {prefer: act, source: {id: toll, quote: Peru rejects the toll}}
      - {prefer: not b.act, source: {id: toll, quote: Peru accepts the toll}}
  b: {options: {act: Act}, preferences: [act]}
outcomes: {quiet: not a.act and not b.act}
claims:
  - {id: c1, ask: "where status_quo: may reach quiet", says: yes, source: {id: toll}}
  - {id: c2, ask: "where status_quo may reach quiet", says: yes, source: {id: toll}}
status_quo: {a.act: no, b.act: no}
"""
REPORT = "The toll\n\nPeru rejects the toll of Chile.\n"
MOST = {"states": 2**18, "memory_bytes": 2**30}


def validated(text: str = TEXT) -> dict[str, Any]:
    report = {
        "name": "toll.txt",
        "text": REPORT,
        "sha256": sha256(REPORT.encode()).hexdigest(),
    }
    return TASKS["validated"](text, {"toll": report}, MOST)


def test_a_wrong_quote_and_a_question_without_meaning_are_found_where_they_stand() -> None:
    found = validated()["findings"]
    assert [(one["kind"], one["fault"]) for one in found] == [("quote", True), ("question", True)]
    assert found[0]["key"].startswith("parties.a.preferences[1]")
    assert found[1]["key"] == "claims[1].ask"
    assert "c2" in found[1]["about"]


def test_what_is_right_gives_no_finding() -> None:
    right = TEXT.replace("accepts", "rejects").replace("status_quo may", "status_quo: may")
    assert validated(right)["findings"] == []


def test_without_the_text_it_is_said_that_quotes_are_unchecked() -> None:
    found = TASKS["validated"](TEXT, {}, MOST)["findings"]
    assert ("not-at-hand", False) in [(one["kind"], one["fault"]) for one in found]


def test_what_is_worth_a_look_is_told_as_on_the_command_line() -> None:
    doubled = TEXT.replace("preferences: [act]", "preferences: [act, act]")
    found = TASKS["looked_at"](doubled, MOST)["lint"]
    assert any(one["key"] == "parties.b.preferences[1]" for one in found)


def test_states_are_listed_by_page_and_by_what_holds_in_them() -> None:
    text = (files("detente") / "cases" / "prisoners-dilemma.yaml").read_text("utf-8")

    def listed(**asked: Any) -> dict[str, Any]:
        given = {"where": "", "outcome": "", "concept": "", "first": 0, "count": 3, **asked}
        return TASKS["listed_states"](text, concepts=["Nash", "GMR"], most=MOST, **given)

    assert (listed()["total"], len(listed()["states"])) == (4, 3)
    assert [one["id"] for one in listed(first=3)["states"]] == [4]
    overview = TASKS["overview"](text, ["Nash", "GMR"], 10, MOST)
    for concept, count in overview["equilibria_counts"].items():
        found = listed(concept=concept, count=9)
        assert found["total"] == count
        assert all(concept in one["equilibrium"] for one in found["states"])
