"""Claims and stages draw by draw, against each draw written out as a dispute and checked."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import validate

import detente
from detente import Uncertainty
from detente.cli import detente as command_line
from detente.robustness import checks
from detente.robustness.batch import batch
from detente.robustness.checks import CheckedDraws, check_draws
from detente.robustness.draws import draw_chunk, drawn_dispute
from detente.robustness.sweep import Plan

DOCUMENT: dict[str, Any] = {
    "dispute": "Two",
    "parties": {
        "a": {
            "name": "A",
            "options": {"x": "X", "z": "Z"},
            "preferences": ["x if b.y", "not x", "z"],
        },
        "b": {"name": "B", "options": {"y": "Y"}, "preferences": ["not a.x", "y if not a.z"]},
    },
    "status_quo": {"a.x": "yes"},
    "packages": {"both": {"parties": ["a", "b"], "set": {"a.z": "yes", "b.y": "yes"}}},
    "outcomes": {"quiet": {"name": "Quiet", "when": "not a.x"}},
    "claims": [
        {"id": "keeps", "ask": "where not b.y: a must choose not x", "says": "yes"},
        {"id": "moves", "ask": "where a.x and not b.y: b may choose y", "says": "no"},
        {"id": "stays", "ask": "where quiet: stable for a", "says": "partly"},
        {"id": "list", "ask": "where true: what does a choose", "says": "list"},
        {"id": "plan", "ask": "roadmap peace holds", "says": "yes"},
    ],
    "roadmaps": {
        "peace": [
            {"stage": "Stop", "move": {"a.x": "no"}},
            {"stage": "Again", "move": {"a.x": "no"}},
            {"stage": "Join", "package": "both"},
        ]
    },
}
AROUND = Uncertainty(confidence=0.6, otherwise="reversed", swap=0.3)
DRAWS = 40


def one_after_the_other(dispute: detente.Dispute) -> tuple[dict[str, list[int]], list[list[int]]]:
    drawn = draw_chunk(dispute, AROUND, 3, 0)
    stated = {one.claim.id: one for one in detente.check_claims(dispute, origins=False)}
    answers = {name: [0, 0] for name in stated}
    stages = [[0, 0] for _ in dispute.roadmaps[0].stages]
    for draw in range(DRAWS):
        written = drawn_dispute(dispute, drawn, draw)
        for one in detente.check_claims(written, origins=False):
            expected = stated[one.claim.id].answer
            same = one.answer.short == expected.short
            if one.answer.short == "list":
                same = one.answer.parts[0].choices == expected.parts[0].choices
            answers[one.claim.id][0] += same
            answers[one.claim.id][1] += one.agrees
        for number, stage in enumerate(detente.check_roadmap(written, "peace").stages):
            stages[number][0] += stage.possible and stage.willing
            stages[number][1] += stage.possible and stage.holding
    return answers, stages


@pytest.mark.parametrize("coalesced", [False, True])
def test_each_draw_is_checked_as_by_itself(coalesced: bool) -> None:
    more = {"coalesce": ["a.x and a.z"]} if coalesced else {}
    dispute = detente.from_dict(DOCUMENT | more)
    answers, stages = one_after_the_other(dispute)
    # Something differs between draws, or this would tell nothing.
    assert any(0 < count < DRAWS for count in chain(*answers.values()))
    assert any(0 < count < DRAWS for count in chain(*stages))
    for workers in (1, 3):
        found = detente.robust(
            dispute, 100, seed=3, uncertainty=AROUND, check_draws=DRAWS, workers=workers
        ).checked
        assert found is not None
        assert (found.draws, found.wanted) == (DRAWS, DRAWS)
        assert {one.claim: [one.unchanged, one.agreeing] for one in found.claims} == answers
        assert [[one.willing, one.holding] for one in found.stages] == stages
        assert [one.possible for one in found.stages] == [True, False, True]


def test_more_draws_than_a_chunk() -> None:
    dispute = detente.from_dict(DOCUMENT)
    found = detente.robust(dispute, 1100, check_draws=1050, concepts=["Nash"]).checked
    assert found is not None
    assert found.draws == 1050


def test_neither_claims_nor_roadmaps_or_no_draws() -> None:
    assert detente.robust(detente.load("chicken"), 10).checked is None
    assert detente.robust(detente.from_dict(DOCUMENT), 10, check_draws=0).checked is None
    with pytest.raises(detente.DisputeError, match="not negative"):
        detente.robust(detente.load("chicken"), 10, check_draws=-1)


def test_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.from_dict(DOCUMENT)
    prepared = batch(dispute)
    plan = Plan(dispute, AROUND, 3, prepared.concepts)

    def found(after: int) -> CheckedDraws | None:
        def progress(what: str, done: float) -> None:
            if done == after / DRAWS:
                raise KeyboardInterrupt

        return check_draws(plan, prepared, DRAWS, progress=progress)

    partly = found(7)
    assert partly is not None
    assert (partly.draws, partly.wanted) == (7, DRAWS)
    first = check_draws(plan, prepared, 7)
    assert first is not None
    assert partly.claims == first.claims
    assert partly.stages == first.stages


def test_a_question_without_an_answer_in_some_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def evaluate(*given: Any) -> Any:
        asked.append(1)
        if len(asked) == 2:
            raise checks.QueryError("there is no such state", "count true", 0)
        return real(*given)

    real = checks.evaluate
    monkeypatch.setattr(checks, "evaluate", evaluate)
    document = DOCUMENT | {"claims": [{"id": "all", "ask": "count true", "says": "8"}]}
    found = detente.robust(detente.from_dict(document), 10, workers=1).checked
    assert found is not None
    assert (found.claims[0].unchanged, found.claims[0].agreeing) == (9, 9)


def test_command(tmp_path: Any) -> None:
    path = tmp_path / "two.json"
    path.write_text(json.dumps(DOCUMENT))

    def run(*words: str) -> str:
        result = CliRunner(env={"COLUMNS": "80"}).invoke(
            command_line, ["robust", str(path), "--draws", "50", *words]
        )
        assert result.exit_code == 0, result.output
        return result.output

    shown = run("--check-draws", "10")
    assert max(map(len, shown.splitlines())) <= 80
    assert "Share of the first 10 draws in which a claim's computed answer" in shown
    assert "(not possible)" in shown
    assert "(status quo)" in shown
    assert "(Quiet)" in shown
    document = json.loads(run("--format", "json"))
    validate(
        document, json.loads(CliRunner().invoke(command_line, ["schema", "robustness"]).output)
    )
    assert document["checked"]["draws"] == 50
    assert len(document["checked"]["claims"]) == 5
