"""What happened in a dispute, read from a file of its own, so that the case stays as it is."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from detente.dispute.dispute import Dispute, Observation, Source
from detente.dispute.errors import DisputeError
from detente.files.dispute_file import read_observations
from detente.files.yaml_text import parse, read_text

__all__ = ["History", "history_of", "load_history", "with_history"]


@dataclass(frozen=True, slots=True)
class History:
    """What was seen to happen in a dispute.

    Attributes
    ----------
    title
        Title.
    observations
        What was seen to change, in order of date.
    sources
        The texts on which the observations rest.
    about
        A paragraph, or None.
    case
        The case whose options are named, or None.
    sha256
        Digest of the case's file as it stood before this history was written, or None.
    path
        The history's file; None where it stands in the dispute file.
    """

    title: str
    observations: tuple[Observation, ...]
    sources: tuple[Source, ...] = ()
    about: str | None = None
    case: str | None = None
    sha256: str | None = None
    path: Path | None = None


def history_of(dispute: Dispute) -> History:
    """The history in a dispute's own file.

    Raises
    ------
    DisputeError
        If there is none.
    """
    if not dispute.history:
        raise DisputeError(
            "there is no history: give `history:` in the file, or name a file of it",
            path=dispute.path,
        )
    return History(dispute.title, dispute.history, dispute.sources)


def load_history(source: str | os.PathLike[str], dispute: Dispute) -> History:
    """Read a history file.

    Parameters
    ----------
    source
        Its path.
    dispute
        The dispute whose options it names. Where the history says what digest that dispute's file
        had, the file must still have it.

    Returns
    -------
    History

    Raises
    ------
    DisputeError
        If something is wrong in the file, or the case has changed since.
    """
    path = Path(source)
    document, places = parse(read_text(path), path)
    sources, observations = read_observations(document, places, path, dispute)
    history = History(
        title=document["history"],
        observations=observations,
        sources=sources,
        about=document.get("about"),
        case=document.get("case"),
        sha256=document.get("sha256"),
        path=path,
    )
    if history.sha256 is not None:
        _check_frozen(history, dispute)
    return history


def _check_frozen(history: History, dispute: Dispute) -> None:
    """Refuse a case that has changed since the history was written."""
    what = "the case has changed since this history was written"
    if dispute.path is None:
        raise DisputeError(
            f"whether {what} cannot be seen: it was not read from a file",
            path=history.path,
            key="sha256",
        )
    found = hashlib.sha256(dispute.path.read_bytes()).hexdigest()
    if found != history.sha256:
        raise DisputeError(
            f"{what}, so it is no test of that case any more",
            path=history.path,
            key="sha256",
            found=found,
            allowed=(history.sha256 or "",),
        )


def with_history(dispute: Dispute, history: History) -> Dispute:
    """A dispute whose history is that of a file of its own."""
    return replace(
        dispute,
        history=history.observations,
        sources=(*dispute.sources, *history.sources),
    )
