"""Operations on rows of eight numbers, which kernels call by these names.

Numba, which takes long to load, is asked only where a kernel that calls them is compiled.
"""

from __future__ import annotations

from typing import Any

# Needs detente.stability.vector_instructions

__all__ = ["add_scaled", "copy_row", "fill", "give", "keep_least", "lower", "take"]


class _Operation:
    """An operation, as a kernel names it."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes this for where compiled functions name it."""
        from numba.core.registry import cpu_target

        from detente.stability.vector_instructions import INSTRUCTIONS

        typing = cpu_target.typing_context
        typing.refresh()
        return typing.resolve_value_type(INSTRUCTIONS[self._name])


# Numba gives them their type; to everyone else they are functions of their operands.
add_scaled: Any = _Operation("add_scaled")
copy_row: Any = _Operation("copy_row")
fill: Any = _Operation("fill")
give: Any = _Operation("give")
take: Any = _Operation("take")
keep_least: Any = _Operation("keep_least")
lower: Any = _Operation("lower")
