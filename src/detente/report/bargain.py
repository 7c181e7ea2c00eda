"""What parties bargain over, as neutral blocks, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, TypedDict

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from detente.forecast.linkage.bargain import Bargain, IssueBargain
from detente.forecast.linkage.draws import EstimateDriver
from detente.forecast.linkage.exchanges import Exchange
from detente.report.content import Block, Bullets, Group, Prose, Subheading, Table
from detente.report.language import decimal, marked, per_cent, say, say_number
from detente.report.words import joined

__all__ = [
    "BARGAIN_SCHEMA",
    "BargainDocument",
    "bargain_blocks",
    "bargain_document",
    "exchange_words",
    "on_scale",
]

BARGAIN_SCHEMA = "detente/bargain/1"

Floats = NDArray[np.float64]

# What a result hangs on, by the quantity that was estimated.
_QUANTITIES = {
    "position": marked("the position of {party} on “{issue}”"),
    "salience": marked("the salience of {party} on “{issue}”"),
    "capability": marked("the capability of {party} on “{issue}”"),
}

# So many estimates are named of those that move a result.
_DRIVERS_TOLD = 3


def bargain_blocks(found: Bargain, *, limit: int = 10) -> tuple[Block, ...]:
    """What parties bargain over, a sentence first.

    Parameters
    ----------
    found
        The result.
    limit
        Show at most this many exchanges.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = [
        Prose(f"{_first_sentence(found)} {_second_sentence(found)}"),
        _issues_table(found),
    ]
    for one in found.issues:
        blocks += [
            Subheading(found.table.issue_names[one.issue]),
            Prose(_scale_sentence(found, one)),
            _stands_table(found, one),
        ]
        if one.outcomes:
            blocks.append(Prose(_outcomes_sentence(one, found.table.outcome_names)))
    blocks += [*_exchanges(found, limit), *_hangs_on(found)]
    return tuple(blocks)


# Sentences ---------------------------------------------------------------------------------------


def _first_sentence(found: Bargain) -> str:
    one = found.issues[0]
    name = found.table.issue_names[0]
    range_ = _range(found, one.issue)
    balance = say(
        "On “{issue}” the weights balance at {at} of 100.", issue=name, at=on_scale(one.compromise)
    )
    if range_:
        balance = say(
            "On “{issue}” the weights balance at {at} of 100, or {range} in nine draws of ten.",
            issue=name,
            at=on_scale(one.compromise),
            range=range_,
        )
    median = say("Half of the weight lies on either side of {median}.", median=on_scale(one.median))
    return f"{balance} {median}"


def on_scale(value: float) -> str:
    """A place on a scale, to whole numbers."""
    return f"{value:.0f}"


def _second_sentence(found: Bargain) -> str:
    if not found.exchanges:
        return say("No two of them could exchange anything between issues to the gain of both.")
    return say_number(
        "{number} exchange between issues would benefit both sides. The greatest: {words}.",
        "{number} exchanges between issues would benefit both sides. The greatest: {words}.",
        len(found.exchanges),
        words=exchange_words(found, found.exchanges[0]),
    )


def exchange_words(found: Bargain, one: Exchange) -> str:
    """An exchange in a sentence, without its full stop."""
    table = found.table
    (i, j), (p, q) = one.givers, one.issues
    words = say(
        "{first} gives on “{issue}” ({before} → {after}), {second} on “{other}” ({other_before} → "
        "{other_after})",
        first=table.name(i),
        issue=table.issue_names[p],
        before=on_scale(one.before[0]),
        after=on_scale(one.after[0]),
        second=table.name(j),
        other=table.issue_names[q],
        other_before=on_scale(one.before[1]),
        other_after=on_scale(one.after[1]),
    )
    paying = [k for k in np.argsort(one.others).tolist() if one.others[k] < -0.005]
    if paying:
        who = joined([table.name(k) for k in paying])
        words += say("; ") + say("{parties} would pay for it", parties=who)
    return words


def _scale_sentence(found: Bargain, one: IssueBargain) -> str:
    low, high = found.table.scales[one.issue]
    return say("0: {low}. 100: {high}.", low=low, high=high)


def _outcomes_sentence(one: IssueBargain, named: Mapping[str, str]) -> str:
    ranked = sorted(one.outcomes.items(), key=lambda item: -item[1])
    told = ", ".join(
        f"{named.get(outcome, outcome)} {per_cent(chance)}" for outcome, chance in ranked
    )
    return say("In an election among the outcomes on this scale: {outcomes}.", outcomes=told)


# Tables ------------------------------------------------------------------------------------------


def _issues_table(found: Bargain) -> Table:
    columns = [
        say("Issue"),
        say("Compromise"),
        say("Median"),
        say("After exchanges"),
        say("Likeliest position"),
    ]
    if found.drawn is not None:
        columns.insert(2, say("5 to 95%"))
    rows = []
    for one in found.issues:
        best = int(np.argmax(one.chances))
        cells = [
            found.table.issue_names[one.issue],
            f"{one.compromise:.0f}",
            f"{one.median:.0f}",
            f"{one.after:.0f}",
            f"{on_scale(one.candidates[best])} ({per_cent(one.chances[best])})",
        ]
        if found.drawn is not None:
            cells.insert(2, _range(found, one.issue))
        rows.append(tuple(cells))
    caption = say("Where each issue ends, from 0 to 100")
    return Table(caption, tuple(columns), (Group(tuple(rows)),))


def _stands_table(found: Bargain, one: IssueBargain) -> Table:
    columns = (
        say("Party"),
        say("Position"),
        say("Salience"),
        say("Capability"),
        say("Weight"),
        say("Elected"),
    )
    positions = found.table
    rows = []
    for actor in positions.takes_part(one.issue).tolist():
        at = one.issue, actor
        place = int(np.searchsorted(one.candidates, positions.position[at]))
        rows.append(
            (
                positions.name(actor),
                f"{positions.position[at]:.0f}",
                decimal(positions.salience[at], ".2f"),
                f"{positions.capability[at]:.0f}",
                per_cent(one.shares[actor]),
                per_cent(one.chances[place]),
            )
        )
    caption = say("Who stands where, and how likely that is to be agreed on")
    return Table(caption, columns, (Group(tuple(rows)),))


def _exchanges(found: Bargain, limit: int) -> Iterator[Block]:
    if not found.exchanges:
        return
    yield Subheading(say("Exchanges between issues"))
    left_out = len(found.exchanges) - limit
    caption = say("Each by itself, greatest gain first")
    if left_out > 0:
        caption += " " + say_number(
            "({number} more is left out)", "({number} more are left out)", left_out
        )
    columns = [say("Gives"), say("For"), say("Gain"), say("Others gain, or lose")]
    if found.drawn is not None:
        columns.append(say("Draws"))
    names, rows = found.table, []
    for one in found.exchanges[:limit]:
        (i, j), (p, q) = one.givers, one.issues
        cells = [
            say("{party}: {words}", party=names.name(i), words=names.issue_names[p]),
            say("{party}: {words}", party=names.name(j), words=names.issue_names[q]),
            decimal(one.gain, ".2f"),
            _others(found, one),
        ]
        if found.drawn is not None:
            cells.append(per_cent(found.drawn.made[p, q, i, j] / found.drawn.draws))
        rows.append(tuple(cells))
    yield Table(
        caption,
        tuple(columns),
        (Group(tuple(rows)),),
        numeric=False,
    )
    told = [
        say(
            "{first} and {second} ({issue} for {other})",
            first=names.name(i),
            second=names.name(j),
            issue=names.issue_names[p],
            other=names.issue_names[q],
        )
        for one in found.in_turn
        for (i, j), (p, q) in [(one.givers, one.issues)]
    ]
    yield Prose(say("Made one after another: {exchanges}.", exchanges=say("; then ").join(told)))


def _others(found: Bargain, one: Exchange) -> str:
    told = [
        f"{found.table.name(k)} {decimal(one.others[k], '+.1f')}"
        for k in np.argsort(one.others).tolist()
        if abs(one.others[k]) >= 0.05
    ]
    return ", ".join(told) or say("nobody")


def _hangs_on(found: Bargain) -> Iterator[Block]:
    yield Subheading(say("What it depends on"))
    if found.drawn is None:
        yield Prose(say("Every number is somebody's judgement; none was varied."))
        return
    yield Prose(
        say_number(
            "Over {number} draw (seed {seed}), each number is as stated with its confidence "
            "({confidence} where the file gives none) and otherwise anything within its bounds. "
            "What moves the compromise most, with its share of the variance:",
            "Over {number} draws (seed {seed}), each number is as stated with its confidence "
            "({confidence} where the file gives none) and otherwise anything within its bounds. "
            "What moves the compromise most, with its share of the variance:",
            found.drawn.draws,
            seed=found.seed,
            confidence=decimal(found.confidence, "g"),
        )
    )
    lines = []
    for one in found.issues:
        drivers = found.drawn.drivers(found.drawn.compromise[:, one.issue])[:_DRIVERS_TOLD]
        told = say("; ").join(
            f"{_driver_words(found, driver)} {per_cent(driver.share)}" for driver in drivers
        )
        words = told or say("nothing beyond chance")
        issue = found.table.issue_names[one.issue]
        lines.append(say("{issue}: {drivers}.", issue=issue, drivers=words))
    yield Bullets(tuple(lines))
    if found.drawn.interrupted:
        yield Prose(say("The draws were interrupted; these are all that were made."))


def _driver_words(found: Bargain, driver: EstimateDriver) -> str:
    return say(
        _QUANTITIES[driver.quantity],
        party=found.table.name(driver.actor),
        issue=found.table.issue_names[driver.issue],
    )


def _range(found: Bargain, issue: int) -> str:
    if found.drawn is None:
        return ""
    low, high = np.percentile(found.drawn.compromise[:, issue], [5, 95])
    return say("{low} to {high}", low=on_scale(low), high=on_scale(high))


# Document ----------------------------------------------------------------------------------------


class SpreadDocument(TypedDict):
    """Mean, and 5th and 95th percentile, over the draws."""

    mean: float
    low: float
    high: float


class DrawnDocument(TypedDict):
    """An issue's results over the draws."""

    compromise: SpreadDocument
    median: SpreadDocument


class StandDocument(TypedDict):
    """Where a party stands."""

    party: str
    position: float
    salience: float
    capability: float
    share: Annotated[float, Meta(description="Its share of the weight on the issue.")]


class CandidateDocument(TypedDict):
    """A position, and how likely it is to be elected."""

    position: float
    chance: float


class DriverDocument(TypedDict):
    """What moves a compromise."""

    party: str
    issue: str
    quantity: Literal["position", "salience", "capability"]
    share: Annotated[float, Meta(description="The share of the variance that it accounts for.")]
    upwards: bool


class IssueDocument(TypedDict):
    """An issue and what follows for it."""

    id: str
    name: str
    low: Annotated[str, Meta(description="What 0 means.")]
    high: Annotated[str, Meta(description="What 100 means.")]
    compromise: float
    median: float
    after_exchanges: float
    stands: list[StandDocument]
    election: list[CandidateDocument]
    outcomes: Annotated[
        dict[str, float], Meta(description="How likely each named outcome is among them.")
    ]
    drawn: DrawnDocument | None
    drivers: Annotated[list[DriverDocument], Meta(description="Most first.")]


class ExchangeDocument(TypedDict):
    """An exchange: the first party gives on the first issue, the second on the second."""

    givers: list[str]
    issues: list[str]
    before: Annotated[list[float], Meta(description="Outcomes of the two issues.")]
    after: list[float]
    shifts: Annotated[list[float], Meta(description="Positions to which the two move.")]
    gain: Annotated[float, Meta(description="What each of the two gains.")]
    most: Annotated[list[float], Meta(description="What each would gain at most.")]
    others: Annotated[
        dict[str, float], Meta(description="What it brings or costs the other parties.")
    ]
    share_of_draws: float | None
    mean_gain: float | None


class BargainDocument(TypedDict):
    """Where parties stand on issues, and what follows from it."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: str
    parties: list[str]
    draws: int
    confidence: float
    seed: int
    issues: list[IssueDocument]
    exchanges: list[ExchangeDocument]
    in_turn: Annotated[
        list[ExchangeDocument], Meta(description="Those that are made one after another.")
    ]


def bargain_document(found: Bargain) -> BargainDocument:
    """What parties bargain over as a JSON document."""
    from detente import __version__

    table = found.table
    return {
        "schema": BARGAIN_SCHEMA,
        "version": __version__,
        "dispute": table.title,
        "parties": list(table.actors),
        "draws": 0 if found.drawn is None else found.drawn.draws,
        "confidence": found.confidence,
        "seed": found.seed,
        "issues": [_issue_entry(found, one) for one in found.issues],
        "exchanges": [_exchange_entry(found, one) for one in found.exchanges],
        "in_turn": [_exchange_entry(found, one) for one in found.in_turn],
    }


def _issue_entry(found: Bargain, one: IssueBargain) -> IssueDocument:
    table, number = found.table, one.issue
    entry: IssueDocument = {
        "id": table.issues[number],
        "name": table.issue_names[number],
        "low": table.scales[number][0],
        "high": table.scales[number][1],
        "compromise": one.compromise,
        "median": one.median,
        "after_exchanges": one.after,
        "stands": [
            {
                "party": table.actors[actor],
                "position": float(table.position[number, actor]),
                "salience": float(table.salience[number, actor]),
                "capability": float(table.capability[number, actor]),
                "share": float(one.shares[actor]),
            }
            for actor in table.takes_part(number).tolist()
        ],
        "election": [
            {"position": position, "chance": chance}
            for position, chance in zip(one.candidates.tolist(), one.chances.tolist(), strict=True)
        ],
        "outcomes": one.outcomes,
        "drawn": None,
        "drivers": [],
    }
    if found.drawn is not None:
        entry["drawn"] = {
            "compromise": _spread(found.drawn.compromise[:, number]),
            "median": _spread(found.drawn.median[:, number]),
        }
        entry["drivers"] = [
            {
                "party": table.actors[driver.actor],
                "issue": table.issues[driver.issue],
                "quantity": driver.quantity,
                "share": driver.share,
                "upwards": driver.upwards,
            }
            for driver in found.drawn.drivers(found.drawn.compromise[:, number])
        ]
    return entry


def _spread(values: Floats) -> SpreadDocument:
    low, high = np.percentile(values, [5, 95]).tolist()
    return {"mean": float(values.mean()), "low": low, "high": high}


def _exchange_entry(found: Bargain, one: Exchange) -> ExchangeDocument:
    table = found.table
    (i, j), (p, q) = one.givers, one.issues
    drawn = found.drawn
    made = 0 if drawn is None else int(drawn.made[p, q, i, j])
    return {
        "givers": [table.actors[i], table.actors[j]],
        "issues": [table.issues[p], table.issues[q]],
        "before": list(one.before),
        "after": list(one.after),
        "shifts": list(one.shifts),
        "gain": one.gain,
        "most": list(one.most),
        "others": _by_actor(table.actors, one.others, one.givers),
        "share_of_draws": None if drawn is None else made / drawn.draws,
        "mean_gain": None if drawn is None or not made else float(drawn.gained[p, q, i, j]) / made,
    }


def _by_actor(
    actors: Sequence[str], values: Sequence[float], left_out: Sequence[int]
) -> dict[str, float]:
    return {
        actor: value
        for number, (actor, value) in enumerate(zip(actors, values, strict=True))
        if number not in left_out
    }
