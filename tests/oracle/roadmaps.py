"""The definitions of docs/concepts/roadmaps.md, transcribed literally by sets and loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Any

from oracle.definitions import Assignment, Condition, OracleDispute, Ordered, Weighted, true_in


@dataclass(frozen=True)
class OracleStage:
    """A stage: who makes it, what they set, and a condition on where it starts."""

    parties: frozenset[int]
    settings: dict[int, int]
    when: Condition = ("true",)


def rank(dispute: OracleDispute, party: int, state: int) -> int:
    """Place of a state's value among the party's values, 1 the lowest."""
    values = dispute.values[party]
    return sorted(set(values)).index(values[state]) + 1


def set_together(
    dispute: OracleDispute, before: Assignment, settings: dict[int, int]
) -> Assignment | None:
    """The assignment after some options change together, if every change is permitted."""
    after = tuple(settings.get(option, level) for option, level in enumerate(before))
    if after not in dispute.state_of:
        return None
    for option, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        if dispute.directions[option] == ("down" if new > old else "up"):
            return None
        for to, condition in dispute.guards[option]:
            if to in (None, new) and not true_in(condition, before):
                return None
    return after


def made(dispute: OracleDispute, state: int, stage: OracleStage) -> tuple[Assignment, int] | None:
    """Definition 3: the member from which a stage starts, and the state it leads to."""
    # In order of number, the first option changes fastest.
    for member in sorted(dispute.states[state], key=lambda one: one[::-1]):
        after = set_together(dispute, member, stage.settings)
        if after is None or not true_in(stage.when, member):
            continue
        if dispute.state_of[after] != state:
            return member, dispute.state_of[after]
    return None


def part(dispute: OracleDispute, stage: OracleStage, parties: frozenset[int]) -> dict[int, int]:
    """What of a stage's settings some parties make."""
    return {o: level for o, level in stage.settings.items() if dispute.owner[o] in parties}


def unwilling(
    dispute: OracleDispute, stage: OracleStage, before: int, offered: int
) -> frozenset[int]:
    """Definition 4: the parties of a stage to which what is offered is worse."""
    return frozenset(
        party
        for party in stage.parties
        if dispute.values[party][offered] < dispute.values[party][before]
    )


def undeterred(
    dispute: OracleDispute, concept: str, state: int, measure: list[Any] | None = None
) -> set[tuple[int, int]]:
    """Moves (party, state) by which a party gets more than its measure, undeterred.

    The measure of each party is a value; that of the state itself where left out or None.
    """
    found = set()
    for party in range(dispute.parties):
        value = dispute.values[party]
        least = None if measure is None else measure[party]
        if least is None:
            least = value[state]
        for s1 in dispute.moves[party][state]:
            if value[s1] <= least:
                continue
            sanctions: set[int] = set()
            if concept != "Nash":
                sanctions = dispute.reached(
                    dispute.others(party), s1, improving=concept in ("SEQ", "SSEQ")
                )
            symmetric = concept in ("SMR", "SSEQ")
            if not any(
                value[s2] <= least
                and not (symmetric and any(value[s3] > least for s3 in dispute.moves[party][s2]))
                for s2 in sanctions
            ):
                found.add((party, s1))
    return found


def breaches(
    dispute: OracleDispute,
    concept: str,
    state: int,
    following: OracleStage | None,
    measure: list[Any] | None = None,
) -> set[tuple[int, int]]:
    """Definition 5: undeterred moves that are not a whole part of the next stage."""
    found = undeterred(dispute, concept, state, measure)
    start = None if following is None else made(dispute, state, following)
    if following is None or start is None:
        return found
    for party in following.parties:
        own = part(dispute, following, frozenset([party]))
        alone = set_together(dispute, start[0], own)
        if alone is not None:
            found.discard((party, dispute.state_of[alone]))
    return found


def values_at(dispute: OracleDispute, state: int) -> list[Any]:
    """Each party's value of a state: its measure where it looks to a plan's end there."""
    return [value[state] for value in dispute.values]


def subsets(parties: frozenset[int]) -> Iterator[frozenset[int]]:
    """Every subset, the empty one too."""
    return map(
        frozenset, chain.from_iterable(combinations(parties, n) for n in range(len(parties) + 1))
    )


def exposure(dispute: OracleDispute, stage: OracleStage, state: int, party: int) -> int:
    """Definition 6: the rank that a party stands to lose if others do not do their part."""
    start = made(dispute, state, stage)
    if start is None:
        return 0
    here = rank(dispute, party, state)
    worst = here
    for reneging in subsets(stage.parties - {party}):
        after = set_together(dispute, start[0], part(dispute, stage, stage.parties - reneging))
        if after is not None:
            worst = min(worst, rank(dispute, party, dispute.state_of[after]))
    return here - worst


def wishes(dispute: OracleDispute, party: int, state: int) -> list[bool]:
    """Which of a party's statements a state gives it; without an order, which has none."""
    preference = dispute.preferences[party]
    members = dispute.states[state]
    if isinstance(preference, Weighted):
        return [
            weight != 0 and all(true_in(one, each) is (weight > 0) for each in members)
            for one, weight in preference.statements
        ]
    assert not isinstance(preference, Ordered)
    return [all(true_in(one, each) for each in members) for one in preference.statements]


def statements_lost(dispute: OracleDispute, stage: OracleStage, state: int, party: int) -> int:
    """Definition 6a: the most statements lost at the lowest states that may result."""
    start = made(dispute, state, stage)
    lost = exposure(dispute, stage, state, party)
    if start is None or not lost:
        return 0
    if isinstance(dispute.preferences[party], Ordered):
        return lost
    worst = rank(dispute, party, state) - lost
    found = 0
    for reneging in subsets(stage.parties - {party}):
        after = set_together(dispute, start[0], part(dispute, stage, stage.parties - reneging))
        if after is None or rank(dispute, party, dispute.state_of[after]) != worst:
            continue
        there = wishes(dispute, party, dispute.state_of[after])
        here = wishes(dispute, party, state)
        found = max(found, sum(a and not b for a, b in zip(here, there, strict=True)))
    return found


def costs(
    dispute: OracleDispute,
    concept: str,
    start: int,
    stages: list[OracleStage],
    *,
    by_end: bool,
) -> tuple[int, int, int] | None:
    """Broken stages, statements lost at most and number of stages; None if not all possible."""
    path = [start]
    for stage in stages:
        there = made(dispute, path[-1], stage)
        if there is None:
            return None
        path.append(there[1])
    broken = 0
    worst = 0
    for number, stage in enumerate(stages):
        before, after = path[number], path[number + 1]
        following = stages[number + 1] if number + 1 < len(stages) else None
        offered = path[-1] if by_end else after
        if unwilling(dispute, stage, before, offered) or breaches(
            dispute, concept, after, following, values_at(dispute, offered)
        ):
            broken += 1
        for party in range(dispute.parties):
            worst = max(worst, statements_lost(dispute, stage, before, party))
    return broken, worst, len(stages)


def all_plans(
    dispute: OracleDispute, start: int, goal: set[int], stages: list[OracleStage], most: int
) -> Iterator[list[OracleStage]]:
    """Every plan of at most so many possible stages that ends in the goal."""

    def longer(state: int, plan: list[OracleStage]) -> Iterator[list[OracleStage]]:
        if plan and state in goal:
            yield plan
        if len(plan) == most:
            return
        for stage in stages:
            there = made(dispute, state, stage)
            if there is not None:
                yield from longer(there[1], [*plan, stage])

    yield from longer(start, [])


def own_stages(dispute: OracleDispute) -> Iterator[OracleStage]:
    """Each party's moves as stages: it sets all of its own options."""
    for party in range(dispute.parties):
        options = [o for o, owner in enumerate(dispute.owner) if owner == party]
        for levels in product(*(range(dispute.levels[o]) for o in options)):
            if options:
                yield OracleStage(frozenset([party]), dict(zip(options, levels, strict=True)))


def bounds(dispute: OracleDispute, goal: set[int], *, by_end: bool) -> list[Any]:
    """The best that any end offers to each party; None where parties look at each stage."""
    values = dispute.values
    return [
        max(values[party][end] for end in goal) if by_end else None
        for party in range(dispute.parties)
    ]


def reluctant(
    dispute: OracleDispute, stage: OracleStage, before: int, after: int, best: list[Any]
) -> set[int]:
    """The parties of a stage to which standing still is better than what they could be offered."""
    return {
        party
        for party in stage.parties
        if dispute.values[party][before]
        > (dispute.values[party][after] if best[party] is None else best[party])
    }


def unbroken(
    dispute: OracleDispute, concept: str, start: int, stages: list[OracleStage], best: list[Any]
) -> tuple[set[int], set[int]]:
    """States to which unbroken stages lead, and those where a plan may end or just go on."""
    inside, going_on = {start}, {start}
    new = {start}
    while new:
        found = set()
        for state in new:
            for stage, there in in_order(dispute, concept, state, going_on, stages, best):
                if not reluctant(dispute, stage, state, there, best):
                    found.add(there)
        new = found - inside
        inside |= new
        going_on |= {state for state in new if not undeterred(dispute, concept, state, best)}
    return inside, going_on


def in_order(
    dispute: OracleDispute,
    concept: str,
    state: int,
    going_on: set[int],
    stages: list[OracleStage],
    best: list[Any],
) -> Iterator[tuple[OracleStage, int]]:
    """Stages that are possible and leave the stage before them holding, and where they lead."""
    for stage in stages:
        there = made(dispute, state, stage)
        if there is None:
            continue
        if state in going_on or not breaches(dispute, concept, state, stage, best):
            yield stage, there[1]


def guards(
    dispute: OracleDispute,
    concept: str,
    stages: list[OracleStage],
    inside: set[int],
    going_on: set[int],
    goal: set[int],
    best: list[Any],
) -> dict[int, tuple[int, int]]:
    """How many states each party guards: by not taking part in leaving, and by breaking."""
    unwilling_at = {
        (party, state)
        for state in inside
        for stage, there in in_order(dispute, concept, state, going_on, stages, best)
        if there not in inside
        for party in reluctant(dispute, stage, state, there, best)
    }
    # A state of the goal has to hold by itself, as plans end there.
    breaking_at = {
        (party, state)
        for state in inside
        for party, _ in undeterred(dispute, concept, state, None if state in goal else best)
    }
    return {
        party: (
            sum(one == party for one, _ in unwilling_at),
            sum(one == party for one, _ in breaking_at),
        )
        for party in range(dispute.parties)
    }
