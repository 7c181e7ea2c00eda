"""``hypergame``: who misreads whom, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters, Concepts, Limit
from detente.stability.concept_registry import usual_concepts

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.stability.hypergame import Hypergame

__all__ = ["declaration"]


class HypergameParameters(AnalysisParameters):
    """What `hypergame` is asked."""

    concepts: Annotated[
        Concepts, Meta(description=f"By default: {', '.join(usual_concepts())}.")
    ] = ()
    limit: Annotated[Limit, Meta(description="Show at most this many equilibria.")] = 12


def _run(dispute: Dispute, parameters: HypergameParameters, progress: Progress | None) -> Hypergame:
    from detente.stability.hypergame import analyse_hypergame

    return analyse_hypergame(dispute, parameters.concepts or None, progress=progress)


def _blocks(found: Hypergame, parameters: HypergameParameters) -> tuple[Block, ...]:
    from detente.report.hypergame import hypergame_blocks

    return hypergame_blocks(found, limit=parameters.limit)


def _document(found: Hypergame, _: HypergameParameters) -> Mapping[str, Any]:
    from detente.report.hypergame import hypergame_document

    return hypergame_document(found)


declaration = Declaration(
    name="hypergame",
    question="Who misunderstands whom, and what follows from it?",
    about=(
        "Find what is stable if parties have mistaken views of one another. `perceives:` in the "
        "file says what a party takes another to prefer, or to be able to do. "
        "docs/concepts/hypergame.md has the definitions."
    ),
    parameters=HypergameParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=typed_schema("hypergame"),
    result="detente.stability.hypergame.Hypergame",
    rows="views",
)
