"""A device that makes and uses passkeys, as a browser would answer for it."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

_HERE, _HOLDS_KEY = 0x01, 0x40


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


class Authenticator:
    """One passkey for one house. What it says can be bent: `origin`, `host`, and how often it was used."""

    def __init__(self, origin: str = "https://ostiary.example", host: str = "ostiary.example") -> None:
        self.origin, self.host, self.count = origin, host, 0
        self.credential_id = secrets.token_bytes(16)
        self._key = ec.generate_private_key(ec.SECP256R1())

    def makes(self, options: str) -> str:
        """What the browser answers when a passkey is to be made."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self._key.public_key())))
        size = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + size + self.credential_id + public
        told = {"fmt": "none", "attStmt": {}, "authData": self._data(_HERE | _HOLDS_KEY) + attested}
        client = self._client("webauthn.create", options)
        return self._answer({"clientDataJSON": encoded(client), "attestationObject": encoded(cbor.encode(told))})

    def uses(self, options: str) -> str:
        """What the browser answers when it is to be used."""
        self.count += 1
        data, client = self._data(_HERE), self._client("webauthn.get", options)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: encoded(part) for name, part in parts.items()})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: str) -> bytes:
        asked: dict[str, Any] = json.loads(options)
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = encoded(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
