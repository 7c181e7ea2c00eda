"""Disputes too large for a cube: copies of a case in one dispute, and random ones."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import detente
from detente.dispute.dispute import (
    AtLevel,
    Connective,
    Constraint,
    Dispute,
    Expression,
    Formula,
    Guard,
    Outcome,
    Statements,
)


def copies(dispute: Dispute, count: int) -> Dispute:
    """A dispute in which the same parties have every option and statement so many times.

    The copies of a statement stand one after the other in the order of importance.
    """
    number_of: dict[tuple[int, int], int] = {}
    parties = []
    for party in dispute.parties:
        options = []
        for copy in range(count):
            for option in party.options:
                old = dispute.option_numbers[option.key]
                number_of[copy, old] = len(number_of)
                options.append(replace(option, id=f"{option.id}_{copy}"))
        parties.append(replace(party, options=tuple(options)))

    def expression(part: Expression, copy: int) -> Expression:
        match part:
            case AtLevel(option, levels):
                return AtLevel(number_of[copy, option], levels)
            case Connective(operator, parts):
                return Connective(operator, tuple(expression(one, copy) for one in parts))
        return part

    def formula(one: Formula, copy: int) -> Formula:
        return Formula(f"{one.text} ({copy})", expression(one.expression, copy))

    all_copies = range(count)
    for place, party in enumerate(parties):
        options = tuple(
            replace(
                option,
                guards=tuple(
                    Guard(guard.to, formula(guard.when, number // (len(party.options) // count)))
                    for guard in option.guards
                ),
            )
            for number, option in enumerate(party.options)
        )
        preferences = party.preferences
        assert isinstance(preferences, Statements)
        statements = tuple(
            replace(one, formula=formula(one.formula, copy))
            for one in preferences.statements
            for copy in all_copies
        )
        parties[place] = replace(
            party,
            options=options,
            preferences=replace(preferences, statements=statements),
            perceives=(),
        )
    status_quo = None
    if dispute.status_quo is not None:
        levels = {number_of[c, o]: dispute.status_quo[o] for c, o in number_of}
        status_quo = tuple(levels[number] for number in range(len(levels)))
    return Dispute(
        title=f"{dispute.title} × {count}",
        parties=tuple(parties),
        constraints=tuple(
            Constraint(formula(one.never, copy))
            for one in dispute.constraints
            for copy in all_copies
        ),
        outcomes=tuple(
            Outcome(f"{one.id}_{copy}", one.name, formula(one.formula, copy))
            for one in dispute.outcomes
            for copy in all_copies
        ),
        status_quo=status_quo,
    )


def random_dispute(options: int, seed: int, *, parties: int = 6, statements: int = 12) -> Dispute:
    """Prioritised statements on up to three options each: literals, conjunctions, conditions."""
    random = Random(seed)
    owner = {f"o{n}": f"p{n % parties}" for n in range(options)}
    keys = [f"{party}.{option}" for option, party in owner.items()]

    def literal() -> str:
        key = random.choice(keys)
        return key if random.random() < 0.5 else f"not {key}"

    def statement(own: list[str]) -> str:
        first = random.choice(own) if random.random() < 0.5 else literal()
        match random.randrange(4):
            case 0:
                return first
            case 1:
                return f"{first} and {literal()}"
            case 2:
                return f"{first} if {literal()}"
        return f"{first} if {literal()} and {literal()}"

    described = {}
    for number in range(parties):
        party = f"p{number}"
        own = [key for key in keys if key.startswith(f"{party}.")]
        described[party] = {
            "options": {key.partition(".")[2]: "Option" for key in own},
            "preferences": [statement(own) for _ in range(statements)],
        }
    return detente.build_dispute({"dispute": f"Random {options}, {seed}", "parties": described})
