"""Counts what is spoken of in public posts of people who want to be found, every few minutes. A job.

What waits at the door isn't public, whom a moderator limited doesn't count, nor does a post behind a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation.wire import sanitise
from app.posts.tables import PostKind, PostRow, PostState, PostTagRow
from app.services import Services
from app.trends import scoring
from app.trends.tables import TrendKind, TrendRow
from moderation.domains.values import Filter
from moderation.values import Outcome, Visibility

MOST_ROWS: Final = 20_000
MOST_TOLD: Final = 100
"""Of each kind that nobody has answered yet: more would bury who looks through them."""
LONGEST_KEY: Final = 1000


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    name: str
    post_pk: int | None = None


def count(services: Services, limit: int = MOST_TOLD) -> int:
    """Score all of it anew; how many are spoken of now."""
    now = services.clock.now()
    with services.db.read() as session:
        found = {
            TrendKind.TAG: _tags(session, now),
            TrendKind.STATUS: _posts(session, now),
            TrendKind.LINK: _links(session, now),
        }
    with services.db.write() as session:
        for kind, scored in found.items():
            _store(session, kind, scored, now, limit)
        session.execute(delete(TrendRow).where(TrendRow.scored_at < now - scoring.WINDOW, TrendRow.allowed.is_(None)))
    return sum(len(scored) for scored in found.values())


def _store(session: Session, kind: TrendKind, scored: Mapping[str, _Scored], now: datetime, limit: int) -> None:
    session.execute(update(TrendRow).where(TrendRow.kind == kind).values(score=0.0))
    best = sorted(scored.items(), key=lambda item: item[1].score, reverse=True)[:limit]
    rows = session.scalars(select(TrendRow).where(TrendRow.kind == kind, TrendRow.key.in_([key for key, _ in best])))
    known = {row.key: row for row in rows}
    for key, one in best:
        row = known.get(key) or TrendRow(kind=kind, key=key)
        row.score, row.name, row.post_pk, row.scored_at = one.score, one.name, one.post_pk, now
        session.add(row)


def _recent(now: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(PostRow)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(
            PostRow.published_at > now - scoring.WINDOW,
            PostRow.state == PostState.PUBLISHED,
            PostRow.visibility == Visibility.PUBLIC,
            PostRow.outcome == Outcome.APPROVE,
            PostRow.kind != PostKind.BOOST,
            PostRow.sensitive.is_(False),
            PostRow.warning == "",
            ActorRow.discoverable,
            ActorRow.silenced_at.is_(None),
            ActorRow.suspended_at.is_(None),
            ActorRow.deleted_at.is_(None),
            ~ActorRow.domain_silenced,
            ActorRow.domain_filters.not_like(f"% {Filter.TRENDS} %"),
            ~ActorRow.domain_hidden,
        )
        .order_by(PostRow.published_at.desc())
        .limit(MOST_ROWS)
    )


def _tags(session: Session, now: datetime) -> dict[str, _Scored]:
    query = _recent(now, PostTagRow.tag, PostTagRow.name, PostRow.actor_id, PostRow.published_at)
    rows = session.execute(query.join(PostTagRow, PostTagRow.post_pk == PostRow.pk)).all()
    spelt: dict[tuple[str, str], int] = {}
    for tag, name, _actor_id, _at in rows:
        spelt[tag, name] = spelt.get((tag, name), 0) + 1
    names = scoring.most_written((tag, name, times) for (tag, name), times in spelt.items())
    scores = scoring.by_people(((tag, actor_id, at) for tag, _name, actor_id, at in rows), now)
    return {tag: _Scored(score, names[tag]) for tag, score in scores.items()}


def _posts(session: Session, now: datetime) -> dict[str, _Scored]:
    columns = (PostRow.pk, PostRow.likes_count, PostRow.boosts_count, PostRow.published_at)
    busy = PostRow.likes_count + PostRow.boosts_count >= scoring.LEAST_PEOPLE
    rows = session.execute(_recent(now, *columns).where(busy, PostRow.in_reply_to_uri.is_(None)))
    scored = ((pk, scoring.of_post(likes, boosts, now - at)) for pk, likes, boosts, at in rows)
    return {str(pk): _Scored(score, "", pk) for pk, score in scored if score}


def _links(session: Session, now: datetime) -> dict[str, _Scored]:
    """Links as posts have them: nothing is fetched for it, so what a page calls itself isn't known."""
    rows = session.execute(
        _recent(now, PostRow.actor_id, PostRow.published_at, PostRow.content).where(
            func.instr(PostRow.content, "<a ") > 0
            if session.get_bind().dialect.name == "sqlite"
            else func.strpos(PostRow.content, "<a ") > 0
        )
    )
    uses = [
        (link.href, actor_id, at)
        for actor_id, at, content in rows
        for link in sanitise.links_of(content)
        if not link.claims and link.href.startswith("https://") and len(link.href) <= LONGEST_KEY
    ]
    return {url: _Scored(score, url) for url, score in scoring.by_people(uses, now).items()}
