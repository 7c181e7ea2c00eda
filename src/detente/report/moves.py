"""The moves from one state: by whom, to where, and whether they improve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.dispute.names import package_named
from detente.report.content import Block, Prose, rows_table
from detente.report.explanations import changes
from detente.report.face import hint
from detente.report.words import counted, joined
from detente.roadmap.plan import made_from, stage_from_package
from detente.space.graph_model import GraphModel

__all__ = ["StateMove", "moves_blocks", "moves_from"]


@dataclass(frozen=True, slots=True)
class StateMove:
    """One move from a state.

    Attributes
    ----------
    party, package
        Id of the party that makes it, or of the package by which it is made.
    state
        Number of the state to which it leads.
    """

    party: str | None
    package: str | None
    state: int


def moves_from(model: GraphModel, state: int) -> list[StateMove]:
    """All moves from a state.

    Parameters
    ----------
    model
        The graph model.
    state
        Number of the state.

    Returns
    -------
    list of StateMove
        Those of each party in order of states, then the packages that can be made.
    """
    moves = []
    for number, party in enumerate(model.dispute.parties):
        targets = model.moves_from(state - 1, number)
        moves += [StateMove(party.id, None, target + 1) for target in targets.tolist()]
    for package in model.dispute.packages:
        made = made_from(model, state - 1, stage_from_package(model.dispute, package))
        if made is not None:
            moves.append(StateMove(None, package.id, int(made[1]) + 1))
    return moves


def moves_blocks(
    model: GraphModel, state: int, *, party: str | None = None, limit: int
) -> tuple[Block, ...]:
    """The moves from a state in words and a table.

    Parameters
    ----------
    model, state
        As in :func:`moves_from`.
    party
        Id of the only party whose moves are shown, and packages of which it is a member.
    limit
        Show at most this many: improvements first, and of these those of the fewest changes.

    Returns
    -------
    tuple of Block
    """
    moves = [
        one for one in moves_from(model, state) if party is None or party in _makers(model, one)
    ]
    if not moves:
        return (Prose("There is no move from it."),)
    improving = [_improves(model, state, one) for one in moves]
    levels = model.space.assignments(np.array([state - 1, *(one.state - 1 for one in moves)]))
    changed = np.count_nonzero(levels[1:] != levels[0], axis=1)
    order = np.lexsort((changed, ~np.array(improving)))[:limit].tolist()
    left_out = len(moves) - len(order)
    more = f"; {left_out:,} more left out{hint('--limit shows more')}" if left_out else ""
    heading = (
        f"{counted(len(moves), 'move')} from it, {sum(improving):,} of them "
        f"{'an improvement' if sum(improving) == 1 else 'improvements'}{more}:"
    )
    rows = []
    for place in order:
        one = moves[place]
        rows.append(
            (
                _mover_words(model, one),
                changes(model, state, one.state, by_one=one.party is not None),
                str(one.state),
                _rank_words(model, state, one),
                "yes" if improving[place] else "no",
            )
        )
    return Prose(heading), rows_table(("Mover", "Move", "To state", "Its rank", "Improves"), rows)


def _makers(model: GraphModel, move: StateMove) -> tuple[str, ...]:
    if move.party is not None:
        return (move.party,)
    assert move.package is not None, "a move has one or the other"
    return package_named(model.dispute, move.package).parties


def _improves(model: GraphModel, state: int, move: StateMove) -> bool:
    """Whether everybody who makes a move strictly prefers where it leads."""
    numbers = model.dispute.party_numbers
    ranks = [model.ranks(numbers[one]) for one in _makers(model, move)]
    return all(own[move.state - 1] > own[state - 1] for own in ranks)


def _mover_words(model: GraphModel, move: StateMove) -> str:
    names = {one.id: one.name for one in model.dispute.parties}
    who = joined([names[one] for one in _makers(model, move)])
    if move.package is None:
        return who
    return f"{who} (package “{package_named(model.dispute, move.package).name}”)"


def _rank_words(model: GraphModel, state: int, move: StateMove) -> str:
    """The rank of the party before and after; of a package's members each on a line."""
    numbers = model.dispute.party_numbers
    lines = []
    for one in _makers(model, move):
        own = model.ranks(numbers[one])
        prefix = "" if move.package is None else f"{one}: "
        lines.append(f"{prefix}{own[state - 1]} → {own[move.state - 1]}")
    return "\n".join(lines)
