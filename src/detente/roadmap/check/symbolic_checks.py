"""The checks of a plan where states are sets held as diagrams.

A plan visits few states, and each check is about single states: thresholds are constant, and
diagrams are over one copy of the options.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.dispute.dispute import Statement
from detente.dispute.errors import DisputeError
from detente.roadmap.check.stage_checks import (
    Breach,
    Effect,
    Foresight,
    PartlyMade,
    Sanction,
    StageChecks,
    StageGlance,
)
from detente.roadmap.plan import Plan, PlanStage
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.named import nearest_state
from detente.space.symbolic.ranks import Truths
from detente.space.symbolic.states import first_member
from detente.stability.concept_registry import reaction_of
from detente.stability.explain import ExplainedMove
from detente.stability.states_told import RanksTold, StatesTold, told_of
from detente.stability.symbolic_concepts import undeterred_end
from detente.stability.symbolic_reactions import FocalParty
from detente.stability.time_limit import TimeOver, share_of_time

__all__ = ["SymbolicChecks"]

_State = tuple[int, ...]


class SymbolicChecks(StageChecks):
    """The checks of one plan on sets of states.

    Parameters
    ----------
    game
        The dispute; it has a status quo.
    plan, concept, foresight
        As in :class:`detente.roadmap.check.stage_checks.StageChecks`.
    parties
        What each party has to fear, where it is at hand.
    """

    model: StatesTold

    def __init__(
        self,
        game: SymbolicGame,
        plan: Plan,
        concept: str,
        foresight: Foresight,
        parties: Sequence[FocalParty] = (),
    ) -> None:
        self.game = game
        self.model = told_of(game)
        numbers = range(len(game.dispute.parties))
        self.parties = parties or [FocalParty(game, party) for party in numbers]
        for party in numbers:
            highest = self.parties[party].ranks.highest
            self.model.ranks_told[party] = RanksTold(highest, {})
        self._positions: list[_State] = []
        self._states: dict[int, _State] = {}
        start = game.dispute.status_quo
        if start is None:
            raise DisputeError(
                "this dispute names no status quo, where a roadmap starts",
                path=game.dispute.path,
                key="status_quo",
            )
        super().__init__(plan, concept, foresight, self._index(start))

    def otherwise(self, foresight: Foresight) -> SymbolicChecks:
        """The checks of the same plan by another foresight."""
        return SymbolicChecks(self.game, self.plan, self.concept, foresight, self.parties)

    # States --------------------------------------------------------------------------------------

    def _index(self, state: _State) -> int:
        """Index of a feasible state, of which what is told is written down."""
        index = self.model.tell(self.game, state) - 1
        self._states.setdefault(index, state)
        return index

    def _state(self, index: int) -> _State:
        return self._states[index]

    def _whole(self, index: int) -> Diagram:
        return self.parties[0].whole(self._state(index))

    def _position(self, state: _State) -> int:
        self._positions.append(state)
        return len(self._positions) - 1

    def _is_feasible(self, state: _State) -> bool:
        return (self.game.here.state(state) & self.game.feasible).satisfiable()

    def made(self, index: int, stage: PlanStage) -> tuple[int, int] | None:
        """The position from which a stage is made in a state, and the state it leads to."""
        starts = self._whole(index) & self.game.settable_from(stage.settings, stage.when)
        if not starts.satisfiable():
            return None
        start = first_member(self.game, starts)
        return self._position(start), self._index(_with(start, stage.settings))

    def part_made(self, position: int, part: Mapping[int, int]) -> int | None:
        """The state to which a part of a stage leads, made alone from a position."""
        start = self._positions[position]
        end = _with(start, part)
        if end == start:
            return self._index(start)
        # Within a coalesced state a part may be made too, which is no move.
        if not self._permitted(start, part) or not self._is_feasible(end):
            return None
        return self._index(end)

    def _permitted(self, start: _State, part: Mapping[int, int]) -> bool:
        """Whether directions and guards let a part be made from a state."""
        here = self.game.here.state(start)
        return (here & self.game.permitted_from(part)).satisfiable()

    def partly_made(self, start: int, stage: PlanStage) -> PartlyMade:
        """Where a possible stage leads if some of its parties do not do their parts."""
        here = self._positions[start]
        parts = {party: stage.part(self.game.dispute, [party]) for party in stage.parties}
        members = [party for party, part in parts.items() if _with(here, part) != here]
        bits = {party: 1 << place for place, party in enumerate(reversed(members))}
        results = []
        for reneging in range(1 << len(members)):
            end = here
            for party in members:
                end = end if reneging & bits[party] else _with(end, parts[party])
            results.append(self._index(end) if self._is_feasible(end) else -1)
        return PartlyMade({party: bits[party] for party in members}, results)

    def ranks_at(self, party: int, indices: Sequence[int]) -> list[int]:
        """A party's rank of each of some states."""
        ranks = self.parties[party].ranks
        return [ranks.rank(ranks.truths(self._state(index))) for index in indices]

    def first_levels(self, index: int) -> list[int]:
        """Level of every option in the first member of a state."""
        return list(first_member(self.game, self._whole(index)))

    def is_everywhere(self, statement: Statement, index: int, truth: bool) -> bool:
        """Whether a statement has a truth value in every member of a state."""
        where = self.game.here.truth(statement.formula.expression)
        return not (self._whole(index) & (~where if truth else where)).satisfiable()

    # Holding -------------------------------------------------------------------------------------

    def glance(self, number: int, until: float) -> StageGlance:
        """Which of a stage's checks fail, without the gravest of all moves away.

        Parameters
        ----------
        number
            The stage's place in the plan, from 0.
        until
            When the time for it is over, by :func:`time.monotonic`.
        """
        stage = self.plan.stages[number]
        if self.starts[number] is None:
            obstacle = self.obstacle(self.path[number], stage)
            return StageGlance(number + 1, stage, obstacle, (), (), ())
        leaving, unknown = [], []
        for party, one in enumerate(self.game.dispute.parties):
            try:
                with share_of_time(self.game.diagrams, until):
                    if self._leaves(party, number):
                        leaving.append(one.id)
            except (TimeOver, TooLarge):
                unknown.append(one.id)
        unwilling = self.unwilling(number)
        return StageGlance(number + 1, stage, None, unwilling, tuple(leaving), tuple(unknown))

    def _leaves(self, party: int, number: int) -> bool:
        """Whether the party has a move away after a stage that nothing deters."""
        better, least = self._better_ends(party, number, self.offered(number))
        reaction = reaction_of(self.concept)
        if reaction is None or not better.satisfiable():
            return better.satisfiable()
        constants = self.parties[party].ranks.constants(least)
        return undeterred_end(self.game, party, reaction, constants, better) is not None

    def breach(self, party: int, number: int) -> Breach | None:
        """The gravest move away after a stage that nothing deters."""
        offered = self.offered(number)
        undeterred = self._undeterred(party, number, offered)
        if not undeterred.satisfiable():
            return None
        effect, gravest = next(
            (effect, gravest)
            for effect, states in self._effects(number)
            if (gravest := undeterred & states).satisfiable()
        )
        focal = self.parties[party]
        state = self._least_changed(number, focal.ranks.best(gravest))
        index = self._index(state)
        return Breach(
            party=self.game.dispute.parties[party].id,
            state=index + 1,
            rank_before=self.rank(party, self.path[number + 1]),
            rank_after=self.rank(party, index),
            rank_offered=self.rank(party, offered),
            held_to=self._held_to(party, state),
            effect=effect,
            others=self.game.count(undeterred) - 1,
            sanction=self._missing_sanction(party, state, offered),
        )

    def _undeterred(self, party: int, number: int, offered: int) -> Diagram:
        """Where the party's moves after a stage lead that nothing deters (definition 5)."""
        better, least = self._better_ends(party, number, offered)
        reaction = reaction_of(self.concept)
        if reaction is None or not better.satisfiable():
            return better
        return better & ~self.parties[party].deterred(reaction, least, better)

    def _better_ends(self, party: int, number: int, offered: int) -> tuple[Diagram, Truths]:
        """Where the party's moves after a stage lead that it prefers to what is offered.

        With the truth of its statements in what is offered.
        """
        game, focal = self.game, self.parties[party]
        least = focal.ranks.truths(self._state(offered))
        if not game.own_options[party]:
            return game.diagrams.false, least
        ends = focal.moves(party, self._state(self.path[number + 1]), improving=False)
        planned = self.next_part(party, number)
        if planned is not None:
            ends &= ~self._whole(planned)
        return ends & ~game.not_better(party, focal.ranks.constants(least)), least

    def _held_to(self, party: int, state: _State) -> int:
        """The rank that the party can count on after a move to a state."""
        ranks = self.parties[party].ranks
        own = ranks.rank(ranks.truths(state))
        reaction = reaction_of(self.concept)
        if reaction is None:
            return own
        return min(own, ranks.rank(self.parties[party].held_to(reaction, state)))

    def _effects(self, number: int) -> list[tuple[Effect, Diagram]]:
        """What moves after a stage do to the plan, by where they lead (definition 7)."""
        game = self.game
        settled: dict[int, int] = {}
        for place, stage in enumerate(self.plan.stages[: number + 1]):
            if self.starts[place] is not None:
                settled |= stage.settings
        undoes = game.diagrams.false
        after = game.levels_of(self._state(self.path[number + 1]))
        for option, level in settled.items():
            if after[option] == level:
                undoes |= game.whole_classes(game.feasible & ~game.here.at_level(option, level))
        left = [
            stage
            for place, stage in enumerate(self.plan.stages)
            if place > number and self.starts[place] is not None
        ]
        return [
            ("undoes", undoes),
            ("obstructs", game.feasible & ~self._can_go_on(left)),
            ("beside", game.feasible),
        ]

    def _can_go_on(self, stages: Sequence[PlanStage]) -> Diagram:
        """From where all of some stages can be made, one after the other."""
        game = self.game
        going_on = game.feasible
        for stage in reversed(stages):
            possible = game.settable_from(stage.settings, stage.when)
            made = possible & ~game.in_classes & game.set_to(stage.settings, going_on)
            for members in game.classes:
                # A coalesced state is left from its first member from which the stage leads away.
                starts = members & possible
                if starts.satisfiable():
                    end = game.here.state(_with(first_member(game, starts), stage.settings))
                    made |= members if (end & going_on).satisfiable() else game.diagrams.false
            going_on = made
        return going_on

    def _least_changed(self, number: int, states: Diagram) -> _State:
        """The first of some states in which the fewest options differ from a stage's result."""
        game = self.game
        index = self.path[number + 1]
        after = self._levels(index)
        single = states & ~game.in_classes
        found = [
            first_member(game, members)
            for members in game.classes
            if (members & states).satisfiable()
        ]
        if single.satisfiable():
            found.append(nearest_state(game, single, tuple(after)))

        def changed(state: _State) -> tuple[int, int]:
            there = self._index(state)
            levels = self._levels(there)
            return sum(one != other for one, other in zip(levels, after, strict=True)), there

        return min(found, key=changed)

    def _levels(self, index: int) -> list[int]:
        return self.model.levels[index]

    def _missing_sanction(self, party: int, state: _State, offered: int) -> Sanction:
        """A sanction that any moves of the others would make up, and who would not move."""
        focal = self.parties[party]
        reaction = reaction_of(self.concept)
        least = focal.ranks.truths(self._state(offered))
        harm = focal.harm(least, answered=reaction is not None and reaction.counter_move)
        index, path = self._index(state), []
        would_not: tuple[str, int, int] | None = None
        for mover, there in focal.shortest(state, harm, improving=False):
            end = self._index(there)
            before, after = self.ranks_at(mover, [index, end])
            name = self.game.dispute.parties[mover].id
            if would_not is None and after <= before:
                would_not = (name, before, after)
            path.append(ExplainedMove(name, end + 1))
            index = end
        return Sanction(tuple(path), *(would_not or (None, None, None)))


def _with(state: _State, settings: Mapping[int, int]) -> _State:
    """The levels of a state with some options set."""
    return tuple(settings.get(option, level) for option, level in enumerate(state))
