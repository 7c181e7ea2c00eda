"""Binary decision diagrams, as much of them as detente needs, by the library oxidd.

A diagram is a set of assignments of truth values to variables. Variables are numbered in the
order in which diagrams branch on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import and_, or_

from oxidd.bcdd import BCDDFunction, BCDDManager, BCDDSubstitution
from oxidd.util import BooleanOperator, DDMemoryError

from detente.space.threads import work_is_left_behind

__all__ = ["Diagram", "Diagrams", "TooLarge"]

Diagram = BCDDFunction

TooLarge = DDMemoryError
"""Raised by any operation on diagrams that would need more nodes than are allowed."""

# Results that are remembered, for each node that is allowed.
_CACHE_SHARE = 4

# To forget takes as long for few nodes as for many, as results are forgotten too. It is done before
# large work if more than this share of the nodes is taken.
_WORTH_FORGETTING = 32


class Diagrams:
    """Diagrams over a number of variables.

    Parameters
    ----------
    variables
        How many variables there are.
    most_nodes
        How many nodes all diagrams together may have.

    Attributes
    ----------
    pause
        Called before each operation that may take long; what it raises ends the work.
    """

    def __init__(self, variables: int, most_nodes: int) -> None:
        self._manager = BCDDManager(most_nodes, max(1024, most_nodes // _CACHE_SHARE), 1)
        self._manager.add_vars(variables)
        self.variables = variables
        self.most_nodes = most_nodes
        self.pause: Callable[[], None] = lambda: None
        self.true = self._manager.true()
        self.false = self._manager.false()
        self._literals = [self._manager.var(number) for number in range(variables)]

    def variable(self, number: int) -> Diagram:
        """The assignments in which a variable is true."""
        return self._literals[number]

    def constant(self, value: bool) -> Diagram:
        """All assignments, or none."""
        return self.true if value else self.false

    def all_of(self, parts: Iterable[Diagram]) -> Diagram:
        """The assignments that are in every part."""
        return reduce(and_, parts, self.true)

    def any_of(self, parts: Iterable[Diagram]) -> Diagram:
        """The assignments that are in some part."""
        return reduce(or_, parts, self.false)

    def cube(self, variables: Iterable[int]) -> Diagram:
        """The assignments in which all of some variables are true; says what to quantify."""
        return self.all_of(self._literals[number] for number in sorted(variables, reverse=True))

    def meets(self, left: Diagram, right: Diagram, over: Diagram) -> Diagram:
        """Where some values of the variables `over` put an assignment into both sets."""
        self.pause()
        return left.apply_exists(BooleanOperator.AND, right, over)

    def replaced(self, diagram: Diagram, by: Mapping[int, Diagram]) -> Diagram:
        """A diagram with variables replaced by diagrams, all at once."""
        self.pause()
        return diagram.substitute(BCDDSubstitution(by.items()))

    def count(self, diagram: Diagram, variables: int) -> int:
        """How many assignments of so many variables, of which alone it speaks, it holds."""
        return diagram.sat_count(self.variables) >> (self.variables - variables)

    def tidy(self, *, at_once: bool = False) -> None:
        """Forget nodes that nothing refers to, once half of those allowed are taken.

        At once means: as soon as it is worth the time that it takes. Not while an operation goes on
        that was left behind: this would wait for its end.
        """
        if work_is_left_behind():
            return
        if (_WORTH_FORGETTING if at_once else 2) * self.nodes > self.most_nodes:
            self._manager.gc()

    @property
    def nodes(self) -> int:
        """How many nodes there are now, about."""
        return self._manager.approx_num_inner_nodes()
