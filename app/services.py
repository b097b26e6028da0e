"""Everything outside, gathered in one value that is handed in: settings, stores, time, the web, mail, the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from redis import Redis

from app.clock import Clock
from app.database.engine import Database
from app.emojis import known
from app.federation.wire.fetching import Fetcher
from app.mail import Mailer
from app.settings import Settings
from app.stores.nudges import Nudger
from app.translating.values import Translator

if TYPE_CHECKING:  # it brings numpy
    from moderation.tools import Tools


@dataclass(frozen=True)
class Services:
    """What every use case is given. Tests build one of twins (`tests.support.services`)."""

    settings: Settings
    db: Database
    redis: Redis
    clock: Clock
    fetcher: Fetcher
    mailer: Mailer
    nudger: Nudger
    get_tools: Callable[[], Tools]
    translator: Translator | None = None
    """None where the admin named none."""

    @property
    def tools(self) -> Tools:
        """What judges; the same each time. Whoever shows posts and judges none never loads it."""
        return self.get_tools()

    def with_tools(self, tools: Tools) -> Services:
        """The same, with others to judge by."""
        return replace(self, get_tools=lambda: tools)

    def __post_init__(self) -> None:
        known.keep(self.settings, self.db)
