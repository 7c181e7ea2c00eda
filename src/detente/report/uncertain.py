"""Unknown preferences, and strong and mild ones, in words and tables and as JSON documents."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, OrderedStates, Statements
from detente.report.content import Block, Group, Outline, Prose, marked, rows_table
from detente.report.equilibria import CANNOT_BE_LEFT
from detente.report.face import hint
from detente.report.formula_words import statement_words
from detente.report.option_forms import group_of_rows, opening, option_form_table
from detente.report.traps import kinds_document, trap_lines
from detente.report.words import counted, joined
from detente.space.graph_model import GraphModel
from detente.stability.strength import STRENGTHS, StrengthAnalysis
from detente.stability.traps import traps
from detente.stability.uncertain import EXTENSIONS, UncertainAnalysis

if TYPE_CHECKING:
    from detente.report.documents.parts import MarkedStatement, OfMarkedPreferences
    from detente.report.documents.strength import StrengthDocument
    from detente.report.documents.uncertain import UncertainDocument

__all__ = [
    "STRENGTH_SCHEMA",
    "UNCERTAIN_SCHEMA",
    "strength_blocks",
    "strength_document",
    "uncertain_blocks",
    "uncertain_document",
]

UNCERTAIN_SCHEMA = "detente/uncertain/1"
STRENGTH_SCHEMA = "detente/strength/1"

_EXTENSION_WORDS = {
    "a": "tempted by what may be better, deterred only by what is surely no better",
    "b": "tempted only by what is surely better, deterred only by what is surely no better",
    "c": "tempted by what may be better, deterred by what may be no better",
    "d": "tempted only by what is surely better, deterred by what may be no better",
}

_Equilibria = Callable[[str, str], NDArray[np.int64]]
_Stable = Callable[[str, str, str], NDArray[np.bool_]]


def uncertain_blocks(analysis: UncertainAnalysis, *, limit: int) -> tuple[Block, ...]:
    """Unknown preferences in words and tables.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Show at most this many equilibria.

    Returns
    -------
    tuple of Block
    """
    unknown = list(_marked(analysis.dispute, lambda statement: statement.unknown))
    title, size = opening(analysis.dispute, analysis.model.space.count, analysis.concepts)
    blocks: list[Block] = [title]
    if unknown:
        blocks += [
            Prose(_whatever_is_unknown(analysis)),
            size,
            Prose("Unknown which way it is preferred:"),
            Outline(tuple((1, line) for line in unknown)),
        ]
    else:
        blocks.append(
            Prose(
                "No statement is marked unknown, so the four extensions agree (see "
                "docs/reference/dispute-file.md for `unknown`)."
            )
        )
        blocks.append(size)
    extensions = tuple((1, f"{one}: {words}") for one, words in _EXTENSION_WORDS.items())
    blocks += [Prose("A party is"), Outline(extensions)]
    kinds = tuple(EXTENSIONS)
    return (
        *blocks,
        *_results(
            analysis.model, analysis.concepts, kinds, analysis.stable, analysis.equilibria, limit
        ),
    )


def _of_whom(concepts: Sequence[str]) -> str:
    """The concept of which the first sentence tells: SEQ, if it was asked for."""
    return "SEQ" if "SEQ" in concepts else concepts[-1]


def _whatever_is_unknown(analysis: UncertainAnalysis) -> str:
    """How far the number of equilibria hangs on how parties take what is unknown."""
    concept = _of_whom(analysis.concepts)
    counts = [analysis.equilibria(concept, one).size for one in EXTENSIONS]
    if min(counts) == max(counts):
        return f"Under {concept} {counted(counts[0], 'state')} can hold, whatever is unknown."
    return (
        f"Under {concept} from {min(counts):,} to {max(counts):,} states can hold, as parties "
        "take what is unknown."
    )


def _how_many_strongly(analysis: StrengthAnalysis) -> str:
    concept = _of_whom(analysis.concepts)
    held, strongly = (analysis.equilibria(concept, one).size for one in ("general", "strong"))
    return f"Under {concept} {counted(held, 'state')} can hold, {strongly:,} of them strongly."


def strength_blocks(analysis: StrengthAnalysis, *, limit: int) -> tuple[Block, ...]:
    """Strong and weak stability in words and tables; parameters as in :func:`uncertain_blocks`."""
    strong = list(_marked(analysis.dispute, lambda statement: statement.strength == "strong"))
    strong += _strong_steps(analysis.dispute)
    title, size = opening(analysis.dispute, analysis.model.space.count, analysis.concepts)
    blocks: list[Block] = [title]
    if strong:
        blocks += [
            Prose(_how_many_strongly(analysis)),
            size,
            Prose("Strong preferences (all others are mild):"),
            Outline(tuple((1, line) for line in strong)),
        ]
    else:
        blocks.append(
            Prose(
                "No statement is marked `strength: strong`, and no order has a strong step, so "
                "every preference is mild, and only states from which there is no improvement "
                "are strongly stable."
            )
        )
        blocks.append(size)
    return (
        *blocks,
        *_results(
            analysis.model,
            analysis.concepts,
            STRENGTHS,
            analysis.stable,
            analysis.equilibria,
            limit,
        ),
    )


def _strong_steps(dispute: Dispute) -> Iterable[str]:
    """How many strong steps the orders of the parties have, in words."""
    for party in dispute.parties:
        if isinstance(party.preferences, OrderedStates) and party.preferences.strong:
            places = joined([str(place + 1) for place in sorted(party.preferences.strong)])
            yield f"{party.id}: its order has a strong step after place {places}"


def _marked(dispute: Dispute, wanted: Callable[[Any], bool]) -> Iterable[str]:
    for party in dispute.parties:
        if isinstance(party.preferences, Statements):
            for number, statement in enumerate(party.preferences.statements, start=1):
                if wanted(statement):
                    yield statement_words(dispute, party.id, number)


def _results(
    model: GraphModel,
    concepts: Sequence[str],
    kinds: Sequence[str],
    stable: _Stable,
    equilibria: _Equilibria,
    limit: int,
) -> Iterator[Block]:
    every = [(concept, kind) for concept in concepts for kind in kinds]
    columns = [f"{concept} {kind}" for concept, kind in every]
    if model.status_quo is not None:
        index = model.status_quo
        yield Prose(f"The status quo is state {index + 1}. It is stable for:")
        rows = [
            (party.name, *marked(stable(*one, party.id)[index] for one in every))
            for party in model.dispute.parties
        ]
        yield rows_table(("Party", *columns), rows, numeric=True, together=len(kinds))
    found = {one: equilibria(*one) for one in every}
    yield Prose("Number of equilibria, by outcome:")
    yield rows_table(
        ("Outcome", *columns), _counts(model, found), numeric=True, together=len(kinds)
    )
    held = traps(model)
    if any(held.count(numbers) for numbers in found.values()):
        yield from map(Prose, trap_lines(model.dispute, held))
    members = {key: set(numbers.tolist()) for key, numbers in found.items()}
    states = sorted(set().union(*members.values()))
    often = sorted(states, key=lambda state: -sum(state in one for one in members.values()))
    shown = sorted(often[:limit])
    if not shown:
        yield Prose("No state is an equilibrium.")
        return
    yield Prose(_shown_line(len(shown), len(states)))
    yield option_form_table(model, shown, _memberships(shown, members, concepts, kinds))


def _memberships(
    shown: Sequence[int],
    members: Mapping[tuple[str, str], Container[int]],
    concepts: Sequence[str],
    kinds: Sequence[str],
) -> list[Group]:
    """Under which concept, and of which kind, each state is an equilibrium."""
    return [
        group_of_rows(
            f"Equilibrium under {concept}",
            {kind: marked(state in members[concept, kind] for state in shown) for kind in kinds},
        )
        for concept in concepts
    ]


def _shown_line(shown: int, states: int) -> str:
    if shown == states:
        return "Equilibria in option form:"
    return (
        f"Equilibria in option form: {shown} of {counted(states, 'state')}, those under most of "
        f"the definitions; {states - shown:,} left out{hint('--limit shows more')}."
    )


def _counts(
    model: GraphModel, found: Mapping[tuple[str, str], NDArray[np.int64]]
) -> Iterator[tuple[str, ...]]:
    for outcome in model.dispute.outcomes:
        inside = model.space.holds(outcome.formula)
        cells = (f"{np.count_nonzero(inside[one - 1]):,}" for one in found.values())
        yield outcome.name, *cells
    yield "All equilibria", *(f"{one.size:,}" for one in found.values())
    held = traps(model)
    counts = [held.count(one) for one in found.values()]
    if any(counts):
        yield CANNOT_BE_LEFT, *(f"{one:,}" for one in counts)


# As documents ------------------------------------------------------------------------------


def uncertain_document(analysis: UncertainAnalysis) -> UncertainDocument:
    """Unknown preferences as a JSON document, laid out as ``documents/uncertain.py`` says."""
    common = _common(
        analysis.model, analysis.concepts, tuple(EXTENSIONS), analysis.stable, analysis.equilibria
    )
    return {
        "schema": UNCERTAIN_SCHEMA,
        **common,
        "unknown": _listed(analysis.dispute, lambda statement: statement.unknown),
    }


def strength_document(analysis: StrengthAnalysis) -> StrengthDocument:
    """Strong and weak stability as a JSON document, as ``documents/strength.py`` says."""
    return {
        "schema": STRENGTH_SCHEMA,
        **_common(
            analysis.model, analysis.concepts, STRENGTHS, analysis.stable, analysis.equilibria
        ),
        "strong": _listed(analysis.dispute, lambda statement: statement.strength == "strong"),
        "strong_steps": {
            party.id: [place + 1 for place in sorted(party.preferences.strong)]
            for party in analysis.dispute.parties
            if isinstance(party.preferences, OrderedStates) and party.preferences.strong
        },
    }


def _common(
    model: GraphModel,
    concepts: Sequence[str],
    kinds: Sequence[str],
    stable: _Stable,
    equilibria: _Equilibria,
) -> OfMarkedPreferences:
    from detente import __version__

    return {
        "version": __version__,
        "dispute": model.dispute.title,
        "parties": [party.id for party in model.dispute.parties],
        "state_count": model.space.count,
        "status_quo": None if model.status_quo is None else model.status_quo + 1,
        "equilibria": {
            concept: {kind: equilibria(concept, kind).tolist() for kind in kinds}
            for concept in concepts
        },
        **kinds_document(
            traps(model),
            {concept: {kind: equilibria(concept, kind) for kind in kinds} for concept in concepts},
        ),
        "stable_count": {
            concept: {
                kind: {
                    party.id: int(np.count_nonzero(stable(concept, kind, party.id)))
                    for party in model.dispute.parties
                }
                for kind in kinds
            }
            for concept in concepts
        },
    }


def _listed(dispute: Dispute, wanted: Callable[[Any], bool]) -> list[MarkedStatement]:
    return [
        {"party": party.id, "statement": number, "prefer": statement.formula.text}
        for party in dispute.parties
        if isinstance(party.preferences, Statements)
        for number, statement in enumerate(party.preferences.statements, start=1)
        if wanted(statement)
    ]
