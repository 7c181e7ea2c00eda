"""Stability by sanctions: what others can answer to an improvement.

Notation: party *i*, state *s*, *i*'s ranks, and O, all other parties. A unilateral improvement
(UI) is a unilateral move to a strictly higher rank.

References
----------
.. [1] D. M. Kilgour, K. W. Hipel and L. Fang, "The graph model for conflicts", Automatica 23
   (1987).
.. [2] L. Fang, K. W. Hipel and D. M. Kilgour, *Interactive Decision Making: The Graph Model for
   Conflict Resolution* (1993).
.. [3] H. Xu, K. W. Hipel, D. M. Kilgour and L. Fang, *Conflict Resolution Using the Graph
   Model: Strategic Interactions in Competition and Cooperation* (2018).
.. [4] N. Howard, *Paradoxes of Rationality* (1971): GMR and SMR.
.. [5] N. M. Fraser and K. W. Hipel, "Solving complex conflicts", IEEE Transactions on Systems,
   Man, and Cybernetics 9 (1979): SEQ.
.. [6] L. C. Rêgo and G. I. A. Vieira, "Symmetric sequential stability in the graph model for
   conflict resolution with multiple decision makers", Group Decision and Negotiation 26 (2017).
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from detente.space.graph import Graph, Values
from detente.space.graph_model import GraphModel, have_same_moves
from detente.stability.concept import Reaction, Tell

__all__ = [
    "for_each_party",
    "keep_reactions",
    "nash",
    "reaction_values",
    "sanctioned",
    "stable_by_sanctions",
    "withstands",
]

# Values of a graph are kept, as long as it is, where it has up to so many nodes.
_KEPT_UP_TO = 2**18

_known: WeakKeyDictionary[Graph, dict[tuple[int, Reaction], Values]] = WeakKeyDictionary()


def for_each_party(
    model: GraphModel, name: str, tell: Tell, stable_for: Callable[[int], NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """Stability of every state for each party in turn, shape (parties, states).

    Parameters
    ----------
    model
        The graph model.
    name
        Name of the concept, for `tell`.
    tell
        Told which party is being looked at.
    stable_for
        From a party's number to the states that are stable for it.

    Returns
    -------
    numpy.ndarray of bool
    """
    parties = model.dispute.parties
    stable = np.empty((len(parties), model.space.count), dtype=np.bool_)
    for number, party in enumerate(parties):
        tell(f"{name} for {party.id}", number / len(parties))
        stable[number] = stable_for(number)
    return stable


def stable_by_sanctions(
    model: GraphModel, name: str, tell: Tell, reaction: Reaction
) -> NDArray[np.bool_]:
    """What :func:`sanctioned` finds for each party, shape (parties, states)."""
    return for_each_party(
        model,
        name,
        tell,
        lambda party: model.by_state(sanctioned(model.graph, party, reaction)),
    )


def nash(graph: Graph, party: int) -> NDArray[np.bool_]:
    """Nash stability (R): the party has no unilateral improvement.

    Parameters
    ----------
    graph
        The graph model.
    party
        Number of the focal party.

    Returns
    -------
    numpy.ndarray of bool
        For each node, whether it is stable. Cost is one pass along the party's own axis.

    References
    ----------
    [1]_, [2]_
    """
    ranks = graph.ranks[party]
    stable: NDArray[np.bool_] = graph.best_reach(ranks, party) == ranks
    return stable


def reaction_values(graph: Graph, party: int, reaction: Reaction) -> Values:
    """What the party can count on at each state if the others react in the worst way for it.

    Parameters
    ----------
    graph
        The graph model.
    party
        Number of the focal party.
    reaction
        What the others may do and whether the party may answer.

    Returns
    -------
    numpy.ndarray of int32
        For each node, the least rank of the party (after its best counter-move, where it has
        one) that the others can bring about from there, or that staying there gives. Not to be
        written into: it is kept for who asks again.
    """
    known = _known.setdefault(graph, {})
    if (party, reaction) in known:
        return known[party, reaction]
    ranks = graph.ranks[party]
    others = [other for other in range(len(graph.ranks)) if other != party]
    values = graph.best_reach(ranks, party) if reaction.counter_move else ranks
    found = graph.worst_response(values, others, improving=reaction.improving)
    if ranks.size <= _KEPT_UP_TO:
        known[party, reaction] = found
    return found


def keep_reactions(earlier: Graph, graph: Graph) -> None:
    """Let a graph model know of an earlier one what the others' reactions are there as here.

    What a party can count on hangs on its own ranks and on moves; where the others react by
    improvements only, on their ranks too.

    Parameters
    ----------
    earlier
        A graph model of which reactions are known.
    graph
        One that may have the same states and moves, and other ranks of some parties.
    """
    if not have_same_moves(earlier, graph):
        return
    same = [np.array_equal(*both) for both in zip(earlier.ranks, graph.ranks, strict=True)]
    known = _known.setdefault(graph, {})
    for (party, reaction), values in _known.get(earlier, {}).items():
        if all(same) if reaction.improving else same[party]:
            known.setdefault((party, reaction), values)


def sanctioned(graph: Graph, party: int, reaction: Reaction) -> NDArray[np.bool_]:
    """Stability by sanctions: GMR, SMR, SEQ and SSEQ.

    State *s* is stable for *i* when every UI *s1* of *i* from *s* is sanctioned:

    - GMR: some *s2* in R_O(s1) is not better for *i* than *s*;
    - SMR: the same, and no move of *i* from *s2* leads to a state better than *s*;
    - SEQ: as GMR, with *s2* in R+_O(s1), that is, reached by the others' own UIs;
    - SSEQ: as SMR, with *s2* in R+_O(s1).

    Parameters
    ----------
    graph
        The graph model.
    party
        Number of the focal party.
    reaction
        What the others may do and whether the party may answer.

    Returns
    -------
    numpy.ndarray of bool
        For each node, whether it is stable.

    References
    ----------
    [1]_, [2]_; GMR and SMR: [4]_; SEQ: [5]_; SSEQ: [6]_
    """
    return withstands(graph, party, reaction_values(graph, party, reaction))


def withstands(graph: Graph, party: int, responses: Values) -> NDArray[np.bool_]:
    """Whether no improvement of the party leads to a response better than where it started.

    Parameters
    ----------
    graph
        The graph model.
    party
        Number of the focal party.
    responses
        For each node, the value that the party can count on after moving there.

    Returns
    -------
    numpy.ndarray of bool
    """
    ranks = graph.ranks[party]
    # Taking the lower of response and rank makes moves that are not improvements harmless, so
    # the greatest value over all moves decides, and improvements need not be told apart.
    stable: NDArray[np.bool_] = graph.best_reach(np.minimum(responses, ranks), party) <= ranks
    return stable
