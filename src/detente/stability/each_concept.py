"""Work that is done for one concept after the other, and can be interrupted between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from detente.dispute.dispute import Dispute
from detente.stability.analysis import Progress

__all__ = ["for_each_concept"]


def for_each_concept(
    names: Sequence[str],
    dispute: Dispute,
    work: Callable[[str, int], None],
    progress: Progress | None,
) -> tuple[str, ...]:
    """Do something for each concept and each party.

    Parameters
    ----------
    names
        The concepts, in the order in which they are worked on.
    dispute
        Whose parties are meant.
    work
        Called with a concept and the number of a party, from 0.
    progress
        Called as the work goes on.

    Returns
    -------
    tuple of str
        The concepts that are done for every party: fewer than `names` if the user interrupted.

    Raises
    ------
    KeyboardInterrupt
        If the user interrupted before one concept was done.
    """
    finished = 0
    parties = dispute.parties
    try:
        for step, name in enumerate(names):
            for number, party in enumerate(parties):
                if progress:
                    progress(
                        f"{name} for {party.name}", (step + number / len(parties)) / len(names)
                    )
                work(name, number)
            finished += 1
        if progress:
            progress("", 1.0)
    except KeyboardInterrupt:
        if not finished:
            raise
    return tuple(names[:finished])
