"""A dispute's history: the states that observations lead to, and the moves between them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detente.dispute.dispute import Dispute, Observation, Seen
from detente.dispute.errors import DisputeError
from detente.space.states import true_at

__all__ = ["MoveRate", "ObservedMove", "as_of", "move_rate", "observed_moves"]


@dataclass(frozen=True, slots=True)
class ObservedMove:
    """A move that was seen.

    Attributes
    ----------
    on
        The day.
    movers
        Numbers of the parties whose options changed; several where they changed together.
    before, after
        Levels of all options before and after it.
    observation
        Number of the observation, from 0.
    """

    on: date
    movers: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    observation: int


@dataclass(frozen=True, slots=True)
class MoveRate:
    """How often moves were seen.

    Attributes
    ----------
    moves, days
        So many moves in so many days.
    low, high
        The exact interval at 95 per cent of the number of moves a day (Garwood 1936).
    """

    moves: int
    days: int
    low: float
    high: float

    @property
    def a_day(self) -> float:
        """Moves a day."""
        return self.moves / self.days


def move_rate(moves: int, days: int) -> MoveRate | None:
    """How often moves were seen; None where no time passed."""
    if days <= 0:
        return None
    from scipy.stats import chi2

    low = float(chi2.ppf(0.025, 2 * moves)) / 2 if moves else 0.0
    high = float(chi2.ppf(0.975, 2 * moves + 2)) / 2
    return MoveRate(moves, days, low / days, high / days)


def as_of(
    dispute: Dispute, day: date, observations: Sequence[Observation] | None = None
) -> Dispute:
    """The dispute with the status quo that its history gives for the end of a day.

    Parameters
    ----------
    dispute
        The dispute, with the status quo from which its history begins.
    day
        The day.
    observations
        The history; by default that of the dispute's file.

    Returns
    -------
    Dispute
        Its history is what was seen after that day; what was seen before is counted.

    Raises
    ------
    DisputeError
        If there is no history or no status quo, or an observation leads to an infeasible state.
    """
    seen = dispute.history if observations is None else tuple(observations)
    if not seen:
        raise DisputeError(
            "there is no history to take the state from: the file has no `history:`, and no file "
            "of observations is given",
            path=dispute.path,
        )
    levels = _start(dispute)
    for observation in seen:
        if observation.on > day:
            break
        levels = _after(dispute, levels, observation)
    later = tuple(observation for observation in seen if observation.on > day)
    earlier = seen[: len(seen) - len(later)]
    moves = len(observed_moves(dispute, earlier))
    days = (day - earlier[0].on).days if earlier else 0
    return dataclasses.replace(
        dispute, status_quo=levels, history=later, seen=Seen(day, moves, days)
    )


def observed_moves(
    dispute: Dispute, observations: Sequence[Observation]
) -> tuple[ObservedMove, ...]:
    """The moves that a history shows, one after the other.

    An observation that changes nothing is no move. One that changes options of several parties is
    one move of each, in the order of the parties, unless a declared package sets just these
    levels: then it is one move of all its members.

    Raises
    ------
    DisputeError
        If there is no status quo, or an observation leads to an infeasible state.
    """
    levels = _start(dispute)
    moves: list[ObservedMove] = []
    for number, observation in enumerate(observations):
        after = _after(dispute, levels, observation)
        changed = {option for option, level in enumerate(after) if level != levels[option]}
        owners = sorted(
            {dispute.party_numbers[dispute.options[option].party] for option in changed}
        )
        if len(owners) > 1 and not _is_package(dispute, levels, after):
            for owner in owners:
                own = dispute.options_of(dispute.parties[owner].id)
                step = tuple(
                    after[option] if option in own else level for option, level in enumerate(levels)
                )
                moves.append(ObservedMove(observation.on, (owner,), levels, step, number))
                levels = step
        elif owners:
            moves.append(ObservedMove(observation.on, tuple(owners), levels, after, number))
        levels = after
    return tuple(moves)


def _is_package(dispute: Dispute, before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    return any(
        after == tuple(one.settings.get(option, level) for option, level in enumerate(before))
        for one in dispute.packages
    )


def _start(dispute: Dispute) -> tuple[int, ...]:
    if dispute.status_quo is None:
        raise DisputeError(
            "a history begins at the status quo, and this dispute names none", path=dispute.path
        )
    return dispute.status_quo


def _after(dispute: Dispute, levels: tuple[int, ...], observation: Observation) -> tuple[int, ...]:
    after = tuple(observation.settings.get(option, level) for option, level in enumerate(levels))
    for constraint in dispute.constraints:
        if true_at(constraint.never.expression, after):
            raise DisputeError(
                f"what was seen on {observation.on} leads to a state that is infeasible: it breaks "
                f"the constraint never “{constraint.never.text}”; was something else seen to "
                "change that day?",
                path=observation.path or dispute.path,
                place=observation.place,
                key="observations",
            )
    return after
