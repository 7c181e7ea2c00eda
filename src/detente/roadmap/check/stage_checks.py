"""A plan's four checks of each stage, whatever holds the states.

docs/concepts/roadmaps.md gives the definitions by number.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from detente.dispute.dispute import Statement, Statements
from detente.dispute.names import option_title
from detente.dispute.told import Told
from detente.roadmap.plan import Plan, PlanStage
from detente.space.states import true_at
from detente.stability.explain import ExplainedMove
from detente.stability.explained_state import StatesExplained

__all__ = [
    "FORESIGHTS",
    "Breach",
    "Check",
    "Effect",
    "Foresight",
    "PartlyMade",
    "Sanction",
    "StageCheck",
    "StageChecks",
    "StageGlance",
    "StageStanding",
    "Unwilling",
]


Foresight: TypeAlias = Literal["myopic", "roadmap"]
FORESIGHTS: tuple[Foresight, ...] = ("myopic", "roadmap")

Check: TypeAlias = Literal["possible", "willing", "holding"]

Effect: TypeAlias = Literal["undoes", "obstructs", "beside"]


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
    effect: Effect
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


@dataclass(frozen=True, slots=True)
class StageGlance:
    """What is known of a stage whose checks are not finished.

    Attributes
    ----------
    number
        The stage's place in the plan, from 1.
    stage
        The stage.
    obstacle, unwilling
        As in :class:`StageCheck`.
    leaving
        Ids of the parties that have a move away from its result that nothing deters.
    unknown
        Ids of those of which this was not found out.
    """

    number: int
    stage: PlanStage
    obstacle: str | None
    unwilling: tuple[Unwilling, ...]
    leaving: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether it is known that some check fails."""
        return self.obstacle is not None or bool(self.unwilling or self.leaving)


@dataclass(frozen=True, slots=True)
class PartlyMade:
    """Where a possible stage leads if some of its parties do not do their parts.

    Attributes
    ----------
    bits
        The parties whose parts change something, each with its bit.
    results
        For each set of parties that do not do their parts, the sum of their bits, the index of
        the state in which the others' parts leave the dispute; -1 where that is not feasible.
    """

    bits: Mapping[int, int]
    results: Sequence[int]


class StageChecks(ABC):
    """The checks of one plan, each for itself; how states are held is told by those that derive.

    Parameters
    ----------
    plan
        The plan.
    concept, foresight
        As in :func:`detente.roadmap.check.verdicts.check_roadmap`.
    start
        Index of the status quo.

    Attributes
    ----------
    path
        State indices from the status quo to the plan's end.
    starts
        For each stage the position from which it is made; None where it is not possible.
    """

    def __init__(self, plan: Plan, concept: str, foresight: Foresight, start: int) -> None:
        self.plan = plan
        self.concept = concept
        self.foresight = foresight
        self.path = [start]
        self.starts: list[int | None] = []
        for stage in plan.stages:
            made = self.made(self.path[-1], stage)
            self.starts.append(None if made is None else made[0])
            # A stage that is not possible changes nothing; the others are looked at without it.
            self.path.append(self.path[-1] if made is None else made[1])

    # What depends on how states are held ---------------------------------------------------------

    model: StatesExplained

    @abstractmethod
    def made(self, index: int, stage: PlanStage) -> tuple[int, int] | None:
        """The position from which a stage is made in a state, and the state it leads to."""

    @abstractmethod
    def part_made(self, position: int, part: Mapping[int, int]) -> int | None:
        """The state to which a part of a stage leads, made alone from a position."""

    @abstractmethod
    def partly_made(self, start: int, stage: PlanStage) -> PartlyMade:
        """Where a possible stage leads if some of its parties do not do their parts."""

    @abstractmethod
    def ranks_at(self, party: int, indices: Sequence[int]) -> list[int]:
        """A party's rank of each of some states."""

    @abstractmethod
    def first_levels(self, index: int) -> list[int]:
        """Level of every option in the first member of a state."""

    @abstractmethod
    def is_everywhere(self, statement: Statement, index: int, truth: bool) -> bool:
        """Whether a statement has a truth value in every member of a state."""

    @abstractmethod
    def breach(self, party: int, number: int) -> Breach | None:
        """The gravest move away after a stage that nothing deters."""

    @abstractmethod
    def otherwise(self, foresight: Foresight) -> Self:
        """The checks of the same plan by another foresight."""

    # What does not -------------------------------------------------------------------------------

    def rank(self, party: int, index: int) -> int:
        """A party's rank of a state."""
        return self.ranks_at(party, [index])[0]

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
        partial = self.partly_made(start, stage)
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
        dispute = self.model.dispute
        levels = self.first_levels(before)
        changed = {o: level for o, level in stage.settings.items() if levels[o] != level}
        if not changed:
            return Told("its options stand so already: nothing would change")
        if stage.when is not None and not true_at(stage.when.expression, levels):
            return Told("its condition “{condition}” is not true", condition=stage.when.text)
        for number, level in changed.items():
            option = dispute.options[number]
            called = option_title(dispute, option)
            if option.irreversible == ("down" if level > levels[number] else "up"):
                return Told(
                    "“{option}” cannot go from {before} to {after}",
                    option=called,
                    before=option.levels[levels[number]],
                    after=option.levels[level],
                )
            for guard in option.guards:
                if guard.to in (None, level) and not true_at(guard.when.expression, levels):
                    return Told(
                        "the guard of “{option}”, “{condition}”, is not true",
                        option=called,
                        condition=guard.when.text,
                    )
        after = [changed.get(number, level) for number, level in enumerate(levels)]
        for constraint in dispute.constraints:
            if true_at(constraint.never.expression, after):
                return Told(
                    "it would lead to what never is: “{condition}”",
                    condition=constraint.never.text,
                )
        return Told("it leads back to the same state")

    # Exposure --------------------------------------------------------------------------------

    def standing(
        self, party: int, partial: PartlyMade | None, before: int, after: int
    ) -> StageStanding:
        """Where a party stands at a stage (definition 6)."""
        here = self.rank(party, before)
        # Sets of those who do not do their part, and where it leads: nobody at first.
        results = {0: after}
        if partial is not None:
            own = partial.bits.get(party, 0)
            results |= {
                reneging: state
                for reneging, state in enumerate(partial.results)
                if state >= 0 and reneging and not reneging & own
            }
        ranks = self.ranks_at(party, list(results.values()))
        worst = min(ranks)
        exposure = max(0, here - worst)
        lowest = [one for one, rank in zip(results, ranks, strict=True) if rank == worst]
        lost = {one: self.lost(party, before, results[one]) if exposure else () for one in lowest}
        # Where most is lost; as few as will do, and of these the first in order.
        chosen = min(lowest, key=lambda one: (-len(lost[one]), one.bit_count(), -one))
        bits = {} if partial is None else partial.bits
        reneging = tuple(one for one, bit in bits.items() if chosen & bit)
        ordered = not isinstance(self.model.dispute.parties[party].preferences, Statements)
        span = int(self.model.ranks(party).max()) - 1 if exposure else 0
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

        def had(statement: Statement, index: int) -> bool:
            return self.is_everywhere(
                statement, index, statement.weight is None or statement.weight > 0
            )

        return tuple(
            number
            for number, one in enumerate(preferences.statements, start=1)
            if one.weight != 0 and had(one, before) and not had(one, after)
        )

    # Holding ---------------------------------------------------------------------------------

    def next_part(self, party: int, number: int) -> int | None:
        """Where the party's whole part of the next stage, made alone, leads (definition 5)."""
        if number + 1 == len(self.plan.stages):
            return None
        stage, start = self.plan.stages[number + 1], self.starts[number + 1]
        if start is None or party not in stage.parties:
            return None
        return self.part_made(start, stage.part(self.model.dispute, [party]))
