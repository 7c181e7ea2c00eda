"""Numbers with their nouns, lists in sentences, and what is done by changing an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.dispute.dispute import Dispute, Option
from detente.report.language import say, say_number

__all__ = [
    "counted",
    "joined",
    "of_states",
    "percentage",
    "quoted",
    "setting_words",
    "settings_words",
]


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: ``1 state``, ``2,304 states``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def joined(parts: Sequence[str], conjunction: str = "and") -> str:
    """Words as a list in a sentence: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    if conjunction == "and":
        conjunction = say("and")
    return f"{', '.join(parts[:-1])} {conjunction} {parts[-1]}"


def of_states(number: int) -> str:
    """A number of states, in the language of the report: ``1 state``, ``2,304 states``."""
    return say_number("{number} state", "{number} states", number)


def quoted(name: str) -> str:
    """A name in quotation marks."""
    return say("“{name}”", name=name)


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
    name = quoted(name or option.name)
    if option.levels == ("no", "yes") and new >= 0:
        return say("start {option}", option=name) if new else say("stop {option}", option=name)
    if new < 0:
        return say("change {option}", option=name)
    level = option.levels[new]
    if old < 0:
        return say("set {option} to {level}", option=name, level=level)
    return say(
        "set {option} from {before} to {level}",
        option=name,
        before=option.levels[old],
        level=level,
    )


def percentage(probability: float) -> str:
    """A probability in whole per cent, that says neither none nor all where it is nearly so."""
    if 0 < probability < 0.01:
        return say("<1%")
    if 0.99 < probability < 1:
        return say(">99%")
    percent = f"{100 * probability:.0f}"
    return say("{percent}%", percent=percent)


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
    return say("; ").join(
        say("{party}: {words}", party=joined(names), words=words) for words, names in alike.items()
    )
