"""The section that says how to compute the report again."""

from __future__ import annotations

from detente.report.content import Judgement, Judgements, Prose, Section
from detente.report.material import Material
from detente.report.reproduction import digest_of, reproduction_facts

__all__ = ["reproduction"]


def reproduction(material: Material) -> Section:
    """The versions, the command and the digest of the file."""
    digest = digest_of(material.dispute.path)
    file = (("Case", material.case), ("SHA-256 of the file", digest or "(it is no file)"))
    return Section(
        id="reproduction",
        heading="To compute this again",
        blocks=(
            Prose(
                "The same file, the same command and the same versions give the same numbers. "
                "A file with another digest is another dispute."
            ),
            Judgements(
                (Judgement("What this report was made with", (*file, *reproduction_facts())),)
            ),
        ),
        method="What the installed program says of itself.",
        commands=(
            f"{material.report_command()} --output report.html",
            material.command("version", "--full", "CASE"),
        ),
    )
