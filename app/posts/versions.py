"""New versions of posts: taking the place of the old one, or waiting for a person beside it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.cards import wanting as cards
from app.polls import clock
from app.posts import consequences, door, redraft, witnessing
from app.posts.drafts import DraftAttachment, DraftMention, DraftQuote, PostDraft
from app.posts.tables import (
    AttachmentRow,
    MentionRow,
    PendingEditRow,
    PostKind,
    PostRow,
    PostState,
    PostTagRow,
    PostVersionRow,
)
from app.quotes import making
from app.search import index
from app.services import Services
from app.uploads import keeping
from moderation import hashtags
from moderation.evidence.changes import AUTHOR
from moderation.values import RecordedVerdict

_FROZEN = ("content", "text", "source", "title", "warning", "sensitive", "language")


def let_in(services: Services, session: Session, post: PostRow, verdict: RecordedVerdict) -> bool:
    """A person let a waiting edit in; False where none waits (any more)."""
    pending = session.get(PendingEditRow, post.pk)
    if pending is None or post.state is not PostState.PUBLISHED:
        return False
    draft = thaw(pending.draft, post)
    session.delete(pending)
    replace_with(services, session, post, draft)
    door.relabel(post, verdict, None)
    witnessing.edited(services, session, post, AUTHOR)
    consequences.edited(services, session, post)
    return True


def drop(session: Session, post: PostRow) -> bool:
    """A person refused a waiting edit: the old version stays."""
    pending = session.get(PendingEditRow, post.pk)
    if pending is not None:
        session.delete(pending)
    return pending is not None


def wait(session: Session, post: PostRow, draft: PostDraft, verdict: RecordedVerdict | None, now: datetime) -> None:
    """A new version waits; an older one that did is forgotten."""
    session.merge(
        PendingEditRow(
            post_pk=post.pk,
            draft=_freeze(draft),
            state=PostState.HELD if verdict else PostState.WAITING,
            verdict_id=verdict.id if verdict else None,
            submitted_at=now,
        )
    )


def replace_with(services: Services, session: Session, post: PostRow, draft: PostDraft) -> None:
    """A new version takes the place of the old one, which is kept if it was shown."""
    if post.state is PostState.PUBLISHED:
        session.add(
            PostVersionRow(
                post_pk=post.pk,
                content=post.content,
                warning=post.warning,
                sensitive=post.sensitive,
                shown_from=post.edited_at or post.published_at,
                **redraft.then(session, post),
            )
        )
    post.content, post.source, post.title = draft.content, draft.source, draft.title
    post.warning, post.sensitive, post.language = draft.warning, draft.sensitive, draft.language
    post.kind = draft.kind
    clock.replace(session, post, draft.poll, services.clock.now())
    post.emojis = list(draft.emojis)
    post.edited_at = services.clock.now()
    making.replace(session, services, post, draft.quote)
    _replace_children(services, session, post, draft)
    index.again(session, post.pk)
    cards.again(services, session, post.pk)


def thaw(frozen: dict[str, Any], post: PostRow) -> PostDraft:
    """The version that waits, as a draft again."""
    fields = dict(frozen)
    mentions = tuple(DraftMention(**m) for m in fields.pop("mentions"))
    attachments = tuple(DraftAttachment(**a) for a in fields.pop("attachments"))
    quote = fields.pop("quote", None)  # edits that wait since before there were quotes have none
    hashtags, links = tuple(fields.pop("hashtags")), tuple(fields.pop("links"))
    emojis = tuple(fields.pop("emojis", ()))
    kind = PostKind(fields.pop("kind", post.kind))
    return replace(
        redraft.of_post(post),
        mentions=mentions,
        attachments=attachments,
        hashtags=hashtags,
        links=links,
        quote=DraftQuote(**quote) if quote else None,
        emojis=emojis,
        kind=kind,
        **fields,
    )


def _replace_children(services: Services, session: Session, post: PostRow, draft: PostDraft) -> None:
    pk = post.pk
    keeping.let_go(services, session, post, but=draft.attachments)
    for table in (MentionRow, PostTagRow, AttachmentRow):
        session.execute(delete(table).where(table.post_pk == pk))
    people = {m.actor_id: m.silent for m in draft.mentions}
    tags = {hashtags.key(name): name for name in draft.hashtags}
    for actor_id, silent in people.items():
        session.execute(insert(MentionRow).values(post_pk=pk, actor_id=actor_id, silent=silent))
    for tag, name in tags.items():
        session.execute(insert(PostTagRow).values(post_pk=pk, tag=tag, name=name))
    keeping.mark_used(services, session, pk, draft.attachments)
    for position, attachment in enumerate(draft.attachments):
        session.execute(insert(AttachmentRow).values(post_pk=pk, position=position, **asdict(attachment)))


def _freeze(draft: PostDraft) -> dict[str, Any]:
    return {
        **{name: getattr(draft, name) for name in _FROZEN},
        "kind": draft.kind.value,
        "poll": draft.poll,
        "quote": asdict(draft.quote) if draft.quote else None,
        "emojis": list(draft.emojis),
        "hashtags": list(draft.hashtags),
        "links": list(draft.links),
        "mentions": [asdict(m) for m in draft.mentions],
        "attachments": [asdict(a) for a in draft.attachments],
    }
