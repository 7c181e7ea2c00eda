"""For whom the status quo is stable, and why."""

from __future__ import annotations

from detente.report.content import MARK, Block, Bullets, Group, Prose, Section, Table
from detente.report.explanations import explanation_lines, more_moves
from detente.report.language import say
from detente.report.material import Material
from detente.stability.explain import explain

__all__ = ["status_quo"]

# Improvements that are told for a party; the command tells all.
_TOLD = 1


def status_quo(material: Material) -> Section | None:
    """Stability of the status quo by party and concept, with the reasons under one concept."""
    analysis, dispute = material.analysis, material.dispute
    state = analysis.status_quo
    if state is None:
        return None
    stable = {name: analysis.stable_parties(name, state) for name in analysis.concepts}
    rows = []
    for party in dispute.parties:
        ranks = analysis.ranks(party.id)
        marks = [MARK if party.id in stable[name] else "" for name in analysis.concepts]
        rank = say("{rank} of {highest}", rank=ranks[state - 1], highest=ranks.max())
        rows.append((party.name, rank, *marks))
    everyone = len(dispute.parties)
    marks = [MARK if len(stable[name]) == everyone else "" for name in analysis.concepts]
    blocks: list[Block] = [
        Table(
            say(
                "For whom the status quo, state {state}, is stable ({mark}), and its rank",
                state=state,
                mark=MARK,
            ),
            (say("Party"), say("Rank"), *analysis.concepts),
            (Group(tuple(rows)), Group(((say("All: an equilibrium"), "", *marks),))),
        ),
        Prose(say("Why, under {concept}, party by party:", concept=material.concept)),
        Bullets(tuple(_reason(material, number) for number in range(everyone))),
    ]
    return Section(
        "status-quo",
        say("The status quo"),
        tuple(blocks),
        method=say(
            "Ranks run from 1 (worst) upwards. For each party this shows one improvement that "
            "nothing deters. If there is none, it shows one improvement with a shortest "
            "sanction. There may be others."
        ),
        commands=(
            material.stability_command("analyse", "CASE", "--state", "status_quo"),
            *(
                material.stability_command(
                    "explain", "CASE", "--party", party.id, "--concept", material.concept
                )
                for party in dispute.parties
            ),
        ),
    )


def _reason(material: Material, party: int) -> str:
    model = material.analysis.model
    assert model.status_quo is not None
    explanation = explain(
        model,
        material.concept,
        party,
        model.status_quo,
        limit=_TOLD,
        packages=material.analysis.packages,
    )
    # The lines of the command, as one paragraph; its last line counts what is left out.
    lines = [line.strip(" -") for line in explanation_lines(model, explanation) if line.strip()]
    left_out = explanation.improvement_count - len(explanation.improvements)
    if left_out:
        lines[-1] = say("Not told here: {moves}.", moves=more_moves(left_out))
    return " ".join(lines)
