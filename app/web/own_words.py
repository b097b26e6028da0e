"""What a member wrote, for the pages that tell them what was decided about it: their own words, for nobody but them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation.wire import sanitise
from app.posts.tables import PostRow
from moderation.evidence import snapshots


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A post or profile of theirs as it was when it was decided about."""

    text: str
    warning: str
    language: str | None


def of(session: Session, uri: str, author_uri: str, at: datetime) -> OwnWords | None:
    """The evidence from a moment, or what stands here still; None where neither is theirs, or kept any more."""
    taken = [each for each in snapshots.of(session, uri) if each.author_uri == author_uri]
    before = [each for each in taken if each.taken_at <= at]
    for each in before[-1:] or taken[:1]:
        # what the door reads begins with the warning; as it was posted it stands apart
        text = sanitise.to_text(each.html) if each.html else each.text
        return OwnWords(text, each.warning, each.language)
    theirs = select(PostRow).join(ActorRow, ActorRow.id == PostRow.actor_id)
    post = session.scalar(theirs.where(PostRow.uri == uri, ActorRow.uri == author_uri, PostRow.deleted_at.is_(None)))
    return None if post is None else OwnWords(sanitise.to_text(post.content), post.warning, post.language)
