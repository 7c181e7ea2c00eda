"""The dispute as a graph: its states and moves, and its named outcomes."""

from __future__ import annotations

from collections.abc import Sequence

from detente.report.content import Block, Group, Illustration, Prose, Section, Table
from detente.report.equilibria import IN_NO_OUTCOME
from detente.report.language import per_cent, say, whole_number
from detente.report.material import Material
from detente.report.plots.graph import (
    DRAWN_SHARE,
    MOST_STATES,
    graph_picture,
    outcome_graph_picture,
)
from detente.stability.outcome_graph import ELSEWHERE, OutcomeMove, outcome_moves

__all__ = ["graph"]


def graph(material: Material) -> Section:
    """The graph of a small dispute; of any with named outcomes the graph reduced to these."""
    analysis, concept = material.analysis, material.concept
    blocks: list[Block] = []
    method = say("A strong arrow is a move to a state of higher rank for the party that moves.")
    if analysis.count <= MOST_STATES:
        blocks += [
            Prose(
                say(
                    "Nodes are states, by their numbers. Arrows are what one party can do alone. A "
                    "strong arrow leads to a better rank for the party that moves. The solution "
                    "concepts say whether something deters it."
                )
            ),
            Illustration("graph", graph_picture(analysis, concept)),
        ]
    if analysis.dispute.outcomes and (len(analysis.dispute.outcomes) > 1 or not blocks):
        moves = outcome_moves(analysis)
        blocks += [
            Prose(
                say(
                    "Nodes are the named outcomes, which may overlap. An arrow of a party leads "
                    "from one into another where the party would better its rank by such a move "
                    "from at least {share} of the states that belong to the first alone. The "
                    "number in a node counts its equilibria under {concept}.",
                    share=per_cent(DRAWN_SHARE),
                    concept=concept,
                )
            ),
            Illustration("outcomes", outcome_graph_picture(analysis, concept, moves)),
        ]
        if moves:
            blocks.append(_all_moves(material, moves))
        method = say(
            "For each party and each pair of outcomes A and B, the states of A outside B from "
            "which the party has a unilateral improvement into B were counted, over all states."
        )
    if not blocks:
        blocks.append(
            Prose(
                say(
                    "{number} states are too many to draw, and the dispute file names no outcomes "
                    "to which the graph could be reduced.",
                    number=whole_number(analysis.count),
                )
            )
        )
    return Section(
        "graph",
        say("The graph of the dispute"),
        tuple(blocks),
        method,
        (material.stability_command("report", "CASE", "--concept", concept, "-o", "report.html"),),
    )


def _all_moves(material: Material, moves: Sequence[OutcomeMove]) -> Table:
    names = {outcome.id: outcome.name for outcome in material.dispute.outcomes}
    names[ELSEWHERE] = say(IN_NO_OUTCOME)
    groups = []
    for party in material.dispute.parties:
        rows = [
            (
                f"{names[move.start]} → {names[move.end]}",
                whole_number(move.improving),
                whole_number(move.states),
            )
            for move in moves
            if move.party == party.id
        ]
        if rows:
            groups.append(Group(tuple(rows), heading=party.name))
    return Table(
        say("All improvements from one outcome into another, those that are not drawn too"),
        (
            say("Party, and from where into what"),
            say("States with an improvement"),
            say("States"),
        ),
        tuple(groups),
        folded=True,
    )
