"""``detente report``: the whole analysis as one page, to be read rather than typed for."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from detente.cli.arguments import (
    InputFile,
    asked_of_case,
    case_argument,
    limit_option,
    listed,
    load_case,
    output_option,
    packages_option,
    source_option,
    source_paths,
)
from detente.cli.completion import completion_of
from detente.cli.output import STANDARD_OUTPUT, working, write_bytes
from detente.dispute.visible_text import visible
from detente.report.language import LANGUAGES
from detente.stability.concept_registry import serving, usual_concepts

__all__ = ["command"]


@click.command(short_help="Write a report: a page, Markdown or a document.")
@case_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "md", "docx"]),
    help="By default the ending of the output file's name decides.",
)
@click.option(
    "--concepts",
    "-c",
    default=",".join(usual_concepts()),
    show_default=True,
    metavar="NAMES",
    shell_complete=completion_of("concepts"),
    help="Solution concepts to analyse.",
)
@click.option(
    "--concept",
    default="SEQ",
    show_default=True,
    metavar="NAME",
    shell_complete=completion_of("concept"),
    help="The concept of the summary, the graph and the reasons.",
)
@packages_option(f"; for {serving('packages')}")
@source_option("to show each passage beside what rests on it; it becomes part of the report")
@click.option(
    "--origins",
    is_flag=True,
    help="Find out whether one statement alone gives the answer to a claim. This takes longer.",
)
@click.option(
    "--robustness",
    "robustness_file",
    type=InputFile(),
    metavar="FILE",
    help="Show what `detente robust CASE --format json --output FILE` found.",
)
@click.option(
    "--for",
    "party",
    metavar="PARTY",
    shell_complete=completion_of("party"),
    help="The party for which the brief is written, by its id or name.",
)
@click.option(
    "--about",
    metavar="OUTCOME",
    shell_complete=completion_of("outcome"),
    help="The outcome that the brief looks at, by its id.",
)
@click.option(
    "--draws",
    "-n",
    type=click.IntRange(0, 1_000_000),
    help="How many draws the brief takes; by default as many as `detente brief`.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the report; what the file says stays as it is written.",
)
@click.option("--author", metavar="NAME", help="Who is responsible for it; by default nobody.")
@limit_option("Show at most this many states beside each other.", 12)
@output_option
def command(
    case: str,
    form: str | None,
    concepts: str,
    concept: str,
    packages: bool,
    sources: tuple[str, ...],
    origins: bool,
    robustness_file: Path | None,
    party: str | None,
    about: str | None,
    draws: int | None,
    language: str,
    author: str | None,
    limit: int,
    output: Path | None,
) -> None:
    """Write a report on a dispute, as a page, as Markdown or as a document.

    It begins with the brief. Its annexes show what can hold and why, the graph, plans and claims.
    They also show which passage each judgement rests on, and how each number was computed.

    CASE is the name of a shipped case or the path of a dispute file. A page (html) is one file
    that needs no network. Pictures of Markdown go into a folder beside it.
    """
    if output is None:
        raise click.UsageError("name the file: --output report.html, report.md or report.docx")

    from detente.dispute.result import whole
    from detente.report.robustness_file import read_robustness
    from detente.report.write import (
        make_report,
        report_beside,
        report_bytes,
        report_format,
        sections_beside,
    )
    from detente.space.cube import KERNELS
    from detente.space.kept_kernels import compiled_once
    from detente.space.representation import positions_in_cube
    from detente.stability.analysis import analyse
    from detente.stability.concept_registry import concept_names

    form = report_format(None if output == STANDARD_OUTPUT else output, form)
    names = concept_names([*listed(concepts), concept])
    paths = source_paths(sources)
    with sections_beside(form) as beside:
        dispute = load_case(case)
        compiled_once(KERNELS, positions_in_cube(dispute))
        if beside is not None:
            beside.begin_brief(dispute, party, about, draws)
        drawn = None if robustness_file is None else read_robustness(robustness_file, dispute)
        with working("Reporting") as progress:
            analysis = whole(analyse(dispute, names, packages=packages, progress=progress))
            report = make_report(
                analysis,
                concept=concept,
                case=case,
                texts=paths,
                limit=limit,
                origins=origins,
                robustness=drawn,
                party=party,
                about=about,
                draws=draws,
                language=language,
                author=author,
                asked=[
                    *asked_of_case(),
                    *(f"--source={source}" for source in sources),
                    *([] if robustness_file is None else [f"--robustness={robustness_file}"]),
                ],
                beside=beside,
                progress=progress,
            )
    with ExitStack() as stack:
        content = (
            report_bytes(report, form)
            if output == STANDARD_OUTPUT
            else stack.enter_context(report_beside(report, form, output))
        )
        write_bytes(lambda stream: stream.writelines([content]), output)
    told = f"{output}: {len(report.sections)} sections, {len(content) / 1000:,.0f} kB"
    click.echo(visible(told), err=True)
