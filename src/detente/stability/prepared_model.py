"""A graph model for stability analysis, begun only if the analysis fits into memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from logging import getLogger
from weakref import WeakValueDictionary

from detente.dispute.dispute import Dispute
from detente.space.graph_model import GraphModel, build_graph_model
from detente.space.representation import Engine
from detente.stability.memory import check_memory

__all__ = ["graph_model"]

_log = getLogger(__name__)

# Models that somebody holds, by the identity of their dispute and whether states are not listed:
# while a report or a notebook has the model of a dispute, all that asks for it is given that one.
_held: WeakValueDictionary[tuple[int, bool], GraphModel] = WeakValueDictionary()


def graph_model(
    dispute: Dispute,
    concepts: Sequence[str] = (),
    *,
    engine: Engine | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> GraphModel:
    """Work out the states, moves and ranks of a dispute, or take those that somebody holds.

    Parameters
    ----------
    dispute
        The dispute.
    concepts
        Names of the solution concepts that are to be computed with it: if they would not fit
        into memory, nothing is begun.
    engine
        ``cube`` or ``list`` forces one; by default chosen by itself.
    progress
        Called with what is being worked on and the share of the whole work done.

    Returns
    -------
    GraphModel

    Raises
    ------
    DisputeError
        If the work would not fit into memory, and as
        :func:`detente.space.graph_model.build_graph_model`.
    """
    listed = check_memory(dispute, concepts, engine=engine)
    _log.debug("memory: enough; %s", f"{listed.count:,} states found" if listed else "whole cube")
    key = id(dispute), listed is None
    held = _held.get(key)
    # An identity is given again when its object has gone.
    if held is not None and held.dispute is dispute:
        return held
    model = build_graph_model(dispute, listed, progress=progress)
    _held[key] = model
    _log.info("engine: %s; %s states", model.engine, f"{model.space.count:,}")
    return model
