"""Two people type in one text at once: a merge in which no letter that was typed is lost.

Each version differs from the text that both began with in one stretch, from the first letter that
differs to the last. Stretches that do not touch are both taken over; of stretches that overlap,
both new texts stand one after the other, and what either has deleted is gone. The same merge is
done in the browser (``pages/typed_field.js``), with what a person has typed since.
"""

from __future__ import annotations

__all__ = ["merged"]


def merged(was: str, mine: str, theirs: str) -> str:
    """Merge two versions of a text.

    Parameters
    ----------
    was
        The text that both began with.
    mine, theirs
        What each made of it.

    Returns
    -------
    str
    """
    if mine in (was, theirs):
        return theirs
    if theirs == was:
        return mine
    my_start, my_end, my_new = _stretch(was, mine)
    start, end, new = _stretch(was, theirs)
    if my_end <= start:
        return was[:my_start] + my_new + was[my_end:start] + new + was[end:]
    if end <= my_start:
        return was[:start] + new + was[end:my_start] + my_new + was[my_end:]
    return was[: min(start, my_start)] + new + my_new + was[max(end, my_end) :]


def _stretch(was: str, now: str) -> tuple[int, int, str]:
    """From where to where two texts differ, in the first, and what stands there in the second."""
    most = min(len(was), len(now))
    start = 0
    while start < most and was[start] == now[start]:
        start += 1
    same = 0
    while same < most - start and was[-1 - same] == now[-1 - same]:
        same += 1
    return start, len(was) - same, now[start : len(now) - same]
