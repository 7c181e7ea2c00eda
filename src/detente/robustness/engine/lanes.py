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

from detente.robustness.engine.concept_bits import GMR, NASH, SEQ, SMR, SSEQ
from detente.robustness.engine.shared import LINE, WOVEN

__all__ = [
    "HIGHEST",
    "PAIRS",
    "WIDTH",
    "compare",
    "ones",
    "respond",
    "rise",
    "settle",
    "settle_line",
    "span",
    "weave",
]

WIDTH = 16
"""Numbers in a row."""

PAIRS = WIDTH // 2 - 1
"""Pairs of values in a row; the last number is what is known."""

HIGHEST = 2**15 - 1
"""Above all ranks."""

# Rows, or units, worked on in one step where there are so many, side by side and further apart.
_TOGETHER = (16, 8, 4, 2, 1)
_APART = (8, 4, 1)


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


def _in_turn(builder: Any, first: Any, count: Any, step: Any, unit: Any, body: Any) -> None:
    """Build loops over units of rows: ``body(starts, rows)`` for some units or a part of one.

    Units of one row or two are taken several at a time, and then those left. Others are taken one
    after the other, several of their rows at a time.
    """

    def number(value: int) -> Any:
        return ir.Constant(count.type, value)

    def several(total: Any, numbers: tuple[int, ...], taken: Any) -> None:
        done = number(0)
        for each in numbers:
            whole = builder.udiv(builder.sub(total, done), number(each))
            with cgutils.for_range(builder, whole) as loop:
                taken(builder.add(done, builder.mul(loop.index, number(each))), each)
            done = builder.add(done, builder.mul(whole, number(each)))

    def start(place: Any, more: int = 0) -> Any:
        return builder.add(first, builder.mul(builder.add(place, number(more)), step))

    def apart(rows: int) -> None:
        def taken(place: Any, units: int) -> None:
            body([start(place, more) for more in range(units)], rows)

        several(count, _APART, taken)

    with builder.if_else(builder.icmp_unsigned(">", unit, number(2))) as (long, short):
        with long, cgutils.for_range(builder, count) as loop:
            begin = start(loop.index)
            several(unit, _TOGETHER, lambda more, rows: body([builder.add(begin, more)], rows))
        with short:
            one_row = builder.icmp_unsigned("==", unit, number(1))
            with builder.if_else(one_row) as (single, double):
                with single:
                    apart(1)
                with double:
                    apart(2)


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

        def body(starts: list[Any], rows: int) -> None:
            mask = _repeated(builder, mask_row, rows)
            none = ir.Constant(_vector(kind, rows), [worst] * (WIDTH * rows))
            bounds = [_variable(builder, none) for _ in starts]
            pending = [_variable(builder, none) for _ in starts]
            with cgutils.for_range(builder, size) as loop:
                turn = builder.load(builder.gep(turns, [builder.add(at, loop.index)]))
                # A state is preferred to others only from the next class of ranks on.
                with builder.if_then(builder.trunc(turn, ir.IntType(1))):
                    for bound, more in zip(bounds, pending, strict=True):
                        builder.store(builder.load(more), bound)
                changes = builder.trunc(
                    builder.lshr(turn, ir.Constant(turn.type, 1)), ir.IntType(1)
                )
                offset = builder.sext(builder.ashr(turn, ir.Constant(turn.type, 2)), first.type)
                pointers = [
                    _pointer(context, builder, kind, values, builder.add(one, offset), rows)
                    for one in starts
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

        _in_turn(builder, first, count, step, unit, body)
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

    The groups are `count` units of `unit` rows, whose first rows are every `step` from
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


# Words of nodes, woven into rows ---------------------------------------------------------


def _element(context: Any, builder: Any, kind: Any, array: Any, place: Any) -> Any:
    """A number of an array."""
    return builder.load(
        builder.gep(context.make_array(kind)(context, builder, array).data, [place])
    )


def _same(value: int) -> Any:
    return ir.Constant(ir.VectorType(ir.IntType(32), LINE), [value] * LINE)


def _words_of_line(
    context: Any, builder: Any, signature: Any, given: Any, at: int, line: Any
) -> list[Any]:
    """The words of a line's nodes, for each pair; operands are those of :func:`weave` from `at`."""
    words, bases, columns, lines, width = (
        (kind, value)
        for kind, value in zip(signature.args[at : at + 5], given[at : at + 5], strict=True)
    )
    found = []
    for pair in range(PAIRS):
        number = ir.Constant(line.type, pair)
        column = _element(context, builder, *columns, number)
        kind = _element(context, builder, *lines, builder.add(builder.mul(line, width[1]), column))
        row = builder.add(_element(context, builder, *bases, number), builder.sext(kind, line.type))
        pointer = _pointer(context, builder, words[0], words[1], row)
        found.append(_load(builder, words[0], pointer))
    return found


def _rows_of(builder: Any, columns: list[Any]) -> list[Any]:
    """Rows of a line, four at once, of which each column has a quarter: four numbers."""

    def shuffled(one: Any, other: Any, picked: list[int]) -> Any:
        numbers = [
            (pick % 4 + first) + LINE * (pick // 4)
            for first in range(0, LINE, 4)
            for pick in picked
        ]
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LINE), numbers)
        return builder.shuffle_vector(one, other, mask)

    # Within each four words alone, as a processor does that at once.
    low, high = [0, 4, 1, 5], [2, 6, 3, 7]
    halves = [
        [shuffled(columns[two], columns[two + 1], picked) for two in (0, 2)]
        for picked in (low, high)
    ]
    first, second = [0, 1, 4, 5], [2, 3, 6, 7]
    return [shuffled(one, other, picked) for one, other in halves for picked in (first, second)]


def _pairs_open_to(builder: Any, told: list[Any], known: Any) -> Any:
    """For which pairs SEQ is open somewhere on a line, as bits of a byte; see :func:`weave`."""
    moves = _same(0)
    for pair, word in enumerate(told):
        bit = builder.and_(builder.lshr(word, _same(24 - pair)), _same(NASH << pair))
        moves = builder.or_(moves, bit)
    settled = builder.and_(known, _same((NASH | SEQ) << 24))
    is_open = builder.icmp_unsigned("==", settled, _same(NASH << 24))
    moves = builder.select(is_open, moves, _same(0))
    # What is left of halves of halves.
    count = LINE
    while count > 1:
        count //= 2
        halves = [
            builder.shuffle_vector(
                moves, moves, ir.Constant(ir.VectorType(ir.IntType(32), count), list(half))
            )
            for half in (range(count), range(count, 2 * count))
        ]
        moves = builder.or_(*halves)
    one = builder.extract_element(moves, ir.Constant(ir.IntType(32), 0))
    return builder.trunc(one, ir.IntType(8))


def _weave(
    typing: Any,
    values: Any,
    unstable: Any,
    undecided: Any,
    words: Any,
    bases: Any,
    columns: Any,
    lines: Any,
    width: Any,
    count: Any,
) -> Any:
    """Set the rows of `count` lines to the values that the words of their nodes have.

    A word has a node's two values, the level above which an improvement must keep, and what is
    known of the node, a byte each. There is room for the words of :data:`PAIRS` parties, one pair
    of values for each: for pair `p`, the words of a line are the row
    ``bases[p] + lines[line, columns[p]]`` of `words`, in the order of :data:`WOVEN`, where `lines`
    has `width` columns. All that is known of a position is added to `unstable`, and set in the last
    number of its row. In `undecided` it is set for each line for which pairs SEQ is open, as bits:
    the party has an improvement from a position, and under GMR nobody moves from it.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        kind = signature.args[0]
        with cgutils.for_range(builder, given[8]) as loop:
            line = loop.index
            told = _words_of_line(context, builder, signature, given, 3, line)
            told_known = told[0]
            for word in told[1:]:
                told_known = builder.or_(told_known, word)
            last = builder.and_(told_known, _same(0xFF000000))
            halves = [builder.and_(word, _same(0xFFFF)) for word in told]
            shifted = [builder.shl(word, _same(16)) for word in told]
            quarters = [
                builder.or_(halves[two], shifted[two + 1]) for two in range(0, PAIRS - 1, 2)
            ]
            quarters.append(builder.or_(halves[PAIRS - 1], last))
            first = builder.mul(line, ir.Constant(line.type, LINE))
            for number, rows in enumerate(_rows_of(builder, quarters)):
                row = builder.add(first, ir.Constant(line.type, 4 * number))
                pointer = _pointer(context, builder, kind, given[0], row, 4)
                _store(builder, kind, builder.bitcast(rows, _vector(kind, 4)), pointer)
            told_bytes = builder.trunc(
                builder.lshr(last, _same(24)), ir.VectorType(ir.IntType(8), LINE)
            )
            order = ir.Constant(ir.VectorType(ir.IntType(32), LINE), list(WOVEN))
            in_order = builder.shuffle_vector(told_bytes, told_bytes, order)
            kind_of_known = signature.args[1]
            pointer = _pointer(context, builder, kind_of_known, given[1], line)
            before = _load(builder, kind_of_known, pointer)
            _store(builder, kind_of_known, builder.or_(before, in_order), pointer)
            open_to = _pairs_open_to(builder, told, last)
            data = context.make_array(signature.args[2])(context, builder, given[2]).data
            builder.store(open_to, builder.gep(data, [line]))
        return context.get_dummy_value()

    operands = (values, unstable, undecided, words, bases, columns, lines, width, count)
    return types.void(*operands), generate


def _settle_line(
    typing: Any,
    unstable: Any,
    values: Any,
    words: Any,
    bases: Any,
    columns: Any,
    lines: Any,
    width: Any,
    line: Any,
) -> Any:
    """Add to what is known of a line where a value lies above what an improvement must keep above.

    A first value of a pair tells that a party moves under SEQ, and so under SSEQ, and a second one
    that it moves under SSEQ. The operands are those of :func:`weave`.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        kind, kind_of_known = signature.args[1], signature.args[0]
        line = given[7]
        levels = []
        for word in _words_of_line(context, builder, signature, given, 2, line):
            level = builder.and_(builder.lshr(word, _same(16)), _same(0xFF))
            levels.append(builder.or_(level, builder.shl(level, _same(8))))
        quarters = [
            builder.or_(levels[two], builder.shl(levels[two + 1], _same(16)))
            for two in range(0, PAIRS - 1, 2)
        ]
        quarters.append(levels[PAIRS - 1])
        first = builder.mul(line, ir.Constant(line.type, LINE))
        found = ir.Constant(ir.VectorType(ir.IntType(4 * WIDTH), LINE // 4), ir.Undefined)
        for number, limits in enumerate(_rows_of(builder, quarters)):
            row = builder.add(first, ir.Constant(line.type, 4 * number))
            rows = _load(builder, kind, _pointer(context, builder, kind, given[1], row, 4))
            higher = builder.icmp_unsigned(">", rows, builder.bitcast(limits, _vector(kind, 4)))
            place = ir.Constant(ir.IntType(32), number)
            bits = builder.bitcast(higher, ir.IntType(4 * WIDTH))
            found = builder.insert_element(found, bits, place)
        of_position = ir.VectorType(ir.IntType(WIDTH), LINE)
        found = builder.bitcast(found, of_position)
        pointer = _pointer(context, builder, kind_of_known, given[0], line)
        known = _load(builder, kind_of_known, pointer)
        seq = sum(1 << 2 * pair for pair in range(PAIRS))
        for wanted, more in ((seq, SEQ | SSEQ), (seq << 1, SSEQ)):
            told = builder.and_(found, ir.Constant(of_position, [wanted] * LINE))
            any_told = builder.icmp_unsigned("!=", told, ir.Constant(of_position, [0] * LINE))
            moves = builder.select(any_told, _all(kind_of_known, more), _all(kind_of_known, 0))
            known = builder.or_(known, moves)
        _store(builder, kind_of_known, known, pointer)
        return context.get_dummy_value()

    return types.void(unstable, values, words, bases, columns, lines, width, line), generate


def _ones(typing: Any, bits: Any) -> Any:
    """The number of bits that are set in a number of 64 bits without sign."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return types.int64(types.uint64), generate


# Ranks of some draws side by side -------------------------------------------------------


class _Rows:
    """Rows of an array, as instructions read and write them."""

    def __init__(self, context: Any, builder: Any, kind: Any, array: Any) -> None:
        self.context, self.builder, self.kind, self.array = context, builder, kind, array

    def _at(self, row: Any) -> Any:
        return _pointer(self.context, self.builder, self.kind, self.array, row)

    def read(self, row: Any) -> Any:
        return _load(self.builder, self.kind, self._at(row))

    def write(self, row: Any, value: Any) -> None:
        _store(self.builder, self.kind, value, self._at(row))


def _all(kind: Any, value: int) -> Any:
    return ir.Constant(_vector(kind), [value] * WIDTH)


def _best(builder: Any, one: Any, other: Any) -> Any:
    return builder.select(builder.icmp_signed(">", one, other), one, other)


def _worst(builder: Any, one: Any, other: Any) -> Any:
    return builder.select(builder.icmp_signed("<", one, other), one, other)


def _on_ranks(operands: tuple[Any, ...], build: Any) -> Any:
    """Give ``build(builder, rows, element, given)`` rows and elements of its operands."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        given = _whole(context, builder, signature, given)
        kinds = signature.args

        def rows(number: int) -> _Rows:
            return _Rows(context, builder, kinds[number], given[number])

        def element(number: int, place: Any) -> Any:
            return _element(context, builder, kinds[number], given[number], place)

        build(builder, rows, element, given)
        return context.get_dummy_value()

    return types.void(*operands), generate


def _compare(
    typing: Any,
    ranks: Any,
    start: Any,
    own: Any,
    a: Any,
    reach: Any,
    better: Any,
    before: Any,
    best: Any,
) -> Any:
    """Compare one of a context's combinations with all of them.

    The context's nodes are `own` rows from ``ranks[start]`` on, and `a` says which of them.
    ``reach[a, b]``, bytes, says whether the party can go from one to another. Sets, in the row of
    the node, how many are preferred to it, how many stand before it in an order from the best on,
    and the best rank that can be reached.

    Arrays are contiguous and of numbers of 16 bits with sign, seen as rows. Bounds are not checked.
    """

    def build(builder: Any, rows: Any, element: Any, given: Any) -> None:
        _, start, own, a = given[:4]
        node = builder.add(start, a)
        kind = ranks
        mine = rows(0).read(node)
        better_now, tied_now = (_variable(builder, _all(kind, 0)) for _ in range(2))
        best_now = _variable(builder, mine)
        with cgutils.for_range(builder, own) as loop:
            b = loop.index
            other = rows(0).read(builder.add(start, b))
            above = builder.zext(builder.icmp_signed(">", other, mine), _vector(kind))
            builder.store(builder.add(builder.load(better_now), above), better_now)
            with builder.if_then(builder.icmp_signed("<", b, a)):
                same = builder.zext(builder.icmp_signed("==", other, mine), _vector(kind))
                builder.store(builder.add(builder.load(tied_now), same), tied_now)
            reached = element(4, builder.add(builder.mul(a, own), b))
            with builder.if_then(builder.trunc(reached, ir.IntType(1))):
                builder.store(_best(builder, builder.load(best_now), other), best_now)
        rows(5).write(node, builder.load(better_now))
        rows(6).write(node, builder.add(builder.load(better_now), builder.load(tied_now)))
        rows(7).write(node, builder.load(best_now))

    return _on_ranks((ranks, start, own, a, reach, better, before, best), build)


def _settle(
    typing: Any,
    ranks: Any,
    start: Any,
    own: Any,
    a: Any,
    reach: Any,
    best: Any,
    least: Any,
    components: Any,
    known: Any,
    undecided: Any,
    context: Any,
    low: Any,
    high: Any,
) -> Any:
    """Settle Nash, GMR and SMR for one of a context's combinations; see :func:`compare`.

    Each component has two rows in `least`, for GMR and for SMR, and ``components[node]`` says which
    is the node's. Sets what is known in the node's row, and adds to the context's row whether SEQ
    is open. Where it is, `low` and `high` are set, in row `a`, to the rank, and elsewhere to the
    highest number and to -1. `known` and `undecided` have bytes without sign in their rows.
    """

    def build(builder: Any, rows: Any, element: Any, given: Any) -> None:
        _, start, own, a = given[:4]
        node = builder.add(start, a)
        kind = ranks
        mine = rows(0).read(node)
        highest = [_variable(builder, _all(kind, -1)) for _ in range(2)]
        with cgutils.for_range(builder, own) as loop:
            b = loop.index
            reached = element(4, builder.add(builder.mul(a, own), b))
            with builder.if_then(builder.trunc(reached, ir.IntType(1))):
                other = builder.add(start, b)
                preferred = builder.icmp_signed(">", rows(0).read(other), mine)
                component = builder.sext(element(7, other), other.type)
                for which, now in enumerate(highest):
                    row = builder.add(
                        builder.mul(component, ir.Constant(other.type, 2)),
                        ir.Constant(other.type, which),
                    )
                    told = builder.select(preferred, rows(6).read(row), _all(kind, -1))
                    builder.store(_best(builder, builder.load(now), told), now)
        moves = builder.icmp_signed(">", rows(5).read(node), mine)
        gmr, smr = (builder.icmp_signed(">", builder.load(now), mine) for now in highest)
        bits = [
            builder.select(truth, _all(known, value), _all(known, 0))
            for truth, value in ((moves, NASH), (gmr, GMR | SEQ), (smr, SMR | SSEQ))
        ]
        rows(8).write(node, builder.or_(builder.or_(bits[0], bits[1]), bits[2]))
        is_open = builder.and_(moves, builder.not_(gmr))
        more = builder.zext(is_open, _vector(undecided))
        rows(9).write(given[10], builder.or_(rows(9).read(given[10]), more))
        rows(11).write(a, builder.select(is_open, mine, _all(kind, HIGHEST)))
        rows(12).write(a, builder.select(is_open, mine, _all(kind, -1)))

    return _on_ranks(
        (
            ranks, start, own, a, reach, best, least, components, known, undecided, context,
            low, high,
        ),
        build,
    )  # fmt: skip


def _span(
    typing: Any,
    ranks: Any,
    start: Any,
    own: Any,
    b: Any,
    reach: Any,
    low: Any,
    high: Any,
    spans: Any,
    row: Any,
) -> Any:
    """Widen the span of one of a context's combinations; see :func:`settle`.

    It is the row ``spans[row]``, the least rank, and the next one, the greatest: of the
    combinations that this one is an improvement from and for which SEQ is open.
    """

    def build(builder: Any, rows: Any, element: Any, given: Any) -> None:
        _, start, own, b = given[:4]
        row = given[8]
        after = builder.add(row, ir.Constant(row.type, 1))
        kind = ranks
        mine = rows(0).read(builder.add(start, b))
        least, most = (_variable(builder, rows(7).read(one)) for one in (row, after))
        with cgutils.for_range(builder, own) as loop:
            a = loop.index
            reached = element(4, builder.add(builder.mul(a, own), b))
            with builder.if_then(builder.trunc(reached, ir.IntType(1))):
                worse = builder.icmp_signed("<", rows(0).read(builder.add(start, a)), mine)
                lower = builder.select(worse, rows(5).read(a), _all(kind, HIGHEST))
                builder.store(_worst(builder, builder.load(least), lower), least)
                higher = builder.select(worse, rows(6).read(a), _all(kind, -1))
                builder.store(_best(builder, builder.load(most), higher), most)
        rows(7).write(row, builder.load(least))
        rows(7).write(after, builder.load(most))

    return _on_ranks((ranks, start, own, b, reach, low, high, spans, row), build)


# Numba gives them their type; to everyone else they are functions of their operands.
respond: Any = intrinsic(_respond)
rise: Any = intrinsic(_rise)
settle_line: Any = intrinsic(_settle_line)
weave: Any = intrinsic(_weave)
ones: Any = intrinsic(_ones)
compare: Any = intrinsic(_compare)
settle: Any = intrinsic(_settle)
span: Any = intrinsic(_span)
