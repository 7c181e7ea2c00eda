"""Disputes that are not too large for a server, with their graph models and analyses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError, large_number
from detente.dispute.result import whole
from detente.space.graph_model import GraphModel
from detente.space.representation import positions_in_cube
from detente.stability.analysis import Analysis, analyse_model
from detente.stability.concept_registry import concept_named, concept_names
from detente.stability.memory import memory_needed
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import keep_reactions
from detente.workbench.read_disputes import dispute_of

__all__ = ["Most", "TooLarge", "small_analysis", "small_dispute", "small_model"]

# SIM and NM take more than linear time.
_SLOW_STATES = 4096

Most = Mapping[str, int]
"""The server's limits: ``states`` and ``memory_bytes``."""


class TooLarge(LimitError):
    """A dispute is larger than this server analyses."""


def small_dispute(text: str, most: Most, concepts: tuple[str, ...] = ("SEQ",)) -> Dispute:
    """A dispute, where it is not too large for this server under some concepts.

    Raises
    ------
    TooLarge
        If it is.
    """
    dispute = dispute_of(text)
    positions = positions_in_cube(dispute)
    if positions > most["states"]:
        raise TooLarge(
            f"{len(dispute.options)} options make {large_number(positions)} states; this server "
            f"analyses disputes of up to {most['states']:,} (the command line has no such limit)"
        )
    slow = [name for name in concepts if concept_named(name).slow(name)]
    if slow and positions > _SLOW_STATES:
        raise TooLarge(
            f"{slow[0]} is computed here for disputes of up to {_SLOW_STATES:,} states; this one "
            f"has {large_number(positions)} (the command line has no such limit)"
        )
    needed = memory_needed(dispute, concepts)
    if needed > most["memory_bytes"]:
        raise TooLarge(
            f"the analysis would need about {needed / 2**30:.1f} GiB of memory; this server allows "
            f"{most['memory_bytes'] / 2**30:.1f} GiB"
        )
    return dispute


def small_model(text: str, most: Most, concepts: tuple[str, ...] = ()) -> GraphModel:
    """The graph model of a dispute that is not too large."""
    small_dispute(text, most, concepts)
    return _cached_model(text)


def small_analysis(
    text: str, concepts: tuple[str, ...], most: Most, packages: bool = False
) -> Analysis:
    """The analysis of a dispute that is not too large."""
    names = concept_names(concepts)
    small_dispute(text, most, names)
    return _cached_analysis(text, names, packages)


# The model that was asked for last: mostly of the dispute before an edit.
_latest: list[GraphModel] = []


@lru_cache(maxsize=2)
def _cached_model(text: str) -> GraphModel:
    model = graph_model(dispute_of(text))
    for before in _latest:
        keep_reactions(before.graph, model.graph)
    _latest[:] = [model]
    return model


@lru_cache(maxsize=3)
def _cached_analysis(text: str, names: tuple[str, ...], packages: bool) -> Analysis:
    return whole(analyse_model(_cached_model(text), names, packages=packages))
