"""The envoy (docs/concepts/envoy.md), literally: every set of instruments, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations, product

from oracle.definitions import OracleDispute
from oracle.repairs import (
    OracleCommitment,
    OraclePledge,
    OraclePromise,
    Stages,
    answer,
    at_once,
    departures,
    level,
    own_settings,
    ruled_out,
)
from oracle.roadmaps import OracleStage, made, part, rank, set_together, statements_lost, unwilling

Price = tuple[int, Fraction, int]


@dataclass(frozen=True)
class OracleSet:
    """A set of instruments by which a plan holds: the changed plan, promises and price."""

    stages: tuple[OracleStage, ...]
    promises: tuple[OraclePromise, ...]
    price: Price


def share(dispute: OracleDispute, party: int, ranks: int) -> Fraction:
    span = max(rank(dispute, party, one) for one in range(len(dispute.states))) - 1
    return Fraction(ranks, span) if span else Fraction(0)


def path_of(dispute: OracleDispute, start: int, stages: Sequence[OracleStage]) -> list[int] | None:
    path = [start]
    for stage in stages:
        there = made(dispute, path[-1], stage)
        if there is None:
            return None
        path.append(there[1])
    return path


def loose_end(dispute: OracleDispute, start: int, stages: Sequence[OracleStage]) -> int:
    """Where a plan ends, stages that are not possible left out (definition 2 of roadmaps)."""
    here = start
    for stage in stages:
        there = made(dispute, here, stage)
        here = here if there is None else there[1]
    return here


def changed_plans(
    dispute: OracleDispute, stages: Stages, most: int
) -> Iterator[tuple[int, set[int], Stages, list[tuple[int, int, int]]]]:
    """Number of instruments, makers of offers, the changed plan, and the offers."""
    for cuts in product([False, True], repeat=len(stages) - 1):
        groups = [[stages[0]]]
        for cut, stage in zip(cuts, stages[1:], strict=True):
            if cut:
                groups.append([stage])
            else:
                groups[-1].append(stage)
        merged = [at_once(group) for group in groups]
        fewer = len(stages) - len(merged)
        possible = [
            (place, option, one)
            for place, stage in enumerate(merged)
            for option in range(len(dispute.levels))
            if option not in stage.settings
            for one in range(dispute.levels[option])
        ]
        for size in range(most - fewer + 1):
            for offers in combinations(possible, size):
                if len({offer[:2] for offer in offers}) < size:
                    continue
                plan = list(merged)
                for place, option, one in offers:
                    stage = plan[place]
                    plan[place] = OracleStage(
                        stage.parties | {dispute.owner[option]},
                        {**stage.settings, option: one},
                        stage.when,
                    )
                makers = {dispute.owner[option] for _, option, _ in offers}
                yield fewer + size, makers, plan, list(offers)


def counted_on(dispute: OracleDispute, concept: str, party: int, state: int) -> int:
    """The rank that a party can count on where it has moved."""
    found = [rank(dispute, party, state)]
    if concept != "Nash":
        for there in dispute.reached(
            dispute.others(party), state, improving=concept in ("SEQ", "SSEQ")
        ):
            after = [there]
            if concept in ("SMR", "SSEQ"):
                after += dispute.moves[party][there]
            found.append(max(rank(dispute, party, one) for one in after))
    return min(found)


def sets(
    dispute: OracleDispute,
    concept: str,
    start: int,
    stages: Stages,
    most: int,
    *,
    by_end: bool,
) -> Iterator[OracleSet]:
    """Every set of at most so many instruments by which the plan holds."""
    base_end = loose_end(dispute, start, stages)
    for number, makers, plan, offers in changed_plans(dispute, stages, most):
        path = path_of(dispute, start, plan)
        if path is None:
            continue
        if any(level(dispute, path[place], option) == one for place, option, one in offers):
            continue
        if any(
            unwilling(dispute, stage, path[n], path[-1] if by_end else path[n + 1])
            for n, stage in enumerate(plan)
        ):
            continue
        # Offers are compared with the plan without them and without joint stages.
        offers_cost = sum(
            (
                share(
                    dispute,
                    party,
                    max(0, rank(dispute, party, base_end) - rank(dispute, party, path[-1])),
                )
                for party in makers
            ),
            Fraction(0),
        )
        exposed = max(
            (
                statements_lost(dispute, stage, path[n], party)
                for n, stage in enumerate(plan)
                for party in range(dispute.parties)
            ),
            default=0,
        )
        gone = list(departures(dispute, concept, path, plan, by_end=by_end))
        useful = []
        for promise in promises(dispute):
            covers = {
                n
                for n, (state, party, target, offered) in enumerate(gone)
                if ruled_out(dispute, concept, promise, state, party, target, offered)
            }
            if covers:
                useful.append((promise, covers, cost(dispute, concept, promise, gone, covers)))
        for size in range(most - number + 1):
            for chosen in combinations(useful, size):
                if set().union(*(covers for _, covers, _ in chosen)) == set(range(len(gone))):
                    price = sum((one for *_, one in chosen), offers_cost)
                    yield OracleSet(
                        tuple(plan),
                        tuple(promise for promise, *_ in chosen),
                        (number + size, price, exposed),
                    )


def promises(dispute: OracleDispute) -> Iterator[OraclePromise]:
    for option, owner in enumerate(dispute.owner):
        yield OracleCommitment(owner, option)
    for breaker in range(dispute.parties):
        for settings in own_settings(dispute, breaker):
            for other in range(dispute.parties):
                if other != breaker:
                    yield OraclePledge(other, breaker, settings)


def cost(
    dispute: OracleDispute,
    concept: str,
    promise: OraclePromise,
    gone: Sequence[tuple[int, int, int, int]],
    covers: set[int],
) -> Fraction:
    """Definition 4: what is given up, or what carrying out the threat would cost at worst."""
    most = 0
    for number in covers:
        _, party, target, offered = gone[number]
        if isinstance(promise, OracleCommitment):
            lost = counted_on(dispute, concept, party, target) - rank(dispute, party, offered)
        else:
            end = answer(dispute, promise, target)
            assert end is not None
            lost = rank(dispute, promise.party, target) - rank(dispute, promise.party, end)
        most = max(most, lost)
    return share(dispute, promise.party, most)


def undominated(prices: set[Price]) -> set[Price]:
    def no_worse(one: Price, other: Price) -> bool:
        return one[0] <= other[0] and one[1] <= other[1] and one[2] <= other[2]

    return {
        one for one in prices if not any(other != one and no_worse(other, one) for other in prices)
    }


# Visits ------------------------------------------------------------------------------------------


def result(
    dispute: OracleDispute, start: int, stages: Sequence[OracleStage], parties: frozenset[int]
) -> int:
    """Where the plan leads if these keep their word and nobody else does a thing."""
    here = start
    for stage in stages:
        if stage.parties <= parties:
            there = made(dispute, here, stage)
            here = here if there is None else there[1]
            continue
        own = part(dispute, stage, parties)
        for member in sorted(dispute.states[here], key=lambda one: one[::-1]):
            after = set_together(dispute, member, own)
            if after is not None and dispute.state_of[after] != here:
                here = dispute.state_of[after]
                break
    return here


def says_yes(
    dispute: OracleDispute,
    concept: str,
    start: int,
    found: OracleSet,
    party: int,
    promised: frozenset[int],
    *,
    by_end: bool,
) -> bool:
    """Definition 8."""
    stages = found.stages
    path = path_of(dispute, start, stages)
    assert path is not None
    gone = list(departures(dispute, concept, path, stages, by_end=by_end))
    given = [one for one in found.promises if one.party in promised]
    counted = frozenset(
        other
        for other in promised - {party}
        if all(
            any(ruled_out(dispute, concept, one, state, breaker, target, offered) for one in given)
            for state, breaker, target, offered in gone
            if breaker == other
        )
    )
    value = dispute.values[party]
    least = [value[start], value[result(dispute, start, stages, counted)]]
    first = next((n for n, stage in enumerate(stages) if party in stage.parties), None)
    if first is not None:
        least.append(value[path[first]])
    return bool(value[result(dispute, start, stages, counted | {party})] >= min(least))


def best_rounds(
    concerned: frozenset[int], yes: dict[tuple[int, frozenset[int]], bool]
) -> tuple[int, int] | None:
    """Definition 9: the size of the largest round and the number of rounds, the best of all."""
    prices = []
    for order in permutations(sorted(concerned)):
        for cuts in product([False, True], repeat=max(0, len(order) - 1)):
            rounds = [[order[0]]] if order else []
            for cut, party in zip(cuts, order[1:], strict=True):
                if cut:
                    rounds.append([party])
                else:
                    rounds[-1].append(party)
            promised: frozenset[int] = frozenset()
            for one in rounds:
                promised |= frozenset(one)
                if not all(yes[party, promised] for party in one):
                    break
            else:
                prices.append((max(map(len, rounds), default=0), -len(rounds)))
    if not prices:
        return None
    largest, rounds_ = min(prices)
    return largest, -rounds_
