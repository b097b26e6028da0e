"""The cast, and how they use the client API in tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.keys import KeyPair, make_key_pair
from app.accounts.making import local_actor
from app.accounts.tables import AccountRow, ActorRow, Role
from app.ids import IDS
from app.oauth import tokens
from app.services import Services

SCOPES = "read write follow push profile"
PASSWORD = "correct horse battery staple"


@cache
def keys() -> KeyPair:
    """One pair for all: making one takes long."""
    return make_key_pair()


def member(services: Services, name: str, role: Role = Role.MEMBER, **given: Any) -> AccountRow:
    """A confirmed, approved member. `given` are columns of the account."""
    now = services.clock.now()
    actor = local_actor(services.settings, name, keys(), now)
    account = AccountRow(
        id=actor.id,
        email=f"{name}@mail.example",
        email_lower=f"{name}@mail.example",
        password_hash="!",
        session_salt="salt",
        created_at=now,
        role=role,
        second_factor_at=None if role is Role.MEMBER else now,
        **{"confirmed_at": now, "approved_at": now, **given},
    )
    account.actor = actor
    with services.db.write() as session:
        session.add(actor)
        session.flush()
        session.add(account)
    return account


def remote(services: Services, name: str, domain: str = "elsewhere.example", **given: Any) -> ActorRow:
    """Somebody of another server."""
    now = services.clock.now()
    uri = f"https://{domain}/users/{name}"
    row = ActorRow(
        id=IDS.take(now),
        uri=uri,
        url=f"https://{domain}/@{name}",
        local=False,
        username=name,
        username_lower=name.lower(),
        domain=domain,
        inbox_url=f"{uri}/inbox",
        created_at=now,
        fields=[],
        **given,
    )
    with services.db.write() as session:
        session.add(row)
    return row


@dataclass
class Person:
    """A member with a token in hand."""

    http: FlaskClient
    account: AccountRow
    token: str
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.token}"}

    @property
    def id(self) -> str:
        """The public id."""
        return str(self.account.id)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET with the token."""
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """POST with the token."""
        return self.send("POST", path, **options)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """Any method with the token."""
        headers = {**self.headers, **options.pop("headers", {})}
        return self.http.open(path, method=method, headers=headers, **options)

    def read(self, path: str, **options: Any) -> Any:
        """What a GET that works gives."""
        answer = self.get(path, **options)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def do(self, path: str, **options: Any) -> Any:
        """What a POST that works gives."""
        answer = self.post(path, **options)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def says(self, text: str, **more: Any) -> Any:
        """Post."""
        return self.do("/api/v1/statuses", json={"status": text, **more})


def sign_in(http: FlaskClient, services: Services, name: str, scope: str = SCOPES, **given: Any) -> Person:
    """Make a member and give them a token."""
    account = member(services, name, **given)
    return Person(http, account, tokens.make(services, account.id, scope))
