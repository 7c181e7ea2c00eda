"""Changes of stated preferences: statements reversed, dropped, or moved in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from detente.dispute.dispute import Dispute, Party, Statement, Statements
from detente.dispute.formula import negation

__all__ = [
    "CHANGE_KINDS",
    "Change",
    "ChangeKind",
    "Order",
    "changeable_parties",
    "changed",
    "changes_in",
    "changes_to",
    "stated_order",
]

ChangeKind: TypeAlias = Literal["flip", "drop", "move"]

CHANGE_KINDS: tuple[ChangeKind, ...] = ("flip", "drop", "move")

Order: TypeAlias = tuple[tuple[int, bool], ...]
"""A party's changed preferences: the numbers (from 0) of the statements that are kept, most
important first, each with whether it is reversed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one party's preferences.

    Attributes
    ----------
    party
        Id of the party.
    statement
        Number of the statement as the file gives it, from 1.
    kind
        ``flip``: the party prefers the opposite; ``drop``: it does not mind; ``move``: the
        statement is of another importance.
    place
        Where the statement is moved to: its place, from 1, among those that are kept.
    """

    party: str
    statement: int
    kind: ChangeKind
    place: int | None = None


def changeable_parties(dispute: Dispute) -> list[int]:
    """Numbers of the parties with prioritised statements, which can be changed."""
    return [
        number
        for number, party in enumerate(dispute.parties)
        if isinstance(party.preferences, Statements) and not party.preferences.weighted
    ]


def stated_order(party: Party) -> Order:
    """A party's preferences as they stand; they must be prioritised statements."""
    assert isinstance(party.preferences, Statements)
    return tuple((number, False) for number in range(len(party.preferences.statements)))


def changed(dispute: Dispute, orders: Mapping[int, Order]) -> Dispute:
    """A dispute with some parties' preferences changed.

    Parameters
    ----------
    dispute
        The dispute.
    orders
        By number of party, its changed preferences.

    Returns
    -------
    Dispute
    """
    parties = list(dispute.parties)
    for number, order in orders.items():
        preferences = parties[number].preferences
        assert isinstance(preferences, Statements)
        kept = tuple(_turned(preferences.statements[one], turn) for one, turn in order)
        parties[number] = replace(parties[number], preferences=Statements(kept))
    return replace(dispute, parties=tuple(parties))


def _turned(statement: Statement, turn: bool) -> Statement:
    return replace(statement, formula=negation(statement.formula)) if turn else statement


def changes_to(party: Party, order: Order) -> tuple[Change, ...]:
    """The fewest changes that lead from a party's stated preferences to others.

    Of several ways to tell a new order, statements that become more important are preferred to
    those that become less.

    Parameters
    ----------
    party
        The party.
    order
        Its changed preferences.

    Returns
    -------
    tuple of Change
    """
    kept = [number for number, _ in order]
    return _changes(party, order, set(kept) - _longest_rising(kept))


def _changes(party: Party, order: Order, moved: Collection[int]) -> tuple[Change, ...]:
    """Changes that lead to an order, where certain statements are moved."""
    places = {number: place for place, (number, _) in enumerate(order, start=1)}
    changes = []
    for number, _ in stated_order(party):
        if number not in places:
            changes.append(Change(party.id, number + 1, "drop"))
            continue
        if (number, True) in order:
            changes.append(Change(party.id, number + 1, "flip"))
        if number in moved:
            changes.append(Change(party.id, number + 1, "move", places[number]))
    return tuple(changes)


def changes_in(
    dispute: Dispute,
    orders: Mapping[int, Order],
    moved: Mapping[int, Collection[int]] | None = None,
) -> tuple[Change, ...]:
    """The fewest changes that lead to changed preferences, by party; see :func:`changes_to`.

    Where several ways lead there, `moved` may say which statements of each party are moved.
    """
    return tuple(
        change
        for party, order in sorted(orders.items())
        for change in (
            changes_to(dispute.parties[party], order)
            if moved is None
            else _changes(dispute.parties[party], order, moved[party])
        )
    )


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """A longest rising subsequence; of several, the first in the order of the numbers."""
    best: list[tuple[int, ...]] = []
    for place, number in enumerate(numbers):
        before = [best[p] for p in range(place) if numbers[p] < number]
        best.append((*_first_longest(before), number))
    return set(_first_longest(best))


def _first_longest(runs: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    longest = max(map(len, runs), default=0)
    return min((run for run in runs if len(run) == longest), default=())
