"""A brief as a JSON document."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from detente.briefing.brief import Brief
from detente.briefing.likelihood import likelihood_words
from detente.briefing.wished import Wished
from detente.mediation.envoy import Envoy
from detente.report.brief import brief_blocks
from detente.report.content import Outline, Prose
from detente.report.documents.parts import Count
from detente.report.envoy import instrument_words
from detente.report.inverse import change_words

__all__ = ["BriefDocument", "brief_document"]

Probability = Annotated[float, Meta(ge=-1e-9, le=1 + 1e-9)]


class OutcomeDocument(TypedDict):
    """How likely one outcome is."""

    id: str
    name: str
    holds_now: bool
    cannot_be_left: Annotated[bool, Meta(description="Whether no move leads out of it.")]
    chance: Annotated[
        Probability,
        Meta(description="Of holding at the last step where it holds now, or else of having come."),
    ]
    low: Annotated[Probability, Meta(description="5th percentile over the draws.")]
    high: Annotated[Probability, Meta(description="95th percentile over the draws.")]
    words: Annotated[str, Meta(description="The words of Directive 203 for the chance.")]
    as_stated: Annotated[Probability, Meta(description="For the preferences as stated.")]


class NextMoveDocument(TypedDict):
    """A move that may come next."""

    party: str
    state: int
    probability: Probability


class ConfidenceDocument(TypedDict):
    """How far the brief can be relied on, and why."""

    level: Literal["low", "moderate", "high"]
    sources: int
    preferences: int
    cited: int
    judged: int
    mean: float | None
    widest: Annotated[str, Meta(description="The outcome whose range spans most bands.")]
    bands: Annotated[int, Meta(description="How many bands it spans.")]
    scored: bool


class OfferDocument(TypedDict):
    """What a party could give another in the wished outcome."""

    party: str
    statement: int
    by: str
    state: int


class WishedDocument(TypedDict):
    """The outcome that is looked at."""

    outcome: str
    named: bool
    states: int
    equilibria: int
    witness: Annotated[int, Meta(description="The state of it that is nearest to now.")]
    movers: list[str]
    losers: list[str]
    breaking: list[str]
    tempted: list[str]
    offers: list[OfferDocument]
    changes: Annotated[
        list[str], Meta(description="The smallest changes of preferences that make it hold.")
    ]


class BriefEnvoyDocument(TypedDict):
    """What an envoy could do for the wished outcome."""

    instruments: Annotated[
        list[str] | None,
        Meta(description="The fewest that will do, at most one; null where none will."),
    ]
    rounds: Annotated[
        list[list[str]],
        Meta(description="Who promises when; those of one round at the same moment."),
    ]


class AssumptionDocument(TypedDict):
    """An assumption, and what follows where it does not hold."""

    kind: Literal["statement", "odds", "foresight", "worth"]
    party: str | None
    statement: int | None
    otherwise: str
    doubt: Probability
    weight: float
    chances: dict[str, Probability]


class IndicatorDocument(TypedDict):
    """A move to watch for, and what would then be expected."""

    party: str
    state: int
    options: int
    chances: dict[str, Probability]


class BriefDocument(TypedDict):
    """A brief."""

    schema: str
    version: str
    dispute: str
    party: str | None
    steps: int
    draws: int
    seed: int
    equilibrium_counts: Annotated[
        dict[str, Count], Meta(description="How many states are equilibria, by concept.")
    ]
    odds: list[float]
    outcomes: list[OutcomeDocument]
    nothing_changes: Annotated[Probability, Meta(description="That nobody moves in the next step.")]
    next_moves: list[NextMoveDocument]
    confidence: ConfidenceDocument
    wished: WishedDocument | None
    envoy: Annotated[
        BriefEnvoyDocument | None, Meta(description="Null where it was not looked for.")
    ]
    assumptions: list[AssumptionDocument]
    indicators: list[IndicatorDocument]
    text: Annotated[list[str], Meta(description="The page, paragraph by paragraph.")]


def brief_document(found: Brief) -> BriefDocument:
    """A brief as a JSON document; ``detente schema brief`` prints how it is laid out."""
    from detente import __version__

    forecast = found.forecast
    ids = [goal.id for goal in forecast.goals]
    parties = [party.id for party in found.dispute.parties]
    return {
        "schema": "detente/brief/1",
        "version": __version__,
        "dispute": found.dispute.title,
        "party": found.party,
        "steps": forecast.steps,
        "draws": forecast.draws,
        "seed": forecast.plan.seed,
        "equilibrium_counts": found.equilibrium_counts,
        "odds": list(forecast.plan.assumptions.odds),
        "outcomes": [
            {
                "id": goal.id,
                "name": goal.name,
                "holds_now": bool(forecast.by[0, number] == 1),
                "cannot_be_left": goal.closed,
                "chance": float(found.chance[number]),
                "low": float(found.low[number]),
                "high": float(found.high[number]),
                "words": likelihood_words(float(found.chance[number])),
                "as_stated": float(found.as_stated[number]),
            }
            for number, goal in enumerate(forecast.goals)
        ],
        "nothing_changes": forecast.nobody_moves,
        "next_moves": [
            {
                "party": forecast.movers[move.mover],
                "state": move.state,
                "probability": move.probability,
            }
            for move in forecast.next_moves
        ],
        "confidence": _confidence(found),
        "wished": None if found.wished is None else _wished(found, found.wished, parties),
        "envoy": None if found.envoy is None else _envoy(found.envoy, parties),
        "assumptions": [
            {
                "kind": one.kind,
                "party": one.party,
                "statement": one.statement,
                "otherwise": one.otherwise,
                "doubt": one.doubt,
                "weight": one.weight,
                "chances": dict(zip(ids, one.chances, strict=True)),
            }
            for one in found.assumptions
        ],
        "indicators": [
            {
                "party": parties[one.party],
                "state": one.state,
                "options": one.options,
                "chances": dict(zip(ids, one.after, strict=True)),
            }
            for one in found.indicators
        ],
        "text": _paragraphs(found),
    }


def _confidence(found: Brief) -> ConfidenceDocument:
    held = found.confidence
    return {
        "level": held.level,
        "sources": held.sources,
        "preferences": held.statements,
        "cited": held.cited,
        "judged": held.judged,
        "mean": held.mean,
        "widest": found.forecast.goals[held.widest[0]].id,
        "bands": held.widest[1],
        "scored": held.scored,
    }


def _wished(found: Brief, wished: Wished, parties: list[str]) -> WishedDocument:
    answers = wished.inverse.answers if wished.inverse is not None else ()
    return {
        "outcome": found.forecast.goals[wished.goal].id,
        "named": found.named,
        "states": wished.states,
        "equilibria": wished.equilibria,
        "witness": wished.witness,
        "movers": [parties[one] for one in wished.movers],
        "losers": [parties[one] for one in wished.losers],
        "breaking": [parties[one] for one in wished.breaking],
        "tempted": [parties[one] for one in wished.tempted],
        "offers": [
            {
                "party": parties[one.party],
                "statement": one.statement,
                "by": parties[one.by],
                "state": one.state,
            }
            for one in wished.offers
        ],
        "changes": [
            change_words(found.dispute, change)
            for answer in answers[:1]
            for change in answer.changes
        ],
    }


def _envoy(envoy: Envoy, parties: list[str]) -> BriefEnvoyDocument:
    least, order = envoy.least, envoy.visits[0] if envoy.visits else None
    words = None
    if least is not None:
        words = [instrument_words(envoy.dispute, one) for one in least.instruments]
    return {
        "instruments": words,
        "rounds": []
        if order is None
        else [[parties[visit.party] for visit in one] for one in order.rounds],
    }


def _paragraphs(found: Brief) -> list[str]:
    told: list[str] = []
    for block in brief_blocks(found):
        if isinstance(block, Prose):
            told.append(block.text)
        elif isinstance(block, Outline):
            told += [text for _, text in block.items]
    return told
