"""``inverse``: the smallest changes of preferences that make a target an equilibrium."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Concept,
    Limit,
    Packages,
)

if TYPE_CHECKING:
    from detente.changes.inverse import Inverse
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block

__all__ = ["declaration"]


class InverseParameters(AnalysisParameters):
    """What `inverse` is asked."""

    make: Annotated[
        str,
        Meta(description="What should hold: one state, or all of an outcome or a formula."),
        Asked(
            metavar="TARGET",
            kind="formula",
            label="What should hold",
            written="Give a state's name, an outcome's id or a formula.",
        ),
    ]
    concept: Annotated[
        Concept,
        Asked("--concept", "-c", metavar="NAME", kind="concept", concepts_for="inverse"),
    ] = "SEQ"
    packages: Packages = False
    parties: Annotated[
        tuple[str, ...],
        Meta(description="Only these parties change what they prefer."),
        Asked(
            metavar="IDS", kind="parties", label="Who changes", written="Write them as us,china."
        ),
    ] = ()
    kinds: Annotated[
        tuple[Literal["flip", "drop", "move"], ...],
        Meta(description="Which kinds of change are allowed. By default: all."),
        Asked(
            metavar="KINDS",
            label="Kinds of change",
            written="Some of flip, drop and move.",
            words=(
                ("flip", "a statement turned round"),
                ("drop", "a statement dropped"),
                ("move", "a statement at another place"),
            ),
        ),
    ] = ()
    most: Annotated[
        int,
        Meta(ge=1, description="Look for at most this many changes."),
        Asked("--max", label="Changes at most"),
    ] = 3
    limit: Annotated[Limit, Meta(description="List at most this many ways.")] = 20


def _run(dispute: Dispute, parameters: InverseParameters, progress: Progress | None) -> Inverse:
    from detente.changes.inverse import analyse_inverse
    from detente.changes.statements import CHANGE_KINDS

    return analyse_inverse(
        dispute,
        parameters.make,
        parameters.concept,
        parties=parameters.parties or None,
        kinds=parameters.kinds or CHANGE_KINDS,
        most=parameters.most,
        limit=parameters.limit,
        packages=parameters.packages,
        progress=progress,
    )


def _blocks(found: Inverse, _: InverseParameters) -> tuple[Block, ...]:
    from detente.report.inverse import inverse_lines
    from detente.report.outlines import outline_of

    return outline_of(inverse_lines(found))


def _document(found: Inverse, _: InverseParameters) -> Mapping[str, Any]:
    from detente.report.inverse import inverse_document

    return inverse_document(found)


def _verdicts(found: Inverse, _: InverseParameters) -> Mapping[str, str]:
    if found.equilibria:
        return {"the least number of changes": "0"}
    least = f"{found.least}" if found.answers else f"more than {found.most}, if any"
    return {"the least number of changes": least}


declaration = Declaration(
    name="inverse",
    question="Which preferences would have to differ for a target to hold?",
    about=(
        "Find the smallest changes of preferences that make a target an equilibrium. A change "
        "reverses a statement of a party, drops it, or moves it in the party's order. "
        "docs/concepts/inverse.md has the definitions."
    ),
    at_terminal="Ctrl-C ends the search and shows what was found.",
    parameters=InverseParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    verdicts=_verdicts,
    schema=typed_schema("inverse"),
    cost="minutes",
    working="Searching",
    result="detente.changes.inverse.Inverse",
    rows="answers",
)
