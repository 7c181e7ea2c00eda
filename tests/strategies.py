"""Random small disputes for Hypothesis, as the oracle and as the engine read them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import prod
from random import Random
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from oracle.coalitions import OraclePackage
from oracle.definitions import (
    COMPARISONS,
    Assignment,
    Condition,
    OracleDispute,
    Ordered,
    Preference,
    Prioritised,
    Weighted,
)

_LEVEL_NAMES = {2: ["no", "yes"], 3: ["none", "small", "large"]}


def conditions(levels: Sequence[int], leaves: int = 4) -> st.SearchStrategy[Condition]:
    """Conditions over options with these numbers of levels."""
    return _conditions(tuple(levels), leaves)


# Kept, because Hypothesis looks through each new strategy, which takes longer than a draw.
@cache
def _conditions(levels: tuple[int, ...], leaves: int) -> st.SearchStrategy[Condition]:
    leaf: st.SearchStrategy[Condition] = st.sampled_from([("true",), ("false",)])
    if levels:
        numbers = st.integers(0, len(levels) - 1)
        leaf = numbers.flatmap(lambda option: _about(option, levels[option]))

    def larger(inside: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        pair = st.tuples(st.sampled_from(["and", "or", "if", "iff"]), inside, inside)
        return st.tuples(st.just("not"), inside) | pair

    return st.recursive(leaf, larger, max_leaves=leaves)


@cache
def _about(option: int, levels: int) -> st.SearchStrategy[Condition]:
    comparison = st.sampled_from(["=", "=", *COMPARISONS])
    level = st.integers(0, levels - 1)
    return st.just(("on", option)) | st.tuples(st.just("is"), st.just(option), comparison, level)


@st.composite
def disputes(draw: st.DrawFn, *, most_states: int = 64, plain: bool = False) -> OracleDispute:
    """A dispute of 2 to 5 parties and 1 to 8 options.

    Where `plain`, without guards and coalesced states.
    """
    parties = draw(st.integers(2, 5))
    counts = [draw(st.sampled_from([1, 0, 1, 2, 2, 3])) for _ in range(parties)]
    counts[0] = counts[0] if any(counts) else 1
    levels = [[draw(st.sampled_from([2, 2, 2, 3])) for _ in range(count)] for count in counts]
    # What is too large loses options of the party that has most, so that many parties can move.
    while prod(map(prod, levels)) > most_states or sum(map(len, levels)) > 8:
        max(levels, key=len).pop()
    owner = [party for party, own in enumerate(levels) for _ in own]
    flat = [count for own in levels for count in own]
    directions = [draw(st.sampled_from([None, None, None, "up", "down"])) for _ in flat]
    condition = conditions(flat)
    guarded = not plain and draw(st.booleans())
    guards = [draw(guards_of(count, condition)) if guarded else [] for count in flat]
    never = draw(st.lists(condition, max_size=2))
    coalesce: list[Condition] = []
    if not plain and draw(st.integers(0, 3)) == 0:
        coalesce.append(draw(condition))
        if draw(st.booleans()):
            # No state may belong to two classes.
            coalesce.append(("and", draw(condition), ("not", coalesce[0])))
    dispute = OracleDispute(parties, owner, flat, directions, guards, never, coalesce)
    assume(dispute.states and all(dispute.states))
    for _ in range(parties):
        dispute.preferences.append(draw(preferences(dispute, condition)))
    return dispute


@st.composite
def contested_disputes(draw: st.DrawFn) -> OracleDispute:
    """Three or four parties that can all move and rank most states differently.

    There is more to gain and to fear in them than in :func:`disputes`.
    """
    parties = draw(st.integers(3, 4))
    owner = [*range(parties), *sorted(draw(st.lists(st.integers(0, parties - 1), max_size=1)))]
    owner.sort()
    levels = [2] * len(owner)
    directions = [draw(st.sampled_from([None, None, None, "up"])) for _ in owner]
    condition = conditions(levels)
    guarded = draw(st.booleans())
    guards = [draw(guards_of(2, condition)) if guarded else [] for _ in owner]
    never = draw(st.lists(condition, max_size=1))
    dispute = OracleDispute(parties, owner, levels, directions, guards, never, [])
    assume(len(dispute.states) > 2)
    # Ranks drawn one by one would mostly be equal: that is simpler.
    generator = Random(draw(st.integers(0, 2**32 - 1)))
    for _ in range(parties):
        values = [generator.randrange(len(dispute.states)) for _ in dispute.states]
        dispute.preferences.append(most_preferred_first(values))
    return dispute


@st.composite
def guards_of(
    draw: st.DrawFn, levels: int, condition: st.SearchStrategy[Condition]
) -> list[tuple[int | None, Condition]]:
    """No guard, one for every change of the option, or one for changes to each of some levels."""
    kind = draw(st.sampled_from(["none", "none", "every", "level"]))
    if kind == "none":
        return []
    if kind == "every":
        return [(None, draw(condition))]
    targets = draw(st.sets(st.integers(0, levels - 1), min_size=1))
    return [(level, draw(condition)) for level in sorted(targets)]


def the_same_within_classes(
    draw: st.DrawFn, dispute: OracleDispute, statement: Condition
) -> Condition:
    """A statement like this one that holds in all members of a coalesced state or in none."""
    for members in dispute.coalesce:
        if draw(st.booleans()):
            statement = ("or", statement, members)
        else:
            statement = ("and", statement, ("not", members))
    return statement


@st.composite
def preferences(
    draw: st.DrawFn, dispute: OracleDispute, condition: st.SearchStrategy[Condition]
) -> Preference:
    """One party's preferences, in any of the three forms."""

    form = draw(st.sampled_from(["statements", "weights", "order"]))
    if form == "order":
        count = len(dispute.states)
        steps = draw(st.lists(st.integers(0, count), min_size=count, max_size=count))
        groups: dict[int, list[int]] = {}
        for number, step in enumerate(steps, start=1):
            groups.setdefault(step, []).append(number)
        return Ordered([groups[step] for step in sorted(groups)])
    stated = [
        the_same_within_classes(draw, dispute, one) for one in draw(st.lists(condition, max_size=5))
    ]
    if form == "statements" or not stated:
        return Prioritised(stated)
    weight = st.sampled_from(["-1", "0.1", "0.2", "0.3", "1", "2.5"]).map(Fraction)
    return Weighted([(one, draw(weight)) for one in stated])


def most_preferred_first(values: list[Any]) -> Ordered:
    """The explicit order of states that have these values."""
    return Ordered(
        [
            [number for number, other in enumerate(values, start=1) if other == value]
            for value in sorted(set(values), reverse=True)
        ]
    )


def reordered(
    dispute: OracleDispute, order: list[int], own_options: list[int] | None = None
) -> tuple[OracleDispute, dict[int, int]]:
    """The same dispute with its parties in another order, and each state's number there.

    ``order`` lists the parties' former places. Options follow their owners, which changes how
    states are numbered; those of one party stand as in ``own_options``, or as before.
    """
    former = range(len(dispute.owner)) if own_options is None else own_options
    options = [option for party in order for option in former if dispute.owner[option] == party]

    def condition(old: Condition) -> Condition:
        match old:
            case ("on", option):
                return ("on", options.index(option))
            case ("is", option, comparison, level):
                return ("is", options.index(option), comparison, level)
            case ("true",) | ("false",):
                return old
            case (connective, *parts):
                return (connective, *map(condition, parts))
        raise ValueError(old)

    result = OracleDispute(
        dispute.parties,
        [order.index(dispute.owner[option]) for option in options],
        [dispute.levels[option] for option in options],
        [dispute.directions[option] for option in options],
        [[(to, condition(when)) for to, when in dispute.guards[option]] for option in options],
        [condition(one) for one in dispute.never],
        [condition(one) for one in dispute.coalesce],
    )
    number_there = {
        number: result.state_of[tuple(min(state)[option] for option in options)] + 1
        for number, state in enumerate(dispute.states, start=1)
    }
    for party in order:
        match dispute.preferences[party]:
            case Prioritised(statements):
                preference: Preference = Prioritised([condition(one) for one in statements])
            case Weighted(statements=weighted):
                preference = Weighted([(condition(one), weight) for one, weight in weighted])
            case Ordered(groups):
                preference = Ordered([[number_there[one] for one in group] for group in groups])
        result.preferences.append(preference)
    return result, number_there


# As a dispute document -----------------------------------------------------------------------


def option_key(dispute: OracleDispute, option: int) -> str:
    """Full name of an option in the document."""
    return f"p{dispute.owner[option]}.o{option}"


def as_text(dispute: OracleDispute, condition: Condition) -> str:
    """A condition as a formula."""
    match condition:
        case ("true",) | ("false",):
            return str(condition[0])
        case ("on", option):
            return option_key(dispute, option)
        case ("is", option, comparison, level):
            name = _LEVEL_NAMES[dispute.levels[option]][level]
            return f"{option_key(dispute, option)} {comparison} {name}"
        case ("not", inside):
            return f"not ({as_text(dispute, inside)})"
        case (operator, left, right):
            return f"({as_text(dispute, left)}) {operator} ({as_text(dispute, right)})"
    raise ValueError(condition)


def document(dispute: OracleDispute, *, numbers: bool = True) -> dict[str, Any]:
    """The dispute as the engine reads it.

    Orders of states give their numbers, or else formulas that they alone meet.
    """

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
                if to is None:
                    entry["when"] = text(condition)
                else:
                    entry.setdefault("when", {})[names[to]] = text(condition)
            options[f"o{option}"] = entry
        preference = dispute.preferences[party]
        if isinstance(preference, Prioritised):
            stated: Any = [text(one) for one in preference.statements]
        elif isinstance(preference, Weighted):
            stated = [
                {"prefer": text(one), "weight": float(weight)}
                for one, weight in preference.statements
            ]
        elif numbers:
            stated = {"order": preference.groups}
        else:
            stated = {
                "order": [
                    [alone_in(dispute, number) for number in group] for group in preference.groups
                ]
            }
        parties[f"p{party}"] = {"name": f"Party {party}", "options": options, "preferences": stated}
    result: dict[str, Any] = {"dispute": "Random", "parties": parties}
    if dispute.never:
        result["constraints"] = [
            {"always": text(one[1])} if one[0] == "not" else {"never": text(one)}
            for one in dispute.never
        ]
    if dispute.coalesce:
        result["coalesce"] = [text(one) for one in dispute.coalesce]
    return result


def alone_in(dispute: OracleDispute, number: int) -> str:
    """A formula that one state meets, given by its number, and no other."""
    members = (
        " and ".join(
            f"{option} = {level}" for option, level in assignment_levels(dispute, one).items()
        )
        for one in sorted(dispute.states[number - 1])
    )
    return " or ".join(f"({one})" for one in members)


def assignment_levels(dispute: OracleDispute, assignment: Assignment) -> dict[str, str]:
    """Level of every option, by full name."""
    return {
        option_key(dispute, option): _LEVEL_NAMES[dispute.levels[option]][level]
        for option, level in enumerate(assignment)
    }


# Packages ------------------------------------------------------------------------------------


@st.composite
def packages(
    draw: st.DrawFn, dispute: OracleDispute, *, least: int = 0, most: int = 2
) -> list[OraclePackage]:
    """A few joint moves of parties that have options."""
    owners = sorted(set(dispute.owner))
    if len(owners) < 2:
        return []
    drawn = []
    for _ in range(draw(st.integers(least, most))):
        members = sorted(draw(st.sets(st.sampled_from(owners), min_size=1, max_size=3)))
        own = [option for option, owner in enumerate(dispute.owner) if owner in members]
        changed = {
            draw(st.sampled_from([o for o in own if dispute.owner[o] == m])) for m in members
        }
        settings = {
            option: draw(st.integers(0, dispute.levels[option] - 1)) for option in sorted(changed)
        }
        when = draw(st.just(("true",)) | conditions(dispute.levels, 2))
        drawn.append(OraclePackage(tuple(members), settings, when))
    return drawn


@st.composite
def disputes_with_packages(draw: st.DrawFn) -> tuple[OracleDispute, list[OraclePackage]]:
    """A dispute and its packages; half of the disputes are contested."""
    if draw(st.booleans()):
        dispute = draw(disputes(most_states=24))
        return dispute, draw(packages(dispute))
    dispute = draw(contested_disputes())
    return dispute, draw(packages(dispute, least=1, most=3))


def with_packages(
    dispute: OracleDispute, described: dict[str, Any], joint: list[OraclePackage]
) -> dict[str, Any]:
    """The dispute's document with packages named q0, q1, ..."""
    entries = {
        f"q{number}": {
            "name": f"Package {number}",
            "parties": [f"p{member}" for member in package.members],
            "set": {
                option_key(dispute, option): _LEVEL_NAMES[dispute.levels[option]][level]
                for option, level in package.settings.items()
            },
            "when": as_text(dispute, package.when),
        }
        for number, package in enumerate(joint)
    }
    return {**described, **({"packages": entries} if entries else {})}
