"""All ways to change the parties' statements, as a model for the CP-SAT solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.changes.objections import Objection
from detente.changes.solver import cp_sat
from detente.changes.statements import CHANGE_KINDS, ChangeKind, Order

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

__all__ = ["ChangeChoices", "Chosen", "PartyChoices"]

_Difference = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the solver chose.

    Attributes
    ----------
    state
        The state that is to be made stable.
    orders
        By number of party, its changed preferences.
    count
        The number of changes.
    changes
        By number of party, what is changed: numbers of statements, each with the kind.
    """

    state: int
    orders: dict[int, Order]
    count: int
    changes: dict[int, frozenset[tuple[int, ChangeKind]]]


class PartyChoices:
    """One party's statements: which are reversed, dropped or moved, and their order.

    Parameters
    ----------
    model
        The solver's model, to which variables and constraints are added.
    truths
        Shape (statements, states): truth of each statement as stated.
    kinds
        The kinds of change that are allowed.
    """

    def __init__(
        self,
        model: cp_model.CpModel,
        truths: NDArray[np.bool_],
        kinds: Sequence[ChangeKind] = CHANGE_KINDS,
    ) -> None:
        self.model = model
        self.truths = truths.astype(np.int8)
        self.count = len(truths)
        self.flipped = self._variables("flip" in kinds)
        self.dropped = self._variables("drop" in kinds)
        self.moved = self._variables("move" in kinds)
        self.precedes = {
            pair: model.new_bool_var("") for pair in combinations(range(self.count), 2)
        }
        for one, drop in enumerate(self.dropped):
            model.add_at_most_one(drop, self.flipped[one])
            model.add_at_most_one(drop, self.moved[one])
        for first, second in self.precedes:
            # Statements that are not moved keep their order.
            model.add_bool_or(self.moved[first], self.moved[second], self.before(first, second))
        for first, second, third in combinations(range(self.count), 3):
            one, two = self.before(first, second), self.before(second, third)
            both = self.before(first, third)
            model.add_bool_or(~one, ~two, both)
            model.add_bool_or(one, two, ~both)
        self._first: dict[tuple[tuple[int, ...], int], Any] = {}
        self._better: dict[_Difference, Any] = {}
        self._no_better: dict[_Difference, Any] = {}
        self._none_kept: dict[tuple[int, ...], Any] = {}

    def _variables(self, allowed: bool) -> list[Any]:
        if allowed:
            return [self.model.new_bool_var("") for _ in range(self.count)]
        return [self.model.new_constant(0) for _ in range(self.count)]

    def before(self, one: int, other: int) -> Any:
        """Whether a statement is more important than another."""
        return self.precedes[one, other] if one < other else ~self.precedes[other, one]

    def better(self, pairs: NDArray[np.int64]) -> list[Any]:
        """For pairs of states: literals that imply that the second is strictly preferred."""
        return [self._is_better(one) for one in self._differences(pairs[:, 1], pairs[:, 0])]

    def no_better(self, states: NDArray[np.int64], than: int) -> list[Any]:
        """For states: literals that imply that they are not preferred to a certain one."""
        others = np.full(states.size, than, dtype=np.int64)
        return [self._is_no_better(one) for one in self._differences(states, others)]

    def _differences(
        self, here: NDArray[np.int64], there: NDArray[np.int64]
    ) -> Iterable[_Difference]:
        differences = (self.truths[:, here] - self.truths[:, there]).T.tolist()
        return dict.fromkeys(map(tuple, differences))

    def _is_better(self, difference: _Difference) -> Any:
        if difference not in self._better:
            ways = []
            support = tuple(one for one, sign in enumerate(difference) if sign)
            for one in support:
                way = self.model.new_bool_var("")
                self.model.add_implication(way, self._is_first(support, one))
                turned = self.flipped[one]
                self.model.add_implication(way, turned if difference[one] < 0 else ~turned)
                ways.append(way)
            self._better[difference] = self._one_of(ways)
        return self._better[difference]

    def _is_no_better(self, difference: _Difference) -> Any:
        if difference not in self._no_better:
            opposite = tuple(-sign for sign in difference)
            support = tuple(one for one, sign in enumerate(difference) if sign)
            self._no_better[difference] = self._one_of(
                [self._is_better(opposite), self._are_dropped(support)]
            )
        return self._no_better[difference]

    def _is_first(self, support: tuple[int, ...], one: int) -> Any:
        """A literal that implies that a statement is kept and comes before others that are."""
        if (support, one) not in self._first:
            first = self.model.new_bool_var("")
            self.model.add_implication(first, ~self.dropped[one])
            for other in support:
                if other != one:
                    self.model.add_bool_or(~first, self.dropped[other], self.before(one, other))
            self._first[support, one] = first
        return self._first[support, one]

    def _are_dropped(self, support: tuple[int, ...]) -> Any:
        if support not in self._none_kept:
            none = self.model.new_bool_var("")
            for one in support:
                self.model.add_implication(none, self.dropped[one])
            self._none_kept[support] = none
        return self._none_kept[support]

    def _one_of(self, ways: list[Any]) -> Any:
        some = self.model.new_bool_var("")
        self.model.add_bool_or([~some, *ways])
        return some

    def cost(self, prices: Sequence[int] | None = None) -> Any:
        """The number of changes, or what they cost at a price for each statement."""
        each = prices or [1] * self.count
        return sum(
            price * change
            for variables in self._by_kind.values()
            for price, change in zip(each, variables, strict=True)
        )

    def order(self, solver: cp_model.CpSolver) -> Order:
        """What the solver chose."""
        kept = [one for one in range(self.count) if not solver.boolean_value(self.dropped[one])]
        places = {
            one: sum(
                solver.boolean_value(self.before(other, one)) for other in kept if other != one
            )
            for one in kept
        }
        return tuple(
            (one, solver.boolean_value(self.flipped[one]))
            for one in sorted(kept, key=places.get)  # type: ignore[arg-type]
        )

    def changes(self, solver: cp_model.CpSolver) -> frozenset[tuple[int, ChangeKind]]:
        """Which statements the solver changes, and how."""
        return frozenset(
            (one, kind)
            for kind, variables in self._by_kind.items()
            for one, variable in enumerate(variables)
            if solver.boolean_value(variable)
        )

    def not_changed(self, changes: Iterable[tuple[int, ChangeKind]]) -> list[Any]:
        """Literals of which one is true if not all of these changes are made."""
        return [~self._by_kind[kind][one] for one, kind in changes]

    @property
    def _by_kind(self) -> dict[ChangeKind, list[Any]]:
        return {"flip": self.flipped, "drop": self.dropped, "move": self.moved}

    def different_from(self, order: Order) -> list[Any]:
        """Literals of which one is true if the choice differs from this one."""
        turned = dict(order)
        literals = []
        for one in range(self.count):
            if one not in turned:
                literals.append(~self.dropped[one])
                continue
            literals += [
                self.dropped[one],
                ~self.flipped[one] if turned[one] else self.flipped[one],
            ]
        kept = [one for one, _ in order]
        for place, one in enumerate(kept):
            literals += [self.before(other, one) for other in kept[place + 1 :]]
        return literals


class ChangeChoices:
    """The changes of all parties that may change, and which state of the target is made stable.

    Parameters
    ----------
    truths
        By number of party, for those that may change: truth of its statements, shape
        (statements, states).
    states
        Indices of the states of the target.
    kinds
        The kinds of change that are allowed.
    most
        The greatest number of changes.
    prices
        By number of party, a whole number for each statement: among equally many changes those
        are chosen first whose statements have the lowest prices together. All alike where left
        out.
    """

    def __init__(
        self,
        truths: dict[int, NDArray[np.bool_]],
        states: Sequence[int],
        kinds: Sequence[ChangeKind],
        most: int,
        prices: Mapping[int, Sequence[int]] | None = None,
    ) -> None:
        self._cp = cp_sat()
        self.model = self._cp.CpModel()
        self.parties = {
            party: PartyChoices(self.model, own, kinds) for party, own in truths.items()
        }
        self.chosen = {state: self.model.new_bool_var("") for state in states}
        self.model.add_exactly_one(self.chosen.values())
        self.cost = sum(own.cost() for own in self.parties.values())
        self.model.add(self.cost <= most)
        priced = [
            own.cost(prices[party]) for party, own in self.parties.items() if prices is not None
        ]
        dearest = max((max(own, default=0) for own in (prices or {}).values()), default=0)
        self.model.minimize(self.cost * (most * dearest + 1) + sum(priced))

    def fix_cost(self, count: int) -> None:
        """From now on look for exactly so many changes."""
        self.model.add(self.cost == count)

    def require(self, state: int, literals: Sequence[Any]) -> None:
        """If this state is chosen, one of the literals must be true."""
        self.model.add_bool_or([~self.chosen[state], *literals])

    def answer(self, objection: Objection, *, state: int | None = None) -> None:
        """If a state is chosen, what an objection rests on must be otherwise.

        The state is the objection's own where left out.
        """
        literals: list[Any] = []
        own = self.parties.get(objection.party)
        if own is not None:
            literals += own.no_better(np.array([objection.improvement]), objection.state)
            for group in objection.sanctions:
                literals.append(self.all_of(own.no_better(group, objection.state)))
        for mover, pairs in objection.openings.items():
            if mover in self.parties:
                literals += self.parties[mover].better(pairs)
        self.require(objection.state if state is None else state, literals)

    def exclude(self, orders: dict[int, Order]) -> None:
        """Look for other changes than these."""
        self.model.add_bool_or(
            [
                one
                for party, order in orders.items()
                for one in self.parties[party].different_from(order)
            ]
        )

    def exclude_changes(self, changes: Mapping[int, Iterable[tuple[int, ChangeKind]]]) -> None:
        """Look for changes that do not include all of these, wherever they move statements."""
        self.model.add_bool_or(
            [one for party, own in changes.items() for one in self.parties[party].not_changed(own)]
        )

    def all_of(self, literals: Sequence[Any]) -> Any:
        """A literal that implies all of these."""
        if len(literals) == 1:
            return literals[0]
        every = self.model.new_bool_var("")
        for literal in literals:
            self.model.add_implication(every, literal)
        return every

    def solve(self) -> Chosen | None:
        """The next candidate, of the least number of changes; None if there is none."""
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        # Each call is short, and so much of its time would go into making the model smaller.
        solver.parameters.linearization_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.max_presolve_iterations = 1
        # Ctrl-C is Python's, which stops between two calls of the solver.
        solver.parameters.catch_sigint_signal = False
        status = solver.solve(self.model)
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            return None
        state = next(one for one, literal in self.chosen.items() if solver.boolean_value(literal))
        return Chosen(
            state,
            {party: own.order(solver) for party, own in self.parties.items()},
            solver.value(self.cost),
            {party: own.changes(solver) for party, own in self.parties.items()},
        )
