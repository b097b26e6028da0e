"""Pages, visited as a browser without scripts does it: cookies, forms with their tokens, redirects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.tables import AccountRow, Role
from app.factory import create_app
from app.instance import rules
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow
from app.reviewing import macros
from app.services import Services
from moderation.values import Visibility
from tests.app import people
from tests.app.people import PASSWORD

BASE = "https://ostiary.example"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """Somebody at a browser."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Accept": "text/html", "Accept-Language": language, "Referer": BASE + "/"}

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, base_url=BASE, headers=self.headers | headers)

    def page(self, path: str) -> str:
        """The text of a page that must be there, without entities."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return unescape(answer.text)

    def token(self, path: str) -> str:
        """The token in the forms of a page."""
        return _TOKEN.search(self.get(path).text)[1]  # type: ignore[index]

    def post(self, path: str, *, on: str | None = None, **fields: object) -> TestResponse:
        """Submit a form that stands on the page `on` (the same address, if it isn't said)."""
        where = on or path
        data = {"csrf_token": self.token(where), **fields}
        headers = self.headers | {"Referer": BASE + where}
        return self.client.post(path, base_url=BASE, headers=headers, data=data)

    def sign_in(self, name: str, password: str = PASSWORD) -> Visitor:
        """Sign in by the form."""
        answer = self.post("/sign-in", name=name, password=password)
        assert answer.status_code == 302, answer.text
        return self


@dataclass
class Town:
    """The app, and people in it."""

    app: Flask
    services: Services

    def member(self, name: str, role: Role = Role.MEMBER) -> AccountRow:
        """Somebody with an account."""
        return people.member(self.services, name, role)

    def visitor(self, language: str = "en") -> Visitor:
        """Somebody who isn't signed in."""
        return Visitor(self.app, language)

    def at_home(self, account: AccountRow) -> Visitor:
        """A member who is signed in."""
        return self.visitor().sign_in(account.actor.username)

    def writes(self, account: AccountRow, text: str, **more: object) -> PostRow:
        """A post; one with the word of a label waits."""
        return compose.compose(self.services, account.id, ComposeRequest(text, **more))  # type: ignore[arg-type]

    def writes_to(self, account: AccountRow, text: str, visibility: Visibility) -> PostRow:
        """A post for some."""
        return self.writes(account, text, visibility=visibility)


@pytest.fixture
def town(services: Services) -> Town:
    """A house with its rules."""
    rules.ensure_defaults(services)
    macros.ensure_defaults(services)
    return Town(create_app(services), services)


@pytest.fixture
def ana(town: Town) -> AccountRow:
    """A member."""
    return town.member("ana")


@pytest.fixture
def ben(town: Town) -> AccountRow:
    """Another."""
    return town.member("ben")


@pytest.fixture
def admin(town: Town) -> AccountRow:
    """Who runs it."""
    return town.member("ada", Role.ADMIN)
