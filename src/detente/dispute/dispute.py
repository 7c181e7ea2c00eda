"""The values of a dispute: parties, options, preferences, and what is said of them.

Every class here is a frozen dataclass without behaviour beyond look-up and display. They are
built by :mod:`detente.files.dispute_file` from a dispute file and read by every later stage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Literal, TypeAlias

__all__ = [
    "AtLevel",
    "Basis",
    "Citation",
    "Claim",
    "Connective",
    "Constant",
    "Constraint",
    "Dispute",
    "Estimate",
    "Expression",
    "Format",
    "Formula",
    "Guard",
    "Issue",
    "Locator",
    "Observation",
    "Option",
    "OrderedStates",
    "Outcome",
    "Package",
    "Party",
    "Place",
    "Preferences",
    "Roadmap",
    "Run",
    "Source",
    "Stage",
    "Stand",
    "Statement",
    "Statements",
    "Unseen",
    "View",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in its file; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Run:
    """From which character on a text stands in one line of its file, and where that line has it."""

    offset: int
    place: Place


# Where a judgement comes from --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """A text on which judgements rest.

    ``path`` is set where the text is a local file (relative to the dispute file).
    ``sha256`` is the digest of the text's bytes, so that a text held elsewhere can be checked.
    """

    id: str
    title: str
    author: str | None = None
    publisher: str | None = None
    year: int | None = None
    url: str | None = None
    sha256: str | None = None
    path: Path | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Locator:
    """A passage of a source by paragraph and sentence, both counted from 1.

    Without ``sentence`` the whole paragraph is meant.
    """

    paragraph: int
    sentence: int | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One passage of a source: where it stands (``at`` or ``quote``) and what it says."""

    source: str
    at: Locator | None = None
    says: str | None = None
    quote: str | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on a judgement: what it says, whose it is, and of which day."""

    says: str
    by: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What a judgement rests on: passages of sources, or the analyst's own reason.

    Comments stand with it; nothing rests on them.
    """

    citations: tuple[Citation, ...] = ()
    judgement: bool = False
    because: str | None = None
    comments: tuple[Comment, ...] = field(default=(), compare=False)


NO_BASIS = Basis()


# Formulas ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class AtLevel:
    """True where option number ``option`` stands at one of ``levels``."""

    option: int
    levels: frozenset[int]


@dataclass(frozen=True, slots=True)
class Connective:
    """``not`` (one part), ``and``, ``or``, ``if`` (then, condition) or ``iff`` (two parts)."""

    operator: Literal["not", "and", "or", "if", "iff"]
    parts: tuple[Expression, ...]


Expression: TypeAlias = Constant | AtLevel | Connective


@dataclass(frozen=True, slots=True)
class Formula:
    """A condition on states: its text as written, and its meaning with all names resolved."""

    text: str
    expression: Expression
    place: Place | None = field(default=None, compare=False)


# Parties -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the state in which an option starts to change.

    The option may be set to level ``to`` (any level where ``to`` is None) only from states in
    which ``when`` is true.
    """

    to: int | None
    when: Formula


@dataclass(frozen=True, slots=True)
class Option:
    """A course of action that one party controls, with ordered levels, lowest first."""

    id: str
    party: str
    name: str
    levels: tuple[str, ...] = ("no", "yes")
    irreversible: Literal["up", "down"] | None = None
    guards: tuple[Guard, ...] = ()
    about: str | None = None
    basis: Basis = NO_BASIS
    place: Place | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The option's full name, ``party.option``."""
        return f"{self.party}.{self.id}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One preference statement: the party prefers states in which ``formula`` is true.

    ``weight`` is None for a prioritised statement. ``confidence`` (0 to 1) is the analyst's
    confidence in the statement, None where it was not given. Where ``unknown``, the party tells
    states apart by ``formula``, but which of them it prefers is not known.
    """

    formula: Formula
    weight: float | None = None
    confidence: float | None = None
    strength: Literal["mild", "strong"] | None = None
    unknown: bool = False
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True)
class Statements:
    """Preferences by statements: prioritised (most important first) or weighted."""

    statements: tuple[Statement, ...]
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class OrderedStates:
    """Preferences by an explicit order, best first.

    Each entry is a set of states held equal: state numbers (counted from 1) and formulas.
    ``strong`` has the places (from 0) of the entries that are strongly preferred to the next one,
    and so to all after it.
    """

    order: tuple[tuple[int | Formula, ...], ...]
    strong: frozenset[int] = frozenset()
    basis: Basis = NO_BASIS
    place: Place | None = field(default=None, compare=False)


Preferences: TypeAlias = Statements | OrderedStates


@dataclass(frozen=True, slots=True)
class View:
    """What one party takes another to prefer, or to be able to do, where it is mistaken.

    ``preferences`` is None where it knows what the other prefers; ``options`` holds the numbers
    of those options of the other that it takes into account, and is None where it knows all.
    """

    party: str
    preferences: Preferences | None = None
    options: frozenset[int] | None = None
    about: str | None = None
    basis: Basis = NO_BASIS
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unseen:
    """States that a party does not see: it takes those in which ``formula`` is true for impossible.

    They may be told by its own options as well as by others'.
    """

    formula: Formula
    about: str | None = None
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True)
class Party:
    """A decision maker: the options it controls, what it prefers, how it misperceives others.

    ``moves`` are all its moves, as pairs of state numbers (from 1), where the file lists them;
    None where they follow from its options.
    ``aliases`` are other names by which reports call it.
    ``tempo`` is how often it gets to move in a forecast, in proportion to the others.
    """

    id: str
    name: str
    options: tuple[Option, ...]
    preferences: Preferences
    about: str | None = None
    basis: Basis = NO_BASIS
    perceives: tuple[View, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    aliases: tuple[str, ...] = ()
    tempo: float | None = None
    moves: tuple[tuple[int, int], ...] | None = None
    moves_place: Place | None = field(default=None, compare=False)
    place: Place | None = field(default=None, compare=False, repr=False)

    @property
    def misperceptions(self) -> tuple[View | Unseen, ...]:
        """All that the party is mistaken about: others, then the states that it does not see."""
        return (*self.perceives, *self.unseen)


# Conditions and named things -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constraint:
    """States in which ``never`` is true are infeasible."""

    never: Formula
    because: str | None = None
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True)
class Package:
    """A joint move: the named parties change the listed options together.

    ``settings`` maps option numbers to levels.
    """

    id: str
    name: str
    parties: tuple[str, ...]
    settings: dict[int, int]
    when: Formula | None = None
    about: str | None = None
    basis: Basis = NO_BASIS
    tempo: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A named region of states."""

    id: str
    name: str
    formula: Formula
    about: str | None = None
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a roadmap: a declared package, or one party's move (option → level)."""

    name: str
    package: str | None = None
    settings: dict[int, int] = field(default_factory=dict)
    about: str | None = None
    basis: Basis = NO_BASIS
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Roadmap:
    """A staged plan that starts at the status quo."""

    id: str
    name: str
    stages: tuple[Stage, ...]
    about: str | None = None
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True)
class Format:
    """Parties that move together; the others react."""

    id: str
    name: str
    parties: tuple[str, ...]
    about: str | None = None
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number that somebody judged.

    ``low`` and ``high`` bound what it may be. ``confidence`` (0 to 1) is the analyst's that it is
    as stated, None where it was not given.
    """

    value: float
    low: float
    high: float
    confidence: float | None = None
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one party stands on an issue.

    ``position`` is the place on the issue's scale that it wants, 0 to 100; ``salience`` (0 to 1)
    the share of its weight that it would put in; ``capability`` (0 to 100) its whole weight.
    """

    party: str
    position: Estimate
    salience: Estimate
    capability: Estimate
    about: str | None = None
    basis: Basis = NO_BASIS
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Issue:
    """A question with a scale from 0 (``low``, in words) to 100 (``high``), and who stands where.

    ``places`` puts named outcomes of the dispute on the scale. ``this_dispute`` marks the issue
    that the dispute itself is about.
    """

    id: str
    name: str
    low: str
    high: str
    stands: tuple[Stand, ...]
    places: dict[str, float] = field(default_factory=dict)
    this_dispute: bool = False
    about: str | None = None
    basis: Basis = NO_BASIS
    place: Place | None = field(default=None, compare=False)

    def stand_of(self, party: str) -> Stand | None:
        """Where a party stands; None where the file does not say."""
        return next((stand for stand in self.stands if stand.party == party), None)


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen to change on a day: option number → level, from then on."""

    on: date
    settings: dict[int, int]
    about: str | None = None
    basis: Basis = NO_BASIS
    place: Place | None = field(default=None, compare=False)
    path: Path | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What had been seen by the day from which a dispute starts: so many moves in so many days."""

    day: date
    moves: int
    days: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a source as a query, with the answer that the source gives.

    ``runs`` tell where the pieces of ``ask`` stand in the file, one after the other.
    """

    id: str
    ask: str
    says: str
    about: str | None = None
    basis: Basis = NO_BASIS
    place: Place | None = field(default=None, compare=False)
    runs: tuple[Run, ...] = field(default=(), compare=False, repr=False)

    def place_in_ask(self, offset: int) -> Place | None:
        """Where one character of the query stands in the file; None where that is not known."""
        before = [run for run in self.runs if run.offset <= offset]
        if not before:
            return None
        run = before[-1]
        return Place(run.place.line, run.place.column + offset - run.offset)


@dataclass(frozen=True)
class Dispute:
    """A dispute between parties, as read from its file.

    ``status_quo`` gives a level for every option, in the order of :attr:`options`, or is None.
    ``coalesce`` lists conditions whose states count as one state each. ``seen`` is given where the
    status quo is that of a day in its history, which then tells what was seen after that day.
    """

    title: str
    parties: tuple[Party, ...]
    about: str | None = None
    sources: tuple[Source, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    coalesce: tuple[Formula, ...] = ()
    packages: tuple[Package, ...] = ()
    status_quo: tuple[int, ...] | None = None
    outcomes: tuple[Outcome, ...] = ()
    roadmaps: tuple[Roadmap, ...] = ()
    formats: tuple[Format, ...] = ()
    issues: tuple[Issue, ...] = ()
    claims: tuple[Claim, ...] = ()
    history: tuple[Observation, ...] = ()
    seen: Seen | None = None
    reference_class: str | None = None
    path: Path | None = field(default=None, compare=False)

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """All options, in the order of the parties; the first changes fastest in numbering."""
        return tuple(option for party in self.parties for option in party.options)

    @property
    def lists_moves(self) -> bool:
        """Whether the file lists the parties' moves, which else follow from their options."""
        return any(party.moves is not None for party in self.parties)

    @cached_property
    def option_numbers(self) -> dict[str, int]:
        """Number of each option, by full name."""
        return {option.key: number for number, option in enumerate(self.options)}

    @cached_property
    def party_numbers(self) -> dict[str, int]:
        """Number of each party, by id."""
        return {party.id: number for number, party in enumerate(self.parties)}

    def options_of(self, party: str) -> tuple[int, ...]:
        """Numbers of the options that `party` controls."""
        return tuple(n for n, option in enumerate(self.options) if option.party == party)

    def _repr_html_(self) -> str:
        """Who can do what, and what is done in the status quo, as a table for notebooks."""
        names = {party.id: party.name for party in self.parties}
        now = self.status_quo
        rows = [
            [
                names[option.party],
                option.name,
                option.key,
                "–" if now is None else option.levels[now[number]],
            ]
            for number, option in enumerate(self.options)
        ]
        cells = "".join(f"<tr><td>{'</td><td>'.join(map(escape, row))}</td></tr>" for row in rows)
        heading = "<tr><th>Party</th><th>Option</th><th>Id</th><th>Status quo</th></tr>"
        return f"<table><caption>{escape(self.title)}</caption>{heading}{cells}</table>"
