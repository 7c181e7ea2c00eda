"""What is computed for the pages and the API, from a dispute's text to plain values.

These functions run in processes that can be killed; see :mod:`detente.workbench.workers`. Text
goes in and JSON comes out, so that nothing of a dispute has to be shared between processes.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from detente.analyses.declaration import Progress
from detente.dispute.dispute import Dispute
from detente.dispute.names import formula_from, party_number, roadmap_named
from detente.roadmap.check.verdicts import check_plan, known_concept_of_roadmaps, known_foresight
from detente.roadmap.plan import plan_from
from detente.space.graph_model import GraphModel
from detente.space.named_states import state_numbers
from detente.space.representation import positions_in_cube
from detente.stability.concept_registry import concept_names
from detente.workbench.brief_tasks import BRIEF_TASKS, TELLING
from detente.workbench.building_tasks import BUILDING_TASKS
from detente.workbench.graph_tasks import GRAPH_TASKS
from detente.workbench.read_disputes import dispute_of
from detente.workbench.reading_tasks import READING_TASKS
from detente.workbench.small_disputes import (
    Most,
    TooLarge,
    small_analysis,
    small_dispute,
    small_model,
)
from detente.workbench.validation_tasks import VALIDATION_TASKS

__all__ = ["TASKS", "TELLING_TASKS", "TooLarge"]

_MOST_LISTED = 1000
# A state of a large dispute has more moves than anybody reads.
_MOST_MOVES = 400


def check(text: str) -> dict[str, Any]:
    """Read a dispute: its parts, if it is right."""
    dispute = dispute_of(text)
    return {
        "title": dispute.title,
        "parties": len(dispute.parties),
        "options": len(dispute.options),
        "positions": positions_in_cube(dispute),
    }


def analyse(
    text: str,
    concepts: Sequence[str],
    states: Sequence[int | str] | None,
    limit: int,
    most: Most,
    packages: bool = False,
) -> dict[str, Any]:
    """An analysis as its JSON document, for the states asked for or the first `limit`."""
    from detente.report.document import document

    analysis = small_analysis(text, tuple(concepts), most, packages)
    if states is None:
        return {**document(analysis, range(1, min(limit, analysis.count) + 1))}
    return {**document(analysis, state_numbers(analysis.model, states))}


def overview(
    text: str, concepts: Sequence[str], shown: int, most: Most, packages: bool = False
) -> dict[str, Any]:
    """What the pages show beside the editor: counts, and the equilibria in option form."""
    from detente.report.document import document
    from detente.report.equilibria import IN_NO_OUTCOME, counts_by_outcome, equilibria_shown

    analysis = small_analysis(text, tuple(concepts), most, packages)
    chosen = equilibria_shown(analysis, shown)
    result: dict[str, Any] = {**document(analysis, chosen.states)}
    equilibria = {name: set(states) for name, states in result.pop("equilibria").items()}
    result["equilibria_counts"] = {name: len(states) for name, states in equilibria.items()}
    result["any_equilibrium"] = chosen.all
    result["by_outcome"] = [
        {
            "outcome": outcome or None,
            "name": result["names"]["outcomes"].get(outcome, IN_NO_OUTCOME),
            "equilibria": dict(zip(analysis.concepts, counts, strict=True)),
        }
        for outcome, counts in counts_by_outcome(analysis).items()
    ]
    for state in result["states"]:
        state["equilibrium"] = [name for name in equilibria if state["id"] in equilibria[name]]
    return result


def listed_states(
    text: str,
    concepts: Sequence[str],
    where: str,
    outcome: str,
    concept: str,
    first: int,
    count: int,
    most: Most,
    packages: bool = False,
) -> dict[str, Any]:
    """States in option form, a page of them.

    Parameters
    ----------
    where
        A formula that holds in them; empty for any.
    outcome
        The outcome to which they belong; ``-`` for none, empty for any.
    concept
        The concept under which they are equilibria; empty for any state.
    first, count
        Place of the first in the list, from 0, and how many at most.

    Returns
    -------
    dict
        An analysis document with these states, and their number in all as ``total``.
    """
    from detente.report.document import document

    analysis = small_analysis(text, tuple(concepts), most, packages)
    chosen = np.ones(analysis.count, dtype=np.bool_)
    if where:
        formula = formula_from(analysis.dispute, where)
        chosen &= analysis.model.space.holds(formula)
    if outcome == "-":
        for one in analysis.dispute.outcomes:
            chosen &= ~analysis.in_outcome(one.id)
    elif outcome:
        chosen &= analysis.in_outcome(outcome)
    if concept:
        chosen &= analysis.is_equilibrium(concept)
    numbers = np.flatnonzero(chosen) + 1
    shown = [int(number) for number in numbers[first : first + count]]
    result: dict[str, Any] = {**document(analysis, shown)}
    equilibria = {name: set(states) for name, states in result.pop("equilibria").items()}
    for state in result["states"]:
        state["equilibrium"] = [name for name in equilibria if state["id"] in equilibria[name]]
    return {**result, "total": len(numbers)}


def explain(
    text: str,
    concept: str,
    party: str,
    state: int | str,
    limit: int,
    most: Most,
    packages: bool = False,
) -> dict[str, Any]:
    """An explanation as its JSON document."""
    from detente.report.explanations import explanation_document
    from detente.stability.explain import explain as explained

    (name,) = concept_names([concept])
    model = small_model(text, most, (name,))
    number = party_number(model.dispute, party)
    index = _index(model, state)
    found = explained(model, name, number, index, limit=limit, packages=packages)
    return {**explanation_document(model, found)}


def state(
    text: str, number: int | str, concepts: Sequence[str], most: Most, packages: bool = False
) -> dict[str, Any]:
    """One state: its levels, ranks, stability, and every move from it."""
    from detente.report.document import document

    analysis = small_analysis(text, tuple(concepts), most, packages)
    model = analysis.model
    index = _index(model, number)
    (entry,) = document(analysis, [index + 1])["states"]
    most_ranks = {p.id: int(analysis.ranks(p.id).max()) for p in analysis.dispute.parties}
    moves = _moves(model, index)
    return {
        **entry,
        "most_ranks": most_ranks,
        "moves": moves[:_MOST_MOVES],
        "moves_left_out": len(moves[_MOST_MOVES:]),
    }


def _moves(model: GraphModel, index: int) -> list[dict[str, Any]]:
    from detente.report.explanations import changes
    from detente.report.moves import moves_from

    return [
        {
            "party": one.party,
            "package": one.package,
            "state": one.state,
            "changes": changes(model, index + 1, one.state, by_one=one.package is None),
            "ranks": _rank_changes(model, index, one.state - 1),
        }
        for one in moves_from(model, index + 1)
    ]


def _rank_changes(model: GraphModel, before: int, after: int) -> dict[str, list[int]]:
    changes = model.ranks_of_all[:, [before, after]].tolist()
    return {party.id: change for party, change in zip(model.dispute.parties, changes, strict=True)}


def path(
    text: str,
    states: Sequence[int | str],
    concepts: Sequence[str],
    most: Most,
    packages: bool = False,
) -> dict[str, Any]:
    """A path from state to state: who moves, who gains, and whether each state holds."""
    analysis = small_analysis(text, tuple(concepts), most, packages)
    model = analysis.model
    numbers = state_numbers(model, states)
    steps = []
    for before, after in pairwise(numbers):
        possible = [move for move in _moves(model, before - 1) if move["state"] == after]
        steps.append(
            {
                "before": before,
                "after": after,
                "moves": possible,
                "ranks": _rank_changes(model, before - 1, after - 1),
                "equilibrium": [
                    name
                    for name in analysis.concepts
                    if len(analysis.stable_parties(name, after)) == len(model.dispute.parties)
                ],
            }
        )
    return {"states": numbers, "steps": steps}


def graph(text: str, concept: str, most: Most) -> dict[str, Any]:
    """The graph of a dispute: its states, or its outcomes where states are too many to draw."""
    from detente.workbench.graphs import outcome_graph, state_graph

    analysis = small_analysis(text, (concept,), most)
    return state_graph(analysis) or outcome_graph(analysis)


def compare(first: str, second: str, concepts: Sequence[str], most: Most) -> dict[str, Any]:
    """Two variants of a dispute side by side."""
    from detente.changes.versions import version_of
    from detente.workbench.comparison import comparison

    names = tuple(concepts)
    return comparison(
        small_analysis(first, names, most),
        small_analysis(second, names, most),
        version_of(first, "first"),
        version_of(second, "second"),
    )


def roadmap(text: str, roadmap: str, concept: str, foresight: str, most: Most) -> dict[str, Any]:
    """The check of a roadmap as its JSON document, with the verdict and each stage in words."""
    from detente.report.roadmaps import failure_lines, roadmap_document, verdict_lines

    model = small_model(text, most, (concept,))
    plan = plan_from(model.dispute, roadmap_named(model.dispute, roadmap))
    check = check_plan(
        model,
        plan,
        concept=known_concept_of_roadmaps(concept),
        foresight=known_foresight(foresight),
    )
    return {
        **roadmap_document(check),
        "words": {
            "verdict": verdict_lines(check),
            "stages": [failure_lines(model, stage, check) for stage in check.stages],
        },
    }


def table(
    text: str, form: str, concepts: Sequence[str], most: Most, packages: bool = False
) -> dict[str, Any]:
    """All states as a file in CSV (with ids, or with names), JSON or Parquet, in base 64."""
    analysis = small_analysis(text, tuple(concepts), most, packages)
    if form == "json":
        from detente.report.document import document_text

        content = "".join(document_text(analysis)).encode()
    elif form == "excel-csv":
        from detente.report.render.spreadsheet import states_file

        content = states_file(analysis)
    else:
        stream = io.BytesIO()
        frame = analysis.to_polars()
        if form == "csv":
            frame.write_csv(stream)
        else:
            frame.write_parquet(stream)
        content = stream.getvalue()
    return {"content": base64.b64encode(content).decode("ascii")}


def report(
    text: str,
    form: str,
    name: str,
    concept: str,
    concepts: Sequence[str],
    most: Most,
    packages: bool = False,
) -> dict[str, Any]:
    """The report on a dispute as a file, its bytes in base 64.

    Texts that the dispute file names are not read: the report shows nothing of other files.
    """
    from detente.report.write import make_report, report_bytes

    names = concept_names([*concepts, concept])
    made = make_report(small_analysis(text, names, most, packages), concept=concept, case=name)
    content = report_bytes(made, form)
    return {"content": base64.b64encode(content).decode("ascii")}


def analysis(text: str, name: str, parameters: Mapping[str, Any], most: Most) -> dict[str, Any]:
    """The document of an analysis of the registry."""
    from detente.workbench.declared_tasks import analysis_document

    return analysis_document(partial(_small_enough, most), text, name, parameters)


def shown(
    text: str,
    name: str,
    parameters: Mapping[str, Any],
    most: Most,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """What a page shows of an analysis of the registry."""
    from detente.workbench.declared_tasks import analysis_shown

    check = partial(_small_enough, most)
    return analysis_shown(check, text, name, parameters, progress=progress)


def told(text: str, name: str, parameters: Mapping[str, Any], most: Most) -> dict[str, Any]:
    """What an assistant is told of an analysis of the registry."""
    from detente.workbench.declared_tasks import analysis_told

    return analysis_told(partial(_small_enough, most), text, name, parameters)


def tables(text: str, blocks: Sequence[Mapping[str, Any]], form: str, most: Most) -> dict[str, Any]:
    """The tables of an answer that a page shows, as a file for a spreadsheet, in base 64."""
    from detente.workbench.declared_tasks import tables_of_answer

    del text, most
    return {"content": base64.b64encode(tables_of_answer(blocks, form)).decode("ascii")}


def picture(
    text: str, name: str, parameters: Mapping[str, Any], key: str, form: str, most: Most
) -> dict[str, Any]:
    """A picture of an analysis of the registry as a file, its bytes in base 64."""
    from detente.workbench.declared_tasks import picture_of_answer

    check = partial(_small_enough, most)
    content = picture_of_answer(check, text, name, parameters, key, form)
    return {"content": base64.b64encode(content).decode("ascii")}


# What is shared ----------------------------------------------------------------------------


def _small_enough(most: Most, text: str, concepts: tuple[str, ...]) -> Dispute:
    return small_dispute(text, most, concept_names(concepts))


def _index(model: GraphModel, number: int | str) -> int:
    """Index of a state that is given by its number or its name."""
    return state_numbers(model, [number])[0] - 1


TASKS: Mapping[str, Callable[..., dict[str, Any]]] = {
    **BRIEF_TASKS,
    **BUILDING_TASKS,
    **GRAPH_TASKS,
    **READING_TASKS,
    **VALIDATION_TASKS,
    **{
        function.__name__: function
        for function in (
            check,
            analyse,
            overview,
            listed_states,
            explain,
            state,
            path,
            graph,
            compare,
            roadmap,
            table,
            report,
            analysis,
            shown,
            tables,
            told,
            picture,
        )
    },
}
"""The tasks by name."""

TELLING_TASKS = {*TELLING, "shown"}
"""Those that take ``progress``, and call it as the work goes on."""
