"""What remains of a plan: from each node, the least exposure with which the goal is reached.

Worked out backwards from the goal, over whole arrays. Where each party is offered the best of
all ends, what remains is at most what it is for any one end, so that it bounds searches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.roadmap.search.stage_moves import Labels, OfferedRanks, OwnSteps
from detente.stability.analysis import Progress

__all__ = ["Remaining", "remaining"]

_INFINITE = np.float32(np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Remaining:
    """By most stages to come and number of them broken: the least exposure from each node.

    Numbers of stages from which on nothing falls any more are left out.

    Attributes
    ----------
    plainly
        Where the next stage does not cover what would break the one before it.
    covering
        Where it does.
    """

    plainly: list[list[Labels]]
    covering: list[list[Labels]]

    def limits(self, nodes: NDArray[np.int64], stages: int, ceilings: Labels) -> list[Labels]:
        """Below which exposure labels can lead to a plan below the ceilings.

        Parameters
        ----------
        nodes
            Nodes that labels stand at.
        stages
            How many stages the labels have.
        ceilings
            Shape (broken, stages): exposures that plans have to stay below.

        Returns
        -------
        list
            By how many of the stages are broken: for each node. Where less is offered than what
            this was worked out for, more stages may have to cover what would break the one before
            them, so that what remains after any stage bounds what remains after one that covers.
        """
        # With more stages than that nothing remains less, and ceilings are no higher.
        more = min(ceilings.shape[1] - stages, len(self.plainly))
        asked = ceilings[:, stages : stages + more].T[:, :, np.newaxis]
        labels = np.stack([[one[nodes] for one in by_broken] for by_broken in self.plainly[:more]])
        limits = []
        for broken in range(len(ceilings)):
            above = asked[:, broken:]
            below = labels[:, : len(ceilings) - broken] < above
            limits.append(np.where(below, above, -_INFINITE).max(axis=(0, 1)))
        return limits


def remaining(
    goal: NDArray[np.int64],
    own: Sequence[OwnSteps],
    offer: OfferedRanks,
    ranks: NDArray[np.int32],
    most_stages: int,
    most_broken: int,
    progress: Progress | None = None,
) -> Remaining:
    """Work out what remains, where each party is offered a rank in the end.

    Parameters
    ----------
    goal
        Nodes where plans end.
    own
        Moves of the parties on a cube.
    offer
        What the parties are offered in the end, and all other stages that a plan may use.
    ranks
        Shape (parties, nodes).
    most_stages, most_broken
        Limits of plans.
    progress
        Called as the work goes on.

    Returns
    -------
    Remaining
    """
    assert offer.ranks is not None, "parties look to the end"
    holds, offered = offer.holds, offer.ranks
    counts = range(most_broken + 1)
    nothing = np.full(holds.size, np.inf, dtype=np.float32)
    at_goal = nothing.copy()
    at_goal[goal] = 0
    plainly = [[at_goal, *[nothing] * most_broken]]
    covering = [[nothing for _ in counts]]
    able = [steps.willing(ranks, offered) for steps in offer.listed]
    # After a willing stage or any: what remains then, the stage's own break counted.
    before = [(nothing, nothing)] * len(counts)
    while len(plainly) <= most_stages:
        if progress:
            progress("what remains of plans", (len(plainly) - 1) / most_stages)
        last, last_covering = plainly[-1], covering[-1]
        after = [_after(last, last_covering, holds, broken) for broken in counts]
        next_, next_covering = list(last), list(last_covering)
        for broken in counts:
            sound, unsound = (
                # Only what fell since then can lower anything.
                np.where(now < then, now, _INFINITE)
                for now, then in zip(after[broken], before[broken], strict=True)
            )
            if not (np.isfinite(sound).any() or np.isfinite(unsound).any()):
                continue
            next_[broken] = last[broken].copy()
            for moves in own:
                moves.lower_remaining(sound, unsound, offered, next_[broken])
            for steps, willing, covers in zip(offer.listed, able, offer.covers, strict=True):
                values = np.where(willing, sound[steps.targets], _INFINITE)
                values = np.maximum(np.minimum(values, unsound[steps.targets]), steps.exposures)
                np.minimum.at(next_[broken], steps.sources, values)
                if covers.any():
                    if next_covering[broken] is last_covering[broken]:
                        next_covering[broken] = last_covering[broken].copy()
                    np.minimum.at(next_covering[broken], steps.sources[covers], values[covers])
        before = after
        if all(now is then for now, then in zip(next_, last, strict=True)):
            break
        plainly.append(next_)
        covering.append(next_covering)
    return Remaining(plainly, covering)


def _after(
    plainly: list[Labels], covering: list[Labels], holds: NDArray[np.bool_], broken: int
) -> tuple[Labels, Labels]:
    """What remains once a stage has led to each node: a willing stage, or any that is broken."""
    if broken == 0:
        sound = np.where(holds, plainly[0], covering[0])
        return sound, np.full(holds.size, np.inf, dtype=np.float32)
    fewer = plainly[broken - 1]
    sound = np.where(holds, plainly[broken], np.minimum(covering[broken], fewer))
    return sound, np.minimum(fewer, covering[broken - 1])
