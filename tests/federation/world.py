"""Other servers and their people, for tests: they sign as anybody does, and live on a web in memory."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import orjson
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.keys import KeyPair, make_key_pair
from app.accounts.making import house_actor
from app.accounts.tables import AccountRow, ActorRow
from app.federation import intake
from app.federation.tables import InboxActivityRow
from app.federation.wire import signatures
from app.federation.wire.signatures import Form
from app.federation.wire.twins import FakeWeb
from app.federation.wire.values import PUBLIC
from app.ids import IDS
from app.posts.tables import PostRow, PostState
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from tests.app import people
from tests.support.services import DOMAIN

INBOX = f"https://{DOMAIN}/inbox"
_numbers = itertools.count(1)


@cache
def keys(number: int) -> KeyPair:
    """Key pairs are slow to make, so tests share them; two numbers are two pairs."""
    return make_key_pair()


@dataclass
class Remote:
    """Somebody on another server."""

    name: str
    domain: str = "far.example"
    pair: KeyPair = field(default_factory=lambda: keys(1))
    document: dict[str, Any] = field(default_factory=dict)
    form: Form = Form.CAVAGE
    path: str = ""
    """Of their id, where their server makes others than Mastodon does."""

    @property
    def uri(self) -> str:
        """Their id."""
        return f"https://{self.domain}{self.path or f'/users/{self.name}'}"

    @property
    def key_id(self) -> str:
        """Their key's."""
        return self.uri + "#main-key"

    def actor(self) -> dict[str, Any]:
        """Their document."""
        return {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.name.capitalize(),
            "inbox": self.uri + "/inbox",
            "outbox": self.uri + "/outbox",
            "followers": self.uri + "/followers",
            "endpoints": {"sharedInbox": f"https://{self.domain}/inbox"},
            "published": "2024-01-01T00:00:00Z",
            "publicKey": {"id": self.key_id, "owner": self.uri, "publicKeyPem": self.pair.public_pem},
            **self.document,
        }

    def live_on(self, web: FakeWeb) -> Remote:
        """Their server answers for them."""
        web.put(self.uri, self.actor())
        return self

    def note(self, text: str, **fields: Any) -> dict[str, Any]:
        """A public post."""
        uri = fields.pop("id", f"{self.uri}/statuses/{next(_numbers)}")
        return {
            "id": uri,
            "type": "Note",
            "attributedTo": self.uri,
            "content": f"<p>{text}</p>",
            "to": [PUBLIC],
            "cc": [self.uri + "/followers"],
            "published": "2026-03-02T12:00:00Z",
            **fields,
        }

    def note_to(self, member: ActorRow, text: str, **fields: Any) -> dict[str, Any]:
        """A public post that mentions a member."""
        tag = [{"type": "Mention", "href": member.uri, "name": f"@{member.username}@{DOMAIN}"}]
        return self.note(text, cc=[self.uri + "/followers", member.uri], tag=tag, **fields)

    def activity(self, kind: str, what: Any, **fields: Any) -> dict[str, Any]:
        """An activity of theirs."""
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.uri}/activities/{next(_numbers)}",
            "type": kind,
            "actor": self.uri,
            "object": what,
            **fields,
        }

    def create(self, note: dict[str, Any]) -> dict[str, Any]:
        """The Create of a post."""
        return self.activity("Create", note, id=note["id"] + "/activity", to=note["to"], cc=note["cc"])

    def deliverable(self, activity: Mapping[str, Any]) -> bytes:
        """An activity as bytes."""
        return orjson.dumps(activity)

    def sign(self, body: bytes, now: datetime, url: str = INBOX, **more: str) -> dict[str, str]:
        """Headers as their server sends them, `more` of them signed, too."""
        key = signatures.load_private_key(self.pair.private_pem)
        return signatures.sign(
            "POST", url, body, key_id=self.key_id, private_key=key, now=now, form=self.form, more=more
        )


@dataclass
class World:
    """This server with its inbox, and the web around it."""

    services: Services
    http: FlaskClient
    address: str = "192.0.2.1"
    """Where deliveries come from."""

    @property
    def web(self) -> FakeWeb:
        """Everybody else."""
        web = self.services.fetcher
        assert isinstance(web, FakeWeb)
        return web

    def remote(self, name: str = "mallory", domain: str = "far.example", **more: Any) -> Remote:
        """Somebody elsewhere, whose server answers."""
        return Remote(name, domain, **more).live_on(self.web)

    def known(self, name: str = "mallory", domain: str = "far.example", **more: Any) -> Remote:
        """Somebody elsewhere, whose key is known here already."""
        remote = self.remote(name, domain, **more)
        now = self.services.clock.now()
        people.remote(
            self.services,
            name,
            domain,
            key_id=remote.key_id,
            public_key_pem=remote.pair.public_pem,
            key_fetched_at=now,
            fetched_at=now,
            followers_url=remote.uri + "/followers",
        )
        return remote

    def member(self, name: str = "ana", **columns: Any) -> ActorRow:
        """A member with a key that works."""
        pair = keys(0)
        account: AccountRow = people.member(
            self.services, name, public_key_pem=pair.public_pem, private_key_pem=pair.private_pem, **columns
        )
        with self.services.db.read() as session:
            return session.get_one(ActorRow, account.id)

    def row(self, remote: Remote) -> ActorRow:
        """A remote as an actor here."""
        with self.services.db.read() as session:
            return session.scalars(select(ActorRow).where(ActorRow.uri == remote.uri)).one()

    def follow(self, follower: ActorRow, target: ActorRow) -> None:
        """One follows the other."""
        now = self.services.clock.now()
        with self.services.db.write() as session:
            identifier = IDS.take(now)
            row = FollowRow(id=identifier, follower_id=follower.id, target_id=target.id, uri=f"https://{DOMAIN}/f/{identifier}")  # fmt: skip
            row.state, row.created_at = FollowState.ACCEPTED, now
            session.add(row)

    def post(self, body: bytes, headers: Mapping[str, str], path: str = "/inbox") -> TestResponse:
        """A POST as it is."""
        headers = {"Content-Type": "application/activity+json", **headers}
        return self.http.post(
            path, data=body, headers=headers, base_url=f"https://{DOMAIN}", environ_base={"REMOTE_ADDR": self.address}
        )

    def deliver(self, sender: Remote, activity: Mapping[str, Any], **changed: str) -> TestResponse:
        """A signed delivery; `changed` replaces headers after signing."""
        body = orjson.dumps(activity)
        headers = sender.sign(body, self.services.clock.now())
        return self.post(body, headers | changed)

    def take(self, sender: Remote, activity: Mapping[str, Any]) -> None:
        """Deliver, and let the intake work on it."""
        answer = self.deliver(sender, activity)
        assert answer.status_code == 202, answer.text
        intake.drain(self.services)

    def inbox(self) -> list[InboxActivityRow]:
        """What is on disk, oldest first."""
        with self.services.db.read() as session:
            return list(session.scalars(select(InboxActivityRow).order_by(InboxActivityRow.id)))

    def state(self, note: Mapping[str, Any] | str) -> PostState | None:
        """Where a post is; None where it isn't here."""
        uri = note if isinstance(note, str) else note["id"]
        with self.services.db.read() as session:
            return session.scalar(select(PostRow.state).where(PostRow.uri == uri))

    def stored(self, note: Mapping[str, Any] | str) -> PostRow:
        """A post as it is stored."""
        uri = note if isinstance(note, str) else note["id"]
        with self.services.db.read() as session:
            return session.scalars(select(PostRow).where(PostRow.uri == uri)).one()


def prepare(services: Services) -> None:
    """The house's own actor, with a key that was made before."""
    with services.db.write() as session:
        made_at = services.clock.now() - timedelta(days=100)
        session.add(house_actor(services.settings, keys(0), made_at))
