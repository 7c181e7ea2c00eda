"""The first page of a dispute as tasks: the brief, moved assumptions, and variants to keep."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from asking import run_apart

from detente.changes.versions import version_of
from detente.dispute.errors import DisputeError
from detente.evidence.attribution import compare_versions
from detente.report.versions import answer_lines
from detente.workbench.briefs import AskedBrief, Briefs
from detente.workbench.limits import Limits
from detente.workbench.services import case_text
from detente.workbench.tasks import TASKS
from detente.workbench.workers import Failed, Workers

TEXT = """\
dispute: Small
parties:
  a:
    name: Upper
    options: {dam: Build the dam}
    preferences:
      - {prefer: not b.go, confidence: 0.7}  # from the talks
      - dam
  b: {options: {go: Protest}, preferences: ["not a.dam", {prefer: go iff a.dam, confidence: 0.6}]}
outcomes: {calm: not a.dam and not b.go, built: a.dam}
status_quo: {a.dam: no, b.go: no}
"""
MOST = {"states": 2**18, "memory_bytes": 2**30}


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(Limits(seconds=60.0))
    yield made
    made.close()


def test_a_brief_is_written_once_and_tells_how_far_it_has_come(workers: Workers) -> None:
    async def both() -> None:
        briefs = Briefs(workers)
        assert briefs.written(AskedBrief(TEXT)) is None
        first, second = await asyncio.gather(
            briefs.of(AskedBrief(TEXT)), briefs.of(AskedBrief(TEXT))
        )
        assert first is second
        assert await briefs.of(AskedBrief(TEXT)) is briefs.written(AskedBrief(TEXT)) is first
        kinds = [block["kind"] for block in first["blocks"]]
        assert kinds[:3] == ["prose", "table", "illustration"]
        assert first["blocks"][0]["text"].startswith("Within 12 steps, expect")
        assert {one["id"] for one in first["outcomes"]} >= {"calm", "built"}
        assumed = first["assumed"]
        assert assumed["tempo"] == {"a": 1.0, "b": 1.0}
        assert {(one["party"], one["statement"]) for one in assumed["statements"]} <= {
            ("a", 1), ("a", 2), ("b", 1), ("b", 2),
        }  # fmt: skip

    run_apart(both())


def test_a_brief_that_nobody_waits_for_is_given_up(workers: Workers) -> None:
    another = AskedBrief(TEXT, party="b", about="built")

    async def leave() -> None:
        briefs = Briefs(workers)
        waiting = asyncio.ensure_future(briefs.of(another))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert briefs.progress(another) == ("The dispute is being read", 0.0)
        assert briefs.written(another) is None

    run_apart(leave())


def test_a_file_without_a_status_quo_has_no_brief(workers: Workers) -> None:
    without = TEXT.replace("status_quo: {a.dam: no, b.go: no}\n", "")
    with pytest.raises(Failed, match="names none") as caught:
        run_apart(Briefs(workers).of(AskedBrief(without)))
    assert caught.value.kind == "dispute"


def test_every_way_in_which_statements_hold_is_told() -> None:
    statement = {"party": "a", "statement": 1, "confidence": 0.7, "fails": "dropped"}
    play = {"odds": 5.0, "tempo": {"a": 1.0, "b": 2.0}, "foresight": "SEQ", "worth": "rank"}
    found = TASKS["ways"](TEXT, statements=[statement], **play, most=MOST)
    assert [one["id"] for one in found["outcomes"]] == ["calm", "built"]
    assert len(found["chances"]) == len(found["moving"]) == 2
    assert found["movers"] == ["a", "b"]
    with pytest.raises(DisputeError, match="every tempo is 0"):
        TASKS["ways"](
            TEXT, statements=[statement], **{**play, "tempo": {"a": 0.0, "b": 0.0}}, most=MOST
        )


def test_a_variant_keeps_what_was_not_moved() -> None:
    moved = [{"party": "a", "statement": 1, "confidence": 0.25}]
    made = TASKS["variant"](TEXT, confidence=moved, tempo={"b": 2.5}, most=MOST)
    before, after = TEXT.splitlines(), made["text"].splitlines()
    assert [line for line in before if line not in after] == [
        line for line in before if "confidence: 0.7" in line or line.startswith("  b:")
    ]
    assert any(re.search(r"confidence: 0.25}\s+# from the talks", line) for line in after)
    assert "tempo: 2.5" in made["text"]
    assert len(made["changes"]) == 2
    with pytest.raises(DisputeError, match="nothing that a dispute file can hold"):
        TASKS["variant"](TEXT, confidence=[], tempo={}, most=MOST)


def test_other_answers_are_those_of_a_file_without_the_statements() -> None:
    dropped = [{"party": "b", "statement": 2}]
    found = TASKS["answers_changed"](TEXT, dropped=dropped, most=MOST)
    assert found["lines"]
    without = TEXT.replace(", {prefer: go iff a.dam, confidence: 0.6}", "")
    wanted = compare_versions(version_of(TEXT, "one"), version_of(without, "two"), switch=False)
    assert found["lines"] == [line[2:] for line in answer_lines(wanted.answers, 30)]
    assert TASKS["answers_changed"](TEXT, dropped=[], most=MOST) == {"lines": []}


@pytest.mark.slow
def test_moved_assumptions_are_answered_at_once_on_korea() -> None:
    doubted = [
        {"party": party, "statement": number, "confidence": 0.7, "fails": "dropped"}
        for party, number in (("us", 2), ("china", 5), ("rok", 5))
    ]
    play = {"foresight": "SEQ", "worth": "rank", "most": MOST}
    text = case_text("korea-2017")
    tempo = dict.fromkeys(("dprk", "us", "china", "russia", "rok", "japan"), 1.0)
    TASKS["ways"](text, statements=doubted, odds=5.0, tempo=tempo, **play)
    # On both processors, so that a busy machine does not count.
    began = time.process_time()
    found = TASKS["ways"](text, statements=doubted, odds=3.0, tempo=tempo, **play)
    assert time.process_time() - began < 1.0
    assert len(found["chances"]) == 8
