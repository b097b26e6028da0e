"""Pseudonyms of the crew: chosen by each for themselves or by a lead, and what stands under words that go outside."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.errors import InvalidError
from app.reviewing import people
from app.services import Services
from app.settings import Settings
from moderation.log import chain
from moderation.workforce import names
from moderation.workforce.names import Names


def change(services: Services, by: AccountRow, wanted: Names) -> None:
    """Store somebody's: one's own, or a lead's word on a colleague's.

    Raises ForbiddenError, RefusedError, and InvalidError for what a member here is called: a pseudonym that leads to
    a profile is none, be it their own or, worse, somebody else's.
    """
    own = wanted.name == people.name_of(by)
    writer = people.require(by, people.LOOK if own else people.RULES)
    with services.db.write() as session:
        now = services.clock.now()
        _require_nobodys(session, wanted)
        names.put(session, wanted, writer, now)
        chain.append(session, writer, "crew_names_changed", f"crew:{wanted.name}", {}, now)


def signature(session: Session, settings: Settings, name: str | None) -> str:
    """Who stands under words for those outside: a pseudonym, or the moderators as such, never a user name."""
    chosen = names.outside(session, name)
    if chosen:
        return _("%(name)s, of the moderators of %(domain)s", name=chosen, domain=settings.domain)
    return _("the moderators of %(domain)s", domain=settings.domain)


def _require_nobodys(session: Session, wanted: Names) -> None:
    said = {names.plain(each) for each in (wanted.desk, wanted.outside) if each}
    shown = {each.casefold().replace(" ", "_") for each in (wanted.desk, wanted.outside) if each}
    query = select(ActorRow.username).where(
        ActorRow.local, ActorRow.username_lower.in_(said | shown), ActorRow.deleted_at.is_(None)
    )
    if session.scalar(query.limit(1)) is not None:
        raise InvalidError(_("A member here is called so: a pseudonym leads to nobody’s profile."), code="name_taken")
