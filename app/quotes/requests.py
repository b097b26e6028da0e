"""Requests to quote a member's post that wait for the member, who says yes or no to each (FEP-044f, by hand)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.errors import NotFoundError
from app.federation import outgoing
from app.federation.wire.values import Embedded
from app.posts import reading, resolve
from app.posts.reading import PostView
from app.posts.tables import PostRow, PostState, QuoteRow, QuoteState
from app.quotes import making, states
from app.services import Services

MOST = 40
_QUOTING = aliased(PostRow)


@dataclass(frozen=True, slots=True)
class Request:
    """One post would like to quote another; both as the author of the other sees them."""

    quoting: PostView
    quoted: PostView


def waiting(session: Session, actor_id: int, limit: int = MOST) -> list[Request]:
    """What would like to quote a member's posts, oldest first."""
    query = (
        select(QuoteRow.post_pk, PostRow.pk)
        .join(PostRow, PostRow.pk == QuoteRow.quoted_pk)
        .join(_QUOTING, _QUOTING.pk == QuoteRow.post_pk)
        .where(PostRow.actor_id == actor_id, PostRow.state == PostState.PUBLISHED)
        .where(QuoteRow.state == QuoteState.PENDING, QuoteRow.request_uri.is_not(None))
        .where(_QUOTING.state == PostState.PUBLISHED)
        .order_by(QuoteRow.made_at, QuoteRow.post_pk)
    )
    pairs = session.execute(query.limit(limit)).all()
    views = {view.post.pk: view for view in reading.load(session, [pk for pair in pairs for pk in pair], actor_id)}
    return [Request(views[one], views[other]) for one, other in pairs if one in views and other in views]


def answer(services: Services, actor_id: int, quoting_id: int, *, allowed: bool) -> None:
    """The member says yes or no; who asked is told. Raises NotFoundError where nobody asks (any more)."""
    with services.db.write() as session:
        row = session.get(QuoteRow, resolve.pk_of(session, quoting_id), with_for_update=True)
        quoted = session.get(PostRow, row.quoted_pk) if row is not None and row.quoted_pk is not None else None
        if row is None or quoted is None or quoted.actor_id != actor_id or quoted.state is not PostState.PUBLISHED:
            raise NotFoundError
        if row.state is not QuoteState.PENDING or row.request_uri is None:
            raise NotFoundError
        quoting = resolve.post(session, quoting_id, actor_id)  # not what is held since it asked
        who = session.get_one(ActorRow, quoting.actor_id)
        asked = Embedded("QuoteRequest", row.request_uri, who.uri, quoted.uri, quoting.uri)
        if allowed:
            accept(session, services, row, quoted, asked)
            return
        states.move(session, services, row, QuoteState.REJECTED)
        outgoing.quote_rejected(session, services, quoted, who, asked)


def accept(session: Session, services: Services, row: QuoteRow, quoted: PostRow, asked: Embedded) -> None:
    """A post may quote a member's; asked again, it's answered again with the same stamp."""
    if row.state is QuoteState.PENDING:
        row.authorization_uri = making.new_stamp(session.get_one(ActorRow, quoted.actor_id).uri)
        row.request_uri = asked.uri
        states.move(session, services, row, QuoteState.ACCEPTED)
    quoting = session.get_one(PostRow, row.post_pk)
    who = session.get_one(ActorRow, quoting.actor_id)
    outgoing.quote_accepted(session, services, quoted, who, asked, row.authorization_uri or "")
