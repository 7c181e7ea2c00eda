"""Answers on cases small enough to be worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import detente
from detente.dispute.errors import DisputeError
from detente.queries.answer import Course

FAULTS = Path(__file__).parents[1] / "data" / "faults"

# The dilemma: both stay silent by default; whoever confesses gains, whatever the other does.
PRISONERS = {
    "dispute": "Prisoners",
    "parties": {
        name: {
            "name": name.upper(),
            "options": {"confess": "Confess"},
            "preferences": [f"not {other}.confess", f"{name}.confess"],
        }
        for name, other in (("a", "b"), ("b", "a"))
    },
    "packages": {"silence": {"parties": ["a", "b"], "set": {"a.confess": "no", "b.confess": "no"}}},
    "outcomes": {"betrayal": "a.confess and b.confess"},
    "formats": {"alone": ["a"], "both": ["a", "b"]},
    "roadmaps": {"peace": [{"stage": "Silence", "package": "silence"}]},
    "status_quo": {"a.confess": "yes", "b.confess": "yes"},
}


@pytest.fixture(scope="module")
def prisoners() -> detente.Dispute:
    return detente.build_dispute(PRISONERS)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("where not a.confess: a must choose confess under Nash", "yes"),
        # Under SEQ the other's own confession deters it, where the other is still silent.
        ("where not a.confess and not b.confess: a must choose confess under SEQ", "no"),
        ("where not a.confess and not b.confess: must reach betrayal under Nash", "yes"),
        ("where not a.confess and not b.confess: may reach betrayal under SEQ", "no"),
        ("where not a.confess: may reach betrayal of a under Nash", "partly"),
        ("where all not a.confess: may reach betrayal of a under Nash", "no"),
        ("where some not a.confess: may reach betrayal of a under Nash", "yes"),
        ("where status_quo: must keep betrayal under Nash", "yes"),
        ("where status_quo: may reach not betrayal by legal moves", "yes"),
        ("where status_quo: cannot reach not betrayal", "yes"),
        ("where status_quo: must reach not (a.confess or b.confess) with packages", "yes"),
        ("where true: stable for everyone under Nash", "partly"),
        ("count true: stable for everyone under Nash", "1"),
        ("count true: stable for everyone under SEQ", "2"),
        ("count a.confess", "2"),
        ("a prefers a.confess to not a.confess", "yes"),
        ("a prefers not b.confess to b.confess; a prefers b.confess to not b.confess", "partly"),
        ("a loses more than b by b.confess", "yes"),
        ("where status_quo: a accepts silence", "yes"),
        ("where not betrayal: a accepts silence", "partly"),
        # Where both are silent there is nothing to accept.
        ("where not a.confess and not b.confess: a accepts silence", "does not arise"),
        ("count true: a accepts silence", "2"),
        (
            "where status_quo: b accepts silence; "
            "where not (a.confess or b.confess): a accepts silence",
            "yes",
        ),
        ("format alone can reach not_there", None),
        ("format alone sidelines a", "does not arise"),
        ("format both can reach betrayal", "yes"),
        ("roadmap peace holds", "yes"),
        ("roadmap peace holds under Nash", "no"),
        ("where a.confess and not a.confess: may reach betrayal", "does not arise"),
        ("where all a.confess and not a.confess: may reach betrayal", "does not arise"),
        ("where a.confess and not a.confess: what does a choose", "does not arise"),
        (
            "where a.confess and not a.confess: a prefers b.confess to not b.confess",
            "does not arise",
        ),
        ("where status_quo: cannot reach a.confess and not a.confess", "does not arise"),
        ("where status_quo: a cannot choose false", "does not arise"),
        ("a prefers true to false", "does not arise"),
    ],
)
def test_prisoners(prisoners: detente.Dispute, text: str, short: str | None) -> None:
    if short is None:
        with pytest.raises(DisputeError):
            detente.ask(prisoners, text)
    else:
        assert detente.ask(prisoners, text).short == short


def test_a_witness_is_the_play_itself(prisoners: detente.Dispute) -> None:
    answer = detente.ask(prisoners, "where status_quo: may reach not betrayal with packages")
    course = answer.parts[0].example
    assert course is not None
    (step,) = course.steps
    assert (course.state, step.parties, step.package, step.state) == (4, ("a", "b"), "silence", 1)


def test_play_that_goes_round_is_told_so() -> None:
    # One runs after the other, who runs away: matching pennies.
    parties = {
        "a": {"name": "A", "options": {"x": "X"}, "preferences": ["x iff b.y"]},
        "b": {"name": "B", "options": {"y": "Y"}, "preferences": ["not (y iff a.x)"]},
    }
    dispute = detente.build_dispute({"dispute": "Pennies", "parties": parties})
    answer = detente.ask(dispute, "where true: may keep true under Nash")
    course = answer.parts[0].example
    assert answer.verdict == "yes"
    assert course is not None
    assert course.repeats
    assert len(course.steps) == 4
    assert course.steps[-1].state == course.state
    assert detente.ask(dispute, "where true: must reach a.x under Nash").verdict == "yes"
    nested = "where true: may reach [must keep a.x under Nash] under Nash"
    assert detente.ask(dispute, nested).verdict == "no"


def test_choices(prisoners: detente.Dispute) -> None:
    part = detente.ask(prisoners, "where true: what does a choose under Nash").parts[0]
    rows = {(row.option, row.level): (row.open_in, row.must, row.may) for row in part.choices}
    assert rows == {
        ("a.confess", "no"): (2, 0, 0),
        ("a.confess", "yes"): (2, 2, 2),
        (None, None): (4, 2, 2),
    }


def test_formats_compared(prisoners: detente.Dispute) -> None:
    part = detente.ask(prisoners, "compare alone with both").parts[0]
    (power,) = part.powers
    assert power.outcome == "betrayal"
    assert power.reached == (True, True)


def test_states_are_listed_by_number(prisoners: detente.Dispute) -> None:
    assert detente.ask(prisoners, "show a.confess").parts[0].states == (2, 4)
    assert detente.ask(prisoners, "show status_quo").parts[0].states == (4,)


def test_the_states_nearest_to_the_status_quo_are_shown() -> None:
    korea = detente.load("korea-2017")
    part = detente.ask(korea, "where true: stable for china").parts[0]
    status_quo = detente.analyse(korea, ["Nash"]).status_quo
    assert part.counterexample is not None
    assert isinstance(part.counterexample, Course)
    assert part.counterexample.state == status_quo


def test_a_package_needs_all_its_members() -> None:
    dispute = detente.load(FAULTS / "play-package-of-one.yaml")
    question = "where status_quo: may reach a.x and b.y and c.z of {} by legal moves with packages"
    for movers, reached in [("a", "no"), ("a, b", "no"), ("a, b, c", "yes")]:
        assert detente.ask(dispute, question.format(movers)).verdict == reached
    # A choice may be to take part in what others have to make as well.
    choice = "where status_quo: a may choose b.y by legal moves with packages"
    assert detente.ask(dispute, choice).verdict == "yes"


def test_both_states_of_a_fall_are_where_the_question_looks() -> None:
    dispute = detente.load(FAULTS / "loses-where.yaml")
    part = detente.ask(dispute, "a loses more than b by b.y").parts[0]
    assert (part.holds, part.of) == (2, 2)
    part = detente.ask(dispute, "where a.x: a loses more than b by b.y").parts[0]
    assert (part.holds, part.of) == (1, 1)
    answer = detente.ask(dispute, "where not b.y: a loses more than b by b.y")
    assert answer.verdict == "does not arise"


# A has signed for good, and C has nothing to do; a package needs what cannot be.
SETTLED = {
    "dispute": "Settled",
    "parties": {
        "a": {"options": {"sign": {"name": "Sign", "irreversible": True}}, "preferences": ["sign"]},
        "b": {"options": {"send": "Send observers"}, "preferences": ["not a.sign", "send"]},
        "c": {},
    },
    "constraints": [{"never": "not a.sign and b.send"}],
    "packages": {
        "undo": {"parties": ["a", "b"], "set": {"a.sign": False}},
        "open": {"parties": ["a", "b"], "set": {"b.send": True}},
        "never_made": {"parties": ["b"], "set": {"b.send": True}, "when": "not a.sign"},
    },
    "outcomes": {"absent": "not a.sign and b.send", "signed": "a.sign"},
    "formats": {"both": ["a", "b"]},
    "status_quo": {"a.sign": True},
}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("where status_quo: a accepts undo", "the package undo cannot be made there"),
        ("where true: b accepts never_made", "the package never_made cannot be made there"),
        ("where a.sign: a must choose a.sign", "a has no move there"),
        ("where a.sign: a cannot choose not a.sign", "a has no move there"),
        ("where a.sign: what does a choose", "a has no move there"),
        ("where true: what does c choose", "c has no move there"),
        ("where true: stable for c under GMR", "c has no move there"),
        ("where a.sign: stable for a with packages under Nash", None),
        ("where a.sign: cannot reach not a.sign of a", "a has no move there"),
        ("where a.sign: must keep a.sign of a, c", "none of a, c has a move there"),
        # Nobody is asked to do anything: the state is simply not left.
        ("where a.sign: must keep a.sign", None),
        ("where true: cannot reach absent", "no state meets “absent”"),
        ("where absent: stable for b", "no state meets “absent”"),
        ("where some absent: stable for b", "no state meets “absent”"),
        ("where true: b cannot choose absent", "no state meets “absent”"),
        ("format both can reach absent", "no state meets “absent”"),
        ("a prefers absent to not absent", "no two states differ in this alone"),
        ("where true: a loses more than b by absent", "no two states differ in this alone"),
    ],
)
def test_a_question_about_nothing_does_not_arise(text: str, reason: str | None) -> None:
    dispute = detente.build_dispute(SETTLED)
    answer = detente.ask(dispute, text)
    if reason is None:
        assert answer.verdict == "yes"
        return
    (part,) = answer.parts
    assert (answer.verdict, part.verdict) == ("does not arise", "does not arise")
    assert (part.holds, part.of) == (0, 0)
    assert part.note is not None
    assert part.note.startswith(reason)


def test_states_in_which_a_question_does_not_arise_do_not_count() -> None:
    dispute = detente.build_dispute(SETTLED)
    # Where A has not signed it chooses to; where it has, it has no choice.
    (part,) = detente.ask(dispute, "where true: a must choose a.sign under Nash").parts
    assert (part.verdict, part.holds, part.of, part.not_arising) == ("yes", 1, 1, 2)
    (part,) = detente.ask(dispute, "where true: b accepts open").parts
    assert (part.verdict, part.holds, part.of, part.not_arising) == ("yes", 1, 1, 2)
    # Counted and listed are the states in which it holds, not those in which it does not arise.
    assert detente.ask(dispute, "show true: b accepts open").parts[0].states == (2,)


def test_fairly_nobody_is_passed_over_for_ever() -> None:
    dispute = detente.load(FAULTS / "must-without-fairness.yaml")
    # b and c chase each other for ever; a would start x at any time.
    answer = detente.ask(dispute, "where status_quo: must reach a.x under Nash")
    assert answer.verdict == "no"
    course = answer.parts[0].counterexample
    assert course is not None
    assert course.repeats
    assert {party for step in course.steps for party in step.parties} == {"b", "c"}
    assert (
        detente.ask(dispute, "where status_quo: must reach a.x under Nash fairly").verdict == "yes"
    )
    # The chase itself goes on, fairly too, once a has had its turn.
    fair = detente.ask(dispute, "where status_quo: may keep true under Nash fairly")
    course = fair.parts[0].example
    assert fair.verdict == "yes"
    assert course is not None
    assert course.repeats


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("where status_quo: may reach a.x fairly", "'fairly' is for 'must reach'"),
        ("where status_quo: a may choose x fairly", "this asks for one choice"),
        ("where status_quo: stable for a fairly", "can be added here"),
    ],
)
def test_fairly_where_it_says_nothing(question: str, message: str) -> None:
    with pytest.raises(DisputeError, match=message):
        detente.ask(detente.load(FAULTS / "must-without-fairness.yaml"), question)
