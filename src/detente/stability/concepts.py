"""Solution concepts: when a state is stable for a party.

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

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.space.graph import Graph, Values

__all__ = [
    "BOTH_SANCTIONS",
    "CONCEPT_PATTERN",
    "DEFAULT_CONCEPTS",
    "NAMED_CONCEPTS",
    "REACTIONS",
    "Reaction",
    "horizon_of",
    "known_concept",
    "nash",
    "reaction_values",
    "sanctioned",
    "withstands",
]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a party expects of the others after its own improvement.

    ``improving``: the others make unilateral improvements only (credible sanctions).
    ``counter_move``: the party may still move once after the sanction.
    """

    improving: bool
    counter_move: bool


REACTIONS = {
    "GMR": Reaction(improving=False, counter_move=False),
    "SMR": Reaction(improving=False, counter_move=True),
    "SEQ": Reaction(improving=True, counter_move=False),
    "SSEQ": Reaction(improving=True, counter_move=True),
}

BOTH_SANCTIONS = "SEQ+SIM"
"""Sequential sanctions and, where these fail for several parties, simultaneous ones."""

DEFAULT_CONCEPTS = ("Nash", *REACTIONS)

# Those that are neither Nash nor stability by sanctions; L stands for all horizons.
_OTHERS = ("SIM", BOTH_SANCTIONS, "NM")
_HORIZON = "L[1-9][0-9]{0,3}"

NAMED_CONCEPTS = (*DEFAULT_CONCEPTS, *_OTHERS)
"""The concepts that have a name of their own; L2, L3, ... have a horizon beside it."""

CONCEPT_PATTERN = f"^({'|'.join(map(re.escape, (*DEFAULT_CONCEPTS, *_OTHERS)))}|{_HORIZON})$"
"""A regular expression for the name of a concept."""


def horizon_of(concept: str) -> int | None:
    """The horizon h of a limited-move concept written ``L2``, ``L3``, ...; otherwise None."""
    found = re.fullmatch(_HORIZON, concept)
    return int(concept[1:]) if found else None


def known_concept(name: str) -> str | None:
    """The name of a concept as detente writes it, or None if there is no such concept.

    Upper and lower case do not matter, and ``R`` is another name for Nash.
    """
    if name.upper() in ("NASH", "R"):
        return "Nash"
    upper = name.upper()
    if upper in (*REACTIONS, *_OTHERS) or horizon_of(upper):
        return upper
    return None


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
        one) that the others can bring about from there, or that staying there gives.
    """
    ranks = graph.ranks[party]
    others = [other for other in range(len(graph.ranks)) if other != party]
    values = graph.best_reach(ranks, party) if reaction.counter_move else ranks
    return graph.worst_response(values, others, improving=reaction.improving)


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
        One of :data:`REACTIONS`.

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
