"""How kernels are compiled: once for all copies of the same source, and to run in threads.

A kernel that is kept from before is loaded without Numba; see :mod:`detente.space.ready_code`.

Kernels write into arrays that they are given. Those that make arrays themselves say so: to count
who still needs an array, Numba adds instructions wherever one is passed on, for each array of a
tuple, and takes as long to compile these as everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property, update_wrapper
from threading import RLock
from typing import Any, TypeVar, cast

from detente.space.kernel_cache import KernelFolder, kernel_folder, locked
from detente.space.ready_code import (
    PROVIDED,
    Code,
    Kinds,
    kinds_of,
    loaded,
    place_of,
    read,
    tried,
    written,
)

# Needs detente.space.linked_parts

__all__ = [
    "allocating_kernel",
    "allocating_kernel_part",
    "kernel",
    "kernel_part",
    "kernel_without_checks",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Numba's setting of who says where functions are kept, and also its environment variable
# NUMBA_CACHE_LOCATOR_CLASSES. Older versions lack it and keep functions beside the source.
_SETTING = "CACHE_LOCATOR_CLASSES"
_LOCATOR = f"{KernelFolder.__module__}.{KernelFolder.__name__}"

# For functions that are called from compiled code alone.
_BARE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}

# For functions that make no arrays, and return none.
_IN_PLACE = {"_nrt": False}


def kernel(function: _Function) -> _Function:
    """Compile a function that is called from Python, and from kernels of other modules.

    Parameters
    ----------
    function
        What Numba can compile. It makes no arrays: it writes into those that it is given.

    Returns
    -------
    callable
        The same, compiled for each kind of arguments when these are first met.
    """
    return cast(_Function, _Kernel(function, _IN_PLACE))


def kernel_without_checks(function: _Function) -> _Function:
    """Compile a kernel in which a division by zero is no error, which is quicker."""
    return cast(_Function, _Kernel(function, {"error_model": "numpy", **_IN_PLACE}))


def kernel_part(function: _Function) -> _Function:
    """Compile a function that only kernels call: it cannot be called from Python.

    It makes no arrays, and returns none.
    """
    return cast(_Function, _Part(function, _IN_PLACE))


def allocating_kernel(function: _Function) -> _Function:
    """Compile a kernel that makes arrays, and may return them.

    Each kind of array that is made takes a fifth of a second more to compile.
    """
    return cast(_Function, _Kernel(function, {}))


def allocating_kernel_part(function: _Function) -> _Function:
    """Compile a function that only kernels call, and that makes arrays."""
    return cast(_Function, _Part(function, {}))


class _Part:
    """A function that other compiled functions call."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        update_wrapper(cast(Any, self), function)
        self.py_func = function
        self._options = options

    @cached_property
    def part(self) -> Any:
        """Numba's own function, as other compiled functions call it."""
        if not tried():
            return self._kept_by_numba({**_BARE, **self._options})
        import numba

        from detente.space.linked_parts import PartCompiler

        make: Any = numba.njit
        options = {**_BARE, **self._options}
        return make(nogil=True, pipeline_class=PartCompiler, **options)(self.py_func)

    def _kept_by_numba(self, options: dict[str, Any]) -> Any:
        """Numba's own function, which it keeps as it does all of them."""
        from numba import config, njit

        before = getattr(config, _SETTING, "")
        # Read while the function is decorated. Other libraries' functions keep their own places.
        setattr(config, _SETTING, _LOCATOR)
        try:
            dispatcher = njit(cache=True, nogil=True, **options)(self.py_func)
        except RuntimeError:
            # Nothing can be written anywhere: compiled anew by each process.
            dispatcher = njit(nogil=True, **options)(self.py_func)
        finally:
            setattr(config, _SETTING, before)
        compile_now = dispatcher.compile

        def compile_once(signature: Any) -> Any:
            from numba.core.compiler_lock import global_compiler_lock

            _know_of_linear_algebra()
            # This lock first: whoever waits for another process must not hold up another thread
            # that the first one waits for.
            with global_compiler_lock, locked(self.py_func):
                return compile_now(signature)

        dispatcher.compile = compile_once
        return dispatcher

    def __reduce__(self) -> str:
        """Other processes find it under its name."""
        return self.py_func.__qualname__

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes this for where compiled functions name it."""
        return self.part._numba_type_


class _Kernel(_Part):
    """A compiled function that is called from Python."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        super().__init__(function, options)
        self._ready: dict[Kinds, Callable[..., Any]] = {}
        self._lock = RLock()

    @cached_property
    def dispatcher(self) -> Any:
        """Numba's own function, for what only Numba can call."""
        return self._kept_by_numba(self._options)

    def __call__(self, *arguments: Any) -> Any:
        kinds = kinds_of(arguments)
        if kinds is None:
            return self.dispatcher(*arguments)
        ready = self._ready.get(kinds)
        if ready is None:
            with self._lock:
                ready = self._ready.get(kinds) or self._made_ready(kinds, arguments)
                self._ready[kinds] = ready
        return ready(*arguments)

    def _made_ready(self, kinds: Kinds, arguments: tuple[Any, ...]) -> Callable[..., Any]:
        folder = kernel_folder(self.py_func.__module__) if tried() else None
        if folder is None:
            return cast(Callable[..., Any], self.dispatcher)
        place = place_of(folder, self.py_func, kinds)
        code = read(place)
        if code is None:
            code = self._made(arguments, lambda: read(place))
            written(place, code)
        if code.symbol is None:
            return cast(Callable[..., Any], self.dispatcher)
        return loaded(code, kinds)

    def _made(self, arguments: tuple[Any, ...], kept: Callable[[], Code | None]) -> Code:
        """Code for arguments of these kinds, unless another process has made it meanwhile."""
        import numba
        from numba.core.compiler_lock import global_compiler_lock

        from detente.space.linked_parts import KernelCompiler

        _know_of_linear_algebra()
        with global_compiler_lock, locked(self.py_func):
            code = kept()
            if code is None:
                make: Any = numba
                options = {**_BARE, **self._options}
                alone = make.njit(nogil=True, pipeline_class=KernelCompiler, **options)(
                    self.py_func
                )
                signature = tuple(make.typeof(one) for one in arguments)
                alone.compile(signature)
                code = _code_of(alone.overloads[signature])
        return code


def _code_of(compiled: Any) -> Code:
    """What Numba has compiled, as object code; without it where only Numba can run it."""
    from numba.core import types

    kind = compiled.fndesc.restype
    dimensions = None
    if isinstance(kind, types.Array) and kind.layout == "C":
        dimensions, kind = kind.ndim, kind.dtype
    returns = {
        types.none: "", types.boolean: "?", types.int32: "i", types.int64: "q", types.uint64: "Q",
        types.float32: "f", types.float64: "d",
    }.get(kind)  # fmt: skip
    if returns is None:
        return Code(None)
    module = compiled.library._final_module.clone()
    symbol = compiled.fndesc.llvm_func_name
    outside = set()
    for one in [*module.functions, *module.global_variables]:
        if one.is_declaration:
            outside.add(one.name)
        elif one.name != symbol:
            # Other code may have parts of the same name that are not the same.
            one.linkage = "internal"
    if any(not name.startswith("llvm.") for name in outside - PROVIDED):
        return Code(None)
    text = compiled.target_context.codegen()._tm.emit_object(module)
    return Code(symbol, returns, dimensions, text)


@cache
def _know_of_linear_algebra() -> None:
    """Spare Numba the question whether SciPy has linear algebra, as detente needs SciPy anyway.

    To find out, Numba imports it, which takes a quarter of a second. Whatever multiplies matrices
    still does when it is compiled.
    """
    with suppress(ImportError, AttributeError):
        from numba.np import linalg

        ask = linalg.ensure_blas
        linalg.ensure_blas = lambda: None
        try:
            import numba.np.arraymath  # noqa: F401
        finally:
            linalg.ensure_blas = ask
