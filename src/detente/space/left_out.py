"""A graph model with fewer states: without a level of an option, or without some options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Constraint, Dispute
from detente.dispute.names import formula_from
from detente.space.graph_model import GraphModel, build_graph_model, model_of
from detente.space.representation import states_to_list
from detente.space.states import StateSpace

__all__ = ["takes_fewer_options", "values_at", "with_options_at", "without_level"]

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


def takes_fewer_options(model: GraphModel) -> bool:
    """Whether options can be left out of a model: whether its states lie in a cube."""
    return model.on_cube


def with_options_at(model: GraphModel, levels: Mapping[int, int]) -> GraphModel:
    """The graph model in which some options stand at a level each, and never change.

    Where nothing that is asked speaks of them, one state stands for all that differ from it in
    these options only.

    Parameters
    ----------
    model
        A graph model that takes fewer options.
    levels
        Level by option number.

    Returns
    -------
    GraphModel
        Its ranks keep the order that they had, and need not be dense. Its packages set none of
        these options, and its status quo has them at their levels. A condition that speaks of them
        means nothing on it.
    """
    dispute = model.dispute
    packages = tuple(
        replace(one, settings={o: to for o, to in one.settings.items() if o not in levels})
        for one in dispute.packages
    )
    status_quo = dispute.status_quo
    if status_quo is not None:
        # The only level that is left is the first.
        status_quo = tuple(0 if o in levels else level for o, level in enumerate(status_quo))
    fewer = replace(dispute, packages=packages, status_quo=status_quo)
    count = model.space.levels
    left = tuple(1 if option in levels else of for option, of in enumerate(count))
    space = StateSpace(left, values_at(levels, model.space.feasible, count))
    ranks = values_at(levels, model.position_ranks, count)
    return model_of(fewer, replace(model.moves, space=space), ranks)


def values_at(
    levels: Mapping[int, int], values: NDArray[_Kept], count: Sequence[int]
) -> NDArray[_Kept]:
    """Values by position along the last axis, where some options stand at a level each.

    Parameters
    ----------
    levels
        Level by option number.
    values
        Shape (..., positions), for every position of the cube.
    count
        Number of levels of each option.

    Returns
    -------
    numpy.ndarray
        For every position of the cube that is left, in the same order.
    """
    before = values.shape[:-1]
    # Neighbours that are kept are one axis: NumPy has at most 64.
    shape: list[int] = []
    chosen: list[int | slice] = []
    for option, of in enumerate(count):
        if option in levels:
            shape.append(of)
            chosen.append(levels[option])
        elif chosen and isinstance(chosen[-1], slice):
            shape[-1] *= of
        else:
            shape.append(of)
            chosen.append(slice(None))
    grid = values.reshape(*before, *reversed(shape))
    return np.ascontiguousarray(grid[(..., *reversed(chosen))].reshape(*before, -1))


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
