"""Makes the rows of local actors: their addresses on this server follow from their name alone."""

from __future__ import annotations

from datetime import datetime

from app.accounts.keys import KeyPair
from app.accounts.tables import ActorKind, ActorRow
from app.federation.wire.keys import make_ed25519_key
from app.ids import IDS
from app.settings import Settings


def local_actor(settings: Settings, username: str, keys: KeyPair, now: datetime) -> ActorRow:
    """A member's actor, not yet stored. Names are never given out twice, so neither are these addresses."""
    uri = settings.url(f"/users/{username}")
    return ActorRow(
        id=IDS.take(now),
        uri=uri,
        url=settings.url(f"/@{username}"),
        local=True,
        kind=ActorKind.PERSON,
        username=username,
        username_lower=username.lower(),
        domain=settings.domain,
        inbox_url=f"{uri}/inbox",
        shared_inbox_url=settings.url("/inbox"),
        outbox_url=f"{uri}/outbox",
        followers_url=f"{uri}/followers",
        following_url=f"{uri}/following",
        featured_url=f"{uri}/collections/featured",
        **_keys(uri, keys),
        published_at=now,
        created_at=now,
        fields=[],
    )


def house_name(settings: Settings) -> str:
    """The name of the server's own actor: its domain, without the colon of a port, which no server takes in a name."""
    return settings.domain.replace(":", ".")


def house_actor(settings: Settings, keys: KeyPair, now: datetime) -> ActorRow:
    """The actor of the server itself: signs fetches, sends reports on."""
    uri = settings.url("/actor")
    name = house_name(settings)
    return ActorRow(
        id=IDS.take(now),
        uri=uri,
        url=settings.url("/about"),
        local=True,
        kind=ActorKind.APPLICATION,
        username=name,
        username_lower=name,
        domain=settings.domain,
        inbox_url=settings.url("/inbox"),
        shared_inbox_url=settings.url("/inbox"),
        outbox_url=f"{uri}/outbox",
        **_keys(uri, keys),
        bot=True,
        locked=True,
        published_at=now,
        created_at=now,
        fields=[],
    )


def _keys(uri: str, keys: KeyPair) -> dict[str, str]:
    return {
        "key_id": f"{uri}#main-key",
        "public_key_pem": keys.public_pem,
        "private_key_pem": keys.private_pem,
        "ed25519_private_pem": make_ed25519_key(),
    }
