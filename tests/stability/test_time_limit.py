"""Work on single states ends in time: what is done is delivered, and what is not is named."""

from __future__ import annotations

import json
import time
from threading import Event, Thread
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import detente
from detente.__main__ import main as start_program
from detente.analyses.registry import published_schemas
from detente.cli import detente as command_line
from detente.evidence.claims import check_claims
from detente.evidence.symbolic_claims import AnswersOnSets
from detente.queries.parsing import parse_query
from detente.queries.symbolic_evaluation import (
    SymbolicAsking,
    ask_symbolically,
    those_of_one_state_first,
)
from detente.report.answers import answer_document
from detente.report.claims import claim_name, claims_blocks, claims_document
from detente.report.paths import paths_blocks, paths_document
from detente.report.roadmaps import roadmap_blocks, roadmap_document
from detente.roadmap.check.symbolic_checks import SymbolicChecks
from detente.space.symbolic.diagrams import Diagrams, TooLarge
from detente.space.threads import left_to_itself
from detente.stability import symbolic_paths
from detente.stability.symbolic_analysis import Budget
from detente.stability.symbolic_explain import _Explaining
from detente.stability.time_limit import ended_early, in_shares


def test_work_that_ends_by_itself_and_work_that_does_not() -> None:
    found: list[int] = []

    def work(pause: Any) -> None:
        found.append(1)
        while True:
            pause()

    assert ended_early(60.0, lambda pause: found.append(0)) is None
    assert ended_early(0.0, work) == "time"
    assert found == [0, 1]

    def wrong(pause: Any) -> None:
        raise ValueError("it fails")

    with pytest.raises(ValueError, match="it fails"):
        ended_early(60.0, wrong)


def test_an_operation_that_takes_long_is_left_behind() -> None:
    over = Event()
    begun = time.monotonic()
    assert ended_early(0.0, lambda _: over.wait(60) and None) == "time"
    assert time.monotonic() - begun < 4
    over.set()


def test_a_task_that_takes_long_lets_the_others_have_their_share(clock: Clock) -> None:
    diagrams = Diagrams(1, 2**10)
    done: list[str] = []

    def long() -> None:
        done.append("begun")
        if done.count("begun") == 1:
            # Half of the time is its share.
            clock.ahead = 60.0
            diagrams.pause()
        done.append("long")

    in_shares(diagrams, clock.monotonic() + 100.0, [long, lambda: done.append("short")])
    assert done == ["begun", "short", "begun", "long"]


def test_work_that_goes_on_does_not_disturb_the_end(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ended: list[int] = []

    def run() -> None:
        print("told")
        raise SystemExit(130)

    monkeypatch.setattr("detente.cli.main", run)
    monkeypatch.setattr("os._exit", ended.append)
    over = Event()

    def go_on() -> None:
        over.wait(60)

    thread = left_to_itself(go_on)
    with pytest.raises(SystemExit):
        start_program()
    assert not ended
    thread.start()
    with pytest.raises(SystemExit):
        start_program()
    over.set()
    thread.join()
    assert ended == [130]
    assert capfd.readouterr().out == "told\ntold\n"


class Clock:
    """A clock that jumps ahead when it is told to."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def time_is_over(self, pause: Any) -> None:
        self.ahead = 1e6
        while True:
            pause()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("detente.stability.time_limit.time", made)
    return made


def test_parts_that_were_answered_in_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.load("prisoners-dilemma")
    query = parse_query(dispute, "stable for first under Nash; stable for second under Nash")
    answer = SymbolicAsking.answer

    def halting(self: SymbolicAsking, query: Any) -> Any:
        if "second" in query.parts[0].text:
            clock.time_is_over(self.game.diagrams.pause)
        return answer(self, query)

    monkeypatch.setattr(SymbolicAsking, "answer", halting)
    told, found = ask_symbolically(dispute, query, budget=Budget(seconds=600.0))
    assert [part.text for part in found.parts] == ["stable for first under Nash"]
    assert (found.unanswered, found.why) == (("stable for second under Nash",), "time")
    assert not found.partial
    assert answer_document(told, found)["unanswered"] == ["stable for second under Nash"]
    clock.ahead = 0.0
    with pytest.raises(detente.LimitError, match="not answered in 0 seconds"):
        ask_symbolically(dispute, query, budget=Budget(seconds=0.0))


def test_moves_that_were_explained_in_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def halting(self: _Explaining, limit: int) -> None:
        clock.time_is_over(self.game.diagrams.pause)

    monkeypatch.setattr(_Explaining, "explain_moves", halting)
    words = ["explain", "prisoners-dilemma", "--party", "first", "--state", "1"]
    words += ["--concept", "Nash", "--engine", "symbolic", "--seconds", "600", "--format", "json"]
    result = CliRunner().invoke(command_line, words)
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert (told["stable"], told["move_count"], told["moves"]) == (False, 1, [])
    assert "1 more move not explained: time ran out." in told["text"]


def test_ctrl_c_keeps_what_was_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = Event()

    def halting(self: _Explaining, limit: int) -> None:
        reached.set()
        while True:
            self.game.diagrams.pause()

    def join(thread: Thread, timeout: float | None = None) -> None:
        assert reached.wait(60)
        raise KeyboardInterrupt

    monkeypatch.setattr(_Explaining, "explain_moves", halting)
    monkeypatch.setattr("detente.stability.time_limit.threading.Thread.join", join)
    dispute = detente.load("prisoners-dilemma")
    found = detente.explain(dispute, "first", 1, "Nash", engine="symbolic")
    assert found.partial
    assert not found.stable


def answered_before(dispute: detente.Dispute, number: int) -> list[Any]:
    """The claims whose questions are answered before that of one: those about one state first."""
    order = those_of_one_state_first([parse_query(dispute, c.ask).parts for c in dispute.claims])
    assert order[0] != 0 < order.index(number)
    return [dispute.claims[one] for one in sorted(order[: order.index(number)])]


def test_claims_that_were_answered_in_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.load("korea-2017")
    answer = AnswersOnSets.answer

    def slow(self: AnswersOnSets, query: Any) -> Any:
        if query.text == dispute.claims[2].ask:
            clock.time_is_over(self._pause)
        return answer(self, query)

    monkeypatch.setattr(AnswersOnSets, "answer", slow)
    found = check_claims(dispute, engine="symbolic")
    before = answered_before(dispute, 2)
    assert [one.claim for one in found] == before
    assert (found.unexamined, found.why, found.partial) == (len(before), "time", False)
    assert len(found) + len(found.unanswered) == len(dispute.claims)
    told = claims_document(found)
    jsonschema.validate(json.loads(json.dumps(told)), published_schemas()["claims"]())
    assert told["ended_early"] == {"why": "time", "origins_left": len(before)}
    words = str(claims_blocks(found))
    assert f"was not examined for {len(before)} claims: time ran out" in words
    assert claim_name(dispute.claims[2]) in words


def test_ctrl_c_names_the_claims_that_are_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.load("korea-2017")
    reached, answer, wait = Event(), AnswersOnSets.answer, Thread.join

    def slow(self: AnswersOnSets, query: Any) -> Any:
        if query.text == dispute.claims[1].ask:
            reached.set()
            while True:
                self._pause()
        return answer(self, query)

    def join(thread: Thread, timeout: float | None = None) -> None:
        if not reached.is_set():
            wait(thread, timeout)
            return
        raise KeyboardInterrupt

    monkeypatch.setattr(AnswersOnSets, "answer", slow)
    monkeypatch.setattr("detente.stability.time_limit.threading.Thread.join", join)
    found = check_claims(dispute, engine="symbolic")
    assert (found.why, found.partial, found.left) == ("interrupted", True, 0)
    before = answered_before(dispute, 1)
    assert [one.claim for one in found] == before
    assert [one.claim for one in found.unanswered] == [
        one for one in dispute.claims if one not in before
    ]
    assert {one.why for one in found.unanswered} == {"the work was ended before"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        # Of these it hangs on when nodes are forgotten whether anything is told.
        (["paths", "korea-2017", "--to", "freeze"], "nodes"),
        (["claims", "korea-2017"], "more than 1,024 nodes; more may do"),
        (["roadmap", "check", "korea-2017", "russia_2017"], "in 1,024 nodes; more may do"),
        # It takes about 4,000 nodes.
        (
            ["explain", "korea-2017", "--party", "russia", "--packages"],
            "more than 1,024 nodes; more may do",
        ),
        (["coalitions", "korea-2017"], "would have needed more nodes than allowed"),
        (["formats", "korea-2017"], "nodes"),
        (["ask", "korea-2017", "where freeze: may reach tension"], "1,024 nodes; more may do"),
    ],
    ids=lambda one: one[0] if isinstance(one, list) else "",
)
def test_every_command_takes_a_limit_of_nodes(words: list[str], told: str) -> None:
    result = CliRunner().invoke(
        command_line, [*words, "--engine", "symbolic", "--nodes", "1024", "--seconds", "600"]
    )
    assert told in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_stages_that_were_checked_within_the_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = SymbolicChecks.stage

    def too_large(self: SymbolicChecks, number: int) -> Any:
        if number:
            raise TooLarge
        return stage(self, number)

    monkeypatch.setattr(SymbolicChecks, "stage", too_large)
    dispute = detente.load("korea-2017")
    found = detente.check_roadmap(dispute, "russia_2017", engine="symbolic")
    assert (len(found.stages), found.why) == (1, "nodes")
    assert "more nodes than allowed" in str(roadmap_blocks(found))


def test_moves_that_were_followed_in_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.load("korea-2017")
    layers = symbolic_paths._layers

    def slow(movers: Any, start: Any, progress: Any) -> Any:
        for number, layer in enumerate(layers(movers, start, progress)):
            if number == 1:
                clock.time_is_over(movers[0].game.diagrams.pause)
            yield layer

    monkeypatch.setattr(symbolic_paths, "_layers", slow)
    whole = detente.analyse_paths(dispute, end="settlement")
    found = detente.analyse_paths(dispute, end="settlement", engine="symbolic")
    assert (found.why, found.searched, found.partial) == ("time", 1, False)
    assert 1 < found.reached < whole.reached
    near = {one.outcome: one.moves for one in whole.nearness}
    for one in found.nearness:
        nearest = near[one.outcome]
        assert one.moves == (nearest if nearest is not None and nearest <= 1 else None)
    told = paths_document(found)
    jsonschema.validate(json.loads(json.dumps(told)), published_schemas()["paths"]())
    assert told["ended_early"] == {"why": "time", "moves": 1}
    assert "more than 1 move were not looked at: time ran out" in str(paths_blocks(found))


def test_moves_that_were_followed_within_the_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = symbolic_paths._layers

    def too_large(movers: Any, start: Any, progress: Any) -> Any:
        for number, layer in enumerate(layers(movers, start, progress)):
            if number == 2:
                raise TooLarge
            yield layer

    dispute = detente.load("korea-2017")
    whole = detente.analyse_paths(dispute, end="freeze", engine="symbolic")
    monkeypatch.setattr(symbolic_paths, "_layers", too_large)
    found = detente.analyse_paths(dispute, end="freeze", engine="symbolic")
    assert (found.why, found.searched, found.every_move) == ("nodes", 2, False)
    assert (found.length, found.path_count) == (whole.length, whole.path_count)
    assert found.paths == whole.paths
    assert "more than 2 moves were not looked at" in str(paths_blocks(found))


def test_stages_that_were_checked_in_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.load("korea-2017")
    stage = SymbolicChecks.stage

    def slow(self: SymbolicChecks, number: int) -> Any:
        if number == 1:
            clock.time_is_over(self.game.diagrams.pause)
        return stage(self, number)

    monkeypatch.setattr(SymbolicChecks, "stage", slow)
    whole = detente.check_roadmap(dispute, "russia_2017")
    found = detente.check_roadmap(dispute, "russia_2017", engine="symbolic")
    assert (len(found.stages), found.why) == (1, "time")
    assert found.left == len(whole.stages) - 1
    assert found.stages[0].failed == whole.stages[0].failed
    assert not found.holds
    told = roadmap_document(found)
    jsonschema.validate(json.loads(json.dumps(told)), published_schemas()["roadmap"]())
    assert told["ended_early"]["why"] == "time"
    assert told["ended_early"]["stages_left"] == found.left
    for glance, stage in zip(found.glances, whole.stages[1:], strict=True):
        assert (glance.number, glance.unknown) == (stage.number, ())
        assert (glance.obstacle, glance.unwilling) == (stage.obstacle, stage.unwilling)
        assert glance.leaving == tuple(one.party for one in stage.breaches)
        assert glance.fails == (stage.failed is not None)
    assert "other_foresight" not in told
    assert (
        f"Stages 2 to {len(whole.stages)} were not checked to the end: time ran out."
        in told["text"]
    )
    assert roadmap_blocks(found)
