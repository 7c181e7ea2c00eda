"""The states of a dispute, as arrays.

A state assigns a level to every option. All assignments, feasible or not, form a hypercube with
one axis for each option; a state's *position* is its place in that cube, in the literature's
order (the first option changes fastest, the lowest level first). A *state index* counts the
feasible states only, from 0, and a *state number*, shown to people, is the index plus one.

Where few states of a large cube are feasible, these are listed instead: then a position is a
state's place in the list, which is in the same order, so that state indices do not change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import (
    AtLevel,
    Connective,
    Constant,
    Constraint,
    Dispute,
    Expression,
    Formula,
)
from detente.dispute.errors import DisputeError, LimitError, large_number

__all__ = [
    "StateSpace",
    "evaluate",
    "grid_shape",
    "order_keys",
    "rows_where",
    "state_space",
    "true_at",
]

Keys = NDArray[np.int64] | NDArray[np.bytes_]
"""What orders assignments as the literature does: places in the cube, or bytes where these would
be too large."""

# Trailing axes are merged up to this many states, so that every array operation has long inner
# loops however many two-level axes the cube has.
_INNER_STATES = 4096

# Positions are held as int32 where a list of them is needed.
_MOST_STATES = 2**31 - 1

# Levels of so many positions are worked out for all options at once.
_FEW = 64


def grid_shape(levels: Sequence[int]) -> tuple[int, ...]:
    """Shape of the array in which all states of a dispute are held during evaluation.

    Parameters
    ----------
    levels
        Number of levels of each option.

    Returns
    -------
    tuple of int
        One axis for each of the last options, slowest first, then one axis for all combinations
        of the first options. Flattened in C order, entries stand at their positions.
    """
    inner = _inner_options(levels)
    return (*reversed(levels[inner:]), prod(levels[:inner]))


def _inner_options(levels: Sequence[int]) -> int:
    size = 1
    for count, level_count in enumerate(levels):
        size *= level_count
        if size > _INNER_STATES:
            return count
    return len(levels)


def evaluate(expression: Expression, levels: Sequence[int]) -> NDArray[np.bool_]:
    """Truth of an expression in all states at once.

    Parameters
    ----------
    expression
        A formula's meaning, names resolved.
    levels
        Number of levels of each option.

    Returns
    -------
    numpy.ndarray of bool
        An array that broadcasts to :func:`grid_shape`; axes of options that the expression does
        not name have length one, so cost depends on the options named, not on all states.
    """
    inner = _inner_options(levels)
    axes = len(levels) - inner + 1
    return _truth(
        expression,
        lambda value: np.full((1,) * axes, value),
        lambda option, chosen: _at_level(option, chosen, levels, inner),
    )


def _truth(
    expression: Expression,
    constant: Callable[[bool], NDArray[np.bool_]],
    at_level: Callable[[int, frozenset[int]], NDArray[np.bool_]],
) -> NDArray[np.bool_]:
    """Truth of an expression from the truth of what it is made of."""

    def truth(part: Expression) -> NDArray[np.bool_]:
        match part:
            case Constant(value):
                return constant(value)
            case AtLevel(option, chosen):
                return at_level(option, chosen)
            case Connective("not", (inside,)):
                return np.logical_not(truth(inside))
            case Connective("and", parts):
                return _all_of(truth(p) for p in parts)
            case Connective("or", parts):
                return _any_of(truth(p) for p in parts)
            case Connective("if", (then, condition)):
                return np.logical_or(truth(then), np.logical_not(truth(condition)))
            case Connective("iff", (left, right)):
                return np.equal(truth(left), truth(right))
            case _:
                raise TypeError(f"not an expression: {part!r}")

    return truth(expression)


def _at_level(
    option: int, chosen: Iterable[int], levels: Sequence[int], inner: int
) -> NDArray[np.bool_]:
    at = np.zeros(levels[option], dtype=np.bool_)
    at[list(chosen)] = True
    axes = len(levels) - inner + 1
    if option < inner:
        repeats = prod(levels[:option])
        copies = prod(levels[option + 1 : inner])
        return np.tile(np.repeat(at, repeats), copies).reshape((1,) * (axes - 1) + (-1,))
    shape = [1] * axes
    shape[len(levels) - 1 - option] = levels[option]
    return at.reshape(shape)


def _all_of(truths: Iterable[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    result, *rest = truths
    for other in rest:
        result = np.logical_and(result, other)
    return result


def _any_of(truths: Iterable[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    result, *rest = truths
    for other in rest:
        result = np.logical_or(result, other)
    return result


# Positions of so many states are kept in a second form.
_CONVERTED_UP_TO = 2**20


@dataclass(frozen=True)
class StateSpace:
    """The states of one dispute.

    Attributes
    ----------
    levels
        Number of levels of each option.
    feasible
        For each position, whether the state is feasible.
    classes
        For each coalesced class, the positions of its members.
    table
        Where positions are places in a list: the level of every option at each position, shape
        (positions, options), in the literature's order. None where they are places in the cube.
    """

    levels: tuple[int, ...]
    feasible: NDArray[np.bool_] = field(repr=False)
    classes: tuple[NDArray[np.int32], ...] = ()
    table: NDArray[np.int8] | None = field(default=None, repr=False)

    @property
    def listed(self) -> bool:
        """Whether positions are places in a list rather than in the cube."""
        return self.table is not None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the arrays to which :meth:`evaluate` broadcasts; flat, it is by position."""
        return (self.size,) if self.listed else grid_shape(self.levels)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """By how much a position in the cube grows when an option's level grows by one."""
        assert not self.listed, "places in a list have no strides"
        return tuple(prod(self.levels[:option]) for option in range(len(self.levels)))

    @cached_property
    def _keys(self) -> Keys:
        """The keys of a list's positions, in order."""
        assert self.table is not None
        return order_keys(self.table, self.levels)

    @property
    def size(self) -> int:
        """Number of positions, feasible or not."""
        return int(self.feasible.size)

    @cached_property
    def count(self) -> int:
        """Number of states: feasible ones, with each coalesced class counted once."""
        merged = sum(members.size for members in self.classes)
        return int(np.count_nonzero(self.feasible)) - merged + len(self.classes)

    @property
    def is_whole_cube(self) -> bool:
        """Whether every position is a state, so that positions and state indices agree."""
        return not self.classes and self.count == self.size

    @cached_property
    def positions(self) -> NDArray[np.int32]:
        """Position of each state, in order of number; a class stands at its first member."""
        if not self.classes:
            return np.flatnonzero(self.feasible).astype(np.int32)
        single = self.feasible.copy()
        for members in self.classes:
            single[members] = False
        first = np.array([members[0] for members in self.classes], dtype=np.int32)
        return np.concatenate([np.flatnonzero(single).astype(np.int32), first])

    @cached_property
    def positions_to_read(self) -> NDArray[np.integer]:
        """The same as NumPy takes them, which otherwise converts them at each reading.

        Of many states, for which that would take room, they are left as they are.
        """
        few = self.count <= _CONVERTED_UP_TO
        return self.positions.astype(np.intp) if few else self.positions

    @cached_property
    def indices(self) -> NDArray[np.int32]:
        """State index of each position; -1 where the position is infeasible."""
        indices = np.full(self.size, -1, dtype=np.int32)
        indices[self.positions] = np.arange(self.count, dtype=np.int32)
        for number, members in enumerate(self.classes):
            indices[members] = self.count - len(self.classes) + number
        return indices

    def index_at(self, position: int) -> int | None:
        """State index of one position, or None where it is infeasible."""
        if position < 0 or not self.feasible[position]:
            return None
        if self.classes:
            return int(self.indices[position])
        return int(np.count_nonzero(self.feasible[:position]))

    def indices_at(self, positions: NDArray[np.integer]) -> NDArray[np.int64]:
        """State index of some positions; -1 where they are infeasible."""
        found = positions if self.is_whole_cube else self.indices[positions]
        return found.astype(np.int64)

    def by_state(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """Values given by position, as values by state index (no copy for a whole cube)."""
        return values if self.is_whole_cube else values[self.positions]

    def members(self, index: int) -> NDArray[np.int32]:
        """Positions that make up one state."""
        merged = index - (self.count - len(self.classes))
        if merged >= 0:
            return self.classes[merged]
        return self.positions[index : index + 1]

    def position_of(self, assignment: Sequence[int]) -> int:
        """Position of the state with these levels, one for each option; -1 if it is not listed."""
        if self.listed:
            return int(self._positions_of(np.array([assignment], dtype=np.int8))[0])
        return sum(level * stride for level, stride in zip(assignment, self.strides, strict=True))

    def _positions_of(self, rows: NDArray[np.int8]) -> NDArray[np.int64]:
        """Places in the list of some assignments; -1 where they are not in it."""
        wanted = order_keys(rows, self.levels)
        found = np.searchsorted(self._keys, wanted)
        found[found == self.size] = 0
        found[self._keys[found] != wanted] = -1
        return found.astype(np.int64)

    def level(self, option: int, positions: NDArray[np.integer]) -> NDArray[np.integer]:
        """Level of one option at some positions."""
        found: NDArray[np.integer]
        if self.table is not None:
            found = self.table[positions, option]
        else:
            # NumPy divides numbers several at a time, and takes remainders one by one.
            found = positions // self.strides[option]
            found -= found // self.levels[option] * self.levels[option]
        return found

    def changed(
        self, positions: NDArray[np.integer], settings: Mapping[int, int]
    ) -> NDArray[np.int64]:
        """Positions that result when some options are set, feasible or not.

        Parameters
        ----------
        positions
            Where they are set.
        settings
            Level by option number.

        Returns
        -------
        numpy.ndarray of int64
            One for each position; -1 where the result is not in the list.
        """
        if self.table is not None:
            rows = self.table[positions]
            rows[:, list(settings)] = list(settings.values())
            return self._positions_of(rows)
        ends = positions.astype(np.int64)
        for option, level in settings.items():
            ends += (level - self.level(option, positions)) * self.strides[option]
        return ends

    def contexts(self, positions: NDArray[np.int64], besides: Collection[int]) -> NDArray[np.int64]:
        """A number for each position that tells what the options besides some are at."""
        if self.table is None:
            return self.changed(positions, dict.fromkeys(besides, 0))
        rows = self.levels_at(positions)
        rows[:, sorted(besides)] = 0
        _, numbers = np.unique(order_keys(rows, self.levels), return_inverse=True)
        return numbers.astype(np.int64)

    def feasible_at(self, positions: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether some positions are feasible; -1, which stands for none, is not."""
        found: NDArray[np.bool_] = self.feasible[positions] & (positions >= 0)
        return found

    def levels_at(self, positions: NDArray[np.integer]) -> NDArray[np.int8]:
        """Levels of every option, shape (positions, options)."""
        if self.table is not None:
            rows: NDArray[np.int8] = self.table[positions]
            return rows
        if positions.size <= _FEW:
            return ((positions[:, np.newaxis] // self._strides) % self.levels).astype(np.int8)
        # Option by option there is no wide table of long numbers on the way.
        table = np.empty((positions.size, len(self.levels)), dtype=np.int8)
        for option, (count, stride) in enumerate(zip(self.levels, self.strides, strict=True)):
            table[:, option] = (positions // stride) % count
        return table

    @cached_property
    def _strides(self) -> NDArray[np.int64]:
        return np.array(self.strides, dtype=np.int64)

    def assignments(self, indices: NDArray[np.integer]) -> NDArray[np.int8]:
        """Levels of every option in some states, shape (states, options).

        An option whose level differs among the members of a coalesced state is -1.
        """
        positions = indices.astype(np.int32) if self.is_whole_cube else self.positions[indices]
        table = self.levels_at(positions)
        for row in np.flatnonzero(indices >= self.count - len(self.classes)):
            members = self.levels_at(self.members(int(indices[row])))
            table[row, (members != members[0]).any(axis=0)] = -1
        return table

    def evaluate(self, expression: Expression) -> NDArray[np.bool_]:
        """Truth of an expression, in an array that broadcasts to :attr:`shape`."""
        if self.table is not None:
            return rows_where(expression, self.table)
        return evaluate(expression, self.levels)

    def truth(self, formula: Formula) -> NDArray[np.bool_]:
        """Truth of a formula at every position."""
        return self.spread(self.evaluate(formula.expression))

    def spread(self, values: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """An array that broadcasts to :attr:`shape`, as one value for each position."""
        whole = np.empty(self.shape, dtype=np.bool_)
        whole[...] = values
        return whole.reshape(-1)

    def holds(self, formula: Formula) -> NDArray[np.bool_]:
        """Truth of a formula in every state, by index.

        In a coalesced state a formula holds only where it holds in every member.
        """
        truth = self.truth(formula)
        result = np.array(self.by_state(truth), dtype=np.bool_)
        for number, members in enumerate(self.classes):
            result[self.count - len(self.classes) + number] = truth[members].all()
        return result

    def holds_at(self, expression: Expression, assignment: Sequence[int]) -> bool:
        """Truth of an expression in one state, given by its levels."""
        return true_at(expression, assignment)


def true_at(expression: Expression, assignment: Sequence[int]) -> bool:
    """Truth of an expression in one state, given by its levels."""
    match expression:
        case Constant(value):
            return value
        case AtLevel(option, chosen):
            return assignment[option] in chosen
        case Connective("not", (inside,)):
            return not true_at(inside, assignment)
        case Connective("and", parts):
            return all(true_at(part, assignment) for part in parts)
        case Connective("or", parts):
            return any(true_at(part, assignment) for part in parts)
        case Connective("if", (then, condition)):
            return true_at(then, assignment) or not true_at(condition, assignment)
        case Connective("iff", (left, right)):
            return true_at(left, assignment) == true_at(right, assignment)
        case _:
            raise TypeError(f"not an expression: {expression!r}")


def rows_where(expression: Expression, table: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Truth of an expression in each row of a table of levels, shape (rows, options)."""
    return _truth(
        expression,
        lambda value: np.full(len(table), value),
        lambda option, chosen: np.isin(table[:, option], list(chosen)),
    )


def order_keys(table: NDArray[np.int8], levels: Sequence[int]) -> Keys:
    """Keys by which assignments come in the literature's order, one for each row of levels."""
    if prod(levels) <= 2**62:
        keys = np.zeros(len(table), dtype=np.int64)
        for option in reversed(range(len(levels))):
            keys *= levels[option]
            keys += table[:, option]
        return keys
    # Bytes compare from the first on, so the option that changes slowest comes first.
    reverse = np.ascontiguousarray(table[:, ::-1])
    return reverse.view(f"S{len(levels)}").reshape(-1)


def state_space(dispute: Dispute, table: NDArray[np.int8] | None = None) -> StateSpace:
    """Work out the feasible states of a dispute.

    Parameters
    ----------
    dispute
        The dispute.
    table
        The levels of all its feasible states, one row each, if they are known: then they are
        kept as a list and the cube is not made.

    Returns
    -------
    StateSpace

    Raises
    ------
    DisputeError
        If no state is feasible (the message names a smallest set of constraints that conflict),
        if the status quo is infeasible, or if a coalescing condition holds nowhere or two of
        them overlap.
    LimitError
        If the dispute has too many states to number.
    """
    levels = tuple(len(option.levels) for option in dispute.options)
    if table is not None:
        order = np.argsort(order_keys(table, levels), kind="stable")
        listed = StateSpace(levels, np.ones(len(table), dtype=np.bool_), (), table[order])
        space = replace(listed, classes=_classes(dispute, listed))
        _check_status_quo(dispute, space)
        return space
    if prod(levels) > _MOST_STATES:
        raise LimitError(
            f"{len(levels)} options make {large_number(prod(levels))} states; at most "
            f"{_MOST_STATES:,} can "
            "be numbered: fewer options, or fewer levels, would do",
            path=dispute.path,
        )
    feasible = _feasible(dispute.constraints, levels)
    if not feasible.any():
        raise _no_feasible_state(dispute, levels)
    whole = StateSpace(levels, feasible)
    if dispute.lists_moves:
        # Moves go from state to state: there are no axes of a cube along which they would.
        return state_space(dispute, whole.levels_at(whole.positions))
    space = replace(whole, classes=_classes(dispute, whole))
    _check_status_quo(dispute, space)
    return space


def _feasible(constraints: Iterable[Constraint], levels: tuple[int, ...]) -> NDArray[np.bool_]:
    feasible = np.ones(grid_shape(levels), dtype=np.bool_)
    for constraint in constraints:
        feasible &= ~evaluate(constraint.never.expression, levels)
    return feasible.reshape(-1)


def _no_feasible_state(dispute: Dispute, levels: tuple[int, ...]) -> DisputeError:
    # Deletion filter: drop each constraint in turn and keep it out if the rest still conflict.
    # What stays is a set in which every constraint is needed for the conflict.
    needed = list(dispute.constraints)
    for constraint in dispute.constraints:
        without = [other for other in needed if other is not constraint]
        if not _feasible(without, levels).any():
            needed = without
    listed = "; ".join(f"never “{constraint.never.text}”" for constraint in needed)
    what = "this constraint rules" if len(needed) == 1 else "these constraints together rule"
    return DisputeError(
        f"no state is feasible: {what} out every state: {listed}",
        path=dispute.path,
        place=needed[0].never.place,
        key="constraints",
    )


def _classes(dispute: Dispute, space: StateSpace) -> tuple[NDArray[np.int32], ...]:
    taken = np.zeros(space.size, dtype=np.bool_)
    classes: list[NDArray[np.int32]] = []
    for formula in dispute.coalesce:
        chosen = space.truth(formula) & space.feasible
        problem = None
        if not chosen.any():
            problem = "holds in no feasible state"
        elif (chosen & taken).any():
            problem = "shares states with a condition before it"
        if problem:
            raise DisputeError(
                f"the condition “{formula.text}” {problem}, so its states cannot be coalesced",
                path=dispute.path,
                place=formula.place,
                key="coalesce",
            )
        taken |= chosen
        classes.append(np.flatnonzero(chosen).astype(np.int32))
    return tuple(classes)


def _check_status_quo(dispute: Dispute, space: StateSpace) -> None:
    if dispute.status_quo is None:
        return
    if space.index_at(space.position_of(dispute.status_quo)) is not None:
        return
    broken = next(
        constraint
        for constraint in dispute.constraints
        if space.holds_at(constraint.never.expression, dispute.status_quo)
    )
    raise DisputeError(
        f"the status quo is infeasible: it breaks the constraint never “{broken.never.text}”",
        path=dispute.path,
        place=broken.never.place,
        key="status_quo",
    )
