"""How Numba compiles parts of kernels: as LLVM's instructions alone, to be put into kernels.

Numba by itself makes machine code of every function, and works on all that it calls once more for
each function that calls it. What only kernels call needs no machine code, and is made quick in the
kernel that it ends up in. A kernel's own machine code is made by
:mod:`detente.space.compiling`, so that Numba need not make it either.

This hangs on how Numba is made. It is used with the versions that were tried alone; see
:func:`detente.space.ready_code.tried`.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_lock import require_global_compiler_lock

__all__ = ["KernelCompiler", "PartCompiler"]


class _Code(JITCodeLibrary):
    """Instructions of a function and of all that it calls, of which no machine code is made."""

    made_quick = False

    @property
    def codegen(self) -> Any:
        return _WithoutEnvironment(self._codegen)

    def finalize(self) -> None:
        require_global_compiler_lock()
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        if self.made_quick:
            self._optimize_final_module()
        self._final_module.verify()
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """No address, as nobody may call it from Python."""
        self._ensure_finalized()
        return 0


class _QuickCode(_Code):
    """The same, made quick once, with all that is called in it."""

    made_quick = True


class _WithoutEnvironment:
    """Numba's maker of code, which has nowhere to write what a function knows of Python."""

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)

    def set_env(self, name: str, environment: Any) -> None:
        """Do nothing: only what calls Python reads it."""


class PartCompiler(Compiler):
    """Compiles what kernels call."""

    code = _Code

    def __init__(self, typing: Any, target: Any, *told: Any) -> None:
        super().__init__(typing, target, *told)
        self._target = target

    def compile_extra(self, function: Any) -> Any:
        """Compile a function into a library of this kind.

        Raises
        ------
        TypeError
            If it returns an array, and does not count who still needs arrays.
        """
        self.state.library = self.code(self._target.codegen(), function.__qualname__)
        self.state.library.enable_object_caching()
        compiled = super().compile_extra(function)
        kind = self._target.data_model_manager[compiled.signature.return_type]
        if not self.state.flags.nrt and kind.contains_nrt_meminfo():
            raise TypeError(
                f"{function.__qualname__} returns an array: declare it as one that allocates"
            )
        return compiled


class KernelCompiler(PartCompiler):
    """Compiles a kernel with all its parts."""

    code = _QuickCode
