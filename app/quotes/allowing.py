"""What members allow: who may quote a post of theirs from now on, and a single quote no longer."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.errors import InvalidError, NotFoundError
from app.federation import outgoing
from app.posts import resolve, terms
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


def revoke(services: Services, actor_id: int, quoted_id: int, quoting_id: int) -> PostView:
    """A quote of one's own post is shown no more, and can't be again; the post that quoted. Raises NotFoundError."""
    with services.db.write() as session:
        quoted = resolve.own(session, quoted_id, actor_id)
        quoting = resolve.post(session, quoting_id, actor_id)
        row = session.get(QuoteRow, quoting.pk)
        if row is None or row.quoted_pk != quoted.pk or row.state not in (QuoteState.ACCEPTED, QuoteState.REVOKED):
            raise NotFoundError
        if row.state is QuoteState.ACCEPTED:
            outgoing.quote_revoked(session, services, row)
            states.move(session, services, row, QuoteState.REVOKED)
    with services.db.read() as session:
        return resolve.view(session, quoting.id, actor_id)


def _tell(session: Session, services: Services, post: PostRow) -> None:
    session.flush()
    if post.state is PostState.PUBLISHED:
        outgoing.post_edited(session, services, post)
        after_commit(session, partial(fanout.announce_edit, services, post.pk))
