"""Disputes as games of one simultaneous choice, in the files of Gambit (``.nfg``, ``.efg``).

Each party chooses once, without knowing the others' choices: a strategy is one combination of
levels of its own options, and the payoff is its rank of the state that results (an ordinal: only
which of two is larger means anything). ``docs/how-to/neighbours.md`` says what that keeps.

Both formats are a few lines of text and are written here: Gambit's own library is under the
General Public License, and is used by the tests alone, which read these files with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError
from detente.dispute.visible_text import visible
from detente.files.left_behind import parts_left_behind
from detente.space.moves import Moves, moves
from detente.space.ranks import ranks
from detente.space.representation import positions_in_cube
from detente.space.states import state_space

__all__ = ["MOST_ENDS", "MOST_PROFILES", "convert_to_nfg", "efg_written"]

MOST_PROFILES = 1_000_000
"""Largest number of profiles of a game in strategic form."""

MOST_ENDS = 20_000
"""Largest number of ends of a game tree."""

_COMMENT = (
    "Payoffs are ranks: higher is better, equal is indifferent, 1 is the worst feasible state; "
    "how far apart they are means nothing. An infeasible state has, for everybody, minus the "
    "least number of parties that would have to choose otherwise for it to be feasible."
)


def convert_to_nfg(dispute: Dispute) -> tuple[bytes, tuple[str, ...]]:
    """A dispute as a game in strategic form, in Gambit's format ``.nfg``.

    Parameters
    ----------
    dispute
        The dispute, with at most :data:`MOST_PROFILES` combinations of levels.

    Returns
    -------
    bytes
        What goes into the file, in UTF-8.
    tuple of str
        What the game does not carry.

    Raises
    ------
    LimitError
        If there are more combinations.
    DisputeError
        If the dispute's ranks cannot be worked out.
    """
    payoffs, all_moves, notes = _game(dispute, MOST_PROFILES, "in strategic form")
    names = " ".join(_text(name) for name in _party_names(dispute))
    strategies = " ".join(
        "{ " + " ".join(_text(one) for one in _strategies(dispute, all_moves, party)) + " }"
        for party in range(len(dispute.parties))
    )
    # The first player's strategy changes fastest, as the first party's options do here.
    numbers = "\n".join(" ".join(map(str, row)) for row in payoffs.T.tolist())
    text = (
        f"NFG 1 R {_text(dispute.title)} {{ {names} }}\n{{ {strategies} }}\n"
        f"{_text(_COMMENT)}\n\n{numbers}\n"
    )
    return text.encode(), notes


def efg_written(dispute: Dispute) -> tuple[bytes, tuple[str, ...]]:
    """The same game in extensive form, in Gambit's format ``.efg``.

    Parties choose in the order of the file, each without knowing what was chosen before.

    Parameters
    ----------
    dispute
        The dispute, with at most :data:`MOST_ENDS` combinations of levels.

    Returns
    -------
    bytes
        What goes into the file, in UTF-8.
    tuple of str
        What the game does not carry.

    Raises
    ------
    LimitError
        If there are more combinations.
    DisputeError
        If the dispute's ranks cannot be worked out.
    """
    payoffs, all_moves, notes = _game(dispute, MOST_ENDS, "in extensive form")
    names = " ".join(_text(name) for name in _party_names(dispute))
    head = f"EFG 2 R {_text(dispute.title)} {{ {names} }}\n{_text(_COMMENT)}\n\n"
    return (head + "".join(_tree(dispute, all_moves, payoffs))).encode(), notes


def _tree(dispute: Dispute, all_moves: Moves, payoffs: NDArray[np.int64]) -> Iterator[str]:
    """The nodes in the order in which a walk down the tree meets them."""
    count = len(dispute.parties)
    counts = [axis.length for axis in all_moves.axes]
    inner = [axis.inner for axis in all_moves.axes]
    actions = [
        " ".join(_text(one) for one in _strategies(dispute, all_moves, party))
        for party in range(count)
    ]
    before: tuple[int, ...] | None = None
    for end, profile in enumerate(product(*map(range, counts)), start=1):
        # Parties from the first whose choice is new on choose again, at nodes of their own.
        new = next((n for n in range(count) if before and before[n] != profile[n]), -1) + 1
        for party in range(new, count):
            # One information set for each party: it cannot tell its nodes apart.
            yield f'p "" {party + 1} 1 "" {{ {actions[party]} }} 0\n'
        position = sum(one * step for one, step in zip(profile, inner, strict=True))
        numbers = ", ".join(map(str, payoffs[:, position].tolist()))
        yield f't "" {end} "" {{ {numbers} }}\n'
        before = profile


def _game(
    dispute: Dispute, most: int, form: str
) -> tuple[NDArray[np.int64], Moves, tuple[str, ...]]:
    """Payoffs of every profile, shape (parties, positions of the cube), and what is left behind."""
    profiles = positions_in_cube(dispute)
    if profiles > most:
        raise LimitError(
            f"a game {form} lists all {profiles:,} combinations of the options' levels, and at "
            f"most {most:,} are written"
        )
    space = state_space(dispute)
    all_moves = moves(dispute, space)
    position_ranks = ranks(dispute, space).astype(np.int64)
    away = _changes_to_feasible(space.feasible, [axis.length for axis in all_moves.axes])
    return np.where(space.feasible, position_ranks, -away), all_moves, _not_carried(dispute)


def _changes_to_feasible(feasible: NDArray[np.bool_], counts: list[int]) -> NDArray[np.int64]:
    """How many parties have to choose otherwise, at least, for each position to be feasible.

    Payoffs that fall with it keep an infeasible profile from being an equilibrium: somebody
    betters itself by one step back. No party is better off in it than in any feasible one.
    """
    reached = feasible.reshape(counts[::-1])
    away = np.zeros(reached.shape, dtype=np.int64)
    while not reached.all():
        # One dispute has a feasible state at least, or its space would have been refused.
        away += ~reached
        reached = np.logical_or.reduce(
            [
                np.broadcast_to(reached.any(axis=axis, keepdims=True), reached.shape)
                for axis in range(len(counts))
            ]
        )
    return away.reshape(-1)


def _party_names(dispute: Dispute) -> list[str]:
    """Names of the parties, with the id where two are called the same: Gambit tells by names."""
    taken = Counter(party.name for party in dispute.parties)
    return [
        party.name if taken[party.name] == 1 else f"{party.name} ({party.id})"
        for party in dispute.parties
    ]


def _strategies(dispute: Dispute, all_moves: Moves, party: int) -> Iterator[str]:
    """A party's strategies by ids, which no two options share: ``patrol=yes talk=no``."""
    own = [dispute.options[number] for number in all_moves.options[party]]
    for combination in all_moves.axes[party].combinations.tolist():
        settings = zip(own, combination, strict=True)
        text = " ".join(f"{option.id}={option.levels[level]}" for option, level in settings)
        yield text or "no option"


def _text(text: str) -> str:
    """A text in quotation marks; what would end it, and what a terminal obeys, is written out.

    Gambit reads a backslash as itself, but before a quotation mark: there a blank parts them.
    """
    words = " ".join(visible(text).split())
    apart = re.sub(r'\\(?="|\Z)', r"\\ ", words)
    return '"' + apart.replace('"', r"\"") + '"'


def _not_carried(dispute: Dispute) -> tuple[str, ...]:
    """What the game lacks, and what follows for its equilibria."""
    notes = [
        "the status quo and whatever is worked out from it: in a game everybody chooses once, and "
        "at the same time"
    ]
    one_way = [option.key for option in dispute.options if option.irreversible]
    guarded = [option.key for option in dispute.options if option.guards]
    if one_way:
        notes.append(f"that these change one way only: {', '.join(one_way)}")
    if guarded:
        notes.append(f"when these may be changed: {', '.join(guarded)}")
    if one_way or guarded:
        notes.append(
            "so parties may choose what they could not move to: a pure Nash equilibrium of the "
            "dispute need not be one of the game"
        )
    if dispute.coalesce:
        notes.append(
            "that some states count as one: the game has each by itself, and may have pure Nash "
            "equilibria that the dispute does not have"
        )
    return (*notes, *parts_left_behind(dispute))
