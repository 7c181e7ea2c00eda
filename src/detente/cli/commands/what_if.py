"""``detente what-if``: what would be answered otherwise if something were otherwise?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.arguments import (
    OutputFile,
    ignore_option,
    ignored_keys,
    noted_case,
    output_option,
    unread_told,
)
from detente.cli.output import (
    working,
    wrapped,
    write_bytes,
    write_json,
    write_text,
)

if TYPE_CHECKING:
    from detente.changes.edits import Edit

__all__ = ["command"]


class _MoveInTwoWords(click.Command):
    """Takes ``--move PARTY.N PLACE`` as it takes ``--move PARTY.N --to PLACE``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words: list[str] = []
        for place, word in enumerate(args):
            words.append(word)
            named = place > 0 and args[place - 1] == "--move"
            if named and place + 1 < len(args) and args[place + 1].isdigit():
                words.append("--to")
        return super().parse_args(ctx, words)


@click.command(cls=_MoveInTwoWords, short_help="Change something, and see which answers change.")
@ignore_option
@click.argument("case", metavar="CASE", callback=noted_case)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Set a value, such as status_quo.a.dam=yes or outcomes.war.when='us.strike'.",
)
@click.option("--drop", "dropped", multiple=True, metavar="PARTY.N", help="Drop a preference.")
@click.option("--flip", "flipped", multiple=True, metavar="PARTY.N", help="Reverse a preference.")
@click.option(
    "--move", "moved", multiple=True, metavar="PARTY.N", help="Move a preference; --to says where."
)
@click.option(
    "--to",
    "places",
    multiple=True,
    metavar="PLACE",
    help="The place to which --move moves, 1 the most important: one for each --move, in order.",
)
@click.option(
    "--confidence",
    "confident",
    multiple=True,
    metavar="PARTY.N=SHARE",
    help="Set how surely a preference is held.",
)
@click.option(
    "--irreversible",
    "directions",
    multiple=True,
    metavar="OPTION=no|up|down",
    help="The only direction in which an option can change.",
)
@click.option(
    "--save", type=OutputFile(), metavar="FILE", help="Write the variant to this file, too."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@output_option
def command(
    case: str,
    settings: Sequence[str],
    dropped: Sequence[str],
    flipped: Sequence[str],
    moved: Sequence[str],
    places: Sequence[str],
    confident: Sequence[str],
    directions: Sequence[str],
    save: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """Change something in a dispute, and show only the answers that change.

    CASE is the name of a shipped case or the path of a dispute file, which stays as it is. Each
    option may be repeated. Preferences keep the numbers that they have in the file.
    """
    from detente.analyses.doubts import doubts_of_versions
    from detente.changes.canonical import canonical, plain_document
    from detente.changes.edits import Edit, edited_canonical
    from detente.changes.variant_text import variant_text
    from detente.changes.versions import Version, read_version
    from detente.evidence.attribution import compare_versions
    from detente.files.dispute_file import build_dispute
    from detente.files.yaml_text import written
    from detente.report.versions import comparison_document

    edits = [
        *(Edit("set", *_halves(one, "--set PATH=VALUE")) for one in settings),
        *(Edit("irreversible", *_halves(one, "--irreversible OPTION=no")) for one in directions),
        *(Edit("confidence", *_halves(one, "--confidence PARTY.N=0.3")) for one in confident),
        *(Edit("flip", one) for one in flipped),
        *_moves(moved, places),
        *(Edit("drop", one) for one in dropped),
    ]
    if not edits:
        raise click.UsageError("say what to change: --set, --drop, --flip, --move, ...")
    with unread_told():
        older = read_version(case, ignore=ignored_keys())
    before = canonical(older.document)
    after = edited_canonical(before, edits)
    document = plain_document(after)
    newer = Version("the variant", build_dispute(document), document)
    with working("Answering") as progress:
        found = compare_versions(older, newer, switch=False, progress=progress)
    if save is not None:
        text = None if older.places is None else older.places.text
        content = written(document) if text is None else variant_text(text, before, after)
        write_bytes(lambda stream: stream.writelines([content.encode()]), save)
    if form == "json":
        write_json(comparison_document(found), output)
        return

    def lines() -> Iterator[str]:
        from detente.report.versions import answer_lines

        yield "If " + "; ".join(one.words for one in found.differences) + ":"
        if not found.differences:
            yield "nothing would change: the dispute says so already."
        elif not found.answers:
            yield "no answer of the model would change."
        else:
            yield from answer_lines(found.answers, 60)
        yield from doubts_of_versions(newer.dispute)

    write_text((wrapped(line, 80) + "\n" for line in lines()), output)


def _moves(moved: Sequence[str], places: Sequence[str]) -> Iterator[Edit]:
    """Each --move with its --to, the first with the first and so on."""
    from detente.changes.edits import Edit

    if len(moved) != len(places):
        raise click.UsageError(
            f"each --move PARTY.N has a --to PLACE; there are {len(moved)} and {len(places)}"
        )
    return (Edit("move", one, place) for one, place in zip(moved, places, strict=True))


def _halves(text: str, wanted: str) -> tuple[str, str]:
    target, equals, value = text.partition("=")
    if not (equals and target):
        raise click.UsageError(f"expected {wanted}; found {text!r}")
    return target.strip(), value.strip()
