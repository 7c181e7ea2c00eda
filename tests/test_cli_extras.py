"""What a plain install lacks is named with the extra that brings it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli import detente
from detente.cli.extras import missing_extra


@pytest.mark.parametrize(
    ("module", "words", "extra"),
    [
        ("ortools", ["inverse", "prisoners-dilemma", "--make", "2"], "solver"),
        ("polars", ["analyse", "elmira", "--format", "csv"], "tables"),
        ("matplotlib", ["formats", "elmira", "--all", "--picture", "x.svg"], "report"),
        ("mcp", ["serve", "--mcp"], "assistants"),
        ("graphviz", ["convert", "elmira", "x.dot"], "graphviz"),
        ("docx", ["report", "elmira", "-o", "x.docx"], "report"),
    ],
)
def test_the_extra_is_named(
    module: str,
    words: list[str],
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(detente, words)
    assert result.exit_code == 4, result.output
    assert f"pip install 'detente[{extra}]'" in result.output


def test_a_module_that_no_extra_brings_is_not_called_missing() -> None:
    assert missing_extra(ModuleNotFoundError("no", name="detente.nothing")) is None
