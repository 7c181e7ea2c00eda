"""Passages of sources: do the texts that a dispute cites say anything where it cites them?

A citation names a passage by paragraph and sentence, or quotes it. This module divides a text
into paragraphs and sentences and checks every citation of a dispute against the text, where the
text is at hand. It cannot tell whether a paraphrase is fair: for that a person reads the
sentence beside the judgement, which :func:`judgements` and :func:`sentence` make possible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal, TypeAlias

from detente.dispute.dispute import (
    NO_BASIS,
    Basis,
    Citation,
    Dispute,
    Locator,
    OrderedStates,
    Place,
    Preferences,
    Source,
)
from detente.dispute.errors import DisputeError, LimitError, nearest, shown
from detente.evidence.reading.documents import read_document
from detente.evidence.texts import SourceText, read_text

__all__ = [
    "EvidenceFinding",
    "Paragraphs",
    "SourceText",
    "check",
    "check_against",
    "citation_place",
    "folded",
    "judgements",
    "locator_words",
    "read_text",
    "sentence",
    "split",
    "texts_at_hand",
]

Paragraphs: TypeAlias = tuple[tuple[str, ...], ...]
"""The paragraphs of a text, each a tuple of sentences."""


@dataclass(frozen=True, slots=True)
class EvidenceFinding:
    """Something that :func:`check` found.

    Attributes
    ----------
    kind
        ``unknown-source``, ``hash``, ``locator``, ``quote`` and ``question`` (a claim's question
        has no meaning) are faults. ``no-basis`` (a
        judgement has neither a citation nor ``judgement: true``) and ``not-at-hand`` (citations
        could not be checked, because the text is elsewhere) are remarks.
    judgement
        Label of the judgement, as :func:`judgements` gives it; None where a whole source is
        meant.
    message
        What was found, in a sentence.
    place
        Where the citation or source stands in the dispute file, where that is known.
    path
        The dispute file, where there is one.
    """

    kind: Literal[
        "unknown-source", "hash", "locator", "quote", "question", "no-basis", "not-at-hand"
    ]
    judgement: str | None
    message: str
    place: Place | None = None
    path: Path | None = None

    @property
    def is_fault(self) -> bool:
        """Whether the dispute file has to be corrected (a remark need not be acted on)."""
        return self.kind not in ("no-basis", "not-at-hand")

    def __str__(self) -> str:
        file = "" if self.path is None else f"{self.path}:"
        line = "" if self.place is None else f"{self.place.line}:{self.place.column}:"
        where = f"{file}{line} " if file or line else ""
        about = "" if self.judgement is None else f"{self.judgement}: "
        return f"{where}{about}{self.message}"


# Paragraphs and sentences ------------------------------------------------------------------

_LINE_END = re.compile(r"\r\n|\r|\n")

# Where a sentence may end. Every run is matched whole, without giving characters back, so that
# time is linear in the length of the text.
_MAY_END = re.compile(r"""(?<![.!?…])[.!?…]++["'”’»)\]]*+\s++""")

_OPENING = frozenset("\"'“‘„‚«([")  # before a sentence's first word

# After these a full stop ends no sentence: before a name, and before a number.
_TITLE = re.compile(
    "Mr|Mrs|Ms|Mx|Messrs|Dr|Prof|St|Hon|Rev|Amb|Gov|Pres|Rep|Sen"
    "|Adm|Brig|Capt|Cdr|Col|Gen|Lt|Maj|Sgt"
)
_REFERENCE = re.compile("[Nn]os?|Arts?|art|Ch|Fig|[Pp]aras?|Sec|Vol|pp?")

# One letter ("J.") or letters with stops between them ("U.S.", "e.g.").
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LAST_WORD = re.compile(r"[^\W_](?:[^\W_]|\.(?=[^\W_])){0,15}\Z")


# Whoever checks the citations of a text asks for each of them.
@lru_cache(maxsize=2)
def split(text: str) -> Paragraphs:
    """Divide a text into paragraphs, and these into sentences.

    A paragraph is a block of lines between blank lines; in a text without blank lines every line
    is one. Headings count. A sentence ends at ``.``, ``!``, ``?`` or ``…`` (or several of them),
    with any closing quotation marks or brackets, where white space follows and then a capital,
    a digit, an opening quotation mark or an opening bracket. A single full stop ends no sentence
    after an initial or letters with stops (``J.``, ``U.S.``), after a title (``Dr.``), or
    between a reference and its number (``No. 5``). So a sentence that ends with ``U.S.`` is
    joined to the next: locators stay the same for all readers, which matters more here than
    the rare mistake.

    Parameters
    ----------
    text
        The text.

    Returns
    -------
    tuple of tuple of str
        Paragraphs of sentences; runs of white space within a sentence are single spaces.
    """
    if not text.strip():
        return ()
    lines = [" ".join(line.split()) for line in _LINE_END.split(text.strip())]
    if all(lines):
        blocks = lines
    else:
        blocks = [block.replace("\n", " ") for block in re.split("\n\n+", "\n".join(lines))]
    return tuple(tuple(_sentences(block)) for block in blocks)


def _sentences(paragraph: str) -> Iterator[str]:
    start = 0
    for match in _MAY_END.finditer(paragraph):
        if _ends(paragraph, match):
            yield paragraph[start : match.end()].rstrip()
            start = match.end()
    if start < len(paragraph):
        yield paragraph[start:]


def _ends(paragraph: str, match: re.Match[str]) -> bool:
    following = paragraph[match.end() : match.end() + 1]
    if not (following.isupper() or following.isdigit() or following in _OPENING):
        return False
    if match.group().rstrip() != ".":
        return True
    word = _LAST_WORD.search(paragraph, max(0, match.start() - 20), match.start())
    if word is None:
        return True
    before = word.group()
    if _TITLE.fullmatch(before) or _INITIALS.fullmatch(before):
        return False
    return not (_REFERENCE.fullmatch(before) and following.isdigit())


def sentence(text: str, locator: Locator) -> str:
    """One passage of a text.

    Parameters
    ----------
    text
        The text of a source.
    locator
        Which paragraph and sentence, counted from 1; without a sentence, the whole paragraph.

    Returns
    -------
    str
        The sentence, or the sentences of the paragraph joined by spaces.

    Raises
    ------
    DisputeError
        If the text has no such passage; the message says how much there is.
    """
    return _passage(split(text), locator)


def locator_words(locator: Locator) -> str:
    """A locator for people: ``paragraph 8, sentence 1``."""
    sentence = "" if locator.sentence is None else f", sentence {locator.sentence}"
    return f"paragraph {locator.paragraph}{sentence}"


def citation_place(citation: Citation) -> str:
    """Where a citation is to be found: ``article, paragraph 8, sentence 1``."""
    where = "" if citation.at is None else f", {locator_words(citation.at)}"
    return f"{citation.source}{where}"


def _passage(paragraphs: Paragraphs, locator: Locator) -> str:
    if not 1 <= locator.paragraph <= len(paragraphs):
        raise DisputeError(
            f"there is no paragraph {locator.paragraph}; the text has {_count(paragraphs)}"
        )
    sentences = paragraphs[locator.paragraph - 1]
    if locator.sentence is None:
        return " ".join(sentences)
    if not 1 <= locator.sentence <= len(sentences):
        only = f"{len(sentences)} sentence" + ("" if len(sentences) == 1 else "s")
        raise DisputeError(
            f"there is no sentence {locator.sentence} in paragraph {locator.paragraph}, "
            f"which has {only}"
        )
    return sentences[locator.sentence - 1]


def _count(paragraphs: Paragraphs) -> str:
    return f"{len(paragraphs)} paragraph" + ("" if len(paragraphs) == 1 else "s")


# The judgements of a dispute ---------------------------------------------------------------


def judgements(dispute: Dispute) -> Iterator[tuple[str, Basis]]:
    """Everything in a dispute that may rest on a source, in the order of the file.

    Parameters
    ----------
    dispute
        The dispute.

    Yields
    ------
    tuple of str and Basis
        A label for people, such as ``preference 2 of us: not dprk.test``, and the basis.
    """
    for label, basis, _ in _placed_judgements(dispute):
        yield label, basis


def _of_preferences(preferences: Preferences, of: str) -> Iterator[tuple[str, Basis, Place | None]]:
    if isinstance(preferences, OrderedStates):
        yield f"order {of}", preferences.basis, preferences.place
        return
    for number, statement in enumerate(preferences.statements, start=1):
        formula = statement.formula
        yield f"preference {number} {of}: {formula.text}", statement.basis, formula.place


def _placed_judgements(dispute: Dispute) -> Iterator[tuple[str, Basis, Place | None]]:
    for party in dispute.parties:
        yield f"party {party.id}", party.basis, None
        for option in party.options:
            yield f"option {option.key}", option.basis, None
        yield from _of_preferences(party.preferences, f"of {party.id}")
        for view in party.perceives:
            what = f"what {party.id} takes {view.party} to be"
            yield what, view.basis, view.place
            if view.preferences is not None:
                # What has no basis of its own rests on that of the whole view.
                for label, basis, place in _of_preferences(view.preferences, f"in {what}"):
                    if basis != NO_BASIS:
                        yield label, basis, place
        for unseen in party.unseen:
            label = f"states that {party.id} does not see: {unseen.formula.text}"
            yield label, unseen.basis, unseen.formula.place
    for constraint in dispute.constraints:
        never = constraint.never
        yield f"constraint never {never.text}", constraint.basis, never.place
    for package in dispute.packages:
        yield (f"package {package.id}", package.basis, package.when.place if package.when else None)
    for outcome in dispute.outcomes:
        yield f"outcome {outcome.id}", outcome.basis, outcome.formula.place
    for roadmap in dispute.roadmaps:
        yield f"roadmap {roadmap.id}", roadmap.basis, None
        for number, stage in enumerate(roadmap.stages, start=1):
            yield (f"stage {number} of {roadmap.id}: {stage.name}", stage.basis, stage.place)
    for format_ in dispute.formats:
        yield f"format {format_.id}", format_.basis, None
    for issue in dispute.issues:
        yield f"issue {issue.id}", issue.basis, issue.place
        for stand in issue.stands:
            label = f"{stand.party} on {issue.id}"
            yield label, stand.basis, stand.place
            for what, estimate in (
                ("position", stand.position),
                ("salience", stand.salience),
                ("capability", stand.capability),
            ):
                if estimate.basis != NO_BASIS:
                    yield f"{what} of {label}", estimate.basis, stand.place
    for claim in dispute.claims:
        yield f"claim {claim.id}", claim.basis, claim.place


# Texts -------------------------------------------------------------------------------------


def texts_at_hand(dispute: Dispute, texts: Mapping[str, Path]) -> dict[str, SourceText]:
    """Read the texts of a dispute's sources, those that can be read here.

    Parameters
    ----------
    dispute
        The dispute; a source's ``path`` is looked up in the folder of the dispute file.
    texts
        Further files, by source id; they come before a source's own ``path``.

    Returns
    -------
    dict of str to SourceText
        By source id; a source without a file is left out.

    Raises
    ------
    DisputeError
        If `texts` names a source that the dispute lacks, if a source's ``path`` leaves the
        folder of the dispute file, or if a file is missing, too large or cannot be read.
    """
    known = [source.id for source in dispute.sources]
    for name in texts:
        if name not in known:
            raise DisputeError(
                f"there is no source {shown(name)}",
                path=dispute.path,
                key="sources",
                found=name,
                allowed=known,
                nearest=nearest(name, known),
            )
    found: dict[str, SourceText] = {}
    for source in dispute.sources:
        if source.id in texts:
            found[source.id] = read_document(texts[source.id])
        elif source.path is not None and dispute.path is not None:
            found[source.id] = _read_local(dispute.path, source, source.path)
    return found


def _read_local(dispute_path: Path, source: Source, path: Path) -> SourceText:
    def problem(message: str) -> DisputeError:
        return DisputeError(
            message, path=dispute_path, place=source.place, key=f"sources.{source.id}.path"
        )

    # Judged by the rules of both kinds of system, so that a file means the same on each.
    written = str(path)
    windows = PureWindowsPath(written)
    parts = {*PurePosixPath(written).parts, *windows.parts}
    folder = dispute_path.parent
    leaves = ".." in parts or PurePosixPath(written).is_absolute() or bool(windows.anchor)
    # A link inside the folder may still point out of it.
    if leaves or not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise problem(
            f"the path {written!r} of source {source.id!r} leaves the folder of the dispute "
            "file; only a file in that folder or below it may be named"
        )
    try:
        return read_document(folder / path)
    except (DisputeError, LimitError) as error:
        raise problem(error.message) from error


# Checks ------------------------------------------------------------------------------------


def check(dispute: Dispute, texts: Mapping[str, Path]) -> tuple[EvidenceFinding, ...]:
    """Check every citation of a dispute.

    The cited source must be listed. Where its text is at hand, the text must have the SHA-256
    that the source gives, the passage must exist, and a quoted passage must stand in the text
    (in the located passage, where both are given). White space and the shapes of quotation
    marks and dashes do not count in a comparison; upper and lower case do.

    Parameters
    ----------
    dispute
        The dispute.
    texts
        Files of texts, by source id; a source's own ``path`` serves where it is not named here.

    Returns
    -------
    tuple of Finding
        Faults and remarks, in the order of the dispute file, findings on sources first.

    Raises
    ------
    DisputeError
        If a text cannot be read; see :func:`texts_at_hand`.
    """
    return check_against(dispute, texts_at_hand(dispute, texts))


def check_against(
    dispute: Dispute, at_hand: Mapping[str, SourceText]
) -> tuple[EvidenceFinding, ...]:
    """Check every citation of a dispute against texts that have been read.

    Parameters
    ----------
    dispute
        The dispute.
    at_hand
        The texts, by source id.

    Returns
    -------
    tuple of Finding
        As :func:`check`.
    """
    paragraphs = {name: split(source_text.text) for name, source_text in at_hand.items()}
    findings = list(_check_sources(dispute, at_hand))
    known = [source.id for source in dispute.sources]
    for label, basis, place in _placed_judgements(dispute):
        if not basis.citations and not basis.judgement:
            findings.append(
                EvidenceFinding(
                    "no-basis",
                    label,
                    "rests on no source and is not marked `judgement: true`",
                    place,
                    dispute.path,
                )
            )
        for citation in basis.citations:
            where = citation.place or place
            if citation.source not in known:
                message = _unknown_source(citation.source, known)
                findings.append(
                    EvidenceFinding("unknown-source", label, message, where, dispute.path)
                )
            elif citation.source in at_hand:
                fault = _fault_of(citation, paragraphs[citation.source])
                if fault:
                    findings.append(EvidenceFinding(fault[0], label, fault[1], where, dispute.path))
    return tuple(findings)


def _check_sources(
    dispute: Dispute, at_hand: Mapping[str, SourceText]
) -> Iterator[EvidenceFinding]:
    cited = [c.source for _, basis in judgements(dispute) for c in basis.citations]
    for source in dispute.sources:
        if source.id not in at_hand:
            count = cited.count(source.id)
            if count:
                citations = "1 citation is" if count == 1 else f"{count} citations are"
                message = f"the text of {source.id!r} is not at hand; {citations} unchecked"
                yield EvidenceFinding("not-at-hand", None, message, source.place, dispute.path)
            continue
        found = at_hand[source.id]
        if source.sha256 is not None and found.sha256 != source.sha256.lower():
            message = (
                f"{found.path} is not the text that was cited as {source.id!r}: its SHA-256 is "
                f"{found.sha256}, not {source.sha256}"
            )
            yield EvidenceFinding("hash", None, message, source.place, dispute.path)


def _unknown_source(name: str, known: list[str]) -> str:
    close = nearest(name, known)
    if close:
        return f"there is no source {shown(name)}; did you mean {close!r}?"
    listed = ", ".join(known) if known else "none"
    return f"there is no source {shown(name)} (there are: {listed})"


def _fault_of(
    citation: Citation, paragraphs: Paragraphs
) -> tuple[Literal["locator", "quote"], str] | None:
    passage = " ".join(" ".join(sentences) for sentences in paragraphs)
    if citation.at is not None:
        try:
            passage = _passage(paragraphs, citation.at)
        except DisputeError as error:
            return "locator", f"source {citation.source!r}: {error.message}"
    if citation.quote is None:
        return None
    quote = folded(citation.quote)
    if not quote:
        return "quote", "the quotation is empty"
    if quote not in folded(passage):
        inside = "the text" if citation.at is None else "the located passage"
        return ("quote", f"{inside} of source {citation.source!r} has no {shown(citation.quote)}")
    return None


_SHAPES = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)


def folded(text: str) -> str:
    """The text with white space, quotation marks, dashes and accents each in one shape.

    Two passages are held to be the same where their folded forms are.
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_SHAPES).split())
