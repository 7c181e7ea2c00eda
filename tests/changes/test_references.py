"""What names something is found, renamed with it, and removed with it."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from detente.changes.references import (
    dangling,
    definitions,
    id_from_name,
    references,
    rename_id,
    units_to_remove,
)
from detente.dispute.errors import DisputeError
from detente.files.dispute_file import load_text
from detente.files.yaml_text import parse
from detente.stability.prepared_model import graph_model
from detente.workbench import editing

CASES = ("korea-2017-two-party", "prisoners-dilemma", "elmira", "cuban-missile-crisis")
IDS = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,9}", fullmatch=True)

EVERYTHING = """\
dispute: All that can be named   # at once
parties:
  a:
    options:
      dam: {name: Dam, irreversible: true, when: not b.open}
      'low': {levels: [none, some, dam]}
    preferences:
      - "not b.open iff dam"   # dam here, dam there
      - {prefer: "flood or low = dam", source: {id: notes}}
  b:
    options: {open: {name: "Open, dam", when: {'yes': "a.dam"}}}
    preferences: {order: [flood, ["open and not a.dam", "not open and not a.dam"]]}
    perceives:
      a: {preferences: [dam, low >= some], options: [dam]}
constraints:
  - never: a.dam and
      b.open
sources: [{id: notes, title: The notes on dam}]
outcomes:
  flood: a.dam and not b.open
  dry: {when: "not flood" , name: dam}
packages:
  deal: {parties: [a, b], set: {a.dam: no, b.open: yes}, when: flood}
roadmaps:
  plan: [{stage: One, package: deal}, {stage: Two, move: {a.dam: yes}}]
formats: {both: [a, b]}
claims:
  - {id: c1, ask: "where a.dam and flood: a must choose not dam", says: no, source: [{id: notes}]}
status_quo: {a.dam: no, a.low: none, b.open: no}
"""


def case(name: str) -> str:
    return (files("detente") / "cases" / f"{name}.yaml").read_text("utf-8")


TEXTS = {"everything": EVERYTHING, **{name: case(name) for name in CASES}}


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(data=st.data(), new=IDS, name=st.sampled_from(sorted(TEXTS)))
def test_a_renamed_file_means_the_same_and_renamed_back_is_the_same(
    data: st.DataObject, new: str, name: str
) -> None:
    text = TEXTS[name]
    known = definitions(parse(text)[0])
    kind = data.draw(st.sampled_from(sorted(kind for kind, names in known.items() if names)))
    old = data.draw(st.sampled_from(sorted(known[kind])))
    party = f"{old.partition('.')[0]}." if kind == "option" else ""
    try:
        renamed = rename_id(text, kind, old, new)
    except DisputeError:
        # Only since the new one is taken, or cannot be an id.
        options = {one.partition(".")[2] for one in known["option"]}
        taken = party + new in known[kind] or new in known["outcome"] or new in options
        assert taken or new in ("not", "and", "or", "if", "iff", "true", "false")
        return
    document = parse(renamed)[0]
    assert old not in definitions(document)[kind]
    assert party + new in definitions(document)[kind]
    assert not [one for one in references(document) if (one.kind, one.name) == (kind, old)]
    assert rename_id(renamed, kind, party + new, old.removeprefix(party)) == text
    before, after = load_text(text), load_text(renamed)
    for one, other in zip(before.parties, after.parties, strict=True):
        assert one.id == other.id or kind == "party"
    old_model, new_model = graph_model(before), graph_model(after)
    assert old_model.space.count == new_model.space.count
    for number in range(len(before.parties)):
        assert (old_model.ranks(number) == new_model.ranks(number)).all()


def test_what_is_not_the_name_stays() -> None:
    renamed = rename_id(EVERYTHING, "option", "a.dam", "weir")
    # Names for people, remarks, levels and titles.
    for kept in ("name: Dam", "# dam here, dam there", "[none, some, dam]", "low = dam", "on dam"):
        assert kept in renamed
    for wanted in (
        "not b.open iff weir",
        "a.weir and\n      b.open",
        "options: [weir]",
        "a must choose not weir",
        "{a.weir: no,",
    ):
        assert wanted in renamed


def test_what_names_a_removed_option_goes_with_it() -> None:
    text = editing.remove(EVERYTHING, ("parties", "a", "options", "dam"))
    with pytest.raises(DisputeError):
        load_text(text)
    removed = 0
    while found := dangling(document := parse(text)[0]):
        for unit in reversed(units_to_remove(document, found)):
            text = editing.remove(text, unit)
            removed += 1
        assert removed < 40
    dispute = load_text(text)
    assert [option.key for option in dispute.options] == ["a.low", "b.open"]
    assert "packages" in text
    # What named it only through an outcome goes as well.
    assert "dry" not in text


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_sound_file_names_nothing_that_is_not_there(name: str) -> None:
    assert dangling(parse(TEXTS[name])[0]) == ()


def test_nothing_in_korea_is_dangling_and_a_party_is_renamed_everywhere() -> None:
    text = case("korea-2017")
    assert dangling(parse(text)[0]) == ()
    renamed = rename_id(text, "party", "dprk", "north")
    assert rename_id(renamed, "party", "north", "dprk") == text
    assert "dprk" not in {one.name.partition(".")[0] for one in references(parse(renamed)[0])}
    load_text(renamed)


@pytest.mark.parametrize(
    ("name", "taken", "wanted"),
    [
        ("River Bank", (), "river_bank"),
        ("River Bank", ("river_bank", "river_bank_2"), "river_bank_3"),
        ("Île-de-France", (), "ile_de_france"),
        ("북한", ("party",), "party_2"),
        ("2 dams", (), "party_2_dams"),
        ("Not", (), "not_"),
    ],
)
def test_an_id_is_made_from_a_name(name: str, taken: tuple[str, ...], wanted: str) -> None:
    assert id_from_name(name, taken, otherwise="party") == wanted
