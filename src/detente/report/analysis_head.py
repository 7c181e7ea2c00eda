"""The first lines of an analysis: what it comes to, in words, from what is worked out anyway."""

from __future__ import annotations

import numpy as np

from detente.dispute.dispute import Statements
from detente.report.face import is_command_line
from detente.report.words import counted, joined
from detente.stability.analysis import Analysis
from detente.stability.concept_registry import concept_named

__all__ = ["analysis_head"]

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
    return " ".join(
        [_status_quo(analysis, analysis.status_quo), _where_it_holds(analysis), _rests_on(analysis)]
    )


def _status_quo(analysis: Analysis, state: int) -> str:
    stable = analysis.stable_parties(_CONCEPT, state)
    moving = [party.name for party in analysis.dispute.parties if party.id not in stable]
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
    total = int(np.count_nonzero(holding))
    if not total:
        return "No state that somebody could leave holds."
    counts = {
        one.name: int(np.count_nonzero(holding & analysis.in_outcome(one.id)))
        for one in analysis.dispute.outcomes
    }
    often = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    told = [f"“{name}” ({counts[name]:,})" for name in often[:_NAMED]]
    most = f", most often in {joined(told)}" if told else ""
    return f"{counted(total, 'state')} that somebody could leave can hold{most}."


def _rests_on(analysis: Analysis) -> str:
    statements = [
        statement
        for party in analysis.dispute.parties
        if isinstance(party.preferences, Statements)
        for statement in party.preferences.statements
    ]
    doubtful = sum(one.confidence is not None and one.confidence < 0.5 for one in statements)
    where = "`detente brief`" if is_command_line() else "The brief"
    text = f"{where} says what to expect next, how sure that is, and what it depends on most."
    if not statements:
        return text
    but = f", {doubtful} of them held with a confidence below one half" if doubtful else ""
    return f"This rests on {counted(len(statements), 'stated preference')}{but}. {text}"
