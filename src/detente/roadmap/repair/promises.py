"""The fewest promises, beside a plan, that make it hold: pledged answers and commitments.

docs/concepts/roadmaps.md, definitions 8b and 8c. Promises deter breaches; they make no stage
possible, and no party willing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from detente.roadmap.check.verdicts import Checker
from detente.roadmap.repair.minimal_covers import smallest_covers
from detente.roadmap.repair.stage_orders import own_settings_of_size
from detente.roadmap.undertakings import Commitment, Pledge, Undertaking, ruled_out
from detente.stability.analysis import Progress

__all__ = ["Departures", "commitment_sets", "pledge_sets"]

# So many answers of one party to another's breaches are looked at.
_MOST_ANSWERS = 2**14

# So many sets are made of the smallest ones of each party that breaks the plan.
_MOST_SETS = 2**10


@dataclass
class Departures:
    """A plan's breaches, and what was looked at to rule them out.

    Attributes
    ----------
    checker
        The checks of the plan.
    progress
        Called as the work goes on.
    tried
        How many promises were looked at so far.
    complete
        Whether none was left out for their number.
    """

    checker: Checker
    progress: Progress | None = None
    tried: int = 0
    complete: bool = field(default=True)

    @cached_property
    def by_party(self) -> dict[int, list[tuple[int, int, NDArray[np.int64]]]]:
        """By number of party: states of the plan that it would leave, and for where.

        Between them what the plan offers it there. All are state indices.
        """
        result: dict[int, list[tuple[int, int, NDArray[np.int64]]]] = {}
        checker = self.checker
        for party in range(len(checker.model.graph.ranks)):
            for number in range(len(checker.plan.stages)):
                states = checker.undeterred(party, number)[1]
                if states.size:
                    left, offered = checker.path[number + 1], checker.offered(number)
                    result.setdefault(party, []).append((left, offered, states))
        return result

    def covered(self, party: int, promise: Undertaking) -> int:
        """Which of a party's breaches a promise rules out, as bits."""
        self.tried += 1
        if self.progress and self.tried % 64 == 0:
            self.progress(f"promises: {self.tried:,} looked at", 0.0)
        bits = place = 0
        model, concept = self.checker.model, self.checker.concept
        for state, offered, improvements in self.by_party[party]:
            out = ruled_out(model, concept, [promise], party, state, offered, improvements)
            for one in out.tolist():
                bits |= one << place
                place += 1
        return bits

    def everything(self, party: int) -> int:
        """All of a party's breaches, as bits."""
        return (1 << sum(states.size for *_, states in self.by_party[party])) - 1


def commitment_sets(departures: Departures) -> Iterator[tuple[Undertaking, ...]]:
    """The smallest sets of commitments by which the plan would hold."""
    dispute = departures.checker.model.dispute
    found: list[list[tuple[Undertaking, ...]]] = []
    for party in departures.by_party:
        own = [Commitment(party, one) for one in dispute.options_of(dispute.parties[party].id)]
        covered = [departures.covered(party, one) for one in own]
        sets = smallest_covers(covered, departures.everything(party))
        found.append([tuple(own[number] for number in numbers) for numbers in sets])
    yield from _together(departures, found)


def pledge_sets(departures: Departures) -> Iterator[tuple[Undertaking, ...]]:
    """The smallest sets of pledges by which the plan would hold.

    Of several answers of one party that rule out the same breaches, one that sets the fewest
    options stands for all. New means are taken only where those at hand will not do.
    """
    found: list[list[tuple[Undertaking, ...]]] = []
    for party in departures.by_party:
        for new_means in (False, True):
            pledges = _pledges(departures, party, new_means=new_means)
            sets = smallest_covers(list(pledges), departures.everything(party))
            if sets:
                break
        answers = list(pledges.values())
        found.append(
            [
                tuple(chosen)
                for numbers in sets
                for chosen in product(*(answers[n] for n in numbers))
            ]
        )
    yield from _together(departures, found)


def _pledges(departures: Departures, breaker: int, *, new_means: bool) -> dict[int, list[Pledge]]:
    """By the breaches that they rule out: a pledge of each other party that can."""
    dispute = departures.checker.model.dispute
    result: dict[int, list[Pledge]] = {}
    for party in range(len(dispute.parties)):
        if party == breaker:
            continue
        seen: set[int] = set()
        for number, settings in enumerate(
            settings
            for size in range(1, len(dispute.parties[party].options) + 1)
            for settings in own_settings_of_size(dispute, party, size)
        ):
            if number == _MOST_ANSWERS:
                departures.complete = False
                break
            pledge = Pledge(breaker, party, settings, new_means)
            covered = departures.covered(breaker, pledge)
            if covered and covered not in seen:
                seen.add(covered)
                result.setdefault(covered, []).append(pledge)
    return result


def _together(
    departures: Departures, found: list[list[tuple[Undertaking, ...]]]
) -> Iterator[tuple[Undertaking, ...]]:
    """One set for each party that breaks the plan, together."""
    for number, sets in enumerate(product(*found)):
        if number == _MOST_SETS:
            departures.complete = False
            return
        yield tuple(one for some in sets for one in some)
