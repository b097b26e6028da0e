"""What is one member's is not another's: every address with somebody's number in it, asked for by somebody else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow
from app.notifications.tables import NotificationRow
from app.posts import likes
from app.posts.tables import PostRow
from app.relationships import follow
from app.relationships.tables import FollowRow, FollowState
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import decide
from moderation.cases.tables import DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.values import Action
from tests.app.web.conftest import Town
from tests.app.web.review.conftest import Desk
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database


@dataclass
class Anas:
    """What is ana's."""

    account: AccountRow
    post: PostRow
    held: PostRow
    removed: PostRow
    notification: int
    decision: int
    asking: AccountRow


@pytest.fixture
def anas(town: Town, desk: Desk, ana: AccountRow, ben: AccountRow, admin: AccountRow) -> Anas:
    services = town.services
    carla = town.member("carla")
    with services.db.write() as session:
        session.get_one(ActorRow, ana.id).locked = True
    follow.follow(services, carla.id, ana.id)
    post, held, removed = (town.writes(ana, words) for words in ("hello", "they are vermin", "vermin, I say"))
    likes.like(services, carla.id, post.id)
    decide.decide(services, admin, desk.case_of(removed).id, DecisionRequest(Action.REMOVE, reason="a secret reason"))
    file.file(services, ana.actor, FileReport(carla.id, (), "a secret complaint", "other"))
    with services.db.read() as session:
        told = session.scalars(select(NotificationRow.id).where(NotificationRow.account_id == ana.id)).first()
        decision = session.scalars(select(DecisionRow.id).where(DecisionRow.reason == "a secret reason")).one()
    assert told is not None
    return Anas(ana, post, held, removed, told, decision, carla)


def test_ben_gets_nothing_of_anas_by_its_number_on_pages(town: Town, anas: Anas, ben: AccountRow) -> None:
    browser = town.at_home(ben)
    own = town.at_home(anas.account)
    mine = (f"/held/{anas.held.id}", f"/decisions/{anas.decision}", f"/posts/{anas.post.id}/edit", f"/posts/{anas.post.id}/delete")  # fmt: skip
    for place in mine:
        assert own.get(place).status_code == 200, place
        answer = browser.get(place)
        assert answer.status_code == 404 and "secret" not in answer.text and "vermin" not in answer.text, place
    assert "a secret complaint" in own.page("/reports")
    assert "a secret complaint" not in browser.page("/reports")
    for post in (anas.post, anas.held):
        assert browser.post(f"/posts/{post.id}/edit", on="/settings", text="mine now").status_code == 404
        assert browser.post(f"/posts/{post.id}/delete", on="/settings").status_code == 404
    assert browser.post(f"/follow-requests/{anas.asking.id}/accept", on="/settings").status_code == 404
    _is_as_it_was(town, anas)


def test_ben_gets_nothing_of_anas_by_its_number_in_the_api(town: Town, anas: Anas, ben: AccountRow) -> None:
    caller, own = Caller(town, ben), Caller(town, anas.account)
    tried = (
        ("GET", f"/api/v1/notifications/{anas.notification}", 200),
        ("GET", f"/api/v1/statuses/{anas.held.id}", 200),
        ("GET", f"/api/v1/statuses/{anas.held.id}/context", 200),
        ("GET", f"/api/v1/statuses/{anas.held.id}/source", 200),
    )
    for method, path, status in tried:
        assert own.send(method, path)[0] == status, path
        assert caller.send(method, path)[0] == 404, path
    for method, path in (
        ("POST", f"/api/v1/notifications/{anas.notification}/dismiss"),
        ("PUT", f"/api/v1/statuses/{anas.post.id}"),
        ("DELETE", f"/api/v1/statuses/{anas.post.id}"),
        ("GET", f"/api/v1/statuses/{anas.post.id}/source"),
        ("POST", f"/api/v1/follow_requests/{anas.asking.id}/authorize"),
        ("POST", f"/api/v1/follow_requests/{anas.asking.id}/reject"),
        ("POST", f"/api/v1/statuses/{anas.held.id}/favourite"),
        ("POST", f"/api/v1/statuses/{anas.held.id}/reblog"),
    ):
        status, text = caller.send(method, path, json={"status": "mine now"})
        # a dismissal of nothing is none, as in Mastodon
        assert status == 404 or (path.endswith("/dismiss") and status == 200), (path, status, text)
    assert caller.send("POST", "/api/v1/notifications/clear")[0] == 200
    assert caller.send("POST", "/api/v1/statuses", json={"status": "re", "in_reply_to_id": str(anas.held.id)})[0] == 404
    _is_as_it_was(town, anas)


def _is_as_it_was(town: Town, anas: Anas) -> None:
    with town.services.db.read() as session:
        for post in (anas.post, anas.held):
            now = session.get_one(PostRow, post.pk)
            assert now.state is post.state and now.source == post.source
        assert session.get(NotificationRow, anas.notification) is not None
        states = session.scalars(select(FollowRow.state).where(FollowRow.target_id == anas.account.id)).all()
        assert states == [FollowState.REQUESTED]
