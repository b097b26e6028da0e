"""Copies of what is deleted under an order: made in the same write, sealed, and gone with the last order for them."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import DeclarativeBase, Session

from app.accounts.tables import AccountRow, ActorRow, BrowserSessionRow, SeenAddressRow
from app.errors import InvalidError, NotFoundError
from app.grave import wrapping
from app.grave.vault import Vault, new_place
from app.media import cache
from app.media.shapes import Shape
from app.posts.tables import AttachmentRow, PendingEditRow, PostRow, PostVersionRow
from app.services import Services
from moderation.log import chain
from moderation.preservation import reach
from moderation.preservation.tables import CopyKind, PreservedCopyRow, PreservedPictureRow

_SECRETS: Final = ("password_hash", "session_salt", "token_hash", "private_key_pem", "ed25519_private_pem")
"""What opens something is nobody's evidence."""


def of_post(session: Session, services: Services, post: PostRow) -> None:
    """Before a post is emptied: keep what it says, said before and shows, if an order wants it."""
    now, actor = services.clock.now(), session.get_one(ActorRow, post.actor_id)
    if not reach.is_reached(session, now, post.uri, actor.uri):
        return
    shown = session.scalars(select(AttachmentRow).where(AttachmentRow.post_pk == post.pk)).all()
    versions = session.scalars(select(PostVersionRow).where(PostVersionRow.post_pk == post.pk)).all()
    waiting = session.scalars(select(PendingEditRow).where(PendingEditRow.post_pk == post.pk)).all()
    rows = {"attachments": shown, "post_versions": versions, "pending_edits": waiting}
    copy = _keep(session, services, CopyKind.POST, (post.uri, actor.uri), {"posts": [post]} | rows)
    pictures = {cache.Picture(Shape.PICTURE, each.url).key for each in shown}
    session.add_all(PreservedPictureRow(copy_id=copy.id, key=key) for key in sorted(pictures))
    session.flush()


def of_account(session: Session, services: Services, account: AccountRow) -> None:
    """Before an account goes: keep its profile, its mail address and from where it came. What it posted goes after it,
    and is copied then."""
    actor = account.actor
    if not reach.is_reached(session, services.clock.now(), actor.uri):
        return
    rows = {
        table.__tablename__: session.scalars(select(table).where(table.account_id == account.id)).all()
        for table in (SeenAddressRow, BrowserSessionRow)
    }
    content = {"accounts": [account], "actors": [actor], **rows}
    _keep(session, services, CopyKind.ACCOUNT, (actor.uri, actor.uri), content)


def opened(services: Services, number: int, by: str, why: str) -> dict[str, Any]:
    """A copy's rows by table, for whoever ordered it; a line in the log says who looked. Raises NotFoundError,
    InvalidError without a reason, VaultError."""
    if not why.strip():
        raise InvalidError("Say why: it stands in the log", code="reason_missing")
    with services.db.write() as session:
        row = session.get(PreservedCopyRow, number)
        if row is None:
            raise NotFoundError("There is no such copy")
        chain.append(session, by, "preserved_opened", f"copy:{number}", {"why": why}, services.clock.now())
    body = Vault(services.settings).open(row.place, row.wrapped_key, base64.b64decode(row.body))
    found: dict[str, Any] = json.loads(body)
    return found


def listed(session: Session) -> list[PreservedCopyRow]:
    """Every copy, oldest first."""
    return list(session.scalars(select(PreservedCopyRow).order_by(PreservedCopyRow.id)))


def forget(session: Session, now: datetime, limit: int) -> int:
    """Erase what no order wants any more; how many copies."""
    free = ~reach.reaches(now, PreservedCopyRow.uri, PreservedCopyRow.author_uri)
    over = session.scalars(select(PreservedCopyRow.id).where(free).limit(limit)).all()
    for start in range(0, len(over), 500):
        part = over[start : start + 500]
        session.execute(delete(PreservedPictureRow).where(PreservedPictureRow.copy_id.in_(part)))
        session.execute(delete(PreservedCopyRow).where(PreservedCopyRow.id.in_(part)))
    return len(over)


def _keep(
    session: Session, services: Services, kind: CopyKind, names: tuple[str, str], rows: dict[str, Any]
) -> PreservedCopyRow:
    words = {table: [_without_secrets(row) for row in found] for table, found in rows.items()}
    place = new_place()
    body = json.dumps(words, ensure_ascii=False).encode("utf-8", "surrogatepass")
    sealed = Vault(services.settings).seal(place, body)
    copy = PreservedCopyRow(
        kind=kind,
        uri=names[0],
        author_uri=names[1],
        place=place,
        wrapped_key=sealed.wrapped_key,
        body=base64.b64encode(sealed.body).decode(),
        sha256=sealed.sha256,
        made_at=services.clock.now(),
    )
    session.add(copy)
    session.flush()
    return copy


def _without_secrets(row: DeclarativeBase) -> dict[str, Any]:
    return {name: value for name, value in wrapping.wrap(row).items() if name not in _SECRETS}
