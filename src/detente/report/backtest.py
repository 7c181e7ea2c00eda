"""How well a history was foretold, and odds fitted to it, in words, tables and JSON documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isinf
from typing import Annotated, TypedDict

from msgspec import Meta

from detente.dispute.dispute import Dispute
from detente.dispute.names import option_title
from detente.forecast.backtest import Backtest
from detente.forecast.fit import Fit
from detente.forecast.history import MoveRate, ObservedMove
from detente.report.content import Block, Prose, Subheading, Table, rows_table
from detente.report.robustness import percent
from detente.report.words import counted, joined

__all__ = [
    "BacktestDocument",
    "FitDocument",
    "backtest_blocks",
    "backtest_document",
    "fit_blocks",
    "fit_document",
]


def _who(dispute: Dispute, move: ObservedMove) -> str:
    return joined([dispute.parties[one].name for one in move.movers])


def _what(dispute: Dispute, move: ObservedMove) -> str:
    return ", ".join(
        f"{option_title(dispute, option)}: {option.levels[after]}"
        for option, before, after in zip(dispute.options, move.before, move.after, strict=True)
        if before != after
    )


def _rate_text(rate: MoveRate | None) -> str:
    if rate is None or not rate.moves:
        return ""
    return (
        f" One move was seen every {1 / rate.a_day:,.0f} days (95% interval {1 / rate.high:,.0f} "
        f"to {1 / rate.low:,.0f})."
    )


def backtest_blocks(found: Backtest) -> tuple[Block, ...]:
    """How well a history was foretold, in words and tables.

    Parameters
    ----------
    found
        The scores.

    Returns
    -------
    tuple of Block
    """
    dispute = found.dispute
    blocks: list[Block] = [
        Subheading(f"{found.history.title}: how well it was foretold"),
        Prose(_gain_words(found)),
        Prose(
            ("Odds are fitted for each move to the other moves only." if found.fitted else "")
            + (
                f" Probabilities are averaged over {counted(found.draws, 'draw')} of preferences."
                if found.draws
                else " Preferences are as stated."
            ).lstrip()
            + _rate_text(found.rate)
        ),
        Prose(
            "Alike stands for every legal move as likely as another. A score is the natural "
            "logarithm of the model's probability, the higher the better. If all were alike, "
            f"the mean would be {found.mean_baseline:.2f}."
        ),
        _move_table(found, dispute),
    ]
    if found.left_out:
        told = [
            f"{move.on} {_who(dispute, move)} ({_what(dispute, move)})" for move in found.left_out
        ]
        blocks.append(Prose(f"Not scored, as they are no moves of the model: {'; '.join(told)}."))
    if found.horizons:
        blocks += [
            Prose(
                "Brier scores of the probabilities of outcomes, the lower the better, by how many "
                "moves ahead they were made; beside them, that nothing changes, and that an "
                "outcome holds as often as at the other times."
            ),
            _horizon_table(found),
        ]
    return tuple(blocks)


def _gain_words(found: Backtest) -> str:
    times = f"{found.gain:.2g} times"
    return (
        f"The model gave {counted(len(found.moves), 'observed move')} "
        f"{times if found.gain >= 1 else f'only {times}'} the probability that they would have if "
        "every legal move were as likely as another, in the geometric mean."
        f"{_horizon_sentence(found)} With so few moves, chance plays a large part."
    )


def _horizon_sentence(found: Backtest) -> str:
    if not found.horizons:
        return ""
    won = sum(one.model < one.persistence for one in found.horizons)
    return (
        f" Its probabilities of outcomes scored better than “nothing changes” at {won} of "
        f"{counted(len(found.horizons), 'horizon')}."
    )


def _move_table(found: Backtest, dispute: Dispute) -> Table:
    rows = [
        (
            str(one.move.on),
            _who(dispute, one.move),
            _what(dispute, one.move),
            percent(one.probability),
            percent(one.alike),
            f"{one.rank:.0f}/{one.of}",
            f"{one.score:.2f}",
        )
        for one in found.moves
    ]
    mean = ("Mean", "", "", "", "", "", f"{found.mean_score:.2f}")
    columns = ("Day", "Mover", "What changed", "Model", "Alike", "Rank", "Score")
    return rows_table(columns, rows, foot=[mean])


def _horizon_table(found: Backtest) -> Table:
    rows = [
        (
            str(one.moves),
            f"{one.forecasts:,}",
            f"{one.model:.3f}",
            f"{one.persistence:.3f}",
            f"{one.base_rate:.3f}",
        )
        for one in found.horizons
    ]
    columns = ("Moves ahead", "Probabilities", "Model", "Nothing changes", "As often")
    return rows_table(columns, rows, numeric=True)


def fit_blocks(found: Fit) -> Iterator[Block]:
    """Fitted odds in words and tables.

    Parameters
    ----------
    found
        The fit.

    Yields
    ------
    Block
    """
    dispute = found.dispute
    gain = found.log_likelihood - found.alike
    yield Subheading(f"{dispute.title}: odds fitted to what was seen")
    yield Prose(
        f"{counted(len(found.moves), 'observed move')} are likeliest at odds of "
        f"{found.odds:.3g}; the 95% interval goes from {found.low:.3g} to "
        f"{'infinity' if isinf(found.high) else format(found.high, '.3g')}. The logarithm of "
        f"their likelihood is {found.log_likelihood:.2f}, {abs(gain):.2f} "
        f"{'above' if gain >= 0 else 'below'} its value if all legal moves were equally likely."
        f"{_rate_text(found.rate)}"
    )
    if found.left_out:
        told = [f"{move.on} {_who(dispute, move)}: {reason}" for move, reason in found.left_out]
        yield Prose(f"Left out: {'; '.join(told)}.")
    if found.tempo is not None:
        rows = [
            (name, percent(share), f"{percent(low)} to {percent(high)}")
            for name, share, low, high in found.tempo
        ]
        columns = ("Mover", "Share of the tempo", "95% interval")
        yield rows_table(columns, rows, numeric=True)


# Documents -------------------------------------------------------------------------------------


class RateDocument(TypedDict):
    """How often moves were seen."""

    moves: int
    days: int
    low: Annotated[float, Meta(description="Moves a day: the lower end of the 95% interval.")]
    high: float


class ObservedMoveDocument(TypedDict):
    """One observed move, scored."""

    on: Annotated[str, Meta(description="The day.")]
    movers: list[str]
    set: Annotated[dict[str, str], Meta(description="What changed: option and level.")]
    probability: Annotated[float, Meta(description="Among all moves possible then.")]
    alike: Annotated[float, Meta(description="If every legal move were as likely as another.")]
    rank: float
    of: int
    score: float
    baseline: float
    odds: Annotated[float | None, Meta(description="Fitted to the other moves; null: a range.")]


class HorizonDocument(TypedDict):
    """Brier scores at one horizon."""

    moves: int
    forecasts: int
    model: float
    persistence: float
    base_rate: float


class BacktestDocument(TypedDict):
    """How well a history was foretold."""

    schema: str
    version: str
    dispute: str
    history: str
    draws: int
    fitted: bool
    mean_score: float
    mean_baseline: float
    gain: Annotated[float, Meta(description="Geometric mean of probability over baseline.")]
    moves: list[ObservedMoveDocument]
    left_out: Annotated[list[str], Meta(description="Days of moves that are none of the model's.")]
    horizons: list[HorizonDocument]
    rate: RateDocument | None


class TempoDocument(TypedDict):
    """One mover's share of the tempo."""

    mover: str
    share: float
    low: float
    high: float


class FitDocument(TypedDict):
    """Odds fitted to a history."""

    schema: str
    version: str
    dispute: str
    odds: float
    low: float
    high: Annotated[float | None, Meta(description="Null where it is infinite.")]
    log_likelihood: float
    alike: float
    moves: int
    left_out: Annotated[list[str], Meta(description="Days of moves that are none of the model's.")]
    tempo: list[TempoDocument] | None
    rate: RateDocument | None


def _rate_document(rate: MoveRate | None) -> RateDocument | None:
    if rate is None:
        return None
    return {"moves": rate.moves, "days": rate.days, "low": rate.low, "high": rate.high}


def backtest_document(found: Backtest) -> BacktestDocument:
    """Scores as a JSON document."""
    from detente import __version__

    dispute = found.dispute
    return {
        "schema": "detente/backtest/1",
        "version": __version__,
        "dispute": dispute.title,
        "history": found.history.title,
        "draws": found.draws,
        "fitted": found.fitted,
        "mean_score": found.mean_score,
        "mean_baseline": found.mean_baseline,
        "gain": found.gain,
        "moves": [
            {
                "on": str(one.move.on),
                "movers": [dispute.parties[mover].id for mover in one.move.movers],
                "set": _changed(dispute, one.move.before, one.move.after),
                "probability": one.probability,
                "alike": one.alike,
                "rank": one.rank,
                "of": one.of,
                "score": one.score,
                "baseline": one.baseline,
                "odds": one.odds,
            }
            for one in found.moves
        ],
        "left_out": [str(move.on) for move in found.left_out],
        "horizons": [
            {
                "moves": one.moves,
                "forecasts": one.forecasts,
                "model": one.model,
                "persistence": one.persistence,
                "base_rate": one.base_rate,
            }
            for one in found.horizons
        ],
        "rate": _rate_document(found.rate),
    }


def _changed(dispute: Dispute, before: Sequence[int], after: Sequence[int]) -> dict[str, str]:
    return {
        option.key: option.levels[new]
        for option, old, new in zip(dispute.options, before, after, strict=True)
        if old != new
    }


def fit_document(found: Fit) -> FitDocument:
    """Fitted odds as a JSON document."""
    from detente import __version__

    dispute = found.dispute
    return {
        "schema": "detente/fit/1",
        "version": __version__,
        "dispute": dispute.title,
        "odds": found.odds,
        "low": found.low,
        "high": None if isinf(found.high) else found.high,
        "log_likelihood": found.log_likelihood,
        "alike": found.alike,
        "moves": len(found.moves),
        "left_out": [str(move.on) for move, _ in found.left_out],
        "tempo": None
        if found.tempo is None
        else [
            {"mover": name, "share": share, "low": low, "high": high}
            for name, share, low, high in found.tempo
        ],
        "rate": _rate_document(found.rate),
    }
