"""Which statement decides how robust a finding is.

Inputs are independent of each other between draws, so conditional shares can be read off the
draws: no further analysis is needed.

References
----------
.. [1] I. M. Sobol, "Sensitivity estimates for nonlinear mathematical models", Mathematical
   Modelling and Computational Experiments 1 (1993).
"""

from __future__ import annotations

from dataclasses import dataclass

from detente.robustness.draws import Input
from detente.robustness.sweep import Robustness

__all__ = ["Driver", "drivers"]

# Pearson's chi-square statistic of two classifications of the draws by two is the number of draws
# times the index; it exceeds this by chance in one of a thousand (chi-square, one degree of
# freedom).
_CHANCE = 10.828


@dataclass(frozen=True, slots=True)
class Driver:
    """What one input does to one finding.

    Attributes
    ----------
    input
        The statement, or the order of two neighbours.
    as_stated, otherwise
        Share of the draws in which the finding holds, among those in which the input is as
        stated, and among the others; None where there are no such draws.
    index
        First-order Sobol index [1]_: the part of the finding's variance between draws that this
        input explains alone, 0 to 1.
    flips
        Whether the finding changes where this input alone is otherwise, all else as stated.
    beyond_chance
        Whether the shares differ by more than an input without any influence would make them
        differ in all but one of a thousand runs with so many draws.
    """

    input: Input
    as_stated: float | None
    otherwise: float | None
    index: float
    flips: bool
    beyond_chance: bool

    @property
    def effect(self) -> float:
        """By how much the share differs where the input is otherwise."""
        if self.as_stated is None or self.otherwise is None:
            return 0.0
        return self.otherwise - self.as_stated


def drivers(result: Robustness, finding: int) -> list[Driver]:
    """What each input does to a finding, the strongest first.

    Parameters
    ----------
    result
        The draws.
    finding
        Place of the finding among ``result.findings``.

    Returns
    -------
    list of Driver
        One for each input, by index, then in the order of the dispute.
    """
    draws, held = result.draws, int(result.held[finding])
    variance = held / draws * (1 - held / draws)
    found = []
    for number, one in enumerate(result.inputs):
        stated = int(result.as_stated[number])
        both = int(result.together[number, finding])
        as_stated = both / stated if stated else None
        otherwise = (held - both) / (draws - stated) if stated < draws else None
        index = 0.0
        if variance and as_stated is not None and otherwise is not None:
            weight = stated / draws * (1 - stated / draws)
            index = min(1.0, weight * (as_stated - otherwise) ** 2 / variance)
        flips = bool(result.flipped[number, finding] != result.stated[finding])
        found.append(Driver(one, as_stated, otherwise, index, flips, draws * index > _CHANCE))
    return sorted(found, key=lambda driver: -driver.index)
