"""How Numba makes the operations of :mod:`.vector_operations`.

Numba does not make vector instructions of loops over so few numbers, and forecasts over many draws
spend most of their time in just these loops; so the instructions are written here. Arrays are
contiguous and seen as rows of :data:`BLOCK` numbers of one kind; bounds are not checked.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from detente.stability.vector_rows import BLOCK

__all__ = ["INSTRUCTIONS"]


def _number(kind: Any) -> Any:
    if kind.dtype in (types.float32, types.float64):
        return ir.FloatType() if kind.dtype == types.float32 else ir.DoubleType()
    return ir.IntType(kind.dtype.bitwidth)


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _row(context: Any, builder: Any, kind: Any, array: Any, number: Any) -> Any:
    """Where a row of an array stands."""
    vector = ir.VectorType(_number(kind), BLOCK)
    data = _data(context, builder, kind, array)
    return builder.gep(builder.bitcast(data, vector.as_pointer()), [number])


def _load(builder: Any, pointer: Any, kind: Any) -> Any:
    value = builder.load(pointer)
    value.align = kind.dtype.bitwidth // 8
    return value


def _store(builder: Any, value: Any, pointer: Any, kind: Any) -> None:
    builder.store(value, pointer).align = kind.dtype.bitwidth // 8


def _repeated(builder: Any, number: Any) -> Any:
    vector = ir.VectorType(number.type, BLOCK)
    first = ir.Constant(ir.IntType(32), 0)
    single = builder.insert_element(ir.Constant(vector, ir.Undefined), number, first)
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), BLOCK), [0] * BLOCK)
    return builder.shuffle_vector(single, single, zeros)


def _operands(context: Any, builder: Any, signature: Any, given: Any, rows: Any) -> list[Any]:
    """Operands, with whole numbers made numbers of 64 bits, and others of the kind of the rows."""
    found = []
    for value, kind in zip(given, signature.args, strict=True):
        if isinstance(kind, types.Integer):
            found.append(context.cast(builder, value, kind, types.int64))
        elif isinstance(kind, types.Float):
            found.append(context.cast(builder, value, kind, rows.dtype))
        else:
            found.append(value)
    return found


def _add_scaled(typing: Any, into: Any, at: Any, rows: Any, number: Any, share: Any) -> Any:
    """Add a row times a number to another row: ``into[at] += rows[number] * share``."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        target, place, source, row, factor = _operands(context, builder, signature, given, rows)
        end = _row(context, builder, into, target, place)
        value = _load(builder, _row(context, builder, rows, source, row), rows)
        scaled = builder.fmul(value, _repeated(builder, factor))
        _store(builder, builder.fadd(_load(builder, end, into), scaled), end, into)
        return context.get_dummy_value()

    return types.void(into, at, rows, number, share), generate


def _each_mover(
    context: Any, builder: Any, state: Any, of: Any, movers: Any, weights: Any, body: Any
) -> None:
    """Build a loop over movers: ``body(slot, weight)``, slots and weights from where they stand."""
    first_slot = builder.mul(state, movers)
    with cgutils.for_range(builder, movers) as loop:
        slot = builder.load(builder.gep(of, [builder.add(first_slot, loop.index)]))
        weight = builder.load(builder.gep(weights, [loop.index]))
        body(builder.zext(slot, ir.IntType(64)), _repeated(builder, weight))


def _give(
    typing: Any, rows: Any, state: Any, of: Any, movers: Any, push: Any, first: Any, sums: Any
) -> Any:
    """Add a state's row to the slot of each mover, times the mover's push.

    ``sums[of[state, m]] += rows[state] * push.flat[first + m]`` for each mover *m*.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        source, place, slots, count, weights, begin, target = _operands(
            context, builder, signature, given, rows
        )
        row = _load(builder, _row(context, builder, rows, source, place), rows)

        def body(slot: Any, weight: Any) -> None:
            end = _row(context, builder, sums, target, slot)
            total = builder.fadd(_load(builder, end, sums), builder.fmul(row, weight))
            _store(builder, total, end, sums)

        _each_mover(
            context, builder, place, _data(context, builder, of, slots), count,
            builder.gep(_data(context, builder, push, weights), [begin]), body,
        )  # fmt: skip
        return context.get_dummy_value()

    return types.void(rows, state, of, movers, push, first, sums), generate


def _take(
    typing: Any, rows: Any, state: Any, stay: Any, of: Any, movers: Any, pull: Any, sums: Any,
    came: Any, at: Any, kept: Any, pattern: Any,
) -> Any:  # fmt: skip
    """Set a state's row after a step, from what stays and from the slot of each mover.

    The row becomes ``rows[state] * stay`` with ``sums[of[state, m]] * pull[state, m]`` for each
    mover *m*. It is added to ``came[at]``; what is left of it is that times ``kept[pattern]``.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        source, place, share, slots, count, weights, totals, into, end, rest, kind = _operands(
            context, builder, signature, given, rows
        )
        own = _row(context, builder, rows, source, place)
        value = builder.fmul(_load(builder, own, rows), _repeated(builder, share))
        with builder.goto_entry_block():
            held = builder.alloca(value.type)
        builder.store(value, held)

        def body(slot: Any, weight: Any) -> None:
            sent = _load(builder, _row(context, builder, sums, totals, slot), sums)
            builder.store(builder.fadd(builder.load(held), builder.fmul(sent, weight)), held)

        _each_mover(
            context, builder, place, _data(context, builder, of, slots), count,
            builder.gep(_data(context, builder, pull, weights), [builder.mul(place, count)]), body,
        )  # fmt: skip
        total = _row(context, builder, came, into, end)
        value = builder.load(held)
        _store(builder, builder.fadd(_load(builder, total, came), value), total, came)
        left = _load(builder, _row(context, builder, kept, rest, kind), kept)
        _store(builder, builder.fmul(value, left), own, rows)
        return context.get_dummy_value()

    return types.void(rows, state, stay, of, movers, pull, sums, came, at, kept, pattern), generate


def _fill(typing: Any, into: Any, at: Any, number: Any) -> Any:
    """Set a row of whole numbers to one number: ``into[at] = number``."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        target, place, value = _operands(context, builder, signature, given, into)
        short = builder.trunc(value, _number(into)) if into.dtype.bitwidth < 64 else value
        end = _row(context, builder, into, target, place)
        _store(builder, _repeated(builder, short), end, into)
        return context.get_dummy_value()

    return types.void(into, at, number), generate


def _copy_row(typing: Any, into: Any, at: Any, rows: Any, number: Any) -> Any:
    """Set a row to another one of the same kind: ``into[at] = rows[number]``."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        target, place, source, row = _operands(context, builder, signature, given, rows)
        value = _load(builder, _row(context, builder, rows, source, row), rows)
        _store(builder, value, _row(context, builder, into, target, place), into)
        return context.get_dummy_value()

    return types.void(into, at, rows, number), generate


def _keep_least(typing: Any, into: Any, at: Any, rows: Any, number: Any) -> Any:
    """Lower the numbers of a row to those of another: ``into[at] = min(into[at], rows[number])``.

    Both are of whole numbers with a sign.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        target, place, source, row = _operands(context, builder, signature, given, rows)
        end = _row(context, builder, into, target, place)
        one = _load(builder, end, into)
        other = _load(builder, _row(context, builder, rows, source, row), rows)
        least = builder.select(builder.icmp_signed("<", one, other), one, other)
        _store(builder, least, end, into)
        return context.get_dummy_value()

    return types.void(into, at, rows, number), generate


def _lower(typing: Any, into: Any, at: Any, rows: Any, number: Any, fixed: Any) -> Any:
    """Lower a row as :func:`keep_least` does, but for one of its numbers; tell if any fell."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        target, place, source, row, lane = _operands(context, builder, signature, given, rows)
        end = _row(context, builder, into, target, place)
        one = _load(builder, end, into)
        other = _load(builder, _row(context, builder, rows, source, row), rows)
        # A number put in by its place would go through memory and back.
        kind = _number(into)
        places = ir.Constant(ir.VectorType(kind, BLOCK), list(range(BLOCK)))
        lane = builder.trunc(lane, kind) if into.dtype.bitwidth < 64 else lane
        others = builder.icmp_signed("!=", places, _repeated(builder, lane))
        falls = builder.and_(builder.icmp_signed("<", other, one), others)
        _store(builder, builder.select(falls, other, one), end, into)
        any_falls = builder.bitcast(falls, ir.IntType(BLOCK))
        return builder.icmp_unsigned("!=", any_falls, ir.Constant(ir.IntType(BLOCK), 0))

    return types.boolean(into, at, rows, number, fixed), generate


INSTRUCTIONS: Final[dict[str, Any]] = {
    made.__name__.removeprefix("_"): intrinsic(made)
    for made in (_add_scaled, _copy_row, _fill, _give, _keep_least, _lower, _take)
}
"""What Numba takes for each operation."""
