"""What was read in reports: tables for people, and a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from detente.evidence.reading.proposals import Proposal, proposal_entry
from detente.evidence.reading.readers import Reading
from detente.report.tables import counted, plain_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from detente.report.documents.reading import (
        ReadingDocument,
        ReadingProposal,
        ReadingRefusedProposal,
    )

__all__ = ["READING_SCHEMA", "reading_document", "reading_tables"]

READING_SCHEMA = "detente/reading/1"


def reading_tables(reading: Reading) -> list[RenderableType]:
    """What is proposed, in a sentence and in a table for each report; and what was refused."""
    return list(_parts(reading))


def _parts(reading: Reading) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(
        f"{counted(len(reading.proposals), 'proposal')}, from {reading.covered} of "
        f"{counted(reading.sentence_count, 'sentence')}. They are to be judged; nothing is decided."
    )
    for report in reading.reports:
        yield Text()
        yield Text(f"{report.id}: {report.title}", style="bold")
        found = [one for one in reading.proposals if one.source == report.id]
        if not found:
            yield Text("Nothing is proposed from it.")
            continue
        table = plain_table()
        table.add_column("Where", no_wrap=True)
        table.add_column("Kind", no_wrap=True)
        table.add_column("Who")
        table.add_column("What", ratio=1)
        table.add_column("Sure", justify="right", no_wrap=True)
        for one in found:
            table.add_row(
                f"{one.at.paragraph}.{one.at.sentence}",
                one.kind,
                Text(", ".join(one.parties)),
                Text(_what(one)),
                f"{one.confidence:.2f}",
            )
        yield table
    yield Text()
    yield Text("Where: paragraph and sentence. Sure: the reader's own confidence, no probability.")
    if reading.refused:
        yield Text()
        yield Text(f"{counted(len(reading.refused), 'proposal')} refused:")
        for refused in reading.refused:
            yield Text(f"  {refused.reason}")


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
