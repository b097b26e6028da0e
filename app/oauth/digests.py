"""How secrets are stored: they are long and random, so that a plain SHA-256 can't be turned around."""

from __future__ import annotations

import hashlib


def digest(secret: str) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
