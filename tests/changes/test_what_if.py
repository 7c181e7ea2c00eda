"""`detente what-if`: what is changed is changed, and nothing else, in the saved text too."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from detente.changes.canonical import canonical, plain_document
from detente.changes.edits import Edit, edited_canonical
from detente.changes.variant_text import variant_text
from detente.cli import detente as cli
from detente.files.yaml_text import parse

TEXT = """\
# A dispute about a dam.
dispute: Dam   # its name
parties:
  a:
    name: Alpha
    options:
      dam: Build the dam   # since 2019
      sell: Sell power
    preferences:
      - not b.block     # first
      - prefer: dam
        confidence: 0.7   # a guess
      - sell   # last
  b:
    options: {block: Block the river}
    preferences: [not a.dam, not block]
status_quo: {a.dam: no, a.sell: yes}   # as of today
outcomes:
  built: a.dam   # the end
"""


def told(*words: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["what-if", *words])
    return result.exit_code, " ".join(result.output.split())


def saved(tmp_path: Path, *words: str) -> list[str]:
    """The lines of the variant that are not in the file, with their spaces as one."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(TEXT, "utf-8")
    code, output = told(str(old), *words, "--save", str(new))
    assert code == 0, output
    assert old.read_text("utf-8") == TEXT
    before = [" ".join(line.split()) for line in TEXT.splitlines()]
    return [
        line
        for line in (" ".join(one.split()) for one in new.read_text("utf-8").splitlines())
        if line not in before
    ]


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        (
            ["--set", "status_quo.a.dam=yes"],
            ["status_quo: {a.dam: yes, a.sell: yes} # as of today"],
        ),
        (["--drop", "b.2"], ["preferences: [not a.dam]"]),
        (["--flip", "a.1"], ["- not (not b.block) # first"]),
        (["--confidence", "a.2=0.3"], ["confidence: 0.3 # a guess"]),
        (["--confidence", "a.3=0.3"], ["-", "prefer: sell", "confidence: 0.3"]),
        (
            ["--irreversible", "a.sell=down"],
            ["sell:", "name: Sell power", "irreversible: down"],
        ),
        (["--set", "outcomes.built.when=a.dam and a.sell"], ["built: a.dam and a.sell # the end"]),
    ],
)
def test_what_is_saved_keeps_comments_and_layout(
    tmp_path: Path, words: list[str], changed: list[str]
) -> None:
    found = saved(tmp_path, *words)
    assert [line.partition(" # last")[0] for line in found] == changed


def test_a_move_is_said_in_two_ways(tmp_path: Path) -> None:
    order = []
    for words in (["--move", "a.3", "--to", "1"], ["--move", "a.3", "1"]):
        assert saved(tmp_path, *words) == []
        lines = (tmp_path / "new.yaml").read_text("utf-8").splitlines()
        order.append([line.split() for line in lines[9:13]])
    assert order[0] == order[1]
    assert [one[:2] for one in order[0]][:2] == [["-", "sell"], ["-", "not"]]
    assert order[0][0] == ["-", "sell", "#", "last"]


def test_every_option_is_repeated_and_joined(tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    path.write_text(TEXT, "utf-8")
    words = ["--move", "a.3", "--to", "1", "--move", "a.2", "1", "--set", "status_quo.a.dam=yes"]
    words += ["--set", "status_quo.a.sell=no", "--drop", "b.1", "--drop", "b.2"]
    words += ["--confidence", "a.1=0.4", "--confidence", "a.3=0.5", "--flip", "a.1"]
    words += ["--irreversible", "a.dam=up", "--irreversible", "b.block=down"]
    new = tmp_path / "new.yaml"
    assert told(str(path), *words, "--save", str(new))[0] == 0
    found = parse(new.read_bytes())[0]
    assert found["status_quo"] == {"a.dam": "yes", "a.sell": "no"}
    assert found["parties"]["a"]["preferences"] == [
        {"prefer": "dam", "confidence": 0.7},
        {"prefer": "sell", "confidence": 0.5},
        {"prefer": "not (not b.block)", "confidence": 0.4},
    ]
    assert found["parties"]["b"]["preferences"] == []
    assert found["parties"]["a"]["options"]["dam"]["irreversible"] == "up"
    assert found["parties"]["b"]["options"]["block"]["irreversible"] == "down"


def test_a_move_needs_its_place() -> None:
    code, output = told("korea-2017", "--move", "us.3", "--move", "us.4", "--to", "1")
    assert (code, "each --move PARTY.N has a --to PLACE; there are 2 and 1" in output) == (2, True)


KINDS = st.sampled_from(["drop", "flip", "move", "confidence"])
EDITS = st.lists(st.tuples(KINDS, st.sampled_from(["a.1", "a.2", "a.3", "b.1", "b.2"])), max_size=3)


@given(EDITS)
def test_the_text_says_what_the_edits_say(drawn: list[tuple[str, str]]) -> None:
    dropped = {target for kind, target in drawn if kind == "drop"}
    values = {"move": "1", "confidence": "0.5"}
    edits = [
        Edit(kind, target, values.get(kind))  # type: ignore[arg-type]
        for kind, target in drawn
        if target not in dropped
    ]
    edits += [Edit("drop", target) for target in sorted(dropped)]
    before = canonical(parse(TEXT)[0])
    after = edited_canonical(before, edits)
    found = variant_text(TEXT, before, after)
    read, wanted = canonical(parse(found)[0]), canonical(plain_document(after))
    assert read == wanted
    for party in ("a", "b"):
        first, second = (one["parties"][party].get("preferences", {}) for one in (read, wanted))
        assert list(first) == list(second)
    assert "# since 2019" in found
    assert "# the end" in found


def test_what_shares_an_anchor_is_written_apart() -> None:
    text = (
        "dispute: d\nparties:\n  a: {options: {x: X}, preferences: &same [b.y]}\n"
        "  b: {options: {y: Y}, preferences: *same}\n"
    )
    before = canonical(parse(text)[0])
    after = edited_canonical(before, [Edit("drop", "a.1")])
    found = parse(variant_text(text, before, after))[0]
    assert found["parties"]["b"]["preferences"] == [{"prefer": "b.y"}]
    assert not found["parties"]["a"].get("preferences")


def test_what_is_hardly_believed_is_told(tmp_path: Path) -> None:
    case = tmp_path / "dam.yaml"
    case.write_text(TEXT.replace("confidence: 0.7", "confidence: 0.4"), "utf-8")
    told_of = "1 statement is held with a confidence below one half (a.2 “dam”)."
    for words in (["what-if", str(case), "--drop", "a.3"], ["diff", str(case), str(case)]):
        result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, words)
        assert result.exit_code == 0, result.output
        text = " ".join(result.output.split())
        assert told_of in text
        assert "`detente what-if --drop a.2` shows which answers change without it." in text
    # Left out, it is no longer doubted.
    assert told_of not in " ".join(told(str(case), "--drop", "a.2")[1].split())
