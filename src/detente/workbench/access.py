"""The token: who has shown it, and the page that puts it from an address into a cookie.

Whoever may run programs on this machine can reach a server that listens on it, other people's
programs too, so a token is asked for there as well. The cookie that holds it is named by the
server's port, since a browser keeps one set of cookies for all servers of a machine; and it holds
no token but what follows from it, since the browser shows it to all of them.
"""

from __future__ import annotations

import hmac
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

__all__ = ["cookie_name", "entry", "make_token", "no_entry", "redirect_file", "shows"]

_TOKEN_BYTES = 24

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>detente</title>
<meta name="referrer" content="no-referrer">{refresh}</head>
<body><p>{words} <a href="{address}">{link}</a></p></body></html>
"""


def make_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def cookie_name(port: int | None) -> str:
    """The cookie of the server at a port."""
    return f"detente-token-{port}" if port else "detente-token"


def shows(token: str, port: int | None, authorization: str | None, cookie: str | None) -> bool:
    """Whether a request's headers show the token.

    Parameters
    ----------
    token
        The token.
    port
        The server's port.
    authorization, cookie
        The headers, where there are any.
    """
    kind, _, value = (authorization or "").partition(" ")
    if kind.lower() == "bearer" and _same(value.strip(), token):
        return True
    # Cookies of other servers of the machine come too, in whatever form those like.
    held = dict(part.strip().partition("=")[::2] for part in (cookie or "").split(";"))
    return _same(held.get(cookie_name(port), ""), _for_the_cookie(token))


def entry(
    tokens: Sequence[str],
    port: int | None,
    path: str,
    query: bytes,
    *,
    prefix: str = "",
    secure: bool = False,
) -> tuple[list[tuple[bytes, bytes]], bytes] | None:
    """The page that takes a token out of the address; None where the address has none.

    It leads on to the same page without the token, which from then on is in a cookie where it was
    the right one. (A plain redirect would not do: the cookie is shown to this server by pages of
    this server only, and a redirect counts as a request by whoever began it.)

    Parameters
    ----------
    tokens, port
        The server's tokens, and its port.
    path, query
        What was asked for.
    prefix
        The path before those of the pages, where a proxy shows them under one.
    secure
        Whether the cookie goes over encrypted lines only, as where a proxy stands between.
        (Browsers make an exception for this machine itself.)

    Returns
    -------
    tuple or None
        Headers and body of an answer.
    """
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    given = dict(asked).get("token")
    if given is None:
        return None
    rest = urlencode([(key, value) for key, value in asked if key != "token"])
    address = _own_address(path, prefix) + (f"?{rest}" if rest else "")
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    # Each is compared, whatever the others gave.
    right = [token for token in tokens if _same(given, token)]
    for token in right:
        value = f"{cookie_name(port)}={_for_the_cookie(token)}; Path={prefix or '/'}"
        value += "; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")
        headers.append((b"set-cookie", value.encode("latin-1")))
    page = _PAGE.format(
        refresh=f'<meta http-equiv="refresh" content="0;url={escape(address)}">',
        words="The workbench is",
        address=escape(address),
        link="here",
    )
    return headers, page.encode()


def no_entry(path: str, prefix: str = "") -> bytes:
    """The page for a person who has shown no token.

    A link on another web site leads here even where the browser holds the cookie; the link on this
    page leads on.
    """
    return _PAGE.format(
        refresh="",
        words="Open the address that the server has printed; it ends in a token. If you have done "
        "so before in this browser,",
        address=escape(_own_address(path, prefix)),
        link="go on",
    ).encode()


@contextmanager
def redirect_file(address: str) -> Iterator[str]:
    """A file for a browser to open that leads to an address with a token.

    The address itself would stand in the list of processes, which everybody on the machine can
    read; the file can be read by its owner only.

    Yields
    ------
    str
        The file's own address. The file is removed in the end.
    """
    # A folder of its own, which only its owner can enter.
    with tempfile.TemporaryDirectory(prefix="detente-") as folder:
        page = _PAGE.format(
            refresh=f'<meta http-equiv="refresh" content="0;url={escape(address)}">',
            words="The workbench is",
            address=escape(address),
            link="here",
        )
        path = Path(folder) / "open.html"
        path.write_text(page, "utf-8")
        yield path.as_uri()


def _own_address(path: str, prefix: str) -> str:
    """An address of this server for a path, whatever that is: never one of another server."""
    return f"{prefix}/" + quote(path.lstrip("/\\"), safe="/")


def _for_the_cookie(token: str) -> str:
    return hmac.digest(token.encode(), b"cookie", "sha256").hex()


def _same(value: str, wanted: str) -> bool:
    return hmac.compare_digest(value.encode("utf-8", "replace"), wanted.encode())
