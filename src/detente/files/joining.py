"""Several disputes as one: the same party in several of them, linked by what joins them.

docs/how-to/join-disputes.md shows it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, shown
from detente.files.dispute_file import build_at, build_dispute
from detente.files.link_file import Link, read_link
from detente.files.loading import is_gmcr, read_case
from detente.files.order_statements import orders_as_statements
from detente.files.renaming import QUESTION_WORDS, Renaming, names_a_state_by_number, renamed
from detente.files.schema_check import plain
from detente.files.template import id_from
from detente.files.yaml_text import Places, Trail, parse

__all__ = ["Joined", "join"]

# What is held by id, and may clash.
_NAMED = ("outcomes", "packages", "roadmaps", "formats", "issues")


@dataclass(frozen=True, eq=False)
class Joined:
    """Several disputes as one.

    Attributes
    ----------
    document
        What its dispute file holds.
    dispute
        The dispute.
    labels
        What each of the files is called in a link, and what stands before an id that clashed.
    shared
        Ids of the parties that are in several of them.
    notes
        What was renamed or settled one way where there are others, a sentence each.
    """

    document: dict[str, Any] = field(repr=False)
    dispute: Dispute
    labels: tuple[str, ...]
    shared: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A document with what it is called, and where its values stand."""

    label: str
    path: Path
    document: dict[str, Any]
    places: Places | None

    def fail(self, message: str, *trail: str | int, **more: str | None) -> NoReturn:
        place = None if self.places is None else self.places.value(trail)
        raise DisputeError(
            message,
            path=self.path,
            place=place,
            excerpt=None if self.places is None or place is None else self.places.excerpt(place),
            **more,  # type: ignore[arg-type]
        )


def join(
    cases: Sequence[str | os.PathLike[str]],
    links: Sequence[str | os.PathLike[str]] = (),
    *,
    title: str | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> Joined:
    """Put several disputes into one.

    Parties of the same id are one party. Its statements are taken in turn, the first of each file
    before the second of any, unless a link gives another order. An id of a later file that clashes
    gets the file's name before it, wherever it stands.

    Parameters
    ----------
    cases
        Two or more names of shipped cases or paths of dispute files.
    links
        Files with what joins them, or names of shipped ones: constraints, preferences across
        them, and more; see ``docs/how-to/join-disputes.md``.
    title
        Title of the whole; by default that of a link, or else the titles of all.
    folder
        The folder in which the result will stand, from which paths of sources are told; the
        current one where left out.

    Returns
    -------
    Joined

    Raises
    ------
    DisputeError
        If a file or a link is wrong. If a file has what cannot be joined: coalesced states,
        claims that name a state by its number, or preferences in a confidential file.

    Examples
    --------
    >>> import detente
    >>> joined = detente.join(["chicken", "prisoners-dilemma"])
    >>> len(joined.dispute.options)
    4
    """
    if len(cases) < 2:
        raise DisputeError("two disputes or more are joined; name another")
    notes: list[str] = []
    files: list[_File] = []
    for one in _read(cases, Path(folder) if folder is not None else Path.cwd(), notes):
        to = _renaming(one, files, notes)
        files.append(_File(one.label, one.path, renamed(one.document, to), one.places))
    found = [read_link(link) for link in links]
    labels = tuple(one.label for one in files)
    for link in found:
        link.check(labels, [one.document["parties"] for one in files])
    document = _merged(files, _order(found, labels), notes)
    if title is not None:
        document["dispute"] = title
    dispute = build_dispute(document)
    for link in found:
        moved = link.add_to(document)
        if title is not None:
            document["dispute"] = title
        dispute = build_at(document, LinkedPlaces.of(link, moved), link.path)
    shared = tuple(
        party for party in document["parties"] if sum(party in _parties(f) for f in files) > 1
    )
    return Joined(document, dispute, labels, shared, tuple(notes))


class LinkedPlaces(Places):
    """Where the values of a joined document stand in the link that brought them."""

    moved: Mapping[Trail, Trail]

    @classmethod
    def of(cls, link: Link, moved: Mapping[Trail, Trail]) -> LinkedPlaces:
        """The places of a link's values, with their trails in the joined document."""
        made = cls(link.places.text, link.places._root)
        object.__setattr__(made, "moved", moved)
        return made

    def _node(self, trail: Trail) -> Any:
        for length in range(len(trail), 0, -1):
            start = self.moved.get(trail[:length])
            if start is not None:
                return super()._node((*start, *trail[length:]))
        return self._root, False


# Reading -----------------------------------------------------------------------------------------


def _read(cases: Sequence[str | os.PathLike[str]], folder: Path, notes: list[str]) -> list[_File]:
    found: list[_File] = []
    for case in cases:
        content, path = read_case(case)
        places = None
        if path.suffix.lower() == ".gmcr" or is_gmcr(content):
            from detente.files.gmcr import read_document

            document, _ = read_document(path, content)
            dispute = build_dispute(document, path=path)
        else:
            document, places = parse(content, path)
            dispute = build_at(document, places, path)
        label = id_from(path.stem, [one.label for one in found])
        file = _File(label, path, plain(document, path), places)
        _check_joinable(file)
        document, ordered = orders_as_statements(file.document, dispute)
        notes += [f"the order of states of {name} in {label} is now statements" for name in ordered]
        for source in document.get("sources", ()):
            if "path" in source:
                source["path"] = os.path.relpath(path.resolve().parent / source["path"], folder)
        found.append(_File(label, path, document, places))
    return found


def _check_joinable(file: _File) -> None:
    """Refuse what speaks of the states of one dispute alone."""
    if file.document.get("coalesce"):
        file.fail(
            "coalesced states cannot be joined: they would count states of the other dispute as "
            "one too",
            "coalesce",
        )
    for name, party in _parties(file).items():
        if "preferences_from" in party:
            file.fail(
                f"the preferences of {name} stand in a confidential file, and a joined file would "
                "show them",
                "parties",
                name,
                "preferences_from",
            )
    for number, claim in enumerate(file.document.get("claims", ())):
        if names_a_state_by_number(claim["ask"]):
            file.fail(
                f"the claim {claim['id']} names a state by its number, and joined disputes have "
                "other numbers: name it by a formula",
                "claims",
                number,
                "ask",
            )


def _parties(file: _File) -> dict[str, Any]:
    parties: dict[str, Any] = file.document["parties"]
    return parties


# Ids that clash ----------------------------------------------------------------------------------


def _renaming(file: _File, before: Sequence[_File], notes: list[str]) -> Renaming:
    """What has to be renamed in a file, after those before it."""
    document, label = file.document, file.label
    taken = {key: _ids(before, key) for key in _NAMED}
    shared = {party for party in _parties(file) if any(party in _parties(f) for f in before)}
    own_options = {party: _options([*before], party) for party in shared}
    # A bare name in a statement is an own option before it is an outcome.
    all_own = frozenset().union(*own_options.values()) if own_options else frozenset[str]()
    every = (
        frozenset().union(*taken.values())
        | _options([*before, file], *_parties(file))
        | all_own
        | {name for key in _NAMED for name in document.get(key, {})}
    )
    options = {
        (party, option): _prefixed(label, option, every)
        for party in shared
        for option in _parties(file)[party].get("options", {})
        if option in own_options[party] | taken["outcomes"]
    }
    others = {
        name: _prefixed(label, name, every)
        for key in _NAMED
        for name in document.get(key, {})
        if name in taken[key] or (key == "outcomes" and name in all_own)
    }
    for name in others:
        if document.get("claims") and (name in QUESTION_WORDS or name in _parties(file)):
            file.fail(
                f"the id {shown(name)} clashes with one of another file, and means something else "
                "in questions too: rename it",
                found=name,
            )
    known = {source["id"]: source for one in before for source in one.document.get("sources", ())}
    sources = {
        source["id"]: _prefixed(label, source["id"], known)
        for source in document.get("sources", ())
        if source["id"] in known and known[source["id"]] != source
    }
    asked = {claim["id"] for one in before for claim in one.document.get("claims", ())}
    claims = {
        claim["id"]: _prefixed(label, claim["id"], asked, "-")
        for claim in document.get("claims", ())
        if claim["id"] in asked
    }
    pairs = [(f"{party}.{old}", f"{party}.{new}") for (party, old), new in options.items()]
    for old, new in [*pairs, *others.items(), *sources.items(), *claims.items()]:
        notes.append(f"{old} of {label} is now {new}")
    return Renaming(options, others, sources, claims)


def _ids(files: Iterable[_File], key: str) -> frozenset[str]:
    return frozenset(name for one in files for name in one.document.get(key, {}))


def _options(files: Iterable[_File], *parties: str) -> frozenset[str]:
    return frozenset(
        option
        for one in files
        for party in parties
        for option in _parties(one).get(party, {}).get("options", {})
    )


def _prefixed(label: str, name: str, taken: Iterable[str], between: str = "_") -> str:
    used = set(taken)
    made, number = f"{label}{between}{name}", 1
    while made in used:
        number += 1
        made = f"{label}{between}{name}_{number}"
    return made


# Putting together --------------------------------------------------------------------------------


def _order(links: Sequence[Link], labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By party, the files whose statements come first, in order."""
    found: dict[str, tuple[str, ...]] = {}
    for link in links:
        for party, order in link.orders.items():
            found[party] = (*order, *(one for one in labels if one not in order))
    return found


def _merged(
    files: Sequence[_File], orders: Mapping[str, Sequence[str]], notes: list[str]
) -> dict[str, Any]:
    documents = [one.document for one in files]
    found: dict[str, Any] = {"dispute": " and ".join(one["dispute"] for one in documents)}
    about = [one["about"].strip() for one in documents if "about" in one]
    if about:
        found["about"] = " ".join(about)
    sources: list[Any] = []
    for document in documents:
        sources += [one for one in document.get("sources", ()) if one not in sources]
    if sources:
        found["sources"] = sources
    names = dict.fromkeys(name for one in documents for name in one["parties"])
    found["parties"] = {name: _party(name, files, orders, notes) for name in names}
    for key in ("constraints", "claims"):
        if any(key in one for one in documents):
            found[key] = [entry for one in documents for entry in one.get(key, ())]
    for key in _NAMED:
        if any(key in one for one in documents):
            found[key] = {
                name: entry for one in documents for name, entry in one.get(key, {}).items()
            }
    _one_issue_of_its_own(found, notes)
    _status_quo(found, files)
    history = [entry for one in documents for entry in one.get("history", ())]
    if history:
        found["history"] = sorted(history, key=lambda one: str(one["on"]))
    classes = dict.fromkeys(one["reference_class"] for one in documents if "reference_class" in one)
    if classes:
        found["reference_class"], *left = classes
        notes += [f"the reference class {one} is left out; there can be one" for one in left]
    # In the order in which people read a dispute file.
    first = ("dispute", "about", "sources", "parties", "constraints", "packages", "status_quo")
    return {key: found[key] for key in (*first, *found) if key in found}


def _one_issue_of_its_own(found: dict[str, Any], notes: list[str]) -> None:
    own = [name for name, one in found.get("issues", {}).items() if one.get("this_dispute")]
    for name in own[1:]:
        issue = found["issues"][name]
        found["issues"][name] = {key: issue[key] for key in issue if key != "this_dispute"}
        notes.append(f"of one issue it is said that the dispute is about it: {own[0]}, not {name}")


def _status_quo(found: dict[str, Any], files: Sequence[_File]) -> None:
    having = [one for one in files if "status_quo" in one.document]
    if having and len(having) < len(files):
        without = next(one for one in files if "status_quo" not in one.document)
        without.fail(f"{having[0].label} has a status quo, and this file has none: give it one")
    if having:
        found["status_quo"] = {
            key: level for one in files for key, level in one.document["status_quo"].items()
        }


def _party(
    name: str,
    files: Sequence[_File],
    orders: Mapping[str, Sequence[str]],
    notes: list[str],
) -> dict[str, Any]:
    having = [one for one in files if name in _parties(one)]
    entries = [_parties(one)[name] for one in having]
    made: dict[str, Any] = {}
    for key in ("name", "tempo", "because", "judgement"):
        values = [entry[key] for entry in entries if key in entry]
        if values:
            made[key] = values[0]
        notes += [
            f"the {key} of {name} is {values[0]}, not {one}"
            for one in values[1:]
            if one != values[0] and key in ("name", "tempo")
        ]
    aliases = list(dict.fromkeys(one for entry in entries for one in entry.get("aliases", ())))
    if aliases:
        made["aliases"] = aliases
    about = [entry["about"].strip() for entry in entries if "about" in entry]
    if about:
        made["about"] = " ".join(dict.fromkeys(about))
    cited = [one for entry in entries for one in _listed(entry.get("source"))]
    if cited:
        made["source"] = cited if len(cited) > 1 else cited[0]
    options = {key: one for entry in entries for key, one in entry.get("options", {}).items()}
    if options:
        made["options"] = options
    stated = {one.label: _parties(one)[name].get("preferences", []) for one in having}
    filled = [label for label, statements in stated.items() if statements]
    if len(filled) > 1 and name not in orders:
        notes.append(
            f"{name} is a party of {' and '.join(filled)}: its statements are taken in turn, "
            "unless a link says whose come first"
        )
    made["preferences"] = _in_order(name, having, stated, orders)
    views = {
        other: view
        for other in dict.fromkeys(key for entry in entries for key in entry.get("perceives", {}))
        if (view := _view(name, other, files, orders))
    }
    if views:
        made["perceives"] = views
    unseen = [one for entry in entries for one in entry.get("unseen", ())]
    if unseen:
        made["unseen"] = unseen
    return made


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _in_order(
    name: str,
    files: Sequence[_File],
    stated: Mapping[str, list[Any]],
    orders: Mapping[str, Sequence[str]],
) -> list[Any]:
    """A party's statements of several files as one list."""
    weighted = {
        label: any(isinstance(one, dict) and "weight" in one for one in statements)
        for label, statements in stated.items()
        if statements
    }
    if len(set(weighted.values())) > 1:
        last = next(one for one in reversed(files) if one.label in weighted)
        last.fail(
            f"{name} has weights in one file and statements in order of importance in another: "
            "say both in one way",
            "parties",
            name,
            "preferences",
        )
    if name in orders:
        return [one for label in orders[name] for one in stated.get(label, ())]
    longest = max(map(len, stated.values()), default=0)
    return [
        statements[place]
        for place in range(longest)
        for statements in stated.values()
        if place < len(statements)
    ]


def _view(
    name: str, other: str, files: Sequence[_File], orders: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """What a party takes another for in all files together: as it is where nothing is said."""
    having = [one for one in files if other in _parties(one)]
    views = {
        one.label: _parties(one).get(name, {}).get("perceives", {}).get(other, {}) for one in having
    }
    made: dict[str, Any] = {}
    if any("preferences" in view for view in views.values()):
        stated = {
            one.label: views[one.label].get(
                "preferences", _parties(one)[other].get("preferences", [])
            )
            for one in having
        }
        made["preferences"] = _in_order(other, having, stated, orders)
    if any("options" in view for view in views.values()):
        made["options"] = [
            option
            for one in having
            for option in views[one.label].get("options", _parties(one)[other].get("options", {}))
        ]
    about = [view["about"].strip() for view in views.values() if "about" in view]
    if about:
        made["about"] = " ".join(about)
    for key in ("judgement", "because"):
        values = [view[key] for view in views.values() if key in view]
        if values:
            made[key] = " ".join(values) if key == "because" else any(values)
    comments = [one for view in views.values() for one in view.get("comments", ())]
    if comments:
        made["comments"] = comments
    cited = [one for view in views.values() for one in _listed(view.get("source"))]
    if cited:
        made["source"] = cited
    return made
