"""The mean over the ways in which a few statements hold or fail."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["mean_over"]


def mean_over(values: ArrayLike, confidence: Sequence[float]) -> NDArray[np.float64]:
    """The mean over all ways, each statement holding with its confidence, by itself.

    Parameters
    ----------
    values
        Shape (ways, ...), in the order of :func:`itertools.product`, a statement failing before
        it holds.
    confidence
        How surely each statement is held, from 0 to 1.

    Returns
    -------
    numpy.ndarray of float64
        Shape (...).
    """
    weights = np.array([1.0])
    for one in confidence:
        weights = np.outer(weights, (1.0 - one, one)).ravel()
    return np.asarray(np.tensordot(weights, np.asarray(values), axes=1))
