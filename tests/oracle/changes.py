"""Changes of stated preferences, counted by trying everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import TypeAlias

from oracle.definitions import OracleDispute, Prioritised

Order: TypeAlias = tuple[tuple[int, bool], ...]
"""Numbers of the statements kept, most important first, each with whether it is turned round."""


def orders(count: int, kinds: set[str]) -> dict[Order, int]:
    """Every way to change so many statements, with the number of changes it takes at least."""
    found = {}
    for fates in product(("keep", "flip", "drop"), repeat=count):
        if set(fates) - {"keep"} - kinds:
            continue
        kept = [one for one in range(count) if fates[one] != "drop"]
        for order in permutations(kept):
            moves = min_moves(order)
            if moves and "move" not in kinds:
                continue
            key = tuple((one, fates[one] == "flip") for one in order)
            found[key] = moves + sum(fate != "keep" for fate in fates)
    return found


def min_moves(order: tuple[int, ...]) -> int:
    """How many must be taken out and put back elsewhere, by trying every set."""
    for mask in sorted(range(2 ** len(order)), key=lambda one: one.bit_count()):
        rest = [one for place, one in enumerate(order) if not mask >> place & 1]
        if rest == sorted(rest):
            return mask.bit_count()
    raise AssertionError(order)


def profiles(
    dispute: OracleDispute, movers: Sequence[int], kinds: set[str], most: int
) -> Iterator[tuple[int, dict[int, Order]]]:
    """Every set of at most so many changes of some parties' statements, fewest first."""
    ways = []
    for party in movers:
        preference = dispute.preferences[party]
        assert isinstance(preference, Prioritised)
        ways.append(orders(len(preference.statements), kinds))
    every = (
        (sum(way[order] for way, order in zip(ways, chosen, strict=True)), chosen)
        for chosen in product(*ways)
    )
    for cost, chosen in sorted((one for one in every if one[0] <= most), key=lambda one: one[0]):
        yield cost, dict(zip(movers, chosen, strict=True))


def changed(dispute: OracleDispute, orders: Mapping[int, Order]) -> OracleDispute:
    """The dispute with some parties' statements changed."""
    preferences = list(dispute.preferences)
    for party, order in orders.items():
        stated = dispute.preferences[party]
        assert isinstance(stated, Prioritised)
        preferences[party] = Prioritised(
            [
                ("not", stated.statements[one]) if turned else stated.statements[one]
                for one, turned in order
            ]
        )
    return OracleDispute(
        dispute.parties,
        dispute.owner,
        dispute.levels,
        dispute.directions,
        dispute.guards,
        dispute.never,
        dispute.coalesce,
        preferences,
    )
