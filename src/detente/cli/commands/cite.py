"""``detente cite``: the paragraph and sentence in which a phrase stands."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import case_option, load_case
from detente.cli.output import write_json, write_text

__all__ = ["command"]


@click.command(short_help="Show the paragraph and sentence of a phrase.")
@click.argument("source", metavar="SOURCE")
@click.argument("phrase", metavar="PHRASE")
@case_option("--case", "The dispute file that SOURCE is a source of; SOURCE is then its id.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def command(source: str, phrase: str, case: str | None, form: str) -> None:
    """Print the place of PHRASE in SOURCE, as a dispute file cites it.

    SOURCE is a text, web page, PDF or Word document. White space and the shapes of quotation
    marks and dashes do not count. If several sentences have the phrase, each is printed.
    """
    from detente.evidence.reading.documents import read_document
    from detente.evidence.reading.sentences import located
    from detente.evidence.sources import sentence

    text = _text_of(source, case) if case is not None else read_document(Path(source)).text
    places = located(text, phrase)
    if form == "json":
        found = [
            {
                "at": {"paragraph": at.paragraph, "sentence": at.sentence},
                "text": sentence(text, at),
            }
            for at in places
        ]
        write_json({"source": source, "phrase": phrase, "found": found}, None)
        return
    lines = []
    for at in places:
        lines.append(f"at: {{paragraph: {at.paragraph}, sentence: {at.sentence}}}\n")
        lines.append(f"  {sentence(text, at)}\n")
    write_text(lines, None)


def _text_of(source: str, case: str) -> str:
    from detente.dispute.errors import DisputeError, nearest
    from detente.evidence.sources import texts_at_hand

    dispute = load_case(case)
    texts = texts_at_hand(dispute, {})
    if source in texts:
        return texts[source].text
    known = [one.id for one in dispute.sources]
    if source in known:
        raise DisputeError(
            f"the text of {source!r} is not at hand: the dispute file names no path",
            path=dispute.path,
        )
    raise DisputeError(
        f"there is no source {source!r}",
        path=dispute.path,
        allowed=known,
        nearest=nearest(source, known),
    )
