"""What an answer owes to statements that are hardly believed, or not known either way.

An analysis that gives a yes or no declares its verdicts. They are worked out once more without the
statements that are held with a confidence below one half, and with those of which it is unknown
which way a party prefers them taken the other way. One sentence tells what changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detente.analyses.declaration import Declaration
from detente.analyses.parameters import AnalysisParameters
from detente.dispute.dispute import Dispute, Statements
from detente.robustness.draws import drawn_dispute, settled, stated_preferences

__all__ = ["Readings", "doubtful_statements", "doubts_on", "readings_of"]

# A statement held with less than this is believed less than its contrary.
_HALF = 0.5

# So many statements, or verdicts that change, are named.
_NAMED = 3

_Statement = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Readings:
    """A dispute with what is unknown in it taken as stated.

    Attributes
    ----------
    dispute
        The dispute, without marks of the unknown.
    unknown
        Id of the party and number, from 1, of each statement that had one.
    """

    dispute: Dispute
    unknown: tuple[_Statement, ...]

    @property
    def sentence(self) -> str | None:
        """Which way unknown statements are taken; None where there are none."""
        if not self.unknown:
            return None
        return (
            f"Which way is unknown of {_named(self.dispute, self.unknown)}: what follows takes "
            f"{'it' if len(self.unknown) == 1 else 'them'} as stated."
        )


def readings_of(dispute: Dispute) -> Readings:
    """A dispute with what is unknown in it taken as stated."""
    return Readings(*settled(dispute))


def doubtful_statements(dispute: Dispute) -> tuple[_Statement, ...]:
    """The statements that are held with a confidence below one half."""
    return tuple(
        (party.id, number)
        for party in dispute.parties
        if isinstance(party.preferences, Statements)
        for number, statement in enumerate(party.preferences.statements, start=1)
        if statement.confidence is not None and statement.confidence < _HALF
    )


def doubts_on(
    declaration: Declaration, readings: Readings, parameters: AnalysisParameters
) -> tuple[str, ...]:
    """How the verdicts of an analysis change without what is doubtful, or the other way.

    Parameters
    ----------
    declaration
        The analysis; nothing is told of one without verdicts.
    readings
        The dispute.
    parameters
        The analysis's parameters.

    Returns
    -------
    tuple of str
        A sentence or two for each kind of doubt.
    """
    dispute = readings.dispute
    doubtful = tuple(one for one in doubtful_statements(dispute) if one not in readings.unknown)
    if declaration.verdicts is None or not (doubtful or readings.unknown):
        return ()
    stated = declaration.verdicts(dispute, parameters)
    told = []
    if doubtful:
        one = len(doubtful) == 1
        other = declaration.verdicts(_otherwise(dispute, doubtful, 0), parameters)
        told.append(
            f"{'1 statement is' if one else f'{len(doubtful)} statements are'} held with a "
            f"confidence below one half ({_named(dispute, doubtful)}). "
            f"Without {'it' if one else 'them'} {_changes(stated, other)}."
        )
    if readings.unknown:
        other = declaration.verdicts(_otherwise(dispute, readings.unknown, -1), parameters)
        told.append(
            f"With what is unknown ({_named(dispute, readings.unknown)}) taken the other way "
            f"{_changes(stated, other)}."
        )
    return tuple(told)


def _otherwise(dispute: Dispute, statements: Sequence[_Statement], reading: int) -> Dispute:
    """The dispute with some statements dropped (0) or reversed (-1)."""
    drawn = stated_preferences(dispute)
    for party, number in statements:
        drawn[dispute.party_numbers[party]].reading[0, number - 1] = reading
    return drawn_dispute(dispute, drawn, 0)


def _named(dispute: Dispute, statements: Sequence[_Statement]) -> str:
    told = []
    for party, number in statements[:_NAMED]:
        preferences = dispute.parties[dispute.party_numbers[party]].preferences
        assert isinstance(preferences, Statements)
        told.append(f"{party}.{number} “{preferences.statements[number - 1].formula.text}”")
    more = len(statements) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def _changes(stated: Mapping[str, str], other: Mapping[str, str]) -> str:
    """What differs between verdicts, as the end of a sentence."""
    moved = [name for name, verdict in stated.items() if other.get(name, "") != verdict]
    if not moved:
        return "the answer is the same" if len(stated) == 1 else "all answers are the same"
    told = [
        f"{name} is {other.get(name) or 'not told'} instead of {stated[name]}"
        for name in moved[:_NAMED]
    ]
    more = len(moved) - len(told)
    return ", ".join(told) + (f", and {more} more differ" if more else "")
