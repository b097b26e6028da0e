"""What many here speak of lately, as far as somebody has allowed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import current
from app.cards import shown as cards
from app.mastodon import answers, blueprint, params, present
from app.mastodon.serialise import trends as entities
from app.oauth import bearer
from app.posts import reading
from app.posts.tables import PostRow
from app.trends import showing
from app.trends.tables import TrendKind, TrendRow
from moderation.domains.rules import DomainRules

api = blueprint.make("trends")
MOST = 40
Shapes = Callable[[Session, Sequence[TrendRow], int | None], list[Any]]


@api.get("/api/v1/trends")
@api.get("/api/v1/trends/tags")
@bearer.optional()
def trending_tags() -> Response:
    """Hashtags."""
    return _page(TrendKind.TAG, tags, 10)


@api.get("/api/v1/trends/statuses")
@bearer.optional()
def trending_statuses() -> Response:
    """Posts that this reader may see."""
    return _page(TrendKind.STATUS, statuses, 20)


@api.get("/api/v1/trends/links")
@bearer.optional()
def trending_links() -> Response:
    """Links."""
    return _page(TrendKind.LINK, links, 10)


def _page(kind: TrendKind, shapes: Shapes, otherwise: int) -> Response:
    asked = params.asked()
    offset, limit = asked.integer("offset", 0, most=1000), asked.integer("limit", otherwise, least=1, most=MOST)
    with current.services().db.read() as session:
        rows = showing.shown(session, kind, offset, limit)
        return answers.json(shapes(session, rows, bearer.viewer_id()))


def tags(session: Session, rows: Sequence[TrendRow], _viewer_id: int | None) -> list[dict[str, Any]]:
    """Tags with their last seven days."""
    services = current.services()
    now = services.clock.now()
    days = showing.histories(session, [row.key for row in rows], now)
    return [entities.tag(row, days[row.key], services.settings) for row in rows]


def statuses(session: Session, rows: Sequence[TrendRow], viewer_id: int | None) -> list[orjson.Fragment]:
    """Statuses, in their order."""
    pks = [row.post_pk for row in rows if row.post_pk is not None]
    return present.statuses(reading.load(session, pks, viewer_id))


def links(session: Session, rows: Sequence[TrendRow], _viewer_id: int | None) -> list[dict[str, Any]]:
    """Links, with the cards of those that a public post shows one of; nothing is fetched for this."""
    services = current.services()
    rules = services.tools.rules.get(session, DomainRules.version_now(session))
    known = cards.of_pages(session, rules, {entities.page_of(row) for row in rows})
    return [entities.link(row, known.get(entities.page_of(row)), services.settings) for row in rows]


def public_ids(session: Session, rows: Sequence[TrendRow]) -> dict[int, int]:
    """By the post's pk, the id that it has outside."""
    pks = [row.post_pk for row in rows if row.post_pk is not None]
    return {pk: number for pk, number in session.execute(select(PostRow.pk, PostRow.id).where(PostRow.pk.in_(pks)))}
