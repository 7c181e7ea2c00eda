"""Addresses of pages, and of the server itself behind a proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

__all__ = ["PREFIX_HEADER", "PublicAddress", "address", "prefix_of", "public_address"]

PREFIX_HEADER = "x-forwarded-prefix"
"""The header in which the page library looks for the path under which a proxy shows the pages.

The guard sets it; what a client sends in it is dropped.
"""

_PREFIX = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._~-]+)+")
_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Where a proxy shows a server.

    Attributes
    ----------
    origin
        Such as ``https://example.org``, as browsers write it.
    prefix
        The path before those of the pages, such as ``/detente``; empty at the root.
    """

    origin: str
    prefix: str = ""

    def __str__(self) -> str:
        """The address, without a slash at its end."""
        return self.origin + self.prefix


def public_address(url: str) -> PublicAddress:
    """A public address in its parts.

    Parameters
    ----------
    url
        Such as ``https://disputes.example.org/`` or ``https://example.org/detente/``.

    Returns
    -------
    PublicAddress
        With the origin in small letters, without a usual port.

    Raises
    ------
    ValueError
        If it is no address under which a server can be shown.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in _USUAL_PORTS or not parts.hostname or parts.username is not None:
        raise ValueError("it begins with https:// or http:// and a name")
    if parts.query or parts.fragment:
        raise ValueError("nothing may stand after the path")
    prefix = parts.path.rstrip("/")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise ValueError("a path has letters, digits and . _ ~ - between its slashes")
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port if parts.port not in (None, _USUAL_PORTS[parts.scheme]) else None
    shown = f":{port}" if port is not None else ""
    return PublicAddress(f"{parts.scheme}://{name}{shown}", prefix)


def address(name: str, view: str = "") -> str:
    """The address of a view of a file."""
    return f"/dispute/{quote(name)}" + (f"/{view}" if view else "")


def prefix_of(headers: Mapping[str, str]) -> str:
    """The path before those of the pages, by the headers of a request that the guard let in."""
    return headers.get(PREFIX_HEADER, "")
