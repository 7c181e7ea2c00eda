"""What ``import detente`` offers is imported when it is used, and not before."""

from __future__ import annotations

import subprocess
import sys

import pytest

import detente


def test_every_public_name_is_there() -> None:
    for name in detente.__all__:
        assert getattr(detente, name) is not None
        assert name in dir(detente)
    with pytest.raises(AttributeError, match="no attribute 'analyze'"):
        _ = detente.analyze


def test_the_import_alone_loads_nothing_large() -> None:
    code = (
        "import sys, detente; print(sorted({'numpy', 'numba', 'polars', 'scipy', 'rich', 'click', "
        "'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
