"""Explicit orders: patterns as papers print them, and strong steps."""

from __future__ import annotations

import pytest

import detente
from detente.dispute.dispute import OrderedStates
from detente.dispute.errors import DisputeError
from detente.files.dispute_file import load_text
from detente.space.ranks import strength_ranks
from detente.stability.prepared_model import graph_model

DISPUTE = """
dispute: Prisoners
parties:
  one: {options: {keep: Keep silent}, preferences: {order: [ORDER]}}
  two: {options: {keep: Keep silent, tell: Tell}}
constraints: [{never: two.keep and two.tell}]
"""


def ranks_of(order: str) -> list[int]:
    found = detente.analyse(load_text(DISPUTE.replace("ORDER", order)), ["Nash"])
    return found.ranks("one").tolist()


@pytest.mark.parametrize(
    "order",
    [
        "YNN, NNN, YYN, NYN, -NY",
        "Y N N, NNN, one.keep and two.keep, [NYN], – N Y",
        "1 2 3 4, -NY".replace("1 2 3 4", "2, 1, 4, 3"),
        "YNN, NNN, YYN, NYN, [YNY, NNY]",
    ],
)
def test_patterns_are_the_states_that_they_show(order: str) -> None:
    # States in order of number: NNN, YNN, NYN, YYN, NNY, YNY.
    assert ranks_of(order) == [4, 5, 2, 3, 1, 1]


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("YN, NNN", "this pattern has 2 marks, and there are 3 options"),
        ("YNN, NNN, YYN, NYN, --Y, YNY", "a second time"),
        ("YNN, YYY", "holds in no feasible state"),
        ('">>", YNN', "before it there is none"),
        ('YNN, ">>", ≫, ---', "after it there is none"),
        ("---, ≫", "after it there is none"),
    ],
)
def test_what_is_no_order(order: str, said: str) -> None:
    with pytest.raises(DisputeError, match=said) as raised:
        ranks_of(order)
    assert raised.value.key is not None
    assert raised.value.key.startswith("parties.one.preferences.order")
    assert raised.value.place is not None


def test_a_name_is_no_pattern() -> None:
    document = {
        "dispute": "Short names",
        "parties": {"a": {"options": {"Y": "Yes"}, "preferences": {"order": ["not Y", "Y"]}}},
        "outcomes": {"N": "a.Y"},
    }
    assert detente.analyse(detente.build_dispute(document), ["Nash"]).ranks("a").tolist() == [2, 1]
    document["parties"]["a"]["preferences"] = {"order": ["N", "not N"]}  # type: ignore[index]
    assert detente.analyse(detente.build_dispute(document), ["Nash"]).ranks("a").tolist() == [1, 2]


def test_marks_are_for_options_of_two_levels() -> None:
    document = {
        "dispute": "Levels",
        "parties": {
            "a": {
                "options": {"size": {"levels": ["none", "half", "full"]}, "stop": "Stop"},
                "preferences": {"order": ["-Y", "YN"]},
            }
        },
    }
    with pytest.raises(DisputeError, match=r"mark 1 is for a\.size, which has levels"):
        detente.build_dispute(document)


def test_strong_steps_part_an_order() -> None:
    dispute = load_text(DISPUTE.replace("ORDER", "YNN, NNN, ≫, YYN, NYN, '>>', -NY"))
    preferences = dispute.parties[0].preferences
    assert isinstance(preferences, OrderedStates)
    assert preferences.strong == {1, 3}
    assert len(preferences.order) == 5
    space = graph_model(dispute).space
    stated, turned = strength_ranks(dispute, dispute.parties[0], space)
    assert space.by_state(stated).tolist() == [4, 5, 2, 3, 1, 1]
    # Strongly preferred are states that are higher in both.
    assert space.by_state(turned).tolist() == [5, 4, 3, 2, 1, 1]
