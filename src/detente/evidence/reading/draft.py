"""Proposals as entries of a dispute file, each with its citation.

What a proposal cannot tell is left as a blank, ``___``: the formula of a preference that speaks
of no option yet, the question of a claim. The file loads once the blanks are filled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from detente.dispute.errors import DisputeError
from detente.evidence.reading.blanks import BLANK
from detente.evidence.reading.likeness import content, likeness, stem
from detente.evidence.reading.proposals import Kind, Proposal
from detente.evidence.reading.reports import Report
from detente.evidence.reading.words import forms, pattern, table, verbs
from detente.files.schema_check import schema
from detente.files.template import id_from
from detente.files.yaml_text import editable, written

__all__ = ["Draft", "draft", "entered", "is_threat", "without_ending"]

# In this order one proposal can use what another brought.
_ORDER: tuple[Kind, ...] = (
    "party",
    "option",
    "act",
    "package",
    "stage",
    "format",
    "outcome",
    "stance",
    "condition",
    "claim",
    "history",
)
_ALIKE = 0.6
_WORDS_OF_ID = 3
_WORDS_OF_NAME = 9
_LETTERS_OF_DAY = len("2018-04-21")


@dataclass(frozen=True, slots=True)
class _KnownOption:
    key: str
    party: str
    words: frozenset[str]


class Draft:
    """A dispute file's document into which proposals are entered one by one.

    Parameters
    ----------
    document
        What the file holds; it is changed in place. An empty mapping starts a new file.
    reports
        The reports that the proposals cite.
    """

    def __init__(self, document: Any, reports: Sequence[Report]) -> None:
        self.document = document
        self._reports = {report.id: report for report in reports}
        document.setdefault("dispute", reports[0].title if reports else BLANK)
        document.setdefault("sources", [])
        if "parties" not in document:
            document["parties"] = {}

    # Looking up -------------------------------------------------------------------------------

    def party_id(self, name: str) -> str | None:
        """Id of the party with a name; None where the file has none."""
        for party, entry in self.document["parties"].items():
            aliases = entry.get("aliases", ())
            if name in (entry.get("name", party), party) or name in aliases:
                return str(party)
        return None

    def _options(self) -> Iterator[_KnownOption]:
        names = [entry.get("name", party) for party, entry in self.document["parties"].items()]
        for party, entry in self.document["parties"].items():
            for option, value in (entry.get("options") or {}).items():
                called = value if isinstance(value, str) else value.get("name", option)
                about = "" if isinstance(value, str) else value.get("about", "")
                words = content(f"{called} {option.replace('_', ' ')}", names)
                yield _KnownOption(f"{party}.{option}", party, words or content(about, names))

    def option_for(
        self, words: str | None, owners: Sequence[str], own: str | None = None
    ) -> str | None:
        """Full name of the option that some words speak of, if there is one.

        Parameters
        ----------
        words
            Words of a passage.
        owners
            Ids of the parties named in it, whose options are looked at first.
        own
            Id of the party that speaks; its own options come last.
        """
        if not words:
            return None
        names = [entry.get("name", party) for party, entry in self.document["parties"].items()]
        wanted = content(words, names)
        best: tuple[float, int, str] | None = None
        for option in self._options():
            score = likeness(wanted, option.words)
            # One word of a short option's name may be chance; two are not.
            if score < _ALIKE or not (
                len(wanted & option.words) >= 2 or len(option.words) == 1 or len(wanted) == 1
            ):
                continue
            place = 2 if option.party in owners else 1 if option.party == own else 0
            if best is None or (score, place) > best[:2]:
                best = (score, place, option.key)
        return best[2] if best else None

    # Entering ---------------------------------------------------------------------------------

    def enter(self, proposal: Proposal, formula: str | None = None) -> bool:
        """Enter one proposal with its citation.

        Parameters
        ----------
        proposal
            Accepted by the analyst, or one of a first draft.
        formula
            For a stance, a condition or an outcome, its formula as the analyst has it. Where
            left out, it is made from the proposal's words if they are those of options.

        Returns
        -------
        bool
            False where it brought nothing new but its citation.

        Raises
        ------
        DisputeError
            If the proposal cites none of the reports.
        """
        if proposal.source not in self._reports:
            raise DisputeError(f"there is no report {proposal.source!r}")
        self._source(proposal.source)
        if proposal.kind in ("stance", "condition"):
            return self._preference(proposal, formula)
        if proposal.kind == "outcome":
            return self._outcome(proposal, formula)
        entering = {
            "party": self._party,
            "option": self._option,
            "act": self._option,
            "package": self._package,
            "stage": self._stage,
            "format": self._format,
            "claim": self._claim,
            "history": self._history,
        }
        return entering[proposal.kind](proposal)

    def _source(self, name: str) -> None:
        sources = self.document["sources"]
        if any(entry["id"] == name for entry in sources):
            return
        report = self._reports[name]
        sources.append({"id": name, "title": report.title, "sha256": report.sha256})

    def _party(self, proposal: Proposal) -> bool:
        party, new = self._entered_party(proposal.parties[0], proposal)
        _cite(self.document["parties"][party], proposal)
        return new

    def _entered_party(self, name: str, proposal: Proposal) -> tuple[str, bool]:
        known = self.party_id(name)
        if known is not None:
            return known, False
        party = _new_id(name, self.document["parties"], whole=True)
        entry: dict[str, Any] = {"name": name, "source": _citation(proposal), "options": {}}
        entry["preferences"] = []
        self.document["parties"][party] = entry
        return party, True

    def _option(self, proposal: Proposal) -> bool:
        if not proposal.parties or not proposal.about:
            return False
        # Who threatens to stop something would stop another's act, not one of its own.
        ends, about = (
            (False, proposal.about) if is_threat(proposal) else without_ending(proposal.about)
        )
        about = " ".join(about.split()[:_WORDS_OF_NAME])
        # What is asked to stop goes on now.
        return self.enter_option(about, [proposal], under_way=proposal.under_way or ends)[1]

    def enter_option(
        self, about: str, proposals: Sequence[Proposal], *, under_way: bool
    ) -> tuple[str, bool]:
        """Enter an option of the first party that proposals name, with the citations of all.

        Parameters
        ----------
        about
            What it is called.
        proposals
            Those that tell of it.
        under_way
            Whether it is chosen in the status quo.

        Returns
        -------
        tuple of str and bool
            Its full name, and whether it is new.
        """
        proposal = proposals[0]
        self._source(proposal.source)
        party, _ = self._entered_party(proposal.parties[0], proposal)
        entry = self.document["parties"][party]
        if not entry.get("options"):
            entry["options"] = {}
        same = self.option_for(about, (party,), party)
        if same is not None and same.startswith(f"{party}."):
            key, new = same, False
            option = same.partition(".")[2]
            value = entry["options"][option]
            if not isinstance(value, dict):
                value = entry["options"][option] = {"name": value}
        else:
            option = _new_id(about, entry["options"])
            entry["options"][option] = value = {"name": about[:1].upper() + about[1:]}
            key, new = f"{party}.{option}", True
        for one in proposals:
            self._source(one.source)
            _cite(value, one)
        if under_way:
            self.document.setdefault("status_quo", {})[key] = "yes"
        return key, new

    def cite(self, formula: str, proposal: Proposal) -> None:
        """Add a citation to the statement of the proposal's first party with a formula."""
        party = self.party_id(proposal.parties[0])
        entry = self.document["parties"].get(party) or {}
        statements: Any = entry.get("preferences")
        if not isinstance(statements, list):
            return
        for statement in reversed(statements):
            if isinstance(statement, Mapping) and statement.get("prefer") == formula:
                self._source(proposal.source)
                _cite(statement, proposal)
                return

    def _preference(self, proposal: Proposal, formula: str | None) -> bool:
        if not proposal.parties:
            return False
        party, _ = self._entered_party(proposal.parties[0], proposal)
        entry = self.document["parties"][party]
        preferences = entry.get("preferences")
        if isinstance(preferences, Mapping):
            # An explicit order: statements cannot stand beside it.
            return False
        if preferences is None:
            entry["preferences"] = preferences = []
        formula = formula or self.formula(proposal)
        if formula is not None:
            for number, statement in enumerate(preferences):
                text = statement if isinstance(statement, str) else statement.get("prefer")
                if text == formula:
                    if isinstance(statement, str):
                        statement = preferences[number] = {"prefer": formula}  # noqa: PLW2901
                    _cite(statement, proposal)
                    return False
        weighted = any(isinstance(one, Mapping) and "weight" in one for one in preferences)
        statement = {"prefer": formula or BLANK}
        if weighted:
            statement["weight"] = BLANK
        statement["source"] = _citation(proposal, says=_in_words(proposal))
        preferences.append(statement)
        return True

    def _lessens(self, key: str, about: str) -> bool:
        """Whether an option makes less of what words speak of: *lower the toll*, *the toll*."""
        party, _, option = key.partition(".")
        value = self.document["parties"][party]["options"][option]
        called = str(value.get("name", option) if isinstance(value, Mapping) else value)
        first = stem(called.partition(" ")[0])
        return first in _lessening() and first not in content(about)

    def formula(self, proposal: Proposal) -> str | None:
        """The formula of a stance or condition whose options the file has; None otherwise."""
        own = self.party_id(proposal.parties[0]) if proposal.parties else None
        others = [self.party_id(name) for name in proposal.parties[1:]]
        owners = [party for party in others if party is not None]
        # Who is against a freeze of licences is for the licences.
        ends, about = (False, None) if proposal.about is None else without_ending(proposal.about)
        option = self.option_for(about, owners, own)
        if option is None:
            return None
        agrees = (proposal.direction == "for") != (ends or self._lessens(option, about or ""))
        if not agrees and owners and own == option.partition(".")[0] not in owners and not ends:
            # What another would do is not one's own option, however alike the words.
            return None
        head = option if agrees else f"not {option}"
        if proposal.kind != "condition":
            return head
        condition = self.option_for(proposal.condition, owners, own)
        if condition is None or condition == option:
            return None
        return f"{head} if {'not ' if proposal.negated else ''}{condition}"

    def _package(self, proposal: Proposal) -> bool:
        members = [self._entered_party(name, proposal)[0] for name in proposal.parties]
        packages = self.document.setdefault("packages", {})
        name = proposal.about or "Package"
        same = _same_name(packages, name)
        if same is not None:
            _cite(same, proposal)
            return False
        settings = self._settings(proposal, members)
        packages[_new_id(name, packages)] = {
            "name": _title(name),
            "parties": members or [BLANK],
            "set": settings or {BLANK: "yes"},
            "source": _citation(proposal),
        }
        return True

    def settings_of(self, proposal: Proposal) -> dict[str, str]:
        """The options of its parties that a passage speaks of, each at the level that it asks."""
        members = [one for name in proposal.parties if (one := self.party_id(name)) is not None]
        return self._settings(proposal, members)

    def _settings(self, proposal: Proposal, members: Sequence[str]) -> dict[str, str]:
        """The options of members that the passage speaks of, each at the level that it asks."""
        words = content(proposal.quote)
        found = {}
        for option in self._options():
            if option.party in members and option.words and option.words <= words:
                found[option.key] = "no" if self._is_to_end(option, proposal.quote) else "yes"
        return found

    def _is_to_end(self, option: _KnownOption, quote: str) -> bool:
        for match in _ending().finditer(quote):
            if option.words & content(quote[match.end() : match.end() + 60]):
                return True
        return False

    def _stage(self, proposal: Proposal) -> bool:
        roadmaps = self.document.setdefault("roadmaps", {})
        plan = f"plan_of_{proposal.source}"
        if plan not in roadmaps:
            roadmaps[plan] = {"name": f"Plan in {proposal.source}", "stages": []}
        roadmaps[plan]["stages"].append(
            {
                "stage": _title(proposal.about or f"Stage {len(roadmaps[plan]['stages']) + 1}"),
                "move": {BLANK: "yes"},
                "source": _citation(proposal),
            }
        )
        return True

    def _format(self, proposal: Proposal) -> bool:
        members = [self._entered_party(name, proposal)[0] for name in proposal.parties]
        formats = self.document.setdefault("formats", {})
        name = proposal.about or "Talks"
        same = _same_name(formats, name)
        if same is not None:
            _cite(same, proposal)
            return False
        formats[_new_id(name, formats)] = {
            "name": _title(name),
            "parties": members or [BLANK],
            "source": _citation(proposal),
        }
        return True

    def _outcome(self, proposal: Proposal, formula: str | None) -> bool:
        outcomes = self.document.setdefault("outcomes", {})
        name = proposal.about or "Outcome"
        same = _same_name(outcomes, name)
        if same is not None:
            _cite(same, proposal)
            return False
        outcomes[_new_id(name, outcomes)] = {
            "name": _title(name),
            "when": formula or BLANK,
            "source": _citation(proposal),
        }
        return True

    def _claim(self, proposal: Proposal) -> bool:
        claims = self.document.setdefault("claims", [])
        taken = [entry["id"] for entry in claims]
        claims.append(
            {
                "id": _new_id(proposal.about or "claim", taken),
                "about": proposal.about or proposal.quote[:100],
                "ask": BLANK,
                "says": BLANK,
                "source": _citation(proposal),
            }
        )
        return True

    def _history(self, proposal: Proposal) -> bool:
        if "history" not in schema()["properties"]:
            return False
        history = self.document.setdefault("history", [])
        if not isinstance(history, list):
            return False
        # A month or a year is no day: what is known stands beside the blank.
        exact = proposal.on is not None and len(proposal.on) == _LETTERS_OF_DAY
        observation = {
            "on": proposal.on if exact else BLANK,
            "set": self.settings_of(proposal) or {BLANK: "yes"},
            "about": proposal.about or proposal.quote,
            "source": _citation(proposal, says=None if exact else proposal.on),
        }
        # They stand in order of date; "2019-05" before its days.
        later = (n for n, one in enumerate(history) if _known_date(one) > (proposal.on or ""))
        history.insert(next(later, len(history)), observation)
        return True


def draft(
    reports: Sequence[Report],
    proposals: Iterable[Proposal],
    document: Any = None,
    *,
    least: float = 0.5,
) -> Any:
    """Enter proposals into a dispute file's document, those first that others can use.

    Parameters
    ----------
    reports
        The reports.
    proposals
        What a reader proposes.
    document
        What a dispute file holds; it is changed in place. Left out, a new one is begun.
    least
        The least confidence of a proposal that is entered.

    Returns
    -------
    mapping
        The document. It loads once its blanks are filled; see
        :func:`detente.evidence.reading.blanks.blanks`.
    """
    entered = Draft({} if document is None else document, reports)
    chosen = [one for one in proposals if one.confidence >= least]
    active = {one.parties[0] for one in chosen if one.parties and one.kind in _ACTIVE}
    for one in sorted(chosen, key=lambda proposal: _ORDER.index(proposal.kind)):
        if one.kind == "party" and one.parties[0] not in active:
            # Only named, and does and wants nothing.
            continue
        if one.kind == "history" and len(one.on or "") < _LETTERS_OF_DAY:
            # A year alone cannot stand in the history; whoever knows the day accepts it by hand.
            continue
        if one.kind in ("package", "format") and not set(one.parties) <= active:
            continue
        entered.enter(one)
    return entered.document


def entered(
    text: str, proposal: Proposal, reports: Sequence[Report], *, formula: str | None = None
) -> str:
    """The text of a dispute file with one more proposal in it, and all else as it was.

    Parameters
    ----------
    text
        The file's text; comments are kept.
    proposal
        What the analyst accepts, as it was or edited.
    reports
        The reports; that of the proposal becomes a source where it is none yet.
    formula
        As for :meth:`Draft.enter`.

    Returns
    -------
    str

    Raises
    ------
    DisputeError
        If the text is not a dispute file, or the proposal cites none of the reports.
    """
    document = editable(text)
    if not isinstance(document, Mapping):
        raise DisputeError("the file does not hold a dispute: it is not a mapping")
    Draft(document, reports).enter(proposal, formula)
    return written(document)


_ACTIVE = frozenset({"stance", "condition", "option", "act"})


# Pieces --------------------------------------------------------------------------------------


def _citation(proposal: Proposal, says: str | None = None) -> dict[str, Any]:
    from ruamel.yaml.comments import CommentedMap

    at = CommentedMap(paragraph=proposal.at.paragraph, sentence=proposal.at.sentence)
    at.fa.set_flow_style()
    citation: dict[str, Any] = {
        "id": proposal.source,
        "at": at,
        "quote": " ".join(proposal.quote.split()),
    }
    if says:
        citation["says"] = says
    return citation


def _cite(entry: Any, proposal: Proposal) -> None:
    """Add a citation to an entry that has others or none; the same passage stands once."""
    citation = _citation(proposal)
    there = entry.get("source")
    listed = list(there) if isinstance(there, list) else [] if there is None else [there]
    if any(all(one.get(key) == citation[key] for key in ("id", "at", "quote")) for one in listed):
        return
    if isinstance(there, list):
        there.append(citation)
    else:
        entry["source"] = [*listed, citation] if listed else citation


def _in_words(proposal: Proposal) -> str:
    words = f"{proposal.parties[0]} is {proposal.direction}: {proposal.about or proposal.quote}"
    if proposal.condition:
        words += f" ({proposal.condition_words})"
    return " ".join(words.split())


def _known_date(observation: Mapping[str, Any]) -> str:
    """The day of an observation, or the month or year that stands beside its blank."""
    on = str(observation.get("on", BLANK))
    source = observation.get("source")
    said = source.get("says", "") if isinstance(source, Mapping) else ""
    return said if on == BLANK else on


def _same_name(entries: Mapping[str, Any], name: str) -> Any:
    wanted = content(name)
    for entry in entries.values():
        called = entry.get("name", "") if isinstance(entry, Mapping) else ""
        if isinstance(entry, Mapping) and (
            called.casefold() == name.casefold() or (wanted and content(called) == wanted)
        ):
            return entry
    return None


def _title(name: str) -> str:
    name = " ".join(name.split())
    return name[:1].upper() + name[1:]


@cache
def _lessening() -> frozenset[str]:
    return frozenset(map(stem, table()["lessening"]))


def _ending() -> re.Pattern[str]:
    return pattern(
        f"{form} {verb.particle}".strip()
        for verb in verbs(table()["ending"])
        for form in forms(verb.base)
    )


def is_threat(proposal: Proposal) -> bool:
    """Whether the passage tells of a threat to do what the proposal is about."""
    before = " ".join(proposal.quote.split()).partition(proposal.about or "")[0]
    return re.search(r"\bthreat\w* to \Z", before) is not None


def without_ending(about: str) -> tuple[bool, str]:
    """*Stop nuclear tests* is about nuclear tests: whether it is so, and what is left."""
    match = _ending().search(about)
    if match is None or len(about[: match.start()].split()) > 4:
        return False, about
    rest = about[match.end() :].strip(" ,.")
    return (True, rest) if rest else (False, about)


def _new_id(name: str, taken: Iterable[str], *, whole: bool = False) -> str:
    """An id made of a name, or of its first words that mean something."""
    if whole:
        return id_from(name, taken)
    words = [word for word in re.findall(r"\w+", name) if content(word)]
    return id_from(" ".join(words) or name, taken, most_words=_WORDS_OF_ID)
