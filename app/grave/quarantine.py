"""What a post or a profile consists of here: taken away and wrapped, or put back where it was."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.base import AppBase
from app.federation.tables import DeliveryRow, InboxActivityRow, OutboxActivityRow
from app.grave import wrapping
from app.media import seeing, where
from app.media.cache import Picture
from app.media.shapes import Shape, every_name
from app.media.tables import CachedMediaRow
from app.posts.tables import AttachmentRow, PendingEditRow, PostRow, PostState, PostVersionRow
from app.search import index, schema
from app.settings import Settings
from app.uploads import places
from app.uploads.tables import UploadRow
from app.webhooks.tables import WebhookDeliveryRow
from moderation.base import ModerationBase
from moderation.duplicates.tables import FingerprintRow
from moderation.evidence import wordings
from moderation.evidence.tables import SnapshotRow
from moderation.listed import bank
from moderation.listed.bank import Entry
from moderation.listed.tables import HashKind
from moderation.quality import staging

POST_WORDS: Final = ("title", "content", "source", "warning", "poll", "emojis")
PROFILE_WORDS: Final = (
    "display_name", "summary", "summary_source", "fields", "avatar_url", "header_url", "emojis", "pending_profile",
)  # fmt: skip
_TABLES: Final[dict[str, type[AppBase] | type[ModerationBase]]] = {
    "snapshots": SnapshotRow,
    "attachments": AttachmentRow,
    "post_versions": PostVersionRow,
    "pending_edits": PendingEditRow,
    "uploads": UploadRow,
    "cached_media": CachedMediaRow,
}
_MOST_RECEIVED: Final = 500
WAS_SHOWN: Final = "was_shown"
"""Under this name sealed words say whether their subject was shown until it was sealed: only that is shown again."""


class Found:
    """What was taken away: `words` as JSON, and the files with the address at which each was shown."""

    def __init__(self) -> None:
        self.words: dict[str, Any] = {"rows": {name: [] for name in _TABLES}}
        self.files: list[tuple[Path, str | None]] = []


def take(session: Session, settings: Settings, uri: str) -> Found:
    """Take away everything that is here of a subject: afterwards no table says it, and its files wait to be sealed."""
    found = Found()
    taken = _take_rows(session, found, SnapshotRow, SnapshotRow.uri == uri)
    wordings.drop(session, [row["id"] for row in taken], at_once=True)
    session.execute(delete(FingerprintRow).where(FingerprintRow.uri == uri))
    post = session.scalar(select(PostRow).where(PostRow.uri == uri))
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == uri)) if post is None else None
    if post is not None:
        _take_post(session, settings, found, post)
    elif actor is not None:
        _take_profile(session, settings, found, actor)
    return found


def put_back(session: Session, uri: str, words: dict[str, Any]) -> None:
    """Put everything back that was taken away, but what its author has deleted meanwhile: of that only the evidence."""
    post = session.scalar(select(PostRow).where(PostRow.uri == uri))
    there = post is not None and post.state is not PostState.DELETED
    if post is not None and there and "post" in words:
        wrapping.put_back(post, words["post"], POST_WORDS)
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == uri, ActorRow.deleted_at.is_(None)))
    if actor is not None and "profile" in words:
        wrapping.put_back(actor, words["profile"], PROFILE_WORDS)
    for name, rows in words["rows"].items():
        if name == "snapshots" or there or actor is not None:
            for row in rows:
                session.merge(wrapping.unwrap(_TABLES[name], row))
    session.flush()
    if not uri.startswith(staging.PREFIX):
        wordings.again(session, [row["id"] for row in words["rows"]["snapshots"]])
    if post is not None and there:
        index.again(session, post.pk)


def _take_post(session: Session, settings: Settings, found: Found, post: PostRow) -> None:
    found.words["post"] = {name: value for name, value in wrapping.wrap(post).items() if name in POST_WORDS}
    attachments = _take_rows(session, found, AttachmentRow, AttachmentRow.post_pk == post.pk)
    _take_rows(session, found, PostVersionRow, PostVersionRow.post_pk == post.pk)
    _take_rows(session, found, PendingEditRow, PendingEditRow.post_pk == post.pk)
    own = [each["upload_id"] for each in attachments if each["upload_id"] is not None]
    keys = {Picture(Shape.PICTURE, each["url"]).key: each["url"] for each in attachments}
    _take_uploads(session, settings, found, or_(UploadRow.post_pk == post.pk, UploadRow.id.in_(own)))
    _take_cached(session, settings, found, CachedMediaRow.key.in_(list(keys)))
    post.title = post.content = post.source = post.warning = ""
    post.poll, post.emojis = None, []
    session.flush()
    session.expire(post)
    _forget_words(session, post)
    _forget_traffic(session, post)


def _take_profile(session: Session, settings: Settings, found: Found, actor: ActorRow) -> None:
    found.words["profile"] = {name: value for name, value in wrapping.wrap(actor).items() if name in PROFILE_WORDS}
    _take_uploads(session, settings, found, (UploadRow.account_id == actor.id) & (UploadRow.shape != Shape.PICTURE))
    _take_cached(session, settings, found, CachedMediaRow.actor_id == actor.id)


def _take_uploads(session: Session, settings: Settings, found: Found, which: Any) -> None:
    files = where.here(settings)
    for row in _take_rows(session, found, UploadRow, which):
        address = places.address(settings, row["key"], row["kind"])
        found.files += [(path, address) for path in files.may_be(row["key"], every_name(Shape(row["shape"])))]


def _take_cached(session: Session, settings: Settings, found: Found, which: Any) -> None:
    files = where.elsewhere(settings)
    for row in _take_rows(session, found, CachedMediaRow, which):
        found.files += [(path, row["url"]) for path in files.may_be(row["key"], every_name(Shape(row["shape"])))]


def _take_rows(session: Session, found: Found, table: Any, which: Any) -> list[dict[str, Any]]:
    rows = session.scalars(select(table).where(which)).all()
    wrapped = [wrapping.wrap(row) for row in rows]
    for row in rows:
        session.delete(row)
    session.flush()
    found.words["rows"][table.__tablename__] += wrapped
    return wrapped


def _forget_words(session: Session, post: PostRow) -> None:
    """SQLite's index keeps the words of what was taken out until it is put in order."""
    index.drop(session, [post.pk])
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"INSERT INTO {schema.NAME} ({schema.NAME}) VALUES ('optimize')"))  # noqa: S608 - a constant


def _forget_traffic(session: Session, post: PostRow) -> None:
    """No copy stays with what was sent, or received."""
    said = OutboxActivityRow.uri.startswith(post.uri, autoescape=True), OutboxActivityRow.kind.in_(("Create", "Update"))
    sent = select(OutboxActivityRow.id).where(*said)
    session.execute(delete(DeliveryRow).where(DeliveryRow.activity_id.in_(sent)))
    session.execute(delete(OutboxActivityRow).where(*said))
    author = session.get_one(ActorRow, post.actor_id)
    theirs = InboxActivityRow.domain == author.domain, InboxActivityRow.actor_uri == author.uri
    recent = select(InboxActivityRow).where(*theirs).order_by(InboxActivityRow.id.desc()).limit(_MOST_RECEIVED)
    for row in session.scalars(recent):
        if post.uri.encode() in row.body:
            session.delete(row)
    # what failed to reach a program that wants to know is said anew at the next try, of what is there then
    waiting = WebhookDeliveryRow.body.contains(post.uri, autoescape=True)
    session.execute(update(WebhookDeliveryRow).where(waiting).values(body=""))
    session.flush()


def digest(address: str) -> str:
    """How an address is remembered without being kept."""
    return sha256(address.encode(errors="surrogatepass")).hexdigest()


def plain_hashes(words: dict[str, Any]) -> Iterator[Entry]:
    """The hashes of files as they were sent, and of what is to be seen in them: they are never let in again."""
    for name in ("uploads", "cached_media"):
        for row in words["rows"][name]:
            if row.get("sha256"):
                yield bank.entry(HashKind.SHA256, row["sha256"])
            yield from seeing.listable(row.get("seen"))
