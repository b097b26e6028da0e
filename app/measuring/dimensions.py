"""Dimensions: who or what comes first, by how often: languages, servers, accounts; and what this house runs on."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.measuring import measures
from app.measuring.spans import Span
from app.media.tables import CachedMediaRow
from app.posts.tables import PostKind, PostRow, PostState
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.version import VERSION
from moderation.values import PUBLIC_KINDS


@dataclass(frozen=True, slots=True)
class Entry:
    """One of them. `text`: what is shown where it isn't the bare number."""

    key: str
    name: str
    value: str
    unit: str | None = None
    text: str | None = None


Ranked = Callable[[Span, str], Select[Any]]
RANKED: Mapping[str, tuple[Ranked, str]] = {
    "languages": (lambda span, _about: _of(AccountRow.locale, AccountRow.last_seen_at >= span.begins_at), ""),
    "servers": (lambda span, _about: _posts(ActorRow.domain, span).where(PostRow.local.is_(False)), ""),
    "tag_servers": (lambda span, tag: _tagged(tag, ActorRow.domain, span), "id"),
    "tag_languages": (lambda span, tag: _tagged(tag, func.coalesce(PostRow.language, "und"), span), "id"),
    "instance_accounts": (lambda _span, domain: _followed(domain), "domain"),
    "instance_languages": (lambda span, domain: _languages(domain, span), "domain"),
}
"""What is counted by a query, and what it needs to know."""
PLAIN = ("space_usage", "software_versions")


def dimension(services: Services, session: Session, key: str, span: Span, limit: int, about: str = "") -> list[Entry]:
    """One of RANKED or PLAIN."""
    if key == "space_usage":
        return _space(services, session)
    if key == "software_versions":
        return _versions(services, session)
    query, _needs = RANKED[key]
    rows = session.execute(query(span, about).order_by(text("2 DESC"), text("1")).limit(limit)).all()
    return [Entry(str(row.name), str(row.name), str(row.uses)) for row in rows]


def _of(what: ColumnElement[Any] | Any, *which: ColumnElement[bool]) -> Select[Any]:
    return select(what.label("name"), func.count().label("uses")).where(*which).group_by(text("1"))


def _posts(what: ColumnElement[Any] | Any, span: Span) -> Select[Any]:
    return (
        _of(what, span.holds(PostRow.published_at))
        .select_from(PostRow)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(
            PostRow.state == PostState.PUBLISHED, PostRow.visibility.in_(PUBLIC_KINDS), PostRow.kind != PostKind.BOOST
        )
    )


def _languages(domain: str, span: Span) -> Select[Any]:
    return _posts(func.coalesce(PostRow.language, "und"), span).where(
        ActorRow.domain == domain, PostRow.local.is_(False)
    )


def _tagged(tag: str, what: ColumnElement[Any] | Any, span: Span) -> Select[Any]:
    happened = measures.tagged(tag, what).subquery()
    return _of(happened.c.what, span.holds(happened.c.at))


def _followed(domain: str) -> Select[Any]:
    """Whom of a server members here follow most."""
    return (
        _of(ActorRow.username, ActorRow.domain == domain, FollowRow.state == FollowState.ACCEPTED)
        .select_from(FollowRow)
        .join(ActorRow, ActorRow.id == FollowRow.target_id)
    )


def _space(services: Services, session: Session) -> list[Entry]:
    sqlite = services.db.sqlite
    asked = (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        if sqlite
        else "SELECT pg_database_size(current_database())"
    )
    name = "SQLite" if sqlite else "PostgreSQL"
    pictures = session.scalar(select(func.sum(CachedMediaRow.size_bytes))) or 0
    info: Any = services.redis.info("memory")
    return [
        _sized(name.lower(), name, int(session.scalar(text(asked)) or 0)),
        _sized("redis", "Redis", int(info["used_memory"])),
        _sized("media", "Pictures from elsewhere", int(pictures)),
    ]


def _versions(services: Services, session: Session) -> list[Entry]:
    if services.db.sqlite:
        name, version = "SQLite", sqlite3.sqlite_version
    else:
        name, version = "PostgreSQL", str(session.scalar(text("SHOW server_version"))).partition(" ")[0]
    info: Any = services.redis.info("server")
    found = {
        "Ostiary": VERSION,
        "Python": platform.python_version(),
        name: version,
        "Redis": str(info["redis_version"]),
    }
    return [Entry(each.lower(), each, said, text=said) for each, said in found.items()]


def _sized(key: str, name: str, count: int) -> Entry:
    return Entry(key, name, str(count), "bytes", size(count))


def size(count: int) -> str:
    """Bytes as people say them."""
    number, unit = float(count), "Bytes"
    for bigger in ("KB", "MB", "GB", "TB"):
        if number < 1024:
            break
        number, unit = number / 1024, bigger
    return f"{count} Bytes" if unit == "Bytes" else f"{number:.1f} {unit}"
