"""Changes of stated preferences, counted by trying everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, permutations, product
from typing import Any, TypeAlias

from oracle.definitions import Condition, OracleDispute, Prioritised

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


def weakened(
    dispute: OracleDispute,
    movers: Sequence[int],
    changes: Sequence[Any],
    targets: set[int],
    concept: str,
    judge: Callable[[OracleDispute], Any],
) -> tuple[int, ...]:
    """The changes in place of which exceptions of the target do: the largest set, the first."""
    able = []
    for place, one in enumerate(changes):
        stated = dispute.preferences[int(one.party[1:])]
        assert isinstance(stated, Prioritised)
        if one.kind != "move" and stated.statements[one.statement - 1][0] == "if":
            able.append(place)
    orders_told = applied(dispute, movers, changes)
    for size in range(len(able), 0, -1):
        for chosen in combinations(able, size):
            other = changed(dispute, orders_told)
            for party in movers:
                own = [one for one in changes if one.party == f"p{party}"]
                excepted = {changes[p].statement - 1 for p in chosen if changes[p] in own}
                moved = {one.statement - 1 for one in own if one.kind == "move"}
                stated = dispute.preferences[party]
                assert isinstance(stated, Prioritised)
                told: list[tuple[int, Condition]] = []
                for one, turned in orders_told[party]:
                    statement = stated.statements[one]
                    told.append((one, ("not", statement) if turned else statement))
                for one in sorted(excepted):
                    _, then, when = stated.statements[one]
                    weaker = (one, ("if", then, ("and", when, ("not", ("target",)))))
                    there = [place for place, (n, _) in enumerate(told) if n == one]
                    if there:
                        told[there[0]] = weaker
                        continue
                    later = [p for p, (n, _) in enumerate(told) if n > one and n not in moved]
                    told.insert(later[0] if later else len(told), weaker)
                other.preferences[party] = Prioritised(
                    [_with_target(dispute, targets, condition) for _, condition in told]
                )
            if _reached(other, judge, targets, concept):
                return chosen
    return ()


def _with_target(dispute: OracleDispute, targets: set[int], condition: Condition) -> Condition:
    """A condition in which the target is written out, by the levels of its states."""
    if condition == ("target",):
        result: Condition = ("false",)
        for state in targets:
            for member in dispute.states[state]:
                exactly: Condition = ("true",)
                for option, level in enumerate(member):
                    exactly = ("and", exactly, ("is", option, "=", level))
                result = ("or", result, exactly)
        return result
    if condition[0] in ("not", "and", "or", "if", "iff"):
        return (condition[0], *(_with_target(dispute, targets, one) for one in condition[1:]))
    return condition


def _reached(
    dispute: OracleDispute, judge: Callable[[OracleDispute], Any], targets: set[int], concept: str
) -> bool:
    try:
        return any(
            all(judge(dispute).stable(concept, party, state) for party in range(dispute.parties))
            for state in targets
        )
    except ValueError:
        # Members of a coalesced state are told apart.
        return False
