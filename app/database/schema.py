"""Every table of both metadata, imported in one place: for migrations, and for tests that make them at once."""

from __future__ import annotations

from sqlalchemy import Engine

import app.accounts.factors.tables
import app.accounts.tables
import app.announcements.tables
import app.barring.tables
import app.bookmarks.tables
import app.cards.tables
import app.care.tables
import app.conversations.tables
import app.doors.tables
import app.emojis.tables
import app.federation.tables
import app.filters.tables
import app.instance.tables
import app.lists.tables
import app.media.tables
import app.notices.tables
import app.notifications.tables
import app.oauth.tables
import app.polls.tables
import app.posts.tables
import app.purging.tables
import app.push.tables
import app.relationships.tables
import app.scheduled.tables
import app.suggestions.tables
import app.terms.tables
import app.trends.tables
import app.uploads.tables
import app.webhooks.tables
import app.workforce.tables  # noqa: F401
import moderation.tables  # noqa: F401
from app.database.base import AppBase
from app.search import schema as search
from moderation.base import ModerationBase

METADATA = (ModerationBase.metadata, AppBase.metadata)
"""In the order of their dependence: the app's tables may refer to moderation's."""


def create_all(engine: Engine) -> None:
    """Make every table; production migrates instead."""
    for metadata in METADATA:
        metadata.create_all(engine)
    with engine.begin() as connection:
        search.make(connection)
