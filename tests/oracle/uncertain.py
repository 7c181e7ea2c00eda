"""Unknown and strong preferences, as literally as possible from docs/concepts.

Shares no code with detente; moves and values come from :mod:`oracle.definitions`.
"""

from __future__ import annotations

from dataclasses import dataclass

from oracle.definitions import OracleDispute, Ordered, Prioritised, true_in


@dataclass
class OracleFlags:
    """A dispute some of whose prioritised statements are marked (unknown, or strong).

    ``marked`` has a row for each party, with an entry for each of its statements; of an explicit
    order one for each step down, marked where the step is strong.
    """

    dispute: OracleDispute
    marked: list[list[bool]]

    def compare(self, party: int, one: int, other: int) -> str:
        """How a party compares two states, by the first statement in which they differ.

        ``better``, ``worse`` or ``equal``, with ``marked `` before it where the statement that
        decides is marked.
        """
        preference = self.dispute.preferences[party]
        if isinstance(preference, Ordered):
            first, second = (
                next(n for n, group in enumerate(preference.groups) if state + 1 in group)
                for state in (one, other)
            )
            if first == second:
                return "equal"
            word = "better" if first < second else "worse"
            crossed = self.marked[party][min(first, second) : max(first, second)]
            return f"marked {word}" if any(crossed) else word
        if not isinstance(preference, Prioritised):
            first, second = self.dispute.values[party][one], self.dispute.values[party][other]
            return "better" if first > second else "worse" if first < second else "equal"
        here = next(iter(self.dispute.states[one]))
        there = next(iter(self.dispute.states[other]))
        for statement, mark in zip(preference.statements, self.marked[party], strict=True):
            if true_in(statement, here) is not true_in(statement, there):
                word = "better" if true_in(statement, here) else "worse"
                return f"marked {word}" if mark else word
        return "equal"

    def reached(
        self, movers: tuple[int, ...], state: int, steps: dict[int, dict[int, set[int]]]
    ) -> set[int]:
        """States reached by legal sequences of these steps, no party twice in a row."""
        found: set[tuple[int, int]] = set()
        waiting: list[tuple[int, int | None]] = [(state, None)]
        while waiting:
            here, last = waiting.pop()
            for mover in movers:
                if mover == last:
                    continue
                for there in steps[mover][here]:
                    if (there, mover) not in found:
                        found.add((there, mover))
                        waiting.append((there, mover))
        return {there for there, _ in found}

    def steps(self, allowed: set[str] | None) -> dict[int, dict[int, set[int]]]:
        """By party and state: the moves to states that compare so; all moves where None."""
        return {
            party: {
                state: {
                    there
                    for there in self.dispute.moves[party][state]
                    if allowed is None or self.compare(party, there, state) in allowed
                }
                for state in range(len(self.dispute.states))
            }
            for party in range(self.dispute.parties)
        }

    def stable_unknown(self, concept: str, extension: str, party: int) -> list[bool]:
        """Stability of every state; marked statements are unknown."""
        unknown = {"marked better", "marked worse"}
        tempting = {"better"} | (unknown if extension in "ac" else set())
        deterring = {"worse", "equal"} | (unknown if extension in "cd" else set())
        responses = {"better"} | unknown
        return self.stable(concept, party, tempting, deterring, responses)

    def stable_strongly(self, concept: str, party: int) -> list[bool]:
        """Strong stability of every state; marked statements are strong."""
        better = {"better", "marked better"}
        return self.stable(concept, party, better, {"marked worse"}, better)

    def stable(
        self,
        concept: str,
        party: int,
        tempting: set[str],
        deterring: set[str],
        responses: set[str],
    ) -> list[bool]:
        own = self.steps(tempting)[party]
        everything = self.steps(None)
        steps = self.steps(responses) if concept == "SEQ" else everything
        result = []
        for state in range(len(self.dispute.states)):
            if concept == "Nash":
                result.append(not own[state])
                continue

            def deters(other: int, state: int = state) -> bool:
                return self.compare(party, other, state) in deterring

            stable = True
            for s1 in own[state]:
                sanctioned = False
                for s2 in self.reached(self.dispute.others(party), s1, steps):
                    if not deters(s2):
                        continue
                    if concept == "SMR" and not all(deters(s3) for s3 in everything[party][s2]):
                        continue
                    sanctioned = True
                if not sanctioned:
                    stable = False
            result.append(stable)
        return result
