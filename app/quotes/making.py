"""Quotes as rows: made with the posts that quote, in their write; found by what they quote when that comes later."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.posts import counts, terms
from app.posts.drafts import DraftQuote
from app.posts.storing import MOST_ADOPTED, Stored
from app.posts.tables import PostKind, PostRow, PostState, QuoteRow, QuoteState
from app.posts.terms import Deed, May
from app.quotes import shown, states, wanting
from app.services import Services


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A post that is quoted, as far as it is here."""

    pk: int
    actor_id: int
    actor_uri: str
    local: bool
    kind: PostKind
    state: PostState


def of_batch(session: Session, services: Services, stored: Sequence[Stored]) -> None:
    """Rows for those of a batch that quote; and those that quoted one of this batch before it was here find it now."""
    quoting = {item.pk: item.draft.quote for item in stored if item.draft.quote is not None}
    if quoting:
        found = _find(session, [quote.uri for quote in quoting.values()])
        for item in stored:
            if item.draft.quote is not None:
                _make(
                    session, services, item.pk, item.draft.actor_id, item.draft.quote, found.get(item.draft.quote.uri)
                )
    _adopt(session, services, [item for item in stored if not item.draft.local and item.draft.boost_of_pk is None])


def replace(session: Session, services: Services, post: PostRow, quote: DraftQuote | None) -> None:
    """An edit was let in: what the post quotes now. What it quoted before and still does keeps its state."""
    row = session.get(QuoteRow, post.pk) if post.quoting else None
    if row is not None and quote is not None and row.quoted_uri == quote.uri:
        return
    if row is not None:
        drop(session, post)
    post.quoting = quote is not None
    session.flush()
    if quote is not None:
        _make(session, services, post.pk, post.actor_id, quote, _find(session, [quote.uri]).get(quote.uri))
        if post.state is PostState.PUBLISHED:
            shown.of_posts(session, services, [post.pk], live={post.pk})


def drop(session: Session, post: PostRow) -> None:
    """A post quotes nothing any more."""
    row = session.get(QuoteRow, post.pk)
    if row is not None and row.state is QuoteState.ACCEPTED and post.state is PostState.PUBLISHED:
        counts.quoted(session, row, -1)
    session.execute(delete(QuoteRow).where(QuoteRow.post_pk == post.pk))
    post.quoting = False


def of_deleted(session: Session, services: Services, pks: Iterable[int]) -> None:
    """These posts were deleted: what quoted them shows them no more."""
    rows = session.scalars(select(QuoteRow).where(QuoteRow.quoted_pk.in_(pks), QuoteRow.state != QuoteState.DELETED))
    for row in rows.all():
        states.move(session, services, row, QuoteState.DELETED)


def of_posts(session: Session, pks: Sequence[int]) -> dict[int, DraftQuote]:
    """What these posts quote, as drafts say it, by pk."""
    rows = session.scalars(select(QuoteRow).where(QuoteRow.post_pk.in_(pks))) if pks else ()
    return {row.post_pk: DraftQuote(row.quoted_uri, row.authorization_uri, row.legacy) for row in rows}


def of_post(session: Session, post: PostRow) -> DraftQuote | None:
    """The same of one post: for a new version."""
    return of_posts(session, [post.pk]).get(post.pk) if post.quoting else None


def take_stamp(session: Session, services: Services, row: QuoteRow, claimed: str | None) -> None:
    """A quoting post came again with another stamp, or without the one that it had; what it claims is looked at anew.

    Where a member's post is quoted, no claim counts: what was answered stands here.
    """
    quoted = session.get(PostRow, row.quoted_pk) if row.quoted_pk is not None else None
    if claimed == row.authorization_uri or row.state is QuoteState.DELETED or (quoted is not None and quoted.local):
        return
    post = session.get_one(PostRow, row.post_pk)
    row.authorization_uri = claimed
    if quoted is None or quoted.actor_id != post.actor_id:
        states.move(session, services, row, QuoteState.PENDING)
    wanting.of_quotes(session, services, [row])


def _make(
    session: Session, services: Services, pk: int, actor_id: int, quote: DraftQuote, quoted: _Quoted | None
) -> None:
    post = session.get_one(PostRow, pk)
    asks = quoted is not None and post.local and quoted.local and _must_ask(session, quoted.pk, actor_id)
    row = QuoteRow(
        post_pk=pk,
        quoted_uri=quote.uri,
        quoted_pk=quoted.pk if quoted is not None else None,
        legacy=quote.legacy,
        state=QuoteState.PENDING if asks else _first_state(post, quoted),
        authorization_uri=None if quoted is not None and quoted.local else quote.authorization,
        made_at=services.clock.now(),
    )
    if quoted is not None and post.local and quoted.actor_id != actor_id:
        if quoted.local and not asks:
            row.authorization_uri = new_stamp(quoted.actor_uri)
        else:
            row.request_uri = f"{post.uri}#quote-request"
    session.add(row)
    session.flush()
    if row.state is QuoteState.ACCEPTED and post.state is PostState.PUBLISHED:
        counts.quoted(session, row, 1)


def _must_ask(session: Session, quoted_pk: int, actor_id: int) -> bool:
    """Whether a member agrees to each quote of this post by hand."""
    return terms.may(session, session.get_one(PostRow, quoted_pk), actor_id, Deed.QUOTE) is May.MANUAL


def _first_state(post: PostRow, quoted: _Quoted | None) -> QuoteState:
    """Members' quotes of members were allowed when they were written; one's own posts need no leave."""
    if quoted is None:
        return QuoteState.PENDING
    if quoted.state is PostState.DELETED:
        return QuoteState.DELETED
    if quoted.kind is PostKind.BOOST:
        return QuoteState.REJECTED
    free = quoted.actor_id == post.actor_id or (post.local and quoted.local)
    return QuoteState.ACCEPTED if free else QuoteState.PENDING


def new_stamp(author_uri: str) -> str:
    """An address for a stamp of a member's, which nobody can guess."""
    return f"{author_uri}/quote_authorizations/{secrets.token_urlsafe(16)}"


def _adopt(session: Session, services: Services, stored: Sequence[Stored]) -> None:
    arrived = {item.draft.uri: item for item in stored}
    if not arrived:
        return
    rows = session.scalars(
        select(QuoteRow)
        .where(QuoteRow.quoted_uri.in_(arrived), QuoteRow.quoted_pk.is_(None))
        .order_by(QuoteRow.post_pk)
        .limit(MOST_ADOPTED)
    ).all()
    for row in rows:
        item = arrived[row.quoted_uri]
        row.quoted_pk = item.pk
        if session.get_one(PostRow, row.post_pk).actor_id == item.draft.actor_id:
            states.move(session, services, row, QuoteState.ACCEPTED)
    wanting.of_quotes(session, services, [row for row in rows if row.state is QuoteState.PENDING])


def _find(session: Session, uris: Sequence[str]) -> dict[str, _Quoted]:
    rows = session.execute(
        select(PostRow.uri, PostRow.pk, PostRow.actor_id, ActorRow.uri, PostRow.local, PostRow.kind, PostRow.state)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(PostRow.uri.in_(uris))
    )
    return {row[0]: _Quoted(*row[1:]) for row in rows}
