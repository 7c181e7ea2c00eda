"""Two people type in one text at once: a merge in which no letter is lost, and none stands twice.

Each version is taken for what was put into the text that both began with, and what was taken out of
it. Where a version only puts letters in, or only takes some out, that is done letter by letter, at
however many places. Where it does both, it differs in one stretch, from the first letter that
differs to the last, which was taken out and replaced. The merge has all that either put in, and of
the old text what neither has taken out. The same merge is done in the browser
(``pages/typed_field.js``), with what a person has typed since.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    put_before = [""] * (len(was) + 1)
    kept = [True] * len(was)
    for version in (mine, theirs):
        for start, end, new in _changes(was, version):
            put_before[start] += new
            kept[start:end] = [False] * (end - start)
    letters = zip(put_before, (*was, ""), (*kept, False), strict=True)
    return "".join(new + letter * keep for new, letter, keep in letters)


def _changes(was: str, now: str) -> Iterator[tuple[int, int, str]]:
    """From where to where a text was changed, and what stands there instead."""
    start, end, new = _stretch(was, now)
    old = was[start:end]
    more = _put_in(old, new)
    less = _put_in(new, old)
    if more is not None:
        for place, letters in more:
            yield start + place, start + place, letters
    elif less is not None:
        for place, letters in less:
            at = start + place
            yield at, at + len(letters), ""
            # Places that follow are told of the text without these letters.
            start += len(letters)
    else:
        yield start, end, new


def _put_in(before: str, after: str) -> list[tuple[int, str]] | None:
    """What was put into a text, and before which of its letters; None where some were taken out."""
    found: list[tuple[int, str]] = []
    place, letters = 0, ""
    for letter in after:
        if place < len(before) and letter == before[place]:
            found += [(place, letters)] * bool(letters)
            place, letters = place + 1, ""
        else:
            letters += letter
    found += [(place, letters)] * bool(letters)
    return found if place == len(before) else None


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
