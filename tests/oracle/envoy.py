"""The envoy (docs/concepts/envoy.md), literally: every set of instruments, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations, product

from oracle.definitions import Assignment, OracleDispute
from oracle.hypergame import OracleUnseen, OracleView, seen_by
from oracle.repairs import (
    OracleCommitment,
    OraclePledge,
    OraclePromise,
    Stages,
    answer,
    at_once,
    departures,
    joint,
    level,
    own_settings,
    partial_moves,
    ruled_out,
)
from oracle.roadmaps import (
    OracleStage,
    all_plans,
    made,
    part,
    rank,
    set_together,
    statements_lost,
    unwilling,
)

Price = tuple[int, Fraction, int]
Views = list[OracleView | OracleUnseen]

Breach = tuple[OracleDispute, int, int, int, int]
"""A game in which a party breaks a plan: the state left, the party, where it goes, its offer."""


@dataclass(frozen=True)
class OracleSet:
    """A set of instruments by which a plan holds.

    The changed plan, promises, messages (who is told of whom), the dispute as each party sees it
    once it has been told, and the price.
    """

    stages: tuple[OracleStage, ...]
    promises: tuple[OraclePromise, ...]
    messages: tuple[tuple[int, int], ...]
    games: tuple[OracleDispute, ...]
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


Changed = tuple[int, set[int], Stages, list[tuple[int, int, int]]]
"""Number of instruments, makers of offers, the changed plan, and the offers."""


def changed_plans(dispute: OracleDispute, stages: Stages, most: int) -> Iterator[Changed]:
    """Every way to make stages jointly and to add offers."""
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


def plans_into(
    dispute: OracleDispute, start: int, goal: set[int], packages: Stages, most: int
) -> Iterator[Changed]:
    """Every plan of so many stages into a goal, also with runs of stages made jointly.

    A stage is a package or one party's move; every stage of several parties counts one.
    """
    for stages in all_plans(dispute, start, goal, [*packages, *partial_moves(dispute)], most):
        for plan in (stages, *(merged for _, merged in joint(stages))):
            yield sum(len(stage.parties) > 1 for stage in plan), set(), plan, []


def counted_on(dispute: OracleDispute, concept: str, party: int, state: int) -> int:
    """A state as good as what a party can count on where it has moved."""
    value = dispute.values[party]
    found = [state]
    if concept != "Nash":
        for there in dispute.reached(
            dispute.others(party), state, improving=concept in ("SEQ", "SSEQ")
        ):
            after = [there]
            if concept in ("SMR", "SSEQ"):
                after += dispute.moves[party][there]
            found.append(max(after, key=value.__getitem__))
    return min(found, key=value.__getitem__)


def as_seen(
    dispute: OracleDispute, quo: Assignment, views: Views, told: Sequence[tuple[int, int]]
) -> tuple[OracleDispute, ...]:
    """The dispute as each party sees it, once some have been told of others the truth."""
    left = [
        view
        for view in views
        if isinstance(view, OracleUnseen) or (view.party, view.other) not in told
    ]
    mistaken = {view.party for view in left}
    return tuple(
        seen_by(dispute, quo, party, left) if party in mistaken else dispute
        for party in range(dispute.parties)
    )


def sets(
    dispute: OracleDispute,
    concept: str,
    quo: Assignment,
    plans: Iterable[Changed],
    most: int,
    *,
    by_end: bool,
    views: Views,
    base_end: int | None = None,
    by: int | None = None,
) -> Iterator[OracleSet]:
    """Every set of at most so many instruments by which one of some changed plans holds.

    Costs of offers are compared with where the plan ends as it was.
    """
    start = dispute.state_of[quo]
    possible = [(view.party, view.other) for view in views if isinstance(view, OracleView)]
    messages = [told for size in range(most + 1) for told in combinations(possible, size)]
    games = {told: as_seen(dispute, quo, views, told) for told in messages}
    for number, makers, plan, offers in plans:
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
        if by is not None and dispute.values[by][path[-1]] < dispute.values[by][start]:
            continue
        offers_cost = Fraction(0)
        for party in makers:
            assert base_end is not None
            worse = rank(dispute, party, base_end) - rank(dispute, party, path[-1])
            offers_cost += share(dispute, party, max(0, worse))
        lost = max(
            (
                statements_lost(dispute, stage, path[n], party)
                for n, stage in enumerate(plan)
                for party in range(dispute.parties)
            ),
            default=0,
        )
        for told in messages:
            gone = seen_breaches(concept, quo, plan, games[told], by_end=by_end)
            left = most - number - len(told)
            if gone is None or left < 0:
                continue
            for chosen in covers(dispute, concept, gone, left):
                price = sum((one for _, one in chosen), offers_cost)
                yield OracleSet(
                    tuple(plan),
                    tuple(promise for promise, _ in chosen),
                    told,
                    games[told],
                    (number + len(told) + len(chosen), price, lost),
                )


def seen_breaches(
    concept: str,
    quo: Assignment,
    plan: Stages,
    games: Sequence[OracleDispute],
    *,
    by_end: bool,
) -> list[Breach] | None:
    """Each party's breaches by its own view; None where it does not think the plan possible."""
    found: list[Breach] = []
    for party, game in enumerate(games):
        path = path_of(game, game.state_of[quo], plan) if quo in game.state_of else None
        if path is None:
            return None
        found += [
            (game, *one)
            for one in departures(game, concept, path, plan, by_end=by_end)
            if one[1] == party
        ]
    return found


def covers(
    dispute: OracleDispute, concept: str, gone: Sequence[Breach], most: int
) -> Iterator[tuple[tuple[OraclePromise, Fraction], ...]]:
    """Every set of at most so many promises that rules all breaches out, with what each costs."""
    useful = []
    for promise in promises(dispute):
        covered = {
            n
            for n, (game, state, party, target, offered) in enumerate(gone)
            if ruled_out(game, concept, promise, state, party, target, offered)
        }
        if covered:
            price = cost(dispute, concept, promise, [gone[n] for n in covered])
            useful.append((promise, covered, price))
    for size in range(most + 1):
        for chosen in combinations(useful, size):
            if set[int]().union(*(covered for _, covered, _ in chosen)) == {*range(len(gone))}:
                yield tuple((promise, price) for promise, _, price in chosen)


def promises(dispute: OracleDispute) -> Iterator[OraclePromise]:
    """Every commitment and every pledge that can be made."""
    for option, owner in enumerate(dispute.owner):
        yield OracleCommitment(owner, option)
    for breaker in range(dispute.parties):
        for settings in own_settings(dispute, breaker):
            for other in range(dispute.parties):
                if other != breaker:
                    yield OraclePledge(other, breaker, settings)


def cost(
    dispute: OracleDispute, concept: str, promise: OraclePromise, gone: Sequence[Breach]
) -> Fraction:
    """Definition 4: what is given up, or what carrying out the threat would cost at worst.

    Ranks are those of the dispute as it is; what can be counted on is by the maker's own view.
    """
    maker, most = promise.party, 0

    def actual(game: OracleDispute, state: int) -> int:
        (one,) = {dispute.state_of[member] for member in game.states[state]}
        return rank(dispute, maker, one)

    for game, _, party, target, offered in gone:
        if isinstance(promise, OracleCommitment):
            lost = actual(game, counted_on(game, concept, party, target)) - actual(game, offered)
        else:
            end = answer(game, promise, target)
            assert end is not None
            lost = actual(game, target) - actual(game, end)
        most = max(most, lost)
    return share(dispute, maker, most)


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
    quo: Assignment,
    found: OracleSet,
    party: int,
    promised: frozenset[int],
    *,
    by_end: bool,
) -> bool:
    """Definition 8."""
    start, stages = dispute.state_of[quo], list(found.stages)
    path = path_of(dispute, start, stages)
    gone = seen_breaches(concept, quo, stages, found.games, by_end=by_end)
    assert path is not None
    assert gone is not None
    given = [one for one in found.promises if one.party in promised]
    counted = frozenset(
        other
        for other in promised - {party}
        if all(
            any(ruled_out(game, concept, one, state, breaker, target, offered) for one in given)
            for game, state, breaker, target, offered in gone
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
