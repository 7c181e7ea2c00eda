"""Which options an answer can hang on, where only some preference statements are held.

States that differ only in options of which nothing speaks are alike: each party ranks them the
same, and what it can do at one of them it can do at the other. One of them can stand for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from detente.dispute.dispute import Dispute, Formula, Package, Statements
from detente.evidence.statements_that_matter import StatementNumber, bodies_of
from detente.queries.comparisons import options_named
from detente.queries.query import (
    Accepts,
    Body,
    Chooses,
    LosesMore,
    Play,
    Prefers,
    Query,
    Stable,
    StepRule,
)
from detente.stability.concept_registry import concepts_serving

__all__ = ["options_that_matter"]

_Named = frozenset[int]


def options_that_matter(
    query: Query, dispute: Dispute
) -> Callable[[Iterable[StatementNumber]], frozenset[int]]:
    """Which options the answer to a question can hang on.

    Parameters
    ----------
    query
        The question.
    dispute
        The dispute, all of whose preferences are prioritised statements. Its moves have no guards,
        and it has no coalesced states.

    Returns
    -------
    callable
        From the statements that are held, and no others, to numbers of options. States that differ
        in other options only are alike for the question: each of its cases stands for as many as
        these options have combinations of levels.
    """
    every = frozenset(range(len(dispute.options)))
    asked = _asked_about(query, dispute)
    named = {
        (party, number): frozenset(options_named(one.formula.expression))
        for party, own in enumerate(dispute.parties)
        if isinstance(own.preferences, Statements)
        for number, one in enumerate(own.preferences.statements)
    }
    able = _able(query, dispute)

    def mattering(held: Iterable[StatementNumber]) -> frozenset[int]:
        if asked is None:
            return every
        found = asked.union(*(named[one] for one in held))
        return found.union(*(_left_to_move(dispute, party, found) for party in able))

    return mattering


def _left_to_move(dispute: Dispute, party: int, named: _Named) -> _Named:
    """Options of which nothing speaks, by which a party can move as if it had all of them.

    With one that changes to and fro it always can; those that change one way it may have used.
    """
    left = [one for one in dispute.options_of(dispute.parties[party].id) if one not in named]
    for number in left:
        option = dispute.options[number]
        if option.irreversible is None and len(option.levels) > 1:
            return frozenset([number])
    return frozenset(left)


def _able(query: Query, dispute: Dispute) -> frozenset[int]:
    """The parties of which it matters whether they have any legal move."""
    able: set[int] = set()
    for body in bodies_of(query):
        match body:
            case Stable(parties=parties):
                able.update(parties)
            case Chooses(party=party):
                able.add(party)
            case Play(steps=steps) if not _by_everybody(steps, dispute):
                able.update(steps.movers)
    return frozenset(able)


def _by_everybody(steps: StepRule, dispute: Dispute) -> bool:
    return len(steps.movers) == len(dispute.parties)


def _asked_about(query: Query, dispute: Dispute) -> _Named | None:
    """The options of which the question and the constraints speak; None where all may count."""
    formulas = [one.never for one in dispute.constraints]
    for part in query.parts:
        if part.form == "listed":
            return None
        if part.region is not None:
            if not isinstance(part.region.states, Formula):
                return None
            formulas.append(part.region.states)
    named: set[int] = set()
    for body in bodies_of(query):
        asked = _formulas(body)
        if asked is None:
            return None
        formulas += asked
        for package in _packages(body, dispute):
            if package.when is not None:
                formulas.append(package.when)
            # Elsewhere it does not matter that a package can be made from which nobody gains.
            if not isinstance(body, Play) or not _by_everybody(body.steps, dispute):
                named.update(package.settings)
    return frozenset(named.union(*(options_named(one.expression) for one in formulas)))


def _formulas(body: Body) -> list[Formula] | None:
    """The conditions that a question names; None where the states meant are not told by one."""
    match body:
        case Prefers(better=better, worse=worse):
            return [better, worse]
        case LosesMore(by=by):
            return [by]
        case Accepts():
            return []
        case Stable(concept=concept, packages=packages):
            return [] if concept in concepts_serving("deterrence") and not packages else None
        case Chooses(target=target, steps=steps) | Play(target=target, steps=steps):
            if isinstance(target, Formula):
                return None if steps.moves == "legal moves" else [target]
            # What is asked of a target in turn is looked at by itself.
            named = isinstance(target, Stable | Chooses | Play | Accepts)
            return [] if named and steps.moves != "legal moves" else None
    return None


def _packages(body: Body, dispute: Dispute) -> Iterator[Package]:
    """The packages that count as moves, or are asked about."""
    match body:
        case Accepts(package=package):
            yield from (one for one in dispute.packages if one.id == package)
        case Chooses(steps=steps) | Play(steps=steps) if steps.packages:
            yield from dispute.packages
