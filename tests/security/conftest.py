"""The house of the page tests with its moderation team; and clients with tokens beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.accounts.tables import AccountRow
from app.oauth import tokens
from tests.app.web.conftest import Town, admin, ana, ben, town
from tests.app.web.review.conftest import Desk, desk

__all__ = ["admin", "ana", "ben", "desk", "town"]
EVERY_SCOPE = "read write follow push profile admin:read admin:write"
WRITING = ("POST", "PUT", "PATCH", "DELETE")


class Caller:
    """A client program with somebody's token, or with none."""

    def __init__(self, town: Town, account: AccountRow | None = None, scope: str = EVERY_SCOPE) -> None:
        self.http: FlaskClient = town.app.test_client(use_cookies=False)
        token = tokens.make(town.services, account.id, scope) if account is not None else None
        self.headers = {"Authorization": f"Bearer {token}"} if token is not None else {}

    def send(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """The status and the text of the answer."""
        answer = self.http.open(path, method=method, headers=self.headers, **options)
        return answer.status_code, answer.text


def rules_of(app: Flask) -> list[Rule]:
    """Every address that the application answers."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def writing(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every address with every method that may change something."""
    for rule in rules_of(app):
        yield from ((method, rule) for method in WRITING if method in (rule.methods or ()))


def filled(rule: Rule, **given: object) -> str:
    """An address with something in each of its gaps: what is given by name, else 1."""
    path: str = rule.rule
    for name in rule.arguments:
        for gap in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
            value = str(given.get(name, "1"))
            path = path.replace(gap, "1" if gap.startswith("<int:") and not value.isdigit() else value)
    assert "<" not in path, path
    return path


@pytest.fixture
def case_number(town: Town, desk: Desk) -> int:
    """A case that waits: a held post of mallory's."""
    return desk.case_of(desk.held()).id
