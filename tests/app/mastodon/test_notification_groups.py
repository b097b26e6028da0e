"""Notifications in groups, and what is kept apart by a member's policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.tables import Role
from app.appealing import contest
from app.clock import FrozenClock
from app.notifications import notify, severed
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind, NotificationRow, SeveranceKind
from app.services import Services
from moderation.cases.tables import DecisionRow
from tests.app.mastodon.people import Person, remote, sign_in

ROOT, FIRST = "/api/v2/notifications", "/api/v1/notifications"
POLICY, REQUESTS = f"{ROOT}/policy", f"{FIRST}/requests"


def groups(person: Person, query: str = "") -> list[dict[str, Any]]:
    """The groups of a page."""
    return list(person.read(ROOT + query)["notification_groups"])


def told(person: Person, query: str = "") -> list[str]:
    """From whom somebody was told what, one by one."""
    return [f"{each['account']['acct']} {each['type']}" for each in person.read(FIRST + query)]


@pytest.fixture
def cleo(http: FlaskClient, services: Services) -> Person:
    """A third."""
    return sign_in(http, services, "cleo")


def likes(person: Person, post: Any) -> None:
    """Somebody likes a post."""
    person.do(f"/api/v1/statuses/{post['id']}/favourite")


def test_likes_of_one_post_are_one_group(ana: Person, ben: Person, cleo: Person) -> None:
    one, other = ana.says("One"), ana.says("Other")
    likes(ben, one)
    likes(ben, other)
    likes(cleo, one)
    page = ana.read(ROOT)
    first, second = page["notification_groups"]
    assert (first["status_id"], first["notifications_count"]) == (one["id"], 2)
    assert first["sample_account_ids"] == [cleo.id, ben.id] and first["type"] == "favourite"
    assert (second["status_id"], second["notifications_count"]) == (other["id"], 1)
    assert {each["id"] for each in page["accounts"]} == {ben.id, cleo.id}
    assert {each["id"] for each in page["statuses"]} == {one["id"], other["id"]}
    keys = [each["group_key"] for each in ana.read(FIRST)]
    assert keys == [first["group_key"], second["group_key"], first["group_key"]]


def test_what_a_client_cant_group_stands_alone(ana: Person, ben: Person, cleo: Person) -> None:
    post = ana.says("One")
    for person in (ben, cleo):
        likes(person, post)
        person.do(f"/api/v1/accounts/{ana.id}/follow")
    assert [each["type"] for each in groups(ana)] == ["follow", "favourite"]
    apart = groups(ana, "?grouped_types[]=follow")
    assert [each["notifications_count"] for each in apart] == [2, 1, 1]
    assert [each["group_key"].startswith("ungrouped-") for each in apart] == [False, True, True]
    assert [each["type"] for each in groups(ana, "?types[]=follow")] == ["follow"]
    assert groups(ana, "?types[]=nonsense") == []
    assert [each["sample_account_ids"] for each in groups(ana, f"?account_id={ben.id}")] == [[ben.id], [ben.id]]


def test_groups_are_paged_by_the_notifications_in_them(ana: Person, ben: Person, cleo: Person) -> None:
    posts = [ana.says(f"Post {number}") for number in range(3)]
    for post in posts:
        likes(ben, post)
    likes(cleo, posts[2])
    answer = ana.get(f"{ROOT}?limit=2")
    assert [each["status_id"] for each in answer.json["notification_groups"]] == [posts[2]["id"], posts[1]["id"]]
    lowest = min(int(each["page_min_id"]) for each in answer.json["notification_groups"])
    assert f"max_id={lowest}>" in answer.headers["Link"]
    assert [each["status_id"] for each in groups(ana, f"?limit=2&max_id={lowest}")] == [posts[0]["id"]]
    assert [each["status_id"] for each in groups(ana, f"?limit=1&min_id={lowest}")] == [posts[2]["id"]]


def test_a_group_is_on_one_page_with_all_whom_it_is_from(ana: Person, ben: Person, cleo: Person) -> None:
    posts = [ana.says(f"Post {number}") for number in range(3)]
    for person in (ben, cleo):
        for post in posts:
            likes(person, post)
    pages, query = [], "?limit=2"
    while found := groups(ana, query):
        pages.append([(each["status_id"], each["sample_account_ids"], each["notifications_count"]) for each in found])
        query = f"?limit=2&max_id={min(int(each['page_min_id']) for each in found)}"
    newest_first = [(post["id"], [cleo.id, ben.id], 2) for post in reversed(posts)]
    assert pages == [newest_first[:2], newest_first[2:]]
    single = groups(ana, f"?limit=1&max_id={groups(ana, '?limit=1')[0]['page_min_id']}")
    assert [each["status_id"] for each in single] == [posts[1]["id"]]


def test_of_those_beside_others_only_the_picture_is_told(ana: Person, ben: Person, cleo: Person) -> None:
    post = ana.says("One")
    likes(ben, post)
    likes(cleo, post)
    page = ana.read(f"{ROOT}?expand_accounts=partial_avatars")
    assert [each["id"] for each in page["accounts"]] == [cleo.id]
    assert [set(each) >= {"id", "acct", "avatar"} and "note" not in each for each in page["partial_accounts"]] == [True]
    assert len(ana.read(f"{ROOT}?expand_accounts=full")["accounts"]) == 2
    wrong = ana.get(f"{ROOT}?expand_accounts=none")
    assert wrong.status_code == 400 and "'none'" in wrong.json["error"]


def test_a_group_is_looked_at_and_dismissed_as_a_whole(ana: Person, ben: Person, cleo: Person) -> None:
    post = ana.says("One")
    likes(ben, post)
    likes(cleo, post)
    ben.says("@ana hello")
    mention, group = groups(ana)
    assert ana.read(f"{ROOT}/unread_count") == {"count": 2} and ana.read(f"{FIRST}/unread_count") == {"count": 3}
    path = f"{ROOT}/{group['group_key']}"
    assert ana.read(path)["notification_groups"][0]["notifications_count"] == 2
    assert [each["acct"] for each in ana.read(f"{path}/accounts")] == ["cleo", "ben"]
    assert ben.get(path).status_code == 404 and ben.do(f"{path}/dismiss") == {}
    assert ana.do(f"{path}/dismiss") == {} and ana.get(path).status_code == 404
    assert groups(ana) == [mention]
    assert ana.do(f"{ROOT}/{mention['group_key']}/dismiss") == {} and groups(ana) == []


def test_half_a_day_later_is_another_group(ana: Person, ben: Person, cleo: Person, clock: FrozenClock) -> None:
    post = ana.says("One")
    likes(ben, post)
    clock.move(timedelta(hours=13))
    likes(cleo, post)
    assert [each["notifications_count"] for each in groups(ana)] == [1, 1]


def test_nothing_is_kept_apart_unless_asked_for(ana: Person, ben: Person) -> None:
    assert ana.read(POLICY) == {
        "for_not_following": "accept",
        "for_not_followers": "accept",
        "for_new_accounts": "accept",
        "for_private_mentions": "accept",
        "for_limited_accounts": "drop",
        "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
    }
    ben.says("@ana hello")
    assert told(ana) == ["ben mention"]


def test_who_isnt_followed_can_be_kept_apart_and_let_in(ana: Person, ben: Person, cleo: Person) -> None:
    ana.do(f"/api/v1/accounts/{cleo.id}/follow")
    changed = ana.send("PATCH", POLICY, json={"for_not_following": "filter"}).json
    assert changed["for_not_following"] == "filter" and ana.read(f"{FIRST}/policy")["filter_not_following"] is True
    post = ben.says("@ana hello")
    ben.says("@ana hello again")
    cleo.says("@ana me too")
    assert told(ana) == ["cleo mention"] and len(groups(ana)) == 1
    assert ana.read(f"{FIRST}/unread_count") == {"count": 1}
    assert told(ana, "?include_filtered=true") == ["cleo mention", "ben mention", "ben mention"]
    assert ana.read(POLICY)["summary"] == {"pending_requests_count": 1, "pending_notifications_count": 2}
    [request] = ana.read(REQUESTS)
    assert (request["account"]["acct"], request["notifications_count"]) == ("ben", "2")
    assert request["last_status"]["id"] != post["id"] and ana.read(f"{REQUESTS}/{request['id']}") == request
    assert ben.get(f"{REQUESTS}/{request['id']}").status_code == 404
    assert ben.post(f"{REQUESTS}/{request['id']}/accept").status_code == 404
    assert ana.do(f"{REQUESTS}/{request['id']}/accept") == {} and ana.read(f"{REQUESTS}/merged") == {"merged": True}
    assert told(ana) == ["cleo mention", "ben mention", "ben mention"] and ana.read(REQUESTS) == []
    ben.says("@ana and once more")
    assert told(ana)[0] == "ben mention"


def test_a_request_is_put_away_with_what_it_holds(ana: Person, ben: Person, cleo: Person) -> None:
    ana.send("PATCH", POLICY, json={"for_not_following": "filter"})
    for person in (ben, cleo):
        person.says("@ana hello")
    ids = [each["id"] for each in ana.read(REQUESTS)]
    assert ana.do(f"{REQUESTS}/dismiss", json={"id": ids}) == {}
    assert ana.read(REQUESTS) == [] and told(ana, "?include_filtered=true") == []
    ben.says("@ana hello again")
    assert [each["account"]["acct"] for each in ana.read(REQUESTS)] == ["ben"]


def test_what_is_dropped_is_nowhere(ana: Person, ben: Person) -> None:
    ana.send("PATCH", POLICY, json={"for_not_followers": "drop"})
    ben.says("@ana hello")
    assert told(ana, "?include_filtered=true") == [] and ana.read(REQUESTS) == []
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    ben.says("@ana hello")
    assert told(ana) == ["ben mention", "ben follow"] or told(ana) == ["ben mention"]


def test_new_accounts_can_be_kept_apart(ana: Person, ben: Person, clock: FrozenClock) -> None:
    ana.send("PATCH", POLICY, json={"for_new_accounts": "filter"})
    ben.says("@ana hello")
    assert told(ana) == []
    clock.move(timedelta(days=31))
    ben.says("@ana hello")
    assert told(ana) == ["ben mention"]


def test_private_posts_can_be_kept_apart_but_not_answers(ana: Person, ben: Person) -> None:
    ana.send("PATCH", POLICY, json={"for_private_mentions": "filter"})
    mine = ana.says("@ben psst", visibility="direct")
    ben.says("@ana yes?", visibility="direct", in_reply_to_id=mine["id"])
    assert told(ana) == ["ben mention"]
    ben.says("@ana by the way", visibility="direct")
    assert told(ana) == ["ben mention"] and len(ana.read(REQUESTS)) == 1


def test_who_moderates_is_always_heard(ana: Person, http: FlaskClient, services: Services) -> None:
    ana.send("PATCH", POLICY, json={"for_not_following": "drop"})
    sign_in(http, services, "mia", role=Role.MODERATOR).says("@ana hello")
    assert told(ana) == ["mia mention"]


def test_a_policy_that_makes_no_sense_is_refused(ana: Person) -> None:
    assert ana.send("PATCH", POLICY, json={"for_new_accounts": "perhaps"}).status_code == 422
    assert ana.send("PUT", f"{FIRST}/policy", json={"filter_new_accounts": True}).json["filter_new_accounts"] is True
    assert ana.read(POLICY)["for_new_accounts"] == "filter"


def test_what_was_lost_with_a_server_is_told_once(ana: Person, services: Services) -> None:
    with services.db.write() as session:
        for follower in (True, False, True):
            severed.lost(
                session, services, ana.account.id, SeveranceKind.DOMAIN_BLOCK, "bad.example", follower=follower
            )
    [notification] = ana.read(FIRST)
    assert notification["type"] == "severed_relationships"
    assert (
        notification["event"].items()
        >= {
            "type": "domain_block",
            "target_name": "bad.example",
            "followers_count": 2,
            "following_count": 1,
            "purged": False,
        }.items()
    )
    [group] = groups(ana)
    assert group["event"] == notification["event"]


def test_a_warning_names_its_appeal(ana: Person, http: FlaskClient, services: Services) -> None:
    mia = sign_in(http, services, "mia", "read write admin:read admin:write", role=Role.MODERATOR)
    mia.do(f"/api/v1/admin/accounts/{ana.id}/action", json={"type": "silence", "text": "Be kind"})
    [warned] = ana.read(f"{FIRST}?types[]=moderation_warning")
    assert (warned["moderation_warning"]["action"], warned["moderation_warning"]["text"]) == ("silence", "Be kind")
    assert warned["moderation_warning"]["target_account"]["id"] == ana.id
    assert warned["moderation_warning"]["appeal"] is None
    with services.db.read() as session:
        decision_id = session.scalars(select(DecisionRow.id)).one()
    contest.by_author(services, ana.account, decision_id, "I was kind")
    [warned] = ana.read(f"{FIRST}?types[]=moderation_warning")
    assert warned["moderation_warning"]["appeal"] == {"text": "I was kind", "state": "pending"}


def test_whoever_is_gone_asks_nothing(ana: Person, services: Services) -> None:
    ana.send("PATCH", POLICY, json={"for_not_following": "filter"})
    olga = remote(services, "olga")
    with services.db.write() as session:
        notify.add(session, services, NotificationDraft(ana.account.id, NotificationKind.FOLLOW, olga.id))
    assert [each["account"]["username"] for each in ana.read(REQUESTS)] == ["olga"]
    with services.db.write() as session:
        session.merge(olga).suspended_at = services.clock.now()
    assert ana.read(REQUESTS) == []
    with services.db.read() as session:
        assert [row.filtered for row in session.scalars(select(NotificationRow))] == [True]
