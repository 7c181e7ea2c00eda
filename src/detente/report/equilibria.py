"""Which equilibria a table, a page or a notebook shows first, and how many there are where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.report.language import marked, per_cent, say, say_number, whole_number
from detente.report.words import joined, quoted, setting_words
from detente.stability.analysis import Analysis
from detente.stability.everywhere import HeldEverywhere, held_everywhere, nearly_everywhere

__all__ = [
    "CANNOT_BE_LEFT",
    "DETERRED_EVERYWHERE",
    "IN_NO_OUTCOME",
    "ShownStates",
    "closed_sentence",
    "counts_by_outcome",
    "equilibria_across_outcomes",
    "equilibria_shown",
    "held_everywhere_sentences",
    "left_apart",
    "trap_sentences",
]

IN_NO_OUTCOME = marked("None of these")
"""The label of the states that belong to no named outcome."""


CANNOT_BE_LEFT = marked("in states that cannot be left")
"""The label of equilibria that say little of what parties prefer."""


DETERRED_EVERYWHERE = marked("held by a threat alone")
"""The label of equilibria that a party would leave, but for answers that hold it everywhere."""

_OTHERS = marked("in other states")


def left_apart(analysis: Analysis) -> Mapping[str, Sequence[int]]:
    """How many equilibria there are under each concept, those that say little told apart.

    Returns
    -------
    mapping of str to sequence of int
        By label, in the order of the concepts: those that cannot be left; those in which a party
        would gain by a move, and is held by answers that hold it in nearly all states
        (``docs/concepts/stability.md``, 11b); all others. A kind of which there is none is left
        out, and all are where there are only others.
    """
    held = analysis.cannot_be_left
    deterred = _deterred_everywhere(analysis)
    kinds: dict[str, list[int]] = {
        CANNOT_BE_LEFT: [],
        DETERRED_EVERYWHERE: [],
        _OTHERS: [],
    }
    for concept in analysis.concepts:
        inside = analysis.is_equilibrium(concept)
        parts = [int(np.count_nonzero(inside & held)), 0]
        if concept in deterred:
            parts[1] = int(np.count_nonzero(inside & ~held & deterred[concept]))
        parts.append(int(np.count_nonzero(inside)) - sum(parts))
        for kind, number in zip(kinds.values(), parts, strict=True):
            kind.append(number)
    found = {label: kinds[label] for label in kinds if label == _OTHERS or any(kinds[label])}
    return found if len(found) > 1 else {}


def _deterred_everywhere(analysis: Analysis) -> Mapping[str, NDArray[np.bool_]]:
    """Where a party that a concept holds nearly everywhere would gain by a move, by concept."""
    found: dict[str, NDArray[np.bool_]] = {}
    for one in nearly_everywhere(analysis):
        gains = ~analysis.stable("Nash", one.party)
        found[one.concept] = found[one.concept] | gains if one.concept in found else gains
    return found


def trap_sentences(analysis: Analysis) -> list[str]:
    """Which outcomes no move leads out of, and what their equilibria say."""
    if CANNOT_BE_LEFT not in left_apart(analysis):
        return []
    return [closed_sentence(analysis.dispute, analysis.closed_outcomes)]


def closed_sentence(dispute: Dispute, outcomes: Sequence[str]) -> str:
    """Which outcomes no move leads out of, and what their equilibria say."""
    names = {outcome.id: outcome.name for outcome in dispute.outcomes}
    closed = [quoted(names[one]) for one in outcomes]
    where = say("From these states nobody has a move.")
    if closed:
        where = say("No move leads out of {outcomes}.", outcomes=joined(closed))
    return f"{where} " + say(
        "Such a state holds because nobody can leave it. This says little about what parties "
        "prefer."
    )


def held_everywhere_sentences(analysis: Analysis) -> list[str]:
    """Where GMR or SMR hold in (nearly) all states, and by which sanction."""
    alike: dict[tuple[object, ...], list[HeldEverywhere]] = {}
    for one in held_everywhere(analysis):
        key = (one.party, one.stable, one.states, one.option, one.level, one.without)
        alike.setdefault(key, []).append(one)
    together: dict[tuple[object, ...], list[list[HeldEverywhere]]] = {}
    for same in alike.values():
        first = same[0]
        concepts = tuple(one.concept for one in same)
        together.setdefault((concepts, first.option, first.level), []).append(same)
    return [_held_sentence(analysis, group) for group in together.values()]


def _held_sentence(analysis: Analysis, group: Sequence[Sequence[HeldEverywhere]]) -> str:
    dispute = analysis.dispute
    first = group[0][0]
    concepts = joined([one.concept for one in group[0]])
    names = joined([dispute.parties[dispute.party_numbers[one[0].party]].name for one in group])
    fewest = min(one[0].stable for one in group)
    if fewest == first.states:
        text = say_number(
            "Under {concepts} the {number} state that can be left is stable for {parties}.",
            "Under {concepts} all {number} states that can be left are stable for {parties}.",
            first.states,
            concepts=concepts,
            parties=names,
        )
    else:
        text = say_number(
            "Under {concepts} at least {fewest} of {number} state that can be left is stable for "
            "{parties}.",
            "Under {concepts} at least {fewest} of {number} states that can be left are stable for "
            "{parties}.",
            first.states,
            concepts=concepts,
            fewest=whole_number(fewest),
            parties=names,
        )
    if first.option is None:
        return f"{text} " + say("Whatever it gains, others could answer by something worse.")
    option = dispute.options[dispute.option_numbers[first.option]]
    owner = dispute.parties[dispute.party_numbers[option.party]].name
    assert first.level is not None
    answer = setting_words(option, -1, option.levels.index(first.level))
    text += " " + say(
        "There {owner} could always answer by this: {answer}.", owner=owner, answer=answer
    )
    parts = []
    for one in group:
        party = dispute.parties[dispute.party_numbers[one[0].party]].name
        parts.append(f"{party} {per_cent((one[0].without or 0) / (one[0].states_without or 1))}")
    text += " " + say(
        "Without that answer these shares of the states would be stable: {shares}.",
        shares=", ".join(parts),
    )
    if first.credible is not None:
        shares = [
            f"{dispute.parties[dispute.party_numbers[one[0].party]].name} "
            f"{per_cent((one[0].credible or 0) / one[0].states)}"
            for one in group
        ]
        text += " " + say(
            "SEQ counts only answers by which those who give them gain. Under it the shares are: "
            "{shares}.",
            shares=", ".join(shares),
        )
    return text


@dataclass(frozen=True, slots=True)
class ShownStates:
    """Some of the states that are equilibria.

    Attributes
    ----------
    states
        Their numbers, in order.
    left_out
        How many more states are equilibria under some concept.
    """

    states: tuple[int, ...]
    left_out: int

    @property
    def all(self) -> int:
        """How many states are equilibria under some concept."""
        return len(self.states) + self.left_out


def equilibria_shown(analysis: Analysis, limit: int) -> ShownStates:
    """The states that are equilibria under most of the concepts analysed.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Give at most this many.

    Returns
    -------
    ShownStates
        Among states that are equilibria under as many concepts, those of lower number.
    """
    states = _most_concepts_first(analysis)
    return _shown(states[:limit], states.size)


def equilibria_across_outcomes(analysis: Analysis, limit: int) -> ShownStates:
    """Equilibria of every named outcome, in turn, as far as the limit goes.

    Each outcome in turn, then the states that belong to none, gives the state that is an
    equilibrium under most concepts and was not yet taken; so no outcome fills the page.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Give at most this many.

    Returns
    -------
    ShownStates
    """
    states = _most_concepts_first(analysis)
    inside = [analysis.in_outcome(outcome.id) for outcome in analysis.dispute.outcomes]
    elsewhere = ~np.logical_or.reduce(inside) if inside else np.ones(analysis.count, np.bool_)
    # Of each region as many as may be taken are enough: there may be millions.
    waiting = [states[region[states]][:limit].tolist() for region in (*inside, elsewhere)]
    taken: set[int] = set()
    while len(taken) < min(limit, states.size):
        for queue in waiting:
            while queue and queue[0] in taken:
                queue.pop(0)
            if queue and len(taken) < limit:
                taken.add(queue.pop(0))
    return _shown(np.array(sorted(taken), dtype=np.int64), states.size)


def _most_concepts_first(analysis: Analysis) -> NDArray[np.int64]:
    """Indices of the equilibria, by how many concepts hold them, then by number."""
    counts = np.zeros(analysis.count, dtype=np.int16)
    for concept in analysis.concepts:
        counts += analysis.is_equilibrium(concept)
    states = np.flatnonzero(counts)
    # Stable sorting keeps the order of numbers among states with as many concepts.
    return states[np.argsort(-counts[states], kind="stable")]


def _shown(indices: NDArray[np.int64], count: int) -> ShownStates:
    return ShownStates(tuple((np.sort(indices) + 1).tolist()), count - indices.size)


def counts_by_outcome(analysis: Analysis) -> Mapping[str, Sequence[int]]:
    """How many equilibria each named outcome has under each concept.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    dict of str to list of int
        By the outcome's id, and last, under ``""``, the states that belong to no outcome, where
        there are outcomes at all; one number for each concept. A state may belong to several
        outcomes and counts in each.
    """
    equilibria = [analysis.is_equilibrium(concept) for concept in analysis.concepts]
    counts: dict[str, Sequence[int]] = {}
    in_none = np.ones(analysis.count, dtype=np.bool_)
    for outcome in analysis.dispute.outcomes:
        inside = analysis.in_outcome(outcome.id)
        in_none &= ~inside
        counts[outcome.id] = _counts(inside, equilibria)
    if counts:
        counts[""] = _counts(in_none, equilibria)
    return counts


def _counts(inside: NDArray[np.bool_], equilibria: Sequence[NDArray[np.bool_]]) -> list[int]:
    return [int(np.count_nonzero(inside & states)) for states in equilibria]
