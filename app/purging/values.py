"""A purge, and what it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.services import Services
from app.settings import Settings


class Store(StrEnum):
    """Where something lay."""

    TABLES = "tables"
    FILES = "files"
    """Members' own files."""
    CACHE = "cache"
    """Copies of files of other servers."""
    INDEX = "index"
    """Words of posts, for search."""
    QUEUE = "queue"
    """What came in or goes out between servers and to programs. The jobs themselves carry numbers alone."""
    VAULT = "vault"
    """What was sealed: of grave cases, and under orders to preserve."""


class Stops(StrEnum):
    """Whether an order to preserve stops it."""

    YES = "yes"
    NOTHING_POSTED = "no: it says nothing that was posted"
    IS_KEPT_BY_ONE = "it is what an order keeps"


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of a purge: at most about `limit` rows. Files are removed once the write of their rows is committed."""

    services: Services
    now: datetime
    limit: int


Took = Mapping[str, int]
"""By where it lay (a table; `bytes` for the size of files), how much went."""
Kept = timedelta | Callable[[Settings], timedelta] | str
"""For how long: fixed, by a setting, or a sentence where it isn't a time."""


@dataclass(frozen=True, slots=True)
class Purge:
    """One line of docs/retention.md: what is forgotten, after how long, by which code."""

    name: str
    what: str
    """As the first column of docs/retention.md has it."""
    store: Store
    kept: Kept
    code: Callable[..., object]
    stops: Stops
    run: Callable[[Work], Took] | None = None
    """What the regular job calls; None for what another job does."""

    def kept_days(self, settings: Settings) -> int | None:
        """After how many days, where it is a time."""
        if isinstance(self.kept, str):
            return None
        return (self.kept if isinstance(self.kept, timedelta) else self.kept(settings)).days

    @property
    def code_name(self) -> str:
        """The code's full name."""
        return f"{self.code.__module__}.{self.code.__name__}"


@dataclass(frozen=True, slots=True)
class Gone:
    """A line of a report."""

    purge: str
    store: Store
    where: str
    count: int
