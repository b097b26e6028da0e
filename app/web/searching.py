"""Search: names known here, names elsewhere when a member asks, tags, posts by their address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.current import services
from app.errors import AppError
from app.federation import actors as remote_actors
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.relationships import rules
from app.search import finding as in_posts
from app.search.finding import Wanted
from app.stores.budgets import LOOKUPS, Budgets
from app.web import sessions
from moderation import hashtags

blueprint = sessions.guard(Blueprint("searching", __name__))
_MOST = 20
_LONGEST = 500


@dataclass(frozen=True)
class Found:
    """What there is."""

    actors: list[ActorRow] = field(default_factory=list)
    posts: list[PostView] = field(default_factory=list)


@blueprint.get("/search")
def search() -> str | Response:
    """One box for everything; visitors get what is known here, members may have others asked."""
    q = " ".join(request.args.get("q", "")[:_LONGEST].split())
    if q.startswith("#") and len(q) > 1 and " " not in q:
        return redirect(hashtags.path(q))
    found = _find(q) if q else Found()
    return render_template("search.html", q=q, actors=found.actors, posts=found.posts)


def _find(q: str) -> Found:
    with services().db.read() as session:
        is_address = q.startswith(("https://", "http://"))
        found = _by_address(session, q) if is_address else Found(actors=_by_name(session, q))
    me = sessions.member()
    if me is not None and not is_address:
        found = replace(found, posts=in_posts.posts(services(), me.id, Wanted(q, limit=_MOST)))
    if found.actors or found.posts or me is None:
        return found
    return _elsewhere(q)


def _by_address(session: Session, url: str) -> Found:
    pks = session.scalars(select(PostRow.pk).where(or_(PostRow.uri == url, PostRow.url == url)).limit(2)).all()
    posts = reading.load(session, pks, sessions.viewer_id())
    people = session.scalars(select(ActorRow).where(or_(ActorRow.uri == url, ActorRow.url == url)).limit(2)).all()
    return Found(_shown(people), posts)


def _by_name(session: Session, q: str) -> list[ActorRow]:
    exact = lookup.find_by_handle(session, services().settings, q)
    if "@" in q.removeprefix("@"):
        return _shown([exact] if exact else [])
    begins = q.removeprefix("@").lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    query = (
        select(ActorRow)
        .where(
            or_(
                ActorRow.username_lower.like(begins, escape="\\"),
                ActorRow.display_name.ilike("%" + begins, escape="\\"),
            )
        )
        .order_by(ActorRow.local.desc(), ActorRow.followers_count.desc(), ActorRow.id)
        .limit(_MOST)
    )
    rows = [*([exact] if exact else []), *session.scalars(query)]
    return _shown(list({row.id: row for row in rows}.values()))


def _shown(rows: Iterable[ActorRow]) -> list[ActorRow]:
    settings = services().settings
    return [row for row in rows if not rules.is_gone(row) and not rules.is_house(row, settings)]


def _elsewhere(q: str) -> Found:
    """Ask the server that the handle names; nobody there is no error. Raises RateLimitedError."""
    handle = q.removeprefix("@")
    if handle.count("@") != 1 or " " in handle:
        return Found()
    budgets = Budgets(services().redis, services().clock, enabled=services().settings.rate_limits)
    budgets.spend(LOOKUPS, str(sessions.required().id))
    try:
        return Found(actors=_shown([remote_actors.by_handle(services(), handle)]))
    except AppError:
        return Found()  # it said no, or nothing: for the one who searches it is the same
