"""Odds and tempo fitted to moves that were seen, by maximum likelihood.

What is fitted is the chance of each observed move among all moves that were possible then; stays
are left out, as nobody records them. Odds are searched on a grid of their logarithm and refined
between its points; tempo, for given odds, by the minorise-maximise steps of Hunter (2004), as the
chance of a mover is its tempo over a weighted sum of all. Intervals are those of the profile
likelihood: what lies within half the 95 per cent point of chi-square of the greatest logarithm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, log

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.dispute.result import Result
from detente.files.history_file import History, history_of
from detente.forecast.analysis import tempo_in
from detente.forecast.history import MoveRate, ObservedMove, move_rate, observed_moves
from detente.forecast.movers import play_of
from detente.forecast.observed import MoveChances, chances_of
from detente.forecast.worth import Worth
from detente.queries.play_steps import Ground
from detente.robustness.draws import settled
from detente.stability.analysis import Progress
from detente.stability.prepared_model import graph_model

__all__ = ["Fit", "fit", "fit_odds", "odds_grid"]

# Half the 95 per cent point of chi-square with one degree of freedom.
_WITHIN = 1.9207294103470614

# Odds from 1 to a thousand, evenly spaced in their logarithm.
_GRID_POINTS = 25
_MOST = 1000.0

_TEMPO_STEPS = 100

# Every so many points of the grid of odds, and so many shares, where intervals of tempo are sought.
_TEMPO_ODDS = 3
_TEMPO_SHARES = 21


@dataclass(frozen=True, eq=False)
class Fit(Result):
    """Odds, and tempo where asked for, that make the observed moves likeliest.

    Attributes
    ----------
    dispute
        The dispute.
    moves
        The moves that were fitted.
    left_out
        Moves that are none of the model's, with the reason.
    odds, low, high
        The odds and their interval; an end at the edge of the range is 1 or infinite.
    log_likelihood
        Of the observed moves, natural logarithm.
    alike
        The same where every legal move is as likely as another.
    tempo
        By mover, with its interval, as shares that add up to 1; None where it was not fitted.
    rate
        How often moves were seen; None where all were on one day.
    """

    dispute: Dispute
    moves: tuple[ObservedMove, ...]
    left_out: tuple[tuple[ObservedMove, str], ...]
    odds: float
    low: float
    high: float
    log_likelihood: float
    alike: float
    tempo: tuple[tuple[str, float, float, float], ...] | None
    rate: MoveRate | None


def odds_grid() -> NDArray[np.float64]:
    """The odds at which moves are looked at first."""
    return np.exp(np.linspace(0.0, log(_MOST), _GRID_POINTS))


def fit(
    dispute: Dispute,
    history: History | None = None,
    *,
    foresight: str = "SEQ",
    worth: Worth = "rank",
    packages: bool = False,
    tempo: bool = False,
    progress: Progress | None = None,
) -> Fit:
    """Fit odds, and tempo where asked for, to the moves of a history.

    Parameters
    ----------
    dispute
        The dispute, with the status quo from which the history begins.
    history
        What was seen; by default the history in the dispute's own file.
    foresight, worth, packages
        As in :func:`detente.forecast.analysis.forecast`.
    tempo
        Fit how often each mover gets to move as well.
    progress
        Called as the work goes on.

    Returns
    -------
    Fit

    Raises
    ------
    DisputeError
        If there is no history, or no observed move is one of the model's.
    """
    history = history or history_of(dispute)
    dispute, _ = settled(dispute)
    ground = Ground(graph_model(dispute))
    names = tuple(one.id for one in dispute.packages) if packages else ()
    stated = tempo_in(dispute, None, packages)
    moves = observed_moves(dispute, history.observations)

    def at(odds: float) -> list[MoveChances]:
        play = play_of(
            ground, foresight=foresight, odds=odds, worth=worth, packages=names, tempo=stated
        )
        return [chances_of(play, move) for move in moves]

    legal = at(1.0)
    kept = [place for place, one in enumerate(legal) if any(one.own)]
    left_out = tuple(
        (move, _why_left_out(move, dispute))
        for place, move in enumerate(moves)
        if place not in kept
    )
    if not kept:
        raise DisputeError(
            "no observed move is one of the model's, so there is nothing to fit",
            path=history.path or dispute.path,
        )
    grid = odds_grid()
    chances = []
    for number, one in enumerate(grid.tolist()):
        if progress:
            progress(f"odds {one:.3g}", number / len(grid))
        chances.append(at(one))
    of_kept = [[row[place] for place in kept] for row in chances]

    def likelihood(odds: float) -> float:
        found = at(odds)
        return _log_likelihood([found[place] for place in kept], stated)

    odds, low, high, best = fit_odds(
        grid, [_log_likelihood(row, stated) for row in of_kept], likelihood
    )
    shares = None
    if tempo:
        ids = (*(party.id for party in dispute.parties), *names)
        shares = tuple(
            (name, *interval) for name, interval in zip(ids, _tempo(of_kept), strict=True)
        )
    alike = sum(log(1 / legal[place].of) for place in kept)
    days = (history.observations[-1].on - history.observations[0].on).days
    return Fit(
        dispute,
        tuple(moves[place] for place in kept),
        left_out,
        odds,
        low,
        high,
        best,
        alike,
        shares,
        move_rate(len(kept), days),
    )


def _why_left_out(move: ObservedMove, dispute: Dispute) -> str:
    if len(move.movers) > 1:
        names = [dispute.parties[one].name for one in move.movers]
        return f"{' and '.join(names)} changed options together, and no package does that"
    return "the model has no such move"


def _log_likelihood(chances: Sequence[MoveChances], tempo: Sequence[float]) -> float:
    values = [one.probability(tempo) for one in chances]
    return sum(log(value) if value > 0 else -inf for value in values)


def fit_odds(
    grid: NDArray[np.float64],
    values: Sequence[float],
    likelihood: Callable[[float], float] | None = None,
) -> tuple[float, float, float, float]:
    """The likeliest odds with their interval, and the logarithm of the likelihood there.

    Parameters
    ----------
    grid
        Odds, rising.
    values
        The logarithm of the likelihood at each.
    likelihood
        The same at any odds, to refine between the points of the grid.

    Returns
    -------
    odds, low, high, log_likelihood : float
        An interval that reaches the edge of the grid ends at 1 or is infinite.
    """
    table = np.array(values)
    best = int(np.argmax(table))
    logs = np.log(grid)
    top_at, top = float(logs[best]), float(table[best])
    if likelihood is not None and 0 < best < len(grid) - 1:
        from scipy.optimize import minimize_scalar

        found = minimize_scalar(
            lambda x: -likelihood(exp(x)),
            bounds=(float(logs[best - 1]), float(logs[best + 1])),
            method="bounded",
            options={"xatol": 1e-4},
        )
        if -found.fun > top:
            top_at, top = float(found.x), float(-found.fun)
    inside = table >= top - _WITHIN
    low, high = 1.0, inf
    below = [place for place in range(len(grid)) if logs[place] <= top_at and not inside[place]]
    above = [place for place in range(len(grid)) if logs[place] >= top_at and not inside[place]]
    if below:
        low = exp(_crossing(logs, table, below[-1], top - _WITHIN, top_at, top))
    if above:
        high = exp(_crossing(logs, table, above[0], top - _WITHIN, top_at, top))
    return exp(top_at), low, high, top


def _crossing(
    logs: NDArray[np.float64],
    table: NDArray[np.float64],
    outside: int,
    level: float,
    top_at: float,
    top: float,
) -> float:
    """Where the likelihood passes a level, between a point outside and its neighbour inside."""
    step = 1 if logs[outside] < top_at else -1
    other_at, other = float(logs[outside + step]), float(table[outside + step])
    if (other_at - top_at) * step > 0:
        other_at, other = top_at, top
    here_at, here = float(logs[outside]), float(table[outside])
    if here == -inf:
        return other_at
    return here_at + (other_at - here_at) * (level - here) / (other - here)


def _tempo(rows: Sequence[Sequence[MoveChances]]) -> list[tuple[float, float, float]]:
    """Each mover's share of the tempo with its interval, the odds on the grid free as well."""
    movers = len(rows[0][0].whole)
    best = max((_shares_for(row, None, 0.0) for row in rows), key=lambda found: found[1])
    few = rows[::_TEMPO_ODDS]
    found = []
    for mover in range(movers):
        shares = np.concatenate([np.linspace(0, 1, _TEMPO_SHARES), [best[0][mover]]])
        inside = [
            float(share)
            for share in shares
            if max(_shares_for(row, mover, float(share))[1] for row in few) >= best[1] - _WITHIN
        ]
        found.append(
            (
                float(best[0][mover]),
                min(inside, default=float(best[0][mover])),
                max(inside, default=float(best[0][mover])),
            )
        )
    return found


def _with_sum(
    credit: NDArray[np.float64], slope: NDArray[np.float64], fixed: int, share: float
) -> NDArray[np.float64]:
    """The greatest ``credit log w - slope w`` where one entry is fixed and all add up to one."""
    others = credit.copy()
    others[fixed] = 0.0
    found = np.zeros(len(credit))
    found[fixed] = share
    moving = others > 0
    if not moving.any() or share >= 1:
        return found
    # Each entry is credit / (slope + multiplier); their sum falls as the multiplier rises.
    least = -float(slope[moving].min())
    most = float(others.sum() / (1 - share))
    for _ in range(60):
        middle = (least + most) / 2
        if (others[moving] / (slope[moving] + middle)).sum() > 1 - share:
            least = middle
        else:
            most = middle
    found[moving] = others[moving] / (slope[moving] + most)
    return found


def _shares_for(
    row: Sequence[MoveChances], fixed: int | None, share: float
) -> tuple[NDArray[np.float64], float]:
    """The likeliest tempo for given odds, one mover's share held fixed; and its likelihood."""
    whole = np.array([one.whole for one in row])
    own = np.array([one.own for one in row])
    count = whole.shape[1]
    tempo = np.full(count, 1.0 / count)
    if fixed is not None:
        tempo[:] = (1 - share) / max(1, count - 1)
        tempo[fixed] = share
    last = -inf
    for _ in range(_TEMPO_STEPS):
        wanted = own @ tempo
        total = whole @ tempo
        if (wanted <= 0).any() or (total <= 0).any():
            return tempo, -inf
        value = float(np.log(wanted).sum() - np.log(total).sum())
        if value - last < 1e-10:
            break
        last = value
        # Each move is credited to the movers that may have made it; then the weighted sum of all
        # is replaced by its tangent (Hunter 2004).
        credit = (own * tempo / wanted[:, np.newaxis]).sum(axis=0)
        slope = (whole / total[:, np.newaxis]).sum(axis=0)
        if fixed is None:
            new = np.divide(credit, slope, out=np.zeros(count), where=slope > 0)
            tempo = new / new.sum()
        else:
            tempo = _with_sum(credit, slope, fixed, share)
    return tempo, last
