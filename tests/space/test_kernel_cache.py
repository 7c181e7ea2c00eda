"""Compiled kernels are kept where only the user can write, and known by what they are made from."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

import detente
from detente.space import kernel_cache

PACKAGE = Path(detente.__file__).parent
MODULE = "detente.stability.coalition_kernels"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    remembered = (kernel_cache.kernel_root, kernel_cache.kernel_folder, kernel_cache._source)
    for function in remembered:
        function.cache_clear()
    yield
    for function in remembered:
        function.cache_clear()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *given, **more: tmp_path / "cache")
    return tmp_path / "cache"


def test_the_folder_is_the_users_own(cache: Path) -> None:
    root = kernel_cache.kernel_root()
    assert root == cache.resolve() / "kernels"
    if os.name == "posix":
        assert root.stat().st_mode & 0o777 == 0o700


def test_the_folder_may_be_named(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "named"))
    assert kernel_cache.kernel_root() == tmp_path.resolve() / "named" / "kernels"


@pytest.mark.skipif(os.name != "posix", reason="folders have modes")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707, 0o1777])
@pytest.mark.parametrize("which", ["kernels", "."])
def test_a_folder_that_others_may_write_to_is_not_used(
    cache: Path, which: str, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    (cache / "kernels").mkdir(parents=True)
    (cache / which).chmod(mode)
    root = kernel_cache.kernel_root()
    if which == "." and mode == 0o1777:
        # As in /tmp, nobody can replace a folder of somebody else.
        assert root == cache.resolve() / "kernels"
    else:
        assert root == PACKAGE / "__pycache__" / "kernels"
        assert f"others may write to {(cache / which).resolve()}" in caplog.text


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_folder_of_somebody_else_is_not_used(cache: Path) -> None:
    (cache / "kernels").mkdir(parents=True)
    os.chown(cache / "kernels", 12345, -1)
    assert kernel_cache.kernel_root() == PACKAGE / "__pycache__" / "kernels"


def test_where_there_can_be_no_folder_it_is_beside_the_source(cache: Path) -> None:
    cache.write_text("no folder")
    assert kernel_cache.kernel_root() == PACKAGE / "__pycache__" / "kernels"


def modules_with_kernels() -> list[str]:
    return [
        ".".join(["detente", *path.relative_to(PACKAGE).with_suffix("").parts])
        for path in sorted(PACKAGE.rglob("*.py"))
        if "from detente.space.compiling import" in path.read_text("utf-8")
    ]


@pytest.mark.parametrize("module", modules_with_kernels())
def test_a_kernel_is_made_anew_when_anything_that_it_needs_changes(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed, waiting = set(), [module]
    while waiting:
        one = waiting.pop()
        if one in needed:
            continue
        needed.add(one)
        text = kernel_cache._source(one).decode()
        tree = ast.parse(text)
        found = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        waiting += [
            node.module for node in found if node.module and node.module.startswith("detente")
        ]
        waiting += re.findall(r"^# Needs (\S+)$", text, re.MULTILINE)
        # What is imported in another way would not be found.
        assert not [
            node
            for node in tree.body
            if isinstance(node, ast.Import) and "detente" in ast.dump(node)
        ]
    # So that a change elsewhere does not make it compile anew.
    assert not any(one.startswith("detente.dispute") for one in needed), needed
    before = kernel_cache._made_from(module)
    text_of = kernel_cache._source
    for changed in needed:
        monkeypatch.setattr(
            kernel_cache,
            "_source",
            lambda one, changed=changed: text_of(one) + b"#" * (one == changed),
        )
        assert kernel_cache._made_from(module) != before, changed
    monkeypatch.setattr(
        kernel_cache, "_source", lambda one: text_of(one) + b"#" * (one not in needed)
    )
    assert kernel_cache._made_from(module) == before


def test_old_versions_are_forgotten(cache: Path) -> None:
    for number in range(kernel_cache._VERSIONS + 3):
        folder = cache / "kernels" / f"{MODULE}-{number}"
        folder.mkdir(mode=0o700, parents=True)
        os.utime(folder, (number, number))
    newest = kernel_cache.kernel_folder(MODULE)
    left = {folder.name for folder in (cache / "kernels").iterdir()}
    assert newest is not None
    assert newest.name in left
    assert len(left) == kernel_cache._VERSIONS
    assert f"{MODULE}-0" not in left


# Two processes that begin at the same time, and a third with another copy of the source.
COMPILE = """
import sys
import numpy as np
from numba.core import event

compiled = []


class Listener(event.Listener):
    def on_start(self, event):
        compiled.append(event.data["dispatcher"].py_func.__qualname__)

    def on_end(self, event):
        pass


event.register("numba:compile", Listener())
from detente.forecast.kernels import taken_out

print(taken_out(np.ones(3), np.array([True, False, True])), *compiled)
"""


def test_processes_and_copies_of_the_source_compile_a_kernel_once(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def start(source: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", COMPILE],
            env={**environment, "PYTHONPATH": str(source)},
            stdout=subprocess.PIPE,
            text=True,
        )

    two = [start(PACKAGE.parent), start(PACKAGE.parent)]
    told = sorted(process.communicate(timeout=120)[0] for process in two)
    assert told == ["2.0\n", "2.0 taken_out\n"]
    copy = tmp_path / "copy" / "detente"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "static", "cases"))
    third = start(copy.parent)
    assert third.communicate(timeout=120)[0] == "2.0\n"


def test_what_is_compiled_already_runs_without_numba() -> None:
    run = """
import sys
import numpy as np
from detente.forecast.kernels import taken_out

print(taken_out(np.ones(3), np.array([True, False, True])), "numba" in sys.modules)
"""
    for last in (False, True):
        told = subprocess.run(
            [sys.executable, "-c", run], capture_output=True, text=True, check=True
        )
        if last:
            assert told.stdout == "2.0 False\n"
