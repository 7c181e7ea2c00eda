"""Repairs of roadmaps (definition 8 of docs/concepts/roadmaps.md), literally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations, product

from oracle.definitions import OracleDispute
from oracle.roadmaps import OracleStage, breaches, made, unwilling, values_at

Stages = list[OracleStage]


@dataclass(frozen=True)
class OracleCommitment:
    """Definition 8b."""

    party: int
    option: int


@dataclass(frozen=True)
class OraclePledge:
    """Definition 8c."""

    breaker: int
    party: int
    settings: dict[int, int] = field(hash=False)
    new_means: bool = False


OraclePromise = OracleCommitment | OraclePledge


def holds(
    dispute: OracleDispute,
    concept: str,
    start: int,
    stages: Sequence[OracleStage],
    *,
    by_end: bool,
    promises: Iterable[OraclePromise] = (),
) -> bool:
    """Whether all stages are possible, willing and holding, with promises beside them."""
    path = [start]
    for stage in stages:
        there = made(dispute, path[-1], stage)
        if there is None:
            return False
        path.append(there[1])
    for number, stage in enumerate(stages):
        if unwilling(dispute, stage, path[number], path[-1] if by_end else path[number + 1]):
            return False
    return not any(
        not any(ruled_out(dispute, concept, one, state, party, target, end) for one in promises)
        for state, party, target, end in departures(dispute, concept, path, stages, by_end=by_end)
    )


def departures(
    dispute: OracleDispute,
    concept: str,
    path: Sequence[int],
    stages: Sequence[OracleStage],
    *,
    by_end: bool,
) -> Iterator[tuple[int, int, int, int]]:
    """Every breach of definition 5: the state that is left, the party, and where it goes.

    Last the state with which the party compares what it gets there.
    """
    for number in range(len(stages)):
        following = stages[number + 1] if number + 1 < len(stages) else None
        state = path[number + 1]
        offered = path[-1] if by_end else state
        measure = values_at(dispute, offered)
        for party, target in breaches(dispute, concept, state, following, measure):
            yield state, party, target, offered


def ruled_out(
    dispute: OracleDispute,
    concept: str,
    promise: OraclePromise,
    state: int,
    party: int,
    target: int,
    offered: int,
) -> bool:
    """Whether a promise rules a breach out."""
    if isinstance(promise, OracleCommitment):
        return promise.party == party and level(dispute, state, promise.option) != level(
            dispute, target, promise.option
        )
    if promise.breaker != party:
        return False
    end = answer(dispute, promise, target)
    value = dispute.values[party]
    return (
        end is not None
        and value[end] <= value[offered]
        and not (
            concept in ("SMR", "SSEQ")
            and any(value[after] > value[offered] for after in dispute.moves[party][end])
        )
    )


def level(dispute: OracleDispute, state: int, option: int) -> int | None:
    """At which level an option stands; none where members of a coalesced state differ."""
    levels = {member[option] for member in dispute.states[state]}
    return levels.pop() if len(levels) == 1 else None


def answer(dispute: OracleDispute, pledge: OraclePledge, state: int) -> int | None:
    """Where a pledged answer leads from a state."""
    if not pledge.new_means:
        there = made(dispute, state, OracleStage(frozenset([pledge.party]), pledge.settings))
        return None if there is None else there[1]
    for member in sorted(dispute.states[state], key=lambda one: one[::-1]):
        after = tuple(pledge.settings.get(o, old) for o, old in enumerate(member))
        if after in dispute.state_of and dispute.state_of[after] != state:
            return dispute.state_of[after]
    return None


# Changed stages (8a): every one, with its size ---------------------------------------------


def reordered(stages: Stages) -> Iterator[tuple[int, Stages]]:
    """Every other order."""
    for order in permutations(range(len(stages))):
        size = sum(a > b for a, b in combinations(order, 2))
        if size:
            yield size, [stages[one] for one in order]


def joint(stages: Stages) -> Iterator[tuple[int, Stages]]:
    """Every way to make runs of stages at once."""
    for cuts in product([False, True], repeat=len(stages) - 1):
        groups = [[stages[0]]]
        for cut, stage in zip(cuts, stages[1:], strict=True):
            if cut:
                groups.append([stage])
            else:
                groups[-1].append(stage)
        if len(groups) < len(stages):
            yield len(stages) - len(groups), [at_once(group) for group in groups]


def at_once(group: Stages) -> OracleStage:
    """One stage in place of several."""
    result = group[0]
    for stage in group[1:]:
        result = OracleStage(
            result.parties | stage.parties,
            {**result.settings, **stage.settings},
            ("and", result.when, stage.when),
        )
    return result


def left_out(stages: Stages) -> Iterator[tuple[int, Stages]]:
    """Every way to leave stages out, but not all."""
    for kept in product([False, True], repeat=len(stages)):
        if any(kept) and not all(kept):
            yield (
                len(stages) - sum(kept),
                [stage for stage, keep in zip(stages, kept, strict=True) if keep],
            )


def one_more(
    dispute: OracleDispute, start: int, stages: Stages, packages: Stages
) -> Iterator[tuple[int, Stages]]:
    """One stage more at any place."""
    path = [start]
    for stage in stages:
        there = made(dispute, path[-1], stage)
        path.append(path[-1] if there is None else there[1])
    for place, state in enumerate(path):
        for stage in [*packages, *partial_moves(dispute)]:
            if made(dispute, state, stage) is not None:
                yield len(stage.settings), [*stages[:place], stage, *stages[place:]]


def partial_moves(dispute: OracleDispute) -> Iterator[OracleStage]:
    """Every way in which a party may set some of its options."""
    for party in range(dispute.parties):
        for settings in own_settings(dispute, party):
            yield OracleStage(frozenset([party]), settings)


def own_settings(dispute: OracleDispute, party: int) -> Iterator[dict[int, int]]:
    """Levels for some of a party's options, one at least."""
    own = [o for o, owner in enumerate(dispute.owner) if owner == party]
    for levels in product(*([None, *range(dispute.levels[o])] for o in own)):
        settings = {o: one for o, one in zip(own, levels, strict=True) if one is not None}
        if settings:
            yield settings


def with_parts(dispute: OracleDispute, stages: Stages, most: int) -> Iterator[tuple[int, Stages]]:
    """Stages that also set up to so many options."""
    parts = [
        (place, option, level)
        for place, stage in enumerate(stages)
        for option in range(len(dispute.levels))
        if option not in stage.settings
        for level in range(dispute.levels[option])
    ]
    for size in range(1, most + 1):
        for chosen in combinations(parts, size):
            if len({part[:2] for part in chosen}) < size:
                continue
            changed = list(stages)
            for place, option, level in chosen:
                stage = changed[place]
                changed[place] = OracleStage(
                    stage.parties | {dispute.owner[option]},
                    {**stage.settings, option: level},
                    stage.when,
                )
            yield size, changed
