"""What follows from assumptions that a reader moves, in sentences: which answers change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.briefing.likelihood import likelihood_words
from detente.report.words import percentage

__all__ = ["changed_chances", "next_mover_sentence"]

# Chances that move by less than this are told together.
_LEAST_TOLD = 0.01


def changed_chances(
    names: Sequence[str], before: Sequence[float], after: Sequence[float]
) -> tuple[tuple[str, ...], int]:
    """Tell which outcomes become likelier or less likely, the one that moves most first.

    Parameters
    ----------
    names
        The outcomes' names.
    before, after
        Their chances.

    Returns
    -------
    sentences : tuple of str
        One for each outcome that moves; those whose words of likelihood change come first.
    still : int
        How many outcomes move by less than one per cent point.
    """
    moved = [
        (one, name, old, new)
        for one, (name, old, new) in enumerate(zip(names, before, after, strict=True))
        if abs(new - old) >= _LEAST_TOLD
    ]
    moved.sort(
        key=lambda one: (
            likelihood_words(one[2]) == likelihood_words(one[3]),
            -abs(one[3] - one[2]),
        )
    )
    told = tuple(_sentence(name, old, new) for _, name, old, new in moved)
    return told, len(names) - len(moved)


def _sentence(name: str, old: float, new: float) -> str:
    was, now = likelihood_words(old), likelihood_words(new)
    figures = f"{percentage(old)} becomes {percentage(new)}"
    if was == now:
        return f"“{name}” stays {now}: {figures}."
    return f"“{name}” was {was} and is now {now}: {figures}."


def next_mover_sentence(
    movers: Mapping[str, str], before: Mapping[str, float], after: Mapping[str, float]
) -> str | None:
    """Tell whether another mover is likeliest to move next.

    Parameters
    ----------
    movers
        Names by id.
    before, after
        By id, the probability of moving in the next step.

    Returns
    -------
    str or None
        None where nobody can move.
    """
    if not after:
        return None
    was = max(before, key=lambda one: before[one])
    now = max(after, key=lambda one: after[one])
    share = percentage(after[now])
    if was == now:
        return f"Likeliest to move next is still {movers[now]} ({share})."
    return f"Likeliest to move next is now {movers[now]} ({share}), no longer {movers[was]}."
