"""Which state a user means: one notation for every command, page and question.

A state is written as ``status_quo``, as its number, as an outcome's id, or as a formula. To each of
these may be added what differs from it: ``status_quo + {a.dam: yes, b.export: no}``.
``docs/reference/query-language.md`` describes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, QueryError, nearest, shown
from detente.dispute.formula import FormulaError
from detente.dispute.names import formula_from, option_number
from detente.space.graph_model import GraphModel

__all__ = [
    "STATUS_QUO",
    "NamedState",
    "digits_of_number",
    "listed_states",
    "named_state",
    "nearest_to",
    "state_name",
    "state_number",
    "state_numbers",
    "states_meant",
]

STATUS_QUO = "status_quo"

# As many digits as any number of states has; more would only be slow to read.
_LONGEST_NUMBER = 11

_NUMBER = re.compile(r"(?:state\s+)?(?P<digits>[0-9]+)")
_WITH_SETTINGS = re.compile(r"(?P<base>[^{}]*?)\s*\+\s*\{(?P<settings>[^{}]*)\}\s*", re.DOTALL)
# Commas between states, and not those between the settings of one.
_BETWEEN_STATES = re.compile(r",(?![^{}]*\})")
_SETTING = re.compile(r"\s*(?P<option>[^\s:=]+)\s*[:=]\s*(?P<level>[^\s:=]+)\s*")

_PIECE = 2**18

# How many settings a message writes out to name a state.
_MOST_WRITTEN = 4


@dataclass(frozen=True, slots=True)
class NamedState:
    """A state as a user wrote it, with the names of its settings resolved.

    Attributes
    ----------
    base
        What comes before the settings: ``status_quo``, a number, an outcome's id or a formula.
    settings
        Numbers of options, with the levels to which they are set.
    text
        As written.
    """

    base: str
    settings: tuple[tuple[int, int], ...]
    text: str


def named_state(dispute: Dispute, text: str) -> NamedState:
    """Read how a state is named.

    Parameters
    ----------
    dispute
        The dispute whose options it names.
    text
        What the user wrote.

    Returns
    -------
    NamedState

    Raises
    ------
    DisputeError
        If an option or a level is unknown, or if an option is set twice. Whether there is a state
        of this name is found by :func:`state_number`.
    """
    found = _WITH_SETTINGS.fullmatch(text.strip())
    if found is None:
        if "{" in text or "}" in text:
            raise QueryError(
                f"{shown(text)} is not the name of a state; what differs from a state is written "
                "so: status_quo + {party.option: level}",
                found=text,
            )
        return NamedState(text.strip(), (), text)
    settings: dict[int, int] = {}
    for entry in filter(str.strip, found["settings"].split(",")):
        option, level = _setting(dispute, entry)
        if option in settings:
            raise QueryError(
                f"{dispute.options[option].key} is set a second time", found=entry.strip()
            )
        settings[option] = level
    return NamedState(found["base"].strip(), tuple(settings.items()), text)


def _setting(dispute: Dispute, text: str) -> tuple[int, int]:
    found = _SETTING.fullmatch(text)
    if found is None:
        raise QueryError(
            f"{shown(text.strip())} sets no option; write party.option: level", found=text.strip()
        )
    number = option_number(dispute, found["option"])
    levels = dispute.options[number].levels
    if found["level"] not in levels:
        raise QueryError(
            f"{found['option']} has no level {shown(found['level'])}",
            found=found["level"],
            allowed=list(levels),
            nearest=nearest(found["level"], levels),
        )
    return number, levels.index(found["level"])


def state_number(model: GraphModel, text: str) -> int:
    """The number of the one state that a user means.

    Parameters
    ----------
    model
        The graph model.
    text
        ``status_quo``, a number, an outcome's id (of its states that which differs from the status
        quo in the fewest options), or a formula that exactly one state meets; each with or without
        what differs from it, as in ``status_quo + {a.dam: yes}``.

    Returns
    -------
    int

    Raises
    ------
    DisputeError
        If there is no such state, or if the words fit several. The message counts them.
    """
    named = named_state(model.dispute, text)
    return _with_settings(model, named, _base(model, named.base))


def state_numbers(model: GraphModel, given: Iterable[int | str]) -> list[int]:
    """Numbers of several states, each given by its number or its name.

    Parameters
    ----------
    model
        The graph model.
    given
        Numbers, or names as :func:`state_number` takes them.

    Returns
    -------
    list of int

    Raises
    ------
    DisputeError
        As :func:`state_number`.
    """
    return [state_number(model, str(one)) for one in given]


def listed_states(text: str) -> list[str]:
    """What a user lists, divided at its commas; numbers may be divided by spaces too.

    >>> listed_states("12 40, status_quo + {a.dam: yes, b.export: no}, war")
    ['12', '40', 'status_quo + {a.dam: yes, b.export: no}', 'war']
    """
    listed: list[str] = []
    for part in _BETWEEN_STATES.split(text):
        words = part.split()
        listed += words if all(map(str.isdigit, words)) else [part.strip()]
    return listed


def states_meant(model: GraphModel, text: str) -> NDArray[np.bool_]:
    """The states that a user means: one by name, or all that meet a formula.

    Parameters
    ----------
    model
        The graph model.
    text
        ``status_quo``, a number, either with what differs from it, an outcome's id or a formula.

    Returns
    -------
    numpy.ndarray of bool
        By state index; at least one is meant.

    Raises
    ------
    DisputeError
        If there is no such state, outcome or option, or if the formula holds in no state.
    """
    named = named_state(model.dispute, text)
    if not named.settings:
        found = _numbered(model, named.base)
        if found is None:
            return _holding(model, named.base)
    chosen = np.zeros(model.space.count, dtype=np.bool_)
    chosen[state_number(model, text) - 1] = True
    return chosen


def state_name(model: GraphModel, number: int) -> str:
    """A state in the notation that is read here.

    Parameters
    ----------
    model
        The graph model.
    number
        Number of the state.

    Returns
    -------
    str
        Such as ``status_quo + {a.dam: yes}``; its number where there is no status quo, or where it
        is not one assignment of levels.
    """
    status_quo = model.dispute.status_quo
    levels = model.space.assignments(np.array([number - 1]))[0].tolist()
    if status_quo is None or -1 in levels:
        return str(number)
    settings = ", ".join(
        f"{option.key}: {option.levels[new]}"
        for option, old, new in zip(model.dispute.options, status_quo, levels, strict=True)
        if old != new
    )
    return f"{STATUS_QUO} + {{{settings}}}" if settings else STATUS_QUO


def digits_of_number(base: str) -> str | None:
    """The digits of a state's number, where a state is named by one."""
    found = _NUMBER.fullmatch(base)
    return None if found is None else found["digits"]


def _numbered(model: GraphModel, base: str) -> int | None:
    """The state's number where it is named by one, or as the status quo."""
    if base.lower().replace("-", "_") == STATUS_QUO:
        if model.status_quo is None:
            raise DisputeError("this dispute names no status quo", path=model.dispute.path)
        return model.status_quo + 1
    digits = digits_of_number(base)
    if digits is None:
        return None
    if len(digits) <= _LONGEST_NUMBER and 1 <= int(digits) <= model.space.count:
        return int(digits)
    raise QueryError(
        f"there is no state {digits[:20]}; the states are 1 to {model.space.count}, or "
        f"{STATUS_QUO}",
        found=base,
    )


def _holding(model: GraphModel, base: str) -> NDArray[np.bool_]:
    try:
        formula = formula_from(model.dispute, base)
    except FormulaError as error:
        raise _not_a_state(model, base, error) from None
    holding: NDArray[np.bool_] = model.space.holds(formula)
    if not holding.any():
        raise DisputeError(f"“{base}” holds in no feasible state", path=model.dispute.path)
    return holding


def _not_a_state(model: GraphModel, base: str, error: FormulaError) -> QueryError:
    """Of words that name nothing: what a state may be named by, and the nearest name."""
    names = [STATUS_QUO, *(one.id for one in model.dispute.outcomes)]
    near = error.nearest or nearest(base, names)
    return QueryError(
        f"there is no state {shown(base)}: {error.message}; a state is {STATUS_QUO}, "
        f"a number from 1 to {model.space.count}, an outcome's id or a formula",
        found=error.found or base,
        nearest=near,
    )


def _base(model: GraphModel, base: str) -> int:
    number = _numbered(model, base)
    if number is not None:
        return number
    holding = np.flatnonzero(_holding(model, base))
    if holding.size == 1:
        return int(holding[0]) + 1
    outcomes = {one.id for one in model.dispute.outcomes}
    status_quo = model.dispute.status_quo
    if status_quo is None:
        raise QueryError(
            f"“{base}” is true in {holding.size:,} states, and one is asked for: narrow it by "
            f"‘and’, or give a state's number, such as {int(holding[0]) + 1}",
            found=base,
        )
    number = nearest_to(model, holding, status_quo)
    if base in outcomes:
        return number
    raise QueryError(
        f"“{base}” is true in {holding.size:,} states, and one is asked for: narrow it by ‘and’, "
        f"or name one, such as {_example(model, number)}",
        found=base,
    )


def _example(model: GraphModel, number: int) -> str:
    """The state nearest to the status quo, as it may be written."""
    name = state_name(model, number)
    if name.count(":") > _MOST_WRITTEN or name == str(number):
        return f"{number}, the nearest to the status quo"
    return f"{name} (state {number}), the nearest to the status quo"


def nearest_to(model: GraphModel, indices: NDArray[np.int64], levels: tuple[int, ...]) -> int:
    """The state that differs from some levels in the fewest options; the first of several.

    Parameters
    ----------
    model
        The graph model.
    indices
        Indices of the states among which it is looked for; at least one.
    levels
        A level for each option.

    Returns
    -------
    int
        Its number.
    """
    wanted = np.array(levels)
    found, least = -1, len(levels) + 1
    # In pieces: a table of all levels in all states may be large.
    for first in range(0, indices.size, _PIECE):
        piece = indices[first : first + _PIECE]
        changed = np.count_nonzero(model.space.assignments(piece) != wanted, axis=1)
        place = int(np.argmin(changed))
        if changed[place] < least:
            found, least = int(piece[place]), int(changed[place])
    return found + 1


def _with_settings(model: GraphModel, named: NamedState, number: int) -> int:
    if not named.settings:
        return number
    space = model.space
    levels = space.assignments(np.array([number - 1]))[0].tolist()
    if number - 1 == model.status_quo and model.dispute.status_quo is not None:
        # Where states are coalesced, the status quo is still one assignment.
        levels = list(model.dispute.status_quo)
    for option, level in named.settings:
        levels[option] = level
    if -1 in levels:
        raise QueryError(
            f"state {number} joins several assignments of levels; start from another state",
            found=named.text,
        )
    index = space.index_at(space.position_of(levels))
    if index is not None:
        return index + 1
    broken = next(
        (
            one.never.text
            for one in model.dispute.constraints
            if space.holds_at(one.never.expression, levels)
        ),
        None,
    )
    why = "" if broken is None else f": it would be what never is, “{broken}”"
    raise QueryError(f"{shown(named.text)} is not a feasible state{why}", found=named.text)
