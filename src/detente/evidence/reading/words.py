"""Words by which the rules know stances, acts, outcomes and claims, in all their forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Verb", "forms", "past_participle", "pattern", "table", "verbs"]

_IRREGULAR: Mapping[str, tuple[str, ...]] = {
    "leave": ("leaves", "left", "leaving"),
    "tell": ("tells", "told", "telling"),
    "find": ("finds", "found", "finding"),
    "feel": ("feels", "felt", "feeling"),
    "make": ("makes", "made", "making"),
    "regret": ("regrets", "regretted", "regretting"),
    "steer": ("steers", "steered", "steering"),
    "do": ("does", "did", "done", "doing"),
    "draw": ("draws", "drew", "drawn", "drawing"),
    "take": ("takes", "took", "taken", "taking"),
    "go": ("goes", "went", "gone", "going"),
    "put": ("puts", "putting"),
    "hang": ("hangs", "hung", "hanging"),
    "beg": ("begs", "begged", "begging"),
    "uphold": ("upholds", "upheld", "upholding"),
    "stick": ("sticks", "stuck", "sticking"),
    "stand": ("stands", "stood", "standing"),
    "come": ("comes", "came", "coming"),
    "aim": ("aims", "aimed", "aiming"),
    "be": ("is", "are", "was", "were", "been", "being"),
    "break": ("breaks", "broke", "broken", "breaking"),
    "build": ("builds", "built", "building"),
    "cling": ("clings", "clung", "clinging"),
    "cut": ("cuts", "cutting"),
    "fight": ("fights", "fought", "fighting"),
    "forbid": ("forbids", "forbade", "forbidden", "forbidding"),
    "forgo": ("forgoes", "forwent", "forgone", "forgoing"),
    "freeze": ("freezes", "froze", "frozen", "freezing"),
    "give": ("gives", "gave", "given", "giving"),
    "hold": ("holds", "held", "holding"),
    "keep": ("keeps", "kept", "keeping"),
    "know": ("knows", "knew", "known", "knowing"),
    "lend": ("lends", "lent", "lending"),
    "mean": ("means", "meant", "meaning"),
    "meet": ("meets", "met", "meeting"),
    "say": ("says", "said", "saying"),
    "seek": ("seeks", "sought", "seeking"),
    "send": ("sends", "sent", "sending"),
    "shoot": ("shoots", "shot", "shooting"),
    "shut": ("shuts", "shutting"),
    "sink": ("sinks", "sank", "sunk", "sinking"),
    "strike": ("strikes", "struck", "striking"),
    "strive": ("strives", "strove", "striven", "striving"),
    "think": ("thinks", "thought", "thinking"),
    "undertake": ("undertakes", "undertook", "undertaken", "undertaking"),
    "write": ("writes", "wrote", "written", "writing"),
    "withdraw": ("withdraws", "withdrew", "withdrawn", "withdrawing"),
    "withhold": ("withholds", "withheld", "withholding"),
}
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb in its base form, and what has to follow it (``for`` in ``call for``)."""

    base: str
    particle: str = ""


def verbs(entries: Iterable[str]) -> tuple[Verb, ...]:
    """Entries such as ``call for`` as verbs."""
    return tuple(Verb(*entry.split(" ", 1)) for entry in entries)


@cache
def table() -> dict[str, Any]:
    """What ``words.yaml`` holds."""
    from ruamel.yaml import YAML

    text = (files("detente.evidence.reading") / "words.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return found


def forms(base: str) -> tuple[str, ...]:
    """A verb's base form and its others: with -s, -ed and -ing, or irregular ones."""
    if base in _IRREGULAR:
        return (base, *_IRREGULAR[base])
    if base.endswith("y") and base[-2] not in _VOWELS:
        return (base, f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base}ing")
    if base.endswith("e"):
        return (base, f"{base}s", f"{base}d", f"{base[:-1]}ing")
    with_s = f"{base}es" if base.endswith(("s", "x", "z", "ch", "sh")) else f"{base}s"
    stem = base + base[-1] if base in table()["doubled"] else base
    return (base, with_s, f"{stem}ed", f"{stem}ing")


def past_participle(word: str) -> bool:
    """Whether a form may be a past participle (``rejected``, ``broken``)."""
    return word.endswith(("ed", "en", "wn", "nt", "ld")) or word in {
        "cut",
        "fought",
        "kept",
        "met",
        "said",
        "shot",
        "sought",
        "struck",
        "sunk",
        "built",
        "meant",
        "thought",
    }


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of some phrases as whole words, whatever their case."""
    listed = sorted(set(phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, listed))})\b", re.IGNORECASE)
