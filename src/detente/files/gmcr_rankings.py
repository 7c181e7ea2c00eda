"""Orders of states that a ``.gmcr`` file gives by hand, and what may be one.

A file gives each decision maker's preferences as statements, from which GMCR+ works out an order,
or as an order made by hand. Both can stand in one file; a flag says which is meant. Orders and
payoffs go by the number of a state, from 1, where options count in the order of the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import shown
from detente.files.dispute_file import build_dispute
from detente.files.yaml_text import Trail
from detente.space.ranks import party_ranks
from detente.space.states import StateSpace, state_space

__all__ = ["BY_HAND", "FoundOrders", "RankingFault", "may_hold_preferences", "orders_by_hand"]

# The flag that says that orders made by hand are meant, and the key that holds them, by the
# program's version, newest first.
BY_HAND = (
    ("useManualPreferenceRanking", "preferenceRanking"),
    ("useManualPreferenceVectors", "preferenceVector"),
)

# A list of every state is not looked for in larger disputes.
_MOST_OPTIONS = 24

_WORDS_OF_PREFERENCE = re.compile(
    "prefer|payoff|rank|order|vector|weight|utilit|value|score|priorit|strength|attitude|fuzzy|grey",
    re.IGNORECASE,
)


class RankingFault(Exception):
    """Something wrong in an order made by hand, and the path to it."""

    def __init__(self, message: str, at: Trail) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


@dataclass
class FoundOrders:
    """What was found of orders made by hand.

    Attributes
    ----------
    orders
        By id of the party, its order as a dispute file holds it, in this project's numbers of
        states.
    notes
        What was not read, in words.
    losses
        What was not read although preferences may be lost: of what, by which key, and where.
    """

    orders: dict[str, list[Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    losses: dict[tuple[str, str], Trail] = field(default_factory=dict)


def may_hold_preferences(key: str, value: object) -> bool:
    """Whether a key that is not known may hold preferences: by its name, or a list of numbers."""
    if value is None or value is False or value in ("", [], {}):
        return False
    return bool(_WORDS_OF_PREFERENCE.search(key)) or _lists_numbers(value)


def _lists_numbers(value: object) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    return all(
        _lists_numbers([*one, *one])
        if isinstance(one, list) and one
        else isinstance(one, int | float) and not isinstance(one, bool)
        for one in value
    )


def orders_by_hand(
    document: Mapping[str, Any],
    top: Mapping[str, Any],
    makers: Sequence[Mapping[str, Any]],
    order: Sequence[int],
    ignore: Collection[str],
) -> FoundOrders:
    """Find the orders that are made by hand, and compare them with what else the file says.

    Parameters
    ----------
    document
        The dispute with each party's statements.
    top, makers
        The file, and its decision makers, in the order of the document's parties.
    order
        For each option of the document, its number in the file.
    ignore
        Keys that are not to be read.

    Returns
    -------
    FoundOrders

    Raises
    ------
    RankingFault
        If an order that is meant is missing or does not list each state once.
    DisputeError
        If the document is no dispute.
    """
    found = FoundOrders()
    flag, meant = _meant(top, ignore)
    keys = [key for _, key in BY_HAND if key not in ignore] + ["payoffs"]
    given = [key for maker in makers for key in keys if maker.get(key) not in (None, [])]
    if not given and flag is None:
        return found
    if len(order) > _MOST_OPTIONS:
        for key in given:
            found.losses["a decision maker", key] = ("decisionMakers",)
        return found
    dispute = build_dispute(document)
    space = state_space(dispute)
    numbers = _numbers(space, order)
    for position, (maker, party) in enumerate(zip(makers, dispute.parties, strict=True)):
        at: Trail = ("decisionMakers", position)
        ranks: NDArray[np.integer] = party_ranks(dispute, party, space)[space.positions]
        if flag is not None:
            ranking = _ranking(maker, meant, at, numbers, flag)
            stated, ranks = ranks, _ranks(ranking, space.count)
            # Where both say the same, the statements are kept: they say why.
            if not maker.get("preferences") or not np.array_equal(ranks, stated):
                found.orders[party.id] = ranking
                if maker.get("preferences"):
                    found.notes.append(
                        f"the statements of {shown(maker['name'])} are not read: they rank the "
                        f"states otherwise than its {meant}, which is meant as {flag} is true"
                    )
        _compare(maker, at, numbers, ranks, meant if flag else None, top, ignore, found)
    return found


def _meant(top: Mapping[str, Any], ignore: Collection[str]) -> tuple[str | None, str]:
    """The flag that is set, if one is, and the key of the orders that are then meant."""
    for flag, key in BY_HAND:
        value = top.get(flag)
        if value is not None and not isinstance(value, bool):
            raise RankingFault(f"'{flag}' is true or false, and this is neither", (flag,))
        if value and flag not in ignore:
            return flag, key
    return None, BY_HAND[0][1]


def _numbers(space: StateSpace, order: Sequence[int]) -> NDArray[np.int64]:
    """For each state by its number in the file, counted from 0, its number here, from 1."""
    positions = np.zeros(space.count, dtype=np.int64)
    for option, number in enumerate(order):
        level = space.positions.astype(np.int64) // space.strides[option] % 2
        positions += level << number
    return np.argsort(positions) + 1


def _ranking(
    maker: Mapping[str, Any], meant: str, at: Trail, numbers: NDArray[np.int64], flag: str
) -> list[Any]:
    """A decision maker's order, best first, in this project's numbers of states."""
    key = meant
    if maker.get(key) in (None, []):
        key = next((other for _, other in BY_HAND if maker.get(other) not in (None, [])), meant)
    value = maker.get(key)
    if value in (None, []):
        raise RankingFault(
            f"{shown(maker['name'])} has no {meant}, which is needed as {flag} is true; "
            f"--ignore {flag} reads the statements instead",
            at,
        )
    return _checked(value, (*at, key), numbers)


def _checked(value: object, at: Trail, numbers: NDArray[np.int64]) -> list[Any]:
    if not isinstance(value, list):
        raise RankingFault(f"'{at[-1]}' is a list of states, best first", at)
    seen: set[int] = set()

    def state(number: object, place: Trail) -> int:
        if not isinstance(number, int) or isinstance(number, bool):
            raise RankingFault(
                "a state is its number; states held equal are a list of these", place
            )
        if not 1 <= number <= numbers.size:
            raise RankingFault(
                f"there is no state {number}; {numbers.size:,} states are feasible, counted from 1",
                place,
            )
        if number in seen:
            raise RankingFault(f"state {number} stands here twice", place)
        seen.add(number)
        return int(numbers[number - 1])

    ranking: list[Any] = []
    for index, entry in enumerate(value):
        place: Trail = (*at, index)
        if isinstance(entry, list) and entry:
            equal = [state(number, (*place, n)) for n, number in enumerate(entry)]
            ranking.append(equal if len(equal) > 1 else equal[0])
        else:
            ranking.append(state(entry, place))
    if len(seen) < numbers.size:
        missing = next(number for number in range(1, numbers.size + 1) if number not in seen)
        raise RankingFault(
            f"state {missing} is missing; each of the {numbers.size:,} feasible states has a place",
            at,
        )
    return ranking


def _ranks(ranking: Sequence[Any], count: int) -> NDArray[np.int64]:
    """Dense ranks, 1 for the last, by index of the state."""
    ranks = np.zeros(count, dtype=np.int64)
    for place, entry in enumerate(reversed(ranking), start=1):
        for number in entry if isinstance(entry, list) else [entry]:
            ranks[number - 1] = place
    return ranks


def _compare(
    maker: Mapping[str, Any],
    at: Trail,
    numbers: NDArray[np.int64],
    ranks: NDArray[np.integer],
    meant: str | None,
    top: Mapping[str, Any],
    ignore: Collection[str],
    found: FoundOrders,
) -> None:
    """Look whether orders that are not meant, and payoffs, say what is read all the same."""
    for flag, key in BY_HAND:
        if key == meant or maker.get(key) in (None, []) or key in ignore:
            continue
        try:
            same = np.array_equal(
                _ranks(_checked(maker[key], (*at, key), numbers), ranks.size), ranks
            )
        except RankingFault:
            same = False
        if same:
            continue
        if meant is None and flag not in top:
            found.losses.setdefault(("a decision maker", key), (*at, key))
        found.notes.append(
            f"the {key} of {shown(maker['name'])} is not read, as {flag} is not true; it does not "
            "rank the states as they are read"
        )
    payoffs = maker.get("payoffs")
    if payoffs not in (None, []) and not _ordered_alike(payoffs, numbers, ranks):
        found.losses.setdefault(("a decision maker", "payoffs"), (*at, "payoffs"))
        found.notes.append(
            f"the key 'payoffs' of {shown(maker['name'])} is not read; they do not rank the states "
            "as they are read"
        )


def _ordered_alike(payoffs: object, numbers: NDArray[np.int64], ranks: NDArray[np.integer]) -> bool:
    """Whether payoffs, more for a better state, order the states as ranks do."""
    if not isinstance(payoffs, list) or len(payoffs) != ranks.size:
        return False
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in payoffs):
        return False
    by_state = np.empty(ranks.size)
    by_state[numbers - 1] = payoffs
    own = np.unique(by_state, return_inverse=True)[1]
    return np.array_equal(own, np.unique(ranks, return_inverse=True)[1])
