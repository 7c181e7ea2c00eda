"""The smallest choices that together cover everything."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["smallest_covers"]


def smallest_covers(covered_by: Sequence[int], everything: int) -> list[tuple[int, ...]]:
    """All smallest sets of choices that cover everything.

    Parameters
    ----------
    covered_by
        What each choice covers, as bits.
    everything
        What is to be covered, as bits.

    Returns
    -------
    list of tuple of int
        The choices' numbers, in order; nothing where they do not cover everything together.
    """
    together = 0
    for one in covered_by:
        together |= one
    if everything & ~together:
        return []
    size = 0
    while True:
        found = sorted(_covers(covered_by, everything, size))
        if found:
            return found
        size += 1


def _covers(covered_by: Sequence[int], left: int, size: int) -> set[tuple[int, ...]]:
    """Sets of at most so many choices that cover what is left; those that need fewer, too."""
    if not left:
        return {()}
    most = max((one & left).bit_count() for one in covered_by)
    if size * most < left.bit_count():
        return set()
    # Every cover has a choice for what the fewest cover.
    bits = [1 << place for place in range(left.bit_length()) if left >> place & 1]
    rare = min(bits, key=lambda bit: sum(bool(one & bit) for one in covered_by))
    return {
        tuple(sorted((number, *rest)))
        for number, one in enumerate(covered_by)
        if one & rare
        for rest in _covers(covered_by, left & ~one, size - 1)
    }
