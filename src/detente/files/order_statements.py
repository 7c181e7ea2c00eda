"""Explicit orders of states as statements, which keep their meaning beside another dispute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from detente.dispute.dispute import Dispute
from detente.space.states import StateSpace, state_space

__all__ = ["orders_as_statements"]


def orders_as_statements(
    document: Mapping[str, Any], dispute: Dispute
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A document in which every explicit order of states is a list of statements.

    An order covers each state once. So a statement for each of its places, best first, ranks
    states as the order does: the first of them that is true decides.

    Parameters
    ----------
    document, dispute
        The document, and the dispute that was built from it, without coalesced states.

    Returns
    -------
    dict
        A new document.
    tuple of str
        Ids of the parties whose own preferences were an order.
    """
    space: StateSpace | None = None

    def stated(preferences: Any) -> Any:
        nonlocal space
        if not isinstance(preferences, dict):
            return preferences
        space = space or state_space(dispute)
        basis = {key: value for key, value in preferences.items() if key != "order"}
        texts = [_place_text(one, dispute, space) for one in preferences["order"]]
        return [{"prefer": text, **basis} if basis else text for text in texts]

    parties, changed = {}, []
    for name, party in document["parties"].items():
        made = dict(party)
        if isinstance(party.get("preferences"), dict):
            changed.append(name)
            made["preferences"] = stated(party["preferences"])
        if "perceives" in party:
            made["perceives"] = {
                other: {**view, "preferences": stated(view["preferences"])}
                if "preferences" in view
                else view
                for other, view in party["perceives"].items()
            }
        parties[name] = made
    return {**document, "parties": parties}, tuple(changed)


def _place_text(entry: Any, dispute: Dispute, space: StateSpace) -> Any:
    """One place of an order as a formula."""
    entries = entry if isinstance(entry, list) else [entry]
    texts = [
        _state_text(one - 1, dispute, space)
        if isinstance(one, int) and not isinstance(one, bool)
        else one
        for one in entries
    ]
    if len(texts) == 1:
        return texts[0]
    return " or ".join(f"({str(one).lower() if isinstance(one, bool) else one})" for one in texts)


def _state_text(index: int, dispute: Dispute, space: StateSpace) -> str:
    """A formula that holds in one state alone."""
    (levels,) = space.assignments(np.array([index])).tolist()
    words = []
    for option, level in zip(dispute.options, levels, strict=True):
        if option.levels == ("no", "yes"):
            words.append(option.key if level else f"not {option.key}")
        else:
            words.append(f"{option.key} = {option.levels[level]}")
    return " and ".join(words)
