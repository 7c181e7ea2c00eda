"""Why one state is stable for a party, or not, where no array holds all states.

What :mod:`detente.stability.explain` tells of Nash, GMR, SMR, SEQ and SSEQ. Of one state the
thresholds are constant, so diagrams are over one copy of the options.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
from detente.stability.symbolic_analysis import Budget, Why, check_symbolic_concepts
from detente.stability.symbolic_concepts import reached_by
from detente.stability.symbolic_reactions import FocalParty
from detente.stability.time_limit import ended_early

__all__ = ["explain_symbolically"]

# So many ends of moves are put in order; a party that has more improvements has the first told.
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
        As :func:`detente.stability.explain.explain` gives it. Where time runs out, it says so and
        has fewer moves.

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

    try:
        why = ended_early(budget.seconds, work)
    except TooLarge:
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
        better = deterred = game.diagrams.false
        if game.own_options[party]:
            ends = reached_by(game, party, self.focal.whole(state))
            better = ends & ~game.not_better(party, self.ranks.constants(self.here))
        if self.reaction is not None and better.satisfiable():
            deterred = self.focal.deterred(self.reaction, self.here, better)
        self.free, self.deterred = better & ~deterred, deterred
        self.joint = list(self._joint_moves()) if packages else []
        self.count = game.count(better) + len(self.joint)
        self.shown: list[Improvement] = []

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
        for part, held in ((self.free, False), (self.deterred, True)):
            left = limit - len(self.shown)
            moves = [_Move(end, held) for end in self._best_first(part)[:left]]
            joint = [one for one in self.joint if one.deterred == held]
            if joint:
                moves = sorted([*moves, *joint], key=self._order)[:left]
            for move in moves:
                self.shown.append(self._improvement(move))

    def _order(self, move: _Move) -> tuple[tuple[int, ...], int]:
        """The best first, then by number; a party's own moves come before packages."""
        worth = self.ranks.worth(self.ranks.truths(move.end))
        return tuple(-part for part in worth), state_number(self.game, move.end)

    def explanation(self, why: Why | None) -> Explanation:
        """What is known by now, and what ended the work early."""
        return Explanation(
            concept=self.concept,
            party=self.game.dispute.parties[self.party].id,
            state=self.number,
            rank=self.rank,
            stable=not self.free.satisfiable() and all(one.deterred for one in self.joint),
            improvements=tuple(self.shown),
            improvement_count=self.count,
            packages=self.packages,
            why=why,
        )

    def _tell(self, state: _State) -> int:
        """Number of a state, of which levels and ranks are written down."""
        number = self.told.tell(self.game, state)
        for party, member in self._members.items():
            by_index = self.told.ranks_told[party].by_index
            if number - 1 not in by_index:
                by_index[number - 1] = member.ranks.rank(member.ranks.truths(state))
        return number

    def _best_first(self, states: Diagram, ranks: SymbolicRanks | None = None) -> list[_State]:
        ranks = ranks or self.ranks
        found = list(first_states(self.game, states, _MOST_ENDS))
        # They come in the order of their numbers, which a stable sort keeps.
        worths = {one: ranks.worth(ranks.truths(one)) for one in found}
        return sorted(found, key=lambda one: tuple(-part for part in worths[one]))

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
                best = self._best_first(answers, ranks)[0]
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
        (best, *_) = self._best_first(reached, member.ranks)
        return member.ranks.rank(member.ranks.truths(best))
