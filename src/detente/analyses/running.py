"""Running an analysis by its declaration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from logging import getLogger
from time import process_time
from typing import TYPE_CHECKING, Any

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.doubts import Readings, doubts_on, readings_of
from detente.analyses.parameters import AnalysisParameters
from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError
from detente.stability.memory import needs_symbolic

if TYPE_CHECKING:
    from detente.report.content import Block

__all__ = ["Ran", "check_engine", "not_asked_of_sets", "run", "served_by_sets"]

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
    reading
        Which way statements are taken of which it is unknown which way a party prefers them.
    doubts
        How the answer changes without statements that are hardly believed.
    """

    result: Any
    partial: bool
    left_out: str | None = None
    reading: str | None = None
    doubts: tuple[str, ...] = ()

    def blocks(self, blocks: Iterable[Block]) -> tuple[Block, ...]:
        """The blocks of the result, with what is to be said of readings and doubts."""
        from detente.report.content import Prose

        before = (Prose(self.reading),) if self.reading else ()
        return (*before, *blocks, *map(Prose, self.doubts))


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
    LimitError
        Where only sets held as diagrams can hold the dispute's states, and they do not serve it.
    KeyboardInterrupt
        If it was interrupted before anything was known.
    """
    start = process_time()
    _log.info("%s: begun", declaration.name)
    _log.debug("%s: %s", declaration.name, parameters)
    readings = Readings(dispute, ()) if declaration.takes_unknown else readings_of(dispute)
    dispute = readings.dispute
    check_engine(declaration, dispute)
    result = declaration.run(dispute, parameters, progress)
    partial = declaration.is_partial(result)
    if partial:
        _log.info("%s: interrupted", declaration.name)
        left_out = getattr(result, "left_out", None)
        return Ran(result, partial=True, left_out=left_out, reading=readings.sentence)
    _log.info("%s: done in %.2f s of processor time", declaration.name, process_time() - start)
    doubts = doubts_on(declaration, readings, parameters, result, progress)
    return Ran(result, partial=False, reading=readings.sentence, doubts=doubts)


def check_engine(declaration: Declaration, dispute: Dispute) -> None:
    """Refuse an analysis of a dispute whose states can be held in no way that serves it.

    Raises
    ------
    LimitError
        Where only sets held as diagrams can hold the states. It names the analyses that they serve.
    """
    if "symbolic" in declaration.engines or not needs_symbolic(dispute):
        return
    raise LimitError(
        f"{declaration.name} needs a {' or a '.join(declaration.engines)} of states, and "
        f"{len(dispute.options)} options make too many for either; what does without: "
        f"{', '.join(served_by_sets())}",
        path=dispute.path,
    )


def served_by_sets() -> list[str]:
    """Names of the analyses that sets held as diagrams serve."""
    from detente.analyses.registry import all_analyses

    return [one.name for one in all_analyses() if "symbolic" in one.engines]


def not_asked_of_sets(name: str, option: str) -> str | None:
    """Why an analysis lacks an option that says how states are held, or how long sets may take.

    Parameters
    ----------
    name
        Name of the analysis.
    option
        The option, such as ``--engine``.

    Returns
    -------
    str or None
        A sentence; None where there is no such analysis, or the option is no such option.
    """
    from detente.analyses.registry import all_analyses

    declaration = next((one for one in all_analyses() if one.name == name), None)
    if declaration is None or option not in ("--engine", "--seconds", "--nodes"):
        return None
    if "symbolic" in declaration.engines:
        return f"{name} has no option {option}: it holds no states, however large the dispute is."
    return (
        f"{name} has no option {option}: it is worked out on states held as a "
        f"{' or a '.join(declaration.engines)}, and chooses by itself. Sets of states, for larger "
        f"disputes, serve {', '.join(served_by_sets())}."
    )
