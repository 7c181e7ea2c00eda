"""What Lark makes of grammars is kept, and made anew where it cannot be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from detente.dispute import cache_folder, formula

_ASKED = """
from detente.dispute.formula import _syntax
print(_syntax("a.x and not (b.y or c.z = high) if d"))
"""


def _told(cache: Path) -> str:
    """What another process reads, which keeps grammars in a folder."""
    env = {"XDG_CACHE_HOME": str(cache), "PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", _ASKED], env=env, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the folder is named as Linux does")
def test_a_kept_grammar_is_used_and_a_spoilt_one_is_made_anew(tmp_path: Path) -> None:
    expected = f"{formula._syntax('a.x and not (b.y or c.z = high) if d')}\n"
    kept = tmp_path / "detente" / "grammars" / "formula.pickle"
    assert _told(tmp_path) == expected
    first = kept.read_bytes()
    assert _told(tmp_path) == expected
    assert kept.read_bytes() == first
    spoilt = first[:100]
    kept.write_bytes(spoilt)
    assert _told(tmp_path) == expected
    # Whole again; not the same in each byte, as sets are written in any order.
    again = kept.read_bytes()
    assert len(again) > len(first) // 2
    assert _told(tmp_path) == expected
    assert kept.read_bytes() == again


def test_nothing_is_kept_where_others_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(cache_folder.os, "geteuid"):
        pytest.skip("folders have no modes")
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *given, **more: tmp_path)
    (tmp_path / "grammars").mkdir()
    assert cache_folder.kept_grammar("formula") == str(tmp_path / "grammars" / "formula.pickle")
    (tmp_path / "grammars").chmod(0o777)
    found = cache_folder.kept_grammar("formula")
    assert found is False or not str(found).startswith(str(tmp_path))
