"""A custom emoji elsewhere has another picture now: what is kept of the old one goes, and is fetched when wanted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy import or_, select

from app.database.engine import after_commit
from app.federation.wire import uris
from app.federation.wire.values import Emoji
from app.media import cache, where
from app.media.cache import Picture
from app.media.shapes import Shape, names
from app.media.tables import CachedMediaRow
from app.services import Services
from moderation.preservation import reach

AT_MOST_EVERY: Final = timedelta(hours=1)
"""However often its server says that it changed."""


def renew(services: Services, told: Iterable[tuple[str, Emoji]]) -> int:
    """Forget the pictures that changed since they were fetched, by what a domain tells of its own emojis; how many.

    An emoji whose id isn't of the domain that tells of it is somebody else's: nothing is believed of that.
    """
    now = services.clock.now()
    known = {
        Picture(Shape.EMOJI, emoji.url).key: min(emoji.updated, now)
        for domain, emoji in told
        if emoji.updated is not None and emoji.uri is not None and uris.origin(emoji.uri) == domain
    }
    if not known:
        return 0
    row = CachedMediaRow
    free = or_(row.kept_until.is_(None), row.kept_until <= now)
    lately = row.fetched_at > now - AT_MOST_EVERY
    wanted = select(row.key, row.fetched_at).where(
        row.key.in_(known), free, ~lately, ~reach.reaches_picture(now, row.key)
    )
    with services.db.read() as session:
        old = [key for key, fetched_at in session.execute(wanted) if fetched_at is not None and fetched_at < known[key]]
    if old:
        files = where.elsewhere(services.settings)
        with services.db.write() as session:
            cache.forget(session, old)
            for key in old:
                after_commit(session, partial(files.remove, key, names(Shape.EMOJI)))
    return len(old)
