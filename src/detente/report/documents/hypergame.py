"""The document of `hypergame`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import EquilibriumCounts

__all__ = ["HypergameDocument"]


class HypergameView(TypedDict):
    """A part of the document: view."""

    party: Annotated[str, Meta(description="Who is mistaken.")]
    of: Annotated[
        str | None, Meta(description="In whom; null where it does not see certain states.")
    ]
    words: Annotated[str, Meta(description="The mistake in words.")]
    equilibria_if_corrected: Annotated[
        dict[str, list[Annotated[int, Meta(ge=1)]]],
        Meta(description="Equilibria of the hypergame if this one were corrected, by concept."),
    ]


class HypergameSurprise(TypedDict):
    """A part of the document: surprise."""

    party: Annotated[str, Meta(description="Who is surprised.")]
    state: Annotated[int, Meta(description="Number of the state.", ge=1)]
    by: Annotated[str, Meta(description="Who acts otherwise than expected.")]
    kind: Annotated[
        Literal["leaves", "stays"],
        Meta(
            description="leaves: expected to stay in what `party` takes for an "
            "equilibrium; stays: in an equilibrium of the hypergame, expected "
            "to leave."
        ),
    ]
    views: Annotated[
        list[Annotated[int, Meta(ge=1)]],
        Meta(description="Views that, corrected alone, take the surprise away."),
    ]


class HypergameDocument(EquilibriumCounts):
    """What `detente hypergame CASE --format json` writes. States are given by number."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    parties: Annotated[list[str], Meta(description="Ids of the parties.")]
    state_count: Annotated[int, Meta(ge=1)]
    status_quo: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="Number of the status quo.")
    ]
    views: Annotated[
        list[HypergameView], Meta(description="The misperceptions, which surprises count from 1.")
    ]
    equilibria: Annotated[
        dict[str, list[Annotated[int, Meta(ge=1)]]],
        Meta(description="States that each party leaves alone by its own view, by concept."),
    ]
    without_misperception: Annotated[
        dict[str, list[Annotated[int, Meta(ge=1)]]],
        Meta(description="Equilibria of the dispute as it is, by concept."),
    ]
    perceived: Annotated[
        dict[
            str,
            Annotated[dict[str, list[Annotated[int, Meta(ge=1)]]], Meta(description="By concept.")],
        ],
        Meta(description="Equilibria as each party sees the dispute, by party and concept."),
    ]
    surprises: Annotated[
        dict[str, list[HypergameSurprise]],
        Meta(description="What parties expect wrongly, by concept."),
    ]
