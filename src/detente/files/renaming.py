"""Other ids in a dispute document: in its keys, its formulas and its questions alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["QUESTION_WORDS", "Renaming", "names_a_state_by_number", "renamed"]

# What questions have words for; docs/reference/query-language.md.
QUESTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        where count show state what does choose prefers to loses more than by is less urgent for
        roadmap holds format can sidelines compare with stable everyone accepts under of packages
        fairly within must may cannot reach hold keep all some best improvements legal moves move
        steps step status_quo
        """,
    )
)

_TOKEN = re.compile(
    r"(?P<comparator>==|!=|<=|>=|=|<|>)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?|[A-Za-z0-9_]+)"
    r"|(?P<blank>\s+)|(?P<other>.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Renaming:
    """Ids and what they become.

    Attributes
    ----------
    options
        By party and id.
    others
        Outcomes, packages, roadmaps, formats and issues.
    sources, claims
        Their ids.
    """

    options: Mapping[tuple[str, str], str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)

    def option(self, key: str) -> str:
        """An option's full name as it becomes."""
        party, _, name = key.partition(".")
        return f"{party}.{self.options.get((party, name), name)}"

    def other(self, name: str) -> str:
        """An outcome's, package's, roadmap's, format's or issue's id as it becomes."""
        return self.others.get(name, name)

    def text(self, text: Any, party: str | None = None) -> Any:
        """A formula or a question as it becomes; `party` is whose own options may stand bare."""
        if not isinstance(text, str):
            return text
        return "".join(
            self._word(token, party) if is_name else token for token, is_name in _tokens(text)
        )

    def _word(self, name: str, party: str | None) -> str:
        if "." in name:
            return self.option(name)
        if party is not None and (party, name) in self.options:
            return self.options[party, name]
        return self.other(name)


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a formula or a question, and whether each may be a name.

    What follows a comparator, or a colon within braces, is a level.
    """
    level, depth = False, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if match.lastgroup == "word":
            yield token, not level
            level = False
            continue
        yield token, False
        if match.lastgroup == "comparator" or (token == ":" and depth):
            level = True
        elif match.lastgroup == "other":
            level = False
            depth += (token == "{") - (token == "}")


def names_a_state_by_number(question: str) -> bool:
    """Whether a question names a state by its number, which changes with the dispute."""
    before = ""
    for token, is_name in _tokens(question):
        if token.isspace():
            continue
        if is_name and token.isdigit() and before not in ("within", "for"):
            return True
        before = token
    return False


def renamed(document: Mapping[str, Any], to: Renaming) -> dict[str, Any]:
    """The document with other ids.

    Parameters
    ----------
    document
        What a dispute file holds, of the right structure.
    to
        The renaming.

    Returns
    -------
    dict
        A new document.
    """
    found: dict[str, Any] = _cited(dict(document), to)
    found["parties"] = {name: _party(name, entry, to) for name, entry in found["parties"].items()}
    for source in found.get("sources", ()):
        source["id"] = to.sources.get(source["id"], source["id"])
    for constraint in found.get("constraints", ()):
        for key in {"never", "always"} & {*constraint}:
            constraint[key] = to.text(constraint[key])
    if "coalesce" in found:
        found["coalesce"] = [to.text(one) for one in found["coalesce"]]
    if "status_quo" in found:
        found["status_quo"] = _settings(found["status_quo"], to)
    for observation in found.get("history", ()):
        observation["set"] = _settings(observation["set"], to)
    for key, change in (
        ("outcomes", _conditioned),
        ("packages", _package),
        ("roadmaps", _roadmap),
        ("formats", lambda entry, _: entry),
        ("issues", _issue),
    ):
        if key in found:
            found[key] = {to.other(name): change(entry, to) for name, entry in found[key].items()}
    for claim in found.get("claims", ()):
        claim["id"] = to.claims.get(claim["id"], claim["id"])
        claim["ask"] = to.text(claim["ask"])
    return found


def _cited(value: Any, to: Renaming) -> Any:
    """A copy in which citations name sources as they become."""
    if isinstance(value, list):
        return [_cited(one, to) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _cited(one, to) for key, one in value.items()}
    cited = made.get("source")
    for citation in cited if isinstance(cited, list) else [cited]:
        if isinstance(citation, dict) and isinstance(citation.get("id"), str):
            citation["id"] = to.sources.get(citation["id"], citation["id"])
    return made


def _settings(settings: Mapping[str, Any], to: Renaming) -> dict[str, Any]:
    return {to.option(key): level for key, level in settings.items()}


def _conditioned(entry: Any, to: Renaming, party: str | None = None) -> Any:
    """A formula, or a mapping with one under ``when``."""
    if isinstance(entry, dict):
        return {**entry, "when": to.text(entry["when"], party)}
    return to.text(entry, party)


def _package(entry: dict[str, Any], to: Renaming) -> dict[str, Any]:
    made = {**entry, "set": _settings(entry["set"], to)}
    return _conditioned(made, to) if "when" in made else made


def _roadmap(entry: Any, to: Renaming) -> Any:
    if isinstance(entry, dict):
        return {**entry, "stages": [_stage(stage, to) for stage in entry["stages"]]}
    return [_stage(stage, to) for stage in entry]


def _stage(stage: dict[str, Any], to: Renaming) -> dict[str, Any]:
    if "package" in stage:
        return {**stage, "package": to.other(stage["package"])}
    return {**stage, "move": _settings(stage["move"], to)}


def _issue(entry: dict[str, Any], to: Renaming) -> dict[str, Any]:
    if "outcomes" not in entry:
        return entry
    return {**entry, "outcomes": {to.other(name): at for name, at in entry["outcomes"].items()}}


def _party(name: str, entry: dict[str, Any], to: Renaming) -> dict[str, Any]:
    made = dict(entry)
    if "options" in made:
        made["options"] = {
            to.options.get((name, option), option): _option(details, to, name)
            for option, details in made["options"].items()
        }
    if "preferences" in made:
        made["preferences"] = _preferences(made["preferences"], to, name)
    if "perceives" in made:
        made["perceives"] = {
            other: _view(other, view, to) for other, view in made["perceives"].items()
        }
    if "unseen" in made:
        made["unseen"] = [_conditioned(one, to, name) for one in made["unseen"]]
    return made


def _option(details: Any, to: Renaming, party: str) -> Any:
    if not isinstance(details, dict) or "when" not in details:
        return details
    when = details["when"]
    if isinstance(when, dict):
        guard: Any = {level: to.text(formula, party) for level, formula in when.items()}
    else:
        guard = to.text(when, party)
    return {**details, "when": guard}


def _preferences(stated: Any, to: Renaming, party: str) -> Any:
    if isinstance(stated, dict):
        return {**stated, "order": [_place(one, to, party) for one in stated["order"]]}
    return [
        {**one, "prefer": to.text(one["prefer"], party)}
        if isinstance(one, dict)
        else to.text(one, party)
        for one in stated
    ]


def _place(entry: Any, to: Renaming, party: str) -> Any:
    if isinstance(entry, list):
        return [to.text(one, party) for one in entry]
    return to.text(entry, party)


def _view(other: str, view: dict[str, Any], to: Renaming) -> dict[str, Any]:
    made = dict(view)
    if "preferences" in made:
        made["preferences"] = _preferences(made["preferences"], to, other)
    if "options" in made:
        made["options"] = [to.options.get((other, one), one) for one in made["options"]]
    return made
