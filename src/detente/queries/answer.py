"""Answers: values without behaviour, in state numbers and ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from detente.dispute.result import Result

if TYPE_CHECKING:
    from detente.stability.explained_state import StatesExplained

__all__ = [
    "DOES_NOT_ARISE",
    "Answer",
    "Course",
    "CourseStep",
    "OptionChoice",
    "PartAnswer",
    "Power",
    "Verdict",
]

Verdict = Literal["yes", "no", "partly", "does not arise"]

DOES_NOT_ARISE: Verdict = "does not arise"
"""The verdict on a question that is about nothing: no state meets its condition, its package cannot
be made, or its party has no move there."""


@dataclass(frozen=True, slots=True)
class CourseStep:
    """One step of a course of play.

    Attributes
    ----------
    parties
        Ids of those who make it; none where two states are only compared.
    package
        Id of the package by which it is made, if by one.
    state
        Number of the state to which it leads.
    """

    parties: tuple[str, ...]
    package: str | None
    state: int


@dataclass(frozen=True, slots=True)
class Course:
    """A state, and steps from it that show why an answer is as it is.

    Attributes
    ----------
    state
        Number of the state.
    steps
        The steps; none where the state alone is the example.
    repeats
        Whether the last step leads back to a state of the course, so that it goes on for ever.
    """

    state: int
    steps: tuple[CourseStep, ...] = ()
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class OptionChoice:
    """What becomes of one option of a party where it chooses.

    Attributes
    ----------
    option
        Full name of the option.
    level
        The level to which it is set; None for the row of states in which the party stays.
    open_in
        In how many of the states the option is at another level.
    must
        In how many of them each of the party's choices sets it so.
    may
        In how many of them at least one does.
    """

    option: str | None
    level: str | None
    open_in: int
    must: int
    may: int


@dataclass(frozen=True, slots=True)
class Power:
    """What two formats can do about one named outcome, from the status quo."""

    outcome: str
    reached: tuple[bool, bool]
    held: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """The answer to one part of a question.

    Attributes
    ----------
    text
        The part as written.
    verdict
        Yes, no or partly, where the part asks for that; or that the question does not arise.
    holds, of
        In how many of the cases in which the question arises it holds.
    unit
        What is counted: states, pairs of states that are alike but for the two conditions,
        stages of a roadmap, outcomes, or issues.
    example
        Where it holds, if anywhere.
    counterexample
        Where it does not hold, if anywhere.
    choices
        What the party does, where the part asks that.
    states
        Numbers of the states, where the part asks for them.
    powers
        What two formats can do, where the part compares them.
    note
        What else was found: of a roadmap, the stage that fails and how; of a question that does
        not arise, why it does not.
    not_arising
        In how many more of the cases asked about the question does not arise.
    """

    text: str
    verdict: Verdict | None
    holds: int
    of: int
    unit: Literal["state", "pair", "stage", "outcome", "issue"]
    example: Course | None = None
    counterexample: Course | None = None
    choices: tuple[OptionChoice, ...] = ()
    states: tuple[int, ...] = ()
    powers: tuple[Power, ...] = ()
    note: str | None = None
    not_arising: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Result):
    """The answer to a question.

    Attributes
    ----------
    query
        The question as written.
    parts
        An answer for each part of it.
    model
        The graph model of which it is true, or the states of which it speaks: by them it is told
        in words.
    unanswered
        The parts that were not answered, as written, where the work ended early.
    why
        What ended it: ``time`` or ``interrupted``; None where it came to its end.
    """

    query: str
    parts: tuple[PartAnswer, ...]
    model: StatesExplained | None = field(default=None, compare=False)
    unanswered: tuple[str, ...] = ()
    why: Literal["time", "nodes", "interrupted"] | None = None

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work."""
        return self.why == "interrupted"

    @property
    def verdict(self) -> Verdict | None:
        """Yes where every part is answered so, no where every part is, else partly.

        Parts that do not arise do not count, unless none arises.
        """
        arising = {part.verdict for part in self.parts} - {DOES_NOT_ARISE}
        if not arising:
            return DOES_NOT_ARISE
        return arising.pop() if len(arising) == 1 else "partly"

    @property
    def number(self) -> int | None:
        """The number, where the question asks for one."""
        part = self.parts[0]
        return part.holds if part.verdict is None and not (part.choices or part.powers) else None

    @property
    def short(self) -> str:
        """The answer in a word: the verdict, the number, or ``list``."""
        if self.verdict is not None:
            return self.verdict
        return (
            "list" if self.parts[0].choices or self.parts[0].powers else f"{self.parts[0].holds:,}"
        )

    def __repr__(self) -> str:
        counts = "; ".join(f"{part.holds:,} of {part.of:,} {part.unit}s" for part in self.parts)
        return f"<Answer: {self.short} ({counts})>"
