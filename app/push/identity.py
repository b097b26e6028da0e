"""The server's own key for push (VAPID, RFC 8292): made once, kept sealed; push services know by it who sends."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import lru_cache
from typing import Final, cast
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from sqlalchemy.orm import Session

from app import sealing
from app.instance import facts, house
from app.push.encryption import encoded, point_of
from app.services import Services

FACT: Final = "push_key"
PURPOSE: Final = "push"
GOOD_FOR: Final = timedelta(hours=12)
Key = ec.EllipticCurvePrivateKey


def key(services: Services) -> Key:
    """Ours; made when it's first needed."""
    with services.db.read() as session:
        kept = facts.get(session, FACT)
    if kept is None:
        with services.db.write() as session:
            kept = facts.get(session, FACT)
            if kept is None:
                kept = _make(services)
                facts.put(session, FACT, kept, services.clock.now())
    return _loaded(sealing.unseal(services.settings, PURPOSE, str(kept)))


def public_key(services: Services) -> str:
    """What clients are told of it: base64url with its padding, as Mastodon does."""
    raw = text_of(key(services))
    return raw + "=" * (-len(raw) % 4)


@lru_cache(maxsize=4)
def _loaded(raw: bytes) -> Key:
    return cast(Key, load_der_private_key(raw, None))


def text_of(ours: Key) -> str:
    """The public part of a key, as headers say it."""
    return encoded(point_of(ours.public_key()))


def claim(services: Services, ours: Key, endpoint: str) -> str:
    """A signed word (ES256) to one push service: who we are, whom it is for, and until when it is good."""
    parts = urlsplit(endpoint)
    with services.db.read() as session:
        who = _contact(session, services)
    until = int((services.clock.now() + GOOD_FOR).timestamp())
    said: dict[str, str | int] = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": until, "sub": who}
    text = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(said)}"
    r, s = decode_dss_signature(ours.sign(text.encode(), ec.ECDSA(SHA256())))
    return f"{text}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _part(said: dict[str, str | int]) -> str:
    return encoded(json.dumps(said, separators=(",", ":")).encode())


def _contact(session: Session, services: Services) -> str:
    mail = house.house(session, services.settings).contact_email
    return f"mailto:{mail}" if mail else services.settings.url("/about")


def _make(services: Services) -> str:
    made = ec.generate_private_key(ec.SECP256R1())
    raw = made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return sealing.seal(services.settings, PURPOSE, raw)
