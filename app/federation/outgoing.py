"""What happened here, told to peers: each function writes an activity and its deliveries in the caller's session.

Who is told stands in `readers`, how it gets there in `sending`. A post that isn't published is never told of: whatever
calls here by mistake writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.federation import described, readers, sending
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow
from app.federation.wire import render
from app.federation.wire.values import (
    Accept,
    Activity,
    Add,
    Block,
    Create,
    Delete,
    Embedded,
    Flag,
    Follow,
    Hashtag,
    Like,
    Mention,
    Move,
    Post,
    QuoteRequest,
    Reject,
    Remove,
    Undo,
    Update,
)
from app.federation.wire.values import PostKind as WireKind
from app.ids import milliseconds
from app.polls.tables import PollVoteRow
from app.posts.published import PublishedPost
from app.posts.tables import LikeRow, PostKind, PostRow, PostState, QuoteRow
from app.relationships.tables import BlockRow, FollowRow
from app.services import Services
from moderation import hashtags
from moderation.values import Visibility


def post_created(session: Session, services: Services, post: PublishedPost) -> None:
    """A local post was published. Most have no reader elsewhere: that's asked first, the rest costs more."""
    inboxes = readers.of_post(session, post) | readers.relays(session, post)
    if not inboxes:
        return
    row = session.get_one(PostRow, post.pk)
    if _is_to_be_told(row):
        value = described.post(session, services.settings, row)
        few = post.visibility is Visibility.FOLLOWERS
        _tell(session, services, row.actor_id, described.creation(value), inboxes, for_followers=few)


def post_edited(session: Session, services: Services, post: PostRow) -> None:
    """A local post's edit was let in."""
    if _is_to_be_told(post):
        value = described.post(session, services.settings, post)
        uri = f"{post.uri}#updates/{milliseconds(services.clock.now())}"
        inboxes = readers.of_post(session, post) | readers.reached(session, post) | readers.relays(session, post)
        few = post.visibility is Visibility.FOLLOWERS
        _tell(session, services, post.actor_id, Update(uri, value.author, value), inboxes, for_followers=few)


def poll_counted(session: Session, services: Services, post: PostRow) -> None:
    """New numbers in a member's poll, for all who have it and all who voted."""
    if _is_to_be_told(post):
        value = described.post(session, services.settings, post)
        uri = f"{post.uri}#updates/{milliseconds(services.clock.now())}"
        voters = select(PollVoteRow.actor_id).where(PollVoteRow.post_pk == post.pk)
        inboxes = (
            readers.of_post(session, post)
            | readers.reached(session, post)
            | readers.inboxes(session, ActorRow.id.in_(voters))
        )
        few = post.visibility is Visibility.FOLLOWERS
        _tell(session, services, post.actor_id, Update(uri, value.author, value), inboxes, for_followers=few)


def voted(
    session: Session, services: Services, post: PostRow, member_id: int, choices: Sequence[tuple[int, str]]
) -> None:
    """A member voted in a poll from elsewhere, for options of these names (with the votes' ids): its author counts."""
    member, author = _pair(session, member_id, post.actor_id)
    for number, name in choices:
        uri = f"{member.uri}#votes/{number}"
        note = Post(uri, WireKind.NOTE, member.uri, title=name, in_reply_to=post.uri, to=(author.uri,))
        _tell(session, services, member.id, Create(f"{uri}/activity", member.uri, note), readers.inbox(author))


def post_deleted(session: Session, services: Services, post: PostRow, *, not_before: datetime | None = None) -> None:
    """A local post was published and isn't any more; call before what hangs on it is emptied."""
    if not post.local:
        return
    author = session.get_one(ActorRow, post.actor_id)
    activity = Delete(post.uri + "#delete", author.uri, post.uri)
    inboxes = readers.of_post(session, post) | readers.reached(session, post)
    _tell(session, services, post.actor_id, activity, inboxes, not_before=not_before)


def boosted(session: Session, services: Services, boost: PostRow) -> None:
    """A member boosted a post."""
    if boost.local and boost.state is PostState.PUBLISHED:
        _tell(session, services, boost.actor_id, described.boost(session, boost), readers.of_boost(session, boost))


def unboosted(session: Session, services: Services, boost: PostRow) -> None:
    """A member takes a boost back; call before it is deleted."""
    if boost.local and boost.state is PostState.PUBLISHED:
        said = described.boost(session, boost)
        inner = Embedded("Announce", said.uri, said.actor, said.object_uri)
        activity = Undo(said.uri + "#undo", said.actor, inner)
        _tell(session, services, boost.actor_id, activity, readers.of_boost(session, boost))


def liked(session: Session, services: Services, like: LikeRow) -> None:
    """A member liked a post: its author is told, if they are elsewhere."""
    post, author, member = _liked(session, like)
    _tell(session, services, member.id, Like(like.uri, member.uri, post.uri), readers.inbox(author))


def unliked(session: Session, services: Services, like: LikeRow) -> None:
    """A member takes a like back; call before the row goes."""
    post, author, member = _liked(session, like)
    inner = Embedded("Like", like.uri, member.uri, post.uri)
    _tell(session, services, member.id, Undo(like.uri + "#undo", member.uri, inner), readers.inbox(author))


def pinned(session: Session, services: Services, post: PostRow) -> None:
    """A member has a post stand first on their profile."""
    _tell_of_pin(session, services, post, Add)


def unpinned(session: Session, services: Services, post: PostRow) -> None:
    """A member takes a pin away."""
    _tell_of_pin(session, services, post, Remove)


def tag_shown(session: Session, services: Services, member: ActorRow, tag: str, name: str) -> None:
    """A member shows a hashtag on their profile."""
    _tell_of_tag(session, services, member, Add, tag, name)


def tag_hidden(session: Session, services: Services, member: ActorRow, tag: str, name: str) -> None:
    """A member shows it no longer."""
    _tell_of_tag(session, services, member, Remove, tag, name)


def followed(session: Session, services: Services, follow: FollowRow) -> None:
    """A member asks to follow somebody elsewhere."""
    follower, target = _pair(session, follow.follower_id, follow.target_id)
    _tell(session, services, follower.id, Follow(follow.uri, follower.uri, target.uri), readers.inbox(target))


def unfollowed(session: Session, services: Services, follow: FollowRow) -> None:
    """A member stops following somebody elsewhere."""
    follower, target = _pair(session, follow.follower_id, follow.target_id)
    inner = Embedded("Follow", follow.uri, follower.uri, target.uri)
    _tell(session, services, follower.id, Undo(follow.uri + "#undo", follower.uri, inner), readers.inbox(target))


def never_followed(session: Session, services: Services, member: ActorRow, target: ActorRow) -> None:
    """Somebody elsewhere takes a member for a follower who isn't one. What that Follow's id was, nobody here knows."""
    uri = f"{member.uri}#follows/{milliseconds(services.clock.now())}-{target.id}"
    inner = Embedded("Follow", uri, member.uri, target.uri)
    _tell(session, services, member.id, Undo(uri + "/undo", member.uri, inner), readers.inbox(target))


def follow_accepted(session: Session, services: Services, follow: FollowRow) -> None:
    """A member is followed from elsewhere, and lets it be."""
    _answer(session, services, follow, Accept)


def follow_rejected(session: Session, services: Services, follow: FollowRow) -> None:
    """A member turns a follower from elsewhere down, or away."""
    _answer(session, services, follow, Reject)


def quote_requested(session: Session, services: Services, post: PostRow, quote: QuoteRow) -> None:
    """A member quotes a post from elsewhere: its author is asked, and sent the whole post with the question."""
    author = _author_of(session, quote.quoted_pk)
    if author is not None and quote.request_uri is not None and _is_to_be_told(post):
        value = described.post(session, services.settings, post)
        activity = QuoteRequest(quote.request_uri, value.author, quote.quoted_uri, value)
        _tell(session, services, post.actor_id, activity, readers.inbox(author))


def quote_accepted(
    session: Session, services: Services, quoted: PostRow, asking: ActorRow, asked: Embedded, stamp: str
) -> None:
    """Somebody elsewhere may quote a member's post."""
    author = session.get_one(ActorRow, quoted.actor_id)
    uri = f"{author.uri}#accepts/quotes-{milliseconds(services.clock.now())}"
    _tell(session, services, author.id, Accept(uri, author.uri, asked, stamp), readers.inbox(asking))


def quote_rejected(session: Session, services: Services, quoted: PostRow, asking: ActorRow, asked: Embedded) -> None:
    """They may not."""
    author = session.get_one(ActorRow, quoted.actor_id)
    uri = f"{author.uri}#rejects/quotes-{milliseconds(services.clock.now())}"
    _tell(session, services, author.id, Reject(uri, author.uri, asked), readers.inbox(asking))


def quote_revoked(session: Session, services: Services, quote: QuoteRow) -> None:
    """A member takes back what allowed a quote: who quotes is told, and all who follow the member.

    Of a post that waits, the member's own, nobody was told yet, and nobody is now.
    """
    if session.get_one(PostRow, quote.post_pk).state is not PostState.PUBLISHED:
        return
    stamp = described.authorization(session, quote)
    author, asking = _author_of(session, quote.quoted_pk), _author_of(session, quote.post_pk)
    if stamp is not None and author is not None and asking is not None:
        document = render.authorization_withdrawn(f"{stamp.uri}#delete", stamp)
        inboxes = readers.inbox(asking) | readers.followers(session, author.id)
        sending.send(session, services, author, document, sorted(inboxes))


def blocked(session: Session, services: Services, block: BlockRow) -> None:
    """A member blocks somebody elsewhere: their server must know, or it would go on sending."""
    blocker, target = _pair(session, block.blocker_id, block.target_id)
    _tell(session, services, blocker.id, Block(block.uri, blocker.uri, target.uri), readers.inbox(target))


def unblocked(session: Session, services: Services, block: BlockRow) -> None:
    """A member takes a block back."""
    blocker, target = _pair(session, block.blocker_id, block.target_id)
    inner = Embedded("Block", block.uri, blocker.uri, target.uri)
    _tell(session, services, blocker.id, Undo(block.uri + "#undo", blocker.uri, inner), readers.inbox(target))


def last_word(session: Session, services: Services, follow: FollowRow) -> None:
    """A follow ends because its domain was suspended: the one thing that is said there still."""
    follower, target = _pair(session, follow.follower_id, follow.target_id)
    inner = Embedded("Follow", follow.uri, follower.uri, target.uri)
    activity: Activity = Undo(follow.uri + "#undo", follower.uri, inner)
    teller, there = follower, target
    if not follower.local:
        uri = f"{target.uri}#rejects/{follow.id}-{milliseconds(services.clock.now())}"
        activity, teller, there = Reject(uri, target.uri, inner), target, follower
    inboxes = [there.inbox_url] if there.inbox_url and there.deleted_at is None else []
    sending.send(session, services, teller, render.activity(activity), inboxes, last_word=True)


def profile_updated(
    session: Session, services: Services, actor: ActorRow, *, not_before: datetime | None = None
) -> None:
    """A member's profile changed, and what changed was let in; or their key, or their standing."""
    _unsend(session, actor, _removal(actor))  # what is said now mustn't be overtaken by what was taken away before
    uri = f"{actor.uri}#updates/{milliseconds(services.clock.now())}"
    activity = Update(uri, actor.uri, described.actor(services.settings, actor))
    _tell(session, services, actor.id, activity, readers.followers(session, actor.id), not_before=not_before)


def profile_removed(session: Session, services: Services, actor: ActorRow, *, not_before: datetime) -> None:
    """What a member's profile says was taken away by a moderator, who may think again until `not_before`."""
    activity = Update(
        _removal(actor) + str(milliseconds(services.clock.now())), actor.uri, described.actor(services.settings, actor)
    )
    _tell(session, services, actor.id, activity, readers.followers(session, actor.id), not_before=not_before)


def suspended(session: Session, services: Services, actor: ActorRow, *, not_before: datetime) -> None:
    """A member was suspended: their document says so, and those who follow are told to look."""
    activity = Update(
        _suspension(actor) + str(milliseconds(services.clock.now())),
        actor.uri,
        described.actor(services.settings, actor),
    )
    _tell(session, services, actor.id, activity, readers.followers(session, actor.id), not_before=not_before)


def unsuspended(session: Session, services: Services, actor: ActorRow, *, not_before: datetime) -> None:
    """They are back. Where nobody was told of the suspension yet, nobody ever is."""
    if not _unsend(session, actor, _suspension(actor)):
        profile_updated(session, services, actor, not_before=not_before)


def moved(session: Session, services: Services, actor: ActorRow, target_uri: str) -> None:
    """A member moved: first everybody who follows learns of the redirect, then that it's a move."""
    profile_updated(session, services, actor)
    uri = f"{actor.uri}#moves/{milliseconds(services.clock.now())}"
    _tell(
        session, services, actor.id, Move(uri, actor.uri, actor.uri, target_uri), readers.followers(session, actor.id)
    )


def actor_deleted(session: Session, services: Services, actor: ActorRow, *, not_before: datetime | None = None) -> None:
    """A member left, or was made to: every server that ever met somebody of theirs is told, as far as we know it."""
    activity = Delete(goodbye_of(actor), actor.uri, actor.uri)
    inboxes = readers.followers(session, actor.id) | readers.known(session) | readers.ever_reached(session, actor.id)
    _tell(session, services, actor.id, activity, inboxes, not_before=not_before)


def goodbye_of(actor: ActorRow) -> str:
    """The id of the Delete of an actor by itself: there's one at most."""
    return actor.uri + "#delete"


def flagged(
    session: Session,
    services: Services,
    house: ActorRow,
    *,
    uri: str,
    target: ActorRow,
    object_uris: Sequence[str],
    comment: str,
    not_before: datetime | None = None,
) -> None:
    """A report is passed on to its target's server, in the house's name: nobody there learns who reported."""
    about = tuple(dict.fromkeys((target.uri, *object_uris)))
    _tell(
        session, services, house.id, Flag(uri, house.uri, about, comment), readers.inbox(target), not_before=not_before
    )


def asked(
    session: Session,
    services: Services,
    house: ActorRow,
    *,
    uri: str,
    authors: Sequence[ActorRow],
    posts: Sequence[str],
    text: str,
    not_before: datetime,
) -> None:
    """The moderators of another server are asked about posts of their people, as a report of the house's."""
    inboxes = set().union(*(readers.inbox(each) for each in authors))
    about = tuple(dict.fromkeys((*(each.uri for each in authors), *posts)))
    _tell(session, services, house.id, Flag(uri, house.uri, about, text), inboxes, not_before=not_before)


def written(
    session: Session, services: Services, house: ActorRow, *, uri: str, to: ActorRow, html: str, not_before: datetime
) -> None:
    """The house writes to one person elsewhere, in private. `html` is what it says after their name."""
    named = Mention(to.uri, "@" + lookup.handle_of(to))
    link = f'<p><a href="{escape(to.url or to.uri)}" class="u-url mention">{escape(named.handle)}</a></p>'
    note = Post(
        uri,
        WireKind.NOTE,
        house.uri,
        content=link + html,
        published=described.whole_seconds(services.clock.now()),
        to=(to.uri,),
        mentions=(named,),
    )
    inboxes = [to.inbox_url] if to.inbox_url else []
    _tell(session, services, house.id, described.creation(note), inboxes, not_before=not_before)


def recalled(session: Session, uris: Iterable[str]) -> bool:
    """Take back what hasn't left yet of these activities; whether nobody had been told of any."""
    return not _take_back(session, OutboxActivityRow.uri.in_(list(uris)))


def _tell(
    session: Session,
    services: Services,
    actor_id: int,
    activity: Activity,
    inboxes: Iterable[str],
    *,
    not_before: datetime | None = None,
    for_followers: bool = False,
) -> None:
    addressed = set(inboxes)
    if addressed:
        actor = session.get_one(ActorRow, actor_id)
        rendered = render.activity(activity)
        sending.send(
            session, services, actor, rendered, sorted(addressed), not_before=not_before, for_followers=for_followers
        )


def _tell_of_pin(session: Session, services: Services, post: PostRow, kind: type[Add] | type[Remove]) -> None:
    author = session.get_one(ActorRow, post.actor_id)
    uri = f"{post.uri}#{kind.__name__.lower()}/{milliseconds(services.clock.now())}"
    activity = kind(uri, author.uri, post.uri, author.featured_url or "")
    _tell(session, services, author.id, activity, readers.followers(session, author.id))


def _tell_of_tag(
    session: Session, services: Services, member: ActorRow, kind: type[Add] | type[Remove], tag: str, name: str
) -> None:
    """As Mastodon does, to the collection of what is pinned: it reads no other."""
    uri = f"{member.uri}#featured_tags/{tag}/{kind.__name__.lower()}/{milliseconds(services.clock.now())}"
    address = services.settings.url(hashtags.path(tag))
    activity = kind(uri, member.uri, address, member.featured_url or "", Hashtag(name, address))
    _tell(session, services, member.id, activity, readers.followers(session, member.id))


def _author_of(session: Session, pk: int | None) -> ActorRow | None:
    author = select(ActorRow).join(PostRow, PostRow.actor_id == ActorRow.id)
    return session.scalar(author.where(PostRow.pk == pk)) if pk is not None else None


def _is_to_be_told(post: PostRow) -> bool:
    return post.local and post.state is PostState.PUBLISHED and post.kind is not PostKind.BOOST


def _unsend(session: Session, actor: ActorRow, prefix: str) -> bool:
    """Forget what waits of activities whose id begins so; whether there were any, and nobody had heard of them."""
    begins = OutboxActivityRow.uri.startswith(prefix, autoescape=True)
    return _take_back(session, OutboxActivityRow.actor_id == actor.id, begins) == 0


def _take_back(session: Session, *which: ColumnElement[bool]) -> int | None:
    """Forget what waits of these activities; how often one of their deliveries was tried, None where they have none."""
    of_it = DeliveryRow.activity_id.in_(select(OutboxActivityRow.id).where(*which))
    tried = session.scalar(select(func.max(DeliveryRow.attempts)).where(of_it))
    session.execute(delete(DeliveryRow).where(of_it, DeliveryRow.state == DeliveryState.WAITING))
    return tried


def _removal(actor: ActorRow) -> str:
    return f"{actor.uri}#removed/"


def _suspension(actor: ActorRow) -> str:
    return f"{actor.uri}#suspended/"


def _answer(session: Session, services: Services, follow: FollowRow, kind: type[Accept] | type[Reject]) -> None:
    follower, target = _pair(session, follow.follower_id, follow.target_id)
    inner = Embedded("Follow", follow.uri, follower.uri, target.uri)
    # Asked again, it's answered again, and a peer must not take that for an answer that it has.
    uri = f"{target.uri}#{kind.__name__.lower()}s/{follow.id}-{milliseconds(services.clock.now())}"
    _tell(session, services, target.id, kind(uri, target.uri, inner), readers.inbox(follower))


def _pair(session: Session, one_id: int, other_id: int) -> tuple[ActorRow, ActorRow]:
    return session.get_one(ActorRow, one_id), session.get_one(ActorRow, other_id)


def _liked(session: Session, like: LikeRow) -> tuple[PostRow, ActorRow, ActorRow]:
    post = session.get_one(PostRow, like.post_pk)
    author, member = _pair(session, post.actor_id, like.actor_id)
    return post, author, member
