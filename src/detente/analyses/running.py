"""Running an analysis by its declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.parameters import AnalysisParameters
from detente.dispute.dispute import Dispute
from detente.stability.analysis import Interrupted

__all__ = ["Ran", "run"]


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """What a run came to.

    Attributes
    ----------
    result
        The result; where the run was interrupted, what was known by then.
    partial
        Whether the run was interrupted.
    left_out
        What a partial result leaves out, where the result does not say it itself.
    """

    result: Any
    partial: bool
    left_out: str | None = None


def run(
    declaration: Declaration,
    dispute: Dispute,
    parameters: AnalysisParameters,
    progress: Progress | None = None,
) -> Ran:
    """Run an analysis.

    Parameters
    ----------
    declaration
        The analysis.
    dispute
        The dispute.
    parameters
        Its parameters.
    progress
        Told what is being worked on and the share done.

    Returns
    -------
    Ran

    Raises
    ------
    DisputeError
        Where the dispute or the parameters do not allow it.
    KeyboardInterrupt
        If it was interrupted before anything was known.
    """
    try:
        result = declaration.run(dispute, parameters, progress)
    except Interrupted as stopped:
        finished = stopped.analysis.concepts
        if not finished:
            raise
        words = f"Interrupted after {', '.join(finished)}; what is known of these follows."
        return Ran(stopped.analysis, partial=True, left_out=words)
    return Ran(result, partial=declaration.is_partial(result))
