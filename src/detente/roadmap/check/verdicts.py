"""Does a staged plan hold? Each stage's four checks, and the first that fails.

docs/concepts/roadmaps.md gives the definitions by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Statement, Statements
from detente.dispute.names import option_title, roadmap_named, unknown_name
from detente.dispute.result import Result
from detente.roadmap.plan import (
    PartialStage,
    Plan,
    PlanStage,
    made_from,
    part_result,
    partial_stage,
    plan_from,
    start_index,
)
from detente.roadmap.undertakings import Undertaking, ruled_out
from detente.space.graph import Values
from detente.space.graph_model import GraphModel
from detente.stability.concept import Reaction
from detente.stability.concept_registry import names_serving, reaction_of
from detente.stability.explain import ExplainedMove, shortest_sanction
from detente.stability.memory import check_memory
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import reaction_values

__all__ = [
    "FORESIGHTS",
    "Breach",
    "Check",
    "Checker",
    "Foresight",
    "Responses",
    "RoadmapCheck",
    "Sanction",
    "StageCheck",
    "StageStanding",
    "Unwilling",
    "check_plan",
    "check_roadmap",
    "known_concept_of_roadmaps",
    "known_foresight",
    "plan_holds",
    "read_otherwise",
]


Foresight: TypeAlias = Literal["myopic", "roadmap"]
FORESIGHTS: tuple[Foresight, ...] = ("myopic", "roadmap")

Check: TypeAlias = Literal["possible", "willing", "holding"]


@dataclass(frozen=True, slots=True)
class StageStanding:
    """Where one party stands at one stage.

    Attributes
    ----------
    party
        Id of the party.
    before, after
        Its ranks before the stage and at the stage's intended result.
    worst
        Its lowest rank where some of the others do not do their part (definition 6).
    reneging
        Ids of those who do not, there; nobody where the result itself is the worst.
    exposure
        ``before - worst``, or 0 where nothing is lost.
    share
        The exposure as a share of the party's whole range of ranks, 0 to 1. It orders losses of
        one party; shares of two parties do not compare, and a share falls where a statement that
        plays no part is put on top of the party's list.
    lost
        Numbers, from 1, of the party's statements that are true before the stage and not at the
        worst state, where something is lost; none where its preferences are not by statements.
    statements_lost
        How many these are (definition 6a); of a party with an explicit order, by how many of its
        places it falls.
    """

    party: str
    before: int
    after: int
    worst: int
    reneging: tuple[str, ...]
    exposure: int
    share: float
    lost: tuple[int, ...] = ()
    statements_lost: int = 0


@dataclass(frozen=True, slots=True)
class Unwilling:
    """A party that would rather stand still.

    ``rank_still`` is its rank where the stage is not made, ``rank_offered`` what it is offered:
    the stage's result, or the plan's end.
    """

    party: str
    rank_still: int
    rank_offered: int


@dataclass(frozen=True, slots=True)
class Sanction:
    """A sanction that would deter a breach, and why it is missing.

    Attributes
    ----------
    path
        A shortest sequence of the others' moves that would do; empty where there is none.
    would_not
        Id of the party on the path that would not make its move, as it would gain nothing.
    rank_before, rank_after
        That party's ranks around its move.
    """

    path: tuple[ExplainedMove, ...]
    would_not: str | None = None
    rank_before: int | None = None
    rank_after: int | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """A move away from the plan that nothing deters (definition 5).

    Attributes
    ----------
    party
        Id of the party.
    state
        Number of the state that it moves to.
    rank_before, rank_after
        Its ranks of the stage's result and of that state.
    rank_offered
        Its rank of what the plan offers it: the plan's end, or the stage's result where parties
        look at each stage. The move counts as the party can count on more.
    held_to
        The lowest rank that the others' reactions can hold it to.
    effect
        ``undoes`` what the plan has set; ``obstructs`` a stage to come, which is not possible
        from there; or is ``beside`` the plan.
    others
        How many more such moves the party has.
    sanction
        The sanction that is missing.
    """

    party: str
    state: int
    rank_before: int
    rank_after: int
    rank_offered: int
    held_to: int
    effect: Literal["undoes", "obstructs", "beside"]
    others: int
    sanction: Sanction


@dataclass(frozen=True, slots=True)
class StageCheck:
    """One stage's checks.

    Attributes
    ----------
    number
        The stage's place in the plan, from 1.
    stage
        The stage.
    before, after
        Numbers of the states before and after it; equal where it is not possible.
    obstacle
        Why it is not possible, or None.
    unwilling
        Its parties that would rather stand still.
    breaches
        For each party that has undeterred moves away from its result, the gravest one.
    standings
        One for each party.
    """

    number: int
    stage: PlanStage
    before: int
    after: int
    obstacle: str | None
    unwilling: tuple[Unwilling, ...]
    breaches: tuple[Breach, ...]
    standings: tuple[StageStanding, ...]

    @property
    def possible(self) -> bool:
        """Whether the stage can be made (definition 3)."""
        return self.obstacle is None

    @property
    def willing(self) -> bool:
        """Whether each of its parties makes it willingly (definition 4)."""
        return not self.unwilling

    @property
    def holding(self) -> bool:
        """Whether its result holds (definition 5)."""
        return not self.breaches

    @property
    def failed(self) -> Check | None:
        """The first check that fails."""
        if not self.possible:
            return "possible"
        if not self.willing:
            return "willing"
        return None if self.holding else "holding"

    @property
    def side_move(self) -> bool:
        """Whether it fails only by moves beside the plan, after which the plan can still go on."""
        return self.failed == "holding" and all(one.effect == "beside" for one in self.breaches)


@dataclass(frozen=True, eq=False)
class RoadmapCheck(Result):
    """A plan with every stage's checks.

    Attributes
    ----------
    model
        The graph model.
    plan
        The plan.
    concept
        Under which stages are to hold.
    foresight
        By which parties are willing and keep to the plan: ``myopic`` or ``roadmap``.
    stages
        The checks of every stage, also after the first that fails.
    undertakings
        Pledges and commitments that count as made beside the plan; usually none.
    responses
        The parties' :class:`Responses`, by which the checks were made.
    """

    model: GraphModel = field(repr=False)
    plan: Plan = field(repr=False)
    concept: str
    foresight: Foresight
    stages: tuple[StageCheck, ...] = field(repr=False)
    undertakings: tuple[Undertaking, ...] = ()
    responses: Sequence[Values] | None = field(default=None, repr=False)

    @cached_property
    def verdict(self) -> StageCheck | None:
        """The first stage that fails; None where the plan holds."""
        return next((stage for stage in self.stages if stage.failed), None)

    @cached_property
    def breaks_at(self) -> StageCheck | None:
        """The first stage that fails otherwise than by side moves: where the plan is broken."""
        return next((one for one in self.stages if one.failed and not one.side_move), None)

    @property
    def holds(self) -> bool:
        """Whether no stage fails."""
        return self.verdict is None

    @property
    def broken(self) -> int:
        """Number of stages that fail."""
        return sum(stage.failed is not None for stage in self.stages)

    @property
    def end(self) -> int:
        """Number of the state in which the plan ends."""
        return self.stages[-1].after if self.stages else start_index(self.model) + 1

    @property
    def statements_lost(self) -> int:
        """The most statements that any one party stands to lose at any one stage.

        What plans are compared by (definition 6a of docs/concepts/roadmaps.md). Shares of two
        parties' ranks are not: they do not compare.
        """
        every = (one.statements_lost for stage in self.stages for one in stage.standings)
        return max(every, default=0)


def check_roadmap(
    dispute: Dispute, roadmap: str, *, concept: str = "SEQ", foresight: str = "roadmap"
) -> RoadmapCheck:
    """Check a roadmap of a dispute, stage by stage.

    Parameters
    ----------
    dispute
        The dispute.
    roadmap
        Id of the roadmap.
    concept
        Nash, GMR, SMR, SEQ or SSEQ: under which a stage's result is to hold.
    foresight
        What the plan offers a party, with which it compares standing still and moves away:
        ``myopic``: each stage's result; ``roadmap``: the roadmap's end.

    Returns
    -------
    RoadmapCheck

    Raises
    ------
    DisputeError
        If there is no such roadmap, concept or foresight, or no status quo.

    Examples
    --------
    >>> import detente
    >>> detente.check_roadmap(detente.load("korea-2017"), "russia_2017").holds
    False
    """
    name = known_concept_of_roadmaps(concept)
    sight = known_foresight(foresight)
    plan = plan_from(dispute, roadmap_named(dispute, roadmap))
    check_memory(dispute, [name])
    return check_plan(graph_model(dispute), plan, concept=name, foresight=sight)


def known_concept_of_roadmaps(concept: str) -> str:
    """The concept as detente writes it, if stages can be checked under it.

    Raises
    ------
    DisputeError
        Otherwise.
    """
    (name,) = names_serving("deterrence", [concept], "concept of deterrence")
    return name


def known_foresight(foresight: str) -> Foresight:
    """The foresight, if it is one.

    Raises
    ------
    DisputeError
        Otherwise.
    """
    if foresight not in FORESIGHTS:
        raise unknown_name("foresight", foresight, list(FORESIGHTS))
    return foresight


class Responses(Sequence[Values]):
    """By party: for each node, what the party can count on after an improvement to it.

    Under Nash nobody reacts, and a party counts on where it has moved. Each party's are worked
    out when they are first asked for.

    Parameters
    ----------
    model
        The graph model.
    concept
        One that serves roadmaps.
    """

    def __init__(self, model: GraphModel, concept: str) -> None:
        self._graph = model.graph
        self._reaction = reaction_of(concept)
        self._known: dict[int, Values] = {}

    def __len__(self) -> int:
        return len(self._graph.ranks)

    @overload
    def __getitem__(self, party: int) -> Values: ...
    @overload
    def __getitem__(self, party: slice) -> list[Values]: ...
    def __getitem__(self, party: int | slice) -> Values | list[Values]:
        if isinstance(party, slice):
            return [self[one] for one in range(len(self))[party]]
        if self._reaction is None:
            own: Values = self._graph.ranks[party]
            return own
        if party not in self._known:
            self._known[party] = reaction_values(self._graph, party, self._reaction)
        return self._known[party]


def check_plan(
    model: GraphModel,
    plan: Plan,
    *,
    concept: str = "SEQ",
    foresight: Foresight = "roadmap",
    responses: Sequence[Values] | None = None,
    undertakings: Sequence[Undertaking] = (),
) -> RoadmapCheck:
    """Check any plan; see :func:`check_roadmap`.

    Parameters
    ----------
    model
        The graph model.
    plan
        The plan.
    concept, foresight
        As in :func:`check_roadmap`.
    responses
        The parties' :class:`Responses`, where they are at hand.
    undertakings
        What parties undertake beside the plan.

    Returns
    -------
    RoadmapCheck
    """
    checker = Checker(model, plan, concept, foresight, responses, undertakings)
    stages = tuple(checker.stages())
    return RoadmapCheck(
        model, plan, concept, foresight, stages, tuple(undertakings), checker.responses
    )


def read_otherwise(check: RoadmapCheck) -> RoadmapCheck:
    """The same plan, where parties look to what the other foresight has them look to."""
    other: Foresight = "myopic" if check.foresight == "roadmap" else "roadmap"
    return check_plan(
        check.model,
        check.plan,
        concept=check.concept,
        foresight=other,
        responses=check.responses,
        undertakings=check.undertakings,
    )


def plan_holds(
    model: GraphModel,
    plan: Plan,
    *,
    concept: str,
    foresight: Foresight,
    responses: Sequence[Values] | None = None,
) -> bool:
    """Whether a plan holds, without saying why not; see :func:`check_plan`."""
    checker = Checker(model, plan, concept, foresight, responses)
    numbers = range(len(plan.stages))
    return (
        None not in checker.starts
        and not any(checker.unwilling(n) for n in numbers)
        and not any(
            checker.undeterred(party, n)[0].size
            for n in numbers
            for party in range(len(model.graph.ranks))
        )
    )


class Checker:
    """The checks of one plan, each for itself.

    Attributes
    ----------
    path
        State indices from the status quo to the plan's end.
    starts
        For each stage the position from which it is made; None where it is not possible.

    The other attributes and the methods' arguments are those of :func:`check_plan`, a party's
    number and a stage's number, from 0.
    """

    def __init__(
        self,
        model: GraphModel,
        plan: Plan,
        concept: str,
        foresight: Foresight,
        responses: Sequence[Values] | None = None,
        undertakings: Sequence[Undertaking] = (),
    ) -> None:
        self.model = model
        self.plan = plan
        self.concept = concept
        self.foresight = foresight
        self.responses = responses or Responses(model, concept)
        self.undertakings = undertakings
        self.path = [start_index(model)]
        self.starts: list[int | None] = []
        for stage in plan.stages:
            made = made_from(model, self.path[-1], stage)
            self.starts.append(None if made is None else made[0])
            # A stage that is not possible changes nothing; the others are looked at without it.
            self.path.append(self.path[-1] if made is None else made[1])

    def rank(self, party: int, index: int) -> int:
        """A party's rank of a state."""
        return int(self.model.graph.ranks[party, self.model.node(index)])

    def stages(self) -> list[StageCheck]:
        """Every stage's checks."""
        return [self.stage(number) for number in range(len(self.plan.stages))]

    def offered(self, number: int) -> int:
        """Index of the state that the plan offers at a stage (definition 4)."""
        return self.path[-1] if self.foresight == "roadmap" else self.path[number + 1]

    def unwilling(self, number: int) -> tuple[Unwilling, ...]:
        """The stage's parties that would rather stand still than have what is offered."""
        before, offered = self.path[number], self.offered(number)
        return tuple(
            Unwilling(
                self.model.dispute.parties[party].id,
                self.rank(party, before),
                self.rank(party, offered),
            )
            for party in self.plan.stages[number].parties
            if self.rank(party, offered) < self.rank(party, before)
        )

    def stage(self, number: int) -> StageCheck:
        """One stage's checks."""
        stage = self.plan.stages[number]
        start = self.starts[number]
        before, after = self.path[number], self.path[number + 1]
        ids = [party.id for party in self.model.dispute.parties]
        if start is None:
            # What is not made binds nobody, exposes nobody and is left by nobody.
            parties = range(len(ids))
            return StageCheck(
                number + 1,
                stage,
                before + 1,
                before + 1,
                self.obstacle(before, stage),
                (),
                (),
                tuple(self.standing(party, None, before, before) for party in parties),
            )
        partial = partial_stage(self.model, start, stage)
        return StageCheck(
            number=number + 1,
            stage=stage,
            before=before + 1,
            after=after + 1,
            obstacle=None,
            unwilling=self.unwilling(number),
            breaches=tuple(
                breach
                for party in range(len(ids))
                if (breach := self.breach(party, number)) is not None
            ),
            standings=tuple(
                self.standing(party, partial, before, after) for party in range(len(ids))
            ),
        )

    def obstacle(self, before: int, stage: PlanStage) -> str:
        """Why a stage is not possible, for its first starting position."""
        space, dispute = self.model.space, self.model.dispute
        position = int(space.members(before)[0])
        levels = space.levels_at(np.array([position]))[0].tolist()
        changed = {o: level for o, level in stage.settings.items() if levels[o] != level}
        if not changed:
            return "its options stand so already: nothing would change"
        if stage.when is not None and not space.holds_at(stage.when.expression, levels):
            return f"its condition “{stage.when.text}” is not true"
        for number, level in changed.items():
            option = dispute.options[number]
            called = f"“{option_title(dispute, option)}”"
            if option.irreversible == ("down" if level > levels[number] else "up"):
                return (
                    f"{called} cannot go from {option.levels[levels[number]]} to "
                    f"{option.levels[level]}"
                )
            for guard in option.guards:
                if guard.to in (None, level) and not space.holds_at(guard.when.expression, levels):
                    return f"the guard of {called}, “{guard.when.text}”, is not true"
        after = [changed.get(number, level) for number, level in enumerate(levels)]
        for constraint in dispute.constraints:
            if space.holds_at(constraint.never.expression, after):
                return f"it would lead to what never is: “{constraint.never.text}”"
        return "it leads back to the same state"

    # Exposure --------------------------------------------------------------------------------

    def standing(
        self, party: int, partial: PartialStage | None, before: int, after: int
    ) -> StageStanding:
        """Where a party stands at a stage (definition 6)."""
        here = self.rank(party, before)
        # Sets of those who do not do their part, and where it leads: nobody at first.
        results = {0: after}
        if partial is not None:
            sets = np.flatnonzero(partial.results >= 0)
            sets = sets[(sets > 0) & (sets & partial.bits.get(party, 0) == 0)]
            results |= {one: int(partial.results[one]) for one in sets.tolist()}
        ranks = self.model.graph.ranks[party, self.model.nodes(np.array(list(results.values())))]
        worst = int(ranks.min())
        exposure = max(0, here - worst)
        lowest = [one for one, rank in zip(results, ranks.tolist(), strict=True) if rank == worst]
        lost = {one: self.lost(party, before, results[one]) if exposure else () for one in lowest}
        # Where most is lost; as few as will do, and of these the first in order.
        chosen = min(lowest, key=lambda one: (-len(lost[one]), one.bit_count(), -one))
        bits = {} if partial is None else partial.bits
        reneging = tuple(one for one, bit in bits.items() if chosen & bit)
        ordered = not isinstance(self.model.dispute.parties[party].preferences, Statements)
        span = int(self.model.graph.ranks[party].max()) - 1
        ids = self.model.dispute.parties
        return StageStanding(
            ids[party].id,
            here,
            self.rank(party, after),
            worst,
            tuple(ids[one].id for one in reneging),
            exposure,
            exposure / span if span else 0.0,
            lost[chosen],
            exposure if ordered else len(lost[chosen]),
        )

    def lost(self, party: int, before: int, after: int) -> tuple[int, ...]:
        """Numbers of a party's statements that are true in one state and not in another.

        A statement of negative weight is lost where it becomes true, one without weight never.
        """
        preferences = self.model.dispute.parties[party].preferences
        if not isinstance(preferences, Statements):
            return ()
        space = self.model.space
        first, second = (space.levels_at(space.members(one)).tolist() for one in (before, after))

        def had(statement: Statement, members: list[list[int]]) -> bool:
            wanted = statement.weight is None or statement.weight > 0
            truths = (space.holds_at(statement.formula.expression, one) for one in members)
            return all(truth is wanted for truth in truths)

        return tuple(
            number
            for number, one in enumerate(preferences.statements, start=1)
            if one.weight != 0 and had(one, first) and not had(one, second)
        )

    # Holding ---------------------------------------------------------------------------------

    def away(self, party: int, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Nodes and states of a party's moves after a stage, but for its part of the next."""
        node = self.model.node(self.path[number + 1])
        targets = self.model.graph.moves_from(node, party).astype(np.int64)
        states = self.model.indices(targets)
        planned = self.next_part(party, number)
        keep = states != (-1 if planned is None else planned)
        return targets[keep], states[keep]

    def counted_on(self, party: int, targets: NDArray[np.int64]) -> NDArray[np.int32]:
        """The rank that a party can count on after a move to each of some nodes."""
        ranks = self.model.graph.ranks[party]
        counted: NDArray[np.int32] = np.minimum(ranks[targets], self.responses[party][targets])
        return counted

    def undeterred(self, party: int, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Nodes and states of the moves after a stage that nothing deters (definition 5)."""
        offered = self.offered(number)
        targets, states = self.away(party, number)
        keep = self.counted_on(party, targets) > self.rank(party, offered)
        if self.undertakings:
            keep[keep] = ~ruled_out(
                self.model,
                self.concept,
                self.undertakings,
                party,
                self.path[number + 1],
                offered,
                states[keep],
            )
        return targets[keep], states[keep]

    def asking(self, number: int) -> dict[int, int]:
        """The rank that each party has to be offered so that a stage is willing and holding.

        After the last stage what is offered is the state that is left, whatever it is: there
        only that the stage is willing is asked.
        """
        before = self.path[number]
        asked = {party: self.rank(party, before) for party in self.plan.stages[number].parties}
        if number + 1 == len(self.plan.stages):
            return asked
        for party in range(len(self.model.graph.ranks)):
            targets, _ = self.away(party, number)
            if targets.size:
                most = int(self.counted_on(party, targets).max())
                asked[party] = max(most, asked.get(party, 0))
        return asked

    def breach(self, party: int, number: int) -> Breach | None:
        """The gravest move away after a stage that nothing deters."""
        model = self.model
        own = model.graph.ranks[party]
        targets, states = self.undeterred(party, number)
        if targets.size == 0:
            return None
        effects = [self.effect(number, int(state)) for state in states]
        gravity = {"undoes": 0, "obstructs": 1, "beside": 2}
        after = model.space.assignments(np.array([self.path[number + 1]]))
        changed = np.count_nonzero(model.space.assignments(states) != after, axis=1)
        # Of several as good, that which sets the fewest options.
        chosen = min(
            range(targets.size),
            key=lambda one: (gravity[effects[one]], -own[targets[one]], changed[one], one),
        )
        target = int(targets[chosen])
        offered = self.rank(party, self.offered(number))
        return Breach(
            party=model.dispute.parties[party].id,
            state=int(states[chosen]) + 1,
            rank_before=self.rank(party, self.path[number + 1]),
            rank_after=int(own[target]),
            rank_offered=offered,
            held_to=int(self.counted_on(party, targets[[chosen]])[0]),
            effect=effects[chosen],
            others=int(targets.size) - 1,
            sanction=self.missing_sanction(party, target, offered),
        )

    def next_part(self, party: int, number: int) -> int | None:
        """Where the party's whole part of the next stage, made alone, leads (definition 5)."""
        if number + 1 == len(self.plan.stages):
            return None
        stage, start = self.plan.stages[number + 1], self.starts[number + 1]
        if start is None or party not in stage.parties:
            return None
        return part_result(self.model, start, stage.part(self.model.dispute, [party]))

    def effect(self, number: int, state: int) -> Literal["undoes", "obstructs", "beside"]:
        """What a move to a state, after a stage, does to the plan (definition 7)."""
        space = self.model.space
        settled: dict[int, int] = {}
        for place, stage in enumerate(self.plan.stages[: number + 1]):
            if self.starts[place] is not None:
                settled |= stage.settings
        levels = space.assignments(np.array([self.path[number + 1], state]))
        if any(levels[0, o] == level != levels[1, o] for o, level in settled.items()):
            return "undoes"
        here = state
        for place in range(number + 1, len(self.plan.stages)):
            if self.starts[place] is None:
                continue
            made = made_from(self.model, here, self.plan.stages[place])
            if made is None:
                return "obstructs"
            here = made[1]
        return "beside"

    def missing_sanction(self, party: int, target: int, offered: int) -> Sanction:
        """A sanction that any moves of the others would make up, and who would not move.

        It would leave the party at no more than the rank that the plan offers it.
        """
        model, graph = self.model, self.model.graph
        reaction = reaction_of(self.concept) or Reaction(improving=False, counter_move=False)
        any_moves = Reaction(improving=False, counter_move=reaction.counter_move)
        if int(self._values_of_any_moves(party, any_moves)[target]) > offered:
            return Sanction(())
        harm: NDArray[np.integer] = graph.ranks[party]
        if any_moves.counter_move:
            harm = graph.best_reach(graph.ranks[party], party)
        ids = [one.id for one in model.dispute.parties]
        node, path = target, []
        would_not: tuple[str, int, int] | None = None
        for mover, there in shortest_sanction(graph, party, target, harm, offered, improving=False):
            before, after = int(graph.ranks[mover, node]), int(graph.ranks[mover, there])
            if would_not is None and after <= before:
                would_not = (ids[mover], before, after)
            path.append(ExplainedMove(ids[mover], model.index(there) + 1))
            node = there
        return Sanction(tuple(path), *(would_not or (None, None, None)))

    def _values_of_any_moves(self, party: int, reaction: Reaction) -> Values:
        key = (party, reaction)
        if key not in self._any_moves:
            self._any_moves[key] = reaction_values(self.model.graph, party, reaction)
        return self._any_moves[key]

    @cached_property
    def _any_moves(self) -> dict[tuple[int, Reaction], Values]:
        return {}
