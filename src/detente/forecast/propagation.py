"""Exact propagation of play from one state: where it is at each step, and where it has been.

The distribution over all states is carried forward step by step. For each outcome a second
distribution holds the play that has not come to it yet. No run is sampled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.forecast.movers import Dynamics
from detente.queries.play_steps import Ground

__all__ = ["Carriers", "Propagation", "closed", "propagate"]

Values = NDArray[np.float64]
Regions = NDArray[np.bool_]

# Entries of the distributions that are carried at once; more columns are carried in turns.
_AT_ONCE = 2**26


@dataclass(frozen=True, eq=False)
class Carriers:
    """Who brings play into each outcome for the first time, within the steps of a forecast.

    Attributes
    ----------
    movers
        Shape (movers, outcomes): the probability that this mover's move does.
    options
        Shape (options, outcomes): the probability that a move that changes this option does.
    """

    movers: Values
    options: Values


@dataclass(frozen=True, eq=False)
class Propagation:
    """Where play is, and has been, step by step.

    Attributes
    ----------
    at
        Shape (steps + 1, outcomes): the probability of being in each outcome at each step.
    by
        The same: of having been in it at that step or before.
    final
        Shape (nodes,): the probability of being at each node at the last step.
    carriers
        None where they were not asked for.
    """

    at: Values
    by: Values
    final: Values = field(repr=False)
    carriers: Carriers | None = None


def closed(ground: Ground, region: Regions, packages: tuple[str, ...] = ()) -> bool:
    """Whether no move of anybody, nor any of these packages, leads out of a set of nodes.

    Parameters
    ----------
    ground
        The graph model.
    region
        Truth by node.
    packages
        Ids of packages that are moves too.
    """
    graph = ground.model.graph
    outside = (ground.feasible & ~region).astype(np.int32)
    for party in range(len(graph.ranks)):
        if ((graph.best_move(outside, party) > 0) & region).any():
            return False
    for package in packages:
        ends = ground.package_results(package)
        if (region & (ends >= 0) & ~region[ends]).any():
            return False
    return True


def propagate(
    play: Dynamics,
    start: int,
    regions: Regions,
    steps: int,
    *,
    closed: NDArray[np.bool_] | None = None,
    carriers: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Propagation:
    """Carry play forward from one node.

    Parameters
    ----------
    play
        How play goes on.
    start
        The node where it starts.
    regions
        Shape (outcomes, nodes): which nodes belong to each outcome.
    steps
        How many steps.
    closed
        Shape (outcomes,): which outcomes no move leads out of, so that having been there is being
        there; see :func:`closed`. None of them where left out.
    carriers
        Whether to tell who carries play into each outcome.
    progress
        Called with the share of the work that is done.

    Returns
    -------
    Propagation
    """
    from detente.forecast import kernels

    count = len(regions)
    at = np.zeros((steps + 1, count))
    at[0] = regions[:, start]
    by = np.zeros((steps + 1, count))
    whole = np.zeros(count, dtype=np.bool_) if closed is None else closed
    # The first column is the distribution itself; each other one is for one outcome.
    begun = regions[:, start]
    by[:, begun] = 1.0
    columns: list[int | None] = [
        None,
        *(k for k in range(count) if not whole[k] and not begun[k]),
    ]
    at_once = max(1, _AT_ONCE // max(1, play.nodes))
    blocks = [columns[first : first + at_once] for first in range(0, len(columns), at_once)]
    final = np.zeros(play.nodes)
    found: list[tuple[int, Values]] = []
    for number, block in enumerate(blocks):
        before = np.zeros((play.nodes, len(block)))
        before[start] = 1.0
        after = np.zeros_like(before)
        spent = np.zeros_like(before) if carriers else None
        for step in range(1, steps + 1):
            if spent is not None:
                spent += before
            before, after = play.step(before, after), before
            for column, outcome in enumerate(block):
                if outcome is None:
                    at[step] = kernels.inside(before[:, column], regions)
                else:
                    came = kernels.taken_out(before[:, column], regions[outcome])
                    by[step, outcome] = by[step - 1, outcome] + came
            if progress:
                progress((number * steps + step) / (len(blocks) * steps))
        if block[0] is None:
            final = before[:, 0].copy()
        if spent is not None:
            found += _spent(block, spent, regions, whole, start)
    by[:, whole & ~begun] = at[:, whole & ~begun]
    return Propagation(at, by, final, _carriers(play, found, regions) if carriers else None)


def _spent(
    block: list[int | None], spent: Values, regions: Regions, whole: Regions, start: int
) -> list[tuple[int, Values]]:
    """By outcome: how long play is expected to be at each node before it comes there."""
    found: list[tuple[int, Values]] = []
    for column, outcome in enumerate(block):
        if outcome is not None:
            found.append((outcome, spent[:, column]))
            continue
        for other in np.flatnonzero(whole).tolist():
            outside = np.where(regions[other], 0.0, spent[:, column])
            found.append((other, outside))
    return [(outcome, own) for outcome, own in found if not regions[outcome, start]]


def _carriers(play: Dynamics, found: list[tuple[int, Values]], regions: Regions) -> Carriers:
    dispute = play.model.dispute
    movers = np.zeros((len(play.movers), len(regions)))
    options = np.zeros((len(dispute.options), len(regions)))
    if not found:
        return Carriers(movers, options)
    outcomes = [outcome for outcome, _ in found]
    spent = np.stack([own for _, own in found], axis=1)
    owner = [dispute.party_numbers[option.party] for option in dispute.options]
    after = np.empty_like(spent)

    def inflow(number: int, kept: int | None) -> Values:
        after[...] = 0.0
        weight = play.probabilities[number]
        play.movers[number].carry(spent, after, weight, forward=True, kept=kept)
        return np.array(
            [after[regions[outcome], column].sum() for column, outcome in enumerate(outcomes)]
        )

    for number in range(len(play.movers)):
        whole = inflow(number, None)
        movers[number, outcomes] = whole
        for option in range(len(dispute.options)):
            if number >= len(dispute.parties) or owner[option] == number:
                kept = inflow(number, option)
                options[option, outcomes] += np.maximum(0.0, whole - kept)
    return Carriers(movers, options)
