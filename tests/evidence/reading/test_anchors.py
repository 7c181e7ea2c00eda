"""Citations carried over to a changed text, and coverage both ways."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from detente.dispute.dispute import Locator
from detente.dispute.errors import DisputeError
from detente.evidence.reading.anchors import anchored, anchors
from detente.evidence.reading.coverage import coverage
from detente.evidence.sources import SourceText
from detente.files.dispute_file import load_text
from detente.files.yaml_text import editable

OLD = "Port\n\nThe ferry sails. It carries salt.\n\nNobody waits for it at the far bank.\n\nEnd.\n"
NEW = (
    "Port\n\nA new paragraph.\n\nThe ferry sails. Nobody complains. It carries salt.\n\n"
    "Nobody waits for it at the other bank.\n"
)
FILE = """# kept
dispute: Ferry
sources:
  - {id: report, title: The port, sha256: "SUM"}
parties:
  a:
    name: Port
    source: {id: report, at: {paragraph: 2, sentence: 1}, quote: The ferry sails}  # kept too
    options:
      sail:
        name: Sail
        source:
          - {id: report, at: {paragraph: 2, sentence: 2}, quote: carries salt.}
          - {id: report, at: {paragraph: 3, sentence: 1}, quote: Nobody waits for it at the far bank.}
    preferences:
      - {prefer: sail, source: {id: report, at: {paragraph: 4, sentence: 1}, quote: End.}}
      - {prefer: not sail, source: {id: report, at: {paragraph: 2, sentence: 2}}}
      - {prefer: "true", judgement: true}
outcomes:
  ends: "a.sail"
"""  # noqa: E501


def text_of(content: str) -> SourceText:
    return SourceText(Path("x"), hashlib.sha256(content.encode()).hexdigest(), content)


def file_of(content: str) -> str:
    return FILE.replace("SUM", text_of(content).sha256)


def test_citations_are_kept_moved_alike_or_lost() -> None:
    found = anchors(editable(FILE), "report", NEW)
    assert [(one.status, one.at) for one in found] == [
        ("moved", Locator(3, 1)),
        ("moved", Locator(3, 3)),
        ("alike", Locator(4, 1)),
        ("lost", None),
        ("unquoted", None),
    ]
    assert found[1].key == "parties.a.options.sail.source[0]"


def test_the_old_text_serves_citations_without_a_quotation() -> None:
    found = anchors(editable(FILE), "report", NEW, old=OLD)
    assert (found[-1].status, found[-1].at) == ("moved", Locator(3, 3))


def test_nothing_moves_in_an_unchanged_text() -> None:
    found = anchors(editable(FILE), "report", OLD, old=OLD)
    assert {one.status for one in found} == {"kept"}


def test_the_file_is_written_with_the_new_places_and_hash() -> None:
    text = anchored(FILE, "report", text_of(NEW), anchors(editable(FILE), "report", NEW))
    assert "# kept\n" in text
    assert "# kept too" in text
    dispute = load_text(text)
    assert dispute.sources[0].sha256 == text_of(NEW).sha256
    assert dispute.parties[0].basis.citations[0].at == Locator(3, 1)
    # What was lost stays as it was, to be looked at.
    again = anchors(editable(text), "report", NEW)
    assert [one.status for one in again] == ["kept", "kept", "alike", "lost", "unquoted"]


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(DisputeError, match="no such source"):
        anchored(FILE, "letter", text_of(NEW), ())


def test_coverage_goes_both_ways() -> None:
    dispute = load_text(file_of(OLD))
    found = coverage(dispute, {"report": text_of(OLD)})
    (text,) = found.texts
    assert text.same is True
    assert [one.at for one in text.uncited] == [Locator(1, 1)]
    assert text.covered == 4
    by_place = {one.at: one.judgements for one in text.sentences}
    assert by_place[Locator(2, 2)] == ("option a.sail", "preference 2 of a: not sail")
    assert found.unfounded == ("outcome ends",)
    assert found.analysts == ("preference 3 of a: true",)


def test_a_changed_text_is_noticed_by_its_hash() -> None:
    dispute = load_text(file_of(OLD))
    assert coverage(dispute, {"report": text_of(NEW)}).texts[0].same is False
