"""A report with its text and sentences, as readers are given it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from detente.evidence.reading.sentences import Sentence, sentences
from detente.evidence.sources import SourceText

__all__ = ["Report", "reports_of"]


@dataclass(frozen=True)
class Report:
    """One report.

    Attributes
    ----------
    id
        Its id as a source.
    path
        Its file.
    sha256
        Digest of the file's bytes.
    text
        Its words.
    """

    id: str
    path: Path
    sha256: str
    text: str

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its sentences, in order."""
        return sentences(self.text)

    @property
    def title(self) -> str:
        """Its first sentence, which is a heading as a rule, shortened to a line."""
        first = self.sentences[0].text if self.sentences else self.path.stem
        return first if len(first) <= 100 else f"{first[:99]}…"


def reports_of(texts: Iterable[SourceText], taken: Iterable[str] = ()) -> tuple[Report, ...]:
    """Reports with ids made from the names of their files.

    Parameters
    ----------
    texts
        The texts.
    taken
        Ids that are in use already.

    Returns
    -------
    tuple of Report
        In the order of `texts`, no two with one id.
    """
    used = set(taken)
    reports = []
    for text in texts:
        stem = re.sub(r"\W+", "_", text.path.stem.casefold(), flags=re.ASCII).strip("_") or "report"
        stem = stem if stem[0].isalpha() else f"r_{stem}"
        name, number = stem, 1
        while name in used:
            number += 1
            name = f"{stem}_{number}"
        used.add(name)
        reports.append(Report(name, text.path, text.sha256, text.text))
    return tuple(reports)
