"""What in a dispute file can make no difference, says nothing, or is hardly believed.

Nothing here is a fault: a file may mean it so. Each finding says where it stands, why it is so and
what can be done. The kinds are this project's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import (
    NO_BASIS,
    AtLevel,
    Connective,
    Constraint,
    Dispute,
    Expression,
    Formula,
    OrderedStates,
    Party,
    Place,
    Statement,
    Statements,
)
from detente.dispute.identifiers import scripts_mixed
from detente.evidence.claims import CheckedClaim
from detente.queries.answer import DOES_NOT_ARISE
from detente.queries.play_steps import Ground
from detente.space.graph_model import GraphModel
from detente.space.states import StateSpace

__all__ = ["Lint", "LintKind", "lint"]

LintKind: TypeAlias = Literal[
    "constant",
    "duplicate",
    "contradictory",
    "never-decisive",
    "hardly-believed",
    "no-preferences",
    "unused-option",
    "uncared-option",
    "outcome",
    "question",
    "trap",
    "no-basis",
    "mixed-scripts",
]

Truth: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lint:
    """One finding.

    Attributes
    ----------
    kind
        Of which kind it is.
    about
        Where it stands, such as ``preference 2 of a``.
    words
        What is found, with the reason.
    advice
        What can be done.
    place
        Where it stands in the file, where that is known.
    """

    kind: LintKind
    about: str
    words: str
    advice: str
    place: Place | None = None

    def __str__(self) -> str:
        where = "" if self.place is None else f"line {self.place.line}: "
        return f"{where}{self.about} {self.words}. {self.advice}."


def lint(model: GraphModel, checked: Sequence[CheckedClaim] = ()) -> tuple[Lint, ...]:
    """Look for what can make no difference, says nothing, or is hardly believed.

    Parameters
    ----------
    model
        The graph model of the dispute.
    checked
        The dispute's claims with their answers, where these are to be looked at.

    Returns
    -------
    tuple of Lint
    """
    dispute = model.dispute
    found: list[Lint] = []
    for party in dispute.parties:
        found += _of_party(dispute, party, model.space)
    found += _alike(dispute)
    found += _of_options(model)
    found += _of_outcomes(dispute, model.space)
    found += _of_questions(checked)
    found += _traps(model)
    return tuple(found)


# Preferences ------------------------------------------------------------------------------------


def _of_party(dispute: Dispute, party: Party, space: StateSpace) -> Iterator[Lint]:
    preferences = party.preferences
    if isinstance(preferences, OrderedStates):
        return
    statements = preferences.statements
    if not statements:
        yield Lint(
            "no-preferences",
            party.name,
            "prefers nothing, so it is content everywhere and deters nobody",
            "Say what it prefers, or leave it out",
            party.place,
        )
        return
    truths = [space.holds(one.formula) for one in statements]
    classes = np.zeros(space.count, dtype=np.int64)
    for number, (statement, truth) in enumerate(zip(statements, truths, strict=True)):
        about = f"preference {number + 1} of {party.name}, “{statement.formula.text}”,"
        finding = _constant(dispute, statement, truth, space, about)
        if finding is None and not preferences.weighted:
            finding = _settled(statement, truths, number, classes, about)
        if finding is None:
            finding = _hardly_believed(statement, about)
        if finding is not None:
            yield finding
        classes = np.unique(2 * classes + truth, return_inverse=True)[1]
    yield from _without_basis(party, statements)


def _constant(
    dispute: Dispute, statement: Statement, truth: Truth, space: StateSpace, about: str
) -> Lint | None:
    if truth.any() and not truth.all():
        return None
    always = "true" if truth.all() else "false"
    reason = _why_constant(dispute, statement.formula, space, bool(truth.all()))
    return Lint(
        "constant",
        about,
        f"is {always} in every feasible state, so it orders nothing: {reason}",
        "Leave it out, or correct it",
        statement.formula.place,
    )


def _why_constant(dispute: Dispute, formula: Formula, space: StateSpace, value: bool) -> str:
    """Whether a formula is constant by itself, or by which constraint."""
    for constraints in ((), *((one,) for one in dispute.constraints)):
        if _constant_under(formula, constraints, space, value):
            if not constraints:
                return "it is so whatever the options are"
            return f"the constraint never “{constraints[0].never.text}” makes it so"
    return "the constraints together make it so"


def _constant_under(
    formula: Formula, constraints: Sequence[Constraint], space: StateSpace, value: bool
) -> bool:
    """Whether a formula has one value wherever some constraints hold."""
    named = sorted(
        {*_options_in(formula.expression)}.union(
            *({*_options_in(one.never.expression)} for one in constraints)
        )
    )
    sizes = [space.levels[option] for option in named]
    count = int(np.prod(sizes, dtype=np.float64)) if sizes else 1
    if count > 2**16:
        return False
    for row in np.ndindex(*sizes):
        levels = dict(zip(named, row, strict=True))
        if any(_true_at(one.never.expression, levels) for one in constraints):
            continue
        if _true_at(formula.expression, levels) != value:
            return False
    return True


def _options_in(expression: Expression) -> Iterator[int]:
    match expression:
        case AtLevel(option, _):
            yield option
        case Connective(_, parts):
            for part in parts:
                yield from _options_in(part)


def _true_at(expression: Expression, levels: dict[int, int]) -> bool:
    match expression:
        case AtLevel(option, chosen):
            return levels[option] in chosen
        case Connective("not", (inside,)):
            return not _true_at(inside, levels)
        case Connective("and", parts):
            return all(_true_at(part, levels) for part in parts)
        case Connective("or", parts):
            return any(_true_at(part, levels) for part in parts)
        case Connective("if", (then, condition)):
            return _true_at(then, levels) or not _true_at(condition, levels)
        case Connective("iff", (left, right)):
            return _true_at(left, levels) == _true_at(right, levels)
        case _:
            return bool(getattr(expression, "value", False))


def _settled(
    statement: Statement,
    truths: Sequence[Truth],
    number: int,
    classes: NDArray[np.int64],
    about: str,
) -> Lint | None:
    """A statement that never decides, as those before it leave nothing to decide."""
    truth = truths[number]
    decides = np.zeros(int(classes.max(initial=0)) + 1, dtype=np.int64)
    np.bitwise_or.at(decides, classes, np.where(truth, 1, 2))
    if (decides == 3).any():
        return None
    for before, other in enumerate(truths[:number], start=1):
        if np.array_equal(truth, other):
            return Lint(
                "duplicate",
                about,
                f"says what preference {before} says already",
                "Leave one of the two out",
                statement.formula.place,
            )
        if np.array_equal(truth, ~other):
            return Lint(
                "contradictory",
                about,
                f"is the opposite of preference {before}, which counts for more and decides first",
                "Leave one of the two out",
                statement.formula.place,
            )
    deciding = _least_deciding(truths[:number], truth)
    named = ", ".join(str(one + 1) for one in deciding)
    what = f"preference {named} decides" if len(deciding) == 1 else f"preferences {named} decide"
    return Lint(
        "never-decisive",
        about,
        f"never decides: {what} between all states that it tells apart",
        "Leave it out, or move it up",
        statement.formula.place,
    )


def _least_deciding(before: Sequence[Truth], truth: Truth) -> list[int]:
    """Statements whose truth settles another's, none of which can be left out."""
    needed = list(range(len(before)))
    for one in range(len(before)):
        rest = [other for other in needed if other != one]
        classes = np.zeros(truth.size, dtype=np.int64)
        for other in rest:
            classes = np.unique(2 * classes + before[other], return_inverse=True)[1]
        decides = np.zeros(int(classes.max(initial=0)) + 1, dtype=np.int64)
        np.bitwise_or.at(decides, classes, np.where(truth, 1, 2))
        if not (decides == 3).any():
            needed = rest
    return needed


def _hardly_believed(statement: Statement, about: str) -> Lint | None:
    if statement.confidence is None or statement.confidence >= 0.5 or statement.unknown:
        return None
    return Lint(
        "hardly-believed",
        about,
        f"is held at {statement.confidence:g}, under one half, and decides between states",
        "Reverse it, mark it `unknown: true`, or see `detente robust` for what depends on it",
        statement.formula.place,
    )


def _without_basis(party: Party, statements: Sequence[Statement]) -> Iterator[Lint]:
    bare = [
        number
        for number, one in enumerate(statements, start=1)
        if one.basis == NO_BASIS and party.basis == NO_BASIS
    ]
    if bare:
        which = "all" if len(bare) == len(statements) else f"{len(bare)} of {len(statements)}"
        yield Lint(
            "no-basis",
            f"{party.name}:",
            f"{which} of its preferences rest on no source and no judgement",
            "Cite a passage, or mark them `judgement: true`",
            statements[bare[0] - 1].formula.place,
        )


# Options, outcomes, questions, traps ------------------------------------------------------------


def _alike(dispute: Dispute) -> Iterator[Lint]:
    """Ids in which letters of several scripts stand that look alike."""
    ids = [*(("party", one.id) for one in dispute.parties)]
    ids += [("option", one.key) for one in dispute.options]
    ids += [("outcome", one.id) for one in dispute.outcomes]
    ids += [("package", one.id) for one in dispute.packages]
    for what, name in ids:
        for part in name.split("."):
            scripts = scripts_mixed(part)
            if scripts:
                yield Lint(
                    "mixed-scripts",
                    f"{what} {name}",
                    f"has {' and '.join(scripts)} letters in one word, some of which look alike",
                    "Write it in one script",
                )
                break


def _of_options(model: GraphModel) -> Iterator[Lint]:
    dispute, space = model.dispute, model.space
    formulas = [
        one.formula
        for party in dispute.parties
        if isinstance(party.preferences, Statements)
        for one in party.preferences.statements
    ]
    ordered = any(isinstance(party.preferences, OrderedStates) for party in dispute.parties)
    cared = {option for formula in formulas for option in _options_in(formula.expression)}
    set_together = {option for package in dispute.packages for option in package.settings}
    stuck = _unmoved_options(model)
    for number, option in enumerate(dispute.options):
        owner = dispute.parties[dispute.party_numbers[option.party]]
        called = f"option “{option.name}” of {owner.name}"
        if number in stuck and number not in set_together:
            column = space.assignments(np.arange(space.count))[:, number]
            why = (
                "stands at one level in every feasible state"
                if (column == column[0]).all()
                else "can be changed from no state by its party, and by no package"
            )
            yield Lint(
                "unused-option",
                called,
                why,
                "Look at its guards and constraints, or leave it out",
                option.place,
            )
        if number not in cared and not ordered:
            yield Lint(
                "uncared-option",
                called,
                "is named in no party's preferences, so nobody cares about it",
                "Say who cares, or leave it out",
                option.place,
            )


def _unmoved_options(model: GraphModel) -> set[int]:
    """Options that no move of their party changes, from any state."""
    space = model.space
    dispute = model.dispute
    levels = space.assignments(np.arange(space.count))
    stuck: set[int] = set()
    for number, party in enumerate(dispute.parties):
        left = set(dispute.options_of(party.id))
        for index in range(space.count):
            if not left:
                break
            targets = model.graph.moves_from(model.node(index), number)
            if targets.size:
                ends = levels[model.indices(targets)]
                left -= {one for one in left if (ends[:, one] != levels[index, one]).any()}
        stuck |= left
    return stuck


def _of_outcomes(dispute: Dispute, space: StateSpace) -> Iterator[Lint]:
    for outcome in dispute.outcomes:
        truth = space.holds(outcome.formula)
        if truth.any() and not truth.all():
            continue
        reason = _why_constant(dispute, outcome.formula, space, bool(truth.all()))
        yield Lint(
            "outcome",
            f"outcome “{outcome.name}”",
            f"is {'every' if truth.all() else 'no'} feasible state: {reason}",
            "Correct its formula",
            outcome.formula.place,
        )


def _of_questions(checked: Sequence[CheckedClaim]) -> Iterator[Lint]:
    for one in checked:
        for part in one.answer.parts:
            if part.verdict == DOES_NOT_ARISE:
                yield Lint(
                    "question",
                    f"claim {one.claim.id}:",
                    f"“{part.text}” does not arise: {part.note}",
                    "Ask of states in which it does, or correct the model",
                    one.claim.place,
                )


def _traps(model: GraphModel) -> Iterator[Lint]:
    """States that nobody can leave, and outcomes out of which no move leads."""
    dispute, space = model.dispute, model.space
    ground = Ground(model)
    everywhere = np.ones(space.count, dtype=np.bool_)
    single = everywhere & ~_leads_to(ground, everywhere)
    if single.any():
        count = int(np.count_nonzero(single))
        inside = [one.name for one in dispute.outcomes if (space.holds(one.formula) & single).any()]
        where = f" ({', '.join(inside)})" if inside else ""
        yield Lint(
            "trap",
            f"{count:,} feasible state{'s' if count > 1 else ''}{where}",
            "cannot be left, so each is an equilibrium whatever anybody prefers",
            "Read counts of equilibria without them",
        )
    for outcome in dispute.outcomes:
        truth = space.holds(outcome.formula)
        if truth.all() or not truth.any() or (truth <= single).all():
            continue
        if not (_leads_to(ground, ~truth) & truth).any():
            yield Lint(
                "trap",
                f"outcome “{outcome.name}”",
                "can never be left: no move and no package leads out of it",
                "An equilibrium in it may hold only for that reason",
                outcome.formula.place,
            )


def _leads_to(ground: Ground, goal: Truth) -> Truth:
    """From which states some party's move, or a package, leads into some states."""
    model, space = ground.model, ground.model.space
    nodes = model.nodes(np.arange(space.count))
    values = np.zeros(model.graph.ranks.shape[1], dtype=np.int32)
    values[nodes[goal]] = 1
    found = np.zeros(space.count, dtype=np.bool_)
    for party in range(len(model.dispute.parties)):
        found |= (model.graph.best_move(values, party) > 0)[nodes]
    for package in model.dispute.packages:
        results = ground.package_results(package.id)[nodes]
        found |= (results >= 0) & (values[results] > 0)
    return found
