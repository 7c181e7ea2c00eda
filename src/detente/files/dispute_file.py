"""Disputes from dispute files and from plain mappings.

``docs/reference/dispute-file.md`` says what a dispute file holds. Structure is checked first, in
:mod:`detente.files.schema_check`; here names are resolved and meaning is checked. What depends on
which states are feasible is checked where states are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from graphlib import CycleError, TopologicalSorter
from logging import getLogger
from math import inf, isfinite
from pathlib import Path
from time import thread_time
from typing import Any, NoReturn

from detente.dispute.dispute import (
    NO_BASIS,
    AtLevel,
    Basis,
    Citation,
    Claim,
    Comment,
    Connective,
    Constant,
    Constraint,
    Dispute,
    Estimate,
    Expression,
    Format,
    Formula,
    Guard,
    Issue,
    Locator,
    Observation,
    Option,
    OrderedStates,
    Outcome,
    Package,
    Party,
    Place,
    Preferences,
    Roadmap,
    Source,
    Stage,
    Stand,
    Statement,
    Statements,
    Unseen,
    View,
)
from detente.dispute.errors import DetenteError, DisputeError, LimitError, nearest, shown
from detente.dispute.formula import (
    RESERVED_WORDS,
    FormulaError,
    Names,
    constant,
    extent,
    names_used,
    negation,
)
from detente.dispute.formula import parse as parse_formula
from detente.dispute.identifiers import is_level
from detente.files.base_rates import reference_classes
from detente.files.schema_check import Fault, confidential_faults, faults, plain, schema
from detente.files.yaml_text import Places, Trail, dotted, load_round_trip, parse, read_text, save

__all__ = [
    "build_at",
    "build_dispute",
    "load_round_trip",
    "load_text",
    "parse",
    "read_observations",
    "save",
    "schema",
]

_log = getLogger(__name__)

# More options make no sense to anybody, and no engine takes them.
_MOST_OPTIONS = 1_000
# Of the processor's time, however busy the machine is.
_MOST_SECONDS = 20

# What papers print for an option that may stand either way, and for a strongly preferred step.
_DASHES = str.maketrans("‐‑‒–—−", "------")
_STRONG_STEPS = (">>", "≫")

_SUFFIXES = {".yaml", ".yml", ".json", ".gmcr"}


def load_text(content: str | bytes, *, path: Path | None = None) -> Dispute:
    """Read a dispute from the text of a dispute file.

    Parameters
    ----------
    content
        The text, or its bytes in UTF-8.
    path
        The file from which it came, for error messages and for sources with a path.

    Returns
    -------
    Dispute

    Raises
    ------
    DisputeError
        If something is wrong in the text.
    """
    document, places = parse(content, path)
    return _build(document, places, path)


def build_dispute(document: Mapping[str, Any], *, path: Path | None = None) -> Dispute:
    """Make a dispute from a plain mapping, as JSON or YAML would give it.

    Parameters
    ----------
    document
        What a dispute file holds.
    path
        The file from which it came, for error messages and for sources with a path.

    Returns
    -------
    Dispute
        The dispute.

    Raises
    ------
    DisputeError
        If something is wrong in `document`.
    """
    return _build(plain(document, path), None, path)


def _build(
    document: Any, places: Places | None, path: Path | None, *, beside: Path | None = None
) -> Dispute:
    building = _Building(places, path, beside)
    found = faults(document)
    _log.debug("%d faults of structure", len(found))
    if found:
        building.fail(min(found, key=building.order) if places else found[0])
    dispute = building.dispute(document)
    _log.info("%d parties, %d options", len(dispute.parties), len(dispute.options))
    return dispute


def build_at(document: Any, places: Places, path: Path, *, beside: Path | None = None) -> Dispute:
    """The same, where the places of what is in the document are known.

    Parameters
    ----------
    document, places, path
        The document, where its values stand, and its file.
    beside
        Folder in which confidential preferences may be read; by default none.

    Returns
    -------
    Dispute

    Raises
    ------
    DisputeError
        If something is wrong in it.
    """
    return _build(document, places, path, beside=beside)


def read_observations(
    document: Any, places: Places | None, path: Path | None, dispute: Dispute
) -> tuple[tuple[Source, ...], tuple[Observation, ...]]:
    """The sources and the observations of a history file.

    Parameters
    ----------
    document, places, path
        The document, where its values stand, and its file.
    dispute
        The dispute whose options are named.

    Raises
    ------
    DisputeError
        If something is wrong in it.
    """
    building = _Building(places, path)
    found = faults(document, "history_file")
    if found:
        building.fail(min(found, key=building.order) if places else found[0])
    sources = building.read_sources(document.get("sources", ()))
    building.sources = dict.fromkeys(source.id for source in sources)
    building.options = {
        option.key: (number, option) for number, option in enumerate(dispute.options)
    }
    return sources, building.observations(document["observations"], ("observations",))


class _Building:
    """One reading of a document whose structure is right."""

    def __init__(
        self, places: Places | None, path: Path | None, beside: Path | None = None
    ) -> None:
        self.places = places
        self.path = path
        # Where confidential preferences may be read; nowhere, unless a file is loaded from disk.
        self.beside = beside
        self.options: dict[str, tuple[int, Option]] = {}
        self.outcomes: dict[str, Expression] = {}
        self.extents: dict[int, tuple[int, int]] = {}
        # Names are looked up in these often, so they are no lists.
        self.parties: dict[str, None] = {}
        self.sources: dict[str, None] = {}
        self.ends = thread_time() + _MOST_SECONDS

    # Errors -------------------------------------------------------------------------------

    def fail(self, fault: Fault, kind: type[DetenteError] = DisputeError) -> NoReturn:
        place = self.place_of(fault)
        excerpt = self.places.excerpt(place) if self.places and place else None
        raise kind(
            fault.message,
            path=self.path,
            place=place,
            key=dotted(fault.trail) or None,
            found=fault.found,
            allowed=fault.allowed,
            nearest=fault.nearest,
            excerpt=excerpt,
        )

    def place_of(self, fault: Fault) -> Place | None:
        if self.places is None:
            return None
        return self.places.key(fault.trail) if fault.at_key else self.places.value(fault.trail)

    def order(self, fault: Fault) -> tuple[int, int]:
        place = self.place_of(fault)
        return (place.line, place.column) if place else (0, 0)

    def place(self, trail: Trail) -> Place | None:
        return None if self.places is None else self.places.value(trail)

    def place_of_key(self, trail: Trail) -> Place | None:
        return None if self.places is None else self.places.key(trail)

    def unknown(
        self, what: str, name: str, known: Iterable[str], trail: Trail, *, at_key: bool = False
    ) -> NoReturn:
        allowed = tuple(known)
        self.fail(
            Fault(
                f"no {what} is called {shown(name)}",
                trail,
                at_key=at_key,
                found=name,
                allowed=allowed,
                nearest=nearest(name, allowed),
            )
        )

    # The whole ----------------------------------------------------------------------------

    def dispute(self, document: Mapping[str, Any]) -> Dispute:
        self.check_listed_moves(document)
        sources = self.read_sources(document.get("sources", ()))
        self.sources = dict.fromkeys(source.id for source in sources)
        self.parties = dict.fromkeys(document["parties"])
        self.refuse_many_options(document["parties"])
        bare = {
            party: self.bare_options(party, entry) for party, entry in document["parties"].items()
        }
        numbered = enumerate(option for options in bare.values() for option in options)
        self.options = {option.key: (number, option) for number, option in numbered}
        outcomes = self.read_outcomes(document.get("outcomes", {}))
        parties = tuple(
            self.party(party, entry, bare[party]) for party, entry in document["parties"].items()
        )
        packages = tuple(
            self.package(name, entry) for name, entry in document.get("packages", {}).items()
        )
        package_ids = dict.fromkeys(package.id for package in packages)
        return Dispute(
            title=document["dispute"],
            about=document.get("about"),
            parties=parties,
            sources=sources,
            constraints=tuple(
                self.constraint(entry, ("constraints", number))
                for number, entry in enumerate(document.get("constraints", ()))
            ),
            coalesce=tuple(
                self.formula(entry, ("coalesce", number))
                for number, entry in enumerate(document.get("coalesce", ()))
            ),
            packages=packages,
            status_quo=self.status_quo(document),
            outcomes=outcomes,
            roadmaps=tuple(
                self.roadmap(name, entry, package_ids)
                for name, entry in document.get("roadmaps", {}).items()
            ),
            formats=tuple(
                self.format(name, entry) for name, entry in document.get("formats", {}).items()
            ),
            issues=self.issues(document.get("issues", {})),
            claims=self.claims(document.get("claims", ())),
            history=self.observations(document.get("history", ()), ("history",)),
            reference_class=self.reference_class(document),
            path=self.path,
        )

    def check_listed_moves(self, document: Mapping[str, Any]) -> None:
        """Refuse what would contradict listed moves: they are all that a party can do."""
        parties = document["parties"]
        if not any("moves" in entry for entry in parties.values()):
            return
        trail: Trail
        for key in ("packages", "roadmaps", "history"):
            if document.get(key):
                self.fail(
                    Fault(
                        f"where moves are listed there can be no {key}: these set options, and "
                        "which options may be set the list does not say",
                        (key,),
                        at_key=True,
                    )
                )
        for party, entry in parties.items():
            if "moves" not in entry:
                message = "its moves are missing: where one party's are listed, every party's are"
                self.fail(Fault(f"{message} ([] for none)", ("parties", party), at_key=True))
            for option, value in entry.get("options", {}).items():
                for key in ("irreversible", "when"):
                    if isinstance(value, dict) and value.get(key):
                        trail = ("parties", party, "options", option, key)
                        message = f"where moves are listed, {key} says nothing: list its moves only"
                        self.fail(Fault(message, trail, at_key=True))
            views = entry.get("perceives", {}).items()
            seen: list[Trail] = [
                ("perceives", one, "options") for one, value in views if "options" in value
            ]
            seen += [("unseen",)] if entry.get("unseen") else []
            for at in seen:
                message = "where moves are listed, nobody can misperceive which states there are"
                self.fail(Fault(message, ("parties", party, *at), at_key=True))
            for number, (start, end) in enumerate(entry["moves"]):
                if start == end:
                    trail = ("parties", party, "moves", number)
                    self.fail(Fault(f"a move from state {start} to itself is no move", trail))

    def refuse_many_options(self, parties: Mapping[str, Any]) -> None:
        count = 0
        for party, entry in parties.items():
            count += len(entry.get("options", {}))
            if count > _MOST_OPTIONS:
                self.fail(
                    Fault(
                        f"with the options of this party there are {count:,}; at most "
                        f"{_MOST_OPTIONS:,} are read",
                        ("parties", party, "options"),
                        at_key=True,
                    ),
                    LimitError,
                )

    # Sources ------------------------------------------------------------------------------

    def read_sources(self, entries: Sequence[Mapping[str, Any]]) -> tuple[Source, ...]:
        self.refuse_twice(entries, "sources", "source")
        return tuple(
            Source(
                **{**entry, "path": Path(entry["path"]) if "path" in entry else None},
                place=self.place(("sources", number)),
            )
            for number, entry in enumerate(entries)
        )

    def refuse_twice(self, entries: Sequence[Mapping[str, Any]], key: str, what: str) -> None:
        seen: set[str] = set()
        for number, entry in enumerate(entries):
            if entry["id"] in seen:
                self.fail(
                    Fault(
                        f"two {what}s are called {shown(entry['id'])}",
                        (key, number, "id"),
                        found=entry["id"],
                    )
                )
            seen.add(entry["id"])

    def basis(self, entry: Mapping[str, Any], trail: Trail) -> Basis:
        source = entry.get("source")
        judgement = entry.get("judgement", False)
        because = entry.get("because")
        comments = self.comments(entry.get("comments", ()), (*trail, "comments"))
        if source is None:
            known = judgement or because or comments
            return Basis((), judgement, because, comments) if known else NO_BASIS
        at = (*trail, "source")
        if isinstance(source, list):
            citations = tuple(
                self.citation(citation, (*at, number)) for number, citation in enumerate(source)
            )
        else:
            citations = (self.citation(source, at),)
        return Basis(citations, judgement, because, comments)

    def comments(self, entries: Sequence[Mapping[str, Any]], trail: Trail) -> tuple[Comment, ...]:
        return tuple(
            Comment(
                says=entry["says"],
                by=entry.get("by"),
                on=self.day(entry["on"], (*trail, number, "on")) if "on" in entry else None,
            )
            for number, entry in enumerate(entries)
        )

    def citation(self, entry: Mapping[str, Any], trail: Trail) -> Citation:
        if entry["id"] not in self.sources:
            self.unknown("source", entry["id"], self.sources, (*trail, "id"))
        return Citation(
            source=entry["id"],
            at=Locator(**entry["at"]) if "at" in entry else None,
            says=entry.get("says"),
            quote=entry.get("quote"),
            place=self.place(trail),
        )

    # Formulas -----------------------------------------------------------------------------

    def formula(self, value: str | bool, trail: Trail, party: str | None = None) -> Formula:
        if thread_time() > self.ends:
            raise LimitError(
                f"the file takes more than {_MOST_SECONDS} seconds to read: too many formulas",
                path=self.path,
                place=self.place(trail),
                key=dotted(trail),
            )
        if isinstance(value, bool):
            return constant(value, self.place(trail))
        names = Names(self.options, self.outcomes, party, self.extents)
        with self.formula_at(trail):
            return parse_formula(value, names, self.place(trail))

    @contextmanager
    def formula_at(self, trail: Trail) -> Iterator[None]:
        """Give what is wrong in a formula its place in the file."""
        try:
            yield
        except FormulaError as error:
            place = self.place(trail)
            excerpt = error.excerpt
            if self.places is not None:
                inside = self.places.inside(trail, error.offset)
                if inside is not None:
                    place, excerpt = inside, self.places.excerpt(inside)
            raise DisputeError(
                error.message,
                path=self.path,
                place=place,
                key=dotted(trail),
                found=error.found,
                allowed=error.allowed,
                nearest=error.nearest,
                excerpt=excerpt,
            ) from None

    def read_outcomes(self, entries: Mapping[str, Any]) -> tuple[Outcome, ...]:
        trails: dict[str, Trail] = {}
        formulas: dict[str, Any] = {}
        uses: dict[str, list[str]] = {}
        for name, entry in entries.items():
            nested = isinstance(entry, dict)
            trails[name] = ("outcomes", name, "when") if nested else ("outcomes", name)
            formulas[name] = value = entry["when"] if nested else entry
            with self.formula_at(trails[name]):
                used = () if isinstance(value, bool) else names_used(value)
            uses[name] = [other for other in used if other in entries]
        try:
            order = tuple(TopologicalSorter(uses).static_order())
        except CycleError as error:
            circle = error.args[1][::-1]
            self.fail(
                Fault(
                    "outcomes are defined in a circle: " + " → ".join(circle),
                    trails[circle[0]],
                    found=circle[0],
                )
            )
        # Every name is known to each, so that the nearest can be offered; those that one uses
        # have been read before it.
        self.outcomes = {name: constant(False).expression for name in entries}
        read: dict[str, Formula] = {}
        for name in order:
            read[name] = self.formula(formulas[name], trails[name])
            self.outcomes[name] = expression = read[name].expression
            self.extents[id(expression)] = extent(expression, self.extents)
        return tuple(
            Outcome(
                id=name,
                name=_name(entry, name),
                formula=read[name],
                about=entry.get("about") if isinstance(entry, dict) else None,
                basis=self.basis(entry, ("outcomes", name))
                if isinstance(entry, dict)
                else NO_BASIS,
            )
            for name, entry in entries.items()
        )

    # Parties ------------------------------------------------------------------------------

    def bare_options(self, party: str, entry: Mapping[str, Any]) -> tuple[Option, ...]:
        """Read a party's options, but not yet their guards."""
        options: list[Option] = []
        for name, value in entry.get("options", {}).items():
            trail = ("parties", party, "options", name)
            if isinstance(value, str):
                options.append(Option(name, party, value, place=self.place_of_key(trail)))
                continue
            irreversible = value.get("irreversible", False)
            options.append(
                Option(
                    id=name,
                    party=party,
                    name=value.get("name", name),
                    levels=self.levels(value["levels"], (*trail, "levels"))
                    if "levels" in value
                    else ("no", "yes"),
                    irreversible="up" if irreversible is True else irreversible or None,
                    about=value.get("about"),
                    basis=self.basis(value, trail),
                    place=self.place_of_key(trail),
                )
            )
        return tuple(options)

    def levels(self, values: Sequence[str | bool | int], trail: Trail) -> tuple[str, ...]:
        levels: list[str] = []
        for number, value in enumerate(values):
            level = _level_name(value)
            if not is_level(level) or level in RESERVED_WORDS:
                why = (
                    "this word has a meaning in formulas"
                    if level in RESERVED_WORDS
                    else "levels are letters, digits and '_'"
                )
                self.fail(
                    Fault(f"{shown(level)} cannot be a level; {why}", (*trail, number), found=level)
                )
            if level in levels:
                self.fail(Fault(f"the level {shown(level)} stands here twice", (*trail, number)))
            levels.append(level)
        return tuple(levels)

    def level(self, option: Option, value: str | bool | int, trail: Trail, **at: bool) -> int:
        """Find the number of an option's level."""
        level = _level_name(value)
        if level not in option.levels:
            self.fail(
                Fault(
                    f"{option.key} has no level {shown(level)}",
                    trail,
                    found=level,
                    allowed=option.levels,
                    nearest=nearest(level, option.levels),
                    **at,
                )
            )
        return option.levels.index(level)

    def settings(self, entries: Mapping[str, Any], trail: Trail) -> dict[int, int]:
        """Find the numbers in a mapping of option → level."""
        result: dict[int, int] = {}
        for name, value in entries.items():
            if name not in self.options:
                self.unknown("option", name, self.options, (*trail, name), at_key=True)
            number, option = self.options[name]
            result[number] = self.level(option, value, (*trail, name))
        return result

    def party(self, name: str, entry: Mapping[str, Any], bare: tuple[Option, ...]) -> Party:
        trail = ("parties", name)
        options = tuple(
            replace(option, guards=self.guards(option, value["when"]))
            if isinstance(value, dict) and "when" in value
            else option
            for option, value in zip(bare, entry.get("options", {}).values(), strict=True)
        )
        return Party(
            id=name,
            name=entry.get("name", name),
            options=options,
            preferences=self.confidential(entry, name)
            if "preferences_from" in entry
            else self.preferences(entry.get("preferences", []), name, (*trail, "preferences")),
            about=entry.get("about"),
            basis=self.basis(entry, trail),
            tempo=self.number(entry, "tempo", trail),
            perceives=tuple(
                self.view(name, other, value) for other, value in entry.get("perceives", {}).items()
            ),
            unseen=tuple(
                self.unseen(name, value, (*trail, "unseen", number))
                for number, value in enumerate(entry.get("unseen", ()))
            ),
            moves=tuple((one, other) for one, other in entry["moves"])
            if "moves" in entry
            else None,
            moves_place=self.place((*trail, "moves")) if "moves" in entry else None,
            aliases=tuple(entry.get("aliases", ())),
            place=self.place_of_key(trail),
        )

    def confidential(self, entry: Mapping[str, Any], party: str) -> Preferences:
        """Read a party's preferences from a file of their own, of whose text no error shows any."""
        trail: Trail = ("parties", party, "preferences_from")
        name: str = entry["preferences_from"]
        if "preferences" in entry:
            self.fail(
                Fault("the party's preferences stand in the file itself too", trail, at_key=True)
            )
        if self.beside is None:
            self.fail(
                Fault(
                    "confidential preferences are read only with a dispute file on disk, by "
                    "commands and detente.load",
                    trail,
                )
            )
        path = self.beside / name
        if path.is_symlink():
            self.fail(Fault("confidential preferences are not read through a link", trail))
        if not path.is_file():
            self.fail(
                Fault(f"the confidential preferences, {name}, are not at hand", trail, found=name)
            )
        try:
            document, places = parse(read_text(path), path)
            own = _Building(places, path)
            own.options, own.outcomes = self.options, self.outcomes
            own.parties, own.sources = self.parties, self.sources
            found = confidential_faults(document)
            if found:
                own.fail(min(found, key=own.order))
            return own.preferences(document["preferences"], party, ("preferences",))
        except DisputeError as error:
            # Whoever sees this need not be who may read the file.
            raise DisputeError(
                error.message, path=path, place=error.place, key=error.key, excerpt=""
            ) from None

    def unseen(self, party: str, entry: Any, trail: Trail) -> Unseen:
        """Read a condition on states that a party does not see."""
        if not isinstance(entry, dict):
            return Unseen(self.formula(entry, trail, party))
        return Unseen(
            self.formula(entry["when"], (*trail, "when"), party),
            entry.get("about"),
            self.basis(entry, trail),
        )

    def view(self, party: str, other: str, entry: Mapping[str, Any]) -> View:
        """Read what a party takes another to be."""
        trail = ("parties", party, "perceives", other)
        if other not in self.parties or other == party:
            others = [one for one in self.parties if one != party]
            self.unknown("other party", other, others, trail, at_key=True)
        if not entry.keys() & {"preferences", "options"}:
            self.fail(
                Fault("give the preferences or the options that the party is taken to have", trail)
            )
        own = {
            option.id: number for number, option in self.options.values() if option.party == other
        }
        for number, option in enumerate(entry.get("options", ())):
            if option not in own:
                self.unknown(f"option of {other}", option, own, (*trail, "options", number))
        return View(
            party=other,
            preferences=self.preferences(entry["preferences"], other, (*trail, "preferences"))
            if "preferences" in entry
            else None,
            options=frozenset(own[option] for option in entry["options"])
            if "options" in entry
            else None,
            about=entry.get("about"),
            basis=self.basis(entry, trail),
            place=self.place(trail),
        )

    def guards(self, option: Option, value: Any) -> tuple[Guard, ...]:
        trail = ("parties", option.party, "options", option.id, "when")
        if not isinstance(value, dict):
            return (Guard(None, self.formula(value, trail, option.party)),)
        return tuple(
            Guard(
                self.level(option, level, (*trail, level), at_key=True),
                self.formula(when, (*trail, level), option.party),
            )
            for level, when in value.items()
        )

    def preferences(self, value: Any, party: str, trail: Trail) -> Preferences:
        if isinstance(value, dict):
            at = (*trail, "order")
            entries, strong = self.ordered(value["order"], at)
            return OrderedStates(
                order=tuple(
                    self.equal_states(entry, party, (*at, number)) for number, entry in entries
                ),
                strong=strong,
                basis=self.basis(value, trail),
                place=self.place(at),
            )
        statements = tuple(
            self.statement(entry, party, (*trail, number)) for number, entry in enumerate(value)
        )
        weighted = [statement.weight is not None for statement in statements]
        if any(weighted) and not all(weighted):
            self.fail(
                Fault(
                    "this statement has no weight and others of the party have; give a weight "
                    "to every statement or to none",
                    (*trail, weighted.index(False)),
                )
            )
        return Statements(statements, weighted=any(weighted))

    def statement(self, entry: Any, party: str, trail: Trail) -> Statement:
        if not isinstance(entry, dict):
            return Statement(self.formula(entry, trail, party))
        weight = self.number(entry, "weight", trail)
        if entry.get("unknown") and weight is not None:
            self.fail(
                Fault(
                    "a statement with a weight cannot be unknown; leave its weight out, or give "
                    "the party's preferences as prioritised statements",
                    (*trail, "unknown"),
                    at_key=True,
                )
            )
        return Statement(
            formula=self.formula(entry["prefer"], (*trail, "prefer"), party),
            weight=weight,
            confidence=self.number(entry, "confidence", trail),
            strength=entry.get("strength"),
            unknown=entry.get("unknown", False),
            basis=self.basis(entry, trail),
        )

    def number(self, entry: Mapping[str, Any], key: str, trail: Trail) -> float | None:
        if key not in entry:
            return None
        try:
            number = float(entry[key])
        except OverflowError:
            # A whole number may have more digits than any number of this kind.
            number = inf
        if not isfinite(number):
            self.fail(Fault("expected a finite number", (*trail, key), found=str(number)))
        return number

    def ordered(
        self, value: Sequence[Any], trail: Trail
    ) -> tuple[list[tuple[int, Any]], frozenset[int]]:
        """Tell the entries of an order, with their places in the file, from its strong steps."""
        entries: list[tuple[int, Any]] = []
        strong: set[int] = set()
        for number, entry in enumerate(value):
            if entry not in _STRONG_STEPS:
                entries.append((number, entry))
                continue
            alone = number + 1 == len(value) or value[number + 1] in _STRONG_STEPS
            if not entries or alone:
                where = "before" if not entries else "after"
                message = f"'{entry}' stands between two entries, and {where} it there is none"
                self.fail(Fault(message, (*trail, number), found=entry))
            strong.add(len(entries) - 1)
        return entries, frozenset(strong)

    def pattern(self, text: str, party: str, trail: Trail) -> Formula | None:
        """Read states as papers print them, such as YN-N; None for what is a formula."""
        marks = "".join(text.split()).translate(_DASHES)
        named = text in self.outcomes or f"{party}.{text}" in self.options
        if named or not marks or not set(marks) <= set("YN-"):
            return None
        options = [option for _, option in self.options.values()]
        if len(marks) != len(options):
            self.fail(
                Fault(
                    f"this pattern has {len(marks)} marks, and there are {len(options)} options: "
                    "Y, N or - stands for each, in the order of the file",
                    trail,
                    found=text,
                )
            )
        parts: list[Expression] = []
        for number, (mark, option) in enumerate(zip(marks, options, strict=True)):
            if mark == "-":
                continue
            if len(option.levels) > 2:
                self.fail(
                    Fault(
                        f"mark {number + 1} is for {option.key}, which has levels of its own "
                        f"({', '.join(option.levels)}): only - can stand for it",
                        trail,
                        found=text,
                    )
                )
            parts.append(AtLevel(number, frozenset({1 if mark == "Y" else 0})))
        expression: Expression = Constant(True)
        if parts:
            expression = Connective("and", tuple(parts)) if len(parts) > 1 else parts[0]
        words = " and ".join(
            f"{'' if mark == 'Y' else 'not '}{option.key}"
            for mark, option in zip(marks, options, strict=True)
            if mark != "-"
        )
        return Formula(words or "true", expression, self.place(trail))

    def states(self, part: Any, party: str, trail: Trail) -> int | Formula:
        """Read one part of an order: a state's number, a pattern or a formula."""
        if isinstance(part, int) and not isinstance(part, bool):
            return part
        pattern = self.pattern(part, party, trail) if isinstance(part, str) else None
        return pattern or self.formula(part, trail, party)

    def equal_states(self, entry: Any, party: str, trail: Trail) -> tuple[int | Formula, ...]:
        parts = entry if isinstance(entry, list) else [entry]
        trails = [(*trail, n) for n in range(len(parts))] if isinstance(entry, list) else [trail]
        if not parts:
            self.fail(Fault("this list of states is empty", trail))
        return tuple(self.states(part, party, at) for part, at in zip(parts, trails, strict=True))

    # Conditions and named things ----------------------------------------------------------

    def constraint(self, entry: Mapping[str, Any], trail: Trail) -> Constraint:
        if "never" in entry:
            never = self.formula(entry["never"], (*trail, "never"))
        else:
            never = negation(self.formula(entry["always"], (*trail, "always")))
        return Constraint(never, entry.get("because"), self.basis(entry, trail))

    def members(self, names: Sequence[str], trail: Trail) -> tuple[str, ...]:
        for number, name in enumerate(names):
            if name not in self.parties:
                self.unknown("party", name, self.parties, (*trail, number))
        return tuple(names)

    def package(self, name: str, entry: Mapping[str, Any]) -> Package:
        trail = ("packages", name)
        parties = self.members(entry["parties"], (*trail, "parties"))
        settings = self.settings(entry["set"], (*trail, "set"))
        for key in entry["set"]:
            owner = self.options[key][1].party
            if owner not in parties:
                self.fail(
                    Fault(
                        f"{key} is an option of {owner}, which is not a party to this package",
                        (*trail, "set", key),
                        at_key=True,
                        found=owner,
                        allowed=parties,
                    )
                )
        return Package(
            id=name,
            name=entry.get("name", name),
            parties=parties,
            settings=settings,
            when=self.formula(entry["when"], (*trail, "when")) if "when" in entry else None,
            about=entry.get("about"),
            basis=self.basis(entry, trail),
            tempo=self.number(entry, "tempo", trail),
        )

    def status_quo(self, document: Mapping[str, Any]) -> tuple[int, ...] | None:
        if "status_quo" not in document:
            return None
        settings = self.settings(document["status_quo"], ("status_quo",))
        return tuple(settings.get(number, 0) for number in range(len(self.options)))

    def roadmap(self, name: str, entry: Any, packages: Mapping[str, None]) -> Roadmap:
        trail: Trail = ("roadmaps", name)
        whole = isinstance(entry, dict)
        at: Trail = (*trail, "stages") if whole else trail
        return Roadmap(
            id=name,
            name=_name(entry, name),
            stages=tuple(
                self.stage(stage, (*at, number), packages)
                for number, stage in enumerate(entry["stages"] if whole else entry)
            ),
            about=entry.get("about") if whole else None,
            basis=self.basis(entry, trail) if whole else NO_BASIS,
        )

    def stage(self, entry: Mapping[str, Any], trail: Trail, packages: Mapping[str, None]) -> Stage:
        package = entry.get("package")
        if package is not None and package not in packages:
            self.unknown("package", package, packages, (*trail, "package"))
        settings = self.settings(entry.get("move", {}), (*trail, "move"))
        movers = dict.fromkeys(name.partition(".")[0] for name in entry.get("move", {}))
        if len(movers) > 1:
            self.fail(
                Fault(
                    f"this move sets options of several parties ({', '.join(movers)}); what "
                    "parties change together must be a package",
                    (*trail, "move"),
                    at_key=True,
                )
            )
        return Stage(
            name=entry["stage"],
            package=package,
            settings=settings,
            about=entry.get("about"),
            basis=self.basis(entry, trail),
            place=self.place(trail),
        )

    def format(self, name: str, entry: Any) -> Format:
        trail: Trail = ("formats", name)
        whole = isinstance(entry, dict)
        return Format(
            id=name,
            name=_name(entry, name),
            parties=self.members(
                entry["parties"] if whole else entry, (*trail, "parties") if whole else trail
            ),
            about=entry.get("about") if whole else None,
            basis=self.basis(entry, trail) if whole else NO_BASIS,
        )

    # Issues -------------------------------------------------------------------------------

    def issues(self, entries: Mapping[str, Any]) -> tuple[Issue, ...]:
        issues = tuple(self.issue(name, entry) for name, entry in entries.items())
        own = [issue.id for issue in issues if issue.this_dispute]
        if len(own) > 1:
            self.fail(
                Fault(
                    f"the dispute is about one issue at most; {own[0]} is marked already",
                    ("issues", own[1], "this_dispute"),
                    at_key=True,
                )
            )
        return issues

    def issue(self, name: str, entry: Mapping[str, Any]) -> Issue:
        trail: Trail = ("issues", name)
        places: dict[str, float] = {}
        for outcome in entry.get("outcomes", {}):
            if outcome not in self.outcomes:
                self.unknown(
                    "outcome", outcome, self.outcomes, (*trail, "outcomes", outcome), at_key=True
                )
            number = self.number(entry["outcomes"], outcome, (*trail, "outcomes"))
            assert number is not None, "the key is there"
            places[outcome] = number
        return Issue(
            id=name,
            name=entry.get("name", name),
            low=entry["scale"]["low"],
            high=entry["scale"]["high"],
            stands=tuple(
                self.stand(party, stand, (*trail, "positions", party))
                for party, stand in entry["positions"].items()
            ),
            places=places,
            this_dispute=entry.get("this_dispute", False),
            about=entry.get("about"),
            basis=self.basis(entry, trail),
            place=self.place(trail),
        )

    def stand(self, party: str, entry: Mapping[str, Any], trail: Trail) -> Stand:
        if party not in self.parties:
            self.unknown("party", party, self.parties, trail, at_key=True)
        confidence = self.number(entry, "confidence", trail)
        position, salience, capability = (
            self.estimate(entry[key], (*trail, key), greatest, confidence)
            for key, greatest in (("position", 100.0), ("salience", 1.0), ("capability", 100.0))
        )
        return Stand(
            party=party,
            position=position,
            salience=salience,
            capability=capability,
            about=entry.get("about"),
            basis=self.basis(entry, trail),
            place=self.place(trail),
        )

    def estimate(
        self, entry: Any, trail: Trail, greatest: float, confidence: float | None
    ) -> Estimate:
        """Read a number, alone or with its bounds; it may be anything from 0 to `greatest`."""
        if not isinstance(entry, dict):
            key = str(trail[-1])
            value = self.number({key: entry}, key, trail[:-1])
            assert value is not None, "the key is there"
            return Estimate(value, 0.0, greatest, confidence)
        value = self.number(entry, "value", trail)
        assert value is not None, "the structure is right"
        low, high = self.number(entry, "low", trail), self.number(entry, "high", trail)
        for key, bound, wrong in (
            ("low", low, low is not None and low > value),
            ("high", high, high is not None and high < value),
        ):
            if wrong:
                side = "above" if key == "low" else "below"
                self.fail(
                    Fault(
                        f"{key} is {bound:g}, which is {side} the value, {value:g}",
                        (*trail, key),
                        found=f"{bound:g}",
                    )
                )
        own = self.number(entry, "confidence", trail)
        return Estimate(
            value=value,
            low=0.0 if low is None else low,
            high=greatest if high is None else high,
            confidence=confidence if own is None else own,
            basis=self.basis(entry, trail),
        )

    # History --------------------------------------------------------------------------------

    def observations(
        self, entries: Sequence[Mapping[str, Any]], trail: Trail
    ) -> tuple[Observation, ...]:
        found: list[Observation] = []
        for number, entry in enumerate(entries):
            at = (*trail, number)
            day = self.day(entry["on"], (*at, "on"))
            if found and day < found[-1].on:
                self.fail(
                    Fault(
                        f"{day} stands after {found[-1].on}; observations stand in order of date",
                        (*at, "on"),
                        found=str(day),
                    )
                )
            settings = self.settings(entry["set"], (*at, "set"))
            basis = self.basis(entry, at)
            found.append(
                Observation(day, settings, entry.get("about"), basis, self.place(at), self.path)
            )
        return tuple(found)

    def day(self, text: str, trail: Trail) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fail(Fault(f"{shown(text)} is no day of the calendar", trail, found=text))

    def reference_class(self, document: Mapping[str, Any]) -> str | None:
        name: str | None = document.get("reference_class")
        if name is not None and name not in reference_classes():
            self.unknown("reference class", name, reference_classes(), ("reference_class",))
        return name

    def claims(self, entries: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
        self.refuse_twice(entries, "claims", "claim")
        return tuple(
            Claim(
                id=entry["id"],
                ask=entry["ask"],
                says=_level_name(entry["says"]),
                about=entry.get("about"),
                basis=self.basis(entry, ("claims", number)),
                place=self.place(("claims", number)),
                runs=() if self.places is None else self.places.runs(("claims", number, "ask")),
            )
            for number, entry in enumerate(entries)
        )


def _name(entry: Any, name: str) -> str:
    """Take the name of an entry that is a mapping with one; its id otherwise."""
    return str(entry.get("name", name)) if isinstance(entry, dict) else name


def _level_name(value: str | bool | float) -> str:
    """Write a level or an answer as text; true and false stand for yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
