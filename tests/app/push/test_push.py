"""Push from subscribing to what a device reads, and what is never pushed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.tables import Role
from app.clock import FrozenClock
from app.federation.wire.fetching import Outgoing
from app.lifecycle import leaving
from app.oauth import tokens
from app.push import queueing, sending
from app.push.encryption import decoded, encoded, point_of
from app.push.tables import PushRow, PushSubscriptionRow
from app.services import Services
from tests.app.mastodon.people import Person, sign_in
from tests.support.posts import Elsewhere

PATH = "/api/v1/push/subscription"
ENDPOINT = "https://push.example/send/abc"


@dataclass
class Device:
    """Something that listens, with its key and secret."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    endpoint: str = ENDPOINT

    @property
    def point(self) -> bytes:
        """Its public key."""
        return point_of(self.key.public_key())

    def asks(self, alerts: Mapping[str, bool], **data: Any) -> dict[str, Any]:
        """What its program sends."""
        keys = {"p256dh": encoded(self.point), "auth": encoded(self.auth)}
        where = {"endpoint": self.endpoint, "keys": keys, "standard": True}
        return {"subscription": where, "data": {"alerts": dict(alerts), **data}}

    def reads(self, sent: Outgoing) -> dict[str, Any]:
        """A message, decrypted as a device does."""
        assert sent.headers["Content-Encoding"] == "aes128gcm"
        salt, length = sent.body[:16], sent.body[20]
        theirs, body = sent.body[21 : 21 + length], sent.body[21 + length :]
        agreed = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        info = b"WebPush: info\0" + self.point + theirs
        shared = HKDF(SHA256(), 32, salt=self.auth, info=info).derive(agreed)
        key = HKDF(SHA256(), 16, salt=salt, info=b"Content-Encoding: aes128gcm\0").derive(shared)
        nonce = HKDF(SHA256(), 12, salt=salt, info=b"Content-Encoding: nonce\0").derive(shared)
        plain = AESGCM(key).decrypt(nonce, body, None)
        assert plain.endswith(b"\x02")
        found: dict[str, Any] = orjson.loads(plain[:-1])
        return found


@pytest.fixture
def phone(ana: Person) -> Device:
    """Where ana is told of mentions and likes."""
    device = Device()
    ana.do(PATH, json=device.asks({"mention": True, "favourite": True}))
    return device


def pushed(services: Services, status: int = 201) -> list[Outgoing]:
    """What leaves now."""
    elsewhere = Elsewhere(status)
    sending.drain(services, poster=elsewhere)
    return elsewhere.sent


def waiting(services: Services) -> int:
    """How many wait."""
    with services.db.read() as session:
        return session.scalar(select(func.count()).select_from(PushRow)) or 0


def subscriptions(services: Services) -> int:
    """How many listen."""
    with services.db.read() as session:
        return session.scalar(select(func.count()).select_from(PushSubscriptionRow)) or 0


def test_a_mention_reaches_the_phone_and_only_it_reads_it(
    ana: Person, ben: Person, phone: Device, services: Services
) -> None:
    ben.says("@ana the kettle is on")
    [sent] = pushed(services)
    assert sent.url == ENDPOINT and b"kettle" not in sent.body and int(sent.headers["TTL"]) > 0
    told = phone.reads(sent)
    assert "the kettle is on" in told["body"] and "ben" in told["title"] and told["notification_type"] == "mention"
    assert told["access_token"] == ana.token and told["preferred_locale"] == "en"
    assert ana.read(f"/api/v1/notifications/{told['notification_id']}")["type"] == "mention"
    assert waiting(services) == 0


def test_the_push_service_can_tell_who_sends(ana: Person, ben: Person, phone: Device, services: Services) -> None:
    ben.says("@ana hello")
    [sent] = pushed(services)
    word, public = sent.headers["Authorization"].removeprefix("vapid t=").split(",k=")
    head, said, signature = word.split(".")
    raw = decoded(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(public))
    encoded_signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(encoded_signature, f"{head}.{said}".encode(), ec.ECDSA(SHA256()))
    assert orjson.loads(decoded(said))["aud"] == "https://push.example"
    told = ana.read("/api/v2/instance")["configuration"]["vapid"]["public_key"]
    assert decoded(told) == decoded(public) == decoded(ana.read(PATH)["server_key"])
    made = ana.http.post("/api/v1/apps", json={"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}).json
    assert made["vapid_key"] == told


def test_devices_that_dont_say_otherwise_get_the_draft(ana: Person, ben: Person, services: Services) -> None:
    device = Device()
    asked = device.asks({"mention": True})
    del asked["subscription"]["standard"]
    assert ana.do(PATH, json=asked)["standard"] is False
    ben.says("@ana hello")
    [sent] = pushed(services)
    assert sent.headers["Content-Encoding"] == "aesgcm" and sent.headers["Authorization"].startswith("WebPush ")
    assert "dh=" in sent.headers["Crypto-Key"] and ";p256ecdsa=" in sent.headers["Crypto-Key"]


def test_a_subscription_is_made_seen_changed_and_ended(ana: Person, phone: Device, services: Services) -> None:
    found = ana.read(PATH)
    assert found["endpoint"] == ENDPOINT and found["policy"] == "all"
    assert {name for name, wanted in found["alerts"].items() if wanted} == {"mention", "favourite"}
    changed = ana.send("PUT", PATH, json={"data": {"alerts": {"follow": True}, "policy": "followed"}}).json
    assert {name for name, wanted in changed["alerts"].items() if wanted} == {"follow"}
    assert changed["policy"] == "followed" and changed["id"] == found["id"]
    ana.do(PATH, json=Device(endpoint="https://push.example/other").asks({}))
    assert ana.read(PATH)["endpoint"] == "https://push.example/other" and subscriptions(services) == 1
    assert ana.send("DELETE", PATH).json == {} == ana.send("DELETE", PATH).json
    assert ana.get(PATH).status_code == 404 == ana.send("PUT", PATH, json={}).status_code


def test_form_fields_do_as_well(ana: Person) -> None:
    device = Device()
    form = {
        "subscription[endpoint]": ENDPOINT,
        "subscription[keys][p256dh]": encoded(device.point),
        "subscription[keys][auth]": encoded(device.auth),
        "data[alerts][mention]": "true",
        "data[alerts][admin.report]": "0",
    }
    alerts = ana.do(PATH, data=form)["alerts"]
    assert alerts["mention"] is True and alerts["admin.report"] is False


@pytest.mark.parametrize(
    "where",
    [
        {"endpoint": "http://push.example/x"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "not an address"},
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"keys": {}},
    ],
)
def test_what_cant_be_pushed_to_is_refused(ana: Person, where: dict[str, Any]) -> None:
    asked = Device().asks({})
    asked["subscription"] |= where
    assert ana.post(PATH, json=asked).status_code == 422


def test_each_token_listens_for_itself_and_needs_the_scope(ana: Person, phone: Device, services: Services) -> None:
    other = Person(ana.http, ana.account, tokens.make(services, ana.account.id, "read push"))
    assert other.get(PATH).status_code == 404
    reading = Person(ana.http, ana.account, tokens.make(services, ana.account.id, "read write"))
    assert reading.get(PATH).status_code == 403


def test_only_what_was_asked_for_is_pushed(ana: Person, ben: Person, phone: Device, services: Services) -> None:
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    assert pushed(services) == []
    ben.do(f"/api/v1/statuses/{ana.says('hello')['id']}/favourite")
    [sent] = pushed(services)
    assert phone.reads(sent)["notification_type"] == "favourite"


@pytest.mark.parametrize(
    ("policy", "reached"), [("followed", [False, True]), ("follower", [False, True]), ("none", [False, False])]
)
def test_a_policy_says_from_whom(
    ana: Person, ben: Person, services: Services, policy: str, reached: list[bool]
) -> None:
    ana.do(PATH, json=Device().asks({"mention": True}, policy=policy))
    ben.says("@ana one")
    found = [bool(pushed(services))]
    who, whom = (ana, ben) if policy == "followed" else (ben, ana)
    who.do(f"/api/v1/accounts/{whom.id}/follow")
    ben.says("@ana two")
    assert [*found, bool(pushed(services))] == reached


def test_what_waits_at_the_door_is_never_pushed(ana: Person, ben: Person, phone: Device, services: Services) -> None:
    ana.send("PUT", PATH, json={"data": {"alerts": dict.fromkeys(("mention", "status", "update", "poll"), True)}})
    ben.says("@ana you are vermin")
    ana.says("they are vermin")
    assert pushed(services) == [] and waiting(services) == 0


def test_what_is_taken_back_before_it_left_isnt_pushed(
    ana: Person, ben: Person, phone: Device, services: Services
) -> None:
    post = ben.says("@ana hello")
    assert waiting(services) == 1
    assert ben.send("DELETE", f"/api/v1/statuses/{post['id']}").status_code == 200
    assert pushed(services) == [] and waiting(services) == 0


def test_behind_a_warning_only_the_warning_is_shown(
    ana: Person, ben: Person, phone: Device, services: Services
) -> None:
    ben.says("@ana the butler did it", spoiler_text="The end of the film")
    told = phone.reads(pushed(services)[0])
    assert told["body"] == "The end of the film"


def test_a_device_that_is_gone_is_forgotten(ana: Person, ben: Person, phone: Device, services: Services) -> None:
    ben.says("@ana hello")
    assert len(pushed(services, status=410)) == 1
    assert subscriptions(services) == 0 == waiting(services)


def test_a_push_service_in_trouble_is_asked_again_later_and_not_for_ever(
    ana: Person, ben: Person, phone: Device, services: Services, clock: FrozenClock
) -> None:
    ben.says("@ana hello")
    tries = 0
    for _ in range(10):
        tries += len(pushed(services, status=503))
        assert pushed(services) == []
        clock.move(timedelta(hours=1))
    assert tries == sending.MOST_ATTEMPTS and waiting(services) == 0 and subscriptions(services) == 1


def test_what_a_push_service_refuses_is_dropped(ana: Person, ben: Person, phone: Device, services: Services) -> None:
    ben.says("@ana hello")
    assert len(pushed(services, status=413)) == 1
    assert waiting(services) == 0 and subscriptions(services) == 1


def test_a_token_that_was_revoked_hears_nothing(ana: Person, ben: Person, phone: Device, services: Services) -> None:
    ben.says("@ana hello")
    tokens.revoke(services, ana.token)
    assert pushed(services) == [] and waiting(services) == 0


def test_who_leaves_takes_their_devices_along(ana: Person, ben: Person, phone: Device, services: Services) -> None:
    ben.says("@ana hello")
    leaving.remove(services, ana.account.id)
    assert subscriptions(services) == 0 == waiting(services)


def test_who_is_on_call_is_called_without_content(http: FlaskClient, services: Services) -> None:
    mia = sign_in(http, services, "mia", "read push", role=Role.MODERATOR)
    device = Device()
    mia.do(PATH, json=device.asks({}))
    with services.db.write() as session:
        assert queueing.call(session, services, mia.account.id, "Urgent", "A case can't wait") == 1
    [sent] = pushed(services)
    told = device.reads(sent)
    assert (told["title"], told["body"]) == ("Urgent", "A case can't wait") and sent.headers["Urgency"] == "high"


def test_the_token_is_kept_sealed(ana: Person, phone: Device, services: Services) -> None:
    with services.db.read() as session:
        row = session.scalars(select(PushSubscriptionRow)).one()
    assert ana.token not in row.token_sealed
