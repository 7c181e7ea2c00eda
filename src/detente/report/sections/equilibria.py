"""Which states are equilibria: how many in each outcome, in patterns, and in option form."""

from __future__ import annotations

from collections.abc import Iterator

from detente.report.content import Block, Group, Prose, Section, Table
from detente.report.equilibria import (
    IN_NO_OUTCOME,
    ShownStates,
    counts_by_outcome,
    equilibria_across_outcomes,
    held_everywhere_sentences,
    left_apart,
    trap_sentences,
)
from detente.report.material import Material
from detente.report.tables import MARK, counted
from detente.space.option_form import option_form

__all__ = ["equilibria"]

_PATTERNS = 4


def equilibria(material: Material) -> Section:
    """Counts by outcome and concept; where many, patterns; the first ones in option form."""
    analysis = material.analysis
    found = equilibria_across_outcomes(analysis, material.limit)
    sentences = [*trap_sentences(analysis), *held_everywhere_sentences(analysis)]
    blocks: list[Block] = [_counts(material), *(Prose(one) for one in sentences)]
    if not found.states:
        blocks = [Prose("No state is an equilibrium under any of the concepts analysed.")]
    else:
        if found.left_out:
            blocks += [
                _patterns(material),
                Prose(
                    f"In option form, {len(found.states)} of {counted(found.all, 'state')}: from "
                    "each named outcome in turn those that are equilibria under most concepts. "
                    f"{found.left_out:,} are left out."
                ),
            ]
        blocks.append(_in_option_form(material, found))
    commands = [material.stability_command("analyse", "CASE", "--concepts", material.concepts)]
    if found.left_out:
        commands.append(
            material.stability_command(
                "analyse", "CASE", "--concepts", material.concepts, "--output", "states.csv"
            )
        )
    return Section(
        "equilibria",
        "Equilibria",
        tuple(blocks),
        method=(
            f"Each of the {counted(analysis.count, 'feasible state')} was tested for each party "
            "under each concept. A state may belong to several outcomes and counts in each. Y and "
            "N are yes and no; – stands where states that count as one differ."
        ),
        commands=tuple(commands),
    )


def _counts(material: Material) -> Table:
    analysis = material.analysis
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    names[""] = IN_NO_OUTCOME
    rows = [
        (names[outcome], *(f"{count:,}" for count in counts))
        for outcome, counts in counts_by_outcome(analysis).items()
    ]
    everywhere = [f"{analysis.equilibria(name).size:,}" for name in analysis.concepts]
    groups = [Group(tuple(rows))] if rows else []
    apart = [
        (label, *(f"{count:,}" for count in counts))
        for label, counts in left_apart(analysis).items()
    ]
    return Table(
        "Number of equilibria under each concept, by outcome",
        ("Outcome", *analysis.concepts),
        (*groups, Group((("All equilibria", *everywhere), *apart))),
    )


def _patterns(material: Material) -> Table:
    analysis = material.analysis
    options = analysis.dispute.options
    groups = []
    for concept in analysis.concepts:
        cover = analysis.patterns(concept, limit=_PATTERNS)
        rows = []
        for pattern in cover.patterns:
            settings = ", ".join(
                f"{options[option].key} = {options[option].levels[level]}"
                for option, level in pattern.settings.items()
            )
            rows.append((settings or "every state", f"{pattern.new:,}", f"{pattern.states:,}"))
        if cover.left_out:
            rows.append(("in other patterns", f"{cover.left_out:,}", ""))
        groups.append(Group(tuple(rows), heading=concept))
    return Table(
        "Patterns of equilibria: every state that fits one is an equilibrium; options that are "
        "not named are free",
        ("Pattern", "New", "All"),
        tuple(groups),
        folded=True,
    )


def _in_option_form(material: Material, found: ShownStates) -> Table:
    return Table(
        "Equilibria in option form: a column is a state",
        ("State", *(str(state) for state in found.states)),
        tuple(_blocks(material, found.states)),
    )


def _blocks(material: Material, states: tuple[int, ...]) -> Iterator[Group]:
    analysis = material.analysis
    for block in option_form(analysis.model, states):
        yield Group(tuple((row.name, *row.symbols) for row in block.rows), heading=block.name)
    members = {name: set(analysis.equilibria(name).tolist()) for name in analysis.concepts}
    yield Group(
        tuple((name, *_marks(states, inside)) for name, inside in members.items()),
        heading="Equilibrium under",
    )
    rows = []
    for outcome in analysis.dispute.outcomes:
        truth = analysis.in_outcome(outcome.id)
        inside = {state for state in states if truth[state - 1]}
        if inside:
            rows.append((outcome.name, *_marks(states, inside)))
    if rows:
        yield Group(tuple(rows), heading="Outcome")


def _marks(states: tuple[int, ...], inside: set[int]) -> Iterator[str]:
    return (MARK if state in inside else "" for state in states)
