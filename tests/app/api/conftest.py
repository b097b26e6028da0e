"""The application, its staff with tokens, and somebody whose posts wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.tables import AccountRow, Role
from app.factory import create_app
from app.oauth import tokens
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow
from app.services import Services
from tests.app.people import member

PREFIX = "/api/ostiary/v1"
SCOPE = "read write admin:read admin:write"


@dataclass(frozen=True)
class Caller:
    """Somebody with a token."""

    account: AccountRow
    token: str
    http: FlaskClient

    def call(self, method: str, path: str, **sent: Any) -> TestResponse:
        """One call of Ostiary's API."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.open(PREFIX + path, method=method, headers=headers, **sent)

    def get(self, path: str, **sent: Any) -> TestResponse:
        """Look."""
        return self.call("GET", path, **sent)

    def post(self, path: str, **sent: Any) -> TestResponse:
        """Do."""
        return self.call("POST", path, json=sent)


@pytest.fixture
def app(services: Services) -> Flask:
    """The application."""
    return create_app(services)


@pytest.fixture
def staff(app: Flask, services: Services) -> Callable[..., Caller]:
    """Makes somebody with a role and a token."""

    def make(name: str, role: Role = Role.MODERATOR, scope: str = SCOPE) -> Caller:
        account = member(services, name, role)
        token = tokens.make(services, account.id, scope, second_factored=True)
        return Caller(account, token, app.test_client(use_cookies=False))

    return make


@pytest.fixture
def held(services: Services) -> PostRow:
    """A post that waits, and so a case."""
    mallory = member(services, "mallory")
    return compose.compose(services, mallory.id, ComposeRequest(text="they are vermin, all of them"))
