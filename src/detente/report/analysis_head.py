"""The first lines of an analysis: what it comes to, in words, from what is worked out anyway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from detente.dispute.dispute import Dispute, Statements
from detente.report.face import is_command_line
from detente.report.words import counted, joined
from detente.stability.analysis import Analysis
from detente.stability.concept_registry import concept_named

if TYPE_CHECKING:
    from detente.stability.symbolic_analysis import SymbolicAnalysis

__all__ = ["analysis_head", "head_on_sets"]

# The concept of which the head tells, and how many outcomes it names.
_CONCEPT = "SEQ"
_NAMED = 3


def analysis_head(analysis: Analysis) -> str:
    """What an analysis comes to, in a few sentences.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    str
        Whether the status quo lasts under SEQ, where states can hold that somebody could leave, and
        on how many judgements that rests. Empty where the dispute names no status quo, or SEQ was
        not looked at.
    """
    if analysis.status_quo is None or _CONCEPT not in analysis.concepts:
        return ""
    stable = analysis.stable_parties(_CONCEPT, analysis.status_quo)
    moving = [party.name for party in analysis.dispute.parties if party.id not in stable]
    where = "`detente brief`" if is_command_line() else "The brief"
    more = f"{where} says what to expect next, how sure that is, and what it depends on most."
    rests = _rests_on(analysis.dispute)
    return " ".join(filter(None, [_status_quo(moving), _where_it_holds(analysis), rests, more]))


def head_on_sets(analysis: SymbolicAnalysis) -> str:
    """The same where states are held as sets; empty too where the status quo was not looked at."""
    known = {
        party.name: analysis.status_quo_stable(_CONCEPT, party.id)
        for party in analysis.dispute.parties
    }
    if _CONCEPT not in analysis.concepts or None in known.values():
        return ""
    told = [_status_quo([name for name, stable in known.items() if not stable])]
    if _CONCEPT in analysis.equilibrium_counts:
        free = analysis.equilibrium_counts[_CONCEPT] - analysis.held_equilibrium_counts[_CONCEPT]
        told.append(_holding(free))
    return " ".join(filter(None, [*told, _rests_on(analysis.dispute)]))


def _status_quo(moving: Sequence[str]) -> str:
    """Whether the status quo lasts, given who would leave it."""
    if not moving:
        return (
            "In short: the status quo can last. Nobody has a move that still pays after the others "
            f"respond ({_CONCEPT}, {concept_named(_CONCEPT).full_name})."
        )
    have = "has" if len(moving) == 1 else "have"
    return (
        f"In short: the status quo does not last. {joined(moving)} {have} a move that "
        f"still pays after the others respond ({_CONCEPT}, {concept_named(_CONCEPT).full_name})."
    )


def _where_it_holds(analysis: Analysis) -> str:
    holding = np.zeros(analysis.count, dtype=np.bool_)
    holding[np.asarray(analysis.equilibria(_CONCEPT)) - 1] = True
    holding &= ~analysis.cannot_be_left
    counts = {
        one.name: int(np.count_nonzero(holding & analysis.in_outcome(one.id)))
        for one in analysis.dispute.outcomes
    }
    often = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    told = [f"“{name}” ({counts[name]:,})" for name in often[:_NAMED]]
    most = f", most often in {joined(told)}" if told else ""
    return _holding(int(np.count_nonzero(holding)), most)


def _holding(total: int, most: str = "") -> str:
    if not total:
        return "No state that somebody could leave holds."
    return f"{counted(total, 'state')} that somebody could leave can hold{most}."


def _rests_on(dispute: Dispute) -> str:
    statements = [
        statement
        for party in dispute.parties
        if isinstance(party.preferences, Statements)
        for statement in party.preferences.statements
    ]
    doubtful = sum(one.confidence is not None and one.confidence < 0.5 for one in statements)
    if not statements:
        return ""
    but = f", {doubtful} of them held with a confidence below one half" if doubtful else ""
    return f"This rests on {counted(len(statements), 'stated preference')}{but}."
