"""States in option form: parties as blocks, options as rows, states as columns.

This is how the field prints states. Here only the content is laid out; tables for a terminal, a
page or a notebook are made from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from detente.dispute.dispute import Dispute
from detente.dispute.told import Told

__all__ = ["OptionBlock", "OptionRow", "StatesOf", "level_symbol", "option_form"]

# An option whose level differs among the members of a coalesced state.
ANY_LEVEL = "–"
_SYMBOLS = {"yes": Told("Y"), "no": Told("N")}


class StatesOf(Protocol):
    """States of a dispute, such as those of a graph model."""

    @property
    def dispute(self) -> Dispute:
        """The dispute."""
        ...

    @property
    def space(self) -> Any:
        """Has `assignments`: levels of every option, by state index."""
        ...


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option's level in each state, as a short symbol."""

    option: str
    name: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionBlock:
    """One party's options."""

    party: str
    name: str
    rows: tuple[OptionRow, ...]


def option_form(model: StatesOf, states: Sequence[int]) -> tuple[OptionBlock, ...]:
    """Lay out some states in option form.

    Parameters
    ----------
    model
        The graph model.
    states
        Numbers of the states, one column each.

    Returns
    -------
    tuple of OptionBlock
        One for each party that has options.
    """
    indices = np.asarray(states, dtype=np.int64) - 1
    table = model.space.assignments(indices)
    blocks = []
    for party in model.dispute.parties:
        rows = tuple(
            OptionRow(
                option=option.key,
                name=option.name,
                symbols=tuple(
                    level_symbol(option.levels, int(level))
                    for level in table[:, model.dispute.option_numbers[option.key]]
                ),
            )
            for option in party.options
        )
        if rows:
            blocks.append(OptionBlock(party.id, party.name, rows))
    return tuple(blocks)


def level_symbol(levels: Sequence[str], level: int) -> str:
    """A short symbol for a level: Y and N for yes and no, else the level's own name."""
    if level < 0:
        return ANY_LEVEL
    name = levels[level]
    return _SYMBOLS.get(name, name)
