"""A slow, literal transcription of steps, choices and play, on explicit sets of successors.

docs/concepts/play.md gives the definitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from oracle.definitions import Assignment, Condition, OracleDispute, true_in


@dataclass(frozen=True)
class OraclePackage:
    """Options that some parties set together."""

    parties: tuple[int, ...]
    settings: tuple[tuple[int, int], ...]
    when: Condition


class OraclePlay:
    """The steps of some movers, and what play by them comes to."""

    def __init__(
        self,
        dispute: OracleDispute,
        moves: str,
        concept: str,
        movers: tuple[int, ...],
        packages: tuple[OraclePackage, ...] = (),
    ) -> None:
        self.dispute = dispute
        self.moves = moves
        self.concept = concept
        self.states = range(len(dispute.states))
        # By maker, a party or a package, and state: where its steps lead.
        self.by_maker = {
            ("party", party): [self.steps(state, (party,)) for state in self.states]
            for party in movers
        } | {
            ("package", number): [self.package_steps(state, (package,)) for state in self.states]
            for number, package in enumerate(packages)
        }
        self.next = {
            state: self.steps(state, movers) | self.package_steps(state, packages)
            for state in self.states
        }

    # Steps -----------------------------------------------------------------------------------

    def responses(self, movers: tuple[int, ...], state: int) -> set[int]:
        improving = self.concept in ("SEQ", "SSEQ")
        return self.dispute.reached(movers, state, improving=improving)

    def deterred(self, parties: tuple[int, ...], start: int, end: int) -> bool:
        """Whether others can bring one of the parties to no more than it had at the start."""
        if self.concept == "Nash":
            return False
        others = tuple(one for one in range(self.dispute.parties) if one not in parties)
        for party in parties:
            value = self.dispute.values[party]
            for response in self.responses(others, end):
                if value[response] > value[start]:
                    continue
                if self.concept in ("GMR", "SEQ"):
                    return True
                if all(value[one] <= value[start] for one in self.dispute.moves[party][response]):
                    return True
        return False

    def worth(self, party: int, state: int) -> Any:
        """What the party can count on there, and then the value of the state itself."""
        value = self.dispute.values[party]
        if self.concept == "Nash":
            return (value[state], value[state])
        others = self.dispute.others(party)
        ends = {state} | self.responses(others, state)
        if self.concept in ("GMR", "SEQ"):
            least = min(value[end] for end in ends)
        else:
            least = min(
                max(value[one] for one in {end} | self.dispute.moves[party][end]) for end in ends
            )
        return (min(least, value[state]), value[state])

    def steps(self, state: int, movers: tuple[int, ...]) -> set[int]:
        found: set[int] = set()
        for party in movers:
            if self.moves == "legal moves":
                found |= self.dispute.moves[party][state]
                continue
            good = {
                end
                for end in self.dispute.improvements(party, state)
                if not self.deterred((party,), state, end)
            }
            if self.moves == "best moves" and good:
                best = max(self.worth(party, end) for end in good)
                good = {end for end in good if self.worth(party, end) == best}
            found |= good
        return found

    def package_steps(self, state: int, packages: tuple[OraclePackage, ...]) -> set[int]:
        found = set()
        for package in packages:
            end = self.package_end(state, package)
            if end is None:
                continue
            gains = all(
                self.dispute.values[party][end] > self.dispute.values[party][state]
                for party in package.parties
            )
            if self.moves == "legal moves" or (
                gains and not self.deterred(package.parties, state, end)
            ):
                found.add(end)
        return found

    def package_end(self, state: int, package: OraclePackage) -> int | None:
        # From a coalesced state it is made at the first member from which it leads elsewhere.
        for before in sorted(self.dispute.states[state], key=lambda one: one[::-1]):
            end = self.end_from(before, package)
            if end is not None and end != state:
                return end
        return None

    def end_from(self, before: Assignment, package: OraclePackage) -> int | None:
        changed = list(before)
        for option, level in package.settings:
            changed[option] = level
        after: Assignment = tuple(changed)
        if after not in self.dispute.state_of or not true_in(package.when, before):
            return None
        for party in range(self.dispute.parties):
            own = tuple(
                new if self.dispute.owner[option] == party else old
                for option, (old, new) in enumerate(zip(before, after, strict=True))
            )
            if own != before and not self.dispute.can_change(party, before, own):
                return None
        return self.dispute.state_of[after]

    # One step --------------------------------------------------------------------------------

    def chooses(self, modal: str, goal: set[int]) -> set[int]:
        """States from which the next step, or staying where there is none, leads to the goal."""
        found = set()
        for state in self.states:
            ends = self.next[state] or {state}
            verdict = {
                "must": ends <= goal,
                "may": bool(ends & goal),
                "cannot": not ends & goal,
            }
            if verdict[modal]:
                found.add(state)
        return found

    # Courses ---------------------------------------------------------------------------------

    def reached(self, start: int, inside: frozenset[int]) -> set[int]:
        """States on some course from a state, all of it inside a set; the start is one."""
        found = {start} & inside
        waiting = list(found)
        while waiting:
            for end in (self.next[waiting.pop()] & inside) - found:
                found.add(end)
                waiting.append(end)
        return found

    def can_go_on_inside(self, start: int, inside: frozenset[int]) -> bool:
        """Whether some course from a state never leaves a set: it stays, or goes in a circle."""
        for state in self.reached(start, inside):
            if not self.next[state]:
                return True
            if any(state in self.reached(end, inside) for end in self.next[state] & inside):
                return True
        return False

    def comes(self, modal: str, goal: str, target: set[int]) -> set[int]:
        """States from which play must, may or cannot reach, or keep to, the target."""
        everywhere = frozenset(self.states)
        inside = frozenset(target)
        outside = everywhere - inside

        @cache
        def reached(state: int) -> frozenset[int]:
            return frozenset(self.reached(state, everywhere))

        def holds(state: int) -> bool:
            match modal, goal:
                case "may", "reach":
                    return bool(reached(state) & inside)
                case "must", "reach":
                    return not self.can_go_on_inside(state, outside)
                case "cannot", "reach":
                    return not reached(state) & inside
                case "may", "keep":
                    return self.can_go_on_inside(state, inside)
                case "must", "keep":
                    return not reached(state) & outside
            return not self.can_go_on_inside(state, inside)

        return {state for state in self.states if holds(state)}

    @cache  # noqa: B019 (lives as long as one test)
    def courses(self, state: int, left: int) -> set[frozenset[int]]:
        """The states that each course is in, up to so many steps from here."""
        if left == 0:
            return {frozenset([state])}
        ends = self.next[state] or {state}
        return {one | {state} for end in ends for one in self.courses(end, left - 1)}

    def comes_within(self, modal: str, goal: str, target: set[int], most: int) -> set[int]:
        """States from which play must, may or cannot reach, or keep to, the target in few steps.

        Every course is written out: where nobody has a step, it stays.
        """

        def holds(state: int) -> bool:
            each = [
                bool(course & target) if goal == "reach" else course <= target
                for course in self.courses(state, most)
            ]
            return {"must": all(each), "may": any(each), "cannot": not any(each)}[modal]

        return {state for state in self.states if holds(state)}

    # Fairness --------------------------------------------------------------------------------

    def fair_for_ever(self) -> list[frozenset[int]]:
        """Every set of states that a fair course can be in for ever, each again and again.

        From each of them the course can come to each other inside the set, or there is one state
        where nobody has a step; and whoever has a step in one of them has one inside the set.
        """
        found = []
        for size in range(1, len(self.states) + 1):
            for one in combinations(self.states, size):
                inside = frozenset(one)
                stays = size == 1 and not self.next[one[0]]
                goes_round = all(
                    inside
                    <= frozenset().union(
                        *(self.reached(end, inside) for end in self.next[state] & inside)
                    )
                    for state in inside
                )
                fair = all(
                    not any(ends[state] for state in inside)
                    or any(ends[state] & inside for state in inside)
                    for ends in self.by_maker.values()
                )
                if stays or (goes_round and fair):
                    found.append(inside)
        return found

    def comes_fairly(self, modal: str, goal: str, target: set[int]) -> set[int]:
        """States from which every fair course, or not every one, reaches or leaves the target."""
        everywhere = frozenset(self.states)
        away = everywhere - target if goal == "reach" else everywhere & target
        last = [one for one in self.fair_for_ever() if one <= away]
        avoiding = {state for state in away if any(self.reached(state, away) & one for one in last)}
        return avoiding if modal == "may" else set(everywhere) - avoiding
