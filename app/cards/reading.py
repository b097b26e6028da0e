"""Reads the pages that cards are wanted of, and has what they say judged: a job. What isn't let in shows no card.

Each page is asked once, without cookies, by the client that keeps to public addresses, and each host by one thread.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.cards.rules import is_kept_out
from app.cards.tables import CardState, PostCardRow, PreviewCardRow
from app.federation import asking
from app.federation.wire import previews, uris
from app.federation.wire.errors import FetchError
from app.federation.wire.fetching import Kind
from app.federation.wire.previews import Preview
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation import door
from moderation.domains.rules import DomainRules
from moderation.errors import CheckFailedError
from moderation.values import Author, Origin, Outcome, SubjectKind, Submission, Visibility

LEASE: Final = timedelta(minutes=5)
RETRIES: Final = (timedelta(minutes=10), timedelta(hours=2), timedelta(days=1))
KEPT: Final = timedelta(days=30)
"""A card that no post shows is forgotten after so long."""


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    url: str


def drain(services: Services, limit: int = 20) -> int:
    """Read the pages that are due; how many."""
    with services.db.read() as session:
        rules = DomainRules.load(session)
    dues = _take(services, limit)
    return asking.each_host(dues, lambda due: uris.origin(due.url) or "", functools.partial(_read_all, services, rules))


def forget(session: Session, now: datetime, limit: int) -> int:
    """What deleted posts showed, and cards that no post shows any more; how many."""
    deleted = select(PostCardRow.post_pk).join(PostRow, PostRow.pk == PostCardRow.post_pk)
    deleted = deleted.where(PostRow.state == PostState.DELETED).limit(limit)
    shown = select(PostCardRow.card_id).where(PostCardRow.card_id == PreviewCardRow.id).exists()
    old = select(PreviewCardRow.id).where(PreviewCardRow.made_at < now - KEPT, ~shown).limit(limit)
    session.execute(delete(PostCardRow).where(PostCardRow.post_pk.in_(session.scalars(deleted).all())))
    gone = session.scalars(old).all()
    session.execute(delete(PreviewCardRow).where(PreviewCardRow.id.in_(gone)))
    return len(gone)


def _take(services: Services, limit: int) -> list[_Due]:
    now = services.clock.now()
    due = select(PreviewCardRow).where(PreviewCardRow.next_at <= now).order_by(PreviewCardRow.next_at).limit(limit)
    with services.db.read() as session:
        if session.scalar(due.limit(1)) is None:
            return []
    with services.db.write() as session:
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.next_at, row.attempts = now + LEASE, row.attempts + 1
        return [_Due(row.id, row.url) for row in rows]


def _read_all(services: Services, rules: DomainRules, dues: Sequence[_Due]) -> None:
    for due in dues:
        _read(services, rules, due)


def _read(services: Services, rules: DomainRules, due: _Due) -> None:
    if is_kept_out(rules, uris.origin(due.url) or ""):
        _settle(services, due, CardState.REFUSED)
        return
    try:
        fetched = services.fetcher.get(due.url, Kind.HTML, avoids=functools.partial(is_kept_out, rules))
        preview = previews.read(fetched.body.decode("utf-8", "replace"), fetched.url)
        if preview is None:
            _settle(services, due, CardState.NOTHING)
        elif _let_in(services, fetched.url, preview):
            _settle(services, due, CardState.READY, preview)
        else:
            _settle(services, due, CardState.REFUSED)
    except FetchError as error:
        _settle(services, due, CardState.NOTHING, later=not error.permanent)
    except CheckFailedError:
        _settle(services, due, CardState.WANTED, later=True)


def _let_in(services: Services, url: str, preview: Preview) -> bool:
    """Whether the door lets it in as it is. Raises CheckFailedError where no check could tell."""
    host = uris.origin(url) or ""
    author = Author(url, host, Origin.REMOTE, host)
    now = services.clock.now()
    asked = Submission(
        url, SubjectKind.PROFILE, author, Visibility.PUBLIC, preview.text, now, language=preview.language, links=(url,)
    )
    with services.db.read() as session:
        [judgement] = door.judge(session, [asked], services.tools)
    if judgement.outcome is None:
        raise CheckFailedError("card", "a check is not available")
    return judgement.outcome is Outcome.APPROVE


def _settle(
    services: Services, due: _Due, state: CardState, preview: Preview | None = None, *, later: bool = False
) -> None:
    """What was read takes the place of what was; a page that doesn't answer just now keeps its card."""
    now = services.clock.now()
    with services.db.write() as session:
        row = session.get(PreviewCardRow, due.id)
        if row is None:
            return
        again = later and row.attempts <= len(RETRIES)
        row.next_at = now + RETRIES[row.attempts - 1] if again else None
        if later and row.state is CardState.READY:
            return
        row.state = state if not again else CardState.WANTED
        row.fetched_at = now
        _write(row, preview or Preview(""))


def _write(row: PreviewCardRow, preview: Preview) -> None:
    row.title, row.description = preview.title, preview.description
    row.site, row.author, row.language = preview.site, preview.author, preview.language
    row.picture_url, row.picture_description = preview.picture_url, preview.picture_description
