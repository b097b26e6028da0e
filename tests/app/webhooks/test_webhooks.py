"""Webhooks: what is told, signed, once, again where it fails, and what is never told."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from app.accounts import signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.federation.wire.fetching import Outgoing
from app.mail import MailBox
from app.notifications import post_office
from app.services import Services
from app.settings import Registration
from app.webhooks import keeping, looking, sending
from app.webhooks.keeping import Made
from app.webhooks.tables import WebhookEvent as Event
from app.webhooks.tables import WebhookState
from tests.app.mastodon.people import Person, member, sign_in
from tests.support.posts import Elsewhere

URL = "https://bot.example/hook"
ADMIN = "read write admin:read admin:write"


@pytest.fixture
def ada(services: Services) -> AccountRow:
    """An admin."""
    return member(services, "ada", role=Role.ADMIN)


@pytest.fixture
def rude(http: FlaskClient, services: Services) -> Person:
    """Another."""
    return sign_in(http, services, "rude")


@pytest.fixture
def mia(http: FlaskClient, services: Services) -> Person:
    """A moderator."""
    return sign_in(http, services, "mia", ADMIN, role=Role.MODERATOR)


def hook(services: Services, ada: AccountRow, *events: Event, with_contacts: bool = False) -> Made:
    """A webhook that wants to know of these; what happened before is over."""
    made = keeping.add(services, ada, URL, events, with_contacts=with_contacts)
    services.clock.move(timedelta(seconds=5))  # type: ignore[attr-defined]
    return made


def sent(services: Services, status: int = 200) -> list[Outgoing]:
    """What leaves now."""
    elsewhere = Elsewhere(status)
    sending.drain(services, poster=elsewhere)
    return elsewhere.sent


def told(services: Services) -> list[dict[str, Any]]:
    """What it says."""
    return [orjson.loads(each.body) for each in sent(services)]


def test_a_report_is_told_in_mastodon_s_shape_signed_and_once(
    ada: AccountRow, ana: Person, rude: Person, services: Services
) -> None:
    made = hook(services, ada, Event.REPORT_CREATED)
    post = rude.says("Rather rude words")
    number = ana.do("/api/v1/reports", json={"account_id": rude.id, "status_ids": [post["id"]], "comment": "rude"})[
        "id"
    ]
    [message] = sent(services)
    said = orjson.loads(message.body)
    assert message.url == URL and said["event"] == "report.created" and said["created_at"].endswith("Z")
    assert said["object"]["id"] == number and said["object"]["comment"] == "rude"
    assert said["object"]["account"]["username"] == "ana" and said["object"]["target_account"]["username"] == "rude"
    assert [each["id"] for each in said["object"]["statuses"]] == [post["id"]]
    expected = hmac.new(made.secret.encode(), message.body, hashlib.sha256).hexdigest()
    assert message.headers["X-Hub-Signature"] == f"sha256={expected}"
    assert message.headers["Content-Type"] == "application/json"
    assert sent(services) == []


def test_how_to_reach_people_is_told_only_where_an_admin_said_so(
    ada: AccountRow, ana: Person, rude: Person, services: Services
) -> None:
    hook(services, ada, Event.REPORT_CREATED)
    hook(services, ada, Event.REPORT_CREATED, with_contacts=True)
    ana.do("/api/v1/reports", json={"account_id": rude.id})
    bare, whole = told(services)
    assert bare["object"]["account"]["email"] is None and bare["object"]["target_account"]["email"] is None
    assert whole["object"]["account"]["email"] == "ana@mail.example"


def test_private_posts_don_t_leave_with_a_report(
    ada: AccountRow, ana: Person, rude: Person, services: Services
) -> None:
    hook(services, ada, Event.REPORT_CREATED)
    post = rude.says("@ana a private word", visibility="direct")
    ana.do("/api/v1/reports", json={"account_id": rude.id, "status_ids": [post["id"]]})
    [message] = sent(services)
    assert b"private word" not in message.body and orjson.loads(message.body)["object"]["statuses"] == []


def test_what_is_about_staff_isn_t_told(ada: AccountRow, ana: Person, mia: Person, services: Services) -> None:
    hook(services, ada, *Event)
    ana.do("/api/v1/reports", json={"account_id": mia.id})
    assert told(services) == []


def test_a_case_is_told_without_a_word_of_it(
    ada: AccountRow, ana: Person, rude: Person, mia: Person, services: Services
) -> None:
    hook(services, ada, Event.CASE_OPENED, Event.CASE_DECIDED, Event.REPORT_UPDATED)
    number = ana.do("/api/v1/reports", json={"account_id": rude.id, "comment": "rude"})["id"]
    [opened] = told(services)
    assert opened["event"] == "case.opened" and opened["object"]["state"] == "open"
    assert opened["object"]["decision"] is None and opened["object"]["origin"] == "report"
    services.clock.move(timedelta(minutes=5))  # type: ignore[attr-defined]
    mia.do(f"/api/v1/admin/reports/{number}/resolve")
    messages = sent(services)
    said = {orjson.loads(each.body)["event"]: orjson.loads(each.body) for each in messages}
    assert set(said) == {"case.decided", "report.updated"}
    assert said["case.decided"]["object"]["decision"]["action"] == "no_action"
    assert said["report.updated"]["object"]["action_taken"] is True
    decided = next(each.body for each in messages if b"case.decided" in each.body)
    assert b"rude" not in decided and b"mia" not in decided


def test_a_report_that_is_said_anew_is_told_each_time(
    ada: AccountRow, ana: Person, rude: Person, mia: Person, services: Services, clock: FrozenClock
) -> None:
    hook(services, ada, Event.REPORT_UPDATED)
    number = ana.do("/api/v1/reports", json={"account_id": rude.id})["id"]
    for category in ("spam", "legal"):
        clock.move(timedelta(seconds=1))
        mia.send("PUT", f"/api/v1/admin/reports/{number}", json={"category": category})
    assert [each["object"]["category"] for each in told(services)] == ["legal", "legal"]


def test_sign_ups_are_told_when_they_come_and_when_they_are_let_in(
    ada: AccountRow, mia: Person, services: Services, clock: FrozenClock
) -> None:
    object.__setattr__(services.settings, "registration", Registration.APPROVAL)
    hook(services, ada, Event.ACCOUNT_CREATED, Event.ACCOUNT_APPROVED)
    form = SignUp("xeno", "xeno@mail.example", "a long enough pass phrase", reason="I like kettles", agreement=True)
    account = signup.sign_up(services, form)
    [created] = told(services)
    assert created["event"] == "account.created" and created["object"]["username"] == "xeno"
    assert created["object"]["approved"] is False and created["object"]["invite_request"] is None
    clock.move(timedelta(minutes=5))
    signup.approve(services, account.id, "mia")
    [approved] = told(services)
    assert approved["event"] == "account.approved" and approved["object"]["approved"] is True


def test_posts_are_told_once_they_are_for_everybody(ada: AccountRow, ana: Person, services: Services) -> None:
    hook(services, ada, Event.STATUS_CREATED)
    ana.says("Hello world")
    ana.says("Only for friends", visibility="private")
    ana.says("they are vermin, all of them")
    [said] = told(services)
    assert said["event"] == "status.created" and "Hello world" in said["object"]["content"]


def test_what_happened_before_isn_t_told(ada: AccountRow, ana: Person, services: Services, clock: FrozenClock) -> None:
    ana.says("Long ago")
    clock.move(timedelta(seconds=30))
    hook(services, ada, Event.STATUS_CREATED)
    ana.says("Now")
    assert ["Now" in each["object"]["content"] for each in told(services)] == [True]


def test_what_fails_is_sent_again_the_same_and_in_the_end_given_up(
    ada: AccountRow, ana: Person, services: Services, clock: FrozenClock
) -> None:
    hook(services, ada, Event.STATUS_CREATED)
    ana.says("Hello")
    bodies = []
    for _ in range(20):
        bodies += [each.body for each in sent(services, status=500)]
        assert sent(services, status=500) == []
        clock.move(timedelta(hours=5))
    assert len(bodies) == sending.MOST_ATTEMPTS and len(set(bodies)) == 1
    with services.db.read() as session:
        [listed] = keeping.listed(session)
    assert (listed.row.failures, listed.latest[0].state, listed.latest[0].answered) == (1, WebhookState.GIVEN_UP, 500)
    keeping.again(services, ada, listed.latest[0].id)
    assert [each.body for each in sent(services)] == bodies[:1]
    with services.db.read() as session:
        [listed] = keeping.listed(session)
    assert (listed.row.failures, listed.latest[0].state, listed.latest[0].body) == (0, WebhookState.DELIVERED, "")
    with pytest.raises(NotFoundError):
        keeping.again(services, ada, listed.latest[0].id)


def test_who_takes_nothing_for_long_is_sent_nothing_more_and_its_maker_is_written_to(
    ada: AccountRow, ana: Person, services: Services, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_ATTEMPTS", 1)
    monkeypatch.setattr(sending, "MOST_FAILURES", 3)
    made = hook(services, ada, Event.STATUS_CREATED)
    for number in range(4):
        ana.says(f"Post {number}")
        sent(services, status=500)
        clock.move(timedelta(minutes=10))
    with services.db.read() as session:
        [listed] = keeping.listed(session)
    assert (listed.row.off_because, listed.waiting) == (keeping.FAILED, 0)
    post_office.drain(services, 10)
    assert isinstance(services.mailer, MailBox)
    [mail] = [each for each in services.mailer.sent if "bot.example" in each.text]
    assert mail.to == "ada@mail.example"
    keeping.switch_on(services, ada, made.row.id)
    clock.move(timedelta(seconds=1))
    ana.says("And now")
    assert ["And now" in each["object"]["content"] for each in told(services)] == [True]


def test_who_says_that_it_is_gone_is_switched_off_at_once(ada: AccountRow, ana: Person, services: Services) -> None:
    hook(services, ada, Event.STATUS_CREATED)
    ana.says("Hello")
    assert len(sent(services, status=410)) == 1
    with services.db.read() as session:
        [listed] = keeping.listed(session)
    assert listed.row.off_because == keeping.GONE


def test_what_was_deleted_before_it_left_isn_t_told(ada: AccountRow, ana: Person, services: Services) -> None:
    hook(services, ada, Event.STATUS_CREATED)
    post = ana.says("Hello")
    looking.look(services)
    ana.send("DELETE", f"/api/v1/statuses/{post['id']}")
    assert told(services) == []


def test_another_secret_signs_what_comes_next(ada: AccountRow, ana: Person, services: Services) -> None:
    made = hook(services, ada, Event.STATUS_CREATED)
    fresh = keeping.rotate(services, ada, made.row.id)
    assert fresh.secret != made.secret
    ana.says("Hello")
    [message] = sent(services)
    assert message.headers["X-Hub-Signature"] == sending.signature(fresh.secret.encode(), message.body)
    assert fresh.secret not in fresh.row.secret_sealed


@pytest.mark.parametrize("url", ["http://bot.example/", "https://127.0.0.1/hook", "nonsense", "ftp://bot.example", ""])
def test_nothing_is_sent_to_addresses_of_another_kind(ada: AccountRow, services: Services, url: str) -> None:
    with pytest.raises(InvalidError):
        keeping.add(services, ada, url, [Event.CASE_OPENED], with_contacts=False)
    with pytest.raises(InvalidError):
        keeping.add(services, ada, URL, [], with_contacts=False)


def test_only_admins_keep_webhooks(mia: Person, ada: AccountRow, services: Services) -> None:
    made = hook(services, ada, Event.CASE_OPENED)
    with pytest.raises(ForbiddenError):
        keeping.add(services, mia.account, URL, [Event.CASE_OPENED], with_contacts=False)
    with pytest.raises(ForbiddenError):
        keeping.rotate(services, mia.account, made.row.id)
    keeping.remove(services, ada, made.row.id)
    with services.db.read() as session:
        assert keeping.listed(session) == []
