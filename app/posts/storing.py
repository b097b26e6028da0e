"""New posts as rows: whole batches in a few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.polls import clock
from app.posts.door import Opening
from app.posts.drafts import PostDraft
from app.posts.submissions import Surroundings
from app.posts.tables import AttachmentRow, MentionRow, PostKind, PostRow, PostState, PostTagRow
from moderation import hashtags
from moderation.values import PUBLIC_KINDS, Visibility

MOST_ADOPTED = 500
"""So many replies that came first find their parent; a stranger who sends more has them stand alone."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A draft that is a row now."""

    pk: int
    id: int
    draft: PostDraft
    opening: Opening
    reply_to_pk: int | None
    reply_to_actor_id: int | None


def store(
    session: Session, entries: Sequence[tuple[PostDraft, Opening]], around: Surroundings, now: datetime
) -> list[Stored]:
    """Insert posts with their attachments, mentions and tags, and count the published ones."""
    if not entries:
        return []
    rows = [_row(draft, opening, around) for draft, opening in entries]
    pks = session.execute(_INSERT, rows).scalars().all()
    stored = [
        Stored(pk, row["id"], draft, opening, row["in_reply_to_pk"], row["in_reply_to_actor_id"])
        for pk, row, (draft, opening) in zip(pks, rows, entries, strict=True)
    ]
    _children(session, stored)
    _adopt(session, stored)
    count(session, [item for item in stored if item.opening.published], now)
    return stored


_POSTS = PostRow.metadata.tables[PostRow.__tablename__]
_INSERT = insert(_POSTS).returning(_POSTS.c.pk, sort_by_parameter_order=True)


def _row(draft: PostDraft, opening: Opening, around: Surroundings) -> dict[str, Any]:
    parent = around.parents.get(draft.in_reply_to_uri or "")
    return {
        **opening.columns,
        "uri": draft.uri,
        "url": draft.url,
        "actor_id": draft.actor_id,
        "local": draft.local,
        "kind": draft.kind,
        "visibility": draft.visibility,
        "via_relay": draft.via_relay,
        "boost_of_pk": draft.boost_of_pk,
        "in_reply_to_uri": draft.in_reply_to_uri,
        "in_reply_to_pk": parent.pk if parent else None,
        "in_reply_to_actor_id": parent.actor_id if parent else None,
        "conversation": parent.conversation if parent else (draft.conversation or draft.uri),
        "title": draft.title,
        "content": draft.content,
        "source": draft.source,
        "warning": draft.warning,
        "sensitive": draft.sensitive,
        "language": draft.language,
        "poll": draft.poll,
        "emojis": list(draft.emojis),
        "terms": draft.terms,
        "quoting": draft.quote is not None,
        "submitted_at": draft.submitted_at,
        "published_at": draft.published_at,
    }


def _children(session: Session, stored: Sequence[Stored]) -> None:
    mentions = [
        {"post_pk": item.pk, "actor_id": actor_id, "silent": silent}
        for item in stored
        for actor_id, silent in {m.actor_id: m.silent for m in item.draft.mentions}.items()
    ]
    tags = [
        {"post_pk": item.pk, "tag": tag, "name": name}
        for item in stored
        for tag, name in {hashtags.key(name): name for name in item.draft.hashtags}.items()
    ]
    for table, rows in ((MentionRow, mentions), (PostTagRow, tags), (AttachmentRow, _attachments(stored))):
        if rows:
            session.execute(insert(table), rows)
    clock.set_up(session, [(item.pk, item.draft.poll) for item in stored if item.draft.local and item.draft.poll])


def _adopt(session: Session, stored: Sequence[Stored]) -> None:
    """Replies that came before what they answer find it now. Ours were named a moment ago: nobody answered them yet."""
    parents = {item.draft.uri: item for item in stored if not item.draft.local and item.draft.boost_of_pk is None}
    if not parents:
        return
    orphans = session.execute(
        select(PostRow.pk, PostRow.in_reply_to_uri, PostRow.state, PostRow.visibility)
        .where(PostRow.in_reply_to_pk.is_(None), PostRow.in_reply_to_uri.in_(parents))
        .limit(MOST_ADOPTED)
    ).all()
    for pk, uri, *_ in orphans:
        parent = parents[str(uri)]
        links = {"in_reply_to_pk": parent.pk, "in_reply_to_actor_id": parent.draft.actor_id}
        session.execute(update(PostRow).where(PostRow.pk == pk).values(links))
    _join(session, [(pk, str(uri)) for pk, uri, *_ in orphans], parents)
    answered = Counter(
        parents[str(uri)].pk
        for _, uri, state, visibility in orphans
        if state is PostState.PUBLISHED and visibility in PUBLIC_KINDS
    )
    for pk, number in answered.items():
        session.execute(update(PostRow).where(PostRow.pk == pk).values(replies_count=PostRow.replies_count + number))


def _join(session: Session, orphans: Sequence[tuple[int, str]], parents: Mapping[str, Stored]) -> None:
    """What found its parent is of the parent's conversation from now on, and so is what answers it: only that, since
    whoever wrote it may have named any conversation as theirs.
    """
    found = [parents[uri].pk for _, uri in orphans]
    names = select(PostRow.pk, PostRow.conversation).where(PostRow.pk.in_(found))
    for parent_pk, conversation in session.execute(names).all():
        first = [pk for pk, uri in orphans if parents[uri].pk == parent_pk]
        below = select(PostRow.pk).where(PostRow.pk.in_(first)).cte("below", recursive=True)
        below = below.union(select(PostRow.pk).join(below, PostRow.in_reply_to_pk == below.c.pk))
        pks = session.scalars(select(below.c.pk).limit(MOST_ADOPTED)).all()
        session.execute(update(PostRow).where(PostRow.pk.in_(pks)).values(conversation=conversation))


def _attachments(stored: Sequence[Stored]) -> list[dict[str, Any]]:
    return [
        {
            "post_pk": item.pk,
            "position": position,
            "url": a.url,
            "media_type": a.media_type,
            "description": a.description,
            "blurhash": a.blurhash,
            "width": a.width,
            "height": a.height,
            "focus_x": a.focus_x,
            "focus_y": a.focus_y,
            "upload_id": a.upload_id,
            "duration": a.duration,
        }
        for item in stored
        for position, a in enumerate(item.draft.attachments)
    ]


_ACTORS = ActorRow.metadata.tables[ActorRow.__tablename__]
_COUNT = (
    update(_ACTORS)
    .where(_ACTORS.c.id == bindparam("actor"))
    .values(posts_count=_ACTORS.c.posts_count + bindparam("by"), last_post_at=bindparam("now"))
)


def count(session: Session, published: Sequence[Stored], now: datetime, *, by: int = 1) -> None:
    """What published posts add to their authors, to what they answer and to what they boost. What is only for those
    whom it names isn't told by its author's number, and an answer that isn't for everybody not by what it answers.
    """
    posts = Counter(item.draft.actor_id for item in published if item.draft.visibility is not Visibility.DIRECT)
    replies = Counter(
        item.reply_to_pk for item in published if item.reply_to_pk is not None and item.draft.visibility in PUBLIC_KINDS
    )
    boosts = Counter(item.draft.boost_of_pk for item in published if item.draft.kind is PostKind.BOOST)
    for actor_id, number in posts.items():
        session.execute(_COUNT, {"actor": actor_id, "by": by * number, "now": now})
    for column, numbers in ((PostRow.replies_count, replies), (PostRow.boosts_count, boosts)):
        for pk, number in numbers.items():
            change = column + by * number
            session.execute(
                update(PostRow).where(PostRow.pk == pk).values({column: case((change < 0, 0), else_=change)})
            )
