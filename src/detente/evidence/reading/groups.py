"""Proposals that say the same thing as one, and which of them matter for a first model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detente.evidence.reading.likeness import content, likeness
from detente.evidence.reading.proposals import Kind, Proposal

__all__ = ["ProposalGroup", "grouped"]

_ALIKE = 0.6
_LIKELY = 0.5
# An act that was done once, and of which nobody says that it goes on or could come, is seldom an
# option.
_MERELY_DONE = 0.85
_MOST_SURE = 0.95
_OPTIONS: frozenset[Kind] = frozenset({"option", "act"})
_STANCES: frozenset[Kind] = frozenset({"stance", "condition"})
_ORDER: tuple[frozenset[Kind], ...] = (
    frozenset({"party"}),
    _OPTIONS,
    _STANCES,
    frozenset({"outcome"}),
)


@dataclass(frozen=True, slots=True)
class ProposalGroup:
    """Proposals that say the same thing.

    Attributes
    ----------
    members
        The one that tells it best comes first.
    confidence
        From 0 to 1; more passages that say it make it surer.
    matters
        Whether it matters for a first model: parties that act or want something, options,
        preferences and outcomes of which the reader is at least 0.5 sure.
    """

    members: tuple[Proposal, ...]
    confidence: float
    matters: bool

    @property
    def head(self) -> Proposal:
        """The member that stands for all."""
        return self.members[0]

    @property
    def owner(self) -> str | None:
        """Whose it is."""
        return self.head.parties[0] if self.head.parties else None


def grouped(proposals: Iterable[Proposal]) -> tuple[ProposalGroup, ...]:
    """Join proposals that say the same, and put those first that matter for a first model.

    One act of one party is one option, whether it is done or could be done. A stance is one with
    another of the same party and direction about the same; a condition takes the stance of its own
    sentence with it. Of what matters, parties come first, the most active before; then options,
    preferences and outcomes, the surest before. All else follows in the order of the text.

    Parameters
    ----------
    proposals
        What a reader proposes.

    Returns
    -------
    tuple of ProposalGroup
        Each proposal is a member of exactly one.
    """
    joined = _joined(tuple(proposals))
    active = Counter(
        group[0].parties[0]
        for group in joined
        if group[0].kind in _OPTIONS | _STANCES and group[0].parties
    )
    groups = [_group(members, active) for members in joined]
    first = [one for one in groups if one.matters]
    first.sort(key=lambda one: (_place(one.head.kind), -active[one.owner or ""], -one.confidence))
    return (*first, *(one for one in groups if not one.matters))


def _joined(proposals: Sequence[Proposal]) -> list[list[Proposal]]:
    names = tuple(dict.fromkeys(name for one in proposals for name in one.parties))
    groups: list[list[Proposal]] = []
    by_family: dict[object, list[list[Proposal]]] = {}
    for one in proposals:
        family = _family(one)
        alike = by_family.setdefault(family, [])
        group = next((group for group in alike if _same(one, group, names)), None)
        if group is None:
            group = []
            alike.append(group)
            groups.append(group)
        group.append(one)
    return groups


def _family(one: Proposal) -> object:
    """Only proposals of one family can say the same."""
    owner = one.parties[:1]
    if one.kind in _OPTIONS:
        return "option", owner
    if one.kind in _STANCES:
        return "stance", owner, one.direction
    if one.kind == "party":
        return "party", owner
    # What is told of a plan or a day is told of its own sentence.
    return one.kind, one.source, one.at, one.about


def _same(one: Proposal, group: Sequence[Proposal], names: tuple[str, ...]) -> bool:
    if one.kind not in _OPTIONS | _STANCES:
        return True
    words = content(one.about or "", names)
    for other in group:
        here = (one.source, one.at) == (other.source, other.at)
        if one.kind in _STANCES and not _one_condition(one, other, here=here):
            continue
        others = content(other.about or "", names)
        if here and words == others:
            return True
        # One word that is the same may be chance, unless there is no other.
        enough = len(words & others) >= 2 or min(len(words), len(others)) == 1
        if enough and likeness(words, others) >= _ALIKE:
            return True
    return False


def _one_condition(one: Proposal, other: Proposal, *, here: bool) -> bool:
    if one.condition is None and other.condition is None:
        return True
    if one.condition is None or other.condition is None:
        return here
    return (
        one.negated == other.negated
        and likeness(content(one.condition), content(other.condition)) >= _ALIKE
    )


def _group(members: Sequence[Proposal], active: Counter[str]) -> ProposalGroup:
    ordered = sorted(members, key=_telling)
    head = ordered[0]
    surest: dict[object, float] = {}
    for one in members:
        place = (one.source, one.at)
        surest[place] = max(surest.get(place, 0.0), one.confidence)
    confidence = min(1 - math.prod(1 - one for one in surest.values()), _MOST_SURE)
    if head.kind in _OPTIONS and not any(one.kind == "option" or one.under_way for one in members):
        confidence *= _MERELY_DONE
    confidence = round(max(confidence, 0.0), 2)
    return ProposalGroup(tuple(ordered), confidence, _matters(head, confidence, active))


def _telling(one: Proposal) -> tuple[bool, bool, float, int]:
    """The one that tells most comes first: with its condition, of the fewest words."""
    return (
        one.condition is None,
        one.about is None,
        -one.confidence,
        len(one.about or ""),
    )


def _matters(head: Proposal, confidence: float, active: Counter[str]) -> bool:
    if head.kind == "party":
        return active[head.parties[0]] > 0
    if _place(head.kind) == len(_ORDER) or confidence < _LIKELY:
        return False
    return head.about is not None


def _place(kind: Kind) -> int:
    return next((n for n, kinds in enumerate(_ORDER) if kind in kinds), len(_ORDER))
