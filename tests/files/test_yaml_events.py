"""The quick way of reading YAML finds what the usual one finds, or leaves the text to it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente.dispute.errors import DisputeError
from detente.files import yaml_text
from detente.files.yaml_events import UnsureError, agreed_events
from detente.files.yaml_text import parse

CASES = sorted(
    (path for path in files("detente").joinpath("cases").iterdir() if path.name.endswith(".yaml")),
    key=lambda path: path.name,
)

# What has a meaning in YAML, and words between.
PIECES = st.sampled_from(
    [
        *" \n:-?,[]{}#!|>'\"%@`~=<\\/.0é",
        *("\n\n", "  ", "\n  ", "\n    ", "- ", "\n- ", ": ", ":\n", "a: b\n", "a::b", "&a ", "*a"),
        *("a", "b", "two words", "don't", "yes", "1e3", "0x1f", "#c\n", " # c", "---", "..."),
        *("|\n ", "|-\n  ", ">+\n  ", ">2\n", "''", '""', "\\n", "\\x41", "!!str ", "\t", "\u2028"),
        *("{a: b}", "[a, b]", "{a:b}", "'a': b", '"a":b', "{? a : b}", "[a b: c]"),
    ]
)
LINES = st.tuples(
    st.sampled_from(["", "", "  ", "    ", "- ", "  - "]),
    st.sampled_from(["", "", "a: ", "b: ", "k:", "? ", ": ", "- c: "]),
    st.lists(PIECES, max_size=4).map("".join),
).map("".join)
TEXTS = st.lists(LINES, max_size=8).map("\n".join) | st.lists(PIECES, max_size=12).map("".join)


def told(node: Any) -> tuple[Any, ...]:
    """All that is known of a value and of those in it."""
    if isinstance(node.members, dict):
        inside: Any = [(key, told(one)) for key, one in node.members.items()]
    else:
        inside = node.members and [told(one) for one in node.members]
    data = (type(node.data), node.data)
    return node.start, node.end, data, node.style, node.keys, inside, node.size, node.height


def in_full(text: str) -> Any:
    return yaml_text._read_in_full(yaml_text._Composing(text, None))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_shipped_cases_are_read_quickly_and_the_same(case: Any) -> None:
    text = case.read_text("utf-8")
    quick = yaml_text._read_quickly(text)
    assert quick is not None
    assert told(quick) == told(in_full(text))


@example(">+\n#c\n")
@example("&a: b")
@example("a: word\n...\n...\n")
@example("  |\n \n  b\n  c")
@example(" b: >#c\n")
@example("- a: #\n\n")
@example("a: {x: , y: 1}\nb:\n")
@example("a: yes\x85b: no\n")
@example(
    "a: 'don''t'\nb: \"\\u0041\\/\"\nc: [x, 'y', {z: 1.5}]\nd: |\n  one\n   two\n\ne: >\n  f\n  g\n"
)
@given(TEXTS)
@settings(max_examples=settings().max_examples * 5)
def test_what_is_read_quickly_is_the_same(text: str) -> None:
    quick = yaml_text._read_quickly(text)
    if quick is not None:
        assert told(quick) == told(in_full(text))


@pytest.mark.parametrize(
    "text",
    ["a: [1", "a: 1\na: 2\n", "a: !!str b\n", "a: \tb\n", "a: &x b\nc: *x\n", "%YAML 1.1\n---\na"],
)
def test_what_is_wrong_or_unsure_is_left_to_the_usual_parser(text: str) -> None:
    assert yaml_text._read_quickly(text) is None


def test_without_libyaml_files_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(text: str) -> Any:
        raise UnsureError

    text = "a: 1\nb: [yes, no]\n"
    assert list(agreed_events(text))
    before = parse(text)[0]
    monkeypatch.setattr(yaml_text, "agreed_events", none)
    assert parse(text)[0] == before == {"a": 1, "b": ["yes", "no"]}
    with pytest.raises(DisputeError, match="line 1"):
        parse("a: [1")
