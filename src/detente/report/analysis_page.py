"""An analysis on one screen: in words first, then where the equilibria are.

What a whole analysis has besides, ids of options, patterns of equilibria and long lists of states,
is in :mod:`detente.report.analysis_tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from detente.report.analysis_head import analysis_head
from detente.report.content import MARK, Block, Group, Prose, Subheading, Table
from detente.report.equilibria import (
    IN_NO_OUTCOME,
    counts_by_outcome,
    equilibria_shown,
    left_apart,
    trap_sentences,
)
from detente.report.face import hint
from detente.report.language import say, say_number, whole_number
from detente.report.option_forms import option_rows
from detente.report.words import joined
from detente.stability.analysis import Analysis
from detente.stability.everywhere import nearly_everywhere

__all__ = ["analysis_page", "counts_table", "option_form_table"]

# A screen has room for so many outcomes, and for states in option form with so many rows and
# columns.
_MOST_OUTCOMES = 12
_MOST_ROWS = 12
_MOST_STATES = 8


def analysis_page(analysis: Analysis, opening: str, *, headed: bool = True) -> tuple[Block, ...]:
    """An analysis on one screen.

    Parameters
    ----------
    analysis
        The analysis.
    opening
        How large the dispute is and what was looked at, in a sentence each.
    headed
        Whether it begins with what the analysis comes to in words.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = [Subheading(analysis.dispute.title), Prose(opening)]
    if headed and (head := analysis_head(analysis)):
        blocks.append(Prose(head))
    if analysis.status_quo is None:
        blocks.append(Prose("The dispute names no status quo."))
    else:
        blocks.append(Prose(_status_quo(analysis, analysis.status_quo)))
    found = equilibria_shown(analysis, _MOST_STATES + 1)
    if not found.states:
        return (*blocks, Prose("No state is an equilibrium under any of these concepts."))
    blocks.append(counts_table(analysis, most=_MOST_OUTCOMES))
    blocks += map(Prose, [*trap_sentences(analysis), *_held_anyhow(analysis)])
    rows = len(analysis.dispute.options) + len(analysis.dispute.parties) + len(analysis.concepts)
    if len(found.states) <= _MOST_STATES and rows <= _MOST_ROWS:
        blocks.append(option_form_table(analysis, found.states))
    return tuple(blocks)


def _status_quo(analysis: Analysis, state: int) -> str:
    """For whom the status quo is stable, concepts that say the same told together."""
    outcomes = [f"“{outcome.name}”" for outcome in analysis.outcomes(state)]
    belongs = f" ({joined(outcomes)})" if outcomes else ""
    alike: dict[tuple[str, ...], list[str]] = {}
    for concept in analysis.concepts:
        stable = analysis.stable_parties(concept, state)
        others = [party.name for party in analysis.dispute.parties if party.id not in stable]
        alike.setdefault(tuple(others), []).append(concept)
    told = []
    for moving, concepts in alike.items():
        whom = f"everybody but {joined(moving)}" if moving else "everybody"
        if len(moving) == len(analysis.dispute.parties):
            whom = "nobody"
        told.append(f"for {whom} under {joined(concepts)}")
    return f"The status quo is state {state}{belongs}. It is stable {'; '.join(told)}."


def _held_anyhow(analysis: Analysis) -> Iterator[str]:
    """Where GMR or SMR hold nearly everywhere, whatever parties prefer."""
    found = nearly_everywhere(analysis)
    if not found:
        return
    concepts = list(dict.fromkeys(one.concept for one in found))
    parties = {one.party for one in found}
    whom = [party.name for party in analysis.dispute.parties if party.id in parties]
    yield (
        f"Under {joined(concepts)} nearly every state holds for {joined(whom)}, by a threat "
        f"alone{hint('--full says which')}."
    )


def counts_table(
    analysis: Analysis, caption: str | None = None, *, most: int | None = None
) -> Table:
    """How many equilibria there are under each concept: in all, and in each outcome.

    Parameters
    ----------
    analysis
        The analysis.
    most
        Tell at most this many outcomes, those with most equilibria; by default all.
    """
    counts = dict(counts_by_outcome(analysis))
    elsewhere = counts.pop("", None)
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    shown = list(counts)
    if most is not None and len(shown) > most:
        often = sorted(shown, key=lambda one: -max(counts[one], default=0))[:most]
        shown = [one for one in shown if one in often]
    rows = [(names[one], *_thousands(counts[one])) for one in shown]
    if len(shown) < len(counts):
        rows.append(
            (
                say_number(
                    "({number} more outcome)",
                    "({number} more outcomes)",
                    len(counts) - len(shown),
                ),
            )
        )
    if elsewhere is not None and (most is None or any(elsewhere)):
        rows.append((say(IN_NO_OUTCOME), *_thousands(elsewhere)))
    everywhere = [
        int(np.count_nonzero(analysis.is_equilibrium(concept))) for concept in analysis.concepts
    ]
    total = [(say("All equilibria"), *_thousands(everywhere))]
    total += [(say(label), *_thousands(numbers)) for label, numbers in left_apart(analysis).items()]
    return Table(
        say("Number of equilibria under each concept, by outcome"),
        (say("Outcome"), *analysis.concepts),
        (*([Group(tuple(rows))] if rows else []), Group(tuple(total))),
    )


def _thousands(numbers: Iterable[int]) -> Iterator[str]:
    return map(whole_number, numbers)


def option_form_table(analysis: Analysis, states: tuple[int, ...]) -> Table:
    """States in option form, with the concepts and outcomes to which each belongs."""
    return Table(
        say("Equilibria in option form: a column is a state"),
        (say("State"), *(str(state) for state in states)),
        tuple(_state_groups(analysis, states)),
    )


def _state_groups(analysis: Analysis, states: tuple[int, ...]) -> Iterator[Group]:
    for heading, rows_of_options in option_rows(analysis.model, states):
        yield Group(rows_of_options, heading=heading)
    members = {name: set(analysis.equilibria(name).tolist()) for name in analysis.concepts}
    yield Group(
        tuple((name, *_marks(states, inside)) for name, inside in members.items()),
        heading=say("Equilibrium under"),
    )
    rows = []
    for outcome in analysis.dispute.outcomes:
        truth = analysis.in_outcome(outcome.id)
        inside = {state for state in states if truth[state - 1]}
        if inside:
            rows.append((outcome.name, *_marks(states, inside)))
    if rows:
        yield Group(tuple(rows), heading=say("Outcome"))


def _marks(states: tuple[int, ...], inside: set[int]) -> Iterator[str]:
    return (MARK if state in inside else "" for state in states)
