"""What was read in reports: in words and tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from detente.evidence.reading.proposals import Proposal, proposal_entry
from detente.evidence.reading.readers import Reading
from detente.report.content import Block, Outline, Prose, Subheading, rows_table
from detente.report.words import counted

if TYPE_CHECKING:
    from detente.report.documents.reading import (
        ReadingDocument,
        ReadingProposal,
        ReadingRefusedProposal,
    )

__all__ = ["READING_SCHEMA", "reading_blocks", "reading_document"]

READING_SCHEMA = "detente/reading/1"


def reading_blocks(reading: Reading) -> Iterator[Block]:
    """What is proposed, in a sentence and in a table for each report; and what was refused."""
    yield Prose(
        f"{counted(len(reading.proposals), 'proposal')}, from {reading.covered} of "
        f"{counted(reading.sentence_count, 'sentence')}. They are to be judged; nothing is decided."
    )
    for report in reading.reports:
        yield Subheading(f"{report.id}: {report.title}")
        rows = [
            (
                f"{one.at.paragraph}.{one.at.sentence}",
                one.kind,
                ", ".join(one.parties),
                _what(one),
                f"{one.confidence:.2f}",
            )
            for one in reading.proposals
            if one.source == report.id
        ]
        if rows:
            yield rows_table(("Where", "Kind", "Who", "What", "Sure"), rows)
        else:
            yield Prose("Nothing is proposed from it.")
    yield Prose("Where: paragraph and sentence. Sure: the reader's own confidence, no probability.")
    if reading.refused:
        yield Prose(f"{counted(len(reading.refused), 'proposal')} refused:")
        yield Outline(tuple((1, refused.reason) for refused in reading.refused))


def _what(proposal: Proposal) -> str:
    direction = "" if proposal.direction is None else f"{proposal.direction}: "
    dated = "" if proposal.on is None else f"{proposal.on}: "
    what = proposal.about or " ".join(proposal.quote.split())
    if proposal.condition is None:
        return f"{dated}{direction}{what}"
    return f"{dated}{direction}{what} ({proposal.condition_words})"


def reading_document(reading: Reading) -> ReadingDocument:
    """A reading as a JSON document: texts, proposals, and what was refused.

    See ``documents/reading.py`` for each key.
    """
    return {
        "schema": READING_SCHEMA,
        "reader": reading.reader,
        "texts": [
            {
                "id": report.id,
                "path": str(report.path),
                "sha256": report.sha256,
                "paragraphs": max((one.at.paragraph for one in report.sentences), default=0),
                "sentences": len(report.sentences),
            }
            for report in reading.reports
        ],
        "covered": {"sentences": reading.covered, "of": reading.sentence_count},
        "proposals": [_proposal(one) for one in reading.proposals],
        "refused": [
            {"proposal": _refused(one.proposal), "reason": one.reason} for one in reading.refused
        ],
    }


def _proposal(proposal: Proposal) -> ReadingProposal:
    return cast("ReadingProposal", proposal_entry(proposal))


def _refused(proposal: Proposal) -> ReadingRefusedProposal:
    return cast("ReadingRefusedProposal", proposal_entry(proposal))
