"""What parties bargain over, in words, as tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from detente.forecast.linkage.bargain import Bargain, IssueBargain
from detente.forecast.linkage.draws import Driver
from detente.forecast.linkage.exchanges import Exchange
from detente.report.tables import counted, joined, plain_table

__all__ = ["BARGAIN_SCHEMA", "bargain_document", "bargain_tables", "exchange_words"]

BARGAIN_SCHEMA = "detente/bargain/1"

Floats = NDArray[np.float64]

# So many estimates are named of those that move a result.
_DRIVERS_TOLD = 3


def bargain_tables(found: Bargain, *, limit: int = 10) -> list[RenderableType]:
    """What parties bargain over as text and tables.

    Parameters
    ----------
    found
        The result.
    limit
        Show at most so many exchanges.

    Returns
    -------
    list of rich renderables
    """
    table = found.table
    parts: list[RenderableType] = [
        Text(f"{table.title}: positions and linkage", style="bold"),
        Text(_first_sentence(found)),
        Text(_second_sentence(found)),
        Text(),
        _issues_table(found),
    ]
    for one in found.issues:
        parts += [Text(), Text(_scale_sentence(found, one)), _stands_table(found, one)]
        if one.outcomes:
            parts.append(Text(_outcomes_sentence(one)))
    parts += [Text(), *_exchanges(found, limit)]
    parts += [Text(), *_hangs_on(found)]
    return parts


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
    name = found.table.issue_names[one.issue]
    return f"{name}. 0: {low}. 100: {high}."


def _outcomes_sentence(one: IssueBargain) -> str:
    ranked = sorted(one.outcomes.items(), key=lambda item: -item[1])
    told = ", ".join(f"{outcome} {chance:.0%}" for outcome, chance in ranked)
    return f"In an election among the outcomes on this scale: {told}."


# Tables ------------------------------------------------------------------------------------------


def _issues_table(found: Bargain) -> Table:
    table = plain_table()
    table.add_column("Issue", overflow="fold")
    table.add_column("Compromise", justify="right")
    if found.drawn is not None:
        table.add_column("5 to 95%", justify="right")
    table.add_column("Median", justify="right")
    table.add_column("After exchanges", justify="right")
    table.add_column("Likeliest position", overflow="fold")
    for one in found.issues:
        cells = [found.table.issue_names[one.issue], f"{one.compromise:.0f}"]
        if found.drawn is not None:
            cells.append(_range(found, one.issue))
        best = int(np.argmax(one.chances))
        cells += [
            f"{one.median:.0f}",
            f"{one.after:.0f}",
            f"{one.candidates[best]:.0f} ({one.chances[best]:.0%})",
        ]
        table.add_row(*map(Text, cells))
    return table


def _stands_table(found: Bargain, one: IssueBargain) -> Table:
    table = plain_table()
    table.add_column("Party", overflow="fold")
    for heading in ("Position", "Salience", "Capability", "Weight", "Elected"):
        table.add_column(heading, justify="right")
    positions = found.table
    for actor in positions.takes_part(one.issue).tolist():
        at = one.issue, actor
        place = int(np.searchsorted(one.candidates, positions.position[at]))
        table.add_row(
            Text(positions.name(actor)),
            f"{positions.position[at]:.0f}",
            f"{positions.salience[at]:.2f}",
            f"{positions.capability[at]:.0f}",
            f"{one.shares[actor]:.0%}",
            f"{one.chances[place]:.0%}",
        )
    return table


def _exchanges(found: Bargain, limit: int) -> Iterator[RenderableType]:
    if not found.exchanges:
        return
    left_out = len(found.exchanges) - limit
    more = f" ({left_out} more: --limit)" if left_out > 0 else ""
    yield Text(f"Exchanges, each by itself, greatest gain first{more}:")
    table = plain_table()
    table.add_column("Gives", overflow="fold")
    table.add_column("For", overflow="fold")
    table.add_column("Gain", justify="right")
    table.add_column("Others gain, or lose", overflow="fold")
    if found.drawn is not None:
        table.add_column("Draws", justify="right")
    names = found.table
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
        table.add_row(*map(Text, cells))
    yield table
    told = [
        f"{names.name(i)} and {names.name(j)} ({names.issue_names[p]} for {names.issue_names[q]})"
        for one in found.in_turn
        for (i, j), (p, q) in [(one.givers, one.issues)]
    ]
    yield Text(f"Made one after another: {'; then '.join(told)}.")


def _others(found: Bargain, one: Exchange) -> str:
    told = [
        f"{found.table.name(k)} {one.others[k]:+.1f}"
        for k in np.argsort(one.others).tolist()
        if abs(one.others[k]) >= 0.05
    ]
    return ", ".join(told) or "nobody"


def _hangs_on(found: Bargain) -> Iterator[RenderableType]:
    if found.drawn is None:
        yield Text("Every number is somebody's judgement; none was varied (--draws).")
        return
    yield Text(
        f"Over {counted(found.drawn.draws, 'draw')} (seed {found.seed}), in which each number is "
        f"as stated with its confidence ({found.confidence:g} where the file gives none) and "
        "otherwise anything within its bounds. What moves the compromise most, with the share of "
        "its variance:"
    )
    for one in found.issues:
        drivers = found.drawn.drivers(found.drawn.compromise[:, one.issue])[:_DRIVERS_TOLD]
        told = "; ".join(f"{_driver_words(found, driver)} {driver.share:.0%}" for driver in drivers)
        yield Text(f"- {found.table.issue_names[one.issue]}: {told or 'nothing beyond chance'}.")
    if found.drawn.interrupted:
        yield Text("The draws were interrupted; these are all that were made.")


def _driver_words(found: Bargain, driver: Driver) -> str:
    where = f" on “{found.table.issue_names[driver.issue]}”"
    return f"the {driver.quantity} of {found.table.name(driver.actor)}{where}"


def _range(found: Bargain, issue: int) -> str:
    if found.drawn is None:
        return ""
    low, high = np.percentile(found.drawn.compromise[:, issue], [5, 95])
    return f"{low:.0f} to {high:.0f}"


# Document ----------------------------------------------------------------------------------------


def bargain_document(found: Bargain) -> dict[str, Any]:
    """What parties bargain over, laid out as ``schemas/bargain-1.json`` says."""
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


def _issue_entry(found: Bargain, one: IssueBargain) -> dict[str, Any]:
    table, number = found.table, one.issue
    entry: dict[str, Any] = {
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


def _spread(values: Floats) -> dict[str, float]:
    low, high = np.percentile(values, [5, 95]).tolist()
    return {"mean": float(values.mean()), "low": low, "high": high}


def _exchange_entry(found: Bargain, one: Exchange) -> dict[str, Any]:
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
