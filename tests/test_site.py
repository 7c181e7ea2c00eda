"""The site is built from the documents, and no link in it is dead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("builder", ["html", "man"])
def test_the_site_is_built_without_a_warning(builder: str, tmp_path: Path) -> None:
    """A link that leads nowhere, and a page that no list names, is a warning."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder]
    ended = subprocess.run(
        [*command, str(ROOT / "docs"), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    made = "index.html" if builder == "html" else "detente.1"
    assert "detente" in (tmp_path / made).read_text()
