"""A symbolic analysis in words and tables, and as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from detente.report.analysis_head import head_on_sets
from detente.report.analysis_tables import option_called, options_table, size_and_concepts
from detente.report.content import MARK, Block, Outline, Prose, Subheading, Table, rows_table
from detente.report.document import document_heading
from detente.report.equilibria import CANNOT_BE_LEFT, IN_NO_OUTCOME
from detente.report.face import is_command_line
from detente.report.how_held import engine_sentence
from detente.report.what_ran_out import WHAT_RAN_OUT
from detente.report.words import counted, joined
from detente.space.option_form import level_symbol
from detente.space.patterns import Pattern
from detente.space.symbolic.diagrams import TooLarge
from detente.stability.symbolic_analysis import SymbolicAnalysis

if TYPE_CHECKING:
    from detente.report.documents.analysis import AnalysisDocument, AnalysisState

__all__ = ["symbolic_blocks", "symbolic_document"]


def symbolic_blocks(
    analysis: SymbolicAnalysis, *, limit: int, full: bool = True
) -> tuple[Block, ...]:
    """A symbolic analysis in words and tables.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Show at most this many patterns for each concept.
    full
        Whether options with their ids and patterns are shown too.

    Returns
    -------
    tuple of Block
    """
    dispute = analysis.dispute
    size = size_and_concepts(dispute, analysis.count, analysis.concepts, packages=analysis.packages)
    blocks: list[Block] = [
        Subheading(dispute.title),
        Prose(f"{size} {engine_sentence(analysis.engine)}"),
    ]
    if head := head_on_sets(analysis):
        blocks.append(Prose(head))
    if analysis.parts > 1:
        blocks.append(
            Prose(f"The dispute falls into {analysis.parts} parts that do not touch each other.")
        )
    blocks += map(Prose, _unfinished(analysis))
    blocks += _status_quo(analysis)
    if analysis.equilibrium_counts:
        blocks += [
            Prose("Number of equilibria under each concept, by outcome:"),
            _count_table(analysis),
        ]
        for concept in analysis.equilibrium_counts if full else ():
            blocks += _patterns(analysis, concept, limit)
    if full:
        blocks += [Prose("Parties and options:"), options_table(dispute)]
    elif is_command_line():
        blocks.append(Prose("--full shows more: the ids of options, and patterns of equilibria."))
    return tuple(blocks)


def _unfinished(analysis: SymbolicAnalysis) -> Iterable[str]:
    for why, words in WHAT_RAN_OUT.items():
        for concept in analysis.concepts:
            parties = [
                one.party for one in analysis.unfinished if (one.concept, one.why) == (concept, why)
            ]
            if parties:
                yield f"Not found under {concept} for {joined(parties)}: {words}."
    for concept, one in analysis.estimates.items():
        low, count, high = map(_two_digits, one.counts)
        yield (
            f"Estimated under {concept} from {one.draws:,} feasible states drawn at random: "
            f"{one.share:.1%} are equilibria (95% interval {one.low:.1%} to {one.high:.1%}), "
            f"which would be {count:,} states ({low:,} to {high:,})."
        )
        if one.undecided:
            yield (
                f"Not found out in time: {counted(one.undecided, 'state')} of those drawn. The "
                "interval allows for both answers."
            )


def _two_digits(number: int) -> int:
    """A number rounded to two digits that count: an estimate says no more."""
    return round(number, 2 - len(str(number)))


def _status_quo(analysis: SymbolicAnalysis) -> Iterator[Block]:
    if analysis.status_quo is None:
        yield Prose("The dispute names no status quo.")
        return
    words = {True: MARK, False: "", None: "?"}
    known = [
        [analysis.status_quo_stable(one, party.id) for one in analysis.concepts]
        for party in analysis.dispute.parties
    ]
    rows = [
        (party.name, *(words[one] for one in row))
        for party, row in zip(analysis.dispute.parties, known, strict=True)
    ]
    together = (words[_all(column)] for column in zip(*known, strict=True))
    yield Prose(f"The status quo is state {analysis.status_quo:,}. It is stable for:")
    yield rows_table(
        ("Party", *analysis.concepts),
        rows,
        foot=[("All: an equilibrium", *together)],
        numeric=True,
    )
    if any(None in row for row in known):
        yield Prose("? was not found within the time and nodes given.")


def _all(values: Sequence[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _count_table(analysis: SymbolicAnalysis) -> Table:
    concepts = list(analysis.equilibrium_counts)
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    rows = [
        (names.get(outcome, IN_NO_OUTCOME), *(f"{counts[concept]:,}" for concept in concepts))
        for outcome, counts in analysis.counts_by_outcome().items()
    ]
    foot = []
    held = analysis.held_equilibrium_counts
    if any(held.values()):
        foot.append((CANNOT_BE_LEFT.capitalize(), *(f"{held[one]:,}" for one in concepts)))
    every = analysis.equilibrium_counts
    foot.append(("All equilibria", *(f"{every[one]:,}" for one in concepts)))
    return rows_table(("Outcome", *concepts), rows, foot=foot, numeric=True)


def _patterns(analysis: SymbolicAnalysis, concept: str, limit: int) -> tuple[Block, ...]:
    try:
        found = analysis.patterns(concept, limit=limit)
    except TooLarge:
        return (Prose(f"The patterns under {concept} would need more nodes than allowed."),)
    if not found.states:
        return (Prose(f"No state is an equilibrium under {concept}."),)
    lines = [
        f"{counted(one.states, 'state')}: {_settings(analysis, one)}" for one in found.patterns
    ]
    if found.left_out:
        lines.append(f"{counted(found.left_out, 'more state')} in none of these.")
    return (
        Prose(f"The equilibria under {concept}, as patterns (options not named are free):"),
        Outline(tuple((1, line) for line in lines)),
    )


def _settings(analysis: SymbolicAnalysis, pattern: Pattern) -> str:
    options = analysis.dispute.options
    named = (
        f"{option_called(analysis.dispute, one)} {level_symbol(one.levels, level)}"
        for one, level in ((options[number], level) for number, level in pattern.settings.items())
    )
    return ", ".join(named) or "every state"


def symbolic_document(
    analysis: SymbolicAnalysis, *, most_equilibria: int, only_status_quo: bool = False
) -> AnalysisDocument:
    """A symbolic analysis as a document of ``documents/analysis.py``.

    Parameters
    ----------
    analysis
        The analysis.
    most_equilibria
        Name at most this many equilibria under each concept; these, and the status quo, are the
        states that are listed.
    only_status_quo
        Whether of the states the status quo alone is listed.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. Numbers may exceed 2**53: read them as whole numbers.
    """
    dispute = analysis.dispute
    counts = analysis.equilibrium_counts
    named = {concept: analysis.first_equilibria(concept, most_equilibria) for concept in counts}
    states: dict[int, Sequence[int]] = {}
    if not only_status_quo:
        states = {number: state for found in named.values() for number, state in found}
    if analysis.status_quo is not None and dispute.status_quo is not None:
        states[analysis.status_quo] = dispute.status_quo
    left_out = {
        concept: counts[concept] - len(found)
        for concept, found in named.items()
        if counts[concept] > len(found)
    }
    document: AnalysisDocument = {
        **document_heading(dispute, analysis.concepts, analysis.engine, analysis.packages),
        "parts": analysis.parts,
        "state_count": analysis.count,
        "status_quo": analysis.status_quo,
        "equilibria": {
            concept: [number for number, _ in found] for concept, found in named.items()
        },
        "equilibrium_counts": counts,
        "cannot_be_left": {
            "outcomes": list(analysis.closed_outcomes),
            "states": analysis.held_count,
            "equilibrium_counts": analysis.held_equilibrium_counts,
        },
        "counts_by_outcome": analysis.counts_by_outcome(),
        "stable_counts": {
            concept: {
                party.id: count
                for party in dispute.parties
                if (count := analysis.stable_count(concept, party.id)) is not None
            }
            for concept in analysis.concepts
        },
        "unfinished": [
            {"concept": one.concept, "party": one.party, "why": one.why}
            for one in analysis.unfinished
        ],
        "estimates": {
            concept: {
                "share": one.share,
                "low": one.low,
                "high": one.high,
                "draws": one.draws,
                "undecided": one.undecided,
                "count": one.counts[1],
                "count_low": one.counts[0],
                "count_high": one.counts[2],
            }
            for concept, one in analysis.estimates.items()
        },
        "states": [_state(analysis, number, states[number]) for number in sorted(states)],
    }
    if left_out:
        document["equilibria_left_out"] = left_out
    if analysis.count > len(states):
        document["states_left_out"] = analysis.count - len(states)
    return document


def _state(analysis: SymbolicAnalysis, number: int, state: Sequence[int]) -> AnalysisState:
    game = analysis.game
    here = game.whole_state(state)
    return {
        "id": number,
        "options": {
            option.key: None if level is None else option.levels[level]
            for option, level in zip(analysis.dispute.options, game.levels_of(state), strict=True)
        },
        "outcomes": [
            outcome.id
            for outcome in analysis.dispute.outcomes
            if not (here & ~game.here.truth(outcome.formula.expression)).satisfiable()
        ],
        "stable": {
            concept: found
            for concept in analysis.concepts
            if (found := _stable_for(analysis, concept, number, state)) is not None
        },
    }


def _stable_for(
    analysis: SymbolicAnalysis, concept: str, number: int, state: Sequence[int]
) -> list[str] | None:
    """Ids of the parties for which a state is stable; None where that is not known of each."""
    if concept in analysis.equilibrium_counts:
        return list(analysis.stable_parties(concept, state))
    parties = [party.id for party in analysis.dispute.parties]
    known = {party: analysis.status_quo_stable(concept, party) for party in parties}
    if number != analysis.status_quo or None in known.values():
        return None
    return [party for party, stable in known.items() if stable]
