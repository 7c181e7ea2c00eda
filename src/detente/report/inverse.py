"""The smallest changes of preferences in plain words, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from detente.changes.inverse import ChangeSet, Inverse, target_formula
from detente.changes.offers import offers
from detente.changes.statements import Change
from detente.changes.weakening import exception, is_conditional, opposite
from detente.dispute.dispute import Basis, Dispute, Party, Statement, Statements
from detente.evidence.sources import citation_place
from detente.report.face import hint, is_command_line
from detente.report.formula_words import formula_by_names
from detente.report.language import marked, say
from detente.report.words import counted, joined

if TYPE_CHECKING:
    from detente.report.documents.inverse import InverseChange, InverseDocument

__all__ = ["INVERSE_SCHEMA", "change_words", "inverse_document", "inverse_lines"]

INVERSE_SCHEMA = "detente/inverse/1"

_KIND_WORDS = {"flip": "reversed", "drop": "dropped", "move": "moved in order"}

# As many offers to a party are listed.
_MOST_OFFERS = 3

# As many states are listed by number.
_MOST_STATES = 8

_LONGEST_FORMULA = 120
"""Letters of a formula that is told."""


def inverse_lines(found: Inverse) -> list[str]:
    """An inverse analysis in plain words.

    Parameters
    ----------
    found
        As :func:`detente.analyse_inverse` gives it.

    Returns
    -------
    list of str
        Lines of text; an empty line divides answers.
    """
    dispute = found.dispute
    packages = ", with packages as moves" if found.packages else ""
    asked = f"Target: {_target(found)}. Concept: {found.concept}{packages}."
    if found.equilibria:
        return [
            f"No change is needed: {_states(found.equilibria)} "
            f"{'is an equilibrium' if len(found.equilibria) == 1 else 'are equilibria'} already.",
            asked,
        ]
    if not found.parties:
        return [
            "No party's preferences are prioritised statements, so there is nothing to change.",
            asked,
        ]
    names = [_party(dispute, party).name for party in found.parties]
    kinds = joined([_KIND_WORDS[kind] for kind in found.kinds], "or")
    asked = f"{asked} Statements of {joined(names)} may be {kinds}."
    if not found.answers:
        return [_no_answer(found), asked]
    ways = counted(len(found.answers), "way")
    are, others = ("is", "other") if len(found.answers) == 1 else ("are", "others")
    more = "(interrupted)" if found.interrupted else hint("--limit shows more").strip()
    lines = [
        f"The smallest number of changes is {found.least}. "
        + (
            f"There {are} {ways} to do it, and no {others}."
            if found.complete
            else f"There {are} {ways} to do it, and perhaps more{f' {more}' if more else ''}."
        ),
        asked,
    ]
    for number, answer in enumerate(found.answers, start=1):
        lines.append("")
        lines += _answer(found, number, answer)
    return lines


def _target(found: Inverse) -> str:
    named = {outcome.id: outcome.name for outcome in found.dispute.outcomes}
    if found.target.isdigit():
        return f"state {found.target}"
    what = named.get(found.target, found.target)
    return f"{what} ({_states(found.target_states)})"


def _states(states: Sequence[int]) -> str:
    if len(states) > _MOST_STATES:
        return f"{len(states):,} states"
    return f"{'state' if len(states) == 1 else 'states'} {joined([str(one) for one in states])}"


def _no_answer(found: Inverse) -> str:
    if found.complete:
        return (
            f"No set of at most {counted(found.most, 'change')} is enough"
            f"{hint('--max looks for more')}. This is proved."
        )
    stopped = "Interrupted"
    if not found.interrupted:
        stopped = f"After {counted(found.proposals, 'proposal')}"
    if found.least <= 1:
        return f"{stopped}: nothing found so far."
    return f"{stopped}: nothing found so far; fewer than {found.least} changes are not enough."


def _answer(found: Inverse, number: int, answer: ChangeSet) -> Iterator[str]:
    for place, change in enumerate(answer.changes):
        start = f"{number}. " if place == 0 else " " * len(f"{number}. ")
        yield start + change_words(found.dispute, change)
        statement = _statement(found.dispute, change.party, change.statement)
        if place in answer.weakened:
            target = target_formula(found.model, found.target)
            weaker = exception(statement, target).formula.text
            # Where the target is a state of many options, the formula says less than the words.
            told = f", “{weaker}”" if len(weaker) <= _LONGEST_FORMULA else ""
            yield " " * (len(f"{number}. ") + 2) + (
                f"Less is enough: that it makes an exception of the target{told}."
            )
        for line in _standing(statement):
            yield " " * (len(f"{number}. ") + 2) + line
    if len(found.target_states) > 1:
        yield " " * len(f"{number}. ") + f"Equilibria in the target: {_states(answer.states)}."
    for line in _offer_lines(found, answer):
        yield " " * len(f"{number}. ") + line


def _offer_lines(found: Inverse, answer: ChangeSet) -> Iterator[str]:
    """What others could give the parties that would have to change."""
    given: dict[str, list[str]] = {}
    for one in offers(found.model, answer):
        text = _statement(found.dispute, one.party, one.statement).formula.text
        said = f"“{text}”"
        if not is_command_line():
            said = formula_by_names(text, found.dispute, one.party)
        names = [_party(found.dispute, party).name for party in one.by]
        given.setdefault(one.party, []).append(
            f"{said} (statement {one.statement}; {joined(names, 'or')})"
        )
    for party, texts in given.items():
        more = len(texts) - _MOST_OFFERS
        if more > 0:
            texts[_MOST_OFFERS:] = [f"{more} more"]
        yield (
            f"In state {answer.states[0]} others could yet give "
            f"{_party(found.dispute, party).name}: {joined(texts)}."
        )


def change_words(dispute: Dispute, change: Change) -> str:
    """One change in words, such as ``China: no longer mind whether “...” (statement 5 of 9)``."""
    party = _party(dispute, change.party)
    assert isinstance(party.preferences, Statements)
    text = _statement(dispute, change.party, change.statement).formula.text
    formula = formula_by_names(text, dispute, party.id)
    which = say(
        "(statement {place} of {count})",
        place=change.statement,
        count=len(party.preferences.statements),
    )
    match change.kind:
        case "flip":
            statement = _statement(dispute, change.party, change.statement)
            amounts = ""
            if is_conditional(statement):
                amounts = say(
                    "; that is to want {formula}, and not only to cease to mind",
                    formula=formula_by_names(opposite(statement, dispute), dispute, party.id),
                )
            return say(
                "{party}: prefer the opposite of {formula} {which}{amounts}.",
                party=party.name,
                formula=formula,
                which=which,
                amounts=amounts,
            )
        case "drop":
            return say(
                "{party}: no longer mind whether {formula} {which}.",
                party=party.name,
                formula=formula,
                which=which,
            )
        case "move":
            more = (change.place or 0) < change.statement
            return say(
                marked("{party}: take {formula} {which} as more important, in place {place}.")
                if more
                else marked("{party}: take {formula} {which} as less important, in place {place}."),
                party=party.name,
                formula=formula,
                which=which,
                place=change.place,
            )


def _standing(statement: Statement) -> Iterator[str]:
    """How sure the stated preference is, and what it rests on."""
    parts = []
    if statement.confidence is not None:
        parts.append(f"confidence {statement.confidence:g}")
    parts += list(_basis(statement.basis))
    if parts:
        yield (
            f"Now stated with {'; '.join(parts)}."
            if statement.confidence is not None
            else (f"Now stated from {'; '.join(parts)}.")
        )
    for citation in statement.basis.citations:
        if citation.says:
            yield f"Source: {citation.says.strip()}"
    if statement.basis.because:
        yield f"Reason: {statement.basis.because.strip()}"


def _basis(basis: Basis) -> Iterator[str]:
    for citation in basis.citations:
        yield f"source {citation_place(citation)}"
    if basis.judgement:
        yield "the analyst's judgement"


def _party(dispute: Dispute, party: str) -> Party:
    return dispute.parties[dispute.party_numbers[party]]


def _statement(dispute: Dispute, party: str, number: int) -> Statement:
    preferences = _party(dispute, party).preferences
    assert isinstance(preferences, Statements)
    return preferences.statements[number - 1]


def inverse_document(found: Inverse) -> InverseDocument:
    """An inverse analysis as a JSON document, laid out as ``documents/inverse.py`` says."""
    from detente import __version__

    document: InverseDocument = {
        "schema": INVERSE_SCHEMA,
        "version": __version__,
        "dispute": found.dispute.title,
        "concept": found.concept,
        "target": found.target,
        "target_states": list(found.target_states),
        "parties": list(found.parties),
        "kinds": list(found.kinds),
        "max": found.most,
        "equilibrium_counts": {found.concept: found.equilibrium_count},
        "equilibria": list(found.equilibria),
        "least": found.least,
        "complete": found.complete,
        "interrupted": found.interrupted,
        "answers": [
            {
                "changes": [_change(found.dispute, change) for change in answer.changes],
                "states": list(answer.states),
                "weakened": [
                    {
                        "change": place + 1,
                        "prefer": exception(
                            _statement(
                                found.dispute,
                                answer.changes[place].party,
                                answer.changes[place].statement,
                            ),
                            target_formula(found.model, found.target),
                        ).formula.text,
                    }
                    for place in answer.weakened
                ],
                "offers": [
                    {
                        "party": one.party,
                        "statement": one.statement,
                        "prefer": _statement(found.dispute, one.party, one.statement).formula.text,
                        "by": list(one.by),
                    }
                    for one in offers(found.model, answer)
                ],
            }
            for answer in found.answers
        ],
        "text": "\n".join(inverse_lines(found)),
    }
    if found.packages:
        document["packages"] = True
    return document


def _change(dispute: Dispute, change: Change) -> InverseChange:
    statement = _statement(dispute, change.party, change.statement)
    return {
        "party": change.party,
        "statement": change.statement,
        "kind": change.kind,
        "place": change.place,
        "prefer": statement.formula.text,
        "confidence": statement.confidence,
        "words": change_words(dispute, change),
    }
