"""Services made of twins: a real database and a real Valkey, and harmless stand-ins for what is outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis

from app.clock import Clock, FrozenClock
from app.database.engine import Database
from app.federation.wire.fetching import Fetcher
from app.federation.wire.twins import FakeWeb
from app.mail import MailBox, Mailer
from app.services import Services
from app.settings import Settings, read
from app.stores.nudges import Nudger, Nudges
from app.translating.values import Translator
from moderation.tools import Tools
from tests.support.scorer import KeywordScorer, Unmoved

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DOMAIN = "ostiary.example"
SECRET = "a secret key for tests, of no use anywhere else"


def make_settings(tmp_path: Path, db: Database | None = None, **given: str) -> Settings:
    """Settings of `https://ostiary.example`; `given` are others by their names without `OSTIARY_` in any case."""
    environment = {"OSTIARY_DOMAIN": DOMAIN, "OSTIARY_SECRET_KEY": SECRET}
    if db is not None:
        environment["OSTIARY_DATABASE_URL"] = db.engine.url.render_as_string(hide_password=False)
    environment |= {f"OSTIARY_{name.upper()}": value for name, value in given.items()}
    return read(environment, data_dir=tmp_path)


def make_services(
    tmp_path: Path,
    *,
    db: Database,
    redis: Redis,
    clock: Clock | None = None,
    settings: Settings | None = None,
    fetcher: Fetcher | None = None,
    mailer: Mailer | None = None,
    nudger: Nudger | None = None,
    tools: Tools | None = None,
    translator: Translator | None = None,
) -> Services:
    """Services; what isn't given is a twin: nothing is fetched, mailed or queued, and the model goes by keywords."""
    clock = clock or FrozenClock(NOON)
    judging = tools or Tools(clock.now, text_model=KeywordScorer(), image_model=Unmoved(), chance=lambda: 1.0)
    return Services(
        settings=settings or make_settings(tmp_path, db),
        db=db,
        redis=redis,
        clock=clock,
        fetcher=fetcher or FakeWeb(),
        mailer=mailer or MailBox(),
        nudger=nudger or Nudges(),
        get_tools=lambda: judging,
        translator=translator,
    )


def draw_all(services: Services) -> None:
    """From now on every decision is drawn to be read again."""
    tools = replace(services.tools, chance=lambda: 0.0)
    object.__setattr__(services, "get_tools", lambda: tools)
