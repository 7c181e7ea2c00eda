"""The sweep: the same result in whatever way it is computed, and after whatever happened."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from jsonschema import validate

import detente
from detente import DisputeError, EnvironmentFault, Robustness, Uncertainty, analyse_robustness
from detente.cli import detente as command_line
from detente.robustness.drivers import drivers
from detente.robustness.engine.batch import Batch, batch
from detente.robustness.run import sweep
from detente.robustness.run.settings import ChunkResult, SweepSettings
from detente.robustness.run.stretches import Stretch
from detente.robustness.run.sweep import run_stretch

CASE = "cuban-missile-crisis"


def same(one: Robustness, other: Robustness) -> None:
    assert one.draws == other.draws
    for name in ("held", "as_stated", "together", "counts", "stated", "flipped"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@pytest.fixture(scope="module")
def expected() -> Robustness:
    return analyse_robustness(detente.load(CASE), 3500, seed=4)


def test_any_number_of_workers(expected: Robustness) -> None:
    for workers in (1, 3):
        same(expected, analyse_robustness(detente.load(CASE), 3500, seed=4, workers=workers))


def test_fewer_draws_are_the_first_of_more(expected: Robustness) -> None:
    prepared = batch(expected.dispute)
    first = run_stretch(expected.plan, prepared, Stretch(0, 1000)).findings
    few = run_stretch(expected.plan, prepared, Stretch(0, 10)).findings
    np.testing.assert_array_equal(few, first[:10])


def test_the_first_draws_count_whether_or_not_they_are_analysed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """States to follow are chosen by them, where not all are followed."""
    described = {
        "dispute": "d",
        "parties": {
            one: {
                "options": {name: name for name in names},
                "preferences": [f"not {other}.x", *names, f"{one}.x iff {other}.y"],
            }
            for one, names, other in (("a", "xyz", "b"), ("b", "xy", "a"))
        },
        "outcomes": {"quiet": "not a.x and not b.x", "loud": "a.x or b.x"},
    }
    dispute = detente.build_dispute(described)
    analysed: list[int] = []
    usual = Batch.analyse

    def analyse(prepared: Batch, drawn: Any, states: Any = None) -> Any:
        analysed.append(len(drawn[0].place))
        return usual(prepared, drawn, states)

    monkeypatch.setattr(Batch, "analyse", analyse)
    once = analyse_robustness(dispute, 1010, workers=2)
    assert sum(analysed) == 10 + 1 + len(once.inputs)
    kept = analyse_robustness(dispute, 1000, workers=2, keep=tmp_path)
    same(analyse_robustness(dispute, 1010, workers=1, keep=tmp_path), once)
    monkeypatch.setattr(sweep, "_KEPT_OF_PILOT", 0)
    analysed.clear()
    same(analyse_robustness(dispute, 1010, workers=2), once)
    assert sum(analysed) == 2010 + 1 + len(once.inputs)
    same(analyse_robustness(dispute, 1000, workers=2), kept)
    assert once.findings == kept.findings
    assert len(once.findings) < 5 * 32


def test_what_is_counted_is_what_the_chunks_hold(expected: Robustness) -> None:
    prepared = batch(expected.dispute)
    ends = [0, 1000, 2000, 3000, 3500]
    chunks = [run_stretch(expected.plan, prepared, Stretch(*one)) for one in pairwise(ends)]
    findings = np.concatenate([one.findings for one in chunks])
    stated = np.concatenate([one.inputs for one in chunks])
    assert expected.draws == 3500 == len(findings)
    np.testing.assert_array_equal(expected.held, findings.sum(axis=0))
    place = int(np.argmin(np.abs(findings.mean(axis=0) - 0.5)))
    for driver in drivers(expected, place):
        column = stated[:, [one.id for one in expected.inputs].index(driver.input.id)]
        if column.all():
            continue
        assert driver.as_stated == pytest.approx(findings[column, place].mean())
        assert driver.otherwise == pytest.approx(findings[~column, place].mean())


def test_beyond_chance_is_what_the_chi_square_test_says() -> None:
    from scipy.stats import chi2_contingency

    result = analyse_robustness(detente.load("elmira"), 300, seed=3, concepts=["SEQ"])
    told = {True: 0, False: 0}
    for place in range(len(result.findings)):
        held = int(result.held[place])
        order = {one.id: number for number, one in enumerate(result.inputs)}
        for driver in drivers(result, place):
            number = order[driver.input.id]
            stated, both = int(result.as_stated[number]), int(result.together[number, place])
            otherwise = result.draws - stated
            table = [[both, stated - both], [held - both, otherwise - held + both]]
            if not all(map(sum, [*table, *zip(*table, strict=True)])):
                assert not driver.beyond_chance
                continue
            chance = chi2_contingency(table, correction=True).pvalue
            assert driver.beyond_chance == (chance < 0.001)
            told[driver.beyond_chance] += 1
    assert min(told.values()) > 5


def test_index_is_the_explained_variance() -> None:
    # Party a prefers its option by its only statement; the option is taken at the equilibrium
    # exactly where the statement is held.
    parties = {
        "a": {
            "name": "A",
            "options": {"x": "x"},
            "preferences": [{"prefer": "x", "confidence": 0.4}],
        },
        "b": {"name": "B", "options": {"y": "y"}, "preferences": [{"prefer": "y"}]},
    }
    dispute = detente.build_dispute({"dispute": "One", "parties": parties})
    result = analyse_robustness(
        dispute, 1000, uncertainty=Uncertainty(confidence=1), concepts=["Nash"]
    )
    place = result.finding("state", "3", "Nash")
    (first, second) = drivers(result, place)
    assert (first.input.id, first.as_stated, first.otherwise) == ("a.1", 0.0, 1.0)
    assert first.index == pytest.approx(1)
    assert first.flips
    assert (second.input.id, second.index) == ("b.1", 0)
    assert result.share(place).low < 0.6 < result.share(place).high
    assert result.share(result.finding("state", "4", "Nash")).value == 1


def test_a_run_goes_on_where_it_was_cut_off(
    expected: Robustness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[int] = []

    def cut_off(plan: SweepSettings, prepared: Batch, stretch: Stretch) -> ChunkResult:
        if len(computed) == 3:
            raise KeyboardInterrupt
        computed.append(stretch.chunk)
        return run_stretch(plan, prepared, stretch)

    monkeypatch.setattr(sweep, "_draws_at_a_time", lambda prepared: 500)
    monkeypatch.setattr(sweep, "run_stretch", cut_off)
    partly = analyse_robustness(detente.load(CASE), 3500, seed=4, keep=tmp_path, workers=1)
    assert (partly.draws, partly.wanted) == (1500, 3500)
    # All that ended is kept, also of the chunk that did not.
    assert draws_kept(tmp_path) == list(range(1500))
    monkeypatch.setattr(sweep, "run_stretch", run_stretch)
    same(expected, analyse_robustness(detente.load(CASE), 3500, seed=4, keep=tmp_path))
    assert draws_kept(tmp_path) == list(range(3500))
    # Nothing more is computed.
    monkeypatch.setattr(sweep, "run_stretch", cut_off)
    same(expected, analyse_robustness(detente.load(CASE), 3500, seed=4, keep=tmp_path))
    # More draws of the same run, and fewer, which leave what there is as it is.
    monkeypatch.setattr(sweep, "run_stretch", run_stretch)
    for draws in (4200, 3600, 700):
        found = analyse_robustness(detente.load(CASE), draws, seed=4, keep=tmp_path)
        same(found, analyse_robustness(detente.load(CASE), draws, seed=4))
        assert draws_kept(tmp_path) == list(range(4200))


def draws_kept(folder: Path) -> list[int]:
    numbers = [pl.read_parquet(path)["draw"].to_list() for path in folder.glob("draws-*.parquet")]
    return sorted(chain(*numbers))


@pytest.fixture(scope="module")
def kept_before(tmp_path_factory: pytest.TempPathFactory, expected: Robustness) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    analyse_robustness(detente.load(CASE), 3500, seed=4, keep=folder)
    return folder


def _changed(name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / name
        change(pl.read_parquet(path)).write_parquet(path)

    return damage


def _written(name: str, content: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / name).write_bytes(content((folder / name).read_bytes()))

    return damage


DRAWS, STATES = "draws-000001000.parquet", "states-000001000.parquet"
DAMAGE: dict[str, Callable[[Path], None]] = {
    "no table": _written(DRAWS, lambda content: b"damaged"),
    "cut off": _written(DRAWS, lambda content: content[:-100]),
    "empty": _written(DRAWS, lambda content: b""),
    "other draws": _changed(DRAWS, lambda table: table.with_columns(pl.col("draw") + 1)),
    "fewer draws": _changed(DRAWS, lambda table: table[:-1]),
    "numbers": _changed(DRAWS, lambda table: table.cast(pl.UInt32)),
    "states cut off": _written(STATES, lambda content: content[:-100]),
    "no states": lambda folder: (folder / STATES).unlink(),
    "fewer states": _changed(STATES, lambda table: table[1:]),
    "other columns": _changed(STATES, lambda table: table.rename({"Nash": "nash"})),
    "unknown states": _changed(STATES, lambda table: table.with_columns(pl.col("state") + 10**6)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_computed_again(
    expected: Robustness,
    kept_before: Path,
    tmp_path: Path,
    damage: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "kept"
    shutil.copytree(kept_before, folder)
    DAMAGE[damage](folder)
    computed: list[int] = []

    def counted(plan: SweepSettings, prepared: Batch, stretch: Stretch) -> ChunkResult:
        found = run_stretch(plan, prepared, stretch)
        computed.extend(range(found.first, found.last))
        return found

    monkeypatch.setattr(sweep, "run_stretch", counted)
    same(expected, analyse_robustness(detente.load(CASE), 3500, seed=4, keep=folder))
    assert sorted(computed) == list(range(1000, 2000))
    same(expected, analyse_robustness(detente.load(CASE), 3500, seed=4, keep=folder))
    assert len(computed) == 1000


def test_killed_before_the_run_was_described(tmp_path: Path) -> None:
    (tmp_path / ".run.json.abc").write_text("{")
    assert analyse_robustness(detente.load("chicken"), 10, keep=tmp_path).draws == 10


def test_draws_one_by_one_are_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = detente.load("chicken")
    expected = analyse_robustness(loaded, 30, seed=2, packages=True)
    computed: list[int] = []

    def cut_off(plan: SweepSettings, prepared: Batch, stretch: Stretch) -> ChunkResult:
        if len(computed) == 5:
            raise KeyboardInterrupt
        found = run_stretch(plan, prepared, stretch)
        computed.append(found.last - found.first)
        return found

    monkeypatch.setattr(sweep, "run_stretch", cut_off)
    for _ in range(2):
        found = analyse_robustness(loaded, 30, seed=2, packages=True, keep=tmp_path, workers=1)
        computed.clear()
    assert found.draws == 30
    same(found, expected)


def test_another_run_is_refused(tmp_path: Path) -> None:
    dispute = detente.load("chicken")
    analyse_robustness(dispute, 10, keep=tmp_path)
    with pytest.raises(DisputeError, match="another run"):
        analyse_robustness(dispute, 10, seed=1, keep=tmp_path)
    with pytest.raises(DisputeError, match="another run"):
        analyse_robustness(dispute, 10, uncertainty=Uncertainty(swap=0.5), keep=tmp_path)
    (tmp_path / "run.json").unlink()
    with pytest.raises(DisputeError, match="something else"):
        analyse_robustness(dispute, 10, keep=tmp_path)


def test_unknown_statements_are_enumerated() -> None:
    parties = {
        "a": {
            "name": "A",
            "options": {"x": "x"},
            "preferences": [{"prefer": "x", "unknown": True}],
        },
        "b": {"name": "B", "options": {"y": "y"}, "preferences": ["y"]},
    }
    dispute = detente.build_dispute({"dispute": "One", "parties": parties})
    result = analyse_robustness(
        dispute, 100, uncertainty=Uncertainty(confidence=1), concepts=["Nash"]
    )
    assert result.share(result.finding("state", "4", "Nash")).held == 50
    assert result.share(result.finding("state", "3", "Nash")).held == 50


@pytest.mark.parametrize(
    "given", [{"draws": 0}, {"seed": -1}, {"states": [99]}, {"scheduler": "nowhere"}]
)
def test_bad_input(given: dict[str, object]) -> None:
    with pytest.raises(DisputeError):
        analyse_robustness(detente.load("chicken"), **{"draws": 10, **given})  # type: ignore[arg-type]


# The command -------------------------------------------------------------------------------


def test_command(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        result = CliRunner(env={"COLUMNS": "80"}).invoke(command_line, ["robust", CASE, *words])
        assert result.exit_code == 0, result.output
        return result.output

    shown = run("--draws", "200", "--swap", "0.3")
    assert max(map(len, shown.splitlines())) <= 80
    assert "Share of the draws in which an outcome contains an equilibrium" in shown
    document = json.loads(run("--draws", "200", "--format", "json"))
    schema = json.loads(CliRunner().invoke(command_line, ["schema", "robustness"]).output)
    validate(document, schema)
    pictures = [tmp_path / "one.svg", tmp_path / "two.png"]
    run("--draws", "200", "--picture", str(pictures[0]), "--heat-map", str(pictures[1]))
    assert all(path.stat().st_size > 1000 for path in pictures)


def test_draws_one_by_one_are_told_of_piece_by_piece() -> None:
    # This case has no packages, so that only the way of computing differs.
    loaded = detente.load("chicken")
    expected = analyse_robustness(loaded, 30, seed=2)
    seen = []

    def progress(what: str, share: float) -> None:
        if what.endswith("30 draws"):
            seen.append(what)
            if len(seen) > 10:
                raise KeyboardInterrupt

    found = analyse_robustness(loaded, 30, seed=2, packages=True, progress=progress, workers=1)
    assert seen[:2] == ["0 of 30 draws", "4 of 30 draws"]
    assert len(seen) == 9
    for name in ("held", "as_stated", "together", "counts", "stated", "flipped"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    cut_off = analyse_robustness(loaded, 30, seed=2, packages=True, progress=progress, workers=1)
    assert (cut_off.draws, cut_off.wanted) == (4, 30)


def test_packages_as_moves(tmp_path: Path) -> None:
    path = tmp_path / "stop.yaml"
    path.write_text(
        "dispute: Stop\n"
        "parties:\n"
        "  a: {options: {stop: Stop}, preferences: [b.stop, not stop]}\n"
        "  b: {options: {stop: Stop}, preferences: [a.stop, not stop]}\n"
        "packages: {both: {parties: [a, b], set: {a.stop: yes, b.stop: yes}}}\n"
        "status_quo: {}\n"
    )
    loaded = detente.load(path)
    certain = Uncertainty(confidence=1, swap=0)
    arguments: dict[str, Any] = {"concepts": ["Nash"], "uncertainty": certain}
    # Neither stops alone, but the two would together.
    for packages, share in ((False, 1), (True, 0)):
        found = analyse_robustness(
            loaded, 3, packages=packages, keep=tmp_path / str(packages), **arguments
        )
        assert found.state_share(1, "Nash").value == share
    with pytest.raises(detente.DisputeError, match="holds another run"):
        analyse_robustness(loaded, 3, packages=False, keep=tmp_path / "True", **arguments)
    with pytest.raises(detente.DisputeError, match="SIM is not defined with packages"):
        analyse_robustness(loaded, 3, packages=True, concepts=["SIM"])
    words = ["robust", str(path), "-n", "3", "--packages"]
    assert "Packages count as moves." in " ".join(
        CliRunner().invoke(command_line, words).output.split()
    )
    content = json.loads(CliRunner().invoke(command_line, [*words, "--format", "json"]).output)
    validate(content, json.loads(CliRunner().invoke(command_line, ["schema", "robustness"]).output))
    assert content["packages"] is True
    robustness = tmp_path / "r.json"
    robustness.write_text(json.dumps(content))
    asked = ["report", str(path), "--robustness", str(robustness), "-o", str(tmp_path / "r.md")]
    assert CliRunner().invoke(command_line, asked).exit_code == 0
    page = (tmp_path / "r.md").read_text("utf-8")
    assert "Packages count as moves in every draw." in page
    assert "--concepts Nash,GMR,SMR,SEQ,SSEQ --packages" in page


@pytest.mark.parametrize(
    "words",
    [
        ["--finding", "x"],
        ["--finding", "x", "--picture", "never.svg"],
        ["--unknown", "us"],
        ["--unknown", "us.99"],
        ["--states", "a"],
        ["--states", "9999"],
        ["--scheduler", "tcp:/x"],
        ["--draws", "1" + "0" * 30],
        ["--concepts", ","],
        ["-o", "no/such/folder.txt"],
        ["--heat-map", "no/such/folder.png"],
        ["--picture", "never.bmp"],
        ["--picture", "never.png", "--heat-map", "never.png"],
    ],
)
def test_command_with_bad_input(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def begun(*_: object, **__: object) -> None:
        raise AssertionError("work began")

    if words[0] not in ("--unknown", "--states", "--scheduler"):
        monkeypatch.setattr("detente.robustness.run.sweep.analyse_robustness", begun)
    result = CliRunner().invoke(command_line, ["robust", CASE, "--draws", "20", *words])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_picture_of_what_was_not_followed_costs_only_the_picture(tmp_path: Path) -> None:
    picture = tmp_path / "tornado.png"
    words = ["robust", "garrison-diversion", "--draws", "20", "--concepts", "Nash"]
    result = CliRunner().invoke(
        command_line, [*words, "--picture", str(picture), "--finding", "2:Nash"]
    )
    assert result.exit_code == 2
    assert "Share of the draws in which a state is an equilibrium" in result.output
    assert "--states 2 follows it" in result.output
    assert not picture.exists()
    words += ["--picture", str(picture), "--finding", "2:Nash", "--states", "2"]
    assert CliRunner().invoke(command_line, words).exit_code == 0
    assert picture.exists()


needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")


# On a cluster ------------------------------------------------------------------------------

_RUN = f"""
import sys, detente

if __name__ == "__main__":
    dispute = detente.load("{CASE}")
    given = dict(keep=sys.argv[1], scheduler="local", workers=2)
    detente.analyse_robustness(dispute, 30_500, seed=4, **given)
"""


@pytest.mark.long
@needs_signals
def test_cluster_and_killed_client(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(_RUN)
    kept = tmp_path / "kept"
    process = subprocess.Popen([sys.executable, str(script), str(kept)], start_new_session=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(kept.glob("draws-*"))) < 3:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = len(list(kept.glob("draws-*.parquet")))
    assert before >= 3
    dispute = detente.load(CASE)
    plain = analyse_robustness(dispute, 30_500, seed=4, workers=1)
    same(plain, analyse_robustness(dispute, 30_500, seed=4, keep=kept, scheduler="threads"))
    assert pl.read_parquet(kept / "draws-*.parquet").height == 30_500


@pytest.mark.long
@needs_signals
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("lost", [1, 2])
def test_cluster_and_killed_workers(lost: int) -> None:
    import distributed

    dispute = detente.load(CASE)
    plain = analyse_robustness(dispute, 12_000, seed=4, workers=1)
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
            if done > 0 and what.endswith("of 12,000 draws") and not killed:
                killed.extend(processes[:lost])
                for process in killed:
                    os.kill(process, signal.SIGKILL)

        address = cluster.scheduler_address
        same(plain, analyse_robustness(dispute, 12_000, seed=4, scheduler=address, progress=kill))
    assert killed


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.robustness.run.cluster._PATIENCE", "1s")
    with pytest.raises(EnvironmentFault, match="no Dask scheduler"):
        analyse_robustness(detente.load(CASE), 10, scheduler="tcp://127.0.0.1:9")


@contextmanager
def cluster_in_this_process() -> Iterator[Any]:
    import distributed

    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=51,
    ) as cluster:
        yield cluster


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_lost_scheduler(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dispute = detente.load(CASE)
    with cluster_in_this_process() as cluster:

        def lose(what: str, done: float) -> None:
            if what == "1,000 of 9,000 draws":
                cluster.close()

        given: dict[str, Any] = {"seed": 4, "keep": tmp_path}
        with pytest.raises(EnvironmentFault, match=r"scheduler at .* was lost"):
            analyse_robustness(
                dispute, 9000, scheduler=cluster.scheduler_address, progress=lose, **given
            )
    assert "Traceback" not in "".join(capfd.readouterr())
    assert len(draws_kept(tmp_path)) >= 1000
    same(analyse_robustness(dispute, 9000, **given), analyse_robustness(dispute, 9000, seed=4))


def test_workers_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.robustness.run.cluster.__version__", "99")
    with (
        cluster_in_this_process() as cluster,
        pytest.raises(EnvironmentFault, match=f"has detente {detente.__version__}; it needs 99"),
    ):
        analyse_robustness(detente.load(CASE), 10, scheduler=cluster.scheduler_address)


def test_an_error_of_a_worker_is_told_as_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: Any) -> None:
        raise DisputeError("these cannot be drawn", key="parties.us")

    monkeypatch.setattr("detente.robustness.run.sweep.run_stretch", fails)
    with cluster_in_this_process() as cluster:
        words = ["robust", CASE, "--scheduler", cluster.scheduler_address]
        result = CliRunner().invoke(command_line, words)
    assert result.exit_code == 2
    assert result.output == "detente: parties.us: these cannot be drawn\n"


_TOLD = f"""
import sys, detente

def progress(what, done):
    print(f"{{what}} {{done > 0}}", flush=True)

if __name__ == "__main__":
    dispute = detente.load("{CASE}")
    found = detente.analyse_robustness(
        dispute, 500_000, seed=4, scheduler=sys.argv[1], workers=2, progress=progress
    )
    print(f"known: {{found.draws}}")
"""


@pytest.mark.long
@needs_signals
@pytest.mark.parametrize(
    ("scheduler", "when", "code"),
    [
        ("threads", "draws True", 0),
        ("local", "processes are started False", 1),
        ("local", "draws True", 0),
    ],
)
def test_interrupted_from_the_terminal(
    scheduler: str, when: str, code: int, tmp_path: Path
) -> None:
    """Ctrl-C reaches all processes of the terminal, here twice; only the first one answers."""
    import psutil

    script = tmp_path / "run.py"
    script.write_text(_TOLD)
    process = subprocess.Popen(
        [sys.executable, str(script), scheduler],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    started = []
    for line in process.stdout:
        if line.endswith(f"{when}\n"):
            break
    if code:
        time.sleep(0.7)
    started = psutil.Process(process.pid).children(recursive=True)
    assert bool(started) == (scheduler == "local")
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.1)
    shown, errors = process.communicate(timeout=30)
    if code:
        # Nothing was known: the interruption goes on to who asked.
        assert errors.count("Traceback") == 1
        assert errors.endswith("\nKeyboardInterrupt\n")
    else:
        assert errors == ""
        assert int(shown.rpartition("known: ")[2]) < 500_000
    _, left = psutil.wait_procs(started, timeout=5)
    assert not left
