"""Stamps: what a quoted author elsewhere allowed, from that author's own host."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation import actors, signing
from app.federation.wire import consent, fetching, uris
from app.federation.wire.errors import GoneError, MalformedError
from app.federation.wire.values import QuoteAuthorization
from app.posts.tables import PostRow, QuoteRow, QuoteState
from app.quotes import states
from app.services import Services

GONE = 410


class NotSureError(Exception):
    """A stamp by which something is shown isn't found at the moment."""


def look_at(services: Services, uri: str, *, sure: bool = True) -> None:
    """Fetch a stamp, and let it speak for the quotes that claim it, those that are shown by it among them. Raises
    WireError, AppError for what may be otherwise later, or never was a stamp, and NotSureError where it isn't found,
    something is shown by it, and the caller isn't `sure` yet.
    """
    actors.require_open(services, uris.origin(uri) or "")
    try:
        document = fetching.fetch_object(services.fetcher, uri, signer=signing.instance_signer(services))
        stamp = consent.parse_authorization(document)
    except (GoneError, MalformedError) as error:
        told = not isinstance(error, GoneError) or error.answered == GONE
        if not _settle(services, uri, None, ends=sure or told):
            raise NotSureError from error
        raise
    _settle(services, uri, stamp)


def withdrawn(services: Services, deleted: Sequence[tuple[str, int]]) -> int:
    """Authors elsewhere took these back: pairs of (URI, actor id), of which few are stamps; how many quotes end."""
    authors = dict(deleted)
    query = (
        select(QuoteRow, PostRow.actor_id)
        .join(PostRow, PostRow.pk == QuoteRow.quoted_pk)
        .where(QuoteRow.authorization_uri.in_(authors), QuoteRow.state.in_((QuoteState.ACCEPTED, QuoteState.PENDING)))
    )
    with services.db.read() as session:
        if session.execute(query.limit(1)).first() is None:
            return 0
    with services.db.write() as session:
        ended = [row for row, author_id in session.execute(query) if authors[row.authorization_uri or ""] == author_id]
        for row in ended:
            states.move(session, services, row, QuoteState.REVOKED)
        return len(ended)


def _settle(services: Services, uri: str, stamp: QuoteAuthorization | None, *, ends: bool = True) -> bool:
    """False where a quote that is shown would have to end, and that isn't sure."""
    settled = True
    with services.db.write() as session:
        for row, quoting, quoted, author in _claims(session, uri):
            allowed = stamp is not None and stamp == QuoteAuthorization(uri, author, quoting, quoted)
            if row.state is QuoteState.PENDING:
                states.move(session, services, row, QuoteState.ACCEPTED if allowed else QuoteState.REJECTED)
            elif row.state is QuoteState.ACCEPTED and not allowed:
                settled = ends
                if ends:
                    states.move(session, services, row, QuoteState.REVOKED)
    return settled


def _claims(session: Session, uri: str) -> Sequence[tuple[QuoteRow, str, str, str]]:
    """The quotes of posts elsewhere that claim a stamp, each with the URIs that it must name. On the quoted author's
    own host it is in any case.
    """
    quoted, quoting = PostRow.__table__.alias("quoted"), PostRow.__table__.alias("quoting")
    rows = session.execute(
        select(QuoteRow, quoting.c.uri, quoted.c.uri, ActorRow.uri)
        .join(quoting, quoting.c.pk == QuoteRow.post_pk)
        .join(quoted, quoted.c.pk == QuoteRow.quoted_pk)
        .join(ActorRow, ActorRow.id == quoted.c.actor_id)
        .where(QuoteRow.authorization_uri == uri, ActorRow.local.is_(False))
    ).all()
    return [tuple(row) for row in rows if uris.same_origin(uri, row[3])]
