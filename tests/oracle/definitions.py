"""A slow, literal transcription of states, moves, preferences and solution concepts.

It shares no code with the engine: it has its own disputes, its own formulas (nested tuples) and
its own enumeration of states. docs/concepts/stability.md gives the definitions with sources.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from typing import Any

# ("true",), ("false",), ("on", option) for "above its lowest level", ("is", option, "<", level)
# and the like, ("not", f), ("and", f, g), ("or", f, g), ("if", f, g) for "f if g", ("iff", f, g)
Condition = tuple[Any, ...]
Assignment = tuple[int, ...]
State = frozenset[Assignment]

COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def true_in(condition: Condition, assignment: Assignment) -> bool:
    """Whether a condition is true where options stand at these levels."""
    match condition:
        case ("true",):
            return True
        case ("false",):
            return False
        case ("on", option):
            return bool(assignment[option] > 0)
        case ("is", option, comparison, level):
            return COMPARISONS[comparison](assignment[option], level)
        case ("not", inside):
            return not true_in(inside, assignment)
        case ("and", left, right):
            return true_in(left, assignment) and true_in(right, assignment)
        case ("or", left, right):
            return true_in(left, assignment) or true_in(right, assignment)
        case ("if", then, when):
            return true_in(then, assignment) if true_in(when, assignment) else True
        case ("iff", left, right):
            return true_in(left, assignment) is true_in(right, assignment)
    raise ValueError(condition)


@dataclass
class Prioritised:
    """Statements, most important first."""

    statements: list[Condition]


@dataclass
class Weighted:
    """Statements with weights."""

    statements: list[tuple[Condition, Fraction]]


@dataclass
class Ordered:
    """Groups of state numbers held equal, best group first."""

    groups: list[list[int]]


Preference = Prioritised | Weighted | Ordered


@dataclass
class OracleDispute:
    """A dispute: who owns each option, what is feasible, how options may change, preferences."""

    parties: int
    owner: list[int]
    levels: list[int]
    directions: list[str | None]
    guards: list[list[tuple[int | None, Condition]]]
    never: list[Condition] = field(default_factory=list)
    coalesce: list[Condition] = field(default_factory=list)
    preferences: list[Preference] = field(default_factory=list)

    # States ----------------------------------------------------------------------------------

    @cached_property
    def states(self) -> list[State]:
        """Feasible states in order of number; the members of a coalesced state together."""
        ranges = [range(count) for count in reversed(self.levels)]
        feasible = []
        for reverse in product(*ranges):
            assignment = tuple(reversed(reverse))
            if not any(true_in(condition, assignment) for condition in self.never):
                feasible.append(assignment)
        classes = [
            frozenset(one for one in feasible if true_in(condition, one))
            for condition in self.coalesce
        ]
        alone = [one for one in feasible if not any(one in members for members in classes)]
        return [frozenset([one]) for one in alone] + classes

    @cached_property
    def state_of(self) -> dict[Assignment, int]:
        """Index of the state to which each feasible assignment belongs."""
        return {one: index for index, state in enumerate(self.states) for one in state}

    # Preferences -----------------------------------------------------------------------------

    def value(self, party: int, state: int) -> Any:
        """Something that is greater for states that the party likes better."""
        preference = self.preferences[party]
        if isinstance(preference, Ordered):
            for position, group in enumerate(preference.groups):
                if state + 1 in group:
                    return -position
            raise ValueError(f"state {state + 1} is not ranked")
        values = {self.value_of(preference, one) for one in self.states[state]}
        (value,) = values
        return value

    def value_of(self, preference: Prioritised | Weighted, assignment: Assignment) -> Any:
        """Truth values, most important first, or the sum of weights."""
        if isinstance(preference, Prioritised):
            return tuple(true_in(one, assignment) for one in preference.statements)
        return sum(
            (weight for one, weight in preference.statements if true_in(one, assignment)),
            Fraction(0),
        )

    @cached_property
    def values(self) -> list[list[Any]]:
        """Value of every state, by party."""
        return [
            [self.value(party, state) for state in range(len(self.states))]
            for party in range(self.parties)
        ]

    # Moves -----------------------------------------------------------------------------------

    def can_change(self, party: int, before: Assignment, after: Assignment) -> bool:
        """Whether a party can go from one feasible assignment to another in one move."""
        if before == after:
            return False
        for option, (old, new) in enumerate(zip(before, after, strict=True)):
            if old == new:
                continue
            if self.owner[option] != party:
                return False
            if self.directions[option] == "up" and new < old:
                return False
            if self.directions[option] == "down" and new > old:
                return False
            for to, condition in self.guards[option]:
                if to in (None, new) and not true_in(condition, before):
                    return False
        return True

    @cached_property
    def full_moves(self) -> list[dict[Assignment, set[Assignment]]]:
        """By party: the assignments reached from each feasible assignment in one move."""
        return [
            {
                before: {
                    after
                    for after in self.own_choices(party, before)
                    if after in self.state_of and self.can_change(party, before, after)
                }
                for before in self.state_of
            }
            for party in range(self.parties)
        ]

    def own_choices(self, party: int, before: Assignment) -> Iterable[Assignment]:
        """Every assignment that differs from this one in the party's own options at most."""
        return product(
            *(
                range(count) if owner == party else [level]
                for count, owner, level in zip(self.levels, self.owner, before, strict=True)
            )
        )

    @cached_property
    def moves(self) -> list[list[set[int]]]:
        """R_i(s): states reached in one move, by party and state."""
        return [
            [
                {self.state_of[two] for one in state for two in self.full_moves[party][one]}
                - {index}
                for index, state in enumerate(self.states)
            ]
            for party in range(self.parties)
        ]

    def improvements(self, party: int, state: int) -> set[int]:
        """R+_i(s): unilateral improvements."""
        value = self.values[party]
        return {other for other in self.moves[party][state] if value[other] > value[state]}

    def reached(self, movers: Iterable[int], state: int, *, improving: bool) -> set[int]:
        """R_H(s) or R+_H(s): states reached by legal sequences, no party twice in a row."""
        key = (tuple(movers), state, improving)
        if key not in self._reached:
            found: set[tuple[int, int]] = set()
            waiting: list[tuple[int, int | None]] = [(state, None)]
            while waiting:
                here, last = waiting.pop()
                for mover in key[0]:
                    if mover == last:
                        continue
                    step = self.improvements(mover, here) if improving else self.moves[mover][here]
                    for there in step:
                        if (there, mover) not in found:
                            found.add((there, mover))
                            waiting.append((there, mover))
            self._reached[key] = {there for there, _ in found}
        return self._reached[key]

    @cached_property
    def _reached(self) -> dict[tuple[tuple[int, ...], int, bool], set[int]]:
        return {}

    # Solution concepts -----------------------------------------------------------------------

    def others(self, party: int) -> tuple[int, ...]:
        """All other parties."""
        return tuple(other for other in range(self.parties) if other != party)

    def nash(self, party: int, state: int) -> bool:
        """No unilateral improvement."""
        return not self.improvements(party, state)

    def sanctioned(self, party: int, state: int, *, improving: bool, symmetric: bool) -> bool:
        """GMR, SMR (symmetric), SEQ (improving) and SSEQ (both)."""
        value = self.values[party]
        for s1 in self.improvements(party, state):
            deterred = False
            for s2 in self.reached(self.others(party), s1, improving=improving):
                if value[s2] > value[state]:
                    continue
                if symmetric and any(value[s3] > value[state] for s3 in self.moves[party][s2]):
                    continue
                deterred = True
            if not deterred:
                return False
        return True

    def simultaneous(self, party: int, state: int) -> bool:
        """Each improvement is met by others' improvements made at the same time."""
        value = self.values[party]
        return all(
            any(
                value[result] <= value[state]
                for result in self.joint_results(party, state, improvement)
            )
            for improvement in self.improvements(party, state)
        )

    def joint_results(self, party: int, state: int, improvement: int) -> set[int]:
        """Where one party's improvement leads if some others improve at the same time."""
        found = set()
        for start in self.states[state]:
            for own in self.full_moves[party][start]:
                if self.state_of[own] != improvement:
                    continue
                for size in range(1, self.parties):
                    for movers in combinations(self.others(party), size):
                        choices = [
                            [
                                end
                                for end in self.full_moves[mover][start]
                                if self.state_of[end] in self.improvements(mover, state)
                            ]
                            for mover in movers
                        ]
                        for ends in product(*choices):
                            moved = {party: own, **dict(zip(movers, ends, strict=True))}
                            joint = tuple(
                                moved[owner][option] if owner in moved else start[option]
                                for option, owner in enumerate(self.owner)
                            )
                            if joint in self.state_of:
                                found.add(self.state_of[joint])
        return found

    @cached_property
    def anticipations(self) -> list[dict[tuple[int, int], tuple[bool, frozenset[int]]]]:
        """By horizon, party and state: does the party move first, and where may play end?

        Filled up as far as it was asked for by :meth:`anticipation`.
        """
        return [
            {
                (party, state): (False, frozenset([state]))
                for party in range(self.parties)
                for state in range(len(self.states))
            }
        ]

    def anticipation(self, horizon: int) -> dict[tuple[int, int], tuple[bool, frozenset[int]]]:
        """What each party, moving first from each state, does and foresees."""
        while len(self.anticipations) <= horizon:
            left = self.anticipations[-1]
            table = {}
            for party in range(self.parties):
                value = self.values[party]
                for state in range(len(self.states)):
                    ends = {
                        s1: self.continuation(party, s1, left) for s1 in self.moves[party][state]
                    }
                    worth = {s1: min(value[end] for end in ends[s1]) for s1 in ends}
                    best = max(worth.values(), default=value[state])
                    if best > value[state]:
                        foreseen = frozenset[int]().union(
                            *(ends[s1] for s1 in ends if worth[s1] == best)
                        )
                        table[party, state] = (True, foreseen)
                    else:
                        table[party, state] = (False, frozenset([state]))
            self.anticipations.append(table)
        return self.anticipations[horizon]

    def continuation(
        self,
        mover: int,
        state: int,
        left: dict[tuple[int, int], tuple[bool, frozenset[int]]],
    ) -> frozenset[int]:
        """Where play may end after `mover` has moved to a state."""
        willing = [other for other in self.others(mover) if left[other, state][0]]
        if not willing:
            return frozenset([state])
        return frozenset[int]().union(*(left[other, state][1] for other in willing))

    def limited(self, horizon: int, party: int, state: int) -> bool:
        """L(h): the party, moving first with h moves left, stays."""
        return not self.anticipation(horizon)[party, state][0]

    def non_myopic(self, party: int, state: int) -> bool:
        """The party stays at every horizon from some point on."""
        first, period = self.cycle
        return all(self.limited(h, party, state) for h in range(first, first + period))

    @cached_property
    def cycle(self) -> tuple[int, int]:
        """First horizon and length of the cycle into which anticipations fall."""
        horizon = 0
        while True:
            horizon += 1
            now = self.anticipation(horizon)
            for earlier in range(horizon):
                if self.anticipation(earlier) == now:
                    return earlier, horizon - earlier

    def stable(self, concept: str, party: int, state: int) -> bool:
        """Whether a state is stable for a party under a concept."""
        match concept:
            case "Nash":
                return self.nash(party, state)
            case "GMR":
                return self.sanctioned(party, state, improving=False, symmetric=False)
            case "SMR":
                return self.sanctioned(party, state, improving=False, symmetric=True)
            case "SEQ":
                return self.sanctioned(party, state, improving=True, symmetric=False)
            case "SSEQ":
                return self.sanctioned(party, state, improving=True, symmetric=True)
            case "SIM":
                return self.simultaneous(party, state)
            case "SEQ+SIM":
                leaving = [one for one in range(self.parties) if not self.stable("SEQ", one, state)]
                together = len(leaving) > 1 and self.simultaneous(party, state)
                return party not in leaving or together
            case "NM":
                return self.non_myopic(party, state)
        return self.limited(int(concept.removeprefix("L")), party, state)
