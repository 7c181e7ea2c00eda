"""Random disputes of a given size, as documents that `detente.build_dispute` reads."""

from __future__ import annotations

from typing import Any

import numpy as np


def document(
    options: int,
    parties: int,
    *,
    statements: int = 20,
    infeasible: bool = False,
    irreversible: bool = False,
    ties: bool = False,
    guarded: bool = False,
    seed: int = 0,
) -> dict[str, Any]:
    """A dispute with two-level options shared out among the parties.

    `infeasible` adds three constraints, `irreversible` makes every third option irreversible,
    `ties` leaves only four statements to each party, `guarded` puts a guard on every third option.
    """
    random = np.random.default_rng(seed)
    owners = np.sort(np.arange(options) % parties)
    keys = [f"p{owner}.o{number}" for number, owner in enumerate(owners)]

    def formula() -> str:
        terms = [
            ("not " if random.integers(2) else "") + keys[option]
            for option in random.choice(options, size=int(random.integers(1, 4)), replace=False)
        ]
        joined = terms[0]
        for term in terms[1:]:
            joined = f"({joined}) {random.choice(['and', 'or', 'if'])} ({term})"
        return joined

    members: dict[str, Any] = {}
    for party in range(parties):
        own: dict[str, Any] = {}
        for number in np.flatnonzero(owners == party):
            option: dict[str, Any] = {"name": f"Option {number}"}
            if irreversible and number % 3 == 0:
                option["irreversible"] = True
            if guarded and number % 3 == 1:
                option["when"] = formula()
            own[f"o{number}"] = option
        members[f"p{party}"] = {
            "options": own,
            "preferences": [formula() for _ in range(4 if ties else statements)],
        }
    result: dict[str, Any] = {
        "dispute": f"{options} options, {parties} parties",
        "parties": members,
    }
    if infeasible:
        # Together they rule out about a third of all states.
        result["constraints"] = [
            {"never": " and ".join(random.choice(keys, size=3, replace=False))} for _ in range(3)
        ]
    return result
