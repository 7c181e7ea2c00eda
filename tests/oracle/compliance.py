"""Definition 9 of docs/concepts/roadmaps.md as a tree of everything that can happen.

Instead of drawing runs it follows every branch with its probability, as an exact fraction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from oracle.definitions import Assignment, OracleDispute
from oracle.roadmaps import OracleStage, breaches, made, part, set_together, subsets, values_at

Parties: TypeAlias = frozenset[int]


@dataclass(frozen=True)
class OracleRun:
    """What is told of a run: how it ended, and who did what at any stage of it.

    ``broken`` is the number of the stage at which it broke, from 0, or None; ``events`` holds
    pairs of a stage and what happened there, ``withheld`` or ``left``.
    """

    end: int
    broken: int | None = None
    by: Parties = frozenset()
    manner: str = ""
    reneged: Parties = frozenset()
    answered: Parties = frozenset()
    events: frozenset[tuple[int, str]] = frozenset()


Chances: TypeAlias = dict[OracleRun, Fraction]


@dataclass(frozen=True)
class OracleAssumptions:
    """The four probabilities."""

    renege: Fraction
    slip: Fraction
    answer: Fraction
    resume: Fraction


def each_with(parties: Iterable[tuple[int, Fraction]]) -> Iterator[tuple[Parties, Fraction]]:
    """Every set of parties, with the chance that just these do what each does independently."""
    likely = dict(parties)
    for some in subsets(frozenset(likely)):
        chance = Fraction(1)
        for party, own in likely.items():
            chance *= own if party in some else 1 - own
        if chance:
            yield some, chance


class OracleCompliance:
    """One plan, with its path and every run of it."""

    def __init__(
        self,
        dispute: OracleDispute,
        start: int,
        stages: list[OracleStage],
        concept: str,
        assumptions: OracleAssumptions,
        *,
        by_end: bool,
    ) -> None:
        self.dispute = dispute
        self.stages = stages
        self.concept = concept
        self.assumptions = assumptions
        self.by_end = by_end
        self.path = [start]
        self.starts: list[Assignment | None] = []
        for stage in stages:
            there = made(dispute, self.path[-1], stage)
            self.starts.append(None if there is None else there[0])
            self.path.append(self.path[-1] if there is None else there[1])

    def runs(self) -> Chances:
        """Every way in which a run can end, with its chance."""
        ended: Chances = {}
        on: Chances = {OracleRun(self.path[0]): Fraction(1)}
        for number in range(len(self.stages)):
            if self.starts[number] is None:
                for run, chance in on.items():
                    ended[replace(run, broken=number, manner="impossible")] = chance
                return ended
            on = self.one_moment(number, "withheld", on, ended)
            on = self.one_moment(number, "left", on, ended)
        return ended | on

    def one_moment(self, number: int, moment: str, on: Chances, ended: Chances) -> Chances:
        """Who withholds, or who leaves; how they are answered; and whether it is resumed."""
        going_on: Chances = defaultdict(Fraction)
        broken: Chances = defaultdict(Fraction)
        renegings = self.withholding(number) if moment == "withheld" else self.leaving(number)
        for reneging, chance in renegings.items():
            if not reneging:
                for run, before in on.items():
                    going_on[replace(run, end=self.path[number + 1])] += before * chance
                continue
            for answering, likely in each_with(
                (party, self.assumptions.answer)
                for party in range(self.dispute.parties)
                if party not in reneging
            ):
                state, answered = self.answers(number, moment, reneging, answering)
                back = self.comes_back(number, state, reneging, answered)
                resume = self.assumptions.resume if back else Fraction(0)
                manner = "unanswered"
                if answered:
                    manner = "not_resumed" if back else "in_vain"
                for run, before in on.items():
                    told = replace(
                        run,
                        reneged=run.reneged | reneging,
                        answered=run.answered | answered,
                        events=run.events | {(number, moment)},
                    )
                    this = before * chance * likely
                    going_on[replace(told, end=self.path[number + 1])] += this * resume
                    broken[replace(told, end=state, broken=number, by=reneging, manner=manner)] += (
                        this * (1 - resume)
                    )
        for run, this in broken.items():
            ended[run] = ended.get(run, Fraction(0)) + this
        return dict(going_on)

    # Withholding -------------------------------------------------------------------------------

    def has_something_to_do(self, number: int, party: int) -> bool:
        start = self.starts[number]
        own = part(self.dispute, self.stages[number], frozenset([party]))
        return start is not None and any(start[o] != level for o, level in own.items())

    def made_without(self, number: int, withholding: Parties) -> int | None:
        """The state to which the others' parts lead; None where nothing is done."""
        if not all(self.has_something_to_do(number, party) for party in withholding):
            return None
        start, stage = self.starts[number], self.stages[number]
        assert start is not None
        kept = part(self.dispute, stage, stage.parties - withholding)
        after = set_together(self.dispute, start, kept)
        return None if after is None else self.dispute.state_of[after]

    def offered(self, number: int) -> int:
        return self.path[-1] if self.by_end else self.path[number + 1]

    def gains_by_withholding(self, number: int, party: int) -> bool:
        value, before = self.dispute.values[party], self.path[number]
        alone = self.made_without(number, frozenset([party]))
        instead = [before] if alone is None else [before, alone]
        return any(value[one] > value[self.offered(number)] for one in instead)

    def withholding(self, number: int) -> dict[Parties, Fraction]:
        assumed = self.assumptions
        return dict(
            each_with(
                (
                    party,
                    assumed.renege if self.gains_by_withholding(number, party) else assumed.slip,
                )
                for party in self.stages[number].parties
            )
        )

    # Leaving -----------------------------------------------------------------------------------

    def undoes(self, number: int, state: int) -> bool:
        """Whether an option that the plan has set stands otherwise there, or may."""
        settled: dict[int, int] = {}
        for place in range(number + 1):
            if self.starts[place] is not None:
                settled.update(self.stages[place].settings)
        here, there = self.dispute.states[self.path[number + 1]], self.dispute.states[state]
        return any(
            all(one[option] == level for one in here)
            and not all(one[option] == level for one in there)
            for option, level in settled.items()
        )

    def obstructs(self, number: int, state: int) -> bool:
        """Whether a later stage of the plan is not possible any more from there."""
        for place in range(number + 1, len(self.stages)):
            if self.starts[place] is None:
                continue
            there = made(self.dispute, state, self.stages[place])
            if there is None:
                return True
            state = there[1]
        return False

    def leaves_to(self, number: int) -> dict[int, int]:
        """The gravest undeterred improvement of each party, where it breaks the plan."""
        following = self.stages[number + 1] if number + 1 < len(self.stages) else None
        measure = values_at(self.dispute, self.offered(number))
        found = breaches(self.dispute, self.concept, self.path[number + 1], following, measure)
        result = {}
        for party in range(self.dispute.parties):
            states = [state for one, state in found if one == party]
            grave = [state for state in states if self.undoes(number, state)]
            grave = grave or [state for state in states if self.obstructs(number, state)]
            if grave:
                value = self.dispute.values[party]
                best = max(value[state] for state in grave)
                result[party] = min(state for state in grave if value[state] == best)
        return result

    def leaving(self, number: int) -> dict[Parties, Fraction]:
        chances: dict[Parties, Fraction] = defaultdict(Fraction)
        leavers = self.leaves_to(number)
        for would, chance in each_with((one, self.assumptions.renege) for one in leavers):
            for one in would:
                chances[frozenset([one])] += chance / len(would)
            if not would:
                chances[would] += chance
        return dict(chances)

    # Answers -----------------------------------------------------------------------------------

    def to_take_back(self, number: int, party: int) -> dict[int, int]:
        """The options that the party's latest part changed, as they stood before it."""
        for place in range(number, -1, -1):
            start = self.starts[place]
            own = part(self.dispute, self.stages[place], frozenset([party]))
            if start is not None and any(start[o] != level for o, level in own.items()):
                return {o: start[o] for o, level in own.items() if start[o] != level}
        return {}

    def answers(
        self, number: int, moment: str, reneging: Parties, answering: Parties
    ) -> tuple[int, Parties]:
        """Where answers lead, and who could answer."""
        state, latest = self.path[number], number - 1
        if moment == "withheld":
            there = self.made_without(number, reneging)
            if there is not None:
                state, latest = there, number
        else:
            (leaver,) = reneging
            state, latest = self.leaves_to(number)[leaver], number
        answered = set()
        for party in sorted(answering):
            back = self.to_take_back(latest, party)
            there_then = made(self.dispute, state, OracleStage(frozenset([party]), back))
            if there_then is not None:
                state = there_then[1]
                answered.add(party)
        return state, frozenset(answered)

    def comes_back(self, number: int, state: int, reneging: Parties, answered: Parties) -> bool:
        """Whether those who reneged lose nothing by coming back, and all can."""
        if not answered:
            return False
        for party in reneging:
            value = self.dispute.values[party]
            if value[state] > value[self.offered(number)]:
                return False
        after = self.path[number + 1]
        if state == after:
            return True
        start = self.starts[number]
        assert start is not None
        everything = dict(enumerate(start)) | self.stages[number].settings
        everybody = frozenset(range(self.dispute.parties))
        there = made(self.dispute, state, OracleStage(everybody, everything))
        return there is not None and there[1] == after
