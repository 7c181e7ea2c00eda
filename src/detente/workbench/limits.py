"""How much one server does for one request, and for all of them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server allows.

    Attributes
    ----------
    request_bytes
        Size of a request's body.
    states
        Number of positions (feasible or not) of a dispute that is analysed.
    memory_bytes
        Memory that an analysis is estimated to need.
    seconds
        Time for which one request may compute, waiting included.
    export_seconds
        The same for a report or a table that somebody downloads, or a question that somebody asks,
        and waits for.
    background_seconds
        The same for what a page shows when it is done, such as a brief.
    workers
        Computations at the same time; each is a process. Where there are several, one is kept free
        for what takes a second at most.
    body_seconds
        Time in which the body of a request has to come.
    answer_seconds
        Time in which a request has to be answered and its answer to be taken.
    waiting
        Requests that may wait for one of them; more are told to come back later.
    """

    request_bytes: int = 2_100_000
    states: int = 2**18
    memory_bytes: int = 2**30
    seconds: float = 20.0
    export_seconds: float = 170.0
    background_seconds: float = 300.0
    body_seconds: float = 30.0
    answer_seconds: float = 180.0
    workers: int = 3
    waiting: int = 16
