"""A release is made by one command, in a clone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import detente

ROOT = Path(__file__).parents[1]


def test_the_version_stands_in_the_citation_file() -> None:
    assert f"version: {detente.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the script is for a POSIX shell")
def test_a_release_has_its_version_tag_changelog_and_files(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    tools = Path(sys.executable).parent
    environment = {
        **os.environ,
        "RUN": "env",
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(clone / "src"),
        **{
            f"GIT_{who}_{what}": "t@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    ended = subprocess.run(
        [clone / ".ci" / "release", "minor"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    tag = subprocess.run(
        ["git", "describe", "--tags"], cwd=clone, capture_output=True, text=True, check=True
    ).stdout.strip()
    major, minor, _ = detente.__version__.split(".")
    version = f"{major}.{int(minor) + 1}.0"
    assert tag == f"v{version}"
    assert re.search(
        rf"^## Unreleased\n\n## {version}, \d{{4}}-\d\d-\d\d$",
        (clone / "CHANGELOG.md").read_text(),
        re.M,
    )
    made = {path.name for path in (clone / "dist").iterdir()}
    assert {
        f"detente-{version}-py3-none-any.whl",
        f"detente-{version}.tar.gz",
        "man",
        "site",
    } <= made


@pytest.mark.skipif(sys.platform == "win32", reason="the script is for a POSIX shell")
def test_a_release_of_no_known_kind_is_refused() -> None:
    ended = subprocess.run(
        [ROOT / ".ci" / "release", "huge"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("usage:")
