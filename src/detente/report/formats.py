"""Formats in words and tables, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Final, Literal

from detente.dispute.dispute import Dispute
from detente.formats.analysis import (
    FormatAnalysis,
    FormatOutcome,
    FormatResult,
    Needed,
    OutsiderStanding,
)
from detente.report.content import MARK, Block, Group, Prose, Subheading, Table, rows_table
from detente.report.explanations import changes
from detente.report.face import is_command_line
from detente.report.language import marked, say, say_number, whole_number
from detente.report.what_ran_out import WHAT_RAN_OUT
from detente.report.words import joined

if TYPE_CHECKING:
    from detente.report.documents.formats import FormatsDocument, FormatsFormat

__all__ = [
    "FORMATS_SCHEMA",
    "VERDICTS",
    "Verdict",
    "format_details",
    "formats_blocks",
    "formats_document",
    "formats_overview",
    "outcome_verdict",
]

FORMATS_SCHEMA = "detente/formats/1"

Verdict = Literal["settled", "unstable", "held", "reached", "out of reach"]

VERDICTS: Final[dict[Verdict, tuple[str, str]]] = {
    "settled": (MARK, marked("every member gains, and nobody leaves the outcome")),
    "unstable": ("!", marked("every member gains, and somebody leaves it")),
    "held": ("=", marked("it holds, and not every member gains")),
    "reached": ("·", marked("it can be reached, no more")),
    "out of reach": ("", marked("out of reach")),
}
"""What a format can do about an outcome: the symbol and what it means."""


def outcome_verdict(outcome: FormatOutcome) -> Verdict:
    """What a format can do about an outcome, in one word.

    The state by which the format is judged decides; where not every member gains anywhere, that
    some state reached holds.
    """
    if outcome.state is None:
        return "out of reach"
    if outcome.gains:
        return "settled" if outcome.kept else "unstable"
    return "held" if outcome.held else "reached"


# Blocks ----------------------------------------------------------------------------------------


def formats_blocks(analysis: FormatAnalysis) -> tuple[Block, ...]:
    """What formats can reach and hold, in words and tables.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = [
        Subheading(say("{title}: formats", title=analysis.dispute.title)),
        *map(Prose, _on_sets(analysis)),
        *(formats_overview(analysis) if analysis.formats else ()),
    ]
    for heading, details in format_details(analysis):
        blocks += [Subheading(heading), *details]
    return tuple(blocks)


def _on_sets(analysis: FormatAnalysis) -> Iterator[str]:
    """What is told on symbolic sets, which only the command asks for."""
    names = {one.id: one.name for one in analysis.dispute.formats}
    outcomes = {one.id: f"“{one.name}”" for one in analysis.dispute.outcomes}
    for why, words in WHAT_RAN_OUT.items():
        found = [names.get(one, one) for one, ran_out in analysis.unfinished if ran_out == why]
        if found:
            yield f"What {joined(found)} can do was not found: {words}."
        found = [outcomes[one] for one, ran_out in analysis.vetoes_unfinished if ran_out == why]
        if found:
            yield f"Who is needed for {joined(found)} was not found: {words}."


def formats_overview(
    analysis: FormatAnalysis, *, captions: tuple[str, str] = ("", "")
) -> tuple[Block, ...]:
    """What each format reaches, and what it can do about each outcome.

    Parameters
    ----------
    analysis
        The analysis.
    captions
        Captions of the two tables.

    Returns
    -------
    tuple of Block
    """
    return (
        Prose(
            say(
                "From the status quo (state {state}), under {concept}. The members of a format "
                "move together; the others react, each for itself.",
                state=analysis.status_quo,
                concept=analysis.concept,
            )
        ),
        _result_table(analysis, captions[0]),
        Prose(say("What each format can do about each outcome:")),
        _matrix(analysis, captions[1]),
        *map(Prose, _legend(analysis.dispute)),
    )


def format_details(
    analysis: FormatAnalysis, *, captioned: bool = False
) -> Iterator[tuple[str, tuple[Block, ...]]]:
    """Each format with its outsiders, and who is needed.

    Parameters
    ----------
    analysis
        The analysis.
    captioned
        Whether tables have captions.

    Yields
    ------
    tuple of str and tuple of Block
        A heading, and what stands under it.
    """
    named = {form.id for form in analysis.dispute.formats}
    for form in analysis.formats:
        if form.id in named or not analysis.every_subset:
            caption = say("{format}: outsiders", format=form.name) if captioned else ""
            yield form.name, tuple(_details(analysis, form, caption))
    heading = say("Who is needed")
    enough = say("The smallest formats of the dispute that reach and hold it are enough to hold.")
    if analysis.every_subset:
        enough = say("The smallest sets of parties that reach and hold it are enough to hold.")
    yield (
        heading,
        (
            Prose(
                say(
                    "Without any one of those named, all the others together do not reach the "
                    "outcome."
                )
                + f" {enough}"
            ),
            _needed_table(analysis, heading if captioned else ""),
        ),
    )


def _result_table(analysis: FormatAnalysis, caption: str) -> Table:
    rows = []
    for form in analysis.formats:
        result = say("none")
        if form.state is not None:
            belongs = [_outcome_name(analysis.dispute, one) for one in form.in_outcomes]
            result = say("state {state}", state=form.state)
            result += f" ({', '.join(belongs)})" if belongs else ""
        rows.append((form.name, whole_number(form.reached), whole_number(form.held), result))
    columns = (
        marked("Format"),
        marked("Reached"),
        marked("Hold"),
        marked("Result: all members gain, and it holds"),
    )
    return rows_table(tuple(map(say, columns)), rows, caption=caption)


def _matrix(analysis: FormatAnalysis, caption: str) -> Table:
    rows = [
        (form.name, *(VERDICTS[outcome_verdict(one)][0] for one in form.outcomes))
        for form in analysis.formats
    ]
    columns = (say("Format"), *_letters(len(analysis.dispute.outcomes)))
    return rows_table(columns, rows, caption=caption, numeric=True)


def _letters(count: int) -> list[str]:
    """A, B, ..., Z, A1, B1, ..."""
    letters = ascii_uppercase
    return [letters[n % 26] + (str(n // 26) if n >= len(letters) else "") for n in range(count)]


def _legend(dispute: Dispute) -> list[str]:
    letters, blank = _letters(len(dispute.outcomes)), say("blank")
    names = [
        f"{letter} {outcome.name}"
        for letter, outcome in zip(letters, dispute.outcomes, strict=True)
    ]
    words = [f"{symbol or blank} {say(meaning)}" for symbol, meaning in VERDICTS.values()]
    return [f"{say('; ').join(names)}.", f"{say('; ').join(words)}."]


def _details(analysis: FormatAnalysis, form: FormatResult, caption: str) -> Iterator[Block]:
    dispute = analysis.dispute
    packages = {one.id: one.name for one in dispute.packages}
    own = ""
    if form.packages:
        named = joined([packages[package] for package in form.packages])
        own = " " + say("Its own packages: {packages}.", packages=named)
    yield Prose(f"{joined([_party_name(dispute, party) for party in form.parties])}.{own}")
    gained: dict[int, list[FormatOutcome]] = {}
    for one in form.outcomes:
        if one.gains and one.state is not None:
            gained.setdefault(one.state, []).append(one)
    if not gained:
        yield Prose(say("Nothing that it reaches is better for every member."))
    for state, outcomes in gained.items():
        yield from map(Prose, _state_lines(analysis, state, outcomes))
        if outcomes[0].outsiders:
            yield _outsider_table(analysis, outcomes, caption)


def _state_lines(
    analysis: FormatAnalysis, state: int, outcomes: Sequence[FormatOutcome]
) -> Iterable[str]:
    dispute, one = analysis.dispute, outcomes[0]
    names = joined([_outcome_name(dispute, outcome.outcome) for outcome in outcomes])
    yield say_number(
        "{outcomes}: state {state}, {number} move away.",
        "{outcomes}: state {state}, {number} moves away.",
        one.moves or 0,
        outcomes=names,
        state=state,
    )
    if one.moves:
        words = changes(analysis.model, analysis.status_quo, state, by_one=False)
        yield say("There: {words}.", words=words)
    verdict = say("It holds.")
    if not one.holds:
        reasons = [] if one.members_stay else [say("the members would move on together")]
        spoilers = dict.fromkeys(party for outcome in outcomes for party in outcome.spoilers)
        if spoilers:
            who = joined([_party_name(dispute, party) for party in spoilers])
            reasons.append(say("{parties} can spoil it", parties=who))
        if not reasons:
            reasons.append(say("outsiders would move on, within the outcome"))
        verdict = say("It does not hold: {reasons}.", reasons=joined(reasons))
    if one.defectors:
        verdict += " " + say(
            "Members with an improvement of their own, if the format did not bind them: {parties}.",
            parties=joined([_party_name(dispute, party) for party in one.defectors]),
        )
    yield verdict


def _outsider_table(
    analysis: FormatAnalysis, outcomes: Sequence[FormatOutcome], caption: str
) -> Table:
    """Outsiders at a state; where it belongs to several outcomes, a spoiler of any is one."""
    rows = []
    for place, first in enumerate(outcomes[0].outsiders):
        standings = [outcome.outsiders[place] for outcome in outcomes]
        leaving = [one for one in standings if one.spoiling and one.spoiling.leaves]
        standing = leaving[0] if leaving else first
        rows.append(
            (
                _party_name(analysis.dispute, standing.party),
                f"{standing.status_quo_rank} → {standing.rank}",
                _role(standing.role, spoils=bool(leaving)),
                _why(analysis, standing, outcomes[0].state or analysis.status_quo),
            )
        )
    columns = (
        say("Outsider"),
        say("Rank"),
        say("Role"),
        say("Why, and what it would do"),
    )
    return rows_table(columns, rows, caption=caption)


_ROLES: Final = (marked("beneficiary"), marked("sidelined"), marked("indifferent"))


def _role(role: str, *, spoils: bool) -> str:
    return say("spoiler, {role}", role=say(role)) if spoils else say(role)


def _why(analysis: FormatAnalysis, standing: OutsiderStanding, state: int) -> str:
    words = []
    if standing.rank < standing.status_quo_rank:
        words.append(say("worse than the status quo"))
    if standing.better_in is not None:
        words.append(say("would have more in: {formats}", formats=standing.better_in))
    if standing.spoiling:
        move = standing.spoiling
        told = {
            "words": changes(analysis.model, state, move.state),
            "state": move.state,
            "before": standing.rank,
            "after": move.rank,
        }
        if move.leaves:
            words.append(say("would {words} (state {state}, rank {before} → {after})", **told))
        else:
            words.append(
                say(
                    "within the outcome, would {words} (state {state}, rank {before} → {after})",
                    **told,
                )
            )
    return say("; ").join(words)


def _needed_table(analysis: FormatAnalysis, caption: str) -> Table:
    groups = []
    for outcome in analysis.dispute.outcomes:
        one = analysis.vetoes.get(outcome.id)
        if one is None:
            continue
        row = (
            outcome.name,
            _needed_words(analysis.dispute, one),
            "–" if one.at_status_quo else _sets(analysis.dispute, one.enough_to_reach),
            # Of no format found it is not said that none is enough while others are not found.
            "?"
            if analysis.unfinished and not one.enough_to_hold
            else _sets(analysis.dispute, one.enough_to_hold),
        )
        groups.append(Group((row,)))
    columns = (
        marked("Outcome"),
        marked("Needed to reach"),
        marked("Enough to reach"),
        marked("Enough to hold"),
    )
    return Table(caption, tuple(map(say, columns)), tuple(groups), numeric=False)


def _needed_words(dispute: Dispute, one: Needed) -> str:
    if one.at_status_quo:
        return say("no move: it is so now")
    if not one.enough_to_reach:
        return say("beyond all")
    return ", ".join(_called(dispute, one.to_reach)) or say("nobody in particular")


def _sets(dispute: Dispute, sets: Sequence[Sequence[str]]) -> str:
    between = "+" if is_command_line() else " + "
    return say("; ").join(between.join(_called(dispute, one)) for one in sets) or say("none")


def _called(dispute: Dispute, parties: Sequence[str]) -> Sequence[str]:
    """Parties by their names; by their ids, which are short, to who types commands."""
    return parties if is_command_line() else [_party_name(dispute, one) for one in parties]


def _party_name(dispute: Dispute, party: str) -> str:
    return dispute.parties[dispute.party_numbers[party]].name


def _outcome_name(dispute: Dispute, outcome: str) -> str:
    return next(one.name for one in dispute.outcomes if one.id == outcome)


# As a document ---------------------------------------------------------------------------------


def formats_document(analysis: FormatAnalysis) -> FormatsDocument:
    """Formats as a JSON document, laid out as ``documents/formats.py`` says.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    dict
        Ready for :func:`json.dump`.
    """
    from detente import __version__

    dispute = analysis.dispute
    document: FormatsDocument = {
        "schema": FORMATS_SCHEMA,
        "version": __version__,
        "dispute": dispute.title,
        "engine": analysis.engine,
        "concept": analysis.concept,
        "status_quo": analysis.status_quo,
        "equilibrium_counts": {}
        if analysis.equilibrium_count is None
        else {analysis.concept: analysis.equilibrium_count},
        "every_subset": analysis.every_subset,
        "names": {
            "parties": {party.id: party.name for party in dispute.parties},
            "outcomes": {outcome.id: outcome.name for outcome in dispute.outcomes},
        },
        "formats": [_format_document(form) for form in analysis.formats],
        "needed": {outcome: _plain(asdict(one)) for outcome, one in analysis.vetoes.items()},
    }
    if analysis.unfinished:
        document["unfinished"] = [{"format": one, "why": why} for one, why in analysis.unfinished]
    if analysis.vetoes_unfinished:
        document["needed_unfinished"] = [
            {"outcome": one, "why": why} for one, why in analysis.vetoes_unfinished
        ]
    return document


def _format_document(form: FormatResult) -> FormatsFormat:
    content: FormatsFormat = _plain(asdict(form))
    for entry, outcome in zip(content["outcomes"], form.outcomes, strict=True):
        entry["kept"] = outcome.kept
        entry["verdict"] = outcome_verdict(outcome)
    return content


def _plain(value: Any) -> Any:
    """Tuples as lists, all the way down."""
    if isinstance(value, dict):
        return {key: _plain(inside) for key, inside in value.items()}
    return [_plain(inside) for inside in value] if isinstance(value, (list, tuple)) else value
