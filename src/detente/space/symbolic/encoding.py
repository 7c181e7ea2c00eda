"""Options as variables of a diagram: one for each binary digit of an option's level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from detente.dispute.dispute import AtLevel, Connective, Constant, Expression
from detente.space.symbolic.diagrams import Diagram, Diagrams

__all__ = ["Encoding", "digits", "meaning"]


def digits(levels: int) -> int:
    """How many binary digits number so many levels from 0."""
    return max(1, (levels - 1).bit_length())


@dataclass(frozen=True)
class Encoding:
    """Which variables hold which option's level.

    Attributes
    ----------
    diagrams
        Where the variables belong.
    levels
        Number of levels of each option.
    bits
        For each option its variables, the lowest digit first.
    """

    diagrams: Diagrams
    levels: tuple[int, ...]
    bits: tuple[tuple[int, ...], ...]

    def at_level(self, option: int, level: int) -> Diagram:
        """Where an option stands at a level."""
        return self._at_level[option][level]

    @cached_property
    def _at_level(self) -> list[list[Diagram]]:
        return [
            [self._numbered(option, level) for level in range(count)]
            for option, count in enumerate(self.levels)
        ]

    def _numbered(self, option: int, level: int) -> Diagram:
        literals = (
            self.diagrams.variable(bit) if level >> place & 1 else ~self.diagrams.variable(bit)
            for place, bit in enumerate(self.bits[option])
        )
        return self.diagrams.all_of(literals)

    def at_levels(self, option: int, levels: frozenset[int]) -> Diagram:
        """Where an option stands at one of some levels."""
        return self.diagrams.any_of(self.at_level(option, level) for level in sorted(levels))

    def truth(self, expression: Expression) -> Diagram:
        """Where an expression is true."""
        return meaning(expression, self.diagrams, self.at_levels)

    def assignments(self) -> Diagram:
        """Where every option's digits number one of its levels."""
        return self.diagrams.all_of(
            self.at_levels(option, frozenset(range(count)))
            for option, count in enumerate(self.levels)
            if count != 2 ** len(self.bits[option])
        )

    def state(self, assignment: Sequence[int]) -> Diagram:
        """The state with these levels, one for each option."""
        at_level = self._at_level
        return self.diagrams.all_of(
            at_level[option][assignment[option]] for option in self._upwards
        )

    @cached_property
    def _upwards(self) -> list[int]:
        """The options from the last on which diagrams branch: what is put on top is least work."""
        return sorted(range(len(self.levels)), key=lambda option: self.bits[option], reverse=True)


def meaning(
    expression: Expression,
    diagrams: Diagrams,
    at_levels: Callable[[int, frozenset[int]], Diagram],
) -> Diagram:
    """An expression as a diagram.

    Parameters
    ----------
    expression
        A formula's meaning, names resolved.
    diagrams
        Where the result belongs.
    at_levels
        Where an option stands at one of some levels.

    Returns
    -------
    Diagram
    """

    def of(part: Expression) -> Diagram:
        match part:
            case Constant(value):
                return diagrams.constant(value)
            case AtLevel(option, chosen):
                return at_levels(option, chosen)
            case Connective("not", (inside,)):
                return ~of(inside)
            case Connective("and", parts):
                return diagrams.all_of(map(of, parts))
            case Connective("or", parts):
                return diagrams.any_of(map(of, parts))
            case Connective("if", (then, condition)):
                return of(condition).imp(of(then))
            case Connective("iff", (left, right)):
                return of(left).equiv(of(right))
            case _:
                raise TypeError(f"not an expression: {part!r}")

    return of(expression)
