"""Which page a post shows a card of: the first that it links to. Noted when it is let in or changed.

The worker reads it. Only of posts that anybody may read: the page's owner would learn from the request that somebody
wrote of it in private.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from app.cards.tables import LONGEST_URL, CardState, PostCardRow, PreviewCardRow
from app.database.engine import after_commit
from app.federation.wire import sanitise, uris
from app.ids import IDS
from app.posts.drafts import PostDraft
from app.posts.tables import PostKind, PostRow, PostState
from app.services import Services
from app.stores.jobs import Job
from moderation.values import PUBLIC_KINDS

READ_AGAIN: Final = timedelta(days=1)
"""What is posted again after so long is read again."""


def links(services: Services, session: Session, pks: Sequence[int]) -> dict[int, str]:
    """By post, the page that each of these shows a card of."""
    query = select(PostRow).where(PostRow.pk.in_(pks), PostRow.state == PostState.PUBLISHED)
    return links_of(services, session.scalars(query.options(selectinload(PostRow.attachments))))


def links_of(services: Services, posts: Iterable[PostRow]) -> dict[int, str]:
    """As `links`, of published posts that are loaded with their attachments."""
    found = ((post.pk, link_of(services, post)) for post in posts)
    return {pk: url for pk, url in found if url is not None}


def link_of(services: Services, post: PostRow | PostDraft) -> str | None:
    """The page that a post shows a card of, where nothing is attached: the first that it links to elsewhere. Names of
    people and hashtags are no links.
    """
    if not services.settings.link_previews or services.settings.trial:
        return None
    if post.visibility not in PUBLIC_KINDS or post.kind is PostKind.BOOST or post.attachments:
        return None
    for link in sanitise.links_of(post.content):
        url = link.href.partition("#")[0]
        fits = url.startswith("https://") and len(url) <= LONGEST_URL
        if fits and not link.claims and uris.origin(url) not in (None, services.settings.domain):
            return url
    return None


def note(services: Services, session: Session, found: Mapping[int, str]) -> None:
    """These posts show these pages; what isn't known, or is old, is read soon."""
    if not found:
        return
    now = services.clock.now()
    known = {
        row.url: row
        for row in session.scalars(select(PreviewCardRow).where(PreviewCardRow.url.in_(set(found.values()))))
    }
    for url in sorted(set(found.values())):
        row = known.get(url)
        if row is None:
            row = known[url] = PreviewCardRow(id=IDS.take(now), url=url, made_at=now, next_at=now)
            session.add(row)
        elif row.next_at is None and (row.fetched_at is None or row.fetched_at < now - READ_AGAIN):
            row.attempts, row.next_at = 0, now
    session.flush()
    for pk, url in sorted(found.items()):
        session.merge(PostCardRow(post_pk=pk, card_id=known[url].id))
    if any(row.state is CardState.WANTED or row.next_at is not None for row in known.values()):
        after_commit(session, lambda: services.nudger.nudge(Job.CARDS))


def again(services: Services, session: Session, pk: int) -> None:
    """A post says something else now."""
    session.flush()
    found = links(services, session, [pk])
    if not found:
        session.execute(delete(PostCardRow).where(PostCardRow.post_pk == pk))
    note(services, session, found)
