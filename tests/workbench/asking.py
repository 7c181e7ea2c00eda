"""Requests to an ASGI application, without a network."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


class Asking:
    """A client of an application."""

    def __init__(self, app: Any, **headers: str) -> None:
        self.app = app
        self.headers = headers

    def __call__(self, method: str, path: str, **how: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost", headers=self.headers
            ) as client:
                return await client.request(method, path, **how)

        return asyncio.run(ask())
