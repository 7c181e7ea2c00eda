"""The brief, which a report begins with; all other sections are its annexes."""

from __future__ import annotations

from detente.report.brief import brief_blocks
from detente.report.content import Section
from detente.report.language import say
from detente.report.material import Material

__all__ = ["BRIEF", "brief"]

BRIEF = "brief"
"""The anchor of the section."""


def brief(material: Material) -> Section | None:
    """One page of what to expect; none where the dispute has no status quo or nothing to follow."""
    found = material.brief
    if found is None:
        return None
    # A section has a heading for its title, and its commands stand below it.
    _, *blocks, _ = brief_blocks(found)
    heading = say("Brief")
    if found.party is not None:
        heading = say("Brief for {party}", party=found.for_whom)
    method = say("docs/concepts/brief.md has the definitions. The annexes show what it rests on.")
    return Section(
        BRIEF,
        heading,
        tuple(blocks),
        method=method,
        commands=(material.command("brief", "CASE", *material.brief_words()),),
    )
