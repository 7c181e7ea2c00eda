"""Where play may or must come to, as fixpoints over sets of states.

What :mod:`detente.queries.reachability` does on arrays, for sets of any kind that know ``&``, ``|``
and ``~``: diagrams, or whole numbers whose bits are states.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, Self, TypeVar

from detente.queries.query import Play

__all__ = ["PlayOnSets", "comes_surely", "what_comes"]


class _SetOfStates(Protocol):
    def __and__(self, other: Self, /) -> Self: ...

    def __or__(self, other: Self, /) -> Self: ...

    def __invert__(self) -> Self: ...


_States = TypeVar("_States", bound=_SetOfStates)


def what_comes(asked: Play, target: _States, states: _States) -> _States:
    """The set to which play comes, or does not come, where a question is true.

    Keeping to a set is not coming outside it.
    """
    return states & ~target if asked.goal == "keep" else target


def comes_surely(asked: Play) -> bool:
    """Whether every course of play is asked about, rather than some: AF, not EF.

    AG is "not EF not", EG is "not AF not".
    """
    if asked.modal == "cannot":
        return asked.goal == "keep"
    return (asked.goal == "reach") == (asked.modal == "must")


class PlayOnSets(ABC, Generic[_States]):
    """Play by some steps."""

    @property
    @abstractmethod
    def feasible(self) -> _States:
        """All states."""

    @property
    @abstractmethod
    def moving(self) -> _States:
        """Those from which there is a step; at the others play stays."""

    @property
    @abstractmethod
    def makers(self) -> Sequence[Callable[[_States], _States]]:
        """For each mover and package: given a set, from where it has a step into it."""

    @abstractmethod
    def some_step_into(self, goal: _States) -> _States:
        """From which states some step leads into a set."""

    def tidy(self) -> None:
        """Called between the rounds of a fixpoint."""

    def possible(self, goal: _States) -> _States:
        """From which states some step leads into a set; where there is none, staying counts."""
        return self.some_step_into(goal) | (goal & ~self.moving)

    def certain(self, goal: _States) -> _States:
        """From which states every step leads into a set; where there is none, staying counts."""
        return self.feasible & ~self.possible(self.feasible & ~goal)

    def true_where(self, asked: Play, target: _States) -> _States:
        """Where the answer to a question of reach is yes.

        Parameters
        ----------
        asked
            The question.
        target
            The states that are to be reached, or to be kept to.
        """
        goal = what_comes(asked, target, self.feasible)
        if asked.steps.fairly:
            avoiding = self.fairly_avoiding(goal)
            return avoiding if asked.modal == "may" else self.feasible & ~avoiding
        comes = self.rounds(goal, surely=comes_surely(asked), most=asked.most)[-1]
        denied = (asked.goal == "keep") != (asked.modal == "cannot")
        return self.feasible & (~comes if denied else comes)

    def rounds(self, goal: _States, *, surely: bool, most: int | None) -> list[_States]:
        """From where play comes into a set in so many steps, by their number."""
        comes = [goal]
        while most is None or len(comes) <= most:
            before = comes[-1]
            comes.append(before | (self.certain(before) if surely else self.possible(before)))
            self.tidy()
            if comes[-1] == before:
                break
        return comes

    def fairly_avoiding(self, goal: _States) -> _States:
        """From where some fair course of play never comes into a set.

        As :func:`detente.queries.reachability.rounds_to_fair_avoidance`.
        """
        outside = self.feasible & ~goal
        able = [into(self.feasible) for into in self.makers]
        inside = outside
        while True:
            kept = inside & self.possible(inside)
            for into, somewhere in zip(self.makers, able, strict=True):
                taken = inside & into(inside)
                kept &= ~somewhere | self._led_within(taken, inside)
            if kept == inside:
                return self._led_within(inside, outside)
            inside = kept
            self.tidy()

    def _led_within(self, goal: _States, inside: _States) -> _States:
        """From where some course leads to a goal without leaving a set."""
        led = goal
        while True:
            more = led | (self.possible(led) & inside)
            if more == led:
                return led
            led = more
