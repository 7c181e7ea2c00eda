"""``detente envoy``: the least that has to be promised, by whom and in what order."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from detente.cli.arguments import case_argument, load_case, output_option, picture_option
from detente.cli.exit_codes import INTERRUPTED
from detente.cli.output import show, working, write_json, write_text

__all__ = ["command"]


@click.command(short_help="The fewest promises by which a plan holds, and whom to ask first.")
@case_argument
@click.option("--roadmap", metavar="ID", help="The roadmap that is to hold.")
@click.option("--to", metavar="FORMULA", help="Instead: what is to be reached and kept.")
@click.option("--by", metavar="PARTY", help="The party that mediates; one without a stake else.")
@click.option(
    "--budget",
    type=int,
    help="Find all sets of at most so many that no other beats; else the fewest, up to 3.",
)
@click.option("--concept", "-c", default="SEQ", show_default=True, metavar="NAME")
@click.option(
    "--foresight",
    default="roadmap",
    show_default=True,
    metavar="NAME",
    help="How far parties look: roadmap or myopic.",
)
@click.option("--max-stages", default=2, show_default=True, help="With --to: at most so many.")
@click.option("--grit", is_flag=True, help="Look for small, reversible steps besides.")
@click.option(
    "--exposure",
    default=0.25,
    show_default=True,
    help="With --grit: how far below the status quo any party may stand on the way.",
)
@click.option("--for-party", metavar="PARTY", help="Print only what can be shown to this party.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
@picture_option
def command(
    case: str,
    roadmap: str | None,
    to: str | None,
    by: str | None,
    budget: int | None,
    concept: str,
    foresight: str,
    max_stages: int,
    grit: bool,
    exposure: float,
    for_party: str | None,
    form: str,
    output: Path | None,
    picture: Path | None,
) -> None:
    """Find the fewest messages, promises and joint stages by which a plan holds, and their order.

    CASE is the name of a shipped case or the path of a dispute file. What else is given depends
    on the question: --roadmap, or --to with an outcome or a formula. docs/concepts/envoy.md has
    the definitions.
    """
    from detente.dispute.names import party_number
    from detente.mediation.envoy import envoy
    from detente.report.envoy import envoy_document, envoy_tables, party_text

    dispute = load_case(case)
    if for_party is not None and (picture is not None or form == "json"):
        raise click.UsageError(
            "--for-party prints a text alone: pictures and documents show more than one party "
            "may see"
        )
    party = None if for_party is None else party_number(dispute, for_party)
    with working("Looking for promises", share=False) as progress:
        found = envoy(
            dispute,
            roadmap=roadmap,
            to=to,
            by=by,
            budget=budget,
            concept=concept,
            foresight=foresight,
            max_stages=max_stages,
            grit=grit,
            exposure=exposure,
            progress=progress,
        )
    if picture is not None:
        from detente.report.plots.envoy import shuttle_map
        from detente.report.plots.picture import write_picture

        write_picture(shuttle_map(found), picture)
    if party is not None:
        write_text([party_text(found, party)], output)
    elif form == "json":
        write_json(envoy_document(found), output)
    else:
        show(envoy_tables(found), output)
    if found.interrupted:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
