"""Who stands where on which issue, as arrays.

docs/concepts/linkage.md gives the definitions by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError

__all__ = ["Positions", "positions_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Positions:
    """Positions, salience and capability of actors on issues.

    Attributes
    ----------
    title
        What the table is of.
    actors, actor_names
        Ids and names.
    issues, issue_names
        Ids and names.
    position
        Shape (issues, actors): the place on the issue's scale that the actor wants, 0 to 100;
        not a number where it takes no part.
    salience
        Shape (issues, actors): 0 to 1; 0 where the actor takes no part.
    capability
        Shape (issues, actors): 0 or more; 0 where the actor takes no part.
    scales
        For each issue what 0 and 100 mean, in words.
    outcome_names
        The names of outcomes by their ids.
    """

    title: str
    actors: tuple[str, ...]
    actor_names: tuple[str, ...]
    issues: tuple[str, ...]
    issue_names: tuple[str, ...]
    position: Floats
    salience: Floats
    capability: Floats
    scales: tuple[tuple[str, str], ...]
    outcome_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def weight(self) -> Floats:
        """Shape (issues, actors): capability times salience (definition 1)."""
        weight: Floats = self.capability * self.salience
        return weight

    def takes_part(self, issue: int) -> NDArray[np.intp]:
        """Numbers of the actors that stand somewhere on an issue."""
        return np.flatnonzero(~np.isnan(self.position[issue]))

    def name(self, actor: int) -> str:
        """Name of an actor."""
        return self.actor_names[actor]


def positions_of(dispute: Dispute) -> Positions:
    """The table of a dispute's issues, as stated.

    Raises
    ------
    DisputeError
        If the dispute has no issues, or nobody has any weight on one of them.
    """
    if not dispute.issues:
        raise DisputeError(
            "this dispute has no issues; docs/reference/dispute-file.md says how they are written",
            path=dispute.path,
            key="issues",
        )
    shape = (len(dispute.issues), len(dispute.parties))
    position, salience, capability = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)
    for row, issue in enumerate(dispute.issues):
        for stand in issue.stands:
            column = dispute.party_numbers[stand.party]
            position[row, column] = stand.position.value
            salience[row, column] = stand.salience.value
            capability[row, column] = stand.capability.value
        if not (salience[row] * capability[row]).any():
            raise DisputeError(
                f"nobody has any weight on the issue {issue.id}: "
                "each party's salience or capability is 0",
                path=dispute.path,
                place=issue.place,
                key=f"issues.{issue.id}",
            )
    return Positions(
        dispute.title,
        tuple(party.id for party in dispute.parties),
        tuple(party.name for party in dispute.parties),
        tuple(issue.id for issue in dispute.issues),
        tuple(issue.name for issue in dispute.issues),
        position,
        salience,
        capability,
        tuple((issue.low, issue.high) for issue in dispute.issues),
        {outcome.id: outcome.name for outcome in dispute.outcomes},
    )
