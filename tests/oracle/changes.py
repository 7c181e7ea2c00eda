"""Changes of stated preferences, counted by trying everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations, product
from typing import Any, TypeAlias

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
    for cost in range(most + 1):
        for chosen in _of_cost(dispute, list(movers), kinds, cost):
            yield cost, chosen


def _of_cost(
    dispute: OracleDispute, movers: list[int], kinds: set[str], cost: int
) -> Iterator[dict[int, Order]]:
    """Every set of exactly so many changes."""
    if not movers:
        if cost == 0:
            yield {}
        return
    party, *others = movers
    preference = dispute.preferences[party]
    assert isinstance(preference, Prioritised)
    for order, own in orders(len(preference.statements), kinds).items():
        if own <= cost:
            for rest in _of_cost(dispute, others, kinds, cost - own):
                yield {party: order, **rest}


def applied(
    dispute: OracleDispute, movers: Sequence[int], changes: Sequence[Any]
) -> dict[int, Order]:
    """Carry out changes literally, for each party: drop, turn round, take out and put in."""
    result: dict[int, Order] = {}
    for party in movers:
        preference = dispute.preferences[party]
        assert isinstance(preference, Prioritised)
        own = [one for one in changes if one.party == f"p{party}"]
        dropped = {one.statement - 1 for one in own if one.kind == "drop"}
        flipped = {one.statement - 1 for one in own if one.kind == "flip"}
        moves = {one.statement - 1: one.place - 1 for one in own if one.kind == "move"}
        order = [n for n in range(len(preference.statements)) if n not in {*dropped, *moves}]
        for statement, place in sorted(moves.items(), key=lambda move: move[1]):
            order.insert(place, statement)
        result[party] = tuple((one, one in flipped) for one in order)
    return result


def descriptions(count: int, order: Order) -> set[frozenset[tuple[int, str]]]:
    """Every way to tell by the fewest changes how so many statements come to an order.

    A way is a set of statements, each with what is done to it.
    """
    kept = tuple(one for one, _ in order)
    done = {(one, "drop") for one in range(count) if one not in kept}
    done |= {(one, "flip") for one, turned in order if turned}
    return {
        frozenset(done | {(one, "move") for one in moved})
        for moved in combinations(kept, min_moves(kept))
        if [one for one in kept if one not in moved] == sorted(set(kept) - set(moved))
    }


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
