"""What a question means: frozen values, with every name resolved.

They are made by :mod:`detente.queries.parsing` and evaluated by :mod:`detente.queries.evaluation`;
in between they can be kept, and evaluated on any graph model of the same dispute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from detente.dispute.dispute import Formula
from detente.space.named_states import NamedState

__all__ = [
    "Accepts",
    "Body",
    "Choices",
    "Chooses",
    "FormatCan",
    "FormatSidelines",
    "FormatsCompared",
    "LessUrgent",
    "LosesMore",
    "Modal",
    "Part",
    "Play",
    "Predicate",
    "Prefers",
    "Query",
    "Region",
    "RoadmapHolds",
    "Stable",
    "StepRule",
    "Target",
]

Modal = Literal["must", "may", "cannot"]


@dataclass(frozen=True, slots=True)
class StepRule:
    """Which steps play is made of.

    Attributes
    ----------
    moves
        ``best moves`` and ``improvements`` that the concept does not deter, or all ``legal
        moves``.
    concept
        Nash (nothing deters an improvement), GMR, SMR, SEQ or SSEQ.
    movers
        Numbers of the parties that move; the others stand still.
    packages
        Whether the packages of which all members are among the movers are steps too.
    choice
        Whether one party's choice is asked for, so that its packages are steps whoever else
        has to make them.
    fairly
        Whether only fair courses of play count, in which no mover and no package that has a
        step again and again is passed over for ever.
    """

    moves: Literal["best moves", "improvements", "legal moves"]
    concept: str
    movers: tuple[int, ...]
    packages: bool
    choice: bool = False
    fairly: bool = False


@dataclass(frozen=True, slots=True)
class Stable:
    """The state is stable for these parties, where asked for with packages as moves."""

    parties: tuple[int, ...]
    concept: str
    packages: bool = False


@dataclass(frozen=True, slots=True)
class Chooses:
    """What one party does at a state: its next step, or staying, leads to the target."""

    party: int
    modal: Modal
    target: Target
    steps: StepRule


@dataclass(frozen=True, slots=True)
class Play:
    """Whether play from a state comes to the target (reach), or never leaves it (keep).

    Where there is a `most`, only so many steps are looked at: whether play comes to the target
    within them, or leaves it.
    """

    modal: Modal
    goal: Literal["reach", "keep"]
    target: Target
    steps: StepRule
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Accepts:
    """What the package brings about is at least as good for the party as the state itself."""

    party: int
    package: str


Predicate: TypeAlias = Stable | Chooses | Play | Accepts
"""True or false at each state."""

Target: TypeAlias = Formula | NamedState | Stable | Chooses | Play | Accepts


@dataclass(frozen=True, slots=True)
class Choices:
    """Which of its options a party changes."""

    party: int
    steps: StepRule


@dataclass(frozen=True, slots=True)
class Prefers:
    """Other things being equal, the party prefers one condition to another."""

    party: int
    better: Formula
    worse: Formula


@dataclass(frozen=True, slots=True)
class LosesMore:
    """Other things being equal, a condition takes one party further down than another."""

    party: int
    other: int
    by: Formula


@dataclass(frozen=True, slots=True)
class LessUrgent:
    """One issue has less salience for a party than another."""

    party: int
    issue: str
    other: str


@dataclass(frozen=True, slots=True)
class FormatCan:
    """What a format can reach, or reach and hold, from the status quo."""

    form: str
    power: Literal["reach", "hold"]
    outcome: str
    concept: str


@dataclass(frozen=True, slots=True)
class FormatSidelines:
    """Whether a format's result leaves a party out, worse off."""

    form: str
    party: int
    concept: str


@dataclass(frozen=True, slots=True)
class FormatsCompared:
    """What one format can reach and hold, beside another."""

    form: str
    other: str
    concept: str


@dataclass(frozen=True, slots=True)
class RoadmapHolds:
    """Whether every stage of a roadmap is possible, willing and holding."""

    roadmap: str
    concept: str


Body: TypeAlias = (
    Predicate
    | Choices
    | Prefers
    | LosesMore
    | LessUrgent
    | FormatCan
    | FormatSidelines
    | FormatsCompared
    | RoadmapHolds
)


@dataclass(frozen=True, slots=True)
class Region:
    """A set of states: those in which a formula holds, or one that is named."""

    states: Formula | NamedState
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One question: of which states, what, and what is to be told of it.

    Attributes
    ----------
    form
        ``judged`` is answered by yes, no or partly, ``counted`` by a number, ``listed`` by states.
    quantifier
        ``all`` and ``some`` make an answer yes or no.
    region
        The states asked about; None for all.
    body
        What is asked; None where the region itself is counted or listed.
    text
        The part as written.
    """

    form: Literal["judged", "counted", "listed"]
    quantifier: Literal["all", "some"] | None
    region: Region | None
    body: Body | None
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question as written, and its parts."""

    text: str
    parts: tuple[Part, ...]
