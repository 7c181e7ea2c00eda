"""An explanation of a state's stability in plain words, and as a JSON document.

States are told by what changes in them, by the options' names, with their numbers beside.
Wording avoids verbs that would have to agree with a party's name ("United States", "China").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from detente.model.dispute import Option
from detente.report.tables import counted, joined
from detente.stability.concepts import REACTIONS, horizon_of
from detente.stability.explain import Explanation, Improvement, Step
from detente.stability.graph_model import GraphModel

__all__ = ["EXPLANATION_SCHEMA", "changes", "explanation_document", "explanation_lines"]

EXPLANATION_SCHEMA = "detente/explanation/1"

# A longer play is told by its first and last moves; the document has it in full.
_FIRST_MOVES = 5
_LAST_MOVES = 2


def changes(model: GraphModel, before: int, after: int) -> str:
    """What changes between two states, by option names.

    Parameters
    ----------
    model
        The graph model.
    before, after
        Numbers of the states.

    Returns
    -------
    str
        Such as ``start “Impose sanctions” and stop “Hold exercises”``.
    """
    words = [
        _change(option, old, new) for option, old, new in _changed_options(model, before, after)
    ]
    # Members of a coalesced state may agree on no option that changes.
    return joined(words) if words else f"bring about state {after}"


def _changed_options(
    model: GraphModel, before: int, after: int
) -> Iterator[tuple[Option, int, int]]:
    rows = model.space.assignments(np.array([before - 1, after - 1])).tolist()
    for option, old, new in zip(model.dispute.options, *rows, strict=True):
        # -1: members of a coalesced state differ, so the level there is not known.
        if old != new and old >= 0 and new >= 0:
            yield option, old, new


def _change(option: Option, old: int, new: int) -> str:
    if option.levels == ("no", "yes"):
        return f"{'start' if new else 'stop'} “{option.name}”"
    return f"set “{option.name}” from {option.levels[old]} to {option.levels[new]}"


# In words ----------------------------------------------------------------------------------


def explanation_lines(model: GraphModel, explanation: Explanation) -> list[str]:
    """An explanation in plain words.

    Parameters
    ----------
    model
        The graph model.
    explanation
        As :func:`detente.stability.explain.explain` gives it.

    Returns
    -------
    list of str
        Lines of text; those that belong to one move are indented, and moves are divided by an
        empty line.
    """
    name = _name(model, explanation.party)
    ranks = model.ranks(model.dispute.party_numbers[explanation.party])
    is_status_quo = model.status_quo is not None and explanation.state == model.status_quo + 1
    which = f"State {explanation.state}{' (the status quo)' if is_status_quo else ''}"
    lines = [
        f"{which} is {'stable' if explanation.stable else 'not stable'} for {name} under "
        f"{explanation.concept}.",
        f"Its rank for {name} is {explanation.rank} of {ranks.max()} (higher is better).",
        _summary(model, explanation, name),
    ]
    for place, improvement in enumerate(explanation.improvements, start=1):
        lines += ["", *_improvement(model, explanation, improvement, place, name)]
    left_out = explanation.improvement_count - len(explanation.improvements)
    if left_out:
        lines += ["", f"{counted(left_out, 'more move')} left out (--limit shows more)."]
    return lines


def _name(model: GraphModel, party: str) -> str:
    return model.dispute.parties[model.dispute.party_numbers[party]].name


def _is_foresighted(concept: str) -> bool:
    return concept == "NM" or horizon_of(concept) is not None


def _summary(model: GraphModel, explanation: Explanation, name: str) -> str:
    count = explanation.improvement_count
    if _is_foresighted(explanation.concept):
        if count == 0:
            return f"{name}: no move from here leads to a better state, at once or in the end."
        return (
            f"{counted(count, 'move')} from here would better the rank of {name}, at once or by "
            "what is foreseen to follow:"
        )
    if count == 0:
        return f"{name}: no unilateral improvement from here."
    return f"{name}: {counted(count, 'unilateral improvement')} from here:"


def _improvement(
    model: GraphModel, explanation: Explanation, improvement: Improvement, place: int, name: str
) -> Iterator[str]:
    here = explanation.rank
    yield (
        f"{place}. {name}: {changes(model, explanation.state, improvement.state)}: to state "
        f"{improvement.state}, {_rank_change(here, improvement.rank)}."
    )
    if _is_foresighted(explanation.concept):
        body = _foreseen(model, explanation, improvement, name)
    elif explanation.concept == "Nash":
        body = iter(("Nothing that others may do in answer is considered under Nash.",))
    elif explanation.concept == "SIM":
        body = _simultaneous(explanation, improvement, name)
    else:
        body = _sanction(model, explanation, improvement, name)
    for line in body:
        yield f"   {line}"


def _rank_change(before: int, after: int) -> str:
    return f"rank {before} → {after}"


def _steps(
    model: GraphModel, explanation: Explanation, improvement: Improvement, name: str
) -> Iterator[str]:
    """The moves of the path, with the focal party's rank before and after each."""
    path = list(_path(model, explanation, improvement))
    left_out = len(path) - _FIRST_MOVES - _LAST_MOVES
    for place, (step, before, rank_before, rank_after) in enumerate(path):
        if left_out > 1 and _FIRST_MOVES <= place < _FIRST_MOVES + left_out:
            if place == _FIRST_MOVES:
                yield f"- and so on, by {left_out} more moves, until:"
            continue
        yield (
            f"- {_name(model, step.party)}: {changes(model, before, step.state)}: to state "
            f"{step.state}, {_rank_change(rank_before, rank_after)} for {name}."
        )


def _path(
    model: GraphModel, explanation: Explanation, improvement: Improvement
) -> Iterator[tuple[Step, int, int, int]]:
    """Each step with the state before it and the focal party's rank before and after it."""
    ranks = model.ranks(model.dispute.party_numbers[explanation.party])
    before = improvement.state
    for step in improvement.path:
        yield step, before, int(ranks[before - 1]), int(ranks[step.state - 1])
        before = step.state


def _sanction(
    model: GraphModel, explanation: Explanation, improvement: Improvement, name: str
) -> Iterator[str]:
    reaction = REACTIONS[explanation.concept]
    here = explanation.rank
    means = "improvements of their own" if reaction.improving else "moves of their own"
    end = improvement.path[-1].state if improvement.path else improvement.state
    if improvement.deterred:
        yield f"Deterred: others can answer by {means}."
        yield from _steps(model, explanation, improvement, name)
        if reaction.counter_move:
            yield (
                f"{name}: the best that can then be reached has rank {improvement.end_rank}, no "
                f"better than {here}."
            )
        else:
            yield f"That leaves {name} at rank {improvement.end_rank}, no better than {here}."
    elif improvement.escape is not None:
        yield f"Not deterred: others can answer by {means}, but {name} can get out of it."
        yield from _steps(model, explanation, improvement, name)
        yield (
            f"- {name}: {changes(model, end, improvement.escape)}: to state "
            f"{improvement.escape}, rank {improvement.end_rank}, better than {here}."
        )
    else:
        yield (
            f"Not deterred: others cannot, by {means}, bring {name} to rank {here} or lower; "
            f"the lowest rank that they can hold it to is {improvement.end_rank}."
        )


def _simultaneous(explanation: Explanation, improvement: Improvement, name: str) -> Iterator[str]:
    here = explanation.rank
    if improvement.deterred:
        yield (
            f"Deterred: others have improvements from state {explanation.state} which, made at "
            f"the same time, lead to rank {improvement.end_rank} for {name}, no better than "
            f"{here}."
        )
    else:
        yield (
            f"Not deterred: whatever improvements others make from state {explanation.state} at "
            f"the same time, the rank of {name} is at least {improvement.end_rank}, better than "
            f"{here}."
        )


def _foreseen(
    model: GraphModel, explanation: Explanation, improvement: Improvement, name: str
) -> Iterator[str]:
    verdict = (
        f"no better than {explanation.rank}: deterred"
        if improvement.deterred
        else f"better than {explanation.rank}: not deterred"
    )
    if improvement.path:
        yield "Play is foreseen to go on:"
        yield from _steps(model, explanation, improvement, name)
        yield f"It ends at rank {improvement.end_rank} for {name}, {verdict}."
    else:
        yield f"Play is foreseen to end there, at rank {improvement.end_rank}, {verdict}."


# As a document -----------------------------------------------------------------------------


def explanation_document(model: GraphModel, explanation: Explanation) -> dict[str, Any]:
    """An explanation as a JSON document.

    Parameters
    ----------
    model
        The graph model.
    explanation
        As :func:`detente.stability.explain.explain` gives it.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. See ``schemas/explanation-1.json`` for each key.
    """
    return {
        "schema": EXPLANATION_SCHEMA,
        "dispute": model.dispute.title,
        "concept": explanation.concept,
        "party": explanation.party,
        "state": explanation.state,
        "rank": explanation.rank,
        "stable": explanation.stable,
        "move_count": explanation.improvement_count,
        "moves": [
            {
                "state": improvement.state,
                "changes": _change_map(model, explanation.state, improvement.state),
                "rank": improvement.rank,
                "deterred": improvement.deterred,
                "path": [
                    {
                        "party": step.party,
                        "state": step.state,
                        "changes": _change_map(model, before, step.state),
                        "rank_before": rank_before,
                        "rank_after": rank_after,
                    }
                    for step, before, rank_before, rank_after in _path(
                        model, explanation, improvement
                    )
                ],
                "end_rank": improvement.end_rank,
                "escape": improvement.escape,
            }
            for improvement in explanation.improvements
        ],
        "text": "\n".join(explanation_lines(model, explanation)),
    }


def _change_map(model: GraphModel, before: int, after: int) -> dict[str, dict[str, str]]:
    return {
        option.key: {"from": option.levels[old], "to": option.levels[new]}
        for option, old, new in _changed_options(model, before, after)
    }
