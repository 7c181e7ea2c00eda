"""Every kind of bad input gives one clear message, never another exception."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.dispute import Place
from detente.dispute.errors import DisputeError, EnvironmentFault, LimitError
from detente.files.dispute_file import build_dispute, load_round_trip, parse
from detente.files.loading import load

BASE = """\
dispute: T
sources:
  - {id: art, title: An article}
parties:
  us:
    name: United States
    options:
      exercise: {levels: [none, small, large]}
      guarantee: {irreversible: true, when: {yes: "not exercise = large"}}
    preferences:
      - "not dprk.test"
      - {prefer: 'guarantee if dprk.test', confidence: 0.8, source: {id: art, at: {paragraph: 2}}}
  dprk:
    options: {test: Test}
constraints:
  - {never: dprk.test and us.guarantee, because: So it is.}
packages:
  pk: {parties: [us, dprk], set: {dprk.test: no, us.exercise: none}}
status_quo: {dprk.test: yes}
outcomes:
  peace: not dprk.test
  deal: {when: "peace and us.guarantee"}
roadmaps:
  r: [{stage: A, package: pk}, {stage: B, move: {us.guarantee: yes}}]
formats: {g: [us, dprk]}
claims:
  - {id: c-1, ask: Q?, says: yes}
"""


def refusal(path: Path) -> DisputeError:
    with pytest.raises(DisputeError) as caught:
        load(path)
    assert str(caught.value).startswith(str(path))
    return caught.value


def refusal_of(tmp_path: Path, content: str | bytes) -> DisputeError:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    error = refusal(path)
    assert re.match(rf"{re.escape(str(path))}:\d+:\d+: ", str(error))
    return error


def test_the_base_is_right() -> None:
    assert build_dispute(parse(BASE)[0]).title == "T"


# Files -----------------------------------------------------------------------------------------


def test_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.yaml").message == "there is no such file"


def test_missing_case_offers_the_nearest() -> None:
    with pytest.raises(DisputeError) as caught:
        load("korea-2071")
    assert caught.value.nearest == "korea-2017"
    with pytest.raises(DisputeError, match="no shipped case of this name"):
        load("quite_another")


@pytest.mark.parametrize("name", ["", "\0", "a\0.yaml", "no/such/folder/x.yaml"])
def test_impossible_paths(name: str) -> None:
    with pytest.raises(DisputeError):
        load(name)


def test_a_name_that_no_disk_takes() -> None:
    with pytest.raises(EnvironmentFault, match="the file cannot be read: File name too long"):
        load("a" * 5000)


def test_folder(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path).message


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no such sockets")
def test_not_a_file(tmp_path: Path) -> None:
    path = tmp_path / "socket.yaml"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert refusal(path).message.endswith("this is not a file")


def test_file_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    refusal(tmp_path / "file" / "x.yaml")


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    start = time.perf_counter()
    with pytest.raises(LimitError, match="100,000,000 bytes"):
        load(path)
    assert time.perf_counter() - start < 0.2


def test_bad_files_are_refused_for_editing_too(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("a: [" * 100)
    with pytest.raises(DisputeError, match="nested"):
        load_round_trip(path)


# YAML ------------------------------------------------------------------------------------------

_BOMB = "a: &a [" + "x," * 9 + "]\n"
for _name, _inside in zip("bcdefghijkl", "abcdefghijk", strict=True):
    _BOMB += f"{_name}: &{_name} [" + f"*{_inside}," * 9 + "]\n"


@pytest.mark.parametrize(
    ("content", "place", "part"),
    [
        ("", (1, 1), "the file is empty"),
        ("# only a comment\n", (1, 1), "the file is empty"),
        ("\ufeff", (1, 1), "the file is empty"),
        ("~", (1, 1), "expected a mapping"),
        ("- a\n", (1, 1), "expected a mapping"),
        ("text", (1, 1), "expected a mapping"),
        (b"dispute: T\n  \xff", (2, 3), "not text in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", (1, 1), "not text in UTF-8"),
        (BASE.encode("utf-16"), (1, 1), "not text in UTF-8"),
        (bytes(range(128)), (1, 1), "U+0000"),
        ("dispute: a\0b", (1, 11), "U+0000"),
        ("dispute: a\x1bb", (1, 11), "U+001B"),
        ('dispute: "a\\0b"', (1, 10), "U+0000"),
        ('dispute: "\\ud800"', (1, 10), "U+D800"),
        ('dispute: "\\UFFFFFFFF"', (1, 11), "escape"),
        ('dispute: "\\q"', (1, 12), "unknown escape"),
        (_BOMB, None, "more than 100,000 values"),
        ("- x\n" * 200_000, None, "more than 100,000 values"),
        ("a: &a [*a]", (1, 8), "inside itself"),
        ("dispute: &a {b: {c: *a}}", (1, 21), "inside itself"),
        ("a: *b", (1, 4), "no anchor is called 'b'"),
        ("a: " + "[" * 9_000, (1, 43), "nested more than 40 deep"),
        ("\n".join(" " * n + "a:" for n in range(60)), (40, 40), "nested more than 40 deep"),
        (
            "a: &a " + "[" * 30 + "]" * 30 + "\nb: " + "[" * 30 + "*a",
            (2, 34),
            "nested more than 40 deep",
        ),
        ("!" * 1_000_000, (1, 1), "a word of 1,000,000 characters"),
        (BASE + "---\na: 1\n", (28, 1), "second document"),
        ("a: !!python/object/apply:os.system [ls]", (1, 4), "tags are not used"),
        ("a: !!str x", (1, 4), "tags are not used"),
        ("! a: x", (1, 1), "tags are not used"),
        (BASE + "parties: {}\n", (28, 1), "'parties' stands here a second time; first in line 4"),
        ("{a: 1, 'a': 2}", (1, 8), "second time"),
        ("? [a]\n: b", (1, 3), "a key must be text"),
        ("? {a: b}\n: b", (1, 3), "a key must be text"),
        ("a: &a [b]\n*a : c", (2, 1), "a key must be text"),
        ("<<: {a: 1}", (1, 1), "merge keys"),
        ("a: &a {b: c}\nd:\n  <<: *a\n", (3, 3), "merge keys"),
        (BASE + "3: x\n", (28, 1), "the key '3' is not known here"),
        ("a:\n\tb: 1", (2, 1), "a tab cannot stand here"),
        ("a: [1, 2", (1, 4), "never closed"),
        ("a: 'b", (1, 4), "never closed"),
        ("dispute: a: b", (1, 11), "put text that holds ': ' in quotes"),
        ("a: b\n- c", (2, 1), "indented"),
        ("a: @b", (1, 4), "put it in quotes"),
        ("a: [b] c", (1, 8), None),
        ("%YAML 2.0\n---\na: b", (1, 1), None),
    ],
)
def test_bad_yaml(
    tmp_path: Path, content: str | bytes, place: tuple[int, int] | None, part: str | None
) -> None:
    error = refusal_of(tmp_path, content)
    if place is not None:
        assert error.place == Place(*place)
    if part is not None:
        assert part in error.message


# Structure and names ---------------------------------------------------------------------------

# What is replaced in the base, by what; the text under the caret; the key; what is said.
_MISTAKES = [
    # Keys
    ("preferences:", "preferenses:", "preferenses", "parties.us.preferenses", "'preferences'?"),
    ("{when:", "{wen:", "wen:", "outcomes.deal.wen", "did you mean 'when'?"),
    ("package: pk", "packge: pk", "packge", "roadmaps.r[0].packge", "did you mean 'package'?"),
    ("{never:", "{nevr:", "nevr:", "constraints[0].nevr", "did you mean 'never'?"),
    ("parties:", "partys:", "partys:", "partys", "did you mean 'parties'?"),
    ("dispute: T\n", "", "sources:", "", "the key 'dispute' is missing (title of the dispute)"),
    (", title: An article", "", "{id: art}", "sources[0]", "the key 'title' is missing"),
    ("set: {dprk.test: no, us.exercise: none}", "when: true", "pk:", "packages.pk", "'set' is missing"),
    (", package: pk", "", "{stage: A}", "roadmaps.r[0]", "exactly one of 'package' and 'move'"),
    ("package: pk", "package: pk, move: {us.guarantee: yes}", "{stage: A", "roadmaps.r[0]", "both"),
    ("{never: ", "{always: true, never: ", "{always", "constraints[0]", "both are given"),
    # Types
    ("name: United States", "name: 2017", "2017", "parties.us.name", "put it in quotes"),
    ("name: United States", "name:", "name:", "parties.us.name", "found nothing"),
    ("dispute: T", "dispute: [T]", "[T]", "dispute", "found a list"),
    ('"not dprk.test"', "3", "3", "parties.us.preferences[0]", "found the number 3"),
    ('"not dprk.test"', "[a]", "[a]", "parties.us.preferences[0]", "found a list"),
    ("[none, small, large]", "none", "none", "parties.us.options.exercise.levels", "a list"),
    ("{us.guarantee: yes}", "us.guarantee", "us.g", "roadmaps.r[1].move", "expected a mapping"),
    ("says: yes", "says: {a: b}", "{a: b}", "claims[0].says", "found a mapping"),
    ("irreversible: true", "irreversible: yes", "yes,", "parties.us.options.guarantee.irreversible", "'yes' cannot stand here (allowed: false, true, up, down)"),
    ("irreversible: true", "irreversible: donw", "donw", "parties.us.options.guarantee.irreversible", "did you mean 'down'?"),
    # Numbers and lengths
    ("confidence: 0.8", "confidence: 1.8", "1.8", "parties.us.preferences[1].confidence", "at most 1"),
    ("confidence: 0.8", "confidence: -1", "-1", "parties.us.preferences[1].confidence", "at least 0"),
    ("confidence: 0.8", "confidence: high", "high", "parties.us.preferences[1].confidence", "expected a number"),
    ("paragraph: 2", "paragraph: 0", "0", "parties.us.preferences[1].source.at.paragraph", "at least 1"),
    ("paragraph: 2", "paragraph: 2.5", "2.5", "parties.us.preferences[1].source.at.paragraph", "whole number"),
    ("paragraph: 2", "sentence: 2", "at:", "parties.us.preferences[1].source.at", "'paragraph' is missing"),
    ("paragraph: 2", "paragraph: 2, sentence: 0", "0", "parties.us.preferences[1].source.at.sentence", "at least 1"),
    ("[none, small, large]", "[none]", "[none]", "parties.us.options.exercise.levels", "at least 2"),
    ("formats: {g: [us, dprk]}", "formats: {g: []}", "[]", "formats.g", "it is empty"),
    ("title: An article", "title: A, sha256: abc", "abc", "sources[0].sha256", "64 hexadecimal"),
    # Ids and levels
    ("  us:\n", "  if:\n", "if:", "parties.if", "this word has a meaning in formulas"),
    ("  us:\n", "  u-s:\n", "u-s:", "parties.u-s", "letters, digits and '_'"),
    ("  us:\n", "  4us:\n", "4us:", "parties.4us", "begin with a letter"),
    ("  us:\n", '  "us\\n":\n', '"us', "parties.us\n", "begin with a letter"),
    ("  us:\n", f"  {'u' * 101}:\n", "uuu", f"parties.{'u' * 101}", "at most 100 characters"),
    ("{test: Test}", "{true: Test}", "true", "parties.dprk.options.true", "cannot be an id"),
    ("{id: art,", "{id: a rt,", "a rt", "sources[0].id", "does not fit"),
    ("[none, small, large]", "[none, none]", "none]", "parties.us.options.exercise.levels[1]", "twice"),
    ("[none, small, large]", "[none, a b]", "a b]", "parties.us.options.exercise.levels[1]", "cannot be a level"),
    ("[none, small, large]", "[none, and]", "and]", "parties.us.options.exercise.levels[1]", "has a meaning in formulas"),
    # Things that are twice
    ("{id: art, title: An article}", "{id: art, title: A}\n  - {id: art, title: B}", "art, title: B", "sources[1].id", "two sources are called 'art'"),
    ("  - {id: c-1,", "  - {id: c-1, ask: P?, says: no}\n  - {id: c-1,", "c-1, ask: Q", "claims[1].id", "two claims are called 'c-1'"),
    ("[us, dprk], set", "[us, dprk, us], set", "us], set", "packages.pk.parties[2]", "twice"),
    ("[us, dprk]}\nclaims", "[us, us]}\nclaims", "us]}\nclaims", "formats.g[1]", "twice"),
    # Names
    ("id: art, at", "id: atr, at", "atr", "parties.us.preferences[1].source.id", "did you mean 'art'?"),
    ("[us, dprk], set", "[us, dpkr], set", "dpkr", "packages.pk.parties[1]", "did you mean 'dprk'?"),
    ("{g: [us, dprk]}", "{g: {parties: [us, drpk]}}", "drpk", "formats.g.parties[1]", "did you mean 'dprk'?"),
    ("{dprk.test: no,", "{dprk.tset: no,", "dprk.tset", "packages.pk.set.dprk.tset", "did you mean 'dprk.test'?"),
    ("us.exercise: none", "us.exercise: nome", "nome", "packages.pk.set.us.exercise", "did you mean 'none'?"),
    ("us.exercise: none", "us.exercise: false", "false", "packages.pk.set.us.exercise", "no level 'no'"),
    ("status_quo: {dprk.test: yes}", "status_quo: {dprk.test: maybe}", "maybe", "status_quo.dprk.test", "allowed: no, yes"),
    ("status_quo: {dprk.test: yes}", "status_quo: {drpk.test: yes}", "drpk", "status_quo.drpk.test", "did you mean 'dprk.test'?"),
    ("package: pk", "package: pj", "pj", "roadmaps.r[0].package", "no package is called 'pj'"),
    ("{us.guarantee: yes}", "{us.garantee: yes}", "us.gar", "roadmaps.r[1].move.us.garantee", "did you mean 'us.guarantee'?"),
    ("{yes: ", "{yess: ", "yess", "parties.us.options.guarantee.when.yess", "did you mean 'yes'?"),
    # Formulas
    ('"not dprk.test"', '"not dprk.tset"', "dprk.tset", "parties.us.preferences[0]", "did you mean 'dprk.test'?"),
    ("guarantee if", "garantee if", "garantee", "parties.us.preferences[1].prefer", "did you mean 'guarantee'?"),
    ("peace: not dprk.test", "peace: not test", "test", "outcomes.peace", "did you mean 'dprk.test'?"),
    ("never: dprk.test and", "never: dprk.test nad", "nad", "constraints[0].never", "did you mean 'and'?"),
    ('"not exercise = large"', '"not exercise = larg"', "larg", "parties.us.options.guarantee.when.yes", "did you mean 'large'?"),
    ('"peace and us.guarantee"', '"peace and (us.guarantee"', "(us", "outcomes.deal.when", "never closed"),
    ('"peace and us.guarantee"', '"pease and us.guarantee"', "pease", "outcomes.deal.when", "did you mean 'peace'?"),
    ('"peace and us.guarantee"', '"peace = yes"', "peace", "outcomes.deal.when", "is an outcome"),
    # Circles
    ("peace: not dprk.test", "peace: deal", "deal", "outcomes.peace", "peace → deal → peace"),
    ("peace: not dprk.test", "peace: not peace", "not", "outcomes.peace", "peace → peace"),
    # Meaning
    ("parties: [us, dprk]", "parties: [us]", "dprk.test: no", "packages.pk.set.dprk.test", "an option of dprk, which is not a party"),
    ("{us.guarantee: yes}", "{us.guarantee: yes, dprk.test: no}", "move:", "roadmaps.r[1].move", "must be a package"),
    ('"not dprk.test"', "{prefer: guarantee, weight: 2}", "{prefer: 'guar", "parties.us.preferences[1]", "a weight to every statement or to none"),
    ('"not dprk.test"', "{prefer: guarantee, weight: 1e999}", "1e999", "parties.us.preferences[0].weight", "finite"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "under", "key", "part"), _MISTAKES)
def test_mistakes(tmp_path: Path, old: str, new: str, under: str, key: str, part: str) -> None:
    assert old in BASE
    text = BASE.replace(old, new, 1)
    error = refusal_of(tmp_path, text)
    assert part in str(error)
    assert (error.key or "") == key
    assert error.place is not None
    lines = text.splitlines(keepends=True)
    rest = "".join(lines[error.place.line - 1 :])[error.place.column - 1 :]
    assert rest.startswith(under)
    # The same fault in a mapping has the same message, without a place.
    with pytest.raises(DisputeError) as caught:
        build_dispute(parse(text)[0])
    assert caught.value.place is None
    assert (caught.value.message, caught.value.key) == (error.message, error.key)


def test_the_first_of_several_faults_is_told(tmp_path: Path) -> None:
    text = BASE.replace("claims:", "clams:").replace("name: United", "nam: United")
    assert refusal_of(tmp_path, text).key == "parties.us.nam"


def test_order_and_statements_do_not_mix(tmp_path: Path) -> None:
    text = BASE.replace("test: Test}", "test: Test}\n    preferences: {order: [1], prefer: x}")
    assert "the key 'prefer' is not known here" in refusal_of(tmp_path, text).message


def test_empty_step_of_an_order(tmp_path: Path) -> None:
    dprk = "    options: {test: Test}\n"
    text = BASE.replace(dprk, dprk + "    preferences: {order: [1, []]}\n")
    assert refusal_of(tmp_path, text).key == "parties.dprk.preferences.order[1]"


def test_long_chain_of_outcomes(tmp_path: Path) -> None:
    chain = "".join(f"  o{n}: not o{n + 1}\n" for n in range(2000))
    text = BASE.replace("  peace:", chain + "  o2000: true\n  peace:")
    assert "nested more than 100 deep" in refusal_of(tmp_path, text).message


# Mappings from Python --------------------------------------------------------------------------


def _holds_itself() -> dict[str, Any]:
    document: dict[str, Any] = {"dispute": "T", "parties": {}}
    document["parties"]["a"] = document
    return document


@pytest.mark.parametrize(
    "document",
    [
        None,
        3,
        "text",
        [],
        {},
        {1: 2},
        {"dispute": "T", "parties": {1: {}}},
        {"dispute": "T", "parties": {"a": {"options": {True: "X"}}}},
        {"dispute": "T", "parties": {}},
        {"dispute": "T", "parties": {"a": object()}},
        {"dispute": "T", "parties": {"a": {"name": b"bytes"}}},
        {"dispute": "T", "parties": {"a": {"name": "\ud800"}}},
        {"dispute": "T", "parties": {"a": {"preferences": [{"prefer": "true", "weight": float("nan")}]}}},
        {"dispute": "T", "parties": {"a": {}}, "sources": {"id", "title"}},
        _holds_itself(),
    ],
)  # fmt: skip
def test_bad_mappings(document: Any) -> None:
    with pytest.raises(DisputeError) as caught:
        build_dispute(document)
    assert caught.value.message


# Anything --------------------------------------------------------------------------------------


def refused(act: Callable[[], object]) -> DisputeError | None:
    """The refusal of bad input, if it is bad; any other exception fails the test."""
    try:
        act()
    except DisputeError as error:
        return error
    return None


def well_told(error: DisputeError | None, path: Path) -> bool:
    """Whether a refusal has a message that names the file, the line and the column."""
    told = rf"{re.escape(str(path))}:\d+:\d+: \S"
    return error is None or bool(error.message and re.match(told, str(error)))


def check(content: str | bytes) -> None:
    path = Path("fuzz.yaml")
    error = refused(lambda: parse(content, path))
    assert well_told(error, path)
    if error is None:
        document, places = parse(content, path)
        assert places.at(0) == Place(1, 1)
        refused(lambda: build_dispute(document, path=path))


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    check(content)


@given(st.text(max_size=300))
def test_any_text(content: str) -> None:
    check(content)


@given(st.text(alphabet=" \n:-?,[]{}&*#!|>'\"%@`<=~ab01\\\t\r", max_size=60))
def test_any_punctuation(content: str) -> None:
    check(content)


_TOKENS = re.findall(r"\w+|\s+|[^\w\s]", BASE)


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """The base with pieces cut, moved, doubled or replaced, by characters or by words."""
    pieces = list(_TOKENS) if draw(st.booleans()) else list(BASE)
    other = st.sampled_from(
        [*_TOKENS, *"\t\0&*!|>%@\\", "~", "{}", "[]", "<<", "1", "true", "é", "- "]
    )
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(pieces)))
        end = min(len(pieces), start + draw(st.integers(0, 8)))
        match draw(st.sampled_from(["cut", "put", "replace", "double", "move"])):
            case "cut":
                del pieces[start:end]
            case "put":
                pieces.insert(start, draw(other))
            case "replace":
                pieces[start:end] = [draw(other)]
            case "double":
                pieces[start:start] = pieces[start:end]
            case "move":
                chunk = pieces[start:end]
                del pieces[start:end]
                to = draw(st.integers(0, len(pieces)))
                pieces[to:to] = chunk
    return "".join(pieces)


@given(mutations())
def test_any_mutation_of_a_dispute_file(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(text.encode())
    assert well_told(refused(lambda: load(path)), path)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["a.x", "a", "not a.x", "yes", "p", "o"]),
    lambda inside: st.lists(inside, max_size=4)
    | st.dictionaries(
        st.sampled_from(["a", "x", "order", "prefer", "weight", "when", "set", "parties", "id"])
        | st.text(max_size=3),
        inside,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
_KEYS = [
    "dispute", "about", "sources", "constraints", "coalesce", "packages", "status_quo",
    "outcomes", "roadmaps", "formats", "claims",
]  # fmt: skip


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON, max_size=3), _JSON)
def test_any_values_under_known_keys(more: dict[str, Any], party: Any) -> None:
    parties = {"a": {"options": {"x": "X"}}, "b": party}
    error = refused(lambda: build_dispute({"dispute": "T", "parties": parties, **more}))
    assert error is None or error.message


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u2009"])
def test_a_blank_that_is_none_is_shown_where_it_stands(tmp_path: Path, blank: str) -> None:
    text = BASE.rstrip("\n") + f"\nabout:{blank}words\n"
    line = len(text.splitlines())
    error = refusal_of(tmp_path, text)
    assert error.place == Place(line, 7)
    assert f"U+{ord(blank):04X}" in error.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_other_encodings_of_unicode_are_named(tmp_path: Path, encoding: str) -> None:
    error = refusal_of(tmp_path, BASE.encode(encoding))
    assert f"the file is in {encoding.upper()}, not text in UTF-8" in error.message
    assert "\0" not in str(error)
    path = tmp_path / "bad.gmcr"
    path.write_bytes("{}".encode(encoding))
    assert f"the file is in {encoding.upper()}" in refusal(path).message


@pytest.mark.parametrize("blank", ["\u00a0", "\u2003"])
@pytest.mark.parametrize("indent", ["{}   ", "  {} ", "   {}", "    {}"])
def test_a_blank_that_is_none_is_shown_where_it_indents(
    tmp_path: Path, blank: str, indent: str
) -> None:
    written = '  deal:\n    when: "peace and us.guarantee"\n'
    text = BASE.replace('  deal: {when: "peace and us.guarantee"}\n', written)
    line = text.splitlines().index("  deal:") + 3
    text = text.replace(written, f"{written}{indent.format(blank)}name: Deal\n")
    error = refusal_of(tmp_path, text)
    assert error.place == Place(line, indent.index("{") + 1)
    assert f"the blank here is U+{ord(blank):04X}" in error.message


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("2a", "ids are letters, digits and '_'"),
        ("_a", "ids are letters, digits and '_'"),
        ("a-b", "ids are letters, digits and '_'"),
        ("a→b", "ids are letters, digits and '_'"),
        ("पक्ष ", "ids are letters"),
        ("Cafe\u0301", "write each as one character"),
    ],
)
def test_what_is_no_id_is_refused(tmp_path: Path, name: str, why: str) -> None:
    error = refusal_of(tmp_path, f'dispute: T\nparties:\n  "{name}": {{options: {{x: X}}}}\n')
    assert "cannot be an id" in error.message
    assert why in error.message
