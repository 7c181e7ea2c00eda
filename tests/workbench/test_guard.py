"""Who may ask, and how much at a time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from asking import run_apart

from detente.workbench.access import make_token
from detente.workbench.addresses import public_address
from detente.workbench.app import is_loopback
from detente.workbench.guard import RequestGuard, host_allowed, same_origin

TOKEN = "a-token-of-the-tests"


async def inside(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads the whole body and says how long it was."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def ask(
    guard: RequestGuard,
    *,
    kind: str = "http",
    method: str = "GET",
    path: str = "/",
    query: str = "",
    pieces: tuple[bytes, ...] = (b"",),
    stays: bool = True,
    port: int = 8080,
    repeated: Sequence[tuple[str, str]] = (),
    **headers: str,
) -> list[dict[str, Any]]:
    """The messages that a request is answered with."""
    given = {"host": "localhost", **{k.replace("_", "-"): v for k, v in headers.items()}}
    if method == "POST":
        given.setdefault("transfer-encoding", "chunked")
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "server": ("127.0.0.1", port),
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in [*given.items(), *repeated]],
    }
    waiting = [
        {"type": "http.request", "body": piece, "more_body": place + 1 < len(pieces)}
        for place, piece in enumerate(pieces)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> Any:
        if waiting:
            return waiting.pop(0)
        if stays:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    run_apart(guard(scope, receive, send))
    return sent


def status(sent: list[dict[str, Any]]) -> int:
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("localhost:8080", True),
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("192.168.0.7", True),
        ("desk", True),
        ("desk:80", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example:8080", False),
        ("user@evil.example", False),
        ("[", False),
        ("", False),
        (None, False),
    ],
)
def test_hosts(host: str | None, allowed: bool) -> None:
    assert host_allowed(host, frozenset({"desk"})) is allowed
    guard = RequestGuard(inside, frozenset({"desk"}))
    if host is not None:
        assert status(ask(guard, host=host)) == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("origin", "same"),
    [
        (None, True),
        ("http://localhost:80", True),
        ("https://localhost:80", True),
        ("http://LOCALHOST:80", True),
        ("http://localhost:81", False),
        ("http://localhost", False),
        ("http://evil.example", False),
        ("null", False),
        ("", False),
        ("file://localhost:80", False),
    ],
)
def test_origins(origin: str | None, same: bool) -> None:
    assert same_origin(origin, "localhost:80") is same
    headers = {} if origin is None else {"origin": origin}
    for method in ("GET", "POST", "PUT"):
        answered = ask(RequestGuard(inside), method=method, host="localhost:80", **headers)
        assert status(answered) == (200 if same else 403)
    opened = ask(RequestGuard(inside), kind="websocket", host="localhost:80", **headers)
    assert opened[0]["type"] == ("websocket.accept" if same else "websocket.close")


def test_a_link_on_another_site_may_be_followed_and_nothing_else() -> None:
    guard = RequestGuard(inside)
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert status(ask(guard, **link)) == 200
    assert status(ask(guard, **link, sec_fetch_dest="document")) == 200
    assert status(ask(guard, **link, sec_fetch_dest="image")) == 403
    assert status(ask(guard, sec_fetch_site="cross-site", sec_fetch_mode="no-cors")) == 403


@pytest.mark.parametrize("kind", ["iframe", "frame", "embed", "object", "fencedframe"])
def test_no_page_stands_inside_another(kind: str) -> None:
    for site in ("cross-site", "same-site", "same-origin", "none"):
        headers = {"sec_fetch_mode": "navigate", "sec_fetch_dest": kind, "sec_fetch_site": site}
        assert status(ask(RequestGuard(inside), **headers)) == 403


def cookie_of(guard: RequestGuard, port: int = 8080) -> str:
    """The cookie that a browser holds after it was let in."""
    sent = ask(guard, query=f"token={TOKEN}", port=port)
    return dict(sent[0]["headers"])[b"set-cookie"].decode().partition(";")[0]


def test_the_token_is_asked_for_everywhere() -> None:
    guard = RequestGuard(inside, token=TOKEN)
    held = cookie_of(guard)
    assert status(ask(guard)) == 401
    assert status(ask(guard, authorization=f"Bearer {TOKEN}x")) == 401
    assert status(ask(guard, authorization=f"Basic {TOKEN}")) == 401
    assert status(ask(guard, cookie=f"{held}x")) == 401
    assert status(ask(guard, cookie=f"detente-token-8080={TOKEN}")) == 401
    assert status(ask(guard, cookie="detente-token-8080=é")) == 401
    assert status(ask(guard, method="POST", query=f"token={TOKEN}")) == 401
    assert status(ask(guard, authorization=f"Bearer {TOKEN}")) == 200
    assert status(ask(guard, cookie=f'other={{"a": 1}}; {held}; x')) == 200
    assert ask(guard, kind="websocket")[0]["type"] == "websocket.close"
    assert ask(guard, kind="websocket", cookie=held)[0]["type"] == "websocket.accept"


def test_each_server_of_a_machine_has_a_cookie_of_its_own() -> None:
    guard = RequestGuard(inside, token=TOKEN)
    first, second = cookie_of(guard, 8080), cookie_of(guard, 8081)
    assert first.partition("=")[0] != second.partition("=")[0]
    assert status(ask(guard, cookie=first, port=8081)) == 401
    # A browser shows it to every server of the machine: it is not the token.
    assert TOKEN not in first


@pytest.mark.parametrize("token", [TOKEN, "wrong", ""])
@pytest.mark.parametrize(
    ("path", "query", "leads_to"),
    [
        ("/", "", "/"),
        ("/dispute/a b.yaml", "", "/dispute/a%20b.yaml"),
        ("//evil.example/x", "a=1", "/evil.example/x?a=1"),
        ("/\\evil.example", "", "/evil.example"),
        ("/\\/evil.example", "", "/evil.example"),
        ("/x\r\nset-cookie: a=b", "", "/x%0D%0Aset-cookie%3A%20a%3Db"),
        ("/x", "a=%0D%0Ab", "/x?a=%0D%0Ab"),
        ('/"><script>', "", "/%22%3E%3Cscript%3E"),
    ],
)
def test_a_token_in_the_address_is_taken_out_of_it(
    token: str, path: str, query: str, leads_to: str
) -> None:
    asked: list[Any] = []

    async def sees(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope)
        await inside(scope, receive, send)

    guard = RequestGuard(sees, token=TOKEN)
    held = cookie_of(guard)
    for cookie in ("other=1", held):
        sent = ask(guard, path=path, query=f"token={token}&{query}".rstrip("&"), cookie=cookie)
        headers = dict(sent[0]["headers"])
        assert sent[0]["status"] == 200
        assert f'content="0;url={leads_to}"' in sent[1]["body"].decode()
        assert (b"set-cookie" in headers) is (token == TOKEN)
        if token == TOKEN:
            assert b"HttpOnly; SameSite=Strict" in headers[b"set-cookie"]
        assert all(b"\r" not in value and b"\n" not in value for value in headers.values())
        assert b"<script" not in sent[1]["body"]
    # The application has never seen such an address, so it can log none.
    assert asked == []


def test_a_person_without_a_token_is_told_what_to_do() -> None:
    sent = ask(
        RequestGuard(inside, token=TOKEN), sec_fetch_dest="document", path="/\\evil.example/<a>"
    )
    assert sent[0]["status"] == 401
    assert b'href="/evil.example/%3Ca%3E"' in sent[1]["body"]
    assert b"the server has printed" in sent[1]["body"]


@pytest.mark.parametrize("name", ["host", "origin", "authorization", "content-length"])
def test_a_header_on_which_access_rests_stands_once(name: str) -> None:
    value = {"host": "localhost", "origin": "http://localhost"}.get(name, "1")
    sent = ask(RequestGuard(inside), repeated=[(name.title(), value), (name, value)])
    assert status(sent) == 400


def test_a_body_has_a_limit_whether_it_says_its_length_or_not() -> None:
    guard = RequestGuard(inside, request_bytes=10)
    assert status(ask(guard, method="POST", pieces=(b"12345", b"67890"))) == 200
    assert status(ask(guard, method="POST", pieces=(b"12345", b"678901"))) == 413
    assert status(ask(guard, method="POST", content_length="11")) == 413
    assert status(ask(guard, method="POST", content_length="9" * 40)) == 200  # nothing came


def test_a_report_may_be_larger_than_other_bodies() -> None:
    guard = RequestGuard(inside, request_bytes=10, report_bytes=20)
    to = "/_nicegui/client/some-page/upload/12"
    assert status(ask(guard, method="POST", path=to, content_length="15")) == 200
    assert status(ask(guard, method="POST", path=to, content_length="21")) == 413
    for elsewhere in (f"{to}/x", f"/x{to}", to.replace("/12", "/x")):
        assert status(ask(guard, method="POST", path=elsewhere, content_length="15")) == 413


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_leaves_is_not_worked_for_any_longer(method: str) -> None:
    seen: list[str] = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            seen.append("given up")
            raise

    assert ask(RequestGuard(slow), method=method, stays=False) == []
    assert seen == ["given up"]


def test_what_is_done_after_the_answer_is_done() -> None:
    seen: list[str] = []

    async def goes_on(scope: Any, receive: Any, send: Any) -> None:
        await inside(scope, receive, send)
        await asyncio.sleep(0.05)
        seen.append("done")

    assert status(ask(RequestGuard(goes_on), stays=False)) == 200
    assert seen == ["done"]


def test_a_body_comes_in_time_and_so_does_the_answer() -> None:
    async def never(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await asyncio.sleep(60)

    slow_body = ask(RequestGuard(inside, body_seconds=0.05), method="POST", pieces=())
    assert (status(slow_body), b"too-slow" in slow_body[1]["body"]) == (408, True)
    assert status(ask(RequestGuard(never, answer_seconds=0.05))) == 503


def test_what_the_application_makes_of_half_a_body_is_not_said() -> None:
    async def careless(scope: Any, receive: Any, send: Any) -> None:
        try:
            await inside(scope, receive, send)
        except Exception:
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b"an error"})

    guard = RequestGuard(careless, request_bytes=10)
    sent = ask(guard, method="POST", pieces=(b"12345", b"678901"))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert (status(sent), b"too-large" in sent[1]["body"]) == (413, True)


def test_every_answer_keeps_the_pages_to_themselves() -> None:
    for sent in (ask(RequestGuard(inside)), ask(RequestGuard(inside), host="evil.example")):
        headers = dict(sent[0]["headers"])
        assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
        assert headers[b"x-content-type-options"] == b"nosniff"


def policy_of(sent: list[dict[str, Any]]) -> dict[str, str]:
    header = dict(sent[0]["headers"])[b"content-security-policy"].decode()
    return {part.split()[0]: part for part in header.split("; ")}


def test_scripts_in_a_page_carry_a_number_that_only_this_answer_has() -> None:
    first, second = (policy_of(ask(RequestGuard(inside)))["script-src"] for _ in range(2))
    assert first != second
    assert "'nonce-" in first
    assert "unsafe-inline" not in first
    # Nothing of the API is a page, nor is what the guard itself answers.
    for sent in (
        ask(RequestGuard(inside), path="/api/v1/"),
        ask(RequestGuard(inside), host="evil.example"),
    ):
        assert policy_of(sent)["default-src"] == "default-src 'none'"


def test_where_a_token_is_needed() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost")] == [True] * 3
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "192.168.0.7", "desk")] == [False] * 4
    assert len({make_token() for _ in range(20)}) == 20
    assert all(len(make_token()) >= 32 for _ in range(5))


def test_behind_a_proxy_the_public_name_and_origin_are_right() -> None:
    origin = "https://disputes.example.org"
    guard = RequestGuard(inside, frozenset({"disputes.example.org"}), TOKEN, public_origin=origin)
    key = f"Bearer {TOKEN}"
    for host in ("disputes.example.org", "127.0.0.1:8080"):
        # A proxy passes the name on, or asks under one of its own.
        asked = ask(guard, method="POST", host=host, origin=origin, authorization=key)
        assert status(asked) == 200
    for other in ("https://evil.example", "http://disputes.example.org.evil.example", "null"):
        asked = ask(guard, method="POST", host="127.0.0.1:8080", origin=other, authorization=key)
        assert status(asked) == 403
    assert status(ask(guard, host="evil.example", authorization=key)) == 403
    (start, _) = ask(guard, query=f"token={TOKEN}", host="disputes.example.org")
    assert any(key == b"set-cookie" and b"; Secure" in value for key, value in start["headers"])


@pytest.mark.parametrize("path", ["/detente/dispute/x", "/dispute/x"])
def test_behind_a_proxy_a_prefix_is_taken_off_or_left(path: str) -> None:
    seen: list[Any] = []

    async def sees(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await inside(scope, receive, send)

    guard = RequestGuard(sees, token=TOKEN, prefix="/detente")
    sent = ask(guard, path=path, query=f"token={TOKEN}&a=1")
    assert b'url=/detente/dispute/x?a=1"' in sent[1]["body"]
    cookie = dict(sent[0]["headers"])[b"set-cookie"].decode()
    assert "; Path=/detente;" in cookie
    held = cookie.partition(";")[0]
    assert (
        b'href="/detente/dispute/x"' in ask(guard, path=path, sec_fetch_dest="document")[1]["body"]
    )
    ask(guard, path=path, cookie=held, x_forwarded_prefix="/evil")
    assert seen[0]["path"] == "/dispute/x"
    told = [value for key, value in seen[0]["headers"] if key == b"x-forwarded-prefix"]
    assert told == [b"/detente"]


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("http://localhost:8080/help", "/detente/help"),
        ("http://localhost/dispute/x.yaml?a=1&b=2", "/detente/dispute/x.yaml?a=1&b=2"),
        # Never the address of another server.
        ("http://localhost//evil.example/", "/detente/evil.example/"),
        ("/detente/help", "/detente/help"),
    ],
)
def test_behind_a_proxy_an_answer_leads_to_pages_under_its_prefix(location: str, told: str) -> None:
    async def leads_on(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"location", location.encode())]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    for prefix in ("/detente", ""):
        sent = ask(RequestGuard(leads_on, prefix=prefix))
        expected = told if prefix or location.startswith("/") else told.removeprefix("/detente")
        assert dict(sent[0]["headers"])[b"location"] == expected.encode()


def test_a_prefix_that_a_client_names_is_dropped() -> None:
    seen: list[Any] = []

    async def sees(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await inside(scope, receive, send)

    ask(RequestGuard(sees), path="/detente-2", x_forwarded_prefix="/evil")
    ask(RequestGuard(sees, prefix="/detente"), path="/detente-2")
    assert [one["path"] for one in seen] == ["/detente-2"] * 2
    assert not any(key == b"x-forwarded-prefix" for key, _ in seen[0]["headers"])


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Disputes.example.org/", "https://disputes.example.org"),
        ("https://disputes.example.org:443", "https://disputes.example.org"),
        ("http://desk:8080", "http://desk:8080"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("disputes.example.org", None),
        ("ftp://disputes.example.org", None),
        ("https://Example.org/Detente/", "https://example.org/Detente"),
        ("https://example.org/tools/detente", "https://example.org/tools/detente"),
        ("https://example.org/../detente", None),
        ("https://example.org//detente", None),
        ("https://example.org/a b", None),
        ("https://example.org/<b>", None),
        ("https://example.org/detente?a=1", None),
        ("https://somebody@disputes.example.org", None),
        ("https://disputes.example.org:seven", None),
    ],
)
def test_public_addresses(url: str, origin: str | None) -> None:
    if origin is None:
        with pytest.raises(ValueError, match=r"."):
            public_address(url)
    else:
        assert str(public_address(url)) == origin
