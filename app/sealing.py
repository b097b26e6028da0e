"""Small secrets at rest: sealed with a key made from the server's own, for one purpose each (AES-256-GCM)."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import Settings

_NONCE = 12


class SealError(Exception):
    """What was sealed was changed, or with another key or for another purpose."""


def seal(settings: Settings, purpose: str, secret: bytes) -> str:
    """The secret as text that is no use without the server's key."""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _cipher(settings, purpose).encrypt(nonce, secret, purpose.encode())).decode()


def unseal(settings: Settings, purpose: str, sealed: str) -> bytes:
    """The secret. Raises SealError."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return _cipher(settings, purpose).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode())
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SealError(f"what was sealed for {purpose} can't be opened with this server's key") from error


def _cipher(settings: Settings, purpose: str) -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=f"ostiary sealing 1 {purpose}".encode())
    return AESGCM(key.derive(settings.secret_key.encode()))
