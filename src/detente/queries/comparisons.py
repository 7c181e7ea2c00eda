"""Comparisons with other things being equal.

After von Wright (*The Logic of Preference*, 1963): to prefer A to B, other things being equal, is
to prefer each state with A and without B to each state with B and without A that agrees with it
in every option of which neither A nor B speaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import AtLevel, Connective, Expression
from detente.space.states import StateSpace

__all__ = ["Pairs", "compare", "matched", "options_named"]

_Keys = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Two sets of states and the pairs between them that are alike in the other options.

    Attributes
    ----------
    first, second
        Positions of the states of either set that have a partner.
    first_context, second_context
        What the other options are at; partners have it in common.
    """

    first: NDArray[np.int64]
    first_context: _Keys
    second: NDArray[np.int64]
    second_context: _Keys

    @cached_property
    def count(self) -> int:
        """Number of pairs."""
        return int((self.partners_end - self.partners_begin).sum())

    @cached_property
    def _second_in_order(self) -> NDArray[np.int64]:
        return np.sort(self.second_context)

    @cached_property
    def partners_begin(self) -> NDArray[np.intp]:
        """Where each of the first has its first partner, where the second are in order."""
        return np.searchsorted(self._second_in_order, self.first_context)

    @cached_property
    def partners_end(self) -> NDArray[np.intp]:
        """The same of the place after its last partner."""
        return np.searchsorted(self._second_in_order, self.first_context + 1)

    @cached_property
    def only_partner(self) -> NDArray[np.intp] | None:
        """The entry of the partner of each of the first, where each has just one."""
        if (self.partners_end - self.partners_begin != 1).any():
            return None
        partner: NDArray[np.intp] = np.argsort(self.second_context)[self.partners_begin]
        return partner


def options_named(expression: Expression) -> Iterator[int]:
    """Numbers of the options of which a formula speaks, outcomes written out."""
    match expression:
        case AtLevel(option, _):
            yield option
        case Connective(_, parts):
            for part in parts:
                yield from options_named(part)


def matched(
    space: StateSpace,
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    named: set[int],
) -> Pairs:
    """Pair the states of two sets that agree in every option not named.

    Parameters
    ----------
    space
        The states.
    first, second
        The sets, by position.
    named
        Numbers of the options in which partners may differ.

    Returns
    -------
    Pairs
    """
    sides = [np.flatnonzero(side & space.feasible).astype(np.int64) for side in (first, second)]
    contexts = _contexts(space, sides, named)
    # NumPy's own way of asking this imports what nothing else needs.
    keep = [
        _between(np.sort(other), context, context + 1) > 0
        for context, other in zip(contexts, reversed(contexts), strict=True)
    ]
    return Pairs(sides[0][keep[0]], contexts[0][keep[0]], sides[1][keep[1]], contexts[1][keep[1]])


def _contexts(
    space: StateSpace, sides: Sequence[NDArray[np.int64]], named: set[int]
) -> list[_Keys]:
    """A number for each position that tells what the options not named are at."""
    return np.split(space.contexts(np.concatenate(sides), named), [sides[0].size])


def compare(
    pairs: Pairs,
    first: NDArray[np.integer],
    second: NDArray[np.integer],
    far: NDArray[np.integer] | None = None,
) -> tuple[int, int, tuple[int, int] | None, tuple[int, int] | None]:
    """In how many pairs the first state's value is above the second's.

    Parameters
    ----------
    pairs
        The pairs.
    first, second
        A value for the states of either side, in their order, from 0.
    far
        How far each state of the first side is from where one looks: the nearest makes the example.

    Returns
    -------
    above, below : int
        Numbers of pairs; where neither counts, the values are equal.
    example, counterexample : tuple of two ints or None
        A pair in which the first state is above, and one in which it is not, as entries of
        either side.
    """
    if pairs.only_partner is not None:
        return _compare_each(first, second, pairs.only_partner, far)
    size = int(max(first.max(initial=0), second.max(initial=0))) + 1
    own = pairs.first_context * size + first
    other = pairs.second_context * size + second
    order = np.argsort(other, kind="stable")
    ordered = other[order]
    # In order of values too, partners lie between the same bounds.
    begin, end = pairs.partners_begin, pairs.partners_end
    below_first = np.searchsorted(ordered, own) - begin
    above_first = end - np.searchsorted(ordered, own + 1)
    example = counterexample = None
    if below_first.any():
        entry = _nearest(below_first > 0, far)
        example = (entry, int(order[begin[entry]]))
    if (below_first < end - begin).any():
        entry = _nearest(below_first < end - begin, far)
        counterexample = (entry, int(order[end[entry] - 1]))
    return int(below_first.sum()), int(above_first.sum()), example, counterexample


def _compare_each(
    first: NDArray[np.integer],
    second: NDArray[np.integer],
    partner: NDArray[np.intp],
    far: NDArray[np.integer] | None,
) -> tuple[int, int, tuple[int, int] | None, tuple[int, int] | None]:
    """The same where each of the first has one partner."""
    others = second[partner]
    above = first > others
    example = counterexample = None
    count = int(np.count_nonzero(above))
    if count:
        entry = _nearest(above, far)
        example = (entry, int(partner[entry]))
    if count < above.size:
        entry = _nearest(~above, far)
        counterexample = (entry, int(partner[entry]))
    return count, int(np.count_nonzero(first < others)), example, counterexample


def _nearest(among: NDArray[np.bool_], far: NDArray[np.integer] | None) -> int:
    """The nearest entry among some, the first of several."""
    if far is None:
        return int(np.argmax(among))
    entries = np.flatnonzero(among)
    return int(entries[np.argmin(far[entries])])


def _between(ordered: _Keys, start: _Keys, end: _Keys) -> NDArray[np.int64]:
    """How many of the ordered keys are at least `start` and less than `end`."""
    count: NDArray[np.int64] = np.searchsorted(ordered, end) - np.searchsorted(ordered, start)
    return count.astype(np.int64)
