"""``backtest``: how well what happened was foretold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import document_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    MoverForesight,
    Packages,
    Seed,
    Worth,
)

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.forecast.backtest import Backtest
    from detente.report.content import Block

__all__ = ["declaration"]


class BacktestParameters(AnalysisParameters):
    """What `backtest` is asked."""

    odds: Annotated[
        str,
        Meta(
            description="Odds as in a forecast: one number or a range; or fit, to fit them for "
            "each move to the other moves only."
        ),
        Asked(metavar="ODDS", label="Odds of a move that improves"),
    ] = "2:20"
    foresight: MoverForesight = "SEQ"
    worth: Worth = "rank"
    packages: Annotated[Packages, Meta(description="Packages are movers too.")] = False
    draws: Annotated[
        int,
        Meta(
            ge=0,
            description="How many draws of preferences to average over; 0 takes them as stated.",
        ),
        Asked(label="Number of draws"),
    ] = 50
    seed: Seed = 0
    horizons: Annotated[
        tuple[int, ...],
        Meta(description="How many moves ahead outcomes are scored. By default: 1, 2, 4 and 8."),
        Asked(metavar="N,N", label="Moves ahead", written="Write them as 1,2."),
    ] = ()


def _run(dispute: Dispute, parameters: BacktestParameters, progress: Progress | None) -> Backtest:
    from detente.forecast.assumptions import read_odds
    from detente.forecast.backtest import backtest

    return backtest(
        dispute,
        odds=None if parameters.odds == "fit" else read_odds(parameters.odds),
        foresight=parameters.foresight,
        worth=parameters.worth,
        packages=parameters.packages,
        draws=parameters.draws,
        seed=parameters.seed,
        horizons=tuple(sorted(set(parameters.horizons))) or (1, 2, 4, 8),
        progress=progress,
    )


def _blocks(found: Backtest, _: BacktestParameters) -> tuple[Block, ...]:
    from detente.report.backtest import backtest_blocks

    return backtest_blocks(found)


def _document(found: Backtest, _: BacktestParameters) -> Mapping[str, Any]:
    from detente.report.backtest import backtest_document

    return backtest_document(found)


def _schema() -> Mapping[str, Any]:
    from detente.report.backtest import BacktestDocument

    return document_schema(BacktestDocument, "backtest")


declaration = Declaration(
    name="backtest",
    question="How well would the model have predicted what happened?",
    about=(
        "Compare forecasts with what happened and give scores. One score is for each observed "
        "move among all that were possible then. Others are for the probabilities of outcomes "
        "some moves ahead, beside baselines. docs/concepts/forecast.md has the definitions."
    ),
    at_terminal="The history is in the file, or in a separate file (--history).",
    needs="history",
    parameters=BacktestParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    weighs_confidence=lambda parameters: parameters.draws > 0,
    schema=_schema,
    result="detente.forecast.backtest.Backtest",
    rows="moves",
    cost="minutes",
    working="Scoring",
)
