"""Letters from the house: written with what they follow from, told by mail, read on a page by one person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.care import helplines
from app.care.tables import LetterKind, LetterRow
from app.errors import NotFoundError
from app.mail import Mail
from app.notifications import languages, post_office
from app.services import Services

UNANSWERED_SHOWN = 3


def send(
    services: Services,
    session: Session,
    account: AccountRow,
    kind: LetterKind,
    payload: dict[str, Any],
    case_id: int | None,
) -> LetterRow:
    """Write to a member: a page at once, and a mail that says no more than it must."""
    row = LetterRow(account_id=account.id, kind=kind, payload=payload, case_id=case_id, sent_at=services.clock.now())
    session.add(row)
    session.flush()
    post_office.put(session, services, _mail(services, account, row))
    return row


def of(session: Session, number: int, account_id: int) -> LetterRow:
    """A letter, for whom it is written to. Raises NotFoundError for everybody else."""
    row = session.get(LetterRow, number)
    if row is None or row.account_id != account_id:
        raise NotFoundError
    return row


def unread(session: Session, account_id: int) -> list[LetterRow]:
    """What a member hasn't opened yet, newest first."""
    statement = (
        select(LetterRow)
        .where(LetterRow.account_id == account_id, LetterRow.read_at.is_(None))
        .order_by(LetterRow.id.desc())
        .limit(UNANSWERED_SHOWN)
    )
    return list(session.scalars(statement))


def mark_read(services: Services, number: int, account_id: int) -> None:
    """It was opened."""
    with services.db.write() as session:
        row = of(session, number, account_id)
        row.read_at = row.read_at or services.clock.now()


def _mail(services: Services, account: AccountRow, row: LetterRow) -> Mail:
    _ = languages.translator(account.locale)
    values = {"domain": services.settings.domain, "name": account.actor.username}
    link = f"{services.settings.base_url}/letters/{row.id}"
    parts = [_("Hello %(name)s,") % values]
    if row.kind is LetterKind.CARE:
        parts.append(
            _("Somebody here read what you wrote and thought of you. Nothing was done to your post or your account.")
        )
        parts += [
            f"{each.name}: {each.number} ({each.source})" for each in helplines.of(row.payload.get("country", ""))
        ]
        parts.append(_("Helplines of all countries: %(link)s") % {"link": helplines.everywhere()})
    else:
        parts.append(_("Many people whom you don’t know are writing to you. We can keep strangers from you for a day."))
    parts.append(_("Read it here: %(link)s") % {"link": link})
    return Mail(account.email, _("A letter from %(domain)s") % values, "\n\n".join(parts))
