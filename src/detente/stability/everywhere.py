"""Stability in (nearly) all states, and the one sanction that brings it about.

Under GMR and SMR any answer counts that others could give, whether or not it would hurt those who
give it. One move that a party would never make can so hold others in every state.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detente.dispute.dispute import OrderedStates
from detente.space.graph_model import GraphModel
from detente.space.left_out import without_level
from detente.stability.analysis import Analysis
from detente.stability.concept_registry import reaction_named, reaction_of
from detente.stability.sanctions import sanctioned

__all__ = ["HeldEverywhere", "held_everywhere", "nearly_everywhere"]

# The part of the states in which stability is said to hold nearly everywhere.
_NEARLY = 0.99

# In larger disputes the sanction is not looked for, as each one tried takes an analysis.
_MOST_STATES = 2**18

# So many sanctions are tried.
_MOST_TRIED = 8


@dataclass(frozen=True, slots=True)
class HeldEverywhere:
    """A party for which (nearly) all states are stable by what others could do.

    Attributes
    ----------
    concept
        GMR or SMR.
    party
        Id of the party.
    states
        Number of states that were looked at: those that can be left.
    stable, nash
        How many of them are stable for it under the concept, and how many under Nash.
    credible
        How many are under SEQ, where it was analysed; None otherwise.
    option, level
        The option of another party, and the level, without which fewest states are stable. None
        where none was found, or looked for.
    without, states_without
        In how many states the concept holds for the party if the option can never stand so, and
        of how many.
    """

    concept: str
    party: str
    states: int
    stable: int
    nash: int
    credible: int | None
    option: str | None = None
    level: str | None = None
    without: int | None = None
    states_without: int | None = None


def held_everywhere(analysis: Analysis) -> tuple[HeldEverywhere, ...]:
    """The parties that GMR or SMR hold in (nearly) all states that can be left, and by what.

    Parameters
    ----------
    analysis
        The analysis, of Nash, of GMR or SMR or both, and perhaps of SEQ.

    Returns
    -------
    tuple of HeldEverywhere
        By concept, then party. None where a party hardly has an improvement to be deterred from, so
        that Nash holds nearly everywhere as well; none with packages as moves.
    """
    found = []
    without: dict[tuple[str, str], GraphModel] = {}
    candidates: dict[str, tuple[tuple[str, str], ...]] = {}
    for one in nearly_everywhere(analysis):
        if one.party not in candidates and _may_leave_out(analysis):
            candidates[one.party] = tuple(_candidates(analysis, one.party))
        found.append(_with_sanction(analysis, one, candidates.get(one.party, ()), without))
    return tuple(found)


def nearly_everywhere(analysis: Analysis) -> tuple[HeldEverywhere, ...]:
    """The same without the sanction that brings it about, which takes analyses to find."""
    if analysis.packages or "Nash" not in analysis.concepts:
        return ()
    looked_at = ~analysis.cannot_be_left
    states = int(looked_at.sum())
    found = []
    for concept in analysis.concepts:
        reaction = reaction_of(concept)
        if reaction is None or reaction.improving or not states:
            continue
        for party in analysis.dispute.parties:
            stable, nash = (
                int(analysis.stable(name, party.id)[looked_at].sum()) for name in (concept, "Nash")
            )
            if stable < _NEARLY * states or nash >= _NEARLY * states:
                continue
            credible = None
            if "SEQ" in analysis.concepts:
                credible = int(analysis.stable("SEQ", party.id)[looked_at].sum())
            found.append(HeldEverywhere(concept, party.id, states, stable, nash, credible))
    return tuple(found)


def _may_leave_out(analysis: Analysis) -> bool:
    """Whether the dispute is small enough, and means the same with fewer states."""
    # States given by number would be others in a dispute with fewer.
    by_number = any(isinstance(p.preferences, OrderedStates) for p in analysis.dispute.parties)
    return not by_number and analysis.count <= _MOST_STATES


def _with_sanction(
    analysis: Analysis,
    one: HeldEverywhere,
    candidates: Sequence[tuple[str, str]],
    without: dict[tuple[str, str], GraphModel],
) -> HeldEverywhere:
    """Add the option at a level without which fewest states are stable, if it matters."""
    best = one
    for option, level in candidates:
        if (option, level) not in without:
            without[option, level] = without_level(analysis.model, option, level)
        other = without[option, level]
        number = analysis.dispute.party_numbers[one.party]
        held = sanctioned(other.graph, number, reaction_named(one.concept))
        stable = int(other.by_state(held).sum())
        share = stable / other.space.count
        least = 1.0 if best.without is None else best.without / (best.states_without or 1)
        if share < min(least, _NEARLY):
            best = dataclasses.replace(
                one, option=option, level=level, without=stable, states_without=other.space.count
            )
    return best


def _candidates(analysis: Analysis, party: str) -> Iterator[tuple[str, str]]:
    """Levels of others' options that the party's worst states have in common, and not all have.

    An answer is something that is done: levels at which the status quo stands already (or, without
    one, the lowest) are none.
    """
    now = analysis.dispute.status_quo or (0,) * len(analysis.dispute.options)
    worst = np.flatnonzero(analysis.ranks(party) == 1)
    levels = analysis.model.space.assignments(worst)
    space = analysis.model.space
    every = np.flatnonzero(space.feasible).astype(np.int32)
    tried = 0
    for number, option in enumerate(analysis.dispute.options):
        level = int(levels[0, number])
        if option.party == party or level in (-1, now[number]) or tried == _MOST_TRIED:
            continue
        if not (levels[:, number] == level).all():
            continue
        if not (space.level(number, every) == level).all():
            tried += 1
            yield option.key, option.levels[level]
