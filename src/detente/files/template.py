"""A dispute file to start from: parties and their options, with what is left to be said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from detente.files.yaml_text import written

__all__ = ["NewParty", "id_from", "template"]

_LONGEST_ID = 32
_TAKEN = frozenset({"not", "and", "or", "if", "iff", "true", "false", "status_quo"})

_HEAD = "# docs/reference/dispute-file.md says what a dispute file may hold.\n\n"
_PREFERENCES = (
    "What {name} wants, most important first, such as: not {example}\n"
    "Say where each comes from: {{prefer: ..., source: {{id: ..., at: {{paragraph: 1, "
    "sentence: 1}}}}}}"
)
_STATUS_QUO = "The options that are taken now, such as: {example}: yes"
_MORE = (
    "\n# Regions of states that matter, such as a settlement or a war:\n"
    "# outcomes:\n"
    '#   settlement: {{name: Settlement, when: "{example}"}}\n'
    "# What parties would do together:\n"
    "# packages:\n"
    "#   exchange: {{parties: [{parties}], set: {{{example}: yes}}}}\n"
)


@dataclass(frozen=True, slots=True)
class NewParty:
    """A party by its name, and what it can do, in words."""

    name: str
    options: tuple[str, ...] = ()


def template(title: str, parties: Sequence[NewParty], sources: Sequence[Any] = ()) -> str:
    """The text of a new dispute file, which loads as it is.

    Parameters
    ----------
    title
        Its title.
    parties
        The parties with their options.
    sources
        Entries of its sources.

    Returns
    -------
    str
        YAML, with a comment wherever the analyst has to go on.
    """
    from ruamel.yaml.comments import CommentedMap

    document = CommentedMap(dispute=title)
    if sources:
        document["sources"] = [dict(source) for source in sources]
    document["parties"] = CommentedMap()
    keys: list[str] = []
    for party in parties:
        party_id = id_from(party.name, document["parties"])
        options: dict[str, Any] = {}
        for option in party.options:
            options[id_from(option, options, most_words=3)] = {"name": option}
        keys += [f"{party_id}.{option}" for option in options]
        entry = CommentedMap(name=party.name, options=options, preferences=[])
        document["parties"][party_id] = entry
    example = keys[0] if keys else "party.option"
    for entry in document["parties"].values():
        entry.yaml_set_comment_before_after_key(
            "preferences", _PREFERENCES.format(name=entry["name"], example=example), indent=4
        )
    document["status_quo"] = {}
    document.yaml_set_comment_before_after_key("status_quo", _STATUS_QUO.format(example=example))
    ids = ", ".join(document["parties"])
    return _HEAD + written(document) + _MORE.format(example=example, parties=ids)


def id_from(name: str, taken: Iterable[str], *, most_words: int | None = None) -> str:
    """An id made of a name's words.

    Parameters
    ----------
    name
        A name, or some words.
    taken
        Ids that are in use.
    most_words
        How many words count; by default all.

    Returns
    -------
    str
        Letters, digits and ``_``, beginning with a letter; none of `taken`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))[:most_words]
    made = "_".join(words)[:_LONGEST_ID].strip("_") or "entry"
    if not made[0].isalpha() or made in _TAKEN:
        made = f"x_{made}"
    used = set(taken)
    one, number = made, 1
    while one in used:
        number += 1
        one = f"{made}_{number}"
    return one
