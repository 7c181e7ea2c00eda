"""Numbers with their nouns, lists in sentences, and what is done by changing an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.dispute.dispute import Dispute, Option

__all__ = ["counted", "joined", "percentage", "setting_words", "settings_words"]


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: ``1 state``, ``2,304 states``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def joined(parts: Sequence[str], conjunction: str = "and") -> str:
    """Words as a list in a sentence: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {conjunction} {parts[-1]}"


def setting_words(option: Option, old: int, new: int, *, name: str | None = None) -> str:
    """What is done by changing an option: ``start “Impose sanctions”``.

    Parameters
    ----------
    option
        The option.
    old, new
        Numbers of its levels; -1 where a level is not known.
    name
        What to call it: by :func:`detente.dispute.names.option_title` where its party is not told
        beside it.

    Returns
    -------
    str
    """
    name = name or option.name
    if option.levels == ("no", "yes") and new >= 0:
        return f"{'start' if new else 'stop'} “{name}”"
    if new < 0:
        return f"change “{name}”"
    start = "" if old < 0 else f" from {option.levels[old]}"
    return f"set “{name}”{start} to {option.levels[new]}"


def percentage(probability: float) -> str:
    """A probability in whole per cent, that says neither none nor all where it is nearly so."""
    if 0 < probability < 0.01:
        return "<1%"
    if 0.99 < probability < 1:
        return ">99%"
    return f"{probability:.0%}"


def settings_words(dispute: Dispute, settings: Mapping[int, int]) -> str:
    """What is done by setting options: ``stop “Test missiles” and start “Take a seat at talks”``.

    Parameters
    ----------
    dispute
        The dispute.
    settings
        Numbers of levels by numbers of options.

    Returns
    -------
    str
        Options of several parties stand behind the names of those who do the same.
    """
    done: dict[str, list[str]] = {}
    for option, level in settings.items():
        own = done.setdefault(dispute.options[option].party, [])
        own.append(setting_words(dispute.options[option], -1, level))
    if len(done) < 2:
        return "".join(map(joined, done.values()))
    alike: dict[str, list[str]] = {}
    for party, own in done.items():
        name = dispute.parties[dispute.party_numbers[party]].name
        alike.setdefault(joined(own), []).append(name)
    return "; ".join(f"{joined(names)}: {words}" for words, names in alike.items())
