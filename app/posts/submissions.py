"""From drafts to moderation's submissions: who sees it, who knows whom, what it answers; in a few queries a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import standing
from app.care import quiet_days
from app.media import remembered
from app.posts.drafts import DraftAttachment, PostDraft
from app.posts.tables import PostRow, PostState
from app.relationships.tables import FollowRow, FollowState
from moderation.values import PUBLIC_KINDS, Author, Media, Mention, Origin, SubjectKind, Submission, Visibility


@dataclass(frozen=True, slots=True)
class Parent:
    """What a draft answers, as far as it is known here."""

    pk: int
    actor_id: int
    local: bool
    conversation: str
    published: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a batch of drafts has around it."""

    authors: dict[int, Author]
    parents: dict[str, Parent]
    follows: frozenset[tuple[int, int]]
    """Accepted follows as (follower, target), among the authors and those whom they address."""
    disturbing: frozenset[int] = frozenset()
    """Authors who are strangers to a member whom they address on her quiet day."""
    files: Mapping[str, Media] = field(default_factory=dict)
    """By address, what is remembered of media that were seen here."""

    def mutual(self, one: int, other: int) -> bool:
        """Whether they follow each other."""
        return (one, other) in self.follows and (other, one) in self.follows


def look_around(session: Session, drafts: Sequence[PostDraft]) -> Surroundings:
    """Load what building the submissions needs."""
    author_ids = {draft.actor_id for draft in drafts}
    parents = _parents(session, {draft.in_reply_to_uri for draft in drafts if draft.in_reply_to_uri})
    addressed = {m.actor_id for draft in drafts for m in draft.mentions} | {p.actor_id for p in parents.values()}
    return Surroundings(
        authors=standing.of_ids(session, author_ids, max(draft.submitted_at for draft in drafts)) if drafts else {},
        parents=parents,
        follows=_follows(session, author_ids, addressed),
        disturbing=_disturbing(session, drafts, parents),
        files=remembered.of_posts(session, [each for draft in drafts for each in draft.attachments]),
    )


def _parents(session: Session, uris: set[str]) -> dict[str, Parent]:
    if not uris:
        return {}
    query = select(PostRow.uri, PostRow.pk, PostRow.actor_id, PostRow.local, PostRow.conversation, PostRow.state).where(
        PostRow.uri.in_(uris), PostRow.state != PostState.DELETED
    )
    return {
        uri: Parent(pk, actor_id, local, conversation, state is PostState.PUBLISHED)
        for uri, pk, actor_id, local, conversation, state in session.execute(query)
    }


def _follows(session: Session, authors: set[int], addressed: set[int]) -> frozenset[tuple[int, int]]:
    if not addressed:
        return frozenset()
    accepted = FollowRow.state == FollowState.ACCEPTED
    pair = select(FollowRow.follower_id, FollowRow.target_id)
    to_author = pair.where(accepted, FollowRow.follower_id.in_(addressed), FollowRow.target_id.in_(authors))
    from_author = pair.where(accepted, FollowRow.follower_id.in_(authors), FollowRow.target_id.in_(addressed))
    return frozenset((a, b) for query in (to_author, from_author) for a, b in session.execute(query))


def _disturbing(session: Session, drafts: Sequence[PostDraft], parents: dict[str, Parent]) -> frozenset[int]:
    """Asked with each draft's own time: a batch is of one moment."""
    pairs: list[tuple[int, int]] = []
    for draft in drafts:
        parent = parents.get(draft.in_reply_to_uri or "")
        addressed = {m.actor_id for m in draft.mentions} | ({parent.actor_id} if parent is not None else set())
        pairs += [(member, draft.actor_id) for member in addressed]
    if not pairs:
        return frozenset()
    now = max(draft.submitted_at for draft in drafts)
    return frozenset(author for _member, author in quiet_days.unwanted(session, pairs, now))


def build(draft: PostDraft, around: Surroundings, *, kind: SubjectKind = SubjectKind.POST) -> Submission:
    """The submission of one draft."""
    author = around.authors[draft.actor_id]
    parent = around.parents.get(draft.in_reply_to_uri or "")
    return Submission(
        uri=draft.uri,
        kind=kind,
        author=author,
        visibility=draft.visibility,
        text=judged_text(draft),
        html=draft.content,
        warning=draft.warning,
        language=draft.language,
        links=draft.links,
        mentions=tuple(_mentions(draft, around)),
        hashtags=draft.hashtags,
        media=tuple(_medium(a, around) for a in draft.attachments),
        poll_options=_options(draft),
        in_reply_to=draft.in_reply_to_uri,
        quotes=draft.quote.uri if draft.quote is not None else None,
        reply_between_mutuals=parent is not None and around.mutual(draft.actor_id, parent.actor_id),
        submitted_at=draft.submitted_at,
        published_at=draft.published_at,
        behind_warning=draft.sensitive or bool(draft.warning),
        seen_by=_seen_by(draft, author, parent),
        via_relay=draft.via_relay,
        extra={"quiet_day": True} if draft.actor_id in around.disturbing else {},
    )


def _medium(attachment: DraftAttachment, around: Surroundings) -> Media:
    known = around.files.get(attachment.url)
    plain = known if known is not None else Media(attachment.url)
    return replace(plain, media_type=attachment.media_type, description=attachment.description)


def judged_text(draft: PostDraft) -> str:
    """Everything that a reader could read: title, warning, text, options, descriptions of media, and hashtags that
    another server lists without naming them in the text.
    """
    said = draft.text.lower()
    tags = (f"#{tag}" for tag in draft.hashtags if f"#{tag}".lower() not in said)
    described = (a.description for a in draft.attachments)
    parts = (draft.title, draft.warning, draft.text, *_options(draft), *described, *tags)
    return "\n".join(part for part in parts if part)


def _options(draft: PostDraft) -> tuple[str, ...]:
    return tuple(str(option["title"]) for option in (draft.poll or {}).get("options", ()))


def _mentions(draft: PostDraft, around: Surroundings) -> list[Mention]:
    known = [
        Mention(
            m.uri,
            m.local,
            knows_author=(m.actor_id, draft.actor_id) in around.follows or around.mutual(m.actor_id, draft.actor_id),
        )
        for m in draft.mentions
    ]
    return known + [Mention(uri, local=False) for uri in draft.strangers]


def _seen_by(draft: PostDraft, author: Author, parent: Parent | None) -> int:
    """How many members here would see it."""
    seen = sum(1 for m in draft.mentions if m.local)
    if draft.visibility is not Visibility.DIRECT:
        seen += author.followers_here
    if parent is not None and parent.local:
        seen += 1
    if draft.visibility is Visibility.PUBLIC or author.origin is Origin.LOCAL:
        seen += 1  # a candidate for a public timeline, or a member's own words
    return seen


def addressed_publicly(draft: PostDraft) -> bool:
    """Whether strangers may read it."""
    return draft.visibility in PUBLIC_KINDS
