"""What stands on a closed door now, for pages and the client API: nothing of it where the door is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts import invitations, signup
from app.doors import choices, others
from app.doors.choices import Choices
from app.doors.tables import OtherDoorRow
from app.errors import NotFoundError
from app.services import Services
from app.settings import Registration


@dataclass(frozen=True, slots=True)
class Offer:
    """A closed door, and what the house has for those before it."""

    by_invitation: bool
    waiting_list: bool
    organisations: bool
    others: Sequence[OtherDoorRow]
    words: str
    """The house's own, plain; empty for none."""

    @property
    def helps(self) -> bool:
        """Whether there is anything to do here but to read."""
        return self.waiting_list or self.organisations or bool(self.others)


def is_closed(mode: Registration) -> bool:
    """Whether who has no invitation stays outside."""
    return mode in (Registration.CLOSED, Registration.INVITE)


def offer(session: Session, services: Services, locale: str) -> Offer | None:
    """What is offered to somebody without an invitation; None where they can simply sign up."""
    mode = signup.registration(session, services)
    if not is_closed(mode):
        return None
    told = choices.chosen(session) if invitations.admin_exists(session) else Choices()
    return Offer(
        by_invitation=mode is Registration.INVITE,
        waiting_list=told.waiting_list,
        organisations=told.organisations,
        others=others.shown(session) if told.others else (),
        words=told.words(locale),
    )


def require_waiting_list(session: Session, services: Services) -> None:
    """Raises NotFoundError where there is none, or nobody needs it."""
    found = offer(session, services, "en")
    if found is None or not found.waiting_list:
        raise NotFoundError


def require_organisations(session: Session, services: Services) -> None:
    """Raises NotFoundError where organisations can't ask."""
    found = offer(session, services, "en")
    if found is None or not found.organisations:
        raise NotFoundError
