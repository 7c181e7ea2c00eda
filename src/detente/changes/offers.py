"""What others could give a party that would have to change its preferences.

``docs/concepts/inverse.md`` has the definition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detente.changes.inverse import ChangeSet
from detente.dispute.dispute import Statements
from detente.space.graph_model import GraphModel

__all__ = ["PossibleOffer", "offers"]


@dataclass(frozen=True, slots=True)
class PossibleOffer:
    """A statement of a party that does not hold in a state and that another could make hold.

    Attributes
    ----------
    party
        Id of the party whose statement it is.
    statement
        Number of the statement as the file gives it, from 1.
    by
        Ids of the other parties of which each has a move, from that state, to one in which the
        statement holds.
    """

    party: str
    statement: int
    by: tuple[str, ...]


def offers(model: GraphModel, answer: ChangeSet) -> tuple[PossibleOffer, ...]:
    """Find what others could give the parties whose preferences an answer changes.

    Parameters
    ----------
    model
        The graph model before any change.
    answer
        An answer of :func:`detente.analyse_inverse`.

    Returns
    -------
    tuple of PossibleOffer
        In the first of the answer's states, by party in the order of the changes, then by
        statement, the most important first. Statements that the answer turns round or drops
        are left out.
    """
    return tuple(_offers(model, answer))


def _offers(model: GraphModel, answer: ChangeSet) -> Iterator[PossibleOffer]:
    dispute, index = model.dispute, answer.states[0] - 1
    reached = [model.moves_from(index, party) for party in range(len(dispute.parties))]
    for party in dict.fromkeys(change.party for change in answer.changes):
        preferences = dispute.parties[dispute.party_numbers[party]].preferences
        assert isinstance(preferences, Statements), "only statements can be changed"
        gone = {
            change.statement
            for change in answer.changes
            if change.party == party and change.kind != "move"
        }
        for number, statement in enumerate(preferences.statements, start=1):
            if number in gone:
                continue
            truth = model.space.holds(statement.formula)
            if truth[index]:
                continue
            by = tuple(
                other.id
                for other, states in zip(dispute.parties, reached, strict=True)
                if other.id != party and truth[states].any()
            )
            if by:
                yield PossibleOffer(party, number, by)
