"""Which statement decides how robust a finding is.

Inputs are independent of each other between draws, so conditional shares can be read off the
draws: no further analysis is needed.

References
----------
.. [1] I. M. Sobol, "Sensitivity estimates for nonlinear mathematical models", Mathematical
   Modelling and Computational Experiments 1 (1993).
.. [2] F. Yates, "Contingency tables involving small numbers and the chi-square test", Supplement to
   the Journal of the Royal Statistical Society 1 (1934).
"""

from __future__ import annotations

from dataclasses import dataclass

from detente.robustness.draws import Input
from detente.robustness.run.sweep import Robustness

__all__ = ["Driver", "checked_drivers", "drivers"]

# Pearson's chi-square statistic of two classifications of the draws by two, with the correction
# of Yates [2]_, exceeds this by chance in one of a thousand (one degree of freedom).
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
        Whether the finding changes where this input alone is otherwise, all else as stated; None
        where that was not looked at.
    beyond_chance
        Whether the shares differ by more than an input without any influence would make them
        differ in all but one of a thousand runs with so many draws.
    """

    input: Input
    as_stated: float | None
    otherwise: float | None
    index: float
    flips: bool | None
    beyond_chance: bool

    @property
    def effect(self) -> float:
        """By how much the share differs where the input is otherwise."""
        if self.as_stated is None or self.otherwise is None:
            return 0.0
        return self.otherwise - self.as_stated


def drivers(result: Robustness, finding: int) -> list[Driver]:
    """Say what each input does to a finding, the strongest input first.

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
    found = []
    for number, one in enumerate(result.inputs):
        counts = int(result.as_stated[number]), int(result.together[number, finding])
        flips = bool(result.flipped[number, finding] != result.stated[finding])
        found.append(_driver(one, result.draws, int(result.held[finding]), *counts, flips))
    return sorted(found, key=lambda driver: -driver.index)


def checked_drivers(result: Robustness, held: int, together: tuple[int, ...]) -> list[Driver]:
    """What each input does to a claim or a stage, the strongest first.

    Parameters
    ----------
    result
        The draws, some of them with claims and stages checked.
    held
        In how many of these draws it holds.
    together
        For each input, in how many of those in which it is as stated.

    Returns
    -------
    list of Driver
        One for each input, by index, then in the order of the dispute. Whether they flip it is
        not looked at.
    """
    checked = result.checked
    assert checked is not None, "there is nothing to drive"
    found = [
        _driver(one, checked.draws, held, stated, both, None)
        for one, stated, both in zip(result.inputs, checked.as_stated, together, strict=True)
    ]
    return sorted(found, key=lambda driver: -driver.index)


def _driver(
    one: Input, draws: int, held: int, stated: int, both: int, flips: bool | None
) -> Driver:
    variance = held / draws * (1 - held / draws)
    as_stated = both / stated if stated else None
    otherwise = (held - both) / (draws - stated) if stated < draws else None
    index = 0.0
    if variance and as_stated is not None and otherwise is not None:
        weight = stated / draws * (1 - stated / draws)
        index = min(1.0, weight * (as_stated - otherwise) ** 2 / variance)
    margins = held * (draws - held) * stated * (draws - stated)
    excess = max(0.0, abs(both * draws - held * stated) - draws / 2)
    beyond_chance = draws * excess**2 > _CHANCE * margins
    return Driver(one, as_stated, otherwise, index, flips, beyond_chance)
