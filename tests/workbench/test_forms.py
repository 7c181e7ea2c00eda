"""Forms hold all that a dispute file holds, and keep their parts while entries move."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from detente.changes.references import definitions
from detente.dispute.formula import names_used
from detente.dispute.names import formula_from
from detente.files.dispute_file import load_text
from detente.files.yaml_text import Trail, parse
from detente.report.formula_words import formula_words, question_by_names
from detente.workbench.documents import shown_document
from detente.workbench.edits import value_at
from detente.workbench.forms.dispute_form import dispute_form
from detente.workbench.forms.form_parts import (
    Adder,
    Choice,
    Folded,
    FormPart,
    PartGroup,
    Press,
    TextField,
    Ticks,
)
from detente.workbench.forms.sentences import QUESTION, sentences_in


def by_number(document: Any) -> Any:
    def entries(trail: Trail) -> tuple[str, ...]:
        found = value_at(document, trail)
        return tuple(map(str, range(len(found)))) if isinstance(found, list) else ()

    return entries


def parts(nodes: tuple[FormPart, ...]) -> Iterator[FormPart]:
    for node in nodes:
        yield node
        if isinstance(node, PartGroup):
            yield from parts(node.inside)
        elif isinstance(node, Folded):
            yield from parts(node.inside())


def form(text: str) -> tuple[FormPart, ...]:
    document = shown_document(text)
    return dispute_form(document, by_number(document))


def values(value: Any, trail: Trail = ()) -> Iterator[Trail]:
    """Trails of all single values."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from values(inside, (*trail, key))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from values(inside, (*trail, number))
    else:
        yield trail


def case(name: str) -> str:
    return (files("detente") / "cases" / f"{name}.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", ["korea-2017", "korea-2017-two-party", "elmira", "nile-dam-2021"])
def test_every_value_of_a_shipped_case_has_a_field(name: str) -> None:
    text = case(name)
    fields: dict[Trail, Any] = {}
    for part in parts(form(text)):
        if isinstance(part, TextField | Choice):
            fields[part.trail] = part.value
        elif isinstance(part, Ticks):
            fields |= {(*part.trail, number): one for number, one in enumerate(part.values)}
    document = parse(text)[0]
    # States by their numbers are moved, not typed.
    wanted = {trail for trail in values(document) if "order" not in trail and trail[0] != "order"}
    missing = sorted(wanted - set(fields), key=str)
    assert missing == []
    for trail in wanted:
        told = value_at(document, trail)
        shown = {True: ("true", "yes", "up"), False: ("false", "no")}.get(told, (str(told),))
        assert fields[trail] in shown or fields[trail] == str(told), trail


def test_keys_are_one_for_each_part() -> None:
    def check(nodes: tuple[FormPart, ...]) -> None:
        keys = [node.key for node in nodes]
        assert len(keys) == len(set(keys)), keys
        for node in nodes:
            if isinstance(node, PartGroup):
                check(node.inside)
            elif isinstance(node, Folded):
                check(node.inside())

    check(form(case("korea-2017-two-party")))


SMALL = """\
dispute: Small
parties:
  a: {options: {act: Act}, preferences: [act]}
  b: {options: {act: Act}, preferences: []}
status_quo: {a.act: no, b.act: no}
"""


def test_same_named_options_carry_their_party() -> None:
    told = [
        p.label
        for p in parts(form(SMALL))
        if isinstance(p, Choice) and p.key in ("way", "a.act", "b.act")
    ]
    assert told == [
        "How “Act” of a can change",
        "How “Act” of b can change",
        "Status quo of a: Act",
        "Status quo of b: Act",
    ]


def test_everything_is_added_by_its_adder_and_stays_sound() -> None:
    text = SMALL

    def add(label: str, value: str) -> None:
        nonlocal text
        (adder,) = [p for p in parts(form(text)) if isinstance(p, Adder) and p.label == label]
        change = adder.edit(value)
        assert not isinstance(change, str), change
        text = change(text)

    def choose(label: str, value: Any) -> None:
        nonlocal text
        found = [p for p in parts(form(text)) if isinstance(p, Choice | Ticks) and p.label == label]
        text = found[0].edit(value)(text)

    add("New outcome", "All quiet")
    add("New package", "Both act")
    choose("Both act: Parties", ("a", "b"))
    add("Option in set", "a.act")
    add("New format", "Both")
    choose("Both: Parties", ("a", "b"))
    add("New roadmap", "Peace")
    add("New stage", "First")
    choose("Peace: Stages 1: Package", "both_act")
    add("New source", "A treaty")
    add("New claim", "where status_quo: may reach all_quiet")
    add("New constraint", "a.act and not b.act and false")
    add("New party", "The River's Bank")
    add("New option of The River's Bank", "Build a dam")
    add("New statement of a", "not b.act")
    dispute = load_text(text)
    assert dispute.parties[-1].id == "the_river_s_bank"
    assert dispute.options[-1].key == "the_river_s_bank.build_a_dam"
    assert [p.id for p in dispute.packages] == ["both_act"]
    assert [o.id for o in dispute.outcomes] == ["all_quiet"]
    assert len(dispute.claims) == len(dispute.constraints) == len(dispute.roadmaps) == 1


def test_a_field_of_a_statement_in_short_makes_it_a_mapping() -> None:
    found = [
        p
        for p in parts(form(SMALL))
        if isinstance(p, TextField) and p.trail == ("parties", "a", "preferences", 0, "confidence")
    ]
    text = found[0].edit("0.8", "")(SMALL)
    assert value_at(parse(text)[0], ("parties", "a", "preferences", 0)) == {
        "prefer": "act",
        "confidence": 0.8,
    }


def test_what_names_nothing_is_told_with_a_way_out() -> None:
    broken = SMALL.replace("b.act: no", "b.act: no, c.act: no").replace("[act]", "[act, c.act]")
    (press,) = [p for p in parts(form(broken)) if isinstance(p, Press) and p.key == "clean"]
    assert callable(press.change)
    assert load_text(press.change(broken)).title == "Small"


RICH = """\
dispute: Rich
parties:
  north:
    name: The North
    options:
      act: {name: Act, when: talks}
      force: {name: Force, levels: [none, some, much], when: {much: not south.act}}
    preferences: [not act, {prefer: force >= some if war}, wrong.name, ""]
    unseen: [south.act and act]
    perceives: {south: {preferences: [act]}}
  south: {options: {act: Act}, preferences: {order: [act, [north.act, not act]]}}
status_quo: {south.act: no}
constraints: [never: north.act and south.act]
coalesce: [war]
outcomes:
  war: {name: War, when: north.force = much}
  talks: not war
  all: "true"
packages: {deal: {name: A deal, parties: [north], set: {north.act: yes}, when: south.act}}
claims:
  - {id: one, says: yes, ask: "where status_quo and not north.act: north may choose force;
      reach war"}
"""


def test_formulas_are_read_as_sentences_with_names() -> None:
    document = shown_document(RICH)
    found = sentences_in(document)
    assert found == {
        ("north", "not act"): "“Act” of The North is not chosen.",
        ("north", "force >= some if war"): (
            "If “War” holds, then “Force” of The North is at “some” or higher."
        ),
        ("north", "south.act and act"): (
            "Both “Act” of south is chosen and “Act” of The North is chosen."
        ),
        ("south", "act"): "“Act” of south is chosen.",
        ("south", "not act"): "“Act” of south is not chosen.",
        ("south", "north.act"): "“Act” of The North is chosen.",
        ("north", "talks"): "“talks” holds.",
        ("north", "not south.act"): "“Act” of south is not chosen.",
        (None, "north.act and south.act"): (
            "Both “Act” of The North is chosen and “Act” of south is chosen."
        ),
        (None, "war"): "“War” holds.",
        (None, "not war"): "“War” does not hold.",
        (None, "north.force = much"): "“Force” of The North is at “much”.",
        (None, "south.act"): "“Act” of south is chosen.",
        (QUESTION, "where status_quo and not north.act: north may choose force; reach war"): (
            "where the status quo and not “Act” (The North): The North may choose “Force”; reach "
            "“War”"
        ),
    }
    nodes = dispute_form(document, by_number(document), found)
    formulas = [p for p in parts(nodes) if isinstance(p, TextField) and p.form == "formula"]
    unsaid = [p.value for p in formulas if p.value and not p.said]
    assert unsaid == ["wrong.name"]


@pytest.mark.parametrize("name", ["korea-2017", "elmira", "nile-dam-2021"])
def test_every_formula_of_a_shipped_case_is_read_as_it_is_meant(name: str) -> None:
    """Against the words of the dispute as it is loaded, which say outcomes in full."""
    text = case(name)
    document, dispute = shown_document(text), load_text(text)
    found = sentences_in(document)
    outcomes = {outcome.id for outcome in dispute.outcomes}
    for (party, formula), said in found.items():
        if party == QUESTION:
            assert said == question_by_names(formula, dispute)
        elif not outcomes & set(names_used(formula)):
            meant = formula_from(dispute, formula, party)
            assert said == formula_words(meant.expression, dispute)
    nodes = dispute_form(document, by_number(document), found)
    for part in parts(nodes):
        if isinstance(part, TextField) and part.form == "formula" and part.value:
            assert part.said, part.label


@pytest.mark.parametrize("name", ["korea-2017", "nile-dam-2021"])
def test_what_is_heard_of_a_field_names_no_id(name: str) -> None:
    document = shown_document(case(name))
    ids = {
        id_
        for kind, some in definitions(document).items()
        for id_ in some
        if (kind != "option" and "_" in id_) or "." in id_
    }
    for part in parts(dispute_form(document, by_number(document))):
        if isinstance(part, TextField | Choice | Ticks | Press | Adder):
            assert not [id_ for id_ in ids if id_ in part.label], part.label
