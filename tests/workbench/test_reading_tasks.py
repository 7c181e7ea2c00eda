"""Reports read beside a file that has blanks, from texts to a file that loads."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from detente.dispute.errors import DisputeError, LimitError
from detente.files.dispute_file import load_text
from detente.files.yaml_text import editable
from detente.workbench.tasks import TASKS

REPORT = """A toll at the strait

Peru rejects the toll of Chile. Chile could lower the toll. Chile wants peace.

If Chile lowers the toll, Peru will open the port. The plan would go ahead in two stages.
"""


def do(task: str, **arguments: Any) -> dict[str, Any]:
    return TASKS[task](**arguments, most={})


def opened(name: str, content: bytes) -> dict[str, Any]:
    return do("open_report", name=name, content=base64.b64encode(content).decode())


@pytest.fixture(scope="module")
def started() -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """A new file, its report, and what is proposed."""
    read = opened("toll.txt", REPORT.encode())
    made = do("started_from", text="", name="toll.txt", report=read, title="")
    report = {"source": made["source"], "name": "toll.txt", **read}
    return made["text"], report, do("propose", text=made["text"], report=report)["proposals"]


def test_a_file_begins_with_its_report(started: Any) -> None:
    document = editable(started[0])
    assert document["dispute"] == "A toll at the strait"
    assert document["sources"] == [
        {
            "id": "toll",
            "title": "A toll at the strait",
            "path": "toll.txt",
            "sha256": hashlib.sha256(REPORT.encode()).hexdigest(),
        }
    ]


def test_each_proposal_that_is_entered_is_told_as_such(started: Any) -> None:
    text, report, proposals = started
    for number, proposal in enumerate(proposals):
        text = do(
            "enter_proposal",
            text=text,
            report=report,
            proposal=proposal,
            speaks_of="",
            hangs_on="",
            formula="",
        )["text"]
        now = do("reading_now", text=text, report=report, proposals=proposals)
        assert now["entered"][number], proposal
    assert all(now["entered"])
    assert {tuple(at) for at in now["cited"]} == {(2, 1), (2, 2), (2, 3), (3, 1), (3, 2)}
    assert now["fault"]
    assert now["changed"] is None
    # Filled in one by one, the file loads.
    while now["blanks"]:
        blank = now["blanks"][0]
        value = {"formula": "chile.lower_toll", "option": "chile.lower_toll"}[blank["wants"]]
        text = do("fill_blank", text=text, trail=blank["trail"], value=value, level="yes")["text"]
        now = do("reading_now", text=text, report=report, proposals=proposals)
    assert now["fault"] is None
    assert load_text(text).roadmaps


def test_the_likely_ones_at_once_and_no_entry_with_a_blank(started: Any) -> None:
    text, report, proposals = started
    text = do("enter_likely", text=text, report=report, proposals=proposals, least=0.5)["text"]
    now = do("reading_now", text=text, report=report, proposals=proposals)
    (blank, *_) = [one for one in now["blanks"] if one["wants"] == "formula"]
    assert blank["passage"] == "Chile wants peace."
    removed = do("remove_entry", text=text, entry=blank["entry"])["text"]
    assert "wants peace" not in removed
    bare = do("remove_blanks", text=text)["text"]
    dispute = load_text(bare)
    assert {party.name for party in dispute.parties} == {"Peru", "Chile"}
    assert not dispute.roadmaps
    with pytest.raises(DisputeError, match="nothing is filled in"):
        do("fill_blank", text=text, trail=blank["trail"], value=" ", level=None)
    with pytest.raises(DisputeError, match="no such entry"):
        do("fill_blank", text=removed, trail=blank["trail"], value="true", level=None)


def test_a_chosen_option_decides_the_formula(started: Any) -> None:
    text, report, proposals = started
    chile = next(one for one in proposals if one["kind"] == "option")
    choices = {"speaks_of": "", "hangs_on": "", "formula": ""}
    text = do("enter_proposal", text=text, report=report, proposal=chile, **choices)["text"]
    condition = next(one for one in proposals if one["kind"] == "condition")
    peru = {**condition, "parties": ["Peru"], "about": "open the harbour", "negated": True}
    party = next(one for one in proposals if one["parties"] == ["Peru"])
    text = do("enter_proposal", text=text, report=report, proposal=party, **choices)["text"]
    chosen = {**choices, "speaks_of": "new:peru", "hangs_on": "chile.lower_toll"}
    text = do("enter_proposal", text=text, report=report, proposal=peru, **chosen)["text"]
    statements = editable(text)["parties"]["peru"]["preferences"]
    assert [one["prefer"] for one in statements] == ["peru.open_harbour if not chile.lower_toll"]
    nobody = {**chosen, "speaks_of": "new:nobody"}
    with pytest.raises(DisputeError, match="a new option needs a party"):
        do("enter_proposal", text=text, report=report, proposal=peru, **nobody)


def test_a_text_that_has_changed_is_told_and_carried_over(started: Any) -> None:
    text, report, proposals = started
    text = do("enter_likely", text=text, report=report, proposals=proposals, least=0.5)["text"]
    read = opened(
        "toll.txt", f"New\n\n{REPORT}".replace("Chile wants peace.", "It rains.").encode()
    )
    new = {**report, **read}
    changed = do("reading_now", text=text, report=new, proposals=[])["changed"]
    assert {one["status"] for one in changed} == {"moved", "lost"}
    made = do("carry_over", text=text, report=new)
    assert {one["status"] for one in made["lost"]} == {"lost"}
    assert do("reading_now", text=made["text"], report=new, proposals=[])["changed"] is None


def test_what_cannot_be_read_is_told_without_paths() -> None:
    with pytest.raises(DisputeError, match="this report is not UTF-8 text"):
        opened("../../x.txt", b"\xff")
    with pytest.raises(LimitError, match="the workbench shows up to"):
        opened("x.txt", b"word " * 100_000)
    with pytest.raises(DisputeError, match="has no parties"):
        do("sources", text="- a")
    for wrong in ("sources: [3]", "claims: 3", "outcomes: []"):
        with pytest.raises(DisputeError, match="belongs into no dispute file"):
            do("sources", text=f"dispute: x\nparties: {{}}\n{wrong}\n")
    day = "history: [{on: 2018-04-21, set: {a.b: yes}}]"
    assert do("sources", text=f"dispute: x\nparties: {{a: {{}}}}\n{day}\n") == {"sources": []}
    weighed = "[{prefer: ___, weight: ___}]"
    listed = do("sources", text=f"dispute: x\nparties: {{a: {{preferences: {weighed}}}}}\n")
    assert listed == {"sources": []}
