"""Compiled kernels as object code, which runs without Numba: loading Numba takes most of a second.

Numba makes the code of a kernel once for each kind of arguments. What it makes is kept, and from
then on LLVM loads it and it is called directly. A kernel's code takes its arguments apart: an
array is where its numbers are, how many they are, its shape and strides (Numba's convention for
calls between compiled functions). Numba does not promise that convention, so that kept code is
used with the versions and on the systems that were tried; elsewhere Numba runs its own.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import math
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "PROVIDED", "Code", "Kinds", "kinds_of", "loaded", "made_for", "place_of", "read",
    "ready_to_load", "tried", "written",
]  # fmt: skip

# The oldest and the newest version of Numba whose code was tried, and the systems.
_NUMBA = ((0, 61), (0, 68))
_SYSTEMS = frozenset({("linux", "x86_64")})

# Of an array its type of numbers, dimensions and flags; of a number its type; of a tuple those of
# its entries.
Kind: TypeAlias = "str | tuple[Any, ...]"
Kinds: TypeAlias = tuple[Kind, ...]

_C_ORDER, _F_ORDER, _ALIGNED, _WRITEABLE = 0x1, 0x2, 0x100, 0x400
_PLAIN = _C_ORDER | _WRITEABLE

_NUMBERS: dict[str, Any] = {
    "?": ctypes.c_uint8,
    "b": ctypes.c_int8,
    "B": ctypes.c_uint8,
    "h": ctypes.c_int16,
    "H": ctypes.c_uint16,
    "i": ctypes.c_int32,
    "I": ctypes.c_uint32,
    "q": ctypes.c_int64,
    "Q": ctypes.c_uint64,
    "f": ctypes.c_float,
    "d": ctypes.c_double,
}

# What code may ask for when it is loaded: arrays that it makes are counted references to memory.
# The parts of their heads are those of Numba: references, three for what is done at the end, where
# the numbers are (the fourth), and how many bytes.
_MEMORY = """
declare i8* @malloc(i64)
declare void @free(i8*)

define i8* @NRT_MemInfo_alloc_safe_aligned(i64 %size, i32 %align) {
  %aligned = zext i32 %align to i64
  %head = add i64 %aligned, 64
  %all = add i64 %size, %head
  %memory = call i8* @malloc(i64 %all)
  %missing = icmp eq i8* %memory, null
  br i1 %missing, label %end, label %made
made:
  %place = ptrtoint i8* %memory to i64
  %after = add i64 %place, %head
  %off = urem i64 %after, %aligned
  %start = sub i64 %after, %off
  %data = inttoptr i64 %start to i8*
  %count = bitcast i8* %memory to i64*
  store i64 1, i64* %count
  %fields = bitcast i8* %memory to i8**
  %first = getelementptr i8*, i8** %fields, i64 1
  store i8* null, i8** %first
  %second = getelementptr i8*, i8** %fields, i64 2
  store i8* null, i8** %second
  %third = getelementptr i8*, i8** %fields, i64 3
  store i8* %data, i8** %third
  %fourth = getelementptr i64, i64* %count, i64 4
  store i64 %size, i64* %fourth
  %fifth = getelementptr i8*, i8** %fields, i64 5
  store i8* null, i8** %fifth
  br label %end
end:
  ret i8* %memory
}

define i8* @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) {
  %memory = call i8* @NRT_MemInfo_alloc_safe_aligned(i64 %size, i32 %align)
  ret i8* %memory
}

define void @NRT_MemInfo_call_dtor(i8* %memory) {
  call void @free(i8* %memory)
  ret void
}
"""

PROVIDED = frozenset(
    {"NRT_MemInfo_alloc_aligned", "NRT_MemInfo_alloc_safe_aligned", "NRT_MemInfo_call_dtor"}
)
"""Functions outside that code may call; others are for Numba alone."""


@dataclass(frozen=True, slots=True)
class Code:
    """A kernel's code for one kind of arguments.

    Attributes
    ----------
    symbol
        What the function is called in the object code; None where only Numba can run it.
    returns
        The type of number that it returns, empty for none; with `dimensions`, an array of such.
    dimensions
        How many the array has; None where it returns a number or nothing.
    text
        The object code.
    """

    symbol: str | None
    returns: str = ""
    dimensions: int | None = None
    text: bytes = b""


@cache
def _version_of_numba() -> str:
    """Which version is installed, by the name of the folder that says so: Numba is not loaded."""
    module = find_spec("numba")
    if module is not None and module.origin is not None:
        folders = list(Path(module.origin).parents[1].glob("numba-*.dist-info"))
        if len(folders) == 1:
            return folders[0].stem.removeprefix("numba-")
    # It reads all that is said of a package, and is itself slow to load.
    from importlib.metadata import version

    return version("numba")


@cache
def tried() -> bool:
    """Whether code of this version of Numba was tried on such a system."""
    oldest, newest = _NUMBA
    numba = tuple(int(part) for part in _version_of_numba().split(".")[:2])
    return (sys.platform, platform.machine()) in _SYSTEMS and oldest <= numba <= newest


def kinds_of(arguments: tuple[Any, ...]) -> Kinds | None:
    """Kinds of a kernel's arguments; None where one is of another kind than kernels are given."""
    kinds: list[Kind] = []
    for one in arguments:
        if isinstance(one, np.ndarray):
            flags = one.flags.num
            order = flags & _C_ORDER or flags & _F_ORDER
            kinds.append((one.dtype.str, one.ndim, order | flags & (_ALIGNED | _WRITEABLE)))
        elif isinstance(one, bool | np.bool_):
            kinds.append("?")
        elif isinstance(one, int):
            kinds.append("q")
        elif isinstance(one, float) and not isinstance(one, np.generic):
            kinds.append("d")
        elif isinstance(one, np.generic):
            kinds.append(_char(one.dtype))
        elif isinstance(one, tuple):
            inner = kinds_of(one)
            if inner is None:
                return None
            kinds.append(("tuple", inner))
        else:
            return None
    known = all(kind in _NUMBERS for kind in kinds if isinstance(kind, str))
    return tuple(kinds) if known else None


def _char(kind: np.dtype[Any]) -> str:
    """One letter for a type of numbers, the same on all systems."""
    if kind.kind in "iu" and kind.itemsize == 8:
        return "q" if kind.kind == "i" else "Q"
    if kind.kind in "iu" and kind.itemsize == 4:
        return "i" if kind.kind == "i" else "I"
    return kind.char


# Kept in files -----------------------------------------------------------------------------------


@cache
def made_for() -> str:
    """What else code depends on: who made it, and for which processor."""
    import llvmlite
    import llvmlite.binding as llvm

    return repr(
        (
            _version_of_numba(),
            llvmlite.__version__,
            llvm.get_host_cpu_name(),
            llvm.get_host_cpu_features().flatten(),
        )
    )


def place_of(folder: Path, function: Callable[..., Any], kinds: Kinds) -> Path:
    """Where the code of a function is kept for one kind of arguments."""
    line = function.__code__.co_firstlineno
    digest = hashlib.sha256(f"{kinds!r} {made_for()}".encode()).hexdigest()[:20]
    return folder / f"{function.__name__}-{line}.{digest}.code"


def read(place: Path) -> Code | None:
    """The code that is kept in a file, or None."""
    try:
        head, text = place.read_bytes().split(b"\n", 1)
        told = json.loads(head)
        digest = told.pop("sha256")
        if hashlib.sha256(text).hexdigest() != digest:
            return None
        return Code(**told, text=text)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def written(place: Path, code: Code) -> None:
    """Keep code in a file: all of it or nothing."""
    told = asdict(code)
    text = told.pop("text")
    told["sha256"] = hashlib.sha256(text).hexdigest()
    # Where this fails, nothing is kept: made again by each process.
    with suppress(OSError), tempfile.TemporaryDirectory(dir=place.parent) as folder:
        whole = Path(folder) / place.name
        whole.write_bytes(json.dumps(told).encode() + b"\n" + text)
        os.replace(whole, place)


# Loaded ------------------------------------------------------------------------------------------

_LOADING = Lock()


@lru_cache(maxsize=1)
def _engine() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(_MEMORY), machine)
    engine.finalize_object()
    return engine


def ready_to_load() -> None:
    """Have at hand what finds and loads the code of any kernel."""
    if tried():
        made_for()
        _engine()


def loaded(code: Code, kinds: Kinds) -> Callable[..., Any]:
    """The function that calls a kernel's code, with arguments of these kinds."""
    import llvmlite.binding as llvm

    with _LOADING:
        engine = _engine()
        engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code.text))
        engine.finalize_object()
        address = engine.get_function_address(code.symbol)
        free = engine.get_function_address("NRT_MemInfo_call_dtor")
    # The first two are where the result goes, and where an error is told.
    pointers = [ctypes.c_void_p, ctypes.c_void_p]
    run = ctypes.CFUNCTYPE(ctypes.c_int32, *pointers, *_types(kinds))(address)
    release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(free)
    room = _room(code)
    symbol = code.symbol

    def call(*arguments: Any) -> Any:
        result, error = room(), ctypes.c_void_p()
        status = run(ctypes.byref(result), ctypes.byref(error), *_parts(arguments))
        if status not in _FINE:
            raise RuntimeError(f"compiled code failed ({status}): {symbol}")
        return _value(code, result, release)

    return call


# Numba's status of a call that went well, with a value or with None.
_FINE = frozenset({0, -2})


def _types(kinds: Kinds) -> Iterator[Any]:
    for kind in kinds:
        if isinstance(kind, str):
            yield _NUMBERS[kind]
        elif kind[0] == "tuple":
            yield from _types(kind[1])
        else:
            yield from (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
            yield ctypes.c_void_p
            yield from [ctypes.c_int64] * (2 * kind[1])


def _parts(arguments: tuple[Any, ...]) -> list[Any]:
    parts: list[Any] = []
    for one in arguments:
        if isinstance(one, np.ndarray):
            # Nobody counts references: whoever calls holds the array meanwhile.
            parts += (None, None, one.size, one.itemsize, _address(one))
            parts += one.shape
            parts += one.strides
        elif isinstance(one, tuple):
            parts += _parts(one)
        elif isinstance(one, np.generic):
            parts.append(one.item())
        else:
            parts.append(one)
    return parts


def _address(array: NDArray[Any]) -> int:
    """Where the numbers of an array lie."""
    if array.size and array.flags.num & _PLAIN == _PLAIN:
        # NumPy itself takes three times as long to tell, with much else.
        return ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    place: int = array.__array_interface__["data"][0]
    return place


def _room(code: Code) -> Any:
    """The type of what a result is written into."""
    if code.dimensions is None:
        return _NUMBERS[code.returns] if code.returns else ctypes.c_void_p
    sizes = ctypes.c_int64 * code.dimensions
    fields = [
        ("memory", ctypes.c_void_p),
        ("parent", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("size", ctypes.c_int64),
        ("data", ctypes.c_void_p),
        ("shape", sizes),
        ("strides", sizes),
    ]
    return type("_Array", (ctypes.Structure,), {"_fields_": fields})


def _value(code: Code, result: Any, release: Callable[[Any], None]) -> Any:
    if code.dimensions is None:
        if not code.returns:
            return None
        return bool(result.value) if code.returns == "?" else result.value
    shape = tuple(result.shape)
    found = np.empty(shape, dtype=np.dtype(code.returns))
    ctypes.memmove(found.ctypes.data, result.data, math.prod(shape) * found.itemsize)
    release(result.memory)
    return found
