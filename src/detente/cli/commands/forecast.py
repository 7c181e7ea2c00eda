"""``detente forecast``: what comes next, when, and how likely."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import (
    PictureFile,
    case_argument,
    limit_option,
    load_case,
    output_option,
    packages_option,
    seed_option,
)
from detente.cli.exit_codes import INTERRUPTED
from detente.cli.output import show_blocks, working, write_json
from detente.cli.table_files import TABLE_FORMS, format_option, write_tables
from detente.stability.concept_registry import foresights

__all__ = ["command"]


@click.command(short_help="Find what comes next, when, and how likely.")
@case_argument
@click.option(
    "--steps",
    type=int,
    default=12,
    show_default=True,
    metavar="N",
    help="How many steps to look ahead; in each, one mover gets to move.",
)
@click.option(
    "--odds",
    default="2:20",
    show_default=True,
    metavar="ODDS",
    help="How many times as likely a party is to make a move that improves its worth by a tenth of "
    "its range as it is to stay: one number from 1 on, a range, or inf.",
)
@click.option(
    "--foresight",
    type=click.Choice(foresights(), case_sensitive=False),
    metavar=f"[{'|'.join(foresights())}]",
    default="SEQ",
    show_default=True,
    help="The responses of others that a mover expects.",
)
@click.option(
    "--worth",
    type=click.Choice(["rank", "share", "weights"]),
    default="rank",
    show_default=True,
    help="What a rank is worth. This is an assumption: ranks are not intensities.",
)
@packages_option(" together, made where all accept")
@click.option(
    "--draws",
    "-n",
    type=click.IntRange(0),
    default=200,
    show_default=True,
    metavar="N",
    help="How many draws of preferences around those stated, and of odds; 0 takes preferences as "
    "stated.",
)
@seed_option()
@click.option(
    "--order",
    type=click.Choice(["drawn", "any"]),
    default="drawn",
    show_default=True,
    help="any: also show bounds over all orders in which movers may get to move.",
)
@click.option(
    "--to", metavar="FORMULA", help="Follow the states in which this holds instead of outcomes."
)
@click.option(
    "--tempo",
    "tempo",
    multiple=True,
    metavar="ID=N",
    help="How often a party or a package gets to move, in proportion; 1 by default.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Keep draws in this folder as they end; an interrupted run goes on from there.",
)
@click.option(
    "--scheduler",
    metavar="WHERE",
    help="threads, local (processes), or a Dask scheduler, tcp://host:port or tls://host:port, "
    "which is trusted: it and its workers can run code on this machine.",
)
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Threads or local processes.")
@format_option("table", "json")
@output_option
@click.option(
    "--picture", type=PictureFile(), metavar="FILE", help="Draw each outcome over the steps."
)
@click.option(
    "--stream", type=PictureFile(), metavar="FILE", help="Draw outcomes that exclude one another."
)
@click.option(
    "--curve", type=PictureFile(), metavar="FILE", help="Draw how outcomes depend on the odds."
)
@limit_option("Show at most this many next moves, and drivers of each outcome.", 6)
def command(
    case: str,
    steps: int,
    odds: str,
    foresight: str,
    worth: str,
    packages: bool,
    draws: int,
    seed: int,
    order: str,
    to: str | None,
    tempo: tuple[str, ...],
    keep: Path | None,
    scheduler: str | None,
    workers: int | None,
    form: str,
    output: Path | None,
    picture: Path | None,
    stream: Path | None,
    curve: Path | None,
    limit: int,
) -> None:
    """Find how likely each outcome is, step by step, and what that depends on.

    CASE is the name of a shipped case or the path of a dispute file with a status quo. In each
    step one party gets to move. It stays or makes one of its moves. A move that is worth more to
    it is more likely. See docs/concepts/forecast.md.
    """
    from detente.analyses.registry import analysis_named
    from detente.analyses.running import check_engine
    from detente.forecast.analysis import forecast
    from detente.report.forecast import forecast_blocks, forecast_document
    from detente.report.plots import forecast as plots
    from detente.report.plots.picture import write_picture

    drawn = [
        (plots.fan_picture, picture),
        (plots.stream_picture, stream),
        (plots.odds_picture, curve),
    ]
    dispute = load_case(case)
    check_engine(analysis_named("forecast"), dispute)
    with working("Carrying play forward") as progress:
        result = forecast(
            dispute,
            steps,
            odds=odds,
            foresight=foresight,
            worth=worth,  # type: ignore[arg-type]
            packages=packages,
            draws=draws,
            seed=seed,
            order=order,  # type: ignore[arg-type]
            to=to,
            tempo=dict(_tempo(one) for one in tempo),
            keep=keep,
            scheduler=scheduler,
            workers=workers,
            progress=progress,
        )
    if form in TABLE_FORMS:
        write_tables(forecast_blocks(result, limit=limit), form, output)
    elif form == "json":
        write_json(forecast_document(result), output)
    else:
        show_blocks(forecast_blocks(result, limit=limit), output)
    for draw, path in drawn:
        if path is not None:
            write_picture(draw(result), path)
    if result.draws < result.wanted:
        raise click.exceptions.Exit(INTERRUPTED)


def _tempo(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not ID=N, such as us=2", param_hint="--tempo"
        ) from None
