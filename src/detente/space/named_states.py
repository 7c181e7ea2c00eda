"""Which state a user means: by its number, or as the status quo."""

from __future__ import annotations

from detente.dispute.errors import DisputeError, QueryError, shown
from detente.space.graph_model import GraphModel

__all__ = ["state_number"]


def state_number(model: GraphModel, text: str) -> int:
    """The number of the state that a user means: a number, or ``status_quo``.

    Parameters
    ----------
    model
        The graph model.
    text
        What the user wrote.

    Returns
    -------
    int

    Raises
    ------
    DisputeError
        If there is no such state.
    """
    count = model.space.count
    if text.lower().replace("-", "_") == "status_quo":
        if model.status_quo is None:
            raise DisputeError("this dispute names no status quo", path=model.dispute.path)
        return model.status_quo + 1
    # As many digits as any number of states has; more would only be slow to read.
    if text.isascii() and text.isdigit() and len(text) < 12 and 1 <= int(text) <= count:
        return int(text)
    raise QueryError(f"there is no state {shown(text)}; the states are 1 to {count}, or status_quo")
