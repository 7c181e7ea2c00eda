"""Which of two states a party prefers, as a diagram over the truth of its statements in both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detente.dispute.dispute import (
    Connective,
    Dispute,
    Expression,
    Formula,
    OrderedStates,
    Party,
)
from detente.dispute.errors import DisputeError
from detente.space.ranks import tell_unknown, whole_weights
from detente.space.symbolic.diagrams import Diagram, Diagrams

__all__ = ["Comparison", "comparison_of"]


@dataclass(frozen=True)
class Comparison:
    """How a party compares states, by the truth of its statements.

    Attributes
    ----------
    statements
        The statements, as expressions.
    weights
        A weight for each; None where they are prioritised, most important first.
    """

    statements: tuple[Expression, ...]
    weights: tuple[int, ...] | None

    def better(
        self, diagrams: Diagrams, there: Sequence[Diagram], here: Sequence[Diagram]
    ) -> Diagram:
        """Where one state is preferred to another.

        Parameters
        ----------
        diagrams
            Where the result belongs.
        there, here
            Truth of each statement in either state.

        Returns
        -------
        Diagram
            Where the state `there` is strictly preferred to the state `here`. Statements whose
            truth is the same diagram in both cost nothing.
        """
        if self.weights is None:
            return _lexicographic(diagrams, there, here)
        return _by_weight(diagrams, there, here, self.weights)


def _lexicographic(
    diagrams: Diagrams, there: Sequence[Diagram], here: Sequence[Diagram]
) -> Diagram:
    better = diagrams.false
    for after, before in zip(reversed(there), reversed(here), strict=True):
        if after != before:
            better = after.ite(~before | better, ~before & better)
    return better


def _by_weight(
    diagrams: Diagrams,
    there: Sequence[Diagram],
    here: Sequence[Diagram],
    weights: Sequence[int],
) -> Diagram:
    # The heaviest first: then the sign of the difference is often settled early.
    terms = sorted(
        (
            (weight, after, before)
            for weight, after, before in zip(weights, there, here, strict=True)
            if weight and after != before
        ),
        key=lambda term: -abs(term[0]),
    )
    left = [sum(abs(weight) for weight, _, _ in terms[n:]) for n in range(len(terms) + 1)]
    known: dict[tuple[int, int], Diagram] = {}

    def rest(number: int, difference: int) -> Diagram:
        """Where the difference so far, and the terms from `number` on, are above zero."""
        if difference > left[number]:
            return diagrams.true
        if difference + left[number] <= 0:
            return diagrams.false
        key = number, difference
        if key not in known:
            weight, after, before = terms[number]
            same = rest(number + 1, difference)
            known[key] = after.ite(
                before.ite(same, rest(number + 1, difference + weight)),
                before.ite(rest(number + 1, difference - weight), same),
            )
        return known[key]

    return rest(0, 0)


def comparison_of(
    dispute: Dispute,
    party: Party,
    feasible: Diagram,
    truth: Callable[[Expression], Diagram],
) -> Comparison:
    """How a party compares states.

    An order whose entries are formulas, each state in exactly one of them, is a list of
    prioritised statements.

    Parameters
    ----------
    dispute
        The dispute.
    party
        One of its parties.
    feasible
        The feasible states.
    truth
        Gives the states in which an expression is true.

    Returns
    -------
    Comparison

    Raises
    ------
    DisputeError
        If preferences are an order of numbered states, or an order leaves out or repeats a state.
    """
    preferences = party.preferences
    if not isinstance(preferences, OrderedStates):
        tell_unknown(dispute, party, preferences.statements)
        statements = tuple(one.formula.expression for one in preferences.statements)
        weighted = preferences.weighted
        return Comparison(statements, whole_weights(preferences.statements) if weighted else None)
    key = f"parties.{party.id}.preferences.order"
    taken = feasible & ~feasible
    entries = []
    for entry in preferences.order:
        inside = feasible & ~feasible
        for part in entry:
            if not isinstance(part, Formula):
                raise DisputeError(
                    f"the order of {party.id} names states by number, which needs the cube or a "
                    "list of states: the engine cube or list",
                    path=dispute.path,
                    place=preferences.place,
                    key=key,
                )
            chosen = feasible & truth(part.expression)
            problem = None
            if not chosen.satisfiable():
                problem = f"“{part.text}” holds in no feasible state"
            elif (chosen & (taken | inside)).satisfiable():
                problem = f"“{part.text}” ranks a state a second time"
            if problem:
                raise DisputeError(problem, path=dispute.path, place=part.place, key=key)
            inside |= chosen
        taken |= inside
        entries.append([part.expression for part in entry if isinstance(part, Formula)])
    if (feasible & ~taken).satisfiable():
        raise DisputeError(
            "the order leaves out states", path=dispute.path, place=preferences.place, key=key
        )
    return Comparison(tuple(_any_of(entry) for entry in entries[:-1]), None)


def _any_of(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else Connective("or", tuple(parts))
