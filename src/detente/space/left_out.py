"""A graph model with fewer states: those where an option stands at one level are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Constraint, Dispute
from detente.dispute.names import formula_from
from detente.space.graph_model import GraphModel, build_graph_model, model_of
from detente.space.representation import states_to_list
from detente.space.states import StateSpace

__all__ = ["without_level"]

_Kept = TypeVar("_Kept", bound=np.generic)


def without_level(model: GraphModel, option: str, level: str) -> GraphModel:
    """The graph model in which an option never stands at a level.

    Parameters
    ----------
    model
        The graph model.
    option
        Full name of the option.
    level
        Name of the level.

    Returns
    -------
    GraphModel
        On a cube its ranks keep the order that they had, and need not be dense.
    """
    dispute = model.dispute
    if not model.on_cube:
        fewer = _never(dispute, option, level)
        return build_graph_model(fewer, states_to_list(fewer))
    # The cube without the level; ranks keep their order where states go, and no more is asked.
    number = dispute.option_numbers[option]
    place = dispute.options[number].levels.index(level)
    count = list(model.space.levels)

    levels = tuple(left - (option == number) for option, left in enumerate(count))
    space = StateSpace(levels, _left(model.space.feasible, count, number, place))
    moves = replace(model.moves, space=space)
    return model_of(dispute, moves, _left(model.position_ranks, count, number, place))


def _left(values: NDArray[_Kept], levels: Sequence[int], option: int, level: int) -> NDArray[_Kept]:
    """Values by position along the last axis, left out where an option stands at a level."""
    before = values.shape[:-1]
    # Positions grow first by the first option, which is the last axis of the grid.
    grid = values.reshape(*before, *reversed(levels))
    return np.delete(grid, level, axis=grid.ndim - 1 - option).reshape(*before, -1)


def _never(dispute: Dispute, option: str, level: str) -> Dispute:
    """The dispute in which an option never stands at a level."""
    formula = formula_from(dispute, f"{option} = {level}")
    status_quo = dispute.status_quo
    if status_quo is not None:
        number = dispute.option_numbers[option]
        if dispute.options[number].levels[status_quo[number]] == level:
            status_quo = None
    return replace(
        dispute,
        constraints=(*dispute.constraints, Constraint(formula)),
        status_quo=status_quo,
    )
