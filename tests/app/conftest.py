"""The application on services of twins, and people with tokens."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.services import Services
from tests.app.mastodon.people import Person, sign_in


@pytest.fixture
def app(services: Services) -> Flask:
    """The application."""
    return create_app(services)


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """A client without cookies: the API takes tokens."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def ana(http: FlaskClient, services: Services) -> Person:
    """A member."""
    return sign_in(http, services, "ana")


@pytest.fixture
def ben(http: FlaskClient, services: Services) -> Person:
    """Another."""
    return sign_in(http, services, "ben")
