"""Mails as rows: written with what they tell of, sent by a job, tried again, taken back while they wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, true, update
from sqlalchemy.orm import Session

from app.accounts import names
from app.database.engine import after_commit
from app.mail import Mail, MailError
from app.notifications.tables import MailRow
from app.services import Services
from app.stores.jobs import Job

log = structlog.get_logger()
NOW = timedelta(0)
LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(minutes=2)
MAX_ATTEMPTS = 11
"""With the pause doubling from two minutes, the last try is about a day and a half after the first."""


def put(session: Session, services: Services, mail: Mail, *, wait: timedelta = NOW, about: str | None = None) -> None:
    """Write a mail to be sent, with the write that it tells of. None goes to an address that nobody has."""
    if names.is_stand_in(mail.to):
        return
    now = services.clock.now()
    session.add(
        MailRow(
            to=mail.to,
            subject=one_line(mail.subject),
            text=mail.text,
            about=about,
            next_at=now + wait,
            created_at=now,
        )
    )
    after_commit(session, lambda: services.nudger.nudge(Job.MAIL))


def take_back(session: Session, about: str, to: str | None = None) -> int:
    """Forget the mails about something that wait still, all of them or those to one address; how many there were."""
    theirs = MailRow.to == to if to is not None else true()
    gone = session.execute(delete(MailRow).where(MailRow.about == about, theirs))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def waiting(session: Session, about: str) -> set[str]:
    """To whom the mails about something go that wait still."""
    return set(session.scalars(select(MailRow.to).where(MailRow.about == about)))


def drain(services: Services, limit: int) -> int:
    """Send what is due, oldest first; how many left. After a crash a mail may arrive twice, and is never lost."""
    return sum(_send(services, row) for row in _take(services, limit))


def _take(services: Services, limit: int) -> list[MailRow]:
    """Claim mails by moving them into the future, so that another worker leaves them alone while we send."""
    now = services.clock.now()
    with services.db.write() as session:
        rows = list(
            session.scalars(
                select(MailRow)
                .where(MailRow.next_at <= now)
                .order_by(MailRow.next_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        )
        for row in rows:
            row.next_at, row.attempts = now + LEASE, row.attempts + 1
    return rows


def _send(services: Services, row: MailRow) -> bool:
    try:
        services.mailer.send(Mail(row.to, row.subject, row.text))
    except MailError as error:
        log.warning("mail_failed", mail=row.id, attempts=row.attempts, permanent=error.permanent)
        _later_or_never(services, row, permanent=error.permanent)
        return False
    with services.db.write() as session:
        session.execute(delete(MailRow).where(MailRow.id == row.id))
    return True


def _later_or_never(services: Services, row: MailRow, *, permanent: bool) -> None:
    with services.db.write() as session:
        if permanent or row.attempts >= MAX_ATTEMPTS:
            session.execute(delete(MailRow).where(MailRow.id == row.id))
        else:
            session.execute(
                update(MailRow).where(MailRow.id == row.id).values(next_at=_next(services.clock.now(), row.attempts))
            )


def _next(now: datetime, attempts: int) -> datetime:
    return now + FIRST_RETRY * (1 << (attempts - 1))


def one_line(text: str) -> str:
    """A header must not carry a line end."""
    return " ".join(text.split())[:900]
