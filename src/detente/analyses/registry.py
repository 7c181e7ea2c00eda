"""All analyses that there are: those of detente and those that other packages add.

Every module of :mod:`detente.analyses.declared` declares one of detente's own, as ``declaration``,
and is called as the analysis is: ``roadmap_find`` has ``roadmap find``. Other packages name theirs
under the entry point ``detente.analyses``; both are
:class:`~detente.analyses.declaration.Declaration` objects and are treated alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from detente.analyses import declared
from detente.analyses.declaration import Declaration
from detente.dispute.errors import DisputeError, nearest
from detente.dispute.plugins import entry_points_of

__all__ = [
    "ENTRY_POINT",
    "all_analyses",
    "analyses_of_command",
    "analysis_named",
    "analysis_of_result",
    "published_schemas",
]

ENTRY_POINT = "detente.analyses"


@cache
def all_analyses() -> tuple[Declaration, ...]:
    """All analyses, by name.

    Raises
    ------
    DisputeError
        If two are called the same, or an entry point does not give a declaration.
    """
    found: dict[str, Declaration] = {}
    for name in _own_names():
        found[name] = _own(name)
    for entry in entry_points_of(ENTRY_POINT):
        added: Any = entry.load()
        if not isinstance(added, Declaration):
            raise DisputeError(
                f"the entry point {entry.name!r} of {ENTRY_POINT} ({entry.value}) gives "
                f"{type(added).__name__}, where a Declaration is wanted"
            )
        if added.name in found:
            raise DisputeError(f"two analyses are called {added.name!r}; one is {entry.value}")
        found[added.name] = added
    return tuple(found[name] for name in sorted(found))


def analyses_of_command(word: str) -> tuple[Declaration, ...]:
    """The analyses of a command: those whose names begin with a word, such as ``roadmap``.

    Raises
    ------
    DisputeError
        As by :func:`all_analyses`.
    """
    # All others stay unread where no package adds any.
    found = all_analyses() if entry_points_of(ENTRY_POINT) else map(_own, _own_names(word))
    return tuple(one for one in found if one.name.partition(" ")[0] == word)


def _own_names(word: str | None = None) -> list[str]:
    """Names of detente's own analyses, by modules; of those only that begin with a word."""
    names = [module.name.replace("_", " ") for module in iter_modules(declared.__path__)]
    return [name for name in names if word in (None, name.partition(" ")[0])]


def _own(name: str) -> Declaration:
    module = import_module(f"{declared.__name__}.{name.replace(' ', '_')}")
    declaration: Declaration = module.declaration
    return declaration


def analysis_named(name: str) -> Declaration:
    """The analysis of a name, in words or as in an address.

    Raises
    ------
    DisputeError
        If there is none; the message names the nearest.
    """
    for declaration in all_analyses():
        if name in (declaration.name, declaration.path):
            return declaration
    names = [declaration.name for declaration in all_analyses()]
    raise DisputeError(
        f"no analysis is called {name!r}", nearest=nearest(name, names), allowed=names
    )


def analysis_of_result(result: object) -> Declaration | None:
    """The analysis whose result an object is, or None."""
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(result).__mro__}
    for one in all_analyses():
        declared = (one.result,) if isinstance(one.result, str) else one.result or ()
        if names.intersection(declared):
            return one
    return None


def published_schemas() -> Mapping[str, Callable[[], Mapping[str, Any]]]:
    """The JSON Schemas of all analyses, by the name of the analysis and by that of its document."""
    found: dict[str, Callable[[], Mapping[str, Any]]] = {}
    for declaration in all_analyses():
        found[declaration.path] = declaration.schema
        document = str(declaration.schema()["$id"]).split(":")[-2]
        found.setdefault(document, declaration.schema)
    return found
