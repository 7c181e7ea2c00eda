"""What packages add is found wherever Python finds packages, and quickly where there are none."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.metadata import DistributionFinder, entry_points
from pathlib import Path
from zipfile import ZipFile

import pytest

from detente.dispute import plugins
from detente.dispute.plugins import entry_points_of

GROUP = "detente.analyses"
POINTS = f"[console_scripts]\nx = x:y\n\n[{GROUP}]\nmine = mine:declaration\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Python looks for packages, and the only one."""
    folder = tmp_path / "mine.egg"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), str(tmp_path / "missing")])
    return folder


def found() -> list[str]:
    names = [entry.name for entry in entry_points_of(GROUP)]
    assert names == [entry.name for entry in entry_points(group=GROUP)]
    return names


@pytest.mark.parametrize("place", ["mine-1.0.dist-info", "mine.egg-info", "EGG-INFO"])
def test_a_package_in_a_folder_is_found(folder: Path, place: str) -> None:
    info = folder / place
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    assert found() == []
    (info / "entry_points.txt").write_text(POINTS)
    assert found() == ["mine"]


def test_a_package_in_an_archive_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ZipFile(folder / "mine.zip", "w") as archive:
        archive.writestr("mine-1.0.dist-info/METADATA", "Name: mine\nVersion: 1.0\n")
        archive.writestr("mine-1.0.dist-info/entry_points.txt", POINTS)
    monkeypatch.setattr(sys, "path", [str(folder / "mine.zip")])
    assert found() == ["mine"]


def test_what_another_finder_finds_is_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another test may have loaded a library that has a finder of its own, and that takes from
    # Python's own one how it finds packages.
    monkeypatch.setattr(PathFinder, "find_distributions", lambda *_: [], raising=False)
    finders = [one for one in sys.meta_path if not hasattr(one, "find_distributions")]
    monkeypatch.setattr(sys, "meta_path", [*finders, PathFinder])
    assert not plugins._may_add()

    class Finder(DistributionFinder):
        def find_distributions(self, context: object = None) -> list[object]:  # type: ignore[override]
            return []

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert plugins._may_add()
