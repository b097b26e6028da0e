"""What members allow: who may quote a post of theirs from now on, and a single quote no longer."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.errors import InvalidError, NotFoundError
from app.federation import outgoing
from app.posts import reading, resolve, terms
from app.posts.reading import PostView
from app.posts.states import EDITABLE
from app.posts.tables import PostKind, PostRow, PostState, QuoteRow, QuoteState
from app.posts.terms import QuotePolicy
from app.quotes import states
from app.services import Services
from app.timelines import fanout


def choose(services: Services, actor_id: int, public_id: int, policy: QuotePolicy) -> PostRow:
    """Who may quote a post of one's own; quotes that were allowed stay. Raises NotFoundError, InvalidError."""
    with services.db.write() as session:
        post = resolve.own(session, public_id, actor_id)
        if post.kind is PostKind.BOOST or post.state not in EDITABLE:
            raise InvalidError("Validation failed: This post can't be edited")
        chosen = terms.of_choice(policy, post.visibility)
        if post.terms != chosen:
            post.terms = chosen
            _tell(session, services, post)
    return post


def revoke(services: Services, actor_id: int, quoting_id: int, quoted_id: int | None = None) -> PostView | None:
    """A post shows a post of one's own no more, and can't again; the post that quoted, as far as it's for these eyes:
    who quotes may have blocked who is quoted. Raises NotFoundError, alike for what isn't there and what isn't shown.
    """
    with services.db.write() as session:
        pk = _shown(session, quoting_id, actor_id)
        row = session.get(QuoteRow, pk)
        quoted = session.get(PostRow, row.quoted_pk) if row is not None and row.quoted_pk is not None else None
        if row is None or quoted is None or quoted.actor_id != actor_id:
            raise NotFoundError
        if quoted_id is not None and resolve.pk_of(session, quoted_id) != quoted.pk:
            raise NotFoundError
        if row.state not in (QuoteState.ACCEPTED, QuoteState.REVOKED):
            raise NotFoundError
        if row.state is QuoteState.ACCEPTED:
            outgoing.quote_revoked(session, services, row)
            states.move(session, services, row, QuoteState.REVOKED)
    with services.db.read() as session:
        return reading.load_one(session, pk, actor_id)


def _shown(session: Session, public_id: int, actor_id: int) -> int:
    """A post that this member may read, or could but for a block; no other is to be probed. Raises NotFoundError."""
    pk = resolve.pk_of(session, public_id)
    if reading.load_one(session, pk, actor_id) is None and reading.load_one(session, pk, None) is None:
        raise NotFoundError
    return pk


def _tell(session: Session, services: Services, post: PostRow) -> None:
    session.flush()
    if post.state is PostState.PUBLISHED:
        outgoing.post_edited(session, services, post)
        after_commit(session, partial(fanout.announce_edit, services, post.pk))
