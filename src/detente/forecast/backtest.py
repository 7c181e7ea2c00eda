"""How well moves and outcomes were foretold: probabilities held against what was seen to happen.

At each observed move: the probability that the model gave to it among all moves that were possible
then, with its logarithmic score and its rank, beside the baseline that every legal move is as
likely as another. And by horizon, a number of further moves: Brier scores of the probability of
each outcome, beside the baselines that nothing changes, and that an outcome holds as often as it
did at the other times of the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.dispute.imports import imported_without
from detente.dispute.result import Result
from detente.files.history_file import History, history_of
from detente.forecast.analysis import tempo_in
from detente.forecast.assumptions import DEFAULT_ODDS, Assumptions
from detente.forecast.fit import fit_odds, odds_grid
from detente.forecast.goals import Goal, goals_of
from detente.forecast.history import MoveRate, ObservedMove, move_rate, observed_moves
from detente.forecast.movers import Dynamics, play_of
from detente.forecast.observed import MoveChances, after_moves, chances_of, legal_moves, nodes_of
from detente.forecast.worth import Worth
from detente.queries.play_steps import Ground
from detente.robustness.draws import Uncertainty, draw_chunk, settled
from detente.robustness.engine.batch import batch
from detente.stability.analysis import Progress

__all__ = ["Backtest", "HorizonScore", "ScoredMove", "backtest"]

# Odds, evenly spaced in the logarithm of their range, over which probabilities are averaged.
_ODDS_POINTS = 9

# A probability of 0 has no logarithm; a move that the model held impossible is told as such, and
# counts with this probability in the mean.
_FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class ScoredMove:
    """One observed move and what was foretold of it.

    Attributes
    ----------
    move
        The move.
    probability
        That the model gave to it among all moves.
    rank, of
        Its place among the moves that were possible, by probability, and how many these were.
    alike
        The probability if every legal move were as likely as another.
    odds
        The odds that were used: fitted to the other moves, or None for the whole range.
    """

    move: ObservedMove
    probability: float
    rank: float
    of: int
    alike: float
    odds: float | None

    @property
    def score(self) -> float:
        """The logarithmic score: the natural logarithm of the probability; higher is better."""
        return log(max(self.probability, _FLOOR))

    @property
    def baseline(self) -> float:
        """The same where every legal move is as likely as another."""
        return log(max(self.alike, _FLOOR))


@dataclass(frozen=True, slots=True)
class HorizonScore:
    """Brier scores at one horizon, the lower the better, averaged over outcomes and times.

    Attributes
    ----------
    moves
        How many moves ahead.
    forecasts
        How many probabilities were scored.
    model, persistence, base_rate
        Of the model; of the forecast that nothing changes; of the share of the other times at
        which the outcome held.
    """

    moves: int
    forecasts: int
    model: float
    persistence: float
    base_rate: float


@dataclass(frozen=True, eq=False)
class Backtest(Result):
    """How well a history was foretold.

    Attributes
    ----------
    dispute
        The dispute.
    history
        What was seen.
    moves
        The observed moves, scored.
    left_out
        Moves that are none of the model's.
    horizons
        Scores of outcomes by horizon.
    goals
        The outcomes that were scored.
    rate
        How often moves were seen.
    draws
        Over how many draws of preferences probabilities were averaged; 0 for the stated ones.
    fitted
        Whether odds were fitted, each time to the other moves.
    """

    dispute: Dispute
    history: History
    moves: tuple[ScoredMove, ...]
    left_out: tuple[ObservedMove, ...]
    horizons: tuple[HorizonScore, ...]
    goals: tuple[Goal, ...]
    rate: MoveRate | None
    draws: int
    fitted: bool

    @property
    def mean_score(self) -> float:
        """The mean logarithmic score of the moves."""
        return sum(one.score for one in self.moves) / len(self.moves)

    @property
    def mean_baseline(self) -> float:
        """The mean logarithmic score of the baseline that all legal moves are alike."""
        return sum(one.baseline for one in self.moves) / len(self.moves)

    @property
    def gain(self) -> float:
        """How many times the probability of a move the model gives, in the geometric mean."""
        return exp(self.mean_score - self.mean_baseline)


def backtest(
    dispute: Dispute,
    history: History | None = None,
    *,
    odds: tuple[float, float] | None = DEFAULT_ODDS,
    foresight: str = "SEQ",
    worth: Worth = "rank",
    packages: bool = False,
    draws: int = 50,
    seed: int = 0,
    horizons: Sequence[int] = (1, 2, 4, 8),
    progress: Progress | None = None,
) -> Backtest:
    """Hold forecasts against what was seen to happen.

    Parameters
    ----------
    dispute
        The dispute, with the status quo from which the history begins.
    history
        What was seen; by default the history in the dispute's own file.
    odds
        The range of odds over which probabilities are averaged; None to fit them, for each move,
        to the other moves only.
    foresight, worth, packages
        As in :func:`detente.forecast.analysis.forecast`.
    draws, seed
        Draws of preferences over which probabilities are averaged; 0 for the stated ones.
    horizons
        Numbers of moves ahead at which outcomes are scored.
    progress
        Called as the work goes on.

    Returns
    -------
    Backtest

    Raises
    ------
    DisputeError
        If there is no observed move of the model's, or an assumption makes no sense.
    """
    history = history or history_of(dispute)
    assumed = Assumptions(odds=odds or DEFAULT_ODDS, foresight=foresight, worth=worth)
    if draws < 0:
        raise DisputeError(f"a number of draws is not negative, as {draws} is")
    if not all(one >= 1 for one in horizons):
        raise DisputeError("a horizon is a number of moves from 1 on")
    dispute, unknown = settled(dispute)
    models = batch(dispute, ("Nash",), one_by_one=True)
    stated = Ground(models.model)
    names = tuple(one.id for one in dispute.packages) if packages else ()
    tempo = tempo_in(dispute, None, packages)
    moves = observed_moves(dispute, history.observations)
    kept = [move for move in moves if _possible(stated, move, names)]
    if not kept:
        raise DisputeError(
            "no observed move is one of the model's, so nothing can be scored",
            path=history.path or dispute.path,
        )
    grounds = [stated]
    if draws:
        around = Uncertainty(unknown=unknown)
        grounds = [
            stated.of_other_ranks(model)
            for chunk in range(-(-draws // 1000))
            for model in models.models(
                tuple(
                    own.rows(slice(0, draws - 1000 * chunk))
                    for own in draw_chunk(dispute, around, seed, chunk)
                )
            )
        ]
    points = (np.arange(_ODDS_POINTS) + 0.5) / _ODDS_POINTS
    count = 1 if assumed.one_odds else _ODDS_POINTS
    grid = odds_grid() if odds is None else assumed.odds_at(points)[:count]
    goals = goals_of(stated, None, names)
    tables: list[list[list[MoveChances]]] = []
    later = np.zeros((len(horizons), len(kept), len(goals.each)))
    starts = [nodes_of(models.model, move) for move in kept]
    nodes = [pair[0] for pair in starts if pair is not None]
    for number, ground in enumerate(grounds):
        row = []
        for place, one in enumerate(grid.tolist()):
            if progress:
                done = (number * len(grid) + place) / (len(grounds) * len(grid))
                progress(f"{number:,} of {len(grounds):,} draws", done)
            play = _play(ground, one, assumed, names, tempo)
            row.append([chances_of(play, move) for move in kept])
            if odds is not None and horizons:
                after = after_moves(play, goals.regions, horizons)
                later += after[:, nodes] / (len(grounds) * len(grid))
        tables.append(row)
    scored = _scored(kept, tables, grid, tempo, stated, fitted=odds is None)
    if odds is None and horizons:
        for number, ground in enumerate(grounds):
            if progress:
                progress("outcomes by horizon", number / len(grounds))
            for place, one in enumerate(scored):
                assert one.odds is not None
                play = _play(ground, one.odds, assumed, names, tempo)
                after = after_moves(play, goals.regions, horizons)
                later[:, place] += after[:, nodes[place]] / len(grounds)
    days = (history.observations[-1].on - history.observations[0].on).days
    return Backtest(
        dispute,
        history,
        scored,
        tuple(move for move in moves if move not in kept),
        _horizon_scores(stated, kept, goals.regions, later, horizons),
        goals.each,
        move_rate(len(moves), days),
        draws,
        odds is None,
    )


def _play(
    ground: Ground,
    odds: float,
    assumed: Assumptions,
    packages: tuple[str, ...],
    tempo: tuple[float, ...],
) -> Dynamics:
    return play_of(
        ground,
        foresight=assumed.foresight,
        odds=odds,
        worth=assumed.worth,
        packages=packages,
        tempo=tempo,
    )


def _possible(ground: Ground, move: ObservedMove, packages: tuple[str, ...]) -> bool:
    nodes = nodes_of(ground.model, move)
    if nodes is None:
        return False
    if len(move.movers) > 1:
        return any(ground.package_results(one)[nodes[0]] == nodes[1] for one in packages)
    return nodes[1] in ground.model.graph.moves_from(nodes[0], move.movers[0])


def _scored(
    moves: Sequence[ObservedMove],
    tables: Sequence[Sequence[Sequence[MoveChances]]],
    grid: NDArray[np.float64],
    tempo: tuple[float, ...],
    ground: Ground,
    *,
    fitted: bool,
) -> tuple[ScoredMove, ...]:
    """Each move's probability, averaged over draws, at odds that did not see it."""
    values = np.array(
        [[[one.probability(tempo) for one in row] for row in table] for table in tables]
    )
    mean = values.mean(axis=0)
    ranks = np.array([[[one.rank for one in row] for row in table] for table in tables])
    found = []
    for place, move in enumerate(moves):
        chosen = slice(None)
        odds = None
        if fitted:
            others = np.delete(mean, place, axis=1)
            with np.errstate(divide="ignore"):
                likelihoods = np.log(others).sum(axis=1)
            odds = fit_odds(grid, likelihoods.tolist())[0]
            near = int(np.argmin(np.abs(np.log(grid) - log(odds))))
            chosen = slice(near, near + 1)
        alike = legal_moves(ground.model, move)
        found.append(
            ScoredMove(
                move,
                float(mean[chosen, place].mean()),
                float(ranks[:, chosen, place].mean()),
                tables[0][0][place].of,
                1 / alike if alike else 0.0,
                odds,
            )
        )
    return tuple(found)


def _horizon_scores(
    ground: Ground,
    moves: Sequence[ObservedMove],
    regions: NDArray[np.bool_],
    later: NDArray[np.float64],
    horizons: Sequence[int],
) -> tuple[HorizonScore, ...]:
    # It compiles all its scores when Numba can be had, for seconds; this one needs none of that.
    brier_score = imported_without("scoringrules", "numba").brier_score
    model = ground.model
    pairs = [nodes_of(model, move) for move in moves]
    course = [pair for pair in pairs if pair is not None]
    held = np.array([regions[:, start] for start, _ in course], dtype=np.float64)
    ends = np.array([regions[:, end] for _, end in course], dtype=np.float64)
    found = []
    for place, horizon in enumerate(horizons):
        times = range(len(course) - horizon + 1)
        if not times:
            continue
        seen = np.array([ends[time + horizon - 1] for time in times])
        expected = np.clip(np.array([later[place, time] for time in times]), 0, 1)
        # Of the other times, so that no time tells of itself.
        usual = (seen.sum(axis=0) - seen) / max(1, len(seen) - 1)
        found.append(
            HorizonScore(
                horizon,
                seen.size,
                float(np.mean(brier_score(seen, expected))),
                float(np.mean(brier_score(seen, held[: len(times)]))),
                float(np.mean(brier_score(seen, usual))),
            )
        )
    return tuple(found)
