"""Named readers of our list of servers: each has a token, for programs and servers that can't sign what they ask."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.errors import InvalidError, NotFoundError, UnauthorizedError
from app.instance.our_list import Reader
from app.instance.tables import ListReaderRow
from app.oauth.digests import digest
from app.services import Services
from moderation.domains.names import canonical
from moderation.domains.rules import rule_for
from moderation.log import chain
from moderation.values import Severity

PREFIX: Final = "ostiary_list_"
"""So that it is known for what it is, also where it shouldn't be."""
AUDIENCES: Final = (Reader.MEMBERS, Reader.PEERS)
LONGEST_NAME: Final = 120
MOST: Final = 200
"""In force at once."""
SHOWN: Final = 500
NOTED_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A reader with the token, which nobody is shown again."""

    row: ListReaderRow
    token: str = field(repr=False)


def listed(session: Session) -> list[ListReaderRow]:
    """All of them, those in force first, the newest before."""
    order = (ListReaderRow.revoked_at.is_not(None), ListReaderRow.id.desc())
    return list(session.scalars(select(ListReaderRow).order_by(*order).limit(SHOWN)))


def make(services: Services, by: str, name: str, audience: Reader, domain: str = "") -> Made:
    """Give somebody a token; it reads while the list is for `audience`. Raises InvalidError, BadDomainError."""
    name, server = name.strip(), canonical(domain) if domain.strip() else None
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidError(_("A reader has a name of up to %(most)s characters", most=LONGEST_NAME), code="bad_name")
    if audience not in AUDIENCES:
        raise InvalidError(_("A token is for members or for other servers"), code="bad_audience")
    token, now = PREFIX + secrets.token_hex(32), services.clock.now()
    with services.db.write() as session:
        in_force = select(func.count()).select_from(ListReaderRow).where(ListReaderRow.revoked_at.is_(None))
        if (session.scalar(in_force) or 0) >= MOST:
            raise InvalidError(_("There are as many readers as there can be"), code="too_many")
        row = ListReaderRow(
            name=name, audience=audience.value, domain=server, token_hash=digest(token), made_by=by, made_at=now
        )
        session.add(row)
        session.flush()
        said: dict[str, str | int | bool | None] = {"name": name, "audience": audience.value, "domain": server}
        chain.append(session, by, "list_reader_made", f"list_reader:{row.id}", said, now)
    return Made(row, token)


def revoke(services: Services, by: str, number: int) -> ListReaderRow:
    """Its token opens nothing from now on; one that was revoked stays so. Raises NotFoundError."""
    now = services.clock.now()
    with services.db.write() as session:
        row = session.get(ListReaderRow, number, with_for_update=True) if number < 2**63 else None
        if row is None:
            raise NotFoundError
        if row.revoked_at is None:
            row.revoked_by, row.revoked_at = by, now
            chain.append(session, by, "list_reader_revoked", f"list_reader:{number}", {"name": row.name}, now)
        return row


def lets_in(services: Services, token: str | None, readers: Collection[Reader]) -> bool:
    """Whether a token reads a list that is for these; that it was used is noted, at most once an hour."""
    if token is None or not token.startswith(PREFIX):
        return False
    with services.db.read() as session:
        row = session.scalar(select(ListReaderRow).where(ListReaderRow.token_hash == digest(token)))
        if row is None or row.revoked_at is not None or row.audience not in readers:
            return False
        if row.domain is not None and _is_suspended(session, row.domain):
            return False
    _note(services, row)
    return True


def require_none(token: str | None, readers: Collection[Reader]) -> None:
    """Raise UnauthorizedError for a reader's token that wasn't let in, while somebody may read the list."""
    if readers and (token or "").startswith(PREFIX):
        raise UnauthorizedError("This token doesn’t read the list, or no longer", code="invalid_token")


def _note(services: Services, row: ListReaderRow) -> None:
    now = services.clock.now()
    if row.used_at is not None and now - row.used_at < NOTED_EVERY:
        return
    with services.db.write() as session:
        session.execute(update(ListReaderRow).where(ListReaderRow.id == row.id).values(used_at=now))


def _is_suspended(session: Session, domain: str) -> bool:
    rule = rule_for(session, domain)
    return rule is not None and rule.severity is Severity.SUSPEND
