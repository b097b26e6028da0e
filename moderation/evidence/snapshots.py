"""Taking snapshots of submissions, and reading them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.evidence import wordings
from moderation.evidence.tables import SnapshotCause, SnapshotRow
from moderation.rows import insert_ids, slices, table_of
from moderation.values import SubjectKind, Submission, Visibility

RETENTION: Final = timedelta(days=190)
"""How long evidence is kept after it was taken: a decision can be contested for six months."""
TEXT_LONGEST: Final = 100_000
ITEMS: Final = 100


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a subject was at one moment. `context`: links, media, mentions, hashtags, poll options, the parent, what it
    quotes."""

    id: int
    uri: str
    seq: int
    cause: SnapshotCause
    kind: SubjectKind
    author_uri: str
    author_handle: str
    visibility: Visibility
    language: str | None
    text: str
    html: str
    warning: str
    context: Mapping[str, Any]
    digest: str
    published_at: datetime | None
    taken_at: datetime
    purge_after: datetime


def take(session: Session, submissions: Sequence[Submission], cause: SnapshotCause, now: datetime) -> None:
    """Snapshot each submission, unless its newest snapshot says the same already."""
    newest = _newest(session, [submission.uri for submission in submissions])
    rows = []
    for submission in submissions:
        digest = digest_of(submission)
        seq, before = newest.get(submission.uri, (0, ""))
        if digest != before:
            newest[submission.uri] = (seq + 1, digest)
            rows.append(_row(submission, cause, digest, seq + 1, now))
    numbers = insert_ids(session, SnapshotRow, rows)
    wordings.put(session.connection(), dict(zip(numbers, rows, strict=True)))


def of(session: Session, uri: str) -> list[Snapshot]:
    """Every snapshot of a subject, oldest first."""
    rows = session.scalars(select(SnapshotRow).where(SnapshotRow.uri == uri).order_by(SnapshotRow.seq))
    return [snapshot_of(row) for row in rows]


def latest(session: Session, uris: Iterable[str]) -> dict[str, Snapshot]:
    """The newest snapshot of each subject that has one."""
    found: dict[str, Snapshot] = {}
    for part in slices(uris):
        statement = select(SnapshotRow).where(SnapshotRow.uri.in_(part)).order_by(SnapshotRow.seq)
        found |= {row.uri: snapshot_of(row) for row in session.scalars(statement)}
    return found


def digest_of(submission: Submission) -> str:
    """SHA-256 of what readers would see."""
    media = "\x1f".join(f"{each.url} {each.sha256} {each.description}" for each in submission.media)
    parts = (submission.text, submission.html, submission.warning, media, "\x1f".join(submission.poll_options))
    return hashlib.sha256("\x1e".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def clean(text: str, longest: int = TEXT_LONGEST) -> str:
    """What a database can keep: no NUL, no lone surrogates, bounded."""
    text = text[:longest].replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _newest(session: Session, uris: Iterable[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    table = table_of(SnapshotRow)
    for part in slices(uris):
        last = (
            select(table.c.uri, func.max(table.c.seq).label("seq"))
            .where(table.c.uri.in_(part))
            .group_by(table.c.uri)
            .subquery()
        )
        statement = select(table.c.uri, table.c.seq, table.c.digest).join(
            last, (table.c.uri == last.c.uri) & (table.c.seq == last.c.seq)
        )
        found |= {uri: (seq, digest) for uri, seq, digest in session.execute(statement)}
    return found


def _row(submission: Submission, cause: SnapshotCause, digest: str, seq: int, now: datetime) -> dict[str, Any]:
    return {
        "uri": submission.uri,
        "seq": seq,
        "cause": cause,
        "kind": submission.kind,
        "author_uri": submission.author.uri,
        "author_handle": clean(submission.author.handle, 512),
        "visibility": submission.visibility,
        "language": submission.language[:12] if submission.language else None,
        "text": clean(submission.text),
        "html": clean(submission.html),
        "warning": clean(submission.warning),
        "context": _context(submission),
        "digest": digest,
        "published_at": submission.published_at,
        "taken_at": now,
        "purge_after": now + RETENTION,
    }


def _context(submission: Submission) -> dict[str, Any]:
    return {
        "links": [clean(link, 2048) for link in submission.links[:ITEMS]],
        "media": [
            {
                "url": clean(each.url, 2048),
                "media_type": clean(each.media_type, 128),
                "description": clean(each.description, 10_000),
                "sha256": each.sha256,
            }
            for each in submission.media[:ITEMS]
        ],
        "mentions": [clean(each.uri, 2048) for each in submission.mentions[:ITEMS]],
        "hashtags": [clean(each, 255) for each in submission.hashtags[:ITEMS]],
        "poll_options": [clean(each, 1000) for each in submission.poll_options[:ITEMS]],
        "in_reply_to": clean(submission.in_reply_to, 2048) if submission.in_reply_to else None,
        "quotes": clean(submission.quotes, 2048) if submission.quotes else None,
        "submitted_at": submission.submitted_at.isoformat(),
    }


def snapshot_of(row: SnapshotRow) -> Snapshot:
    """The value of a row."""
    return Snapshot(
        id=row.id,
        uri=row.uri,
        seq=row.seq,
        cause=row.cause,
        kind=row.kind,
        author_uri=row.author_uri,
        author_handle=row.author_handle,
        visibility=row.visibility,
        language=row.language,
        text=row.text,
        html=row.html,
        warning=row.warning,
        context=row.context,
        digest=row.digest,
        published_at=row.published_at,
        taken_at=row.taken_at,
        purge_after=row.purge_after,
    )
