"""Admins keep the house's emojis: add, sort, disable, delete. Each deed stands in the log."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.announcements.tables import AnnouncementReactionRow
from app.database.engine import after_commit
from app.emojis import known, shortcodes
from app.emojis.tables import CustomEmojiRow
from app.errors import InvalidError, NotFoundError
from app.ids import IDS
from app.media import arriving, process, seeing, sights, where
from app.media.cache import Drawn, Picture
from app.media.process import NotDrawnError
from app.media.shapes import ORIGINAL, Shape, names
from app.services import Services
from app.uploads import places, taking
from moderation.log import chain

LARGEST_BYTES: Final = 1024 * 1024
LARGEST_DRAWN_BYTES: Final = 256 * 1024
"""What Mastodon takes from others at most: a larger one would be seen here alone."""
LONGEST_CATEGORY: Final = 100
MOST: Final = 5000
MOST_LISTED: Final = 60


@dataclass(frozen=True, slots=True)
class Page:
    """Some emojis, and the shortcode after which the next ones come."""

    rows: Sequence[CustomEmojiRow]
    after: str | None


def listed(session: Session, words: str = "", after: str = "") -> Page:
    """All of them by their shortcodes, or those whose shortcode or category has `words`."""
    query: Select[CustomEmojiRow] = select(CustomEmojiRow).where(CustomEmojiRow.shortcode > after)
    if words:
        wanted = words.strip(":").casefold()
        parts = (func.lower(CustomEmojiRow.shortcode), func.lower(func.coalesce(CustomEmojiRow.category, "")))
        query = query.where(or_(*(part.contains(wanted, autoescape=True) for part in parts)))
    rows = session.scalars(query.order_by(CustomEmojiRow.shortcode).limit(MOST_LISTED + 1)).all()
    more = len(rows) > MOST_LISTED
    return Page(rows[:MOST_LISTED], rows[MOST_LISTED - 1].shortcode if more else None)


def categories(session: Session) -> Sequence[str]:
    """Those that are in use."""
    row = CustomEmojiRow.category
    return [each for each in session.scalars(select(row).where(row.is_not(None)).distinct().order_by(row)) if each]


def named(session: Session, shortcode: str) -> CustomEmojiRow:
    """The one of this shortcode. Raises NotFoundError."""
    row = session.scalar(select(CustomEmojiRow).where(CustomEmojiRow.shortcode == shortcode.strip(":")))
    return _there(row, shortcode)


def add(
    services: Services, shortcode: str, body: bytes, category: str, by: str, copied_from: str | None = None
) -> CustomEmojiRow:
    """Keep a picture, drawn anew like every other. Raises InvalidError for a shortcode that is taken or none, for what
    is no picture, too large, or on a list of what isn't to be shown.
    """
    code, under = _checked(shortcode), _category(category)
    drawn = _drawn(services, body)
    key, now = secrets.token_hex(places.KEY_BYTES), services.clock.now()
    row = CustomEmojiRow(
        id=IDS.take(now),
        shortcode=code,
        category=under,
        key=key,
        sha256=drawn.sha256,
        seen=sights.to_json(drawn.seen) if drawn.seen else None,
        size_bytes=sum(map(len, drawn.files.values())),
        copied_from=copied_from,
        made_by=by,
        made_at=now,
        changed_at=now,
    )
    files = where.here(services.settings)
    taking.store(services, key, drawn.files)
    try:
        with services.db.write() as session:
            _require_room(session, code)
            session.add(row)
            session.flush()
            _note(session, services, row, "emoji_added", by, now)
    except InvalidError:
        files.remove(key, names(Shape.EMOJI))
        raise
    except IntegrityError as error:  # somebody took the shortcode at the same moment
        files.remove(key, names(Shape.EMOJI))
        raise _taken(code) from error
    return row


def sort(services: Services, number: int, category: str, by: str) -> CustomEmojiRow:
    """List it under another category; none is the empty one. Raises NotFoundError, InvalidError."""
    under, now = _category(category), services.clock.now()
    with services.db.write() as session:
        row = _there(session.get(CustomEmojiRow, number))
        if row.category != under:
            row.category, row.changed_at = under, now
            _note(session, services, row, "emoji_sorted", by, now)
    return row


def disable(services: Services, number: int, by: str) -> CustomEmojiRow:
    """Show it nowhere until it is enabled: what has it shows its shortcode. Twice is once. Raises NotFoundError."""
    return _switch(services, number, by, services.clock.now())


def enable(services: Services, number: int, by: str) -> CustomEmojiRow:
    """Show it again wherever its shortcode stands. Twice is once. Raises NotFoundError."""
    return _switch(services, number, by, None)


def remove(services: Services, number: int, by: str) -> CustomEmojiRow:
    """Delete it with its files, and members' reactions with it; its shortcode is free. Raises NotFoundError."""
    now = services.clock.now()
    with services.db.write() as session:
        row = _there(session.get(CustomEmojiRow, number))
        session.execute(delete(AnnouncementReactionRow).where(AnnouncementReactionRow.name == row.shortcode))
        session.delete(row)
        _note(session, services, row, "emoji_removed", by, now)
        files = where.here(services.settings)
        after_commit(session, partial(files.remove, row.key, names(Shape.EMOJI)))
    return row


def _switch(services: Services, number: int, by: str, disabled_at: datetime | None) -> CustomEmojiRow:
    now = services.clock.now()
    with services.db.write() as session:
        row = _there(session.get(CustomEmojiRow, number))
        if (row.disabled_at is None) is not (disabled_at is None):
            row.disabled_at, row.changed_at = disabled_at, now
            _note(session, services, row, "emoji_enabled" if disabled_at is None else "emoji_disabled", by, now)
    return row


def _note(session: Session, services: Services, row: CustomEmojiRow, verb: str, by: str, now: datetime) -> None:
    said = {"category": row.category, "copied_from": row.copied_from}
    payload = {"shortcode": row.shortcode} | {name: value for name, value in said.items() if value is not None}
    chain.append(session, by, verb, f"emoji:{row.id}", payload, now)
    house = known.of(services.settings)
    if house is not None:
        after_commit(session, house.forget)


def _checked(shortcode: str) -> str:
    code = shortcode.strip().strip(":")
    if not shortcodes.is_one(code):
        raise InvalidError(
            _(
                "A shortcode has %(least)s to %(most)s letters from a to z, digits and underscores",
                least=shortcodes.SHORTEST,
                most=shortcodes.LONGEST,
            ),
            code="no_shortcode",
        )
    return code


def _category(category: str) -> str | None:
    under = " ".join(category.split())
    if len(under) > LONGEST_CATEGORY:
        raise InvalidError(_("That is too long"), code="too_long")
    return under or None


def _drawn(services: Services, body: bytes) -> Drawn:
    if len(body) > LARGEST_BYTES:
        raise InvalidError(_("An emoji’s file has at most %(most)s kB", most=LARGEST_BYTES // 1024), code="too_large")
    try:
        drawn = process.draw(body, Shape.EMOJI)
    except NotDrawnError as error:
        raise InvalidError(_("This file is no picture that can be shown here"), code="no_picture") from error
    drawn = replace(drawn, seen=seeing.see(seeing.digests(body), drawn.glimpses))
    if len(drawn.files[ORIGINAL]) > LARGEST_DRAWN_BYTES:
        most = LARGEST_DRAWN_BYTES // 1024
        raise InvalidError(
            _("This moves too long for an emoji: at 128 pixels it must have at most %(most)s kB", most=most),
            code="moves_too_long",
        )
    if arriving.is_barred(services, Picture(Shape.EMOJI, ""), drawn):
        raise InvalidError(_("A list of this server says that this picture isn’t to be shown"), code="listed")
    return drawn


def _require_room(session: Session, code: str) -> None:
    if session.scalar(select(CustomEmojiRow.id).where(CustomEmojiRow.shortcode == code)) is not None:
        raise _taken(code)
    if (session.scalar(select(func.count()).select_from(CustomEmojiRow)) or 0) >= MOST:
        raise InvalidError(_("There are %(most)s emojis already; delete some first", most=MOST), code="too_many")


def _taken(code: str) -> InvalidError:
    return InvalidError(_("There is an emoji :%(code)s: already", code=code), code="shortcode_taken")


def _there(row: CustomEmojiRow | None, shortcode: str = "") -> CustomEmojiRow:
    if row is None:
        raise NotFoundError(f"There is no emoji :{shortcode.strip(':')}:" if shortcode else "There is no such emoji")
    return row
