"""Preferences drawn around the stated ones.

A draw says of every statement whether it is held, dropped or reversed, and where it stands in the
party's order; of every weight by how much it is changed; of every entry of an explicit order where
it stands. Draws come in chunks. Each chunk has a random stream of its own, so what is drawn does
not depend on which chunks are drawn, where, or in which order.

References
----------
.. [1] C. L. Mallows, "Non-null ranking models. I", Biometrika 44 (1957).
.. [2] J.-P. Doignon, A. Pekeč, M. Regenwetter, "The repeated insertion model for rankings: missing
   link between two subset choice models", Psychometrika 69 (2004).
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
from detente.robustness.enumeration import Design, combinations_in_turn

__all__ = [
    "CHUNK",
    "STATED",
    "DrawnPreferences",
    "Input",
    "Uncertainty",
    "design_of",
    "draw_chunk",
    "drawn_dispute",
    "input_values",
    "inputs",
    "settled",
    "stated_preferences",
    "statement_named",
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
        What happens to a statement that is not held: ``dropped``, the party does not care, or
        ``reversed``, the party prefers the opposite.
    swap
        The probability that two statements, or entries of an explicit order, that are neighbours
        as stated stand the other way round. Orders follow Mallows' model [1]_: each is the less
        likely by one factor for every pair that stands the other way round.
    weights
        By what part of itself a weight may change. Each weight is multiplied by a factor. The
        factor is drawn uniformly from ``1 - weights`` to ``1 + weights``, in steps of a thousandth.
    unknown
        Statements of which only the subject is known, as party id and number from 1; those
        marked ``unknown`` in the file come on top. They are enumerated: draws go through the
        combinations of held and reversed in an order drawn from the seed; see
        :mod:`detente.robustness.enumeration`.
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


NO_HIGHER = "no higher than stated"
"""Said of what stands after all that are stated before it."""


@dataclass(frozen=True, slots=True)
class Input:
    """Something about the preferences that differs between draws.

    Attributes
    ----------
    id
        Such as ``us.3``, the third statement of the party ``us``, or ``us.3^``, whether the third
        has risen above any that is stated before it.
    party
        Id of the party.
    number
        Number of the statement or step, from 1.
    kind
        ``held``: whether the statement is held. ``order``: whether it stands after all that are
        stated before it. All inputs are independent of each other.
    text
        The statement, or what rises.
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
    reversed_ = combinations_in_turn(seed, len(unknown), chunk * CHUNK, CHUNK)
    drawn = []
    for number, party in enumerate(dispute.parties):
        preferences = party.preferences
        count = entries(party)
        reading = np.ones((CHUNK, count), dtype=np.int8)
        place = _as_stated(CHUNK, count)
        factor = np.full((CHUNK, count), _STEPS, dtype=np.int16)
        if isinstance(preferences, Statements):
            chances = [_confidence(one, uncertainty) for one in preferences.statements]
            held = random.random((CHUNK, count)) < np.array(chances)
            reading[~held] = -1 if uncertainty.otherwise == "reversed" else 0
            for column, (owner, statement) in enumerate(unknown):
                if owner == number:
                    reading[:, statement] = np.where(reversed_[:, column], -1, 1)
        if isinstance(preferences, Statements) and preferences.weighted:
            spread = round(uncertainty.weights * _STEPS)
            factor += random.integers(-spread, spread + 1, factor.shape, dtype=np.int16)
        else:
            place = _places(random.random((CHUNK, count)), uncertainty.swap)
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


def design_of(dispute: Dispute, uncertainty: Uncertainty) -> Design:
    """How the draws of a dispute are laid out, by which shares of them are told."""
    unknown = set(_unknown(dispute, uncertainty))
    alone = not any(
        _varies(party, uncertainty, {one for owner, one in unknown if owner == number})
        for number, party in enumerate(dispute.parties)
    )
    return Design(len(unknown), alone)


def _varies(party: Party, uncertainty: Uncertainty, unknown: set[int]) -> bool:
    """Whether anything of a party but its unknown statements differs between draws."""
    preferences = party.preferences
    ordered = uncertainty.swap > 0 and entries(party) > 1
    if isinstance(preferences, OrderedStates):
        return ordered
    sure = all(
        number in unknown or _confidence(one, uncertainty) == 1
        for number, one in enumerate(preferences.statements)
    )
    if preferences.weighted:
        return not sure or (uncertainty.weights > 0 and entries(party) > 0)
    return not sure or ordered


def _as_stated(draws: int, count: int) -> NDArray[np.int16]:
    return np.tile(np.arange(count, dtype=np.int16), (draws, 1))


def _places(uniform: NDArray[np.float64], swap: float) -> NDArray[np.int16]:
    """Orders by Mallows' model, by repeated insertion [2]_.

    Entries are put into the order one after the other, as stated. The n-th (from 0) is put above
    the last v of those before it with a probability proportional to the v-th power of
    ``swap / (1 - swap)``, v from 0 to n, independently of the others.

    Parameters
    ----------
    uniform
        Shape (draws, entries): numbers drawn uniformly from 0 to 1.
    swap
        As in :class:`Uncertainty`.

    Returns
    -------
    numpy.ndarray of int16
        Shape (draws, entries): the place of each.
    """
    draws, count = uniform.shape
    # Entries before draws, so that one entry is worked on in all draws at once.
    place = np.empty((count, draws), dtype=np.int16)
    lowest = np.empty(count, dtype=np.int16)
    for entry in range(count):
        powers = np.arange(entry + 1)
        # The likeliest of them has weight 1, so that long orders do not underflow.
        weights: NDArray[np.floating] = np.ones(entry + 1)
        if swap < 0.5:
            weights = (swap / (1 - swap)) ** powers
        elif swap > 0.5:
            weights = ((1 - swap) / swap) ** (entry - powers)
        limits = np.cumsum(weights / weights.sum())[:-1]
        own = place[entry]
        own[:] = entry - np.searchsorted(limits, uniform[:, entry], side="right")
        lowest[entry] = own.max()
        # Entries before the first that any may rise above stay where they are.
        first = int(np.argmax(lowest[: entry + 1] >= own.min()))
        if first < entry:
            before = place[first:entry]
            before += before >= own
            lowest[first:entry] = before.max(axis=1)
    return np.ascontiguousarray(place.T)


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
    """What differs between draws of a dispute: statements, and how they rise in their order.

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
                    f"{party.id}.{number}^",
                    party.id,
                    number,
                    "order",
                    f"{texts[number - 1]}: {NO_HIGHER}",
                )
                for number in range(2, len(texts) + 1)
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
            columns.append(own.place[:, entry] > own.place[:, :entry].max(axis=1))
    if not columns:
        return np.ones((len(drawn[0].place), 0), dtype=np.bool_)
    return np.stack(columns, axis=1)


def statement_named(text: str) -> tuple[str, int]:
    """A party's id and the number of a statement, from 1, from text such as ``us.3``.

    Raises
    ------
    DisputeError
        If the text is not of that form; whether there is such a statement is not looked at.
    """
    party, _, number = text.rpartition(".")
    if not party or not (number.isascii() and number.isdigit() and len(number) < 6):
        raise DisputeError(f"{shown(text)} is not a party and a statement's number, such as us.3")
    return party, int(number)
