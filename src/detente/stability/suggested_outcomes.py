"""Outcomes that a dispute may be given: the patterns of the states that can hold.

Whoever builds a dispute knows its options before its outcomes. What can hold, told as a few partial
assignments of options, is what there is to name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from detente.dispute.names import formula_from
from detente.stability.analysis import Analysis

__all__ = ["SuggestedOutcome", "suggest_outcomes", "suggest_short_outcomes"]

# Patterns that are looked at for each suggestion: the widest are suggested.
_LOOKED_AT = 24
# Pairs grow with the square.
_MOST_OPTIONS = 24


@dataclass(frozen=True, slots=True)
class SuggestedOutcome:
    """An outcome that could be named.

    Attributes
    ----------
    formula
        The formula of its states.
    settings
        By number of the option, the level at which it stands.
    states
        How many feasible states belong to it.
    """

    formula: str
    settings: dict[int, int]
    states: int


def suggest_outcomes(
    analysis: Analysis, concept: str = "SEQ", *, limit: int = 6
) -> tuple[SuggestedOutcome, ...]:
    """Suggest outcomes: patterns of equilibria that are no named outcome yet, the widest first.

    Parameters
    ----------
    analysis
        The analysis, under the concept.
    concept
        The concept under which the states can hold.
    limit
        How many at most.

    Returns
    -------
    tuple of SuggestedOutcome
        Each a partial assignment, all of whose feasible states are equilibria, and whose states are
        not those of an outcome that the dispute names already. Empty where nothing can hold, and
        where every state can: there is nothing to tell apart.
    """
    space = analysis.model.space
    named = [analysis.in_outcome(one.id) for one in analysis.dispute.outcomes]
    found: list[SuggestedOutcome] = []
    patterns = analysis.patterns(concept, limit=_LOOKED_AT).patterns
    for pattern in sorted(patterns, key=lambda one: -one.states):
        if not pattern.settings or len(found) == limit:
            continue
        formula = _formula(analysis, pattern.settings)
        inside = space.holds(formula_from(analysis.dispute, formula))
        # A state that stands for several may fit a pattern in a part of them only.
        count = int(np.count_nonzero(inside))
        if count and not any(np.array_equal(inside, other) for other in named):
            found.append(SuggestedOutcome(formula, dict(pattern.settings), count))
    found.sort(key=lambda one: -one.states)
    return tuple(found)


def suggest_short_outcomes(
    analysis: Analysis, concept: str = "SEQ", *, limit: int = 4
) -> tuple[SuggestedOutcome, ...]:
    """Suggest outcomes of one or two options, by what is open: some equilibria have it, some not.

    Parameters
    ----------
    analysis
        The analysis, under the concept.
    concept
        The concept under which the states can hold.
    limit
        How many at most.

    Returns
    -------
    tuple of SuggestedOutcome
        Options of two levels, and pairs of these, that are chosen in some equilibria and not in
        others; those that divide the equilibria most evenly come first, one option before two.
        None holds in the states of an outcome that the dispute names already.
    """
    space = analysis.model.space
    named = [analysis.in_outcome(one.id) for one in analysis.dispute.outcomes]
    holding = analysis.is_equilibrium(concept)
    total = int(np.count_nonzero(holding))
    binary = [n for n, one in enumerate(analysis.dispute.options) if one.levels == ("no", "yes")]
    chosen = {
        number: space.holds(formula_from(analysis.dispute, _formula(analysis, {number: 1})))
        for number in binary[:_MOST_OPTIONS]
    }
    found: list[tuple[float, int, SuggestedOutcome]] = []
    open_ones = [
        n for n, inside in chosen.items() if 0 < np.count_nonzero(inside & holding) < total
    ]
    for numbers in (*((n,) for n in open_ones), *combinations(open_ones, 2)):
        inside = np.logical_and.reduce([chosen[n] for n in numbers])
        share = np.count_nonzero(inside & holding) / total
        if not 0 < share < 1 or any(np.array_equal(inside, other) for other in named):
            continue
        settings = dict.fromkeys(numbers, 1)
        count = int(np.count_nonzero(inside))
        suggested = SuggestedOutcome(_formula(analysis, settings), settings, count)
        found.append((abs(share - 0.5), len(numbers), suggested))
    found.sort(key=lambda one: (one[1], one[0]))
    # Half of them may be of two options.
    single = [one for _, size, one in found if size == 1][: limit - limit // 2]
    return (*single, *[one for _, size, one in found if size == 2][: limit - len(single)])


def _formula(analysis: Analysis, settings: Mapping[int, int]) -> str:
    parts = []
    for number, level in settings.items():
        option = analysis.dispute.options[number]
        if option.levels == ("no", "yes"):
            parts.append(option.key if level else f"not {option.key}")
        else:
            parts.append(f"{option.key} = {option.levels[level]}")
    return " and ".join(parts)
