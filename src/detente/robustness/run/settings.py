"""What a run over draws is asked, and what comes of some draws of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.robustness.draws import CHUNK, Uncertainty
from detente.space.states import StateSpace
from detente.stability.prepared_model import graph_model

__all__ = ["ChunkResult", "Finding", "SweepSettings"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that holds in a draw or does not.

    Attributes
    ----------
    id
        Such as ``settlement:SEQ`` or ``7724:SEQ``.
    kind
        ``outcome``: some state of the outcome is an equilibrium. ``state``: the state is one.
    subject
        Id of the outcome, or number of the state.
    concept
        The solution concept.
    """

    id: str
    kind: Literal["outcome", "state"]
    subject: str
    concept: str


@dataclass(frozen=True, eq=False)
class SweepSettings:
    """What is to be drawn and followed; all that a worker needs.

    Attributes
    ----------
    dispute, uncertainty, seed, concepts
        As given to :func:`analyse_robustness`.
    states
        Numbers of the states that are followed draw by draw.
    packages
        Whether packages count as moves of all their members together.
    """

    dispute: Dispute
    uncertainty: Uncertainty
    seed: int
    concepts: tuple[str, ...]
    states: tuple[int, ...] = ()
    packages: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything on which the draws and what is found in them depend.

        That includes claims and roadmaps, which are parts of the dispute, and the version of
        detente. The path is left out, so that the same file elsewhere counts as the same.
        """
        from detente import __version__

        return hashlib.sha256(
            repr(
                (
                    __version__,
                    replace(self.dispute, path=None),
                    self.uncertainty,
                    self.seed,
                    self.concepts,
                    self.states,
                    self.packages,
                    CHUNK,
                )
            ).encode()
        ).hexdigest()

    @cached_property
    def space(self) -> StateSpace:
        """The states."""
        return graph_model(self.dispute).space

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is followed draw by draw."""
        return tuple(
            Finding(f"{outcome.id}:{concept}", "outcome", outcome.id, concept)
            for concept in self.concepts
            for outcome in self.dispute.outcomes
        ) + tuple(
            Finding(f"{state}:{concept}", "state", str(state), concept)
            for concept in self.concepts
            for state in self.states
        )


@dataclass(frozen=True, eq=False)
class ChunkResult:
    """What was found in consecutive draws of one chunk.

    Attributes
    ----------
    first
        Number of the first of these draws, from 0.
    inputs
        Shape (draws, inputs): whether each is as stated.
    findings
        Shape (draws, findings): whether each holds.
    counts
        Shape (states, concepts): in how many of the draws each state is an equilibrium.
    """

    first: int
    inputs: NDArray[np.bool_]
    findings: NDArray[np.bool_]
    counts: NDArray[np.int64]

    @property
    def last(self) -> int:
        """The number after that of the last draw."""
        return self.first + len(self.inputs)
