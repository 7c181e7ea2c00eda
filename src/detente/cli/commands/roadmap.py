"""``detente roadmap``: check staged plans, find, repair and simulate them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from detente.cli.arguments import (
    case_argument,
    limit_option,
    listed,
    load_case,
    output_option,
    picture_option,
)
from detente.cli.exit_codes import INTERRUPTED
from detente.cli.output import show, symbol, working, write_json

__all__ = ["command"]

_KINDS = "order, joint, left_out, stage, part, commitment, pledge and preferences"

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group(short_help="Check staged plans, find, repair and simulate them.")
def command() -> None:
    """Check staged plans, find, repair and simulate them.

    A roadmap is a list of stages from the status quo; see docs/concepts/roadmaps.md.
    """


def _shared(function: _Command) -> _Command:
    """The options that all roadmap commands take."""
    for decorate in reversed(
        (
            click.option(
                "--concept",
                "-c",
                default="SEQ",
                show_default=True,
                metavar="NAME",
                help="Under which stages are to hold: Nash, GMR, SMR, SEQ or SSEQ.",
            ),
            click.option(
                "--foresight",
                type=click.Choice(["myopic", "roadmap"]),
                default="roadmap",
                show_default=True,
                help="What parties look to as they take part and stay: each stage, or the end.",
            ),
            click.option("--format", "form", type=click.Choice(["table", "json"]), default="table"),
            output_option,
        )
    ):
        function = decorate(function)
    return function


@command.command("check", short_help="Check a roadmap, stage by stage.")
@case_argument
@click.argument("roadmap", metavar="ROADMAP")
@_shared
@picture_option
def check_command(
    case: str,
    roadmap: str,
    concept: str,
    foresight: str,
    form: str,
    output: Path | None,
    picture: Path | None,
) -> None:
    """Check a roadmap of CASE, stage by stage: is it possible, willing, holding; who is exposed?

    CASE is the name of a shipped case or the path of a dispute file; ROADMAP is a roadmap's id
    there.
    """
    from detente.report.roadmaps import roadmap_document, roadmap_tables
    from detente.report.tables import MARK
    from detente.roadmap.check.verdicts import check_roadmap

    checked = check_roadmap(load_case(case), roadmap, concept=concept, foresight=foresight)
    if picture is not None:
        from detente.report.plots.picture import write_picture
        from detente.report.plots.roadmap import roadmap_picture

        write_picture(roadmap_picture(checked), picture)
    if form == "json":
        write_json(roadmap_document(checked), output)
    else:
        show(roadmap_tables(checked, mark=symbol(MARK, "x", output)), output)


@command.command("find", short_help="Find plans to an outcome, or why none holds.")
@case_argument
@click.option(
    "--to", required=True, metavar="GOAL", help="Where plans end: an outcome's id or a formula."
)
@_shared
@click.option(
    "--allow-packages",
    type=click.Choice(["declared", "any"]),
    default="declared",
    show_default=True,
    help="Use the file's packages only, or propose any joint move too.",
)
@click.option(
    "--max-parties",
    type=click.IntRange(min=2),
    default=3,
    show_default=True,
    metavar="N",
    help="How many parties a proposed package may have.",
)
@click.option("--max-stages", type=click.IntRange(min=1), default=8, show_default=True, metavar="N")
@click.option("--max-broken", type=click.IntRange(min=0), default=2, show_default=True, metavar="N")
def find_command(
    case: str,
    to: str,
    concept: str,
    foresight: str,
    form: str,
    output: Path | None,
    allow_packages: str,
    max_parties: int,
    max_stages: int,
    max_broken: int,
) -> None:
    """Find plans from the status quo of CASE to an outcome.

    The plans are those that no other beats in broken stages, greatest exposure and number of
    stages. Where none holds, it says which states every plan has to leave and who would not.
    Ctrl-C ends the search and shows what was found, which may not be the best.

    CASE is the name of a shipped case or the path of a dispute file.
    """
    from detente.report.roadmap_searches import search_document, search_tables
    from detente.report.tables import MARK
    from detente.roadmap.search.synthesis import find_roadmaps

    dispute = load_case(case)
    with working("Searching") as progress:
        found = find_roadmaps(
            dispute,
            to,
            concept=concept,
            foresight=foresight,
            most_stages=max_stages,
            most_broken=max_broken,
            propose=max_parties if allow_packages == "any" else 0,
            progress=progress,
        )
    if form == "json":
        write_json(search_document(found), output)
    else:
        show(search_tables(found, mark=symbol(MARK, "x", output)), output)
    if found.interrupted:
        raise click.exceptions.Exit(INTERRUPTED)


@command.command("repair", short_help="Find the smallest changes that make a roadmap hold.")
@case_argument
@click.argument("roadmap", metavar="ROADMAP")
@_shared
@click.option("--kinds", metavar="KINDS", help=f"Only these kinds of change, of {_KINDS}.")
@click.option(
    "--max",
    "most",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    metavar="N",
    help="Look for at most so many changes of preferences.",
)
@limit_option("List at most so many changes of each kind.", 3)
def repair_command(
    case: str,
    roadmap: str,
    concept: str,
    foresight: str,
    form: str,
    output: Path | None,
    kinds: str | None,
    most: int,
    limit: int,
) -> None:
    """Find the smallest changes that make a roadmap of CASE hold, if it does not.

    Changes of the plan: its stages in another order, joint stages, stages left out, one stage
    more, more that a stage sets. Beside the plan: commitments, and pledged answers to a breach.
    Or the fewest preferences that would have to differ. Each is verified by a new check. Ctrl-C
    ends the search and shows what was found. docs/concepts/roadmaps.md has the definitions.

    CASE is the name of a shipped case or the path of a dispute file; ROADMAP is a roadmap's id
    there.
    """
    from detente.report.roadmap_repairs import repair_document, repair_tables
    from detente.roadmap.repair.repairs import REPAIR_KINDS, repair_roadmap

    dispute = load_case(case)
    with working("Repairing", share=False) as progress:
        found = repair_roadmap(
            dispute,
            roadmap,
            concept=concept,
            foresight=foresight,
            kinds=REPAIR_KINDS if kinds is None else tuple(listed(kinds)),
            most_changes=most,
            limit=limit,
            progress=progress,
        )
    if form == "json":
        write_json(repair_document(found), output)
    else:
        show(repair_tables(found), output)
    if found.interrupted:
        raise click.exceptions.Exit(INTERRUPTED)


def _probability(name: str, default: float, what: str) -> Callable[[_Command], _Command]:
    """An option for something that the user assumes."""
    return click.option(
        f"--{name}",
        type=click.FloatRange(0, 1),
        default=default,
        show_default=True,
        metavar="P",
        help=what,
    )


@command.command("simulate", short_help="Simulate how a roadmap runs if parties renege.")
@case_argument
@click.argument("roadmap", metavar="ROADMAP")
@click.option(
    "--runs",
    "-n",
    type=click.IntRange(1, 1_000_000),
    default=10_000,
    show_default=True,
    metavar="N",
    help="Number of runs.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help="Seed of the random numbers.",
)
@_probability("renege", 0.5, "How likely a party that gains by reneging does so.")
@_probability("slip", 0.02, "How likely a party that gains nothing by it does not do its part.")
@_probability("answer", 0.5, "How likely a party answers in kind: it takes back what it gave last.")
@_probability(
    "resume",
    0.5,
    "How likely the plan is resumed after an answer that leaves nobody who reneged better off.",
)
@_shared
@picture_option
def simulate_command(
    case: str,
    roadmap: str,
    runs: int,
    seed: int,
    renege: float,
    slip: float,
    answer: float,
    resume: float,
    concept: str,
    foresight: str,
    form: str,
    output: Path | None,
    picture: Path | None,
) -> None:
    """Simulate runs of a roadmap of CASE in which parties follow, renege or answer in kind.

    Who gains by reneging follows from the preferences; how likely it is that a party does, that
    others answer, and that the plan is resumed, are your assumptions and estimated from nothing.
    With the same seed the result is the same. Definition 9 of docs/concepts/roadmaps.md.

    CASE is the name of a shipped case or the path of a dispute file; ROADMAP is a roadmap's id
    there.
    """
    from detente.report.compliance import simulation_document, simulation_tables
    from detente.roadmap.compliance.simulation import simulate_roadmap

    dispute = load_case(case)
    with working("Simulating", share=False):
        simulation = simulate_roadmap(
            dispute,
            roadmap,
            concept=concept,
            foresight=foresight,
            renege=renege,
            slip=slip,
            answer=answer,
            resume=resume,
            runs=runs,
            seed=seed,
        )
    if picture is not None:
        from detente.report.plots.compliance import compliance_picture
        from detente.report.plots.picture import write_picture

        write_picture(compliance_picture(simulation), picture)
    if form == "json":
        write_json(simulation_document(simulation), output)
    else:
        show(simulation_tables(simulation), output)
