"""Does a staged plan hold? Each stage's four checks, and the first that fails.

docs/concepts/roadmaps.md gives the definitions by number.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Statement
from detente.dispute.errors import LimitError
from detente.dispute.names import roadmap_named, unknown_name
from detente.dispute.result import Result
from detente.roadmap.check.stage_checks import (
    FORESIGHTS,
    Breach,
    Effect,
    Foresight,
    PartlyMade,
    Sanction,
    StageCheck,
    StageChecks,
    StageGlance,
)
from detente.roadmap.plan import (
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
from detente.space.representation import USUAL_NODES, Engine
from detente.space.states import true_at
from detente.stability.analysis import Progress
from detente.stability.concept import Reaction
from detente.stability.concept_registry import names_serving, reaction_of
from detente.stability.explain import ExplainedMove, shortest_sanction
from detente.stability.explained_state import StatesExplained
from detente.stability.local_responses import least_reached
from detente.stability.memory import wants_symbolic
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import reaction_values

__all__ = [
    "Checker",
    "Responses",
    "RoadmapCheck",
    "StageVerdict",
    "check_plan",
    "check_roadmap",
    "known_concept_of_roadmaps",
    "known_foresight",
    "plan_holds",
    "read_otherwise",
    "stage_verdicts",
]


class StageVerdict(NamedTuple):
    """What holds of a stage; what cannot be made is neither willing nor holding."""

    possible: bool
    willing: bool
    holding: bool


@dataclass(frozen=True, eq=False)
class RoadmapCheck(Result):
    """A plan with every stage's checks.

    Attributes
    ----------
    checks
        The plan, the concept and the foresight, and what each stage is checked by.
    stages
        The checks of every stage, also after the first that fails.
    undertakings
        Pledges and commitments that count as made beside the plan; usually none.
    left
        How many stages, the last ones, were not checked.
    why
        What ended the work on sets early, if anything.
    known_otherwise
        The same by the other foresight, where it is known.
    glances
        What is known of the stages that were not checked.
    """

    checks: StageChecks = field(repr=False)
    stages: tuple[StageCheck, ...] = field(repr=False)
    undertakings: tuple[Undertaking, ...] = ()
    left: int = 0
    why: Literal["time", "nodes", "interrupted"] | None = None
    known_otherwise: RoadmapCheck | None = field(default=None, repr=False)
    glances: tuple[StageGlance, ...] = field(default=(), repr=False)

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work."""
        return self.why == "interrupted"

    @property
    def model(self) -> StatesExplained:
        """The graph model; where there is no array of states, those of which is spoken."""
        return self.checks.model

    @property
    def checker(self) -> Checker:
        """The checks where states lie in arrays; for what goes on from them there."""
        assert isinstance(self.checks, Checker), "asked where there is a graph model"
        return self.checks

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.checks.plan

    @property
    def concept(self) -> str:
        """Under which stages are to hold."""
        return self.checks.concept

    @property
    def foresight(self) -> Foresight:
        """By which parties are willing and keep to the plan: ``myopic`` or ``roadmap``."""
        return self.checks.foresight

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
        """Whether no stage fails, all of them checked."""
        return self.verdict is None and not self.left

    @property
    def broken(self) -> int:
        """Number of stages that fail."""
        return sum(stage.failed is not None for stage in self.stages)

    @property
    def end(self) -> int:
        """Number of the state in which the plan ends."""
        return self.checks.path[-1] + 1

    @property
    def statements_lost(self) -> int:
        """The most statements that any one party stands to lose at any one stage.

        What plans are compared by (definition 6a of docs/concepts/roadmaps.md). Shares of two
        parties' ranks are not: they do not compare.
        """
        every = (one.statements_lost for stage in self.stages for one in stage.standings)
        return max(every, default=0)


def check_roadmap(
    dispute: Dispute,
    roadmap: str,
    *,
    concept: str = "SEQ",
    foresight: str = "roadmap",
    engine: Engine | None = None,
    seconds: float = 120.0,
    nodes: int = USUAL_NODES,
    progress: Progress | None = None,
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
    engine
        How states are stored: ``cube``, ``list`` or ``symbolic``. By default: symbolic sets if
        neither of the others fits into memory.
    seconds
        How many seconds the work on symbolic sets may take. Stages that are not checked by then are
        named, with what is known of them.
    nodes
        How many nodes the diagrams of symbolic sets may have.
    progress
        Called as the work on sets goes on.

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
    if wants_symbolic(dispute, [name], engine):
        return _checked_on_sets(dispute, plan, name, sight, (seconds, nodes), progress)
    model = graph_model(dispute, [name], engine=engine)
    return check_plan(model, plan, concept=name, foresight=sight)


def _checked_on_sets(
    dispute: Dispute,
    plan: Plan,
    concept: str,
    foresight: Foresight,
    budget: tuple[float, int],
    progress: Progress | None,
) -> RoadmapCheck:
    # Imported here because small disputes have no use for diagrams.
    from detente.roadmap.check.symbolic_checks import SymbolicChecks
    from detente.space.symbolic.diagrams import TooLarge
    from detente.space.symbolic.game import symbolic_game
    from detente.stability.time_limit import ended_early

    seconds, nodes = budget
    begun: list[SymbolicChecks] = []
    stages: list[StageCheck] = []
    glances: list[StageGlance] = []
    otherwise: list[RoadmapCheck] = []
    until = time.monotonic() + _FOR_GLANCES * seconds

    def work(pause: Callable[[], None]) -> None:
        game = symbolic_game(dispute, nodes)
        begun.append(SymbolicChecks(game, plan, concept, foresight))
        game.diagrams.pause = pause
        # Whether a stage holds is little work beside who would break it how.
        for number in range(len(plan.stages)):
            glances.append(begun[0].glance(number, until))
        for number, stage in enumerate(plan.stages):
            if progress:
                progress(stage.name, number / len(plan.stages))
            stages.append(begun[0].stage(number))
        otherwise.append(read_otherwise(RoadmapCheck(begun[0], tuple(stages))))

    try:
        why = ended_early(seconds, work)
    except KeyboardInterrupt:
        why = "interrupted"
    except TooLarge:
        why = "nodes"
    if not glances and plan.stages:
        if why == "interrupted":
            raise KeyboardInterrupt
        needed = f"{nodes:,} nodes" if why == "nodes" else f"{seconds:g} seconds"
        raise LimitError(f"no stage was checked in {needed}; more may do", path=dispute.path)
    checked = tuple(stages)
    return RoadmapCheck(
        begun[0],
        checked,
        left=len(plan.stages) - len(checked),
        why=why,
        known_otherwise=otherwise[0] if otherwise else None,
        glances=tuple(glances[len(checked) :]),
    )


# The share of the time that is for which of the checks fail, before all else that is told of them.
_FOR_GLANCES = 0.5


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
    out when they are first asked for. Those at single nodes are looked for there alone, until so
    much was looked at that working them all out costs no more.

    Parameters
    ----------
    model
        The graph model.
    concept
        One that serves roadmaps.
    known
        By party, where they are known already.
    """

    def __init__(self, model: GraphModel, concept: str, known: Sequence[Values] = ()) -> None:
        self._graph = model.graph
        self._reaction = reaction_of(concept)
        self._known: dict[int, Values] = dict(enumerate(known))
        self._transitive = model.transitive
        # By party and node: the least value found, and the bound down to which it was looked for.
        self._least: dict[tuple[int, int], tuple[int, int]] = {}
        self._countered: dict[int, Values] = {}
        self._looked_at = [0] * len(model.graph.ranks)
        self._undeterred: dict[tuple[int, int, int], NDArray[np.int64]] = {}

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

    def counted_on(self, party: int, nodes: NDArray[np.int64], bound: int) -> Values:
        """The rank that a party can count on after a move to each of some nodes.

        Where that is no more than a bound, it may be less than what is told.
        """
        counted: Values = self._graph.ranks[party, nodes]
        for place in np.flatnonzero(counted > bound).tolist():
            counted[place] = min(counted[place], self._at(party, int(nodes[place]), bound))
        return counted

    def undeterred(self, party: int, node: int, bound: int) -> NDArray[np.int64]:
        """Where moves of a party from a node lead after which it can count on more than a bound.

        Many plans come through the same node, and offer the same there.
        """
        key = party, node, bound
        if key not in self._undeterred:
            targets = self._graph.moves_from(node, party).astype(np.int64)
            self._undeterred[key] = targets[self.counted_on(party, targets, bound) > bound]
        return self._undeterred[key]

    def _at(self, party: int, node: int, bound: int) -> int:
        """What the responses leave a party at one node; if no more than the bound, maybe less."""
        if (
            party in self._known
            or self._reaction is None
            or not (self._reaction.improving and self._transitive)
            or self._looked_at[party] > self._graph.ranks.shape[1]
        ):
            return int(self[party][node])
        known = self._least.get((party, node))
        # A value above the bound of an earlier search is the least of all.
        if known is None or bound < known[0] <= known[1]:
            others = [other for other in range(len(self)) if other != party]
            least, looked_at = least_reached(
                self._graph, others, node, self._harm(party, self._reaction), bound
            )
            known = self._least[party, node] = least, bound
            self._looked_at[party] += looked_at
        return known[0]

    def _harm(self, party: int, reaction: Reaction) -> Values:
        """By node, the rank at which a response that leads there leaves a party."""
        own: Values = self._graph.ranks[party]
        if not reaction.counter_move:
            return own
        if party not in self._countered:
            self._countered[party] = self._graph.best_reach(own, party)
        return self._countered[party]


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
    checks = Checker(model, plan, concept, foresight, responses, undertakings)
    return RoadmapCheck(checks, tuple(checks.stages()), tuple(undertakings))


def read_otherwise(check: RoadmapCheck) -> RoadmapCheck:
    """The same plan, where parties look to what the other foresight has them look to."""
    if check.known_otherwise is not None:
        return check.known_otherwise
    other: Foresight = "myopic" if check.foresight == "roadmap" else "roadmap"
    checks = check.checks.otherwise(other)
    return RoadmapCheck(checks, tuple(checks.stages()), check.undertakings)


def stage_verdicts(
    model: GraphModel, plan: Plan, *, concept: str, responses: Sequence[Values] | None = None
) -> tuple[StageVerdict, ...]:
    """What holds of each stage, without saying why not; see :func:`check_plan`."""
    checker = Checker(model, plan, concept, "roadmap", responses)
    parties = range(len(model.graph.ranks))
    return tuple(
        StageVerdict(
            True,
            not checker.unwilling(number),
            not any(checker.undeterred(party, number)[0].size for party in parties),
        )
        if checker.starts[number] is not None
        else StageVerdict(False, False, False)
        for number in range(len(plan.stages))
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


class Checker(StageChecks):
    """The checks of one plan where states lie in arrays.

    The parameters are those of :func:`check_plan`; the methods' arguments are a party's number
    and a stage's number, from 0.
    """

    model: GraphModel

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
        if not isinstance(responses, Responses):
            responses = Responses(model, concept, responses or ())
        self.responses = responses
        self.undertakings = undertakings
        super().__init__(plan, concept, foresight, start_index(model))

    def otherwise(self, foresight: Foresight) -> Checker:
        """The checks of the same plan by another foresight."""
        return Checker(
            self.model, self.plan, self.concept, foresight, self.responses, self.undertakings
        )

    def made(self, index: int, stage: PlanStage) -> tuple[int, int] | None:
        """As :func:`detente.roadmap.plan.made_from`."""
        return made_from(self.model, index, stage)

    def part_made(self, position: int, part: Mapping[int, int]) -> int | None:
        """As :func:`detente.roadmap.plan.part_result`."""
        return part_result(self.model, position, part)

    def partly_made(self, start: int, stage: PlanStage) -> PartlyMade:
        """As :func:`detente.roadmap.plan.partial_stage`."""
        partial = partial_stage(self.model, start, stage)
        return PartlyMade(partial.bits, partial.results.tolist())

    def ranks_at(self, party: int, indices: Sequence[int]) -> list[int]:
        """A party's rank of each of some states."""
        nodes = self.model.nodes(np.array(indices, dtype=np.int64))
        ranks: list[int] = self.model.graph.ranks[party, nodes].tolist()
        return ranks

    def rank(self, party: int, index: int) -> int:
        """A party's rank of a state."""
        return int(self.model.graph.ranks[party, self.model.node(index)])

    def first_levels(self, index: int) -> list[int]:
        """Level of every option in the first member of a state."""
        space = self.model.space
        levels: list[int] = space.levels_at(space.members(index)[:1])[0].tolist()
        return levels

    def is_everywhere(self, statement: Statement, index: int, truth: bool) -> bool:
        """Whether a statement has a truth value in every member of a state."""
        space = self.model.space
        members = space.levels_at(space.members(index)).tolist()
        return all(true_at(statement.formula.expression, one) is truth for one in members)

    # Holding ---------------------------------------------------------------------------------

    def away(self, party: int, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Nodes and states of a party's moves after a stage, but for its part of the next."""
        node = self.model.node(self.path[number + 1])
        targets = self.model.graph.moves_from(node, party).astype(np.int64)
        return self.but_for_next(party, number, targets)

    def but_for_next(
        self, party: int, number: int, targets: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Some of these nodes and their states, without that of its part of the next stage."""
        states = self.model.indices(targets)
        planned = self.next_part(party, number)
        keep = states != (-1 if planned is None else planned)
        return targets[keep], states[keep]

    def undeterred(self, party: int, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Nodes and states of the moves after a stage that nothing deters (definition 5)."""
        offered = self.offered(number)
        node = self.model.node(self.path[number + 1])
        targets = self.responses.undeterred(party, node, self.rank(party, offered))
        if not targets.size:
            return targets, targets
        targets, states = self.but_for_next(party, number, targets)
        if self.undertakings:
            keep = ~ruled_out(
                self.model,
                self.concept,
                self.undertakings,
                party,
                self.path[number + 1],
                offered,
                states,
            )
            targets, states = targets[keep], states[keep]
        return targets, states

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
                least = asked.get(party, 0)
                most = int(self.responses.counted_on(party, targets, least).max())
                asked[party] = max(most, least)
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
            held_to=int(self.responses.counted_on(party, targets[[chosen]], offered)[0]),
            effect=effects[chosen],
            others=int(targets.size) - 1,
            sanction=self.missing_sanction(party, target, offered),
        )

    def effect(self, number: int, state: int) -> Effect:
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
