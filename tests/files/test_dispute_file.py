from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from detente.dispute.dispute import (
    NO_BASIS,
    AtLevel,
    Basis,
    Citation,
    Connective,
    Constant,
    Guard,
    Locator,
    OrderedStates,
    Place,
    Source,
    Stage,
    Statements,
)
from detente.dispute.errors import DisputeError, nearest, pointed_at
from detente.files.dispute_file import build_dispute, load_round_trip, parse, save, schema
from detente.files.loading import list_cases, load

TEXT = """\
# A dispute with one of everything.
dispute: Two parties
about: A paragraph.
sources:
  - {id: article, title: An article, author: A, publisher: P, year: 2017, url: "https://example.org"}
  - {id: my-notes, title: Notes, path: notes.txt}
parties:
  us:
    name: United States
    about: One side.
    source: {id: article, at: {paragraph: 1}}
    options:
      exercise: {name: Hold exercises, levels: [none, small, large]}
      guarantee:
        name: Give a guarantee
        irreversible: true
        when: {yes: "not exercise = large"}
        source:
          - {id: article, at: {paragraph: 2, sentence: 3}, says: It would.}
          - {id: my-notes, quote: It would.}
    preferences:
      - "not dprk.test"   # first
      - {prefer: "guarantee if settlement", confidence: 0.8, strength: mild, judgement: true,
         because: So it seems.}
  dprk:
    options:
      test: Test
      leave: {irreversible: down, when: "us.exercise > none"}
    preferences:
      - {prefer: test, weight: 2}
      - {prefer: "not us.exercise", weight: 0.5}
  china: {preferences: {order: [1, [2, "dprk.test"], us.exercise = large], judgement: true}}
  japan: {}
constraints:
  - {never: "dprk.test and dprk.leave", because: One excludes the other.}
  - {always: "us.guarantee if settlement"}
coalesce: ["us.exercise = large"]
packages:
  freeze:
    name: Freeze
    parties: [us, dprk]
    set: {dprk.test: no, us.exercise: none}
    when: "not settlement"
status_quo: {dprk.test: true, us.exercise: large}
outcomes:
  settlement: "calm and us.guarantee"
  calm: {when: "not dprk.test", name: Calm, about: No tests.}
roadmaps:
  plan:
    name: The plan
    stages:
      - {stage: First, package: freeze}
      - {stage: Then, move: {us.guarantee: yes, us.exercise: none}, about: Last.}
  short: [{stage: Only, package: freeze}]
formats:
  g2: [us, china]
  all: {name: Everybody, parties: [us, dprk, china, japan]}
claims:
  - {id: no-way, ask: "Does it hold?", says: yes, source: {id: article, at: {paragraph: 3}}}
  - {id: c2, ask: "Does it?", says: false}
"""

EXERCISE, GUARANTEE, TEST, LEAVE = range(4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "two.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def small(**more: Any) -> dict[str, Any]:
    return {"dispute": "Small", "parties": {"a": {"options": {"x": "X"}}}, **more}


# Meaning ---------------------------------------------------------------------------------------


def test_parties_and_options(path: Path) -> None:
    dispute = load(path)
    assert dispute.title == "Two parties"
    assert dispute.about == "A paragraph."
    assert dispute.path == path
    assert [party.id for party in dispute.parties] == ["us", "dprk", "china", "japan"]
    assert [party.name for party in dispute.parties] == ["United States", "dprk", "china", "japan"]
    assert [option.key for option in dispute.options] == [
        "us.exercise",
        "us.guarantee",
        "dprk.test",
        "dprk.leave",
    ]
    exercise, guarantee, test, leave = dispute.options
    assert exercise.levels == ("none", "small", "large")
    assert (exercise.irreversible, guarantee.irreversible, leave.irreversible) == (
        None,
        "up",
        "down",
    )
    assert (test.name, test.levels) == ("Test", ("no", "yes"))


def test_guards_name_own_options_bare(path: Path) -> None:
    options = load(path).options
    ((guard),) = options[GUARANTEE].guards
    assert guard.to == 1
    assert guard.when.expression == Connective("not", (AtLevel(EXERCISE, frozenset({2})),))
    ((guard),) = options[LEAVE].guards
    assert isinstance(guard, Guard)
    assert guard.to is None
    assert guard.when.expression == AtLevel(EXERCISE, frozenset({1, 2}))


def test_preferences_in_three_forms(path: Path) -> None:
    us, dprk, china, japan = (party.preferences for party in load(path).parties)
    assert isinstance(us, Statements)
    assert not us.weighted
    assert us.statements[0].formula.text == "not dprk.test"
    assert us.statements[0].confidence is None
    assert (us.statements[1].confidence, us.statements[1].strength) == (0.8, "mild")
    assert isinstance(dprk, Statements)
    assert dprk.weighted
    assert [statement.weight for statement in dprk.statements] == [2.0, 0.5]
    assert isinstance(china, OrderedStates)
    assert [len(step) for step in china.order] == [1, 2, 1]
    assert china.order[0] == (1,)
    assert china.order[1][0] == 2
    assert china.basis == Basis(judgement=True)
    assert japan == Statements(())


def test_sources_and_what_rests_on_them(path: Path) -> None:
    dispute = load(path)
    assert dispute.sources == (
        Source("article", "An article", "A", "P", 2017, "https://example.org"),
        Source("my-notes", "Notes", path=Path("notes.txt")),
    )
    assert dispute.parties[0].basis.citations == (Citation("article", Locator(1)),)
    assert dispute.options[GUARANTEE].basis == Basis(
        (
            Citation("article", Locator(2, 3), says="It would."),
            Citation("my-notes", quote="It would."),
        )
    )
    preferences = dispute.parties[0].preferences
    assert isinstance(preferences, Statements)
    assert preferences.statements[0].basis is NO_BASIS
    assert preferences.statements[1].basis == Basis((), True, "So it seems.")


def test_constraints_hold_what_is_never_true(path: Path) -> None:
    first, second = load(path).constraints
    assert first.because == "One excludes the other."
    assert first.never.expression == Connective(
        "and", (AtLevel(TEST, frozenset({1})), AtLevel(LEAVE, frozenset({1})))
    )
    assert isinstance(second.never.expression, Connective)
    assert second.never.expression.operator == "not"
    assert second.never.text == "not (us.guarantee if settlement)"


def test_outcomes_use_outcomes_declared_later(path: Path) -> None:
    settlement, calm = load(path).outcomes
    assert (settlement.name, calm.name, calm.about) == ("settlement", "Calm", "No tests.")
    assert settlement.formula.expression == Connective(
        "and", (calm.formula.expression, AtLevel(GUARANTEE, frozenset({1})))
    )


def test_packages_status_quo_roadmaps_formats_claims(path: Path) -> None:
    dispute = load(path)
    (freeze,) = dispute.packages
    assert (freeze.parties, freeze.settings) == (("us", "dprk"), {TEST: 0, EXERCISE: 0})
    assert freeze.when is not None
    assert dispute.status_quo == (2, 0, 1, 0)
    plan, short = dispute.roadmaps
    assert (plan.name, short.name) == ("The plan", "short")
    assert plan.stages == (
        Stage("First", "freeze"),
        Stage("Then", None, {GUARANTEE: 1, EXERCISE: 0}, "Last."),
    )
    assert short.stages == (Stage("Only", "freeze"),)
    assert [(f.id, f.name, f.parties) for f in dispute.formats] == [
        ("g2", "g2", ("us", "china")),
        ("all", "Everybody", ("us", "dprk", "china", "japan")),
    ]
    assert [(claim.id, claim.says) for claim in dispute.claims] == [("no-way", "yes"), ("c2", "no")]
    assert len(dispute.coalesce) == 1


def test_values_know_their_places(path: Path) -> None:
    dispute = load(path)
    lines = TEXT.splitlines()

    def at(place: Place | None) -> str:
        assert place is not None
        return lines[place.line - 1][place.column - 1 :]

    preferences = dispute.parties[0].preferences
    assert isinstance(preferences, Statements)
    assert at(preferences.statements[0].formula.place).startswith('"not dprk.test"')
    assert at(preferences.statements[1].formula.place).startswith('"guarantee if')
    order = dispute.parties[2].preferences
    assert isinstance(order, OrderedStates)
    assert at(order.place).startswith("[1, [2,")
    assert at(dispute.constraints[1].never.place).startswith('"us.guarantee if settlement"')
    assert at(dispute.coalesce[0].place).startswith('"us.exercise = large"')
    assert at(dispute.sources[1].place).startswith("{id: my-notes")
    assert at(dispute.options[GUARANTEE].basis.citations[1].place).startswith("{id: my-notes")
    assert at(dispute.roadmaps[0].stages[1].place).startswith("{stage: Then")
    assert at(dispute.claims[0].place).startswith("{id: no-way")


def test_a_mapping_gives_the_same_dispute_as_its_file(path: Path) -> None:
    document, _ = parse(TEXT)
    assert build_dispute(document) == load(path)
    assert build_dispute(json.loads(json.dumps(document)), path=path).path == path


def test_a_mapping_is_left_as_it_was() -> None:
    document, _ = parse(TEXT)
    before = deepcopy(document)
    build_dispute(document)
    assert document == before


def test_tuples_are_lists() -> None:
    document = small(coalesce=("a.x",), formats={"f": ("a",)})
    assert build_dispute(document).formats[0].parties == ("a",)


def test_without_a_status_quo_there_is_none() -> None:
    assert build_dispute(small()).status_quo is None
    assert build_dispute(small(status_quo={})).status_quo == (0,)


def test_truth_values_stand_for_no_and_yes() -> None:
    document = small(
        status_quo={"a.x": True}, coalesce=[False], outcomes={"o": True, "p": "o and a.x"}
    )
    dispute = build_dispute(document)
    assert dispute.status_quo == (1,)
    assert dispute.coalesce[0].expression == Constant(False)
    assert dispute.outcomes[0].formula.expression == Constant(True)


def test_levels_may_be_numbers() -> None:
    document = {
        "dispute": "Numbers",
        "parties": {"a": {"options": {"x": {"levels": [0, 1, 2]}}, "preferences": ["x = 2"]}},
        "status_quo": {"a.x": 2},
    }
    dispute = build_dispute(document)
    assert dispute.options[0].levels == ("0", "1", "2")
    assert dispute.status_quo == (2,)


def test_yes_and_no_are_words_of_yaml() -> None:
    assert parse("{a: yes, b: no, c: on, d: true, e: ~, 1: 010, f: 0x10, g: 1e3, h: 2017-09-03}")[
        0
    ] == {
        "a": "yes",
        "b": "no",
        "c": "on",
        "d": True,
        "e": None,
        "1": 10,
        "f": "0x10",
        "g": 1000.0,
        "h": "2017-09-03",
    }


def test_aliases_are_written_out() -> None:
    document, _ = parse("a: &x [1, {b: &y c}]\nd: *x\n*y : e")
    assert document == {"a": [1, {"b": "c"}], "d": [1, {"b": "c"}], "c": "e"}


@pytest.mark.parametrize("name", list_cases())
def test_shipped_cases_load_by_name_and_fit_the_schema(name: str) -> None:
    dispute = load(name)
    assert dispute.path is not None
    document, _ = parse(dispute.path.read_bytes())
    Draft202012Validator(schema()).validate(document)


def test_there_are_shipped_cases() -> None:
    assert "korea-2017" in list_cases()
    assert list(list_cases()) == sorted(list_cases())


def test_the_schema_is_sound_and_describes_every_key() -> None:
    Draft202012Validator.check_schema(schema())
    parts: list[Any] = [schema()]
    for part in parts:
        if isinstance(part, dict):
            for key, value in part.get("properties", {}).items():
                definition = value.get("$ref", "").rpartition("/")[2]
                described = schema()["$defs"].get(definition, value)
                assert described.get("description"), key
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)


def test_import_is_light() -> None:
    code = (
        "import sys, detente.files.loading as f; f.list_cases(); "
        "print([name for name in ('lark', 'jsonschema', 'ruamel.yaml') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# Places of formulas ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scalar", "found"),
    [
        ("a.x and nope", "nope"),
        ("'a.x and nope'", "nope"),
        ('"a.x and nope"', "nope"),
        ("&anchor a.x and nope", "nope"),
        ("&anchor 'a.x and nope'", "nope"),
        (r'"\x61.x and nope"', "nope"),
        (r'"\u0061.x \U00000061nd nope"', "nope"),
        ("a.x and\n      nope", "nope"),
        ("'a.x and\n\n\n      nope'", "nope"),
        ('"a.x and  \n   \n      nope"', "nope"),
        ('"a.x an\\\n      d nope"', "nope"),
        ("'a.x '' nope'", "'' nope"),
        ('"a.x and"', '"'),
        ("a.x &&é a.x", "&&"),
        ('"日本"', "日"),
    ],
)
def test_caret_stands_under_the_fault(tmp_path: Path, scalar: str, found: str) -> None:
    text = "dispute: T\nparties:\n  a: {options: {x: X}}\noutcomes:\n  o: " + scalar + "\n"
    path = tmp_path / "t.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DisputeError) as caught:
        load(path)
    place = caught.value.place
    assert place is not None
    line = text.splitlines()[place.line - 1]
    assert line[place.column - 1 :].startswith(found)
    # The excerpt shows that line with the caret there (wide characters take two columns).
    shown, caret = str(caught.value).splitlines()[-2:]
    assert shown.strip() == line.strip()
    if line.isascii():
        assert caret.index("^") == 4 + place.column - 1


@pytest.mark.parametrize("style", ["|", ">", "|-", ">-"])
def test_caret_in_a_block_stands_under_the_text_of_the_formula(tmp_path: Path, style: str) -> None:
    head = "dispute: T\nparties:\n  a: {options: {x: X}}\n"
    text = f"{head}outcomes:\n  o: {style}\n    a.x and\n    nope\n"
    path = tmp_path / "t.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DisputeError) as caught:
        load(path)
    assert caught.value.place == Place(7, 5)
    shown, caret = str(caught.value).splitlines()[-2:]
    assert shown[caret.index("^") :].startswith("nope")


def test_caret_in_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(b"\xef\xbb\xbfdispute: T\r\nparties:\r\n  a: {}\r\ncoalesce:\r\n  - nope\r\n")
    with pytest.raises(DisputeError) as caught:
        load(path)
    assert caught.value.place == Place(5, 5)
    assert str(caught.value).endswith("\n      - nope\n        ^")


def test_message_has_everything(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(TEXT.replace('"not dprk.test"   #', '"not dprk.tset"   #'), encoding="utf-8")
    with pytest.raises(DisputeError) as caught:
        load(path)
    error = caught.value
    assert (error.path, error.key) == (path, "parties.us.preferences[0]")
    assert (error.found, error.nearest) == ("dprk.tset", "dprk.test")
    assert "us.exercise" in error.allowed
    assert "exercise" in error.allowed
    assert "settlement" in error.allowed
    assert str(error) == (
        f"{path}:22:14: parties.us.preferences[0]: no option or outcome is called 'dprk.tset'; "
        "did you mean 'dprk.test'?\n"
        '          - "not dprk.tset"   # first\n'
        "                 ^"
    )


def test_errors_cross_processes() -> None:
    with pytest.raises(DisputeError) as caught:
        build_dispute(small(coalesce=["nope"]), path=Path("x.yaml"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert (again.found, again.allowed, again.key) == ("nope", caught.value.allowed, "coalesce[0]")


def test_an_error_raised_later_shows_its_line(path: Path) -> None:
    error = DisputeError("too small", path=path, place=Place(2, 10))
    assert str(error) == f"{path}:2:10: too small\n    dispute: Two parties\n             ^"


def test_excerpt_of_a_long_line_is_cut() -> None:
    line, caret = pointed_at("a" * 500 + "b" + "c" * 500, 501).splitlines()
    assert line[caret.index("^")] == "b"
    assert len(line) < 160


def test_excerpt_keeps_the_caret_under_wide_letters() -> None:
    line, caret = pointed_at("日本: x", 5).splitlines()
    # Each of the two letters takes two columns of a terminal.
    assert caret.index("^") == line.index("x") + 2


def test_nearest_name() -> None:
    names = ["dprk.test", "us.exercise", "settlement"]
    assert nearest("dprk.tset", names) == "dprk.test"
    assert nearest("DPRK.Test", names) == "dprk.test"
    assert nearest("setlement", names) == "settlement"
    assert nearest("us.test", names) == "dprk.test"
    assert nearest("quite_another", names) is None
    assert nearest("x", []) is None


# Editing ---------------------------------------------------------------------------------------


def test_comments_survive_an_edit(path: Path) -> None:
    document = load_round_trip(path)
    save(path, document)
    assert load(path) == build_dispute(parse(TEXT)[0])
    assert "# A dispute with one of everything." in path.read_text(encoding="utf-8")
    assert '- "not dprk.test"   # first' in path.read_text(encoding="utf-8")
    document["dispute"] = "Another title"
    save(path, document)
    assert load(path).title == "Another title"
    assert "set: {dprk.test: no, us.exercise: none}" in path.read_text(encoding="utf-8")


def test_a_shipped_case_is_saved_as_it_was(tmp_path: Path) -> None:
    original = load("korea-2017").path
    assert original is not None
    copy = tmp_path / "copy.yaml"
    save(copy, load_round_trip(original))
    assert load(copy) == load(original)
    before = original.read_text(encoding="utf-8").splitlines()
    after = copy.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if "#" in line] == [line for line in after if "#" in line]


def test_a_plain_mapping_can_be_saved(tmp_path: Path) -> None:
    document = small(status_quo={"a.x": "yes"}, about="yes: no, 'quotes' and\nlines — ü")
    path = tmp_path / "new.yaml"
    save(path, document)
    assert parse(path.read_bytes())[0] == document
    assert load(path) == build_dispute(document)


def test_a_failed_save_leaves_the_file_and_no_rubbish(path: Path) -> None:
    with pytest.raises(Exception, match="cannot represent"):
        save(path, {"dispute": object()})
    assert path.read_text(encoding="utf-8") == TEXT
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_saving_keeps_permissions(path: Path) -> None:
    path.chmod(0o640)
    save(path, load_round_trip(path))
    assert path.stat().st_mode & 0o777 == 0o640


def test_saving_into_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DisputeError, match="cannot be written"):
        save(tmp_path / "missing" / "x.yaml", small())
