"""Single states of sets held as diagrams: their numbers, the first ones, random ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame

__all__ = [
    "each_once",
    "first_member",
    "first_states",
    "numbered_state",
    "random_states",
    "state_number",
]


def state_number(game: SymbolicGame, state: Sequence[int]) -> int:
    """Number of a feasible state, from 1, as the cube would number it.

    Parameters
    ----------
    game
        The dispute.
    state
        Its levels, one for each option.

    Returns
    -------
    int
        Coalesced states come last.
    """
    here = game.here.state(state)
    single = game.feasible & ~game.in_classes
    for number, members in enumerate(game.classes):
        if (here & members).satisfiable():
            return game.count(single) + number + 1
    before = game.diagrams.false
    for option, level in enumerate(state):
        lower = game.here.at_levels(option, frozenset(range(level)))
        before = lower | (game.here.at_level(option, level) & before)
    return game.count(single & before) + 1


def numbered_state(game: SymbolicGame, number: int) -> tuple[int, ...]:
    """The feasible state of a number, from 1: what :func:`state_number` gives is undone.

    Parameters
    ----------
    game
        The dispute.
    number
        At most the number of states.

    Returns
    -------
    tuple of int
        Levels of every option; of a coalesced state those of its first member.
    """
    left = game.feasible & ~game.in_classes
    single = game.count(left)
    if number > single:
        return next(first_states(game, game.classes[number - single - 1], 1))
    state = [0] * len(game.here.levels)
    for option in reversed(range(len(state))):
        for level in range(game.here.levels[option]):
            inside = left & game.here.at_level(option, level)
            count = game.count(inside)
            if number <= count:
                state[option], left = level, inside
                break
            number -= count
    return tuple(state)


def first_states(game: SymbolicGame, states: Diagram, limit: int) -> Iterator[tuple[int, ...]]:
    """The states of lowest number in a set.

    Parameters
    ----------
    game
        The dispute.
    states
        The set.
    limit
        Give at most this many.

    Yields
    ------
    tuple of int
        Levels of every option; of a coalesced state those of its first member.
    """
    left = limit
    for state in islice(_in_order(game, states & ~game.in_classes), limit):
        left -= 1
        yield state
    for members in game.classes:
        if left and (states & members).satisfiable():
            left -= 1
            yield from islice(_in_order(game, states & members), 1)


def first_member(game: SymbolicGame, states: Diagram) -> tuple[int, ...]:
    """The levels of the first of some states, which may be members of a coalesced state.

    First in the literature's order: the last option counts most.
    """
    levels = game.here.levels
    state = [0] * len(levels)
    for option in reversed(range(len(levels))):
        for level in range(levels[option]):
            inside = states & game.here.at_level(option, level)
            if inside.satisfiable():
                state[option] = level
                states = inside
                break
    return tuple(state)


def each_once(game: SymbolicGame) -> Diagram:
    """The feasible states, of each coalesced one the first member alone."""
    members = (game.here.state(first_member(game, one)) for one in game.classes)
    return game.diagrams.any_of([game.feasible & ~game.in_classes, *members])


def _in_order(game: SymbolicGame, states: Diagram) -> Iterator[tuple[int, ...]]:
    levels = game.here.levels
    state = [0] * len(levels)

    def descend(option: int, left: Diagram) -> Iterator[tuple[int, ...]]:
        if not left.satisfiable():
            return
        if option < 0:
            yield tuple(state)
            return
        for level in range(levels[option]):
            state[option] = level
            yield from descend(option - 1, left & game.here.at_level(option, level))

    return descend(len(levels) - 1, states)


def random_states(
    game: SymbolicGame, states: Diagram, count: int, random: Random
) -> Iterator[tuple[int, ...]]:
    """States drawn from a set, each equally likely at each draw.

    Parameters
    ----------
    game
        The dispute.
    states
        A set that is not empty. Each member of a coalesced state is drawn by itself.
    count
        How many draws.
    random
        Where chance comes from.

    Yields
    ------
    tuple of int
        Levels of every option.
    """
    bits = sorted(bit for own in game.here.bits for bit in own)
    place_of = {bit: place for place, bit in enumerate(bits)}
    known: dict[Diagram, int] = {}

    def place(node: Diagram) -> int:
        """Which of the bits a diagram branches on first."""
        variable = node.node_var()
        return len(bits) if variable is None else place_of[variable]

    def size(node: Diagram) -> int:
        """How many assignments of the bits from its own place on a diagram holds."""
        cofactors = node.cofactors()
        if cofactors is None:
            return int(node.satisfiable())
        if node not in known:
            own = place(node) + 1
            known[node] = sum(size(one) << (place(one) - own) for one in cofactors)
        return known[node]

    for _ in range(count):
        digits = dict.fromkeys(bits, 0)
        node = states
        for at, bit in enumerate(bits):
            cofactors = node.cofactors()
            if cofactors is None or place(node) > at:
                digits[bit] = random.getrandbits(1)
                continue
            upper, lower = cofactors
            above = size(upper) << (place(upper) - at - 1)
            digits[bit] = int(random.randrange(size(node)) < above)
            node = upper if digits[bit] else lower
        yield tuple(
            sum(digits[bit] << number for number, bit in enumerate(own)) for own in game.here.bits
        )
