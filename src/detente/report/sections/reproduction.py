"""The section that says how to compute the report again."""

from __future__ import annotations

from detente.report.content import Judgement, Judgements, Prose, Section
from detente.report.language import say
from detente.report.material import Material
from detente.report.reproduction import digest_of, reproduction_facts

__all__ = ["reproduction"]


def reproduction(material: Material) -> Section:
    """The versions, the command and the digest of the file."""
    digest = digest_of(material.dispute.path)
    file = (
        (say("Case"), material.case),
        (say("SHA-256 of the file"), digest or say("(it is no file)")),
    )
    return Section(
        id="reproduction",
        heading=say("To compute this again"),
        blocks=(
            Prose(
                say(
                    "The same file, the same command and the same versions give the same numbers. "
                    "A file with another digest is another dispute."
                )
            ),
            Judgements(
                (Judgement(say("What this report was made with"), (*file, *reproduction_facts())),)
            ),
        ),
        method=say(
            "What the installed program says of itself. docs/design/how-numbers-are-tested.md says "
            "how each kind of number was tested."
        ),
        commands=(
            f"{material.report_command()} --output report.html",
            material.command("version", "--full", "CASE"),
        ),
    )
