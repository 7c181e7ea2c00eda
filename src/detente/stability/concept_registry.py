"""All solution concepts that there are: those of detente and those that other packages add.

Every module of :mod:`detente.stability.concepts` declares one of detente's own as ``concept``.
Other packages name theirs under the entry point ``detente.concepts``; both are
:class:`~detente.stability.concept.Concept` objects and are treated alike, but for one thing:
what is looked at where no concept is named are concepts of detente.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from detente.dispute.errors import DisputeError
from detente.dispute.names import unknown_name
from detente.dispute.plugins import entry_points_of
from detente.stability import concepts
from detente.stability.concept import Concept, Reaction, Use

__all__ = [
    "ENTRY_POINT",
    "all_concepts",
    "all_names",
    "concept_named",
    "concept_names",
    "concept_pattern",
    "concepts_serving",
    "foresights",
    "known_concept",
    "names_serving",
    "offered_names",
    "reaction_named",
    "reaction_of",
    "serving",
    "usual_concepts",
]

ENTRY_POINT = "detente.concepts"


@cache
def _own_concepts() -> tuple[Concept, ...]:
    modules = iter_modules(concepts.__path__)
    found = [import_module(f"{concepts.__name__}.{one.name}").concept for one in modules]
    return tuple(sorted(found, key=lambda concept: concept.place))


@cache
def all_concepts() -> tuple[Concept, ...]:
    """All concepts, in their order.

    Raises
    ------
    DisputeError
        If two are called the same, or an entry point does not give a concept.
    """
    found = list(_own_concepts())
    taken = {name.upper() for one in found for name in (*one.names, one.name, *one.other_names)}
    for entry in entry_points_of(ENTRY_POINT):
        added: Any = entry.load()
        if not isinstance(added, Concept):
            raise DisputeError(
                f"the entry point {entry.name!r} of {ENTRY_POINT} ({entry.value}) gives "
                f"{type(added).__name__}, where a Concept is wanted"
            )
        names = {name.upper() for name in (*added.names, added.name, *added.other_names)}
        if names & taken:
            raise DisputeError(f"two concepts are called {added.name!r}; one is {entry.value}")
        taken |= names
        found.append(added)
    return tuple(sorted(found, key=lambda concept: concept.place))


@cache
def _concept_and_name(asked: str) -> tuple[Concept, str] | None:
    """The concept of a name in any case, and the name as detente writes it."""
    upper = asked.upper()
    # Other packages are looked for only where no concept of detente has the name.
    for known in (_own_concepts, all_concepts):
        for concept in known():
            if concept.pattern and re.fullmatch(concept.pattern, upper):
                return concept, upper
            names = (concept.name, *concept.other_names)
            if not concept.pattern and upper in (name.upper() for name in names):
                return concept, concept.name
    return None


def known_concept(name: str) -> str | None:
    """The name of a concept as detente writes it, or None if there is no such concept.

    Upper and lower case do not matter, and ``R`` is another name for Nash.
    """
    found = _concept_and_name(name)
    return found[1] if found else None


def concept_named(name: str) -> Concept:
    """The concept of a name; ``L2`` gives the family of limited-move stability.

    Raises
    ------
    DisputeError
        If there is none; the message names the nearest.
    """
    found = _concept_and_name(name)
    if found is None:
        raise unknown_name("concept", name, list(offered_names()))
    return found[0]


def concept_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names of concepts as detente writes them, each once, in the order given.

    Raises
    ------
    DisputeError
        If a concept is unknown.
    """
    found: list[str] = []
    for asked in names:
        name = known_concept(asked)
        if name is None:
            raise unknown_name("concept", asked, list(offered_names()))
        if name not in found:
            found.append(name)
    return tuple(found)


@cache
def usual_concepts() -> tuple[str, ...]:
    """Names of the concepts that are looked at where none is named: Nash, GMR, SMR, SEQ, SSEQ."""
    return tuple(concept.name for concept in _own_concepts() if concept.usual)


@cache
def concepts_serving(use: Use) -> tuple[str, ...]:
    """Names of the concepts that serve something, in their order."""
    return tuple(name for one in all_concepts() if use in one.serves for name in one.names)


def names_serving(use: Use, asked: Iterable[str] | None, kind: str) -> tuple[str, ...]:
    """Names of the concepts asked for, if all of them serve something.

    Parameters
    ----------
    use
        What they have to serve.
    asked
        Names in any case; all that serve it where None.
    kind
        What such a concept is called in the message.

    Raises
    ------
    DisputeError
        If one is unknown or does not serve it.
    """
    served = concepts_serving(use)
    names = served if asked is None else concept_names(asked)
    for name in names:
        if name not in served:
            raise unknown_name(kind, name, list(served))
    return names


def serving(use: Use, last: str = "and") -> str:
    """The concepts that serve something, as words: ``Nash, GMR and SMR``."""
    *before, end = concepts_serving(use)
    return f"{', '.join(before)} {last} {end}" if before else end


@cache
def offered_names() -> tuple[str, ...]:
    """Names of all concepts, with a few members of each family."""
    return tuple(name for concept in all_concepts() for name in concept.names)


@cache
def all_names() -> tuple[str, ...]:
    """Names of the concepts that are computed where all are asked for."""
    return tuple(name for one in all_concepts() if one.among_all for name in one.names)


@cache
def concept_pattern() -> str:
    """A regular expression for the name of a concept."""
    parts = [concept.pattern or re.escape(concept.name) for concept in all_concepts()]
    return f"^({'|'.join(parts)})$"


def reaction_of(name: str) -> Reaction | None:
    """What a party expects of others under a concept; None where it says more, or nothing."""
    return concept_named(name).reaction


def reaction_named(name: str) -> Reaction:
    """The reaction of a concept that is nothing but a reaction: GMR, SMR, SEQ, SSEQ.

    Raises
    ------
    KeyError
        If the concept is not of that kind.
    """
    found = reaction_of(name)
    if found is None:
        raise KeyError(name)
    return found


@cache
def foresights() -> tuple[str, ...]:
    """How far a mover looks: ``myopic``, or to the responses that a concept expects."""
    served = concepts_serving("deterrence")
    return ("myopic", *(name for name in served if reaction_of(name) is not None))
