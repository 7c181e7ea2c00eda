"""Positions and linkage, literally as docs/concepts/linkage.md defines them.

Exact fractions, no arrays; imports nothing of detente. A table maps (issue, actor) to position,
salience and capability; who is not in it takes no part.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

Table = dict[tuple[int, int], tuple[Fraction, Fraction, Fraction]]


def weight(table: Table, issue: int, actor: int) -> Fraction:
    """Definition 1."""
    _, salience, capability = table[issue, actor]
    return salience * capability


def actors_on(table: Table, issue: int) -> list[int]:
    return sorted(actor for one, actor in table if one == issue)


def compromise(table: Table, issue: int) -> Fraction:
    """Definition 2."""
    actors = actors_on(table, issue)
    total = sum((weight(table, issue, i) for i in actors), Fraction(0))
    return sum((weight(table, issue, i) * table[issue, i][0] for i in actors), Fraction(0)) / total


def median(table: Table, issue: int) -> Fraction:
    """Definition 3: the middle of all places that leave no more than half on either side."""
    actors = [i for i in actors_on(table, issue) if weight(table, issue, i) > 0]
    total = sum(weight(table, issue, i) for i in actors)
    places = [
        x
        for x in {table[issue, i][0] for i in actors}
        if sum(weight(table, issue, i) for i in actors if table[issue, i][0] < x) * 2 <= total
        and sum(weight(table, issue, i) for i in actors if table[issue, i][0] > x) * 2 <= total
    ]
    return (min(places) + max(places)) / 2


def loss(table: Table, issue: int, actor: int, outcome: Fraction) -> Fraction:
    """Definition 4."""
    if (issue, actor) not in table:
        return Fraction(0)
    position, salience, _ = table[issue, actor]
    return salience * abs(position - outcome)


def exchange(table: Table, i: int, j: int, p: int, q: int) -> dict[str, Fraction] | None:
    """Definitions 5 to 8: i gives on p and j on q; None where they cannot."""
    if not {(p, i), (p, j), (q, i), (q, j)} <= table.keys():
        return None
    outcome = {one: compromise(table, one) for one in (p, q)}
    for issue in (p, q):
        sides = [table[issue, actor][0] - outcome[issue] for actor in (i, j)]
        if not (min(sides) < 0 < max(sides)):
            return None
    s = {(issue, actor): table[issue, actor][1] for issue in (p, q) for actor in (i, j)}
    if not s[p, i] * s[q, j] < s[q, i] * s[p, j]:
        return None

    def furthest(issue: int, giver: int, taker: int) -> Fraction:
        total = sum(weight(table, issue, k) for k in actors_on(table, issue))
        whole = abs(table[issue, taker][0] - table[issue, giver][0])
        return min(
            weight(table, issue, giver) * whole / total,
            abs(table[issue, taker][0] - outcome[issue]),
        )

    far_p, far_q = furthest(p, i, j), furthest(q, j, i)
    if far_p == 0 or far_q == 0:
        return None

    def gains(move_p: Fraction, move_q: Fraction) -> tuple[Fraction, Fraction]:
        to_p = outcome[p] + (move_p if table[p, j][0] > outcome[p] else -move_p)
        to_q = outcome[q] + (move_q if table[q, i][0] > outcome[q] else -move_q)

        def gain(k: int) -> Fraction:
            return sum(
                (
                    loss(table, issue, k, outcome[issue]) - loss(table, issue, k, to)
                    for issue, to in ((p, to_p), (q, to_q))
                ),
                Fraction(0),
            )

        return gain(i), gain(j)

    def along(ratio: Fraction) -> tuple[Fraction, Fraction]:
        """The furthest moves with move_q = ratio move_p."""
        move_p = min(far_p, far_q / ratio) if ratio else far_p
        return move_p, move_p * ratio

    equal = along((s[p, i] + s[p, j]) / (s[q, i] + s[q, j]))
    own, other = gains(*equal)
    assert own == other > 0
    best_i = gains(*along(s[p, j] / s[q, j]))
    best_j = gains(*along(s[p, i] / s[q, i]))
    assert best_i[1] == 0 == best_j[0]
    return {
        "move_p": equal[0],
        "move_q": equal[1],
        "gain": own,
        "most_i": best_i[0],
        "most_j": best_j[1],
    }


def outside(table: Table, i: int, j: int, p: int, q: int) -> dict[int, Fraction]:
    """What an exchange brings the others."""
    made = exchange(table, i, j, p, q)
    assert made is not None
    result = {}
    for k in {actor for _, actor in table} - {i, j}:
        result[k] = Fraction(0)
        for issue, taker, move in ((p, j, made["move_p"]), (q, i, made["move_q"])):
            before = compromise(table, issue)
            after = before + (move if table[issue, taker][0] > before else -move)
            result[k] += loss(table, issue, k, before) - loss(table, issue, k, after)
    return result


def elected(
    utility: list[list[Fraction]], weights: list[Fraction], steps: int = 4000
) -> list[float]:
    """Definition 10, by going through the process step by step from an even start."""
    count = len(utility[0])

    def vote(difference: Fraction) -> Fraction:
        return (difference + difference**3) / 2 if difference > 0 else Fraction(0)

    support = {
        (a, b): sum(
            (w * vote(u[a] - u[b]) for w, u in zip(weights, utility, strict=True)), Fraction(0)
        )
        for a, b in product(range(count), repeat=2)
    }

    def victory(a: int, b: int) -> Fraction:
        both = support[a, b] + support[b, a]
        return support[a, b] / both if a != b and both else Fraction(1, 2)

    def challenge(a: int, b: int) -> Fraction:
        """That a challenges b."""
        all_ = sum(support[other, b] * victory(other, b) for other in range(count))
        if not all_:
            return Fraction(int(a == b))
        return support[a, b] * victory(a, b) / all_

    v = {(a, b): float(victory(a, b)) for a in range(count) for b in range(count)}
    c = {(a, b): float(challenge(a, b)) for a in range(count) for b in range(count)}
    chance = [1 / count] * count
    for _ in range(steps):
        chance = [
            sum(v[a, b] * (chance[a] * c[b, a] + chance[b] * c[a, b]) for b in range(count))
            for a in range(count)
        ]
    return chance
