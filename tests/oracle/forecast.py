"""A slow, literal transcription of play over time: a dense transition matrix.

docs/concepts/forecast.md gives the definitions.
"""

from __future__ import annotations

from itertools import product
from math import exp, inf, log
from typing import Any

import numpy as np

from oracle.definitions import OracleDispute, Weighted
from oracle.play import OraclePackage, OraclePlay

Matrix = Any


class OracleForecast:
    """The transition matrix of each mover, and what follows from them."""

    def __init__(
        self,
        dispute: OracleDispute,
        foresight: str,
        odds: list[float],
        worth: str,
        tempo: list[float],
        packages: tuple[OraclePackage, ...] = (),
    ) -> None:
        self.dispute = dispute
        self.states = range(len(dispute.states))
        self.foresight = foresight
        self.odds = odds
        self.worth_kind = worth
        self.play = OraclePlay(
            dispute, "best moves", "Nash" if foresight == "myopic" else foresight, ()
        )
        self.matrices = [self.party_matrix(party) for party in range(dispute.parties)]
        self.matrices += [self.package_matrix(package) for package in packages]
        self.tempo = [weight / sum(tempo) for weight in tempo]
        self.matrix = sum(
            weight * matrix for weight, matrix in zip(self.tempo, self.matrices, strict=True)
        )

    # Worth -----------------------------------------------------------------------------------

    def worth_of_value(self, party: int, value: Any) -> float:
        """Worth of a value of the party's order."""
        values = self.dispute.values[party]
        preference = self.dispute.preferences[party]
        if self.worth_kind == "share":
            below = sum(one < value for one in values)
            equal = sum(one == value for one in values)
            return float(below + equal / 2) / len(values)
        if self.worth_kind == "weights" and isinstance(preference, Weighted):
            if min(values) == max(values):
                return 0.0
            return float((value - min(values)) / (max(values) - min(values)))
        distinct = sorted(set(values))
        if len(distinct) == 1:
            return 0.0
        return distinct.index(value) / (len(distinct) - 1)

    def worth(self, party: int, state: int) -> float:
        """v_i(s)."""
        return self.worth_of_value(party, self.dispute.values[party][state])

    def prospect(self, party: int, state: int) -> float:
        """What a move to a state is worth: what the party can count on there."""
        counted_on, _ = self.play.worth(party, state)
        return self.worth_of_value(party, counted_on)

    # Choices ---------------------------------------------------------------------------------

    def party_matrix(self, party: int) -> Matrix:
        matrix = np.zeros((len(self.states), len(self.states)))
        odds = self.odds[party]
        for state in self.states:
            moves = self.dispute.moves[party][state]
            values = {target: self.prospect(party, target) for target in moves}
            here = self.worth(party, state)
            if odds == inf:
                better = {target for target in moves if values[target] > here}
                best = {t for t in better if values[t] == max(values[one] for one in better)}
                for target in best or {state}:
                    matrix[state, target] += 1 / len(best or {state})
                continue
            values[state] = here
            weights = {t: exp(10 * log(odds) * (q - here)) for t, q in values.items()}
            for target, weight in weights.items():
                matrix[state, target] = weight / sum(weights.values())
        return matrix

    def package_matrix(self, package: OraclePackage) -> Matrix:
        matrix = np.eye(len(self.states))
        for state in self.states:
            end = self.play.package_end(state, package)
            if end is None:
                continue
            chance = 1.0
            for party in package.parties:
                here, there = self.worth(party, state), self.prospect(party, end)
                if self.odds[party] == inf:
                    chance *= there > here
                else:
                    chance *= 1 / (1 + exp(10 * log(self.odds[party]) * (here - there)))
            matrix[state, state] -= chance
            matrix[state, end] += chance
        return matrix

    # Forecast --------------------------------------------------------------------------------

    def at(self, start: int, goal: set[int], steps: int) -> list[float]:
        """Probability of being in the goal at each step."""
        here = np.eye(len(self.states))[start]
        found = []
        for _ in range(steps + 1):
            found.append(float(sum(here[state] for state in goal)))
            here = here @ self.matrix
        return found

    def moves(self, start: int, steps: int) -> list[float]:
        """Expected number of steps that lead elsewhere, by each step: summed over all paths."""
        here = np.eye(len(self.states))[start]
        found = [0.0]
        for _ in range(steps):
            moved = sum(
                here[state] * self.matrix[state, other]
                for state in self.states
                for other in self.states
                if other != state
            )
            found.append(found[-1] + float(moved))
            here = here @ self.matrix
        return found

    def by(self, start: int, goal: set[int], steps: int) -> list[float]:
        """Probability of having been in the goal by each step: the goal is made absorbing."""
        matrix = self.matrix.copy()
        for state in goal:
            matrix[state] = np.eye(len(self.states))[state]
        here = np.eye(len(self.states))[start]
        found = []
        for _ in range(steps + 1):
            found.append(float(sum(here[state] for state in goal)))
            here = here @ matrix
        return found

    def carried(
        self, start: int, goal: set[int], steps: int, mover: int, option: int | None = None
    ) -> float:
        """The probability that this mover brings play into the goal first, within these steps.

        With an option: by a move that changes it.
        """
        here = np.eye(len(self.states))[start]
        total = 0.0
        for _ in range(steps):
            for state in goal:
                here[state] = 0.0
            for before, after in product(self.states, goal):
                if option is None or self.changes(before, after, option):
                    flow = here[before] * self.tempo[mover] * self.matrices[mover][before, after]
                    total += float(flow)
            here = here @ self.matrix
        return total

    def flow(self, start: int, mover: int, source: set[int], target: set[int], steps: int) -> float:
        """The expected number of moves of a mover from one set of states into another."""
        here = np.eye(len(self.states))[start]
        total = 0.0
        for _ in range(steps):
            for before, after in product(source, target):
                flow = here[before] * self.tempo[mover] * self.matrices[mover][before, after]
                total += float(flow)
            here = here @ self.matrix
        return total

    def changes(self, before: int, after: int, option: int) -> bool:
        """Whether a level that is the same all over each of two states differs between them."""
        one = {assignment[option] for assignment in self.dispute.states[before]}
        two = {assignment[option] for assignment in self.dispute.states[after]}
        return len(one) == 1 and len(two) == 1 and one != two

    def bounds(
        self, start: int, goal: set[int], steps: int, *, by: bool
    ) -> list[tuple[float, float]]:
        """Least and greatest probability if somebody chooses who moves, knowing all so far."""
        found = []
        least = np.array([float(state in goal) for state in self.states])
        most = least.copy()
        for _ in range(steps + 1):
            found.append((float(least[start]), float(most[start])))
            least = np.min([matrix @ least for matrix in self.matrices], axis=0)
            most = np.max([matrix @ most for matrix in self.matrices], axis=0)
            if by:
                for state in goal:
                    least[state] = most[state] = 1.0
        return found
