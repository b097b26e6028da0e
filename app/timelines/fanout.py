"""Fan-out: published posts into their readers' feeds, and onto the streams. A sweep finishes what a crash left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy import BigInteger, bindparam, cast, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, selectinload

from app.accounts.tables import ActorRow
from app.cards import wanting as cards
from app.lists.tables import ListMemberRow, ListRow
from app.posts import door, published
from app.posts.published import PublishedPost
from app.posts.tables import PostKind, PostRow, PostState
from app.relationships import tags as followed_tags
from app.relationships import tongues
from app.relationships.tables import FollowRow, FollowState
from app.search import index
from app.services import Services
from app.stores import events
from app.stores.feeds import Feeds
from app.stores.jobs import Job
from moderation import hashtags
from moderation.rows import ask
from moderation.values import Outcome, Visibility

log = structlog.get_logger()
UNDER_WAY: Final = timedelta(seconds=3)
"""What came since may still be on its way into its feeds; what isn't there by then won't get there alone."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list that somebody is on; an exclusive one keeps them out of its owner's home."""

    owner_id: int
    list_id: int
    exclusive: bool


@dataclass(frozen=True, slots=True)
class _Circles:
    """Who here has to do with the authors of some posts, and with those whom they answer."""

    lists: dict[int, list[_Listed]]
    """author → lists that they are on."""
    follows: dict[int, dict[int, tuple[bool, str]]]
    """target → local follower → whether they want boosts, and in which languages."""


def fan_out(services: Services, pks: Sequence[int]) -> None:
    """Put those of these posts that are in no feed yet where they belong."""
    with services.db.read() as session:
        query = select(PostRow).where(
            PostRow.pk.in_(pks), PostRow.state == PostState.PUBLISHED, PostRow.fanned_out_at.is_(None)
        )
        posts = published.of_rows(session, session.scalars(query).all())
    if posts:
        spread(services, posts)


def spread(services: Services, posts: Sequence[PublishedPost]) -> None:
    """Put published posts into their readers' feeds, and tell the streams.

    Of what was noted as it was written nothing is left to write but that it's done: that is kept beside the feeds, and
    the sweep marks many in one write. What can't be done now (Redis is away) is left to it, too. A feed only names
    posts and a stream's events are rendered for each reader: what is withdrawn meanwhile is shown to nobody.
    """
    with services.db.read() as session:
        circles = _circles(session, posts)
        readers = _readers(session, posts, circles)
        said, linked = _unnoted(services, session, posts)
    try:
        feeds = [([*readers[post.pk]], [post.id]) for post in posts]
        Feeds(services.redis).add_many(feeds, done=[post.id for post in posts if post.noted])
    except RedisError as error:
        log.warning("fan_out_delayed", posts=len(posts), error=str(error))
        services.nudger.nudge(Job.FAN_OUT)
        return
    rest = [post.id for post in posts if not post.noted]
    if rest:
        with services.db.write() as session:
            door.mark_fanned_out(session, rest, services.clock.now())
            index.store(session, said)
            cards.note(services, session, linked)
    for post in posts:
        _announce(services, post, readers[post.pk], circles, "update")
        _tell_conversation(services, post)


def _unnoted(
    services: Services, session: Session, posts: Sequence[PublishedPost]
) -> tuple[dict[int, str], dict[int, str]]:
    """The words and the pages of those of these posts that weren't noted as they were written: of what came from
    elsewhere or was released. What was withdrawn meanwhile isn't among them.
    """
    pks = [post.pk for post in posts if not post.noted]
    if not pks:
        return {}, {}
    query = select(PostRow).where(PostRow.pk.in_(pks), PostRow.state == PostState.PUBLISHED)
    rows = session.scalars(query.options(selectinload(PostRow.attachments), selectinload(PostRow.tags))).all()
    return index.said_by(session, rows), cards.links_of(services, rows)


def show_to_author(services: Services, actor_id: int, public_id: int) -> None:
    """What waits stands in its author's own home, and in nobody else's."""
    try:
        Feeds(services.redis).add_many([([actor_id], [public_id])])
    except RedisError as error:
        log.warning("feed_unavailable", error=str(error))
    events.publish(services.redis, [events.user_channel(actor_id)], "update", {"id": public_id})
    events.publish(services.redis, [events.direct_channel(actor_id)], "conversation", {"id": public_id})


def sweep(services: Services, limit: int = 200) -> int:
    """Mark what is in its feeds, and fan out what a crash left published and in none; how many there were."""
    marked = _mark(services, limit)
    if marked == limit:
        return marked
    settled = services.clock.now() - UNDER_WAY
    with services.db.read() as session:
        query = (
            select(PostRow.pk)
            .where(
                PostRow.fanned_out_at.is_(None), PostRow.state == PostState.PUBLISHED, PostRow.submitted_at < settled
            )
            .order_by(PostRow.id)
            .limit(limit)
        )
        pks = session.scalars(query).all()
    if pks:
        fan_out(services, pks)
    return marked + len(pks)


def _mark(services: Services, limit: int) -> int:
    feeds = Feeds(services.redis)
    try:
        ids = feeds.done(limit)
        if ids:
            with services.db.write() as session:
                door.mark_fanned_out(session, ids, services.clock.now())
            feeds.marked(ids)
    except RedisError as error:
        log.warning("feed_unavailable", error=str(error))
        return 0
    return len(ids)


def announce_edit(services: Services, pk: int) -> None:
    """Clients that show this post draw it anew."""
    with services.db.read() as session:
        posts = published.of_rows(session, session.scalars(select(PostRow).where(PostRow.pk == pk)).all())
        circles = _circles(session, posts)
        readers = _readers(session, posts, circles)
    for post in posts:
        _announce(services, post, readers[post.pk], circles, "status.update")
        _tell_conversation(services, post)


def channels_of(session: Session, posts: Sequence[PostRow]) -> dict[int, list[str]]:
    """The streams that these published posts went to, by public id: their readers' own, lists, and the public ones."""
    shown = published.of_rows(session, posts)
    if not shown:
        return {}
    circles = _circles(session, shown)
    readers = _readers(session, shown, circles)
    return {post.id: [events.PUBLIC, *_channels(post, {post.actor_id, *readers[post.pk]}, circles)] for post in shown}


def announce_gone(services: Services, channels: Mapping[int, Sequence[str]]) -> None:
    """Clients drop what isn't there any more: public id → the streams to tell."""
    for public_id, told in channels.items():
        events.publish(services.redis, dict.fromkeys(told), "delete", {"id": public_id})


def _readers(session: Session, posts: Sequence[PublishedPost], circles: _Circles) -> dict[int, set[int]]:
    """Whose home feed each post belongs into: its local author, and the local followers whom it concerns."""
    local = {actor_id for post in posts if post.local for actor_id in (post.actor_id,)}
    readers = {post.pk: _of(post, circles, own=post.actor_id in local) for post in posts}
    for pk, more in _by_tags(session, posts).items():
        readers[pk] |= more
    return readers


def _by_tags(session: Session, posts: Sequence[PublishedPost]) -> dict[int, set[int]]:
    """post → who follows one of its hashtags: public posts of people who aren't silenced, and not limited."""
    open_to_all = [
        post
        for post in posts
        if post.tags
        and post.visibility is Visibility.PUBLIC
        and post.kind is not PostKind.BOOST
        and post.outcome is not Outcome.LIMIT
    ]
    tags = {hashtags.key(tag) for post in open_to_all for tag in post.tags}
    followers = followed_tags.followers_of(session, tags) if tags else {}
    if not followers:
        return {}
    quiet = select(ActorRow.id).where(
        ActorRow.id.in_({post.actor_id for post in open_to_all}),
        or_(ActorRow.silenced_at.is_not(None), ActorRow.domain_silenced),
    )
    silenced = set(session.scalars(quiet))
    return {
        post.pk: set().union(*(followers.get(hashtags.key(tag), set()) for tag in post.tags))
        for post in open_to_all
        if post.actor_id not in silenced
    }


def _of(post: PublishedPost, circles: _Circles, *, own: bool) -> set[int]:
    boost, follows = post.kind is PostKind.BOOST, circles.follows
    readers = {
        who
        for who, (boosts, languages) in follows.get(post.actor_id, {}).items()
        if (boosts or not boost) and tongues.wants(languages, post.language)
    }
    readers -= {one.owner_id for one in circles.lists.get(post.actor_id, ()) if one.exclusive}
    if post.visibility is Visibility.DIRECT:
        readers &= set(post.mentioned)
    other = post.reply_to_actor_id
    if other is not None and other != post.actor_id:
        readers = {who for who in readers if who == other or who in follows.get(other, {})}
    return readers | {post.actor_id} if own else readers


def _circles(session: Session, posts: Sequence[PublishedPost]) -> _Circles:
    """In one question: each post asks it."""
    authors = {post.actor_id for post in posts}
    answered = {post.reply_to_actor_id for post in posts if post.reply_to_actor_id is not None}
    circles = _Circles({}, {})
    given = {"authors": authors, "all": authors | answered}
    for target_id, member_id, list_id, flag, languages in ask(session, _CIRCLES, given):
        if list_id is None:
            circles.follows.setdefault(target_id, {})[member_id] = (flag, languages)
        else:
            circles.lists.setdefault(target_id, []).append(_Listed(member_id, list_id, flag))
    return circles


_CIRCLES = union_all(
    select(ListMemberRow.actor_id, ListRow.account_id, ListRow.id, ListRow.exclusive, literal(""))
    .join(ListRow, ListRow.id == ListMemberRow.list_id)
    .where(ListMemberRow.actor_id.in_(bindparam("authors", expanding=True))),
    select(
        FollowRow.target_id, FollowRow.follower_id, cast(null(), BigInteger), FollowRow.show_boosts, FollowRow.languages
    )
    .join(ActorRow, ActorRow.id == FollowRow.follower_id)
    .where(
        FollowRow.target_id.in_(bindparam("all", expanding=True)),
        FollowRow.state == FollowState.ACCEPTED,
        ActorRow.local,
    ),
)


def _announce(services: Services, post: PublishedPost, readers: Iterable[int], circles: _Circles, event: str) -> None:
    events.publish(services.redis, _channels(post, readers, circles), event, {"id": post.id})


def _tell_conversation(services: Services, post: PublishedPost) -> None:
    """Both sides of a private conversation; nobody listens to the channels of people elsewhere."""
    if post.visibility is Visibility.DIRECT and post.kind is not PostKind.BOOST:
        told = [events.direct_channel(actor_id) for actor_id in {post.actor_id, *post.mentioned}]
        events.publish(services.redis, told, "conversation", {"id": post.id})


def _channels(post: PublishedPost, readers: Iterable[int], circles: _Circles) -> list[str]:
    own = [events.user_channel(reader) for reader in readers]
    listed = [events.list_channel(one.owner_id, one.list_id) for one in circles.lists.get(post.actor_id, ())]
    return [*own, *listed, *_public_channels(post)]


def _public_channels(post: PublishedPost) -> list[str]:
    open_to_all = post.visibility is Visibility.PUBLIC and post.kind is not PostKind.BOOST
    if not open_to_all or post.outcome is Outcome.LIMIT:
        return []
    tags = [events.tag_channel(tag, local=local) for tag in post.tags for local in ({False, post.local})]
    if post.reply_to_actor_id is not None and post.reply_to_actor_id != post.actor_id:
        return tags
    side = events.PUBLIC_LOCAL if post.local else events.PUBLIC_REMOTE
    return [events.PUBLIC, side, *tags]
