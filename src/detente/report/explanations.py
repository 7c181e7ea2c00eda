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
from detente.report.face import hint
from detente.report.language import marked, say, say_number
from detente.report.words import joined, setting_words
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
    "more_moves",
    "mover_name",
]

EXPLANATION_SCHEMA = "detente/explanation/1"

# Words of the concepts that are told.
_WORDS_OF_CONCEPTS = (
    marked("Deterred."),
    marked("Not deterred."),
    marked("Nothing that others may do in answer is considered under Nash."),
)

_NOT_EXPLAINED = {
    "time": marked("{moves} not explained: time ran out."),
    "nodes": marked("{moves} not explained: the diagrams would need more nodes than allowed."),
    "interrupted": marked("{moves} not explained: the work was ended."),
}

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
    return say("{members} (package “{name}”)", members=members, name=found.name)


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
    which = say("State {state}", state=explanation.state)
    if is_status_quo:
        which = say("State {state} (the status quo)", state=explanation.state)
    concept = explanation.concept
    if explanation.packages:
        concept = say("{concept}, with packages as moves", concept=concept)
    verdict = say(
        "{state} is stable for {party} under {concept}.", state=which, party=name, concept=concept
    )
    if not explanation.stable:
        verdict = say(
            "{state} is not stable for {party} under {concept}.",
            state=which,
            party=name,
            concept=concept,
        )
    lines = [
        verdict,
        say(
            "Its rank for {party} is {rank} of {highest} (higher is better).",
            party=name,
            rank=explanation.rank,
            highest=ranks.max(),
        ),
        _summary(explanation, name),
    ]
    for place, improvement in enumerate(explanation.improvements, start=1):
        lines += ["", *_improvement(model, explanation, improvement, place, name)]
    left_out = explanation.improvement_count - len(explanation.improvements)
    if left_out and explanation.why is not None:
        lines += ["", say(_NOT_EXPLAINED[explanation.why], moves=more_moves(left_out))]
    elif left_out:
        more = hint(say("--limit shows more"))
        lines += ["", say("{moves} left out{hint}.", moves=more_moves(left_out), hint=more)]
    return lines


def more_moves(number: int) -> str:
    """How many moves are not told: ``1 more move``, ``3 more moves``."""
    return say_number("{number} more move", "{number} more moves", number)


def _name(model: StatesExplained, party: str) -> str:
    return model.dispute.parties[model.dispute.party_numbers[party]].name


def _is_foresighted(concept: str) -> bool:
    return concept_named(concept).explained == "foresight"


def _summary(explanation: Explanation, name: str) -> str:
    count = explanation.improvement_count
    if _is_foresighted(explanation.concept):
        if count == 0:
            return say(
                "{party}: no move from here leads to a better state, at once or in the end.",
                party=name,
            )
        return say_number(
            "{number} move from here would better the rank of {party}, at once or by what is "
            "foreseen to follow:",
            "{number} moves from here would better the rank of {party}, at once or by what is "
            "foreseen to follow:",
            count,
            party=name,
        )
    if explanation.packages:
        if count == 0:
            return say(
                "{party}: no improvement from here, alone or by a package whose members all gain.",
                party=name,
            )
        return say_number(
            "{party}: {number} improvement from here, alone or by a package whose members all "
            "gain:",
            "{party}: {number} improvements from here, alone or by a package whose members all "
            "gain:",
            count,
            party=name,
        )
    if count == 0:
        return say("{party}: no unilateral improvement from here.", party=name)
    return say_number(
        "{party}: {number} unilateral improvement from here:",
        "{party}: {number} unilateral improvements from here:",
        count,
        party=name,
    )


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
    ranks = _rank_change(here, improvement.rank)
    if improvement.package is not None:
        ranks = _ranks_of(here, improvement.rank, name)
    yield say(
        "{place}. {mover}: {words}: to state {state}, {ranks}.",
        place=place,
        mover=mover,
        words=_own_changes(model, explanation, improvement),
        state=improvement.state,
        ranks=ranks,
    )
    if improvement.others:
        gains = joined(
            [
                _ranks_of(one.before, one.after, _name(model, one.party))
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
        body = iter((say(concept.deterred_words if improvement.deterred else concept.free_words),))
    else:
        body = _sanctions(model, explanation, improvement)
    for line in body:
        yield f"   {line}"


def _own_changes(model: StatesExplained, explanation: Explanation, improvement: Improvement) -> str:
    alone = improvement.package is None
    return changes(model, explanation.state, improvement.state, by_one=alone)


def _rank_change(before: int, after: int) -> str:
    return say("rank {before} → {after}", before=before, after=after)


def _ranks_of(before: int, after: int, name: str) -> str:
    return say("rank {before} → {after} for {party}", before=before, after=after, party=name)


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
                yield "- " + say("and so on, by {number} more moves, until:", number=left_out)
            continue
        yield "- " + say(
            "{mover}: {words}: to state {state}, {ranks}.",
            mover=mover_name(model.dispute, step),
            words=changes(model, before, step.state, by_one=step.package is None),
            state=step.state,
            ranks=_ranks_of(rank_before, rank_after, name),
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
        others = joined([_name(model, one.party) for one in deterred[1:]])
        yield say("It is deterred for {parties} too.", parties=others)


def _sanction(
    model: StatesExplained, explanation: Explanation, improvement: Improvement, prospect: Prospect
) -> Iterator[str]:
    reaction = reaction_named(explanation.concept)
    name = _name(model, prospect.party)
    here = prospect.before
    means = say("improvements of their own") if reaction.improving else say("moves of their own")
    end = prospect.path[-1].state if prospect.path else improvement.state
    in_package = improvement.package is not None
    deterred, free = say("Deterred"), say("Not deterred")
    if in_package:
        deterred = say("Deterred for {party}", party=name)
        free = say("Not deterred for {party}", party=name)
    if prospect.deterred:
        yield say("{verdict}: others can answer by {means}.", verdict=deterred, means=means)
        yield from _steps(model, improvement.state, prospect)
        if reaction.counter_move:
            yield say(
                "{party}: the best that can then be reached has rank {end}, no better than {here}.",
                party=name,
                end=prospect.end_rank,
                here=here,
            )
        else:
            yield say(
                "That leaves {party} at rank {end}, no better than {here}.",
                party=name,
                end=prospect.end_rank,
                here=here,
            )
    elif prospect.escape is not None:
        yield say(
            "{verdict}: others can answer by {means}, but {party} can get out of it.",
            verdict=free,
            means=means,
            party=name,
        )
        yield from _steps(model, improvement.state, prospect)
        yield "- " + say(
            "{party}: {words}: to state {state}, rank {end}, better than {here}.",
            party=name,
            words=changes(model, end, prospect.escape),
            state=prospect.escape,
            end=prospect.end_rank,
            here=here,
        )
    else:
        yield say(
            "{verdict}: others cannot, by {means}, bring {party} to rank {here} or lower; the "
            "lowest rank that they can hold it to is {end}.",
            verdict=free,
            means=means,
            party=name,
            here=here,
            end=prospect.end_rank,
        )


def _simultaneous(explanation: Explanation, improvement: Improvement, name: str) -> Iterator[str]:
    here = explanation.rank
    if improvement.deterred:
        yield say(
            "Deterred: others have improvements from state {state} which, made at the same time, "
            "lead to rank {end} for {party}, no better than {here}.",
            state=explanation.state,
            end=improvement.end_rank,
            party=name,
            here=here,
        )
    else:
        yield say(
            "Not deterred: whatever improvements others make from state {state} at the same time, "
            "the rank of {party} is at least {end}, better than {here}.",
            state=explanation.state,
            party=name,
            end=improvement.end_rank,
            here=here,
        )


def _foreseen(
    model: StatesExplained, explanation: Explanation, improvement: Improvement, name: str
) -> Iterator[str]:
    verdict = say("better than {rank}: not deterred", rank=explanation.rank)
    if improvement.deterred:
        verdict = say("no better than {rank}: deterred", rank=explanation.rank)
    if improvement.path:
        yield say("Play is foreseen to go on:")
        prospect = _own_prospect(explanation, improvement)
        yield from _steps(model, improvement.state, prospect)
        yield say(
            "It ends at rank {end} for {party}, {verdict}.",
            end=improvement.end_rank,
            party=name,
            verdict=verdict,
        )
    else:
        yield say(
            "Play is foreseen to end there, at rank {end}, {verdict}.",
            end=improvement.end_rank,
            verdict=verdict,
        )


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
        "engine": model.engine,
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
    if explanation.why is not None:
        document["why"] = explanation.why
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
