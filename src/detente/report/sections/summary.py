"""What the analysis of stability comes to, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import numpy as np

from detente.dispute.dispute import Option, Outcome
from detente.evidence.sources import judgements
from detente.report.content import Block, Bullets, Prose, Section
from detente.report.equilibria import DETERRED_EVERYWHERE, counts_by_outcome, left_apart
from detente.report.language import per_cent, say, say_number, whole_number
from detente.report.material import Material
from detente.report.roadmaps import verdict_lines
from detente.report.words import joined, of_states, quoted

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
        say(
            "{parties}: {names}. Together they have {options}, which make {states}.",
            parties=say_number("{number} party", "{number} parties", len(dispute.parties)),
            names=joined([party.name for party in dispute.parties]),
            options=say_number("{number} option", "{number} options", len(dispute.options)),
            states=say_number(
                "{number} feasible state", "{number} feasible states", analysis.count
            ),
        ),
        *_packages(material),
        *_now(material),
        *_what_can_hold(material),
        *_plans(material),
    ]
    blocks.append(Bullets(tuple(items)))
    blocks += [Prose(text) for text in _one_way(material)]
    return Section(
        "summary",
        say("What can hold, in short"),
        tuple(blocks),
        method=say(
            "A state is an equilibrium under a solution concept if it is stable for every party. "
            "Each party compares states by its stated preferences. All feasible states "
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
        say_number("{number} cites a source", "{number} cite a source", cited),
        say_number(
            "{number} is marked as the analyst's own",
            "{number} are marked as the analyst's own",
            own,
        ),
    ]
    if rest:
        counts.append(say_number("{number} names no basis", "{number} name no basis", rest))
    return say(
        "What each party can do and what it prefers are the judgements of whoever wrote the "
        "dispute file. Of its {entries}, {counts}. What follows is computed from these judgements. "
        "It says where the dispute can rest. It is not a forecast (only the brief has one), and "
        "it takes no party's side.",
        entries=say_number("{number} entry", "{number} entries", len(bases)),
        counts=joined(counts),
    )


def _packages(material: Material) -> Iterator[str]:
    """Where packages count as moves, that they do."""
    if material.analysis.packages:
        names = [quoted(package.name) for package in material.dispute.packages]
        if not names:
            yield say("Packages would count as moves; the dispute file has none.")
            return
        yield say(
            "Packages count as moves of all their members together: {packages}. In an equilibrium "
            "every improvement is then deterred, that of a party alone or that of all members of a "
            "package; others may answer by packages too. Arrows of the graph are moves of single "
            "parties.",
            packages=joined(names),
        )


def _now(material: Material) -> Iterator[str]:
    """The status quo, and for whom it is not stable under the report's concept."""
    analysis, concept = material.analysis, material.concept
    state = analysis.status_quo
    if state is None:
        yield say("The dispute file names no status quo.")
        return
    outcomes = [quoted(outcome.name) for outcome in analysis.outcomes(state)]
    text = say("The status quo is state {state}.", state=state)
    if outcomes:
        text = say(
            "The status quo is state {state}, which belongs to {outcomes}.",
            state=state,
            outcomes=joined(outcomes),
        )
    stable = analysis.stable_parties(concept, state)
    leaving = [party.name for party in analysis.dispute.parties if party.id not in stable]
    if leaving:
        text += " " + say(
            "Under {concept} it is not an equilibrium: it is not stable for {parties}.",
            concept=concept,
            parties=joined(leaving),
        )
    else:
        text += " " + say("Under {concept} it is an equilibrium.", concept=concept)
    others = [
        name
        for name in analysis.concepts
        if name != concept
        and len(analysis.stable_parties(name, state)) == len(analysis.dispute.parties)
    ]
    if others:
        text += " " + say("It is an equilibrium under {concepts}.", concepts=joined(others))
    yield text


def _what_can_hold(material: Material) -> Iterator[str]:
    """How many equilibria there are, and in which named outcomes."""
    analysis, concept = material.analysis, material.concept
    found = analysis.equilibria(concept)
    if found.size == 0:
        yield say("No state is an equilibrium under {concept}.", concept=concept)
        return
    share = found.size / analysis.count
    yield say_number(
        "Under {concept}, {number} state of {count} ({share}) is an equilibrium.",
        "Under {concept}, {number} states of {count} ({share}) are equilibria.",
        found.size,
        concept=concept,
        count=whole_number(analysis.count),
        share=_percent(share),
    )
    held = int(analysis.cannot_be_left[found - 1].sum())
    if held:
        # Nobody can leave them, whatever anybody prefers: no news to begin with.
        yield say(
            "Of these, nobody can leave {held}; preferences decide the other {others}.",
            held=whole_number(held),
            others=whole_number(found.size - held),
        )
    yield from _held_by_threats(material)
    place = analysis.concepts.index(concept)
    counts = counts_by_outcome(analysis)
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    can = [
        f"{quoted(name)} ({whole_number(counts[one][place])})"
        for one, name in names.items()
        if counts[one][place]
    ]
    cannot = [quoted(name) for one, name in names.items() if not counts[one][place]]
    if can:
        yield say(
            "Named outcomes that have equilibria under {concept}: {outcomes}.",
            concept=concept,
            outcomes=joined(can),
        )
    if cannot:
        yield say(
            "Named outcomes that have none under {concept}: {outcomes}.",
            concept=concept,
            outcomes=joined(cannot),
        )
    yield from _in_no_outcome(material)


def _held_by_threats(material: Material) -> Iterator[str]:
    """Equilibria that hold by a threat alone, for the concepts that have such."""
    analysis = material.analysis
    counts = left_apart(analysis).get(DETERRED_EVERYWHERE, ())
    told = [
        say(
            "{number} of {count} under {concept}",
            number=whole_number(number),
            count=whole_number(analysis.equilibria(concept).size),
            concept=concept,
        )
        for concept, number in zip(analysis.concepts, counts, strict=False)
        if number
    ]
    if told:
        yield say(
            "Some equilibria hold by a threat alone: {counts}. A party would gain by a move there. "
            "What holds it there would hold it nearly anywhere, so these equilibria say little.",
            counts=joined(told),
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
        yield say(
            "{states} of {count} fit no named outcome; {holding} of them are equilibria under "
            "{concept}.",
            states=of_states(unnamed),
            count=whole_number(analysis.count),
            holding=whole_number(holding),
            concept=concept,
        )
    else:
        yield say("Every state fits a named outcome.")


def _plans(material: Material) -> Iterator[str]:
    """The verdict on each roadmap."""
    for check in material.roadmap_checks:
        yield say(
            "Roadmap “{name}”. {verdict}",
            name=check.plan.name,
            verdict=verdict_lines(check)[0],
        )


def _percent(share: float) -> str:
    return say("under 0.1%") if share < 0.001 else per_cent(share, 1)


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
        what = joined([f"{quoted(option.name)} ({party[option.party]})" for option in options])
        yield say(
            "How to read the equilibria in “{outcome}” under {concept} ({number}): in this model "
            "nobody can take back {options}, and every state of “{outcome}” has this in place. "
            "Once there, the party has no way back, so such a state holds however little it is "
            "liked. This does not say whether any party would bring it about. It is not a "
            "forecast.",
            outcome=outcome.name,
            concept=concept,
            number=whole_number(held),
            options=what,
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
