"""The graph of a dispute as tasks: outcomes as regions, the flows of play between them, and paths.

A state that belongs to several of the outcomes that are drawn is drawn in the one with the fewest
states, so that regions do not overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError
from detente.report.equilibria import IN_NO_OUTCOME

if TYPE_CHECKING:
    from detente.forecast.flows import Stays
    from detente.forecast.movers import Dynamics
    from detente.stability.analysis import Analysis

__all__ = ["GRAPH_TASKS"]

_STEPS = 12
# Of a region that is opened, the states where play is most; the others are one node.
_MOST_STATES = 10
# A whole dispute of so few states is drawn state by state at first.
_FEW_STATES = 24
# Less of a move in all steps is not drawn.
_LEAST_FLOW = 0.0005
_LONGEST_LABEL = 96
_SUGGESTED = 6

Mask = NDArray[np.bool_]
Most = Mapping[str, int]


@dataclass(frozen=True, eq=False)
class _Region:
    """A region: the states of an outcome that are drawn in it."""

    id: str
    outcome: str | None
    name: str
    inside: Mask = field(repr=False)


def regions(
    text: str,
    outcomes: Sequence[str] | None,
    opened: Sequence[str] | None,
    concept: str,
    most: Most,
) -> dict[str, Any]:
    """The regions of a dispute, the states of those that are opened, and the flows between them.

    Parameters
    ----------
    outcomes
        Ids of the outcomes that are drawn; None for all of them.
    opened
        Ids of regions that are drawn state by state; None for what suits the dispute's size.
    concept
        The concept under which states can hold.

    Returns
    -------
    dict
        ``regions``, ``states``, ``flows`` by party, in expected moves; ``suggested``: whether the
        regions are suggestions, as the dispute names no outcomes; ``covered``: names of outcomes
        all of whose states are drawn in others; ``steps``.
    """
    analysis = _analysis(text, concept, most)
    play, where = _played(text, tuple(most.items()))
    parts, covered = _parts(analysis, outcomes)
    if opened is None:
        opened = [one.id for one in parts] if analysis.count <= _FEW_STATES else []
    holding = analysis.is_equilibrium(concept)
    spent, final = (analysis.model.by_state(values) for values in (where.spent, where.final))
    quo = _status_quo(analysis)
    drawn_states: list[dict[str, Any]] = []
    drawn_regions = []
    ids: list[str] = []
    part = np.full(analysis.count, -1, dtype=np.int64)
    for one in parts:
        shown: list[int] = []
        if one.id in opened:
            shown = _shown_states(one.inside, spent + final, quo)
        others = int(np.count_nonzero(one.inside)) - len(shown)
        if others:
            part[one.inside] = len(ids)
            ids.append(f"{one.id}-others" if shown else one.id)
        for state in shown:
            part[state] = len(ids)
            ids.append(f"s{state + 1}")
            drawn_states.append(
                _state(analysis, one.id, state, quo, holding, final)
                | {"visits": float(spent[state])}
            )
        drawn_regions.append(
            {
                "id": one.id,
                "outcome": one.outcome,
                "name": one.name,
                "states": int(np.count_nonzero(one.inside)),
                "holding": int(np.count_nonzero(one.inside & holding)),
                "now": bool(one.inside[quo]),
                "chance": float(final[one.inside].sum()),
                "visits": float(spent[one.inside].sum()),
                "opened": bool(shown),
                "others": others if shown else 0,
            }
        )
    return {
        "regions": drawn_regions,
        "states": drawn_states,
        "flows": _flows(analysis, play, where, part, ids),
        "suggested": not analysis.dispute.outcomes,
        "covered": covered,
        "steps": _STEPS,
        "concept": concept,
    }


def _flows(
    analysis: Analysis, play: Dynamics, where: Stays, part: NDArray[np.int64], ids: Sequence[str]
) -> list[dict[str, Any]]:
    from detente.forecast.flows import flows_between

    moves = flows_between(play, where.spent, analysis.model.by_node(part, -1), len(ids))
    parties = [party.id for party in analysis.dispute.parties]
    return [
        {
            "party": parties[party],
            "source": ids[source],
            "target": ids[target],
            "moves": float(moves[party, source, target]),
        }
        for party, source, target in np.argwhere(moves[: len(parties)] >= _LEAST_FLOW).tolist()
    ]


def _state(
    analysis: Analysis, region: str, state: int, quo: int, holding: Mask, final: Any
) -> dict[str, Any]:
    words = "as now" if state == quo else _difference_words(analysis, quo, state)
    return {
        "id": f"s{state + 1}",
        "region": region,
        "number": state + 1,
        "words": words,
        "label": words if len(words) <= _LONGEST_LABEL else f"{words[: _LONGEST_LABEL - 1]}…",
        "outcomes": [one.name for one in analysis.outcomes(state + 1)],
        "holding": bool(holding[state]),
        "now": state == quo,
        "chance": float(final[state]),
    }


def _difference_words(analysis: Analysis, before: int, after: int) -> str:
    """What differs between two states, with whose option each is."""
    from detente.report.words import joined, setting_words

    dispute = analysis.dispute
    levels = analysis.model.space.assignments(np.array([before, after])).tolist()
    told = []
    for party in dispute.parties:
        words = [
            setting_words(dispute.options[option], levels[0][option], levels[1][option])
            for option in dispute.options_of(party.id)
            # A state that stands for several leaves some options open.
            if levels[0][option] != levels[1][option] >= 0
        ]
        if words:
            told.append(f"{party.name}: {joined(words)}")
    return "; ".join(told)


def _shown_states(inside: Mask, weight: NDArray[np.float64], quo: int) -> list[int]:
    """The states of a region where play is most, the status quo always among them."""
    states = np.flatnonzero(inside)
    order = states[np.lexsort((states, -weight[states]))]
    chosen = order[:_MOST_STATES].tolist()
    if inside[quo] and quo not in chosen:
        chosen[-1] = quo
    return sorted(chosen)


def _parts(analysis: Analysis, outcomes: Collection[str] | None) -> tuple[list[_Region], list[str]]:
    """The regions, in the order of the file, and the outcomes that are covered by others."""
    named: list[tuple[str | None, str, Mask]] = [
        (one.id, one.name, analysis.in_outcome(one.id))
        for one in analysis.dispute.outcomes
        if outcomes is None or one.id in outcomes
    ]
    if not analysis.dispute.outcomes:
        named = _suggested(analysis)
    free = np.ones(analysis.count, dtype=np.bool_)
    own: dict[int, Mask] = {}
    for number in sorted(range(len(named)), key=lambda one: (np.count_nonzero(named[one][2]), one)):
        own[number] = named[number][2] & free
        free &= ~own[number]
    regions = [
        _Region(f"r{number}", key, name, own[number])
        for number, (key, name, _) in enumerate(named)
        if own[number].any()
    ]
    covered = [
        name
        for number, (_, name, inside) in enumerate(named)
        if inside.any() and not own[number].any()
    ]
    if free.any():
        regions.append(_Region("rest", None, IN_NO_OUTCOME if named else "All states", free))
    return regions, covered


def _suggested(analysis: Analysis) -> list[tuple[str | None, str, Mask]]:
    """Regions of a dispute that names no outcomes: what can hold, by patterns."""
    from detente.dispute.names import formula_from
    from detente.stability.suggested_outcomes import suggest_outcomes

    holds = analysis.model.space.holds
    found = suggest_outcomes(analysis, analysis.concepts[0], limit=_SUGGESTED)
    names = _names(analysis, [one.settings for one in found])
    return [
        (None, name, holds(formula_from(analysis.dispute, one.formula)))
        for name, one in zip(names, found, strict=True)
    ]


def _names(analysis: Analysis, all_settings: Sequence[Mapping[int, int]]) -> list[str]:
    """Short names of partial assignments; those of the same name also tell what sets them apart."""

    def option_name(number: int) -> str:
        return analysis.dispute.options[number].name

    names = [_settings_words(analysis, one) for one in all_settings]
    told = []
    for name, settings in zip(names, all_settings, strict=True):
        alike = [one for other, one in zip(names, all_settings, strict=True) if other == name]
        shared = set.intersection(*(set(one.items()) for one in alike))
        apart = [
            analysis.dispute.options[number].key if level else f"not {option_name(number)}"
            for number, level in settings.items()
            if (number, level) not in shared
        ]
        told.append(f"{name} ({', '.join(apart)})" if apart else name)
    return told


def _settings_words(analysis: Analysis, settings: Mapping[int, int]) -> str:
    """A short name for a partial assignment: what is done, or else what is not."""
    options = analysis.dispute.options
    done = [
        options[number].name
        if options[number].levels == ("no", "yes")
        else f"{options[number].name}: {options[number].levels[level]}"
        for number, level in settings.items()
        if level > 0
    ]
    if done:
        return ", ".join(done)
    return "Not: " + ", ".join(options[number].name for number in settings)


def suggestions(text: str, concept: str, most: Most) -> dict[str, Any]:
    """Outcomes that a dispute could name: one or two options, then patterns of what can hold.

    Returns
    -------
    dict
        ``suggestions``: each with ``name``, ``formula``, ``words`` and ``states``; ``equilibria``:
        how many states can hold.
    """
    from detente.dispute.names import formula_from
    from detente.report.formula_words import formula_words
    from detente.stability.suggested_outcomes import suggest_outcomes, suggest_short_outcomes

    analysis = _analysis(text, concept, most)
    short = suggest_short_outcomes(analysis, concept)
    formulas = {one.formula for one in short}
    whole = suggest_outcomes(analysis, concept, limit=_SUGGESTED)
    found = [*short, *(one for one in whole if one.formula not in formulas)]
    names = _names(analysis, [one.settings for one in found])
    return {
        "equilibria": len(analysis.equilibria(concept)),
        "suggestions": [
            {
                "name": name,
                "formula": one.formula,
                "words": formula_words(
                    formula_from(analysis.dispute, one.formula).expression, analysis.dispute
                ),
                "states": one.states,
            }
            for name, one in zip(names, found, strict=True)
        ],
    }


def course(
    text: str,
    outcomes: Sequence[str] | None,
    start: str | None,
    end: str,
    concept: str,
    most: Most,
) -> dict[str, Any]:
    """The likeliest course of play from one place of the graph to another.

    Parameters
    ----------
    outcomes, concept
        As in :func:`regions`.
    start, end
        Ids of regions or states; a course starts at the state of a region where play is most, and
        at the status quo where it is None.

    Returns
    -------
    dict
        ``start``: the number of its first state; ``moves``: each with party, state, region, words
        and chance; ``probability``. Without moves where there is no way, or none is needed.
    """
    from detente.forecast.courses import likeliest_courses
    from detente.report.explanations import changes

    analysis = _analysis(text, concept, most)
    play, where = _played(text, tuple(most.items()))
    parts, _ = _parts(analysis, outcomes)
    spent = analysis.model.by_state(where.spent)
    if start is None:
        first = _status_quo(analysis)
    else:
        inside = _place(analysis, parts, start)
        first = int(np.argmax(np.where(inside, spent + 1e-12, 0.0)))
    goal = analysis.model.by_node(_place(analysis, parts, end))
    model = analysis.model
    found = likeliest_courses(play, model.node(first), goal[np.newaxis], most_moves=4 * _STEPS)
    parties = [party.id for party in analysis.dispute.parties]
    moves = []
    before = first
    for move in found[0].moves if found else ():
        state = model.index(move.node)
        moves.append(
            {
                "party": parties[move.mover],
                "state": state + 1,
                "region": next(one.id for one in parts if one.inside[state]),
                "words": changes(model, before + 1, state + 1, by_one=True),
                "chance": move.probability,
            }
        )
        before = state
    return {
        "start": first + 1,
        "region": next(one.id for one in parts if one.inside[first]),
        "there": bool(_place(analysis, parts, end)[first]),
        "moves": moves,
        "probability": found[0].probability if found else 0.0,
    }


def _place(analysis: Analysis, parts: Sequence[_Region], name: str) -> Mask:
    """The states of a region or of one state, by its id in the graph."""
    inside = np.zeros(analysis.count, dtype=np.bool_)
    number = name.removeprefix("s")
    if number.isascii() and number.isdigit() and 1 <= int(number) <= analysis.count:
        inside[int(number) - 1] = True
        return inside
    for one in parts:
        if one.id == name.removesuffix("-others"):
            return one.inside
    raise DisputeError("this part of the graph no longer exists")


# What is shared --------------------------------------------------------------------------------


def _analysis(text: str, concept: str, most: Most) -> Analysis:
    from detente.workbench.small_disputes import small_analysis

    return small_analysis(text, (concept,), most)


@lru_cache(maxsize=2)
def _played(text: str, most: tuple[tuple[str, int], ...]) -> tuple[Dynamics, Stays]:
    """Play as a brief has it, for the preferences as stated at the middle odds."""
    from detente.briefing.expected import usual_assumptions
    from detente.forecast.flows import stays
    from detente.forecast.movers import play_of
    from detente.queries.play_steps import Ground
    from detente.workbench.small_disputes import small_model

    model = small_model(text, dict(most))
    if model.status_quo is None:
        raise DisputeError("play starts from the status quo, and this dispute names none")
    assumed = usual_assumptions(model.dispute, _STEPS)
    tempo = dict(assumed.tempo)
    play = play_of(
        Ground(model),
        foresight=assumed.foresight,
        odds=assumed.middle_odds,
        worth=assumed.worth,
        tempo=[tempo.get(party.id, 1.0) for party in model.dispute.parties],
    )
    return play, stays(play, model.node(model.status_quo), _STEPS)


def _status_quo(analysis: Analysis) -> int:
    quo = analysis.model.status_quo
    assert quo is not None, "_played() refuses a dispute without a status quo"
    return quo


GRAPH_TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    function.__name__: function for function in (regions, suggestions, course)
}
"""The tasks by name."""
