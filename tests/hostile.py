"""A dispute in which every text that a person can write is an attack.

The file is right: names may be anything. Whoever shows one of these texts as anything but text
sets ``window.hurt`` in the browser, or breaks what it writes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

RUN = "window.hurt=1"

ATTACKS = (
    # It ends the value of an attribute, in either kind of quotation marks, and begins another.
    f'"\' onfocus=\'{RUN}\' autofocus tabindex=0 onmouseover="{RUN}" :onclick="{RUN}" x="',
    # It is a tag, and ends the ones around it.
    f"</script></title></textarea></style><img src=x onerror={RUN}><script>{RUN}</script>",
    f"<svg><animate onbegin={RUN} attributeName=x></svg><iframe srcdoc='<script>{RUN}</script>'>",
    # It is an address.
    f"javascript:{RUN}//",
    f"[x](javascript:{RUN}) <javascript:{RUN}> ![x](x){{onerror={RUN}}}",
    # Braces of the templates that pages, charts and pictures have.
    f"{{{{constructor.constructor('{RUN}')()}}}} ${{{RUN}}} {{a|b}} {{b}} #{{{RUN}}} <%={RUN}%>",
    # Ends of what a text may be put into: comments, fences, lines, formulas of tables.
    f"--> ]]> */ ``` ~~~ \\\" \\' `${{{RUN}}}` | $x_1$ $\\undefined{{ && rm -rf / ; # '",
    f'=HYPERLINK("javascript:{RUN}") +1 -1 @x %n%s%x',
    # What a terminal would obey, and letters that are written from the right.
    "\u202e\u2066 \x85 \u2028 \ufeff \u200f Å 조선 😀",
)

# Keys whose values are free text, wherever they stand; a test compares them with the schema.
FREE_TEXT = {
    "dispute",
    "about",
    "name",
    "title",
    "author",
    "publisher",
    "url",
    "because",
    "by",
    "says",
    "quote",
    "stage",
    "low",
    "high",
}
# Free text that has a meaning all the same: files, questions and names. `case` and `history` stand
# in history files only, whose title is shown as any other.
WITH_MEANING = {"path", "ask", "reference_class", "case", "history"}

_PLAIN = """
dispute: x
about: x
sources:
  - {id: text, title: x, author: x, publisher: x, year: 2017, url: x}
parties:
  north:
    name: x
    about: x
    options:
      patrol: {name: x, about: x, because: x, source: {id: text, says: x, quote: x}}
      talk: {name: x, irreversible: up, judgement: true, because: x}
    preferences:
      - {prefer: not south.patrol, weight: 4, confidence: 0.8, judgement: true, because: x, comments: [{says: x, by: x}]}
      - {prefer: patrol, weight: 2, source: {id: text, at: {paragraph: 1}, says: x, quote: x}}
    perceives:
      south: {preferences: [north.patrol], about: x, judgement: true, because: x}
    unseen: [{when: patrol and south.patrol = full, about: x, judgement: true, because: x}]
    judgement: true
    because: x
  south:
    name: x
    about: x
    options:
      patrol: {name: x, about: x, levels: [none, some, full]}
    preferences:
      - {prefer: not north.patrol, judgement: true, because: x}
      - {prefer: "not (patrol = full)", strength: strong}
constraints:
  - {never: north.talk and south.patrol = full, judgement: true, because: x}
packages:
  both:
    name: x
    about: x
    parties: [north, south]
    set: {north.patrol: false, south.patrol: none}
    judgement: true
    because: x
status_quo: {north.patrol: true, south.patrol: full}
history:
  - {on: 2020-01-02, set: {south.patrol: some}, about: x, judgement: true, because: x}
outcomes:
  quiet: {when: not north.patrol and south.patrol = none, name: x, about: x, judgement: true, because: x}
  tension: {when: north.patrol, name: x}
roadmaps:
  withdrawal:
    name: x
    about: x
    judgement: true
    because: x
    stages:
      - {stage: x, about: x, move: {south.patrol: some}, judgement: true, because: x}
      - {stage: x, package: both}
formats:
  two: {name: x, about: x, parties: [north, south], judgement: true, because: x}
issues:
  border:
    name: x
    about: x
    this_dispute: true
    scale: {low: x, high: x}
    positions:
      north: {position: 80, salience: 0.5, capability: 60, judgement: true, because: x}
      south: {position: 20, salience: 0.7, capability: 40, judgement: true, because: x}
    judgement: true
    because: x
claims:
  - {id: first, ask: "where not north.patrol: north may choose patrol", says: x, about: x, judgement: true, because: x}
"""  # noqa: E501


def poisoned(document: Any, attack: str) -> Any:
    """A document with an attack in every free text."""
    if isinstance(document, dict):
        return {
            key: (
                attack if key in FREE_TEXT and isinstance(value, str) else poisoned(value, attack)
            )
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [poisoned(entry, attack) for entry in document]
    return document


def hostile_text(attack: str) -> str:
    """The dispute file, in YAML, with one attack in every free text."""
    document = poisoned(YAML(typ="safe").load(_PLAIN), attack)
    stream = io.StringIO()
    yaml = YAML()
    yaml.width = 10_000
    yaml.dump(document, stream)
    return stream.getvalue()


def free_texts_of_the_schema() -> set[str]:
    """The keys under which the schema allows any text."""
    schema = json.loads(
        (files("detente") / "files" / "schemas" / "dispute-1.json").read_text("utf-8")
    )
    return set(_free_texts(schema))


def _free_texts(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for entry in schema:
            yield from _free_texts(entry)
    if not isinstance(schema, dict):
        return
    for name, definition in schema.get("$defs", {}).items():
        if _is_free(definition):
            yield name
    for key, value in schema.get("properties", {}).items():
        if _is_free(value):
            yield key
    for value in schema.values():
        yield from _free_texts(value)


def _is_free(schema: Any) -> bool:
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return (
        "string" in kinds
        and "minLength" in schema
        and "pattern" not in schema
        and "object" not in kinds
    )
