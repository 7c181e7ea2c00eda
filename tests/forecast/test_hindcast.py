"""The histories of the frozen cases load, and a case that has changed is refused."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

import detente
from detente.dispute.errors import DisputeError
from detente.files.history_file import load_history
from detente.forecast.history import observed_moves

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def hindcast() -> ModuleType:
    made = importlib.util.spec_from_file_location("hindcast", BENCHMARKS / "hindcast.py")
    assert made is not None
    assert made.loader is not None
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(hindcast().HISTORIES))
def test_a_frozen_case_has_a_history_with_sources(name: str) -> None:
    frozen = json.loads((BENCHMARKS / "frozen-cases.json").read_text(encoding="utf-8"))["cases"]
    dispute = hindcast().case(name)
    assert dispute.path is not None
    history = load_history(BENCHMARKS / "histories" / hindcast().HISTORIES[name], dispute)
    assert history.case == name
    assert history.sha256 == frozen[dispute.path.name]
    assert observed_moves(dispute, history.observations)
    cited = {one.id for one in history.sources}
    assert cited
    text = (BENCHMARKS / "histories" / hindcast().HISTORIES[name]).read_text(encoding="utf-8")
    assert text.count("  - on: ") == len(history.observations)
    assert text.count("    source:") == len(history.observations)
    hindcast().check_frozen(dispute.path, history.sha256)


def test_a_case_that_has_changed_is_refused(tmp_path: Path) -> None:
    frozen = json.loads((BENCHMARKS / "frozen-cases.json").read_text(encoding="utf-8"))["cases"]
    original = detente.load("elmira").path
    assert original is not None
    changed = tmp_path / "elmira.yaml"
    changed.write_bytes(original.read_bytes() + b"# One more line.\n")
    with pytest.raises(DisputeError, match="has changed since it was frozen"):
        hindcast().check_frozen(changed, frozen["elmira.yaml"])
    with pytest.raises(DisputeError, match="has changed since this history was written"):
        load_history(BENCHMARKS / "histories" / "elmira-1991.yaml", detente.load(changed))


def test_every_move_of_elmira_is_scored() -> None:
    found = hindcast().scored("elmira")
    assert len(found.moves) == 3
    assert not found.left_out
