"""Polls between servers: votes come in and are counted, ours go out, and numbers are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.federation import posts as fetched_posts
from app.federation.tables import DeliveryRow, OutboxActivityRow, Wanted, WantedRow
from app.federation.wire.errors import MalformedError
from app.lifecycle import ties
from app.notifications.tables import NotificationKind, NotificationRow
from app.polls import closing, numbers, votes
from app.polls.tables import PollRow, PollVoteRow
from app.posts import compose, delete, edit
from app.posts.compose import ComposeRequest, PollRequest
from app.posts.edit import EditRequest
from app.posts.tables import PostRow
from app.relationships import block
from moderation.cases.tables import CaseRow
from moderation.values import Visibility
from tests.federation.world import Remote, World

DAY = timedelta(days=1)


def asks(world: World, who: ActorRow, *, visibility: Visibility = Visibility.PUBLIC, **poll: Any) -> PostRow:
    request = PollRequest(options=("Lentils", "Peas", "Leeks"), expires_in=DAY, **poll)
    return compose.compose(world.services, who.id, ComposeRequest("Which soup?", visibility, poll=request))


def a_vote(who: Remote, post: PostRow, name: str, number: int = 1, **fields: Any) -> dict[str, Any]:
    """As Mastodon and Misskey send them."""
    uri = f"{who.uri}#votes/{number}"
    note = {"id": uri, "type": "Note", "name": name, "attributedTo": who.uri, "inReplyTo": post.uri, **fields}
    activity = {"@context": "https://www.w3.org/ns/activitystreams", "id": f"{uri}/activity", "type": "Create"}
    return {**activity, "actor": who.uri, "to": [post.uri.partition("/statuses/")[0]], "object": note}


def tally(world: World, post: PostRow) -> tuple[list[int], int | None]:
    poll = world.stored(post.uri).poll
    assert poll is not None
    return numbers.votes(poll), poll["voters"]


def later(world: World, by: timedelta) -> None:
    clock = world.services.clock
    assert isinstance(clock, FrozenClock)
    clock.move(by)


def reasons(world: World) -> list[str | None]:
    return [row.reason for row in world.inbox()]


def sent(world: World, kind: str) -> list[dict[str, Any]]:
    with world.services.db.read() as session:
        rows = session.scalars(
            select(OutboxActivityRow).where(OutboxActivityRow.kind == kind).order_by(OutboxActivityRow.id)
        )
        return [orjson.loads(row.body) for row in rows]


def count(world: World, table: type) -> int:
    with world.services.db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_vote_from_elsewhere_is_counted_and_becomes_no_post(world: World) -> None:
    post, mallory = asks(world, world.member()), world.known()
    before = count(world, PostRow)
    world.take(mallory, a_vote(mallory, post, "Peas"))
    assert tally(world, post) == ([0, 1, 0], 1)
    assert (count(world, PostRow), count(world, CaseRow)) == (before, 0)


def test_one_choice_means_one_vote_however_often_it_comes(world: World) -> None:
    post, mallory = asks(world, world.member()), world.known()
    world.take(mallory, a_vote(mallory, post, "Peas"))
    world.take(mallory, a_vote(mallory, post, "Peas", 2))
    world.take(mallory, a_vote(mallory, post, "Leeks", 3))
    assert tally(world, post) == ([0, 1, 0], 1)
    assert reasons(world)[1:] == ["poll_voted_already"] * 2


def test_of_several_choices_each_counts_once_and_who_chose_is_one_voter(world: World) -> None:
    post, mallory, ben = asks(world, world.member(), multiple=True), world.known(), world.known("ben")
    for number, name in enumerate(("Peas", "Leeks", "Peas")):
        world.take(mallory, a_vote(mallory, post, name, number))
    world.take(ben, a_vote(ben, post, "Peas"))
    assert tally(world, post) == ([0, 2, 1], 2)


def test_who_votes_for_what_is_not_asked_or_too_late_is_not_counted(world: World) -> None:
    post, mallory = asks(world, world.member()), world.known()
    world.take(mallory, a_vote(mallory, post, "Poison"))
    later(world, DAY)
    world.take(mallory, a_vote(mallory, post, "Peas", 2))
    assert reasons(world) == ["poll_no_such_option", "poll_over"]
    assert tally(world, post) == ([0, 0, 0], 0)


def test_who_may_not_see_a_poll_may_not_vote_in_it(world: World) -> None:
    ana, mallory, ben = world.member(), world.known(), world.known("ben")
    post = asks(world, ana, visibility=Visibility.FOLLOWERS)
    world.follow(world.row(ben), ana)
    world.take(mallory, a_vote(mallory, post, "Peas"))
    world.take(ben, a_vote(ben, post, "Leeks"))
    assert tally(world, post) == ([0, 0, 1], 1)
    block.block(world.services, ana.id, world.row(mallory).id)
    public = asks(world, ana)
    world.take(mallory, a_vote(mallory, public, "Peas", 2))
    assert tally(world, public) == ([0, 0, 0], 0)


def test_nobody_votes_in_another_s_name(world: World) -> None:
    post, mallory, ben = asks(world, world.member()), world.known(), world.known("ben", "near.example")
    world.take(mallory, a_vote(mallory, post, "Peas", attributedTo=ben.uri))
    assert tally(world, post) == ([0, 0, 0], 0)


def test_a_vote_that_is_fetched_is_no_post_either(world: World) -> None:
    post, mallory = asks(world, world.member()), world.known()
    uri = f"{mallory.uri}/votes/1"
    world.web.put(uri, a_vote(mallory, post, "Peas", id=uri)["object"])
    with pytest.raises(MalformedError, match="no post"):
        fetched_posts.fetch(world.services, uri)
    assert tally(world, post) == ([0, 0, 0], 0)


def test_new_numbers_are_told_together_and_only_where_they_are_not_hidden(world: World) -> None:
    ana, mallory, ben = world.member(), world.known(), world.known("ben")
    post, hidden = asks(world, ana), asks(world, ana, hide_totals=True)
    world.take(mallory, a_vote(mallory, post, "Peas"))
    world.take(ben, a_vote(ben, post, "Leeks"))
    world.take(mallory, a_vote(mallory, hidden, "Peas", 2))
    assert closing.drain(world.services) == 0
    later(world, votes.TOLD_EVERY)
    assert (closing.drain(world.services), closing.drain(world.services)) == (1, 0)
    (told,) = sent(world, "Update")
    question = told["object"]
    assert (question["type"], question["votersCount"]) == ("Question", 2)
    assert [one["replies"]["totalItems"] for one in question["oneOf"]] == [0, 1, 1]
    assert "closed" not in question and "updated" not in question


def test_the_end_is_told_to_all_with_numbers_that_were_hidden(world: World) -> None:
    ana, ben, mallory = world.member(), world.member("ben"), world.known()
    post = asks(world, ana, hide_totals=True)
    world.take(mallory, a_vote(mallory, post, "Peas"))
    votes.vote(world.services, ben.id, post.id, [2])
    later(world, DAY)
    assert (closing.drain(world.services), closing.drain(world.services)) == (1, 0)
    (told,) = sent(world, "Update")
    assert [one["replies"]["totalItems"] for one in told["object"]["oneOf"]] == [0, 1, 1]
    assert told["object"]["closed"] == told["object"]["endTime"]
    with world.services.db.read() as session:
        heard = select(NotificationRow.account_id).where(NotificationRow.kind == NotificationKind.POLL)
        assert set(session.scalars(heard)) == {ana.id, ben.id}


def _question(who: Remote, **fields: Any) -> dict[str, Any]:
    options = [{"type": "Note", "name": name, "replies": {"totalItems": 3}} for name in ("Lentils", "Peas")]
    asked = {"type": "Question", "oneOf": options, "endTime": "2026-03-09T12:00:00Z", "votersCount": 6, **fields}
    return who.note("Which soup?", **asked)


def test_a_member_s_vote_goes_to_the_author_alone(world: World) -> None:
    ana, mallory = world.member(), world.known()
    note = _question(mallory)
    world.take(mallory, mallory.create(note))
    post = world.stored(note)
    votes.vote(world.services, ana.id, post.id, [1])
    (vote,) = sent(world, "Create")
    said = vote["object"]
    assert (said["type"], said["name"], said["inReplyTo"]) == ("Note", "Peas", note["id"])
    assert said["attributedTo"] == vote["actor"] == ana.uri and vote["to"] == said["to"] == [mallory.uri]
    assert "content" not in said and vote["id"] == said["id"] + "/activity"
    with world.services.db.read() as session:
        assert session.scalars(select(DeliveryRow.inbox_url)).all() == [mallory.uri + "/inbox"]
    assert tally(world, post) == ([3, 4], 7)


def test_new_numbers_from_a_poll_s_home_leave_members_votes(world: World) -> None:
    ana, mallory = world.member(), world.known()
    note = _question(mallory)
    world.take(mallory, mallory.create(note))
    votes.vote(world.services, ana.id, world.stored(note).id, [1])
    world.take(mallory, mallory.activity("Update", note | {"votersCount": 9, "published": "2026-03-02T12:00:00Z"}))
    assert tally(world, world.stored(note)) == ([3, 3], 9)
    assert count(world, PollVoteRow) == 1
    other = {"oneOf": [{"type": "Note", "name": "Leeks"}, {"type": "Note", "name": "Peas"}]}
    world.take(mallory, mallory.activity("Update", note | other))
    assert count(world, PollVoteRow) == 0


def test_a_poll_elsewhere_that_ends_is_told_to_its_voters_and_its_home_is_asked(world: World) -> None:
    ana, mallory = world.member(), world.known()
    note = _question(mallory)
    world.take(mallory, mallory.create(note))
    votes.vote(world.services, ana.id, world.stored(note).id, [1])
    later(world, timedelta(days=8))
    assert closing.drain(world.services) == 1
    with world.services.db.read() as session:
        heard = select(NotificationRow.account_id).where(NotificationRow.kind == NotificationKind.POLL)
        assert list(session.scalars(heard)) == [ana.id]
        assert session.get(WantedRow, (note["id"], Wanted.AGAIN)) is not None
    assert sent(world, "Update") == []


def test_who_leaves_takes_votes_along_while_a_poll_is_open(world: World) -> None:
    ana, mallory, ben = world.member(), world.known(), world.known("ben")
    post, over = asks(world, ana, multiple=True), asks(world, ana)
    for number, name in enumerate(("Peas", "Leeks")):
        world.take(mallory, a_vote(mallory, post, name, number))
    world.take(ben, a_vote(ben, post, "Peas"))
    ties.cut(world.services, world.row(mallory).id)
    assert tally(world, post) == ([0, 1, 0], 1)
    world.take(ben, a_vote(ben, over, "Peas", 9))
    later(world, DAY)
    ties.cut(world.services, world.row(ben).id)
    assert tally(world, over) == ([0, 1, 0], 1)
    assert count(world, PollVoteRow) == 0


def test_with_the_post_the_votes_go(world: World) -> None:
    ana, mallory = world.member(), world.known()
    post = asks(world, ana)
    world.take(mallory, a_vote(mallory, post, "Peas"))
    delete.delete(world.services, ana.id, post.id)
    assert (count(world, PollVoteRow), count(world, PollRow)) == (0, 0)


def test_an_edit_of_the_text_keeps_votes_and_other_options_begin_anew(world: World) -> None:
    ana, mallory = world.member(), world.known()
    post = asks(world, ana)
    world.take(mallory, a_vote(mallory, post, "Peas"))
    edit.edit(world.services, ana.id, post.id, EditRequest("Which soup, then?", keeps_poll=True))
    assert tally(world, post) == ([0, 1, 0], 1)
    other = PollRequest(options=("Lentils", "Peas"), expires_in=DAY)
    edit.edit(world.services, ana.id, post.id, EditRequest("Which soup, then?", poll=other))
    assert (tally(world, post), count(world, PollVoteRow)) == (([0, 0], 0), 0)
    world.take(mallory, a_vote(mallory, post, "Peas", 2))
    assert tally(world, post) == ([0, 1], 1)
