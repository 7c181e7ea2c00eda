"""The least sets of instruments by which a plan holds, exactly (definitions 2 to 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from detente.dispute.dispute import Unseen, View
from detente.mediation.arrangements import Arrangement, changes_something
from detente.mediation.instruments import Instrument, Message
from detente.mediation.promises import (
    Promises,
    breaches_of,
    cheapest_promises,
    share_of_range,
)
from detente.roadmap.check.stage_checks import Foresight
from detente.roadmap.check.verdicts import Checker, Responses, RoadmapCheck, check_plan
from detente.roadmap.plan import Plan
from detente.roadmap.undertakings import Undertaking
from detente.space.graph import Values
from detente.space.graph_model import GraphModel
from detente.stability.analysis import Progress
from detente.stability.hypergame import perceived_model

__all__ = ["Mediation", "Search", "Views"]

Told: TypeAlias = frozenset[tuple[int, int]]
"""Messages given, as numbers of the party told and of that of which it is told."""


@dataclass(frozen=True, eq=False)
class Mediation:
    """A set of instruments by which a plan holds.

    Attributes
    ----------
    instruments
        All of them.
    plan
        The plan, with joint stages and offers.
    undertakings
        The commitments and pledges among the instruments.
    check
        The check that verifies it, of the dispute as it is.
    seen
        For each party that still sees the dispute otherwise, the check as it sees it.
    number
        How many instruments they are.
    cost
        What they cost all makers together, as shares of their ranges (definition 4).
    costs
        For each party what they cost it.
    statements_lost
        The most of its statements that any one party stands to lose at any one stage.
    """

    instruments: tuple[Instrument, ...]
    plan: Plan
    undertakings: tuple[Undertaking, ...]
    check: RoadmapCheck = field(repr=False)
    seen: dict[int, RoadmapCheck] = field(repr=False)
    number: int
    cost: Fraction
    costs: tuple[Fraction, ...]
    statements_lost: int

    @property
    def price(self) -> tuple[int, Fraction, int]:
        """Number, cost and statements lost: what sets are compared by."""
        return self.number, self.cost, self.statements_lost


class Views:
    """The dispute as each party sees it, with what it has been told."""

    def __init__(
        self, model: GraphModel, concept: str, responses: Sequence[Values] | None = None
    ) -> None:
        self.model = model
        self.concept = concept
        self.responses: Sequence[Values] = responses or Responses(model, concept)
        self._known: dict[tuple[int, Told], tuple[GraphModel, Sequence[Values]]] = {}

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message that could be given."""
        numbers = self.model.dispute.party_numbers
        return tuple(
            Message(numbers[party.id], numbers[view.party])
            for party in self.model.dispute.parties
            for view in party.perceives
        )

    def of(self, party: int, told: Told) -> tuple[GraphModel, Sequence[Values]]:
        """The graph model as a party sees it, and what parties can count on in it."""
        dispute = self.model.dispute
        numbers = dispute.party_numbers
        mistaken = dispute.parties[party]
        # No message shows a party the states that it does not see.
        left: tuple[View | Unseen, ...] = (
            *(view for view in mistaken.perceives if (party, numbers[view.party]) not in told),
            *mistaken.unseen,
        )
        if not left:
            return self.model, self.responses
        own = frozenset(one for one in told if one[0] == party)
        if (party, own) not in self._known:
            seen = perceived_model(self.model, dispute.parties[party].id, left)
            self._known[party, own] = seen, Responses(seen, self.concept)
        return self._known[party, own]


class Search:
    """The search for sets of instruments, over changed plans.

    Attributes
    ----------
    found
        The sets that no other beats in number, cost and statements lost, by number.
    tried
        How many changed plans were looked at.
    complete
        Whether no promise was left out for the number of answers.
    of_number
        All sets that will do, by number of instruments: of each changed plan one of each number,
        so that there may be more.
    """

    def __init__(
        self,
        model: GraphModel,
        *,
        concept: str,
        foresight: Foresight,
        by: int | None = None,
        responses: Sequence[Values] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.model = model
        self.concept = concept
        self.foresight: Foresight = foresight
        self.views = Views(model, concept, responses)
        self.by = by
        self.progress = progress
        self.found: list[Mediation] = []
        self.of_number: dict[int, list[Mediation]] = {}
        self.tried = 0
        self.complete = True

    def run(
        self,
        changed: Callable[[int], Iterable[tuple[Arrangement, Plan]]],
        most: int,
        *,
        only_least: bool,
    ) -> None:
        """Look for sets of at most so many instruments.

        Parameters
        ----------
        changed
            Changed plans of at most so many instruments, each with the plan with which costs of
            offers are compared.
        most
            At most so many instruments.
        only_least
            Whether to look at no more instruments than the fewest that will do.
        """
        # What few promises could do is soon known; so is, then, that no more are needed.
        for limit in range(most + 1) if only_least else [most]:
            self.tried = 0
            self.of_number.clear()
            self._go_through(changed(limit), limit)
            if self.found:
                return

    def _go_through(self, changed: Iterable[tuple[Arrangement, Plan]], limit: int) -> None:
        for arrangement, plan in changed:
            for told in _subsets(self.views.messages, limit - arrangement.number):
                self.tried += 1
                if self.progress and self.tried % 16 == 0:
                    self.progress(f"{self.tried:,} changed plans looked at", 0.0)
                for one in self._sets(arrangement, plan, told, limit):
                    self.of_number.setdefault(one.number, []).append(one)
                    self._keep(one)

    def _keep(self, one: Mediation) -> None:
        for other in self.found:
            # Of equal sets the one with more messages stays: a truth before a threat.
            if _no_worse(other.price, one.price) and (
                other.price != one.price or _messages(other) >= _messages(one)
            ):
                return
        self.found = [other for other in self.found if not _no_worse(one.price, other.price)]
        self.found.append(one)
        self.found.sort(key=lambda other: other.price)

    def _sets(
        self, arrangement: Arrangement, plan: Plan, messages: Sequence[Message], limit: int
    ) -> Iterator[Mediation]:
        """The cheapest sets of each number with this changed plan and these messages."""
        told = frozenset((one.to, one.about) for one in messages)
        actual = Checker(
            self.model, arrangement.plan, self.concept, self.foresight, self.views.responses
        )
        checkers = [
            self._checker(party, told, actual) for party in range(len(self.model.dispute.parties))
        ]
        if not self._made_willingly(actual, checkers):
            return
        if not changes_something(self.model, arrangement, actual.path):
            return
        offers_cost = self._offers_cost(arrangement, plan, actual)
        left = limit - arrangement.number - len(messages)
        sets: list[Promises] = [Promises((), ())]
        for party, checker in enumerate(checkers):
            assert checker is not None, "looked at before"
            breaches = breaches_of(checker, party)
            if not breaches.moves:
                continue
            cheapest, complete = cheapest_promises(self.model, breaches, left)
            self.complete &= complete
            sets = _together(sets, cheapest.values(), left)
            if not sets:
                return
        for promises in sets:
            yield self._mediation(arrangement, messages, told, promises, offers_cost)

    def _checker(self, party: int, told: Told, actual: Checker) -> Checker | None:
        """The checks of a plan as a party sees it; None where it does not see the status quo."""
        model, responses = self.views.of(party, told)
        if model is self.model:
            return actual
        if model.status_quo is None:
            return None
        return Checker(model, actual.plan, self.concept, self.foresight, responses)

    def _made_willingly(self, actual: Checker, checkers: Sequence[Checker | None]) -> bool:
        """Whether every stage is possible, also as parties see it, and its members are willing."""
        if None in actual.starts:
            return False
        stages = range(len(actual.plan.stages))
        if any(actual.unwilling(number) for number in stages):
            return False
        if self.by is not None and actual.rank(self.by, actual.path[-1]) < actual.rank(
            self.by, actual.path[0]
        ):
            return False
        # Ranks of its own a party knows; but what it does not think possible it does not make.
        return all(one is not None and None not in one.starts for one in checkers)

    def _offers_cost(
        self, arrangement: Arrangement, plan: Plan, actual: Checker
    ) -> tuple[Fraction, ...]:
        """What offers cost those who make them (definition 4c)."""
        costs = [Fraction(0)] * len(self.model.dispute.parties)
        if arrangement.offers:
            before = Checker(
                self.model, plan, self.concept, self.foresight, self.views.responses
            ).path[-1]
            for party in {offer.party for offer in arrangement.offers}:
                lost = actual.rank(party, before) - actual.rank(party, actual.path[-1])
                costs[party] = share_of_range(self.model, party, max(0, lost))
        return tuple(costs)

    def _mediation(
        self,
        arrangement: Arrangement,
        messages: Sequence[Message],
        told: Told,
        promises: Promises,
        offers_cost: tuple[Fraction, ...],
    ) -> Mediation:
        """A set with the new checks that verify it."""
        costs = list(offers_cost)
        for promise, cost in zip(promises.promises, promises.costs, strict=True):
            costs[promise.party] += cost
        check = self._verified(self.model, self.views.responses, arrangement.plan, promises)
        seen: dict[int, RoadmapCheck] = {}
        for party in range(len(costs)):
            model, responses = self.views.of(party, told)
            own = check
            if model is not self.model:
                own = seen[party] = self._verified(model, responses, arrangement.plan, promises)
            name = self.model.dispute.parties[party].id
            if any(
                stage.obstacle is not None or any(one.party == name for one in stage.breaches)
                for stage in own.stages
            ):
                raise AssertionError("the plan does not hold with the set that was found")
        instruments: tuple[Instrument, ...] = (
            *arrangement.joint,
            *arrangement.offers,
            *messages,
            *promises.promises,
        )
        number = arrangement.number + len(messages) + len(promises.promises)
        return Mediation(
            instruments,
            arrangement.plan,
            promises.promises,
            check,
            seen,
            number,
            sum(costs, Fraction(0)),
            tuple(costs),
            check.statements_lost,
        )

    def _verified(
        self, model: GraphModel, responses: Sequence[Values], plan: Plan, promises: Promises
    ) -> RoadmapCheck:
        return check_plan(
            model,
            plan,
            concept=self.concept,
            foresight=self.foresight,
            responses=responses,
            undertakings=promises.promises,
        )


def _subsets(messages: Sequence[Message], most: int) -> Iterator[tuple[Message, ...]]:
    for size in range(min(most, len(messages)) + 1):
        yield from combinations(messages, size)


def _together(sets: Sequence[Promises], more: Iterable[Promises], most: int) -> list[Promises]:
    """Every set with every other, of each number the cheapest."""
    best: dict[int, Promises] = {}
    others = list(more)
    for one in sets:
        for other in others:
            both = Promises(one.promises + other.promises, one.costs + other.costs)
            size = len(both.promises)
            if size <= most and (size not in best or both.cost < best[size].cost):
                best[size] = both
    return list(best.values())


def _messages(one: Mediation) -> int:
    return sum(isinstance(instrument, Message) for instrument in one.instruments)


def _no_worse(one: tuple[int, Fraction, float], other: tuple[int, Fraction, float]) -> bool:
    return one[0] <= other[0] and one[1] <= other[1] and one[2] <= other[2]
