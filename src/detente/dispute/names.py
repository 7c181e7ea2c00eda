"""What a user's words mean in a dispute: names of parties, outcomes and the like, and formulas.

Every look-up raises the same kind of error, which lists what is allowed and the nearest name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from detente.dispute.dispute import (
    Dispute,
    Format,
    Formula,
    Issue,
    Option,
    Outcome,
    Package,
    Roadmap,
)
from detente.dispute.errors import QueryError, nearest, shown
from detente.dispute.formula import Names, parse
from detente.dispute.identifiers import composed

__all__ = [
    "format_named",
    "formula_from",
    "issue_named",
    "option_number",
    "option_title",
    "outcome_named",
    "package_named",
    "party_number",
    "roadmap_named",
    "unknown_name",
]

_Value = TypeVar("_Value")
_Entry = TypeVar("_Entry", Outcome, Package, Roadmap, Format, Issue)


def unknown_name(what: str, found: str, allowed: Mapping[str, object] | list[str]) -> QueryError:
    """The error for a name that does not exist.

    Parameters
    ----------
    what
        What is named, such as ``party``.
    found
        The name as written.
    allowed
        The names that exist.

    Returns
    -------
    QueryError
        To be raised by the caller.
    """
    names = list(allowed)
    if not names:
        return QueryError(f"there is no {what} {shown(found)}: the dispute has none", found=found)
    return QueryError(
        f"there is no {what} {shown(found)}",
        found=found,
        allowed=names,
        nearest=nearest(found, names),
    )


def _named(
    what: str, name: str, values: Mapping[str, _Value], called: Mapping[str, Iterable[str]]
) -> _Value:
    """The value with an id; else the one that is called so, if there is just one."""
    name = composed(name)
    if name in values:
        return values[name]
    wanted = " ".join(name.split()).casefold()
    meant = [id_ for id_, names in called.items() if wanted in (one.casefold() for one in names)]
    if len(meant) == 1:
        return values[meant[0]]
    if meant:
        raise QueryError(f"several are called {shown(name)}", found=name, allowed=meant)
    raise unknown_name(what, name, values)


def _entry(what: str, name: str, entries: Iterable[_Entry]) -> _Entry:
    by_id = {one.id: one for one in entries}
    return _named(what, name, by_id, {one.id: (one.name,) for one in by_id.values()})


def party_number(dispute: Dispute, party: str) -> int:
    """Number of a party, from 0, by its id, name or an alias.

    Raises
    ------
    DisputeError
        If there is no such party.
    """
    called = {one.id: (one.name, *one.aliases) for one in dispute.parties}
    return _named("party", party, dispute.party_numbers, called)


def option_number(dispute: Dispute, option: str) -> int:
    """Number of an option, from 0, by its full name or by what it is called.

    Raises
    ------
    DisputeError
        If there is no such option.
    """
    parties = {one.id: one.name for one in dispute.parties}
    called = {one.key: (one.name, f"{parties[one.party]}: {one.name}") for one in dispute.options}
    return _named("option", option, dispute.option_numbers, called)


def option_title(dispute: Dispute, option: Option) -> str:
    """What an option is called where its party is not told beside it.

    Parameters
    ----------
    dispute
        The dispute.
    option
        One of its options.

    Returns
    -------
    str
        Its name; with its party's before it where several options are called so, in the words that
        :func:`option_number` takes.
    """
    alike = sum(one.name.casefold() == option.name.casefold() for one in dispute.options)
    if alike < 2:
        return option.name
    return f"{dispute.parties[dispute.party_numbers[option.party]].name}: {option.name}"


def outcome_named(dispute: Dispute, outcome: str) -> Outcome:
    """The outcome with an id or name.

    Raises
    ------
    DisputeError
        If there is no such outcome.
    """
    return _entry("outcome", outcome, dispute.outcomes)


def package_named(dispute: Dispute, package: str) -> Package:
    """The package with an id or name.

    Raises
    ------
    DisputeError
        If there is no such package.
    """
    return _entry("package", package, dispute.packages)


def roadmap_named(dispute: Dispute, roadmap: str) -> Roadmap:
    """The roadmap with an id or name.

    Raises
    ------
    DisputeError
        If there is no such roadmap.
    """
    return _entry("roadmap", roadmap, dispute.roadmaps)


def format_named(dispute: Dispute, form: str) -> Format:
    """The format with an id or name.

    Raises
    ------
    DisputeError
        If there is no such format.
    """
    return _entry("format", form, dispute.formats)


def issue_named(dispute: Dispute, issue: str) -> Issue:
    """The issue with an id.

    Raises
    ------
    DisputeError
        If there is no such issue.
    """
    return _entry("issue", issue, dispute.issues)


def formula_from(dispute: Dispute, text: str, party: str | None = None) -> Formula:
    """Read a formula that a user wrote outside the dispute file.

    Parameters
    ----------
    dispute
        The dispute whose options and outcomes the formula names.
    text
        The formula; an outcome's id is one.
    party
        The party whose own options may be named bare.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        If the text is not a formula, or has a name that is not known.
    """
    options = {option.key: (number, option) for number, option in enumerate(dispute.options)}
    outcomes = {outcome.id: outcome.formula.expression for outcome in dispute.outcomes}
    return parse(text, Names(options, outcomes, party))
