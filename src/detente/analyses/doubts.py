"""What an answer owes to statements that are hardly believed, or not known either way.

An analysis is run once more without the statements that are held with a confidence below one half,
and with those of which it is unknown which way a party prefers them taken the other way. One
sentence tells what changes: of the verdicts that the analysis declares, or of the lines of its
answer. So an analysis that declares nothing of this has it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.parameters import AnalysisParameters
from detente.dispute.dispute import Dispute, Statements
from detente.robustness.draws import drawn_dispute, settled, stated_preferences

if TYPE_CHECKING:
    from detente.report.content import Block
    from detente.stability.analysis import Analysis

__all__ = [
    "Readings",
    "doubtful_statements",
    "doubts_left_open",
    "doubts_of_versions",
    "doubts_on",
    "doubts_on_equilibria",
    "readings_of",
]

# A statement held with less than this is believed less than its contrary.
_HALF = 0.5

# So many statements, or verdicts that change, are named.
_NAMED = 3

# Verdicts that are lines of the answer, by their number.
_LINE = "line "

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
            f"It is unknown which way {_named(self.dispute, self.unknown)} "
            f"{'is' if len(self.unknown) == 1 else 'are'} preferred. What follows takes "
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
    declaration: Declaration,
    readings: Readings,
    parameters: AnalysisParameters,
    result: Any,
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """How the answer of an analysis changes without what is doubtful, or the other way.

    Parameters
    ----------
    declaration
        The analysis.
    readings
        The dispute.
    parameters
        The analysis's parameters.
    result
        Its result for the dispute as stated.
    progress
        Told what is being worked on.

    Returns
    -------
    tuple of str
        A sentence or two for each kind of doubt.
    """
    dispute = readings.dispute
    doubtful = tuple(one for one in doubtful_statements(dispute) if one not in readings.unknown)
    if declaration.weighs_confidence(parameters):
        doubtful = ()
    told = []
    if doubtful:
        start = f"{_held(dispute, doubtful)} Without {'it' if len(doubtful) == 1 else 'them'} "
        told.append((start, _otherwise(dispute, doubtful, 0)))
    if readings.unknown:
        start = f"With what is unknown ({_named(dispute, readings.unknown)}) taken the other way "
        told.append((start, _otherwise(dispute, readings.unknown, -1)))
    if not told:
        return ()
    stated = _verdicts(declaration, result, parameters)
    return tuple(
        start + _changes(stated, _verdicts_of(declaration, other, parameters, progress)) + "."
        for start, other in told
    )


def doubts_left_open(dispute: Dispute) -> str | None:
    """What is hardly believed, where it is not worked out how the answer changes without it."""
    doubtful = doubtful_statements(dispute)
    if not doubtful:
        return None
    return (
        f"{_held(dispute, doubtful)} How the answer changes without "
        f"{'it' if len(doubtful) == 1 else 'them'} is not worked out here."
    )


def doubts_of_versions(newer: Dispute) -> tuple[str, ...]:
    """What is hardly believed in the newer of two versions, and how to try without it."""
    doubtful = doubtful_statements(newer)
    if not doubtful:
        return ()
    party, number = doubtful[0]
    return (
        f"{_held(newer, doubtful)} The answers take {'it' if len(doubtful) == 1 else 'them'} as "
        f"stated; `detente what-if --drop {party}.{number}` shows which answers change without it.",
    )


def _held(dispute: Dispute, doubtful: Sequence[_Statement]) -> str:
    count = "1 statement is" if len(doubtful) == 1 else f"{len(doubtful)} statements are"
    return f"{count} held with a confidence below one half ({_named(dispute, doubtful)})."


def doubts_on_equilibria(analysis: Analysis) -> tuple[str, ...]:
    """What a stability analysis owes to what is doubtful or unknown, in a few sentences."""
    from detente.analyses.declared.analyse import AnalyseParameters, declaration

    readings = readings_of(analysis.dispute)
    parameters = AnalyseParameters(concepts=analysis.concepts, packages=analysis.packages)
    doubts = doubts_on(declaration, readings, parameters, analysis)
    return (readings.sentence, *doubts) if readings.sentence else doubts


def _verdicts(
    declaration: Declaration, result: Any, parameters: AnalysisParameters
) -> Mapping[str, str]:
    if declaration.verdicts is not None:
        return declaration.verdicts(result, parameters)
    lines = [line for block in declaration.blocks(result, parameters) for line in _lines(block)]
    return {f"{_LINE}{number}": line for number, line in enumerate(lines)}


def _verdicts_of(
    declaration: Declaration,
    dispute: Dispute,
    parameters: AnalysisParameters,
    progress: Progress | None,
) -> Mapping[str, str] | None:
    """The verdicts of another dispute; None where they were not all worked out."""
    again = declaration.asked_again(parameters)
    tell: Progress | None = None
    if progress is not None:
        told = progress

        def tell(what: str, share: float) -> None:
            told(f"what is doubtful taken otherwise: {what}", share)

    try:
        result = declaration.run(dispute, again, tell)
    except KeyboardInterrupt:
        # What was asked for is known, and is not lost for the sake of this.
        return None
    if declaration.is_partial(result):
        return None
    return _verdicts(declaration, result, again)


def _lines(block: Block) -> Iterator[str]:
    """What a block says, line by line."""
    from detente.report.content import Bullets, Outline, Prose, Subheading, Table

    if isinstance(block, Prose | Subheading):
        yield block.text
    elif isinstance(block, Bullets):
        yield from block.items
    elif isinstance(block, Outline):
        yield from (text for _, text in block.items)
    elif isinstance(block, Table):
        for group in block.groups:
            for row in group.rows:
                yield ", ".join(filter(None, row))


def _otherwise(dispute: Dispute, statements: Sequence[_Statement], reading: int) -> Dispute:
    """The dispute with some statements dropped (0) or reversed (-1)."""
    drawn = stated_preferences(dispute)
    for party, number in statements:
        drawn[dispute.party_numbers[party]].reading[0, number - 1] = reading
    return drawn_dispute(dispute, drawn, 0)


def _named(dispute: Dispute, statements: Sequence[_Statement]) -> str:
    from detente.report.formula_words import statement_words

    told = [statement_words(dispute, party, number) for party, number in statements[:_NAMED]]
    more = len(statements) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more else "")


def _changes(stated: Mapping[str, str], other: Mapping[str, str] | None) -> str:
    """What differs between verdicts, as the end of a sentence."""
    if other is None:
        return "the answer was not worked out, as this was interrupted"
    moved = [name for name, verdict in stated.items() if other.get(name, "") != verdict]
    moved += [name for name in other if name not in stated]
    if not moved:
        one = len(stated) == 1 or all(name.startswith(_LINE) for name in stated)
        return "the answer is the same" if one else "all answers are the same"
    if moved[0].startswith(_LINE):
        name = moved[0]
        return (
            f"{len(moved):,} of {max(len(stated), len(other)):,} lines of the answer differ; the "
            f"first reads “{other.get(name, '')}” instead of “{stated.get(name, '')}”"
        )
    told = [
        f"{name} is {other.get(name) or 'not told'} instead of {stated.get(name) or 'not told'}"
        for name in moved[:_NAMED]
    ]
    more = len(moved) - len(told)
    return ", ".join(told) + (f", and {more} more differ" if more else "")
