"""A formula said back as a sentence, or with names instead of ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from detente.dispute.dispute import (
    AtLevel,
    Connective,
    Constant,
    Dispute,
    Expression,
    Option,
    Statements,
)
from detente.dispute.formula import names_used
from detente.report.face import is_command_line
from detente.report.language import marked, say
from detente.report.words import quoted
from detente.robustness.draws import NO_HIGHER, Input

__all__ = [
    "expression_words",
    "formula_by_names",
    "formula_words",
    "input_words",
    "level_words",
    "question_by_names",
    "question_with",
    "statement_words",
]

CONNECTIVES = (
    marked("not"),
    marked("and"),
    marked("or"),
    marked("if"),
    marked("iff"),
    marked("true"),
    marked("false"),
)
"""The words of the language of formulas, as they are said with names instead of ids."""

# A comparator with its level, which may look like a name; or a name.
_PARTS = re.compile(r"(?:==|!=|<=|>=|=|<|>)\s*[^\s()=!<>]+|[^\W\d_][^\s()=!<>]*")


def formula_words(expression: Expression, dispute: Dispute) -> str:
    """Say what a formula asks of a state.

    Parameters
    ----------
    expression
        The meaning of a formula.
    dispute
        The dispute whose options it speaks of.

    Returns
    -------
    str
        A sentence, such as ``“Test” of North Korea is not chosen.``
    """

    def said(option: int, levels: frozenset[int]) -> str:
        one = dispute.options[option]
        party = next(party.name for party in dispute.parties if party.id == one.party)
        return level_words(one, party, levels)

    return expression_words(expression, said, lambda option: len(dispute.options[option].levels))


def expression_words(
    expression: Expression,
    said: Callable[[int, frozenset[int]], str],
    level_count: Callable[[int], int],
) -> str:
    """Say what a formula asks of a state, whatever its options are.

    Parameters
    ----------
    expression
        The meaning of a formula.
    said
        Says that an option, by its number, stands at one of some levels.
    level_count
        How many levels an option has.

    Returns
    -------
    str
        A sentence.
    """
    text = _words(expression, said, level_count)
    return f"{text[:1].upper()}{text[1:]}."


def statement_words(dispute: Dispute, party: str, number: int) -> str:
    """One preference statement in a few words.

    Parameters
    ----------
    dispute
        The dispute.
    party
        Id of the party.
    number
        Which of its statements, from 1.

    Returns
    -------
    str
        By names; to who types commands, as a command takes it: ``us.2 “not strike”``.
    """
    one = dispute.parties[dispute.party_numbers[party]]
    assert isinstance(one.preferences, Statements), "only statements have numbers"
    text = one.preferences.statements[number - 1].formula.text
    if is_command_line():
        return f"{party}.{number} {quoted(text)}"
    return say(
        "{party}, preference {number}: {formula}",
        party=one.name,
        number=number,
        formula=formula_by_names(text, dispute, party),
    )


def input_words(dispute: Dispute, one: Input) -> str:
    """What differs between draws, in a few words: a statement, or its place in the order."""
    if is_command_line():
        return f"{one.id}: {one.text}"
    party = dispute.parties[dispute.party_numbers[one.party]]
    if not isinstance(party.preferences, Statements):
        return f"{party.name}: {one.text}"
    said = statement_words(dispute, one.party, one.number)
    return said if one.kind == "held" else f"{said}: {NO_HIGHER}"


def formula_by_names(text: str, dispute: Dispute, party: str | None = None) -> str:
    """A formula as it is written, with names instead of ids.

    Parameters
    ----------
    text
        The formula.
    dispute
        The dispute of whose options and outcomes it speaks.
    party
        Id of the party whose formula it is, whose own options may be named bare.

    Returns
    -------
    str
        Such as ``“Send arms” if not “Withdraw” (Russia)``; options of others with their party.
    """
    used = set(names_used(text))
    options = {option.key: option for option in dispute.options}
    outcomes = {outcome.id: outcome.name for outcome in dispute.outcomes}

    def named(found: re.Match[str]) -> str:
        word = found[0]
        if word not in used:
            return say(word) if word in CONNECTIVES else word
        own = f"{party}.{word}"
        if own in options:
            return quoted(options[own].name)
        if word in options:
            owner = options[word].party
            whose = dispute.parties[dispute.party_numbers[owner]].name
            return f"{quoted(options[word].name)}{'' if owner == party else f' ({whose})'}"
        return quoted(outcomes[word]) if word in outcomes else word

    return " ".join(_PARTS.sub(named, text).split())


def question_by_names(text: str, dispute: Dispute) -> str:
    """A question of a claim with names instead of ids.

    Parameters
    ----------
    text
        The question, such as ``where status_quo: us accepts deal``.
    dispute
        The dispute of which it asks.

    Returns
    -------
    str
        Such as ``where the status quo: the United States accepts “A deal”``; what is no id stays.
        An option that is named bare is one of a party that the question names.
    """
    parties = {party.id: party.name for party in dispute.parties}
    options = {option.key: (option.name, parties[option.party]) for option in dispute.options}
    several = (dispute.issues, dispute.formats, dispute.roadmaps, dispute.packages)
    named = {one.id: one.name for some in (*several, dispute.outcomes) for one in some}
    return question_with(text, parties, options, named)


def question_with(
    text: str,
    parties: Mapping[str, str],
    options: Mapping[str, tuple[str, str]],
    named: Mapping[str, str],
) -> str:
    """A question with names instead of ids, as far as they are given.

    Parameters
    ----------
    text
        The question.
    parties
        What parties are called, by id.
    options
        What options are called, and their parties, by full name.
    named
        What all else is called, by id.

    Returns
    -------
    str
        As :func:`question_by_names`.
    """
    asked = {word for word in _PARTS.findall(text) if word in parties}
    called = {"status_quo": "the status quo"}
    for key, (name, _) in options.items():
        party, _, own = key.partition(".")
        if party in asked:
            called.setdefault(own, quoted(name))
    called |= {id_: quoted(name) for id_, name in named.items()}
    called |= parties
    called |= {key: f"{quoted(name)} ({party})" for key, (name, party) in options.items()}

    def word_called(found: re.Match[str]) -> str:
        word = found[0].rstrip(":,;")
        return called.get(word, word) + found[0][len(word) :]

    return " ".join(_PARTS.sub(word_called, text).split())


_Said = Callable[[int, frozenset[int]], str]
_Count = Callable[[int], int]


def _words(expression: Expression, said: _Said, level_count: _Count) -> str:
    part = partial(_part, said=said, level_count=level_count)
    match expression:
        case Constant(value):
            return "any state is meant" if value else "no state is meant"
        case AtLevel(option, levels):
            return said(option, levels)
        case Connective("not", (AtLevel(option, levels),)):
            return said(option, frozenset(range(level_count(option))) - levels)
        case Connective("not", (inside,)):
            return f"it is not so that {part(inside)}"
        case Connective("and", parts):
            return _joined([part(one) for one in parts], "and", "both")
        case Connective("or", parts):
            return _joined([part(one) for one in parts], "or", "either")
        case Connective("if", (then, condition)):
            return f"if {part(condition)}, then {part(then)}"
        case Connective(_, (left, right)):
            return f"{part(left)} exactly when {part(right)}"
    raise AssertionError(expression)


def _part(expression: Expression, *, said: _Said, level_count: _Count) -> str:
    """A part of a longer sentence; in brackets where it could be read in two ways."""
    words = _words(expression, said, level_count)
    simple = not isinstance(expression, Connective) or (
        expression.operator == "not" and isinstance(expression.parts[0], AtLevel)
    )
    return words if simple else f"({words})"


def _joined(parts: list[str], word: str, two: str) -> str:
    if len(parts) == 2:
        return f"{two} {parts[0]} {word} {parts[1]}"
    return f"{', '.join(parts[:-1])}, {word} {parts[-1]}"


def level_words(option: Option, party: str, levels: frozenset[int]) -> str:
    """Say that an option stands at one of some levels.

    Parameters
    ----------
    option
        The option.
    party
        What its party is called.
    levels
        Numbers of the levels.

    Returns
    -------
    str
        Such as ``“Test” of North Korea is not chosen``.
    """
    what = f"“{option.name}” of {party}"
    count = len(option.levels)
    if option.levels == ("no", "yes") and len(levels) == 1:
        return f"{what} is chosen" if 1 in levels else f"{what} is not chosen"
    if not levels:
        return f"{what} has no level at all"
    if len(levels) == count:
        return f"{what} is at any level"
    names = [option.levels[level] for level in sorted(levels)]
    if len(levels) == 1:
        return f"{what} is at “{names[0]}”"
    if levels == frozenset(range(min(levels), count)):
        return f"{what} is at “{names[0]}” or higher"
    if levels == frozenset(range(max(levels) + 1)):
        return f"{what} is at “{names[-1]}” or lower"
    return f"{what} is at " + " or ".join(f"“{name}”" for name in names)
