"""Outcomes that a dispute may be given: the patterns of the states that can hold.

Whoever builds a dispute knows its options before its outcomes. What can hold, told as a few partial
assignments of options, is what there is to name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.dispute.names import formula_from
from detente.space.patterns import Pattern
from detente.stability.analysis import Analysis

__all__ = ["SuggestedOutcome", "suggest_outcomes"]

# Patterns that are looked at for each suggestion: the widest are suggested.
_LOOKED_AT = 24


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
        How many feasible states belong to it; all of them are equilibria.
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
        formula = _formula(analysis, pattern)
        inside = space.holds(formula_from(analysis.dispute, formula))
        # A state that stands for several may fit a pattern in a part of them only.
        count = int(np.count_nonzero(inside))
        if count and not any(np.array_equal(inside, other) for other in named):
            found.append(SuggestedOutcome(formula, dict(pattern.settings), count))
    found.sort(key=lambda one: -one.states)
    return tuple(found)


def _formula(analysis: Analysis, pattern: Pattern) -> str:
    parts = []
    for number, level in pattern.settings.items():
        option = analysis.dispute.options[number]
        if option.levels == ("no", "yes"):
            parts.append(option.key if level else f"not {option.key}")
        else:
            parts.append(f"{option.key} = {option.levels[level]}")
    return " and ".join(parts)
