"""Operations on rows of sixteen numbers, which a processor does at once.

Numba does not make vector instructions of loops over so few small numbers, and the analysis of
many draws spends most of its time in just these loops; so the instructions are written here.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from detente.robustness.structure import PLACES

__all__ = ["WIDTH", "above", "begin", "clear", "collect", "gather", "heighten", "lower", "ones"]

WIDTH = 16
"""Numbers in a row."""

# Rows worked on in one step where there are so many, side by side and further apart.
_TOGETHER = 8
_APART = 4


def _vector(kind: Any, rows: int = 1) -> Any:
    return ir.VectorType(ir.IntType(kind.dtype.bitwidth), WIDTH * rows)


def _whole(context: Any, builder: Any, signature: Any, given: Any) -> list[Any]:
    """Operands, with whole numbers of any size made numbers of 64 bits."""
    return [
        context.cast(builder, value, kind, types.int64)
        if isinstance(kind, types.Integer)
        else value
        for value, kind in zip(given, signature.args, strict=True)
    ]


def _pointer(context: Any, builder: Any, kind: Any, array: Any, row: Any, rows: int = 1) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    first = builder.gep(builder.bitcast(data, _vector(kind).as_pointer()), [row])
    return builder.bitcast(first, _vector(kind, rows).as_pointer())


def _load(builder: Any, kind: Any, pointer: Any) -> Any:
    value = builder.load(pointer)
    value.align = kind.dtype.bitwidth // 8
    return value


def _store(builder: Any, kind: Any, value: Any, pointer: Any) -> None:
    builder.store(value, pointer).align = kind.dtype.bitwidth // 8


def _variable(builder: Any, value: Any) -> Any:
    with builder.goto_entry_block():
        pointer = builder.alloca(value.type)
    builder.store(value, pointer)
    return pointer


def _least(builder: Any, one: Any, other: Any) -> Any:
    return builder.select(builder.icmp_unsigned("<", one, other), one, other)


def _repeated(builder: Any, row: Any, rows: int) -> Any:
    numbers = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH * rows), [*range(WIDTH)] * rows)
    return builder.shuffle_vector(row, row, numbers)


def _after(builder: Any, first: Any, number: Any, unit: int) -> Any:
    return builder.add(first, builder.mul(number, ir.Constant(first.type, unit)))


def _in_turn(builder: Any, count: Any, step: Any, unit: Any, body: Any) -> None:
    """Build loops over units of rows: ``body(number, rows, unit)``.

    Units of one row, one step apart, are taken several at a time, and then those left. Others are
    taken one by one; they are one row or two.
    """

    def number(value: int) -> Any:
        return ir.Constant(count.type, value)

    def several(units: int, each: int, unit: int) -> None:
        whole = builder.udiv(count, number(units))
        with cgutils.for_range(builder, whole) as loop:
            first = builder.mul(loop.index, number(units))
            for one in range(0, units, each):
                body(builder.add(first, number(one)), each * unit, unit)
        done = builder.mul(whole, number(units))
        with cgutils.for_range(builder, builder.sub(count, done)) as loop:
            body(builder.add(done, loop.index), unit, unit)

    with builder.if_else(builder.icmp_unsigned("==", step, number(1))) as (beside, apart):
        with beside:
            several(_TOGETHER, _TOGETHER, 1)
        with apart:
            one_row = builder.icmp_unsigned("==", unit, number(1))
            with builder.if_else(one_row) as (single, double):
                with single:
                    several(_APART, 1, 1)
                with double:
                    several(_APART, 1, 2)


def _lower(
    typing: Any, to: Any, row: Any, count: Any, step: Any, unit: Any, by: Any, other: Any
) -> Any:
    """Lower `count` units of rows to the least of them and of those from ``by[other]`` on.

    The units are one row or two, and the first rows every `step` from ``to[row]`` on.

    Arrays are contiguous, of whole numbers without sign, and seen as rows of :data:`WIDTH`.
    Bounds are not checked. Returns whether any number fell.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        kind = signature.args[0]
        fallen = _variable(builder, ir.Constant(ir.IntType(1), 0))

        def body(number: Any, rows: int, unit: int) -> None:
            at = builder.add(given[1], builder.mul(number, given[3]))
            pointer = _pointer(context, builder, kind, given[0], at, rows)
            at = _after(builder, given[6], number, unit)
            old = _load(builder, kind, pointer)
            bound = _pointer(context, builder, signature.args[5], given[5], at, rows)
            new = _least(builder, _load(builder, kind, bound), old)
            _store(builder, kind, new, pointer)
            bits = ir.IntType(kind.dtype.bitwidth * WIDTH * rows)
            fell = builder.icmp_unsigned(
                "!=", builder.bitcast(builder.xor(old, new), bits), ir.Constant(bits, 0)
            )
            builder.store(builder.or_(builder.load(fallen), fell), fallen)

        _in_turn(builder, given[2], given[3], given[4], body)
        return builder.load(fallen)

    return types.boolean(to, row, count, step, unit, by, other), generate


def _masked(typing: Any, operands: tuple[Any, ...], combine: Any) -> Any:
    """Set rows from ``to[row]`` on to what `combine` makes of them, of rows of `by` and a mask.

    The operands are those of :func:`begin`; ``combine(builder, old, new, mask)`` is given a
    function that loads the old row, as not every operation needs it.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        kind = signature.args[0]
        mask = _load(
            builder, kind, _pointer(context, builder, signature.args[7], given[7], given[8])
        )

        def body(number: Any, rows: int, unit: int) -> None:
            at = _after(builder, given[1], number, unit)
            pointer = _pointer(context, builder, kind, given[0], at, rows)
            at = builder.add(given[4], builder.mul(number, given[5]))
            by = _pointer(context, builder, signature.args[3], given[3], at, rows)
            new = combine(
                builder,
                lambda: _load(builder, kind, pointer),
                _load(builder, kind, by),
                _repeated(builder, mask, rows),
            )
            _store(builder, kind, new, pointer)

        _in_turn(builder, given[2], given[5], given[6], body)
        return context.get_dummy_value()

    return types.void(*operands), generate


def _begin(
    typing: Any,
    to: Any,
    row: Any,
    count: Any,
    by: Any,
    other: Any,
    step: Any,
    unit: Any,
    masks: Any,
    mask: Any,
) -> Any:
    """Set rows from ``to[row]`` on to `count` units of `by`, with the bits of a mask.

    The units' first rows are every `step` from ``by[other]`` on; see :func:`lower`.
    ``masks[mask]`` is one row.
    """

    def combine(builder: Any, old: Any, new: Any, mask: Any) -> Any:
        return builder.or_(new, mask)

    return _masked(typing, (to, row, count, by, other, step, unit, masks, mask), combine)


def _collect(
    typing: Any,
    to: Any,
    row: Any,
    count: Any,
    by: Any,
    other: Any,
    step: Any,
    unit: Any,
    masks: Any,
    mask: Any,
) -> Any:
    """Lower `count` rows from ``to[row]`` on by such rows as :func:`begin` sets them to."""

    def combine(builder: Any, old: Any, new: Any, mask: Any) -> Any:
        return _least(builder, builder.or_(new, mask), old())

    return _masked(typing, (to, row, count, by, other, step, unit, masks, mask), combine)


def _clear(typing: Any, to: Any, row: Any, count: Any) -> Any:
    """Set `count` rows from ``to[row]`` on to 0; see :func:`lower`."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        kind = signature.args[0]

        def body(number: Any, rows: int, unit: int) -> None:
            pointer = _pointer(
                context, builder, kind, given[0], builder.add(given[1], number), rows
            )
            nothing = ir.Constant(_vector(kind, rows), [0] * (WIDTH * rows))
            _store(builder, kind, nothing, pointer)

        one = ir.Constant(given[2].type, 1)
        _in_turn(builder, given[2], one, one, body)
        return context.get_dummy_value()

    return types.void(to, row, count), generate


def _heighten(
    typing: Any,
    to: Any,
    row: Any,
    count: Any,
    by: Any,
    other: Any,
    step: Any,
    unit: Any,
    masks: Any,
    mask: Any,
) -> Any:
    """Raise rows from ``to[row]`` on to `count` units of `by`, where a mask has bits.

    See :func:`begin`.
    """

    def combine(builder: Any, old: Any, new: Any, mask: Any) -> Any:
        before, after = old(), builder.and_(new, mask)
        return builder.select(builder.icmp_unsigned(">", before, after), before, after)

    return _masked(typing, (to, row, count, by, other, step, unit, masks, mask), combine)


def _joined(
    context: Any,
    builder: Any,
    kinds: tuple[Any, Any],
    arrays: tuple[Any, Any],
    first: Any,
    count: Any,
) -> Any:
    """All the bits of the rows of one array at `count` places that another array tells."""
    kind, kind_of_places = kinds
    bits = _variable(builder, ir.Constant(_vector(kind), [0] * WIDTH))
    data = context.make_array(kind_of_places)(context, builder, arrays[1]).data
    whole = builder.udiv(count, ir.Constant(count.type, PLACES))
    with cgutils.for_range(builder, whole) as loop:
        begin = builder.add(first, builder.mul(loop.index, ir.Constant(count.type, PLACES)))
        # All in one step, as a loop over so few would cost more than what it does.
        for number in range(PLACES):
            place = builder.add(begin, ir.Constant(count.type, number))
            row = builder.sext(builder.load(builder.gep(data, [place])), count.type)
            more = _load(builder, kind, _pointer(context, builder, kind, arrays[0], row))
            builder.store(builder.or_(builder.load(bits), more), bits)
    return builder.load(bits)


def _gather(typing: Any, to: Any, row: Any, parts: Any, places: Any, first: Any, count: Any) -> Any:
    """Set row ``to[row]`` to all the bits of some rows of `parts`; see :func:`lower`.

    The rows are those at `count` places from ``places[first]`` on, as if `places` were flat;
    `count` is a multiple of :data:`~detente.robustness.structure.PLACES`.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        kinds = signature.args[2], signature.args[3]
        bits = _joined(context, builder, kinds, (given[2], given[3]), given[4], given[5])
        kind = signature.args[0]
        _store(builder, kind, bits, _pointer(context, builder, kind, given[0], given[1]))
        return context.get_dummy_value()

    return types.void(to, row, parts, places, first, count), generate


def _above(
    typing: Any, one: Any, places: Any, other: Any, other_places: Any, first: Any, count: Any
) -> Any:
    """Which numbers of some rows of `one`, their bits joined, are above those of `other`.

    The rows are those at `count` places from ``places[first]`` and ``other_places[first]`` on,
    as for :func:`gather`. Returns a bit for each number.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        left, right = (
            _joined(
                context,
                builder,
                signature.args[k : k + 2],
                tuple(given[k : k + 2]),
                given[4],
                given[5],
            )
            for k in (0, 2)
        )
        bits = builder.bitcast(builder.icmp_unsigned(">", left, right), ir.IntType(WIDTH))
        return builder.zext(bits, ir.IntType(64))

    return types.int64(one, places, other, other_places, first, count), generate


def _ones(typing: Any, bits: Any) -> Any:
    """The number of bits that are set in a number of 64 bits without sign."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return types.int64(types.uint64), generate


# Numba gives them their type; to everyone else they are functions of their operands.
lower: Any = intrinsic(_lower)
collect: Any = intrinsic(_collect)
above: Any = intrinsic(_above)
begin: Any = intrinsic(_begin)
clear: Any = intrinsic(_clear)
heighten: Any = intrinsic(_heighten)
gather: Any = intrinsic(_gather)
ones: Any = intrinsic(_ones)
