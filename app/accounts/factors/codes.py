"""Codes as values: those that change with time (RFC 6238: six figures, SHA-1, half a minute, as programs expect), and
those that are written down for the day when the phone is lost.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES: Final = 20
STEP_SECONDS: Final = 30
FIGURES: Final = 6
EITHER_SIDE: Final = 1
"""How many steps before and after now are good, too: clocks differ, and typing takes time."""
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 10


def new_secret() -> bytes:
    """A fresh secret."""
    return secrets.token_bytes(SECRET_BYTES)


def matching_step(secret: bytes, code: str, now: datetime, after: int) -> int | None:
    """The time step that a code belongs to: near `now`, later than `after`; None for what is wrong or spent."""
    given = code.strip().replace(" ", "")
    if len(given) != FIGURES or not (given.isascii() and given.isdigit()):
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(present - EITHER_SIDE, present + EITHER_SIDE + 1):
        if hmac.compare_digest(code_of(secret, step), given) and step > after:
            found = step
    return found


def code_of(secret: bytes, step: int) -> str:
    """The code of a time step."""
    return _totp(secret).generate(step * STEP_SECONDS).decode()


def address(secret: bytes, issuer: str, account: str) -> str:
    """What a QR code holds for the member's program: an `otpauth` address."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    return f"otpauth://totp/{label}?{urlencode({'secret': key_text(secret), 'issuer': issuer})}"


def key_text(secret: bytes) -> str:
    """The secret in letters, for typing."""
    return base64.b32encode(secret).decode().rstrip("=")


def new_recovery_codes() -> list[str]:
    """Ten fresh codes, 80 bits each."""
    return [_grouped(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; spaces, hyphens and case don't matter."""
    plain = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _grouped(raw: bytes) -> str:
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, FIGURES, SHA1(), STEP_SECONDS)  # noqa: S303 - what programs on phones know; HMAC, not a digest
