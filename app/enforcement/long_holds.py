"""Reasons for holds that last: owed after an hour, then and there, whatever a person decides later."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.enforcement import reasons, subjects
from app.enforcement.telling import note
from app.notifications import languages, post_office
from app.notifications.tables import NotificationKind
from app.services import Services
from moderation.holds.tables import HoldRow
from moderation.statements import making, reading


def state_reasons(services: Services, limit: int = 100) -> int:
    """Tell members why posts of theirs wait for more than an hour; how many statements were written."""
    with services.db.write() as session:
        holds = reading.holds_that_last(session, services.clock.now(), limit)
        for hold in holds:
            _state(services, session, hold)
    return len(holds)


def _state(services: Services, session: Session, hold: HoldRow) -> None:
    stated = making.of_hold(session, hold)
    account = subjects.account(session, hold.author_uri)
    locale = languages.normal(account.locale) if account is not None else "en"
    _ = languages.translator(locale)
    words = reasons.facts(stated, services.settings.domain, locale, _)
    via = ("page", "notification", "mail") if account is not None else ()
    now = services.clock.now()
    row = making.store(session, stated, lang=locale, rule="", facts=words, via=via, now=now)
    if account is None:
        return  # they have left: the row says that nobody was told
    payload = {"action": making.HOLD, "statement_id": row.id, "subject_uri": hold.uri, "automated": True}
    payload |= {"edit": row.of_edit, "text": reasons.happened(row.action, _, of_edit=row.of_edit)}
    note(services, session, account.id, NotificationKind.MODERATION_WARNING, payload)
    link = services.settings.url(f"/statements/{row.id}")
    post_office.put(session, services, reasons.held_long(services.settings, account, row, link))
