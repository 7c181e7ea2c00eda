"""How kernels are compiled: once for all copies of the same source, and to run in threads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

from numba import config, njit
from numba.core.compiler_lock import global_compiler_lock

from detente.space.kernel_cache import KernelFolder, locked

__all__ = ["kernel", "kernel_part", "kernel_without_checks", "ready"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Numba's setting of who says where functions are kept, and also its environment variable
# NUMBA_CACHE_LOCATOR_CLASSES. Older versions lack it and keep functions beside the source.
_SETTING = "CACHE_LOCATOR_CLASSES"
_LOCATOR = f"{KernelFolder.__module__}.{KernelFolder.__name__}"


def kernel(function: _Function) -> _Function:
    """Compile a function that is called from Python, and from kernels of other modules.

    Parameters
    ----------
    function
        What Numba can compile. It allocates little: each kind of array that is made inside takes
        a fifth of a second to compile.

    Returns
    -------
    callable
        The same, compiled for each kind of arguments when these are first met.
    """
    return _compiled(function)


def kernel_without_checks(function: _Function) -> _Function:
    """Compile a kernel in which a division by zero is no error, which is quicker."""
    return _compiled(function, error_model="numpy")


def kernel_part(function: _Function) -> _Function:
    """Compile a function that only kernels call: it cannot be called from Python."""
    return _compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _compiled(function: _Function, **options: Any) -> _Function:
    before = getattr(config, _SETTING, "")
    # Read while the function is decorated. Other libraries' functions keep their own places.
    setattr(config, _SETTING, _LOCATOR)
    try:
        dispatcher = njit(cache=True, nogil=True, **options)(function)
    except RuntimeError:
        # Nothing can be written anywhere: compiled anew by each process.
        dispatcher = njit(nogil=True, **options)(function)
    finally:
        setattr(config, _SETTING, before)
    compile_now = dispatcher.compile

    def compile_once(signature: Any) -> Any:
        _know_of_linear_algebra()
        # This lock first: whoever waits for another process must not hold up another thread that
        # the first one waits for.
        with global_compiler_lock, locked(function):
            return compile_now(signature)

    dispatcher.compile = compile_once
    return dispatcher  # type: ignore[no-any-return]


def ready() -> None:
    """Have Numba read now what it knows of types, which the first kernel otherwise waits for."""
    from numba.core.registry import cpu_target

    _know_of_linear_algebra()
    cpu_target.target_context.refresh()


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
