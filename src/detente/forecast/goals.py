"""What a forecast is about: outcomes, a formula that is asked for, and ways of no return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import AtLevel, Formula
from detente.dispute.errors import DisputeError
from detente.dispute.names import option_title
from detente.forecast.propagation import closed
from detente.queries.play_steps import Ground

__all__ = ["Goal", "Goals", "goals_of"]

# With at most so many states, each is followed where no outcome is named.
_FEW_STATES = 24


@dataclass(frozen=True, slots=True)
class Goal:
    """A set of states that is followed.

    Attributes
    ----------
    id, name
        Id and name.
    kind
        ``outcome``: one of the file. ``asked``: a formula that is asked for. ``state``: one
        state of a small dispute without outcomes. ``irreversible``: an option that changes one
        way only is at its last level.
    closed
        Whether no move leads out of it.
    """

    id: str
    name: str
    kind: Literal["outcome", "asked", "state", "irreversible"]
    closed: bool


@dataclass(frozen=True, eq=False)
class Goals:
    """All that is followed.

    Attributes
    ----------
    each
        The goals.
    regions
        Shape (goals, nodes): which nodes belong to each.
    """

    each: tuple[Goal, ...]
    regions: NDArray[np.bool_] = field(repr=False)

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Shape (goals,): whether no move leads out of each."""
        return np.array([goal.closed for goal in self.each], dtype=np.bool_)


def goals_of(ground: Ground, asked: Formula | None = None, packages: tuple[str, ...] = ()) -> Goals:
    """What is followed in a dispute.

    Parameters
    ----------
    ground
        The graph model.
    asked
        A formula; where given, nothing else is followed.
    packages
        Ids of the packages that are movers too.

    Returns
    -------
    Goals
        An irreversible option is left out where an outcome is the same set of states.

    Raises
    ------
    DisputeError
        If there is nothing to follow, or the formula holds in no feasible state.
    """
    model = ground.model
    found: list[tuple[str, str, Literal["outcome", "asked", "state", "irreversible"]]] = []
    regions: list[NDArray[np.bool_]] = []

    def add(
        name: tuple[str, str, Literal["outcome", "asked", "state", "irreversible"]],
        region: NDArray[np.bool_],
    ) -> None:
        found.append(name)
        regions.append(region)

    if asked is not None:
        region = _region(ground, asked)
        if not region.any():
            raise DisputeError(f"“{asked.text}” holds in no feasible state", found=asked.text)
        add(("asked", asked.text, "asked"), region)
    else:
        for outcome in model.dispute.outcomes:
            add((outcome.id, outcome.name, "outcome"), _region(ground, outcome.formula))
        if not found and model.space.count <= _FEW_STATES:
            for state in range(model.space.count):
                region = np.zeros(ground.feasible.size, dtype=np.bool_)
                region[model.node(state)] = True
                add((f"state_{state + 1}", f"State {state + 1}", "state"), region)
        for number, option in enumerate(model.dispute.options):
            if option.irreversible is None:
                continue
            last = len(option.levels) - 1 if option.irreversible == "up" else 0
            text = f"{option.key} = {option.levels[last]}"
            region = _region(ground, Formula(text, AtLevel(number, frozenset([last]))))
            if region.any() and not any(np.array_equal(region, one) for one in regions):
                name = f"{option_title(model.dispute, option)}: {option.levels[last]}"
                add((option.key, name, "irreversible"), region)
    if not found:
        raise DisputeError(
            "there is no outcome to follow: name outcomes in the file, or ask about a formula",
            path=model.dispute.path,
        )
    goals = tuple(
        Goal(one, name, kind, closed(ground, region, packages))
        for (one, name, kind), region in zip(found, regions, strict=True)
    )
    return Goals(goals, np.array(regions, dtype=np.bool_))


def _region(ground: Ground, formula: Formula) -> NDArray[np.bool_]:
    """Where a formula holds, by node; in a coalesced state where it holds in every member."""
    return ground.model.by_node(ground.model.space.holds(formula))
