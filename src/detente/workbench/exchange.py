"""One request and its answer, within limits, and given up when the client leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["App", "HttpExchange", "Message", "Receive", "Refusal", "Scope", "Send"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

Refusal = tuple[int, str, str]
"""Status, kind and message of an answer that the application does not give itself."""

TOO_LARGE: Refusal = (413, "too-large", "the request's body is too large")
_TOO_SLOW: Refusal = (408, "too-slow", "the request's body came too slowly")
_TOO_LATE: Refusal = (503, "timed-out", "the answer took too long")


class _GivenUp(Exception):
    """The body of a request is too large or too slow."""


class HttpExchange:
    """One request, and the application that answers it.

    Attributes
    ----------
    refusal
        Why the application's answer is not given; None where it is.
    started
        Whether the answer has begun.
    """

    def __init__(
        self,
        receive: Receive,
        send: Send,
        headers: list[tuple[bytes, bytes]],
        *,
        empty: bool,
        body_bytes: int,
        body_seconds: float,
    ) -> None:
        """Begin to answer.

        Parameters
        ----------
        receive, send
            The server's.
        headers
            What every answer carries.
        empty
            Whether the request says that it has no body.
        body_bytes, body_seconds
            How large a body may be, and how long it may take to come.
        """
        self._receive = receive
        self._send = send
        self._headers = headers
        self._unread = empty
        self._most = body_bytes
        self._body_end = asyncio.get_running_loop().time() + body_seconds
        self._seen = 0
        self._left = asyncio.Event()
        self._whole = asyncio.Event()
        self._ended = False
        self.started = False
        self.refusal: Refusal | None = None
        if empty:
            self._whole.set()

    async def answered_by(self, app: App, scope: Scope, seconds: float) -> None:
        """Let an application answer, for as long as the client is there and time is left."""
        answering = asyncio.ensure_future(app(scope, self._read, self._write))
        watching = asyncio.ensure_future(self._watch(answering))
        try:
            done, _ = await asyncio.wait([answering], timeout=seconds)
            if not done:
                self.refusal = _TOO_LATE
                answering.cancel()
            await answering
        except asyncio.CancelledError:
            if not self._left.is_set() and self.refusal is None:
                # The server is ending.
                answering.cancel()
                raise
        except _GivenUp:
            pass
        finally:
            watching.cancel()

    async def _watch(self, answering: asyncio.Future[None]) -> None:
        """Give up when the client leaves: whoever has asked for everything can only do that."""
        await self._whole.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left.set()
        if not self._ended:
            answering.cancel()

    async def _read(self) -> Message:
        if self._unread:
            self._unread = False
            return {"type": "http.request", "body": b"", "more_body": False}
        if self._whole.is_set():
            await self._left.wait()
            return {"type": "http.disconnect"}
        try:
            async with asyncio.timeout_at(self._body_end):
                message = await self._receive()
        except TimeoutError:
            self.refusal = _TOO_SLOW
            raise _GivenUp from None
        self._seen += len(message.get("body", b""))
        if self._seen > self._most:
            self.refusal = TOO_LARGE
            raise _GivenUp
        if not message.get("more_body"):
            self._whole.set()
        return message

    async def _write(self, message: Message) -> None:
        if self.refusal is not None and not self.started:
            # What the application makes of a body that was not read.
            return
        self._ended = message["type"] == "http.response.body" and not message.get("more_body")
        if message["type"] == "http.response.start":
            self.started = True
            message = {**message, "headers": [*message.get("headers", []), *self._headers]}
        await self._send(message)
