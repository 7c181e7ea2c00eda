from __future__ import annotations

import itertools
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

import detente
from detente.cli import detente as command_line
from detente.dispute.dispute import Dispute, Party, Place, Statements
from detente.dispute.errors import DetenteError, DisputeError, LimitError, UnreadWarning
from detente.files.dispute_file import build_dispute, schema
from detente.files.gmcr import convert_from_gmcr, convert_to_gmcr, read, read_document, write
from detente.files.loading import load
from detente.space.ranks import ranks
from detente.space.states import StateSpace, state_space

DOCUMENT = Path(__file__).parents[2] / "docs" / "how-to" / "gmcr-files.md"

BORDER = {
    "options": [
        {"name": "Close the border", "permittedDirection": "both"},
        {"name": "Sign the treaty", "permittedDirection": "fwd"},
        {"name": "Send observers", "permittedDirection": "back"},
    ],
    "decisionMakers": [
        {
            "name": "North",
            "options": ["Close the border", "Sign the treaty"],
            "preferences": [
                [["Close the border", "N"], ["Send observers", "Y"]],
                {"members": [[["Sign the treaty", "N"]], [["Send observers", "Y"]]]},
            ],
        },
        {
            "name": "South",
            "options": ["Send observers"],
            "preferences": [[["Sign the treaty", "Y"]]],
        },
    ],
    "infeasibles": [[["Close the border", "Y"], ["Sign the treaty", "Y"]]],
}


def border(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(BORDER)), **changes}


def north_prefers(*preferences: object) -> dict[str, Any]:
    data = border()
    data["decisionMakers"][0]["preferences"] = list(preferences)
    return data


def formulas_of(data: dict[str, Any]) -> list[str]:
    document, _ = convert_from_gmcr(data)
    preferences: list[str] = document["parties"]["north"].get("preferences", [])
    return preferences


# What a file means, worked out state by state from the lists in it -------------------------


def holds(condition: Any, state: dict[Any, bool]) -> bool:
    if isinstance(condition, dict):
        return any(holds(member, state) for member in condition["members"])
    return all(state[option] == (value == "Y") for option, value in condition)


def assignments(count: int) -> list[tuple[int, ...]]:
    """All states of two-level options in order of number: the first option changes fastest."""
    return [levels[::-1] for levels in itertools.product((0, 1), repeat=count)]


def literal_scores(data: dict[str, Any]) -> dict[str, list[list[bool] | None]]:
    """For each decision maker, the truth of its statements in every state; None: infeasible."""
    names = [option["name"] for option in data["options"]]
    states: list[dict[Any, bool]] = [
        dict(zip(names, map(bool, levels), strict=True)) | dict(enumerate(map(bool, levels)))
        for levels in assignments(len(names))
    ]
    return {
        maker["name"]: [
            None
            if any(holds(condition, state) for condition in data["infeasibles"])
            else [holds(condition, state) for condition in maker["preferences"]]
            for state in states
        ]
        for maker in data["decisionMakers"]
    }


def literal_order(data: dict[str, Any], order: list[Any]) -> list[int]:
    """Dense ranks of all states by an order of the feasible ones by number, best first."""
    numbers = itertools.count(1)
    (first, *_) = literal_scores(data).values()
    groups = [entry if isinstance(entry, list) else [entry] for entry in reversed(order)]
    ranks = {number: rank for rank, group in enumerate(groups, start=1) for number in group}
    return [0 if score is None else ranks[next(numbers)] for score in first]


def literal_ranks(scores: Sequence[list[bool] | None]) -> list[int]:
    """Dense ranks: an earlier statement counts for more than all later ones; 0: infeasible."""
    order = sorted({tuple(score) for score in scores if score is not None})
    return [0 if score is None else order.index(tuple(score)) + 1 for score in scores]


def unseen_by(party: Party, space: StateSpace) -> Any:
    unseen = np.zeros(space.size, dtype=bool)
    for one in party.unseen:
        unseen |= space.truth(one.formula)
    return unseen


def assert_same_meaning(dispute: Dispute, data: dict[str, Any]) -> None:
    """The file's literal meaning, and what is read back, are the dispute's meaning."""
    space = state_space(dispute)
    expected = ranks(dispute, space)
    scores = literal_scores(data)
    meant = [
        literal_order(data, maker["preferenceRanking"])
        if data["useManualPreferenceRanking"]
        else literal_ranks(score)
        for maker, score in zip(data["decisionMakers"], scores.values(), strict=True)
    ]
    assert meant == expected.tolist()
    document, _ = convert_from_gmcr(data)
    again = build_dispute(document)
    assert [option.irreversible for option in again.options] == [
        option.irreversible for option in dispute.options
    ]
    assert [len(party.options) for party in again.parties] == [
        len(party.options) for party in dispute.parties
    ]
    space_again = state_space(again)
    np.testing.assert_array_equal(space_again.feasible, space.feasible)
    np.testing.assert_array_equal(ranks(again, space_again), expected)
    for party, party_again in zip(dispute.parties, again.parties, strict=True):
        unseen = [unseen_by(party, space), unseen_by(party_again, space_again)]
        # A condition that is always true is not carried: no state would be seen.
        if not unseen[0].all():
            np.testing.assert_array_equal(*unseen)


# Reading -----------------------------------------------------------------------------------


def test_reads_options_parties_preferences_and_constraints() -> None:
    document, notes = convert_from_gmcr(border(), title="Border")
    assert document == {
        "dispute": "Border",
        "parties": {
            "north": {
                "name": "North",
                "options": {
                    "close_the_border": {"name": "Close the border"},
                    "sign_the_treaty": {"name": "Sign the treaty", "irreversible": "up"},
                },
                "preferences": [
                    "not north.close_the_border and south.send_observers",
                    "not north.sign_the_treaty or south.send_observers",
                ],
            },
            "south": {
                "name": "South",
                "options": {
                    "send_observers": {"name": "Send observers", "irreversible": "down"},
                },
                "preferences": ["north.sign_the_treaty"],
            },
        },
        "constraints": [{"never": "north.close_the_border and north.sign_the_treaty"}],
    }
    assert notes == ()


def test_read_dispute_ranks_states_as_the_lists_say() -> None:
    dispute = build_dispute(convert_from_gmcr(border())[0])
    space = state_space(dispute)
    # States by number: border, treaty, observers, each N before Y, the first fastest.
    assert space.feasible.tolist() == [True, True, True, False, True, True, True, False]
    # North: (observers and open border) first, then (no treaty or observers).
    assert ranks(dispute, space).tolist() == [
        [2, 2, 1, 0, 3, 2, 3, 0],
        [1, 1, 2, 0, 1, 1, 2, 0],
    ]


def test_documented_example_is_read_as_documented(tmp_path: Path) -> None:
    blocks = re.findall(r"```(json|yaml)\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    (language, text), (other_language, expected) = blocks
    assert (language, other_language) == ("json", "yaml")
    path = tmp_path / "example.gmcr"
    path.write_text(text, "utf-8")
    document, notes = read_document(path)
    assert document == YAML(typ="safe").load(expected)
    assert notes == ()
    # The documented form is also the form that is written.
    assert convert_to_gmcr(build_dispute(document))[0] == json.loads(text)


def test_read_gives_a_dispute_that_is_analysed(tmp_path: Path) -> None:
    path = tmp_path / "border.gmcr"
    path.write_text(json.dumps(BORDER))
    dispute = load(path)
    assert dispute == read(path)
    assert (dispute.title, dispute.path) == ("border", path)
    result = detente.analyse(dispute)
    assert result.count == 6
    assert result.ranks("north").tolist() == [2, 2, 1, 3, 2, 3]
    # South may only call its observers off, and is indifferent to that: it has no improvement.
    assert result.stable("Nash", "south").all()
    # North improves by opening the border in state 5 (closed, observers), and cannot leave the
    # treaty in state 3, where it would like to.
    assert result.stable("Nash", "north").tolist() == [True, True, True, True, False, True]


@pytest.mark.parametrize(
    "condition",
    [
        [["Close the border", "Y"], ["Send observers", "N"]],
        [["Close the border", "y"], ["Send observers", "n"]],
        [["Close the border", True], ["Send observers", False]],
        [["Close the border", 1], ["Send observers", 0]],
        [[0, "Y"], [2, "N"]],
        [[{"name": "Close the border"}, "Y"], [{"name": "Send observers"}, "N"]],
        [["Close the border", "Y"], ["Sign the treaty", "-"], ["Send observers", "N"]],
        [["Close the border", "Y"], ["Close the border", "Y"], ["Send observers", "N"]],
        {"condition": [["Close the border", "Y"], ["Send observers", "N"]]},
        {"conditions": [["Close the border", "Y"], ["Send observers", "N"]]},
        {"members": [["Close the border", "Y"], ["Send observers", "N"]]},
        {"members": [[["Close the border", "Y"], ["Send observers", "N"]]]},
        {"members": [{"condition": [["Close the border", "Y"], ["Send observers", "N"]]}]},
        {"condition": [["Close the border", "Y"], ["Send observers", "N"]], "members": []},
    ],
)
def test_forms_of_a_condition(condition: object) -> None:
    expected = "north.close_the_border and not south.send_observers"
    assert formulas_of(north_prefers(condition)) == [expected]
    document, _ = convert_from_gmcr(border(infeasibles=[condition]))
    assert document["constraints"] == [{"never": expected}]


def test_members_may_have_members() -> None:
    nested = {
        "members": [
            [["Close the border", "Y"], ["Send observers", "Y"]],
            {"members": [[[1, "N"]], {"condition": [[2, "N"]]}]},
        ]
    }
    assert formulas_of(north_prefers(nested)) == [
        "(north.close_the_border and south.send_observers) or not north.sign_the_treaty "
        "or not south.send_observers"
    ]


def test_lists_may_be_missing_or_null() -> None:
    data = {
        "options": ["A"],
        "decisionMakers": [{"name": "X", "options": [0]}, {"name": "Y", "preferences": None}],
    }
    document, notes = convert_from_gmcr(data)
    dispute = build_dispute(document)
    assert [party.preferences for party in dispute.parties] == [Statements(()), Statements(())]
    assert dispute.options_of("y") == ()
    assert notes == ("1 option without a permittedDirection: taken as 'both'",)


def test_unknown_keys_are_noted_once_each() -> None:
    data = border(version="0.3.12", program="gmcr-py", coalitions=[0, 1], colours=[1, "2"])
    for number, option in enumerate(data["options"]):
        option["colour"] = number
    data["decisionMakers"][0]["preferences"][0] = {"condition": [[0, "Y"]], "remark": "?"}
    _, notes = convert_from_gmcr(data)
    assert notes == (
        "the key 'colours' of a .gmcr file is not read",
        "the key 'colour' of an option is not read (3 times)",
        "the key 'remark' of a preference is not read",
    )


def test_a_preference_without_options_is_left_out_with_a_note() -> None:
    data = north_prefers([], [[0, "-"]], {"members": []}, [[0, "Y"]])
    document, notes = convert_from_gmcr(data)
    assert document["parties"]["north"]["preferences"] == ["north.close_the_border"]
    assert len(notes) == 3
    assert notes[1].startswith("preference 2 of 'North' holds in every state")


def test_another_order_of_options_is_noted() -> None:
    data = border()
    data["decisionMakers"].reverse()
    document, notes = convert_from_gmcr(data)
    assert list(document["parties"]) == ["south", "north"]
    assert any("numbers of states differ" in note for note in notes)


def test_ids_are_made_from_names() -> None:
    names = ["Não!", "nao", "3 tests", "or", "北", "Đ", "a  b\nc", "word " * 20, "x" * 90]
    data = {
        "options": names,
        "decisionMakers": [{"name": "北", "options": names}, {"name": "南"}],
    }
    document, _ = convert_from_gmcr(data)
    assert list(document["parties"]) == ["party", "party_2"]
    options = document["parties"]["party"]["options"]
    assert list(options) == [
        "nao",
        "nao_2",
        "option_3_tests",
        "option_or",
        "option",
        "option_2",
        "a_b_c",
        "word_word_word_word_word_word_word_word",
        "x" * 40,
    ]
    assert options["a_b_c"]["name"] == "a b c"
    assert len(build_dispute(document).options) == len(names)


# Bad files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("options"), "the file has no 'options'"),
        (lambda d: d.pop("decisionMakers"), "the file has no 'decisionMakers'"),
        (lambda d: d.update(decisionMakers=[]), "the file has no decision makers"),
        (lambda d: d.update(options={}), "'options' is a list, not an object"),
        (lambda d: d.update(infeasibles="none"), "'infeasibles' is a list, not 'none'"),
        (lambda d: d["options"].append(7), "an option is an object, not 7"),
        (lambda d: d["options"].append({}), "an option has a name, a text, and this one has none"),
        (lambda d: d["options"].append({"name": 7}), "an option has a name, a text, not 7"),
        (lambda d: d["options"].append(" "), "the name of an option is empty"),
        (lambda d: d["options"].append("a\x00"), "the character U+0000 is not allowed"),
        (lambda d: d["options"].append("\ud800"), "the character U+D800 is not allowed"),
        (
            lambda d: (
                d["options"].append("Sign the treaty"),
                d["decisionMakers"][1]["options"].append(3),
            ),
            "2 options are named 'Sign the treaty', numbers 1, 3",
        ),
        (lambda d: d["options"].append("Wait"), "no decision maker controls the option 'Wait'"),
        (
            lambda d: d["decisionMakers"][1]["options"].append(0),
            "the option 'Close the border' is controlled by 'South' and already by 'North'",
        ),
        (
            lambda d: d["options"][0].update(permittedDirection="up"),
            "a permittedDirection is 'both', 'fwd' or 'back', not 'up'",
        ),
        (
            lambda d: d["options"][0].update(permittedDirection=["fwd"]),
            "a permittedDirection is 'both', 'fwd' or 'back', not a list of 1",
        ),
        (
            lambda d: d["infeasibles"].append([["Sing the treaty", "Y"]]),
            "there is no option 'Sing the treaty'; did you mean 'Sign the treaty'?",
        ),
        (lambda d: d["infeasibles"].append([[3, "Y"]]), "there is no option 3; the file has 3"),
        (lambda d: d["infeasibles"].append([[-1, "Y"]]), "there is no option -1"),
        (lambda d: d["infeasibles"].append([[True, "Y"]]), "its name or its index, not true"),
        (lambda d: d["infeasibles"].append([[None, "Y"]]), "its name or its index, not null"),
        (lambda d: d["infeasibles"].append([[0, "maybe"]]), "'Y', 'N' or '-' (free), not 'maybe'"),
        (lambda d: d["infeasibles"].append([[0, 2]]), "'Y', 'N' or '-' (free), not 2"),
        (lambda d: d["infeasibles"].append([[0, "Y", 1]]), "this is a list of 3"),
        (lambda d: d["infeasibles"].append([0, "Y"]), "this is 0"),
        (lambda d: d["infeasibles"].append("Y"), "pairs, not 'Y'"),
        (lambda d: d["infeasibles"].append([]), "names no option, so no state would be feasible"),
        (lambda d: d["infeasibles"].append({"members": [[]]}), "names no option"),
        (lambda d: d["infeasibles"].append({"when": []}), "none of the keys 'condition'"),
        (lambda d: d["infeasibles"].append([[[0, "Y"]], [[1, "Y"]]]), "several conditions"),
        (
            lambda d: d["infeasibles"].append({"condition": [[0, "Y"]], "members": [[1, "Y"]]}),
            "has both 'condition' and 'members'",
        ),
    ],
)
def test_wrong_shapes_are_refused(change: Callable[[Any], object], message: str) -> None:
    data = border()
    change(data)
    with pytest.raises(DisputeError, match=re.escape(message)):
        convert_from_gmcr(data)


@pytest.mark.parametrize("data", [None, [], "text", 7, {}, {"options": []}])
def test_what_is_not_a_conflict_is_refused(data: object) -> None:
    with pytest.raises(DisputeError):
        convert_from_gmcr(data)


def error_of(path: Path, content: str | bytes) -> DisputeError:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DisputeError) as caught:
        read(path)
    assert caught.value.path == path
    return caught.value


@pytest.mark.parametrize("indent", [None, 1, "\t"])
@pytest.mark.parametrize(
    ("change", "target", "key"),
    [
        (
            lambda d: d["infeasibles"].append([[0, "N"], ["Nobody’s", "Y"]]),
            '"Nobody’s"',
            "infeasibles[1][1][0]",
        ),
        (
            lambda d: d["decisionMakers"][1]["preferences"].append(
                {"note": {"members": [1]}, "members": [[[1, "Y"]], [[1, "really"]]]}
            ),
            '"really"',
            "decisionMakers[1].preferences[1].members[1][0][1]",
        ),
        (
            lambda d: d["options"][1].update(permittedDirection="sideways"),
            '"sideways"',
            "options[1].permittedDirection",
        ),
        (lambda d: d["options"].append("\x7f"), '"\x7f"', "options[3].name"),
        (
            lambda d: d["decisionMakers"].append({"options": ["unnamed"]}),
            '{"options": ["unnamed"]}',
            "decisionMakers[2].name",
        ),
    ],
)
def test_errors_point_at_their_place(
    tmp_path: Path,
    change: Callable[[Any], object],
    target: str,
    key: str,
    indent: int | str | None,
) -> None:
    data = border()
    change(data)
    text = json.dumps(data, indent=indent, ensure_ascii=False)
    squeezed = r"\s*".join(re.escape(part) for part in re.split(r"\s|(?<=[{\[])|(?=[}\]])", target))
    found = re.search(squeezed, text)
    assert found is not None
    before = text[: found.start()].split("\n")
    error = error_of(tmp_path / "bad.gmcr", text)
    assert error.place == Place(len(before), len(before[-1]) + 1)
    assert error.key == key


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        ("", "this is not JSON", Place(1, 1)),
        ("dispute: x\n", "this is not JSON", Place(1, 1)),
        ('{\n "options": [,]}', "this is not JSON", Place(2, 14)),
        ('{"options": []} x', "this is not JSON", Place(1, 17)),
        (b"{\n\xff}", "not text in UTF-8", Place(2, 1)),
        (b"\xef\xbb\xbf{\n\xff}", "not text in UTF-8", Place(2, 1)),
        ('{"options": NaN}', "NaN is not a JSON value", None),
        ('{"options": [], "options": []}', "the key 'options' twice", None),
        ('{"options": ' + "9" * 5000 + "}", "too long", None),
        ("[" * 500_000, "nested too deeply", None),
        ("[]", "a .gmcr file is an object, not an empty list", Place(1, 1)),
    ],
)
def test_bad_text_is_refused(
    tmp_path: Path, content: str | bytes, message: str, place: Place | None
) -> None:
    error = error_of(tmp_path / "bad.gmcr", content)
    assert message in error.message
    assert error.place == place


def test_deeply_nested_members_are_refused(tmp_path: Path) -> None:
    condition: Any = [[0, "Y"]]
    for _ in range(2000):
        condition = {"members": [condition, [[1, "Y"]]]}
    with pytest.raises(DisputeError, match="nested too deeply"):
        convert_from_gmcr(north_prefers(condition))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "marked.gmcr"
    path.write_text(json.dumps(BORDER), "utf-8-sig")
    assert len(read(path).options) == 3


def test_what_is_not_a_readable_file_is_refused(tmp_path: Path) -> None:
    for path, message in [
        (tmp_path / "missing.gmcr", "there is no such file"),
        (tmp_path, "folder"),
        (Path("/dev/null"), "this is not JSON"),
    ]:
        with pytest.raises(DisputeError, match=message):
            read(path)


def test_a_file_of_100_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.gmcr"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    start = time.perf_counter()
    with pytest.raises(LimitError, match="bytes"):
        read(path)
    assert time.perf_counter() - start < 1


def test_a_condition_longer_than_a_formula_is_refused() -> None:
    members = [[[0, "Y"], [1, "N"], [2, "Y"]]] * 2
    members += [[[n % 3, "Y"], [(n + 1) % 3, "-"]] for n in range(5)]
    data = north_prefers({"members": members * 1000})
    assert len(formulas_of(data)) == 1  # equal members count once
    names = [f"Option {n:02} {'x' * 30}" for n in range(20)]
    pairs = itertools.combinations(range(20), 2)
    long = {
        "options": names,
        "decisionMakers": [
            {
                "name": "X",
                "options": names,
                "preferences": [{"members": [[[a, "Y"], [b, "Y"]] for a, b in pairs]}],
            }
        ],
    }
    with pytest.raises(DisputeError, match="10,000"):
        build_dispute(convert_from_gmcr(long)[0])


# Writing -----------------------------------------------------------------------------------


def two_parties(preferences: Any, **rest: Any) -> Dispute:
    return build_dispute(
        {
            "dispute": "Two",
            "parties": {
                "us": {
                    "options": {"a": "A", "b": {"name": "B", "irreversible": "up"}},
                    "preferences": preferences,
                },
                "them": {"options": {"c": "C", "d": {"name": "D", "irreversible": "down"}}},
            },
            **rest,
        }
    )


def test_writes_pairs_members_and_directions() -> None:
    data, notes = convert_to_gmcr(
        two_parties(
            ["a and not them.c", "a if b", "not (a or b)"],
            constraints=[{"never": "us.b and (them.c or them.d)"}, {"always": "us.a or us.b"}],
        )
    )
    assert data == {
        "program": "gmcr-py",
        "version": "0.3.12",
        "options": [
            {"name": "A", "permittedDirection": "both"},
            {"name": "B", "permittedDirection": "fwd"},
            {"name": "C", "permittedDirection": "both"},
            {"name": "D", "permittedDirection": "back"},
        ],
        "decisionMakers": [
            {
                "name": "us",
                "options": [0, 1],
                "preferences": [
                    [[0, "Y"], [2, "N"]],
                    {"compound": True, "members": [[[0, "Y"]], [[1, "N"]]]},
                    [[0, "N"], [1, "N"]],
                ],
                "misperceptions": [],
            },
            {"name": "them", "options": [2, 3], "preferences": [], "misperceptions": []},
        ],
        "infeasibles": [
            [[1, "Y"], [2, "Y"]],
            [[1, "Y"], [3, "Y"]],
            [[0, "N"], [1, "N"]],
        ],
        "useManualPreferenceRanking": False,
        "coalitions": [0, 1],
    }
    assert notes == ("the title, 'Two': a .gmcr file is known by its own name",)


@pytest.mark.parametrize(
    "formula",
    [
        "us.a iff us.b",
        "not (us.a iff us.b)",
        "(us.a iff us.b) iff (them.c iff them.d)",
        "us.a if (us.b if them.c)",
        "not (us.a if us.b)",
        "(us.a or us.b) and (them.c or them.d) and (us.a or them.d)",
        "us.a = no and us.b != no or them.c >= no and them.d < yes",
        "us.a < no or us.b",
        "not (us.a < no) and us.b",
        "(us.a and not us.a) or them.d",
        "true if us.a",
        "us.a and false or us.b",
    ],
)
def test_normal_form_keeps_the_meaning(formula: str) -> None:
    dispute = two_parties([formula], constraints=[{"never": f"({formula}) and us.a and them.c"}])
    assert_same_meaning(dispute, convert_to_gmcr(dispute)[0])


def test_statements_that_order_nothing_are_left_out() -> None:
    data, notes = convert_to_gmcr(two_parties(["true", "a and not a", "a"]))
    assert data["decisionMakers"][0]["preferences"] == [[[0, "Y"]]]
    assert "the statement 'true' of us holds in every state, so it orders nothing" in notes[0]
    assert "the statement 'a and not a' of us holds in no state" in notes[1]


def many_options(count: int, statement: str) -> Dispute:
    options = {f"o{n}": f"O{n}" for n in range(count)}
    return build_dispute(
        {"dispute": "Many", "parties": {"us": {"options": options, "preferences": [statement]}}}
    )


def test_the_largest_normal_form_is_written_and_a_larger_one_refused() -> None:
    parity = " iff ".join(f"o{n}" for n in range(9))
    (statement,) = convert_to_gmcr(many_options(9, parity))[0]["decisionMakers"][0]["preferences"]
    assert len(statement["members"]) == 256
    for formula in (
        " iff ".join(f"o{n}" for n in range(10)),
        " and ".join(f"(o{n} or o{n + 1})" for n in range(0, 40, 2)),
    ):
        start = time.perf_counter()
        with pytest.raises(DisputeError, match="more than 256 alternatives") as caught:
            convert_to_gmcr(many_options(41, formula))
        assert caught.value.key == "parties.us.preferences[0]"
        assert time.perf_counter() - start < 10


def test_a_long_chain_of_iff_takes_no_exponential_time() -> None:
    chain = " iff ".join(["o0", "o1"] * 30)
    start = time.perf_counter()
    data, _ = convert_to_gmcr(many_options(2, chain))
    assert time.perf_counter() - start < 5
    # Every option stands in the chain an even number of times, so it holds everywhere.
    assert literal_ranks(literal_scores(data)["us"]) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("preferences", "what"),
    [
        (
            {
                "order": [
                    "b and them.c",
                    [1, "a and not b"],
                    "not a and not b and (them.c or them.d)",
                    "b and not them.c",
                ]
            },
            "order",
        ),
        (
            [
                {"prefer": "a", "weight": 0.1},
                {"prefer": "b", "weight": 0.2},
                {"prefer": "them.c", "weight": 0.3},
                {"prefer": "them.d", "weight": -1},
            ],
            "weights",
        ),
    ],
)
def test_orders_and_weights_of_small_disputes_keep_their_ranks(preferences: Any, what: str) -> None:
    dispute = two_parties(preferences)
    data, notes = convert_to_gmcr(dispute)
    assert_same_meaning(dispute, data)
    assert data["useManualPreferenceRanking"]
    assert any(
        note == "the weights of us as such: the order of states that they make" for note in notes
    ) == (what == "weights")


def test_weights_of_large_disputes_are_not_carried_and_noted() -> None:
    options = {f"o{n}": f"O{n}" for n in range(13)}
    weights = [{"prefer": f"o{n}", "weight": 1} for n in range(13)]
    document: dict[str, Any] = {
        "dispute": "Large",
        "parties": {"us": {"options": options, "preferences": weights}},
    }
    data, notes = convert_to_gmcr(build_dispute(document))
    assert data["decisionMakers"][0]["preferences"] == []
    assert not data["useManualPreferenceRanking"]
    assert notes[0].startswith("the weights of us: the file has no preferences")
    # With few enough feasible states they are carried.
    small = build_dispute(document | {"constraints": [{"never": f"us.o{n}"} for n in range(5)]})
    assert_same_meaning(small, convert_to_gmcr(small)[0])


def test_what_cannot_be_carried_is_listed() -> None:
    dispute = build_dispute(
        {
            "dispute": "All",
            "about": "It has everything.",
            "sources": [{"id": "book", "title": "A book"}],
            "parties": {
                "us": {
                    "name": "United States",
                    "aliases": ["Washington"],
                    "tempo": 2,
                    "options": {
                        "a": {"name": "A", "when": "them.b", "source": {"id": "book"}},
                        "e": {"name": "E", "levels": ["low", "high"], "about": "Two."},
                    },
                    "preferences": [
                        {"prefer": "a", "confidence": 0.5, "strength": "mild", "because": "So."}
                    ],
                },
                "them": {"options": {"b": "B", "c": "C"}},
            },
            "constraints": [{"never": "us.a and them.c", "because": "No."}],
            "coalesce": ["them.b and us.a"],
            "status_quo": {},
            "packages": {"joint": {"parties": ["us", "them"], "set": {"us.a": "no"}}},
            "outcomes": {"peace": "us.a"},
            "roadmaps": {"plan": [{"stage": "One", "package": "joint"}]},
            "formats": {"both": ["us", "them"]},
            "history": [{"on": "2018-04-21", "set": {"us.a": "yes"}}],
            "claims": [{"id": "first", "ask": "?", "says": "yes"}],
        }
    )
    assert convert_to_gmcr(dispute)[1] == (
        "the guard of us.a: the file permits the change from every state",
        "the names of the levels of us.e: low, high",
        "coalesce: the states of 1 formula stay separate",
        "the status quo",
        "other names: of us",
        "tempo: of us",
        "history: 1 observation",
        "packages: joint",
        "outcomes: peace",
        "roadmaps: plan",
        "formats: both",
        "claims: first",
        "sources: book",
        "confidence: of 1 statement",
        "strength: of 1 statement",
        "sources and reasons: in 3 places",
        "about: in 2 places",
        "the title, 'All': a .gmcr file is known by its own name",
        "ids: a reader makes them anew from the names",
    )


def test_shared_names_stay() -> None:
    dispute = build_dispute(
        {
            "dispute": "Names",
            "parties": {
                "x": {
                    "name": "North",
                    "options": {"a": "Wait", "b": "Wait", "c": "Wait (South)"},
                },
                "y": {"name": "South", "options": {"a": "Wait"}, "preferences": ["a"]},
                "z": {"name": "South", "options": {"a": "Go"}},
            },
        }
    )
    data, notes = convert_to_gmcr(dispute)
    # Options are told apart by number.
    names = [option["name"] for option in data["options"]]
    assert names == ["Wait", "Wait", "Wait (South)", "Wait", "Go"]
    assert [maker["name"] for maker in data["decisionMakers"]] == ["North", "South", "South [z]"]
    assert any("'South [z]'" in note for note in notes)
    assert_same_meaning(dispute, data)


def test_more_than_two_levels_are_refused() -> None:
    with pytest.raises(DisputeError, match=r"garrison|levels") as caught:
        convert_to_gmcr(load("garrison-diversion"))
    assert "two levels only" in caught.value.message
    assert caught.value.key == "parties.us_support.options.build"


def test_a_dispute_without_feasible_states_is_refused() -> None:
    with pytest.raises(DisputeError, match="no state is feasible"):
        convert_to_gmcr(two_parties([], constraints=[{"never": "us.a"}, {"never": "not us.a"}]))


@pytest.mark.parametrize("case", ["cuban-missile-crisis", "korea-2017-two-party", "chicken"])
def test_shipped_cases_come_back_with_the_same_stability(case: str, tmp_path: Path) -> None:
    dispute = load(case)
    path = tmp_path / f"{case}.gmcr"
    write(dispute, path)
    before, after = detente.analyse(dispute), detente.analyse(read(path))
    for party, party_again in zip(dispute.parties, after.dispute.parties, strict=True):
        np.testing.assert_array_equal(before.ranks(party.id), after.ranks(party_again.id))
    for concept in before.concepts:
        np.testing.assert_array_equal(before.equilibria(concept), after.equilibria(concept))


def test_a_large_case_comes_back_with_the_same_states_and_ranks() -> None:
    # It has 17 options and prioritised statements; packages are not compared.
    dispute = load("korea-2017")
    again = build_dispute(convert_from_gmcr(convert_to_gmcr(dispute)[0])[0])
    space, space_again = state_space(dispute), state_space(again)
    np.testing.assert_array_equal(space.feasible, space_again.feasible)
    np.testing.assert_array_equal(ranks(dispute, space), ranks(again, space_again))


def test_a_read_file_is_a_valid_dispute_file_and_comes_back(tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator

    document, _ = convert_from_gmcr(border())
    Draft202012Validator(schema()).validate(document)
    data, _ = convert_to_gmcr(build_dispute(document))
    assert convert_from_gmcr(data)[0] == document


def test_written_files_are_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = two_parties(["a"])
    path = tmp_path / "two.gmcr"
    write(dispute, path)
    first = path.read_bytes()
    assert json.loads(first) == convert_to_gmcr(dispute)[0]

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(DetenteError, match="No space left"):
            write(two_parties(["b"]), path)
    with pytest.raises(DisputeError):
        write(load("garrison-diversion"), path)
    assert path.read_bytes() == first
    assert os.listdir(tmp_path) == ["two.gmcr"]
    for bad in (tmp_path, tmp_path / "missing" / "two.gmcr"):
        with pytest.raises(DetenteError):
            write(dispute, bad)


def test_writing_keeps_links_and_permissions(tmp_path: Path) -> None:
    target, link = tmp_path / "target.gmcr", tmp_path / "link.gmcr"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write(two_parties(["a"]), link)
    assert link.is_symlink()
    assert json.loads(target.read_text())["options"][0]["name"] == "A"
    assert target.stat().st_mode & 0o777 == 0o640


def test_names_outside_ascii_come_back(tmp_path: Path) -> None:
    document = {
        "dispute": "N",
        "parties": {"x": {"name": "Việt Nam 🕊", "options": {"a": "Đàm phán"}}},
    }
    path = tmp_path / "n.gmcr"
    write(build_dispute(document), path)
    assert path.read_bytes().isascii()
    (party,) = read(path).parties
    assert (party.name, party.options[0].name) == ("Việt Nam 🕊", "Đàm phán")


# Random disputes -----------------------------------------------------------------------------


def formulas(options: Sequence[str]) -> st.SearchStrategy[str]:
    atoms = st.sampled_from(options).flatmap(
        lambda name: st.sampled_from([name, f"{name} = no", f"{name} != yes", f"{name} >= no"])
    )
    return st.recursive(
        atoms | st.sampled_from(["true", "false"]),
        lambda inside: st.one_of(
            inside.map("not ({})".format),
            st.tuples(inside, st.sampled_from(["and", "or", "if", "iff"]), inside).map(
                lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
            ),
        ),
        max_leaves=8,
    )


@st.composite
def disputes(draw: st.DrawFn) -> tuple[Dispute, StateSpace]:
    owners = draw(st.lists(st.integers(0, 2), min_size=1, max_size=5))
    names = st.sampled_from(["Wait", "Strike", "Wait (p1)", "Đi", "3"])
    parties: dict[str, Any] = {
        f"p{n}": {"options": {}, "name": draw(st.sampled_from([f"p{n}", "Same"]))} for n in range(3)
    }
    keys = []
    for number, owner in enumerate(owners):
        direction = draw(st.sampled_from([False, "up", "down"]))
        parties[f"p{owner}"]["options"][f"o{number}"] = {
            "name": draw(names),
            "irreversible": direction,
        }
        keys.append(f"p{owner}.o{number}")
    weights = st.integers(-3, 3)
    for party in parties.values():
        statements = draw(st.lists(formulas(keys), max_size=4))
        if draw(st.booleans()):
            party["preferences"] = statements
            party["unseen"] = draw(st.lists(formulas(keys), max_size=2))
        else:
            party["preferences"] = [{"prefer": s, "weight": draw(weights)} for s in statements]
    never = draw(st.lists(formulas(keys), max_size=2))
    document: dict[str, Any] = {"dispute": "Random", "parties": parties}
    constrained = document | {"constraints": [{"never": formula} for formula in never]}
    try:
        space = state_space(build_dispute(constrained))
    except DisputeError:
        # The constraints rule out every state.
        constrained = document
        space = state_space(build_dispute(constrained))
    if draw(st.booleans()):
        order: list[Any] = draw(st.permutations(range(1, space.count + 1)))
        tied = draw(st.integers(0, len(order) - 1))
        parties["p1"]["preferences"] = {"order": [*order[:tied], order[tied:]]}
    return build_dispute(constrained), space


@given(disputes())
def test_random_disputes_come_back(drawn: tuple[Dispute, StateSpace]) -> None:
    dispute, _ = drawn
    data, _ = convert_to_gmcr(dispute)
    assert_same_meaning(dispute, json.loads(json.dumps(data)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "options",
                    "members",
                    "condition",
                    "compound",
                    "preferences",
                    "payoffs",
                    "x",
                ]
            ),
            inside,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(st.data())
def test_any_damage_gives_a_dispute_or_one_error(data: st.DataObject) -> None:
    document: Any = data.draw(st.sampled_from([border, by_hand]))()
    # Walk to a random place and put a random value there.
    place: Any = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inside = place[key]
        if not isinstance(inside, dict | list) or not inside or data.draw(st.booleans()):
            break
        place = inside
    place[key] = data.draw(json_values)
    error: DisputeError | None = None
    try:
        build_dispute(convert_from_gmcr(document)[0])
    except DisputeError as caught:
        error = caught
    assert error is None or (error.message and "\n" not in error.message)


# Orders by hand, states not seen, names used twice, and keys that are not known -------------------

FAULTS = Path(__file__).parents[1] / "data" / "faults"


@pytest.mark.parametrize("name", ["manual-ranking", "manual-vector"])
def test_orders_by_hand_are_read(name: str) -> None:
    result = detente.analyse(load(FAULTS / f"{name}.gmcr"), ["Nash"])
    assert result.equilibria("Nash").tolist() == [1]
    assert result.ranks("north").tolist() == [4, 3, 2, 1]
    tied = [3, 2, 2, 1] if name == "manual-ranking" else [4, 2, 3, 1]
    assert result.ranks("south").tolist() == tied


def by_hand(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FAULTS / "manual-ranking.gmcr").read_text())
    data["decisionMakers"][0].update(changes)
    return data


@pytest.mark.parametrize(
    ("changes", "message", "key"),
    [
        ({"preferenceRanking": [1, 2, 3]}, "state 4 is missing", "preferenceRanking"),
        (
            {"preferenceRanking": [1, 2, 3, 4, 4]},
            "state 4 stands here twice",
            "preferenceRanking[4]",
        ),
        (
            {"preferenceRanking": [1, 2, 3, 5]},
            "there is no state 5; 4 states",
            "preferenceRanking[3]",
        ),
        ({"preferenceRanking": [1, 2, 3, 0]}, "there is no state 0", "preferenceRanking[3]"),
        (
            {"preferenceRanking": [1, 2, [3, "4"]]},
            "a state is its number",
            "preferenceRanking[2][1]",
        ),
        (
            {"preferenceRanking": [1, 2, [3, [4]]]},
            "a state is its number",
            "preferenceRanking[2][1]",
        ),
        ({"preferenceRanking": [1, 2, 3, True]}, "a state is its number", "preferenceRanking[3]"),
        ({"preferenceRanking": [1, 2, 3, 4.0]}, "a state is its number", "preferenceRanking[3]"),
        ({"preferenceRanking": {"1": 1}}, "is a list of states", "preferenceRanking"),
        ({"preferenceRanking": []}, "'North' has no preferenceRanking, which is needed", None),
        ({"preferenceRanking": None}, "'North' has no preferenceRanking, which is needed", None),
    ],
)
def test_a_wrong_order_by_hand_is_refused(
    changes: dict[str, Any], message: str, key: str | None
) -> None:
    with pytest.raises(DisputeError, match=re.escape(message)) as caught:
        convert_from_gmcr(by_hand(**changes))
    at = "decisionMakers[0]"
    assert caught.value.key == (at if key is None else f"{at}.{key}")


def test_an_order_by_hand_goes_by_the_options_as_the_file_has_them() -> None:
    # The file's first option is the second party's, so its states 2 and 3 are 3 and 2 here.
    data = by_hand(preferenceRanking=[2, 3, 4, 1])
    data["decisionMakers"][0]["options"], data["decisionMakers"][1]["options"] = [1], [0]
    data["decisionMakers"][1]["preferenceRanking"] = [[1, 2], 3, 4]
    document, notes = convert_from_gmcr(data)
    parties = document["parties"]
    assert parties["north"]["preferences"] == {"order": [3, 2, 4, 1]}
    assert parties["south"]["preferences"] == {"order": [[1, 3], 2, 4]}
    assert any("numbers of states differ" in note for note in notes)


def test_statements_that_an_order_by_hand_bears_out_are_kept() -> None:
    north_first = [[[0, "N"]], [[1, "N"]]]
    data = by_hand(preferences=north_first, preferenceRanking=[1, 3, 2, 4])
    document, notes = convert_from_gmcr(data)
    assert document["parties"]["north"]["preferences"] == ["not north.open", "not south.sign"]
    assert notes == ()
    # Otherwise the order holds, as the file says, and that is told.
    document, notes = convert_from_gmcr(by_hand(preferences=north_first))
    assert document["parties"]["north"]["preferences"] == {"order": [1, 2, 3, 4]}
    assert "the statements of 'North' are not read" in notes[0]
    document, _ = convert_from_gmcr(
        by_hand(preferences=north_first), ignore=["useManualPreferenceRanking"]
    )
    assert document["parties"]["north"]["preferences"] == ["not north.open", "not south.sign"]


def test_an_order_that_is_not_meant_is_told_and_refused_where_nothing_says_so() -> None:
    data = by_hand()
    data["useManualPreferenceRanking"] = False
    document, notes = convert_from_gmcr(data)
    assert "preferences" not in document["parties"]["north"]
    assert "the preferenceRanking of 'North' is not read" in notes[0]
    del data["useManualPreferenceRanking"]
    with pytest.raises(DisputeError, match="--ignore preferenceRanking"):
        convert_from_gmcr(data)
    assert convert_from_gmcr(data, ignore=["preferenceRanking"])[1] == ()
    with pytest.raises(DisputeError, match="'useManualPreferenceRanking' is true or false"):
        convert_from_gmcr(by_hand() | {"useManualPreferenceRanking": "yes"})


def test_options_of_one_name_are_told_apart_by_number() -> None:
    dispute = load(FAULTS / "same-name.gmcr")
    result = detente.analyse(dispute, ["Nash"])
    assert result.count == 4
    assert [option.name for option in dispute.options] == ["Full", "Full"]
    # Court's preference is about Builder's option, and Builder's about Court's.
    assert result.ranks("builder").tolist() == [1, 1, 2, 2]
    assert result.ranks("court").tolist() == [2, 1, 2, 1]
    of_one: dict[str, Any] = json.loads((FAULTS / "same-name.gmcr").read_text())
    of_one["decisionMakers"] = [
        {"name": "Both", "options": [0, 1]},
        {"name": "Both", "preferences": [[[1, "Y"]]]},
    ]
    document, _ = convert_from_gmcr(of_one)
    assert list(document["parties"]) == ["both", "both_2"]
    assert list(document["parties"]["both"]["options"]) == ["full", "full_2"]
    assert document["parties"]["both_2"]["preferences"] == ["both.full_2"]


def test_states_that_are_not_seen_are_read_and_written() -> None:
    dispute = load(FAULTS / "unseen-states.gmcr")
    (unseen,) = dispute.parties[0].unseen
    assert unseen.formula.text == "north.dam and not south.block"
    found = detente.analyse_hypergame(dispute, ["Nash"])
    assert found.misled == ("north",)
    assert found.sees("north").tolist() == [True, False, True, True]
    assert found.sees("south").all()
    data, _ = convert_to_gmcr(dispute)
    assert data["decisionMakers"][0]["misperceptions"] == [[[0, "Y"], [1, "N"]]]
    assert build_dispute(convert_from_gmcr(data)[0]).parties == dispute.parties
    data["decisionMakers"][0]["misperceptions"] = [[]]
    with pytest.raises(DisputeError, match="no state would be seen"):
        convert_from_gmcr(data)


def test_keys_that_may_hold_preferences_are_refused_unless_ignored(tmp_path: Path) -> None:
    path = FAULTS / "unread-keys.gmcr"
    with pytest.raises(DisputeError) as caught:
        load(path)
    assert "'payoffs' of a decision maker" in caught.value.message
    assert "'stateRanking' of a .gmcr file" in caught.value.message
    assert "--ignore stateRanking --ignore payoffs" in caught.value.message
    with pytest.raises(DisputeError, match="--ignore payoffs reads"):
        load(path, ignore=["stateRanking"])
    with pytest.warns(UnreadWarning) as told:
        dispute = load(path, ignore=["stateRanking", "payoffs"])
    assert len(dispute.options) == 3
    said = [str(one.message) for one in told]
    assert any("'stateRanking'" in one for one in said)
    assert any("'payoffs'" in one for one in said)


@pytest.mark.parametrize("command", ["analyse", "validate", "hypergame", "paths", "convert"])
def test_every_command_tells_what_is_not_read(command: str, tmp_path: Path) -> None:
    words = {
        "paths": ["--from", "true", "--to", "true"],
        "convert": [str(tmp_path / "out.yaml")],
    }.get(command, [])
    path = str(FAULTS / "unread-keys.gmcr")
    refused = CliRunner().invoke(command_line, [command, path, *words])
    assert refused.exit_code == 2
    assert "'payoffs'" in refused.stderr
    assert "'stateRanking'" in refused.stderr
    assert list(tmp_path.iterdir()) == []
    ignoring = ["--ignore", "payoffs", "--ignore", "stateRanking"]
    read = CliRunner().invoke(command_line, [command, path, *words, *ignoring])
    assert read.exit_code == 0, read.output
    told = read.stdout if command == "convert" else read.stderr
    assert "'payoffs'" in told
    assert "'stateRanking'" in told


def test_payoffs_that_say_what_is_read_are_no_loss() -> None:
    # Payoffs as GMCR+ works them out of statements: more for a better state, by number.
    data = border()
    data["decisionMakers"][0]["payoffs"] = [2, 2, 1, 3, 2, 3]
    document, notes = convert_from_gmcr(data)
    assert "preferences" in document["parties"]["north"]
    assert notes == ()
    for wrong in ([2, 2, 1, 3, 2], [2, 2, 1, 3, 3, 2], [2, 2, 1, 3, 2, "3"], 7):
        data["decisionMakers"][0]["payoffs"] = wrong
        with pytest.raises(DisputeError, match="--ignore payoffs"):
            convert_from_gmcr(data)


@pytest.mark.parametrize(
    ("key", "value", "refused"),
    [
        ("colour", "red", False),
        ("preferenceNotes", None, False),
        ("weights", [], False),
        ("weights", [0.5], True),
        ("fuzzyPreferences", {"a": 1}, True),
        ("misc", [3, 1, 2], True),
        ("misc", [[3, 1], [2]], True),
        ("misc", ["a", 2], False),
        ("misc", [True, False], False),
    ],
)
def test_which_unknown_keys_may_hold_preferences(key: str, value: Any, refused: bool) -> None:
    data = border()
    data["decisionMakers"][1][key] = value
    if refused:
        with pytest.raises(DisputeError, match=f"--ignore {key} "):
            convert_from_gmcr(data)
    _, notes = convert_from_gmcr(data, ignore=[key])
    assert notes == (f"the key '{key}' of a decision maker is not read",)


def test_what_is_lost_is_told_for_every_key_of_a_dispute_file() -> None:
    # Whoever adds a key to the dispute file says here what becomes of it.
    carried = {
        "": {"dispute", "parties", "constraints"},
        # Preferences in a file of their own are written as others are.
        "party": {"name", "options", "preferences", "preferences_from", "unseen"},
        "option": {"name", "irreversible"},
    }
    told = {
        "": {
            "about", "sources", "coalesce", "packages", "status_quo", "outcomes", "roadmaps",
            "formats", "issues", "claims", "history", "reference_class",
        },
        "party": {
            "about", "perceives", "source", "judgement", "because", "comments", "aliases", "tempo",
        },
        "option": {"about", "levels", "when", "source", "judgement", "because", "comments"},
        "statement": {
            "prefer", "weight", "confidence", "strength", "unknown", "source", "judgement",
            "because", "comments",
        },
    }  # fmt: skip
    described = schema()
    # Refused: without the moves it is another dispute.
    refused = {"party": {"moves"}}
    assert set(described["properties"]) == carried[""] | told[""]
    for name in ("party", "option", "statement"):
        known = set(described["$defs"][name]["properties"])
        assert known == carried.get(name, set()) | told[name] | refused.get(name, set()), name
