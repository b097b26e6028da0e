"""Write an announcement, plan it, end it. It passes no door, since the house speaks; each stands in the log."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.accounts import lookup
from app.accounts.tables import AccountRow, Role
from app.announcements.tables import AnnouncementRow
from app.database.engine import after_commit
from app.errors import InvalidError, NotFoundError
from app.ids import IDS
from app.posts import compose, markup
from app.reviewing import people
from app.services import Services
from app.stores.jobs import Job
from moderation.log import chain

LONGEST = 5000
WRITES = Role.ADMIN


def write(
    services: Services, account: AccountRow, text: str, shown_from: datetime | None, ends_at: datetime | None
) -> AnnouncementRow:
    """Announce something, now or from a later moment on, until it is ended or its time is over. Who is named must be
    known here: nobody elsewhere is asked for. Raises ForbiddenError, InvalidError.
    """
    by, now = people.require(account, WRITES), services.clock.now()
    begins = max(shown_from, now) if shown_from is not None else now
    if not text.strip():
        raise InvalidError(_("Write what is to be announced"), code="empty")
    if len(text) > LONGEST:
        raise InvalidError(_("An announcement has at most %(most)s characters", most=LONGEST), code="too_long")
    if ends_at is not None and ends_at <= begins:
        raise InvalidError(_("It would end before it begins"), code="ends_before")
    with services.db.write() as session:
        named = {
            handle: found
            for handle in markup.handles(text)
            if (found := lookup.find_by_handle(session, services.settings, handle)) is not None
        }
        written = compose.render(services, text, named)
        row = AnnouncementRow(
            id=IDS.take(now),
            text=text,
            content=written.html,
            mentioned=list(dict.fromkeys(person.id for person in named.values())),
            tags=list(written.hashtags),
            made_by=by,
            made_at=now,
            shown_from=begins,
            ends_at=ends_at,
            next_at=begins,
        )
        session.add(row)
        session.flush()
        chain.append(session, by, "announced", f"announcement:{row.id}", {"text": text}, now)
        after_commit(session, lambda: services.nudger.nudge(Job.ANNOUNCE))
    return row


def end(services: Services, account: AccountRow, number: int) -> None:
    """Take it down, or never show it; who has it on a page loses it at once. Twice is once. Raises ForbiddenError,
    NotFoundError.
    """
    by, now = people.require(account, WRITES), services.clock.now()
    with services.db.write() as session:
        row = session.get(AnnouncementRow, number)
        if row is None:
            raise NotFoundError
        over = row.ended_at is not None or (row.ends_at is not None and row.ends_at <= now)
        if over:
            return
        row.ended_at = row.next_at = now
        chain.append(session, by, "announcement_ended", f"announcement:{row.id}", {}, now)
        after_commit(session, lambda: services.nudger.nudge(Job.ANNOUNCE))
