"""The fewest changes of stated preferences by which a plan would hold.

The solver proposes as few changes as possible; what speaks against the plan under them becomes
a constraint, as in :mod:`detente.changes.inverse`. So the first proposal against which
nothing speaks is smallest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from detente.changes.changed_models import ChangedModels
from detente.changes.choices import ChangeChoices, Chosen
from detente.changes.objections import Objection, objections
from detente.changes.statements import CHANGE_KINDS, Change, Order, changeable_parties, changes_in
from detente.dispute.dispute import Party, Statements
from detente.roadmap.check.verdicts import Checker
from detente.space.graph_model import GraphModel
from detente.space.move_lists import sparse_graph
from detente.stability.analysis import Progress

__all__ = ["OtherPreferences", "PreferenceChanges"]

# What stands for the plan among the solver's variables, where an inverse analysis has a state.
_PLAN = 0


@dataclass(frozen=True, slots=True, eq=False)
class OtherPreferences:
    """Preferences by which the plan would hold.

    Attributes
    ----------
    model
        The changed graph model.
    changes
        What would differ.
    """

    model: GraphModel
    changes: tuple[Change, ...]


class PreferenceChanges:
    """A search for the fewest changes of statements.

    Parameters
    ----------
    checker
        The checks of the plan, whose stages must all be possible.
    most
        The greatest number of changes.
    progress
        Called as the work goes on.

    Attributes
    ----------
    tried
        How many proposals of the solver were looked at so far.
    least
        No smaller number of changes will do.
    complete
        Whether there are no more of the smallest sets than were found.
    """

    def __init__(self, checker: Checker, most: int, progress: Progress | None) -> None:
        self.checker = checker
        self.most = most
        self.progress = progress
        self.tried = 0
        self.least = 1
        self.complete = False

    def found(self) -> Iterator[OtherPreferences]:
        """The smallest sets of changes, those of the least sure statements first.

        Of sets that change the same statements in the same way and only move them to other
        places, one stands for all.
        """
        model = self.checker.model
        if self.progress:
            self.progress("list of moves", 0.0)
        self.models = ChangedModels(model)
        self.graph = sparse_graph(model.moves, model.position_ranks)
        self.classes = [model.ranks(party) for party in range(len(model.dispute.parties))]
        able = changeable_parties(model.dispute)
        truths = {party: self.models.truths(party) for party in able}
        prices = {party: _prices(model.dispute.parties[party]) for party in able}
        self.choices = ChangeChoices(truths, [_PLAN], CHANGE_KINDS, self.most, prices)
        self._require_willing()
        some = False
        while (chosen := self._next()) is not None:
            if not some:
                self.choices.fix_cost(chosen.count)
            some = True
            moved = {
                party: {one for one, kind in changes if kind == "move"}
                for party, changes in chosen.changes.items()
            }
            yield OtherPreferences(
                self.models.after(chosen.orders), changes_in(model.dispute, chosen.orders, moved)
            )
            self.choices.exclude_changes(chosen.changes)
        self.complete = True
        if not some:
            self.least = self.most + 1

    def _next(self) -> Chosen | None:
        """The next set of changes against which nothing speaks."""
        while (chosen := self.choices.solve()) is not None:
            self.tried += 1
            self.least = max(self.least, chosen.count)
            if self.progress:
                self.progress(f"{chosen.count} changes of preferences, {self.tried} proposals", 0.0)
            against = list(self._objections(chosen.orders))
            if not against:
                return chosen
            for objection in against:
                self.choices.answer(objection, state=_PLAN)
        return None

    def _require_willing(self) -> None:
        """No party of a stage may prefer standing still to what is offered (definition 4)."""
        checker = self.checker
        for number, stage in enumerate(checker.plan.stages):
            before, offered = checker.path[number], checker.offered(number)
            for party in stage.parties:
                own = self.choices.parties.get(party)
                if own is not None:
                    self.choices.require(_PLAN, own.no_better(np.array([before]), offered))
                elif checker.rank(party, before) > checker.rank(party, offered):
                    self.choices.require(_PLAN, [])

    def _objections(self, orders: Mapping[int, Order]) -> Iterator[Objection]:
        """What speaks against each stage's result (definition 5), but for the next stage."""
        checker = self.checker
        graph = self.models.graph(self.graph, orders)
        for number in range(len(checker.plan.stages)):
            state = checker.path[number + 1]
            offered = checker.offered(number)
            for one in objections(graph, checker.concept, state, self.classes, offered):
                if one.improvement != checker.next_part(one.party, number):
                    yield one


def _prices(party: Party) -> list[int]:
    """How sure each statement is, in hundredths; quite sure where it is not said."""
    assert isinstance(party.preferences, Statements)
    return [
        round(100 * (1.0 if one.confidence is None else one.confidence))
        for one in party.preferences.statements
    ]
