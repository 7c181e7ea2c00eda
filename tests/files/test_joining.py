"""Joined disputes: against the definitions on random ones, by hand, and the shipped link."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import product, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings

import detente
from detente.cli import detente as cli
from detente.cli.exit_codes import BAD_INPUT
from detente.dispute.errors import DisputeError
from detente.files.renaming import QUESTION_WORDS, Renaming, names_a_state_by_number
from oracle.definitions import OracleDispute, Ordered, Prioritised, Weighted, true_in
from strategies import disputes, document

# Against the definitions -------------------------------------------------------------------------


def parts(dispute: OracleDispute, party: int, assignment: tuple[int, ...]) -> list[Any]:
    """What a party's statements, or the places of its order, say of a state."""
    preference = dispute.preferences[party]
    if isinstance(preference, Prioritised):
        return [true_in(one, assignment) for one in preference.statements]
    if isinstance(preference, Weighted):
        return [dispute.value_of(preference, assignment)]
    assert isinstance(preference, Ordered)
    state = dispute.state_of[assignment] + 1
    return [state in group for group in preference.groups]


def weighted(dispute: OracleDispute, party: int) -> bool | None:
    """Whether a party has weights; None where it states nothing."""
    preference = dispute.preferences[party]
    if isinstance(preference, Weighted):
        return True
    return False if isinstance(preference, Ordered) or preference.statements else None


def joined_value(one: Sequence[Any], other: Sequence[Any], *, sums: bool) -> Any:
    """The statements of two files in turn; weights together."""
    if sums:
        return sum([*one, *other])
    pairs = zip_longest(one, other, fillvalue=None)
    return tuple(part for pair in pairs for part in pair if part is not None)


@settings(deadline=None, max_examples=settings.default.max_examples // 2)
@given(disputes(most_states=8), disputes(most_states=8))
def test_every_party_ranks_and_moves_by_both(one: OracleDispute, other: OracleDispute) -> None:
    assume(not one.coalesce)
    assume(not other.coalesce)
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("a.json", "b.json")]
        for path, drawn in zip(paths, (one, other), strict=True):
            path.write_text(json.dumps(document(drawn)))
        shared = range(min(one.parties, other.parties))
        kinds = [{weighted(one, party), weighted(other, party)} - {None} for party in shared]
        if any(len(kind) > 1 for kind in kinds):
            with pytest.raises(DisputeError, match="weights in one file"):
                detente.join(paths)
            return
        joined = detente.join(paths)
    model = detente.analyse(joined.dispute, ["Nash"])
    assert model.count == len(one.states) * len(other.states)
    # By party, its options of the first file, then of the second, each by number.
    first = [f"p{owner}.o{number}" for number, owner in enumerate(one.owner)]
    second = []
    for number, owner in enumerate(other.owner):
        clashes = owner < one.parties and f"p{owner}.o{number}" in first
        second.append(f"p{owner}.b_o{number}" if clashes else f"p{owner}.o{number}")
    keys = [option.key for option in joined.dispute.options]
    assert sorted(keys) == sorted([*first, *second])
    levels = model.model.space.assignments(np.arange(model.count)).tolist()
    pairs = [
        (
            tuple(row[keys.index(key)] for key in first),
            tuple(row[keys.index(key)] for key in second),
        )
        for row in levels
    ]
    assert set(pairs) == set(product(one.state_of, other.state_of))
    place = {pair: number for number, pair in enumerate(pairs)}
    for party in range(len(joined.dispute.parties)):
        values = []
        for a, b in pairs:
            halves = [
                parts(drawn, party, at) if party < drawn.parties else []
                for drawn, at in ((one, a), (other, b))
            ]
            sums = any(party < drawn.parties and weighted(drawn, party) for drawn in (one, other))
            values.append(joined_value(*halves, sums=sums))
        ranks = model.ranks(f"p{party}").tolist()
        places = sorted(set(values))
        assert ranks == [places.index(value) + 1 for value in values]
        a, b = pairs[0]
        reached = {
            (to_a, to_b)
            for to_a in [a, *(one.full_moves[party][a] if party < one.parties else [])]
            for to_b in [b, *(other.full_moves[party][b] if party < other.parties else [])]
        } - {(a, b)}
        found = set(model.model.moves_from(0, party).tolist())
        assert found == {place[pair] for pair in reached}


# By hand -----------------------------------------------------------------------------------------

FIRST: dict[str, Any] = {
    "dispute": "First",
    "sources": [{"id": "paper", "title": "A paper"}, {"id": "same", "title": "The same"}],
    "parties": {
        "us": {"options": {"press": "Press"}, "preferences": ["calm", "press"], "aliases": ["A"]},
        "them": {"options": {"yield": "Yield"}, "preferences": ["not us.press"]},
    },
    "status_quo": {"us.press": True},
    "outcomes": {"calm": "not us.press"},
    "history": [{"on": "2017-05-01", "set": {"us.press": False}, "source": {"id": "paper"}}],
    "claims": [{"id": "c", "ask": "may reach calm", "says": True, "source": {"id": "paper"}}],
}
SECOND: dict[str, Any] = {
    "dispute": "Second",
    "sources": [{"id": "paper", "title": "Another"}, {"id": "same", "title": "The same"}],
    "parties": {
        "us": {
            "options": {"press": {"name": "Press", "levels": ["calm", "press"]}, "calm": "Be calm"},
            "preferences": [
                {"prefer": "press = press if us.calm", "source": {"id": "paper"}},
                "quiet",
            ],
            "aliases": ["B"],
        },
        "you": {
            "options": {"go": {"name": "Go", "when": "not us.press = press"}},
            "preferences": ["calm or us.press = calm"],
        },
    },
    "status_quo": {"us.press": "press"},
    "outcomes": {"quiet": "not us.press", "calm": "quiet and you.go"},
    "packages": {"deal": {"parties": ["us", "you"], "set": {"us.press": "calm", "you.go": True}}},
    "roadmaps": {
        "plan": [{"stage": "One", "package": "deal"}, {"stage": "Two", "move": {"us.calm": True}}]
    },
    "issues": {
        "i": {
            "scale": {"low": "none", "high": "all"},
            "positions": {"us": {"position": 1, "salience": 1, "capability": 1}},
            "outcomes": {"calm": 5},
        }
    },
    "history": [{"on": "2017-04-01", "set": {"us.press": "calm"}}],
    "claims": [
        {
            "id": "c",
            "ask": "where us.press = press: may reach calm within 3 moves",
            "says": True,
        }
    ],
}


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    return written(tmp_path, FIRST, SECOND)


def written(folder: Path, *documents: dict[str, Any]) -> list[Path]:
    paths = [folder / f"{name}.json" for name in ("first", "second", "third")[: len(documents)]]
    for path, content in zip(paths, documents, strict=True):
        path.write_text(json.dumps(content))
    return paths


def linked(folder: Path, text: str) -> Path:
    path = folder / "link.yaml"
    path.write_text(text)
    return path


def test_ids_that_clash_get_the_name_of_their_file_wherever_they_stand(two: list[Path]) -> None:
    joined = detente.join(two)
    document = joined.document
    us, you = document["parties"]["us"], document["parties"]["you"]
    # What would be taken for the other file's outcome or option has another id too.
    assert list(us["options"]) == ["press", "second_press", "second_calm"]
    assert us["preferences"] == [
        "calm",
        {
            "prefer": "second_press = press if us.second_calm",
            "source": {"id": "second_paper"},
        },
        "press",
        "quiet",
    ]
    assert us["aliases"] == ["A", "B"]
    assert you["options"]["go"]["when"] == "not us.second_press = press"
    assert you["preferences"] == ["second_calm or us.second_press = calm"]
    assert document["outcomes"] == {
        "calm": "not us.press",
        "quiet": "not us.second_press",
        "second_calm": "quiet and you.go",
    }
    assert document["packages"]["deal"]["set"] == {"us.second_press": "calm", "you.go": True}
    assert document["roadmaps"]["plan"][1]["move"] == {"us.second_calm": True}
    assert document["issues"]["i"]["outcomes"] == {"second_calm": 5}
    assert document["status_quo"] == {"us.press": True, "us.second_press": "press"}
    assert [one["on"] for one in document["history"]] == ["2017-04-01", "2017-05-01"]
    assert [one["id"] for one in document["sources"]] == ["paper", "same", "second_paper"]
    assert [(one["id"], one["ask"]) for one in document["claims"]] == [
        ("c", "may reach calm"),
        ("second-c", "where us.second_press = press: may reach second_calm within 3 moves"),
    ]
    assert joined.shared == ("us",)
    assert "us.press of second is now us.second_press" in joined.notes


def test_a_link_says_whose_statements_come_first_and_adds_its_own(
    two: list[Path], tmp_path: Path
) -> None:
    link = linked(
        tmp_path,
        """\
dispute: Both
constraints:
  - never: us.press and us.second_calm
parties:
  us:
    order: [second]
    preferences:
      - not them.yield
      - {prefer: them.yield or you.go, at: 4, judgement: true}
outcomes:
  all: calm and quiet
""",
    )
    two[1].write_text(json.dumps({**SECOND, "claims": []}))
    joined = detente.join(two, [link])
    assert joined.document["dispute"] == "Both"
    texts = [
        one if isinstance(one, str) else one["prefer"]
        for one in joined.document["parties"]["us"]["preferences"]
    ]
    assert texts == [
        "not them.yield",
        "second_press = press if us.second_calm",
        "quiet",
        "them.yield or you.go",
        "calm",
        "press",
    ]
    assert joined.document["constraints"] == [{"never": "us.press and us.second_calm"}]
    assert len(joined.dispute.outcomes) == 4
    # A title that is given goes before all.
    assert detente.join(two, [link], title="T").document["dispute"] == "T"


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("rules: []", "1:1", "there is no key of a link 'rules'"),
        ("[]", "1:1", "expected a mapping"),
        ("constraints: no", "1:14", "expected a list"),
        ("parties: {they: {}}", "1:11", "there is no party 'they'"),
        ("parties: {us: {orders: []}}", "1:16", "there is no key of a party 'orders'"),
        ("parties: {them: {order: [second]}}", "1:26", "no file with this party 'second'"),
        ("parties: {us: {preferences: [{prefer: calm, at: 0}]}}", "1:49", "1 the first"),
        ("outcomes:\n  calm: us.press", "2:3", "has 'calm' among its outcomes already"),
        ("constraints:\n  - never: us.pres", "2:12", "'us.pres'"),
        ("parties:\n  us:\n    preferences: [calm and]", "3:", "formula"),
        ("claims: [{id: c, ask: may reach calm, says: yes}]", "1:10", "among its claims already"),
    ],
)
def test_a_fault_of_a_link_is_told_with_its_place(
    two: list[Path], tmp_path: Path, text: str, place: str, told: str
) -> None:
    two[1].write_text(json.dumps({**SECOND, "claims": []}))
    link = linked(tmp_path, text)
    result = CliRunner().invoke(cli, ["join", *map(str, two), "--link", str(link)])
    assert result.exit_code == BAD_INPUT
    assert f"link.yaml:{place}" in result.output
    assert told in result.output


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"coalesce": ["us.calm"]}, "coalesced states cannot be joined"),
        ({"claims": [{"id": "d", "ask": "state 2: may reach calm", "says": True}]}, "its number"),
        ({"status_quo": None}, "has a status quo, and this file has none"),
    ],
)
def test_what_cannot_be_joined_is_refused(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    second = {
        key: one for key, one in {**SECOND, "claims": [], **changes}.items() if one is not None
    }
    paths = written(tmp_path, FIRST, second)
    with pytest.raises(DisputeError, match=told):
        detente.join(paths)
    with pytest.raises(DisputeError, match="two disputes or more"):
        detente.join(paths[:1])


def test_a_secret_is_not_joined(tmp_path: Path) -> None:
    parties = {**FIRST["parties"], "them": {"preferences_from": "s.yaml"}}
    paths = written(tmp_path, {**FIRST, "parties": parties, "claims": []}, SECOND)
    (tmp_path / "s.yaml").write_text("preferences: [us.press]")
    with pytest.raises(DisputeError, match="confidential"):
        detente.join(paths)


def test_a_view_of_a_party_in_both_files_has_all_that_it_wants(tmp_path: Path) -> None:
    parties = json.loads(json.dumps(SECOND["parties"]))
    parties["you"]["perceives"] = {"us": {"preferences": ["not calm"], "options": ["calm"]}}
    paths = written(tmp_path, FIRST, {**SECOND, "parties": parties, "claims": []})
    view = detente.join(paths).document["parties"]["you"]["perceives"]["us"]
    assert view == {
        "preferences": ["calm", "not second_calm", "press"],
        "options": ["press", "second_calm"],
    }


def test_the_file_is_written_whole_and_over_none_that_is_read(two: list[Path]) -> None:
    two[1].write_text(json.dumps({**SECOND, "claims": []}))
    out = two[0].with_name("both.yaml")
    arguments = ["join", *map(str, two), "-o"]
    result = CliRunner().invoke(cli, [*arguments, str(out)])
    assert result.exit_code == 0, result.output
    assert "note: us.press of second is now us.second_press" in result.output
    assert detente.load(out).title == "First and Second"
    piped = CliRunner().invoke(cli, [*arguments, "-"])
    assert piped.stdout == out.read_text(encoding="utf-8")
    before = two[0].read_text()
    assert CliRunner().invoke(cli, [*arguments, str(two[0])]).exit_code == BAD_INPUT
    assert two[0].read_text() == before


def test_names_in_questions() -> None:
    to = Renaming({("us", "press"): "b_press"}, {"calm": "b_calm"})
    asked = "where status_quo + {us.press: calm}: us prefers calm to us.press >= calm"
    assert to.text(asked) == (
        "where status_quo + {us.b_press: calm}: us prefers b_calm to us.b_press >= calm"
    )
    assert names_a_state_by_number("where 12: stable for us")
    assert names_a_state_by_number("where state 12: stable for us")
    assert not names_a_state_by_number("where us.x = 2: may reach calm within 3 moves")


def test_the_words_of_questions_are_known() -> None:
    grammar = Path(detente.__file__).parent / "queries" / "query.lark"
    text = re.sub(r"//.*", "", grammar.read_text(encoding="utf-8"))
    assert set(re.findall(r'"([a-z_]+)"', text)) <= QUESTION_WORDS


# Korea beside Ukraine ----------------------------------------------------------------------------


def test_attention_is_divided_between_korea_and_ukraine() -> None:
    joined = detente.join(["korea-2017", "ukraine-2017"], ["korea-ukraine-2017"])
    dispute = joined.dispute
    assert joined.shared == ("us", "russia")
    assert len(dispute.options) == 22
    (claim,) = [one for one in dispute.claims if one.id == "attention-divided"]
    korea = detente.load("korea-2017")
    assert len(dispute.claims) == len(korea.claims) + 1
    # Alone, Russia turns to the six-party table. With a settlement elsewhere at stake it does not.
    alone = "where china.concede and not russia.talk: russia must choose talk"
    assert detente.ask(korea, alone).short == "yes"
    assert detente.ask(dispute, claim.ask).short == "yes"
