"""Compiled: compromises, medians, exchanges and elections of many tables, one after the other.

They call nothing outside, such as a library of linear algebra, so that what is compiled once is
loaded without Numba; see :mod:`detente.space.ready_code`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import allocating_kernel, allocating_kernel_part, kernel, kernel_part

__all__ = ["bargain_draws", "elected", "exchange", "shares_and_compromises", "weighted_median"]

Floats = NDArray[np.float64]

# Steps of the chain before its limit is taken by squaring instead, and what counts as no change.
_STEPS = 300
_SQUARINGS = 60
_NOTHING = 1e-12


@kernel
def shares_and_compromises(
    position: Floats, salience: Floats, capability: Floats, share: Floats, compromise: Floats
) -> None:
    """Each actor's share of the weight on each issue, and the compromises (definitions 1, 2)."""
    issues, actors = position.shape
    for p in range(issues):
        total = 0.0
        for i in range(actors):
            share[p, i] = 0.0
            if not np.isnan(position[p, i]):
                share[p, i] = capability[p, i] * salience[p, i]
                total += share[p, i]
        compromise[p] = np.nan
        if total > 0:
            compromise[p] = 0.0
            for i in range(actors):
                share[p, i] /= total
                if share[p, i] > 0:
                    compromise[p] += share[p, i] * position[p, i]


@allocating_kernel
def weighted_median(position: Floats, share: Floats) -> float:
    """The position with half of the weight on either side (definition 3)."""
    order = np.argsort(position, kind="mergesort")
    below = 0.0
    for at in range(order.size):
        i = order[at]
        if share[i] <= 0:
            continue
        below += share[i]
        if below > 0.5 + 1e-12:
            return float(position[i])
        if below >= 0.5 - 1e-12:
            # Exactly half lies up to here: the middle between this and the next with weight.
            for later in range(at + 1, order.size):
                if share[order[later]] > 0:
                    return float(position[i] + position[order[later]]) / 2
            return float(position[i])
    return np.nan


def exchange(
    from_outcome: tuple[float, float, float, float],
    salience: tuple[float, float, float, float],
    share: tuple[float, float],
) -> tuple[float, float, float, float, float]:
    """What i and j gain where i gives on p and j on q, if both can (definitions 5 to 8).

    Parameters
    ----------
    from_outcome
        How far the wish of i on p, of i on q, of j on p and of j on q lies from the outcome.
    salience
        In the same order.
    share
        The share of i in the weight on p, and of j in that on q.

    Returns
    -------
    tuple of float
        By how much the outcomes of p and q move at equal gains, the equal gain, and the most that
        i and j can gain with the other gaining nothing; all 0 where they cannot exchange.
    """
    i_on_p, i_on_q, j_on_p, j_on_q = from_outcome
    a, b, c, d = salience
    # Comparisons with what is not a number are false. On p, i cares less than j does, beside q.
    if not (i_on_p * j_on_p < 0 and i_on_q * j_on_q < 0 and a * d < c * b):
        return 0.0, 0.0, 0.0, 0.0, 0.0
    furthest_p = min(share[0] * abs(j_on_p - i_on_p), abs(j_on_p))
    furthest_q = min(share[1] * abs(i_on_q - j_on_q), abs(i_on_q))
    if furthest_p <= 0 or furthest_q <= 0:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    move_p, move_q = furthest_p, furthest_p * (a + c) / (b + d)
    if move_q > furthest_q:
        move_p, move_q = furthest_q * (b + d) / (a + c), furthest_q
    # j gains nothing where c move_p = d move_q; i gains nothing where b move_q = a move_p.
    most_p, most_q = furthest_p, furthest_p * c / d
    if most_q > furthest_q:
        most_p, most_q = furthest_q * d / c, furthest_q
    other_p, other_q = furthest_p, furthest_p * a / b
    if other_q > furthest_q:
        other_p, other_q = furthest_q * b / a, furthest_q
    return (
        move_p,
        move_q,
        b * move_q - a * move_p,
        b * most_q - a * most_p,
        c * other_p - d * other_q,
    )


# For many tables. A single one has few pairs, for which to load the compiler would take longer.
_compiled_exchange = kernel_part(exchange)


@allocating_kernel
def elected(utility: Floats, weight: Floats) -> Floats:
    """Probability of each candidate in a probabilistic Condorcet election (definition 10).

    `utility` has shape (actors, candidates), `weight` (actors,).
    """
    actors, count = utility.shape
    support = np.zeros((count, count))
    for i in range(actors):
        if weight[i] <= 0:
            continue
        for a in range(count):
            for b in range(a):
                difference = utility[i, a] - utility[i, b]
                vote = weight[i] * (difference + difference * difference * difference) / 2
                if difference > 0:
                    support[a, b] += vote
                else:
                    support[b, a] -= vote
    # step[b, a]: the probability that a follows b.
    step = np.zeros((count, count))
    for b in range(count):
        total = 0.0
        for a in range(count):
            if support[a, b] > 0:
                total += support[a, b] * support[a, b] / (support[a, b] + support[b, a])
        if total <= 0:
            step[b, b] = 1.0
            continue
        for a in range(count):
            if support[a, b] > 0:
                victory = support[a, b] / (support[a, b] + support[b, a])
                challenged = support[a, b] * victory / total
                step[b, a] += challenged * victory
                step[b, b] += challenged * (1 - victory)
    chance = np.full(count, 1.0 / count)
    following = np.empty(count)
    for _ in range(_STEPS):
        following[:] = 0.0
        for b in range(count):
            for a in range(count):
                following[a] += chance[b] * step[b, a]
        change = 0.0
        for a in range(count):
            change = max(change, abs(following[a] - chance[a]))
            chance[a] = following[a]
        if change < _NOTHING:
            return chance
    # Slow to settle: from the even start to the limit by squaring.
    for _ in range(_SQUARINGS):
        twice = np.zeros((count, count))
        for b in range(count):
            for between in range(count):
                for a in range(count):
                    twice[b, a] += step[b, between] * step[between, a]
            row = twice[b].sum()
            for a in range(count):
                twice[b, a] /= row
        step = twice
    for a in range(count):
        chance[a] = step[:, a].sum() / count
    return chance


@allocating_kernel_part
def _elected_positions(position: Floats, share: Floats, chance: Floats) -> None:
    """For each actor the probability that what it wants is elected on one issue."""
    actors = position.size
    place = np.full(actors, -1)
    distinct = np.empty(actors)
    count = 0
    for i in range(actors):
        chance[i] = np.nan
        if np.isnan(position[i]):
            continue
        for k in range(count):
            if distinct[k] == position[i]:
                place[i] = k
        if place[i] < 0:
            place[i] = count
            distinct[count] = position[i]
            count += 1
    utility = np.zeros((actors, count))
    for i in range(actors):
        if place[i] >= 0:
            for k in range(count):
                utility[i, k] = 1 - abs(position[i] - distinct[k]) / 100
    if count:
        found = elected(utility, share)
        for i in range(actors):
            if place[i] >= 0:
                chance[i] = found[place[i]]


@allocating_kernel
def bargain_draws(
    position: Floats,
    salience: Floats,
    capability: Floats,
    compromise: Floats,
    median: Floats,
    chance: Floats,
    made: NDArray[np.int64],
    gained: Floats,
    outside: Floats,
) -> None:
    """All results of many tables; shapes (draws, issues, actors) and as follows.

    `compromise` and `median` have shape (draws, issues), `chance` (draws, issues, actors).
    `made` and `gained`, shape (issues, issues, actors, actors), count for p before q in how many
    tables i gives on p and j on q, and sum the equal gain. To `outside`, shape (draws, actors), is
    added what each actor gains, or loses, by all exchanges of others, each taken for itself.
    """
    draws, issues, actors = position.shape
    share = np.empty((issues, actors))
    for n in range(draws):
        x, s = position[n], salience[n]
        shares_and_compromises(x, s, capability[n], share, compromise[n])
        for p in range(issues):
            median[n, p] = weighted_median(x[p], share[p])
            _elected_positions(x[p], share[p], chance[n, p])
        _add_exchanges(x, s, share, compromise[n], made, gained, outside[n])


@allocating_kernel_part
def _add_exchanges(
    position: Floats,
    salience: Floats,
    share: Floats,
    compromise: Floats,
    made: NDArray[np.int64],
    gained: Floats,
    outside: Floats,
) -> None:
    """All exchanges of one table, added to what was found in others."""
    issues, actors = position.shape
    side = np.empty((issues, actors))
    distance = np.empty((issues, actors))
    cares = salience.copy()
    for p in range(issues):
        for i in range(actors):
            side[p, i] = position[p, i] - compromise[p]
            distance[p, i] = abs(side[p, i])
            # What does not take part loses nothing.
            if np.isnan(side[p, i]):
                distance[p, i] = side[p, i] = cares[p, i] = 0.0
    for p in range(issues):
        for q in range(p + 1, issues):
            for i in range(actors):
                if side[p, i] == 0 or side[q, i] == 0:
                    continue
                for j in range(actors):
                    # Most pairs stand on the same side of one of the two.
                    if side[p, i] * side[p, j] >= 0 or side[q, i] * side[q, j] >= 0:
                        continue
                    move_p, move_q, gain, _, _ = _compiled_exchange(
                        (side[p, i], side[q, i], side[p, j], side[q, j]),
                        (cares[p, i], cares[q, i], cares[p, j], cares[q, j]),
                        (share[p, i], share[q, j]),
                    )
                    if gain <= 0:
                        continue
                    made[p, q, i, j] += 1
                    gained[p, q, i, j] += gain
                    # p moves away from i, q towards i.
                    by_p = -move_p if side[p, i] > 0 else move_p
                    by_q = move_q if side[q, i] > 0 else -move_q
                    own_i, own_j = outside[i], outside[j]
                    for k in range(actors):
                        outside[k] += cares[p, k] * (distance[p, k] - abs(side[p, k] - by_p))
                    for k in range(actors):
                        outside[k] += cares[q, k] * (distance[q, k] - abs(side[q, k] - by_q))
                    # The two themselves are not outside; a loop without a question is quicker.
                    outside[i], outside[j] = own_i, own_j
