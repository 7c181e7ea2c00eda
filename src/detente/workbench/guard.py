"""What every request passes first, pages and web sockets too.

- The Host header must name this machine by an address, by ``localhost`` or by the name it was
  given: a web page elsewhere that has its own name point here (DNS rebinding) gets nothing.
  Behind a proxy, the name of the public address is right too.
- A request that a web page of another origin makes is refused.
- A page that is to stand in a frame of another page is refused.
- Where a token is set, it is asked for: in the header ``Authorization: Bearer``, or once in the
  address of a page, after which a cookie holds it. The application never sees such an address.
- Whoever shows the other token looks only: what writes is refused.
- A request in which a header on which this rests stands twice is refused.
- A request's body has at most a given size; one that brings a report to a page may have more.
- Whose client leaves before the answer is given up, with all that was computed for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from detente.workbench.access import entry, no_entry, shows
from detente.workbench.addresses import PREFIX_HEADER
from detente.workbench.content_policy import SCOPE_KEY, new_nonce, policy
from detente.workbench.exchange import TOO_LARGE, App, HttpExchange, Message, Receive, Scope, Send
from detente.workbench.looking import LOOKS_ONLY, looks_only
from detente.workbench.looking import SCOPE_KEY as LOOKS_ONLY_KEY

__all__ = ["RequestGuard", "host_allowed", "same_origin"]

# What a request is for, where a page of this server would stand inside another page.
_INSIDE_A_PAGE = {"iframe", "frame", "fencedframe", "embed", "object"}

# Where a page that somebody has open takes a report. Nobody else knows its number.
_UPLOAD = re.compile(r"/_nicegui/client/[^/]+/upload/[0-9]+")

_PREFIX_HEADER = PREFIX_HEADER.encode()

_PROOFS = (b"authorization", b"cookie")

# Headers on which a decision rests: of two, another program may have looked at the other one.
_ONCE = {
    b"host",
    b"origin",
    b"authorization",
    b"content-length",
    b"sec-fetch-site",
    b"sec-fetch-mode",
    b"sec-fetch-dest",
}


# What a person who looks only may send something to: what computes, and the line of a page.
_LOOKED_AT_BY = re.compile(r"/api/v1/(?!disputes(/|$))[^.]*|/_nicegui_ws/.*")


def _writes(scope: Scope) -> bool:
    """Whether a request could change something, as far as its address tells."""
    if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    return scope["method"] != "POST" or _LOOKED_AT_BY.fullmatch(str(scope["path"])) is None


def _headers(nonce: str | None = None) -> list[tuple[bytes, bytes]]:
    return [(b"content-security-policy", policy(nonce)), *_HEADERS]


_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


@dataclass(frozen=True)
class RequestGuard:
    """The application behind the checks of this module.

    Attributes
    ----------
    app
        The application.
    host_names
        Names, beside addresses and ``localhost``, by which this machine may be asked for.
    public_origin
        The origin that pages have behind a proxy, such as ``https://disputes.example.org``; None
        where nobody stands between.
    token
        What a client must show; None where nothing is asked for.
    looking_token
        What a client shows instead who looks only; None where there is none.
    request_bytes
        The most that a request's body may have.
    body_seconds
        In how many seconds it has to come.
    answer_seconds
        In how many seconds a request has to be answered and its answer to be taken.
    report_bytes
        The most that the body of a request may have that brings a report to a page.
    prefix
        The path before those of the pages, where a proxy shows them under one. The proxy may take
        it off or leave it; who asks this server itself may leave it out, too.
    """

    app: App
    host_names: frozenset[str] = frozenset()
    token: str | None = None
    request_bytes: int = 2_100_000
    body_seconds: float = 30.0
    answer_seconds: float = 180.0
    report_bytes: int = 17_000_000
    public_origin: str | None = None
    looking_token: str | None = None
    prefix: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = self._at_the_root(scope)
        headers = {key.lower(): value for key, value in scope["headers"]}
        host = _text(headers.get(b"host"))
        if _repeats(scope):
            await _refuse(scope, send, 400, "request", "a header stands twice in the request")
        elif not host_allowed(host, self.host_names):
            await _refuse(scope, send, 403, "host", "this server is not asked by that name")
        elif not self._is_from_here(headers, host):
            await _refuse(scope, send, 403, "origin", "requests from other web sites are refused")
        elif _text(headers.get(b"sec-fetch-dest")) in _INSIDE_A_PAGE:
            await _refuse(scope, send, 403, "frame", "pages are not shown inside other pages")
        elif self.token and await self._is_at_the_door(scope, headers, send):
            return
        elif looks_only(scope) and _writes(scope):
            await _refuse(scope, send, 403, "looks-only", LOOKS_ONLY)
        elif _declared(headers) > self._most_bytes(scope):
            await _refuse(scope, send, *TOO_LARGE)
        else:
            await self._pass(scope, receive, send)

    def _at_the_root(self, scope: Scope) -> Scope:
        """The request without the prefix in its path, which the page library finds in a header."""
        headers = [one for one in scope["headers"] if one[0].lower() != _PREFIX_HEADER]
        if not self.prefix:
            return {**scope, "headers": headers}
        headers.append((_PREFIX_HEADER, self.prefix.encode()))
        rest = {"headers": headers, "path": _without(str(scope["path"]), self.prefix)}
        if scope.get("raw_path"):
            rest["raw_path"] = _without(scope["raw_path"].decode("latin-1"), self.prefix).encode(
                "latin-1"
            )
        return {**scope, **rest}

    def _is_from_here(self, headers: dict[bytes, bytes], host: str | None) -> bool:
        """Whether a request is made by a page of this server, or by no page of another one."""
        if _text(headers.get(b"sec-fetch-site")) == "cross-site" and not _is_navigation(headers):
            return False
        origin = _text(headers.get(b"origin"))
        # A proxy may ask under a name of its own.
        known = origin is not None and origin.lower() == self.public_origin
        return known or same_origin(origin, host)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The API answers with data; nothing in it is ever shown as a page.
        nonce = None if str(scope["path"]).startswith("/api/") else new_nonce()
        scope[SCOPE_KEY] = nonce
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        exchange = HttpExchange(
            receive,
            _redirecting(send, self.prefix),
            _headers(nonce),
            empty=_is_empty(scope),
            body_bytes=self._most_bytes(scope),
            body_seconds=self.body_seconds,
        )
        await exchange.answered_by(self.app, scope, self.answer_seconds)
        if exchange.refusal is not None and not exchange.started:
            await _refuse(scope, send, *exchange.refusal)

    def _most_bytes(self, scope: Scope) -> int:
        brings = scope["type"] == "http" and _UPLOAD.fullmatch(str(scope["path"])) is not None
        return self.report_bytes if brings else self.request_bytes

    async def _is_at_the_door(self, scope: Scope, headers: dict[bytes, bytes], send: Send) -> bool:
        """Answer a request that shows no token, or that has one in its address."""
        assert self.token is not None
        port = (scope.get("server") or (None, None))[1]
        query = scope.get("query_string", b"")
        if scope["type"] == "http" and scope["method"] == "GET":
            secure = (self.public_origin or "").startswith("https:")
            tokens = [one for one in (self.token, self.looking_token) if one]
            page = entry(tokens, port, scope["path"], query, prefix=self.prefix, secure=secure)
            if page is not None:
                await _answer(send, 200, *page)
                return True
        authorization, cookie = (_text(headers.get(name)) for name in _PROOFS)
        if shows(self.token, port, authorization, cookie):
            return False
        if self.looking_token and shows(self.looking_token, port, authorization, cookie):
            scope[LOOKS_ONLY_KEY] = True
            return False
        if _text(headers.get(b"sec-fetch-dest")) == "document":
            html = [(b"content-type", b"text/html; charset=utf-8")]
            await _answer(send, 401, html, no_entry(scope["path"], self.prefix))
        else:
            message = "a token is needed; the server has printed it"
            await _refuse(scope, send, 401, "token", message)
        return True


def _redirecting(send: Send, prefix: str) -> Send:
    """Send answers on; where one leads to another page of this server, it tells the path alone.

    The application knows neither the path that a proxy puts before it nor whether the proxy is
    asked by https.
    """

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [
                (name, _own_path(value, prefix) if name.lower() == b"location" else value)
                for name, value in message.get("headers", [])
            ]
            message = {**message, "headers": headers}
        await send(message)

    return send_on


def _own_path(location: bytes, prefix: str) -> bytes:
    """A whole address of this server as a path of it, with what a proxy puts before that."""
    parts = urlsplit(location.decode("latin-1"))
    if not parts.netloc:
        return location
    # Two slashes at its beginning would make it another server's.
    path = "/" + parts.path.lstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return f"{prefix}{path}{query}".encode("latin-1")


def _without(path: str, prefix: str) -> str:
    """A path without a prefix, where it has that."""
    if path == prefix:
        return "/"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path


def host_allowed(host: str | None, names: frozenset[str]) -> bool:
    """Whether a Host header names this machine by an address or by a name that it was given.

    Parameters
    ----------
    host
        The header, with or without a port.
    names
        Names that are right, beside ``localhost``.
    """
    try:
        name = urlsplit(f"//{host}").hostname if host else None
    except ValueError:
        return False
    if not name:
        return False
    if name == "localhost" or name in names:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def same_origin(origin: str | None, host: str | None) -> bool:
    """Whether a request is from a page of this server, or from no page at all.

    Parameters
    ----------
    origin
        The Origin header; None where there is none, as from a script.
    host
        The Host header.
    """
    if origin is None:
        return True
    scheme, divider, rest = origin.partition("://")
    return scheme in ("http", "https") and divider == "://" and rest.lower() == (host or "").lower()


def _is_navigation(headers: dict[bytes, bytes]) -> bool:
    """A link on another site to a page here may be followed, in a window of its own."""
    return _text(headers.get(b"sec-fetch-mode")) == "navigate" and _text(
        headers.get(b"sec-fetch-dest")
    ) in (None, "document")


def _repeats(scope: Scope) -> bool:
    names = [key.lower() for key, _ in scope["headers"] if key.lower() in _ONCE]
    return len(names) != len(set(names))


def _declared(headers: dict[bytes, bytes]) -> int:
    length = _text(headers.get(b"content-length")) or "0"
    return int(length) if length.isascii() and length.isdigit() and len(length) < 15 else 0


def _is_empty(scope: Scope) -> bool:
    """Whether a request says that it has no body."""
    return not any(
        key.lower() in (b"content-length", b"transfer-encoding") for key, _ in scope["headers"]
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


async def _refuse(scope: Scope, send: Send, status: int, kind: str, message: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": message})
        return
    body = f'{{"kind": "{kind}", "message": "{message}"}}'.encode()
    extra = [(b"www-authenticate", b"Bearer")] if status == 401 else []
    if status in (408, 413):
        # The rest of the body is not waited for.
        extra.append((b"connection", b"close"))
    await _answer(send, status, [(b"content-type", b"application/json"), *extra], body)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    all_headers = [*headers, length, *_headers()]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body})
