"""The formulas of a dispute that is being edited, each read as a sentence with names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from detente.changes.references import NamedKind, references
from detente.dispute.dispute import AtLevel, Option
from detente.dispute.errors import DetenteError
from detente.dispute.formula import Names, parse
from detente.files.yaml_text import Trail
from detente.workbench.edits import value_at
from detente.workbench.forms.surroundings import Sentences, Surroundings, surroundings

__all__ = ["QUESTION", "party_of", "sentences_in"]

# Outcomes stand in a sentence by their names, as if each were chosen or not.
_HOLDS = ("no", "yes")
QUESTION = "?"
"""Stands instead of a party for a question of a claim, which is no formula. No id is so."""


def sentences_in(document: Any, more: Iterable[tuple[str | None, str]] = ()) -> Sentences:
    """Say every formula of a document that has a meaning.

    Parameters
    ----------
    document
        Plain values that have the types that the schema allows; None where there are none.
    more
        Other formulas, each with the party whose options it may name bare.

    Returns
    -------
    mapping
        What has no meaning (yet) has no sentence. Questions of claims are said with names.

    See Also
    --------
    detente.report.formula_words.expression_words : makes them.
    """
    from detente.report.formula_words import expression_words, level_words, question_with

    around = surroundings(document or {}, lambda trail: ())
    parties = dict(around.choices("party"))
    options = tuple(_options(around))
    outcomes = dict(around.choices("outcome"))
    called = tuple(outcomes.values())

    def said(number: int, levels: frozenset[int]) -> str:
        if number < len(options):
            one = options[number]
            return level_words(one, parties[one.party], levels)
        return f"“{called[number - len(options)]}” {'holds' if 1 in levels else 'does not hold'}"

    def level_count(number: int) -> int:
        return len(options[number].levels if number < len(options) else _HOLDS)

    numbered = {one.key: (number, one) for number, one in enumerate(options)}
    holding = {
        outcome: AtLevel(number, frozenset({1}))
        for number, outcome in enumerate(outcomes, start=len(options))
    }
    found: dict[tuple[str | None, str], str] = {}
    for party, text in {*_formulas(document), *more}:
        try:
            formula = parse(text, Names(numbered, holding, party))
        except DetenteError:
            continue
        found[party, text] = expression_words(formula.expression, said, level_count)
    titles = {one.key: (one.name, parties[one.party]) for one in options}
    kinds: tuple[NamedKind, ...] = ("issue", "format", "roadmap", "package", "outcome")
    named = {id_: name for kind in kinds for id_, name in around.choices(kind)}
    claims = value_at(document, ("claims",))
    for claim in claims if isinstance(claims, list) else ():
        question = claim.get("ask") if isinstance(claim, Mapping) else None
        if isinstance(question, str):
            found[QUESTION, question] = question_with(question, parties, titles, named)
    return found


def _options(around: Surroundings) -> Iterator[Option]:
    for key in around.known["option"]:
        party, _, option = key.partition(".")
        yield Option(option, party, around.option_name(key), around.levels(key))


def _formulas(document: Any) -> Iterator[tuple[str | None, str]]:
    """Each formula that names something, with the party whose options it may name bare."""
    for one in references(document):
        if one.at_key or one.kind not in ("option", "outcome") or one.trail[0] == "claims":
            continue
        text = value_at(document, one.trail)
        if isinstance(text, str):
            yield party_of(one.trail), text


def party_of(trail: Trail) -> str | None:
    """The party whose own options a formula at a trail may name bare."""
    if trail[0] != "parties":
        return None
    return str(trail[3] if trail[2] == "perceives" else trail[1])
