"""Sending to addresses that others named, all in one go: to devices and to programs, by the client that federates."""

from __future__ import annotations

from collections.abc import Sequence

from app.federation.wire.client import AsyncHttpClient
from app.federation.wire.fetching import Outgoing, Poster, Sent
from app.services import Services
from app.wiring import user_agent


async def post(services: Services, batch: Sequence[Outgoing], poster: Poster | None = None) -> list[Sent]:
    """What came of each, in their order; `poster` stands in for the network."""
    if poster is not None:
        return await poster.post_many(batch)
    settings = services.settings
    async with AsyncHttpClient(
        scheme=settings.scheme, allowed_networks=settings.allowed_networks, user_agent=user_agent(settings)
    ) as client:
        return await client.post_many(batch)
