"""Plans from the status quo to an outcome: the best ones, or why there is none that holds.

What remains of plans is worked out backwards from the goal
(:mod:`detente.roadmap.search.least_exposure`); labels are followed forwards as far as that lets
them (:mod:`detente.roadmap.search.forward_search`), where parties are willing by the end for one
set of ends after another (:mod:`detente.roadmap.search.branch_and_bound`).
The search is exact for every number of stages and of broken ones up to the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula
from detente.dispute.errors import DisputeError
from detente.dispute.names import formula_from
from detente.dispute.result import Result
from detente.roadmap.check.stage_checks import Foresight
from detente.roadmap.check.verdicts import (
    Checker,
    Responses,
    RoadmapCheck,
    check_plan,
    known_concept_of_roadmaps,
    known_foresight,
)
from detente.roadmap.plan import (
    Plan,
    PlanStage,
    made_from,
    refuse_listed_moves,
    stage_from_package,
    start_index,
)
from detente.roadmap.search.branch_and_bound import Asking, EndSearch
from detente.roadmap.search.forward_search import Aim, Costs, Following, FoundStep
from detente.roadmap.search.least_exposure import Remaining, remaining
from detente.roadmap.search.proposed_packages import ProposedPackages, proposed_pairs
from detente.roadmap.search.stage_moves import OfferedRanks, OwnSteps, Stages, own_settings
from detente.roadmap.search.statements_lost import LostStatements
from detente.roadmap.search.temptations import Temptations
from detente.space.graph_model import GraphModel
from detente.stability.analysis import Progress
from detente.stability.memory import check_memory
from detente.stability.prepared_model import graph_model

__all__ = ["Cut", "Guardian", "RoadmapSearch", "find_roadmaps", "search"]

# With at most this many pairs of states to look at at once, proposed packages take seconds.
_QUICK_PAIRS = 2**22


@dataclass(frozen=True, slots=True)
class Guardian:
    """A party that keeps plans from leaving a set of states.

    Attributes
    ----------
    party
        Id of the party.
    unwilling
        Number of states from which it could take part in a stage that leaves the set, and is
        not willing.
    breaking
        Number of states in the set that do not hold because of it: it can count on more by
        leaving. In the goal, where plans end, it compares with the state itself.
    """

    party: str
    unwilling: int
    breaking: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Why no plan holds: what every unbroken plan stays within, and who guards its border.

    Attributes
    ----------
    states
        Number of states that unbroken stages reach from the status quo; the goal has no state
        among them that holds.
    stuck
        How many of them do not hold, so that the stage that led there is broken unless the
        next one covers what would break it.
    goal
        Number of states in the goal.
    goal_holding
        How many of them hold.
    guardians
        Parties in order of their number of states; those that guard none are left out.
    inside
        For each state index, whether it is among the states.
    """

    states: int
    stuck: int
    goal: int
    goal_holding: int
    guardians: tuple[Guardian, ...]
    inside: NDArray[np.bool_] = field(repr=False)


@dataclass(frozen=True, eq=False)
class RoadmapSearch(Result):
    """The result of a search for plans.

    Attributes
    ----------
    model
        The graph model.
    goal
        What the plans lead to.
    plans
        The Pareto set by broken stages, statements lost at most by one party at one stage, and
        number of stages, in this order.
    cut
        Where none of them holds, the proof, or None.
    complete
        Whether the search went through everything within its limits.
    most_stages, most_broken
        The limits.
    interrupted
        Whether the user ended the search; plans are those found by then.
    propose
        How many parties a joint move that was looked at may have, whether declared or not; 0 where
        only declared packages were.
    with_proposals
        Where no plan holds by declared packages, and that was asked for: the search with others.
    too_many_proposals
        Whether that was asked for, and would have taken too long.
    """

    model: GraphModel = field(repr=False)
    goal: str
    concept: str
    foresight: Foresight
    plans: tuple[RoadmapCheck, ...]
    cut: Cut | None
    complete: bool
    most_stages: int
    most_broken: int
    interrupted: bool = False
    propose: int = 0
    with_proposals: RoadmapSearch | None = None
    too_many_proposals: bool = False


def find_roadmaps(
    dispute: Dispute,
    to: str,
    *,
    concept: str = "SEQ",
    foresight: str = "roadmap",
    most_stages: int = 8,
    most_broken: int = 2,
    propose: int = 0,
    propose_if_needed: int = 0,
    progress: Progress | None = None,
) -> RoadmapSearch:
    """Search for plans from the status quo to an outcome.

    Parameters
    ----------
    dispute
        The dispute.
    to
        An outcome's id, or any formula: the plans end where it holds.
    concept, foresight
        As in :func:`detente.check_roadmap`.
    most_stages
        Plans have at most this many stages.
    most_broken
        Plans have at most this many broken stages.
    propose
        Where above 0, joint moves of up to this many parties count as packages, whether declared
        or not. Only plans without a broken stage use them. What such a move sets beyond what the
        plan needs is left alone.
    propose_if_needed
        Where above 0, the same in a second search. There is one only if no plan holds without it,
        and if the dispute is so small that the search takes seconds.
    progress
        Called as the work goes on.

    Returns
    -------
    RoadmapSearch

    Raises
    ------
    DisputeError
        If the formula has no meaning or holds nowhere, or there is no status quo.

    Examples
    --------
    >>> import detente
    >>> found = detente.find_roadmaps(detente.load("korea-2017"), "settlement")
    >>> [plan.broken for plan in found.plans]
    [0, 0]
    """
    refuse_listed_moves(dispute)
    name = known_concept_of_roadmaps(concept)
    sight = known_foresight(foresight)
    formula = formula_from(dispute, to)
    check_memory(dispute, [name], beside=_labels_kept(most_stages, most_broken))
    model = graph_model(dispute, progress=progress)
    asked = partial(
        search,
        model,
        formula,
        concept=name,
        foresight=sight,
        most_stages=most_stages,
        most_broken=most_broken,
        progress=progress,
    )
    found = asked(propose=propose)
    if propose or propose_if_needed < 2 or found.interrupted or any(p.holds for p in found.plans):
        return found
    if found.cut is not None and not found.cut.goal_holding:
        # An end has to hold by itself, whatever leads there.
        return found
    if proposed_pairs(model, propose_if_needed) > _QUICK_PAIRS:
        return replace(found, too_many_proposals=True)
    return replace(found, with_proposals=asked(propose=propose_if_needed))


def _labels_kept(most_stages: int, most_broken: int) -> int:
    """Bytes for each position that a search keeps at most: labels, and what remains of plans."""
    # What remains falls with every further stage, but hardly ever after so many.
    stages = min(most_stages, 12)
    return (most_broken + 1) * (4 * 6 + 4 * 2 * (stages + 1))


def search(
    model: GraphModel,
    to: Formula,
    *,
    concept: str,
    foresight: Foresight,
    most_stages: int = 8,
    most_broken: int = 2,
    propose: int = 0,
    progress: Progress | None = None,
) -> RoadmapSearch:
    """The same as :func:`find_roadmaps`, for a graph model that is at hand."""
    inside = model.space.holds(to)
    if not inside.any():
        raise DisputeError(f"“{to.text}” holds in no feasible state, so no plan leads there")
    if inside[start_index(model)]:
        raise DisputeError(f"“{to.text}” holds in the status quo already: there is nothing to plan")
    goal = model.nodes(np.flatnonzero(inside)).astype(np.int64)
    engine = _Search(model, concept, foresight, most_stages, most_broken, propose, progress)
    plans, complete = engine.pareto(goal)
    cut = None
    if not engine.interrupted and not any(plan.holds for plan in plans):
        cut = engine.cut(goal)
    if progress:
        progress("", 1.0)
    return RoadmapSearch(
        model,
        to.text,
        concept,
        foresight,
        plans,
        cut,
        complete,
        most_stages,
        most_broken,
        engine.interrupted,
        propose,
    )


class _Search:
    """The search over one graph model."""

    def __init__(
        self,
        model: GraphModel,
        concept: str,
        foresight: Foresight,
        most_stages: int,
        most_broken: int,
        propose: int,
        progress: Progress | None,
    ) -> None:
        self.model = model
        self.concept = concept
        self.foresight: Foresight = foresight
        self.most_stages = most_stages
        self.progress = progress
        self.interrupted = False
        if progress:
            progress("states that hold", 0.0)
        self.responses = Responses(model, concept)
        self.temptations = Temptations(model, self.responses)
        dispute = model.dispute
        packages = [stage_from_package(dispute, one) for one in dispute.packages]
        self.lost = lost = LostStatements(model)
        self.stages = Stages(model, lost, self.temptations, packages)
        self.proposals = (
            ProposedPackages(model, lost, self.temptations, propose) if propose > 1 else None
        )
        start = model.node(start_index(model))
        self.following = Following(
            model, lost, self.stages.ends_hold, self.proposals, start, most_broken
        )

    # Plans -----------------------------------------------------------------------------------

    def pareto(self, goal: NDArray[np.int64]) -> tuple[tuple[RoadmapCheck, ...], bool]:
        """The Pareto set of plans to the goal, and whether the search was complete."""
        if self.foresight == "myopic":
            ceilings = self.following.ceilings(self.most_stages)
            aim = Aim(goal, self.stages.offered(None), ceilings)
            front = self.following.front(aim, self.progress)
            plans, complete = [steps for _, steps in front], True
        else:
            declared = self.following.without_proposals()
            search = self.end_search(declared, goal, partial(self.remaining, goal), ())
            plans, complete = search.pareto()
            if self.proposals is not None and not search.interrupted:
                # Proposals would lower what remains, but are too many to work that out.
                search = self.end_search(self.following, goal, None, search.found)
                plans, all_proposed = search.pareto()
                complete &= all_proposed
            self.interrupted = search.interrupted
        complete &= self.proposals is None or self.proposals.complete
        found = [self.spared(self.checked(steps), goal) for steps in plans]
        return _undominated(found), complete

    def end_search(
        self,
        following: Following,
        goal: NDArray[np.int64],
        rest: Callable[[Progress | None], Remaining] | None,
        known: Sequence[tuple[Costs, list[FoundStep]]],
    ) -> EndSearch:
        """The search for plans to a goal that are better than those known."""
        return EndSearch(
            following,
            goal,
            self.most_stages,
            self.stages.offered,
            self.asking,
            rest,
            self.progress,
            known,
        )

    def remaining(self, goal: NDArray[np.int64], progress: Progress | None) -> Remaining:
        """What remains of plans, where each party is offered the best of all ends."""
        model = self.model
        return remaining(
            goal,
            [OwnSteps(model, self.lost, party) for party in model.along_axes],
            self.stages.offered(model.graph.ranks[:, goal].max(axis=1)),
            model.graph.ranks,
            self.most_stages,
            self.following.most_broken,
            progress,
        )

    def stage(self, step: FoundStep) -> PlanStage:
        """A step between nodes as a stage."""
        if step.package is not None:
            return step.package
        if len(step.parties) == 1:
            return self.move(step.parties[0], step.source, step.target)
        return self.joint_move(step.parties, step.source, step.target)

    def move(self, party: int, source: int, target: int) -> PlanStage:
        """One party's move between nodes as a stage."""
        if len(self.model.members(source)) == 1:
            return self.joint_move((party,), source, target)
        # A coalesced state's members differ, so all own options are set.
        for settings in own_settings(self.model, party):
            stage = self._named((party,), settings)
            made = made_from(self.model, source, stage)
            if made is not None and made[1] == target:
                return stage
        raise ValueError("no setting of the party's options makes this move")

    def joint_move(self, parties: Sequence[int], source: int, target: int) -> PlanStage:
        """A joint move between nodes as a stage, by the options that change."""
        model = self.model
        position = model.members(source)[0]
        ends = model.members(target)
        ids = {model.dispute.parties[party].id for party in parties}
        rows = model.space.levels_at(np.array([position, *ends]))
        for row in rows[1:]:
            changed = np.flatnonzero(row != rows[0]).tolist()
            if all(model.dispute.options[option].party in ids for option in changed):
                stage = self._named(parties, {option: int(row[option]) for option in changed})
                if made_from(model, model.index(source), stage) is not None:
                    return stage
        raise ValueError("the parties cannot make this move")

    def _named(self, parties: Sequence[int], settings: dict[int, int]) -> PlanStage:
        options = self.model.dispute.options
        name = ", ".join(f"{options[o].key} = {options[o].levels[n]}" for o, n in settings.items())
        return PlanStage(name, tuple(parties), settings)

    def plan(self, steps: Sequence[FoundStep]) -> Plan:
        """Steps between nodes as a plan."""
        return Plan("found", "Plan found", tuple(self.stage(step) for step in steps))

    def asking(self, steps: Sequence[FoundStep]) -> Asking:
        """What the end of a plan has to offer so that its stages are not broken."""
        checker = Checker(
            self.model, self.plan(steps), self.concept, self.foresight, self.responses
        )
        return [checker.asking(number) for number in range(len(steps))]

    def checked(self, steps: Sequence[FoundStep]) -> RoadmapCheck:
        """The check of a plan that was found."""
        return check_plan(
            self.model,
            self.plan(steps),
            concept=self.concept,
            foresight=self.foresight,
            responses=self.responses,
        )

    def spared(self, check: RoadmapCheck, goal: NDArray[np.int64]) -> RoadmapCheck:
        """The same plan without what its undeclared stages set and nothing needs.

        A setting is needed if without it the plan would not end in the goal, or would be worse in
        one of the three numbers by which plans are compared.
        """
        ends = set((self.model.indices(goal) + 1).tolist())
        tried = True
        while tried:
            tried = False
            for number, stage in enumerate(check.plan.stages):
                for option in stage.settings if stage.package is None else ():
                    plan = self._without(check.plan, number, option)
                    if not plan.stages:
                        continue
                    other = check_plan(
                        self.model,
                        plan,
                        concept=self.concept,
                        foresight=self.foresight,
                        responses=self.responses,
                    )
                    worse = any(a > b for a, b in zip(_costs(other), _costs(check), strict=True))
                    if other.end in ends and not worse:
                        check, tried = other, True
                        break
                if tried:
                    break
        return check

    def _without(self, plan: Plan, number: int, option: int) -> Plan:
        """A plan in which a stage leaves one option alone; without the stage if none is left."""
        stage = plan.stages[number]
        settings = {one: level for one, level in stage.settings.items() if one != option}
        owners = {self.model.dispute.options[one].party for one in settings}
        numbers = self.model.dispute.party_numbers
        parties = tuple(sorted(numbers[one] for one in owners))
        kept = (self._named(parties, settings),) if settings else ()
        return replace(plan, stages=(*plan.stages[:number], *kept, *plan.stages[number + 1 :]))

    # The proof that there is none ------------------------------------------------------------

    def cut(self, goal: NDArray[np.int64]) -> Cut | None:
        """The proof that no plan holds, if one set of states gives it.

        Where parties are willing by the end, each is offered the best of all ends: what is out
        of reach then is out of reach whatever the end.
        """
        model = self.model
        ranks = model.graph.ranks
        offered = None if self.foresight == "myopic" else ranks[:, goal].max(axis=1)
        offer = self.stages.offered(offered)
        inside, going_on = self.following.reached(goal, offer)
        ends_hold = self.stages.ends_hold
        incomplete = self.proposals is not None and not self.proposals.complete
        if (inside[goal] & ends_hold[goal]).any() or incomplete:
            return None
        unwilling = self._unwilling_at(inside, going_on, offer)
        # In the goal plans end, so that its states have to hold by themselves.
        breaking = self.temptations.most > self.temptations.measure(offered)
        breaking[:, goal] = self.temptations.most[:, goal] > ranks[:, goal]
        guardians = [
            Guardian(
                party.id,
                int(unwilling[number].sum()),
                int((inside & breaking[number]).sum()),
            )
            for number, party in enumerate(model.dispute.parties)
        ]
        guardians = [one for one in guardians if one.unwilling or one.breaking]
        guardians.sort(key=lambda one: -(one.unwilling + one.breaking))
        return Cut(
            states=int(inside.sum()),
            stuck=int((inside & ~going_on).sum()),
            goal=goal.size,
            goal_holding=int(ends_hold[goal].sum()),
            guardians=tuple(guardians),
            inside=model.by_state(inside),
        )

    def _unwilling_at(
        self,
        inside: NDArray[np.bool_],
        going_on: NDArray[np.bool_],
        offer: OfferedRanks,
    ) -> NDArray[np.bool_]:
        """By party: from where it could take part in leaving the set, and is not willing."""
        graph = self.model.graph
        result = np.zeros((len(graph.ranks), inside.size), dtype=np.bool_)
        outside = (~inside).astype(np.int32)
        for party in self.model.along_axes:
            # It is not willing: what its willing moves lead to is among the states.
            result[party] = going_on & (graph.best_move(outside, party) == 1)
        for steps, covers in zip(offer.listed, offer.covers, strict=True):
            # From where the stage before it holds, or holds by what the stage covers.
            leaves = going_on[steps.sources] | (inside[steps.sources] & covers)
            leaves &= ~inside[steps.targets]
            for party in steps.parties:
                own = graph.ranks[party]
                bound = own[steps.targets] if offer.ranks is None else offer.ranks[party]
                reluctant = leaves & (own[steps.sources] > bound)
                result[party, steps.sources[reluctant]] = True
        return result


def _costs(plan: RoadmapCheck) -> tuple[int, int, int]:
    return plan.broken, plan.statements_lost, len(plan.stages)


def _undominated(plans: Sequence[RoadmapCheck]) -> tuple[RoadmapCheck, ...]:
    """The plans that no other is better than, one of those that are equal, best first."""
    kept: list[RoadmapCheck] = []
    for plan in sorted(plans, key=_costs):
        if not any(
            all(a <= b for a, b in zip(_costs(other), _costs(plan), strict=True)) for other in kept
        ):
            kept.append(plan)
    return tuple(kept)
