"""Readers by entry point, and the contract that holds for whatever they propose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from detente.dispute.dispute import Dispute, Locator
from detente.dispute.errors import DisputeError
from detente.evidence.reading import readers
from detente.evidence.reading.proposals import Proposal, checked, proposal_entry, proposal_from
from detente.evidence.reading.readers import read_reports, reader_named, reader_names
from detente.evidence.reading.reports import Report
from detente.report.reading import reading_document

TEXT = "Peru wants a toll.\n\nChile says “no”. It\nrejects the toll."
REPORT = Report("r", Path("r.txt"), "0" * 64, TEXT)
RIGHT = Proposal("r", Locator(2, 2), "It\nrejects the toll", "stance", ("Chile",), "against")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"quote": "Peru wants a bridge"}, "is not in the text"),
        ({"quote": "peru wants a toll", "at": Locator(1, 1)}, "is not in the text"),
        ({"quote": "Peru wants a toll"}, "is not in that sentence"),
        ({"quote": "Peru wants … toll", "at": Locator(1, 1)}, "is not in the text"),
        ({"quote": ""}, "is empty"),
        ({"quote": " \n"}, "is empty"),
        ({"at": Locator(2, 3)}, "there is no sentence 3"),
        ({"at": Locator(9, 1)}, "there is no paragraph 9"),
        ({"source": "other"}, "there is no text 'other'"),
        ({"kind": "rumour"}, "there is no kind 'rumour'"),
        ({"direction": "maybe"}, "there is no direction 'maybe'"),
        ({"act": "SULK"}, "there is no type of act 'SULK'"),
        ({"confidence": 1.5}, "its confidence is not from 0 to 1"),
    ],
)
def test_a_proposal_that_does_not_fit_the_text_is_refused(
    wrong: dict[str, object], reason: str
) -> None:
    proposal = replace(RIGHT, **wrong)  # type: ignore[arg-type]

    def reader(reports: Sequence[Report], dispute: Dispute | None = None) -> Iterable[Proposal]:
        return [RIGHT, proposal]

    reading = read_reports([REPORT], reader=reader, name="test")
    assert reading.proposals == (RIGHT,)
    assert [one.proposal for one in reading.refused] == [proposal]
    assert reason in reading.refused[0].reason
    assert reading_document(reading)["refused"][0]["reason"] == reading.refused[0].reason


def test_marks_and_white_space_may_have_another_shape() -> None:
    kept, refused = checked(
        [replace(RIGHT, at=Locator(2, 1), quote='Chile  says "no"')], {"r": TEXT}
    )
    assert (len(kept), refused) == (1, ())


def test_readers_come_in_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    def points(group: str) -> list[EntryPoint]:
        assert group == "detente.readers"
        return [
            EntryPoint("mine", f"{__name__}:no_reader", group),
            EntryPoint("broken", "detente.no_such_module:reader", group),
            EntryPoint("rule", "detente.evidence.reading.rules_reader:read_by_rules", group),
        ]

    monkeypatch.setattr(readers, "entry_points_of", points)
    assert reader_names() == ("broken", "mine", "rule", "rules", "spacy")
    assert read_reports([REPORT], name="rule").proposals
    with pytest.raises(DisputeError, match="'broken' cannot be loaded"):
        reader_named("broken")
    with pytest.raises(DisputeError, match="did you mean 'rules'"):
        reader_named("ruless")


def test_a_proposal_is_the_same_after_json() -> None:
    for proposal in (RIGHT, *read_reports([REPORT]).proposals):
        entry = proposal_entry(proposal)
        assert proposal_from(entry, source="x", reader="y") == proposal


@pytest.mark.parametrize(
    "entry",
    [
        {},
        [],
        {"quote": "a", "kind": "stance"},
        {"at": {"paragraph": 1}, "quote": "a", "kind": "stance"},
        {"at": {"paragraph": True, "sentence": 1}, "quote": "a", "kind": "stance"},
        {"at": {"paragraph": 1, "sentence": 1}, "quote": 3, "kind": "stance"},
        {"at": {"paragraph": 1, "sentence": 1}, "quote": "a", "kind": "stance", "sure": 1},
        {"at": {"paragraph": 1, "sentence": 1}, "quote": "a", "kind": "stance", "parties": [1]},
    ],
)
def test_what_is_no_proposal_is_refused(entry: object) -> None:
    with pytest.raises(DisputeError):
        proposal_from(entry, source="x", reader="y")  # type: ignore[arg-type]


def test_the_document_says_what_was_read() -> None:
    document = reading_document(read_reports([REPORT]))
    assert document["texts"] == [
        {"id": "r", "path": "r.txt", "sha256": "0" * 64, "paragraphs": 2, "sentences": 3}
    ]
    assert document["covered"] == {"sentences": 3, "of": 3}
    for entry in document["proposals"]:
        assert entry["quote"] in TEXT
        assert set(entry) >= {"at", "quote", "kind", "parties", "confidence"}
