"""Why one state is stable for a party, or not, where no array holds all states.

What :mod:`detente.stability.explain` tells of Nash, GMR, SMR, SEQ and SSEQ. Of one state the
thresholds are constant, so diagrams are over one copy of the options.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from itertools import islice

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.named import symbolic_state
from detente.space.symbolic.ranks import SymbolicRanks
from detente.space.symbolic.states import first_states, state_number
from detente.stability.concept import Reaction
from detente.stability.concept_registry import reaction_of
from detente.stability.explain import ExplainedMove, Explanation, Improvement, Prospect
from detente.stability.states_told import RanksTold, StatesTold, told_of
from detente.stability.symbolic_analysis import Budget, check_symbolic_concepts
from detente.stability.symbolic_concepts import reached_by, undeterred_end
from detente.stability.symbolic_reactions import FocalParty
from detente.stability.time_limit import Why, ended_early

__all__ = ["explain_symbolically"]

# So many of the best ends of moves are looked at one by one.
_MOST_ENDS = 2**12

_State = tuple[int, ...]


def explain_symbolically(
    dispute: Dispute,
    concept: str,
    party: int,
    state: str,
    *,
    limit: int = 20,
    packages: bool = False,
    budget: Budget | None = None,
) -> tuple[StatesTold, Explanation]:
    """Explain the stability of one state for one party.

    Parameters
    ----------
    dispute
        The dispute.
    concept
        Nash, GMR, SMR, SEQ or SSEQ.
    party
        Number of the party.
    state
        The state, by its name.
    limit
        Explain at most this many improvements.
    packages
        Whether packages count as moves of all their members together.
    budget
        How many seconds and nodes it may take.

    Returns
    -------
    told : StatesTold
        The states that occur.
    explanation : Explanation
        As :func:`detente.stability.explain.explain` gives it. Whether the state is stable is
        found out first. Where time or nodes run out afterwards, it says so and has fewer moves.

    Raises
    ------
    NotServedError
        If the concept is not served, or there is no such state.
    LimitError
        If diagrams would have more nodes, or the state's stability was not found in time.
    """
    check_symbolic_concepts([concept])
    budget = budget or Budget()
    found: list[_Explaining] = []

    def work(pause: Callable[[], None]) -> None:
        game = symbolic_game(dispute, budget.nodes)
        game.diagrams.pause = pause
        explaining = _Explaining(
            game, concept, party, symbolic_state(game, state), packages=packages
        )
        found.append(explaining)
        explaining.explain_moves(limit)

    why: Why | None
    try:
        why = ended_early(budget.seconds, work)
    except TooLarge:
        why = "nodes"
        if not found:
            raise LimitError(
                f"one state of this dispute takes more than {budget.nodes:,} nodes; more may do",
                path=dispute.path,
            ) from None
    if found:
        return found[0].told, found[0].explanation(why)
    if why == "interrupted":
        raise KeyboardInterrupt
    raise LimitError(
        f"whether the state is stable was not found in {budget.seconds:g} seconds; more may do",
        path=dispute.path,
    )


@dataclass(frozen=True, slots=True)
class _Move:
    """One improvement: where it leads, and the number of the package, if it is one."""

    end: _State
    deterred: bool
    package: int | None = None


class _Explaining:
    """The work on one party under one concept."""

    def __init__(
        self,
        game: SymbolicGame,
        concept: str,
        party: int,
        state: _State,
        *,
        packages: bool = False,
    ) -> None:
        self.game = game
        self.concept = concept
        self.party = party
        self.state = state
        self.packages = packages
        self.reaction: Reaction | None = reaction_of(concept)
        self._members: dict[int, FocalParty] = {}
        self.told = told_of(game)
        self.focal = self._member(party)
        self.ranks = self.focal.ranks
        self.here = self.ranks.truths(state)
        self.rank = self.ranks.rank(self.here)
        self.number = self._tell(state)
        self.better = game.diagrams.false
        if game.own_options[party]:
            ends = reached_by(game, party, self.focal.whole(state))
            self.better = ends & ~game.not_better(party, self.ranks.constants(self.here))
        self.free_end = self._free_end()
        self.joint = list(self._joint_moves()) if packages else []
        self.stable = self.free_end is None and all(one.deterred for one in self.joint)
        self.count = game.count(self.better) + len(self.joint)
        self.shown: list[Improvement] = []
        self._explained: dict[_Move, Improvement] = {}

    def _free_end(self) -> _State | None:
        """Where an improvement of the party leads that nothing deters, if there is one."""
        if not self.better.satisfiable():
            return None
        if self.reaction is None:
            return next(self._best_first(self.better))
        here = self.ranks.constants(self.here)
        return undeterred_end(
            self.game, self.party, self.reaction, here, self.better, self.packages
        )

    def _member(self, party: int) -> FocalParty:
        """What a party has to fear."""
        if party not in self._members:
            member = FocalParty(self.game, party, packages=self.packages)
            self._members[party] = member
            self.told.ranks_told[party] = RanksTold(member.ranks.highest, {})
        return self._members[party]

    def _joint_moves(self) -> Iterator[_Move]:
        """The improvements of packages to which the party belongs."""
        game = self.game
        for number, package in enumerate(game.packages):
            if self.party not in package.members:
                continue
            ends = game.set_from(package.possible & self.focal.whole(self.state), package.settings)
            deterred = game.diagrams.false
            for one in sorted(package.members):
                member = self._member(one)
                here = member.ranks.truths(self.state)
                ends &= ~game.not_better(one, member.ranks.constants(here))
                if self.reaction is not None and ends.satisfiable():
                    deterred |= member.deterred(self.reaction, here, ends)
            for end in first_states(game, ends, _MOST_ENDS):
                held = (game.here.state(end) & deterred).satisfiable()
                yield _Move(end, held, number)

    def explain_moves(self, limit: int) -> None:
        """Explain the party's improvements, those that nothing deters first."""
        if limit and self.free_end is not None:
            # Why the state is not stable is told even if there is no time for more.
            self._explain(_Move(self.free_end, deterred=False))
        held: list[_Move] = []
        for moves, deterred in ((self._free_moves(limit, held), False), (held, True)):
            joint = sorted((one for one in self.joint if one.deterred == deterred), key=self._order)
            ordered: Iterable[_Move] = merge(moves, joint, key=self._order) if joint else moves
            for move in islice(ordered, limit - len(self.shown)):
                self.shown.append(self._explain(move))

    def _free_moves(self, limit: int, held: list[_Move]) -> Iterator[_Move]:
        """The party's own improvements that nothing deters; others are put aside on the way."""
        none_yet = self.free_end is not None
        most = _MOST_ENDS if none_yet else limit
        for end in islice(self._best_first(self.better), most):
            move = _Move(end, self._is_deterred(end))
            if move.deterred:
                held.append(move)
            else:
                none_yet = False
                yield move
        if none_yet and self.free_end is not None:
            yield _Move(self.free_end, deterred=False)

    def _is_deterred(self, end: _State) -> bool:
        if self.reaction is None or self.free_end is None:
            return self.reaction is not None
        whole = self.focal.whole(end)
        if self.game.classes:
            # All ends at once are no more work than one.
            return (whole & self._all_deterred).satisfiable()
        return self.focal.deterred(self.reaction, self.here, whole).satisfiable()

    @cached_property
    def _all_deterred(self) -> Diagram:
        assert self.reaction is not None, "asked where the others can react"
        return self.focal.deterred(self.reaction, self.here, self.better)

    def _order(self, move: _Move) -> tuple[tuple[int, ...], int]:
        """The best first, then by number; a party's own moves come before packages."""
        worth = self.ranks.worth(self.ranks.truths(move.end))
        return tuple(-part for part in worth), state_number(self.game, move.end)

    def explanation(self, why: Why | None) -> Explanation:
        """What is known by now, and what ended the work early."""
        shown = self.shown or list(self._explained.values())
        return Explanation(
            concept=self.concept,
            party=self.game.dispute.parties[self.party].id,
            state=self.number,
            rank=self.rank,
            stable=self.stable,
            improvements=tuple(shown),
            improvement_count=self.count,
            packages=self.packages,
            why=why if len(shown) < self.count else None,
        )

    def _tell(self, state: _State) -> int:
        """Number of a state, of which levels and ranks are written down."""
        number = self.told.tell(self.game, state)
        for party, member in self._members.items():
            by_index = self.told.ranks_told[party].by_index
            if number - 1 not in by_index:
                by_index[number - 1] = member.ranks.rank(member.ranks.truths(state))
        return number

    def _best_first(self, states: Diagram, ranks: SymbolicRanks | None = None) -> Iterator[_State]:
        """Some states, those first that a party prefers, then by number."""
        ranks = ranks or self.ranks
        while states.satisfiable():
            best = ranks.best(states)
            yield from first_states(self.game, best, sys.maxsize)
            states &= ~best

    def _explain(self, move: _Move) -> Improvement:
        if move not in self._explained:
            self._explained[move] = self._improvement(move)
        return self._explained[move]

    def _improvement(self, move: _Move) -> Improvement:
        others: list[int] = []
        package = None
        if move.package is not None:
            package = self.game.dispute.packages[move.package].id
            others = sorted(self.game.packages[move.package].members - {self.party})
        own, *rest = (self._prospect(one, move) for one in (self.party, *others))
        return Improvement(
            state=self._tell(move.end),
            rank=own.after,
            deterred=move.deterred,
            path=own.path,
            end_rank=own.end_rank,
            escape=own.escape,
            package=package,
            others=tuple(rest),
        )

    def _prospect(self, party: int, move: _Move) -> Prospect:
        """What may follow a move for one of those who made it."""
        member, reaction, end = self._member(party), self.reaction, move.end
        ranks = member.ranks
        here = ranks.truths(self.state)
        deterred = move.deterred
        if move.package is not None and deterred and reaction is not None:
            deterred = member.deterred(reaction, here, member.whole(end)).satisfiable()
        path: list[tuple[int, _State]] = []
        escape: int | None = None
        end_rank = after = ranks.rank(ranks.truths(end))
        if reaction is not None:
            if deterred or reaction.counter_move:
                harm = member.harm(here, answered=deterred and reaction.counter_move)
                path = member.shortest(end, harm, improving=reaction.improving)
            if path and deterred and reaction.counter_move:
                end_rank = self._answered_rank(member, path[-1][1])
            elif path and deterred:
                end_rank = ranks.rank(ranks.truths(path[-1][1]))
            elif path:
                answers = member.moves(party, path[-1][1], improving=False)
                best = next(self._best_first(answers, ranks))
                escape, end_rank = self._tell(best), ranks.rank(ranks.truths(best))
            else:
                end_rank = ranks.rank(member.held_to(reaction, end))
        return Prospect(
            party=self.game.dispute.parties[party].id,
            before=ranks.rank(here),
            after=after,
            deterred=deterred,
            path=tuple(self._step(mover, place) for mover, place in path),
            end_rank=end_rank,
            escape=escape,
        )

    def _step(self, mover: int, place: _State) -> ExplainedMove:
        dispute = self.game.dispute
        if mover < len(dispute.parties):
            return ExplainedMove(dispute.parties[mover].id, self._tell(place))
        package = dispute.packages[mover - len(dispute.parties)].id
        return ExplainedMove(None, self._tell(place), package)

    def _answered_rank(self, member: FocalParty, state: _State) -> int:
        """The best rank that a party has there or can reach from there."""
        whole = member.whole(state)
        reached = whole | reached_by(self.game, member.party, whole)
        best = next(self._best_first(reached, member.ranks))
        return member.ranks.rank(member.ranks.truths(best))
