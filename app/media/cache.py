"""The rows of pictures elsewhere: what is here, what failed and when to try again, what was looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.federation.wire import uris
from app.media import sights
from app.media.shapes import Shape
from app.media.sights import Glimpse, Seen
from app.media.tables import CachedMediaRow, MediaState
from moderation.evidence.snapshots import RETENTION

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)
NEVER_A_PICTURE = timedelta(days=7)
MOST_ATTEMPTS = 8
"""Of evidence, when nobody looks: for about half a day."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture elsewhere, and for whose sake it's wanted."""

    shape: Shape
    url: str
    attachment_id: int | None = None
    actor_id: int | None = None
    evidence: bool = False
    recording: bool = False

    @property
    def key(self) -> str:
        """What it's kept under."""
        return hashlib.sha256(f"{self.shape}\n{self.url}".encode(errors="surrogatepass")).hexdigest()

    @property
    def host(self) -> str:
        """Whom it's fetched from."""
        return uris.origin(self.url) or ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What became of a picture: its measures, the digest of what was sent, and its files by name."""

    width: int
    height: int
    moving: bool
    sha256: str
    files: dict[str, bytes]
    blurhash: str = ""
    glimpses: tuple[Glimpse, ...] = ()
    """What is to be seen, to be compared and classified."""
    seen: Seen | None = None


def find(session: Session, picture: Picture) -> CachedMediaRow | None:
    """What is known of it."""
    return session.get(CachedMediaRow, picture.key)


def keep(session: Session, picture: Picture, drawn: Drawn, now: datetime) -> None:
    """It's here: the files were written before."""
    values = _values(picture, now) | {
        "state": MediaState.READY,
        "error": None,
        "attempts": 0,
        "retry_at": None,
        "sha256": drawn.sha256,
        "seen": sights.to_json(drawn.seen) if drawn.seen else None,
        "width": drawn.width,
        "height": drawn.height,
        "moving": drawn.moving,
        "size_bytes": sum(map(len, drawn.files.values())),
        "fetched_at": now,
    }
    _upsert(session, values, picture, now)


def fail(session: Session, picture: Picture, error: str, wait: timedelta | None, now: datetime) -> datetime:
    """It couldn't be had; when to try again. `wait` None: twice as long as the last time."""
    known = find(session, picture)
    attempts = (known.attempts if known else 0) + 1
    retry_at = now + (wait or min(FIRST_RETRY * 2 ** min(attempts - 1, 12), LONGEST_RETRY))
    values = _values(picture, now) | {
        "state": MediaState.FAILED,
        "error": error[:64],
        "attempts": attempts,
        "retry_at": retry_at,
        "size_bytes": 0,
        "moving": False,
    }
    _upsert(session, values, picture, now)
    return retry_at


def want(session: Session, pictures: Sequence[Picture], now: datetime) -> None:
    """Evidence: fetch them soon, though nobody looks; what is here already is kept."""
    for picture in sorted(pictures, key=lambda one: one.key):
        known = find(session, picture)
        if known is None:
            values = _values(picture, now) | {"state": MediaState.WANTED, "retry_at": now, "moving": False}
            _upsert(session, values, picture, now)
        else:
            hold(session, picture, now)


def hold(session: Session, picture: Picture, now: datetime) -> None:
    """Keep it as evidence, as long as what was written is kept."""
    session.execute(update(CachedMediaRow).where(CachedMediaRow.key == picture.key).values(kept_until=now + RETENTION))


def touch(session: Session, picture: Picture, now: datetime) -> None:
    """Somebody looked. Who shows it now is remembered: an edit gives a post's pictures new ids."""
    values = {"used_at": now} | {
        name: holder
        for name, holder in (("attachment_id", picture.attachment_id), ("actor_id", picture.actor_id))
        if holder is not None
    }
    session.execute(update(CachedMediaRow).where(CachedMediaRow.key == picture.key).values(**values))


def forget(session: Session, keys: Sequence[str]) -> None:
    """These rows go."""
    session.execute(delete(CachedMediaRow).where(CachedMediaRow.key.in_(keys)))


def ask(session: Session, picture: Picture, now: datetime) -> None:
    """Somebody wants it, soon."""
    values = _values(picture, now) | {"state": MediaState.WANTED, "retry_at": now, "moving": False}
    _upsert(session, values, picture, now)


def begin_again(session: Session, at: datetime, picture: Picture | None = None) -> int:
    """A film or sound that was being made, or each of them, may be begun again from `at` on; how many."""
    taken = update(CachedMediaRow).where(CachedMediaRow.recording.is_(True), CachedMediaRow.state == MediaState.WANTED)
    if picture is not None:
        taken = taken.where(CachedMediaRow.key == picture.key)
    return len(session.scalars(taken.values(retry_at=at).returning(CachedMediaRow.key)).all())


def keep_recording(
    session: Session, picture: Picture, width: int, height: int, seen: Seen, size_bytes: int, now: datetime
) -> bool:
    """A film or sound is here: its files were written before. False where its row was taken away while it was made."""
    measures = {"width": width, "height": height, "size_bytes": size_bytes, "moving": True}
    known = {"sha256": seen.digests[-1], "seen": sights.to_json(seen)}
    state = {"state": MediaState.READY, "error": None, "attempts": 0, "retry_at": None, "fetched_at": now}
    made = update(CachedMediaRow).where(CachedMediaRow.key == picture.key).values(**measures, **known, **state)
    return session.scalar(made.returning(CachedMediaRow.key)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        CachedMediaRow.recording.is_(False),
        CachedMediaRow.state.in_((MediaState.WANTED, MediaState.FAILED)),
        CachedMediaRow.retry_at <= now,
        CachedMediaRow.kept_until > now,
        CachedMediaRow.attempts < MOST_ATTEMPTS,
    )


def is_due(now: datetime) -> ColumnElement[bool]:
    """Whether evidence waits to be fetched."""
    return exists().where(_due(now))


def due(session: Session, now: datetime, limit: int) -> list[Picture]:
    """Evidence that waits to be fetched."""
    rows = session.scalars(select(CachedMediaRow).where(_due(now)).order_by(CachedMediaRow.retry_at).limit(limit))
    return [Picture(row.shape, row.url, row.attachment_id, row.actor_id, evidence=True) for row in rows]


def _values(picture: Picture, now: datetime) -> dict[str, object]:
    return {
        "key": picture.key,
        "shape": picture.shape,
        "url": picture.url,
        "host": picture.host,
        "attachment_id": picture.attachment_id,
        "actor_id": picture.actor_id,
        "attempts": 0,
        "used_at": now,
        "recording": picture.recording,
        "kept_until": now + RETENTION if picture.evidence else None,
    }


def _upsert(session: Session, values: dict[str, object], picture: Picture, now: datetime) -> None:
    """In one statement, since two processes may have fetched the same; what is evidence stays it."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    changed = {name: value for name, value in values.items() if name not in ("key", "kept_until", "attachment_id")}
    if picture.evidence:
        changed["kept_until"] = values["kept_until"]
    session.execute(
        dialect.insert(CachedMediaRow).values(**values).on_conflict_do_update(index_elements=["key"], set_=changed)
    )
