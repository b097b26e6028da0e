"""Edits go through the door too: a harmless post can't be turned into another behind everybody's back.

A published post keeps its old version until the new one is let in. A post that waits is simply changed: its case sees
the new text and keeps its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.enforcement import enact
from app.errors import InvalidError
from app.polls import clock, numbers
from app.posts import compose, consequences, counts, door, redraft, resolve, submissions, tallies, unjudged
from app.posts.drafts import DraftAttachment, DraftMention, DraftQuote, PostDraft
from app.posts.states import EDITABLE
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
from app.services import Services
from moderation import door as moderation_door
from moderation import turns
from moderation.holds import editing
from moderation.values import PUBLISHABLE, Judgement, Outcome, RecordedVerdict, SubjectKind

_FROZEN = ("content", "text", "source", "title", "warning", "sensitive", "language")


@dataclass(frozen=True, slots=True)
class EditRequest:
    """What a member changes."""

    text: str
    warning: str = ""
    sensitive: bool = False
    language: str | None = None
    poll: compose.PollRequest | None = None
    """What it asks from now on, or nothing. Another question begins without votes."""
    keeps_poll: bool = False
    """The poll stays as it is, whatever `poll` says."""


def edit(services: Services, actor_id: int, public_id: int, request: EditRequest) -> PostRow:
    """A member edits a post of theirs. Raises NotFoundError, InvalidError."""
    compose.check_text(compose.ComposeRequest(text=request.text, warning=request.warning, poll=request.poll))
    with services.db.read() as session:
        post = resolve.own(session, public_id, actor_id)
        if post.kind is PostKind.BOOST or post.state not in EDITABLE:
            raise InvalidError("Validation failed: This post can't be edited")
        quote = making.of_post(session, post)
    people = compose.name_people(services, request.text, actor_id)
    written = compose.render(services, request.text, people)
    poll = post.poll if request.keeps_poll else compose.poll_of(request.poll, services.clock.now())
    draft = replace(
        redraft.of_post(post),
        kind=PostKind.QUESTION if poll is not None else PostKind.NOTE,
        content=written.html,
        text=request.text,
        source=request.text,
        warning=request.warning,
        sensitive=request.sensitive or bool(request.warning),
        language=request.language or post.language,
        mentions=compose.mentions_of(people, None, actor_id),
        hashtags=written.hashtags,
        links=written.links,
        quote=quote,
        poll=poll,
        submitted_at=services.clock.now(),
    )
    apply(services, [draft])
    with services.db.read() as session:
        return session.get_one(PostRow, post.pk)


def apply_remote(services: Services, drafts: Sequence[PostDraft]) -> int:
    """Remote authors edited posts that are here; drafts of posts that aren't, or of somebody else, are left out.

    New numbers in a poll, other terms and other stamps of quotes are taken without judging anything. Returns how many
    were judged.
    """
    unjudged.take(services, drafts)
    counted = tallies.take(services, drafts)
    return apply(services, [draft for draft in drafts if draft.uri not in counted])


def apply(services: Services, drafts: Sequence[PostDraft]) -> int:
    """Judge new versions together, then put each where its verdict says."""
    with services.db.read() as session:
        posts = _posts(session, drafts)
        wanted = [draft for draft in drafts if draft.uri in posts and _changes(session, posts[draft.uri], draft)]
        around = submissions.look_around(session, wanted)
        batch = [submissions.build(draft, around, kind=_kind(posts[draft.uri])) for draft in wanted]
        judgements = moderation_door.judge(session, batch, services.tools) if batch else []
    for draft, judgement in zip(wanted, judgements, strict=True):
        with services.db.write() as session:
            turns.take(session)
            _enter(services, session, draft, judgement)
    return len(wanted)


def rejudge_waiting(services: Services, limit: int = 100) -> int:
    """Edits that a check couldn't judge are judged again, oldest first; how many wait no longer."""
    query = (
        select(PendingEditRow, PostRow)
        .join(PostRow, PostRow.pk == PendingEditRow.post_pk)
        .where(PendingEditRow.state == PostState.WAITING)
        .order_by(PendingEditRow.submitted_at)
        .limit(limit)
    )
    with services.db.read() as session:
        drafts = [_thaw(pending.draft, post) for pending, post in session.execute(query)]
    apply(services, drafts)
    uris = [draft.uri for draft in drafts]
    still = select(func.count()).select_from(PendingEditRow).join(PostRow, PostRow.pk == PendingEditRow.post_pk)
    with services.db.read() as session:
        left = session.scalar(still.where(PostRow.uri.in_(uris), PendingEditRow.state == PostState.WAITING)) or 0
    return len(drafts) - left


def apply_pending(services: Services, session: Session, post: PostRow, verdict: RecordedVerdict) -> bool:
    """A person let a waiting edit in; False where none waits (any more)."""
    pending = session.get(PendingEditRow, post.pk)
    if pending is None or post.state is not PostState.PUBLISHED:
        return False
    draft = _thaw(pending.draft, post)
    session.delete(pending)
    _replace(services, session, post, draft)
    door.relabel(post, verdict, None)
    consequences.edited(services, session, post)
    return True


def drop_pending(session: Session, post: PostRow) -> bool:
    """A person refused a waiting edit: the old version stays."""
    pending = session.get(PendingEditRow, post.pk)
    if pending is not None:
        session.delete(pending)
    return pending is not None


def _posts(session: Session, drafts: Sequence[PostDraft]) -> dict[str, PostRow]:
    authors = {draft.uri: draft.actor_id for draft in drafts}
    rows = session.scalars(select(PostRow).where(PostRow.uri.in_(authors), PostRow.state.in_(EDITABLE)))
    return {row.uri: row for row in rows if row.actor_id == authors[row.uri] and row.kind is not PostKind.BOOST}


def _changes(session: Session, post: PostRow, draft: PostDraft) -> bool:
    """Whether a shown post would look otherwise. The same again is no edit: it would undo what was decided about it."""
    if post.state is not PostState.PUBLISHED or session.get(PendingEditRow, post.pk) is not None:
        return True
    shown = (post.content, post.title, post.warning, post.sensitive, post.language)
    if shown != (draft.content, draft.title, draft.warning, draft.sensitive, draft.language):
        return True
    if not numbers.same_rules(post.poll, draft.poll):
        return True
    quote = making.of_post(session, post)
    if (quote.uri if quote else None) != (draft.quote.uri if draft.quote else None):
        return True
    rows = select(AttachmentRow.url, AttachmentRow.description).where(AttachmentRow.post_pk == post.pk)
    pictures = [tuple(row) for row in session.execute(rows.order_by(AttachmentRow.position))]
    return pictures != [(picture.url, picture.description) for picture in draft.attachments]


def _kind(post: PostRow) -> SubjectKind:
    """A change of what nobody saw yet is still the post; of what people see, an edit."""
    return SubjectKind.EDIT if post.state is PostState.PUBLISHED else SubjectKind.POST


def _enter(services: Services, session: Session, draft: PostDraft, judgement: Judgement) -> None:
    now = services.clock.now()
    post = session.scalar(select(PostRow).where(PostRow.uri == draft.uri).with_for_update())
    if post is None or post.state not in EDITABLE:
        return
    if post.state is not PostState.PUBLISHED:
        _enter_unseen(services, session, post, draft, judgement)
        return
    recorded = moderation_door.record(session, [_as_edit(judgement)], now)
    verdict = recorded.verdicts[0]
    if verdict is not None and verdict.outcome in PUBLISHABLE:
        drop_pending(session, post)
        _replace(services, session, post, draft)
        door.edited(session, post, judgement, verdict)
        consequences.edited(services, session, post)
    elif verdict is None or verdict.outcome is Outcome.HOLD:
        _wait(session, post, draft, verdict, now)
    enact.enact(services, session, recorded.effects)


def _as_edit(judgement: Judgement) -> Judgement:
    """It may have been let in while its change was judged: then it's an edit after all."""
    return replace(judgement, submission=replace(judgement.submission, kind=SubjectKind.EDIT))


def _enter_unseen(services: Services, session: Session, post: PostRow, draft: PostDraft, judgement: Judgement) -> None:
    """Nobody saw the old version: the new one takes its place, and its case keeps its own."""
    now = services.clock.now()
    recorded = editing.edited(session, post.uri, judgement, now)
    verdict = recorded.verdicts[0]
    _replace(services, session, post, draft)
    if verdict is not None and post.state is PostState.WAITING:
        door.rejudged(session, post, judgement, verdict, now)
    elif verdict is not None and verdict.outcome is Outcome.REJECT:
        door.reject(session, post, verdict)
    elif verdict is not None:
        door.relabel(post, verdict, judgement.warning)
    if post.state is PostState.PUBLISHED:
        counts.published(session, post)
        consequences.of_release(services, session, post)
    elif post.local and post.state is not PostState.REJECTED:
        consequences.held(services, session, post.pk, post.id, post.actor_id)
    enact.enact(services, session, recorded.effects)


def _wait(session: Session, post: PostRow, draft: PostDraft, verdict: RecordedVerdict | None, now: datetime) -> None:
    session.merge(
        PendingEditRow(
            post_pk=post.pk,
            draft=_freeze(draft),
            state=PostState.HELD if verdict else PostState.WAITING,
            verdict_id=verdict.id if verdict else None,
            submitted_at=now,
        )
    )


def _replace(services: Services, session: Session, post: PostRow, draft: PostDraft) -> None:
    if post.state is PostState.PUBLISHED:
        session.add(
            PostVersionRow(
                post_pk=post.pk,
                content=post.content,
                warning=post.warning,
                sensitive=post.sensitive,
                shown_from=post.edited_at or post.published_at,
            )
        )
    post.content, post.source, post.title = draft.content, draft.source, draft.title
    post.warning, post.sensitive, post.language = draft.warning, draft.sensitive, draft.language
    post.kind = draft.kind
    clock.replace(session, post, draft.poll, services.clock.now())
    post.emojis = list(draft.emojis)
    post.edited_at = services.clock.now()
    making.replace(session, services, post, draft.quote)
    _replace_children(session, post, draft)


def _replace_children(session: Session, post: PostRow, draft: PostDraft) -> None:
    pk = post.pk
    for table in (MentionRow, PostTagRow, AttachmentRow):
        session.execute(delete(table).where(table.post_pk == pk))
    people = {m.actor_id: m.silent for m in draft.mentions}
    tags = {name.lower(): name for name in draft.hashtags}
    for actor_id, silent in people.items():
        session.execute(insert(MentionRow).values(post_pk=pk, actor_id=actor_id, silent=silent))
    for tag, name in tags.items():
        session.execute(insert(PostTagRow).values(post_pk=pk, tag=tag, name=name))
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


def _thaw(frozen: dict[str, Any], post: PostRow) -> PostDraft:
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
