"""Mastodon.py and the newer parts of the API: groups, requests, push with its keys, conversations, trends."""

from __future__ import annotations

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from mastodon import Mastodon

from app.accounts.tables import Role
from app.oauth import tokens
from app.push import sending
from app.trends import counting
from tests.app import people
from tests.app.push.test_encryption import read_by_the_draft
from tests.clients.conftest import House
from tests.clients.test_admin import client
from tests.support.posts import Elsewhere

pytestmark = [pytest.mark.clients, pytest.mark.one_database]
SCOPES = "read write follow push"


def member(house: House, name: str) -> Mastodon:
    """Somebody who wants to be found, with a token."""
    account = people.member(house.services, name, discoverable=True)
    token = tokens.make(house.services, account.id, SCOPES)
    return Mastodon(access_token=token, api_base_url=house.url, user_agent="tests")


def test_notifications_come_in_groups(house: House) -> None:
    kim, lou, mo = (member(house, name) for name in ("kim", "lou", "mo"))
    post = kim.status_post("Hello")
    lou.status_favourite(post)
    mo.status_favourite(post)
    found = kim.grouped_notifications()
    [group] = found.notification_groups
    assert (group.type, group.notifications_count, group.status_id) == ("favourite", 2, post.id)
    assert [each.acct for each in kim.grouped_notification_accounts(group.group_key)] == ["mo", "lou"]
    assert kim.unread_grouped_notifications_count() == 1
    kim.dismiss_grouped_notification(group.group_key)
    assert kim.grouped_notifications().notification_groups == []


def test_notifications_are_kept_apart_and_let_in(house: House) -> None:
    kim, lou = (member(house, name) for name in ("kim", "lou"))
    assert kim.update_notifications_policy(for_not_following="filter").for_not_following == "filter"
    lou.status_post("@kim hello")
    assert kim.notifications() == [] and kim.notifications_policy().summary.pending_requests_count == 1
    [request] = kim.notification_requests()
    assert request.account.acct == "lou"
    kim.accept_notification_request(request)
    assert kim.notifications_merged() and len(kim.notifications()) == 1


def test_a_client_s_keys_decrypt_what_is_pushed(house: House) -> None:
    kim, lou = (member(house, name) for name in ("kim", "lou"))
    private, public = kim.push_subscription_generate_keys()
    made = kim.push_subscription_set("http://push.example/x", public, mention_events=True)
    assert made.alerts.mention and made.server_key == kim.instance_v2().configuration.vapid.public_key
    lou.status_post("@kim the kettle is on")
    elsewhere = Elsewhere()
    sending.drain(house.services, poster=elsewhere)
    [sent] = elsewhere.sent
    mine = ec.derive_private_key(private["privkey"], ec.SECP256R1())
    told = orjson.loads(read_by_the_draft(mine, private["auth"], sent.body, sent.headers))
    assert told["access_token"] == kim.access_token and told["notification_type"] == "mention"
    assert "kettle" in told["body"]
    kim.push_subscription_delete()


def test_private_words_are_conversations_and_may_fall_silent(house: House) -> None:
    kim, lou = (member(house, name) for name in ("kim", "lou"))
    post = kim.status_post("@lou psst", visibility="direct")
    [conversation] = lou.conversations()
    assert conversation.unread and conversation.last_status.id == post.id
    assert not lou.conversations_read(conversation).unread
    assert lou.status_mute(post).muted and not lou.status_unmute(post).muted
    lou.domain_block("far.example")
    assert list(lou.domain_blocks()) == ["far.example"]


def test_a_hashtag_trends_once_a_lead_allows_it(house: House) -> None:
    crowd = [member(house, name) for name in ("kim", "lou", "mo")]
    for person in crowd:
        person.status_post("Look at this #kettle")
    counting.count(house.services)
    lea = client(house, "lea", Role.LEAD)
    [tag] = lea.admin_trending_tags()
    assert crowd[0].trending_tags() == []
    lea.admin_approve_trending_tag(tag)
    assert [each.name for each in crowd[0].trending_tags()] == ["kettle"]
