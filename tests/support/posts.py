"""A poster that keeps what it is given, and answers as it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.federation.wire.errors import BadStatusError, FetchError, GoneError
from app.federation.wire.fetching import Outgoing, Sent


@dataclass
class Elsewhere:
    """Everybody else. `status` is that of each answer."""

    status: int = 200
    sent: list[Outgoing] = field(default_factory=list)

    async def post(self, outgoing: Outgoing) -> Sent:
        """As Poster.post."""
        self.sent.append(outgoing)
        return Sent(outgoing.url, error=self._error()) if self.status >= 300 else Sent(outgoing.url, status=self.status)

    async def post_many(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """As Poster.post_many."""
        return [await self.post(outgoing) for outgoing in batch]

    def _error(self) -> FetchError:
        kind = GoneError if self.status in (404, 410) else BadStatusError
        return kind(f"answered {self.status}", answered=self.status)
