"""What it takes to compute a result again: versions, platform, engine, and the file's digest."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from detente import __version__
from detente.report.language import marked, say

__all__ = ["NUMBERS_COME_FROM", "digest_of", "reproduction_facts"]

NUMBERS_COME_FROM = (
    "networkx",
    "numba",
    "numpy",
    "ortools",
    "oxidd",
    "pyyaml",
    "ruamel.yaml",
    "scipy",
    "scoringrules",
    "spacy",
)
"""Libraries on whose versions numbers, plans or readings may depend."""

_ENGINE = marked(
    "States, ranks and stability are whole numbers and the same on every machine. Shares, "
    "probabilities and intervals are 64-bit floating point; their last digits may differ between "
    "machines. Draws come from NumPy's generator PCG64: the seed and NumPy's version fix them, "
    "however many processes share them."
)


def reproduction_facts() -> tuple[tuple[str, str], ...]:
    """What a result may depend on besides the dispute and the command.

    Returns
    -------
    tuple of (str, str)
        Pairs of what it is and its value: detente's version, Python's, the platform, the version of
        each library of :data:`NUMBERS_COME_FROM` and what is computed how.
    """
    return (
        ("detente", __version__),
        ("Python", f"{platform.python_version()} ({platform.python_implementation()})"),
        (say("Platform"), f"{platform.system()} {platform.release()}, {platform.machine()}"),
        (say("Libraries"), ", ".join(f"{name} {_version(name)}" for name in NUMBERS_COME_FROM)),
        (say("Numbers"), say(_ENGINE)),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return say("(not installed)")


def digest_of(path: Path | None) -> str | None:
    """The SHA-256 of a file, in hexadecimal; None where there is no such file."""
    if path is None or not path.is_file():
        return None
    return hashlib.sha256(path.read_bytes()).hexdigest()
