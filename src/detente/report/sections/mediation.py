"""What an envoy could bring home for each roadmap that breaks."""

from __future__ import annotations

from detente.mediation.envoy import envoy_of_model
from detente.report.content import Block, Illustration, Prose, Section, Subheading
from detente.report.envoy import envoy_blocks
from detente.report.material import Material
from detente.report.plots.envoy import shuttle_map

__all__ = ["mediation"]

# A report does not wait for larger sets; the command looks for them.
_MOST_INSTRUMENTS = 1


def mediation(material: Material) -> Section | None:
    """For each roadmap that breaks, the one promise by which it would hold, if one will do."""
    broken = [check for check in material.roadmap_checks if check.stages and not check.holds]
    if not broken:
        return None
    blocks: list[Block] = [
        Prose(
            "A mediator carries messages, promises, offers and joint stages. Here is told where "
            "one of them will do; the command looks for more."
        )
    ]
    for check in broken:
        found = envoy_of_model(
            check.model,
            check.plan,
            budget=_MOST_INSTRUMENTS,
            concept=check.concept,
            foresight=check.foresight,
            responses=check.responses,
        )
        blocks.append(Subheading(check.plan.name))
        first, *rest = envoy_blocks(found)
        blocks.append(first)
        if found.least is not None:
            blocks.append(Illustration(f"shuttle-{len(blocks)}", shuttle_map(found)))
        blocks += rest
    return Section(
        "mediation",
        "The envoy",
        tuple(blocks),
        method="docs/concepts/envoy.md defines instruments, costs and the order of visits.",
        commands=tuple(
            material.command("envoy", "CASE", "--roadmap", check.plan.id) for check in broken
        ),
    )
