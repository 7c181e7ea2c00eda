"""A literal transcription of perceived games and of the equilibria of a hypergame."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from oracle.definitions import Assignment, Condition, OracleDispute, Preference, true_in

__all__ = ["OracleUnseen", "OracleView", "equilibria", "perceived_stable", "seen_by", "stays"]


@dataclass
class OracleView:
    """What a party takes another to prefer (None: it knows), and to have no choice in."""

    party: int
    other: int
    preference: Preference | None
    unseen: list[int]


@dataclass
class OracleUnseen:
    """States that a party does not see."""

    party: int
    condition: Condition


@dataclass
class Seen(OracleDispute):
    """A dispute as a party sees it; what is preferred is said of the states as they are."""

    whole: OracleDispute | None = field(default=None)

    def value(self, party: int, state: int) -> Any:
        """Value of the state as it is of which this one is a part."""
        assert self.whole is not None
        (one,) = {self.whole.state_of[member] for member in self.states[state]}
        return self.whole.value(party, one)


def seen_by(
    dispute: OracleDispute, quo: Assignment, party: int, views: list[OracleView | OracleUnseen]
) -> OracleDispute:
    """The dispute with the preferences and without the options that a party misperceives."""
    preferences = list(dispute.preferences)
    never = list(dispute.never)
    for view in views:
        if view.party == party and isinstance(view, OracleUnseen):
            never.append(view.condition)
        elif view.party == party and isinstance(view, OracleView):
            if view.preference is not None:
                preferences[view.other] = view.preference
            never += [("is", option, "!=", quo[option]) for option in view.unseen]
    whole = replace(dispute, preferences=preferences)
    feasible = [
        one for one in dispute.state_of if not any(true_in(condition, one) for condition in never)
    ]
    # A coalesced state of which nothing is seen is no state.
    coalesce = [
        condition
        for condition in dispute.coalesce
        if any(true_in(condition, one) for one in feasible)
    ]
    return Seen(
        dispute.parties,
        dispute.owner,
        dispute.levels,
        dispute.directions,
        dispute.guards,
        never,
        coalesce,
        preferences,
        whole,
    )


def perceived_stable(
    dispute: OracleDispute, game: OracleDispute, concept: str, party: int, state: int
) -> bool:
    """Whether a state as it is is seen, and stable for a party in what is seen."""
    seen = {game.state_of[one] for one in dispute.states[state] if one in game.state_of}
    return bool(seen) and all(game.stable(concept, party, one) for one in seen)


def stays(
    dispute: OracleDispute, games: list[OracleDispute], concept: str, party: int, state: int
) -> bool:
    """Whether a party leaves a state alone by its own view."""
    return perceived_stable(dispute, games[party], concept, party, state)


def equilibria(dispute: OracleDispute, games: list[OracleDispute], concept: str) -> list[int]:
    """Numbers of the states that every party leaves alone by its own view."""
    return [
        state + 1
        for state in range(len(dispute.states))
        if all(stays(dispute, games, concept, party, state) for party in range(dispute.parties))
    ]
