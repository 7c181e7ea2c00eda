"""How many states are equilibria, estimated from states drawn at random.

Where a set of equilibria is too large for diagrams, single states still can be looked at.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.states import each_once, random_states
from detente.stability.symbolic_concepts import stable_at
from detente.stability.time_limit import TimeOver, share_of_time

__all__ = ["CountEstimate", "drawn_equilibria", "estimated"]


@dataclass(frozen=True, slots=True)
class CountEstimate:
    """How many states are equilibria, estimated from states drawn at random.

    Attributes
    ----------
    share
        The share of equilibria among the states drawn of which it was found out.
    low, high
        Wilson's interval for it at 95 per cent. States of which it was not found out count as no
        equilibria for `low` and as equilibria for `high`.
    draws
        How many states were drawn, each feasible state equally likely.
    undecided
        Of how many of these it was not found out.
    states
        How many feasible states there are.
    """

    share: float
    low: float
    high: float
    draws: int
    undecided: int
    states: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """The number of equilibria by `low`, `share` and `high`, as whole numbers."""
        low, middle, high = (
            Fraction(part) * self.states for part in (self.low, self.share, self.high)
        )
        return math.floor(low), round(middle), math.ceil(high)


def drawn_equilibria(
    game: SymbolicGame,
    concept: str,
    random: Random,
    *,
    packages: bool = False,
    known: Mapping[int, Diagram] | None = None,
    until: float = math.inf,
    pause: Callable[[], None] = lambda: None,
) -> Iterator[bool | None]:
    """Whether states drawn at random are equilibria.

    Parameters
    ----------
    game
        The dispute.
    concept
        Nash, GMR, SMR, SEQ or SSEQ.
    random
        Where chance comes from.
    packages
        Whether packages count as moves of all their members together.
    known
        The states that are stable for a party, by its number, where they are known.
    until
        When the work ends, by :func:`time.monotonic`. No state gets more than a quarter of the
        time that is left.
    pause
        Called between the steps; it may raise :class:`TimeOver`.

    Yields
    ------
    bool or None
        For each draw, in which each feasible state is equally likely and a coalesced state counts
        as one. None where it was not found out within the nodes and the time: such a state is not
        passed over, as this would favour states of which it is found out quickly.
    """
    known = known or {}
    # What is known already is quick to look up.
    parties = sorted(range(len(game.dispute.parties)), key=lambda party: party not in known)
    for state in random_states(game, each_once(game), sys.maxsize, random):
        now = time.monotonic()
        if now >= until:
            return
        end = now + (until - now) / 4

        here = game.here.state(state)
        try:
            with share_of_time(game.diagrams, end) as in_time:
                verdict: bool | None = all(
                    (known[party] & here).satisfiable()
                    if party in known
                    else stable_at(
                        game, concept, party, state, packages=packages, pause=_both(pause, in_time)
                    )
                    for party in parties
                )
        except (TooLarge, TimeOver):
            verdict = None
            game.diagrams.tidy(at_once=True)
        yield verdict


def _both(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    def call() -> None:
        one()
        other()

    return call


def estimated(verdicts: Sequence[bool | None], states: int) -> CountEstimate | None:
    """How many states are equilibria, by whether those drawn are.

    Parameters
    ----------
    verdicts
        As :func:`drawn_equilibria` gives them.
    states
        How many feasible states there are.

    Returns
    -------
    CountEstimate or None
        None where it was not found out of any state.
    """
    drawn, held, undecided = len(verdicts), verdicts.count(True), verdicts.count(None)
    if drawn == undecided:
        return None
    return CountEstimate(
        held / (drawn - undecided),
        _wilson(held, drawn)[0],
        _wilson(held + undecided, drawn)[1],
        drawn,
        undecided,
        states,
    )


def _wilson(held: int, drawn: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    interval = binomtest(held, drawn).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)
