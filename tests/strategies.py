"""Random small disputes for Hypothesis, as the oracle and as the engine read them."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from oracle.definitions import (
    Assignment,
    Condition,
    OracleDispute,
    Ordered,
    Preference,
    Prioritised,
    Weighted,
)

_LEVEL_NAMES = {2: ["no", "yes"], 3: ["none", "small", "large"]}


def conditions(levels: list[int], leaves: int = 4) -> st.SearchStrategy[Condition]:
    """Conditions over options with these numbers of levels."""

    def at_level(option: int) -> st.SearchStrategy[Condition]:
        level = st.integers(0, levels[option] - 1)
        return level.map(lambda chosen: ("is", option, frozenset([chosen])))

    leaf: st.SearchStrategy[Condition] = st.sampled_from([("true",), ("false",)])
    if levels:
        leaf = st.integers(0, len(levels) - 1).flatmap(at_level)

    def larger(inside: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        pair = st.tuples(st.sampled_from(["and", "or", "if", "iff"]), inside, inside)
        return st.tuples(st.just("not"), inside) | pair

    return st.recursive(leaf, larger, max_leaves=leaves)


@st.composite
def disputes(draw: st.DrawFn, *, most_states: int = 48, plain: bool = False) -> OracleDispute:
    """A dispute of 2 to 5 parties and 1 to 8 options.

    Where `plain`, without guards and coalesced states.
    """
    parties = draw(st.integers(2, 5))
    owner = sorted(draw(st.lists(st.integers(0, parties - 1), min_size=1, max_size=8)))
    levels = [draw(st.sampled_from([2, 2, 2, 3])) for _ in owner]
    while prod(levels) > most_states:
        levels.pop()
        owner.pop()
    directions = [draw(st.sampled_from([None, None, None, "up", "down"])) for _ in levels]
    condition = conditions(levels)
    guards: list[list[tuple[int | None, Condition]]] = [[] for _ in levels]
    coalesce: list[Condition] = []
    if not plain and draw(st.booleans()):
        for option, count in enumerate(levels):
            if draw(st.integers(0, 3)) == 0:
                to = draw(st.none() | st.integers(0, count - 1))
                guards[option].append((to, draw(condition)))
    never = draw(st.lists(condition, max_size=2))
    if not plain and draw(st.integers(0, 3)) == 0:
        coalesce = draw(st.lists(condition, min_size=1, max_size=2))
    dispute = OracleDispute(parties, owner, levels, directions, guards, never, coalesce)
    sizes = [len(state) for state in dispute.states]
    assume(sizes and all(sizes) and sum(sizes) == len(dispute.state_of))
    for _ in range(parties):
        dispute.preferences.append(draw(preferences(dispute, condition)))
    return dispute


@st.composite
def preferences(
    draw: st.DrawFn, dispute: OracleDispute, condition: st.SearchStrategy[Condition]
) -> Preference:
    """One party's preferences, in any of the three forms."""
    form = (
        "order" if dispute.coalesce else draw(st.sampled_from(["statements", "weights", "order"]))
    )
    if form == "statements":
        return Prioritised(draw(st.lists(condition, max_size=5)))
    if form == "weights":
        weight = st.sampled_from(["-1", "0.1", "0.2", "0.3", "1", "2.5"]).map(Fraction)
        return Weighted(draw(st.lists(st.tuples(condition, weight), min_size=1, max_size=5)))
    count = len(dispute.states)
    steps = draw(st.lists(st.integers(0, count), min_size=count, max_size=count))
    groups: dict[int, list[int]] = {}
    for number, step in enumerate(steps, start=1):
        groups.setdefault(step, []).append(number)
    return Ordered([groups[step] for step in sorted(groups)])


# As a dispute document -----------------------------------------------------------------------


def option_key(dispute: OracleDispute, option: int) -> str:
    """Full name of an option in the document."""
    return f"p{dispute.owner[option]}.o{option}"


def as_text(dispute: OracleDispute, condition: Condition) -> str:
    """A condition as a formula."""
    match condition:
        case ("true",) | ("false",):
            return str(condition[0])
        case ("is", option, levels):
            (level,) = levels
            name = _LEVEL_NAMES[dispute.levels[option]][level]
            return f"{option_key(dispute, option)} = {name}"
        case ("not", inside):
            return f"not ({as_text(dispute, inside)})"
        case (operator, left, right):
            return f"({as_text(dispute, left)}) {operator} ({as_text(dispute, right)})"
    raise ValueError(condition)


def document(dispute: OracleDispute) -> dict[str, Any]:
    """The dispute as the engine reads it."""

    def text(condition: Condition) -> str:
        return as_text(dispute, condition)

    parties: dict[str, Any] = {}
    for party in range(dispute.parties):
        options: dict[str, Any] = {}
        for option, owner in enumerate(dispute.owner):
            if owner != party:
                continue
            names = _LEVEL_NAMES[dispute.levels[option]]
            entry: dict[str, Any] = {"levels": names}
            if dispute.directions[option]:
                entry["irreversible"] = dispute.directions[option]
            for to, condition in dispute.guards[option]:
                entry["when"] = text(condition) if to is None else {names[to]: text(condition)}
            options[f"o{option}"] = entry
        preference = dispute.preferences[party]
        if isinstance(preference, Prioritised):
            stated: Any = [text(one) for one in preference.statements]
        elif isinstance(preference, Weighted):
            stated = [
                {"prefer": text(one), "weight": float(weight)}
                for one, weight in preference.statements
            ]
        else:
            stated = {"order": preference.groups}
        parties[f"p{party}"] = {"name": f"Party {party}", "options": options, "preferences": stated}
    result: dict[str, Any] = {"dispute": "Random", "parties": parties}
    if dispute.never:
        result["constraints"] = [{"never": text(one)} for one in dispute.never]
    if dispute.coalesce:
        result["coalesce"] = [text(one) for one in dispute.coalesce]
    return result


def assignment_levels(dispute: OracleDispute, assignment: Assignment) -> dict[str, str]:
    """Level of every option, by full name."""
    return {
        option_key(dispute, option): _LEVEL_NAMES[dispute.levels[option]][level]
        for option, level in enumerate(assignment)
    }
