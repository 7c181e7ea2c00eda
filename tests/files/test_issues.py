"""Issues in a dispute file: what is read, and one clear message for each fault."""

from __future__ import annotations

from pathlib import Path

import pytest

import detente
from detente.dispute.dispute import Estimate
from detente.dispute.errors import DisputeError
from detente.files.dispute_file import load_text

BASE = """\
dispute: T
parties:
  a: {options: {x: X}, preferences: [x]}
  b: {options: {y: Y}, preferences: [y]}
outcomes: {both: a.x and b.y}
issues:
  here:
    name: Here
    this_dispute: true
    scale: {low: nothing, high: all of it}
    outcomes: {both: 40}
    positions:
      a: {position: 10, salience: 0.2, capability: 50, confidence: 0.6}
      b:
        position: {value: 80, low: 70, high: 90}
        salience: {value: 0.5, confidence: 0.9, judgement: true, because: A guess.}
        capability: 30
  there:
    scale: {low: nothing, high: all of it}
    positions:
      a: {position: 0, salience: 0.8, capability: 50}
      b: {position: 100, salience: 0.5, capability: 30}
"""


def test_what_is_read() -> None:
    here, there = load_text(BASE).issues
    assert (here.id, here.name, here.low, here.high) == ("here", "Here", "nothing", "all of it")
    assert here.this_dispute
    assert not there.this_dispute
    assert here.places == {"both": 40}
    a, b = here.stands
    assert a.position == Estimate(10, 0, 100, 0.6)
    assert a.salience == Estimate(0.2, 0, 1, 0.6)
    assert b.position == Estimate(80, 70, 90, None)
    assert b.salience.confidence == 0.9
    assert b.salience.basis.because == "A guess."
    assert here.stand_of("b") is b
    assert there.name == "there"
    assert here.stand_of("c") is None


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("position: 10", "position: 101", "13:21", "101 is out of range; expected at most 100"),
        ("salience: 0.2", "salience: 20", "13:35", "20 is out of range; expected at most 1"),
        ("capability: 50, c", "capability: -1, c", "13:52", "expected at least 0"),
        ("position: 10", "posn: 10", "13:11", "did you mean 'position'"),
        ("      a: {position: 10", "      aa: {position: 10", "13:7", "no party is called 'aa'"),
        ("low: 70", "low: 85", "15:36", "low is 85, which is above the value, 80"),
        ("high: 90", "high: 75", "15:46", "high is 75, which is below the value, 80"),
        ("{both: 40}", "{bot: 40}", "11:16", "did you mean 'both'"),
        ("  there:\n", "  there:\n    this_dispute: true\n", "19:5", "one issue at most; here"),
        ("scale: {low: nothing, high: all of it}\n    outcomes", "outcomes", "7:3", "'scale'"),
    ],
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, place: str, told: str
) -> None:
    assert old in BASE
    path = tmp_path / "bad.yaml"
    path.write_text(BASE.replace(old, new, 1))
    with pytest.raises(DisputeError) as caught:
        detente.load(path)
    assert f"bad.yaml:{place}: " in str(caught.value)
    assert told in str(caught.value)


def test_which_issue_is_less_urgent() -> None:
    dispute = load_text(BASE)
    less = detente.ask(dispute, "here is less urgent than there for a")
    assert less.verdict == "yes"
    assert less.parts[0].note == "the file gives salience 0.2 to “Here” and 0.8 to “there”"
    # As urgent is not less urgent.
    assert detente.ask(dispute, "here is less urgent than there for b").verdict == "no"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("here is less urgent than elsewhere for a", "there is no issue 'elsewhere'"),
        ("here is less urgent than there for c", "there is no party 'c'"),
        ("where a.x: here is less urgent than there for a", "leave 'where' out"),
        ("here is less urgent than there", "'for'"),
    ],
)
def test_a_faulty_question_of_urgency(question: str, told: str) -> None:
    with pytest.raises(DisputeError, match=told):
        detente.ask(load_text(BASE), question)


def test_a_party_without_a_stand_has_no_urgency() -> None:
    text = BASE.replace("      a: {position: 0, salience: 0.8, capability: 50}\n", "")
    with pytest.raises(DisputeError, match="does not say how urgent there is for a"):
        detente.ask(load_text(text), "here is less urgent than there for a")
