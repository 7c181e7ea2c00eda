"""Organisations that no list has: companies, movements, and people called by what they do.

A name is one of an organisation by its last word (*Liberation Front*), by what the text says
beside it (*Acme, an oil company*), or by the people who run it (*Acme's chief executive*).
*The miners* are an actor where the reports speak of them more than once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from detente.evidence.reading.actors import Actor, ActorNames, Form, naming_table

__all__ = ["organisations_in"]

_PROPER = r"[A-Z][\w&’'-]+"
_NAME = rf"{_PROPER}(?: {_PROPER}){{0,3}}"
_LEAST_TIMES = 2
_THE = re.compile(r"^(?:The|A|An|In|On|At|But|And|For|Of|If|When|While|As|Since|Both|Its|Their) ")
_OWNED = re.compile(r"['’]s?$")


def organisations_in(sentences: Sequence[str], names: ActorNames) -> dict[str, tuple[Actor, Form]]:
    """Find what texts themselves tell to be organisations or groups of people.

    Parameters
    ----------
    sentences
        All sentences of all texts.
    names
        Actors that are known already; none of them is found again.

    Returns
    -------
    dict of str to tuple of Actor and Form
        Names as they are written. Organs of a state are no organisations: they act for it.
    """
    found: dict[str, tuple[Actor, Form]] = {}
    for sentence in sentences:
        for name in _named(sentence, names):
            found.setdefault(name, (Actor(name), "name"))
    for head, written in _groups(sentences).items():
        actor = Actor(head[:1].upper() + head[1:])
        for words in written:
            found.setdefault(words, (actor, "group"))
    return found


def _named(sentence: str, names: ActorNames) -> Iterator[str]:
    for match in _by_last_word().finditer(sentence):
        name = _THE.sub("", match.group())
        if " " in name and not _is_organ(name, names):
            yield name
    for pattern in _told_beside():
        for match in pattern.finditer(sentence):
            name = _OWNED.sub("", _THE.sub("", match.group("name")))
            if len(name) > 1 and not names.mentions(name):
                yield name


def _is_organ(name: str, names: ActorNames) -> bool:
    """Whether a name is that of a known actor or of an organ of a state: *Peruvian Army*."""
    first = next(iter(names.mentions(name)), None)
    if first is None:
        return False
    if first.end - first.start == len(name):
        return True
    return name.rpartition(" ")[2] in naming_table()["organs"]


def _groups(sentences: Iterable[str]) -> dict[str, set[str]]:
    """For each word for people who act together, how it is written: *the miners*, *Miners*."""
    count: Counter[str] = Counter()
    written: dict[str, set[str]] = {}
    for sentence in sentences:
        for match in _grouping().finditer(sentence):
            head = match.group("head").casefold()
            count[head] += 1
            written.setdefault(head, set()).add(match.group("head"))
    return {head: written[head] for head, times in count.items() if times >= _LEAST_TIMES}


@cache
def _by_last_word() -> re.Pattern[str]:
    heads = "|".join(map(re.escape, naming_table()["organisation_words"]))
    return re.compile(
        rf"\b(?:{_PROPER} (?:of (?:the )?|for (?:the )?|and )?){{1,5}}?(?:{heads})\b"
        rf"(?: (?:of|for) (?:the )?{_PROPER}(?: {_PROPER}){{0,2}})?(?! [A-Z])"
    )


@cache
def _told_beside() -> tuple[re.Pattern[str], ...]:
    kinds = "|".join(map(re.escape, naming_table()["organisation_kinds"]))
    plural = "companies|firms|rebels|groups|unions|investors|creditors|militias|operators|lenders"
    offices = r"(?:chief executive|shareholders|board|chairman|chairwoman|managers|owners|boss)"
    return (
        # "Acme, an oil company"; "Acme, the largest union of miners".
        re.compile(rf"(?P<name>{_NAME}), (?:an?|the) (?:[\w’'-]+ ){{0,4}}?(?:{kinds})\b"),
        # "the mining company Acme"; "a militia called Acme".
        re.compile(rf"\b(?:{kinds})(?:,)? (?:called |named )?(?P<name>{_NAME})"),
        re.compile(rf"\b(?:{plural})\b[^.;]{{0,40}}?,? (?:led|headed) by (?P<name>{_NAME})"),
        re.compile(rf"(?P<name>{_NAME})['’]s? {offices}\b"),
        re.compile(rf"\b{offices} of (?P<name>{_NAME})"),
    )


@cache
def _grouping() -> re.Pattern[str]:
    listed = "|".join(map(re.escape, naming_table()["groups"]))
    return re.compile(rf"\b(?P<head>{listed})\b(?!['’-])", re.IGNORECASE)
