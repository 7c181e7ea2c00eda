"""Kernels that an earlier process has compiled are used for a cube that is not large."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import detente
from detente.space import cube, kept_kernels
from detente.space.cube import Hypercube
from detente.space.graph_model import GraphModel, build_graph_model


@pytest.fixture
def model() -> GraphModel:
    return build_graph_model(detente.load("garrison-diversion"))


@pytest.mark.parametrize("improving", [False, True])
def test_what_is_kept_is_used(
    model: GraphModel, improving: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned = Hypercube(model.moves, model.position_ranks, compiled_from=2**40)
    wanted = scanned.worst_response(scanned.ranks[0], [1, 2], improving=improving)
    used: list[bool] = []
    respond = Hypercube._respond_compiled

    def noted(graph: Hypercube, worst: np.ndarray, mover: int, better: bool) -> bool:  # type: ignore[type-arg]
        used.append(better)
        return respond(graph, worst, mover, better)

    monkeypatch.setattr(Hypercube, "_respond_compiled", noted)
    monkeypatch.setattr(cube, "KEPT_FROM", 1)
    monkeypatch.setattr(cube, "LOADED_FROM", 2**40)
    monkeypatch.setattr(cube, "kept_kernels", lambda _: frozenset({"_least_reached"}))
    found = Hypercube(model.moves, model.position_ranks).worst_response(
        model.position_ranks[0], [1, 2], improving=improving
    )
    assert found.tolist() == wanted.tolist()
    assert bool(used) is not improving


def test_names_of_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_least_reached-70.0a.code", "_least_reached-70.0b.code", "_other-1.nbi"):
        (tmp_path / name).touch()
    monkeypatch.setattr(kept_kernels, "kernel_folder", lambda _: tmp_path)
    monkeypatch.setattr(kept_kernels, "tried", lambda: True)
    found = kept_kernels.kept_kernels.__wrapped__
    assert found("any") == {"_least_reached"}
    monkeypatch.setattr(kept_kernels, "tried", lambda: False)
    assert not found("any")


def test_only_what_pays_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr(kept_kernels, "import_module", imported.append)
    monkeypatch.setattr(kept_kernels, "tried", lambda: True)
    kept_kernels.compiled_once("small", kept_kernels.KEPT_FROM - 1)
    kept_kernels.compiled_once("large", kept_kernels.KEPT_FROM)
    assert imported == ["large"]
