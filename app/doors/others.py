"""Other good doors: servers that the admins recommend, in their order. Nothing is fetched from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.doors import spelling
from app.doors.hand import Hand
from app.doors.tables import OtherDoorRow
from app.errors import InvalidError, NotFoundError
from app.services import Services
from moderation.domains import modes
from moderation.domains.rules import rule_for
from moderation.log import chain
from moderation.values import Severity

MOST: Final = 30
LONGEST_NAME, LONGEST_URL, LONGEST_ABOUT = 100, 500, 300
"""In characters."""


@dataclass(frozen=True, slots=True)
class Door:
    """A server as an admin wrote it down. `address` is a host or a web address."""

    name: str
    address: str
    language: str = ""
    about_en: str = ""
    about_fr: str = ""


def listed(session: Session) -> Sequence[OtherDoorRow]:
    """All of them, in order."""
    return session.scalars(select(OtherDoorRow).order_by(OtherDoorRow.position, OtherDoorRow.id)).all()


def shown(session: Session) -> Sequence[OtherDoorRow]:
    """Those that visitors see: a server that was suspended since is no good door."""
    return [row for row in listed(session) if not _is_suspended(session, row.host)]


def about(row: OtherDoorRow, locale: str) -> str:
    """The line about it in a reader's language, else in the other one."""
    first, second = (row.about_fr, row.about_en) if locale.startswith("fr") else (row.about_en, row.about_fr)
    return first or second


def add(services: Services, by: Hand, door: Door) -> OtherDoorRow:
    """Put one at the end. Raises InvalidError."""
    now = services.clock.now()
    with services.db.write() as session:
        _require_room(session)
        row = OtherDoorRow(position=1 + (session.scalar(select(func.max(OtherDoorRow.position))) or 0))
        _fill(session, services, row, door)
        session.add(row)
        session.flush()
        chain.append(session, by.name, "other_door_set", f"other_door:{row.id}", _said(row), now)
    return row


def change(services: Services, by: Hand, number: int, door: Door) -> None:
    """Write one down anew. Raises NotFoundError, InvalidError."""
    with services.db.write() as session:
        row = _get(session, number)
        _fill(session, services, row, door)
        chain.append(session, by.name, "other_door_set", f"other_door:{row.id}", _said(row), services.clock.now())


def move(services: Services, by: Hand, number: int, *, up: bool) -> None:
    """One place up or down; at the end of the list nothing changes. Raises NotFoundError."""
    with services.db.write() as session:
        row, rows = _get(session, number), list(listed(session))
        place = rows.index(row)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        for position, each in enumerate(rows, start=1):
            each.position = position
        said: dict[str, str | int] = {"host": row.host, "position": row.position}
        chain.append(session, by.name, "other_door_moved", f"other_door:{row.id}", said, services.clock.now())


def remove(services: Services, by: Hand, number: int) -> None:
    """Take one off the list. Raises NotFoundError."""
    with services.db.write() as session:
        row = _get(session, number)
        said = _said(row)
        session.delete(row)
        chain.append(session, by.name, "other_door_removed", f"other_door:{number}", said, services.clock.now())


def _get(session: Session, number: int) -> OtherDoorRow:
    row = session.get(OtherDoorRow, number)
    if row is None:
        raise NotFoundError
    return row


def _require_room(session: Session) -> None:
    if (session.scalar(select(func.count()).select_from(OtherDoorRow)) or 0) >= MOST:
        raise InvalidError(_("At most %(most)s servers can stand on the list", most=MOST), code="too_many")


def _fill(session: Session, services: Services, row: OtherDoorRow, door: Door) -> None:
    name, url = " ".join(door.name.split()), spelling.web_address(door.address)
    if not name or len(name) > LONGEST_NAME:
        raise InvalidError(_("Give the server a name, of 100 characters at most"), code="name")
    if max(len(door.about_en), len(door.about_fr)) > LONGEST_ABOUT:
        raise InvalidError(_("That is too long"), code="too_long")
    host = urlsplit(url).netloc
    if host == services.settings.domain:
        raise InvalidError(_("That is this server itself"), code="own_domain")
    if _is_suspended(session, host):
        raise InvalidError(_("%(server)s is suspended here", server=host), code="suspended")
    taken = session.scalar(select(OtherDoorRow.id).where(OtherDoorRow.url == url))
    if taken is not None and taken != row.id:
        raise InvalidError(_("%(server)s stands on the list already", server=host), code="twice")
    row.name, row.url, row.host, row.language = name, url, host, spelling.language(door.language)
    row.about_en, row.about_fr = " ".join(door.about_en.split()), " ".join(door.about_fr.split())


def _said(row: OtherDoorRow) -> dict[str, str]:
    return {"name": row.name, "url": row.url}


def _is_suspended(session: Session, host: str) -> bool:
    """By a rule of its own: a house that deals with few servers may still name others."""
    rule = rule_for(session, host)
    return rule is not None and rule.severity is Severity.SUSPEND and rule.domain != modes.EVERYBODY
