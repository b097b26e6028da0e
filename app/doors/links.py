"""The links of letters from the closed door: each is good for one purpose, and names a row by its random handle."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.accounts import tokens
from app.errors import InvalidError
from app.services import Services

CONFIRM_WITHIN: Final = timedelta(days=3)
LEAVE_WITHIN: Final = timedelta(days=800)
"""Longer than any row is kept, so that the link in a letter works as long as there is something to leave."""


class Purpose(StrEnum):
    """What a link is for; its value is its path."""

    CONFIRM_WAITING = "waiting-list/confirm"
    LEAVE_WAITING = "waiting-list/leave"
    CONFIRM_ORGANISATION = "organisations/confirm"
    LEAVE_ORGANISATION = "organisations/leave"


_CONFIRMING: Final = (Purpose.CONFIRM_WAITING, Purpose.CONFIRM_ORGANISATION)


def new_handle() -> str:
    """A handle for a row: nobody guesses it."""
    return secrets.token_urlsafe(18)


def to(services: Services, purpose: Purpose, handle: str) -> str:
    """The address of a link."""
    token = tokens.sign(services, _salt(purpose), [handle])
    return services.settings.url(f"/{purpose.value}/{token}")


def read(services: Services, purpose: Purpose, token: str) -> str:
    """Whose link it is. Raises InvalidError for a wrong one, or one that is too old."""
    lifetime = CONFIRM_WITHIN if purpose in _CONFIRMING else LEAVE_WITHIN
    match tokens.read(services, _salt(purpose), token, lifetime):
        case [str(handle)]:
            return handle
    raise InvalidError("This link is wrong or too old", code="bad_link")


def _salt(purpose: Purpose) -> str:
    return purpose.value.replace("/", "-")
