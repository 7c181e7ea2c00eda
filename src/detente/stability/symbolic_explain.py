"""Why one state is stable for a party, or not, where no array holds all states.

What :mod:`detente.stability.explain` tells of Nash, GMR, SMR, SEQ and SSEQ. Of one state the
thresholds are constant, so diagrams are over one copy of the options.
"""

from __future__ import annotations

from collections.abc import Callable

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError, NotServedError
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.named import symbolic_state
from detente.space.symbolic.ranks import Truths
from detente.space.symbolic.states import first_states
from detente.stability.concept import Reaction
from detente.stability.concept_registry import reaction_of
from detente.stability.explain import ExplainedMove, Explanation, Improvement
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
        Explain at most so many improvements.
    packages
        Whether packages count as moves; they are not told here.
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
        If the concept is not served, packages are asked for, or there is no such state.
    LimitError
        If diagrams would have more nodes, or the state's stability was not found in time.
    """
    check_symbolic_concepts([concept])
    if packages:
        raise NotServedError(
            "what packages do is explained on the cube or a list of states; the engine "
            "symbolic explains a party's own moves",
            path=dispute.path,
        )
    budget = budget or Budget()
    found: list[_Explaining] = []

    def work(pause: Callable[[], None]) -> None:
        game = symbolic_game(dispute, budget.nodes)
        game.diagrams.pause = pause
        explaining = _Explaining(game, concept, party, symbolic_state(game, state))
        found.append(explaining)
        explaining.explain_moves(limit)

    try:
        why = ended_early(budget.seconds, work)
    except TooLarge:
        raise LimitError(
            f"one state of this dispute takes more than {budget.nodes:,} nodes", path=dispute.path
        ) from None
    if found:
        return found[0].told, found[0].explanation(why)
    if why == "interrupted":
        raise KeyboardInterrupt
    raise LimitError(
        f"whether the state is stable was not found in {budget.seconds:g} seconds; more may do",
        path=dispute.path,
    )


class _Explaining:
    """The work on one party under one concept."""

    def __init__(self, game: SymbolicGame, concept: str, party: int, state: _State) -> None:
        self.game = game
        self.concept = concept
        self.party = party
        self.reaction: Reaction | None = reaction_of(concept)
        self.focal = FocalParty(game, party)
        self.ranks = self.focal.ranks
        self.told = told_of(game)
        self.by_index: dict[int, int] = {}
        self.told.ranks_told[party] = RanksTold(self.ranks.highest, self.by_index)

        game = self.game
        self.here = self.ranks.truths(state)
        self.rank = self.ranks.rank(self.here)
        self.number = self._tell(state)
        better = deterred = game.diagrams.false
        if game.own_options[party]:
            ends = reached_by(game, party, self.focal.whole(state))
            better = ends & ~game.not_better(party, self.ranks.constants(self.here))
        if self.reaction is not None and better.satisfiable():
            deterred = better & self.focal.sanctions(self.reaction, self.here)
        self.free, self.deterred = better & ~deterred, deterred
        self.count = game.count(better)
        self.shown: list[Improvement] = []

    def explain_moves(self, limit: int) -> None:
        """Explain the party's improvements, those that nothing deters first."""
        for part, held in ((self.free, False), (self.deterred, True)):
            for end in self._best_first(part)[: limit - len(self.shown)]:
                self.shown.append(self._improvement(self.here, end, deterred=held))

    def explanation(self, why: Why | None) -> Explanation:
        """What is known by now, and what ended the work early."""
        return Explanation(
            concept=self.concept,
            party=self.game.dispute.parties[self.party].id,
            state=self.number,
            rank=self.rank,
            stable=not self.free.satisfiable(),
            improvements=tuple(self.shown),
            improvement_count=self.count,
            why=why,
        )

    def _tell(self, state: _State) -> int:
        """Number of a state, of which levels and rank are written down."""
        number = self.told.tell(self.game, state)
        if number - 1 not in self.by_index:
            self.by_index[number - 1] = self.ranks.rank(self.ranks.truths(state))
        return number

    def _best_first(self, states: Diagram) -> list[_State]:
        found = list(first_states(self.game, states, _MOST_ENDS))
        # They come in the order of their numbers, which a stable sort keeps.
        worths = {one: self.ranks.worth(self.ranks.truths(one)) for one in found}
        return sorted(found, key=lambda one: tuple(-part for part in worths[one]))

    def _improvement(self, here: Truths, end: _State, *, deterred: bool) -> Improvement:
        reaction = self.reaction
        own = self.ranks.truths(end)
        path: list[tuple[int, _State]] = []
        escape: int | None = None
        end_rank = self.ranks.rank(own)
        if reaction is not None:
            if deterred or reaction.counter_move:
                harm = self.focal.harm(here, answered=deterred and reaction.counter_move)
                path = self.focal.shortest(end, harm, improving=reaction.improving)
            if path and deterred and reaction.counter_move:
                end_rank = self._answered_rank(path[-1][1])
            elif path and deterred:
                end_rank = self.ranks.rank(self.ranks.truths(path[-1][1]))
            elif path:
                best = self._best_first(self.focal.moves(self.party, path[-1][1], improving=False))[
                    0
                ]
                escape, end_rank = self._tell(best), self.ranks.rank(self.ranks.truths(best))
            else:
                end_rank = self.ranks.rank(self.focal.held_to(reaction, end))
        return Improvement(
            state=self._tell(end),
            rank=self.ranks.rank(own),
            deterred=deterred,
            path=tuple(
                ExplainedMove(self.game.dispute.parties[mover].id, self._tell(place))
                for mover, place in path
            ),
            end_rank=end_rank,
            escape=escape,
        )

    def _answered_rank(self, state: _State) -> int:
        """The best rank that the party has there or can reach from there."""
        whole = self.focal.whole(state)
        reached = whole | reached_by(self.game, self.party, whole)
        (best, *_) = self._best_first(reached)
        return self.ranks.rank(self.ranks.truths(best))
