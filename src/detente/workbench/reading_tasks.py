"""Reports read beside a dispute file, as tasks: from texts to plain values and to a new text.

All of it works on a file that has blanks and does not load yet: so it is while a report is read.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from detente.dispute.dispute import Dispute, Party, Statements
from detente.dispute.errors import DetenteError, DisputeError, LimitError

if TYPE_CHECKING:
    from detente.evidence.reading.anchors import Anchor
    from detente.evidence.reading.draft import Draft
    from detente.evidence.reading.groups import ProposalGroup
    from detente.evidence.reading.proposals import Proposal
    from detente.evidence.reading.reports import Report

__all__ = ["READING_TASKS"]

# An hour's reading; the command line takes more.
_MOST_CHARACTERS = 120_000
# Opening ends before the request does, so that a person is told what took so long.
_MOST_SECONDS = 12.0
_NEW = "new:"

Values = Mapping[str, Any]


def open_report(name: str, content: str, most: Values) -> dict[str, Any]:
    """The words of a report, from its bytes in base 64, with their SHA-256."""
    del most
    from detente.evidence.reading.documents import read_document

    with TemporaryDirectory() as folder:
        # Only the ending of the name says anything to whoever opens it.
        path = Path(folder) / f"report{PurePath(name).suffix.lower()}"
        path.write_bytes(base64.b64decode(content))
        try:
            opened = read_document(path, seconds=_MOST_SECONDS)
        except (DisputeError, LimitError) as error:
            raise type(error)(error.message.replace(str(path), "this report")) from None
    if len(opened.text) > _MOST_CHARACTERS:
        raise LimitError(
            f"this report has {len(opened.text):,} characters; the workbench shows up to "
            f"{_MOST_CHARACTERS:,} (`detente read` takes more)"
        )
    return {"text": opened.text, "sha256": opened.sha256}


def sources(text: str, most: Values) -> dict[str, Any]:
    """The sources of a dispute file, each with the name of its text where it has one."""
    del most
    return {
        "sources": [
            {"id": one["id"], "title": str(one.get("title", one["id"])), "path": one.get("path")}
            for one in _plain(text).get("sources", ())
        ]
    }


def with_source(
    text: str, name: str, report: Values, source: str | None, most: Values
) -> dict[str, Any]:
    """A dispute file with a report as a source: a new one, or the text of one that it has."""
    del most
    from detente.evidence.reading.reports import reports_of
    from detente.evidence.texts import SourceText
    from detente.files.yaml_text import written

    document = _document(text)
    listed = document.setdefault("sources", [])
    entry = next((one for one in listed if source is not None and one["id"] == source), None)
    if entry is None:
        read = SourceText(Path(name), report["sha256"], report["text"])
        (made,) = reports_of([read], [one["id"] for one in listed])
        listed.append({"id": made.id, "title": made.title, "path": name, "sha256": made.sha256})
        return {"text": written(document), "source": made.id}
    entry["path"] = name
    entry.setdefault("sha256", report["sha256"])
    return {"text": written(document), "source": source}


def started_from(text: str, name: str, report: Values, title: str, most: Values) -> dict[str, Any]:
    """A new dispute file with a report as its source, and nothing else yet."""
    del text
    from detente.evidence.reading.reports import Report
    from detente.files.yaml_text import written

    called = title or Report("", Path(name), report["sha256"], report["text"]).title
    begun = written({"dispute": called, "sources": [], "parties": {}, "status_quo": {}})
    return {**with_source(begun, name, report, None, most), "title": called}


def propose(text: str, report: Values, most: Values) -> dict[str, Any]:
    """The sentences of a report, and what the rules propose from them.

    Proposals that say the same are one, with the others under ``also``; what ``matters`` for a
    first model comes first.
    """
    del most
    from detente.evidence.reading.groups import grouped
    from detente.evidence.reading.proposals import proposal_entry
    from detente.evidence.reading.readers import read_reports

    read = _report(report)
    reading = read_reports([read], _parties_of(_plain(text)))
    return {
        "sentences": [
            {"at": [part.at.paragraph, part.at.sentence], "text": part.text}
            for part in read.sentences
        ],
        "proposals": [
            {
                **proposal_entry(group.head),
                "also": [proposal_entry(one) for one in group.members[1:]],
                "matters": group.matters,
                "confidence": group.confidence,
            }
            for group in grouped(reading.proposals)
        ],
    }


def reading_now(
    text: str, report: Values, proposals: Sequence[Values], most: Values
) -> dict[str, Any]:
    """How far a report has been read into a dispute file, and what is left to fill in.

    The places cited, which proposals stand in the file, the formula of each that has one, the
    blanks, the parties, options and outcomes that there are, what has become of the citations of
    a text that has changed, and whether the file loads.
    """
    del most
    from detente.evidence.reading.blanks import open_blanks
    from detente.evidence.reading.citations import (
        citations_of,
        entries_of,
        is_entered,
        places_cited,
    )
    from detente.evidence.reading.first_model import first_rows

    document = _plain(text)
    read = _report(report)
    groups = [_group(one) for one in proposals]
    made = [group.head for group in groups]
    citations = list(citations_of(document, read.id))
    entries = entries_of(citations)
    left = open_blanks(document)
    draft = _draft(document, read)
    formulas = [draft.formula(one) if one.kind in ("stance", "condition") else None for one in made]
    first = first_rows(document, groups)
    # A passage that could not be put as options may be one by now.
    suggested = {one.quote: formula for one, formula in zip(made, formulas, strict=True) if formula}
    return {
        "cited": [[at.paragraph, at.sentence] for at in places_cited(citations, read.sentences)],
        "entered": [
            is_entered(one, entries, draft.party_id(one.parties[0]) if one.parties else None)
            for one in made
        ],
        "formulas": formulas,
        "blanks": [
            {
                "trail": list(one.trail),
                "entry": list(one.entry),
                "wants": one.wants,
                "about": one.about,
                "passage": one.passage,
                "suggestion": suggested.get(one.passage) if one.wants == "formula" else None,
            }
            for one in left
        ],
        "parties": {
            str(party): str((entry or {}).get("name", party))
            for party, entry in document["parties"].items()
        },
        "options": _options(document),
        "outcomes": [
            str(one.get("name", outcome)) if isinstance(one, Mapping) else str(outcome)
            for outcome, one in (document.get("outcomes") or {}).items()
        ],
        "first": [asdict(row) for row in first],
        "changed": _changed(document, read),
        "fault": _fault(text, len(left)),
    }


def enter_proposal(
    text: str,
    report: Values,
    proposal: Values,
    speaks_of: str,
    hangs_on: str,
    formula: str,
    most: Values,
) -> dict[str, Any]:
    """A dispute file with one more proposal in it.

    `speaks_of` and `hangs_on` are full names of options, ``new:`` with the id of the party that
    is to have a new one of the proposal's words, or empty where the words decide.
    """
    del most
    from detente.evidence.reading.first_model import enter_group
    from detente.files.yaml_text import written

    members = _group(proposal).members
    made = members[0]
    document = _document(text)
    draft = _draft(document, _report(report))
    if made.kind in ("stance", "condition") and not formula and (speaks_of or hangs_on):
        head = _option(draft, made, speaks_of, made.about)
        condition = _option(draft, made, hangs_on, made.condition)
        if head is not None:
            formula = head if made.direction == "for" else f"not {head}"
            if made.kind == "condition" and condition is not None:
                formula += f" if {'not ' if made.negated else ''}{condition}"
    # What was changed before it was accepted may be another thing than the other passages tell.
    same = [one for one in members if _says_the_same(one, made)]
    enter_group(draft, same, formula or None)
    return {"text": written(document)}


def enter_first(
    text: str, report: Values, proposals: Sequence[Values], rows: Sequence[Values], most: Values
) -> dict[str, Any]:
    """A dispute file with rows of a first model in it, as somebody has decided on them.

    ``left`` names those that could not be entered.
    """
    del most
    from detente.evidence.reading.first_model import FirstRow, enter_rows
    from detente.files.yaml_text import written

    document = _document(text)
    draft = _draft(document, _report(report))
    left = enter_rows(draft, [_group(one) for one in proposals], [FirstRow(**one) for one in rows])
    return {"text": written(document), "left": list(left)}


def enter_likely(
    text: str, report: Values, proposals: Sequence[Values], least: float, most: Values
) -> dict[str, Any]:
    """A dispute file with all proposals of which the reader is sure enough."""
    del most
    from detente.evidence.reading.draft import draft
    from detente.files.yaml_text import written

    document = _document(text)
    every = [member for one in proposals for member in _group(one).members]
    made = draft([_report(report)], every, document, least=least)
    return {"text": written(made)}


def fill_blank(
    text: str, trail: Sequence[str | int], value: str, level: str | None, most: Values
) -> dict[str, Any]:
    """A dispute file with a blank filled in."""
    del most
    from detente.evidence.reading.blanks import BLANK, with_value

    if not value.strip() or BLANK in value:
        raise DisputeError("nothing is filled in yet")
    return {"text": with_value(text, tuple(trail), value.strip(), level)}


def remove_entry(text: str, entry: Sequence[str | int], most: Values) -> dict[str, Any]:
    """A dispute file without an entry."""
    del most
    from detente.evidence.reading.blanks import without_entry

    return {"text": without_entry(text, tuple(entry))}


def remove_blanks(text: str, most: Values) -> dict[str, Any]:
    """A dispute file without the entries that have blanks."""
    del most
    from detente.evidence.reading.blanks import without_blanks

    return {"text": without_blanks(text)}


def add_outcome(
    text: str, report: Values, name: str, formula: str, proposal: Values | None, most: Values
) -> dict[str, Any]:
    """A dispute file with one more outcome: with a proposal's citation, or as a judgement."""
    del most
    from detente.files.template import id_from
    from detente.files.yaml_text import written

    document = _document(text)
    if proposal is not None:
        cited = replace(_proposal(proposal), kind="outcome", about=name)
        _draft(document, _report(report)).enter(cited, formula)
        return {"text": written(document)}
    outcomes = document.setdefault("outcomes", {})
    outcomes[id_from(name, outcomes)] = {"name": name, "when": formula, "judgement": True}
    return {"text": written(document)}


def carry_over(text: str, report: Values, most: Values) -> dict[str, Any]:
    """A dispute file whose citations stand where a changed text has their passages now."""
    del most
    from detente.evidence.reading.anchors import anchored, anchors
    from detente.evidence.texts import SourceText

    read = _report(report)
    found = anchors(_plain(text), read.id, read.text)
    new = SourceText(read.path, read.sha256, read.text)
    return {"text": anchored(text, read.id, new, found), "lost": _lost(found)}


# What is shared ----------------------------------------------------------------------------


def _plain(text: str) -> dict[str, Any]:
    """What a dispute file holds, whether it loads or not, if it has the shape of one."""
    from detente.files.schema_check import fitting
    from detente.files.yaml_text import parse

    document = parse(text)[0]
    if not isinstance(document, dict) or not isinstance(document.get("parties"), dict):
        raise DisputeError("the file does not hold a dispute: it has no parties")
    shape = _with_weights(document)
    if fitting(shape) != shape:
        raise DisputeError(
            "the file holds something that belongs into no dispute file; put it right under Text, "
            "where it is named"
        )
    return document


def _document(text: str) -> Any:
    """The same, to be changed and written again."""
    from detente.files.yaml_text import editable

    _plain(text)
    return editable(text)


def _with_weights(value: Any) -> Any:
    """The document with a number in place of each weight that is still a blank."""
    from detente.evidence.reading.blanks import BLANK

    if isinstance(value, Mapping):
        return {
            key: 1 if key == "weight" and inner == BLANK else _with_weights(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_with_weights(inner) for inner in value]
    return value


def _report(report: Values) -> Report:
    from detente.evidence.reading.reports import Report

    return Report(report["source"], Path(report["name"]), report["sha256"], report["text"])


def _proposal(entry: Values) -> Proposal:
    from detente.evidence.reading.proposals import proposal_from

    told = {key: value for key, value in entry.items() if key not in ("also", "matters")}
    return proposal_from(told, source=str(entry.get("source")), reader="rules")


def _group(entry: Values) -> ProposalGroup:
    from detente.evidence.reading.groups import ProposalGroup

    members = (entry, *(entry.get("also") or ()))
    confidence, matters = float(entry.get("confidence", 0.5)), bool(entry.get("matters"))
    return ProposalGroup(tuple(map(_proposal, members)), confidence, matters)


def _says_the_same(one: Proposal, head: Proposal) -> bool:
    return one.parties[:1] == head.parties[:1] and one.direction == head.direction


def _draft(document: Any, report: Report) -> Draft:
    from detente.evidence.reading.draft import Draft

    return Draft(document, [report])


def _parties_of(document: Any) -> Dispute:
    """A dispute of the file's parties alone, for the names by which they are called."""
    parties = tuple(
        Party(
            str(party),
            str((entry or {}).get("name", party)),
            (),
            Statements(()),
            aliases=tuple(map(str, (entry or {}).get("aliases", ()))),
        )
        for party, entry in document["parties"].items()
    )
    return Dispute(str(document.get("dispute", "")), parties)


def _options(document: Any) -> list[dict[str, Any]]:
    found = []
    for party, entry in document["parties"].items():
        for option, value in ((entry or {}).get("options") or {}).items():
            whole = isinstance(value, Mapping)
            found.append(
                {
                    "key": f"{party}.{option}",
                    "name": str(value.get("name", option) if whole else value),
                    "levels": [
                        _level(one) for one in (value.get("levels") if whole else None) or ()
                    ]
                    or ["no", "yes"],
                }
            )
    return found


def _level(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _option(draft: Draft, proposal: Proposal, chosen: str, words: str | None) -> str | None:
    """The option that a person has chosen, made where it is to be new; else what words say."""
    if not chosen.startswith(_NEW):
        return chosen or draft.option_for(words, (), draft.party_id(proposal.parties[0]))
    party = chosen.removeprefix(_NEW)
    owner = draft.document["parties"].get(party)
    if owner is None or not words:
        raise DisputeError("a new option needs a party and words", found=party)
    before = {one["key"] for one in _options(draft.document)}
    option = replace(
        proposal, kind="option", parties=(str(owner.get("name", party)),), about=words, act=None
    )
    draft.enter(option)
    made = [one["key"] for one in _options(draft.document) if one["key"] not in before]
    return made[0] if made else draft.option_for(words, (party,), party)


def _changed(document: Any, report: Report) -> list[dict[str, Any]] | None:
    """What has become of the citations of a text that is no longer the one cited."""
    from detente.evidence.reading.anchors import anchors

    entry = next((one for one in document.get("sources", ()) if one["id"] == report.id), None)
    wanted = entry.get("sha256") if entry is not None else None
    if wanted is None or str(wanted).lower() == report.sha256:
        return None
    return [_anchor(one) for one in anchors(document, report.id, report.text)]


def _anchor(anchor: Anchor) -> dict[str, Any]:
    return {
        "key": anchor.key,
        "status": anchor.status,
        "quote": anchor.quote,
        "at": None if anchor.at is None else [anchor.at.paragraph, anchor.at.sentence],
    }


def _lost(found: Sequence[Anchor]) -> list[dict[str, Any]]:
    return [_anchor(one) for one in found if one.status in ("alike", "lost", "unquoted")]


def _fault(text: str, blanks: int) -> str | None:
    """Why the file does not load, where it does not."""
    from detente.files.dispute_file import load_text

    if blanks:
        return (
            "1 blank is left to fill in" if blanks == 1 else f"{blanks} blanks are left to fill in"
        )
    try:
        load_text(text)
    except DetenteError as error:
        return f"{error.key}: {error.message}" if error.key else error.message
    return None


READING_TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    function.__name__: function
    for function in (
        open_report,
        sources,
        with_source,
        started_from,
        propose,
        reading_now,
        enter_proposal,
        enter_first,
        enter_likely,
        fill_blank,
        remove_entry,
        remove_blanks,
        add_outcome,
        carry_over,
    )
}
"""The tasks by name."""
