"""Wrong files of every kind give one clear message, quickly; a corpus holds what once failed."""

from __future__ import annotations

import contextlib
import copy
import random
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.cli import detente as command_line
from detente.dispute.errors import DetenteError, DisputeError, large_number
from detente.dispute.formula import Names, extent, parse
from detente.files import schema_check
from detente.files.dispute_file import build_dispute, load_text
from detente.files.schema_check import faults, fitting, schema
from detente.files.schema_rules import rule_of
from detente.files.yaml_text import parse as parse_text

CASES = Path(detente.__file__).parent / "cases"

PLAIN = "dispute: x\nparties: {a: {options: {x: X}}, b: {options: {y: Y}}}\n"

# What once ended in a fault of detente, or hung it, and a part of the message that is right.
CORPUS = {
    "a state's number with a point": (
        "dispute: x\nparties: {a: {options: {x: X}, preferences: {order: [1.0, 2]}}}\n",
        "expected a whole number",
    ),
    "a paragraph with a point": (
        "dispute: x\nsources: [{id: s, title: S}]\nparties:\n"
        "  a: {options: {x: X}, source: {id: s, at: {paragraph: 1.0}}}\n",
        "expected a whole number (number of the paragraph",
    ),
    "1,100 options": (
        "dispute: x\nparties: {a: {options: {" + ", ".join(f"o{n}: O" for n in range(1100)) + "}}}",
        "there are 1,100; at most 1,000 are read",
    ),
    "15,000 options": (
        "dispute: x\nparties: {a: {options: {"
        + ", ".join(f"o{n}: O" for n in range(15000))
        + "}}}",
        "there are 15,000; at most 1,000 are read",
    ),
    "options as a list": ("dispute: x\nparties: {a: {options: [act]}}\n", "expected a mapping"),
    "preferences as a number": (
        "dispute: x\nparties: {a: {preferences: 5}}\n",
        "expected a list or a mapping",
    ),
    "a long list with one entry twice": (
        PLAIN + "formats: {f: [" + ", ".join(["a", *["b"] * 20000]) + "]}\n",
        "'b' stands in the list twice",
    ),
    "an outcome that doubles": (
        PLAIN
        + "outcomes:\n  o0: a.x\n"
        + "".join(f"  o{n}: o{n - 1} or o{n - 1}\n" for n in range(1, 60)),
        "too large",
    ),
    "many wrong entries": (PLAIN + "constraints:\n" + "  -\n" * 20000, "found nothing"),
}


@pytest.mark.parametrize("name", CORPUS)
def test_what_once_failed_is_told_in_one_message(name: str, tmp_path: Path) -> None:
    text, message = CORPUS[name]
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    result = CliRunner().invoke(command_line, ["validate", str(path)])
    # Too many options are a limit.
    assert (result.exit_code, result.stdout) == (3 if name.endswith("0 options") else 2, "")
    assert result.stderr.count("detente: ") == 1
    assert message in result.stderr
    assert "wrong.yaml:" in result.stderr


def test_names_with_backslashes_and_brackets_are_names(tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    path.write_text(
        "dispute: 'x \\ y'\nparties:\n  a: {name: 'A\\B', options: {x: 'X\\n\\'}}\n"
        "  b: {name: 'B [/red]\\', options: {y: '\\'}}\nstatus_quo: {}\n"
        "outcomes: {q: {when: a.x, name: '\\'}}\n"
    )
    explain = ["explain", "--state", "1", "--party", "a"]
    for words in (["validate"], ["analyse"], explain, ["coalitions"]):
        result = CliRunner().invoke(command_line, [words[0], str(path), *words[1:]])
        assert result.exit_code == 0, result.output
    assert "A\\B" in CliRunner().invoke(command_line, ["analyse", str(path)]).output


@pytest.mark.parametrize(
    "text",
    [
        # An outcome that takes long to go through, used many times.
        PLAIN
        + f"outcomes:\n  big: {' or '.join(['a.x and b.y'] * 600)}\n"
        + "".join(f"  o{n}: big and a.x\n" for n in range(5000)),
        # Values that are nothing, and blanks before each.
        PLAIN + "about: {" + ", ".join(f"k{n}:{' ' * 20}" for n in range(10000)) + "}\n",
        PLAIN + "formats: {f: [" + ", ".join(f"n{n}" for n in range(20000)) + "]}\n",
        PLAIN + "".join(f"key{n}: 1\n" for n in range(20000)),
    ],
    ids=["outcome", "nothing", "unique", "unknown"],
)
def test_large_files_take_time_in_proportion(text: str) -> None:
    start = time.thread_time()
    with contextlib.suppress(DisputeError):
        load_text(text)
    # Quadratic checks took minutes.
    assert time.thread_time() - start < 20


def test_a_file_has_a_budget_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.files import dispute_file, yaml_text

    monkeypatch.setattr(dispute_file, "_MOST_SECONDS", -1)
    with pytest.raises(DetenteError, match="seconds to read: too many formulas"):
        load_text(PLAIN + "outcomes: {o: a.x}\n")
    monkeypatch.setattr(yaml_text, "_MOST_SECONDS", -1)
    with pytest.raises(DetenteError, match="seconds to read"):
        parse_text(PLAIN)


def test_extents_of_outcomes_are_those_of_what_they_stand_for() -> None:
    document: dict[str, Any] = parse_text(PLAIN)[0]
    options = {one.key: (number, one) for number, one in enumerate(build_dispute(document).options)}
    inner = parse("a.x and not b.y", Names(options)).expression
    known = {id(inner): extent(inner)}
    assert extent(inner) == (4, 3)
    outer = parse("o or not o", Names(options, {"o": inner}, None, known)).expression
    assert extent(outer, known) == extent(outer) == (10, 5)


def test_large_numbers_in_messages() -> None:
    assert large_number(0) == "0"
    assert large_number(10**15) == "1,000,000,000,000,000"
    assert large_number(10**16) == "about 10^16"
    assert large_number(2**15000) == "about 10^4515"


# Damaged documents --------------------------------------------------------------------------------

ANY_VALUE: list[Any] = [
    None, True, False, 0, -1, 1, 1.0, 1e300, "", "x", "a.x", "not a.x", "[/]\\", "\x00", "yes",
    [], {},
    [1.0], ["a", "a"], {"x": 1}, {"prefer": "a.x"}, [[1, 2]], [None], "9" * 50, 10**400, {"": ""},
]  # fmt: skip


def damaged(document: Any, choose: random.Random) -> Any:
    """The document with one value, key or entry changed at a random place."""
    document = copy.deepcopy(document)
    place: Any = document
    while True:
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return document
        key = choose.choice(keys)
        inside = place[key]
        if not isinstance(inside, dict | list) or not inside or choose.random() < 0.15:
            break
        place = inside
    match choose.randrange(4):
        case 0:
            del place[key]
        case 1 if isinstance(place, dict):
            place[choose.choice(["x", "", "a.x", "order", "set", str(key) + "s"])] = place.pop(key)
        case 2 if isinstance(place, list):
            place.insert(0, place[key])
        case _:
            place[key] = choose.choice(ANY_VALUE)
    return document


def whole_documents() -> list[Any]:
    names = ("elmira", "cuban-missile-crisis", "korea-2017-two-party")
    return [parse_text((CASES / f"{name}.yaml").read_bytes())[0] for name in names]


def told(error: DetenteError) -> None:
    """An error has words for itself, on a few lines."""
    assert error.message
    assert len(str(error).splitlines()) <= 3, str(error)


@cache
def whole_document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = parse_text((CASES / f"{name}.yaml").read_bytes())[0]
    return document


def some_of(document: dict[str, Any], choose: random.Random) -> dict[str, Any]:
    """One party and one other part of a document, so that damage meets every part often."""
    party = choose.choice(list(document["parties"]))
    key = choose.choice([*document])
    some = {"dispute": "x", "parties": {party: document["parties"][party]}}
    return some if key in some else {**some, key: document[key]}


@settings(max_examples=3 * settings().max_examples)
@given(st.integers(0, 2**32))
def test_files_are_accepted_quickly_where_the_library_finds_no_fault(seed: int) -> None:
    choose = random.Random(seed)
    name = choose.choice(["elmira", "garrison-diversion", "korea-2017", "nile-dam-2021"])
    document: Any = some_of(whole_document(name), choose)
    for _ in range(choose.randrange(3)):
        document = damaged(document, choose)
    faulty = next(schema_check._validator(None).iter_errors(document), None) is not None
    assert schema_check._rule(None)(document) is not faulty


def test_what_has_no_rule_is_left_to_the_library() -> None:
    assert rule_of({"type": "string"}, {})("x")
    assert not rule_of({"type": "string", "contentMediaType": "text/html"}, {})("x")


@given(st.integers(0, 2**32))
def test_any_damage_gives_a_dispute_or_one_error(seed: int) -> None:
    choose = random.Random(seed)
    document = choose.choice(whole_documents())
    for _ in range(choose.randrange(1, 4)):
        document = damaged(document, choose)
    try:
        build_dispute(document)
    except DetenteError as error:
        told(error)
    # A page shows what fits; all of that is of the right types.
    shown = fitting(document)
    assert not [one for one in faults(shown) if one.message.startswith("expected text")]
    assert_types(shown, schema())


def assert_types(value: Any, part: dict[str, Any]) -> None:
    while "$ref" in part:
        part = schema()["$defs"][part["$ref"].rpartition("/")[2]]
    if "type" in part:
        types = [part["type"]] if isinstance(part["type"], str) else part["type"]
        kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
        assert any(
            isinstance(value, (int, float)) if name == "number" else isinstance(value, kinds[name])
            for name in types
        ), (value, types)
    if isinstance(value, dict):
        for key, one in value.items():
            inside = part.get("properties", {}).get(key, part.get("additionalProperties"))
            if isinstance(inside, dict):
                assert_types(one, inside)
    if isinstance(value, list) and "items" in part:
        for one in value:
            assert_types(one, part["items"])


def test_a_document_without_faults_is_shown_whole() -> None:
    for document in whole_documents():
        assert fitting(document) == document


@given(st.integers(0, 2**32))
def test_any_damage_to_the_bytes_gives_a_dispute_or_one_error(seed: int) -> None:
    choose = random.Random(seed)
    content = bytearray((CASES / "elmira.yaml").read_bytes())
    for _ in range(choose.randrange(1, 8)):
        at = choose.randrange(len(content))
        piece = choose.choice(
            [
                b"",
                b":",
                b"- ",
                b"\n",
                b"\\",
                b"'",
                b'"',
                b"{",
                b"]",
                b"&a ",
                b"*a",
                b"\xff",
                b"\t",
                b"|",
                b"#",
                b"1.0",
                b"\xe2\x80\xa8",
            ]
        )
        content[at : at + choose.randrange(3)] = piece
    try:
        load_text(bytes(content))
    except DetenteError as error:
        told(error)
