"""A library is imported without one that it loads beside, and nothing else notices."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from detente.dispute import imports
from detente.dispute.imports import imported_without

SCORES = """
import sys
from detente.dispute.imports import imported_without
{before}
scores = imported_without("scoringrules", "numba")
assert scores.brier_score(1.0, 0.25) == 0.5625
assert ("numba" in sys.modules) == {loaded}
import numba
assert numba.njit(lambda one: one + 1)(1) == 2
"""


@pytest.mark.parametrize("before", ["", "import numba"])
def test_scores_without_what_they_compile(before: str) -> None:
    code = SCORES.format(before=before, loaded=bool(before))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("threads", [1, 2])
def test_what_cannot_do_without_the_other_gets_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, threads: int
) -> None:
    met: list[ModuleType | None] = []
    other, stand_in = ModuleType("other"), ModuleType("other")
    (tmp_path / "needs_other.py").write_text(
        "import sys\nsys.met.append(sys.modules['other'])\nimport other\nother.there\n"
    )
    other.there = True  # type: ignore[attr-defined]
    monkeypatch.setattr(sys, "met", met, raising=False)
    monkeypatch.setitem(sys.modules, "other", other)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(imports, "active_count", lambda: threads)
    try:
        imported_without("needs_other", "other", stand_in)
    finally:
        sys.modules.pop("needs_other", None)
    assert met == ([stand_in, other] if threads == 1 else [other])
    assert sys.modules["other"] is other


def test_what_is_not_installed_is_missed_by_its_name() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        imported_without("no_such_library", "numba")
