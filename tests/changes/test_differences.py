"""What differs in two versions of a dispute file: every kind of change, named and applied alone."""

from __future__ import annotations

import re
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.changes.canonical import (
    BARE,
    DEFAULTS,
    KNOWN_BY,
    Items,
    Named,
    canonical,
    plain_document,
)
from detente.changes.difference_words import ToldDifference, told_differences
from detente.changes.differences import Difference, applied, differences
from detente.changes.versions import read_version, version_of
from detente.dispute.errors import DisputeError
from detente.files.dispute_file import build_dispute, schema
from detente.files.yaml_text import parse

FAULTS = Path(__file__).parents[1] / "data" / "faults"
CASES = Path(detente.__file__).parent / "cases"

# Every key of a dispute file once; a test sees to it.
WHOLE = """
dispute: River
about: Two on a river
sources:
  - {id: text, title: Text, author: A, publisher: P, year: 2001, url: "http://a.example", path: text.txt}
  - {id: other, title: Other, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
parties:
  a:
    name: North
    about: Upstream
    aliases: [Northern]
    tempo: 2
    options:
      dam: {name: Dam, irreversible: up, when: not b.block, about: x, judgement: true, because: x}
      talk: Talk
      size: {levels: [none, half, full], when: {full: dam}, source: {id: text, at: {paragraph: 1, sentence: 2}, says: x}}
    preferences:
      - {prefer: dam, confidence: 0.9, strength: strong, comments: [{says: x, by: y, on: 2017-11-02}]}
      - talk
      - {prefer: not b.block, unknown: true, source: [{id: text, quote: x}]}
      - size = full
    perceives:
      b: {preferences: [block], options: [block], about: x, because: x, judgement: true}
    unseen:
      - dam and b.block
      - {when: talk and b.send, about: x, because: x, judgement: true}
    because: x
    judgement: true
  b:
    options: {block: Block, send: Send}
    preferences: {order: [[not block], block], because: x, judgement: true}
  c:
    options: {pay: Pay, lend: Lend}
    preferences: [{prefer: pay, weight: 2}, {prefer: lend, weight: 1}]
constraints:
  - {never: a.dam and b.send, because: x, judgement: true}
  - {always: c.pay or not c.lend}
coalesce: [a.talk and b.send and c.pay]
packages:
  deal: {name: Deal, tempo: 2, about: x, parties: [a, b], set: {a.talk: yes, b.block: no}, when: not a.dam, judgement: true}
  aid: {parties: [c, a], set: {c.pay: yes}, because: x}
status_quo: {a.talk: yes, a.size: half}
history:
  - {on: 2018-04-21, set: {a.dam: yes}, about: x, source: {id: text}, judgement: true, because: x}
  - {on: 2018-05-01, set: {a.talk: no, a.size: full}}
reference_class: mid-since-1946
outcomes:
  quiet: not a.dam and not b.block
  peace: {when: quiet and a.talk, name: Peace, about: x, judgement: true, because: x}
roadmaps:
  short: [{stage: One, move: {a.talk: no}}, {stage: Two, package: aid, about: x, judgement: true, because: x}]
  long: {name: Long, about: x, judgement: true, stages: [{stage: First, package: deal}], because: x}
formats:
  two: [a, b]
  all: {name: All, about: x, parties: [a, b, c], judgement: true, because: x}
issues:
  water:
    name: Water
    about: x
    scale: {low: none, high: all}
    this_dispute: true
    outcomes: {quiet: 20}
    judgement: true
    because: x
    positions:
      a: {position: 10, salience: 0.5, capability: {value: 80, low: 60, high: 90, confidence: 0.5, judgement: true}}
      b:
        position: {value: 60, low: 50, high: 70, confidence: 0.5, judgement: true, because: x}
        salience: {value: 0.6, low: 0.5, high: 0.7, confidence: 0.5, judgement: true, because: x}
        capability: {value: 60, because: x}
        about: x
        confidence: 0.7
        judgement: true
        because: x
claims:
  - {id: first, ask: "count quiet", says: 3, about: x, judgement: true, because: x}
  - {id: second, ask: "where quiet: stable for a", says: yes}
"""  # noqa: E501


# Where moves are listed much else has no meaning, so that they are in a dispute of their own.
LISTED = """
dispute: Listed
parties:
  a: {options: {dam: Dam}, moves: [[1, 2], [2, 1], [2, 3]]}
  b: {options: {block: Block}, moves: []}
"""


def whole() -> dict[str, Any]:
    document: dict[str, Any] = parse(WHOLE)[0]
    return document


def of_case(name: str) -> dict[str, Any]:
    document: dict[str, Any] = parse((CASES / f"{name}.yaml").read_bytes())[0]
    return document


def paths_of(value: Any, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [at] if at else []
    if isinstance(value, dict):
        for key, inside in value.items():
            found += paths_of(inside, (*at, key))
    return found


def inside(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def edited(document: dict[str, Any], path: tuple[str, ...], how: str, number: int) -> Any:
    """The canonical document with one edit, and the path and kind that tell of it, if any."""
    whole = deepcopy(canonical(document))
    parent, key = inside(whole, path[:-1]), path[-1]
    value = parent[key]
    if how == "remove":
        del parent[key]
        return whole, (path, "removed")
    if how == "move" and isinstance(parent, Items | Named) and len(parent) > 1:
        entries = [one for one in parent.items() if one[0] != key]
        to = number % len(parent)
        if list(parent).index(key) == to:
            return None
        entries.insert(to, (key, value))
        parent.clear()
        parent.update(entries)
        return whole, (path, "moved")
    if how == "change" and not isinstance(value, dict):
        new = changed_value(value, number)
        if new is None or new == value:
            return None
        parent[key] = new
        return whole, (path, "changed")
    return None


def changed_value(value: Any, number: int) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value / 2 + number % 3
        case str():
            return [f"{value} x", f"not ({value})", "yes", "no", "up", "down", "mild"][number % 7]
        case list():
            return value[::-1] if number % 2 else value[1:]
    return None


@given(st.data())
@settings(max_examples=4 * settings().max_examples, deadline=None)
def test_one_edit_is_one_difference(data: st.DataObject) -> None:
    document = whole()
    old = canonical(document)
    path = data.draw(st.sampled_from(paths_of(old)))
    how = data.draw(st.sampled_from(["remove", "move", "change"]))
    made = edited(document, path, how, data.draw(st.integers(0, 20)))
    if made is None:
        return
    new, (where, kind) = made
    written = plain_document(new)
    if not valid(written):
        return
    found = differences(document, written)
    renamed = canonical(written) != new
    if kind == "moved" and len(found) == 1:
        # Where two neighbours change places, either may be said to have moved.
        assert (found[0].kind, found[0].path[:-1]) == (kind, where[:-1])
    elif renamed:
        # The key by which an entry is known has changed, or what is left goes without saying.
        assert len(found) <= 1
    elif how == "remove" and where[0] == "status_quo":
        # An option of which the status quo says nothing stands at its lowest level.
        assert [(one.path, one.kind) for one in found] in ([], [(where, "changed")])
    elif (
        how == "remove"
        and isinstance(inside(old, path), Items | Named)
        and path[-3:-2] != ("perceives",)
    ):
        # Each of the entries is gone; a view that says nothing of preferences is another one.
        gone = [((*path, key), "removed") for key in inside(old, path)]
        assert [(one.path, one.kind) for one in found] == gone
    else:
        assert [(one.path, one.kind) for one in found] == [(where, kind)]
    assert canonical(applied(document, written, found)) == canonical(written)
    assert list_orders(canonical(applied(document, written, found))) == list_orders(
        canonical(written)
    )
    # And back.
    back = differences(written, document)
    assert len(back) == len(found)


def valid(document: dict[str, Any]) -> bool:
    try:
        build_dispute(document)
    except DisputeError:
        return False
    return True


def list_orders(value: Any) -> Any:
    """A canonical document in which the order of entries counts."""
    if isinstance(value, Items | Named):
        return [(key, list_orders(one)) for key, one in value.items()]
    if isinstance(value, dict):
        return {key: list_orders(one) for key, one in value.items()}
    return value


@given(st.data())
@settings(max_examples=2 * settings().max_examples, deadline=None)
def test_many_edits_are_told_and_applied_in_any_choice(data: st.DataObject) -> None:
    document = whole()
    newer = document
    for _ in range(data.draw(st.integers(1, 6))):
        path = data.draw(st.sampled_from(paths_of(canonical(newer))))
        how = data.draw(st.sampled_from(["remove", "move", "change"]))
        made = edited(newer, path, how, data.draw(st.integers(0, 20)))
        if made is not None and valid(plain_document(made[0])):
            newer = plain_document(made[0])
    found = differences(document, newer)
    assert list_orders(canonical(applied(document, newer, found))) == list_orders(canonical(newer))
    assert list_orders(canonical(applied(document, newer, []))) == list_orders(canonical(document))
    chosen = [one for one in found if data.draw(st.booleans())]
    part = applied(document, newer, chosen)
    # What was chosen is no difference any more, and nothing else has changed.
    left = differences(part, newer)
    rest = [one for one in found if one not in chosen]
    assert {(one.path, one.kind) for one in left if one.kind != "moved"} == {
        (one.path, one.kind) for one in rest if one.kind != "moved"
    }


def test_two_versions_that_were_called_the_same() -> None:
    old, new = (
        parse((FAULTS / f"two-versions-{which}.yaml").read_bytes())[0] for which in ("old", "new")
    )
    assert differences(old, new) == (
        Difference("removed", ("parties", "a", "options", "dam", "irreversible"), "up", None),
        Difference("changed", ("parties", "a", "preferences", "dam", "confidence"), 0.95, 0.05),
        Difference("changed", ("status_quo", "a.dam"), "no", "yes"),
    )


@pytest.mark.parametrize("case", detente.list_cases())
def test_written_otherwise_is_no_difference(case: str) -> None:
    document = of_case(case)
    in_full = plain_document(canonical(document))
    assert build_dispute(in_full) == build_dispute(document)
    assert differences(document, in_full) == differences(in_full, document) == ()
    assert list_orders(canonical(in_full)) == list_orders(canonical(document))


def test_a_statement_that_is_put_in_the_place_of_another_is_one_difference() -> None:
    old = {
        "dispute": "x",
        "parties": {"a": {"options": {"p": "P", "q": "Q"}, "preferences": ["p", "q", "p and q"]}},
    }
    new = deepcopy(old)
    new["parties"]["a"]["preferences"] = ["p", "not q", "p and q"]  # type: ignore[index]
    path = ("parties", "a", "preferences", "q")
    assert differences(old, new) == (Difference("changed", path, "q", "not q", "not q"),)
    new["parties"]["a"]["preferences"] = ["p and q", "p", "q"]  # type: ignore[index]
    path = ("parties", "a", "preferences", "p and q")
    assert differences(old, new) == (Difference("moved", path, 3, 1),)
    # Said twice, each is an entry of its own.
    new["parties"]["a"]["preferences"] = ["p", "q", "p and q", "p"]  # type: ignore[index]
    (one,) = differences(old, new)
    assert (one.kind, one.path[-1], one.new) == ("added", "p (2)", "p")


def test_what_a_view_does_not_say_differs_from_nothing() -> None:
    def viewed(**view: Any) -> dict[str, Any]:
        parties = {
            "a": {"perceives": {"b": view}},
            "b": {"options": {"x": "X"}, "preferences": ["x"]},
        }
        return {"dispute": "x", "parties": parties}

    (one,) = differences(viewed(options=["x"]), viewed(options=["x"], preferences=[]))
    assert (one.kind, one.path[-1]) == ("added", "preferences")


def test_the_dispute_of_these_tests_has_every_key_of_the_schema() -> None:
    build_dispute(whole())
    seen: set[tuple[str, str]] = set()

    def visit(value: Any, part: dict[str, Any], name: str) -> None:
        while "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            part = schema()["$defs"][name]
        if isinstance(value, list):
            for one in value:
                if "items" in part:
                    visit(one, part["items"], name)
        elif isinstance(value, dict):
            for key, one in value.items():
                if key in part.get("properties", {}):
                    seen.add((name, key))
                    visit(one, part["properties"][key], name)
                elif isinstance(part.get("additionalProperties"), dict):
                    visit(one, part["additionalProperties"], name)

    visit(whole(), schema(), "")
    visit(parse(LISTED)[0], schema(), "")
    missing = [
        (name, key)
        for name, part in [("", schema()), *schema()["$defs"].items()]
        if name != "history_file"  # a file of its own
        for key in part.get("properties", {})
        # Where a judgement comes from is of one form everywhere.
        if (name, key) not in seen
        # The last is in a file beside it.
        and key not in ("source", "judgement", "because", "comments", "preferences_from")
    ]
    assert [one for one in missing if one[0] not in ("citation", "basis_source")] == []


def test_short_forms_and_lists_of_the_schema_are_known() -> None:
    # Whoever adds a definition that may be written in short, or a list, says here how it is read.
    defined = schema()["$defs"]
    in_short = {
        name
        for name, part in defined.items()
        if isinstance(part.get("type"), list) and {"object"} < set(part["type"])
    }
    assert in_short == {*BARE, "preferences", "basis_source"}
    items = set()

    def lists(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "array" or "array" in part.get("type", []):
                items.add(part["items"].get("$ref", "").rpartition("/")[2])
            for one in part.values():
                lists(one)

    lists(schema())
    whole_values = {"", "known", "id", "level", "citation"}
    assert items == {*KNOWN_BY, *whole_values}
    booleans = {
        key
        for part in [schema(), *defined.values()]
        for key, one in part.get("properties", {}).items()
        for one in [defined[one["$ref"].rpartition("/")[2]] if "$ref" in one else one]
        if one.get("type") == "boolean" or False in one.get("enum", [])
    }
    assert booleans <= set(DEFAULTS)


def test_listed_moves_are_compared_as_sets() -> None:
    document: dict[str, Any] = parse(LISTED)[0]
    again = deepcopy(document)
    again["parties"]["a"]["moves"] = [[2, 3], [1, 2], [2, 1], [2, 3]]
    assert list(differences(document, again)) == []
    again["parties"]["a"]["moves"].append([3, 1])
    (one,) = differences(document, again)
    assert one.path[-1] == "moves"


# The text of a dispute, what is put in its place, and the words for it.
WORDS = [
    ('irreversible: up, when', 'irreversible: down, when', 'option “Dam” of North can only fall; before, it could only rise'),  # noqa: E501
    ('when: not b.block, about', 'when: b.block, about', 'option “Dam” of North: each change needs the condition “b.block” now, and needed “not b.block”'),  # noqa: E501
    ('when: {full: dam}', 'when: {half: dam, full: dam}', 'option “size” of North: the change to half needs the condition “dam” now'),  # noqa: E501
    ('confidence: 0.9, strength', 'confidence: 0.3, strength', 'preference 1 “dam” of North: confidence 0.9 → 0.3'),  # noqa: E501
    ('unknown: true, ', '', 'preference 3 “not b.block” of North: which way the party prefers is known now, as written'),  # noqa: E501
    ('a.size: half}', 'a.size: full}', 'status quo: “size” of North is at full, and was at half'),
    ('status_quo: {a.talk: yes, ', 'status_quo: {', 'status quo: “Talk” of North is at no, and was at yes'),  # noqa: E501
    ('constraints:\n', 'constraints:\n  - never: c.lend and b.send\n', 'constraint never “c.lend and b.send” is new'),  # noqa: E501
    ('      - talk\n', '', 'preference 2 “talk” of North is gone'),
    ('[a, b], set: {a.talk: yes, b', '[a, b], set: {a.talk: no, b', 'package “Deal”: “Talk” of North is set to no, and was set to yes'),  # noqa: E501
    ('title: Text,', 'title: Texts,', 'source “Text”: title is “Texts”, and was “Text”'),
    ('salience: 0.5', 'salience: 0.7', 'North on issue “Water”: value of salience is 0.7, and was 0.5'),  # noqa: E501
]  # fmt: skip


def test_words_and_places() -> None:
    def told(change: Any) -> list[ToldDifference]:
        newer = version_of(change(WHOLE), "newer")
        return list(told_differences(version_of(WHOLE, "older"), newer))

    for old, new, words in WORDS:
        assert old in WHOLE
        (one,) = told(lambda text, old=old, new=new: text.replace(old, new, 1))
        assert one.words == words
        line = WHOLE.count("\n", 0, WHOLE.index(old)) + 1
        if one.difference.kind == "added":
            assert one.old_place is None
        else:
            assert one.old_place is not None
            assert one.old_place.line - line in (0, 1)
        assert (one.new_place is None) == (one.difference.kind == "removed")
        assert one.of_model == ("title" not in old)
    assert told(lambda text: text) == []


def test_a_version_is_read_at_a_revision(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@x.example"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    path = tmp_path / "inner" / "river.yaml"
    path.parent.mkdir()
    git("init", "-q")
    path.write_text(WHOLE)
    git("add", ".")
    git("commit", "-qm", "First")
    path.write_text(WHOLE.replace("dispute: River", "dispute: Rivers"))
    assert read_version(f"{path}@HEAD").dispute.title == "River"
    (one,) = told_differences(read_version(f"{path}@HEAD"), read_version(path))
    assert (one.words, one.of_model) == ("title is now “Rivers”, and was “River”", False)
    for revision, message in (
        ("HEAD~7", "git has no version 'HEAD~7' of this file"),
        ("", "after '@' comes a revision"),
        ("--help", "after '@' comes a revision"),
        ("HEAD:x", "after '@' comes a revision"),
    ):
        with pytest.raises(DisputeError, match=re.escape(message)):
            read_version(f"{path}@{revision}")
    with pytest.raises(DisputeError, match="there is no such folder"):
        read_version(f"{tmp_path}/nowhere/river.yaml@HEAD")
    # A file of such a name comes first.
    (tmp_path / "river.yaml@HEAD").write_text(WHOLE.replace("River", "Lake"))
    assert read_version(tmp_path / "river.yaml@HEAD").dispute.title == "Lake"
