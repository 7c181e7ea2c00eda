"""In which order a mediator can get the promises, and which have to be made at the same moment.

Definitions 7 to 9 of docs/concepts/envoy.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from detente.mediation.instruments import Message, Offer
from detente.mediation.search import Mediation
from detente.roadmap.check.verdicts import Checker
from detente.roadmap.plan import Plan, PlanStage, made_from, part_result, start_index
from detente.roadmap.undertakings import Commitment, Pledge, ruled_out
from detente.space.graph_model import GraphModel

__all__ = ["MOST_PARTIES", "Visit", "Visits", "visits"]

# Sets of parties are gone through, so their number doubles with each.
MOST_PARTIES = 12


@dataclass(frozen=True, slots=True)
class Visit:
    """One party's yes.

    Attributes
    ----------
    party
        Number of the party.
    promised
        Numbers of the parties that have promised before.
    counted_on
        Of these, and of those who promise at the same moment, the numbers of those on whose word
        the party counts: nothing makes it worth their while to break it.
    least
        Its rank with which it compares: what it has without its yes.
    safe
        Its rank of where its yes leads if nobody else joins.
    """

    party: int
    promised: tuple[int, ...]
    counted_on: tuple[int, ...]
    least: int
    safe: int


@dataclass(frozen=True, slots=True)
class Visits:
    """Who is visited when.

    Attributes
    ----------
    rounds
        The visits, in order; those of one round are at the same moment.
    refusing
        Numbers of the parties that would not say yes even at the same moment as all; then there is
        no order.
    """

    rounds: tuple[tuple[Visit, ...], ...]
    refusing: tuple[int, ...] = ()

    @property
    def together(self) -> int:
        """How many parties the largest round has."""
        return max((len(one) for one in self.rounds), default=0)


def visits(
    model: GraphModel, mediation: Mediation, *, concept: str, by: int | None = None
) -> Visits | None:
    """The order in which parties can say yes, with as few as can be at the same moment.

    Parameters
    ----------
    model
        The graph model.
    mediation
        What is to be promised.
    concept
        Under which parties count on each other's word.
    by
        Number of the party that mediates; it has promised its part before the first visit.

    Returns
    -------
    Visits, or None
        None where more than :data:`MOST_PARTIES` parties are concerned.
    """
    accepting = _Accepting(model, mediation, concept)
    concerned = accepting.concerned
    if len(concerned) > MOST_PARTIES:
        return None
    everybody = frozenset(concerned)
    start = frozenset([by]) & everybody if by is not None else frozenset[int]()
    rounds = _best_rounds(accepting, start, everybody)
    if rounds is None:
        last = everybody - start
        return Visits((), tuple(p for p in sorted(last) if not accepting.says_yes(p, everybody)))
    found, promised = [], start
    for one in rounds:
        after = promised | one
        found.append(tuple(accepting.visit(party, promised, after) for party in sorted(one)))
        promised = after
    return Visits(tuple(found))


def _best_rounds(
    accepting: _Accepting, start: frozenset[int], everybody: frozenset[int]
) -> list[frozenset[int]] | None:
    """Rounds from some promises to all: the largest as small as can be, then as many as can be.

    Sets are gone through from the smallest, and every larger set that a round can lead to.
    """
    best: dict[frozenset[int], tuple[tuple[int, int], list[frozenset[int]]]] = {start: ((0, 0), [])}
    rest = sorted(everybody - start)
    ordered = sorted(
        (start | chosen for chosen in _subsets(rest)), key=lambda one: (len(one), sorted(one))
    )
    for promised in ordered:
        if promised not in best:
            continue
        (largest, rounds), before = best[promised]
        for joining in _subsets(sorted(everybody - promised)):
            if not joining:
                continue
            after = promised | joining
            price = max(largest, len(joining)), rounds - 1
            if after in best and best[after][0] <= price:
                continue
            if all(accepting.says_yes(party, after) for party in joining):
                best[after] = price, [*before, joining]
    return best[everybody][1] if everybody in best else None


def _subsets(parties: Sequence[int]) -> Iterator[frozenset[int]]:
    """Every set of some parties, in order of number."""
    for bits in range(1 << len(parties)):
        yield frozenset(one for place, one in enumerate(parties) if bits >> place & 1)


class _Accepting:
    """Whether parties say yes, by who else has promised."""

    def __init__(self, model: GraphModel, mediation: Mediation, concept: str) -> None:
        self.model = model
        self.mediation = mediation
        self.checker = mediation.check
        self.plan: Plan = mediation.plan
        self.concept = concept
        self._results: dict[frozenset[int], int] = {}

    @cached_property
    def concerned(self) -> tuple[int, ...]:
        """Parties with a part: members of stages, those who promise or are told something."""
        found = {party for stage in self.plan.stages for party in stage.parties}
        for one in self.mediation.instruments:
            if isinstance(one, Commitment | Pledge | Offer):
                found.add(one.party)
            elif isinstance(one, Message):
                found.add(one.to)
        return tuple(sorted(found))

    @cached_property
    def _breaches(self) -> dict[int, list[tuple[int, int, object]]]:
        """By party: what it would break without promises: state, offer, states gone to."""
        found: dict[int, list[tuple[int, int, object]]] = {}
        for party in self.concerned:
            check = self.mediation.seen.get(party, self.mediation.check)
            checker = Checker(
                check.checker.model,
                self.plan,
                self.concept,
                check.foresight,
                check.checker.responses,
            )
            for number in range(len(self.plan.stages)):
                states = checker.undeterred(party, number)[1]
                if states.size:
                    found.setdefault(party, []).append(
                        (checker.path[number + 1], checker.offered(number), states)
                    )
        return found

    def bound(self, party: int, promised: frozenset[int]) -> bool:
        """Whether nothing makes it worth a party's while to break the plan (definition 7)."""
        check = self.mediation.seen.get(party, self.mediation.check)
        made = [one for one in self.mediation.undertakings if one.party in promised]
        return all(
            ruled_out(check.checker.model, self.concept, made, party, state, offered, states).all()  # type: ignore[arg-type]
            for state, offered, states in self._breaches.get(party, ())
        )

    def counted_on(self, party: int, promised: frozenset[int]) -> frozenset[int]:
        """On whose word a party counts, by who has promised, itself included."""
        return frozenset(one for one in promised if one != party and self.bound(one, promised))

    def says_yes(self, party: int, promised: frozenset[int]) -> bool:
        """Whether its yes is safe for a party, if these and no others promise (definition 8)."""
        counted = self.counted_on(party, promised)
        return self._rank(party, self._result(counted | {party})) >= self._least(party, counted)

    def visit(self, party: int, before: frozenset[int], after: frozenset[int]) -> Visit:
        """A party's yes, with what it rests on."""
        counted = self.counted_on(party, after)
        return Visit(
            party,
            tuple(sorted(before)),
            tuple(sorted(counted)),
            self._least(party, counted),
            self._rank(party, self._result(counted | {party})),
        )

    def _least(self, party: int, counted: frozenset[int]) -> int:
        """With what a party compares its yes: the lowest of what it may have without it."""
        ranks = [
            self._rank(party, start_index(self.model)),
            self._rank(party, self._result(counted)),
        ]
        for stage in self.mediation.check.stages:
            if party in stage.stage.parties:
                ranks.append(self._rank(party, stage.before - 1))
                break
        return min(ranks)

    def _rank(self, party: int, state: int) -> int:
        return int(self.model.graph.ranks[party, self.model.node(state)])

    def _result(self, parties: frozenset[int]) -> int:
        """Where the plan leads if these parties keep their word and nobody else does a thing."""
        if parties not in self._results:
            here = start_index(self.model)
            for stage in self.plan.stages:
                here = self._after(here, stage, parties)
            self._results[parties] = here
        return self._results[parties]

    def _after(self, here: int, stage: PlanStage, parties: frozenset[int]) -> int:
        if parties >= {*stage.parties}:
            made = made_from(self.model, here, stage)
            return here if made is None else made[1]
        part = stage.part(self.model.dispute, parties & {*stage.parties})
        if not part:
            return here
        for position in self.model.space.members(here).tolist():
            there = part_result(self.model, position, part)
            if there is not None and there != here:
                return there
        return here
