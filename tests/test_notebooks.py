"""The notebooks run from top to bottom, and are kept without outputs."""

from __future__ import annotations

import warnings
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import detente

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs").glob("**/*.ipynb"))


def test_there_is_one() -> None:
    assert NOTEBOOKS


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_it_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    with warnings.catch_warnings():
        # What Jupyter's libraries warn of among themselves is theirs.
        warnings.simplefilter("ignore")
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    assert any(cell.outputs for cell in code)


def test_what_no_analysis_declares_shows_itself_too(tmp_path: Path) -> None:
    older, newer = (detente.read_version(name) for name in ("chicken", "prisoners-dilemma"))
    compared = detente.compare_versions(older, newer, switch=False, ask=False)
    assert "<p>From chicken to prisoners-dilemma: 10 differences" in str(compared._repr_html_())
    report = tmp_path / "report.txt"
    report.write_text("Peru demands that Chile <b>opens</b> the port.\n", "utf-8")
    shown = str(detente.read_files([report])._repr_html_())
    assert "<td>Peru</td>" in shown
    assert "<b>" not in shown
