"""``detente robust``: what survives when preferences are uncertain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.arguments import (
    PictureFile,
    case_argument,
    concepts_option,
    limit_option,
    load_case,
    named_concepts,
    output_option,
    packages_option,
    seed_option,
)
from detente.cli.exit_codes import INTERRUPTED
from detente.cli.output import (
    show_blocks,
    working,
    write_json,
)
from detente.cli.table_files import TABLE_FORMS, format_option, write_tables
from detente.stability.concept_registry import usual_concepts

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.robustness.run.sweep import Robustness

__all__ = ["command"]

_SHARE = click.FloatRange(0, 1)
# A million chunks of draws, each of which is listed before work begins.
_MOST_DRAWS = 10**9


@click.command(short_help="Find what remains true if preferences are uncertain.")
@case_argument
@click.option(
    "--draws",
    "-n",
    type=click.IntRange(1, _MOST_DRAWS),
    default=1000,
    show_default=True,
    metavar="N",
    help="How many draws.",
)
@seed_option()
@concepts_option(f"Such as Nash,SEQ. By default: {', '.join(usual_concepts())}.")
@packages_option("; draws are then analysed one by one")
@click.option(
    "--confidence",
    type=_SHARE,
    default=0.8,
    show_default=True,
    help="How likely it is that a statement holds if the file gives it no confidence.",
)
@click.option(
    "--otherwise",
    type=click.Choice(["dropped", "reversed"]),
    default="dropped",
    show_default=True,
    help="What happens to a statement that is not held.",
)
@click.option(
    "--swap",
    type=_SHARE,
    default=0.1,
    show_default=True,
    help="How likely it is that two neighbours in a party's order change places.",
)
@click.option(
    "--weights",
    type=_SHARE,
    default=0.1,
    show_default=True,
    help="By what share of itself a weight may change.",
)
@click.option(
    "--unknown",
    multiple=True,
    metavar="PARTY.N",
    help="Take a party's statement N, from 1, as held and as reversed in turn. May be repeated.",
)
@click.option(
    "--states",
    metavar="STATES",
    help="Follow these states too: their numbers or names, divided by commas, such as "
    "'12, status_quo + {party.option: yes}'.",
)
@click.option(
    "--check-draws",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    metavar="N",
    help="In how many of the draws to look at claims, roadmaps and play from the status quo too.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Keep draws in this folder as they are analysed, and what is found of claims and "
    "roadmaps; a run that was cut off goes on from there.",
)
@click.option(
    "--scheduler",
    metavar="WHERE",
    help="threads, local (processes), or a Dask scheduler, tcp://host:port or tls://host:port, "
    "which is trusted: it and its workers can run code on this machine. By default: threads.",
)
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Threads or local processes.")
@format_option("table", "json")
@output_option
@click.option(
    "--picture",
    type=PictureFile(),
    metavar="FILE",
    help="Draw what drives a finding, as a tornado.",
)
@click.option(
    "--finding",
    metavar="ID",
    help="The finding of --picture, such as settlement:SEQ or 12:Nash. "
    "By default: the one whose share is nearest to a half.",
)
@click.option("--heat-map", type=PictureFile(), metavar="FILE", help="Draw all shares by concept.")
@limit_option("Show at most this many drivers of each finding.", 3)
def command(
    case: str,
    draws: int,
    seed: int,
    concepts: tuple[str, ...],
    packages: bool,
    confidence: float,
    otherwise: str,
    swap: float,
    weights: float,
    unknown: tuple[str, ...],
    states: str | None,
    check_draws: int,
    keep: Path | None,
    scheduler: str | None,
    workers: int | None,
    form: str,
    output: Path | None,
    picture: Path | None,
    finding: str | None,
    heat_map: Path | None,
    limit: int,
) -> None:
    """Find what remains true if preferences are drawn around those stated.

    CASE is the name of a shipped case or the path of a dispute file. For each outcome, and for
    the states that matter, it shows the share of the draws in which it holds, and the statement
    that moves this share most. See docs/concepts/robustness.md.
    """
    if finding is not None and picture is None:
        raise click.UsageError("--finding says what --picture shows: name a picture")

    from detente.analyses.registry import analysis_named
    from detente.analyses.running import check_engine
    from detente.report.robustness import robustness_blocks, robustness_document
    from detente.robustness.draws import Uncertainty, statement_named
    from detente.robustness.run.sweep import analyse_robustness
    from detente.space.named_states import listed_states

    names = named_concepts(concepts)
    around = Uncertainty(
        confidence=confidence,
        otherwise="reversed" if otherwise == "reversed" else "dropped",
        swap=swap,
        weights=weights,
        unknown=tuple(statement_named(one) for one in unknown),
    )
    dispute = load_case(case)
    check_engine(analysis_named("robust"), dispute)
    if finding is not None:
        _check_finding(dispute, finding)
    with working("Drawing preferences") as progress:
        result = analyse_robustness(
            dispute,
            draws,
            seed=seed,
            concepts=names or None,
            packages=packages,
            uncertainty=around,
            states=listed_states(states or ""),
            check_draws=check_draws,
            keep=keep,
            scheduler=scheduler,
            workers=workers,
            progress=progress,
        )
    if form in TABLE_FORMS:
        write_tables(robustness_blocks(result, limit=limit), form, output)
    elif form == "json":
        write_json(robustness_document(result), output)
    else:
        show_blocks(robustness_blocks(result, limit=limit), output)
    _draw(result, picture, finding, heat_map)
    checked = result.checked
    if result.draws < result.wanted or (checked and checked.draws < checked.wanted):
        raise click.exceptions.Exit(INTERRUPTED)


def _check_finding(dispute: Dispute, finding: str) -> None:
    """Refuse what cannot be a finding; which states are followed is known only later."""
    from detente.dispute.names import unknown_name

    subject, _, concept = finding.rpartition(":")
    outcomes = [outcome.id for outcome in dispute.outcomes]
    if concept and (subject in outcomes or (subject.isascii() and subject.isdigit())):
        return
    raise unknown_name("finding", finding, [f"{one}:{concept or 'SEQ'}" for one in outcomes])


def _draw(
    result: Robustness, picture: Path | None, finding: str | None, heat_map: Path | None
) -> None:
    if picture is None and heat_map is None:
        return
    from detente.dispute.errors import DisputeError
    from detente.dispute.names import unknown_name
    from detente.report.plots.picture import write_picture
    from detente.report.plots.robustness import heat_map_picture, tornado_picture

    if picture is not None:
        places = {one.id: place for place, one in enumerate(result.findings)}
        if finding is not None and finding not in places:
            subject = finding.partition(":")[0]
            if subject.isdigit() and int(subject) not in result.plan.states:
                raise DisputeError(
                    f"state {subject} was not followed draw by draw, so there is no picture of it; "
                    f"--states {subject} follows it"
                )
            raise unknown_name("finding", finding, places)
        if not places:
            raise click.UsageError("there is no finding to draw")
        nearest = min(places.values(), key=lambda place: abs(result.share(place).value - 0.5))
        place = nearest if finding is None else places[finding]
        write_picture(tornado_picture(result, place), picture)
    if heat_map is not None:
        write_picture(heat_map_picture(result), heat_map)
