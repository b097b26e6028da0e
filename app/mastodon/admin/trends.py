"""What is spoken of, for whoever allows it: all of it, and an answer to each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Response
from sqlalchemy.orm import Session

from app import current
from app.errors import InvalidError, NotFoundError
from app.mastodon import answers, params, trends
from app.mastodon.admin import door
from app.mastodon.serialise import trends as entities
from app.oauth import bearer
from app.posts import resolve
from app.reviewing import people
from app.trends import showing
from app.trends.tables import TrendKind, TrendRow
from moderation import hashtags

api = door.make("trends")
READ, WRITE = "admin:read", "admin:write"
ROOT = "/api/v1/admin/trends"
MOST = 100


@api.get(f"{ROOT}/tags")
@bearer.require(READ)
def trending_tags() -> Response:
    """Hashtags."""
    return _page(TrendKind.TAG)


@api.get(f"{ROOT}/statuses")
@bearer.require(READ)
def trending_statuses() -> Response:
    """Posts."""
    return _page(TrendKind.STATUS)


@api.get(f"{ROOT}/links")
@bearer.require(READ)
def trending_links() -> Response:
    """Links."""
    return _page(TrendKind.LINK)


def _answers(kind: TrendKind, allowed: bool) -> Callable[[str], Response]:
    @bearer.require(WRITE)
    def view(public_id: str) -> Response:
        account, services = door.caller(people.RULES), current.services()
        with services.db.read() as session:
            key = _key(session, kind, public_id)
        row = showing.answer(services, account, kind, key, allowed=allowed)
        with services.db.read() as session:
            return answers.json(_several(session, [row])[0])

    return view


for _kind, _path in ((TrendKind.TAG, "tags"), (TrendKind.STATUS, "statuses"), (TrendKind.LINK, "links")):
    for _verb, _allowed in (("approve", True), ("reject", False)):
        api.add_url_rule(
            f"{ROOT}/{_path}/<public_id>/{_verb}", f"{_verb}_{_path}", _answers(_kind, _allowed), methods=["POST"]
        )


@api.get("/api/v1/admin/tags")
@bearer.require(READ)
def known_tags() -> Response:
    """Hashtags that were spoken of enough for somebody to look."""
    return _page(TrendKind.TAG)


@api.get("/api/v1/admin/tags/<public_id>")
@bearer.require(READ)
def known_tag(public_id: str) -> Response:
    """One of them."""
    door.caller(people.RULES)
    with current.services().db.read() as session:
        return answers.json(_several(session, [showing.find(session, TrendKind.TAG, hashtags.key(public_id))])[0])


@api.put("/api/v1/admin/tags/<public_id>")
@bearer.require(WRITE)
def change_tag(public_id: str) -> Response:
    """Whether it may be shown among what is spoken of. What else Mastodon can say of one, nobody says here."""
    account, sent, services = door.caller(people.RULES), params.sent(), current.services()
    if any(name in sent for name in ("usable", "listable", "display_name")):
        raise InvalidError("Only trendable can be changed here", code="not_here")
    allowed = sent.flag_or_none("trendable")
    if allowed is None:
        return known_tag(public_id)
    row = showing.answer(services, account, TrendKind.TAG, hashtags.key(public_id), allowed=allowed)
    with services.db.read() as session:
        return answers.json(_several(session, [row])[0])


def _page(kind: TrendKind) -> Response:
    door.caller(people.RULES)
    asked = params.asked()
    offset, limit = asked.integer("offset", 0, most=10_000), asked.integer("limit", 10, least=1, most=MOST)
    with current.services().db.read() as session:
        return answers.json(_several(session, showing.all_of(session, kind, offset, limit)))


def _several(session: Session, rows: Sequence[TrendRow]) -> list[dict[str, Any]]:
    """What clients know, and whether somebody has looked. A link is known by a number here, as its address is no id."""
    if not rows:
        return []
    if rows[0].kind is TrendKind.TAG:
        return [
            shown | entities.reviewed(row) for row, shown in zip(rows, trends.tags(session, rows, None), strict=True)
        ]
    if rows[0].kind is TrendKind.LINK:
        return [
            link | {"id": str(row.id)} | entities.reviewed(row)
            for row, link in zip(rows, trends.links(session, rows, None), strict=True)
        ]
    ids = trends.public_ids(session, rows)
    shown: dict[int, dict[str, Any]] = {}
    for fragment in trends.statuses(session, rows, bearer.account_id()):
        status = orjson.loads(orjson.dumps(fragment))
        shown[int(status["id"])] = status
    found = [(row, shown.get(ids.get(row.post_pk or 0, 0))) for row in rows]
    return [status | entities.reviewed(row) for row, status in found if status is not None]


def _key(session: Session, kind: TrendKind, public_id: str) -> str:
    """What a client's id stands for. Raises NotFoundError."""
    if kind is TrendKind.TAG:
        return hashtags.key(public_id)
    if kind is TrendKind.STATUS:
        return str(resolve.pk_of(session, resolve.parse_id(public_id)))
    row = session.get(TrendRow, resolve.parse_id(public_id))
    if row is None or row.kind is not kind:
        raise NotFoundError
    return row.key
