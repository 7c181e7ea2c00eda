"""What a shell offers for a word that is being typed: cases, and names that a case has."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute

__all__ = ["completed_case", "completion_of"]

_Completion = Callable[[click.Context, click.Parameter, str], list[CompletionItem] | None]

# A larger file would keep the shell waiting.
_MOST_BYTES = 200_000


def completed_case(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Shipped cases; the shell itself adds files."""
    del ctx, param
    from detente.files.loading import list_cases

    return [CompletionItem(incomplete, type="file"), *_beginning(list_cases(), incomplete)]


def completion_of(kind: str, *, listed: bool = False) -> _Completion | None:
    """What completes a value of a kind.

    Parameters
    ----------
    kind
        What the value names, as :data:`detente.analyses.parameters.Kind`.
    listed
        Whether several stand together, divided by commas; for ``concepts`` they always may.

    Returns
    -------
    callable or None
        As click wants it; None where nothing is known of such a value.
    """
    if kind in ("text", "formula", "format"):
        return None
    several = listed or kind in ("concepts", "parties")

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        del param
        before, comma, last = incomplete.rpartition(",") if several else ("", "", incomplete)
        given = set(before.split(","))
        names = [name for name in _names(kind, ctx) if name not in given]
        return _beginning(names, last, before + comma)

    return complete


def _beginning(names: Iterable[str], incomplete: str, before: str = "") -> list[CompletionItem]:
    return [CompletionItem(before + name) for name in names if name.startswith(incomplete)]


def _names(kind: str, ctx: click.Context) -> list[str]:
    if kind in ("concept", "concepts"):
        from detente.stability.concept_registry import offered_names

        return list(offered_names())
    dispute = _dispute(ctx)
    if dispute is None:
        return []
    if kind == "state":
        return ["status_quo"] if dispute.status_quo is not None else []
    ids = {
        "outcome": [one.id for one in dispute.outcomes],
        "party": [one.id for one in dispute.parties],
        "roadmap": [one.id for one in dispute.roadmaps],
    }
    return ids.get(kind, ids["party"])


def _dispute(ctx: click.Context) -> Dispute | None:
    """The dispute that stands before the word, if it can be read at once."""
    from detente.dispute.errors import DetenteError
    from detente.files.loading import list_cases, load

    # An option that waits for its value leaves what stands before unread.
    words = [ctx.params.get("case"), *ctx.args]
    case = next((one for one in words if isinstance(one, str) and not one.startswith("-")), None)
    try:
        if case is None or (
            case not in list_cases()
            and not (os.path.isfile(case) and os.path.getsize(case) <= _MOST_BYTES)
        ):
            return None
        return load(case)
    except (DetenteError, OSError, ValueError):
        return None
