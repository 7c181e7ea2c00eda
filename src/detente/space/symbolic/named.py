"""Which state a user means, where states are sets held as diagrams."""

from __future__ import annotations

from collections.abc import Sequence

from detente.dispute.errors import DisputeError, QueryError, nearest, shown
from detente.dispute.formula import FormulaError
from detente.dispute.names import formula_from
from detente.space.named_states import STATUS_QUO, digits_of_number, named_state
from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.states import (
    first_member,
    first_states,
    numbered_state,
    state_number,
)

__all__ = ["least_changed", "nearest_state", "symbolic_state", "symbolic_states_meant"]


def symbolic_state(game: SymbolicGame, text: str) -> tuple[int, ...]:
    """The one state that a user means, as :func:`detente.space.named_states.state_number` reads it.

    Parameters
    ----------
    game
        The dispute.
    text
        ``status_quo``, a number, an outcome's id, or a formula that exactly one state meets; each
        with or without what differs from it.

    Returns
    -------
    tuple of int
        Levels of every option; of a coalesced state those of its first member.

    Raises
    ------
    DisputeError
        If there is no such state, or if the words fit several.
    """
    named = named_state(game.dispute, text)
    levels = list(_base(game, named.base))
    if not named.settings:
        return tuple(levels)
    for option, level in named.settings:
        levels[option] = level
    here = game.here.state(levels)
    if (here & game.feasible).satisfiable():
        return tuple(levels)
    broken = [
        one.never.text
        for one in game.dispute.constraints
        if (here & game.here.truth(one.never.expression)).satisfiable()
    ]
    why = f": it would be what never is, “{broken[0]}”" if broken else ""
    raise QueryError(f"{shown(named.text)} is not a feasible state{why}", found=named.text)


def symbolic_states_meant(game: SymbolicGame, text: str) -> Diagram:
    """The states that a user means, as :func:`detente.space.named_states.states_meant` reads it.

    Parameters
    ----------
    game
        The dispute.
    text
        ``status_quo``, a number, either with what differs from it, an outcome's id or a formula.

    Returns
    -------
    Diagram
        At least one state.

    Raises
    ------
    DisputeError
        If there is no such state, outcome or option, or if the formula holds in no state.
    """
    named = named_state(game.dispute, text)
    if not named.settings and _numbered(game, named.base) is None:
        return _holding(game, named.base)
    return game.whole_state(symbolic_state(game, text))


def _numbered(game: SymbolicGame, base: str) -> tuple[int, ...] | None:
    """The state that is the status quo or has this number; None of other words."""
    dispute = game.dispute
    if base.lower().replace("-", "_") == STATUS_QUO:
        if dispute.status_quo is None:
            raise DisputeError("this dispute names no status quo", path=dispute.path)
        return dispute.status_quo
    digits = digits_of_number(base)
    if digits is None:
        return None
    count = game.count(game.feasible)
    if len(digits) > len(str(count)) or not 1 <= int(digits) <= count:
        raise QueryError(
            f"there is no state {digits[:20]}; the states are 1 to {count}, or {STATUS_QUO}",
            found=base,
        )
    return numbered_state(game, int(digits))


def _holding(game: SymbolicGame, base: str) -> Diagram:
    """The states in which a formula holds; there is one at least."""
    dispute = game.dispute
    try:
        formula = formula_from(dispute, base)
    except FormulaError as error:
        names = [STATUS_QUO, *(one.id for one in dispute.outcomes)]
        raise QueryError(
            f"there is no state {shown(base)}: {error.message}; a state is {STATUS_QUO}, "
            f"a number from 1 to {game.count(game.feasible)}, an outcome's id or a formula",
            found=error.found or base,
            nearest=error.nearest or nearest(base, names),
        ) from None
    holding = game.holds(game.here.truth(formula.expression))
    if not holding.satisfiable():
        raise DisputeError(f"“{base}” holds in no feasible state", path=dispute.path)
    return holding


def _base(game: SymbolicGame, base: str) -> tuple[int, ...]:
    state = _numbered(game, base)
    if state is not None:
        return state
    dispute, holding = game.dispute, _holding(game, base)
    number = game.count(holding)
    if number == 1:
        return next(first_states(game, holding, 1))
    if base in {one.id for one in dispute.outcomes} and dispute.status_quo is not None:
        return nearest_state(game, holding, dispute.status_quo)
    raise QueryError(
        f"“{base}” is true in {number:,} states, and one is asked for: narrow it by ‘and’",
        found=base,
    )


def least_changed(game: SymbolicGame, states: Diagram, state: Sequence[int]) -> tuple[int, ...]:
    """The first of some states in which the fewest options differ from a state.

    Parameters
    ----------
    game
        The dispute.
    states
        The set; it is not empty.
    state
        Levels of every option. Where it is coalesced, an option in which its members differ is not
        compared, and in which those of a state in the set do, it counts as changed.

    Returns
    -------
    tuple of int
        Levels of every option; of a coalesced state those of its first member.
    """
    levels = game.levels_of(state)
    single = states & ~game.in_classes
    found = [
        first_member(game, members) for members in game.classes if (members & states).satisfiable()
    ]
    if single.satisfiable():
        before = tuple(-1 if level is None else level for level in levels)
        found.append(nearest_state(game, single, before))

    def changed(one: tuple[int, ...]) -> tuple[int, int]:
        there = game.levels_of(one)
        number = sum(new != old for new, old in zip(there, levels, strict=True))
        return number, state_number(game, one)

    return min(found, key=changed)


def nearest_state(game: SymbolicGame, states: Diagram, levels: tuple[int, ...]) -> tuple[int, ...]:
    """The first of the states in a set that differ from some levels in the fewest options.

    Parameters
    ----------
    game
        The dispute.
    states
        The set; it is not empty.
    levels
        One for each option; -1 where it does not count.

    Returns
    -------
    tuple of int
        Levels of every option.
    """
    # `within[n]` are the assignments that differ in at most *n* of the options looked at so far.
    within = [game.diagrams.true]
    for option, level in enumerate(levels):
        if level < 0:
            continue
        same = game.here.at_level(option, level)
        within.append(game.diagrams.true)
        for most in reversed(range(len(within))):
            fewer = within[most - 1] if most else game.diagrams.false
            within[most] = same.ite(within[most], fewer)
    near = next(one & states for one in within if (one & states).satisfiable())
    return next(first_states(game, near, 1))
