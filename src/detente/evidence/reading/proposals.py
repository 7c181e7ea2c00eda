"""What a reader proposes: a passage of a text, and what an analyst might take from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from detente.dispute.dispute import Locator
from detente.dispute.errors import DisputeError, shown
from detente.evidence.sources import folded, sentence

__all__ = [
    "ACT_TYPES",
    "DIRECTIONS",
    "KINDS",
    "ActType",
    "Direction",
    "Kind",
    "Proposal",
    "RefusedProposal",
    "checked",
    "proposal_entry",
    "proposal_from",
]

Kind: TypeAlias = Literal[
    "party",
    "option",
    "act",
    "stance",
    "condition",
    "package",
    "stage",
    "format",
    "outcome",
    "claim",
    "history",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

Direction: TypeAlias = Literal["for", "against"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)

ActType: TypeAlias = Literal[
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "DEMAND",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
]
"""The event types of PLOVER, the Political Language Ontology for Verifiable Event Records.

As the Open Event Data Alliance's table of September 2021 names them; see Halterman, Bagozzi,
Beger, Schrodt and Scarborough (2023), *PLOVER and POLECAT: A New Political Event Ontology and
Dataset*.
"""
ACT_TYPES: tuple[ActType, ...] = get_args(ActType)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that an analyst might take from a passage.

    Attributes
    ----------
    source
        Id of the text.
    at
        Paragraph and sentence, counted from 1.
    quote
        The passage, letter for letter.
    kind
        What it might become. ``stance`` and ``condition`` are candidates for preference
        statements, ``act`` and ``option`` for options; ``history`` is a dated act.
    parties
        Names of the parties concerned. The first is the one whose act, option, stance or
        condition it is.
    direction
        Whether that party is for or against what the passage is about; None where that is not
        told or makes no sense.
    confidence
        The reader's own, from 0 to 1. It orders proposals, and is no probability.
    about
        What it is about, in words of the passage: an act, an aim, what is wanted or rejected.
    act
        For an act, its type.
    condition
        For a condition, the words of the clause on which it depends.
    negated
        Whether that clause is the negative of what its words say (``unless``).
    on
        For history, the day, month or year, as ``2018-04-21``, ``2018-04`` or ``2018``.
    under_way
        For an act, whether the passage tells of it as going on now.
    reader
        Name of the reader that proposes it.
    """

    source: str
    at: Locator
    quote: str
    kind: Kind
    parties: tuple[str, ...] = ()
    direction: Direction | None = None
    confidence: float = 0.5
    about: str | None = None
    act: ActType | None = None
    condition: str | None = None
    negated: bool = False
    on: str | None = None
    under_way: bool = False
    reader: str = "rules"

    @property
    def condition_words(self) -> str:
        """The condition with the word that begins it: ``unless the ships leave``."""
        return f"{'unless' if self.negated else 'if'} {self.condition}"


@dataclass(frozen=True, slots=True)
class RefusedProposal:
    """A proposal that a reader made and that cannot be used, with the reason."""

    proposal: Proposal
    reason: str


def checked(
    proposals: Iterable[Proposal], texts: Mapping[str, str]
) -> tuple[tuple[Proposal, ...], tuple[RefusedProposal, ...]]:
    """Keep the proposals whose passage stands in the text, and refuse the others.

    Parameters
    ----------
    proposals
        From any reader.
    texts
        The texts, by id.

    Returns
    -------
    tuple of tuple of Proposal and tuple of RefusedProposal
        Those kept and those refused, in their order.
    """
    kept, refused = [], []
    for proposal in proposals:
        reason = _fault(proposal, texts)
        if reason is None:
            kept.append(proposal)
        else:
            refused.append(RefusedProposal(proposal, reason))
    return tuple(kept), tuple(refused)


def _fault(proposal: Proposal, texts: Mapping[str, str]) -> str | None:
    if proposal.source not in texts:
        return f"there is no text {shown(proposal.source)}"
    if proposal.kind not in KINDS:
        return f"there is no kind {shown(proposal.kind)}"
    if proposal.direction is not None and proposal.direction not in DIRECTIONS:
        return f"there is no direction {shown(proposal.direction)}"
    if proposal.act is not None and proposal.act not in ACT_TYPES:
        return f"there is no type of act {shown(proposal.act)}"
    if not 0 <= proposal.confidence <= 1:
        return "its confidence is not from 0 to 1"
    text = texts[proposal.source]
    quote = folded(proposal.quote)
    if not quote:
        return "its quotation is empty"
    try:
        passage = sentence(text, proposal.at)
    except DisputeError as error:
        return error.message
    if quote not in folded(passage):
        elsewhere = quote in folded(text)
        return (
            f"its quotation {shown(proposal.quote)} is not in that sentence"
            if elsewhere
            else f"its quotation {shown(proposal.quote)} is not in the text"
        )
    return None


def proposal_from(entry: Mapping[str, Any], *, source: str, reader: str) -> Proposal:
    """Read a proposal from a plain mapping, as JSON gives it.

    Parameters
    ----------
    entry
        What :func:`proposal_entry` writes; unknown keys are
        refused.
    source
        Id of the text, where the entry names none.
    reader
        Name of the reader.

    Returns
    -------
    Proposal

    Raises
    ------
    DisputeError
        If the entry is not a proposal; the message names the key.
    """
    known = {
        "source": str,
        "at": Mapping,
        "quote": str,
        "kind": str,
        "parties": list,
        "direction": str,
        "confidence": (int, float),
        "about": str,
        "act": str,
        "condition": str,
        "negated": bool,
        "on": str,
        "under_way": bool,
        "reader": str,
    }
    if not isinstance(entry, Mapping):
        raise DisputeError("a proposal is not a mapping", found=shown(entry))
    values = {key: value for key, value in entry.items() if value is not None}
    for key, value in values.items():
        if key not in known:
            raise DisputeError("a proposal has no such key", found=str(key), allowed=known)
        if not isinstance(value, known[key]):  # type: ignore[arg-type]
            raise DisputeError(f"the {key} of a proposal cannot be read", found=shown(value))
    for key in ("at", "quote", "kind"):
        if key not in values:
            raise DisputeError(f"a proposal has no {key}")
    at = values.pop("at")
    numbers = [at.get("paragraph"), at.get("sentence")]
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise DisputeError("a proposal needs a paragraph and a sentence", found=shown(dict(at)))
    parties = values.pop("parties", [])
    if not all(isinstance(party, str) for party in parties):
        raise DisputeError("the parties of a proposal cannot be read", found=shown(parties))
    return Proposal(
        **{"source": source, "reader": reader, **values},
        at=Locator(*numbers),
        parties=tuple(parties),
    )


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
