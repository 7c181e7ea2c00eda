"""Plans from the status quo to an outcome: the best ones, or why there is none that holds.

A label is the least exposure with which a plan of a number of stages, of which a number are
broken, leads to a node. Labels are lowered stage by stage over whole arrays, so that the search
is exact for every number of stages and of broken ones up to the limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.model.dispute import Dispute, Formula
from detente.model.errors import DisputeError
from detente.model.names import formula_from
from detente.roadmap.check import (
    Foresight,
    Responses,
    RoadmapCheck,
    check_plan,
    known_concept_of_roadmaps,
    known_foresight,
)
from detente.roadmap.ends import EndSearch, FoundStep
from detente.roadmap.plan import Plan, PlanStage, made_from, stage_from_package, start_index
from detente.roadmap.proposals import Proposals
from detente.roadmap.steps import (
    Labels,
    OwnSteps,
    Undeterred,
    all_listed_steps,
    own_settings,
)
from detente.stability.analysis import Progress
from detente.stability.graph_model import GraphModel, graph_model
from detente.stability.memory import check_memory

__all__ = ["Cut", "Guardian", "RoadmapSearch", "find_roadmaps", "search"]

# So many sets of ends are looked at apart before the search says that it is not complete.
_MOST_SETS = 200


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
        Number of states in the set that do not hold because of an undeterred improvement of it.
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
        How many of them do not hold, so that the stage that led there is broken.
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
class RoadmapSearch:
    """The result of a search for plans.

    Attributes
    ----------
    model
        The graph model.
    goal
        What the plans lead to.
    plans
        The Pareto set by broken stages, greatest exposure and number of stages, in this order.
    cut
        Where none of them holds, the proof, or None.
    complete
        Whether the search went through everything within its limits.
    most_stages, most_broken
        The limits.
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


def find_roadmaps(
    dispute: Dispute,
    to: str,
    *,
    concept: str = "SEQ",
    foresight: str = "roadmap",
    most_stages: int = 8,
    most_broken: int = 2,
    propose: int = 0,
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
        Where above 0, joint moves of up to so many parties count as packages, whether declared
        or not; only plans without a broken stage use them.
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
    [0, 1, 2]
    """
    name = known_concept_of_roadmaps(concept)
    sight = known_foresight(foresight)
    formula = formula_from(dispute, to)
    check_memory(dispute, [name])
    model = graph_model(dispute)
    return search(
        model,
        formula,
        concept=name,
        foresight=sight,
        most_stages=most_stages,
        most_broken=most_broken,
        propose=propose,
        progress=progress,
    )


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
    goal = np.flatnonzero(inside)
    if model.on_cube:
        goal = model.space.positions[goal].astype(np.int64)
    engine = _Search(model, concept, foresight, most_stages, most_broken, propose, progress)
    plans, complete = engine.pareto(goal)
    cut = None
    if not any(plan.holds for plan in plans):
        cut = engine.cut(goal)
    if progress:
        progress("", 1.0)
    return RoadmapSearch(
        model, to.text, concept, foresight, plans, cut, complete, most_stages, most_broken
    )


@dataclass(frozen=True, slots=True)
class _Layer:
    """Labels after a number of stages: by number broken, the last stage in order or broken."""

    sound: list[Labels]
    broken: list[Labels]


class _Search:
    """Labels over all nodes, and the plans that they stand for."""

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
        self.most_broken = most_broken
        self.progress = progress
        self.responses = Responses(model, concept)
        self.undeterred = Undeterred(model, self.responses)
        self.holds = self.undeterred.counts == 0
        dispute = model.dispute
        self.packages = [stage_from_package(dispute, one) for one in dispute.packages]
        self.listed = all_listed_steps(model, self.undeterred, self.packages)
        parties = range(len(dispute.parties))
        self.own = [OwnSteps(model, party) for party in parties] if model.on_cube else []
        self.proposals = Proposals(model, self.undeterred, propose) if propose > 1 else None
        self.start = model.node(start_index(model))

    # Labels ----------------------------------------------------------------------------------

    def leaving(self, layer: _Layer, broken: int, *, covered: bool = False) -> Labels:
        """Labels of plans that go on, or end, from each node.

        Where the node does not hold, the last stage is broken, unless what comes next covers
        what would break it.
        """
        if covered:
            return np.minimum(layer.broken[broken], layer.sound[broken])
        fails = layer.sound[broken - 1] if broken else np.float32(np.inf)
        return np.minimum(layer.broken[broken], np.where(self.holds, layer.sound[broken], fails))

    def first_layer(self) -> _Layer:
        """Before any stage only the status quo is reached; no stage led there that could fail."""
        nodes = self.model.graph.ranks.shape[1]
        counts = range(self.most_broken + 1)
        layer = _Layer(
            [np.full(nodes, np.inf, dtype=np.float32) for _ in counts],
            [np.full(nodes, np.inf, dtype=np.float32) for _ in counts],
        )
        layer.broken[0][self.start] = 0.0
        return layer

    def next_layer(
        self,
        layer: _Layer,
        before: _Layer | None,
        offered: Sequence[int] | None,
        ceilings: Sequence[float] | None = None,
    ) -> _Layer:
        """Labels after at most one more stage.

        Parameters
        ----------
        layer
            Labels so far.
        before
            Those before them: only labels that fell since then can lower others.
        offered
            The rank offered to each party, or None where parties look at each stage.
        ceilings
            By number of broken stages: exposures from which on labels need not be followed.
        """
        result = _Layer([one.copy() for one in layer.sound], [one.copy() for one in layer.broken])
        ranks = self.model.graph.ranks
        most = len(layer.sound) - 1
        able: list[NDArray[np.bool_]] | None = None
        for broken in range(most + 1):
            leaving = self.leaving(layer, broken)
            covered = self.leaving(layer, broken, covered=True)
            for labels, is_covered in ((leaving, False), (covered, True)):
                if before is not None:
                    old = self.leaving(before, broken, covered=is_covered)
                    labels[labels >= old] = np.inf
                if ceilings is not None:
                    labels[labels >= ceilings[broken]] = np.inf
            if not np.isfinite(covered).any():
                continue
            if able is None:
                able = [steps.willing(ranks, offered) for steps in self.listed]
            more = result.broken[broken + 1] if broken < most else None
            for own in self.own:
                own.relax(leaving, offered, result.sound[broken], more)
            for steps, willing in zip(self.listed, able, strict=True):
                values = steps.values(leaving, covered)
                steps.least(np.where(willing, values, np.float32(np.inf)), result.sound[broken])
                if more is not None:
                    steps.least(values, more)
            if broken == 0 and self.proposals is not None:
                self.proposals.relax(leaving, covered, offered, result.sound[0])
        return result

    def layers(
        self,
        goal: NDArray[np.int64],
        offered: Sequence[int] | None,
        known: Sequence[RoadmapCheck] = (),
    ) -> list[_Layer]:
        """Labels by number of stages, until nothing falls or there are as many as allowed.

        Those that cannot lead to better plans than the known ones are not followed.
        """
        layers = [self.first_layer()]
        while len(layers) <= self.most_stages:
            if self.progress:
                self.progress(
                    f"stage {len(layers)} of at most {self.most_stages}",
                    len(layers) / (self.most_stages + 1),
                )
            last = layers[-1]
            # A plan that is as exposed as one that is at the goal already is no better.
            at_goal = [
                float(self.leaving(last, broken)[goal].min())
                for broken in range(self.most_broken + 1)
            ]
            for plan in known:
                if len(plan.stages) <= len(layers) and plan.broken <= self.most_broken:
                    at_goal[plan.broken] = min(at_goal[plan.broken], plan.exposure)
            # In single precision, as labels are.
            ceilings = np.minimum.accumulate(np.array(at_goal, dtype=np.float32)).tolist()
            before = layers[-2] if len(layers) > 1 else None
            layer = self.next_layer(last, before, offered, ceilings)
            if all(
                np.array_equal(a, b)
                for a, b in zip(
                    [*last.sound, *last.broken], [*layer.sound, *layer.broken], strict=True
                )
            ):
                break
            layers.append(layer)
        return layers

    # Plans -----------------------------------------------------------------------------------

    def pareto(self, goal: NDArray[np.int64]) -> tuple[tuple[RoadmapCheck, ...], bool]:
        """The Pareto set of plans to the goal, and whether the search was complete."""
        if self.foresight == "myopic":
            found = [self.checked(path) for _, path in self.front(goal, None)]
            return _undominated(found), self.proposals is None or self.proposals.complete
        if self.proposals is not None:
            return self.pareto_by_end(goal)
        ends = EndSearch(
            self.model,
            self.holds,
            self.own,
            self.listed,
            self.start,
            goal,
            self.most_stages,
            self.most_broken,
            self.progress,
        )
        plans, complete = ends.pareto()
        return _undominated([self.checked(self.stages_of(steps)) for _, steps in plans]), complete

    def stages_of(self, steps: Sequence[FoundStep]) -> list[PlanStage]:
        """Steps between nodes as stages."""
        return [
            (step.listed and step.listed.stage)
            or self.move(step.parties[0], step.source, step.target)
            for step in steps
        ]

    def pareto_by_end(self, goal: NDArray[np.int64]) -> tuple[tuple[RoadmapCheck, ...], bool]:
        """The Pareto set where parties are willing by the end: branch and bound over ends.

        For a set of ends each party is offered the best of them. That allows at least what any
        one end allows, so a front that is no better than known plans rules out the whole set;
        otherwise the set is split, until all ends in it offer the same.
        """
        ranks = self.model.graph.ranks
        found: list[RoadmapCheck] = []
        waiting = [goal]
        looked_at = 0
        while waiting and looked_at < _MOST_SETS:
            ends = waiting.pop()
            looked_at += 1
            offered = ranks[:, ends].max(axis=1)
            front = list(self.front(ends, offered.tolist(), found))
            checks = [self.checked(stages) for _, stages in front]
            found = list(_undominated([*found, *checks]))
            open_ = [
                check
                for (bound, _), check in zip(front, checks, strict=True)
                if not any(_no_worse(plan, bound) for plan in found)
            ]
            if open_:
                waiting += self.split(ends, open_[0])
        complete = not waiting and (self.proposals is None or self.proposals.complete)
        # What one end offers may break more stages than the best of several would.
        return tuple(plan for plan in found if plan.broken <= self.most_broken), complete

    def split(self, ends: NDArray[np.int64], check: RoadmapCheck) -> list[NDArray[np.int64]]:
        """Split ends by what a party that is unwilling in the end would have to be offered."""
        dispute, ranks = self.model.dispute, self.model.graph.ranks
        for stage in check.stages:
            for one in stage.unwilling:
                enough = ranks[dispute.party_numbers[one.party], ends] >= one.rank_still
                if enough.any() and not enough.all():
                    # What is taken from the list first is looked at first: the better ends.
                    return [ends[~enough], ends[enough]]
        raise AssertionError("a plan whose parties are willing has the label's costs")

    def front(
        self,
        goal: NDArray[np.int64],
        offered: Sequence[int] | None,
        known: Sequence[RoadmapCheck] = (),
    ) -> Iterator[tuple[tuple[int, float, int], list[PlanStage]]]:
        """Undominated labels at the goal: broken stages, exposure, stages; with a plan each."""
        layers = self.layers(goal, offered, known)
        seen: list[tuple[int, float, int]] = []
        for broken in range(self.most_broken + 1):
            for stages in range(1, len(layers)):
                labels = self.leaving(layers[stages], broken)[goal]
                place = int(np.argmin(labels))
                bound = (broken, float(labels[place]), stages)
                if not np.isfinite(labels[place]) or any(
                    all(a <= b for a, b in zip(other, bound, strict=True)) for other in seen
                ):
                    continue
                seen.append(bound)
                yield bound, self.path_to(layers, broken, stages, int(goal[place]), offered)

    def path_to(
        self,
        layers: list[_Layer],
        broken: int,
        stages: int,
        node: int,
        offered: Sequence[int] | None,
    ) -> list[PlanStage]:
        """The stages of a plan that has a label, found from its end."""
        value = self.leaving(layers[stages], broken)[node]
        kind, broken = self._kind(layers[stages], broken, node, value, covered=False)
        found: list[PlanStage] = []
        while True:
            while stages and getattr(layers[stages - 1], kind)[broken][node] == value:
                stages -= 1
            if stages == 0:
                return found[::-1]
            before = layers[stages - 1]
            broken -= kind == "broken"
            leaving = self.leaving(before, broken)
            covered = self.leaving(before, broken, covered=True)
            source, stage, covers = next(
                (source, stage, covers)
                for source, stage, covers, label in self._leading_to(
                    node, leaving, covered, offered if kind == "sound" else None, kind == "sound"
                )
                if label == value
            )
            found.append(stage)
            value = covered[source] if covers else leaving[source]
            stages, node = stages - 1, source
            kind, broken = self._kind(before, broken, node, value, covered=covers)

    def _kind(
        self, layer: _Layer, broken: int, node: int, value: np.float32, *, covered: bool
    ) -> tuple[str, int]:
        """Which label gave the value with which plans leave a node."""
        if layer.broken[broken][node] == value:
            return "broken", broken
        return "sound", broken if covered or self.holds[node] else broken - 1

    def _leading_to(
        self,
        node: int,
        leaving: Labels,
        covered: Labels,
        offered: Sequence[int] | None,
        willing: bool,
    ) -> Iterator[tuple[int, PlanStage, bool, np.float32]]:
        """Stages that lead to a node: source, stage, whether it covers, and the label after it.

        Where not `willing`, of parties that are willing or not.
        """
        ranks = self.model.graph.ranks
        for steps in self.listed:
            first, last = np.searchsorted(steps.targets, [node, node + 1])
            values = steps.values(leaving, covered)[first:last]
            if willing:
                able = steps.willing(ranks, offered)[first:last]
                values = np.where(able, values, np.float32(np.inf))
            for place in np.flatnonzero(np.isfinite(values)).tolist():
                source = int(steps.sources[first + place])
                stage = steps.stage or self.move(steps.parties[0], source, node)
                yield source, stage, bool(steps.covers[first + place]), values[place]
        for own in self.own:
            for source, value in own.leading_to(node, leaving, offered, willing=willing):
                yield source, self.move(own.party, source, node), False, value
        if willing and self.proposals is not None:
            for group, sources, values in self.proposals.leading_to(
                node, leaving, covered, offered
            ):
                for source, value in zip(sources.tolist(), values, strict=True):
                    covers = bool(covered[source] < leaving[source])
                    yield source, self.joint_move(group, source, node), covers, value

    def move(self, party: int, source: int, target: int) -> PlanStage:
        """One party's move between nodes as a stage."""
        if self.model.on_cube or source < self.model.space.count - len(self.model.space.classes):
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
        position = source if model.on_cube else int(model.space.positions[source])
        ends = [target] if model.on_cube else model.space.members(target).tolist()
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

    def checked(self, stages: Sequence[PlanStage]) -> RoadmapCheck:
        """The check of a plan that was found."""
        return check_plan(
            self.model,
            Plan("found", "Plan found", tuple(stages)),
            concept=self.concept,
            foresight=self.foresight,
            responses=self.responses,
        )

    # The proof that there is none ------------------------------------------------------------

    def cut(self, goal: NDArray[np.int64]) -> Cut | None:
        """The proof that no plan holds, if one set of states gives it.

        Where parties are willing by the end, each is offered the best of all ends: what is out
        of reach then is out of reach whatever the end.
        """
        model = self.model
        ranks = model.graph.ranks
        offered = None if self.foresight == "myopic" else ranks[:, goal].max(axis=1).tolist()
        first = self.first_layer()
        before, layer = None, _Layer(first.sound[:1], first.broken[:1])
        reached = 0
        while True:
            before, layer = layer, self.next_layer(layer, before, offered)
            inside = np.isfinite(self.leaving(layer, 0, covered=True))
            now = int(inside.sum())
            if now == reached:
                break
            reached = now
        going_on = np.isfinite(self.leaving(layer, 0))
        if going_on[goal].any() or (self.proposals is not None and not self.proposals.complete):
            return None
        unwilling = self._unwilling_at(inside, going_on, offered)
        guardians = [
            Guardian(
                party.id,
                int(unwilling[number].sum()),
                int((inside & (self.undeterred.by_party[number] > 0)).sum()),
            )
            for number, party in enumerate(model.dispute.parties)
        ]
        guardians = [one for one in guardians if one.unwilling or one.breaking]
        guardians.sort(key=lambda one: -(one.unwilling + one.breaking))
        return Cut(
            states=int(inside.sum()),
            stuck=int((inside & ~going_on).sum()),
            goal=goal.size,
            goal_holding=int(self.holds[goal].sum()),
            guardians=tuple(guardians),
            inside=model.by_state(inside),
        )

    def _unwilling_at(
        self, inside: NDArray[np.bool_], going_on: NDArray[np.bool_], offered: Sequence[int] | None
    ) -> NDArray[np.bool_]:
        """By party: from where it could take part in leaving the set, and is not willing."""
        graph = self.model.graph
        outside = (~inside).astype(np.int32)
        result = np.stack(
            [going_on & (graph.best_move(outside, party) == 1) for party in range(len(graph.ranks))]
        )
        for steps in self.listed:
            leads_out = going_on[steps.sources] & ~inside[steps.targets]
            for party in steps.parties:
                own = graph.ranks[party]
                bound = own[steps.targets] if offered is None else offered[party]
                reluctant = leads_out & (own[steps.sources] > bound)
                result[party, steps.sources[reluctant]] = True
        return result


def _costs(plan: RoadmapCheck) -> tuple[int, float, int]:
    return plan.broken, plan.exposure, len(plan.stages)


def _no_worse(plan: RoadmapCheck, bound: tuple[int, float, int]) -> bool:
    broken, exposure, stages = _costs(plan)
    # Labels are held in single precision.
    return bool(
        broken <= bound[0] and np.float32(exposure) <= np.float32(bound[1]) and stages <= bound[2]
    )


def _undominated(plans: Sequence[RoadmapCheck]) -> tuple[RoadmapCheck, ...]:
    """The plans that no other is better than, one of those that are equal, best first."""
    kept: list[RoadmapCheck] = []
    for plan in sorted(plans, key=_costs):
        if not any(
            all(a <= b for a, b in zip(_costs(other), _costs(plan), strict=True)) for other in kept
        ):
            kept.append(plan)
    return tuple(kept)
