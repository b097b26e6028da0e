"""What the stream process gives out, asked for in this one."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette


def get(application: Starlette, url: str, **headers: str) -> httpx.Response:
    """What an address gives."""
    return together(application, url, 1, **headers)[0]


def ask(application: Starlette, method: str, url: str, **headers: str) -> httpx.Response:
    """What it answers to another method."""
    return together(application, url, 1, method, **headers)[0]


def together(
    application: Starlette, url: str, number: int, method: str = "GET", **headers: str
) -> list[httpx.Response]:
    """The same for many at the same moment."""

    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="https://ostiary.example") as client:
            return await asyncio.gather(
                *(client.request(method, urlsplit(url).path, headers=headers) for _ in range(number))
            )

    return asyncio.run(all_of_them())
