"""The vault: each thing under a key of its own, and that wrapped by the house's evidence key (AES-256-GCM, twice).

The evidence key isn't the server's secret: it is set, or made once and kept in a file beside the database, so that who
has the database alone has nothing. Whoever destroys the wrapped key has destroyed what it opened.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.settings import Settings, kept_key

KEY_FILE: Final = "evidence_key"
FOLDER: Final = "sealed"
_NONCE: Final = 12
_KEY: Final = 32


class VaultError(Exception):
    """What was sealed can't be opened: it was changed, it lies elsewhere than it belongs, or the key is another."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed bytes with their wrapped key, and the digest of what they were."""

    wrapped_key: str
    body: bytes
    sha256: str
    size: int


class Vault:
    """Seals and opens. `place` is what something is bound to: sealed for one place, it opens at no other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def seal(self, place: str, body: bytes) -> Sealed:
        """The bytes as nobody without the evidence key reads them."""
        key = os.urandom(_KEY)
        wrapped = base64.b64encode(_lock(self._house_key(), f"key {place}", key)).decode()
        return Sealed(wrapped, _lock(key, place, body), sha256(body).hexdigest(), len(body))

    def open(self, place: str, wrapped_key: str, body: bytes) -> bytes:
        """What was sealed. Raises VaultError."""
        try:
            key = _unlock(self._house_key(), f"key {place}", base64.b64decode(wrapped_key, validate=True))
            return _unlock(key, place, body)
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise VaultError("what was sealed can't be opened with this house's evidence key") from error

    def file(self, place: str) -> Path:
        """Where the sealed bytes of a file lie; the folder is there."""
        folder = self._settings.data_dir / FOLDER / place[:2]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / place

    def _house_key(self) -> bytes:
        given = self._settings.evidence_key or kept_key(self._settings.data_dir / KEY_FILE)
        return HKDF(SHA256(), _KEY, salt=None, info=b"ostiary evidence 1").derive(given.encode())


def new_place() -> str:
    """A name that nobody can guess, for something that is sealed."""
    return secrets.token_hex(24)


def _lock(key: bytes, place: str, body: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, body, place.encode())


def _unlock(key: bytes, place: str, body: bytes) -> bytes:
    return AESGCM(key).decrypt(body[:_NONCE], body[_NONCE:], place.encode())
