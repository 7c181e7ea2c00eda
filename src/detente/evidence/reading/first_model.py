"""A first model of a dispute, laid out as rows to be ticked: each row is one decision.

Rows are made of groups of proposals; what is entered of them has the citations of all members.
Parties and options come first, as preferences and outcomes speak of options.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from detente.evidence.reading.blanks import BLANK
from detente.evidence.reading.citations import citations_of, entries_of, is_entered
from detente.evidence.reading.draft import Draft, is_threat, without_ending
from detente.evidence.reading.groups import ProposalGroup
from detente.evidence.reading.likeness import content
from detente.evidence.reading.proposals import Proposal
from detente.files.template import id_from

__all__ = ["NEW", "FirstRow", "Part", "enter_group", "enter_rows", "first_rows"]

Part = Literal["party", "option", "preference", "outcome"]

NEW = "new:"
"""Before the id of a party: a new option of that party, of the row's own words."""

_LIKELY = 0.5
_MOST_WORDS = 8
_MOST_OUTCOMES = 6
_TICKED_OUTCOMES = 3
_MOST_TICKED_OF_PARTY = 4
# Where the name of an option ends: a second thing said of it, or another clause.
_ENDS = re.compile(
    r"[,;:]|\s(?:because|which|who|although|though|unless|if|so that|in order to|after|before|"
    r"until|while|when|as long as|so long as|provided that|in return for|in exchange for|"
    r"in spite of|despite|would|will|could|can|may|might|must|should)\b"
    r"|\s(?:and|but)\s+(?=(?:[\w’'-]+\s+){1,3}?(?:would|will|could|can|may|"
    r"should|has|have|is|are|was|were)\b)"
)
_LOOSE_END = re.compile(
    r"\s+(?:a|an|the|of|to|in|on|for|and|or|with|from|by|at|its|their|his|her|that|as)$"
)
_POSSESSIVE = re.compile(r"^(?:its|his|her|their|the|a|an)\s+(?:own\s+)?", re.IGNORECASE)
# "Now bargain" is to bargain.
_EARLY = re.compile(r"^(?:now|then|also|soon|again|still|only|even|simply)\s+", re.IGNORECASE)
_OFFERING = re.compile(
    r"\b(?:offer|propos|promis|pledg|suggest|volunteer|undert[ao]k)\w*\b", re.IGNORECASE
)
# How much a stance weighs in the order of preferences, by its words.
_STRONG = re.compile(
    r"\b(?:most|above all|never|must|insist\w*|rul(?:e|es|ed) out|will not|refus\w+|reject\w*|"
    r"demand\w*|red line|at any price|vital|existential|nothing more|cannot)\b",
    re.IGNORECASE,
)
_MILD = re.compile(
    r"\b(?:rather|prefer\w*|hope\w*|would like|could live with|open to|consider\w*|offer\w*)\b",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"(?P<no>\bnot )?\b(?P<option>\w+\.\w+)")
# "Will not let ships pass", "offered to host talks": what a party itself would do.
_OWN_ACT = re.compile(r"\b(?:to|not|never|rather|sooner|will|would|could|longer)\s+$")


@dataclass(frozen=True, slots=True)
class FirstRow:
    """One decision about a first model.

    Attributes
    ----------
    part
        What it becomes.
    group
        Number of the group of proposals that it rests on; None where it rests on the file alone.
    ticked
        Whether it is to be entered unless somebody decides otherwise.
    likely
        Whether it is shown at once, and not under *less likely*.
    party
        Name of the party whose it is; empty for an outcome.
    name
        What an option or an outcome is called; else what a stance is about.
    under_way
        For an option, whether it is chosen in the status quo.
    formula
        For a preference or an outcome, its formula as far as it can be told; else empty.
    """

    part: Part
    group: int | None
    ticked: bool
    likely: bool
    party: str = ""
    name: str = ""
    under_way: bool = False
    formula: str = ""


def first_rows(document: Any, groups: Sequence[ProposalGroup]) -> tuple[FirstRow, ...]:
    """The rows of what is not in the file yet.

    Parameters
    ----------
    document
        What the file holds; it is not changed.
    groups
        As :func:`~detente.evidence.reading.groups.grouped` gives them.

    Returns
    -------
    tuple of FirstRow
        By part. Preferences are in the order in which they are to stand, by party: refusals and
        demands first, mere wishes last.
    """
    draft = Draft(document, ())
    entries = {
        source: entries_of(citations_of(document, source))
        for source in {one.source for group in groups for one in group.members}
    }

    def is_there(group: ProposalGroup) -> bool:
        owner = draft.party_id(group.owner) if group.owner else None
        return any(is_entered(one, entries[one.source], owner) for one in group.members)

    waiting = {n: group for n, group in enumerate(groups) if not is_there(group)}
    return (
        *_parties(waiting, draft),
        *_options(waiting),
        *_preferences(waiting, draft),
        *_outcomes(waiting, draft),
    )


def _parties(groups: Mapping[int, ProposalGroup], draft: Draft) -> Iterator[FirstRow]:
    for number, group in groups.items():
        if group.head.kind == "party" and draft.party_id(group.head.parties[0]) is None:
            name = group.head.parties[0]
            yield FirstRow("party", number, group.matters, group.matters, name, name)


def _options(groups: Mapping[int, ProposalGroup]) -> Iterator[FirstRow]:
    ticked: dict[str, int] = {}
    for number, group in groups.items():
        head = group.head
        if head.kind not in ("option", "act") or not head.parties or not head.about:
            continue
        ends, about = (False, head.about) if is_threat(head) else without_ending(head.about)
        if not content(_short(about), head.parties):
            continue
        name = _kept(about) if ends else _short(about)
        owner = head.parties[0]
        open_ = any(one.kind == "option" or one.under_way for one in group.members)
        tick = (
            group.matters
            and open_
            and group.confidence >= _LIKELY
            and ticked.get(owner, 0) < _MOST_TICKED_OF_PARTY
        )
        ticked[owner] = ticked.get(owner, 0) + tick
        under_way = ends or any(one.under_way for one in group.members)
        yield FirstRow("option", number, tick, group.matters, owner, name, under_way)


def _preferences(groups: Mapping[int, ProposalGroup], draft: Draft) -> Iterator[FirstRow]:
    rows: list[tuple[tuple[str, int, float], FirstRow]] = []
    known: set[tuple[str, str]] = set()
    for number, group in groups.items():
        head = group.head
        if head.kind not in ("stance", "condition") or not head.about or not group.owner:
            continue
        formula = next(
            (found for one in group.members if (found := draft.formula(one)) is not None), ""
        )
        told, about = bool(formula), head.about
        own = draft.party_id(group.owner)
        if not told and group.matters and own is not None:
            # The option comes with the preference, once somebody ticks it.
            ends, rest = without_ending(about)
            about = _kept(rest) if ends else about
            agrees = (head.direction == "for") != ends
            whose = _whose_act(group, draft, own)
            formula = f"{NEW}{whose}" if agrees else f"not {NEW}{whose}"
        likely = group.matters and bool(formula)
        fresh = told and (group.owner, formula) not in known
        known.add((group.owner, formula))
        row = FirstRow(
            "preference",
            number,
            group.matters and fresh,
            likely,
            group.owner,
            about,
            formula=formula,
        )
        rows.append(((group.owner, -_strength(group), -group.confidence), row))
    yield from (row for _, row in sorted(rows, key=lambda one: one[0]))


def _whose_act(group: ProposalGroup, draft: Draft, own: str) -> str:
    """Id of the party for which a thing would be to do that no option tells yet.

    What somebody would do or offers is its own; what it wants or rejects beside another party is
    more likely that one's.
    """
    head = group.head
    if _is_own_act(head) or _OFFERING.search(head.quote):
        return own
    others = [one for name in head.parties[1:] if (one := draft.party_id(name)) is not None]
    return others[0] if others else own


def _is_own_act(head: Proposal) -> bool:
    quote = " ".join(head.quote.split())
    place = quote.find(head.about or "")
    return place > 0 and _OWN_ACT.search(quote[:place]) is not None


def _strength(group: ProposalGroup) -> int:
    """2 for refusals and demands, 0 for wishes and offers, 1 for all else."""
    quotes = [one.quote for one in group.members]
    if any(map(_STRONG.search, quotes)):
        return 2
    return 0 if any(map(_MILD.search, quotes)) else 1


def _outcomes(groups: Mapping[int, ProposalGroup], draft: Draft) -> Iterator[FirstRow]:
    """What is told as feared or sought; options over which parties differ; packages."""
    document = draft.document
    named = {
        str(one.get("when")) if isinstance(one, Mapping) else str(one)
        for one in (document.get("outcomes") or {}).values()
    }
    found: list[FirstRow] = []
    for option, name in _spoken_of(document):
        found.append(FirstRow("outcome", None, True, True, "", name, formula=option))
    for number, group in groups.items():
        head = group.head
        if head.kind == "package":
            settings = draft.settings_of(head)
            words = [key if level == "yes" else f"not {key}" for key, level in settings.items()]
            if 2 <= len(words) <= 3 and len({key.partition(".")[0] for key in settings}) > 1:
                name = f"Deal: {_short(head.about or 'package')}"
                formula = " and ".join(words)
                found.append(FirstRow("outcome", number, True, True, "", name, formula=formula))
        elif head.kind == "outcome" and head.about:
            owners = [one for name in head.parties if (one := draft.party_id(name))]
            formula = draft.option_for(head.about, owners) or ""
            name = _short(head.about)
            found.append(
                FirstRow("outcome", number, bool(formula), True, "", name, formula=formula)
            )
    ticked = 0
    for row in found:
        if row.formula and row.formula in named:
            continue
        named.add(row.formula or row.name)
        tick = row.ticked and ticked < _TICKED_OUTCOMES
        ticked += tick
        matters = row.group is not None and groups[row.group].matters
        yield replace(row, ticked=tick, likely=matters or bool(row.formula))


def _spoken_of(document: Any) -> list[tuple[str, str]]:
    """Options of which the statements of parties speak most, with their names.

    An option over which parties differ comes before one that they agree on.
    """
    sides: dict[str, set[tuple[str, bool]]] = {}
    for party, entry in document["parties"].items():
        statements = (entry or {}).get("preferences") or ()
        for one in statements if isinstance(statements, list) else ():
            formula = one.get("prefer") if isinstance(one, Mapping) else one
            for match in _LITERAL.finditer(str(formula)):
                place = sides.setdefault(match.group("option"), set())
                place.add((str(party), match.group("no") is None))
    found = []
    for party, entry in document["parties"].items():
        for option, value in ((entry or {}).get("options") or {}).items():
            said = sides.get(f"{party}.{option}")
            if said:
                differ = len({so for _, so in said}) > 1
                name = value.get("name", option) if isinstance(value, Mapping) else value
                found.append((differ, len(said), f"{party}.{option}", str(name)))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [(key, name) for _, _, key, name in found[:_MOST_OUTCOMES]]


def _kept(about: str) -> str:
    """The name of an option to go on with what a passage would end: *Keep the toll*."""
    return _short(
        f"keep {about[:1].lower()}{about[1:]}" if about[1:2].islower() else f"keep {about}"
    )


def _short(about: str) -> str:
    """A few words that can stand as a name."""
    about = _EARLY.sub("", about)
    end = _ENDS.search(about)
    words = (about[: end.start()] if end and end.start() > 3 else about).split()
    name = " ".join(words[:_MOST_WORDS])
    while (shorter := _LOOSE_END.sub("", name)) != name:
        name = shorter
    name = _POSSESSIVE.sub("", name).strip(" ,.;:\"“”'‘’")
    return name[:1].upper() + name[1:]


# Entering ------------------------------------------------------------------------------------


def enter_rows(
    draft: Draft, groups: Sequence[ProposalGroup], rows: Sequence[FirstRow]
) -> tuple[str, ...]:
    """Enter rows into a draft, with the citations of all their proposals.

    Parameters
    ----------
    draft
        Into which they are entered.
    groups
        Those that the rows number.
    rows
        As somebody has decided; `ticked` and `likely` do not count. The formula of a preference
        may be ``new:PARTY`` or ``not new:PARTY`` for a new option of a party, of the row's words.

    Returns
    -------
    tuple of str
        Rows that could not be entered, by their names: a preference or an outcome that has no
        formula, and one of a party whose order is given state by state.
    """
    left = []
    for row in sorted(rows, key=lambda one: _PARTS.index(one.part)):
        members = groups[row.group].members if row.group is not None else ()
        if not _entered(draft, row, members):
            left.append(row.name)
    return tuple(left)


_PARTS: tuple[Part, ...] = ("party", "option", "preference", "outcome")


def _entered(draft: Draft, row: FirstRow, members: Sequence[Proposal]) -> bool:
    match row.part:
        case "party":
            for one in members:
                draft.enter(one)
        case "option":
            owned = [replace(one, parties=(row.party, *one.parties[1:])) for one in members]
            draft.enter_option(row.name, owned, under_way=row.under_way)
        case "preference":
            return _preferred(draft, row, members)
        case "outcome":
            return _followed(draft, row, members)
    return True


def enter_group(draft: Draft, members: Sequence[Proposal], formula: str | None = None) -> None:
    """Enter proposals that say the same as one entry with the citations of all.

    Parameters
    ----------
    draft
        Into which it is entered.
    members
        The first tells what is entered.
    formula
        As for :meth:`~detente.evidence.reading.draft.Draft.enter`.
    """
    head, *others = members
    if head.kind in ("option", "act") and head.parties and head.about:
        draft.enter(head)
        name = " ".join(head.about.split()[:_MOST_WORDS])
        for one in others:
            draft.enter(replace(one, about=name, kind="option", parties=head.parties))
        return
    if head.kind in ("stance", "condition"):
        formula = formula or draft.formula(head)
        draft.enter(head, formula)
        for one in others:
            draft.cite(formula or BLANK, one)
        return
    for one in members:
        draft.enter(one, formula if one.kind == "outcome" else None)


def _preferred(draft: Draft, row: FirstRow, members: Sequence[Proposal]) -> bool:
    formula = row.formula
    head = members[0]
    if NEW in formula:
        negated, _, party = formula.partition(NEW)
        entry = draft.document["parties"].get(party)
        if entry is None:
            return False
        called = str(entry.get("name", party))
        made = [replace(one, parties=(called, *one.parties)) for one in members]
        key, _ = draft.enter_option(_short(row.name), made, under_way=False)
        formula = f"{negated}{key}"
    if not formula:
        return False
    owned = [replace(one, parties=(row.party, *one.parties[1:])) for one in members]
    draft.enter(replace(head, parties=owned[0].parties), formula)
    for one in owned:
        draft.cite(formula, one)
    party = draft.party_id(row.party) or ""
    preferences = draft.document["parties"].get(party, {}).get("preferences")
    return isinstance(preferences, list)


def _followed(draft: Draft, row: FirstRow, members: Sequence[Proposal]) -> bool:
    if not row.formula or not row.name:
        return False
    outcomes = draft.document.setdefault("outcomes", {})
    if members:
        draft.enter(replace(members[0], kind="outcome", about=row.name), row.formula)
    else:
        name = id_from(row.name, outcomes, most_words=5)
        outcomes[name] = {"name": row.name, "when": row.formula, "judgement": True}
    return True
