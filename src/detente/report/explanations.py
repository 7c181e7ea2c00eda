"""An explanation of a state's stability in plain words, and as a JSON document.

States are told by what changes in them, by the options' names, with their numbers beside.
Wording avoids verbs that would have to agree with a party's name ("United States", "China").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from detente.dispute.dispute import Dispute, Option
from detente.dispute.names import package_named
from detente.report.language import say
from detente.report.words import counted, joined, setting_words
from detente.stability.concept_registry import concept_named, reaction_named
from detente.stability.explain import ExplainedMove, Explanation, Improvement, Prospect
from detente.stability.explained_state import StatesExplained

if TYPE_CHECKING:
    from detente.report.documents.explanation import (
        Change,
        ExplanationDocument,
        ExplanationMove,
        ExplanationProspect,
        ExplanationStep,
    )


__all__ = [
    "EXPLANATION_SCHEMA",
    "changes",
    "explanation_document",
    "explanation_lines",
    "mover_name",
]

EXPLANATION_SCHEMA = "detente/explanation/1"

# A longer play is told by its first and last moves; the document has it in full.
_FIRST_MOVES = 5
_LAST_MOVES = 2


def changes(model: StatesExplained, before: int, after: int, *, by_one: bool = True) -> str:
    """What changes between two states, by option names.

    Parameters
    ----------
    model
        The graph model, or what :func:`detente.stability.symbolic_explain.explain_symbolically`
        gives in its place.
    before, after
        Numbers of the states.
    by_one
        Whether the text names one party beside it, whose move this is.

    Returns
    -------
    str
        Such as ``start “Impose sanctions” and stop “Hold exercises”``. What each party does is
        told with its name, unless the text names the one party that moves anyhow.
    """
    told: dict[str, list[str]] = {}
    for option, old, new in _changed_options(model, before, after):
        told.setdefault(option.party, []).append(setting_words(option, old, new))
    if by_one and len(told) == 1:
        return joined(next(iter(told.values())))
    dispute = model.dispute
    by_party = [
        f"{joined(words)} ({dispute.parties[dispute.party_numbers[party]].name})"
        for party, words in told.items()
    ]
    # Members of a coalesced state may agree on no option that changes.
    return say("; ").join(by_party) or say("bring about state {state}", state=after)


def _changed_options(
    model: StatesExplained, before: int, after: int
) -> Iterator[tuple[Option, int, int]]:
    rows = model.space.assignments(np.array([before - 1, after - 1])).tolist()
    for option, old, new in zip(model.dispute.options, *rows, strict=True):
        # -1: members of a coalesced state differ, so the level there is not known.
        if old != new and old >= 0 and new >= 0:
            yield option, old, new


def mover_name(dispute: Dispute, step: ExplainedMove) -> str:
    """Who makes a step: a party's name, or a package's with those of its members."""
    if step.package is not None:
        return _package_name(dispute, step.package)
    assert step.party is not None, "a step has one or the other"
    return dispute.parties[dispute.party_numbers[step.party]].name


def _package_name(dispute: Dispute, package: str) -> str:
    found = package_named(dispute, package)
    numbers = dispute.party_numbers
    members = joined([dispute.parties[numbers[one]].name for one in found.parties])
    return f"{members} (package “{found.name}”)"


# In words ----------------------------------------------------------------------------------


def explanation_lines(model: StatesExplained, explanation: Explanation) -> list[str]:
    """An explanation in plain words.

    Parameters
    ----------
    model
        The graph model, or what :func:`detente.stability.symbolic_explain.explain_symbolically`
        gives in its place.
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
        f"{explanation.concept}{', with packages as moves' if explanation.packages else ''}.",
        f"Its rank for {name} is {explanation.rank} of {ranks.max()} (higher is better).",
        _summary(model, explanation, name),
    ]
    for place, improvement in enumerate(explanation.improvements, start=1):
        lines += ["", *_improvement(model, explanation, improvement, place, name)]
    left_out = explanation.improvement_count - len(explanation.improvements)
    if left_out:
        lines += ["", f"{counted(left_out, 'more move')} left out (--limit shows more)."]
    return lines


def _name(model: StatesExplained, party: str) -> str:
    return model.dispute.parties[model.dispute.party_numbers[party]].name


def _is_foresighted(concept: str) -> bool:
    return concept_named(concept).explained == "foresight"


def _summary(model: StatesExplained, explanation: Explanation, name: str) -> str:
    count = explanation.improvement_count
    if _is_foresighted(explanation.concept):
        if count == 0:
            return f"{name}: no move from here leads to a better state, at once or in the end."
        return (
            f"{counted(count, 'move')} from here would better the rank of {name}, at once or by "
            "what is foreseen to follow:"
        )
    kind = "improvement" if explanation.packages else "unilateral improvement"
    by = ", alone or by a package whose members all gain" if explanation.packages else ""
    if count == 0:
        return f"{name}: no {kind} from here{by}."
    return f"{name}: {counted(count, kind)} from here{by}:"


def _improvement(
    model: StatesExplained,
    explanation: Explanation,
    improvement: Improvement,
    place: int,
    name: str,
) -> Iterator[str]:
    here = explanation.rank
    mover = name
    if improvement.package is not None:
        mover = _package_name(model.dispute, improvement.package)
    yield (
        f"{place}. {mover}: {_own_changes(model, explanation, improvement)}: to state "
        f"{improvement.state}, {_rank_change(here, improvement.rank)}"
        f"{'' if improvement.package is None else f' for {name}'}."
    )
    if improvement.others:
        gains = joined(
            [
                f"{_rank_change(one.before, one.after)} for {_name(model, one.party)}"
                for one in improvement.others
            ]
        )
        yield f"   {gains[0].upper()}{gains[1:]}."
    concept = concept_named(explanation.concept)
    if concept.explained == "foresight":
        body = _foreseen(model, explanation, improvement, name)
    elif concept.explained == "at once":
        body = _simultaneous(explanation, improvement, name)
    elif concept.explained in ("alone", "own"):
        body = iter((concept.deterred_words if improvement.deterred else concept.free_words,))
    else:
        body = _sanctions(model, explanation, improvement)
    for line in body:
        yield f"   {line}"


def _own_changes(model: StatesExplained, explanation: Explanation, improvement: Improvement) -> str:
    alone = improvement.package is None
    return changes(model, explanation.state, improvement.state, by_one=alone)


def _rank_change(before: int, after: int) -> str:
    return f"rank {before} → {after}"


def _own_prospect(explanation: Explanation, improvement: Improvement) -> Prospect:
    """What the focal party has to expect of an improvement, like any member of a package."""
    return Prospect(
        party=explanation.party,
        before=explanation.rank,
        after=improvement.rank,
        deterred=improvement.end_rank <= explanation.rank,
        path=improvement.path,
        end_rank=improvement.end_rank,
        escape=improvement.escape,
    )


def _steps(model: StatesExplained, start: int, prospect: Prospect) -> Iterator[str]:
    """The moves of a path from a state, with the party's rank before and after each."""
    name = _name(model, prospect.party)
    path = list(_path(model, start, prospect))
    left_out = len(path) - _FIRST_MOVES - _LAST_MOVES
    for place, (step, before, rank_before, rank_after) in enumerate(path):
        if left_out > 1 and _FIRST_MOVES <= place < _FIRST_MOVES + left_out:
            if place == _FIRST_MOVES:
                yield f"- and so on, by {left_out} more moves, until:"
            continue
        yield (
            f"- {mover_name(model.dispute, step)}: "
            f"{changes(model, before, step.state, by_one=step.package is None)}: to state "
            f"{step.state}, {_rank_change(rank_before, rank_after)} for {name}."
        )


def _path(
    model: StatesExplained, start: int, prospect: Prospect
) -> Iterator[tuple[ExplainedMove, int, int, int]]:
    """Each step with the state before it and the party's rank before and after it."""
    ranks = model.ranks(model.dispute.party_numbers[prospect.party])
    before = start
    for step in prospect.path:
        yield step, before, int(ranks[before - 1]), int(ranks[step.state - 1])
        before = step.state


def _sanctions(
    model: StatesExplained, explanation: Explanation, improvement: Improvement
) -> Iterator[str]:
    """What deters a move, or why nothing does; of a package, what deters a first member."""
    everyone = [_own_prospect(explanation, improvement), *improvement.others]
    deterred = [one for one in everyone if one.deterred]
    for one in deterred[:1] or everyone:
        yield from _sanction(model, explanation, improvement, one)
    if len(deterred) > 1:
        yield f"It is deterred for {joined([_name(model, one.party) for one in deterred[1:]])} too."


def _sanction(
    model: StatesExplained, explanation: Explanation, improvement: Improvement, prospect: Prospect
) -> Iterator[str]:
    reaction = reaction_named(explanation.concept)
    name = _name(model, prospect.party)
    here = prospect.before
    means = "improvements of their own" if reaction.improving else "moves of their own"
    end = prospect.path[-1].state if prospect.path else improvement.state
    whom = f" for {name}" if improvement.package is not None else ""
    if prospect.deterred:
        yield f"Deterred{whom}: others can answer by {means}."
        yield from _steps(model, improvement.state, prospect)
        if reaction.counter_move:
            yield (
                f"{name}: the best that can then be reached has rank {prospect.end_rank}, no "
                f"better than {here}."
            )
        else:
            yield f"That leaves {name} at rank {prospect.end_rank}, no better than {here}."
    elif prospect.escape is not None:
        yield f"Not deterred{whom}: others can answer by {means}, but {name} can get out of it."
        yield from _steps(model, improvement.state, prospect)
        yield (
            f"- {name}: {changes(model, end, prospect.escape)}: to state "
            f"{prospect.escape}, rank {prospect.end_rank}, better than {here}."
        )
    else:
        yield (
            f"Not deterred{whom}: others cannot, by {means}, bring {name} to rank {here} or "
            f"lower; the lowest rank that they can hold it to is {prospect.end_rank}."
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
    model: StatesExplained, explanation: Explanation, improvement: Improvement, name: str
) -> Iterator[str]:
    verdict = (
        f"no better than {explanation.rank}: deterred"
        if improvement.deterred
        else f"better than {explanation.rank}: not deterred"
    )
    if improvement.path:
        yield "Play is foreseen to go on:"
        prospect = _own_prospect(explanation, improvement)
        yield from _steps(model, improvement.state, prospect)
        yield f"It ends at rank {improvement.end_rank} for {name}, {verdict}."
    else:
        yield f"Play is foreseen to end there, at rank {improvement.end_rank}, {verdict}."


# As a document -----------------------------------------------------------------------------


def explanation_document(model: StatesExplained, explanation: Explanation) -> ExplanationDocument:
    """An explanation as a JSON document.

    Parameters
    ----------
    model
        The graph model, or what :func:`detente.stability.symbolic_explain.explain_symbolically`
        gives in its place.
    explanation
        As :func:`detente.stability.explain.explain` gives it.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. See ``documents/explanation.py`` for each key.
    """
    document: ExplanationDocument = {
        "schema": EXPLANATION_SCHEMA,
        "dispute": model.dispute.title,
        "concept": explanation.concept,
        "party": explanation.party,
        "state": explanation.state,
        "rank": explanation.rank,
        "stable": explanation.stable,
        "move_count": explanation.improvement_count,
        "moves": [_move_content(model, explanation, one) for one in explanation.improvements],
        "text": "\n".join(explanation_lines(model, explanation)),
    }
    if explanation.packages:
        document["packages"] = True
    return document


def _move_content(
    model: StatesExplained, explanation: Explanation, improvement: Improvement
) -> ExplanationMove:
    own = _own_prospect(explanation, improvement)
    expected = _prospect_content(model, improvement, own)
    content: ExplanationMove = {
        "state": improvement.state,
        "changes": _change_map(model, explanation.state, improvement.state),
        "rank": improvement.rank,
        "deterred": improvement.deterred,
        "path": expected["path"],
        "end_rank": expected["end_rank"],
        "escape": expected["escape"],
    }
    if improvement.package is not None:
        content["package"] = improvement.package
        content["others"] = [
            {
                "party": one.party,
                "rank_before": one.before,
                "rank_after": one.after,
                "deterred": one.deterred,
                **_prospect_content(model, improvement, one),
            }
            for one in improvement.others
        ]
    return content


def _prospect_content(
    model: StatesExplained, improvement: Improvement, prospect: Prospect
) -> ExplanationProspect:
    return {
        "path": [_step_content(model, *one) for one in _path(model, improvement.state, prospect)],
        "end_rank": prospect.end_rank,
        "escape": prospect.escape,
    }


def _step_content(
    model: StatesExplained, step: ExplainedMove, before: int, rank_before: int, rank_after: int
) -> ExplanationStep:
    content: ExplanationStep = {
        "state": step.state,
        "changes": _change_map(model, before, step.state),
        "rank_before": rank_before,
        "rank_after": rank_after,
    }
    if step.package is not None:
        content["package"] = step.package
    elif step.party is not None:
        content["party"] = step.party
    return content


def _change_map(model: StatesExplained, before: int, after: int) -> dict[str, Change]:
    return {
        option.key: {"from": option.levels[old], "to": option.levels[new]}
        for option, old, new in _changed_options(model, before, after)
    }
