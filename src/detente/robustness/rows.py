"""One operation on rows of sixteen numbers, which a processor does at once.

Numba does not make vector instructions of a loop over so few numbers, and the analysis of many
draws spends most of its time in just this loop; so the instructions are written here.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = ["WIDTH", "join", "lower"]

WIDTH = 16
"""Numbers in a row, each of 16 bits."""

_ROW = ir.VectorType(ir.IntType(16), WIDTH)
_BYTES = 2


def _load(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> tuple[Any, Any]:
    data = context.make_array(kind)(context, builder, array).data
    pointer = builder.gep(builder.bitcast(data, _ROW.as_pointer()), [row])
    value = builder.load(pointer)
    value.align = _BYTES
    return pointer, value


def _store(builder: Any, value: Any, pointer: Any) -> None:
    builder.store(value, pointer).align = _BYTES


def _lower(typing: Any, to: Any, row: Any, by: Any, other: Any, masks: Any, mask: Any) -> Any:
    """Lower row ``to[row]`` to the least of itself and ``by[other] | masks[mask]``.

    Arrays are contiguous, of 16-bit numbers, and seen as rows of :data:`WIDTH`. Bounds are not
    checked. Returns whether any number fell.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kinds = signature.args
        pointer, old = _load(context, builder, kinds[0], given[0], given[1])
        _, least = _load(context, builder, kinds[2], given[2], given[3])
        _, masked = _load(context, builder, kinds[4], given[4], given[5])
        least = builder.or_(least, masked)
        fell = builder.icmp_signed("<", least, old)
        _store(builder, builder.select(fell, least, old), pointer)
        return builder.icmp_unsigned(
            "!=", builder.bitcast(fell, ir.IntType(WIDTH)), ir.IntType(WIDTH)(0)
        )

    return types.boolean(to, row, by, other, masks, mask), generate


def _join(typing: Any, to: Any, row: Any, part: Any, other: Any) -> Any:
    """Add the bits of row ``part[other]`` to row ``to[row]``; see :func:`lower`."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kinds = signature.args
        pointer, old = _load(context, builder, kinds[0], given[0], given[1])
        _, more = _load(context, builder, kinds[2], given[2], given[3])
        _store(builder, builder.or_(old, more), pointer)
        return context.get_dummy_value()

    return types.void(to, row, part, other), generate


# Numba gives them their type; to everyone else they are functions of their operands.
lower: Any = intrinsic(_lower)
join: Any = intrinsic(_join)
