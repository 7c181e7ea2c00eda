"""What a mediator carries: messages, commitments, pledges, offers and joint stages.

docs/concepts/envoy.md gives the definitions by number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from detente.roadmap.undertakings import Commitment, Pledge

__all__ = ["Instrument", "JointStage", "Message", "Offer"]


@dataclass(frozen=True, slots=True)
class Message:
    """A party is told what another truly prefers, or can do, of whom it has a mistaken view.

    Attributes
    ----------
    to
        Number of the party that is told.
    about
        Number of the party of which it is told.
    """

    to: int
    about: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A party sets an option of its own in a stage in which it had not to.

    Attributes
    ----------
    party
        Number of the party.
    stage
        Number of the stage of the changed plan, from 1.
    option, level
        What it sets.
    """

    party: int
    stage: int
    option: int
    level: int


@dataclass(frozen=True, slots=True)
class JointStage:
    """Parties make a stage together.

    Attributes
    ----------
    stage
        Number of the stage of the changed plan, from 1.
    of
        Numbers, from 1, of the stages of the plan as it was of which it is made.
    """

    stage: int
    of: tuple[int, ...]


Instrument: TypeAlias = Message | Commitment | Pledge | Offer | JointStage
