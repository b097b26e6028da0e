"""The door: the only module that makes a post published, and that changes a post's state at all.

The database refuses a published row without a verdict that allows it; this module is where the verdict comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.ids import IDS
from app.polls import clock
from app.posts import states
from app.posts.drafts import PostDraft
from app.posts.tables import PostAliasRow, PostRow, PostState
from moderation import warnings
from moderation.recording import verdicts
from moderation.values import PUBLISHABLE, Judgement, Outcome, RecordedVerdict

FRESH = timedelta(days=1)
"""What is older on arrival takes its place in the past and enters no home feed."""


class UnjudgedError(Exception):
    """Somebody tried to publish without a verdict that allows it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The columns of a new row that only the door may fill."""

    state: PostState
    columns: dict[str, Any]

    @property
    def published(self) -> bool:
        """Whether it went straight through."""
        return self.state is PostState.PUBLISHED


def opening(draft: PostDraft, judgement: Judgement, verdict: RecordedVerdict | None, now: datetime) -> Opening:
    """How a new post is stored, by its verdict. Without one it waits, unseen."""
    state = _state_of(verdict)
    states.check(None, state)
    live = draft.live and now - draft.published_at < FRESH
    columns: dict[str, Any] = {
        "id": IDS.take(now) if live or state is not PostState.PUBLISHED else IDS.for_past(draft.published_at),
        "state": state,
        "verdict_id": verdict.id if verdict else None,
        "outcome": verdict.outcome if verdict else None,
        "moderation_warning": judgement.warning,
        "as_request": judgement.as_request,
        "fanned_out_at": None if live else now,
    }
    return Opening(state, columns)


def _state_of(verdict: RecordedVerdict | None) -> PostState:
    if verdict is None:
        return PostState.WAITING
    if verdict.outcome in PUBLISHABLE:
        return PostState.PUBLISHED
    return PostState.HELD if verdict.outcome is Outcome.HOLD else PostState.REJECTED


def publish(
    session: Session, post: PostRow, verdict: RecordedVerdict, now: datetime, *, warning: str | None = None
) -> None:
    """Let a stored post in. The first time it takes a fresh id, so that readers find it at the top.

    A local post's earlier id stays as an alias, and it counts as published now; `submitted_at` remembers.
    Raises UnjudgedError for a verdict that doesn't allow it.
    """
    if verdict.outcome not in PUBLISHABLE:
        raise UnjudgedError(f"a verdict of {verdict.outcome} doesn't publish {post.uri}")
    first_time = post.state is not PostState.WITHDRAWN
    states.check(post.state, PostState.PUBLISHED)
    if first_time:
        if post.local:
            session.add(PostAliasRow(id=post.id, post_pk=post.pk))
            post.published_at = now
            clock.start(session, post, now)
        post.id = IDS.take(now)
        post.fanned_out_at = None
    post.state = PostState.PUBLISHED
    _judged(post, verdict, warning)


def hold(session: Session, post: PostRow, verdict: RecordedVerdict) -> None:
    """Make it wait for a person; a wave's first members come back here from the timelines."""
    _move(session, post, PostState.HELD)
    _judged(post, verdict, post.house_warning)


def reject(session: Session, post: PostRow, verdict: RecordedVerdict | None = None) -> None:
    """Never to be shown, unless the decision is reversed."""
    _move(session, post, PostState.REJECTED)
    if verdict is not None:
        _judged(post, verdict, post.house_warning)


def withdraw(session: Session, post: PostRow) -> None:
    """Take a published post back; it keeps its place, should it be restored."""
    _move(session, post, PostState.WITHDRAWN)


def delete(session: Session, post: PostRow, now: datetime) -> None:
    """Its author took it away: the row stays, emptied, so that the URI is never given out again."""
    _move(session, post, PostState.DELETED)
    post.deleted_at = now
    post.content = post.source = post.warning = post.title = ""
    post.poll = None


def rejudged(session: Session, post: PostRow, judgement: Judgement, verdict: RecordedVerdict, now: datetime) -> None:
    """A waiting post whose check came back: on to where its verdict says."""
    if verdict.outcome in PUBLISHABLE:
        publish(session, post, verdict, now, warning=judgement.warning)
        post.as_request = judgement.as_request
    elif verdict.outcome is Outcome.HOLD:
        hold(session, post, verdict)
    else:
        reject(session, post, verdict)


def edited(session: Session, post: PostRow, judgement: Judgement, verdict: RecordedVerdict) -> None:
    """An edit was let in: the post stands on the edit's verdict from here on, unless a person said something stricter.

    What a person put a label on, or limited, stays so: its author would only have to change a comma otherwise.
    """
    if verdict.outcome not in PUBLISHABLE:
        raise UnjudgedError(f"a verdict of {verdict.outcome} doesn't publish an edit of {post.uri}")
    word = verdicts.latest_words(session, [post.uri]).get(post.uri)
    if word is None or not _stricter(word.outcome, verdict.outcome):
        _judged(post, verdict, judgement.warning)
    elif post.verdict_id != word.id:
        warning = (word.warning or word.label) if word.outcome is Outcome.LABEL else judgement.warning
        _judged(post, RecordedVerdict(word.id, post.uri, word.outcome), warning)


def _stricter(word: Outcome, edit: Outcome) -> bool:
    """Whether a person's word lets in with more restraint than the edit's verdict, or with the same."""
    restrains = word in PUBLISHABLE and word is not Outcome.APPROVE
    return restrains and PUBLISHABLE.index(word) >= PUBLISHABLE.index(edit)


def relabel(post: PostRow, verdict: RecordedVerdict, warning: str | None) -> None:
    """A person labelled, limited, or took that back: the post stands on the person's verdict."""
    if post.state is PostState.PUBLISHED and verdict.outcome not in PUBLISHABLE:
        raise UnjudgedError(f"a verdict of {verdict.outcome} can't stay under a published post")
    _judged(post, verdict, warning)


def mark_fanned_out(session: Session, ids: list[int], now: datetime) -> None:
    """They are in their readers' feeds: by public id, since a post that is let in once more takes another."""
    session.execute(_FANNED_OUT, {"ids": ids, "now": now})


_FANNED_OUT = (
    update(PostRow)
    .where(PostRow.id.in_(bindparam("ids", expanding=True)), PostRow.fanned_out_at.is_(None))
    .values(fanned_out_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)


def _judged(post: PostRow, verdict: RecordedVerdict, warning: str | None) -> None:
    post.verdict_id, post.outcome = verdict.id, verdict.outcome
    post.moderation_warning, post.moderation_words = warnings.parts_of(warning)


def _move(session: Session, post: PostRow, to: PostState) -> None:
    states.check(post.state, to)
    post.state = to
    session.flush()
