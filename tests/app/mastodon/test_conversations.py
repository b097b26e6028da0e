"""Private conversations, conversations that were silenced, and servers that a member blocks for themselves."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.notifications import notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.posts.tables import MentionRow
from app.relationships import edges, follow
from app.services import Services
from moderation.values import Visibility
from tests.app import people
from tests.app.mastodon.people import Person, remote, sign_in

PATH, SHUT = "/api/v1/conversations", "/api/v1/domain_blocks"


def listed(person: Person, query: str = "") -> list[dict[str, Any]]:
    """Somebody's conversations."""
    return list(person.read(PATH + query))


def told(person: Person) -> list[str]:
    """What somebody was told."""
    return [each["type"] for each in person.read("/api/v1/notifications")]


@pytest.fixture
def cleo(http: FlaskClient, services: Services) -> Person:
    """A third."""
    return sign_in(http, services, "cleo")


def test_a_private_word_is_a_conversation_for_both(ana: Person, ben: Person, cleo: Person) -> None:
    first = ana.says("@ben psst", visibility="direct")
    ana.says("Hello world")
    [mine], [theirs] = listed(ana), listed(ben)
    assert mine["id"] == theirs["id"] == first["id"] and (mine["unread"], theirs["unread"]) == (False, True)
    assert [each["acct"] for each in mine["accounts"]] == ["ben"]
    assert [each["acct"] for each in theirs["accounts"]] == ["ana"]
    assert theirs["last_status"]["id"] == first["id"] and listed(cleo) == []
    answer = ben.says("@ana yes?", visibility="direct", in_reply_to_id=first["id"])
    [mine] = listed(ana)
    assert (mine["id"], mine["unread"], mine["last_status"]["id"]) == (first["id"], True, answer["id"])


def test_a_conversation_is_read_and_put_away_until_somebody_writes_again(
    ana: Person, ben: Person, cleo: Person
) -> None:
    first = ana.says("@ben psst", visibility="direct")
    assert ben.do(f"{PATH}/{first['id']}/read")["unread"] is False
    assert listed(ben)[0]["unread"] is False
    assert ben.send("DELETE", f"{PATH}/{first['id']}").json == {} and listed(ben) == []
    assert len(listed(ana)) == 1
    ana.says("@ben still there?", visibility="direct", in_reply_to_id=first["id"])
    assert [each["unread"] for each in listed(ben)] == [True]
    assert cleo.post(f"{PATH}/{first['id']}/read").status_code == 404
    assert cleo.send("DELETE", f"{PATH}/{first['id']}").status_code == 404
    public = ana.says("@ben hello")
    assert ben.post(f"{PATH}/{public['id']}/read").status_code == 404


def test_conversations_are_paged_by_their_last_posts(ana: Person, ben: Person) -> None:
    posts = [ana.says(f"@ben number {number}", visibility="direct")["id"] for number in range(3)]
    page = ben.get(f"{PATH}?limit=2")
    assert [each["last_status"]["id"] for each in page.json] == posts[:0:-1]
    assert f"max_id={posts[1]}>" in page.headers["Link"]
    assert [each["id"] for each in listed(ben, f"?max_id={posts[1]}")] == [posts[0]]
    assert [each["id"] for each in listed(ben, f"?min_id={posts[0]}&limit=1")] == [posts[1]]


def test_what_a_stranger_sends_as_a_request_is_listed_and_not_unread(ana: Person, ben: Person) -> None:
    ana.says("@ben you are vermin, all of you", visibility="direct")
    assert [each["unread"] for each in listed(ben)] == [False] and told(ben) == []


def test_whom_a_member_blocks_is_in_no_conversation(ana: Person, ben: Person) -> None:
    ana.says("@ben psst", visibility="direct")
    ben.do(f"/api/v1/accounts/{ana.id}/block")
    assert listed(ben) == []


def test_of_a_silenced_conversation_nothing_is_told(ana: Person, ben: Person, cleo: Person) -> None:
    post = ana.says("A long debate")
    assert post["muted"] is False
    assert ana.do(f"/api/v1/statuses/{post['id']}/mute")["muted"] is True
    assert ana.read(f"/api/v1/statuses/{post['id']}")["muted"] is True
    answer = ben.says("@ana no", in_reply_to_id=post["id"])
    cleo.do(f"/api/v1/statuses/{post['id']}/favourite")
    assert told(ana) == [] and ben.read(f"/api/v1/statuses/{post['id']}")["muted"] is False
    ben.says("@ana something else")
    assert told(ana) == ["mention"]
    assert ana.do(f"/api/v1/statuses/{answer['id']}/unmute")["muted"] is False
    ben.says("@ana yes", in_reply_to_id=post["id"])
    assert told(ana) == ["mention", "mention"]
    private = ben.says("for me", visibility="direct")
    assert ana.post(f"/api/v1/statuses/{private['id']}/mute").status_code == 404


@pytest.mark.parametrize("name", ["far.example", "FAR.example ", "far.example."])
def test_a_server_is_blocked_for_oneself(ana: Person, ben: Person, services: Services, name: str) -> None:
    olga = remote(services, "olga", "far.example")
    people.post(services, olga, "From far away")
    assert ana.do(SHUT, json={"domain": name}) == {} == ana.do(SHUT, json={"domain": "far.example"})
    assert ana.read(SHUT) == ["far.example"] and ben.read(SHUT) == []
    assert ana.read(f"/api/v1/accounts/relationships?id={olga.id}")[0]["domain_blocking"] is True
    assert ana.read("/api/v1/timelines/public") == [] and len(ben.read("/api/v1/timelines/public")) == 1
    assert ana.send("DELETE", SHUT, json={"domain": "far.example"}).json == {} and ana.read(SHUT) == []
    assert len(ana.read("/api/v1/timelines/public")) == 1


def test_nobody_of_a_blocked_server_is_heard_or_follows(ana: Person, services: Services) -> None:
    olga, paul = remote(services, "olga", "far.example"), remote(services, "paul", "far.example")
    with services.db.write() as session:
        for one, other in ((olga, ana.account.actor), (ana.account.actor, paul)):
            row = edges.make(session, services, one, other, edges.new_uri(services, "follow"), edges.Wish())
            edges.accept(session, services, row)
    ana.do(SHUT, json={"domain": "far.example"})
    assert ana.read(f"/api/v1/accounts/{ana.id}/followers") == [] == ana.read(f"/api/v1/accounts/{ana.id}/following")
    [event] = [each["event"] for each in ana.read("/api/v1/notifications")]
    assert (event["type"], event["target_name"]) == ("user_domain_block", "far.example")
    assert (event["followers_count"], event["following_count"]) == (1, 1)
    mention = people.post(services, olga, "@ana hello", visibility=Visibility.PUBLIC)
    with services.db.write() as session:
        session.add(MentionRow(post_pk=mention.pk, actor_id=ana.account.id))
        draft = NotificationDraft(ana.account.id, NotificationKind.MENTION, olga.id, mention.pk)
        assert notify.add(session, services, draft) is None
        row = edges.make(session, services, olga, ana.account.actor, edges.new_uri(services, "follow"), edges.Wish())
        follow.arrive(session, services, row, olga, ana.account.actor)
    assert ana.read(f"/api/v1/accounts/{ana.id}/followers") == []


@pytest.mark.parametrize("name", ["", "no domain", "https://far.example/", "ostiary.example"])
def test_what_is_no_other_server_is_refused(ana: Person, name: str) -> None:
    assert ana.post(SHUT, json={"domain": name}).status_code == 422
