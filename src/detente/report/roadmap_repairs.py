"""What would make a plan hold: in words, as tables and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from detente.changes.statements import Change
from detente.dispute.dispute import Dispute, Statements
from detente.report.content import Block, Outline, Prose, Subheading, Table, rows_table
from detente.report.explanations import changes
from detente.report.face import hint
from detente.report.inverse import change_words
from detente.report.roadmaps import (
    FORESIGHT_WORDS,
    other_reading,
    party_name,
    verdict_document,
    verdict_lines,
)
from detente.report.words import counted, joined, settings_words
from detente.roadmap.check.stage_checks import Breach
from detente.roadmap.repair.repairs import KindOfRepair, PlanRepair, RoadmapRepair
from detente.roadmap.repair.stage_orders import MOST_PARTS
from detente.roadmap.undertakings import Commitment, Pledge, Settings, answered
from detente.stability.concept_registry import reaction_named
from detente.stability.explain import shortest_sanction

if TYPE_CHECKING:
    from detente.report.documents.roadmap_repair import (
        RepairProposal,
        RepairUndertaking,
        RoadmapRepairDocument,
    )

__all__ = ["REPAIR_SCHEMA", "proposal_lines", "repair_blocks", "repair_document"]

REPAIR_SCHEMA = "detente/roadmap-repair/1"

_KIND_WORDS = {
    "order": "Stages in another order",
    "joint": "Stages made jointly",
    "left_out": "Stages left out",
    "stage": "One stage more",
    "part": "More set in a stage",
    "commitment": "Commitments",
    "pledge": "Pledged answers",
    "preferences": "Other preferences",
}

# What one unit of a change's size is.
_UNITS = {
    "order": "exchange of neighbours",
    "joint": "stage fewer",
    "left_out": "stage",
    "stage": "option",
    "part": "option",
    "commitment": "commitment",
    "pledge": "pledge",
    "preferences": "change",
}
_PLURALS = {"order": "exchanges of neighbours", "joint": "stages fewer"}


# Words -------------------------------------------------------------------------------------


def proposal_lines(repair: RoadmapRepair, proposal: PlanRepair) -> list[str]:
    """One proposal: what changes and whom it concerns, and what that does.

    Parameters
    ----------
    repair
        The repair.
    proposal
        One of its proposals.

    Returns
    -------
    list of str
        One sentence or two each.
    """
    match proposal.kind:
        case "commitment" | "pledge":
            lines = [_undertaking_words(repair, one) for one in proposal.check.undertakings]
        case "preferences":
            lines = [
                f"{change_words(repair.model.dispute, one)}{_confidence(repair, one)}"
                for one in proposal.changes
            ]
        case _:
            lines = [_plan_words(repair, proposal), _first_failure_then(repair, proposal)]
    if proposal.kind == "preferences":
        lines += _breaches_then(repair, proposal)
    if proposal.kind in ("order", "joint", "left_out", "stage", "part"):
        lines.append(_end_words(repair, proposal))
    return lines


def _plan_words(repair: RoadmapRepair, proposal: PlanRepair) -> str:
    dispute = repair.model.dispute
    stages = proposal.check.plan.stages
    match proposal.kind:
        case "order":
            order = ", ".join(str(one) for (one,) in proposal.origins)
            return f"The stages in the order {order}."
        case "joint":
            joint = [
                f"stages {joined([str(one) for one in group])}, at once by "
                f"{_names(dispute, stages[place].parties)}"
                for place, group in enumerate(proposal.origins)
                if len(group) > 1
            ]
            return f"Made jointly: {'; '.join(joint)}."
        case "left_out":
            kept = {one for group in proposal.origins for one in group}
            left_out = [str(one.number) for one in repair.check.stages if one.number not in kept]
            which = "Stage" if len(left_out) == 1 else "Stages"
            verb = "is" if len(left_out) == 1 else "are"
            return f"{which} {joined(left_out)} {verb} left out."
        case "stage":
            ((number, settings),) = proposal.added
            after = proposal.origins[number - 2][0] if number > 1 else 0
            place = f"After stage {after}" if after else "At the start"
            stage = stages[number - 1]
            named = f"“{stage.name}”, " if stage.package else ""
            return f"{place}, one stage more: {named}{_done(dispute, settings)}."
        case _:
            parts = [
                f"in stage {number} also {_done(dispute, settings)}"
                for number, settings in proposal.added
            ]
            words = "; ".join(parts)
            return f"{words[0].upper()}{words[1:]}."


def _first_failure_then(repair: RoadmapRepair, proposal: PlanRepair) -> str:
    """What becomes of the stage that was the first to fail."""
    failed = repair.check.verdict
    assert failed is not None
    what = f"Stage {failed.number}, “{failed.stage.name}”, which was the first to fail,"
    for place, group in enumerate(proposal.origins):
        if failed.number in group:
            now = proposal.check.stages[place]
            made = f"leads from state {now.before} to state {now.after}, and holds"
            if len(group) > 1:
                return f"{what} is part of a joint stage that {made}."
            number = f" as stage {now.number}" if now.number != failed.number else ""
            return f"{what} then{number} {made}."
    return f"{what} is not made."


def _end_words(repair: RoadmapRepair, proposal: PlanRepair) -> str:
    if proposal.same_end:
        return f"The plan ends as it did, in state {repair.check.end}."
    model = repair.model
    now, then = (
        [
            one.name
            for one in model.dispute.outcomes
            if bool(model.space.holds(one.formula)[end - 1])
        ]
        for end in (repair.check.end, proposal.check.end)
    )
    lost = [name for name in now if name not in then]
    gained = [name for name in then if name not in now]
    words = f"The plan then ends in state {proposal.check.end}, not in {repair.check.end}"
    if lost:
        words += f"; it no longer comes to: {joined(lost)}"
    if gained:
        words += f"; it comes to: {joined(gained)}"
    return words + "."


def _undertaking_words(repair: RoadmapRepair, one: Commitment | Pledge) -> str:
    dispute = repair.model.dispute
    name = dispute.parties[one.party].name
    if isinstance(one, Commitment):
        option = dispute.options[one.option]
        words = f"{name}: not to change “{option.name}” except as the plan has it."
        breach = _first_breach(repair, one.party, one.option)
        if breach is not None:
            words += (
                f" That rules out its move to state {breach.state}, rank {breach.rank_before} → "
                f"{breach.rank_after}."
            )
        return words
    breaker = dispute.parties[one.breaker].name
    means = ", which it has not the means for by the dispute file" if one.new_means else ""
    words = (
        f"{name}: should {breaker} break the plan, to answer so: "
        f"{settings_words(dispute, dict(one.settings))}{means}."
    )
    breach = _first_breach(repair, one.breaker)
    if breach is not None:
        words += " " + _answer_words(repair, one, breach)
    return words


def _answer_words(repair: RoadmapRepair, pledge: Pledge, breach: Breach) -> str:
    """What a pledged answer does where the first stage that fails is broken."""
    model, dispute = repair.model, repair.model.dispute
    (end,) = answered(
        model, np.array([breach.state - 1]), pledge.settings, new_means=pledge.new_means
    ).tolist()
    if end < 0:
        return ""
    breaker, own = model.ranks(pledge.breaker), model.ranks(pledge.party)
    before, after = int(own[breach.state - 1]), int(own[end])
    why = "it would gain nothing by it" if after <= before else "it would gain by it"
    return (
        f"From state {breach.state} that leads to state {end + 1}: "
        f"{dispute.parties[pledge.breaker].name}, rank {breach.rank_before} → "
        f"{breach.rank_after} → {int(breaker[end])}; {dispute.parties[pledge.party].name}, "
        f"rank {before} → {after}: {why}."
    )


def _first_breach(repair: RoadmapRepair, party: int, option: int | None = None) -> Breach | None:
    """The gravest breach of a party at the first stage that it breaks, by changing an option."""
    model = repair.model
    identity = model.dispute.parties[party].id
    for stage in repair.check.stages:
        for breach in stage.breaches:
            if breach.party != identity:
                continue
            levels = model.space.assignments(np.array([stage.after - 1, breach.state - 1]))
            if option is None or levels[0, option] != levels[1, option]:
                return breach
    return None


def _confidence(repair: RoadmapRepair, change: Change) -> str:
    dispute = repair.model.dispute
    preferences = dispute.parties[dispute.party_numbers[change.party]].preferences
    assert isinstance(preferences, Statements)
    confidence = preferences.statements[change.statement - 1].confidence
    return "" if confidence is None else f" Stated with confidence {confidence:g}."


def _breaches_then(repair: RoadmapRepair, proposal: PlanRepair) -> Iterator[str]:
    """What becomes of each obstacle at the first stage that failed, with other preferences."""
    failed = repair.check.verdict
    assert failed is not None
    model = proposal.check.checker.model
    dispute = model.dispute
    offered = proposal.check.end if repair.check.foresight == "roadmap" else failed.after
    for one in failed.unwilling:
        ranks = model.ranks(dispute.party_numbers[one.party])
        yield (
            f"{party_name(dispute, one.party)} is then willing: at stage {failed.number} standing "
            f"still has rank {ranks[failed.before - 1]}, what is offered {ranks[offered - 1]}."
        )
    for breach in failed.breaches:
        party = dispute.party_numbers[breach.party]
        ranks = model.ranks(party)
        here, there = int(ranks[offered - 1]), int(ranks[breach.state - 1])
        what = (
            f"After stage {failed.number} the move of {party_name(dispute, breach.party)} to state "
            f"{breach.state}"
        )
        if there <= here:
            yield f"{what} then has rank {there}, no more than {here}, which the plan offers."
        else:
            answer = _sanction(proposal, party, breach, here)
            yield (
                f"{what}, rank {there} where the plan offers {here}, is then deterred: {answer}."
            )


def _sanction(proposal: PlanRepair, party: int, breach: Breach, here: int) -> str:
    model = proposal.check.checker.model
    reaction = reaction_named(proposal.check.concept)
    graph = model.graph
    harm = graph.ranks[party]
    if reaction.counter_move:
        harm = graph.best_reach(harm, party)
    target = model.node(breach.state - 1)
    steps, before = [], breach.state
    for mover, node in shortest_sanction(
        graph, party, target, harm, here, improving=reaction.improving
    ):
        after = model.index(node) + 1
        steps.append(f"{model.dispute.parties[mover].name}: {changes(model, before, after)}")
        before = after
    return "; then ".join(steps)


def _names(dispute: Dispute, parties: Sequence[int]) -> str:
    return joined([dispute.parties[party].name for party in parties])


def _done(dispute: Dispute, settings: Settings) -> str:
    """What is set, behind the names of those who set it."""
    owners = {dispute.options[option].party for option, _ in settings}
    words = settings_words(dispute, dict(settings))
    return words if len(owners) > 1 else f"{party_name(dispute, owners.pop())}: {words}"


def _size(kind: str, size: int) -> str:
    return counted(size, _UNITS[kind], _PLURALS.get(kind))


# Blocks ------------------------------------------------------------------------------------


def repair_blocks(repair: RoadmapRepair) -> tuple[Block, ...]:
    """A repair in words and tables.

    Parameters
    ----------
    repair
        The repair.

    Returns
    -------
    tuple of Block
    """
    check = repair.check
    title = Subheading(f"{repair.model.dispute.title}: {check.plan.name}")
    first = verdict_lines(check)[0]
    if check.holds:
        return title, Prose(f"{first} There is nothing to repair.")
    blocks: list[Block] = [
        title,
        Prose(first),
        Prose(other_reading(check)),
        Prose(
            "The smallest changes of each kind by which it holds. Each was verified by a new check "
            f"of the changed plan (under {check.concept}; "
            f"{FORESIGHT_WORDS[check.foresight]})."
        ),
        _kind_table(repair),
    ]
    if repair.interrupted:
        blocks.append(Prose("Interrupted: what was found until then follows."))
    if not repair.proposals:
        blocks.append(Prose("Nothing that was looked for makes the plan hold."))
    for number, proposal in enumerate(repair.proposals, start=1):
        size = _size(proposal.kind, proposal.size)
        blocks.append(Prose(f"{number}. {_KIND_WORDS[proposal.kind]}: {size}"))
        blocks.append(Outline(tuple((1, line) for line in proposal_lines(repair, proposal))))
    if any(kind.count > len(kind.proposals) for kind in repair.kinds):
        blocks.append(Prose(f"There are more of the same size{hint('--limit shows more')}."))
    return tuple(blocks)


def _kind_table(repair: RoadmapRepair) -> Table:
    rows = [
        (_KIND_WORDS[kind.kind], f"{kind.tried:,}", _found_words(repair, kind))
        for kind in repair.kinds
    ]
    return rows_table(("Kind of change", "Looked at", "Smallest that will do"), rows)


def _found_words(repair: RoadmapRepair, kind: KindOfRepair) -> str:
    if kind.not_possible is not None:
        failed = repair.check.stages[kind.not_possible - 1]
        why = "possible" if not failed.possible else "made willingly"
        return f"none can: stage {failed.number} is not {why}"
    if kind.proposals:
        size = _size(kind.kind, kind.proposals[0].size)
        ways = counted(kind.count, "way")
        return f"{size}: {ways}" if kind.complete else f"{size}: {ways} or more"
    if kind.too_large:
        return "not looked for: the moves, listed, would not fit into memory"
    if not kind.complete:
        sure = f"; it takes at least {kind.at_least}" if kind.at_least > 1 else ""
        return f"none of those looked at{sure}"
    match kind.kind:
        case "preferences":
            return f"none of up to {counted(repair.most_changes, 'change')}"
        case "part":
            return f"none of up to {counted(MOST_PARTS, 'option')}"
        case _:
            return "none"


# As a document -----------------------------------------------------------------------------


def repair_document(repair: RoadmapRepair) -> RoadmapRepairDocument:
    """A repair as a JSON document; see ``documents/roadmap_repair.py`` for each key."""
    check = repair.check
    return {
        "schema": REPAIR_SCHEMA,
        **verdict_document(check),
        "end": check.end,
        "most_changes": repair.most_changes,
        "interrupted": repair.interrupted,
        "kinds": [
            {
                "kind": kind.kind,
                "least": kind.proposals[0].size if kind.proposals else None,
                "count": kind.count,
                "tried": kind.tried,
                "complete": kind.complete,
                "at_least": kind.at_least,
                "not_possible": kind.not_possible,
                "too_large": kind.too_large,
            }
            for kind in repair.kinds
        ],
        "proposals": [_proposal_document(repair, one) for one in repair.proposals],
        "text": "\n".join(verdict_lines(check)),
    }


def _proposal_document(repair: RoadmapRepair, proposal: PlanRepair) -> RepairProposal:
    dispute = repair.model.dispute
    check = proposal.check
    added = dict(proposal.added)
    return {
        "kind": proposal.kind,
        "size": proposal.size,
        "holds": check.holds,
        "end": check.end,
        "same_end": proposal.same_end,
        "statements_lost": check.statements_lost,
        "stages": [
            {
                "stage": one.number,
                "name": one.stage.name,
                "from": list(proposal.origins[one.number - 1]),
                "parties": [dispute.parties[party].id for party in one.stage.parties],
                "set": _levels(dispute, tuple(one.stage.settings.items())),
                "added": _levels(dispute, added.get(one.number, ())),
                "before": one.before,
                "after": one.after,
            }
            for one in check.stages
        ],
        "undertakings": [_undertaking_document(dispute, one) for one in check.undertakings],
        "changes": [
            {
                "party": one.party,
                "statement": one.statement,
                "kind": one.kind,
                "place": one.place,
                "words": change_words(dispute, one),
            }
            for one in proposal.changes
        ],
        "text": "\n".join(proposal_lines(repair, proposal)),
    }


def _undertaking_document(dispute: Dispute, one: Commitment | Pledge) -> RepairUndertaking:
    party = dispute.parties[one.party].id
    if isinstance(one, Commitment):
        return {"kind": "commitment", "party": party, "option": dispute.options[one.option].key}
    return {
        "kind": "pledge",
        "party": party,
        "breaker": dispute.parties[one.breaker].id,
        "set": _levels(dispute, one.settings),
        "new_means": one.new_means,
    }


def _levels(dispute: Dispute, settings: Settings) -> dict[str, str]:
    return {
        dispute.options[option].key: dispute.options[option].levels[level]
        for option, level in settings
    }
