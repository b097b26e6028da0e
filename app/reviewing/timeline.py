"""One timeline of a post, an account or a server for one reader: what moderation keeps, and what the app adds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Select, and_, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow, Role
from app.federation.tables import DeliveryRow, DeliveryState, InstanceRow, OutboxActivityRow
from app.notifications.tables import SeveranceKind, SeveranceRow
from app.posts.tables import PostRow, PostVersionRow
from app.reviewing import people, withholding
from moderation.cases import exclusions
from moderation.cases.tables import CaseRow
from moderation.cases.values import Event
from moderation.quality import blinding
from moderation.rows import slices
from moderation.timeline import pages, sources
from moderation.timeline.values import About, Cursor, Entry, Kind, Source

_ONLY: Final[Any] = cast(literal_column("0"), BigInteger)
"""The id of what is there once: an expression, as a bare figure would be a place in ORDER BY."""


def of(
    session: Session,
    about: About,
    reader: str,
    role: Role,
    now: datetime,
    *,
    kinds: Collection[Kind] = (),
    after: Cursor | None = None,
) -> tuple[list[Entry], Cursor | None]:
    """A page of what this reader may see, the newest first, and where to read on.

    Whether the subject itself is theirs to read (`exclusions.hides`, `blinding.hides_history`) is the caller's to ask.
    """
    entries, more = pages.page(session, about, _sources(role), kinds=kinds, after=after)
    told = withholding.from_events((each.event for each in entries), role)
    withheld = [replace(each, event=event) for each, event in zip(entries, told, strict=True)]
    return for_reader(session, about, withheld, reader, now), more


def kinds_for(role: Role) -> list[Kind]:
    """What this reader's timelines can be narrowed to."""
    shown = {source.kind for source in _sources(role)}
    return [kind for kind in Kind if kind in shown]


def _sources(role: Role) -> tuple[Source, ...]:
    """Who moderates posts alone has no business in what staff did to people: roles given, glass broken."""
    if lookup.at_least(role, people.PEOPLE):
        return ALL
    return tuple(source for source in ALL if source.kind is not Kind.STAFF)


def for_reader(session: Session, about: About, entries: Sequence[Entry], reader: str, now: datetime) -> list[Entry]:
    """Without what belongs to cases that aren't for them, and to posts that they are to read without knowing it."""
    theirs: set[int] = set()
    for part in slices(sorted({each.case_id for each in entries if each.case_id is not None})):
        these = select(CaseRow.id).where(CaseRow.id.in_(part), exclusions.is_for(session, reader, now))
        theirs.update(session.scalars(these))
    others = {each.uri for each in entries if each.uri is not None and each.uri != about.uri}
    unread = blinding.unread(session, others, reader)
    return [each for each in entries if (each.case_id is None or each.case_id in theirs) and each.uri not in unread]


def _post_edits(about: About) -> Select[Any] | None:
    if not about.uri:
        return None
    return select(PostRow.pk).where(PostRow.uri == about.uri, PostRow.edited_at.is_not(None))


def _post_deleted(about: About) -> Select[Any] | None:
    if not about.uri:
        return None
    return select(PostRow.pk).where(PostRow.uri == about.uri, PostRow.deleted_at.is_not(None))


def _post_versions(about: About) -> Select[Any] | None:
    if not about.uri:
        return None
    return select(PostVersionRow.id).join(PostRow, PostRow.pk == PostVersionRow.post_pk).where(PostRow.uri == about.uri)


def _actor(column: Any) -> Any:
    def rows(about: About) -> Select[Any] | None:
        return select(ActorRow.id).where(ActorRow.uri == about.uri, column.is_not(None)) if about.uri else None

    return rows


def _server(column: Any) -> Any:
    def rows(about: About) -> Select[Any] | None:
        if not about.domain:
            return None
        return select(InstanceRow.domain).where(InstanceRow.domain == about.domain, column.is_not(None))

    return rows


def _plain(what: str) -> Any:
    return lambda _about, row: Event(row.happened_at, what, None, {})


def _sent(about: About) -> Select[Any] | None:
    """What was sent about a post or an account, with how far each has come."""
    if not about.uri:
        return None
    count = select(func.count()).where(DeliveryRow.activity_id == OutboxActivityRow.id)
    said = (about.uri, f"{about.uri}/activity", f"{about.uri}#delete")
    updates = f"{about.uri}#updates/"  # what follows are figures: the same span of the index in every collation
    updated = and_(
        OutboxActivityRow.uri.between(f"{updates}0", f"{updates}{'9' * 16}"),
        OutboxActivityRow.uri.startswith(updates, autoescape=True),
    )
    return select(
        OutboxActivityRow.kind,
        *(
            count.where(DeliveryRow.state == state).scalar_subquery().label(state.value)
            for state in (DeliveryState.DELIVERED, DeliveryState.WAITING, DeliveryState.GIVEN_UP)
        ),
    ).where(or_(OutboxActivityRow.uri.in_(said), updated))


def _sending(_about: About, row: Any) -> Event:
    details = {"activity": row.kind, "sent": row.delivered, "waiting": row.waiting, "failed": row.given_up}
    return Event(row.happened_at, "sent", None, details)


def _severed(about: About) -> Select[Any] | None:
    """Follows that ended at one moment are one line, whatever came of them afterwards."""
    if not about.domain:
        return None
    severed = select(func.sum(SeveranceRow.followers + SeveranceRow.following).label("follows"))
    of_it = SeveranceRow.kind == SeveranceKind.DOMAIN_BLOCK, SeveranceRow.target_name == about.domain
    return severed.where(*of_it).group_by(SeveranceRow.created_at)


def _severing(_about: About, row: Any) -> Event:
    return Event(row.happened_at, "severed", None, {"follows": row.follows})


ALL: Final = (
    *sources.SOURCES,
    Source("versions", Kind.CHANGES, PostVersionRow.shown_from, PostVersionRow.id, _post_versions, _plain("version")),
    Source("edited", Kind.CHANGES, PostRow.edited_at, PostRow.pk, _post_edits, _plain("edited")),
    Source("deleted", Kind.CHANGES, PostRow.deleted_at, PostRow.pk, _post_deleted, _plain("deleted")),
    Source("known", Kind.CHANGES, ActorRow.created_at, ActorRow.id, _actor(ActorRow.created_at), _plain("known")),
    Source("moved", Kind.CHANGES, ActorRow.moved_at, ActorRow.id, _actor(ActorRow.moved_at), _plain("moved")),
    Source("left", Kind.CHANGES, ActorRow.deleted_at, ActorRow.id, _actor(ActorRow.deleted_at), _plain("left")),
    Source("met", Kind.NETWORK, InstanceRow.first_seen_at, _ONLY, _server(InstanceRow.first_seen_at), _plain("met")),
    Source(
        "failing", Kind.NETWORK, InstanceRow.failing_since, _ONLY, _server(InstanceRow.failing_since), _plain("failing")
    ),
    Source("dead", Kind.NETWORK, InstanceRow.dead_since, _ONLY, _server(InstanceRow.dead_since), _plain("dead")),
    Source("sent", Kind.NETWORK, OutboxActivityRow.created_at, OutboxActivityRow.id, _sent, _sending),
    Source("severed", Kind.NETWORK, SeveranceRow.created_at, _ONLY, _severed, _severing),
)
