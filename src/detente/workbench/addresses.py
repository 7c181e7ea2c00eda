"""Addresses of pages."""

from __future__ import annotations

from urllib.parse import quote

__all__ = ["address"]


def address(name: str, view: str = "") -> str:
    """The address of a view of a file."""
    return f"/dispute/{quote(name)}" + (f"/{view}" if view else "")
