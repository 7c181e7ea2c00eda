"""What the analysis of stability comes to, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import numpy as np

from detente.dispute.dispute import Option, Outcome
from detente.evidence.sources import judgements
from detente.report.content import Block, Bullets, Prose, Section
from detente.report.equilibria import DETERRED_EVERYWHERE, counts_by_outcome, left_apart
from detente.report.material import Material
from detente.report.roadmaps import verdict_lines
from detente.report.words import counted, joined

__all__ = ["summary"]


def summary(material: Material) -> Section:
    """Whose judgements these are, what was computed from them, and how to read it."""
    dispute, analysis = material.dispute, material.analysis
    blocks: list[Block] = []
    if dispute.about:
        blocks.append(Prose(dispute.about))
    blocks.append(Prose(_whose(material)))
    # By name: the report stands below the analyses.
    doubts = import_module("detente.analyses.doubts").doubts_on_equilibria(analysis)
    blocks += [Prose(text) for text in doubts]
    items = [
        f"{counted(len(dispute.parties), 'party', 'parties')}: "
        f"{joined([party.name for party in dispute.parties])}. Together they have "
        f"{counted(len(dispute.options), 'option')}, which make "
        f"{counted(analysis.count, 'feasible state')}.",
        *_packages(material),
        *_now(material),
        *_what_can_hold(material),
        *_plans(material),
    ]
    blocks.append(Bullets(tuple(items)))
    blocks += [Prose(text) for text in _one_way(material)]
    return Section(
        "summary",
        "What can hold, in short",
        tuple(blocks),
        method=(
            "A state is an equilibrium under a solution concept where it is stable for every "
            "party, each of which compares states by its stated preferences. All feasible states "
            "were examined; nothing was sampled."
        ),
        commands=(material.stability_command("analyse", "CASE", "--concepts", material.concepts),),
    )


def _whose(material: Material) -> str:
    bases = [basis for _, basis in judgements(material.dispute)]
    cited = sum(bool(basis.citations) for basis in bases)
    own = sum(basis.judgement and not basis.citations for basis in bases)
    rest = len(bases) - cited - own
    counts = [
        f"{cited} cite a source",
        f"{own} {'is' if own == 1 else 'are'} marked as the analyst's own",
    ]
    if rest:
        counts.append(f"{rest} {'names' if rest == 1 else 'name'} no basis")
    return (
        "What each party can do and what it prefers are the judgements of whoever wrote the "
        f"dispute file. Of its {counted(len(bases), 'entry', 'entries')}, {joined(counts)}. What "
        "follows is computed from these judgements. It says where the dispute can rest, is not a "
        "forecast (only the brief has one), and takes no party's side."
    )


def _packages(material: Material) -> Iterator[str]:
    """Where packages count as moves, that they do."""
    if material.analysis.packages:
        names = [f"“{package.name}”" for package in material.dispute.packages]
        yield (
            f"Packages count as moves of all their members together: {joined(names)}. In an "
            "equilibrium every improvement is then deterred, that of a party alone or that of all "
            "members of a package; others may answer by packages too. Arrows of the graph are "
            "moves of single parties."
            if names
            else "Packages would count as moves; the dispute file has none."
        )


def _now(material: Material) -> Iterator[str]:
    """The status quo, and for whom it is not stable under the report's concept."""
    analysis, concept = material.analysis, material.concept
    state = analysis.status_quo
    if state is None:
        yield "The dispute file names no status quo."
        return
    outcomes = [f"“{outcome.name}”" for outcome in analysis.outcomes(state)]
    belongs = f", which belongs to {joined(outcomes)}" if outcomes else ""
    stable = analysis.stable_parties(concept, state)
    leaving = [party.name for party in analysis.dispute.parties if party.id not in stable]
    if leaving:
        verdict = f"is not an equilibrium: it is not stable for {joined(leaving)}"
    else:
        verdict = "is an equilibrium"
    others = [
        name
        for name in analysis.concepts
        if name != concept
        and len(analysis.stable_parties(name, state)) == len(analysis.dispute.parties)
    ]
    also = ""
    if others:
        also = f" It is an equilibrium under {joined(others)}."
    yield f"The status quo is state {state}{belongs}. Under {concept} it {verdict}.{also}"


def _what_can_hold(material: Material) -> Iterator[str]:
    """How many equilibria there are, and in which named outcomes."""
    analysis, concept = material.analysis, material.concept
    found = analysis.equilibria(concept)
    if found.size == 0:
        yield f"No state is an equilibrium under {concept}."
        return
    share = found.size / analysis.count
    yield (
        f"Under {concept}, {counted(found.size, 'state')} of {analysis.count:,} "
        f"({_percent(share)}) {'is an equilibrium' if found.size == 1 else 'are equilibria'}."
    )
    held = int(analysis.cannot_be_left[found - 1].sum())
    if held:
        # Nobody can leave them, whatever anybody prefers: no news to begin with.
        yield (
            f"Of these, {held:,} cannot be left by anybody; the other "
            f"{found.size - held:,} are what preferences decide."
        )
    yield from _held_by_threats(material)
    place = analysis.concepts.index(concept)
    counts = counts_by_outcome(analysis)
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    can = [
        f"“{name}” ({counts[one][place]:,})" for one, name in names.items() if counts[one][place]
    ]
    cannot = [f"“{name}”" for one, name in names.items() if not counts[one][place]]
    if can:
        yield f"Named outcomes that have equilibria under {concept}: {joined(can)}."
    if cannot:
        yield f"Named outcomes that have none under {concept}: {joined(cannot)}."
    yield from _in_no_outcome(material)


def _held_by_threats(material: Material) -> Iterator[str]:
    """Equilibria that hold by a threat alone, for the concepts that have such."""
    analysis = material.analysis
    counts = left_apart(analysis).get(DETERRED_EVERYWHERE, ())
    told = [
        f"{number:,} of {analysis.equilibria(concept).size:,} under {concept}"
        for concept, number in zip(analysis.concepts, counts, strict=False)
        if number
    ]
    if told:
        yield (
            f"Some equilibria hold by a threat alone: {joined(told)}. A party would gain by a move "
            "there, and what holds it would hold it nearly anywhere; they say little."
        )


def _in_no_outcome(material: Material) -> Iterator[str]:
    """How many states fit no named outcome, and how many of them hold."""
    analysis, concept = material.analysis, material.concept
    if not analysis.dispute.outcomes:
        return
    named = np.logical_or.reduce(
        [analysis.in_outcome(outcome.id) for outcome in analysis.dispute.outcomes]
    )
    unnamed = int(np.count_nonzero(~named))
    if unnamed:
        holding = int(np.count_nonzero(~named & analysis.is_equilibrium(concept)))
        yield (
            f"{counted(unnamed, 'state')} of {analysis.count:,} "
            f"{'fits' if unnamed == 1 else 'fit'} no named outcome; "
            f"{holding:,} of them {'is an equilibrium' if holding == 1 else 'are equilibria'} "
            f"under {concept}."
        )
    else:
        yield "Every state fits a named outcome."


def _plans(material: Material) -> Iterator[str]:
    """The verdict on each roadmap."""
    for check in material.roadmap_checks:
        yield f"The roadmap “{check.plan.name}”: {verdict_lines(check)[0]}"


def _percent(share: float) -> str:
    return "under 0.1%" if share < 0.001 else f"{share:.1%}"


def _one_way(material: Material) -> Iterator[str]:
    """Outcomes that hold under Nash with an option that cannot be taken back: say so."""
    analysis = material.analysis
    concept = "Nash" if "Nash" in analysis.concepts else material.concept
    stable = np.zeros(analysis.count, dtype=np.bool_)
    stable[analysis.equilibria(concept) - 1] = True
    for outcome in analysis.dispute.outcomes:
        inside = analysis.in_outcome(outcome.id)
        held = int(np.count_nonzero(inside & stable))
        options = _settled(material, outcome) if held else []
        if not options:
            continue
        party = {one.id: one.name for one in analysis.dispute.parties}
        what = joined([f"“{option.name}” ({party[option.party]})" for option in options])
        many = len(options) > 1
        equilibria = counted(held, f"{concept} equilibrium", f"{concept} equilibria")
        yield (
            f"How to read the {equilibria} in “{outcome.name}”: in this model {what} cannot be "
            "taken back, and every state of "
            f"“{outcome.name}” has {'them' if many else 'it'} in place. Once there, the party has "
            "no way back, so such a state holds however little it is liked. That says nothing of "
            "whether any party would bring it about, and is not a forecast."
        )


def _settled(material: Material, outcome: Outcome) -> list[Option]:
    """Irreversible options that every state of an outcome has past the level of the status quo."""
    space, dispute = material.analysis.model.space, material.dispute
    inside = np.flatnonzero(material.analysis.in_outcome(outcome.id))
    assignments = space.assignments(inside)
    found = []
    for number, option in enumerate(dispute.options):
        if option.irreversible is None:
            continue
        last = len(option.levels) - 1
        start = 0 if option.irreversible == "up" else last
        if dispute.status_quo is not None:
            start = dispute.status_quo[number]
        levels = assignments[:, number]
        # -1, where members of a coalesced state differ, is past nothing.
        past = levels > start if option.irreversible == "up" else (levels < start) & (levels >= 0)
        if past.all():
            found.append(option)
    return found
