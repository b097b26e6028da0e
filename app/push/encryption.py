"""Encryption of messages for one device: RFC 8291 (`aes128gcm`), and the draft before it (`aesgcm`). Pure.

The draft is what clients get that don't say `subscription[standard]`: their programs decrypt nothing else.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

POINT_BYTES: Final = 65
AUTH_BYTES: Final = 16
RECORD_SIZE: Final = 4096
MOST_BYTES: Final = 3900
"""Of text: with all that is added it stays within what every push service takes."""


class BadKeyError(ValueError):
    """What a device gave as its key or secret is none."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message that one device can read, with the headers that say how."""

    body: bytes = field(repr=False)
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Device:
    """A device's public key and the secret that it shares with us."""

    point: bytes
    auth: bytes = field(repr=False)

    @classmethod
    def of(cls, key: str, auth: str) -> Device:
        """From what a client sends. Raises BadKeyError."""
        point, secret = decoded(key), decoded(auth)
        if len(secret) != AUTH_BYTES:
            raise BadKeyError("auth must be sixteen bytes")
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError as error:
            raise BadKeyError("p256dh is no point of the curve") from error
        if len(point) != POINT_BYTES:
            raise BadKeyError("p256dh must be uncompressed")
        return cls(point, secret)


def decoded(text: str) -> bytes:
    """Base64 of either alphabet, with or without its padding. Raises BadKeyError."""
    plain = text.strip().replace("+", "-").replace("/", "_").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKeyError("no base64") from error


def encoded(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def seal(message: bytes, device: Device) -> Sealed:
    """By RFC 8291."""
    return _seal(message, device, ec.generate_private_key(ec.SECP256R1()), os.urandom(16))


def seal_by_the_draft(message: bytes, device: Device) -> Sealed:
    """By draft-ietf-webpush-encryption-04."""
    return _seal_by_the_draft(message, device, ec.generate_private_key(ec.SECP256R1()), os.urandom(16))


def _seal(message: bytes, device: Device, ours: ec.EllipticCurvePrivateKey, salt: bytes) -> Sealed:
    mine = point_of(ours.public_key())
    shared = _hkdf(device.auth, _agreed(device, ours), b"WebPush: info\0" + device.point + mine, 32)
    key = _hkdf(salt, shared, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(salt, shared, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD_SIZE.to_bytes(4, "big") + len(mine).to_bytes(1, "big") + mine
    return Sealed(head + AESGCM(key).encrypt(nonce, message + b"\x02", None), {"Content-Encoding": "aes128gcm"})


def _seal_by_the_draft(message: bytes, device: Device, ours: ec.EllipticCurvePrivateKey, salt: bytes) -> Sealed:
    mine = point_of(ours.public_key())
    shared = _hkdf(device.auth, _agreed(device, ours), b"Content-Encoding: auth\0", 32)
    context = b"P-256\0" + _sized(device.point) + _sized(mine)
    key = _hkdf(salt, shared, b"Content-Encoding: aesgcm\0" + context, 16)
    nonce = _hkdf(salt, shared, b"Content-Encoding: nonce\0" + context, 12)
    headers = {
        "Content-Encoding": "aesgcm",
        "Encryption": f"salt={encoded(salt)}",
        "Crypto-Key": f"dh={encoded(mine)}",
    }
    return Sealed(AESGCM(key).encrypt(nonce, b"\0\0" + message, None), headers)


def _agreed(device: Device, ours: ec.EllipticCurvePrivateKey) -> bytes:
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), device.point)
    return ours.exchange(ec.ECDH(), theirs)


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=info).derive(secret)


def _sized(point: bytes) -> bytes:
    return len(point).to_bytes(2, "big") + point
