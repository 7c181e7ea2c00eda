"""What was read, as a JSON document."""

from __future__ import annotations

from typing import Any

from detente.evidence.reading.proposals import Proposal
from detente.evidence.reading.readers import Reading

__all__ = ["proposal_entry", "reading_document"]


def proposal_entry(proposal: Proposal) -> dict[str, Any]:
    """A proposal as a plain mapping; what does not apply is left out."""
    entry: dict[str, Any] = {
        "source": proposal.source,
        "at": {"paragraph": proposal.at.paragraph, "sentence": proposal.at.sentence},
        "quote": proposal.quote,
        "kind": proposal.kind,
        "parties": list(proposal.parties),
    }
    if proposal.direction is not None:
        entry["direction"] = proposal.direction
    entry["confidence"] = proposal.confidence
    for key in ("about", "act", "condition", "on"):
        value = getattr(proposal, key)
        if value is not None:
            entry[key] = value
    if proposal.negated:
        entry["negated"] = True
    if proposal.under_way:
        entry["under_way"] = True
    entry["reader"] = proposal.reader
    return entry


def reading_document(reading: Reading) -> dict[str, Any]:
    """A reading as a plain mapping: texts, proposals, and what was refused."""
    return {
        "format": "detente-reading",
        "version": 1,
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
        "proposals": [proposal_entry(one) for one in reading.proposals],
        "refused": [
            {"proposal": proposal_entry(one.proposal), "reason": one.reason}
            for one in reading.refused
        ],
    }
