"""Keeps the index: what a post says goes in when it is shown, is replaced with an edit, and goes out with the post.

Not every post is in it: those of members, those of people elsewhere who want to be found, and those that a member is
named in or keeps. Whether a reader finds one is asked anew at every search.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, text
from sqlalchemy.orm import Session, aliased, selectinload

from app.accounts.tables import ActorRow
from app.bookmarks.tables import BookmarkRow
from app.federation.wire import sanitise
from app.posts.drafts import PostDraft
from app.posts.tables import LikeRow, MentionRow, PostRow, PostState
from app.search import schema
from app.services import Services
from moderation.spelling import words
from moderation.values import Visibility

_Named = aliased(ActorRow)
_DROP = {
    name: text(f"DELETE FROM {schema.NAME} WHERE {key} IN :pks").bindparams(bindparam("pks", expanding=True))  # noqa: S608
    for name, key in schema.ROW.items()
}
_PUT = {
    "sqlite": text(f"INSERT OR REPLACE INTO {schema.NAME} (rowid, words) VALUES (:pk, :words)"),  # noqa: S608
    "postgresql": text(
        f"INSERT INTO {schema.NAME} (post_pk, words) VALUES (:pk, to_tsvector('simple', :words))"  # noqa: S608
        " ON CONFLICT (post_pk) DO UPDATE SET words = excluded.words"
    ),
}


def said(session: Session, pks: Sequence[int], *, kept: bool = False) -> dict[int, str]:
    """What those of these posts say that belong into the index. `kept`: a member keeps them, so all do."""
    query = (
        select(PostRow)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(PostRow.pk.in_(pks), PostRow.state == PostState.PUBLISHED, PostRow.boost_of_pk.is_(None))
        .options(selectinload(PostRow.attachments), selectinload(PostRow.tags))
    )
    if not kept:
        query = query.where(_belongs())
    return {post.pk: " ".join(words_in(post)) for post in session.scalars(query)}


def said_by(session: Session, posts: Sequence[PostRow]) -> dict[int, str]:
    """As `said`, of published posts that are loaded with their attachments and tags."""
    originals = [post for post in posts if post.boost_of_pk is None]
    own = {post.pk: " ".join(words_in(post)) for post in originals if post.local}
    others = [post.pk for post in originals if not post.local]
    return own | said(session, others) if others else own


def words_of(draft: PostDraft) -> str:
    """What a member's draft will say once it's let in."""
    described = [one.description for one in draft.attachments]
    return " ".join(words(_lines(draft.title, draft.warning, draft.content, draft.poll, described, draft.hashtags)))


def store(session: Session, found: Mapping[int, str]) -> None:
    """Put these in, in place of what was there of them."""
    if not found:
        return
    name = session.get_bind().dialect.name
    session.execute(_PUT[name], [{"pk": pk, "words": said} for pk, said in sorted(found.items())])


def again(session: Session, pk: int, *, kept: bool = False) -> None:
    """A post says something else now, or somebody keeps it."""
    session.flush()
    found = said(session, [pk], kept=kept)
    if found:
        store(session, found)
    else:
        drop(session, [pk])


def keep(session: Session, pk: int) -> None:
    """A member keeps it: from now on they find it."""
    again(session, pk, kept=True)


def drop(session: Session, pks: Sequence[int]) -> None:
    """Take these out."""
    if pks:
        session.execute(_DROP[session.get_bind().dialect.name], {"pks": list(pks)})


def forget_gone(session: Session, limit: int) -> int:
    """Words of posts that are deleted, should any be left: they go with the post, and this proves it. How many."""
    name = session.get_bind().dialect.name
    table, key = {"sqlite": (schema.SQLITE, "rowid"), "postgresql": (schema.POSTGRESQL, "post_pk")}[name]
    gone = select(PostRow.pk).where(PostRow.state == PostState.DELETED)
    left = list(session.scalars(select(table.c[key]).where(table.c[key].in_(gone)).limit(limit)))
    for start in range(0, len(left), 500):
        drop(session, left[start : start + 500])
    return len(left)


def _belongs() -> ColumnElement[bool]:
    named = exists().where(MentionRow.post_pk == PostRow.pk, _Named.id == MentionRow.actor_id, _Named.local)
    findable = and_(PostRow.visibility == Visibility.PUBLIC, ActorRow.indexable)
    return or_(PostRow.local, findable, named)


def words_in(post: PostRow) -> list[str]:
    """The words of a post that is loaded with its attachments and tags."""
    described, tags = [one.description for one in post.attachments], [tag.name for tag in post.tags]
    return words(_lines(post.title, post.warning, post.content, post.poll, described, tags))


def _lines(
    title: str,
    warning: str,
    content: str,
    poll: Mapping[str, Any] | None,
    described: Iterable[str],
    tags: Iterable[str],
) -> str:
    """Every word of it that its readers see."""
    options = [str(option.get("title", "")) for option in (poll or {}).get("options", [])]
    return "\n".join([title, warning, sanitise.text_of(content), *options, *described, *tags])


def rebuild(services: Services, below: int | None = None, limit: int = 300) -> tuple[int, int | None]:
    """Index the newest posts below a key anew; how many are in, and below what to go on, None: that was all.

    Read and written in one write, so that no edit comes between.
    """
    older = select(PostRow.pk).order_by(PostRow.pk.desc()).limit(limit)
    with services.db.write() as session:
        pks = list(session.scalars(older if below is None else older.where(PostRow.pk < below)))
        found = said(session, pks) | said(session, _kept(session, pks), kept=True)
        drop(session, pks)
        store(session, found)
    return len(found), pks[-1] if pks else None


def _kept(session: Session, pks: Sequence[int]) -> list[int]:
    """Those of these posts that a member keeps, or likes."""
    keeps = or_(
        exists().where(BookmarkRow.post_pk == PostRow.pk),
        exists().where(LikeRow.post_pk == PostRow.pk, _Named.id == LikeRow.actor_id, _Named.local),
    )
    return list(session.scalars(select(PostRow.pk).where(PostRow.pk.in_(pks), keeps)))
