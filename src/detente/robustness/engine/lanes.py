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

__all__ = ["WIDTH", "above", "gather_one", "gather_two", "ones", "respond", "rise"]

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


def _most(builder: Any, one: Any, other: Any) -> Any:
    return builder.select(builder.icmp_unsigned(">", one, other), one, other)


def _repeated(builder: Any, row: Any, rows: int) -> Any:
    numbers = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH * rows), [*range(WIDTH)] * rows)
    return builder.shuffle_vector(row, row, numbers)


def _in_turn(builder: Any, count: Any, step: Any, unit: Any, body: Any) -> None:
    """Build loops over units of rows: ``body(first, units, rows)`` for units one after the other.

    Units of one row, one step apart, are taken several at a time as one unit of more rows, and
    then those left. Others are taken several at a time; they are one row or two.
    """

    def number(value: int) -> Any:
        return ir.Constant(count.type, value)

    def several(most: int, taken: Any) -> None:
        done = number(0)
        while most:
            whole = builder.udiv(builder.sub(count, done), number(most))
            with cgutils.for_range(builder, whole) as loop:
                taken(builder.add(done, builder.mul(loop.index, number(most))), most)
            done = builder.add(done, builder.mul(whole, number(most)))
            most //= 2

    with builder.if_else(builder.icmp_unsigned("==", step, number(1))) as (beside, apart):
        with beside:
            several(_TOGETHER, lambda first, units: body(first, 1, units))
        with apart:
            one_row = builder.icmp_unsigned("==", unit, number(1))
            with builder.if_else(one_row) as (single, double):
                with single:
                    several(_APART, lambda first, units: body(first, units, 1))
                with double:
                    several(_APART, lambda first, units: body(first, units, 2))


def _through(
    typing: Any, operands: tuple[Any, ...], worst: int, combine: Any, change: Any, note: Any
) -> Any:
    """Go through a party's own combinations in some groups, from the best on.

    The operands are those of :func:`respond`. ``combine(builder, bound, row, mask)`` is what is
    known of what is preferred, once a row more is, and `worst` is what it starts from.
    ``change(builder, row, bound, mask)`` is what a row becomes. ``note`` builds what is to be noted
    of each turn, from the rows before and after.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        values, first, count, step, unit, turns, at, size, masks, mask_row = given[:10]
        kind = signature.args[0]
        mask_row = _load(
            builder, kind, _pointer(context, builder, signature.args[8], masks, mask_row)
        )
        turns = context.make_array(signature.args[5])(context, builder, turns).data

        def body(number: Any, units: int, rows: int) -> None:
            mask = _repeated(builder, mask_row, rows)
            start = ir.Constant(_vector(kind, rows), [worst] * (WIDTH * rows))
            bounds = [_variable(builder, start) for _ in range(units)]
            pending = [_variable(builder, start) for _ in range(units)]
            begin = [
                builder.add(
                    first, builder.mul(builder.add(number, ir.Constant(number.type, one)), step)
                )
                for one in range(units)
            ]
            with cgutils.for_range(builder, size) as loop:
                turn = builder.load(builder.gep(turns, [builder.add(at, loop.index)]))
                # A state is preferred to others only from the next class of ranks on.
                with builder.if_then(builder.trunc(turn, ir.IntType(1))):
                    for bound, more in zip(bounds, pending, strict=True):
                        builder.store(builder.load(more), bound)
                changes = builder.trunc(
                    builder.lshr(turn, ir.Constant(turn.type, 1)), ir.IntType(1)
                )
                offset = builder.sext(builder.ashr(turn, ir.Constant(turn.type, 2)), number.type)
                pointers = [
                    _pointer(context, builder, kind, values, builder.add(one, offset), rows)
                    for one in begin
                ]
                olds = [_load(builder, kind, pointer) for pointer in pointers]
                for more, old in zip(pending, olds, strict=True):
                    builder.store(combine(builder, builder.load(more), old, mask), more)
                with builder.if_then(changes, likely=True):
                    news = []
                    for pointer, bound, old in zip(pointers, bounds, olds, strict=True):
                        new = change(builder, old, builder.load(bound), mask)
                        _store(builder, kind, new, pointer)
                        news.append(new)
                    note(context, builder, signature, given, loop.index, olds, news)

        _in_turn(builder, count, step, unit, body)
        return context.get_dummy_value()

    return types.void(*operands), generate


def _respond(
    typing: Any,
    values: Any,
    first: Any,
    count: Any,
    step: Any,
    unit: Any,
    turns: Any,
    at: Any,
    size: Any,
    masks: Any,
    mask: Any,
    fell: Any,
) -> Any:
    """Lower rows to the least of what is preferred to each in its group, and to itself.

    The groups are `count` units of one row or two, whose first rows are every `step` from
    ``values[first]`` on. A group's states are `size` turns from ``turns[at]`` on, from the best
    on: four times how many rows further the state stands, 2 if it is to be changed, and 1 if it
    is the first that is not as good as those before.

    Numbers where ``masks[mask]``, one row, has bits do not count. Where any number of a turn
    fell, ``fell`` is set to 1 at the turn's number.

    Arrays are contiguous, of whole numbers, and `values` and `masks` seen as rows of
    :data:`WIDTH` numbers without sign. Bounds are not checked.
    """

    def combine(builder: Any, bound: Any, row: Any, mask: Any) -> Any:
        return _least(builder, bound, builder.or_(row, mask))

    def change(builder: Any, row: Any, bound: Any, mask: Any) -> Any:
        return _least(builder, row, bound)

    def note(
        context: Any, builder: Any, signature: Any, given: Any, turn: Any, olds: Any, news: Any
    ) -> None:
        data = context.make_array(signature.args[10])(context, builder, given[10]).data
        pointer = builder.gep(data, [turn])
        differ = [builder.xor(old, new) for old, new in zip(olds, news, strict=True)]
        joined = differ[0]
        for more in differ[1:]:
            joined = builder.or_(joined, more)
        bits = ir.IntType(8 * joined.type.count)
        any_fell = builder.icmp_unsigned("!=", builder.bitcast(joined, bits), ir.Constant(bits, 0))
        before = builder.load(pointer)
        builder.store(builder.or_(before, builder.zext(any_fell, before.type)), pointer)

    operands = (values, first, count, step, unit, turns, at, size, masks, mask, fell)
    return _through(typing, operands, 255, combine, change, note)


def _rise(
    typing: Any,
    values: Any,
    first: Any,
    count: Any,
    step: Any,
    unit: Any,
    turns: Any,
    at: Any,
    size: Any,
    masks: Any,
    mask: Any,
) -> Any:
    """Set rows to the highest of what is preferred to each in its group; see :func:`respond`.

    Only numbers where the mask has bits are set.
    """

    def combine(builder: Any, bound: Any, row: Any, mask: Any) -> Any:
        return _most(builder, bound, row)

    def change(builder: Any, row: Any, bound: Any, mask: Any) -> Any:
        return builder.or_(builder.and_(row, builder.not_(mask)), builder.and_(bound, mask))

    operands = (values, first, count, step, unit, turns, at, size, masks, mask)
    return _through(typing, operands, 0, combine, change, lambda *told: None)


def _joined(
    context: Any,
    builder: Any,
    kinds: tuple[Any, Any],
    arrays: tuple[Any, Any],
    first: Any,
    count: Any,
    rows: int,
) -> Any:
    """All the bits of units of rows of one array at `count` places that another array tells."""
    kind, kind_of_places = kinds
    bits = _variable(builder, ir.Constant(_vector(kind, rows), [0] * (WIDTH * rows)))
    data = context.make_array(kind_of_places)(context, builder, arrays[1]).data

    def join(place: Any) -> None:
        unit = builder.sext(builder.load(builder.gep(data, [place])), count.type)
        row = builder.mul(unit, ir.Constant(unit.type, rows))
        more = _load(builder, kind, _pointer(context, builder, kind, arrays[0], row, rows))
        builder.store(builder.or_(builder.load(bits), more), bits)

    one, two = (ir.Constant(count.type, number) for number in (1, 2))
    # Two in one step, as a loop over so few would cost more than what it does.
    with cgutils.for_range(builder, builder.udiv(count, two)) as loop:
        place = builder.add(first, builder.mul(loop.index, two))
        join(place)
        join(builder.add(place, one))
    with builder.if_then(builder.trunc(count, ir.IntType(1))):
        join(builder.sub(builder.add(first, count), one))
    return builder.load(bits)


def _gather(rows: int) -> Any:
    def gather(
        typing: Any, to: Any, row: Any, parts: Any, places: Any, first: Any, count: Any
    ) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            given = _whole(context, builder, signature, given)
            kinds = signature.args[2], signature.args[3]
            parts = given[2], given[3]
            bits = _joined(context, builder, kinds, parts, given[4], given[5], rows)
            kind = signature.args[0]
            _store(builder, kind, bits, _pointer(context, builder, kind, given[0], given[1], rows))
            return context.get_dummy_value()

        return types.void(to, row, parts, places, first, count), generate

    gather.__doc__ = f"""Set {rows} rows from ``to[row]`` on to all the bits of some of `parts`.

    These are units of {rows} rows, at `count` places from ``places[first]`` on, as if `places` were
    flat; see :func:`respond`.
    """
    return gather


def _above(
    typing: Any, values: Any, row: Any, parts: Any, places: Any, first: Any, count: Any
) -> Any:
    """Which numbers of two rows are above those that :func:`gather_two` would set them to.

    Returns a bit for each number, the first row's first.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        kind = signature.args[0]
        kinds = signature.args[2], signature.args[3]
        limits = _joined(context, builder, kinds, (given[2], given[3]), given[4], given[5], 2)
        rows = _load(builder, kind, _pointer(context, builder, kind, given[0], given[1], 2))
        bits = builder.bitcast(builder.icmp_unsigned(">", rows, limits), ir.IntType(2 * WIDTH))
        return builder.zext(bits, ir.IntType(64))

    return types.int64(values, row, parts, places, first, count), generate


def _ones(typing: Any, bits: Any) -> Any:
    """The number of bits that are set in a number of 64 bits without sign."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return types.int64(types.uint64), generate


# Numba gives them their type; to everyone else they are functions of their operands.
respond: Any = intrinsic(_respond)
rise: Any = intrinsic(_rise)
above: Any = intrinsic(_above)
gather_one: Any = intrinsic(_gather(1))
gather_two: Any = intrinsic(_gather(2))
ones: Any = intrinsic(_ones)
