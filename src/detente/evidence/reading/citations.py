"""Citations in what a dispute file holds, whether it loads or not.

While a report is read, the file has blanks and does not load; what cites the report stands in
it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, TypeAlias

from detente.dispute.dispute import Locator
from detente.evidence.reading.proposals import Kind, Proposal
from detente.evidence.reading.sentences import Sentence
from detente.evidence.sources import folded
from detente.files.yaml_text import Trail

__all__ = ["citations_of", "entries_of", "is_entered", "places_cited", "rests_on"]

# Where what is made of a proposal stands, by the key of the file's top or of a party.
_SECTIONS: dict[Kind, str] = {
    "option": "options",
    "act": "options",
    "stance": "preferences",
    "condition": "preferences",
    "package": "packages",
    "stage": "roadmaps",
    "format": "formats",
    "outcome": "outcomes",
    "claim": "claims",
    "history": "history",
}


def citations_of(value: Any, source: str, trail: Trail = ()) -> Iterator[tuple[Trail, Any]]:
    """Every citation of a source, wherever it stands: under a key ``source``, alone or listed.

    Parameters
    ----------
    value
        What a dispute file holds, or a part of it.
    source
        Id of the source.
    trail
        Keys and indices that lead to the part.

    Yields
    ------
    tuple of tuple and mapping
        The trail of the citation, and the citation.
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            at: Trail = (*trail, str(key))
            if key == "source":
                listed = inner if isinstance(inner, list) else [inner]
                for number, one in enumerate(listed):
                    if isinstance(one, Mapping) and one.get("id") == source:
                        yield ((*at, number) if isinstance(inner, list) else at), one
            elif at != ("sources",):
                yield from citations_of(inner, source, at)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from citations_of(inner, source, (*trail, number))


Entry: TypeAlias = tuple[str, str | None, Locator | None, str]
"""An entry that cites a text: its part of the file, whose it is, and which passage it quotes."""


def entries_of(citations: Iterable[tuple[Trail, Any]]) -> frozenset[Entry]:
    """The entries that cite a source, as :func:`is_entered` looks for them.

    Parameters
    ----------
    citations
        As :func:`citations_of` gives them.
    """
    return frozenset(
        (
            _section(trail),
            str(trail[1]) if trail[0] == "parties" else None,
            _place(citation),
            folded(str(citation.get("quote", ""))),
        )
        for trail, citation in citations
    )


def is_entered(proposal: Proposal, entries: Set[Entry], party: str | None) -> bool:
    """Whether a file has an entry of a proposal's kind that cites its passage.

    Parameters
    ----------
    proposal
        The proposal.
    entries
        As :func:`entries_of` gives them for its source.
    party
        Id of the first of its parties; None where the file has no such party.
    """
    section = _SECTIONS.get(proposal.kind, "parties")
    owner = party if section in ("parties", "options", "preferences") else None
    return (section, owner, proposal.at, folded(proposal.quote)) in entries


def _section(trail: Trail) -> str:
    """The part of the file in which something stands."""
    inside = trail[:1] == ("parties",) and trail[2:3] != ("source",)
    return str(trail[2 if inside else 0])


def _place(citation: Mapping[str, Any]) -> Locator | None:
    at = citation.get("at")
    if not isinstance(at, Mapping) or not isinstance(at.get("paragraph"), int):
        return None
    return Locator(at["paragraph"], at.get("sentence"))


def places_cited(
    citations: Iterable[tuple[Trail, Any]], parts: Iterable[Sentence]
) -> tuple[Locator, ...]:
    """The sentences on which something in a file rests.

    Parameters
    ----------
    citations
        As :func:`citations_of` gives them for one source.
    parts
        The sentences of its text.
    """
    wanted = [(_place(one), str(one.get("quote") or "")) for _, one in citations]
    places = {at for at, _ in wanted if at is not None}
    quotes = [quote for at, quote in wanted if at is None]
    return tuple(
        part.at
        for part in parts
        if part.at in places
        or Locator(part.at.paragraph) in places
        or any(rests_on(None, quote, part) for quote in quotes)
    )


def rests_on(at: Locator | None, quote: str, part: Sentence) -> bool:
    """Whether a citation with a place, or else a quotation, means a sentence."""
    if at is not None:
        return at in (part.at, Locator(part.at.paragraph))
    words = folded(quote)
    # A quotation of several sentences covers each of them.
    return bool(words) and (words in folded(part.text) or folded(part.text) in words)
