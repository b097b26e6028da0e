"""The page of a notice: the link that is good for it, and the name under which its giver contests what was decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.accounts import tokens
from app.errors import InvalidError
from app.notices.tables import LegalNoticeRow
from app.services import Services

READABLE: Final = timedelta(days=400)
"""How long its page can be read."""
PURPOSE: Final = "legal-notice-receipt"
_APPELLANT: Final = "notice:"


def token(services: Services, number: int) -> str:
    """The token of a notice's page."""
    return tokens.sign(services, PURPOSE, [number])


def number(services: Services, given: str) -> int:
    """The notice of a token. Raises InvalidError for what we didn't sign, or long ago."""
    match tokens.read(services, PURPOSE, given, READABLE):
        case [int(found)]:
            return found
    raise InvalidError("This link is wrong or too old", code="bad_link")


def address(services: Services, number: int) -> str:
    """Where its giver reads what came of it."""
    return services.settings.url(f"/legal/{token(services, number)}")


def contest_address(services: Services, number: int) -> str:
    """Where its giver contests that nothing was done, and reads the answer."""
    return f"{address(services, number)}/contest"


def appellant(number: int) -> str:
    """How appeals name the giver of a notice, who has no address of their own in the fediverse."""
    return f"{_APPELLANT}{number}"


def of_appellant(session: Session, uri: str) -> LegalNoticeRow | None:
    """The notice whose giver contests; None where it is anybody else."""
    found = uri.removeprefix(_APPELLANT)
    if found == uri or not found.isascii() or not found.isdecimal():
        return None
    return session.get(LegalNoticeRow, int(found))
