"""Boosts: posts that show another. They pass the door too: what nobody judged can't be spread."""

from __future__ import annotations

import secrets

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.federation import outgoing
from app.posts import admission, delete, resolve
from app.posts.drafts import DraftMention, PostDraft
from app.posts.reading import PostView
from app.posts.tables import PostKind, PostRow, PostState
from app.posts.terms import Deed
from app.services import Services
from moderation import turns
from moderation.values import PUBLIC_KINDS, Visibility


def boost(services: Services, actor_id: int, public_id: int, visibility: Visibility = Visibility.PUBLIC) -> PostView:
    """A member boosts a public post; twice is once. Raises NotFoundError, or InvalidError for a private one,
    and ForbiddenError for whoever may not write now, or whom its author doesn't let.
    """
    with services.db.read() as session:
        writers.writer(session, actor_id)
        view = resolve.view(session, public_id, actor_id).shown
        original, allowed = view.post, view.allows(Deed.BOOST)
        existing = find(session, actor_id, original.pk)
        author = session.get_one(PostRow, original.pk).actor_id
        draft = _draft(services, session, actor_id, original, visibility)
    own_private = original.visibility is Visibility.FOLLOWERS and author == actor_id
    if original.state is not PostState.PUBLISHED or not (original.visibility in PUBLIC_KINDS or own_private):
        raise InvalidError("Validation failed: This post can't be boosted")
    if existing is None and not allowed:
        raise ForbiddenError(_("The author doesn’t allow you to boost this post"), code="boost_denied")
    if existing is None:
        admission.admit(services, [draft])
    with services.db.read() as session:
        made = find(session, actor_id, original.pk)
        if made is None:
            raise NotFoundError()
        return resolve.view(session, made.id, actor_id)


def unboost(services: Services, actor_id: int, public_id: int) -> PostView:
    """Take a boost back; none is no error. The answer is the post that was boosted."""
    with services.db.write() as session:
        turns.take(session)
        if session.get_one(ActorRow, actor_id).moved_to_uri is not None:
            raise ForbiddenError("This account has moved: take the redirect back in your settings to boost here again")
        original = resolve.view(session, public_id, actor_id).shown.post
        existing = find(session, actor_id, original.pk)
        if existing is not None:
            outgoing.unboosted(session, services, existing)
            delete.remove(services, session, existing, by=actor_id)
    with services.db.read() as session:
        return resolve.view(session, original.id, actor_id)


def find(session: Session, actor_id: int, original_pk: int) -> PostRow | None:
    """This actor's boost of that post, while it isn't deleted."""
    query = select(PostRow).where(
        PostRow.boost_of_pk == original_pk, PostRow.actor_id == actor_id, PostRow.state != PostState.DELETED
    )
    return session.scalars(query.limit(1)).first()


def _draft(services: Services, session: Session, actor_id: int, original: PostRow, visibility: Visibility) -> PostDraft:
    now = services.clock.now()
    booster = session.get_one(ActorRow, actor_id)
    author = session.get_one(ActorRow, original.actor_id)
    uri = services.settings.url(f"/users/{booster.username}/statuses/{secrets.token_urlsafe(12)}")
    private = original.visibility not in PUBLIC_KINDS
    return PostDraft(
        uri=uri,
        actor_id=actor_id,
        local=True,
        kind=PostKind.BOOST,
        visibility=Visibility.FOLLOWERS if private else visibility,
        boost_of_pk=original.pk,
        boost_of_uri=original.uri,
        mentions=(DraftMention(author.id, author.uri, author.local, silent=True),),
        submitted_at=now,
        published_at=now,
    )
