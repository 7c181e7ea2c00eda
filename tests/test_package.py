"""The wheel and the source distribution install alone, with old and new libraries, and work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")

# What an environment of the tests must not lend to the one that is tried.
OWN = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME"}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in OWN}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not UV.exists(), reason="uv is not installed")]


def run(*command: str | Path) -> str:
    """What a command prints; the test fails with its messages where it fails."""
    ended = subprocess.run(
        [str(part) for part in command],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("built")
    run(UV, "build", "--quiet", "--no-build-isolation", "--out-dir", folder, ROOT)
    return folder


@cache
def pythons() -> list[str]:
    """Each Python of 3.11 and later that this machine has, by its path."""
    found = {}
    for minor in range(11, 16):
        ended = subprocess.run(
            [str(UV), "python", "find", "--no-python-downloads", f"3.{minor}"],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode == 0:
            found[minor] = ended.stdout.strip()
    return list(found.values())


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_the_wheel_does_the_main_job(resolution: str, built: Path, tmp_path: Path) -> None:
    """Nothing but a plain install of the wheel: no extra, no source beside it."""
    (wheel,) = built.glob("*.whl")
    assert pythons()
    for number, python in enumerate(pythons()):
        environment = tmp_path / str(number)
        run(UV, "venv", "--quiet", "--python", python, environment)
        install = (UV, "pip", "install", "--quiet", "--python", environment)
        run(*install, "--resolution", resolution, wheel)
        folder = "Scripts" if os.name == "nt" else "bin"
        printed = run(environment / folder / "detente", "analyse", "elmira")
        assert printed.startswith("Elmira groundwater contamination")
        assert "detente" in run(environment / folder / "python", "-m", "detente", "--version")
        shutil.rmtree(environment)


def test_the_source_distribution_holds_what_builds_the_wheel(built: Path, tmp_path: Path) -> None:
    """The wheel that is built from it holds the same files."""
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    run(
        UV,
        "build",
        "--quiet",
        "--wheel",
        "--no-build-isolation",
        "--out-dir",
        tmp_path / "w",
        folder,
    )
    (again,) = (tmp_path / "w").glob("*.whl")
    (wheel,) = built.glob("*.whl")
    assert names(again) == names(wheel)


def names(wheel: Path) -> list[str]:
    """The files in a wheel."""
    from zipfile import ZipFile

    with ZipFile(wheel) as archive:
        return sorted(archive.namelist())
