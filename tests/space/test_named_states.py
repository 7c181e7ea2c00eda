"""States by name: one notation, in every place where a state is asked for."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.changes.inverse import target_states
from detente.cli import detente as cli
from detente.dispute.errors import DisputeError
from detente.space.named_states import (
    listed_states,
    state_name,
    state_number,
    state_numbers,
    states_meant,
)
from detente.stability.prepared_model import graph_model
from strategies import assignment_levels, disputes, document

KOREA = graph_model(detente.load("korea-2017"))
ELMIRA = graph_model(detente.load("elmira"))


def changed(number: int) -> list[str]:
    """The options in which a state of Korea differs from the status quo."""
    levels = KOREA.space.assignments(np.array([number - 1]))[0].tolist()
    assert KOREA.dispute.status_quo is not None
    pairs = zip(KOREA.dispute.options, KOREA.dispute.status_quo, levels, strict=True)
    return [option.key for option, old, new in pairs if old != new]


def test_each_form_of_the_notation() -> None:
    assert KOREA.status_quo is not None
    status_quo = KOREA.status_quo + 1
    assert state_number(KOREA, "status_quo") == state_number(KOREA, "Status-Quo") == status_quo
    assert state_number(KOREA, "7724") == state_number(KOREA, "state 7724") == 7724
    assert changed(state_number(KOREA, "status_quo + {dprk.test: no}")) == ["dprk.test"]
    assert changed(state_number(KOREA, "status_quo+{dprk.test: no,us.strike: yes}")) == [
        "dprk.test",
        "us.strike",
    ]
    assert changed(state_number(KOREA, "war")) == ["us.strike"]
    assert changed(state_number(KOREA, "war + {china.talk: yes}")) == ["us.strike", "china.talk"]
    levels = "not moe.modify and uniroyal.delay and not uniroyal.accept"
    one = f"{levels} and not uniroyal.abandon and not local.insist"
    number = state_number(ELMIRA, one)
    assert np.flatnonzero(states_meant(ELMIRA, one)).tolist() == [number - 1]


def test_several_are_divided_at_the_commas_between_them() -> None:
    text = " 12 40,, status_quo + {dprk.test: no,us.strike: yes} , war,7 "
    listed = ["12", "40", "status_quo + {dprk.test: no,us.strike: yes}", "war", "7"]
    assert listed_states(text) == listed
    assert listed_states("") == listed_states(" , ") == []
    assert state_numbers(KOREA, [12, *listed]) == [12] + [
        state_number(KOREA, one) for one in listed
    ]


def test_robust_follows_states_by_name() -> None:
    words = ["robust", "garrison-diversion", "--draws", "4", "--check-draws", "0"]
    words += ["--concepts", "Nash", "--format", "json"]
    found = [
        json.loads(CliRunner().invoke(cli, [*words, "--states", text]).output)
        for text in ("3,7", "3, state 7")
    ]
    assert found[0] == found[1]


def test_sets_are_meant_where_sets_are_asked_for() -> None:
    outcome = next(one for one in KOREA.dispute.outcomes if one.id == "war")
    inside = KOREA.space.holds(outcome.formula)
    assert np.array_equal(states_meant(KOREA, "war"), inside)
    (one,) = np.flatnonzero(states_meant(KOREA, "war + {china.talk: yes}"))
    assert inside[one]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dprk.test", "is true in .* states, and one is asked for: narrow it by ‘and’"),
        ("dprk.test and us.strike", r"such as status_quo \+ \{us.strike: yes\} \(state 7820\)"),
        ("wor", "an outcome's id or a formula; did you mean 'war'"),
        ("99999999", "there is no state 99999999; the states are 1 to 61440"),
        ("status_quo + {dprk.tst: no}", "there is no option 'dprk.tst'; did you mean 'dprk.test'"),
        ("status_quo + {dprk.test: maybe}", r"has no level 'maybe' \(allowed: no, yes\)"),
        ("status_quo + {dprk.test: no, dprk.test: yes}", "dprk.test is set a second time"),
        ("status_quo + {dprk.test}", "sets no option; write party.option: level"),
        ("status_quo {dprk.test: no}", r"is written so: status_quo \+ \{party.option: level\}"),
        ("status_quo + {dprk.test: no", r"is written so: status_quo \+ \{party.option: level\}"),
        ("status_quo + {dprk.disarm: yes}", "is not a feasible state: it would be what never is"),
        ("dprk.test and not dprk.test", "holds in no feasible state"),
    ],
)
def test_what_names_no_state_is_told(text: str, message: str) -> None:
    with pytest.raises(DisputeError, match=message):
        state_number(KOREA, text)


@given(st.data())
@settings(max_examples=2 * settings().max_examples)
def test_a_state_s_name_is_read_back(data: st.DataObject) -> None:
    expected = data.draw(disputes(most_states=32))
    written: dict[str, Any] = document(expected)
    middle = min(expected.states[len(expected.states) // 2])
    written["status_quo"] = assignment_levels(expected, middle)
    model = graph_model(detente.build_dispute(written))
    number = data.draw(st.integers(1, model.space.count))
    assert state_number(model, state_name(model, number)) == number


@pytest.mark.parametrize(
    "words",
    [
        ["explain", "elmira", "--party", "moe", "--state"],
        ["analyse", "elmira", "-c", "Nash", "--state"],
        ["paths", "elmira", "--to", "status_quo", "--from"],
        ["coalitions", "elmira", "--state"],
        ["rankings", "elmira", "--party", "moe", "--make"],
    ],
)
def test_every_command_reads_it(words: list[str]) -> None:
    name = "status_quo + {moe.modify: yes}"
    number = str(state_number(ELMIRA, name))
    by_number, by_name = (
        CliRunner(env={"COLUMNS": "200"}).invoke(cli, [*words, state]) for state in (number, name)
    )
    assert (by_number.exit_code, by_name.exit_code) == (0, 0), by_name.output
    # A title says that a number is a state.
    told = by_name.stdout.replace(f"from {name}", f"from state {number}").replace(name, number)
    assert told == by_number.stdout


def test_inverse_reads_it() -> None:
    states = [
        target_states(ELMIRA, one).tolist() for one in ("status_quo + {moe.modify: yes}", "2", 2)
    ]
    assert states == [[1], [1], [1]]


def test_questions_read_it() -> None:
    asked = [
        "show status_quo + {us.strike: yes}",
        "show 7820",
        "show war + {china.talk: no}",
        "show true: may reach state 7820 by legal moves within 0 moves",
    ]
    for text in asked:
        assert detente.ask(KOREA.dispute, text).parts[0].states == (7820,)
