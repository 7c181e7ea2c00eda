"""Readers: what proposes from reports, by the name of an entry point.

A reader is a callable that takes reports and, where one is at hand, the dispute, and gives
proposals. Whatever it proposes is checked against the text: a proposal whose quotation is not
there is refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, nearest, shown
from detente.dispute.plugins import entry_points_of
from detente.evidence.reading.documents import Documents
from detente.evidence.reading.model_names import read_with_model
from detente.evidence.reading.proposals import Proposal, RefusedProposal, checked
from detente.evidence.reading.reports import Report, reports_of
from detente.evidence.reading.rules_reader import read_by_rules

__all__ = [
    "GROUP",
    "Reader",
    "Reading",
    "read_files",
    "read_reports",
    "reader_named",
    "reader_names",
]

GROUP = "detente.readers"
"""Group of the entry points by which packages offer readers."""


class Reader(Protocol):
    """What proposes."""

    def __call__(
        self, reports: Sequence[Report], dispute: Dispute | None = None, /
    ) -> Iterable[Proposal]:
        """Propose what an analyst might take from reports."""
        ...


_BUILT_IN: dict[str, Reader] = {"rules": read_by_rules, "spacy": read_with_model}


@dataclass(frozen=True)
class Reading:
    """What was read and what is proposed.

    Attributes
    ----------
    reports
        The reports.
    proposals
        Those whose quotations stand in the reports, in the order of the reports.
    refused
        The others, with the reason.
    reader
        Name of the reader.
    """

    reports: tuple[Report, ...]
    proposals: tuple[Proposal, ...]
    refused: tuple[RefusedProposal, ...]
    reader: str

    def _repr_html_(self) -> str | None:
        # By name: results stand below what tells them.
        html: str | None = import_module("detente.analyses.notebook").html_of(self)
        return html

    @property
    def sentence_count(self) -> int:
        """How many sentences the reports have."""
        return sum(len(report.sentences) for report in self.reports)

    @property
    def covered(self) -> int:
        """How many of them a proposal cites."""
        return len({(one.source, one.at) for one in self.proposals})


def reader_names() -> tuple[str, ...]:
    """Names of all readers: those built in, and those of installed packages."""
    return tuple(sorted({*_BUILT_IN, *(point.name for point in entry_points_of(GROUP))}))


def reader_named(name: str) -> Reader:
    """The reader with a name.

    Raises
    ------
    DisputeError
        If there is none, or its package cannot be loaded.
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    for point in entry_points_of(GROUP):
        if point.name == name:
            try:
                return cast("Reader", point.load())
            except Exception as error:
                raise DisputeError(f"the reader {shown(name)} cannot be loaded: {error}") from error
    raise DisputeError(
        f"there is no reader {shown(name)}",
        found=name,
        allowed=reader_names(),
        nearest=nearest(name, reader_names()),
    )


def read_files(
    paths: Iterable[str | os.PathLike[str]],
    dispute: Dispute | None = None,
    *,
    reader: str = "rules",
    progress: Callable[[str, float], None] | None = None,
) -> Reading:
    """Read reports from files.

    Parameters
    ----------
    paths
        Texts, web pages (``.html``), PDF and Word documents.
    dispute
        The dispute that they are read for. Its parties are looked for by name and alias. A
        report that is one of its sources keeps its id.
    reader
        Name of the reader.
    progress
        Called with the name of each file, and the share of the files that are opened.

    Returns
    -------
    Reading

    Raises
    ------
    DisputeError
        If a file cannot be read, or there is no such reader.

    Examples
    --------
    >>> import detente
    >>> reading = detente.read_files(["benchmarks/reading_texts/nile-dam.txt"])
    >>> proposal = next(one for one in reading.proposals if one.kind == "condition")
    >>> proposal.parties[0], proposal.direction, proposal.condition
    ('United States', 'against', 'a deal')
    """
    chosen = reader_named(reader)
    listed = [Path(path) for path in paths]
    found = []
    with Documents() as documents:
        for number, path in enumerate(listed):
            if progress is not None:
                progress(path.name, number / len(listed))
            found.append(documents.read(path))
    sources = () if dispute is None else dispute.sources
    ids = {one.sha256.lower(): one.id for one in sources if one.sha256}
    reports = tuple(
        replace(one, id=ids.get(one.sha256, one.id))
        for one in reports_of(found, [source.id for source in sources])
    )
    return read_reports(reports, dispute, reader=chosen, name=reader)


def read_reports(
    reports: Sequence[Report],
    dispute: Dispute | None = None,
    *,
    reader: Reader | None = None,
    name: str = "rules",
) -> Reading:
    """Read reports and check what is proposed against their texts.

    Parameters
    ----------
    reports
        The reports.
    dispute
        The dispute whose parties are looked for first.
    reader
        What proposes; by default the reader called `name`.
    name
        The reader's name.

    Returns
    -------
    Reading
    """
    reading = reader if reader is not None else reader_named(name)
    kept, refused = checked(
        reading(reports, dispute), {report.id: report.text for report in reports}
    )
    order = {report.id: number for number, report in enumerate(reports)}
    kept = tuple(
        sorted(kept, key=lambda one: (order[one.source], one.at.paragraph, one.at.sentence or 0))
    )
    return Reading(tuple(reports), kept, refused, name)
