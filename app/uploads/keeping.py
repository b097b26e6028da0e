"""A member's uploads: described, put into posts, let go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import InvalidError, NotFoundError
from app.media import where
from app.media.shapes import Shape, every_name
from app.posts.drafts import DraftAttachment
from app.posts.tables import AttachmentRow, PostRow
from app.services import Services
from app.settings import Settings
from app.uploads import places
from app.uploads.recordings import kinds
from app.uploads.recordings.refusals import sentence
from app.uploads.tables import UploadKind, UploadRow, UploadState
from app.uploads.taking import Focus, checked
from moderation.preservation import reach

MOST: Final = 4
"""Pictures in a post."""
AGAIN: Final = timedelta(days=1)
"""How long a picture whose post let go of it can be put into another: whoever redrafts a post wants it back."""
MEDIA_TYPES: Final = {
    UploadKind.IMAGE: "image/webp",
    UploadKind.VIDEO: kinds.FILM_TYPE,
    UploadKind.AUDIO: kinds.SOUND_TYPE,
}


def own(session: Session, account_id: int, upload_id: int) -> UploadRow:
    """One of a member's uploads. Raises NotFoundError, also for another's."""
    row = session.get(UploadRow, upload_id)
    let_go = row is not None and row.used_at is not None and row.post_pk is None
    if row is None or let_go or row.account_id != account_id or row.shape is not Shape.PICTURE:
        raise NotFoundError
    return row


def unused(session: Session, account_id: int, upload_id: int, now: datetime) -> UploadRow:
    """One that is in no post, yet or any more. Raises NotFoundError."""
    row = own(session, account_id, upload_id)
    if not _is_free(row, now):
        raise NotFoundError
    return row


def _is_free(row: UploadRow, now: datetime) -> bool:
    """Whether it can be put into a post; evidence stays with the post that it was in."""
    if row.used_at is None:
        return True
    evidence = row.kept_until is not None and row.kept_until > now
    return row.let_go_at is not None and row.let_go_at > now - AGAIN and not evidence


def describe(
    services: Services, account_id: int, upload_id: int, description: str | None, focus: Focus | None
) -> UploadRow:
    """Say what is to be seen, before it is in a post: there an edit does it. Raises NotFoundError, InvalidError."""
    said = None if description is None else checked(description)
    with services.db.write() as session:
        row = unused(session, account_id, upload_id, services.clock.now())
        if said is not None:
            row.description = said
        if focus is not None:
            row.focus_x, row.focus_y = focus.x, focus.y
    return row


def drop(services: Services, account_id: int, upload_id: int) -> None:
    """Let go of one that is in no post. Raises NotFoundError, InvalidError.

    Under an order to preserve it is gone for its member, and goes with the purge after the order's end.
    """
    now = services.clock.now()
    with services.db.write() as session:
        row = own(session, account_id, upload_id)
        if not _is_free(row, now) or row.scheduled_id is not None:
            raise InvalidError("Validation failed: Media is currently used by another status")
        if reach.is_reached(session, now, session.get_one(ActorRow, account_id).uri):
            row.used_at, row.let_go_at = now, None  # in no post, and used: nobody's any more
            return
        session.delete(row)
    where.here(services.settings).remove(row.key, every_name(row.shape))


def for_post(
    session: Session,
    services: Services,
    account_id: int,
    upload_ids: Sequence[int],
    *,
    mine: frozenset[str] = frozenset(),
    scheduled_id: int | None = None,
) -> tuple[DraftAttachment, ...]:
    """These uploads as a post's pictures, in this order; `mine` are addresses that the post, being edited, has already;
    `scheduled_id` is what the post was until now.

    Raises InvalidError where one isn't there, is another's or in another post, or there are too many.
    """
    wanted = list(dict.fromkeys(upload_ids))
    if not wanted:
        return ()
    if len(wanted) > MOST:
        raise InvalidError(_("A post has at most %(most)s pictures", most=MOST), code="too_many_pictures")
    rows = {row.id: row for row in session.scalars(select(UploadRow).where(UploadRow.id.in_(wanted)))}
    found, now = [], services.clock.now()
    for upload_id in wanted:
        row = rows.get(upload_id)
        if row is None or row.account_id != account_id or row.shape is not Shape.PICTURE:
            raise InvalidError(_("One of these pictures isn’t here"), code="no_such_picture")
        attachment = as_attachment(services.settings, row)
        taken = not _is_free(row, now) or row.scheduled_id not in (None, scheduled_id)
        if taken and attachment.url not in mine and row.used_at is not None and row.post_pk is None:
            # It was removed, and is here only because an order keeps it, of which its member isn't told.
            raise InvalidError(_("One of these pictures isn’t here"), code="no_such_picture")
        if taken and attachment.url not in mine:
            raise InvalidError(_("One of these pictures is in another post"), code="picture_used")
        found.append(attachment)
    _require_fitting([rows[upload_id] for upload_id in wanted])
    return tuple(found)


def _require_fitting(rows: Sequence[UploadRow]) -> None:
    """A film or sound stands alone, and is there: raises InvalidError."""
    if len(rows) > 1 and any(row.kind is not UploadKind.IMAGE for row in rows):
        raise InvalidError(_("A film or sound stands alone in a post"), code="recording_not_alone")
    for row in rows:
        if row.state is UploadState.FAILED:
            raise InvalidError(sentence(row.error or ""), code=row.error or "no_recording")
    if any(row.state is not UploadState.READY for row in rows):
        raise InvalidError(_("This film or sound is still being prepared; try again in a moment"), code="media_waits")


def as_attachment(settings: Settings, row: UploadRow) -> DraftAttachment:
    """An upload as it stands in a post."""
    return DraftAttachment(
        url=places.address(settings, row.key, row.kind),
        media_type=MEDIA_TYPES[row.kind],
        description=row.description,
        blurhash=row.blurhash,
        width=row.width or None,
        height=row.height or None,
        focus_x=row.focus_x,
        focus_y=row.focus_y,
        upload_id=row.id,
        duration=row.duration,
    )


def mark_used(services: Services, session: Session, pk: int, attachments: Sequence[DraftAttachment]) -> None:
    """They are in this post from now on."""
    ids = [one.upload_id for one in attachments if one.upload_id is not None]
    if ids:
        session.execute(
            update(UploadRow)
            .where(UploadRow.id.in_(ids), or_(UploadRow.used_at.is_(None), UploadRow.let_go_at.is_not(None)))
            .values(used_at=services.clock.now(), post_pk=pk, scheduled_id=None, let_go_at=None)
        )


def let_go(services: Services, session: Session, post: PostRow, *, but: Sequence[DraftAttachment] = ()) -> None:
    """A post is about to lose its pictures, `but` these: as they are described there, they can go into another post.

    Not what an order wants preserved: it stays with this post.
    """
    stay, now = {one.upload_id for one in but}, services.clock.now()
    standing = session.scalars(select(AttachmentRow).where(AttachmentRow.post_pk == post.pk))
    going = [row for row in standing if row.upload_id is not None and row.upload_id not in stay]
    if not going or reach.is_reached(session, now, post.uri, session.get_one(ActorRow, post.actor_id).uri):
        return
    for row in going:
        session.execute(
            update(UploadRow)
            .where(UploadRow.id == row.upload_id, UploadRow.post_pk == post.pk)
            .values(let_go_at=now, description=row.description, focus_x=row.focus_x, focus_y=row.focus_y)
        )
