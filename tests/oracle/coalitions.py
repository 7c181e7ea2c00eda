"""A slow, literal transcription of coalition moves, packages and coalition stability.

docs/concepts/coalitions.md gives the definitions with sources.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from oracle.definitions import Assignment, Condition, OracleDispute, true_in

Coalition = tuple[int, ...]


@dataclass
class OraclePackage:
    """A joint move: its members, the levels that it sets, and when it can be made."""

    members: Coalition
    settings: dict[int, int]
    when: Condition = ("true",)

    def result(self, dispute: OracleDispute, before: Assignment) -> Assignment | None:
        """Where the package leads from a feasible assignment, or None."""
        if not true_in(self.when, before):
            return None
        after = tuple(self.settings.get(option, old) for option, old in enumerate(before))
        if after not in dispute.state_of:
            return None
        for option, (old, new) in enumerate(zip(before, after, strict=True)):
            if old == new:
                continue
            if dispute.directions[option] == "up" and new < old:
                return None
            if dispute.directions[option] == "down" and new > old:
                return None
            for to, condition in dispute.guards[option]:
                if to in (None, new) and not true_in(condition, before):
                    return None
        return after


@dataclass
class OracleCoalitions:
    """Coalitions of one dispute, with packages as joint moves."""

    dispute: OracleDispute
    packages: list[OraclePackage] = field(default_factory=list)
    _reached: dict[tuple[Coalition, int], set[int]] = field(default_factory=dict)

    def package_moves(self, package: OraclePackage, state: int) -> set[int]:
        """States to which a package leads from a state."""
        ends = [package.result(self.dispute, one) for one in self.dispute.states[state]]
        return {self.dispute.state_of[end] for end in ends if end is not None} - {state}

    def reached(self, coalition: Coalition, state: int) -> set[int]:
        """R_H(s): legal sequences of members' moves and of packages of members alone.

        No party, and no package, moves twice in a row.
        """
        key = (coalition, state)
        if key in self._reached:
            return self._reached[key]
        found: set[tuple[int, object]] = set()
        waiting: list[tuple[int, object]] = [(state, None)]
        while waiting:
            here, last = waiting.pop()
            steps: list[tuple[object, set[int]]] = [
                (party, self.dispute.moves[party][here]) for party in coalition
            ]
            for number, package in enumerate(self.packages):
                if set(package.members) <= set(coalition):
                    steps.append((("package", number), self.package_moves(package, here)))
            for mover, ends in steps:
                if mover == last:
                    continue
                for there in ends:
                    if (there, mover) not in found:
                        found.add((there, mover))
                        waiting.append((there, mover))
        self._reached[key] = {there for there, _ in found}
        return self._reached[key]

    def preferred_by_all(self, coalition: Coalition, new: int, old: int) -> bool:
        """Whether every member strictly prefers one state to another."""
        values = self.dispute.values
        return all(values[party][new] > values[party][old] for party in coalition)

    def improvements(self, coalition: Coalition, state: int) -> set[int]:
        """R++_H(s): coalition improvements."""
        return {
            there
            for there in self.reached(coalition, state)
            if self.preferred_by_all(coalition, there, state)
        }

    def strong(self, state: int) -> bool:
        """Aumann (1959): no coalition changes its options at once to the gain of all members.

        Only without guards and coalesced states.
        """
        ((*before,),) = self.dispute.states[state]
        for coalition in self.all_coalitions(range(self.dispute.parties)):
            for after, there in self.dispute.state_of.items():
                allowed = all(
                    new == old
                    or (
                        self.dispute.owner[option] in coalition
                        and self.dispute.directions[option] != ("down" if new > old else "up")
                    )
                    for option, (old, new) in enumerate(zip(before, after, strict=True))
                )
                if allowed and self.preferred_by_all(coalition, there, state):
                    return False
        return True

    def reached_by_improvements(self, allowed: Iterable[Coalition], state: int) -> set[int]:
        """R++_C(s): sequences of coalition improvements, no coalition twice in a row."""
        allowed = list(allowed)
        found: set[tuple[int, Coalition]] = set()
        waiting: list[tuple[int, Coalition | None]] = [(state, None)]
        while waiting:
            here, last = waiting.pop()
            for one in allowed:
                if one == last:
                    continue
                for there in self.improvements(one, here):
                    if (there, one) not in found:
                        found.add((there, one))
                        waiting.append((there, one))
        return {there for there, _ in found}

    def all_coalitions(self, members: Iterable[int]) -> list[Coalition]:
        """Every coalition that these parties can form."""
        members = sorted(members)
        return [one for size in range(1, len(members) + 1) for one in combinations(members, size)]

    def stable(
        self, concept: str, coalition: Coalition, state: int, sanctioning: list[Coalition]
    ) -> bool:
        """Coalition Nash, GMR, SMR and SEQ."""
        return not self.departures(concept, coalition, state, sanctioning)

    def departures(
        self, concept: str, coalition: Coalition, state: int, sanctioning: list[Coalition]
    ) -> set[int]:
        """Where the coalition improves to and no sanction deters it from."""
        outsiders = tuple(sorted({party for one in sanctioning for party in one}))
        found = set()
        for s1 in self.improvements(coalition, state):
            if concept == "Nash":
                found.add(s1)
                continue
            if concept == "SEQ":
                responses = self.reached_by_improvements(sanctioning, s1)
            else:
                responses = self.reached(outsiders, s1)
            sanctioned = False
            for s2 in responses:
                if self.preferred_by_all(coalition, s2, state):
                    continue
                if concept == "SMR" and any(
                    self.preferred_by_all(coalition, s3, state)
                    for s3 in self.reached(coalition, s2)
                ):
                    continue
                sanctioned = True
            if not sanctioned:
                found.add(s1)
        return found
