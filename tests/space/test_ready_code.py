"""Kernels give the same as object code and as plain Python."""

from __future__ import annotations

import platform
import sys
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.forecast.kernels import taken_out
from detente.space import compiling, kernels, ready_code
from detente.stability import coalition_kernels

ARRAY = np.arange(6, dtype=np.int64).reshape(2, 3)


def frozen(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    values = values.copy()
    values.flags.writeable = False
    return values


def test_kinds_of_arguments_are_told_apart() -> None:
    given = [
        (ARRAY,), (ARRAY.T,), (ARRAY[:, ::2],), (frozen(ARRAY),), (ARRAY.astype(np.int32),),
        (ARRAY[0],), (1,), (np.int32(1),), (1.0,), (np.float32(1),), (True,), ((1, 1),), (1, 1),
    ]  # fmt: skip
    kinds = [ready_code.kinds_of(one) for one in given]
    assert None not in kinds
    assert len(set(kinds)) == len(kinds)
    assert ready_code.kinds_of((ARRAY[:1],)) == ready_code.kinds_of((ARRAY,))
    assert ready_code.kinds_of((np.int64(1),)) == ready_code.kinds_of((1,))
    assert ready_code.kinds_of(("text",)) is None


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=9), data=st.data())
def test_numbers_are_returned(values: list[float], data: st.DataObject) -> None:
    region = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    one, two = np.array(values), np.array(values)
    kernel: Any = taken_out
    assert kernel(one, np.array(region)) == kernel.py_func(two, np.array(region))
    assert one.tolist() == two.tolist()


@given(data=st.data())
def test_arrays_are_changed_in_place_and_made_inside(data: st.DataObject) -> None:
    # Ranks of 3 combinations of own options in 2 groups; tiles of them are made inside.
    ranks = st.lists(st.integers(1, 9), min_size=6, max_size=6)
    values = np.array(data.draw(ranks), dtype=np.int32).reshape(1, 3, 2)
    own = np.array(data.draw(ranks), dtype=np.int32).reshape(1, 3, 2)
    up, down = np.array([data.draw(st.booleans())]), np.array([data.draw(st.booleans())])
    wanted = values.copy()
    reached = {
        a: {a} | {b for b in range(3) if (up[0] and b > a) or (down[0] and b < a)}
        for a in (0, 1, 2)
    }
    for a in range(3):
        wanted[0, a] = np.min([values[0, b] for b in reached[a]], axis=0)
    changed = kernels.least_reached(values, own, np.array([3]), up, down)
    assert values.tolist() == wanted.tolist()
    assert isinstance(changed, bool)


def test_arrays_are_returned() -> None:
    ranks = np.array([[1, 2, 3, 2], [1, 2, 2, 1]], dtype=np.int32)
    of, starts, all_ = np.zeros(4, np.int64), np.array([0, 1]), np.arange(4)
    kept, front = np.array([2]), np.array([2, 1, 0, 3])
    reach = (of, starts, np.array([0]))
    arguments = (
        all_, ranks, *reach, np.array([0, 4]), all_, kept, front, *reach, np.array([0, 4]), all_
    )  # fmt: skip
    kernel: Any = coalition_kernels.sanctioned_symmetrically
    # From the worst state the coalition gets away from every sanction; elsewhere none is better.
    assert kernel(*arguments).tolist() == [False, True, True, False]


def test_an_array_that_nobody_counts_is_not_returned() -> None:
    import numba

    def rest(values: Any) -> Any:
        return values[1:], 1

    for declared in (compiling.kernel_part, compiling.allocating_kernel_part):
        part: Any = declared(rest)
        refused = declared is compiling.kernel_part
        with pytest.raises(TypeError, match="rest returns an array") if refused else nullcontext():
            part.part.compile((numba.types.float64[::1],))


def test_the_version_of_numba_is_the_one_installed() -> None:
    assert ready_code._version_of_numba() == version("numba")


def test_versions_and_systems_that_were_not_tried_leave_it_to_numba(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ready_code.tried.__wrapped__
    for number in ("0.61.0", "0.61.0rc1", "0.68.1"):
        monkeypatch.setattr(ready_code, "_version_of_numba", lambda number=number: number)
        monkeypatch.setattr(ready_code, "_SYSTEMS", {(sys.platform, platform.machine())})
        assert asked()
        monkeypatch.setattr(ready_code, "_SYSTEMS", set())
        assert not asked()
    monkeypatch.setattr(ready_code, "_SYSTEMS", {(sys.platform, platform.machine())})
    for number in ("0.60.9", "0.69.0", "1.0.0"):
        monkeypatch.setattr(ready_code, "_version_of_numba", lambda number=number: number)
        assert not asked()
    # The kernel is run all the same.
    monkeypatch.setattr(compiling, "tried", lambda: False)
    monkeypatch.setattr(ready_code, "loaded", None)
    kernel: Any = compiling.kernel(taken_out.py_func)
    values = np.array([0.25, 0.75])
    assert kernel(values, np.array([True, False])) == 0.25
    assert values.tolist() == [0, 0.75]


def test_what_is_broken_is_not_run(tmp_path: Path) -> None:
    place = tmp_path / "one.code"
    code = ready_code.Code("symbol", "q", None, b"some\ncode")
    ready_code.written(place, code)
    assert ready_code.read(place) == code
    whole = place.read_bytes()
    for text in (whole[:-1], whole.replace(b"some", b"sole"), b"", b"{}\n", whole.split(b"\n")[0]):
        place.write_bytes(text)
        assert ready_code.read(place) is None
    assert ready_code.read(tmp_path / "none.code") is None
    # Where nothing can be written, nothing is said: it is made again by each process.
    ready_code.written(tmp_path / "no" / "folder" / "one.code", code)
    assert [path.name for path in tmp_path.iterdir()] == ["one.code"]


@pytest.mark.parametrize("kind", ["?", "i1", "i2", "u4", "i8", "f4", "f8"])
def test_an_array_lies_where_numpy_says_that_it_does(kind: str) -> None:
    whole = np.zeros((4, 6), dtype=kind)
    parts = [whole[1:], whole[1], whole[:, 2:], whole.T, whole[::-2], whole[:0]]
    for one in (whole, frozen(whole), *parts):
        assert ready_code._address(one) == one.__array_interface__["data"][0]
