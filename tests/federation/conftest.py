"""The world for tests of federation."""

from __future__ import annotations

import pytest
from flask import Flask

from app.services import Services
from tests.federation import world as around
from tests.federation.world import World


@pytest.fixture
def app(services: Services) -> Flask:
    """The application."""
    from app.factory import create_app

    return create_app(services)


@pytest.fixture
def world(services: Services, app: Flask) -> World:
    """This server, and the web around it."""
    around.prepare(services)
    return World(services, app.test_client(use_cookies=False))
