"""All tables of an analysis: of the whole, of one party, and of one state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from detente.dispute.dispute import Dispute, Option
from detente.dispute.names import party_number
from detente.report.content import Block, Group, Prose, Subheading, Table, marked, rows_table
from detente.report.equilibria import (
    IN_NO_OUTCOME,
    counts_by_outcome,
    equilibria_shown,
    held_everywhere_sentences,
    left_apart,
    trap_sentences,
)
from detente.report.face import hint, is_command_line
from detente.report.how_held import engine_sentence
from detente.report.language import say_told
from detente.report.option_forms import group_of_rows, option_form_table
from detente.report.words import counted, joined, quoted
from detente.space.option_form import level_symbol
from detente.stability.analysis import Analysis

__all__ = [
    "DEFAULT_LIMIT",
    "analysis_blocks",
    "opening_sentences",
    "option_called",
    "options_table",
    "party_blocks",
    "size_and_concepts",
    "state_blocks",
]

# As many states as are shown where the user does not say how many.
DEFAULT_LIMIT = 24

# How many patterns of equilibria are shown for each concept.
_PATTERNS = 3


def size_and_concepts(
    dispute: Dispute, count: int, concepts: Sequence[str], *, packages: bool
) -> str:
    """How large a dispute is, and which concepts were analysed, as a sentence each."""
    return (
        f"{counted(len(dispute.parties), 'party', 'parties')}, "
        f"{counted(len(dispute.options), 'option')}, "
        f"{counted(count, 'feasible state')}. "
        f"Concepts: {', '.join(concepts)}{', with packages as moves' if packages else ''}."
    )


def opening_sentences(analysis: Analysis) -> str:
    """How large an analysed dispute is, what was analysed, and how states are held."""
    told = size_and_concepts(
        analysis.dispute, analysis.count, analysis.concepts, packages=analysis.packages
    )
    return f"{told} {engine_sentence(analysis.model.engine)}"


# The whole ---------------------------------------------------------------------------------


def analysis_blocks(
    analysis: Analysis, *, limit: int = DEFAULT_LIMIT, head: str = ""
) -> tuple[Block, ...]:
    """An analysis in words and tables: the status quo, the equilibria, and the options.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Show at most this many equilibria.
    head
        What it comes to, in words.

    Returns
    -------
    tuple of Block
    """
    dispute = analysis.dispute
    state = analysis.status_quo
    return (
        Subheading(dispute.title),
        *([Prose(head)] if head else []),
        Prose(opening_sentences(analysis)),
        *(
            [Prose("The dispute names no status quo.")]
            if state is None
            else _status_quo(analysis, state)
        ),
        *_equilibria(analysis, limit),
        Prose("Parties and options:"),
        options_table(dispute),
    )


def options_table(dispute: Dispute) -> Table:
    """Parties and options, each option's level in the status quo, and ids for who types them."""
    ids = (lambda key: (key,)) if is_command_line() else (lambda key: ())
    levels_differ = any(_levels(option) for option in dispute.options)
    groups = []
    for party in dispute.parties:
        rows: list[tuple[str, ...]] = [(party.name, *ids(party.id))]
        for option in party.options:
            cells = [f"  {option.name}", *ids(option.key)]
            if levels_differ:
                cells.append(_levels(option))
            if dispute.status_quo is not None:
                level = dispute.status_quo[dispute.option_numbers[option.key]]
                cells.append(say_told(level_symbol(option.levels, level)))
            rows.append(tuple(cells))
        groups.append(Group(tuple(rows)))
    columns = [
        "Party and option",
        *ids("Id"),
        *(["Levels"] if levels_differ else []),
        *([] if dispute.status_quo is None else ["Status quo"]),
    ]
    return Table("", tuple(columns), tuple(groups), numeric=False)


def _levels(option: Option) -> str:
    """What is unusual about an option's levels; nothing for a plain yes or no."""
    parts = [] if option.levels == ("no", "yes") else [" < ".join(option.levels)]
    if option.irreversible:
        parts.append(f"{option.irreversible} only")
    return ", ".join(parts)


def _status_quo(analysis: Analysis, state: int) -> tuple[Block, ...]:
    outcomes = [outcome.name for outcome in analysis.outcomes(state)]
    belongs = f" ({joined(outcomes)})" if outcomes else ""
    return (
        Prose(f"The status quo is state {state}{belongs}. It is stable for:"),
        _stability_table(analysis, state),
    )


def _stability_table(
    analysis: Analysis,
    state: int,
    *,
    ranks: bool = False,
    parties: Sequence[str] | None = None,
) -> Table:
    """For whom a state is stable, by party and concept."""
    stable = {concept: analysis.stable_parties(concept, state) for concept in analysis.concepts}
    rows = []
    for party in analysis.dispute.parties:
        if parties is not None and party.id not in parties:
            continue
        own = analysis.ranks(party.id)
        rank = [f"{own[state - 1]} of {own.max()}"] if ranks else []
        rows.append((party.name, *rank, *marked(party.id in one for one in stable.values())))
    foot = []
    if parties is None:
        everyone = len(analysis.dispute.parties)
        marks = marked(len(one) == everyone for one in stable.values())
        foot.append(("All: an equilibrium", *([""] if ranks else []), *marks))
    columns = ("Party", *(["Rank"] if ranks else []), *analysis.concepts)
    return rows_table(columns, rows, foot=foot, numeric=True)


def _equilibria(analysis: Analysis, limit: int) -> Iterator[Block]:
    found = equilibria_shown(analysis, limit)
    if not found.states:
        yield Prose("No state is an equilibrium under any of these concepts.")
        return
    shown = found.states
    yield Prose("Number of equilibria under each concept, by outcome:")
    yield _count_table(analysis)
    yield from map(Prose, [*trap_sentences(analysis), *held_everywhere_sentences(analysis)])
    if found.left_out:
        yield Prose(
            "Patterns of equilibria: every state that fits one is an equilibrium. New are those "
            "that fit no pattern before it."
        )
        yield _patterns(analysis)
        yield Prose(
            f"Equilibria in option form: {len(shown)} of {counted(found.all, 'state')}, "
            f"those that are equilibria under most concepts; {found.left_out:,} left "
            f"out{hint('--limit shows more')}."
        )
    else:
        yield Prose("Equilibria in option form:")
    places = np.array(shown) - 1
    members = {
        concept: marked(analysis.is_equilibrium(concept)[places]) for concept in analysis.concepts
    }
    foot = [group_of_rows("Equilibrium under", members), _outcomes(analysis, shown)]
    yield option_form_table(analysis.model, shown, foot)


def _patterns(analysis: Analysis) -> Table:
    """The equilibria under each concept as a few partial assignments."""
    options = analysis.dispute.options
    groups = []
    for concept in analysis.concepts:
        found = analysis.patterns(concept, limit=_PATTERNS)
        rows = []
        for position, pattern in enumerate(found.patterns):
            settings = ", ".join(
                f"{option_called(analysis.dispute, one)} = {one.levels[level]}"
                for one, level in (
                    (options[number], level) for number, level in pattern.settings.items()
                )
            )
            rows.append(
                (
                    concept if position == 0 else "",
                    f"{pattern.new:,}",
                    f"{pattern.states:,}",
                    settings or "every state",
                )
            )
        if found.left_out:
            rows.append(("", f"{found.left_out:,}", "", "in other patterns"))
        groups.append(Group(tuple(rows)))
    columns = ("Concept", "New", "All", "Pattern (options that are not named are free)")
    return Table("", columns, tuple(one for one in groups if one.rows), numeric=False)


def option_called(dispute: Dispute, option: Option) -> str:
    """An option by its name and its party's; by its id to who types commands."""
    if is_command_line():
        return option.key
    party = next(one for one in dispute.parties if option in one.options)
    return f"{quoted(option.name)} ({party.name})"


def _count_table(analysis: Analysis) -> Table:
    """How many equilibria there are under each concept: in all, and in each outcome."""
    counts = counts_by_outcome(analysis)
    rows = [
        (outcome.name, *_thousands(counts[outcome.id])) for outcome in analysis.dispute.outcomes
    ]
    if counts:
        rows.append((IN_NO_OUTCOME, *_thousands(counts[""])))
    everywhere = [
        int(np.count_nonzero(analysis.is_equilibrium(concept))) for concept in analysis.concepts
    ]
    foot = [("All equilibria", *_thousands(everywhere))]
    foot += [
        (f"  {label}", *_thousands(numbers)) for label, numbers in left_apart(analysis).items()
    ]
    return rows_table(("Outcome", *analysis.concepts), rows, foot=foot, numeric=True)


def _thousands(numbers: Iterable[int]) -> Iterator[str]:
    return (f"{number:,}" for number in numbers)


def _outcomes(analysis: Analysis, shown: Sequence[int]) -> Group:
    """Rows for the named outcomes to which some of the states belong."""
    rows: dict[str, tuple[str, ...]] = {}
    for outcome in analysis.dispute.outcomes:
        inside = analysis.in_outcome(outcome.id)
        if any(inside[state - 1] for state in shown):
            label = outcome.name if outcome.name not in rows else f"{outcome.name} ({outcome.id})"
            rows[label] = marked(inside[state - 1] for state in shown)
    return group_of_rows("Outcome", rows)


# Of one party, and of one state ------------------------------------------------------------


def party_blocks(
    analysis: Analysis, party: str, *, limit: int = DEFAULT_LIMIT
) -> tuple[Block, ...]:
    """The states that are stable for one party, best first, with its ranks.

    Parameters
    ----------
    analysis
        The analysis.
    party
        Id of the party.
    limit
        Show at most this many states.

    Returns
    -------
    tuple of Block

    Raises
    ------
    DisputeError
        If there is no such party.
    """
    name = analysis.dispute.parties[party_number(analysis.dispute, party)].name
    stable = {concept: analysis.stable(concept, party) for concept in analysis.concepts}
    ranks = analysis.ranks(party)
    anywhere = np.logical_or.reduce(list(stable.values()))
    states = np.flatnonzero(anywhere)
    states = states[np.argsort(-ranks[states], kind="stable")]
    shown = (states[:limit] + 1).tolist()
    sizes = [f"{concept} {np.count_nonzero(stable[concept]):,}" for concept in analysis.concepts]
    blocks: list[Block] = [
        Subheading(f"{analysis.dispute.title}: {name}"),
        Prose(
            f"States stable for {name} among {analysis.count:,}, best first. Number under each "
            f"concept: {', '.join(sizes)}."
        ),
        Prose(f"Ranks run from 1 (worst) to {ranks.max()} (best)."),
    ]
    left_out = states.size - len(shown)
    if left_out:
        blocks.append(
            Prose(
                f"{counted(states.size, 'state')} in all; {len(shown)} shown; {left_out:,} left "
                f"out{hint('--limit shows more')}."
            )
        )
    under = {concept: marked(own[state - 1] for state in shown) for concept, own in stable.items()}
    foot = [
        group_of_rows(name, {"Rank": [str(ranks[state - 1]) for state in shown]}),
        group_of_rows("Stable under", under),
        _outcomes(analysis, shown),
    ]
    return (*blocks, option_form_table(analysis.model, shown, foot))


def state_blocks(analysis: Analysis, state: int, *, party: str | None = None) -> tuple[Block, ...]:
    """All about one state: its options, outcomes, ranks, and for whom it is stable.

    Parameters
    ----------
    analysis
        The analysis.
    state
        Number of the state.
    party
        Id of the only party whose rank and stability are shown; by default all parties.

    Returns
    -------
    tuple of Block

    Raises
    ------
    DisputeError
        If there is no such state or party.
    """
    outcomes = [outcome.name for outcome in analysis.outcomes(state)]
    if party is not None:
        party_number(analysis.dispute, party)
    is_status_quo = " (the status quo)" if state == analysis.status_quo else ""
    return (
        Subheading(f"{analysis.dispute.title}: state {state}{is_status_quo}"),
        Prose(f"Outcomes: {', '.join(outcomes) if outcomes else 'none'}."),
        option_form_table(analysis.model, [state]),
        Prose("Ranks (higher is better) and for whom the state is stable:"),
        _stability_table(analysis, state, ranks=True, parties=None if party is None else [party]),
    )
