"""Preferences drawn around the stated ones.

A draw says of every statement whether it is held, dropped or reversed, and where it stands in the
party's order; of every weight by how much it is changed; of every entry of an explicit order where
it stands. Draws come in chunks. Each chunk has a random stream of its own, so what is drawn does
not depend on which chunks are drawn, where, or in which order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula, OrderedStates, Party, Statement, Statements
from detente.dispute.errors import DisputeError, shown
from detente.dispute.formula import negation
from detente.dispute.names import party_number

__all__ = [
    "CHUNK",
    "STATED",
    "DrawnPreferences",
    "Input",
    "Uncertainty",
    "draw_chunk",
    "drawn_dispute",
    "input_values",
    "inputs",
    "settled",
    "stated_preferences",
]

# Draws in a chunk. Part of what a seed means: another size would give other draws.
CHUNK = 1000

# Weights are changed in steps of a thousandth, so that sums of drawn weights are exact.
_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """How far drawn preferences may lie from the stated ones.

    Attributes
    ----------
    confidence
        The probability that a statement is held, where the file gives it no confidence.
    otherwise
        What becomes of a statement that is not held: ``dropped``, the party does not care, or
        ``reversed``, the party prefers the opposite.
    swap
        The probability that a statement, or an entry of an explicit order, changes places with
        the next one. Pairs are gone through from the most important down, so that an entry may
        fall by more than one place, and rise by one at most.
    weights
        By how much of itself a weight may change: each is multiplied by a factor drawn uniformly
        from ``1 - weights`` to ``1 + weights``, in steps of a thousandth.
    unknown
        Statements of which only the subject is known, as party id and number from 1; those
        marked ``unknown`` in the file come on top. They are enumerated: draw after draw goes
        through every combination of held and reversed, so each comes equally often.
    """

    confidence: float = 0.8
    otherwise: Literal["dropped", "reversed"] = "dropped"
    swap: float = 0.1
    weights: float = 0.1
    unknown: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        for name in ("confidence", "swap", "weights"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise DisputeError(f"{name} is a number from 0 to 1", found=shown(value))
        if self.otherwise not in ("dropped", "reversed"):
            raise DisputeError(
                f"a statement that is not held is dropped or reversed, not {shown(self.otherwise)}",
                found=self.otherwise,
                allowed=("dropped", "reversed"),
            )


STATED = Uncertainty(confidence=1.0, swap=0.0, weights=0.0)


@dataclass(frozen=True, eq=False)
class DrawnPreferences:
    """One party's preferences in several draws; entries are statements or steps of an order.

    Attributes
    ----------
    reading
        Shape (draws, entries): 1 where a statement is held, 0 dropped, -1 reversed.
    place
        Shape (draws, entries): where each entry stands in the party's order, 0 the first.
    factor
        Shape (draws, entries): the thousandths by which a weight is multiplied.
    """

    reading: NDArray[np.int8]
    place: NDArray[np.int16]
    factor: NDArray[np.int16]

    @cached_property
    def entry_at(self) -> NDArray[np.intp]:
        """Shape (draws, entries): which entry stands at each place."""
        return np.argsort(self.place, axis=1)

    def rows(self, chosen: slice) -> DrawnPreferences:
        """The preferences of some of the draws."""
        return DrawnPreferences(self.reading[chosen], self.place[chosen], self.factor[chosen])


@dataclass(frozen=True, slots=True)
class Input:
    """Something about the preferences that differs between draws.

    Attributes
    ----------
    id
        Such as ``us.3``, the third statement of the party ``us``, or ``us.3>4``, that the third
        stands before the fourth.
    party
        Id of the party.
    number
        Number of the statement or step, from 1.
    kind
        ``held``: whether the statement is held. ``order``: whether it stands before the next one.
    text
        The statement, or the pair.
    """

    id: str
    party: str
    number: int
    kind: Literal["held", "order"]
    text: str


def entries(party: Party) -> int:
    """Number of statements, or of steps of an explicit order."""
    preferences = party.preferences
    if isinstance(preferences, OrderedStates):
        return len(preferences.order)
    return len(preferences.statements)


def draw_chunk(
    dispute: Dispute, uncertainty: Uncertainty, seed: int, chunk: int
) -> tuple[DrawnPreferences, ...]:
    """Draw the preferences of every party, :data:`CHUNK` times.

    Parameters
    ----------
    dispute
        The dispute, with the stated preferences.
    uncertainty
        How far the draws may lie from them.
    seed
        Seed of the whole run.
    chunk
        Number of the chunk, from 0; its stream is the run's spawned stream of that number.

    Returns
    -------
    tuple of DrawnPreferences
        One for each party.

    Raises
    ------
    DisputeError
        If an unknown statement does not exist.
    """
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(chunk,)))
    unknown = _unknown(dispute, uncertainty)
    drawn = []
    for number, party in enumerate(dispute.parties):
        preferences = party.preferences
        count = entries(party)
        reading = np.ones((CHUNK, count), dtype=np.int8)
        place = np.tile(np.arange(count, dtype=np.int16), (CHUNK, 1))
        factor = np.full((CHUNK, count), _STEPS, dtype=np.int16)
        if isinstance(preferences, Statements):
            chances = [_confidence(one, uncertainty) for one in preferences.statements]
            held = random.random((CHUNK, count)) < np.array(chances)
            reading[~held] = -1 if uncertainty.otherwise == "reversed" else 0
            for digit, (owner, statement) in enumerate(unknown):
                if owner == number:
                    combination = chunk * CHUNK + np.arange(CHUNK, dtype=np.int64)
                    reading[:, statement] = 1 - 2 * ((combination >> digit) & 1)
        if isinstance(preferences, Statements) and preferences.weighted:
            spread = round(uncertainty.weights * _STEPS)
            factor += random.integers(-spread, spread + 1, factor.shape, dtype=np.int16)
        else:
            _swap(place, random.random((CHUNK, max(count - 1, 0))) < uncertainty.swap)
        drawn.append(DrawnPreferences(reading, place, factor))
    return tuple(drawn)


def _confidence(statement: Statement, uncertainty: Uncertainty) -> float:
    if statement.confidence is None:
        return uncertainty.confidence
    return statement.confidence


def _unknown(dispute: Dispute, uncertainty: Uncertainty) -> list[tuple[int, int]]:
    found = []
    for party, number in uncertainty.unknown:
        index = party_number(dispute, party)
        preferences = dispute.parties[index].preferences
        if isinstance(preferences, OrderedStates):
            raise DisputeError(f"the preferences of {party} are an order, without statements")
        if not 1 <= number <= len(preferences.statements):
            raise DisputeError(
                f"{party} has no statement {number}; it has {len(preferences.statements)}"
            )
        found.append((index, number - 1))
    return list(dict.fromkeys(found))


def _swap(place: NDArray[np.int16], swapped: NDArray[np.bool_]) -> None:
    """Let the entry at each place change with the next one, from the first place down."""
    draws = np.arange(len(place))
    entry_at = np.argsort(place, axis=1)
    for first in range(swapped.shape[1]):
        rows = draws[swapped[:, first]]
        pair = entry_at[rows, first : first + 2]
        entry_at[rows, first : first + 2] = pair[:, ::-1]
    np.put_along_axis(
        place, entry_at, np.arange(place.shape[1], dtype=np.int16)[np.newaxis], axis=1
    )


def settled(dispute: Dispute) -> tuple[Dispute, tuple[tuple[str, int], ...]]:
    """A dispute without marks of the unknown, and the statements that had one."""
    unknown: list[tuple[str, int]] = []
    parties = []
    for party in dispute.parties:
        preferences = party.preferences
        if isinstance(preferences, Statements):
            for number, statement in enumerate(preferences.statements, start=1):
                if statement.unknown:
                    unknown.append((party.id, number))
            statements = tuple(
                dataclasses.replace(statement, unknown=False)
                for statement in preferences.statements
            )
            preferences = dataclasses.replace(preferences, statements=statements)
        parties.append(dataclasses.replace(party, preferences=preferences))
    if not unknown:
        return dispute, ()
    return dataclasses.replace(dispute, parties=tuple(parties)), tuple(unknown)


def stated_preferences(dispute: Dispute, copies: int = 1) -> tuple[DrawnPreferences, ...]:
    """The preferences as stated, as so many draws."""
    return tuple(
        DrawnPreferences(
            np.ones((copies, entries(party)), dtype=np.int8),
            np.tile(np.arange(entries(party), dtype=np.int16), (copies, 1)),
            np.full((copies, entries(party)), _STEPS, dtype=np.int16),
        )
        for party in dispute.parties
    )


def drawn_dispute(dispute: Dispute, drawn: tuple[DrawnPreferences, ...], draw: int) -> Dispute:
    """The dispute with the preferences of one draw, for all that works on a dispute.

    Parameters
    ----------
    dispute
        The dispute as stated.
    drawn
        Preferences of every party.
    draw
        Which of the draws.

    Returns
    -------
    Dispute
    """
    parties = tuple(
        dataclasses.replace(party, preferences=_preferences_in(party, own, draw))
        for party, own in zip(dispute.parties, drawn, strict=True)
    )
    return dataclasses.replace(dispute, parties=parties)


def _preferences_in(party: Party, drawn: DrawnPreferences, draw: int) -> Statements | OrderedStates:
    preferences = party.preferences
    in_order = drawn.entry_at[draw].tolist()
    if isinstance(preferences, OrderedStates):
        order = tuple(preferences.order[entry] for entry in in_order)
        return dataclasses.replace(preferences, order=order)
    statements = []
    for entry in in_order:
        statement = preferences.statements[entry]
        reading = int(drawn.reading[draw, entry])
        if reading < 0:
            statement = dataclasses.replace(statement, formula=negation(statement.formula))
        if statement.weight is not None:
            # Decimals as the analyst writes them, so that ties stay ties.
            weight = round(statement.weight * int(drawn.factor[draw, entry]) / _STEPS, 12)
            statement = dataclasses.replace(statement, weight=weight)
        if reading:
            statements.append(statement)
    return dataclasses.replace(preferences, statements=tuple(statements))


def inputs(dispute: Dispute) -> tuple[Input, ...]:
    """What differs between draws of a dispute: statements, and the order of neighbours.

    The changes of weights are not among them.
    """
    found: list[Input] = []
    for party in dispute.parties:
        preferences = party.preferences
        if isinstance(preferences, OrderedStates):
            texts = [_step_text(step) for step in preferences.order]
        else:
            texts = [statement.formula.text for statement in preferences.statements]
            found += [
                Input(f"{party.id}.{number}", party.id, number, "held", text)
                for number, text in enumerate(texts, start=1)
            ]
        if isinstance(preferences, OrderedStates) or not preferences.weighted:
            found += [
                Input(
                    f"{party.id}.{number}>{number + 1}",
                    party.id,
                    number,
                    "order",
                    f"{texts[number - 1]} before {texts[number]}",
                )
                for number in range(1, len(texts))
            ]
    return tuple(found)


def _step_text(step: Sequence[int | Formula]) -> str:
    """What is held equal at one step of an explicit order, such as ``states 3 and 4``."""
    numbers = [str(one) for one in step if isinstance(one, int)]
    named = [one.text for one in step if not isinstance(one, int)]
    if numbers:
        *most, last = numbers
        start = f"states {', '.join(most)} and {last}" if most else f"state {last}"
        named.insert(0, start)
    return ", ".join(named)


def input_values(dispute: Dispute, drawn: tuple[DrawnPreferences, ...]) -> NDArray[np.bool_]:
    """Whether each input is as stated in each draw, shape (draws, inputs)."""
    number_of = dispute.party_numbers
    columns = []
    for one in inputs(dispute):
        own = drawn[number_of[one.party]]
        entry = one.number - 1
        if one.kind == "held":
            columns.append(own.reading[:, entry] == 1)
        else:
            columns.append(own.place[:, entry] < own.place[:, entry + 1])
    if not columns:
        return np.ones((len(drawn[0].place), 0), dtype=np.bool_)
    return np.stack(columns, axis=1)
