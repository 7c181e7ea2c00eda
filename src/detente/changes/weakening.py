"""Exceptions in place of conditional statements that an answer turns round or drops.

To turn round *A if B* is to want *B and not A*, which is mostly senseless advice; to drop it gives
up more than is needed. It may be enough that the party makes an exception of the target
(definition 6 of docs/concepts/inverse.md, which is our own).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from detente.changes.statements import Change, Order, changed
from detente.dispute.dispute import (
    AtLevel,
    Connective,
    Constant,
    Dispute,
    Expression,
    Formula,
    Statement,
    Statements,
)
from detente.dispute.errors import DisputeError
from detente.dispute.formula import to_text
from detente.dispute.result import whole
from detente.space.graph_model import GraphModel, with_ranks
from detente.space.ranks import party_ranks
from detente.stability.analysis import analyse_model

__all__ = ["exception", "is_conditional", "opposite", "weakenable"]

# An answer that turns round or drops more conditional statements than these is left as it is.
_MOST_STATEMENTS = 6


def is_conditional(statement: Statement) -> bool:
    """Whether a statement is of the form *A if B*."""
    expression = statement.formula.expression
    return isinstance(expression, Connective) and expression.operator == "if"


def opposite(statement: Statement, dispute: Dispute) -> str:
    """What the opposite of a conditional statement *A if B* amounts to: *B and not A*, as text."""
    expression = statement.formula.expression
    assert isinstance(expression, Connective), "the statement is conditional"
    then, condition = expression.parts
    return to_text(Connective("and", (condition, _not(then, dispute))), dispute)


def _not(expression: Expression, dispute: Dispute) -> Expression:
    match expression:
        case Constant(value):
            return Constant(not value)
        case Connective("not", (inside,)):
            return inside
        case AtLevel(option, levels):
            every = frozenset(range(len(dispute.options[option].levels)))
            return AtLevel(option, every - levels)
    return Connective("not", (expression,))


def exception(statement: Statement, target: Formula) -> Statement:
    """*A if B*, weakened to *A if B and not the target*."""
    formula = statement.formula
    expression = formula.expression
    assert isinstance(expression, Connective), "the statement is conditional"
    then, condition = expression.parts
    narrowed = Connective("and", (condition, Connective("not", (target.expression,))))
    return replace(
        statement,
        formula=Formula(
            f"{formula.text} and not ({target.text})",
            Connective("if", (then, narrowed)),
            formula.place,
        ),
    )


def weakenable(
    model: GraphModel,
    concept: str,
    states: NDArray[np.int64],
    target: Formula,
    changes: Sequence[Change],
    orders: Mapping[int, Order],
    *,
    packages: bool = False,
) -> tuple[int, ...]:
    """Which of an answer's changes could be exceptions instead.

    Parameters
    ----------
    model
        The graph model before any change.
    concept
        The solution concept.
    states
        Indices of the states of the target.
    target
        The target as a formula.
    changes
        The answer.
    orders
        By number of party, the changed preferences to which it leads.
    packages
        Whether packages count as moves.

    Returns
    -------
    tuple of int
        Places in `changes`: a largest set of conditional statements, reversed or dropped,
        with exceptions for which some state of the target is an equilibrium too. Of several the
        first in the order of the changes.
    """
    dispute = model.dispute
    able = [
        place
        for place, one in enumerate(changes)
        if one.kind in ("flip", "drop") and is_conditional(_stated(dispute, one))
    ]
    for size in range(min(len(able), _MOST_STATEMENTS), 0, -1):
        for chosen in combinations(able, size):
            if _will_do(model, concept, states, target, changes, orders, chosen, packages):
                return chosen
    return ()


def _stated(dispute: Dispute, change: Change) -> Statement:
    preferences = dispute.parties[dispute.party_numbers[change.party]].preferences
    assert isinstance(preferences, Statements), "only statements are changed"
    return preferences.statements[change.statement - 1]


def _will_do(
    model: GraphModel,
    concept: str,
    states: NDArray[np.int64],
    target: Formula,
    changes: Sequence[Change],
    orders: Mapping[int, Order],
    chosen: Sequence[int],
    packages: bool,
) -> bool:
    """Whether the target is reached with exceptions in place of some of the changes."""
    dispute = changed(model.dispute, orders)
    ranks = model.position_ranks.copy()
    parties = list(dispute.parties)
    for number, order in orders.items():
        party = model.dispute.parties[number]
        excepted = {changes[one].statement - 1 for one in chosen if changes[one].party == party.id}
        moved = {c.statement - 1 for c in changes if c.party == party.id and c.kind == "move"}
        assert isinstance(party.preferences, Statements), "only statements are changed"
        kept = [one for one, _ in order]
        for statement in sorted(excepted - set(kept)):
            later = [p for p, one in enumerate(kept) if one > statement and one not in moved]
            kept.insert(later[0] if later else len(kept), statement)
        after = parties[number].preferences
        assert isinstance(after, Statements), "only statements are changed"
        told = dict(zip((one for one, _ in order), after.statements, strict=True))
        statements = party.preferences.statements
        told |= {one: exception(statements[one], target) for one in excepted}
        own = Statements(tuple(told[one] for one in kept))
        parties[number] = replace(parties[number], preferences=own)
    dispute = replace(dispute, parties=tuple(parties))
    try:
        for number in orders:
            ranks[number] = party_ranks(dispute, dispute.parties[number], model.space)
    except DisputeError:
        # The target tells members of a coalesced state apart, as a statement may not.
        return False
    found = whole(analyse_model(with_ranks(model, ranks, dispute), [concept], packages=packages))
    return bool(np.isin(found.equilibria(concept), states + 1).any())
