"""Kernels compiled ahead: once, and then no analysis compiles any."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detente.analyses import kernels_ahead
from detente.analyses.registry import all_analyses
from detente.cli import detente
from detente.space import kernel_cache

# A command, and at the end on stderr the kernels of detente that were compiled for it.
COUNTED = """
import sys
from detente.analyses.kernels_ahead import _listening
from detente.cli import detente

compiled = []
with _listening(compiled.append):
    detente(sys.argv[1:], standalone_mode=False)
print("compiled:", *compiled, file=sys.stderr)
"""

COMMANDS = [
    ["robust", "korea-2017", "--draws", "1100", "--check-draws", "2"],
    ["claims", "korea-2017"],
    ["coalitions", "korea-2017"],
    ["formats", "korea-2017"],
    ["analyse", "korea-2017"],
    ["roadmap", "repair", "korea-2017", "russia_2017"],
    ["report", "korea-2017", "--output", "report.html"],
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for kernels, for one analysis that has none."""
    monkeypatch.setattr(kernels_ahead, "kernel_root", lambda: tmp_path)
    quick = [one for one in all_analyses() if one.name == "paths"]
    monkeypatch.setattr(kernels_ahead, "all_analyses", lambda: tuple(quick))
    return tmp_path


def test_a_second_time_there_is_nothing_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "ahead-of-another-version.json").touch()
    first = CliRunner().invoke(detente, ["compile"]).output
    assert first.startswith("Compiled 0 functions in ")
    assert first.endswith(f" seconds. Kept in {folder}\n")
    assert [path.name for path in folder.iterdir()] == [
        f"ahead-{kernels_ahead._version()}.json",
    ]
    monkeypatch.setattr(kernels_ahead, "all_analyses", None)
    second = CliRunner().invoke(detente, ["compile"]).output
    assert second == f"Nothing to do: all is compiled, and kept in {folder}\n"


def test_without_a_folder_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels_ahead, "kernel_root", lambda: None)
    ended = CliRunner().invoke(detente, ["compile"])
    assert ended.exit_code == 4
    assert "compiled kernels can be kept nowhere" in ended.output


def test_another_version_of_the_source_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "space").mkdir()
    module = tmp_path / "space" / "kernels.py"
    monkeypatch.setattr(kernels_ahead, "_PACKAGE", tmp_path)
    found = set()
    for text in ("one", "two"):
        module.write_text(text)
        found.add(kernels_ahead._version())
    assert len(found) == 2


@pytest.mark.long
def test_no_command_compiles_what_was_compiled_ahead(tmp_path: Path) -> None:
    environment: dict[str, Any] = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kernels")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )

    assert run(sys.executable, "-m", "detente", "compile").stdout.startswith("Compiled ")
    for command in COMMANDS:
        told = run(sys.executable, "-c", COUNTED, *command).stderr
        assert told.splitlines()[-1] == "compiled:", command


def test_what_is_compiled_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_cache, "kernel_folder", lambda module: None)
    from detente.space import kernels

    compiled: list[str] = []
    with kernels_ahead._listening(compiled.append):
        from numba import types

        part: Any = kernels._copy
        fresh = type(part)(part.py_func, part._options)
        fresh.part.compile((types.int32[::1], types.int32[::1]))
    assert len(compiled) == 1
    assert compiled[0].startswith("detente.space.kernels._copy ")
