"""Random disputes with misperceptions, as the oracle and as the engine read them."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from oracle.definitions import Assignment, OracleDispute, true_in
from oracle.hypergame import OracleUnseen, OracleView, seen_by
from strategies import as_text, assignment_levels, conditions, disputes, document, preferences

Misperception = OracleView | OracleUnseen


@st.composite
def hypergames(
    draw: st.DrawFn, most_states: int = 24
) -> tuple[OracleDispute, list[Misperception], Assignment]:
    """A dispute, up to three views, up to two conditions on states not seen, and a status quo."""
    dispute = draw(disputes(most_states=most_states))
    condition = conditions(dispute.levels)
    quo = draw(st.sampled_from(sorted(dispute.state_of)))
    pairs = [(p, q) for p in range(dispute.parties) for q in range(dispute.parties) if p != q]
    views: list[Misperception] = []
    for party, other in draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)):
        own = [one for one, owner in enumerate(dispute.owner) if owner == other]
        unseen = [one for one in own if draw(st.booleans())] if draw(st.booleans()) else []
        mistaken = draw(st.booleans()) or not unseen
        preference = draw(preferences(dispute, condition)) if mistaken else None
        views.append(OracleView(party, other, preference, unseen))
    for party in draw(st.lists(st.integers(0, dispute.parties - 1), max_size=2)):
        views.append(OracleUnseen(party, draw(condition)))
    for party in range(dispute.parties):
        hidden = [
            one.condition for one in views if isinstance(one, OracleUnseen) and one.party == party
        ]
        assume(
            any(
                not any(true_in(condition, one) for condition in hidden)
                for one in seen_by(
                    dispute, quo, party, [v for v in views if isinstance(v, OracleView)]
                ).state_of
            )
        )
    # In the order of the file: by party, others before states that are not seen.
    return dispute, sorted(views, key=place_of), quo


def place_of(view: Misperception) -> tuple[int, bool, int]:
    """Where a misperception stands in the file."""
    is_view = isinstance(view, OracleView)
    return view.party, not is_view, view.other if isinstance(view, OracleView) else 0


def described(
    dispute: OracleDispute, views: list[Misperception], quo: Assignment
) -> dict[str, Any]:
    """The dispute with its misperceptions and its status quo as the engine reads it."""
    result = document(dispute)
    result["status_quo"] = assignment_levels(dispute, quo)
    for view in views:
        if isinstance(view, OracleUnseen):
            unseen = result["parties"][f"p{view.party}"].setdefault("unseen", [])
            unseen.append(as_text(dispute, view.condition))
            continue
        entry: dict[str, Any] = {}
        if view.preference is not None:
            changed = list(dispute.preferences)
            changed[view.other] = view.preference
            other = OracleDispute(**{**vars_of(dispute), "preferences": changed})
            entry["preferences"] = document(other)["parties"][f"p{view.other}"]["preferences"]
        if view.unseen:
            entry["options"] = [
                f"o{option}"
                for option, owner in enumerate(dispute.owner)
                if owner == view.other and option not in view.unseen
            ]
        result["parties"][f"p{view.party}"].setdefault("perceives", {})[f"p{view.other}"] = entry
    return result


def vars_of(dispute: OracleDispute) -> dict[str, Any]:
    """What the dispute is made of, by name."""
    return {name: getattr(dispute, name) for name in OracleDispute.__dataclass_fields__}
