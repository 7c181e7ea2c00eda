"""An outcome that somebody wishes for: whether it would hold, who can spoil it, what it lacks.

``docs/concepts/brief.md`` has the definitions; those of the outcome that is looked at where none
is named, and of who can spoil it, are detente's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from detente.changes.inverse import Inverse, analyse_inverse
from detente.dispute.dispute import Statements
from detente.dispute.names import party_number
from detente.forecast.analysis import Forecast
from detente.forecast.worth import worth_by_rank
from detente.stability.analysis import Progress

__all__ = ["JUDGED_BY", "Wished", "WishedOffer", "default_goal", "wished"]

# The foresight under which an outcome is said to hold.
JUDGED_BY = "SEQ"

# Changes of preferences are looked for in disputes of up to so many states, and up to so many.
_MOST_STATES = 2**17
_MOST_CHANGES = 2

# A brief does not wait for more proposals of such changes; `detente inverse` looks at all.
_MOST_PROPOSALS = 80


@dataclass(frozen=True, slots=True)
class WishedOffer:
    """What another party could give to one that would lose.

    Attributes
    ----------
    party
        Number of the party that would lose.
    statement
        Number of its statement, from 1, that is not met and that another could meet.
    by
        Number of the party that could, by a move of its own.
    state
        Number of the state that this move leads to; the outcome still holds there.
    """

    party: int
    statement: int
    by: int
    state: int


@dataclass(frozen=True, slots=True, eq=False)
class Wished:
    """An outcome that is asked about.

    Attributes
    ----------
    goal
        Its number among the goals of the forecast.
    states, equilibria
        How many states belong to it, and how many of them are equilibria under SEQ.
    witness
        Number of the state of it that is reached from the status quo with the fewest changes of
        options; where it has equilibria, of these.
    movers
        Numbers of the parties whose options differ there from the status quo.
    losers
        Numbers of the parties that rank it below the status quo.
    breaking
        Parties that have an improvement out of the outcome from there which no response that
        SEQ expects takes back.
    tempted
        Parties that have an improvement out of it which only the responses of others deter.
    offers
        For parties that would lose or break it: what others could give them there.
    inverse
        The smallest changes of preferences that make it hold, where it does not and they were
        looked for.
    """

    goal: int
    states: int
    equilibria: int
    witness: int
    movers: tuple[int, ...]
    losers: tuple[int, ...]
    breaking: tuple[int, ...]
    tempted: tuple[int, ...]
    offers: tuple[WishedOffer, ...]
    inverse: Inverse | None = None


def default_goal(forecast: Forecast, party: str | None = None) -> int | None:
    """The outcome that is looked at where none is named.

    Parameters
    ----------
    forecast
        What is foretold.
    party
        Id of a party: then the outcome whose states it ranks highest on average.

    Returns
    -------
    int or None
        Without a party, the outcome whose states the party that is worst off ranks highest on
        average. Outcomes that hold now, that nobody can leave, or that are no outcomes of the file
        are not looked at; None where no other is left.
    """
    prepared = forecast.prepared
    model = prepared.ground.model
    tables = worth_by_rank(model)
    parties = range(len(tables)) if party is None else [party_number(model.dispute, party)]
    best: tuple[float, int] | None = None
    for number, goal in enumerate(forecast.goals):
        region = prepared.goals.regions[number]
        if region[prepared.start] or goal.closed or goal.kind == "irreversible":
            continue
        states = model.indices(np.flatnonzero(region))
        if not states.size:
            continue
        least = min(float(tables[one][model.ranks(one)[states]].mean()) for one in parties)
        if best is None or least > best[0]:
            best = (least, number)
    return None if best is None else best[1]


def wished(forecast: Forecast, goal: int, progress: Progress | None = None) -> Wished | None:
    """Find out whether an outcome would hold, and what it lacks.

    Parameters
    ----------
    forecast
        What is foretold.
    goal
        Number of the goal.
    progress
        Called as the work goes on.

    Returns
    -------
    Wished or None
        None where no state belongs to the outcome.
    """
    prepared = forecast.prepared
    ground, model = prepared.ground, prepared.ground.model
    parties = range(len(model.dispute.parties))
    region = prepared.goals.regions[goal] & ground.feasible
    if not region.any():
        return None
    if progress:
        progress("the wished outcome", 0.9)
    stable = reduce(np.logical_and, [ground.stable(JUDGED_BY, party) for party in parties], region)
    start = model.index(prepared.start)
    witness = _nearest(forecast, stable if stable.any() else region)
    before, after = model.space.assignments(np.array([start, witness]))
    owners = [model.dispute.party_numbers[option.party] for option in model.dispute.options]
    movers = tuple(sorted({owners[option] for option in np.flatnonzero(before != after)}))
    losers = tuple(
        party for party in parties if model.ranks(party)[witness] < model.ranks(party)[start]
    )
    breaking, tempted = _leaving(forecast, region, witness)
    found = None
    states = int(np.count_nonzero(region))
    if not stable.any() and model.space.count <= _MOST_STATES and _changeable(forecast):
        target = forecast.goals[goal].id
        if forecast.goals[goal].kind == "state":
            target = target.removeprefix("state_")
        found = analyse_inverse(
            model.dispute,
            target,
            JUDGED_BY,
            most=_MOST_CHANGES,
            limit=1,
            proposals=_MOST_PROPOSALS,
        )
    asking = tuple(dict.fromkeys((*breaking, *losers)))
    return Wished(
        goal,
        states,
        int(np.count_nonzero(stable)),
        witness + 1,
        movers,
        losers,
        breaking,
        tempted,
        tuple(offer for party in asking if (offer := _offer(forecast, region, witness, party))),
        found,
    )


def _changeable(forecast: Forecast) -> bool:
    return all(
        isinstance(party.preferences, Statements) and not party.preferences.weighted
        for party in forecast.dispute.parties
    )


def _nearest(forecast: Forecast, region: NDArray[np.bool_]) -> int:
    """Index of the state of a region with the fewest changes from the status quo."""
    model = forecast.prepared.ground.model
    states = model.indices(np.flatnonzero(region))
    start = np.array([model.index(forecast.prepared.start)])
    apart = model.space.assignments(states) != model.space.assignments(start)
    return int(states[np.argmin(apart.sum(axis=1))])


def _leaving(
    forecast: Forecast, region: NDArray[np.bool_], index: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which parties would leave an outcome from a state, and which only fear keeps there."""
    ground = forecast.prepared.ground
    model = ground.model
    node = model.node(index)
    breaking, tempted = [], []
    for party in range(len(model.dispute.parties)):
        nodes = model.nodes(model.moves_from(index, party))
        outside = nodes[~region[nodes]]
        ranks = model.graph.ranks[party]
        if (ground.counted_on(JUDGED_BY, party)[outside] > ranks[node]).any():
            breaking.append(party)
        elif (ranks[outside] > ranks[node]).any():
            tempted.append(party)
    return tuple(breaking), tuple(tempted)


def _offer(
    forecast: Forecast, region: NDArray[np.bool_], index: int, party: int
) -> WishedOffer | None:
    """The most important statement of a party that another could meet within the outcome."""
    model = forecast.prepared.ground.model
    preferences = model.dispute.parties[party].preferences
    if not isinstance(preferences, Statements):
        return None
    reached = {
        other: [
            state
            for state in model.moves_from(index, other).tolist()
            if region[model.node(state)] and model.ranks(party)[state] > model.ranks(party)[index]
        ]
        for other in range(len(model.dispute.parties))
        if other != party
    }
    for number, statement in enumerate(preferences.statements, start=1):
        truth = model.space.holds(statement.formula)
        if truth[index]:
            continue
        for other, states in reached.items():
            met = [state for state in states if truth[state]]
            if met:
                return WishedOffer(party, number, other, _fewest_changes(forecast, index, met) + 1)
    return None


def _fewest_changes(forecast: Forecast, index: int, states: list[int]) -> int:
    space = forecast.prepared.ground.model.space
    apart = space.assignments(np.array(states)) != space.assignments(np.array([index]))
    return states[int(np.argmin(apart.sum(axis=1)))]
