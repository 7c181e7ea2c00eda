"""The command, its document and its pictures."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import detente
from detente.analyses.parameters import parameters_from
from detente.analyses.registry import analysis_named, published_schemas
from detente.cli import detente as command_line
from detente.forecast.analysis import tempo_in
from detente.forecast.drawn import CARRIER_DRAWS
from detente.report.forecast import forecast_blocks, forecast_document


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command_line, ["forecast", *arguments])


@pytest.mark.parametrize("more", [[], ["--order", "any"], ["--odds", "inf", "--draws", "0"]])
def test_the_document_is_as_its_schema_says(more: list[str]) -> None:
    found = run("elmira", "--draws", "20", *more, "--format", "json")
    assert found.exit_code == 0, found.output
    document = json.loads(found.stdout)
    schema = published_schemas()["forecast"]()
    Draft202012Validator(schema).validate(document)
    for outcome in document["outcomes"]:
        assert len(outcome["at"]) == len(outcome["by"]) == document["steps"] + 1
        assert all(np.diff(outcome["by"]) >= -1e-15)
        assert all(np.array(outcome["low"]) <= np.array(outcome["high"]) + 1e-15)


def test_without_draws_the_numbers_are_those_of_the_stated_preferences() -> None:
    result = detente.forecast(detente.load("elmira"), 8, draws=0, odds=5)
    assert np.array_equal(result.by, result.by_range[0])
    assert result.draws == 0
    # The step of first arrival on average, of those that arrive.
    for number, expected in enumerate(result.first_times):
        by = result.by[:, number].tolist()
        first = [later - before for before, later in pairwise(by)]
        arrived = sum(chance * step for step, chance in enumerate(first, start=1))
        assert expected is not None
        assert abs(expected * by[-1] - arrived) < 1e-12
    fixed = detente.forecast(detente.load("elmira"), 8, draws=0, odds=(5, 5))
    assert np.array_equal(result.at, fixed.at)


def test_the_number_of_workers_and_what_was_kept_change_nothing(tmp_path: Path) -> None:
    dispute = detente.load("elmira")
    one = detente.forecast(dispute, 6, draws=30, workers=1)
    detente.forecast(dispute, 6, draws=11, keep=tmp_path / "kept")
    two = detente.forecast(dispute, 6, draws=30, workers=3, keep=tmp_path / "kept")
    again = detente.forecast(dispute, 6, draws=30, keep=tmp_path / "kept")
    for other in (two, again):
        assert forecast_document(one) == forecast_document(other)


def test_an_interruption_keeps_what_is_done(tmp_path: Path) -> None:
    dispute = detente.load("elmira")

    def interrupt(what: str, _: float) -> None:
        if what == "8 of 40 draws":
            raise KeyboardInterrupt

    part = detente.forecast(dispute, 6, draws=40, workers=2, keep=tmp_path, progress=interrupt)
    assert 8 <= part.draws < part.wanted == 40
    shorter = detente.forecast(dispute, 6, draws=part.draws, workers=1)
    assert np.array_equal(part.rows.by, shorter.rows.by)
    told = " ".join(str(one) for one in forecast_blocks(part))
    assert f"Interrupted: {part.draws} of 40 draws" in told
    seen: list[str] = []
    whole = detente.forecast(
        dispute, 6, draws=40, keep=tmp_path, progress=lambda w, _: seen.append(w)
    )
    assert f"{part.draws} of 40 draws" in seen
    assert forecast_document(whole) == forecast_document(detente.forecast(dispute, 6, draws=40))


def test_an_interruption_before_the_draws_tells_what_is_known() -> None:
    dispute = detente.load("elmira")

    def stopped_at(start: str) -> str:
        def interrupt(what: str, _: float) -> None:
            if what.startswith(start):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt) as stopped:
            detente.forecast(dispute, 6, draws=40, progress=interrupt)
        return str(stopped.value)

    assert stopped_at("assumptions changed: as assumed") == "nothing was complete yet"
    stated = detente.forecast(dispute, 6, draws=0, odds=(2, 20)).readings[0]
    for start in ("assumptions changed: odds inf", "likeliest courses", "0 of 40 draws"):
        told = stopped_at(start)
        assert "no draw was complete yet" in told
        for chance in stated.by:
            assert f"{chance:.1%}" in told


def test_who_carries_play_is_told_in_the_first_draws() -> None:
    dispute = detente.load("elmira")
    first = detente.forecast(dispute, 4, draws=CARRIER_DRAWS)
    more = detente.forecast(dispute, 4, draws=CARRIER_DRAWS + 10)
    assert np.array_equal(first.carried_by_movers, more.carried_by_movers)
    assert np.array_equal(first.carried_by_options, more.carried_by_options)
    assert "in the first 64 draws" in " ".join(str(one) for one in forecast_blocks(more))
    assert "in the first" not in " ".join(str(one) for one in forecast_blocks(first))


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_killed_worker_of_a_cluster_loses_nothing(tmp_path: Path) -> None:
    import distributed

    dispute = detente.load("elmira")
    killed: list[int] = []
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        processes = sorted(client.run(os.getpid).values())

        def kill(what: str, done: float) -> None:
            if done > 0 and what.endswith("of 400 draws") and not killed:
                killed.append(processes[0])
                os.kill(processes[0], signal.SIGKILL)

        shared = detente.forecast(
            dispute,
            6,
            draws=400,
            scheduler=cluster.scheduler_address,
            keep=tmp_path,
            progress=kill,
        )
    assert killed
    one = detente.forecast(dispute, 6, draws=400, workers=1)
    assert forecast_document(shared) == forecast_document(one)
    assert forecast_document(detente.forecast(dispute, 6, draws=400, keep=tmp_path)) == (
        forecast_document(one)
    )


def test_a_damaged_file_of_draws_is_computed_again(tmp_path: Path) -> None:
    dispute = detente.load("elmira")
    whole = detente.forecast(dispute, 6, draws=12, keep=tmp_path)
    for path in tmp_path.glob("draws-*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    assert forecast_document(detente.forecast(dispute, 6, draws=12, keep=tmp_path)) == (
        forecast_document(whole)
    )


def test_a_folder_with_another_run_is_refused(tmp_path: Path) -> None:
    dispute = detente.load("elmira")
    detente.forecast(dispute, 6, draws=4, keep=tmp_path)
    with pytest.raises(detente.DisputeError, match="another run"):
        detente.forecast(dispute, 7, draws=4, keep=tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--odds", "0"], "odds are numbers from 1"),
        (["--odds", "20:2"], "from the least to the greatest"),
        (["--odds", "two"], "odds are one number"),
        (["--odds", "2:inf"], "has an end"),
        (["--odds", "nan"], "odds are numbers from 1"),
        (["--steps", "-1"], "from 1 to 10,000 steps"),
        (["--steps", "0"], "from 1 to 10,000 steps"),
        (["--tempo", "moe=-1"], "from 0 on"),
        (["--tempo", "moe"], "is not ID=N"),
        (["--tempo", "moo=1"], "which is no mover"),
        (["--to", "moe.nothing"], "moe.nothing"),
        (["--to", "not true"], "holds in no feasible state"),
        (["--picture", "a.bmp"], "a picture's name ends in"),
    ],
)
def test_bad_input_is_told_in_one_message(arguments: list[str], message: str) -> None:
    found = run("elmira", "--draws", "2", *arguments)
    assert found.exit_code == 2
    assert message in " ".join(found.output.split())
    assert "Traceback" not in found.output


def test_a_dispute_without_a_status_quo_is_refused() -> None:
    found = run("prisoners-dilemma")
    if detente.load("prisoners-dilemma").status_quo is None:
        assert found.exit_code == 2
        assert "status quo" in found.output


def test_tables_begin_with_a_sentence_and_tell_what_is_assumed() -> None:
    found = run("elmira", "--draws", "20", "--to", "uniroyal.abandon", "--order", "any")
    text = " ".join(found.output.split())
    assert found.exit_code == 0
    assert text.index("Within 12 steps") < text.index("Odds are not known")
    assert "ranks are not intensities" in text
    assert "Least and greatest probability over all orders" in text


def test_pictures_are_drawn(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("fan.svg", "stream.svg", "curve.svg")]
    options = ["--picture", "--stream", "--curve"]
    given = [word for pair in zip(options, map(str, paths), strict=True) for word in pair]
    found = run("elmira", "--draws", "10", *given)
    assert found.exit_code == 0, found.output
    for path in paths:
        assert "Uniroyal" in path.read_text(encoding="utf-8")


def test_a_page_shows_each_of_the_pictures() -> None:
    forecast = analysis_named("forecast")
    asked = parameters_from(forecast.parameters, {"draws": 4, "steps": 3})
    found = forecast.run(detente.load("elmira"), asked, None)
    assert forecast.pictures is not None
    assert list(forecast.pictures) == ["fan", "stream", "curve"]
    titles = {draw(found, asked).title for draw in forecast.pictures.values()}
    assert len(titles) == 3


def test_bounds_hold_what_is_drawn_in_between() -> None:
    result = detente.forecast(detente.load("elmira"), 12, draws=0, odds=4, order="any")
    assert result.bounds is not None
    assert (result.bounds.by_least <= result.by + 1e-12).all()
    assert (result.by <= result.bounds.by_most + 1e-12).all()


def test_a_base_rate_stands_beside_the_numbers_and_changes_none() -> None:
    elmira = detente.load("elmira")
    rated = dataclasses.replace(elmira, reference_class="mid-since-1946")
    one = forecast_document(detente.forecast(elmira, 4, draws=0, odds=5))
    two = forecast_document(detente.forecast(rated, 4, draws=0, odds=5))
    rate = two.pop("base_rate")
    assert (rate["events"], rate["cases"]) == (29, 1726)
    assert one == two
    told = " ".join(
        str(part) for part in forecast_blocks(detente.forecast(rated, 4, draws=0, odds=5))
    )
    assert "not part of these numbers" in told


def test_tempo_comes_from_the_file_and_salience() -> None:
    korea = detente.load("korea-2017")
    assert tempo_in(korea, None, False)[0] == pytest.approx(1.35, abs=0.01)
    parties = (dataclasses.replace(korea.parties[0], tempo=3.0), *korea.parties[1:])
    slower = dataclasses.replace(korea, parties=parties)
    assert tempo_in(slower, None, False)[0] == 3.0
    assert tempo_in(slower, {"dprk": 2}, False)[0] == 2.0
    assert tempo_in(detente.load("elmira"), None, False) == (1.0, 1.0, 1.0)
