"""Citations in what a dispute file holds, whether it loads or not.

While a report is read, the file has blanks and does not load; what cites the report stands in
it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from detente.dispute.dispute import Locator
from detente.evidence.reading.proposals import Kind, Proposal
from detente.evidence.reading.sentences import Sentence
from detente.evidence.sources import folded
from detente.files.yaml_text import Trail

__all__ = ["citations_of", "is_entered", "places_cited", "rests_on"]

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


def is_entered(
    proposal: Proposal, citations: Iterable[tuple[Trail, Any]], party: str | None
) -> bool:
    """Whether a file has an entry of a proposal's kind that cites its passage.

    Parameters
    ----------
    proposal
        The proposal.
    citations
        As :func:`citations_of` gives them for its source.
    party
        Id of the first of its parties; None where the file has no such party.
    """
    quote = folded(proposal.quote)
    return any(
        _section(trail) == _SECTIONS.get(proposal.kind, "parties")
        and (trail[0] != "parties" or trail[1] == party)
        and _place(citation) == proposal.at
        and folded(str(citation.get("quote", ""))) == quote
        for trail, citation in citations
    )


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
    return tuple(
        part.at for part in parts if any(rests_on(at, quote, part) for at, quote in wanted)
    )


def rests_on(at: Locator | None, quote: str, part: Sentence) -> bool:
    """Whether a citation with a place, or else a quotation, means a sentence."""
    if at is not None:
        return at in (part.at, Locator(part.at.paragraph))
    words = folded(quote)
    # A quotation of several sentences covers each of them.
    return bool(words) and (words in folded(part.text) or folded(part.text) in words)
