"""Reading notifications, and how far one has read."""

from __future__ import annotations

import pytest

from app.accounts.tables import AccountRow, ActorRow
from app.errors import InvalidError, NotFoundError
from app.notifications import markers, notify, reading
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.paging import Paging
from app.posts.tables import PostRow, PostState
from app.relationships import block
from app.services import Services
from moderation.values import Outcome
from tests.app import people

Kind = NotificationKind


def tell(services: Services, to: AccountRow, kind: NotificationKind, by: int, post: PostRow | None = None) -> int:
    with services.db.write() as session:
        row = notify.add(session, services, NotificationDraft(to.id, kind, by, post.pk if post else None))
    assert row is not None
    return row.id


def kinds(services: Services, account: AccountRow, **options: list[NotificationKind]) -> list[NotificationKind]:
    with services.db.read() as session:
        return [view.row.kind for view in reading.page(session, account.id, Paging(), reading.Which(**options))]


def test_a_page_has_actors_and_posts_newest_first(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    post = people.post(services, far)
    tell(services, ana, Kind.MENTION, far.id, post)
    tell(services, ana, Kind.FOLLOW, far.id)
    with services.db.read() as session:
        newest, oldest = reading.page(session, ana.id, Paging())
    assert (newest.row.kind, newest.post) == (Kind.FOLLOW, None)
    assert oldest.actor.id == far.id and oldest.post is not None and oldest.post.post.pk == post.pk


def test_kinds_can_be_chosen_and_left_out(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    tell(services, ana, Kind.FOLLOW, far.id)
    tell(services, ana, Kind.LIKE, far.id, people.post(services, ana.actor))
    assert kinds(services, ana, kinds=[Kind.LIKE]) == [Kind.LIKE]
    assert kinds(services, ana, exclude=[Kind.LIKE]) == [Kind.FOLLOW]


def test_pages_follow_each_other(services: Services) -> None:
    ana = people.member(services, "ana")
    ids = [tell(services, ana, Kind.FOLLOW, people.remote(services, f"far{number}").id) for number in range(5)]
    with services.db.read() as session:
        first = [v.row.id for v in reading.page(session, ana.id, Paging(limit=2))]
        second = [v.row.id for v in reading.page(session, ana.id, Paging(limit=2, max_id=first[-1]))]
        newer = [v.row.id for v in reading.page(session, ana.id, Paging(limit=2, min_id=ids[0]))]
    assert first + second == ids[:0:-1] and newer == [ids[2], ids[1]]


def test_a_post_that_was_withdrawn_takes_its_notification_along(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    post = people.post(services, far)
    tell(services, ana, Kind.MENTION, far.id, post)
    with services.db.write() as session:
        session.get_one(PostRow, post.pk).state = PostState.WITHDRAWN
    assert kinds(services, ana) == []


@pytest.mark.parametrize("column", ["suspended_at", "marked_hidden", "deleted_at"])
def test_who_is_gone_is_not_read_any_more(services: Services, column: str) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    tell(services, ana, Kind.FOLLOW, far.id)
    with services.db.write() as session:
        value = True if column == "marked_hidden" else services.clock.now()
        setattr(session.get_one(ActorRow, far.id), column, value)
    assert kinds(services, ana) == []


def test_a_held_post_of_ones_own_can_be_read(services: Services) -> None:
    ana = people.member(services, "ana")
    post = people.post(services, ana.actor, state=PostState.HELD, outcome=Outcome.HOLD)
    tell(services, ana, Kind.HELD, ana.id, post)
    with services.db.read() as session:
        (view,) = reading.page(session, ana.id, Paging())
    assert view.post is not None and view.post.held


def test_one_reads_and_dismisses_only_ones_own(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    number = tell(services, ana, Kind.FOLLOW, ben.id)
    with pytest.raises(NotFoundError):
        reading.dismiss(services, ben.id, number)
    with services.db.read() as session:
        assert reading.one(session, ana.id, number).row.id == number
        with pytest.raises(NotFoundError):
            reading.one(session, ben.id, number)
    reading.dismiss(services, ana.id, number)
    assert kinds(services, ana) == []


def test_clearing_leaves_other_peoples(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    tell(services, ana, Kind.FOLLOW, ben.id)
    tell(services, ben, Kind.FOLLOW, ana.id)
    reading.clear(services, ana.id)
    assert kinds(services, ana) == [] and kinds(services, ben) == [Kind.FOLLOW]


def test_unread_counts_what_is_visible_after_the_mark(services: Services) -> None:
    ana = people.member(services, "ana")
    ids = [tell(services, ana, Kind.FOLLOW, people.remote(services, f"far{number}").id) for number in range(4)]
    blocked = people.remote(services, "blocked")
    tell(services, ana, Kind.FOLLOW, blocked.id)
    block.block(services, ana.id, blocked.id)
    markers.set_read(services, ana.id, {"notifications": ids[1]})
    with services.db.read() as session:
        since = markers.unread_since(session, ana.id)
        assert reading.unread(session, ana.id, since) == 2
        assert reading.unread(session, ana.id, since, most=1) == 1


def test_a_marker_counts_its_versions(services: Services) -> None:
    ana = people.member(services, "ana")
    markers.set_read(services, ana.id, {"home": 5})
    rows = markers.set_read(services, ana.id, {"home": 9})
    assert (rows["home"].last_read_id, rows["home"].version) == (9, 2)
    with pytest.raises(InvalidError):
        markers.set_read(services, ana.id, {"elsewhere": 1})
