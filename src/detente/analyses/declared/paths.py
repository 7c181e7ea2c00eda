"""``paths``: the shortest legal sequences of moves between states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    ActingAsOne,
    AnalysisParameters,
    Asked,
    HowHeld,
    Limit,
    Nodes,
    Packages,
    Seconds,
)
from detente.space.representation import ENGINES, USUAL_NODES

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.report.plots.picture import Picture
    from detente.stability.found_paths import PathAnalysis

__all__ = ["declaration"]


_WRITTEN = "Give a state's name, an outcome's id or a formula."


class PathsParameters(AnalysisParameters):
    """What `paths` is asked."""

    start: Annotated[
        str,
        Meta(description="Where paths begin."),
        Asked("--from", kind="formula", metavar="STATE", label="From", written=_WRITTEN),
    ] = "status_quo"
    end: Annotated[
        str | None,
        Meta(description="Where paths lead."),
        Asked("--to", kind="formula", metavar="STATE", label="To", written=_WRITTEN),
    ] = None
    moves: Annotated[
        Literal["any", "improvements"],
        Meta(description="Any moves, or improvements of their movers only."),
        Asked(
            label="Which moves",
            words=(("any", "any moves"), ("improvements", "improvements of who moves")),
        ),
    ] = "any"
    improvements_only: Annotated[
        bool, Meta(description="The same as --moves improvements."), Asked(served=False)
    ] = False
    packages: Packages = False
    by: Annotated[
        tuple[str, ...],
        Meta(description="Only this party moves."),
        Asked(
            metavar="PARTY",
            kind="parties",
            repeated=True,
            label="Who moves",
            written="Give its id or name.",
        ),
    ] = ()
    acting_as_one: Annotated[
        ActingAsOne,
        Meta(description="Coalitions that move as one, and none of their members alone."),
    ] = ()
    limit: Annotated[
        Limit,
        Meta(description="Show and draw at most this many paths, those that change least first."),
    ] = 3
    engine: HowHeld | None = None
    seconds: Seconds = 120.0
    nodes: Nodes = USUAL_NODES


def _run(dispute: Dispute, parameters: PathsParameters, progress: Progress | None) -> PathAnalysis:
    from detente.stability.paths import analyse_paths

    return analyse_paths(
        dispute,
        parameters.start,
        parameters.end,
        moves="improvements" if parameters.improvements_only else parameters.moves,
        packages=parameters.packages,
        parties=parameters.by or None,
        acting_as_one=[one.replace(",", " ").split() for one in parameters.acting_as_one],
        limit=parameters.limit,
        engine=parameters.engine,
        seconds=parameters.seconds,
        nodes=parameters.nodes,
        progress=progress,
    )


def _blocks(found: PathAnalysis, _: PathsParameters) -> tuple[Block, ...]:
    from detente.report.how_held import engine_named
    from detente.report.paths import paths_blocks

    return (*paths_blocks(found), *engine_named(found.model.engine))


def _document(found: PathAnalysis, _: PathsParameters) -> Mapping[str, Any]:
    from detente.report.paths import paths_document

    return paths_document(found)


def _picture(found: PathAnalysis, _: PathsParameters) -> Picture:
    from detente.report.plots.paths import paths_picture

    return paths_picture(found)


declaration = Declaration(
    name="paths",
    question="How could that happen?",
    about=(
        "Find the shortest legal sequences of moves from some states to others. In a legal "
        "sequence nobody moves twice in a row. The output also says how near each outcome is."
    ),
    parameters=PathsParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=typed_schema("paths"),
    pictures={"paths": _picture},
    working="Searching",
    result="detente.stability.found_paths.PathAnalysis",
    rows="outcomes",
    engines=ENGINES,
)
