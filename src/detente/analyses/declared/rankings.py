"""``rankings``: which rankings of the states by one party make a state stable for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta
from typing_extensions import TypedDict

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import document_schema
from detente.analyses.parameters import AnalysisParameters, Asked, Concept, Party

if TYPE_CHECKING:
    from detente.changes.rankings import Condition, StableRankings
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block

__all__ = ["declaration"]


class RankingsParameters(AnalysisParameters):
    """What `rankings` is asked."""

    make: Annotated[
        str,
        Meta(description="The state that should be stable."),
        Asked(kind="state", metavar="STATE", label="State"),
    ]
    party: Party
    concept: Annotated[
        Concept,
        Asked("--concept", "-c", metavar="NAME", kind="concept", concepts_for="deterrence"),
    ] = "Nash"


class ConditionDocument(TypedDict):
    """What has to be so because of one move."""

    move: Annotated[int, Meta(description="The state that the move leads to.")]
    either: Annotated[
        list[list[int]],
        Meta(description="Sets of states; all of one of them are ranked no higher."),
    ]


class RankingsDocument(TypedDict):
    """The document of `rankings`."""

    schema: str
    party: str
    state: int
    concept: str
    conditions: list[ConditionDocument]
    satisfying: Annotated[int, Meta(description="How many strict rankings meet the conditions.")]
    rankings: Annotated[int, Meta(description="How many strict rankings there are.")]
    holds: Annotated[bool, Meta(description="Whether the party's own ranking meets them.")]
    risen_above: Annotated[
        list[int],
        Meta(description="The least change: states that the state has to rise to or above."),
    ]


def _run(
    dispute: Dispute, parameters: RankingsParameters, progress: Progress | None
) -> StableRankings:
    from detente.changes.rankings import stable_rankings_of
    from detente.space.named_states import state_number
    from detente.stability.prepared_model import graph_model

    model = graph_model(dispute, progress=progress)
    state = state_number(model, parameters.make)
    return stable_rankings_of(model, state, parameters.party, parameters.concept)


def _blocks(found: StableRankings, _: RankingsParameters) -> tuple[Block, ...]:
    from detente.report.content import Bullets, Prose

    share = found.satisfying / found.rankings
    blocks: list[Block] = [
        Prose(
            f"Under {found.concept}, state {found.state} is stable for {found.party_name} in "
            f"{found.satisfying:,} of {found.rankings:,} strict rankings of the states "
            f"({share:.0%}), if the others' preferences are as stated."
        ),
        Prose(_change_words(found)),
    ]
    if found.conditions:
        blocks += [
            Prose(
                f"{found.party_name}'s ranking has to meet all these conditions (no higher means "
                "lower or the same):"
            ),
            Bullets(tuple(_condition_words(found, one) for one in found.conditions)),
        ]
    else:
        blocks.append(Prose("It is stable by every ranking: there is no condition."))
    return tuple(blocks)


def _change_words(found: StableRankings) -> str:
    if found.holds:
        return f"It is stable by {found.party_name}'s own ranking: no change is needed."
    if not found.risen_above:
        return "It is stable by no ranking."
    count = len(found.risen_above)
    return (
        f"By {found.party_name}'s own ranking it is not stable. The least change is that state "
        f"{found.state} rises by {count} {'place' if count == 1 else 'places'}, to or above "
        f"{_states(found.risen_above)}."
    )


def _condition_words(found: StableRankings, one: Condition) -> str:
    return f"{' or '.join(_no_higher(one))} no higher than state {found.state}"


def _no_higher(one: Condition) -> Iterator[str]:
    for some in one.either:
        yield _states(some)


def _states(numbers: tuple[int, ...]) -> str:
    from detente.report.words import joined

    if len(numbers) == 1:
        return f"state {numbers[0]}"
    return f"states {joined([str(number) for number in numbers])}"


def _document(found: StableRankings, _: RankingsParameters) -> RankingsDocument:
    return {
        "schema": "detente/rankings/1",
        "party": found.party,
        "state": found.state,
        "concept": found.concept,
        "conditions": [
            {"move": one.move, "either": [list(some) for some in one.either]}
            for one in found.conditions
        ],
        "satisfying": found.satisfying,
        "rankings": found.rankings,
        "holds": found.holds,
        "risen_above": list(found.risen_above),
    }


declaration = Declaration(
    name="rankings",
    question="Which rankings of the states by one party make a state stable for it?",
    about=(
        "Count the rankings of all states by one party under which a state is stable for it. Show "
        "what they have in common, and the least change of the party's own ranking. "
        "The others' preferences stay as they are. docs/concepts/inverse.md has the definitions."
    ),
    parameters=RankingsParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=partial(document_schema, RankingsDocument, "rankings"),
    result="detente.changes.rankings.StableRankings",
    rows="conditions",
)
