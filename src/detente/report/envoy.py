"""What a mediator can do, as neutral blocks, as a JSON document, and for one party alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from detente.dispute.dispute import Dispute
from detente.mediation.envoy import Envoy
from detente.mediation.grit import Graduated
from detente.mediation.instruments import Instrument, JointStage, Message, Offer
from detente.mediation.search import Mediation
from detente.mediation.visits import MOST_PARTIES, Visit, Visits
from detente.report.content import Block, Bullets, Group, Outline, Prose, Subheading, Table
from detente.report.language import per_cent, say, say_number
from detente.report.words import joined, quoted, setting_words, settings_words
from detente.roadmap.plan import PlanStage, settings_text
from detente.roadmap.undertakings import Commitment, Pledge
from detente.space.graph_model import GraphModel

__all__ = [
    "ENVOY_SCHEMA",
    "EnvoyDocument",
    "asked_of",
    "envoy_blocks",
    "envoy_document",
    "instrument_words",
    "order_sentence",
    "others_sentence",
    "party_blocks",
    "party_document",
    "party_text",
    "stage_title",
]

ENVOY_SCHEMA = "detente/envoy/1"

# So many other sets are told.
_MOST_OTHERS = 4


def envoy_blocks(found: Envoy) -> tuple[Block, ...]:
    """What a mediator can do, a sentence first."""
    blocks: list[Block] = [Prose(_first_sentence(found)), Prose(_as_it_is(found))]
    for number, (one, order) in enumerate(zip(found.found, found.visits, strict=True), start=1):
        blocks += _set(found, number, one, order)
    blocks += _others(found)
    if found.graduated is not None:
        blocks += _graduated(found, found.graduated)
    blocks.append(Prose(_method(found)))
    return tuple(blocks)


def _first_sentence(found: Envoy) -> str:
    least = found.least
    what = quoted(found.goal)
    if least is None:
        text = say_number(
            "No set of at most {number} instrument makes {goal} hold.",
            "No set of at most {number} instruments makes {goal} hold.",
            found.budget,
            goal=what,
        )
        if found.interrupted:
            text += " " + say("Only those looked at until the interruption are meant.")
        return text
    also = len(found.found) - 1
    more = ""
    if also:
        more = " " + say_number(
            "{number} other set costs less or leaves fewer statements to lose.",
            "{number} other sets cost less or leave fewer statements to lose.",
            also,
        )
    order = order_sentence(found.dispute, found.visits[0])
    if not least.number:
        held = say("Nothing has to be promised besides the stages: {goal} holds.", goal=what)
        return f"{held} {order}{more}"
    held = say_number(
        "{number} instrument will do for {goal} to hold: {words}.",
        "{number} instruments will do for {goal} to hold: {words}.",
        least.number,
        goal=what,
        words=joined([instrument_words(found.dispute, one) for one in least.instruments]),
    )
    return f"{held} {others_sentence(found)}{order}{more}"


def others_sentence(found: Envoy) -> str:
    """That other sets of as few instruments would do too, and a blank; "" where none was found."""
    least = found.least
    if least is None or not found.others:
        return ""
    alike = sum(one.price == least.price for one in found.others)
    many = len(found.others)
    sets = say_number(
        "At least {number} other set of as many will do too",
        "At least {number} other sets of as many will do too",
        many,
    )
    if alike == many:
        price = say("as cheaply")
    elif alike:
        price = say_number("{number} of them as cheaply", "{number} of them as cheaply", alike)
    else:
        price = say("at a higher price")
    return f"{sets}, {price}. "


def _others(found: Envoy) -> Iterator[Block]:
    """The other sets of as few instruments, the first of them."""
    if not found.others or not found.others[0].instruments:
        return
    yield Prose(say("Instead, one of these would do:"))
    told = []
    for one in found.others[:_MOST_OTHERS]:
        words = joined([instrument_words(found.dispute, each) for each in one.instruments])
        cost = say("cost {share}", share=per_cent(float(one.cost), 1))
        told.append(f"{words[:1].upper()}{words[1:]} ({cost}).")
    left = len(found.others) - len(told)
    if left:
        told.append(say_number("{number} more set.", "{number} more sets.", left))
    yield Bullets(tuple(told))


def order_sentence(dispute: Dispute, order: Visits | None) -> str:
    """Who can be visited one by one, and who has to promise at the same moment."""
    if order is None:
        return say(
            "With more than {number} parties, no order of visits is worked out.",
            number=MOST_PARTIES,
        )
    if not order.rounds:
        names = joined([dispute.parties[one].name for one in order.refusing])
        return say(
            "No order of visits will do: {parties} would not say yes even together with all.",
            parties=names,
        )
    if order.together < 2:
        return say("The parties can be visited one by one.")
    together = [
        joined([dispute.parties[visit.party].name for visit in one])
        for one in order.rounds
        if len(one) > 1
    ]
    return say("{parties} have to promise at the same moment.", parties=say("; ").join(together))


def _as_it_is(found: Envoy) -> str:
    check = found.check
    if check is None:
        return say("Any plan of few stages into it was looked at.")
    if check.holds:
        return say("As it is, the roadmap holds, if all parties see the dispute as it is.")
    failed = check.verdict
    assert failed is not None, "it does not hold"
    return say(
        "As it is, the roadmap breaks at stage {number}, “{stage}”: {failed}.",
        number=failed.number,
        stage=failed.stage.name,
        failed=_failed_words(failed.failed),
    )


def _failed_words(failed: str | None) -> str:
    match failed:
        case "possible":
            return say("it is not possible")
        case "willing":
            return say("it is not willing")
        case _:
            return say("it does not hold")


def _method(found: Envoy) -> str:
    if found.foresight == "roadmap":
        text = [say("Under {concept}; parties look to where the plan ends.", concept=found.concept)]
    else:
        text = [
            say("Under {concept}; parties look to what each stage brings.", concept=found.concept)
        ]
    if found.by is not None:
        text.append(say("{party} mediates.", party=found.dispute.parties[found.by].name))
    tried = say_number("{number} changed plan", "{number} changed plans", found.tried)
    if found.complete:
        text.append(say("All sets within the budget were looked at ({plans}).", plans=tried))
    else:
        text.append(say("Not all sets were looked at ({plans}).", plans=tried))
    text.append(
        say(
            "Each set was verified by a new check. Ranks carry no intensities. Adding up costs "
            "as shares of each party's range is a way to choose. It does not measure what "
            "anybody feels. Losses are counted in statements of a party's own list, the most of "
            "any one party. They do not say who loses more than whom."
        )
    )
    return " ".join(text)


# One set -----------------------------------------------------------------------------------------


def _set(found: Envoy, number: int, one: Mediation, order: Visits | None) -> Iterator[Block]:
    instruments = say("No instrument is needed")
    if one.number:
        instruments = say_number("{number} instrument", "{number} instruments", one.number)
    yield Subheading(
        say(
            "{place}. {instruments}: cost {share}, at most {statements} of one party to lose at a "
            "stage",
            place=number,
            instruments=instruments,
            share=per_cent(float(one.cost), 1),
            statements=say_number("{number} statement", "{number} statements", one.statements_lost),
        )
    )
    if one.instruments:
        words = (instrument_words(found.dispute, each) for each in one.instruments)
        yield Bullets(tuple(f"{one[:1].upper()}{one[1:]}." for one in words))
    yield _stages_table(found, one)
    yield _ends_table(found, one)
    if order is None or not order.rounds:
        yield Prose(order_sentence(found.dispute, order))
        return
    yield Prose(say("Visits, in order:"))
    items: list[tuple[int, str]] = []
    for place, visits in enumerate(order.rounds, start=1):
        items += _round(found, one, place, visits)
    yield Outline(tuple(items))


def _stages_table(found: Envoy, one: Mediation) -> Table:
    rows = []
    for number, stage in enumerate(one.plan.stages, start=1):
        names = ", ".join(found.dispute.parties[party].name for party in stage.parties)
        sets = settings_words(found.dispute, stage.settings)
        title = stage_title(found.dispute, stage)
        rows.append((f"{number}. {title}" if title else str(number), names, sets))
    columns = (say("Stage"), say("Who"), say("Sets"))
    return Table(say("The plan"), columns, (Group(tuple(rows)),), numeric=False)


def stage_title(dispute: Dispute, stage: PlanStage) -> str:
    """What a stage is called; "" where it has no name but what is set in it."""
    return "" if stage.name == settings_text(dispute, stage.settings) else stage.name


def _ends_table(found: Envoy, one: Mediation) -> Table:
    """What it brings or costs each party, in rank."""
    columns = [
        say("Party"),
        say("Rank today"),
        say("At the end"),
        say("Promises cost"),
        say("At risk on the way"),
    ]
    planned = found.check
    if planned is not None:
        columns.insert(2, say("At the end as planned"))
    model = found.model
    start, end = model.status_quo, one.check.end - 1
    assert start is not None, "a mediator starts at the status quo"
    rows = []
    for number, party in enumerate(found.dispute.parties):
        at_risk = max(
            (
                standing.share
                for stage in one.check.stages
                for standing in stage.standings
                if standing.party == party.id
            ),
            default=0.0,
        )
        cells = [
            party.name,
            f"{_rank(model, number, start)}",
            f"{_rank(model, number, end)}",
            per_cent(float(one.costs[number]), 1) if one.costs[number] else "",
            per_cent(at_risk) if at_risk else "",
        ]
        if planned is not None:
            cells.insert(2, f"{_rank(model, number, planned.end - 1)}")
        rows.append(tuple(cells))
    caption = say("What it brings whom: ranks, higher is better; shares of a party's range")
    return Table(caption, tuple(columns), (Group(tuple(rows)),))


def _round(
    found: Envoy, one: Mediation, place: int, visits: tuple[Visit, ...]
) -> Iterator[tuple[int, str]]:
    names = joined([found.dispute.parties[visit.party].name for visit in visits])
    if len(visits) > 1:
        yield 0, say("{place}. {parties} at the same moment.", place=place, parties=names)
    else:
        yield 0, f"{place}. {names}."
    for visit in visits:
        asked = asked_of(found.dispute, one, visit.party)
        counts = joined([found.dispute.parties[other].name for other in visit.counted_on])
        told = say(
            "{party}: {words}. If nobody else joins, its yes leaves it at rank {safe}, against "
            "{least} without.",
            party=found.dispute.parties[visit.party].name,
            words=say("; ").join(asked) or say("nothing but to listen"),
            safe=visit.safe,
            least=visit.least,
        )
        if counts:
            told += " " + say("It counts on {parties}.", parties=counts)
        yield 1, told


def asked_of(dispute: Dispute, one: Mediation, party: int) -> list[str]:
    """What a set asks of one party, in words."""
    asked = []
    for number, stage in enumerate(one.plan.stages, start=1):
        if party in stage.parties:
            part = stage.part(dispute, [party])
            does = settings_words(dispute, part) if part else say("consent")
            asked.append(say("stage {number}: {words}", number=number, words=does))
    for instrument in one.instruments:
        maker = getattr(instrument, "party", None)
        if isinstance(instrument, Commitment | Pledge) and maker == party:
            asked.append(_promise_words(dispute, instrument))
        elif isinstance(instrument, Message) and instrument.to == party:
            asked.append(_message_words(dispute, instrument))
    return asked


def _message_words(dispute: Dispute, one: Message) -> str:
    return say("it is told what {party} truly wants", party=dispute.parties[one.about].name)


def instrument_words(dispute: Dispute, one: Instrument) -> str:
    """An instrument in words, without a full stop."""
    names = [party.name for party in dispute.parties]
    match one:
        case Message(to=to, about=about):
            return say(
                "{party} is told what {other} truly wants and can do",
                party=names[to],
                other=names[about],
            )
        case Offer(party=party, stage=stage, option=option, level=level):
            details = dispute.options[option]
            return say(
                "{party} also has to {words} in stage {stage}",
                party=names[party],
                words=setting_words(details, -1, level),
                stage=stage,
            )
        case JointStage(stage=stage, of=of):
            made = ""
            if of:
                made = say(", made of stages {stages}", stages=joined([str(n) for n in of]))
            return say("stage {stage} is made jointly", stage=stage) + made
        case Commitment() | Pledge():
            return say(
                "{party} undertakes {promise}",
                party=names[one.party],
                promise=_promise_words(dispute, one),
            )


def _promise_words(dispute: Dispute, one: Commitment | Pledge) -> str:
    if isinstance(one, Commitment):
        name = quoted(dispute.options[one.option].name)
        return say("not to change {option} except as the plan has it", option=name)
    breaker = dispute.parties[one.breaker].name
    answer = settings_words(dispute, dict(one.settings))
    return say(
        "to answer, should {party} break the plan, by this: {words}", party=breaker, words=answer
    )


def _rank(model: GraphModel, party: int, state: int) -> int:
    return int(model.graph.ranks[party, model.node(state)])


# Small steps -------------------------------------------------------------------------------------


def _graduated(found: Envoy, steps: Graduated) -> Iterator[Block]:
    yield Subheading(say("Small, announced, reversible steps of one party at a time"))
    if steps.check is None:
        why = say("no state of the goal holds by itself within the bound")
        if steps.ends:
            why = say("no sequence of such steps leads to a state of the goal that holds")
        if steps.within_reach:
            why = say("whoever would have to step ranks the end lower than where it stood")
        yield Prose(
            say(
                "There are none: {why} (no party more than {bound} of its range below the status "
                "quo).",
                why=why,
                bound=per_cent(steps.bound),
            )
        )
        return
    yield Prose(
        say_number(
            "{number} step leads to the goal. On the way no party stands more than {exposure} of "
            "its range below the status quo (the bound is {bound}).",
            "{number} steps lead to the goal. On the way no party stands more than {exposure} of "
            "its range below the status quo (the bound is {bound}).",
            len(steps.check.stages),
            exposure=per_cent(steps.exposure),
            bound=per_cent(steps.bound),
        )
    )
    lines = []
    for stage in steps.check.stages:
        (mover,) = stage.stage.parties
        does = settings_words(found.dispute, stage.stage.settings)
        step = say("{party}: {words}", party=found.dispute.parties[mover].name, words=does)
        lines.append(f"{stage.number}. {step}.")
    yield Outline(tuple((0, line) for line in lines))
    failed = steps.check.verdict
    if failed is None:
        yield Prose(say("As a roadmap these steps hold."))
        return
    yield Prose(
        say(
            "As a roadmap they do not hold by themselves. Stage {number} breaks: {failed}. They "
            "rest on each being answered, as their author meant them to.",
            number=failed.number,
            failed=_failed_words(failed.failed),
        )
    )


# For one party alone -----------------------------------------------------------------------------


def party_blocks(found: Envoy, party: int) -> tuple[Block, ...]:
    """What can be shown to one party (definition 12 of docs/concepts/envoy.md).

    It depends on the public part of the dispute, on this party's own preferences, and on what is
    promised; on nothing else.
    """
    dispute, one = found.dispute, found.least
    name = dispute.parties[party].name
    if one is None:
        return (Prose(say("For {party}: the mediator has nothing to propose.", party=name)),)
    start, end = found.model.status_quo, one.check.end - 1
    assert start is not None, "a mediator starts at the status quo"
    stages = [
        f"{n}. {_stage_words(dispute, stage)}." for n, stage in enumerate(one.plan.stages, start=1)
    ]
    asked = [f"{each}." for each in asked_of(dispute, one, party)]
    others = [
        say("{party}: {words}", party=dispute.parties[other].name, words=each) + "."
        for other in range(len(dispute.parties))
        if other != party
        for each in _promised_by(dispute, one, other)
    ]
    return (
        Prose(say("For {party}: the plan is “{goal}”.", party=name, goal=found.goal)),
        Outline(tuple((0, line) for line in stages)),
        Prose(say("What {party} is asked for:", party=name)),
        Bullets(tuple(asked) or (say("nothing."),)),
        Prose(say("What the others promise, if all do:")),
        Bullets(tuple(others) or (say("nothing."),)),
        Prose(
            say(
                "By its own order of preferences {party} ranks where things stand {start}, and "
                "where the plan ends {end} (higher is better).",
                party=name,
                start=_rank(found.model, party, start),
                end=_rank(found.model, party, end),
            )
        ),
    )


def party_text(found: Envoy, party: int) -> str:
    """The same as plain text."""
    lines: list[str] = []
    for block in party_blocks(found, party):
        match block:
            case Prose(text=text):
                lines.append(text)
            case Bullets(items=items):
                lines += [f"- {item}" for item in items]
            case Outline(items=pairs):
                lines += [text for _, text in pairs]
    return "\n".join([*lines, ""])


def party_document(found: Envoy, party: int) -> EnvoyDocument:
    """The same as a document, with nothing else in it."""
    from detente import __version__

    return {
        "schema": ENVOY_SCHEMA,
        "version": __version__,
        "dispute": found.dispute.title,
        "goal": found.goal,
        "concept": found.concept,
        "foresight": found.foresight,
        "by": None,
        "budget": found.budget,
        "holds_as_it_is": None,
        "complete": True,
        "interrupted": False,
        "tried": 0,
        "sets": [],
        "others": 0,
        "graduated": None,
        "for_party": party_text(found, party),
    }


def _stage_words(dispute: Dispute, stage: PlanStage) -> str:
    names = joined([dispute.parties[one].name for one in stage.parties])
    title = stage_title(dispute, stage)
    return f"{f'{title} ' if title else ''}({names}): {settings_words(dispute, stage.settings)}"


def _promised_by(dispute: Dispute, one: Mediation, party: int) -> list[str]:
    """A party's promises; what it is told is its own affair."""
    told = [
        _message_words(dispute, other)
        for other in one.instruments
        if isinstance(other, Message) and other.to == party
    ]
    return [asked for asked in asked_of(dispute, one, party) if asked not in told]


# Document ----------------------------------------------------------------------------------------


class InstrumentDocument(TypedDict):
    """An instrument."""

    kind: Literal["message", "commitment", "pledge", "offer", "joint stage"]
    party: Annotated[str | None, Meta(description="Who makes it, or is told; all, if null.")]
    words: str


class StageDocument(TypedDict):
    """A stage of the plan."""

    name: str
    parties: list[str]
    set: dict[str, str]


class VisitDocument(TypedDict):
    """A party's yes."""

    party: str
    asked: list[str]
    counts_on: list[str]
    rank_without: int
    rank_if_nobody_joins: int


class SetDocument(TypedDict):
    """A set of instruments by which the plan holds."""

    number: int
    cost: Annotated[float, Meta(description="Sum of shares of the makers' ranges.")]
    costs: dict[str, float]
    statements_lost: Annotated[
        int, Meta(description="The most that any one party stands to lose at any one stage.")
    ]
    end: Annotated[int, Meta(description="Number of the state in which the plan ends.")]
    instruments: list[InstrumentDocument]
    stages: list[StageDocument]
    visits: Annotated[
        list[list[VisitDocument]] | None,
        Meta(description="Rounds, in order; null where too many parties are concerned."),
    ]
    refusing: list[str]


class GraduatedDocument(TypedDict):
    """Small steps to the goal."""

    steps: list[str] | None
    exposure: float
    bound: float
    ends: int
    within_reach: int
    holds: bool | None


class EnvoyDocument(TypedDict):
    """What a mediator can do."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: str
    goal: str
    concept: str
    foresight: str
    by: str | None
    budget: int
    holds_as_it_is: bool | None
    complete: bool
    interrupted: bool
    tried: int
    sets: Annotated[list[SetDocument], Meta(description="Those that no other beats.")]
    others: Annotated[
        int,
        Meta(
            description=(
                "How many other sets of as few instruments as the least were found that will do "
                "too; of each changed plan one is looked for."
            )
        ),
    ]
    graduated: GraduatedDocument | None
    for_party: Annotated[
        str | None,
        Meta(description="The text that can be shown to the party asked for; sets are empty then."),
    ]


def envoy_document(found: Envoy) -> EnvoyDocument:
    """What a mediator can do as a JSON document."""
    from detente import __version__

    dispute = found.dispute
    check = found.check
    return {
        "schema": ENVOY_SCHEMA,
        "version": __version__,
        "dispute": dispute.title,
        "goal": found.goal,
        "concept": found.concept,
        "foresight": found.foresight,
        "by": None if found.by is None else dispute.parties[found.by].id,
        "budget": found.budget,
        "holds_as_it_is": None if check is None else check.holds,
        "complete": found.complete,
        "interrupted": found.interrupted,
        "tried": found.tried,
        "sets": [
            _set_entry(found, one, order)
            for one, order in zip(found.found, found.visits, strict=True)
        ],
        "others": len(found.others),
        "graduated": None if found.graduated is None else _graduated_entry(found.graduated),
        "for_party": None,
    }


def _set_entry(found: Envoy, one: Mediation, order: Visits | None) -> SetDocument:
    dispute = found.dispute
    ids = [party.id for party in dispute.parties]
    return {
        "number": one.number,
        "cost": float(one.cost),
        "costs": {ids[n]: float(cost) for n, cost in enumerate(one.costs) if cost},
        "statements_lost": one.statements_lost,
        "end": one.check.end,
        "instruments": [_instrument_entry(dispute, each) for each in one.instruments],
        "stages": [
            {
                "name": stage.name,
                "parties": [ids[party] for party in stage.parties],
                "set": {
                    dispute.options[o].key: dispute.options[o].levels[level]
                    for o, level in stage.settings.items()
                },
            }
            for stage in one.plan.stages
        ],
        "visits": None
        if order is None
        else [
            [
                {
                    "party": ids[visit.party],
                    "asked": asked_of(dispute, one, visit.party),
                    "counts_on": [ids[other] for other in visit.counted_on],
                    "rank_without": visit.least,
                    "rank_if_nobody_joins": visit.safe,
                }
                for visit in visits
            ]
            for visits in order.rounds
        ],
        "refusing": [] if order is None else [ids[party] for party in order.refusing],
    }


def _instrument_entry(dispute: Dispute, one: Instrument) -> InstrumentDocument:
    party = one.to if isinstance(one, Message) else getattr(one, "party", None)
    return {
        "kind": _kind(one),
        "party": None if party is None else dispute.parties[party].id,
        "words": instrument_words(dispute, one),
    }


def _kind(
    one: Instrument,
) -> Literal["message", "commitment", "pledge", "offer", "joint stage"]:
    match one:
        case Message():
            return "message"
        case Commitment():
            return "commitment"
        case Pledge():
            return "pledge"
        case Offer():
            return "offer"
        case JointStage():
            return "joint stage"


def _graduated_entry(steps: Graduated) -> GraduatedDocument:
    check = steps.check
    return {
        "steps": None if check is None else [stage.stage.name for stage in check.stages],
        "exposure": steps.exposure,
        "bound": steps.bound,
        "ends": steps.ends,
        "within_reach": steps.within_reach,
        "holds": None if check is None else check.holds,
    }
