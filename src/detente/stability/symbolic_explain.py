"""Why one state is stable for a party, or not, where no array holds all states.

What :mod:`detente.stability.explain` tells of Nash, GMR, SMR, SEQ and SSEQ. Of one state the
thresholds are constant, so diagrams are over one copy of the options.
"""

from __future__ import annotations

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, LimitError
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.named import symbolic_state
from detente.space.symbolic.ranks import Truths
from detente.space.symbolic.states import first_states
from detente.stability.concept import Reaction
from detente.stability.concept_registry import reaction_of
from detente.stability.explain import ExplainedMove, Explanation, Improvement
from detente.stability.states_told import RanksTold, StatesTold, told_of
from detente.stability.symbolic_analysis import Budget, check_symbolic_concepts
from detente.stability.symbolic_concepts import reached_by
from detente.stability.symbolic_reactions import FocalParty

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
        How many nodes diagrams may have.

    Returns
    -------
    told : StatesTold
        The states that occur.
    explanation : Explanation
        Its paths are as short as those of :func:`detente.stability.explain.explain`, and may be
        others.

    Raises
    ------
    DisputeError
        If the concept is not served, packages are asked for, or there is no such state.
    LimitError
        If diagrams would have more nodes.
    """
    check_symbolic_concepts([concept])
    if packages:
        raise DisputeError(
            "what packages do is explained on the cube or a list of states; --engine symbolic "
            "explains a party's own moves",
            path=dispute.path,
        )
    nodes = (budget or Budget()).nodes
    try:
        game = symbolic_game(dispute, nodes)
        return _Explaining(game, concept, party).explained(symbolic_state(game, state), limit)
    except TooLarge:
        raise LimitError(
            f"one state of this dispute takes more than {nodes:,} nodes", path=dispute.path
        ) from None


class _Explaining:
    """The work on one party under one concept."""

    def __init__(self, game: SymbolicGame, concept: str, party: int) -> None:
        self.game = game
        self.concept = concept
        self.party = party
        self.reaction: Reaction | None = reaction_of(concept)
        self.focal = FocalParty(game, party)
        self.ranks = self.focal.ranks
        self.told = told_of(game)
        self.by_index: dict[int, int] = {}
        self.told.ranks_told[party] = RanksTold(self.ranks.highest, self.by_index)

    def explained(self, state: _State, limit: int) -> tuple[StatesTold, Explanation]:
        game = self.game
        here = self.ranks.truths(state)
        known = self.ranks.constants(here)
        number = self._tell(state)
        better = game.diagrams.false
        if game.own_options[self.party]:
            ends = reached_by(game, self.party, self.focal.whole(state))
            better = ends & ~game.not_better(self.party, known)
        deterred = game.diagrams.false
        if self.reaction is not None and better.satisfiable():
            deterred = better & self.focal.sanctions(self.reaction, here)
        shown: list[Improvement] = []
        for part, held in ((better & ~deterred, False), (deterred, True)):
            for end in self._best_first(part)[: limit - len(shown)]:
                shown.append(self._improvement(here, end, deterred=held))
        return self.told, Explanation(
            concept=self.concept,
            party=game.dispute.parties[self.party].id,
            state=number,
            rank=self.ranks.rank(here),
            stable=not (better & ~deterred).satisfiable(),
            improvements=tuple(shown),
            improvement_count=game.count(better),
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
