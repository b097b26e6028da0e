"""Everything outside, gathered in one value that is handed in: settings, stores, time, the web, mail, the model."""

from __future__ import annotations

from dataclasses import dataclass
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

if TYPE_CHECKING:  # it brings numpy, which processes that judge nothing don't load
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
    tools: Tools
    translator: Translator | None = None
    """None where the admin named none."""

    def __post_init__(self) -> None:
        known.keep(self.settings, self.db)
