"""Nothing that is to be hidden leaves as a push, even where it was queued: what leaves is read again for its reader."""

from __future__ import annotations

from sqlalchemy import select

from app.federation.wire.fetching import Outgoing
from app.notifications.tables import NotificationRow
from app.oauth import tokens
from app.oauth.tables import OAuthTokenRow
from app.push import sending, subscriptions
from app.push.encryption import encoded
from app.push.subscriptions import ALERTS, Wanted
from app.push.tables import PushRow, PushSubscriptionRow
from tests.app.push.test_push import Device
from tests.federation.world import World
from tests.leaks import town as towns
from tests.support.posts import Elsewhere

VIEWERS = {"ben": "member", "cleo": "follower"}
"""As the matrix calls them."""


def test_no_push_tells_what_is_hidden(world: World) -> None:
    town = towns.build(world)
    services, devices = world.services, {}
    for name in ("ben", "cleo"):
        account_id = town.people[name].id
        token = tokens.make(services, account_id, "read push")
        with services.db.read() as session:
            number = session.scalars(select(OAuthTokenRow.id).order_by(OAuthTokenRow.id.desc())).first()
        device = Device(endpoint=f"https://push.example/{name}")
        keys = {"key": encoded(device.point), "auth": encoded(device.auth)}
        wanted = Wanted(device.endpoint, token=token, standard=True, alerts=dict.fromkeys(ALERTS, True), **keys)
        subscriptions.subscribe(services, number or 0, account_id, wanted)
        devices[name] = device
    _queue_everything(world)
    elsewhere = Elsewhere()
    sending.drain(services, 1000, poster=elsewhere)
    said = [(_name_of(sent), str(devices[_name_of(sent)].reads(sent))) for sent in elsewhere.sent]
    leaks = [
        (name, secret.name)
        for secret in town.secrets
        for name, text in said
        if secret.mark in text and VIEWERS[name] in secret.hidden_from
    ]
    assert leaks == []


def _name_of(sent: Outgoing) -> str:
    return sent.url.rpartition("/")[2]


def _queue_everything(world: World) -> None:
    """Every notification that there is, whether or not somebody should have queued it."""
    now = world.services.clock.now()
    with world.services.db.write() as session:
        for one in session.scalars(select(PushSubscriptionRow)).all():
            for number in session.scalars(
                select(NotificationRow.id).where(NotificationRow.account_id == one.account_id)
            ).all():
                session.add(PushRow(subscription_id=one.id, notification_id=number, next_at=now, made_at=now))
