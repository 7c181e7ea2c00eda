"""A slow, literal transcription of stability with packages.

docs/concepts/stability.md gives the definitions, 13 to 16.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from oracle.coalitions import Coalition, OracleCoalitions


@dataclass
class OraclePackaged:
    """Stability of one dispute where packages are moves of all their members together."""

    coalitions: OracleCoalitions
    _improved: dict[tuple[Coalition, int], set[int]] = field(default_factory=dict)

    def joint_improvements(self, number: int, state: int) -> set[int]:
        """P+_K(s): where a package leads that every member strictly prefers."""
        package = self.coalitions.packages[number]
        return {
            there
            for there in self.coalitions.package_moves(package, state)
            if self.coalitions.preferred_by_all(package.members, there, state)
        }

    def reached_by_improvements(self, movers: Coalition, state: int) -> set[int]:
        """R+_H(s) with packages: UIs and joint improvements, no mover twice in a row."""
        key = (movers, state)
        if key in self._improved:
            return self._improved[key]
        dispute = self.coalitions.dispute
        found: set[tuple[int, str]] = set()
        waiting = [(state, "")]
        while waiting:
            here, last = waiting.pop()
            steps = [(f"party {party}", dispute.improvements(party, here)) for party in movers]
            for number, package in enumerate(self.coalitions.packages):
                if set(package.members) <= set(movers):
                    steps.append((f"package {number}", self.joint_improvements(number, here)))
            for mover, ends in steps:
                for there in ends:
                    if mover != last and (there, mover) not in found:
                        found.add((there, mover))
                        waiting.append((there, mover))
        self._improved[key] = {there for there, _ in found}
        return self._improved[key]

    def deterred(self, concept: str, party: int, state: int, s1: int) -> bool:
        """Whether what may follow at s1 deters a party from leaving a state for s1."""
        if concept == "Nash":
            return False
        dispute = self.coalitions.dispute
        value = dispute.values[party]
        others = dispute.others(party)
        if concept in ("SEQ", "SSEQ"):
            responses = self.reached_by_improvements(others, s1)
        else:
            responses = self.coalitions.reached(others, s1)
        for s2 in responses:
            if value[s2] > value[state]:
                continue
            answers = dispute.moves[party][s2] if concept in ("SMR", "SSEQ") else set()
            if not any(value[s3] > value[state] for s3 in answers):
                return True
        return False

    def stable(self, concept: str, party: int, state: int) -> bool:
        """No UI that is not deterred, and no package of the party's that would be made."""
        for s1 in self.coalitions.dispute.improvements(party, state):
            if not self.deterred(concept, party, state, s1):
                return False
        for number, package in enumerate(self.coalitions.packages):
            if party not in package.members:
                continue
            for s1 in self.joint_improvements(number, state):
                if not any(self.deterred(concept, one, state, s1) for one in package.members):
                    return False
        return True
