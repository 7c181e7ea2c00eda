"""What the dispute file states, and what each entry rests on."""

from __future__ import annotations

from collections.abc import Iterator

from detente.dispute.dispute import OrderedStates, Party
from detente.report.content import Block, Judgement, Judgements, Prose, Section, Subheading
from detente.report.language import decimal, marked, say
from detente.report.material import Material

__all__ = ["judgements"]

# How strongly a statement is held, as a file says it.
_STRENGTHS = (marked("mild"), marked("strong"))


def judgements(material: Material) -> Section:
    """Preferences, constraints and outcomes, each with its passage or the analyst's reason."""
    dispute = material.dispute
    blocks: list[Block] = [
        Prose(
            say(
                "Preferences are listed most important first: a state in which an earlier "
                "statement is true beats every state in which it is not. Beside each stands the "
                "passage on which it rests, in other words than the source's, or the analyst's own "
                "reason."
            )
        )
    ]
    for party in dispute.parties:
        blocks += [Subheading(party.name), Judgements(tuple(_preferences(material, party)))]
    for heading, items in (
        (say("States that are ruled out"), _constraints(material)),
        (say("Named outcomes"), _outcomes(material)),
    ):
        listed = tuple(items)
        if listed:
            blocks += [Subheading(heading), Judgements(listed)]
    return Section(
        "judgements",
        say("What the analysis rests on"),
        tuple(blocks),
        method=say(
            "Taken from the dispute file as it stands. Confidence is the analyst's, from 0 to 1."
        ),
        commands=(material.command("validate", "CASE", "--all"),),
    )


def _preferences(material: Material, party: Party) -> Iterator[Judgement]:
    preferences = party.preferences
    if isinstance(preferences, OrderedStates):
        yield material.judgement(say("An explicit order of states"), preferences.basis)
        return
    if not preferences.statements:
        yield Judgement(say("Indifferent among all states"))
    for number, statement in enumerate(preferences.statements, start=1):
        facts = []
        if statement.weight is not None:
            facts.append((say("Weight"), decimal(statement.weight, "g")))
        if statement.confidence is not None:
            facts.append((say("Confidence"), decimal(statement.confidence, "g")))
        if statement.strength is not None:
            facts.append((say("Strength"), say(statement.strength)))
        yield material.judgement(f"{number}. {statement.formula.text}", statement.basis, *facts)


def _constraints(material: Material) -> Iterator[Judgement]:
    for constraint in material.dispute.constraints:
        # A reason that stands in the basis is told there.
        alone = constraint.because if not constraint.basis.because else None
        facts = [(say("Because"), alone)] if alone else []
        never = say("never {formula}", formula=constraint.never.text)
        yield material.judgement(never, constraint.basis, *facts)


def _outcomes(material: Material) -> Iterator[Judgement]:
    for outcome in material.dispute.outcomes:
        facts = [(say("Is where"), outcome.formula.text)]
        if outcome.about:
            facts.append((say("About"), outcome.about))
        yield material.judgement(outcome.name, outcome.basis, *facts)
