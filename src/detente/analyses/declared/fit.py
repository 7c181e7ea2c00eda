"""``fit``: the odds that make what happened likeliest."""

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
    Worth,
)

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.forecast.fit import Fit
    from detente.report.content import Block

__all__ = ["declaration"]


class FitParameters(AnalysisParameters):
    """What `fit` is asked."""

    foresight: MoverForesight = "SEQ"
    worth: Worth = "rank"
    packages: Annotated[Packages, Meta(description="Packages are movers too.")] = False
    tempo: Annotated[
        bool,
        Meta(description="Fit how often each mover gets to move as well."),
        Asked(label="Also fit how often each moves"),
    ] = False


def _run(dispute: Dispute, parameters: FitParameters, progress: Progress | None) -> Fit:
    from detente.forecast.fit import fit

    return fit(
        dispute,
        foresight=parameters.foresight,
        worth=parameters.worth,
        packages=parameters.packages,
        tempo=parameters.tempo,
        progress=progress,
    )


def _blocks(found: Fit, _: FitParameters) -> tuple[Block, ...]:
    from detente.report.backtest import fit_blocks

    return tuple(fit_blocks(found))


def _document(found: Fit, _: FitParameters) -> Mapping[str, Any]:
    from detente.report.backtest import fit_document

    return fit_document(found)


def _schema() -> Mapping[str, Any]:
    from detente.report.backtest import FitDocument

    return document_schema(FitDocument, "fit")


declaration = Declaration(
    name="fit",
    question="With which odds is what happened most likely?",
    about=(
        "Fit odds to the observed moves by maximum likelihood, and tempo if you ask for it. "
        "Never score a forecast with the moves that it was fitted to: `backtest` with odds `fit` "
        "leaves out each in turn."
    ),
    at_terminal="The history is in the file, or in a separate file (--history).",
    needs="history",
    parameters=FitParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=_schema,
    result="detente.forecast.fit.Fit",
    working="Fitting",
)
