"""Connections that ask for nothing are closed, and nobody can have all of them.

A connection *waits* while no request on it is being answered: before its first request is there
in full, and between two requests. Some clients open connections and send nothing, or a letter
now and then; two hundred of them once shut everybody else out.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Connections", "watched_protocol"]

# How often connections are looked at; a fraction of the shortest limit.
_LOOK_EVERY = 0.5


@dataclass
class Connections:
    """The connections of one server.

    Attributes
    ----------
    most
        How many there may be.
    most_of_one
        How many of them may come from one address.
    seconds
        How long a connection may wait.
    head_bytes
        How much it may send while it waits: the most that a request's head may have.
    """

    most: int = 180
    most_of_one: int = 120
    seconds: float = 10.0
    head_bytes: int = 65_536
    _waiting: dict[Any, float] = field(default_factory=dict, repr=False)
    _busy: dict[Any, None] = field(default_factory=dict, repr=False)
    _sent: Counter[Any] = field(default_factory=Counter, repr=False)
    _of_one: Counter[str] = field(default_factory=Counter, repr=False)
    _look: asyncio.TimerHandle | None = field(default=None, repr=False)

    def opened(self, connection: Any) -> None:
        """A connection was made; where there are too many, one that waits goes."""
        address = _address(connection)
        while self._of_one[address] >= self.most_of_one:
            if not self._close_one(address):
                connection.transport.abort()
                return
        while len(self._waiting) + len(self._busy) >= self.most:
            if not self._close_one(None):
                connection.transport.abort()
                return
        self._of_one[address] += 1
        self._waiting[connection] = asyncio.get_running_loop().time()
        if self._look is None:
            self._look_later()

    def received(self, connection: Any, size: int) -> None:
        """So many bytes have come through a connection, and have been read."""
        if connection not in self._waiting:
            return
        if _is_busy(connection):
            del self._waiting[connection]
            self._busy[connection] = None
            self._sent.pop(connection, None)
            return
        self._sent[connection] += size
        if self._sent[connection] > self.head_bytes:
            self._close(connection)

    def closed(self, connection: Any) -> None:
        """A connection has ended, or has become a web socket."""
        if connection not in self._waiting and connection not in self._busy:
            return
        self._waiting.pop(connection, None)
        self._busy.pop(connection, None)
        self._sent.pop(connection, None)
        address = _address(connection)
        self._of_one[address] -= 1
        if not self._of_one[address]:
            del self._of_one[address]

    def _close(self, connection: Any) -> None:
        self.closed(connection)
        connection.connections.discard(connection)
        connection.transport.abort()

    def _close_one(self, address: str | None) -> bool:
        """Close the connection that has waited longest, of an address if one is given."""
        for connection in self._waiting:
            if address in (None, _address(connection)):
                self._close(connection)
                return True
        return False

    def _look_later(self) -> None:
        self._look = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look_now)

    def _look_now(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in [one for one in self._busy if not _is_busy(one)]:
            del self._busy[connection]
            self._waiting[connection] = now
        # They stand in the order in which they began to wait.
        for connection, since in list(self._waiting.items()):
            if now - since <= self.seconds:
                break
            self._close(connection)
        self._look = None
        if self._waiting or self._busy:
            self._look_later()


def _is_busy(connection: Any) -> bool:
    """Whether a request of a connection is being answered."""
    return connection.cycle is not None and not connection.cycle.response_complete


def _address(connection: Any) -> str:
    return str(connection.client[0]) if connection.client else ""


def watched_protocol(connections: Connections) -> type[asyncio.Protocol]:
    """The server's protocol for HTTP, each of whose connections is watched.

    Parameters
    ----------
    connections
        Where they are kept.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    class Watched(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            connections.opened(self)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            connections.received(self, len(data))

        def handle_websocket_upgrade(self, *args: Any) -> None:
            super().handle_websocket_upgrade(*args)
            connections.closed(self)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.closed(self)
            super().connection_lost(exc)

    return Watched
