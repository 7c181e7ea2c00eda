"""The seven expressions of likelihood of Intelligence Community Directive 203.

References
----------
.. [1] Office of the Director of National Intelligence, "Intelligence Community Directive 203:
   Analytic Standards" (2015), section D.6.e(2)(a): seven expressions with bands from 1 to 99 per
   cent; (2)(b): a level of confidence and a degree of likelihood do not stand in one sentence.
"""

from __future__ import annotations

from bisect import bisect_right

__all__ = ["BANDS", "band", "likelihood_words"]

BANDS: tuple[tuple[str, int, int], ...] = (
    ("almost no chance", 1, 5),
    ("very unlikely", 5, 20),
    ("unlikely", 20, 45),
    ("roughly even chance", 45, 55),
    ("likely", 55, 80),
    ("very likely", 80, 95),
    ("almost certain", 95, 99),
)
"""The words, and the band in per cent that each stands for.

The bands touch, and the directive does not say to which of two a limit belongs: here it belongs to
the upper one. What lies below 1 or above 99 per cent has the words of the nearest band.
"""


def band(probability: float) -> int:
    """The number of the band, from 0, in which a probability lies.

    Parameters
    ----------
    probability
        From 0 to 1.
    """
    # Rounded, so that sums of many small numbers do not fall just short of a limit.
    return bisect_right([low for _, low, _ in BANDS[1:]], round(100 * probability, 9))


def likelihood_words(probability: float) -> str:
    """The words for a probability, such as ``very unlikely``."""
    return BANDS[band(probability)][0]
