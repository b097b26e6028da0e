"""Services without rate limits: these tests ask for everything, and more than once."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from app.clock import FrozenClock
from app.database.engine import Database
from app.factory import create_app
from app.instance import rules
from app.services import Services
from tests.federation import world as around
from tests.federation.world import World
from tests.support.services import make_services, make_settings


@pytest.fixture
def services(tmp_path: Path, db: Database, redis: Redis, clock: FrozenClock) -> Services:
    """Services made of twins; nobody is told to slow down."""
    settings = make_settings(tmp_path, db, rate_limits="off")
    return make_services(tmp_path, db=db, redis=redis, clock=clock, settings=settings)


@pytest.fixture
def app(services: Services) -> Flask:
    """The application."""
    return create_app(services)


@pytest.fixture
def world(services: Services, app: Flask) -> World:
    """This server with its rules, and the web around it."""
    around.prepare(services)
    rules.ensure_defaults(services)
    return World(services, app.test_client(use_cookies=False))
