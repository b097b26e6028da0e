"""Edits go through the door too: a harmless post can't be turned into another behind everybody's back.

A published post keeps its old version until the new one is let in. A post that waits is simply changed: its case sees
the new text and keeps its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enforcement import enact, machines
from app.errors import InvalidError
from app.notifications.of_posts import Release
from app.polls import numbers
from app.posts import (
    answering,
    compose,
    consequences,
    counts,
    door,
    mending,
    redraft,
    resolve,
    submissions,
    tallies,
    unjudged,
    versions,
    witnessing,
)
from app.posts.drafts import DraftAttachment, PostDraft
from app.posts.states import EDITABLE
from app.posts.tables import (
    AttachmentRow,
    PendingEditRow,
    PostKind,
    PostRow,
    PostState,
)
from app.quotes import making
from app.services import Services
from app.uploads import keeping, taking
from moderation import door as moderation_door
from moderation import turns
from moderation.evidence.changes import AUTHOR, Doer
from moderation.holds import editing
from moderation.values import PUBLISHABLE, Judgement, Outcome, RecordedVerdict, SubjectKind


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
    picture_ids: tuple[int, ...] | None = ()
    """Its pictures from now on; None: those that it has stay."""
    descriptions: Mapping[int, str] = field(default_factory=dict)
    """New words for pictures, by the upload's id."""
    focuses: Mapping[int, taking.Focus] = field(default_factory=dict)
    """What must stay in sight of them, likewise."""


def edit(services: Services, actor_id: int, public_id: int, request: EditRequest) -> PostRow:
    """A member edits a post of theirs. Raises NotFoundError, InvalidError."""
    with services.db.read() as session:
        post = resolve.own(session, public_id, actor_id)
        mends = mending.may_be_mended(session, post)
        if post.kind is PostKind.BOOST or (post.state not in EDITABLE and not mends):
            raise InvalidError("Validation failed: This post can't be edited")
        quote = making.of_post(session, post)
        pictures = _pictures(session, services, post, request)
    number = tuple(range(len(pictures)))  # how many is all that counts for whether it can be a post
    compose.check_text(
        compose.ComposeRequest(request.text, warning=request.warning, poll=request.poll, picture_ids=number)
    )
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
        attachments=pictures,
        submitted_at=services.clock.now(),
    )
    if mends:
        _mend(services, draft)
    else:
        apply(services, [draft])
    with services.db.read() as session:
        return session.get_one(PostRow, post.pk)


def _pictures(session: Session, services: Services, post: PostRow, request: EditRequest) -> tuple[DraftAttachment, ...]:
    rows = session.scalars(
        select(AttachmentRow).where(AttachmentRow.post_pk == post.pk).order_by(AttachmentRow.position)
    ).all()
    had = tuple(redraft.attachment(row) for row in rows)
    if request.picture_ids is None:
        return had
    mine = frozenset(one.url for one in had)
    found = keeping.for_post(session, services, post.actor_id, request.picture_ids, mine=mine)
    before = {one.url: one for one in had}
    return tuple(
        _said(before.get(one.url, one), request, number)
        for number, one in zip(dict.fromkeys(request.picture_ids), found, strict=True)
    )


def _said(picture: DraftAttachment, request: EditRequest, number: int) -> DraftAttachment:
    """With the words and the focus that it has from now on."""
    focus = request.focuses.get(number)
    x, y = (picture.focus_x, picture.focus_y) if focus is None else (focus.x, focus.y)
    words = taking.checked(request.descriptions.get(number, picture.description))
    return replace(picture, description=words, focus_x=x, focus_y=y)


def _mend(services: Services, draft: PostDraft) -> None:
    """A frozen member's new words for what is hidden: a person looks at them before anybody else does."""
    with services.db.write() as session:
        post = mending.mend(services, session, draft)
        if post is not None:
            versions.replace_with(services, session, post, draft)


def apply_remote(services: Services, drafts: Sequence[PostDraft], doer: Doer = AUTHOR) -> int:
    """Remote authors edited posts that are here; drafts of posts that aren't, or of somebody else, are left out.

    New numbers in a poll, other terms and other stamps of quotes are taken without judging anything. Returns how many
    were judged.
    """
    unjudged.take(services, drafts)
    counted = tallies.take(services, drafts)
    return apply(services, [draft for draft in drafts if draft.uri not in counted], doer)


def apply(services: Services, drafts: Sequence[PostDraft], doer: Doer = AUTHOR) -> int:
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
            _enter(services, session, draft, judgement, doer)
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
        drafts = [versions.thaw(pending.draft, post) for pending, post in session.execute(query)]
    apply(services, drafts)
    uris = [draft.uri for draft in drafts]
    still = select(func.count()).select_from(PendingEditRow).join(PostRow, PostRow.pk == PendingEditRow.post_pk)
    with services.db.read() as session:
        left = session.scalar(still.where(PostRow.uri.in_(uris), PendingEditRow.state == PostState.WAITING)) or 0
    return len(drafts) - left


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
    shape = AttachmentRow.url, AttachmentRow.description, AttachmentRow.focus_x, AttachmentRow.focus_y
    rows = select(*shape).where(AttachmentRow.post_pk == post.pk)
    pictures = [tuple(row) for row in session.execute(rows.order_by(AttachmentRow.position))]
    return pictures != [(one.url, one.description, one.focus_x, one.focus_y) for one in draft.attachments]


def _kind(post: PostRow) -> SubjectKind:
    """A change of what nobody saw yet is still the post; of what people see, an edit."""
    return SubjectKind.EDIT if post.state is PostState.PUBLISHED else SubjectKind.POST


def _enter(services: Services, session: Session, draft: PostDraft, judgement: Judgement, doer: Doer) -> None:
    now = services.clock.now()
    post = session.scalar(select(PostRow).where(PostRow.uri == draft.uri).with_for_update())
    if post is None or post.state not in EDITABLE:
        return
    if post.state is not PostState.PUBLISHED:
        _enter_unseen(services, session, post, draft, judgement)
        witnessing.edited_unseen(services, session, post, doer)
        return
    recorded = moderation_door.record(session, [_as_edit(judgement)], now)
    verdict = recorded.verdicts[0]
    before = (post.outcome, post.house_warning)
    if verdict is not None and verdict.outcome in PUBLISHABLE:
        versions.drop(session, post)
        versions.replace_with(services, session, post, draft)
        door.edited(session, post, judgement, verdict)
        witnessing.edited(services, session, post, doer)
        consequences.edited(services, session, post)
    elif verdict is None or verdict.outcome is Outcome.HOLD:
        versions.wait(session, post, draft, verdict, now)
    if verdict is not None and _restricts_more(post, verdict, before):
        _state_reasons(services, session, post, judgement, verdict, of_edit=True)
    enact.enact(services, session, recorded.effects)


def _restricts_more(post: PostRow, verdict: RecordedVerdict, before: tuple[Outcome | None, str | None]) -> bool:
    """Whether an edit's verdict restricts what wasn't restricted like that: where a person said something stricter, or
    the post was behind the same warning already, its author has heard why."""
    if verdict.outcome is Outcome.REJECT:
        return True
    return post.verdict_id == verdict.id and (post.outcome, post.house_warning) != before


def _state_reasons(
    services: Services,
    session: Session,
    post: PostRow,
    judgement: Judgement,
    verdict: RecordedVerdict,
    *,
    of_edit: bool = False,
) -> None:
    restricted = machines.of_post(post, verdict, judgement.label, of_edit=of_edit)
    machines.state_reasons(services, session, [restricted] if restricted is not None else [])


def _as_edit(judgement: Judgement) -> Judgement:
    """It may have been let in while its change was judged: then it's an edit after all."""
    return replace(judgement, submission=replace(judgement.submission, kind=SubjectKind.EDIT))


def _enter_unseen(services: Services, session: Session, post: PostRow, draft: PostDraft, judgement: Judgement) -> None:
    """Nobody saw the old version: the new one takes its place, and its case keeps its own."""
    now = services.clock.now()
    recorded = editing.edited(session, post.uri, judgement, now)
    verdict = recorded.verdicts[0]
    versions.replace_with(services, session, post, draft)
    alone = verdict is None or verdict.outcome not in PUBLISHABLE or not answering.does_wait(session, post, now)
    if verdict is not None and post.state is PostState.WAITING and alone:
        door.rejudged(session, post, judgement, verdict, now)
    elif verdict is not None and verdict.outcome is Outcome.REJECT:
        door.reject(session, post, verdict)
    elif verdict is not None:
        door.relabel(post, verdict, judgement.warning)
    if post.state is PostState.PUBLISHED:
        counts.published(session, post)
        consequences.of_release(services, session, post, Release.JUDGED)
    elif post.local and post.state is not PostState.REJECTED:
        consequences.held(services, session, post.pk, post.id, post.actor_id)
    if verdict is not None and post.state in (PostState.PUBLISHED, PostState.REJECTED):
        _state_reasons(services, session, post, judgement, verdict)
    enact.enact(services, session, recorded.effects)
