"""Many who are told of a post together are told what each of them is told alone, and nobody is told more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, true, update

from app.accounts.tables import AccountRow
from app.bookmarks import keep as bookmarks
from app.conversations import marking
from app.filters import keep as filters
from app.filters.tables import FilterAction
from app.filters.values import KeywordWish, Wish
from app.oauth import tokens
from app.oauth.tokens import Viewer
from app.polls import votes
from app.posts import boosts, crowds, likes, reading, visibility
from app.posts.compose import PollRequest
from app.posts.tables import PostRow
from app.posts.terms import QuotePolicy
from app.posts.visibility import not_muted
from app.relationships import block, domains, mute
from app.reports.file import FileReport, file
from app.stream.channels import subscription
from app.stream.hub import Event
from app.stream.rendering import Rendering
from moderation.values import Visibility
from tests.federation.world import World
from tests.leaks import town as towns
from tests.leaks.asking import SCOPES
from tests.leaks.town import Town

PUBLIC = ("public", "public:media")


@pytest.fixture
def town(world: World) -> Town:
    """Everybody, what is to be hidden, and what members think of each other."""
    town = towns.build(world)
    services, people = world.services, town.people
    ana, ben, cleo, gil, ivo, hal = (people[name].id for name in ("ana", "ben", "cleo", "gil", "ivo", "hal"))
    asked = town.writes(
        people["ana"],
        "Which soup? #soup",
        poll=PollRequest(("Lentils", "Peas"), timedelta(hours=1)),
        quote_policy=QuotePolicy.FOLLOWERS,
    )
    answer = town.writes(people["ivo"], "@ben Leeks, of course", in_reply_to_id=asked.id)
    nest = town.writes(people["ivo"], "My soup in winter", quoted_id=answer.id)
    boosts.boost(services, ivo, town.writes(people["gil"], "It was this", quoted_id=nest.id).id)
    boosts.boost(services, ivo, asked.id)
    votes.vote(services, ben, asked.id, [1])
    likes.like(services, cleo, asked.id)
    bookmarks.keep(services, ben, asked.id)
    marking.mute(services, cleo, answer.id, muted=True)
    mute.mute(services, gil, ana)
    block.block(services, hal, ana)
    domains.block(services, gil, "far.example")
    wish = Wish("Food", ("home", "public"), FilterAction.WARN, timedelta(0), (KeywordWish(keyword="soup"),))
    filters.make(services, ben, wish)
    file(services, people["cleo"], FileReport(ivo, (nest.id,), "Look."))
    for visibility_ in (Visibility.FOLLOWERS, Visibility.DIRECT, Visibility.UNLISTED):
        town.writes(people["ivo"], f"@cleo this is {visibility_}", visibility=visibility_)
    with services.db.write() as session:
        session.execute(update(AccountRow).where(AccountRow.id == cleo).values(locale="fr"))
    return town


def posts(town: Town) -> Sequence[PostRow]:
    """Every post there is."""
    with town.world.services.db.read() as session:
        return session.scalars(select(PostRow).order_by(PostRow.id)).all()


def viewers(town: Town) -> list[Viewer]:
    """Every member who is still there, with a token."""
    services, found = town.world.services, []
    with services.db.read() as session:
        members = session.scalars(select(AccountRow.id)).all()
    for member in members:
        token = tokens.make(services, member, SCOPES)
        with services.db.read() as session:
            viewer = tokens.find(session, token)
        assert viewer is not None
        found.append(viewer)
    return found


def test_each_of_a_crowd_sees_what_they_see_alone(town: Town) -> None:
    services = town.world.services
    everybody, now = [row.id for row in town.people.values()], services.clock.now()
    together = 0
    for post in posts(town):
        with services.db.read() as session:
            for reader, view in crowds.load(session, post.id, everybody, now).items():
                alone = reading.load_public(session, [post.id], reader, not_muted(reader, now))
                assert view == (alone[0] if alone else None), (post.id, reader)
                together += 1
    assert together > 100


@pytest.mark.one_database
def test_each_of_a_crowd_is_told_what_they_are_told_alone(town: Town) -> None:
    rendering, everybody = Rendering(town.world.services), viewers(town)
    texts: set[str] = set()
    for post in posts(town):
        told = {"id": post.id}
        listening = [*(("user", viewer) for viewer in everybody), *((stream, everybody[1]) for stream in PUBLIC)]
        asked = [
            (Event(subscription(stream, None, viewer.account_id), "update", told), viewer)
            for stream, viewer in listening
        ]
        payloads = rendering.render_each(asked)
        assert payloads == [rendering.render(event, viewer) for event, viewer in asked]
        texts |= {text for text in payloads if text is not None}
    whole = "".join(texts)
    marks = (
        '"favourited":true',
        '"bookmarked":true',
        '"muted":true',
        '"own_votes":[1]',
        '"keyword_matches"',
        "accepted",
    )
    assert [mark for mark in marks if mark not in whole] == []


@pytest.mark.one_database
def test_a_crowd_would_be_told_more_if_the_filter_let_everything_through(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, ben = town.world.services, town.people["ben"].id

    def seen() -> set[int]:
        with services.db.read() as session:
            views = [crowds.load(session, post.id, [ben], services.clock.now()).get(ben) for post in posts(town)]
        return {view.post.id for view in views if view is not None}

    before = seen()
    monkeypatch.setattr(visibility, "_VISIBLE_TO_READER", true())
    assert before and len(seen() - before) > 10
