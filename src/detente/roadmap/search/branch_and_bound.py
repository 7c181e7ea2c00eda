"""Plans whose parties look to where the plan ends: branch and bound over sets of ends.

For a set of ends each party is offered the best of them. That allows at least what any one end
allows, so a set in which that is no better than known plans is ruled out; otherwise it is split,
until all that is found in it is what its own end allows. What an end has to offer parties so that
they take part in a plan's stages and do not leave the states between them is the plan's *asking*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.roadmap.search.forward_search import Aim, Costs, Following, FoundStep
from detente.roadmap.search.least_exposure import Remaining
from detente.roadmap.search.stage_moves import OfferedRanks
from detente.stability.analysis import Progress

__all__ = ["Asking", "EndSearch"]

Asking = Sequence[Mapping[int, int]]
"""By stage: the rank that each party of which anything is asked has to be offered, at least."""

# So many sets of ends, and so many labels in all or for each node, are looked at before the search
# says that it is not complete.
_MOST_SETS = 10_000
_MOST_LABELS = 10**8
_MOST_LABELS_A_NODE = 100

# What remains of plans takes as long as this many sets of ends, or labels for each node, and bounds
# the search from then on. Most searches end before.
_SETS_BEFORE_REMAINING = 16
_LABELS_A_NODE_BEFORE_REMAINING = 8


class EndSearch:
    """The Pareto set of plans to a goal.

    Parameters
    ----------
    following
        The search for plans to one set of ends.
    goal
        Nodes where plans end.
    most_stages
        Greatest number of stages.
    offered
        What stages do where parties are offered certain ranks.
    asking
        What a plan's end has to offer; of the last stage only so that parties take part in it.
    remaining
        Works out what remains of plans at least, where each party is offered the best of all
        ends; it is asked where there are many sets of ends to look at. None where it is not known.
    progress
        Called as the work goes on.
    known
        Plans that are known already, with their costs: only better ones are looked for.

    Attributes
    ----------
    found
        The plans found, and those known that none of them beats, with their costs.
    looked_at
        How many sets of ends have been looked at.
    done
        The share of the work that is done, roughly.
    interrupted
        Whether the user ended the search.
    """

    def __init__(
        self,
        following: Following,
        goal: NDArray[np.int64],
        most_stages: int,
        offered: Callable[[NDArray[np.int32]], OfferedRanks],
        asking: Callable[[Sequence[FoundStep]], Asking],
        remaining: Callable[[Progress | None], Remaining] | None,
        progress: Progress | None = None,
        known: Sequence[tuple[Costs, list[FoundStep]]] = (),
    ) -> None:
        self.found = list(known)
        self.following = following
        self.ranks = following.ranks
        self.goal = goal
        self.most_stages = most_stages
        self.offered = offered
        self.asking = asking
        self.work_out = remaining
        self.progress = progress
        self.looked_at = 0
        self.done = 0.0
        self.interrupted = False

    def pareto(self) -> tuple[list[list[FoundStep]], bool]:
        """The stages of the plans of the Pareto set; whether everything was looked at."""
        waiting = [self.goal]
        following = self.following
        most_labels = max(_MOST_LABELS, _MOST_LABELS_A_NODE * following.ends_hold.size)
        try:
            while waiting and self.looked_at < _MOST_SETS and following.entered < most_labels:
                if self.progress and self.looked_at:
                    left = sum(ends.size for ends in waiting) / self.goal.size
                    self.done = 1 - left / 2
                    self.progress("ends of plans", self.done)
                front = self.front(waiting[-1], [costs for costs, _ in self.found])
                actual = [((self.broken(steps), *bound[1:]), steps) for bound, steps in front]
                self.found = _undominated([*self.found, *actual])
                open_ = [
                    steps
                    for bound, steps in front
                    if not any(_no_worse(costs, bound) for costs, _ in self.found)
                ]
                ends = waiting.pop()
                if open_:
                    waiting += self.split(ends, open_[0])
        except KeyboardInterrupt:
            self.interrupted = True
        complete = not waiting and not self.interrupted
        # What one end offers may break more stages than the best of several would.
        return [
            steps for costs, steps in self.found if costs[0] <= self.following.most_broken
        ], complete

    def front(
        self, ends: NDArray[np.int64], known: Sequence[Costs]
    ) -> list[tuple[Costs, list[FoundStep]]]:
        """What plans to a set of ends cost at least, where it is better than what is known."""
        ceilings = self.following.ceilings(self.most_stages, known)
        offer = self.offered(self.ranks[:, ends].max(axis=1))
        self.looked_at += 1
        rest = self.remaining if self.needs_remaining() else None
        progress = self.part(0, 0.5) if self.looked_at == 1 else None
        return self.following.front(Aim(ends, offer, ceilings, rest), progress)

    def needs_remaining(self) -> bool:
        """Whether so much was looked at that it pays to know what remains of plans."""
        labels = _LABELS_A_NODE_BEFORE_REMAINING * self.following.ends_hold.size
        return self.looked_at > _SETS_BEFORE_REMAINING or (
            self.looked_at > 1 and self.following.entered > labels
        )

    @cached_property
    def remaining(self) -> Remaining | None:
        """What remains of plans at least, if it can be known."""
        return None if self.work_out is None else self.work_out(self.part(self.done, self.done))

    def part(self, first: float, last: float) -> Progress | None:
        """Progress of what takes a part of the whole time."""
        progress = self.progress
        if progress is None:
            return None
        return lambda what, share: progress(what, first + share * (last - first))

    def split(self, ends: NDArray[np.int64], steps: Sequence[FoundStep]) -> list[NDArray[np.int64]]:
        """Split ends by what a plan asks for a party and its own end does not offer."""
        own = self.ranks[:, steps[-1].target]
        for asked in self.asking(steps):
            for party, least in asked.items():
                enough = self.ranks[party, ends] >= least
                if least > own[party] and enough.any():
                    # What is taken from the list first is looked at first: the better ends.
                    return [ends[~enough], ends[enough]]
        raise AssertionError("a plan that its own end is enough for has the label's costs")

    def broken(self, steps: Sequence[FoundStep]) -> int:
        """How many stages of a plan are broken, its parties being offered its own end."""
        end = steps[-1].target
        short = [
            any(least > self.ranks[party, end] for party, least in asked.items())
            for asked in self.asking(steps)
        ]
        short[-1] |= not self.following.ends_hold[end]
        return sum(short)


def _no_worse(plan: Costs, bound: Costs) -> bool:
    return all(ours <= theirs for ours, theirs in zip(plan, bound, strict=True))


def _undominated(
    plans: Sequence[tuple[Costs, list[FoundStep]]],
) -> list[tuple[Costs, list[FoundStep]]]:
    kept: list[tuple[Costs, list[FoundStep]]] = []
    for costs, steps in sorted(plans, key=lambda plan: plan[0]):
        if not any(_no_worse(other, costs) for other, _ in kept):
            kept.append((costs, steps))
    return kept
