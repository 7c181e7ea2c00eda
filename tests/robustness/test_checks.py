"""Claims and stages draw by draw, against each draw written out as a dispute and checked."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from jsonschema import validate

import detente
from detente import Uncertainty
from detente.cli import detente as command_line
from detente.queries.play_steps import Ground, Steps
from detente.queries.query import StepRule
from detente.queries.reachability import rounds_to
from detente.report.robustness import robustness_blocks, robustness_document
from detente.robustness import checks
from detente.robustness.checks import CheckedDraws, check_draws
from detente.robustness.draws import draw_chunk, drawn_dispute, input_values
from detente.robustness.drivers import checked_drivers
from detente.robustness.engine.batch import batch
from detente.robustness.run.settings import SweepSettings
from detente.robustness.run.store import Store
from detente.stability.prepared_model import graph_model

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
    dispute = detente.build_dispute(DOCUMENT | more)
    answers, stages = one_after_the_other(dispute)
    # Something differs between draws, or this would tell nothing.
    assert any(0 < count < DRAWS for count in chain(*answers.values()))
    assert any(0 < count < DRAWS for count in chain(*stages))
    for workers in (1, 3):
        found = detente.analyse_robustness(
            dispute, 100, seed=3, uncertainty=AROUND, check_draws=DRAWS, workers=workers
        ).checked
        assert found is not None
        assert (found.draws, found.wanted) == (DRAWS, DRAWS)
        assert {one.claim: [one.unchanged, one.agreeing] for one in found.claims} == answers
        assert [[one.willing, one.holding] for one in found.stages] == stages
        assert [one.possible for one in found.stages] == [True, False, True]


@pytest.mark.parametrize("packages", [False, True])
def test_play_is_followed_in_each_draw_as_by_itself(packages: bool) -> None:
    dispute = detente.build_dispute(DOCUMENT)
    drawn = draw_chunk(dispute, AROUND, 3, 0)
    may, must = [0] * len(dispute.outcomes), [0] * len(dispute.outcomes)
    for draw in range(DRAWS):
        ground = Ground(graph_model(drawn_dispute(dispute, drawn, draw)))
        movers = tuple(range(len(dispute.parties)))
        steps = Steps(ground, StepRule("improvements", "SEQ", movers, packages))
        assert ground.model.status_quo is not None
        node = ground.model.node(ground.model.status_quo)
        for number, outcome in enumerate(dispute.outcomes):
            goal = ground.model.by_node(ground.model.space.holds(outcome.formula))
            may[number] += int(rounds_to(steps, goal, surely=False)[node] >= 0)
            must[number] += int(rounds_to(steps, goal, surely=True)[node] >= 0)
    found = detente.analyse_robustness(
        dispute, 100, seed=3, uncertainty=AROUND, check_draws=DRAWS, packages=packages
    ).checked
    assert found is not None
    assert [one.may for one in found.outcomes] == may
    assert [one.must for one in found.outcomes] == must
    assert any(0 < count < DRAWS for count in may)


def test_play_is_under_a_concept_that_deters() -> None:
    assert checks.played_under(["Nash", "SEQ"]) == "SEQ"
    assert checks.played_under(["GMR", "Nash"]) == "GMR"
    assert checks.played_under(["L2", "Nash"]) == "Nash"
    assert checks.played_under(["SIM"]) == "SEQ"


@pytest.mark.long
def test_what_moves_claims_and_stages() -> None:
    dispute = detente.build_dispute(DOCUMENT)
    result = detente.analyse_robustness(dispute, 100, seed=3, uncertainty=AROUND, check_draws=DRAWS)
    found = result.checked
    assert found is not None
    # What holds in a draw is what one draw more adds to the count.
    so_far = [first_draws(draws) for draws in range(1, DRAWS + 1)]
    stated = input_values(dispute, draw_chunk(dispute, AROUND, 3, 0))[:DRAWS]
    counted = [(one.unchanged, one.unchanged_together) for one in found.claims]
    each = [[one.claims[place].unchanged for one in so_far] for place in range(len(found.claims))]
    for place, stage in enumerate(found.stages):
        counted += [
            (stage.willing, stage.willing_together),
            (stage.holding, stage.holding_together),
        ]
        each += [[one.stages[place].willing for one in so_far]]
        each += [[one.stages[place].holding for one in so_far]]
    for place, outcome in enumerate(found.outcomes):
        counted.append((outcome.may, outcome.may_together))
        each.append([one.outcomes[place].may for one in so_far])
    differing = 0
    for (held, together), sums in zip(counted, each, strict=True):
        holds = np.diff([0, *sums]).astype(bool)
        assert held == holds.sum()
        differing += 0 < held < DRAWS
        for driver in checked_drivers(result, held, together):
            column = stated[:, [one.id for one in result.inputs].index(driver.input.id)]
            expected = holds[column].mean() if column.any() else None
            assert driver.as_stated == pytest.approx(expected)
            expected = holds[~column].mean() if not column.all() else None
            assert driver.otherwise == pytest.approx(expected)
            assert driver.flips is None
            explained = np.corrcoef(holds, column)[0, 1] ** 2 if 0 < held < DRAWS else 0
            assert driver.index == pytest.approx(explained)
    assert differing > 3


@pytest.mark.long
def test_more_draws_than_a_chunk() -> None:
    dispute = detente.build_dispute(DOCUMENT)
    found = detente.analyse_robustness(dispute, 1100, check_draws=1050, concepts=["Nash"]).checked
    assert found is not None
    assert found.draws == 1050


def test_neither_claims_nor_roadmaps_or_no_draws() -> None:
    assert detente.analyse_robustness(detente.load("chicken"), 10).checked is None
    assert (
        detente.analyse_robustness(detente.build_dispute(DOCUMENT), 10, check_draws=0).checked
        is None
    )
    with pytest.raises(detente.DisputeError, match="not negative"):
        detente.analyse_robustness(detente.load("chicken"), 10, check_draws=-1)


def found_after(interrupted_at: int, **given: Any) -> CheckedDraws | None:
    dispute = detente.build_dispute(DOCUMENT)
    prepared = batch(dispute)
    plan = SweepSettings(dispute, AROUND, 3, prepared.concepts)
    folder = given.pop("folder", None)

    def progress(what: str, done: float) -> None:
        if done == interrupted_at / DRAWS:
            raise KeyboardInterrupt

    store = None if folder is None else Store(folder, plan)
    return check_draws(plan, prepared, DRAWS, progress=progress, store=store, **given)


def first_draws(draws: int) -> CheckedDraws:
    dispute = detente.build_dispute(DOCUMENT)
    prepared = batch(dispute)
    found = check_draws(SweepSettings(dispute, AROUND, 3, prepared.concepts), prepared, draws)
    assert found is not None
    return found


def test_draws_are_checked_beside_others_as_after_them() -> None:
    """Where there are more draws than a thread takes up at a time, checks are spread among them."""
    dispute = detente.build_dispute(DOCUMENT)
    found = detente.analyse_robustness(
        dispute, 1010, seed=3, uncertainty=AROUND, check_draws=DRAWS, workers=3
    )
    assert found.draws == 1010
    assert found.checked == first_draws(DRAWS)


def test_interrupted_beside_other_draws(tmp_path: Path) -> None:
    """What was checked by then is kept, and not told of before all draws are analysed."""

    def progress(what: str, done: float) -> None:
        if what == "2,000 of 2,010 draws":
            raise KeyboardInterrupt

    dispute = detente.build_dispute(DOCUMENT)
    given: dict[str, Any] = {"seed": 3, "uncertainty": AROUND, "check_draws": DRAWS}
    found = detente.analyse_robustness(dispute, 2010, keep=tmp_path, progress=progress, **given)
    assert (found.draws, found.checked) == (2000, None)
    assert kept_rows(tmp_path)
    found = detente.analyse_robustness(dispute, 2010, keep=tmp_path, **given)
    assert found.checked == first_draws(DRAWS)
    assert kept_rows(tmp_path) == list(range(DRAWS))


@pytest.mark.parametrize("workers", [1, 3])
def test_interrupted(workers: int) -> None:
    partly = found_after(7, workers=workers)
    assert partly == dataclasses.replace(first_draws(7), wanted=DRAWS)


def test_draws_are_counted_in_order_whichever_ends_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under load a later draw may end before an earlier one."""
    begun = iter(range(1000))

    def slow(*given: Any) -> Any:
        # The first is the evaluation as stated.
        if next(begun) % 3 == 1:
            time.sleep(0.05)
        return real(*given)

    real = checks._evaluated
    monkeypatch.setattr(checks, "_evaluated", slow)
    partly = found_after(7, workers=3)
    monkeypatch.setattr(checks, "_evaluated", real)
    assert partly == dataclasses.replace(first_draws(7), wanted=DRAWS)


def test_interrupted_before_the_first_draw() -> None:
    asked = json.loads(json.dumps(DOCUMENT))

    def progress(what: str, done: float) -> None:
        if what == "claims, roadmaps and play":
            raise KeyboardInterrupt

    found = detente.analyse_robustness(detente.build_dispute(asked), 10, progress=progress)
    assert found.draws == 10
    assert found.checked == CheckedDraws(0, 10, (), ())
    assert robustness_document(found)["checked"] is None
    validate(robustness_document(found), schema())
    assert any("not checked: interrupted" in str(one) for one in robustness_blocks(found))


def test_interrupted_as_the_last_draw_ends() -> None:
    """What is put away after the last draw takes a while: Ctrl-C then is no wish for more."""

    def progress(what: str, done: float) -> None:
        assert not what.startswith("claims")
        if what == "10 of 10 draws":
            raise KeyboardInterrupt

    found = detente.analyse_robustness(detente.build_dispute(DOCUMENT), 10, progress=progress)
    assert (found.draws, found.wanted) == (10, 10)
    assert found.checked == CheckedDraws(0, 10, (), ())


def test_command_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def evaluate(*given: Any, **more: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(checks, "evaluate", evaluate)
    path = tmp_path / "two.json"
    path.write_text(json.dumps(DOCUMENT))
    result = CliRunner().invoke(command_line, ["robust", str(path), "--draws", "50"])
    assert result.exit_code == 130
    assert "50 draws of preferences" in result.output
    assert "Claims, roadmaps and play were not checked: interrupted." in result.output


def test_a_question_without_meaning_is_told_before_any_draw() -> None:
    told: list[str] = []
    document = DOCUMENT | {"claims": [{"id": "bad", "ask": "where nothing: a", "says": "yes"}]}
    with pytest.raises(detente.DisputeError, match="bad"):
        detente.analyse_robustness(
            detente.build_dispute(document), 10, progress=lambda *given: told.append("x")
        )
    assert len(told) == 1


# Kept --------------------------------------------------------------------------------------


def kept_rows(folder: Path) -> list[int]:
    tables = [pl.read_parquet(path) for path in folder.glob("checks-*.parquet")]
    return sorted(chain(*(table["draw"].to_list() for table in tables)))


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a dispute is evaluated from here on; once is as stated."""
    evaluated: list[int] = []

    def counted(*given: Any) -> Any:
        evaluated.append(1)
        return real(*given)

    real = checks._evaluated
    monkeypatch.setattr(checks, "_evaluated", counted)
    return evaluated


def test_interrupted_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = first_draws(DRAWS)
    evaluated = counting(monkeypatch)
    for at in (7, 12):
        partly = found_after(at, folder=tmp_path, workers=2)
        assert partly is not None
        assert partly.draws == at
        assert kept_rows(tmp_path) == list(range(at))
    evaluated.clear()
    assert found_after(-1, folder=tmp_path) == expected
    assert len(evaluated) == 1 + DRAWS - 12
    assert kept_rows(tmp_path) == list(range(DRAWS))
    # All are kept now.
    evaluated.clear()
    assert found_after(-1, folder=tmp_path) == expected
    assert len(evaluated) == 1


def test_more_and_fewer_checked_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.build_dispute(DOCUMENT)
    evaluated = counting(monkeypatch)
    for wanted, expected in ((10, 10), (25, 15), (5, 0), (25, 0)):
        evaluated.clear()
        given: dict[str, Any] = {"seed": 3, "check_draws": wanted, "uncertainty": AROUND}
        kept = detente.analyse_robustness(dispute, 100, keep=tmp_path, **given)
        assert len(evaluated) == 1 + expected
        assert kept.checked == detente.analyse_robustness(dispute, 100, **given).checked


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def of_other_claims(path: Path) -> None:
    pl.read_parquet(path).rename({"agrees keeps": "agrees kept"}).write_parquet(path)


@pytest.mark.parametrize("damage", [cut_off, of_other_claims])
def test_a_damaged_file_is_computed_again(
    damage: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in (7, 12, -1):
        found_after(at, folder=tmp_path)
    evaluated = counting(monkeypatch)
    damage(tmp_path / "checks-000000007.parquet")
    # Draws beyond the damaged ones are known, but these are not the first ones.
    partly = found_after(DRAWS - 3, folder=tmp_path)
    assert partly is not None
    assert partly.draws == 9
    evaluated.clear()
    assert found_after(-1, folder=tmp_path) == first_draws(DRAWS)
    assert kept_rows(tmp_path) == list(range(DRAWS))


def test_other_claims_are_another_run(tmp_path: Path) -> None:
    def run(**changed: Any) -> None:
        detente.analyse_robustness(detente.build_dispute(DOCUMENT | changed), 10, keep=tmp_path)

    run()
    for changed in (
        {"claims": DOCUMENT["claims"][:-1]},
        {"claims": [DOCUMENT["claims"][0] | {"says": "no"}, *DOCUMENT["claims"][1:]]},
        {"roadmaps": {"peace": DOCUMENT["roadmaps"]["peace"][:1]}},
        {"packages": {"both": {"parties": ["a", "b"], "set": {"a.z": "yes", "b.y": "no"}}}},
    ):
        with pytest.raises(detente.DisputeError, match="another run"):
            run(**changed)
    run()


_RUN = """
import json, sys, time
import detente
from detente.robustness import checks
from detente.robustness.run import unkept

if __name__ == "__main__":
    # As slow as a large dispute.
    unkept._WAIT = 0.05
    evaluated = checks._evaluated
    checks._evaluated = lambda *given: (time.sleep(0.02), evaluated(*given))[1]
    dispute = detente.build_dispute(json.load(open(sys.argv[1])))
    around = detente.Uncertainty(confidence=0.6, otherwise="reversed", swap=0.3)
    given = {"uncertainty": around, "check_draws": 600, "keep": sys.argv[2]}
    detente.analyse_robustness(dispute, 600, seed=3, **given)
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_killed_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script, document, folder = (tmp_path / name for name in ("run.py", "two.json", "kept"))
    script.write_text(_RUN)
    document.write_text(json.dumps(DOCUMENT))
    process = subprocess.Popen([sys.executable, str(script), str(document), str(folder)])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(folder.glob("checks-*"))) < 3:
        time.sleep(0.01)
    process.kill()
    process.wait()
    kept = kept_rows(folder)
    assert kept == list(range(len(kept)))
    assert 3 <= len(kept) < 600
    evaluated = counting(monkeypatch)
    dispute = detente.build_dispute(DOCUMENT)
    given: dict[str, Any] = {"seed": 3, "uncertainty": AROUND, "check_draws": 600}
    found = detente.analyse_robustness(dispute, 600, keep=folder, **given)
    assert len(evaluated) == 1 + 600 - len(kept)
    assert kept_rows(folder) == list(range(600))
    assert found.checked == detente.analyse_robustness(dispute, 600, **given).checked


def test_a_question_that_does_not_arise_agrees_in_no_draw() -> None:
    claim = {"id": "none", "ask": "where false: stable for everyone", "says": "yes"}
    found = detente.analyse_robustness(
        detente.build_dispute(DOCUMENT | {"claims": [claim]}), 10, workers=1
    )
    assert found.checked is not None
    (counted,) = found.checked.claims
    assert (counted.stated, counted.unchanged, counted.agreeing) == ("does not arise", 10, 0)
    written = robustness_document(found)["checked"]["claims"][0]
    assert (written["as_stated"], written["agreeing"]) == ("does not arise", None)


def schema() -> Any:
    return json.loads(CliRunner().invoke(command_line, ["schema", "robustness"]).output)


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
    validate(document, schema())
    assert document["checked"]["draws"] == 50
    assert len(document["checked"]["claims"]) == 5
