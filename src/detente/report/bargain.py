"""What parties bargain over, as neutral blocks, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, TypedDict

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from detente.forecast.linkage.bargain import Bargain, IssueBargain
from detente.forecast.linkage.draws import EstimateDriver
from detente.forecast.linkage.exchanges import Exchange
from detente.report.content import Block, Bullets, Group, Prose, Subheading, Table
from detente.report.words import counted, joined

__all__ = [
    "BARGAIN_SCHEMA",
    "BargainDocument",
    "bargain_blocks",
    "bargain_document",
    "exchange_words",
]

BARGAIN_SCHEMA = "detente/bargain/1"

Floats = NDArray[np.float64]

# So many estimates are named of those that move a result.
_DRIVERS_TOLD = 3


def bargain_blocks(found: Bargain, *, limit: int = 10) -> tuple[Block, ...]:
    """What parties bargain over, a sentence first.

    Parameters
    ----------
    found
        The result.
    limit
        Show at most so many exchanges.

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
            blocks.append(Prose(_outcomes_sentence(one)))
    blocks += [*_exchanges(found, limit), *_hangs_on(found)]
    return tuple(blocks)


# Sentences ---------------------------------------------------------------------------------------


def _first_sentence(found: Bargain) -> str:
    one = found.issues[0]
    name = found.table.issue_names[0]
    range_ = _range(found, one.issue)
    between = f", or {range_} in nine draws of ten" if range_ else ""
    return (
        f"On “{name}” the weights balance at {one.compromise:.0f} of 100{between}; half of the "
        f"weight lies on either side of {one.median:.0f}."
    )


def _second_sentence(found: Bargain) -> str:
    if not found.exchanges:
        return "No two of them could exchange anything between issues to the gain of both."
    return (
        f"{counted(len(found.exchanges), 'exchange')} between issues would benefit both who make "
        f"it. The greatest: {exchange_words(found, found.exchanges[0])}."
    )


def exchange_words(found: Bargain, one: Exchange) -> str:
    """An exchange in a sentence, without its full stop."""
    table = found.table
    (i, j), (p, q) = one.givers, one.issues
    words = (
        f"{table.name(i)} gives on “{table.issue_names[p]}” ({one.before[0]:.0f} → "
        f"{one.after[0]:.0f}), {table.name(j)} on “{table.issue_names[q]}” ({one.before[1]:.0f} → "
        f"{one.after[1]:.0f})"
    )
    paying = [k for k in np.argsort(one.others).tolist() if one.others[k] < -0.005]
    if paying:
        words += f"; {joined([table.name(k) for k in paying])} would pay for it"
    return words


def _scale_sentence(found: Bargain, one: IssueBargain) -> str:
    low, high = found.table.scales[one.issue]
    return f"0: {low}. 100: {high}."


def _outcomes_sentence(one: IssueBargain) -> str:
    ranked = sorted(one.outcomes.items(), key=lambda item: -item[1])
    told = ", ".join(f"{outcome} {chance:.0%}" for outcome, chance in ranked)
    return f"In an election among the outcomes on this scale: {told}."


# Tables ------------------------------------------------------------------------------------------


def _issues_table(found: Bargain) -> Table:
    columns = ["Issue", "Compromise", "Median", "After exchanges", "Likeliest position"]
    if found.drawn is not None:
        columns.insert(2, "5 to 95%")
    rows = []
    for one in found.issues:
        best = int(np.argmax(one.chances))
        cells = [
            found.table.issue_names[one.issue],
            f"{one.compromise:.0f}",
            f"{one.median:.0f}",
            f"{one.after:.0f}",
            f"{one.candidates[best]:.0f} ({one.chances[best]:.0%})",
        ]
        if found.drawn is not None:
            cells.insert(2, _range(found, one.issue))
        rows.append(tuple(cells))
    return Table("Where each issue ends, from 0 to 100", tuple(columns), (Group(tuple(rows)),))


def _stands_table(found: Bargain, one: IssueBargain) -> Table:
    columns = ("Party", "Position", "Salience", "Capability", "Weight", "Elected")
    positions = found.table
    rows = []
    for actor in positions.takes_part(one.issue).tolist():
        at = one.issue, actor
        place = int(np.searchsorted(one.candidates, positions.position[at]))
        rows.append(
            (
                positions.name(actor),
                f"{positions.position[at]:.0f}",
                f"{positions.salience[at]:.2f}",
                f"{positions.capability[at]:.0f}",
                f"{one.shares[actor]:.0%}",
                f"{one.chances[place]:.0%}",
            )
        )
    caption = "Who stands where, and how likely that is to be agreed on"
    return Table(caption, columns, (Group(tuple(rows)),))


def _exchanges(found: Bargain, limit: int) -> Iterator[Block]:
    if not found.exchanges:
        return
    yield Subheading("Exchanges between issues")
    left_out = len(found.exchanges) - limit
    more = f" ({left_out} more are left out)" if left_out > 0 else ""
    columns = ["Gives", "For", "Gain", "Others gain, or lose"]
    if found.drawn is not None:
        columns.append("Draws")
    names, rows = found.table, []
    for one in found.exchanges[:limit]:
        (i, j), (p, q) = one.givers, one.issues
        cells = [
            f"{names.name(i)}: {names.issue_names[p]}",
            f"{names.name(j)}: {names.issue_names[q]}",
            f"{one.gain:.2f}",
            _others(found, one),
        ]
        if found.drawn is not None:
            cells.append(f"{found.drawn.made[p, q, i, j] / found.drawn.draws:.0%}")
        rows.append(tuple(cells))
    yield Table(
        f"Each by itself, greatest gain first{more}",
        tuple(columns),
        (Group(tuple(rows)),),
        numeric=False,
    )
    told = [
        f"{names.name(i)} and {names.name(j)} ({names.issue_names[p]} for {names.issue_names[q]})"
        for one in found.in_turn
        for (i, j), (p, q) in [(one.givers, one.issues)]
    ]
    yield Prose(f"Made one after another: {'; then '.join(told)}.")


def _others(found: Bargain, one: Exchange) -> str:
    told = [
        f"{found.table.name(k)} {one.others[k]:+.1f}"
        for k in np.argsort(one.others).tolist()
        if abs(one.others[k]) >= 0.05
    ]
    return ", ".join(told) or "nobody"


def _hangs_on(found: Bargain) -> Iterator[Block]:
    yield Subheading("What it hangs on")
    if found.drawn is None:
        yield Prose("Every number is somebody's judgement; none was varied.")
        return
    yield Prose(
        f"Over {counted(found.drawn.draws, 'draw')} (seed {found.seed}), each number is as stated "
        f"with its confidence ({found.confidence:g} where the file gives none) and otherwise "
        "anything within its bounds. What moves the compromise most, with its share of the "
        "variance:"
    )
    lines = []
    for one in found.issues:
        drivers = found.drawn.drivers(found.drawn.compromise[:, one.issue])[:_DRIVERS_TOLD]
        told = "; ".join(f"{_driver_words(found, driver)} {driver.share:.0%}" for driver in drivers)
        lines.append(f"{found.table.issue_names[one.issue]}: {told or 'nothing beyond chance'}.")
    yield Bullets(tuple(lines))
    if found.drawn.interrupted:
        yield Prose("The draws were interrupted; these are all that were made.")


def _driver_words(found: Bargain, driver: EstimateDriver) -> str:
    where = f" on “{found.table.issue_names[driver.issue]}”"
    return f"the {driver.quantity} of {found.table.name(driver.actor)}{where}"


def _range(found: Bargain, issue: int) -> str:
    if found.drawn is None:
        return ""
    low, high = np.percentile(found.drawn.compromise[:, issue], [5, 95])
    return f"{low:.0f} to {high:.0f}"


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
    """What parties bargain over, and what follows."""

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
