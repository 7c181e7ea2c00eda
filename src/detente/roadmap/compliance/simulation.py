"""Simulated runs of a plan in which parties follow, renege or answer in kind.

docs/concepts/roadmaps.md, definition 9, says how a run goes. How likely parties do what is
assumed by the user and estimated from nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.dispute.names import roadmap_named, unknown_name
from detente.dispute.result import Result
from detente.dispute.shares import Share, share
from detente.roadmap.check.stage_checks import StageCheck
from detente.roadmap.check.verdicts import (
    RoadmapCheck,
    check_plan,
    known_concept_of_roadmaps,
    known_foresight,
)
from detente.roadmap.plan import (
    Plan,
    PlanStage,
    made_from,
    partial_stage,
    plan_from,
    start_index,
)
from detente.space.graph_model import GraphModel
from detente.space.joint_moves import joint_targets
from detente.stability.memory import check_memory
from detente.stability.prepared_model import graph_model

__all__ = [
    "ComplianceAssumptions",
    "PartyRuns",
    "RoadmapSimulation",
    "StageRuns",
    "simulate_plan",
    "simulate_roadmap",
]

_Flags: TypeAlias = NDArray[np.bool_]
_States: TypeAlias = NDArray[np.int64]

# When parties renege: they do not do their part, or they leave when the stage is made.
_Moment: TypeAlias = Literal["withheld", "left"]

# More would tell nothing more, and take up memory.
MOST_RUNS = 1_000_000


@dataclass(frozen=True, slots=True)
class ComplianceAssumptions:
    """How likely parties do what; the user's assumptions.

    Attributes
    ----------
    renege
        How likely it is that a party that gains by it does not do its part, or leaves.
    slip
        How likely it is that a party that gains nothing by it does not do its part.
    answer
        How likely it is that a party answers in kind where another has reneged.
    resume
        How likely it is that a plan is resumed after an answer that leaves nobody who has
        reneged better off than by coming back.

    Raises
    ------
    DisputeError
        If one of them is no probability.
    """

    renege: float = 0.5
    slip: float = 0.02
    answer: float = 0.5
    resume: float = 0.5

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if not 0 <= value <= 1:
                raise DisputeError(
                    f"{one.name} is a probability, from 0 to 1", key=one.name, found=f"{value}"
                )


@dataclass(frozen=True, slots=True)
class StageRuns:
    """What became of the runs that came to one stage.

    Attributes
    ----------
    number
        The stage's place in the plan, from 1.
    stage
        The stage.
    possible
        Whether it can be made; where it cannot, every run that comes to it is broken there.
    may_withhold, may_leave
        Ids of the parties that gain by not doing their part, and by leaving afterwards.
    reached
        Number of runs that came to it.
    withheld, left
        In how many of them somebody did not do its part, and somebody left.
    resumed
        How often the plan was resumed; it can be twice in a run, after each of the two.
    unanswered, in_vain, not_resumed
        Number of runs broken here because nobody answered; because the answers left somebody who
        had reneged better off, or there was no way back; and though all would have come back.
    broken_by
        Number of runs broken here, by the ids of those who reneged; nobody's where the stage is
        not possible.
    """

    number: int
    stage: PlanStage
    possible: bool
    may_withhold: tuple[str, ...]
    may_leave: tuple[str, ...]
    reached: int
    withheld: int
    left: int
    resumed: int
    unanswered: int
    in_vain: int
    not_resumed: int
    broken_by: Mapping[tuple[str, ...], int]

    @property
    def broken(self) -> int:
        """Number of runs broken here."""
        return sum(self.broken_by.values())

    def broken_with(self, party: str) -> int:
        """Number of runs broken here by a party, alone or with others."""
        return sum(count for by, count in self.broken_by.items() if party in by)


@dataclass(frozen=True, slots=True)
class PartyRuns:
    """What one party did in the runs, and how it came out of them.

    Attributes
    ----------
    party
        Id of the party.
    reneged, answered
        Number of runs in which it reneged, and in which it answered in kind.
    better, worse
        Number of runs that end in a state that it ranks higher, and lower, than the status quo.
    """

    party: str
    reneged: int
    answered: int
    better: int
    worse: int


@dataclass(frozen=True, eq=False)
class RoadmapSimulation(Result):
    """Simulated runs of a plan.

    Attributes
    ----------
    check
        The check of the plan, from which it follows who gains by reneging.
    assumptions
        How likely parties do what.
    runs
        Number of runs.
    seed
        Seed of the random numbers.
    stages
        What became of the runs at each stage.
    parties
        What each party did.
    ends
        Shape (runs,): number of the state in which each run ends.
    """

    check: RoadmapCheck = field(repr=False)
    assumptions: ComplianceAssumptions
    runs: int
    seed: int
    stages: tuple[StageRuns, ...] = field(repr=False)
    parties: tuple[PartyRuns, ...] = field(repr=False)
    ends: NDArray[np.int64] = field(repr=False)

    @cached_property
    def completed(self) -> Share:
        """The share of the runs that reach the plan's end."""
        return self.share(self.runs - sum(stage.broken for stage in self.stages))

    def share(self, runs: int) -> Share:
        """So many of the runs as a share of all, with its 95 per cent Wilson interval."""
        return share(runs, self.runs)

    def in_outcome(self, outcome: str) -> Share:
        """The share of the runs that end in a named outcome.

        Raises
        ------
        DisputeError
            If there is no such outcome.
        """
        outcomes = {one.id: one for one in self.check.model.dispute.outcomes}
        if outcome not in outcomes:
            raise unknown_name("outcome", outcome, outcomes)
        inside = self.check.checker.model.space.holds(outcomes[outcome].formula)
        return self.share(int(np.count_nonzero(inside[self.ends - 1])))


def simulate_roadmap(
    dispute: Dispute,
    roadmap: str,
    *,
    concept: str = "SEQ",
    foresight: str = "roadmap",
    renege: float = 0.5,
    slip: float = 0.02,
    answer: float = 0.5,
    resume: float = 0.5,
    runs: int = 10_000,
    seed: int = 0,
) -> RoadmapSimulation:
    """Simulate how a roadmap runs if parties renege and answer in kind.

    The four probabilities are assumptions; what comes out is what follows from them and from the
    preferences as stated, and no forecast. Definition 9 of ``docs/concepts/roadmaps.md``.

    Parameters
    ----------
    dispute
        The dispute.
    roadmap
        Id of the roadmap.
    concept, foresight
        As in :func:`check_roadmap`; they say who gains by reneging.
    renege
        How likely it is that a party that gains by it does not do its part, or leaves.
    slip
        How likely it is that a party that gains nothing by it does not do its part.
    answer
        How likely it is that a party answers in kind where another has reneged.
    resume
        How likely it is that the plan is resumed after an answer that leaves nobody who has
        reneged better off than by coming back.
    runs
        Number of runs, at most a million.
    seed
        Seed of the random numbers; with the same seed the result is the same.

    Returns
    -------
    RoadmapSimulation

    Raises
    ------
    DisputeError
        If there is no such roadmap, concept or foresight, or no status quo. If a probability is
        not from 0 to 1. If the number of runs is not from 1 to a million.

    Examples
    --------
    >>> import detente
    >>> korea = detente.load("korea-2017")
    >>> detente.simulate_roadmap(korea, "russia_2017", renege=0, slip=0).completed.value
    1.0
    """
    name = known_concept_of_roadmaps(concept)
    sight = known_foresight(foresight)
    assumptions = ComplianceAssumptions(renege, slip, answer, resume)
    plan = plan_from(dispute, roadmap_named(dispute, roadmap))
    check_memory(dispute, [name])
    check = check_plan(graph_model(dispute), plan, concept=name, foresight=sight)
    return simulate_plan(check, assumptions, runs=runs, seed=seed)


def simulate_plan(
    check: RoadmapCheck, assumptions: ComplianceAssumptions, *, runs: int = 10_000, seed: int = 0
) -> RoadmapSimulation:
    """Simulate any plan that has been checked; see :func:`simulate_roadmap`.

    Raises
    ------
    DisputeError
        If there are no runs or too many, or the seed is negative.
    """
    if not 1 <= runs <= MOST_RUNS:
        raise DisputeError(f"runs are from 1 to {MOST_RUNS:,}", key="runs", found=f"{runs}")
    if seed < 0:
        raise DisputeError("seed must be at least 0", key="seed", found=f"{seed}")
    return _Simulator(check, assumptions, runs, seed).result()


# How one stage can go ------------------------------------------------------------------------


class _StageModel:
    """How one possible stage can go: what parties gain, and where what they do leads."""

    def __init__(
        self, check: RoadmapCheck, number: int, given: dict[int, dict[int, int]], offered: int
    ) -> None:
        model, checked = check.checker.model, check.stages[number]
        self.model = model
        self.stage = checked.stage
        self.before, self.after = checked.before - 1, checked.after - 1
        self.offered = offered
        made = made_from(model, self.before, self.stage)
        assert made is not None, "the stage is possible"
        self.start = made[0]
        levels = model.space.levels_at(np.array([self.start]))[0].tolist()
        # The options that each member's part changes, and where they stood.
        self.parts = {
            member: {
                option: levels[option]
                for option, level in self.stage.part(model.dispute, [member]).items()
                if levels[option] != level
            }
            for member in self.stage.parties
        }
        self.intended = dict(enumerate(levels)) | dict(self.stage.settings)
        # What each party would take back: of the stages before this one, and with its own part.
        self.given_before = given
        self.given_after = given | {one: part for one, part in self.parts.items() if part}
        numbers = model.dispute.party_numbers
        self.leavers = {
            numbers[breach.party]: breach.state - 1
            for breach in checked.breaches
            if breach.effect != "beside"
        }
        self.partial = partial_stage(model, self.start, self.stage)
        self.tempted = tuple(member for member in self.stage.parties if self._gains(member))

    def rank(self, party: int, index: int) -> int:
        return int(self.model.graph.ranks[party, self.model.node(index)])

    def _gains(self, member: int) -> bool:
        offered = self.rank(member, self.offered)
        alone = -1
        if member in self.partial.bits:
            alone = int(self.partial.results[self.partial.bits[member]])
        return any(self.rank(member, one) > offered for one in (self.before, alone) if one >= 0)

    # What follows is worked out for many runs at once: states as an array of their indices, and
    # who does what as flags of shape (runs, parties).

    def where_reneged(self, reneging: _Flags, how: _Moment) -> tuple[_States, _Flags]:
        """The states to which reneging leads, and whether the stage was made, if only in part."""
        if how == "left":
            targets = np.zeros(reneging.shape[1], dtype=np.int64)
            targets[list(self.leavers)] = list(self.leavers.values())
            return targets[reneging.argmax(axis=1)], np.ones(len(reneging), dtype=np.bool_)
        bits = np.zeros(reneging.shape[1], dtype=np.int64)
        bits[list(self.partial.bits)] = list(self.partial.bits.values())
        states = self.partial.results[reneging @ bits]
        # Where one that has nothing to do does not agree, nothing is done.
        acted = (states >= 0) & ~(reneging & (bits == 0)).any(axis=1)
        return np.where(acted, states, self.before), acted

    def answered(self, states: _States, acted: _Flags, answering: _Flags) -> tuple[_States, _Flags]:
        """The states to which answers lead, and who could answer."""
        states, answered = states.copy(), np.zeros_like(answering)
        for party in range(answering.shape[1]):
            for given, such in ((self.given_after, acted), (self.given_before, ~acted)):
                rows = np.flatnonzero(answering[:, party] & such)
                if party in given and rows.size:
                    there = _made_from_each(self.model, states[rows], (party,), given[party])
                    rows, there = rows[there >= 0], there[there >= 0]
                    states[rows] = there
                    answered[rows, party] = True
        return states, answered

    def comes_back(self, states: _States, reneging: _Flags) -> _Flags:
        """Whether those who reneged lose nothing by coming back, and there is a way back."""
        everybody = tuple(range(reneging.shape[1]))
        there = _made_from_each(self.model, states, everybody, self.intended)
        back: _Flags = (states == self.after) | (there == self.after)
        for party in everybody:
            rows = np.flatnonzero(reneging[:, party])
            ranks = self.model.graph.ranks[party, self.model.nodes(states[rows])]
            back[rows] &= ranks <= self.rank(party, self.offered)
        return back


def _made_from_each(
    model: GraphModel, states: _States, parties: tuple[int, ...], settings: Mapping[int, int]
) -> _States:
    """Where setting some options leads from each state; -1 where it is not possible."""
    space = model.space
    if space.classes:
        stage = PlanStage("", parties, settings)
        ends, places = np.unique(states, return_inverse=True)
        made = (made_from(model, int(end), stage) for end in ends)
        return np.array([-1 if one is None else one[1] for one in made], dtype=np.int64)[places]
    targets = joint_targets(model.moves, settings, positions=space.positions[states])
    results = np.full(states.size, -1, dtype=np.int64)
    results[targets >= 0] = space.indices_at(targets[targets >= 0])
    return results


# The runs ------------------------------------------------------------------------------------


class _Count:
    """What became of the runs at one stage, as it is counted."""

    def __init__(self) -> None:
        self.reneged = Counter[str]()
        self.manner = Counter[str]()
        self.broken_by = Counter[tuple[int, ...]]()


class _Simulator:
    def __init__(
        self, check: RoadmapCheck, assumptions: ComplianceAssumptions, runs: int, seed: int
    ) -> None:
        self.check = check
        self.model: GraphModel = check.checker.model
        self.plan: Plan = check.plan
        self.assumptions = assumptions
        self.runs = runs
        self.seed = seed
        self.random = np.random.default_rng(seed)
        self.start = start_index(self.model)
        count = len(self.model.dispute.parties)
        self.states = np.full(runs, self.start, dtype=np.int64)
        self.reneged = np.zeros((runs, count), dtype=np.bool_)
        self.answered = np.zeros((runs, count), dtype=np.bool_)

    def result(self) -> RoadmapSimulation:
        on = np.arange(self.runs)
        given: dict[int, dict[int, int]] = {}
        stages = []
        for number, checked in enumerate(self.check.stages):
            count = _Count()
            reached = on.size
            model: _StageModel | None = None
            if checked.possible:
                offered = checked.after if self.check.foresight == "myopic" else self.check.end
                model = _StageModel(self.check, number, given, offered - 1)
                on = self.made(model, on, count)
                given = model.given_after
            else:
                count.broken_by[()] = on.size
                on = on[:0]
            stages.append(self.stage_runs(checked, model, reached, count))
        return RoadmapSimulation(
            self.check,
            self.assumptions,
            self.runs,
            self.seed,
            tuple(stages),
            tuple(self.party_runs()),
            self.states + 1,
        )

    def made(self, model: _StageModel, on: NDArray[np.int64], count: _Count) -> NDArray[np.int64]:
        """Let the runs that are on the plan make a stage; those that are so afterwards."""
        assumed = self.assumptions
        parties = self.reneged.shape[1]
        withholding = np.zeros((on.size, parties), dtype=np.bool_)
        for member in model.stage.parties:
            likely = assumed.renege if member in model.tempted else assumed.slip
            withholding[:, member] = self.random.random(on.size) < likely
        on = self.followed(model, on, withholding, "withheld", count)
        leavers = list(model.leavers)
        if leavers:
            would = self.random.random((on.size, len(leavers))) < assumed.renege
            # Of those who would leave, one does, each as likely as the others.
            order = np.where(would, self.random.random(would.shape), np.inf)
            leaving = np.zeros((on.size, parties), dtype=np.bool_)
            leaving[np.arange(on.size), np.array(leavers)[order.argmin(axis=1)]] = True
            leaving[~would.any(axis=1)] = False
            on = self.followed(model, on, leaving, "left", count)
        self.states[on] = model.after
        return on

    def followed(
        self,
        model: _StageModel,
        on: NDArray[np.int64],
        reneging: _Flags,
        how: _Moment,
        count: _Count,
    ) -> NDArray[np.int64]:
        """Answer those who renege, and resume or break; the runs that are on the plan then."""
        some = reneging.any(axis=1)
        out, reneging = on[some], reneging[some]
        count.reneged[how] += out.size
        self.reneged[out] |= reneging
        answering = self.random.random(reneging.shape) < self.assumptions.answer
        resuming = self.random.random(out.size) < self.assumptions.resume
        states, acted = model.where_reneged(reneging, how)
        states, answered = model.answered(states, acted, answering & ~reneging)
        self.states[out] = states
        self.answered[out] |= answered
        any_answer = answered.any(axis=1)
        back = any_answer & model.comes_back(states, reneging)
        resumed = back & resuming
        for manner, runs in (
            ("resumed", resumed),
            ("unanswered", ~any_answer),
            ("in_vain", any_answer & ~back),
            ("not_resumed", back & ~resuming),
        ):
            count.manner[manner] += int(runs.sum())
        for rows, parties in _alike(reneging[~resumed]):
            count.broken_by[parties] += rows.size
        kept: _Flags = np.logical_not(some)
        kept[some] = resumed
        return on[kept]

    def stage_runs(
        self, checked: StageCheck, model: _StageModel | None, reached: int, count: _Count
    ) -> StageRuns:
        ids = [party.id for party in self.model.dispute.parties]
        return StageRuns(
            number=checked.number,
            stage=checked.stage,
            possible=model is not None,
            may_withhold=tuple(ids[one] for one in model.tempted) if model else (),
            may_leave=tuple(ids[one] for one in model.leavers) if model else (),
            reached=reached,
            withheld=count.reneged["withheld"],
            left=count.reneged["left"],
            resumed=count.manner["resumed"],
            unanswered=count.manner["unanswered"],
            in_vain=count.manner["in_vain"],
            not_resumed=count.manner["not_resumed"],
            broken_by={
                tuple(ids[one] for one in by): runs
                for by, runs in sorted(count.broken_by.items())
                if runs
            },
        )

    def party_runs(self) -> Iterator[PartyRuns]:
        nodes = self.model.nodes(self.states)
        for number, party in enumerate(self.model.dispute.parties):
            own = self.model.graph.ranks[number]
            gain = own[nodes] - own[self.model.node(self.start)]
            yield PartyRuns(
                party.id,
                reneged=int(self.reneged[:, number].sum()),
                answered=int(self.answered[:, number].sum()),
                better=int((gain > 0).sum()),
                worse=int((gain < 0).sum()),
            )


def _alike(reneging: _Flags) -> Iterator[tuple[NDArray[np.int64], tuple[int, ...]]]:
    """Runs in which the same parties renege: their rows, and who."""
    if not len(reneging):
        return
    packed = np.ascontiguousarray(np.packbits(reneging, axis=1))
    codes = packed.view(np.dtype((np.void, packed.shape[1]))).reshape(-1)
    _, firsts, places = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(places[order], np.arange(1, firsts.size))
    for first, rows in zip(firsts, np.split(order, bounds), strict=True):
        yield rows, tuple(np.flatnonzero(reneging[first]).tolist())
