"""What survives uncertain preferences, in words and tables and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from detente.dispute.dispute import Dispute
from detente.dispute.shares import Share
from detente.queries.answer import DOES_NOT_ARISE
from detente.report.claims import claim_name
from detente.report.content import MARK, Block, Group, Prose, Subheading, Table, rows_table
from detente.report.formula_words import input_words, statement_words
from detente.report.language import per_cent, say
from detente.report.traps import counts_document
from detente.report.words import counted, joined
from detente.robustness.checks import STAGES_UNDER, CheckedDraws, played_under
from detente.robustness.drivers import Driver, checked_drivers, drivers
from detente.robustness.run.settings import Finding
from detente.robustness.run.sweep import Robustness
from detente.stability.traps import traps_of

if TYPE_CHECKING:
    from detente.report.documents.robustness import (
        RobustnessCheckDriver,
        RobustnessChecked,
        RobustnessDocument,
        RobustnessFinding,
        RobustnessShare,
    )

__all__ = [
    "LEAST_INDEX",
    "ROBUSTNESS_SCHEMA",
    "finding_name",
    "interval_words",
    "main_concept",
    "percent",
    "robustness_blocks",
    "robustness_document",
    "uncertainty_text",
]

ROBUSTNESS_SCHEMA = "detente/robustness/1"

# Statements that explain less of a finding's variance are left out of tables.
LEAST_INDEX = 0.005


def main_concept(result: Robustness) -> str:
    """The concept whose findings are shown with their drivers: SEQ, if it was asked for."""
    return "SEQ" if "SEQ" in result.concepts else result.concepts[0]


def finding_name(result: Robustness, finding: Finding) -> str:
    """What a finding is about, in words."""
    if finding.kind == "outcome":
        return next(one.name for one in result.dispute.outcomes if one.id == finding.subject)
    return f"State {finding.subject}{_known_as(result, int(finding.subject))}"


def _known_as(result: Robustness, state: int) -> str:
    """Whether a state is the status quo, and its outcomes, in brackets."""
    dispute = result.dispute
    space = result.plan.space
    names = [
        outcome.name for outcome in dispute.outcomes if space.holds(outcome.formula)[state - 1]
    ]
    if dispute.status_quo is not None:
        index = space.index_at(space.position_of(dispute.status_quo))
        names[:0] = ["status quo"] if index == state - 1 else []
    return f" ({'; '.join(names)})" if names else ""


def uncertainty_text(result: Robustness) -> str:
    """How the draws were made, in a few sentences."""
    around = result.plan.uncertainty
    text = (
        f"A statement is held with its confidence ({around.confidence:g} where none is given), "
        f"or else {around.otherwise}; neighbours in an order change places with probability "
        f"{around.swap:g}."
    )
    if any(getattr(party.preferences, "weighted", False) for party in result.dispute.parties):
        text += f" Weights change by up to {around.weights:.0%}."
    if around.unknown:
        named = "; ".join(
            statement_words(result.dispute, party, number) for party, number in around.unknown
        )
        text += f" Held and reversed in turn, as unknown: {named}."
    return text


def percent(value: float) -> str:
    """A share as a percentage that says neither all nor nothing where it is only nearly so."""
    if 0 < value < 0.001:
        return say("<0.1%")
    if 0.999 < value < 1:
        return say(">99.9%")
    return per_cent(value, 1)


def interval_words(found: Share) -> str:
    """The Wilson interval of a share, as percentages."""
    return f"{found.low:.1%}–{found.high:.1%}"


def _drives(driver: Driver) -> bool:
    return driver.index >= LEAST_INDEX and driver.beyond_chance


def robustness_blocks(result: Robustness, *, limit: int = 3) -> tuple[Block, ...]:
    """The shares of the draws in which each finding holds, and what drives them.

    Parameters
    ----------
    result
        The draws.
    limit
        Show at most this many drivers of each finding.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = [
        Subheading(f"{result.dispute.title}: robustness"),
        *([] if result.checked is None else _reached(result, result.checked)[:1]),
        Prose(
            f"{counted(result.draws, 'draw')} of preferences around those stated, seed "
            f"{result.plan.seed}. {uncertainty_text(result)}"
            f"{' Packages count as moves.' if result.plan.packages else ''}"
        ),
    ]
    if result.draws < result.wanted:
        blocks.append(
            Prose(
                f"Interrupted: {result.draws:,} of {result.wanted:,} draws were analysed, and "
                "all below is about these."
            )
        )
    if result.checked is not None:
        blocks += _reached(result, result.checked)[1:]
    if result.dispute.outcomes:
        blocks += [
            Prose("Share of the draws in which an outcome contains an equilibrium:"),
            _shares(result, "outcome"),
            *_held_by_nobody_leaving(result),
        ]
    if result.plan.states:
        blocks += [
            Prose("Share of the draws in which a state is an equilibrium:"),
            _shares(result, "state"),
        ]
    if result.checked is not None:
        blocks += _checked(result, result.checked)
        blocks += _checked_drivers(result, result.checked, limit)
    return (*blocks, *_driven(result, limit))


def _driven(result: Robustness, limit: int) -> tuple[Block, ...]:
    """The findings that differ between draws, and what moves them."""
    concept = main_concept(result)
    varied = [
        place
        for place, finding in enumerate(result.findings)
        if finding.concept == concept and 0 < result.held[place] < result.draws
    ]
    if not varied:
        return (Prose(f"Under {concept} no finding differs between draws."),)
    return (
        Prose(
            f"Under {concept}, for each finding that differs between draws: its share with the "
            "95% interval, and what moves the share most, with the share where that is as "
            "stated and where it is otherwise. Index: the part of the variance between draws "
            f"that it explains alone. {MARK} under Flips: the finding changes if that alone is "
            "otherwise and all else as stated. Effects that chance may explain are left out."
        ),
        _driver_table(result, varied, limit),
    )


def _reached(result: Robustness, checked: CheckedDraws) -> tuple[Block, ...]:
    """What play from the status quo comes to: a sentence and a table."""
    if not checked.outcomes:
        return ()
    names = {one.id: one.name for one in result.dispute.outcomes}
    now = _holding_now(result)
    rows = [
        (f"{names[one.outcome]} (holds now)",)
        if one.outcome in now
        else (
            names[one.outcome],
            MARK if one.stated_may else "",
            *_share_cells(result, one.may, checked.draws),
            MARK if one.stated_must else "",
            *_share_cells(result, one.must, checked.draws),
        )
        for one in checked.outcomes
    ]
    columns = ("Outcome", *_checked_columns("May come"), *_checked_columns("Must come"))
    return (
        Prose(_reached_sentence(result, checked, now)),
        rows_table(columns, rows, numeric=True, together=3),
    )


def _checked_columns(name: str) -> tuple[str, str, str]:
    return "As\nstated", name, "Interval"


def _holding_now(result: Robustness) -> set[str]:
    """Ids of the outcomes that hold at the status quo."""
    dispute, space = result.dispute, result.plan.space
    assert dispute.status_quo is not None
    index = space.index_at(space.position_of(dispute.status_quo))
    return {one.id for one in dispute.outcomes if space.holds(one.formula)[index]}


def _reached_sentence(result: Robustness, checked: CheckedDraws, now: set[str]) -> str:
    """Which outcomes play may come to most often, and how play is made."""
    names = {one.id: one.name for one in result.dispute.outcomes}
    often = sorted(
        (one for one in checked.outcomes if one.may and one.outcome not in now),
        key=lambda one: -one.may,
    )
    start = f"In the first {counted(checked.draws, 'draw')}, play from the status quo"
    text = f"{start} comes to no outcome that does not hold now."
    if often:
        told = joined(
            [f"“{names[one.outcome]}” ({percent(one.may / checked.draws)})" for one in often[:3]]
        )
        text = f"{start} may come most often to {told}."
    packages = ", or by packages that pay all members," if result.plan.packages else ""
    return (
        f"{text} Play is by improvements{packages} that {played_under(result.concepts)} does not "
        "deter. Must come means that every course of play comes there."
    )


def _held_by_nobody_leaving(result: Robustness) -> tuple[Block, ...]:
    closed = [one.name for one in result.dispute.outcomes if one.id in result.closed_outcomes]
    if not closed:
        return ()
    names = joined([f"“{name}”" for name in closed])
    return (
        Prose(
            f"Nobody can leave {names}: equilibria there hold for that reason, and say little of "
            "what parties prefer. They are not counted for other outcomes."
        ),
    )


def _shares(result: Robustness, kind: str) -> Table:
    rows = []
    for subject in dict.fromkeys(one.subject for one in result.findings if one.kind == kind):
        places = [result.finding(kind, subject, concept) for concept in result.concepts]
        name = finding_name(result, result.findings[places[0]]).removeprefix("State ")
        if kind == "outcome" and subject in result.closed_outcomes:
            name += " (nobody can leave it)"
        rows.append((name, *(percent(int(result.held[one]) / result.draws) for one in places)))
    columns = ("Outcome" if kind == "outcome" else "State", *result.concepts)
    return rows_table(columns, rows, numeric=True)


def _checked(result: Robustness, checked: CheckedDraws) -> Iterator[Block]:
    """Claims and stages in the first draws."""
    if not checked.draws:
        yield Prose("Claims, roadmaps and play were not checked: interrupted.")
        return
    first = f"the first {counted(checked.draws, 'draw')}"
    if checked.draws < checked.wanted:
        first += f" (of {checked.wanted:,} wanted; interrupted)"
    if checked.claims:
        yield Prose(
            f"Share of {first} in which a claim's computed answer is the same as with the "
            "preferences as stated, and in which it agrees with the source:"
        )
        yield _claim_table(result, checked)
    if checked.stages:
        yield Prose(
            f"Share of {first} in which each stage of a roadmap is willing (each of its "
            "parties ends no worse at the roadmap's end than if it stands still) and holding "
            f"(under {STAGES_UNDER}):"
        )
        yield _stage_table(result, checked)


def _claim_names(result: Robustness) -> dict[str, str]:
    return {one.id: claim_name(one) for one in result.dispute.claims}


def _claim_table(result: Robustness, checked: CheckedDraws) -> Table:
    called = _claim_names(result)
    rows = []
    for claim in checked.claims:
        agreeing = ("–", "")
        if claim.stated != DOES_NOT_ARISE:
            agreeing = _share_cells(result, claim.agreeing, checked.draws)
        same = _share_cells(result, claim.unchanged, checked.draws)
        rows.append((called[claim.claim], claim.stated, *same, claim.says, *agreeing))
    columns = ("Claim", "Answer\nas\nstated", "Same", "Interval", "Source", "Agrees", "Interval")
    return rows_table(columns, rows)


def _plan_name(result: Robustness, roadmap: str) -> str:
    return next(one.name for one in result.dispute.roadmaps if one.id == roadmap)


def _stage_table(result: Robustness, checked: CheckedDraws) -> Table:
    groups = []
    for roadmap in dict.fromkeys(stage.roadmap for stage in checked.stages):
        rows: list[tuple[str, ...]] = []
        for stage in checked.stages:
            if stage.roadmap != roadmap:
                continue
            label = f"{stage.number}. {stage.name}"
            if not stage.possible:
                rows.append((f"{label} (not possible)",))
                continue
            rows.append(
                (
                    label,
                    MARK if stage.stated_willing else "",
                    *_share_cells(result, stage.willing, checked.draws),
                    MARK if stage.stated_holding else "",
                    *_share_cells(result, stage.holding, checked.draws),
                )
            )
        groups.append(Group(tuple(rows), _plan_name(result, roadmap)))
    columns = ("Stage", *_checked_columns("Willing"), *_checked_columns("Holding"))
    return Table("", columns, tuple(groups), together=3)


def _checked_drivers(result: Robustness, checked: CheckedDraws, limit: int) -> tuple[Block, ...]:
    """What moves the shares of claims and stages, where something does."""
    called = _claim_names(result)
    counted_ones = [
        (f"Claim {called[one.claim]}: same answer", one.unchanged, one.unchanged_together)
        for one in checked.claims
    ]
    for one in checked.stages:
        label = f"Stage {one.number} of {_plan_name(result, one.roadmap)}"
        counted_ones += [
            (f"{label}: willing", one.willing, one.willing_together),
            (f"{label}: holding", one.holding, one.holding_together),
        ]
    names = {one.id: one.name for one in result.dispute.outcomes}
    counted_ones += [
        (f"{names[one.outcome]}: may come", one.may, one.may_together) for one in checked.outcomes
    ]
    groups = []
    for label, held, together in counted_ones:
        moved = [one for one in checked_drivers(result, held, together) if _drives(one)]
        if moved:
            head = (label, percent(held / checked.draws))
            groups.append(
                Group((head, *(_driver_cells(result.dispute, one) for one in moved[:limit])))
            )
    if not groups:
        return ()
    columns = (
        "What is checked and what drives it",
        "Share",
        "As stated,\notherwise",
        "Index",
    )
    return (
        Prose(
            "What moves these shares most, with the share where it is as stated and where it is "
            "otherwise. Effects that chance may explain in so few draws are left out."
        ),
        Table("", columns, tuple(groups)),
    )


def _driver_cells(dispute: Dispute, driver: Driver) -> tuple[str, str, str, str]:
    return (
        f"  {input_words(dispute, driver.input)}",
        "",
        f"{driver.as_stated or 0:.1%}, {driver.otherwise or 0:.1%}",
        f"{driver.index:.2f}",
    )


def _share_cells(result: Robustness, held: int, draws: int) -> tuple[str, str]:
    found = result.design.share(held, draws)
    return percent(found.value), f"{found.low * 100:.0f}–{found.high:.0%}"


def _driver_table(result: Robustness, places: Sequence[int], limit: int) -> Table:
    groups = []
    for place in places:
        finding, found = result.findings[place], result.share(place)
        head = (finding_name(result, finding), percent(found.value), interval_words(found))
        moved = [driver for driver in drivers(result, place) if _drives(driver)]
        rows = (
            (*_driver_cells(result.dispute, one), MARK if one.flips else "")
            for one in moved[:limit]
        )
        groups.append(Group((head, *rows)))
    columns = (
        "Finding and what drives it",
        "Share",
        "Interval, or as\nstated, otherwise",
        "Index",
        "Flips",
    )
    return Table("", columns, tuple(groups))


def robustness_document(result: Robustness) -> RobustnessDocument:
    """The draws as a JSON document, laid out as ``documents/robustness.py`` says."""
    from detente import __version__

    around, checked = result.plan.uncertainty, result.checked
    equilibria = _equilibria(result)
    counts = counts_document(
        traps_of(result.dispute, packages=result.plan.packages),
        {
            concept: np.array([state for state, _ in found], dtype=np.int64)
            for concept, found in equilibria.items()
        },
    )
    document: RobustnessDocument = {
        "schema": ROBUSTNESS_SCHEMA,
        "version": __version__,
        "dispute": result.dispute.title,
        "draws": result.draws,
        "draws_wanted": result.wanted,
        "seed": result.plan.seed,
        "concepts": list(result.concepts),
        "uncertainty": {
            "confidence": around.confidence,
            "otherwise": around.otherwise,
            "swap": around.swap,
            "weights": around.weights,
            "unknown": [f"{party}.{number}" for party, number in around.unknown],
        },
        "inputs": [
            {
                "id": one.id,
                "party": one.party,
                "number": one.number,
                "kind": one.kind,
                "text": one.text,
            }
            for one in result.inputs
        ],
        "findings": [_finding(result, place) for place in range(len(result.findings))],
        "closed_outcomes": list(result.closed_outcomes),
        "checked": _checked_document(result, checked) if checked and checked.draws else None,
        "equilibria": equilibria,
        "equilibrium_counts": counts["equilibrium_counts"],
        "cannot_be_left": counts["cannot_be_left"],
    }
    if result.plan.packages:
        document["packages"] = True
    return document


def _finding(result: Robustness, place: int) -> RobustnessFinding:
    finding, found = result.findings[place], result.share(place)
    return {
        "id": finding.id,
        "kind": finding.kind,
        "subject": finding.subject,
        "concept": finding.concept,
        "as_stated": bool(result.stated[place]),
        "held": found.held,
        "share": found.value,
        "interval": [found.low, found.high],
        "drivers": [
            {**_driver_document(driver), "flips": bool(driver.flips)}
            for driver in drivers(result, place)
            if driver.index or driver.flips
        ],
    }


def _driver_document(driver: Driver) -> RobustnessCheckDriver:
    return {
        "input": driver.input.id,
        "share_as_stated": driver.as_stated,
        "share_otherwise": driver.otherwise,
        "index": driver.index,
        "beyond_chance": driver.beyond_chance,
    }


def _checked_document(result: Robustness, checked: CheckedDraws) -> RobustnessChecked:
    def shared(held: int) -> RobustnessShare:
        found = result.design.share(held, checked.draws)
        return {"held": held, "share": found.value, "interval": [found.low, found.high]}

    def driven(held: int, together: tuple[int, ...]) -> RobustnessShare:
        found = checked_drivers(result, held, together)
        return {
            **shared(held),
            "drivers": [_driver_document(driver) for driver in found if driver.index],
        }

    return {
        "draws": checked.draws,
        "draws_wanted": checked.wanted,
        "claims": [
            {
                "claim": one.claim,
                "says": one.says,
                "as_stated": one.stated,
                "unchanged": driven(one.unchanged, one.unchanged_together),
                "agreeing": None if one.stated == DOES_NOT_ARISE else shared(one.agreeing),
            }
            for one in checked.claims
        ],
        "stages": [
            {
                "roadmap": one.roadmap,
                "number": one.number,
                "name": one.name,
                "possible": one.possible,
                "willing_as_stated": one.stated_willing,
                "willing": driven(one.willing, one.willing_together),
                "holding_as_stated": one.stated_holding,
                "holding": driven(one.holding, one.holding_together),
            }
            for one in checked.stages
        ],
        "stages_under": STAGES_UNDER,
        "outcomes": [
            {
                "outcome": one.outcome,
                "may_come_as_stated": one.stated_may,
                "may_come": driven(one.may, one.may_together),
                "must_come_as_stated": one.stated_must,
                "must_come": driven(one.must, one.must_together),
            }
            for one in checked.outcomes
        ],
        "play_under": played_under(result.concepts),
    }


def _equilibria(result: Robustness) -> dict[str, list[list[int]]]:
    """For each concept, the states that are ever an equilibrium, with the number of draws."""
    return {
        concept: [
            [state, int(count)]
            for state, count in enumerate(result.counts[:, number].tolist(), start=1)
            if count
        ]
        for number, concept in enumerate(result.concepts)
    }
