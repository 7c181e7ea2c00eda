"""The cheapest promises against the breaches of a plan, for each number of them.

Definitions 3 to 5 of docs/concepts/envoy.md. Promises against one party's breaches do nothing
about another's, so each party that would break the plan is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from detente.roadmap.check.verdicts import Checker
from detente.roadmap.repair.stage_orders import own_settings_of_size
from detente.roadmap.undertakings import Commitment, Pledge, Undertaking, answered, ruled_out
from detente.space.graph_model import GraphModel

__all__ = ["Breaches", "Promises", "breaches_of", "cheapest_promises", "share_of_range"]

# So many answers of one party to another's breaches are looked at.
MOST_ANSWERS = 2**14


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises that rule out what they are for.

    Attributes
    ----------
    promises
        Commitments and pledges.
    costs
        What each costs its maker, as a share of its range of ranks.
    """

    promises: tuple[Undertaking, ...]
    costs: tuple[Fraction, ...]

    @property
    def cost(self) -> Fraction:
        """What they cost together."""
        return sum(self.costs, Fraction(0))


@dataclass(frozen=True, eq=False)
class Breaches:
    """How one party would break a plan, by its own view of the dispute.

    Attributes
    ----------
    checker
        The checks of the plan as the party sees it.
    party
        Number of the party.
    moves
        For each stage that it would leave: the state left, what the plan offers, the states it
        would go to, and the rank that it can count on there.
    """

    checker: Checker
    party: int
    moves: tuple[tuple[int, int, NDArray[np.int64], NDArray[np.int32]], ...]

    @property
    def everything(self) -> int:
        """All of them, as bits."""
        return (1 << sum(states.size for _, _, states, _ in self.moves)) - 1

    def covered(self, promise: Undertaking) -> int:
        """Which of them a promise rules out, as bits."""
        bits = place = 0
        model, concept = self.checker.model, self.checker.concept
        for state, offered, states, _ in self.moves:
            out = ruled_out(model, concept, [promise], self.party, state, offered, states)
            for one in out.tolist():
                bits |= one << place
                place += 1
        return bits


def breaches_of(checker: Checker, party: int) -> Breaches:
    """A party's breaches of a plan."""
    found = []
    for number in range(len(checker.plan.stages)):
        targets, states = checker.undeterred(party, number)
        if states.size:
            offered = checker.offered(number)
            counted = checker.responses.counted_on(party, targets, checker.rank(party, offered))
            found.append((checker.path[number + 1], offered, states, counted))
    return Breaches(checker, party, tuple(found))


def share_of_range(model: GraphModel, party: int, ranks: int) -> Fraction:
    """So many ranks as a share of a party's whole range."""
    span = int(model.graph.ranks[party].max()) - 1
    return Fraction(ranks, span) if span else Fraction(0)


def cheapest_promises(
    actual: GraphModel, breaches: Breaches, most: int
) -> tuple[dict[int, Promises], bool]:
    """For each number of promises the cheapest that rule out all of a party's breaches.

    Parameters
    ----------
    actual
        The graph model as it is, by which costs are reckoned.
    breaches
        What has to be ruled out; not nothing.
    most
        At most so many promises.

    Returns
    -------
    dict of int to Promises
        None for a number with which it cannot be done, or for the cost of fewer.
    bool
        Whether every promise was looked at.
    """
    if not most:
        return {}, True
    elements: dict[int, tuple[Fraction, Undertaking]] = {}
    complete = True
    for promise in _promises(breaches):
        if promise is None:
            complete = False
            continue
        covered = breaches.covered(promise)
        if not covered:
            continue
        cost = _cost(actual, breaches, promise, covered)
        if covered not in elements or cost < elements[covered][0]:
            elements[covered] = cost, promise
    useful = _undominated(elements)
    best: dict[int, Promises] = {}
    for chosen in _covers(useful, breaches.everything, most):
        one = Promises(
            tuple(promise for _, _, promise in chosen), tuple(cost for _, cost, _ in chosen)
        )
        size = len(chosen)
        if size not in best or one.cost < best[size].cost:
            best[size] = one
    kept: dict[int, Promises] = {}
    for size in sorted(best):
        if all(best[size].cost < other.cost for other in kept.values()):
            kept[size] = best[size]
    return kept, complete


def _promises(breaches: Breaches) -> Iterator[Undertaking | None]:
    """Every promise against a party's breaches; None where there are more than are looked at."""
    dispute = breaches.checker.model.dispute
    for option in dispute.options_of(dispute.parties[breaches.party].id):
        yield Commitment(breaches.party, option)
    for party in range(len(dispute.parties)):
        if party == breaches.party:
            continue
        looked_at = 0
        for size in range(1, len(dispute.parties[party].options) + 1):
            for settings in own_settings_of_size(dispute, party, size):
                if looked_at == MOST_ANSWERS:
                    yield None
                    break
                looked_at += 1
                yield Pledge(breaches.party, party, settings)
            else:
                continue
            break


def _cost(actual: GraphModel, breaches: Breaches, promise: Undertaking, covered: int) -> Fraction:
    """What a promise costs its maker (definition 4)."""
    place, most = 0, 0
    model = breaches.checker.model
    for _, offered, states, counted in breaches.moves:
        chosen = np.array([covered >> (place + n) & 1 for n in range(states.size)], dtype=np.bool_)
        place += states.size
        if not chosen.any():
            continue
        if isinstance(promise, Commitment):
            here = breaches.checker.rank(breaches.party, offered)
            most = max(most, int(counted[chosen].max()) - here)
        else:
            from_, to = (
                states[chosen],
                answered(model, states[chosen], promise.settings, new_means=promise.new_means),
            )
            ranks = [
                actual.position_ranks[promise.party, model.space.positions[some]]
                for some in (from_, to)
            ]
            most = max(most, int((ranks[0].astype(np.int64) - ranks[1]).max()))
    maker = promise.party
    return share_of_range(actual, maker, max(0, most))


def _undominated(
    elements: dict[int, tuple[Fraction, Undertaking]],
) -> list[tuple[int, Fraction, Undertaking]]:
    """Without those that another outdoes: that rules out as much and more, and costs no more."""
    return [
        (covered, cost, promise)
        for covered, (cost, promise) in elements.items()
        if not any(
            other != covered and covered & other == covered and elements[other][0] <= cost
            for other in elements
        )
    ]


def _covers(
    elements: Sequence[tuple[int, Fraction, Undertaking]], left: int, most: int
) -> Iterator[tuple[tuple[int, Fraction, Undertaking], ...]]:
    """Every way to cover what is left by so many at most, each needed for its lowest bit."""
    if not left:
        yield ()
        return
    if not most:
        return
    lowest = left & -left
    for element in elements:
        if element[0] & lowest:
            for rest in _covers(elements, left & ~element[0], most - 1):
                yield (element, *rest)
