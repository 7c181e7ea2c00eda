"""Who is named in a text: states, their capitals and peoples, organisations, and people.

Names of territories come from the Common Locale Data Repository, through babel; capitals and
peoples from countryinfo; what neither has from ``names.yaml``. The parties of a dispute file
come first, with their names and aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from detente.dispute.dispute import Party

__all__ = ["Actor", "ActorNames", "Form", "Mention", "known_actors", "naming_table", "same_actor"]

Form = Literal["name", "capital", "people", "person", "near", "group"]

_FIRST_WORD = re.compile(r"[^\W_]+")
_WORD_AT = re.compile(r"(?<![\w])[^\W\d_]+")
_DIRECTIONS = re.compile(r"\b(?:North|South|East|West|Northern|Southern|Eastern|Western|New)[ -]$")
# What is named after a country without being its act.
_PLACES = re.compile(
    r"[ -](?:peninsula|seas?|oceans?|gulf|straits?|islands?|rivers?|canal|wars?|deserts?)\b",
    re.IGNORECASE,
)
_SITE = re.compile(r"\b(?:in|at|near|outside|around)\s$")
# Who sits there speaks for the state: "officials in Lima say".
_SEATED = re.compile(
    r"\b(?:officials?|ministers?|authorities|leaders?|generals?|politicians?|negotiators?|"
    r"lawmakers?|aides?|planners?|commanders?|spokes(?:m[ae]n|wom[ae]n|person))\s(?:in|near)\s$",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\s*\(([^)]*)\)")
_ABBREVIATION = re.compile(r" \(([A-Z][A-Za-z]{1,7})\)")

_TITLE = (
    r"(?:[Pp]resident|[Pp]remier|[Pp]rime [Mm]inister|[Mm]inister|[Cc]hancellor|[Ss]ecretary"
    r"(?:[- ][Gg]eneral)?|[Aa]mbassador|[Ee]nvoy|[Ss]pokes(?:man|woman|person)|[Kk]ing|[Qq]ueen"
    r"|[Gg]eneral|[Ll]eader|[Dd]ictator|[Rr]uler|[Cc]hairman|[Dd]iplomat|[Nn]egotiator"
    r"|[Dd]elegate|[Ee]mperor|[Ss]ultan|[Ee]mir|[Cc]rown [Pp]rince)"
)
_NAME = r"[A-Z][\w’'-]+(?: (?:[a-z]{2,3}[ -])?[A-Z][\w’'-]+){0,2}"
# Between a country's adjective and a name: "Deputy Foreign Minister".
_TITLED = re.compile(rf"(?:['’]s?)?(?: [\w-]+){{0,3}}? {_TITLE},? (?P<name>{_NAME})")
# "NAME, the prime minister of COUNTRY" and "The secretary general of ORGANISATION, NAME".
_BEFORE = re.compile(rf"(?P<name>{_NAME}), (?:the |a )?(?:[\w-]+ ){{0,3}}?{_TITLE} of (?:the )?$")
# "NAME, the COUNTRY's foreign minister": the office follows the country.
_APPOSED = re.compile(rf"(?P<name>{_NAME}), (?:the )?$")
# "President NAME of COUNTRY".
_TITLED_OF = re.compile(rf"\b{_TITLE} (?P<name>{_NAME}) of (?:the )?$")
_ITS_OFFICE = re.compile(rf"(?:['’]s?)? (?:[\w-]+ ){{0,3}}?{_TITLE}\b")
# "NAME, who leads the COUNTRY's team".
_LEADS = re.compile(
    rf"(?P<name>{_NAME}), who (?:now |still |once |also )?(?:leads|heads|chairs|rules|runs|governs|"
    r"commands|represents|speaks for|negotiates for|led|headed|ruled|represented|spoke for)"
    r"(?: the)?(?: [a-z-]+(?: of| for| from)?(?: the)?){0,3} $"
)
_AFTER = re.compile(rf", (?P<name>{_NAME}),")
_OFFICE = re.compile(rf"{_TITLE} of (?:the )?$")
# People whose state is not told with their office: "President NAME", "NAME, the president,",
# "the government of NAME", "Mr NAME".
_LONG_NAME = r"[A-Z][\w’'-]+(?: (?:[a-z]{2,3}[ -])?[A-Z][\w’'-]+){0,4}"
_NEARBY = re.compile(
    rf"\b{_TITLE} (?P<titled>{_LONG_NAME})"
    rf"|\b(?:Mr|Mrs|Ms|Dr)\.? (?P<called>{_LONG_NAME})"
    rf"|\b(?:government|administration|cabinet|regime|supporters|side) of (?P<of>{_LONG_NAME})"
    rf"|(?<!\w)(?P<named>{_LONG_NAME}), (?:the|its|their) (?:[a-z-]+ ){{0,2}}?{_TITLE},"
)
_BACK = re.compile(r"(?:It|They|He|She|Its|Their|His|Her)\b")
_HOLDING = re.compile(
    r"\b(?:of|in|on|to|with|from|by|for|against|at|into|between|over|near|than|about)\s+"
    r"(?:the\s+)?$"
)
# "General Assembly" and "Prime Minister" are no people.
_NOBODY = re.compile(
    rf"(?:Assembly|Council|Committee|Staff|Court|House|Office|Island|Party|{_TITLE})\b"
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A possible party.

    Attributes
    ----------
    name
        As the dispute file names it, or its common English name.
    party
        Its id in the dispute file; None where it is no party there.
    """

    name: str
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """One place of a sentence that names an actor.

    Attributes
    ----------
    actor
        Who is named.
    start, end
        Where, in the sentence.
    form
        ``name``; ``capital`` for a seat of government; ``people`` for an adjective, or the name
        of its people; ``person`` for somebody who acts for it; ``near`` for somebody who seems
        to, as it was named last before him or her; ``group`` for people who are called by what
        they do, such as *the miners*.
    """

    actor: Actor
    start: int
    end: int
    form: Form


class ActorNames:
    """The names by which actors are found in texts.

    Parameters
    ----------
    names
        Each name as it is written, with its actor and form.
    """

    def __init__(self, names: Mapping[str, tuple[Actor, Form]]) -> None:
        self._names = dict(names)
        self._by_first: dict[str, list[str]] = {}
        for name in names:
            self._enter(name)

    def _enter(self, name: str) -> None:
        first = _FIRST_WORD.match(name)
        if first:
            listed = self._by_first.setdefault(first.group(), [])
            listed.append(name)
            listed.sort(key=len, reverse=True)

    def get(self, name: str) -> Actor | None:
        """The actor of a name, if there is one."""
        found = self._names.get(name)
        return None if found is None else found[0]

    def names_of(self, actor: Actor) -> tuple[str, ...]:
        """All names of an actor."""
        return tuple(name for name, (other, _) in self._names.items() if other == actor)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """All places of a text that name an actor, in order; of overlapping ones the longest."""
        return tuple(self._found(text))

    def _found(self, text: str, *, places: bool = False) -> Iterator[Mention]:
        place, nation = 0, -1
        while match := _WORD_AT.search(text, place):
            place = match.end()
            for name in self._by_first.get(match.group(), ()):
                start = match.start()
                end = start + len(name)
                if not text.startswith(name, start) or text[end : end + 1].isalnum():
                    continue
                place = end
                actor, form = self._names[name]
                # "Chilean miners" are told of as Chile.
                owned = form == "group" and nation == start - 1
                nation = end if form == "people" else -1
                placed = _is_place(text, start, end, form) and not (places and form == "capital")
                if not (owned or placed):
                    yield Mention(actor, start, end, form)
                break

    def with_people_of(self, sentences: Iterable[str]) -> ActorNames:
        """The names, and those that texts give to actors: people in office, and abbreviations.

        Parameters
        ----------
        sentences
            All sentences of all texts, so that who is introduced in one is known in the others.

        Returns
        -------
        ActorNames
        """
        found: dict[str, tuple[Actor, Form]] = {}
        for sentence in sentences:
            for mention in self.mentions(sentence):
                for name, form in _introduced(sentence, mention):
                    parts = [name, name.split()[-1]] if form == "person" else [name]
                    for part in parts:
                        if part not in self._names and len(part) > 1:
                            found.setdefault(part, (mention.actor, form))
        return self.with_names(found)

    def with_ambiguous_capitals(self, sentences: Iterable[str]) -> ActorNames:
        """The names, and capitals that are other places as well, where their state is named.

        *Georgetown* is the government of Guyana in a text that speaks of Guyana.
        """
        named = {one.actor for text in sentences for one in self.mentions(text)}
        return self.with_names(
            {
                name: (self._names[state][0], "capital")
                for name, state in _ambiguous_capitals().items()
                if state in self._names and self._names[state][0] in named
            }
        )

    def with_people_near(self, paragraphs: Iterable[Sequence[str]]) -> ActorNames:
        """The names, and those of people in office who are told beside an actor.

        *In Lima, President Castillo waits* does not say whose president he is. Whoever is named
        last before him in the sentence is taken, else whom the sentences before are about.

        Parameters
        ----------
        paragraphs
            The sentences of each paragraph.

        Returns
        -------
        ActorNames
        """
        found: dict[str, tuple[Actor, Form]] = {}
        for paragraph in paragraphs:
            last: Actor | None = None
            for text in paragraph:
                # A place stands for its state only where nobody else is named.
                named = [*self._found(text)] or [*self._found(text, places=True)]
                for match in _NEARBY.finditer(text):
                    name = next(filter(None, match.groups()))
                    before = [one.actor for one in named if one.end <= match.start()]
                    actor = before[-1] if before else last
                    # "President Vega of Peru" is told of as a whole.
                    whole = any(self.mentions(name))
                    if actor is not None and not whole and not _NOBODY.match(name):
                        for part in dict.fromkeys((name, name.split()[-1])):
                            if part not in self._names and len(part) > 2:
                                found.setdefault(part, (actor, "near"))
                if last is None or not _BACK.match(text):
                    free = [one for one in named if not _HOLDING.search(text[: one.start])]
                    last = free[0].actor if free else named[-1].actor if named else last
        return self.with_names(found)

    def with_names(self, more: Mapping[str, tuple[Actor, Form]]) -> ActorNames:
        """The names and some more; those that are there already keep their actors."""
        return ActorNames({**more, **self._names})


def _is_place(text: str, start: int, end: int, form: Form) -> bool:
    """Whether a name is that of a place only: *South China Sea*, *met in Khartoum*."""
    before = text[max(0, start - 10) : start]
    return bool(
        _DIRECTIONS.search(before)
        or _PLACES.match(text, end)
        or (
            form == "capital"
            and _SITE.search(before)
            and not _SEATED.search(text, max(0, start - 30), start)
        )
    )


def _introduced(sentence: str, mention: Mention) -> Iterator[tuple[str, Form]]:
    before, after = sentence[: mention.start], sentence[mention.end :]
    titled = _TITLED.match(after)
    if titled:
        yield titled.group("name"), "person"
    introduced = _BEFORE.search(before) or _LEADS.search(before) or _TITLED_OF.search(before)
    if introduced is None and _ITS_OFFICE.match(after):
        introduced = _APPOSED.search(before)
    if introduced:
        yield introduced.group("name"), "person"
    named = _AFTER.match(after)
    if named and _OFFICE.search(before):
        yield named.group("name"), "person"
    abbreviation = _ABBREVIATION.match(after)
    if abbreviation and mention.form == "name":
        yield abbreviation.group(1), "name"


# The actors that are known --------------------------------------------------------------------


def known_actors(parties: Sequence[Party] = ()) -> ActorNames:
    """All actors that can be found by name.

    Parameters
    ----------
    parties
        The parties of a dispute. One that is called as a state is that state; its name,
        id and aliases name it as well.

    Returns
    -------
    ActorNames
    """
    names = dict(_public_names())
    for party in parties:
        own = (party.name, *getattr(party, "aliases", ()))
        actor = Actor(party.name, party.id)
        known = next((names[name][0] for name in own if name in names), None)
        if known is not None:
            names = {
                name: (actor, form) if other == known else (other, form)
                for name, (other, form) in names.items()
            }
        for name in own:
            names[name] = (actor, "name")
        # Ids are often the abbreviations by which reports call a party.
        if party.id.isalpha() and len(party.id) > 1:
            names.setdefault(party.id.upper(), (actor, "name"))
    return ActorNames(names)


def same_actor(names: ActorNames, one: str, other: str) -> bool:
    """Whether two names are those of one actor."""
    first, second = names.get(one), names.get(other)
    return one == other or (first is not None and first == second)


@cache
def naming_table() -> dict[str, Any]:
    """What ``names.yaml`` holds."""
    from ruamel.yaml import YAML

    text = (files("detente.evidence.reading") / "names.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return table


@cache
def _public_names() -> dict[str, tuple[Actor, Form]]:
    table = naming_table()
    names: dict[str, tuple[Actor, Form]] = {}
    for code, actor, spellings in _territories(table):
        for name in (*spellings, *table["territories"].get(code, ())):
            names.setdefault(name, (actor, "name"))
        for seat in (*_capital(code, table), *table["seats"].get(code, ())):
            names.setdefault(seat, (actor, "capital"))
        for people in _peoples(code, table):
            names.setdefault(people, (actor, "people"))
            names.setdefault(f"{people}s", (actor, "people"))
    for name, others in table["organisations"].items():
        for one in (name, *others):
            names[one] = (Actor(name), "name")
    return names


def _territories(table: Mapping[str, Any]) -> Iterator[tuple[str, Actor, list[str]]]:
    from babel import Locale

    for code, called in Locale("en").territories.items():
        if len(code) != 2 or code in table["not_actors"] or code in ("EU", "UN"):
            continue
        full = called.replace(" SAR China", "").replace("&", "and").replace(" - ", "-")
        spellings = [_PARENTHESES.sub("", full), *_PARENTHESES.findall(full)]
        spellings += [name.replace("’", "'") for name in spellings]
        spellings += [name.replace("St. ", "Saint ") for name in spellings]
        country = _countries().get(code, {})
        spellings += [name for name in country.get("altSpellings", ()) if _is_official(name)]
        yield code, Actor(spellings[0]), [name for name in spellings if name]


def _capital(code: str, table: Mapping[str, Any]) -> Iterator[str]:
    capital = _countries().get(code, {}).get("capital")
    if isinstance(capital, str) and capital and capital not in table["not_capitals"]:
        yield capital


@cache
def _ambiguous_capitals() -> dict[str, str]:
    """Capitals that name other places as well, with the names of their states."""
    table = naming_table()
    found = {}
    for code, actor, _ in _territories(table):
        capital = _countries().get(code, {}).get("capital")
        # "Singapore" is the state.
        listed = isinstance(capital, str) and capital in table["not_capitals"]
        if isinstance(capital, str) and listed and capital not in actor.name:
            found[capital] = actor.name
    return found


def _is_official(name: str) -> bool:
    return name.isascii() and " " in name.strip() and name[:1].isupper() and "," not in name


@cache
def _countries() -> dict[str, dict[str, Any]]:
    """What countryinfo has, by ISO code."""
    from countryinfo import all_countries

    found: dict[str, dict[str, Any]] = {}
    for country in all_countries():
        entry = country.info()
        code = entry.get("ISO", {}).get("alpha2")
        if code:
            found.setdefault(code, dict(entry))
    return found


def _peoples(code: str, table: Mapping[str, Any]) -> Iterator[str]:
    called = _countries().get(code, {}).get("demonym") or ""
    if code in table["peoples"] and not table["peoples"][code]:
        return
    for people in (*re.split(r"[,/]", called), *table["peoples"].get(code, ())):
        if people and table["ambiguous"].get(people, code) == code:
            yield people
