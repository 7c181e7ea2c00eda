"""What parties undertake beside a plan: to answer a breach, or to bind themselves.

docs/concepts/roadmaps.md, definitions 8b and 8c.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.space.graph_model import GraphModel
from detente.space.joint_moves import joint_targets
from detente.stability.concept_registry import reaction_of

__all__ = ["Commitment", "Pledge", "Settings", "Undertaking", "answered", "ruled_out"]

Settings: TypeAlias = tuple[tuple[int, int], ...]
"""Option numbers, in order, each with the level to which it is set."""


@dataclass(frozen=True, slots=True)
class Pledge:
    """One party's promise to answer another's breach, whether or not it gains by that.

    Attributes
    ----------
    breaker
        Number of the party whose breach is answered.
    party
        Number of the party that answers.
    settings
        What it then sets.
    new_means
        Whether the options' directions and guards are set aside for the answer, so that it asks
        for a move that the dispute file does not allow.
    """

    breaker: int
    party: int
    settings: Settings
    new_means: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """One party's promise not to change an option except as the plan has it.

    It binds while the others keep to the plan: what the party may do once another has broken it
    stays as it is.
    """

    party: int
    option: int


Undertaking: TypeAlias = Pledge | Commitment


def answered(
    model: GraphModel, states: NDArray[np.int64], settings: Settings, *, new_means: bool
) -> NDArray[np.int64]:
    """Where a pledged answer leads from each of some states.

    Parameters
    ----------
    model
        The graph model.
    states
        Indices of states.
    settings
        What the answer sets.
    new_means
        Whether directions and guards are set aside.

    Returns
    -------
    numpy.ndarray of int64
        State indices; -1 where the answer is not possible or changes nothing. A coalesced state
        is left from its first member from which the answer leads to another state.
    """
    space = model.space
    members = [space.members(state) for state in states.tolist()]
    positions = np.concatenate([np.empty(0, dtype=np.int64), *members]).astype(np.int64)
    if new_means:
        ends = space.changed(positions, dict(settings))
        ends[~space.feasible_at(ends)] = -1
    else:
        ends = joint_targets(model.moves, dict(settings), positions=positions)
    result = np.full(states.size, -1, dtype=np.int64)
    owners = np.repeat(np.arange(states.size), [one.size for one in members])
    for owner, end in zip(owners.tolist(), ends.tolist(), strict=True):
        if end >= 0 and result[owner] < 0:
            index = space.index_at(end)
            assert index is not None, "the answer leads to a feasible position"
            if index != states[owner]:
                result[owner] = index
    return result


def ruled_out(
    model: GraphModel,
    concept: str,
    undertakings: Sequence[Undertaking],
    party: int,
    state: int,
    offered: int,
    improvements: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which of a party's moves away from a state of the plan undertakings rule out.

    Parameters
    ----------
    model
        The graph model.
    concept
        Nash, GMR, SMR, SEQ or SSEQ.
    undertakings
        Pledges and commitments.
    party
        Number of the party that would move.
    state
        Index of the state of the plan that it would leave.
    offered
        Index of the state that the plan offers: a pledged answer has to lead to one that the
        party ranks no higher.
    improvements
        Indices of the states to which it would go.

    Returns
    -------
    numpy.ndarray of bool
    """
    result = np.zeros(improvements.size, dtype=np.bool_)
    if not improvements.size:
        return result
    ranks = model.graph.ranks[party]
    most = ranks[model.node(offered)]
    reaction = reaction_of(concept)
    # Where the concept lets the party reply to a sanction, the sanction has to stand that too.
    harm = model.graph.best_reach(ranks, party) if reaction and reaction.counter_move else ranks
    for one in undertakings:
        if isinstance(one, Commitment):
            if one.party == party:
                levels = model.space.assignments(np.append(improvements, state))
                result |= levels[:-1, one.option] != levels[-1, one.option]
        elif one.breaker == party:
            ends = answered(model, improvements, one.settings, new_means=one.new_means)
            nodes = np.array([model.node(max(end, 0)) for end in ends.tolist()], dtype=np.int64)
            result |= (ends >= 0) & (harm[nodes] <= most)
    return result
