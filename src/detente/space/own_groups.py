"""Own combinations of a party, in groups by the options that change one way only.

Within a group a party moves freely; from one group to another only the way that these options go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from detente.space.moves import OwnAxis

__all__ = ["FIXED", "LOWER", "RAISE", "own_groups"]

# How an option of the groups may change.
RAISE, LOWER, FIXED = 0, 1, 2


def own_groups(
    axis: OwnAxis, kept: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Group a party's own combinations.

    Parameters
    ----------
    axis
        The party's axis.
    kept
        An option, by its place among the party's own, that is to be kept as it is.

    Returns
    -------
    group_of
        The group of each own combination.
    sample
        A combination in each group.
    levels
        The number of levels of each option of the groups, the first of which changes fastest.
    kinds
        How each of them may change: :data:`RAISE`, :data:`LOWER` or :data:`FIXED`.
    """
    chosen, kinds = [], []
    for option, direction in enumerate(axis.directions):
        if option == kept or direction is not None:
            chosen.append(option)
            kinds.append(FIXED if option == kept else RAISE if direction == "up" else LOWER)
    group_of = np.zeros(axis.length, dtype=np.int64)
    stride = 1
    for option in chosen:
        group_of += axis.combinations[:, option].astype(np.int64) * stride
        stride *= axis.levels[option]
    sample = np.zeros(stride, dtype=np.int64)
    sample[group_of] = np.arange(axis.length)
    levels = np.array([axis.levels[option] for option in chosen], dtype=np.int64)
    return group_of, sample, levels, np.array(kinds, dtype=np.int64)
