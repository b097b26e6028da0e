"""Who is told of what, and who isn't."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import event, select

from app.accounts.tables import ActorRow
from app.notifications import notify, of_posts
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind, NotificationRow
from app.posts import published
from app.posts.tables import MentionRow, PostKind, PostRow
from app.relationships import block, follow, mute
from app.services import Services
from app.stores import events
from moderation.values import Visibility
from tests.app import people

Kind = NotificationKind


def tell(services: Services, to: int, kind: NotificationKind, by: int, post: PostRow | None = None) -> bool:
    with services.db.write() as session:
        draft = NotificationDraft(to, kind, by, post.pk if post else None)
        return notify.add(session, services, draft) is not None


def publish(services: Services, author: ActorRow, mentioned: list[int] = [], **columns: Any) -> PostRow:  # noqa: B006
    """A post whose consequences are drawn."""
    post = people.post(services, author, **columns)
    with services.db.write() as session:
        session.add_all(MentionRow(post_pk=post.pk, actor_id=actor_id) for actor_id in mentioned)
        session.flush()
        notify.for_posts(session, services, published.of_rows(session, [post]))
    return post


def test_a_mention_tells_the_member_and_their_stream(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    pubsub = services.redis.pubsub(ignore_subscribe_messages=True)
    pubsub.subscribe(events.user_channel(ana.id))
    pubsub.get_message(timeout=5)
    publish(services, far, [ana.id])
    assert people.told(services, ana.id) == [Kind.MENTION]
    message = pubsub.get_message(timeout=5)
    pubsub.close()
    with services.db.read() as session:
        row = session.scalars(select(NotificationRow)).one()
    assert message is not None
    assert orjson.loads(message["data"]) == {"event": "notification", "payload": {"id": str(row.id)}}


def test_people_elsewhere_and_oneself_are_not_told(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    publish(services, ana.actor, [ana.id, far.id])
    with services.db.read() as session:
        assert session.scalars(select(NotificationRow)).all() == []


def test_a_like_taken_back_and_given_again_is_told_once(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    post = people.post(services, ana.actor)
    assert tell(services, ana.id, Kind.LIKE, ben.id, post)
    assert not tell(services, ana.id, Kind.LIKE, ben.id, post)
    assert tell(services, ana.id, Kind.LIKE, ben.id, people.post(services, ana.actor))


@pytest.mark.parametrize("who", ["blocker", "blocked"])
def test_a_block_of_either_ends_all_word(services: Services, who: str) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    one, other = (ana, ben) if who == "blocker" else (ben, ana)
    block.block(services, one.id, other.id)
    assert not tell(services, ana.id, Kind.MENTION, ben.id)


def test_the_muted_the_suspended_and_the_hidden_are_not_heard(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    mute.mute(services, ana.id, ben.id)
    gone = people.remote(services, "gone", suspended_at=services.clock.now())
    hidden = people.remote(services, "hidden", "bad.example", marked_hidden=True)
    for who in (ben.id, gone.id, hidden.id):
        assert not tell(services, ana.id, Kind.LIKE, who)


@pytest.mark.parametrize("how", ["own", "domain"])
def test_the_silenced_are_heard_by_those_who_follow_them(services: Services, how: str) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    columns: dict[str, Any] = {"silenced_at": services.clock.now()} if how == "own" else {"marked_silenced": True}
    loud = people.member(services, "loud", **columns)
    follow.follow(services, ben.id, loud.id)
    publish(services, loud.actor, [ana.id, ben.id])
    assert people.told(services, ana.id) == []
    assert people.told(services, ben.id) == [Kind.MENTION]


def test_a_request_from_a_stranger_tells_nobody(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    publish(services, far, [ana.id], visibility=Visibility.DIRECT, as_request=True)
    assert people.told(services, ana.id) == []


def test_a_public_answer_tells_whom_it_answers_once_even_if_named(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    publish(services, far, in_reply_to_actor_id=ana.id)
    publish(services, far, [ana.id], in_reply_to_actor_id=ana.id)
    assert people.told(services, ana.id) == [Kind.MENTION, Kind.MENTION]


def test_a_private_answer_to_others_tells_nobody_else(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    publish(services, far, in_reply_to_actor_id=ana.id, visibility=Visibility.DIRECT)
    assert people.told(services, ana.id) == []


def test_a_boost_tells_the_author_of_what_was_boosted(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    post = people.post(services, ana.actor)
    publish(services, ben.actor, kind=PostKind.BOOST, boost_of_pk=post.pk)
    with services.db.read() as session:
        row = session.scalars(select(NotificationRow)).one()
    assert (row.account_id, row.kind, row.from_actor_id, row.post_pk) == (ana.id, Kind.BOOST, ben.id, post.pk)


def test_who_asked_to_be_told_of_an_authors_posts_is_not_told_of_their_answers(services: Services) -> None:
    ana, ben, carl = (people.member(services, name) for name in ("ana", "ben", "carl"))
    follow.follow(services, ana.id, ben.id, notify=True)
    publish(services, ben.actor)
    publish(services, ben.actor, in_reply_to_actor_id=carl.id)
    assert people.told(services, ana.id) == [Kind.STATUS]


def test_being_named_weighs_more_than_having_asked(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    follow.follow(services, ana.id, ben.id, notify=True)
    publish(services, ben.actor, [ana.id])
    assert people.told(services, ana.id) == [Kind.MENTION]


def test_a_batch_costs_as_many_reads_as_one_post(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    posts = [people.post(services, far, in_reply_to_actor_id=ana.id) for _ in range(20)]
    reads: list[str] = []
    event.listen(services.db.engine, "before_cursor_execute", lambda *args: reads.append(args[2]))
    with services.db.write() as session:
        values = published.of_rows(session, posts)
        reads.clear()
        assert len(notify.for_posts(session, services, values)) == 20
    assert len([text for text in reads if text.lstrip().upper().startswith("SELECT")]) <= 11


def test_a_release_replaces_the_word_that_it_waits(services: Services) -> None:
    ana = people.member(services, "ana")
    post = people.post(services, ana.actor)
    with services.db.write() as session:
        of_posts.held(session, services, ana.id, post.pk)
    assert people.told(services, ana.id) == [Kind.HELD]
    with services.db.write() as session:
        of_posts.released(session, services, post)
    assert people.told(services, ana.id) == [Kind.RELEASED]


def test_an_edit_is_told_to_the_members_who_boosted(services: Services) -> None:
    ana, ben, far = people.member(services, "ana"), people.member(services, "ben"), people.remote(services, "far")
    post = people.post(services, ana.actor)
    for booster in (ben.actor, far):
        people.post(services, booster, kind=PostKind.BOOST, boost_of_pk=post.pk)
    with services.db.write() as session:
        of_posts.edited(session, services, post)
    assert people.told(services, ben.id) == [Kind.UPDATE]


def test_what_is_gone_is_no_longer_told(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    post = publish(services, far, [ana.id])
    with services.db.write() as session:
        of_posts.forget(session, [post.pk])
    assert people.told(services, ana.id) == []


def test_nothing_is_said_of_a_write_that_failed(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    pubsub = services.redis.pubsub(ignore_subscribe_messages=True)
    pubsub.subscribe(events.user_channel(ana.id))
    pubsub.get_message(timeout=5)
    with pytest.raises(RuntimeError), services.db.write() as session:
        notify.add(session, services, NotificationDraft(ana.id, Kind.FOLLOW, ben.id))
        raise RuntimeError
    services.redis.publish(events.user_channel(ana.id), b"the next thing")
    message = pubsub.get_message(timeout=5)
    pubsub.close()
    assert message is not None and message["data"] == b"the next thing"
