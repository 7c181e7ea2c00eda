"""Running an analysis by its declaration."""

from __future__ import annotations

from dataclasses import dataclass
from logging import getLogger
from time import process_time
from typing import Any

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.parameters import AnalysisParameters
from detente.dispute.dispute import Dispute
from detente.stability.analysis import Interrupted

__all__ = ["Ran", "run"]

_log = getLogger(__name__)


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
    start = process_time()
    _log.info("%s: begun", declaration.name)
    _log.debug("%s: %s", declaration.name, parameters)
    try:
        result = declaration.run(dispute, parameters, progress)
    except Interrupted as stopped:
        finished = stopped.analysis.concepts
        if not finished:
            raise
        words = f"Interrupted after {', '.join(finished)}; what is known of these follows."
        _log.info("%s: interrupted", declaration.name)
        return Ran(stopped.analysis, partial=True, left_out=words)
    _log.info("%s: done in %.2f s of processor time", declaration.name, process_time() - start)
    return Ran(result, partial=declaration.is_partial(result))
