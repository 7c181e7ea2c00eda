"""``detente analyse``: states, equilibria, and for whom each state is stable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from detente.cli.arguments import (
    case_argument,
    engine_option,
    limit_option,
    load_case,
    named_concepts,
    output_option,
    packages_option,
)
from detente.cli.completion import completion_of
from detente.cli.output import (
    show_blocks,
    to_standard_output,
    working,
    write_bytes,
    write_json,
    write_utf8,
)
from detente.cli.table_files import write_tables
from detente.stability.concept_registry import (
    all_concepts,
    all_names,
    concept_names,
    concepts_serving,
    offered_names,
    serving,
    usual_concepts,
)

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.space.graph_model import GraphModel
    from detente.space.representation import Engine
    from detente.stability.analysis import Analysis, Progress
    from detente.stability.symbolic_analysis import SymbolicAnalysis

__all__ = ["command"]

_FORMATS = ("table", "json", "csv", "excel-csv", "parquet", "arrow", "xlsx")

# How long concepts that are computed unasked in small disputes alone take grows with the cube of
# the number of parties: what each mover leaves to each other one is looked at for each party.
_QUICK_PARTIES = 6

# As many states as a table shows where nobody says how many.
_LISTED_IN_FILE = 24

# What the engine symbolic shows of sets that may be of any size.
_SYMBOLIC_PATTERNS = 6
_SYMBOLIC_EQUILIBRIA = 1000


@click.command(short_help="Find which states are stable, for whom, and the equilibria.")
@case_argument
@click.option(
    "--concepts",
    "-c",
    multiple=True,
    metavar="NAMES",
    shell_complete=completion_of("concepts"),
    help=f"Solution concepts, such as Nash,SEQ: {', '.join(offered_names())}; "
    f"or all, for {', '.join(all_names())}. May be repeated.",
)
@packages_option(f"; for {serving('packages')}")
@click.option(
    "--party",
    metavar="ID",
    shell_complete=completion_of("party"),
    help="Show only the states that are stable for this party, best first.",
)
@click.option(
    "--state",
    metavar="STATE",
    shell_complete=completion_of("state"),
    help="Show all about one state. Give its name: status_quo + {party.option: level}, an "
    "outcome, ...",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="By default the ending of the output file's name decides; otherwise it is "
    "table. excel-csv is CSV with names in place of ids, and semicolons.",
)
@engine_option
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=120.0,
    show_default=True,
    help="How many seconds the work on symbolic sets may take. What is not found by then is named.",
)
@click.option(
    "--nodes",
    type=click.IntRange(min=1024, max=2**28),
    default=2**24,
    show_default=True,
    help="How many nodes the diagrams of symbolic sets may have.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=0,
    help="Draw this many random states to estimate what is not found on symbolic sets.",
)
@output_option
@click.option(
    "--full",
    is_flag=True,
    help="All tables: options with their ids, patterns of equilibria, and many equilibria side by "
    "side. Without it the answer fits a screen.",
)
@limit_option(
    "Show at most this many states (and equilibria), or moves from a state: 24 in a table, "
    "otherwise all. In a table this asks for --full.",
    None,
)
def command(
    case: str,
    concepts: tuple[str, ...],
    packages: bool,
    party: str | None,
    state: str | None,
    form: str | None,
    engine: Engine | None,
    seconds: float,
    nodes: int,
    draws: int,
    output: Path | None,
    full: bool,
    limit: int | None,
) -> None:
    """Find which states of a dispute are stable, for whom, and which are equilibria.

    CASE is the name of a shipped case or the path of a dispute file.

    The answer is one screen; --full shows the rest.

    Without --concepts: Nash, GMR, SMR, SEQ and SSEQ, with SIM, L2 and NM if the dispute is
    small enough for these to be quick and --packages is not given.
    """
    form = form or _form_of(output)
    _check_options(form, output, party=party, state=state, full=full, limit=limit)
    full = full or limit is not None

    from detente.analyses.declared.analyse import AnalyseParameters, declaration
    from detente.analyses.doubts import doubts_left_open, doubts_on, readings_of
    from detente.dispute.errors import DisputeError
    from detente.space.named_states import state_number
    from detente.stability.analysis import analyse_model
    from detente.stability.memory import wants_symbolic
    from detente.stability.prepared_model import graph_model

    asked = named_concepts(concepts)
    every = concepts_serving("packages") if packages else all_names()
    names = concept_names(every if [name.lower() for name in asked] == ["all"] else asked)
    readings = readings_of(load_case(case))
    dispute = readings.dispute
    if readings.sentence:
        click.echo(readings.sentence, err=form != "table" or not to_standard_output(output))
    not_computed: Sequence[str] = ()
    if wants_symbolic(dispute, names or usual_concepts(), engine):
        _check_symbolic(form, party, state)
        if state is not None and dispute.status_quo is None:
            raise DisputeError("this dispute names no status quo", path=dispute.path)
        if left_open := doubts_left_open(dispute):
            click.echo(left_open, err=form != "table" or not to_standard_output(output))
        budget = (seconds, nodes)
        only = state is not None
        _symbolic(
            dispute, names, packages, budget, draws, form, output, limit, full=full, only=only
        )
        return
    with working("Analysing") as progress:
        model = graph_model(dispute, names or usual_concepts(), engine=engine, progress=progress)
        if not asked and packages:
            names = concepts_serving("packages")
        elif not asked:
            names, not_computed = _usual_concepts(model)
        number = None if state is None else state_number(model, state)
        analysis = analyse_model(model, names, packages=packages, progress=progress)
    if analysis.partial:
        if form == "table" and to_standard_output(output):
            left = [name for name in names if name not in analysis.concepts]
            click.echo(f"Interrupted before {', '.join(left)}; the rest follows.", err=True)
            _show_tables(analysis, (), party, number, limit, None, full=full, headed=False)
        raise KeyboardInterrupt
    if form == "table":
        _show_tables(
            analysis, not_computed, party, number, limit, output, full=full, headed=not asked
        )
        # What is unknown is told of above.
        doubts = doubts_on(
            declaration,
            readings,
            AnalyseParameters(concepts=analysis.concepts, packages=packages),
            analysis,
        )
        for text in doubts:
            click.echo(text, err=not to_standard_output(output))
    elif form == "json":
        from detente.report.document import document_text

        with nullcontext() if to_standard_output(output) else working("Writing") as progress:
            states = _states(analysis, number, limit)
            pieces = document_text(analysis, states, most_equilibria=limit)
            write_utf8(_counted(pieces, analysis, progress), output)
    elif form == "xlsx":
        from detente.report.analysis_tables import analysis_blocks

        write_tables(analysis_blocks(analysis, limit=limit or _LISTED_IN_FILE), form, output)
    else:
        _write_frame(analysis, form, number, limit, output)


def _check_symbolic(form: str, party: str | None, state: str | None) -> None:
    """Refuse what is asked of single states, or of all, where there are only sets."""
    given = [
        name
        for name, asked in (
            ("--party", party is not None),
            ("--state", state not in (None, "status_quo")),
            (f"--format {form}", form not in ("table", "json")),
        )
        if asked
    ]
    if given:
        raise click.UsageError(
            f"{given[0]} needs the cube or a list of states; the engine symbolic tells about the "
            "status quo and about sets, as a table or as JSON"
        )


def _symbolic(
    dispute: Dispute,
    names: Sequence[str],
    packages: bool,
    budget: tuple[float, int],
    draws: int,
    form: str,
    output: Path | None,
    limit: int | None,
    *,
    full: bool,
    only: bool,
) -> None:
    """Analyse by sets held as diagrams, and show what was found, all or not.

    Of states the status quo alone is listed where `only` it was asked for.
    """
    from detente.stability.symbolic_analysis import Budget, analyse_symbolically

    with working("Analysing") as progress:
        analysis = analyse_symbolically(
            dispute,
            names or usual_concepts(),
            packages=packages,
            budget=Budget(*budget),
            draws=draws,
            progress=progress,
        )
    if not analysis.partial:
        _show_symbolic(analysis, form, output, limit, full=full, only=only)
        return
    if form == "table" and to_standard_output(output):
        _show_symbolic(analysis, form, None, limit, full=full, only=only)
    raise KeyboardInterrupt


def _show_symbolic(
    analysis: SymbolicAnalysis,
    form: str,
    output: Path | None,
    limit: int | None,
    *,
    full: bool,
    only: bool,
) -> None:
    from detente.report.symbolic import symbolic_blocks, symbolic_document

    with working("Summing up"):
        if form == "json":
            most = limit or _SYMBOLIC_EQUILIBRIA
            found = symbolic_document(analysis, most_equilibria=most, only_status_quo=only)
        else:
            most = limit or _SYMBOLIC_PATTERNS
            blocks = symbolic_blocks(analysis, limit=most, full=full)
    if form == "json":
        write_json(found, output)
    else:
        show_blocks(blocks, output)


def _form_of(output: Path | None) -> str:
    suffix = "" if output is None else output.suffix.lower().removeprefix(".")
    return suffix if suffix in _FORMATS else "table"


def _check_options(
    form: str,
    output: Path | None,
    *,
    party: str | None,
    state: str | None,
    full: bool,
    limit: int | None,
) -> None:
    if form in ("parquet", "arrow", "xlsx") and output is None:
        raise click.UsageError(f"--format {form} needs --output FILE: it is not text")
    if full and (form != "table" or party is not None or state is not None):
        raise click.UsageError(
            "--full is for the tables of the whole dispute: leave out "
            + (f"--format {form}" if form != "table" else "--party and --state")
        )
    if party is not None and form != "table":
        raise click.UsageError(
            f"--party is for tables; a {form} file holds the stability for every party"
        )
    if state is not None and limit is not None and form != "table":
        raise click.UsageError(f"--state asks for one state: with {form} leave --limit out")


def _usual_concepts(model: GraphModel) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The concepts computed where the user names none, and those left out as too slow."""
    weight = max(1.0, len(model.dispute.parties) / _QUICK_PARTIES) ** 3
    # Listed moves do not say where several lead that are made at the same time.
    possible = [
        one
        for concept in all_concepts()
        if not (concept.explained == "at once" and model.moves.lists)
        for one in concept.quick
    ]
    quick = tuple(name for name, most in possible if model.space.count * weight <= most)
    slow = tuple(name for name, _ in possible if name not in quick)
    return (*usual_concepts(), *quick), slow


def _show_tables(
    analysis: Analysis,
    not_computed: Sequence[str],
    party: str | None,
    state: int | None,
    limit: int | None,
    output: Path | None,
    *,
    full: bool,
    headed: bool,
) -> None:
    from detente.report.analysis_tables import DEFAULT_LIMIT, party_blocks, state_blocks
    from detente.report.content import Prose
    from detente.report.moves import moves_blocks
    from detente.report.words import joined

    most = limit or DEFAULT_LIMIT
    with working("Summing up"):
        if state is not None:
            moves = moves_blocks(analysis.model, state, party=party, limit=most)
            blocks = [*state_blocks(analysis, state, party=party), *moves]
        elif party is not None:
            blocks = [*party_blocks(analysis, party, limit=most)]
        else:
            blocks = [*_whole(analysis, most if full else None, headed=headed)]
    if not_computed:
        blocks.append(
            Prose(
                f"{joined(not_computed)} {'was' if len(not_computed) == 1 else 'were'} not "
                f"computed, because that is slow with {analysis.count:,} states and "
                f"{len(analysis.dispute.parties):,} parties. "
                f"--concepts {','.join(not_computed)} asks for them."
            )
        )
    if not (full or party or state is not None):
        blocks.append(
            Prose(
                "--full shows more: the ids of options, and equilibria side by side. `detente "
                f"--explain {(last := analysis.concepts[-1])}` says what {last} means."
            )
        )
    show_blocks(blocks, output)


def _whole(analysis: Analysis, most: int | None, *, headed: bool) -> tuple[Block, ...]:
    """All tables with so many equilibria, or what fits a screen."""
    from detente.report.analysis_head import analysis_head
    from detente.report.analysis_page import analysis_page
    from detente.report.analysis_tables import analysis_blocks, opening_sentences

    if most is None:
        return analysis_page(analysis, opening_sentences(analysis), headed=headed)
    head = analysis_head(analysis) if headed else ""
    return analysis_blocks(analysis, limit=most, head=head)


def _states(analysis: Analysis, state: int | None, limit: int | None) -> Sequence[int] | None:
    if state is not None:
        return [state]
    return None if limit is None else range(1, min(limit, analysis.count) + 1)


def _counted(pieces: Iterator[str], analysis: Analysis, progress: Progress | None) -> Iterator[str]:
    """The same pieces, about one for each state, with word of how many have been passed on."""
    for number, piece in enumerate(pieces):
        if progress and number % 1024 == 0:
            progress(f"{number:,} states", min(1.0, number / analysis.count))
        yield piece


def _write_frame(
    analysis: Analysis, form: str, state: int | None, limit: int | None, output: Path | None
) -> None:
    states = _states(analysis, state, limit)
    if limit is not None and limit < analysis.count:
        click.echo(f"{analysis.count - limit:,} of {analysis.count:,} states left out.", err=True)
    if form == "csv" and to_standard_output(output):
        write_utf8([analysis.to_polars(states).write_csv()], None)
        return

    def write(stream: BinaryIO) -> None:
        if form == "excel-csv":
            from detente.report.render.spreadsheet import states_file

            stream.write(states_file(analysis, states))
            return
        frame = analysis.to_polars(states)
        if form == "csv":
            frame.write_csv(stream)
        elif form == "parquet":
            frame.write_parquet(stream)
        else:
            frame.write_ipc(stream)

    with working("Writing"):
        write_bytes(write, output)
