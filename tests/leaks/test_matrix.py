"""The leak matrix: nothing that is to be hidden is shown, on any way out, to anybody whom it isn't for."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

import orjson
import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import aliased

from app.federation.tables import OutboxActivityRow
from app.notifications.tables import MailRow
from app.oauth import tokens
from app.posts import visibility
from app.posts.tables import LikeRow, PostRow, PostState
from app.stream.channels import subscription
from app.stream.hub import Event
from app.stream.rendering import Rendering
from tests.federation.world import World
from tests.leaks import town as towns
from tests.leaks.asking import SCOPES, asker, browser, is_api, is_federation, is_page, member, peer
from tests.leaks.town import Town
from tests.leaks.walk import Ask, Leak, Places, leaks, walk


@pytest.fixture
def town(world: World) -> Town:
    """Everybody, and what is to be hidden."""
    return towns.build(world)


@dataclass(frozen=True)
class Viewer:
    """Somebody, and the part of the house in which they are known."""

    ask: Callable[[Flask, Town], Ask]
    where: Callable[[str], bool]


VIEWERS: dict[str, Viewer] = {
    "stranger": Viewer(lambda app, _town: asker(app), lambda rule: not is_page(rule)),
    "page": Viewer(lambda app, _town: asker(app, "text/html"), lambda rule: not is_api(rule)),
    "member": Viewer(lambda app, town: member(app, town, "ben"), is_api),
    "member's page": Viewer(lambda app, town: browser(app, town, "ben"), is_page),
    "follower": Viewer(lambda app, town: member(app, town, "cleo"), is_api),
    "peer": Viewer(lambda app, town: peer(app, town, town.remotes["olga"]), is_federation),
    "following peer": Viewer(lambda app, town: peer(app, town, town.remotes["paul"]), is_federation),
}


def reads(app: Flask, town: Town, name: str, where: Callable[[str], bool] | None = None) -> list[Leak]:
    """What a viewer finds who reads everything, or what is at these addresses."""
    viewer = VIEWERS[name]
    answers = walk(app, Places(town), viewer.ask(app, town), where=where or viewer.where)
    return leaks(name, town.secrets, answers)


@pytest.mark.one_database
def test_nothing_hidden_is_shown_to_anybody_anywhere(app: Flask, town: Town) -> None:
    assert [leak for viewer in VIEWERS for leak in reads(app, town, viewer)] == []


def test_nothing_hidden_is_shown_to_a_member_whatever_they_do(app: Flask, town: Town) -> None:
    """Everything is done that a client can do, then everything is read."""
    services, ben = town.world.services, town.people["ben"]
    with services.db.read() as session:
        before = dict(session.execute(select(PostRow.uri, PostRow.state)).all())
    ask, places = member(app, town, "ben"), Places(town)
    done = (answer for method in ("POST", "PUT", "DELETE") for answer in walk(app, places, ask, method, where=is_api))
    assert leaks("member", town.secrets, done) == []
    assert reads(app, town, "member") == []
    hidden = [secret.uri for secret in town.secrets if "member" in secret.hidden_from and secret.uri]
    with services.db.read() as session:
        liked = session.scalars(select(PostRow.uri).join(LikeRow).where(LikeRow.actor_id == ben.id)).all()
        boosted = aliased(PostRow)
        spread = session.scalars(
            select(boosted.uri)
            .join(PostRow, PostRow.boost_of_pk == boosted.pk)
            .where(PostRow.actor_id == ben.id, PostRow.state == PostState.PUBLISHED)
        ).all()
        after = dict(session.execute(select(PostRow.uri, PostRow.state).where(PostRow.uri.in_(hidden))).all())
    liked_before = [secret.uri for secret in town.secrets if secret.name == "withdrawn"]
    assert set(liked) & set(hidden) <= set(liked_before) and not {*spread} & {*hidden} - {*liked_before}
    assert after == {uri: before[uri] for uri in after}


def test_nothing_hidden_leaves_by_stream_delivery_or_mail(world: World, redis: Redis) -> None:
    services = world.services
    with redis.pubsub() as listening:  # type: ignore[no-untyped-call]
        listening.psubscribe("*")
        town = towns.build(world)
        heard = [m["data"] for m in iter(lambda: listening.get_message(timeout=0.05), None) if m["type"] == "pmessage"]
    assert len(heard) > 10
    rendering = Rendering(services)
    for name, person in (("stranger", None), ("member", "ben"), ("follower", "cleo")):
        account_id = town.people[person].id if person else None
        with services.db.read() as session:
            token = tokens.make(services, account_id, SCOPES) if account_id else None
            viewer = tokens.find(session, token) if token else None
        wanted = subscription("user" if viewer else "public", None, account_id)
        events = [orjson.loads(data) for data in heard]
        shown = [
            rendering.render(Event(wanted, event["event"], event["payload"]), viewer) or ""
            for event in events
            if event["event"] in ("update", "status.update", "notification", "delete")
        ]
        answers = [("", str(data)) for data in heard] + [("", html.unescape(text)) for text in shown]
        assert leaks(name, town.secrets, answers) == []
    with services.db.read() as session:
        sent = [("outbox", body) for body in session.scalars(select(OutboxActivityRow.body))]
        mails = [("mail", row.text) for row in session.scalars(select(MailRow)) if row.to.startswith(("ben", "cleo"))]
    assert len(sent) > 10
    assert leaks("peer", [secret for secret in town.secrets if secret.never_sent], sent) == []
    assert leaks("member", town.secrets, mails) == []


@pytest.mark.one_database
def test_its_author_is_shown_what_waits_and_told_that_it_does(app: Flask, town: Town) -> None:
    authors = {
        "held poll": "ana",
        "held local": "ana",
        "held reply": "ana",
        "held answer": "ivo",
        "waiting local": "hal",
    }
    for secret in town.secrets:
        if secret.name in authors:
            number = secret.ids[0]
            ask = member(app, town, authors[secret.name])
            status, body = ask("GET", f"/api/v1/statuses/{number}")
            assert status == 200 and secret.mark in body and f"/held/{number}" in body
            page = browser(app, town, authors[secret.name])
            assert page("GET", f"/held/{number}")[0] == 200


@pytest.mark.one_database
def test_the_walk_notices_when_the_filter_lets_everything_through(
    app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaky(_viewer_id: int | None) -> ColumnElement[bool]:
        return true()

    monkeypatch.setattr(visibility, "visible_to", leaky)
    found = {leak.secret for leak in reads(app, town, "member", lambda rule: rule.startswith("/api/v1/statuses"))}
    assert found >= {secret.name for secret in town.secrets if secret.uri and "deleted" not in secret.name}
