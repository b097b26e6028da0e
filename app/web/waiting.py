"""The two small numbers in the bar on top: unread notifications, and cases that wait for people."""

from __future__ import annotations

from flask import g
from sqlalchemy import func, select

from app.care import letters as house_letters
from app.care.tables import LetterRow
from app.current import services
from app.notifications import markers, reading
from app.paging import COUNTED
from app.web import sessions
from moderation.cases.tables import CaseRow
from moderation.values import CaseState

_MOST = 99


def unread_notifications() -> int:
    """How many came since the member last looked, at most 99."""
    me = sessions.member()
    if me is None:
        return 0
    if "unread" not in g:
        g.unread = _unread(me.id)
    return int(g.unread)


def _unread(account_id: int) -> int:
    with services().db.read() as session:
        return reading.unread(session, account_id, markers.unread_since(session, account_id), most=_MOST)


def letters() -> list[LetterRow]:
    """What the house wrote to the member and they haven't opened yet."""
    me = sessions.member()
    if me is None:
        return []
    with services().db.read() as session:
        return house_letters.unread(session, me.id)


def reviews() -> int:
    """How many cases are open, for the moderation team; beyond `COUNTED` only that there are more."""
    me = sessions.member()
    if me is None or not me.staff:
        return 0
    with services().db.read() as session:
        open_cases = select(CaseRow.id).where(CaseRow.state == CaseState.OPEN).limit(COUNTED + 1)
        return session.scalar(select(func.count()).select_from(open_cases.subquery())) or 0
