"""Which states are equilibria: how many in each outcome, in patterns, and in option form."""

from __future__ import annotations

from detente.dispute.dispute import AtLevel
from detente.dispute.formula import to_text
from detente.report.analysis_page import counts_table, option_form_table
from detente.report.content import Block, Group, Prose, Section, Table
from detente.report.equilibria import (
    equilibria_across_outcomes,
    held_everywhere_sentences,
    trap_sentences,
)
from detente.report.formula_words import formula_by_names
from detente.report.language import say, say_number, whole_number
from detente.report.material import Material
from detente.report.words import of_states

__all__ = ["equilibria"]

_PATTERNS = 4


def equilibria(material: Material) -> Section:
    """Counts by outcome and concept; where many, patterns; the first ones in option form."""
    analysis = material.analysis
    found = equilibria_across_outcomes(analysis, material.limit)
    sentences = [*trap_sentences(analysis), *held_everywhere_sentences(analysis)]
    blocks: list[Block] = [counts_table(analysis), *(Prose(one) for one in sentences)]
    if not found.states:
        blocks = [Prose(say("No state is an equilibrium under any of the concepts analysed."))]
    else:
        if found.left_out:
            blocks += [
                _patterns(material),
                Prose(
                    say(
                        "In option form, {shown} of {states}: from each named outcome in turn "
                        "those that are equilibria under most concepts. {left_out} are left out.",
                        shown=whole_number(len(found.states)),
                        states=of_states(found.all),
                        left_out=whole_number(found.left_out),
                    )
                ),
            ]
        blocks.append(option_form_table(analysis, found.states))
    commands = [material.stability_command("analyse", "CASE", "--concepts", material.concepts)]
    if found.left_out:
        commands.append(
            material.stability_command(
                "analyse", "CASE", "--concepts", material.concepts, "--output", "states.csv"
            )
        )
    return Section(
        "equilibria",
        say("Equilibria"),
        tuple(blocks),
        method=say_number(
            "The {number} feasible state was tested for each party under each concept. A state may "
            "belong to several outcomes and counts in each. Y and N are yes and no; – stands where "
            "states that count as one differ.",
            "Each of the {number} feasible states was tested for each party under each concept. A "
            "state may belong to several outcomes and counts in each. Y and N are yes and no; – "
            "stands where states that count as one differ.",
            analysis.count,
        ),
        commands=tuple(commands),
    )


def _patterns(material: Material) -> Table:
    analysis = material.analysis
    dispute = analysis.dispute
    groups = []
    for concept in analysis.concepts:
        cover = analysis.patterns(concept, limit=_PATTERNS)
        rows = []
        for pattern in cover.patterns:
            settings = ", ".join(
                formula_by_names(to_text(AtLevel(option, frozenset([level])), dispute), dispute)
                for option, level in pattern.settings.items()
            )
            rows.append(
                (
                    settings or say("every state"),
                    whole_number(pattern.new),
                    whole_number(pattern.states),
                )
            )
        if cover.left_out:
            rows.append((say("in other patterns"), whole_number(cover.left_out), ""))
        groups.append(Group(tuple(rows), heading=concept))
    return Table(
        say(
            "Patterns of equilibria: every state that fits one is an equilibrium; options that are "
            "not named are free"
        ),
        (say("Pattern"), say("New"), say("All")),
        tuple(groups),
        folded=True,
    )
