"""Messages for one device: as RFC 8291 says it to the byte, and as the draft before it is read by a device."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.push import encryption
from app.push.encryption import BadKeyError, Device, decoded, encoded, point_of

PLAIN = b"When I grow up, I want to be a watermelon"
SALT = decoded("DGv6ra1nlYgDCS1FRnbzlw")
SENDER = decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
"""The example of RFC 8291, section 5."""


def test_the_standard_s_own_example_comes_out() -> None:
    ours = ec.derive_private_key(int.from_bytes(SENDER, "big"), ec.SECP256R1())
    sealed = encryption._seal(PLAIN, Device.of(POINT, AUTH), ours, SALT)
    assert encoded(sealed.body) == MESSAGE and sealed.headers == {"Content-Encoding": "aes128gcm"}


def read_by_the_draft(mine: ec.EllipticCurvePrivateKey, auth: bytes, body: bytes, headers: Mapping[str, str]) -> bytes:
    """What a device does with a message of the draft."""
    assert headers["Content-Encoding"] == "aesgcm"
    point = point_of(mine.public_key())
    theirs = decoded(headers["Crypto-Key"].partition(";")[0].removeprefix("dh="))
    salt = decoded(headers["Encryption"].removeprefix("salt="))
    agreed = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    shared = HKDF(SHA256(), 32, salt=auth, info=b"Content-Encoding: auth\0").derive(agreed)
    context = b"P-256\0\0\x41" + point + b"\0\x41" + theirs
    key = HKDF(SHA256(), 16, salt=salt, info=b"Content-Encoding: aesgcm\0" + context).derive(shared)
    nonce = HKDF(SHA256(), 12, salt=salt, info=b"Content-Encoding: nonce\0" + context).derive(shared)
    plain = AESGCM(key).decrypt(nonce, body, None)
    assert plain.startswith(b"\0\0")
    return plain[2:]


def test_a_device_of_the_draft_reads_its_message() -> None:
    mine, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    sealed = encryption.seal_by_the_draft(PLAIN, Device.of(encoded(point_of(mine.public_key())), encoded(auth)))
    assert read_by_the_draft(mine, auth, sealed.body, sealed.headers) == PLAIN


def test_no_two_messages_are_alike() -> None:
    device = Device.of(POINT, AUTH)
    assert encryption.seal(PLAIN, device).body != encryption.seal(PLAIN, device).body


@pytest.mark.parametrize("spelt", [POINT, POINT + "=", POINT.replace("-", "+").replace("_", "/")])
def test_keys_are_read_however_base64_is_spelt(spelt: str) -> None:
    assert Device.of(spelt, AUTH) == Device.of(POINT, AUTH)


@pytest.mark.parametrize(
    ("key", "auth"),
    [("", AUTH), (POINT, ""), (POINT, "AAAA"), (POINT[:-4], AUTH), ("é", AUTH), ("B" + "A" * 86, AUTH), (AUTH, AUTH)],
)
def test_what_is_no_key_is_refused(key: str, auth: str) -> None:
    with pytest.raises(BadKeyError):
        Device.of(key, auth)
