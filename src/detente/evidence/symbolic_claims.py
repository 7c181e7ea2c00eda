"""The questions of claims, answered on sets of states held as diagrams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from detente.dispute.dispute import Dispute, Statements
from detente.evidence.statements_that_matter import StatementNumber, statements_on_own_options
from detente.queries.answer import Answer
from detente.queries.query import Query
from detente.queries.symbolic_evaluation import SymbolicAsking
from detente.space.symbolic.diagrams import Diagrams
from detente.space.symbolic.order import option_order
from detente.stability.states_told import StatesTold

__all__ = ["AnswersOnSets"]

# Nodes for the dispute with some of its statements, of which there are many.
_FEWER_NODES = 2**20

# So many of these are kept, as other claims ask for single statements too.
_KEPT = 64


class AnswersOnSets:
    """Answers the questions of a dispute's claims.

    Parameters
    ----------
    dispute
        The dispute.
    nodes
        How many nodes diagrams may have.
    pause
        Called before operations that may take long; what it raises ends the work.
    """

    def __init__(
        self, dispute: Dispute, nodes: int, pause: Callable[[], None] = lambda: None
    ) -> None:
        self._pause = pause
        self._nodes = nodes
        self._asking = SymbolicAsking(dispute, nodes, pause=pause)

    @property
    def model(self) -> StatesTold:
        """The states of which answers speak."""
        return self._asking.told

    @property
    def diagrams(self) -> Diagrams:
        """The diagrams of the dispute."""
        return self._asking.game.diagrams

    def answer(self, query: Query) -> Answer:
        """The answer to a question."""
        return self._asking.answer(query)

    def with_statements(self) -> AnswersOnSetsByStatements:
        """The same where some preference statements are held, and no others."""
        fewer = min(self._nodes, _FEWER_NODES)
        return AnswersOnSetsByStatements(self._asking.game.dispute, fewer, self._pause)


class AnswersOnSetsByStatements:
    """Answers the same questions where some preference statements are held, and no others."""

    def __init__(
        self, dispute: Dispute, nodes: int, pause: Callable[[], None] = lambda: None
    ) -> None:
        self.dispute = dispute
        self._nodes = nodes
        self._pause = pause
        self.all: Sequence[StatementNumber] = tuple(
            (party, number)
            for party, one in enumerate(dispute.parties)
            for number in range(len(_statements(one.preferences).statements))
        )
        self.on_own_options = statements_on_own_options(dispute)
        self._order = option_order(dispute)
        self._asking: dict[frozenset[StatementNumber], SymbolicAsking] = {}

    def answer(self, query: Query, held: frozenset[StatementNumber]) -> Answer:
        """The answer where these statements are held."""
        if held not in self._asking:
            if len(self._asking) == _KEPT:
                del self._asking[next(iter(self._asking))]
            holding = self._holding(held)
            self._asking[held] = SymbolicAsking(
                holding, self._nodes, self._order, pause=self._pause
            )
        return self._asking[held].answer(query)

    def _holding(self, held: frozenset[StatementNumber]) -> Dispute:
        parties = []
        for party, one in enumerate(self.dispute.parties):
            preferences = _statements(one.preferences)
            chosen = (
                statement
                for number, statement in enumerate(preferences.statements)
                if (party, number) in held
            )
            parties.append(replace(one, preferences=replace(preferences, statements=tuple(chosen))))
        return replace(self.dispute, parties=tuple(parties))


def _statements(preferences: object) -> Statements:
    assert isinstance(preferences, Statements), "looked at before"
    return preferences
