"""Questions are read as they are meant, and what is wrong with one is pointed at."""

from __future__ import annotations

import pytest

import detente
from detente.dispute.errors import DisputeError
from detente.queries.parsing import parse_query
from detente.queries.query import Accepts, Chooses, Play, Prefers, Stable, StepRule
from detente.space.named_states import NamedState


@pytest.fixture(scope="module")
def korea() -> detente.Dispute:
    return detente.load("korea-2017")


def test_defaults(korea: detente.Dispute) -> None:
    (part,) = parse_query(korea, "where status_quo: may reach war").parts
    assert isinstance(part.body, Play)
    assert (part.form, part.quantifier) == ("judged", None)
    assert part.region is not None
    assert part.region.states == NamedState("status_quo", (), "status_quo")
    assert part.body.steps == StepRule("best moves", "SEQ", (0, 1, 2, 3, 4, 5), False)


def test_clauses(korea: detente.Dispute) -> None:
    text = (
        "where some tension: cannot keep war with packages of g2, dprk by  improvements under gmr"
    )
    (part,) = parse_query(korea, text).parts
    assert part.quantifier == "some"
    assert isinstance(part.body, Play)
    assert (part.body.modal, part.body.goal) == ("cannot", "keep")
    assert part.body.steps == StepRule("improvements", "GMR", (0, 1, 2), True)


def test_own_options_may_be_named_bare(korea: detente.Dispute) -> None:
    bare, full = (
        parse_query(korea, f"russia must choose {option}").parts[0].body
        for option in ("talk", "russia.talk")
    )
    assert isinstance(bare, Chooses)
    assert isinstance(full, Chooses)
    assert not isinstance(bare.target, Stable | Chooses | Play | Accepts)
    assert not isinstance(full.target, Stable | Chooses | Play | Accepts)
    assert bare.target.expression == full.target.expression


def test_brackets_and_several_parts(korea: detente.Dispute) -> None:
    query = parse_query(
        korea, "where war: may reach [stable for everyone under Nash]; us prefers war to freeze"
    )
    first, second = query.parts
    assert isinstance(first.body, Play)
    assert first.body.target == Stable((0, 1, 2, 3, 4, 5), "Nash")
    assert isinstance(second.body, Prefers)
    assert second.region is None
    assert [part.text for part in query.parts] == query.text.split("; ")


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", "", "the question is empty"),
        ("where staus_quo: may reach war", "staus_quo", "did you mean 'status_quo'?"),
        ("where war: can reach war", "can", "did you mean 'cannot'?"),
        ("where war: rusia must choose talk", "rusia", "did you mean 'russia'?"),
        ("where war: russia must chose talk", "chose", "did you mean 'choose'?"),
        ("where war: russia must choose tlk", "tlk", "did you mean 'talk'?"),
        ("where war: may reach war under SQE", "SQE", "did you mean 'SEQ'?"),
        ("where war: may reach war under NM", "NM", "NM does not"),
        ("where war: may reach war of g3", "g3", "no party or format 'g3'"),
        ("where war: russia must choose talk of us", "us", "the mover is named already"),
        ("where war: stable for us by best moves", "by", "only 'under' or 'with packages'"),
        ("where war: stable for us with packages under NM", "NM", "not defined with packages"),
        ("roadmap russia_2017 holds with packages", "with", "only 'under'"),
        ("where war: may reach war under SEQ under SEQ", "under SEQ", "a second time"),
        ("where war: may reach war by legal moves under SEQ", "SEQ", "not asked that"),
        ("where war may reach war", "may", "expected"),
        ("where war: russia may choose ~", "~", "'('"),
        ("= war", "=", "'count'"),
        ("where war: may reach", "", "but the question ends here"),
        ("russia prefers 'talk' to envoy", "'talk'", "without quotation marks"),
        ("where war: russia accepts dual_frieze", "dual_frieze", "did you mean 'dual_freeze'?"),
        ("count war; count freeze", "count war", "cannot be joined"),
        ("where all war: what does us choose", "all", "answered by a list"),
        ("roadmap russia_2016 holds", "russia_2016", "did you mean 'russia_2017'?"),
        ("where war: roadmap russia_2017 holds", "where", "leave 'where' out"),
        ("format g2 can reach wra", "wra", "did you mean 'war'?"),
        ("where war: may reach war § us", "§", "found '§'"),
        ("may reach war within moves", "moves", "expected a number"),
        ("may reach war within 3", "", "expected 'moves'"),
        ("may keep war within 3 moves", "within", "with 'keep' it is 'for 3 moves'"),
        ("may reach war for 3 moves", "for", "with 'reach' it is 'within 3 moves'"),
        ("must reach war within 3 moves fairly", "fairly", "leave it or 'within 3 moves' out"),
        ("us may choose strike within 3 moves", "within", "this asks for one choice"),
        ("stable for us within 3 moves", "within", "only 'under' or 'with packages'"),
        ("may reach war within 1000001 moves", "1000001", "is at most 1,000,000"),
        ("where wra + {us.strike: yes}: may reach war", "wra", "did you mean 'war'?"),
        ("show status_quo + {us.strke: yes}", "us.strke", "did you mean 'us.strike'?"),
        ("show status_quo + {us.strike: ja}", "ja", "no level 'ja'"),
        ("may reach status_quo + us.strike", "us.strike", "expected"),
    ],
)
def test_faults_are_pointed_at(korea: detente.Dispute, text: str, at: str, message: str) -> None:
    with pytest.raises(DisputeError) as caught:
        parse_query(korea, text)
    told = str(caught.value)
    assert message in told
    *_, line, caret = told.splitlines()
    assert line.strip() == text
    column = caret.index("^") - 4
    # What is said twice, or stands inside another word before, is meant at its last place.
    last = "second time" in message or "mover" in message or not at
    assert column == (text.rindex(at) if last else text.index(at))


def test_a_question_over_several_lines(korea: detente.Dispute) -> None:
    query = parse_query(korea, "where war:\n  may reach war\n  by legal   moves")
    assert isinstance(query.parts[0].body, Play)
    assert query.parts[0].body.steps.moves == "legal moves"


@pytest.mark.parametrize("text", ["where war: " + "may reach [" * 60 + "stable for us" + "]" * 60])
def test_what_is_too_deep_is_refused(korea: detente.Dispute, text: str) -> None:
    with pytest.raises(DisputeError, match="nested"):
        parse_query(korea, text)
