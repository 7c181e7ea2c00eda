"""Compiled kernels, loaded while nobody waits.

Below some hundred thousand states they do not make up for the half second that it takes to load
them, so a command does without. A process that is asked again and again about one dispute, as
somebody edits it, answers several times as fast with them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from detente.space.cube import LOADED_FROM, Hypercube
from detente.space.graph import Graph
from detente.space.representation import positions_in_cube
from detente.stability.concept import Reaction
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import reaction_values
from detente.workbench.small_disputes import Most, small_dispute

__all__ = ["kernels_ahead", "kernels_for"]

_KERNELS = "detente.space.kernels"


def kernels_for(text: str, most: Most) -> Iterator[None]:
    """Load what the analyses of a dispute can use, a step at a time.

    Parameters
    ----------
    text, most
        A dispute that was asked about, and the server's limits.

    Yields
    ------
    None
        After each step, which takes half a second at most.

    Raises
    ------
    DisputeError
        If something is wrong in the dispute.
    TooLarge
        If it is larger than this server analyses.
    """
    dispute = small_dispute(text, most)
    size = positions_in_cube(dispute)
    if size < LOADED_FROM or _KERNELS in sys.modules:
        return
    yield from _kernels_of(graph_model(dispute).graph)


def kernels_ahead(text: str, most: Most) -> Iterator[None]:
    """The same for a small dispute without guards, before any large one is asked about."""
    model = graph_model(small_dispute(text, most))
    yield from _kernels_of(Hypercube(model.moves, model.position_ranks, compiled_from=1))


def _kernels_of(graph: Graph) -> Iterator[None]:
    from detente.space import kernels

    del kernels
    yield
    # Each kernel is read from the disk when it is first used.
    for improving in (False, True):
        for party in range(len(graph.ranks)):
            reaction_values(graph, party, Reaction(improving=improving, counter_move=True))
            yield
