"""Mastodon.py against a real server, from registering itself to reporting somebody."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError, MastodonUnauthorizedError

from tests.clients.conftest import House
from tests.support.pictures import picture

pytestmark = [pytest.mark.clients, pytest.mark.one_database]
SCOPES = ["read", "write", "follow"]
DOUBTFUL = "Those people are vermin"


def sign_in(house: House, name: str, folder: Path) -> Mastodon:
    """The whole way: register the program, agree in a browser, take the token."""
    keys = folder / f"{name}.secret"
    Mastodon.create_app(
        "tests", scopes=SCOPES, api_base_url=house.url, to_file=str(keys), website="https://example.org"
    )
    client = Mastodon(client_id=str(keys), user_agent="tests")
    address = client.auth_request_url(scopes=SCOPES, allow_http=True)
    client.log_in(code=house.code(name, address), scopes=SCOPES, allow_http=True)
    return client


@pytest.fixture
def ana(house: House, tmp_path: Path) -> Mastodon:
    return sign_in(house, "ana", tmp_path)


@pytest.fixture
def ben(house: House, tmp_path: Path) -> Mastodon:
    return sign_in(house, "ben", tmp_path)


def test_a_day_with_a_client(house: House, ana: Mastodon, ben: Mastodon) -> None:
    assert ana.me().acct == "ana" and ana.app_verify_credentials().name == "tests"
    [found] = ana.account_search("ben")
    assert ana.account_follow(found.id).following
    assert ana.account_relationships([found.id])[0].following

    status = ben.status_post("A walk along the river #walk", visibility="public", idempotency_key="walk-1")
    assert ben.status_post("A walk along the river #walk", idempotency_key="walk-1").id == status.id
    assert [s.id for s in ana.timeline_home()] == [status.id]
    assert [s.id for s in ana.timeline_local()] == [s.id for s in ana.timeline_hashtag("walk")] == [status.id]

    assert ana.status_favourite(status.id).favourites_count == 1
    boost = ana.status_reblog(status.id)
    assert boost.reblog.id == status.id and boost.reblog.reblogged
    reply = ana.status_reply(status, "Lovely!")
    assert [s.id for s in ben.status_context(status.id).descendants] == [reply.id]
    assert sorted(n.type for n in ben.notifications()) == ["favourite", "follow", "mention", "reblog"]
    assert [n.type for n in ben.notifications(types=["mention"])] == ["mention"]
    assert [s.id for s in ana.favourites()] == [status.id]

    edited = ben.status_update(status.id, "A walk along the canal #walk")
    assert "canal" in edited.content and edited.edited_at is not None
    assert ben.status_source(status.id).text == "A walk along the canal #walk"
    assert len(ana.status_history(status.id)) == 2

    assert [s.id for s in ana.search_v2(status.uri).statuses] == [status.id]
    assert [t.name for t in ana.search_v2("walk").hashtags] == ["walk"]
    assert ana.status_unfavourite(status.id).favourites_count == 0
    ana.status_unreblog(status.id)

    assert ben.status_delete(status.id).text == "A walk along the canal #walk"
    with pytest.raises(MastodonNotFoundError):
        ana.status(status.id)


def test_what_members_keep_for_themselves(ana: Mastodon, ben: Mastodon) -> None:
    wall = {"mime_type": "image/png", "description": "a wall", "focus": (0.5, -0.5)}
    media = ben.media_post(BytesIO(picture()), synchronous=True, **wall)
    assert ben.media_update(media, description="a red wall").description == "a red wall"
    post = ben.status_post("My wall #brick", media_ids=[media], sensitive=True, spoiler_text="bricks")
    assert [each.description for each in ana.status(post).media_attachments] == ["a red wall"]
    asked = ben.status_post("Paint it?", poll=ben.make_poll(["Yes", "No"], 3600, hide_totals=True))
    voted = ana.poll_vote(asked.poll, [1])
    assert (voted.voted, list(voted.own_votes)) == (True, [1]) and ben.poll(asked.poll).votes_count == 1
    with pytest.raises(MastodonAPIError, match="already voted"):
        ana.poll_vote(asked.poll, [0])

    assert ana.status_bookmark(post).bookmarked and [each.id for each in ana.bookmarks()] == [post.id]
    assert not ana.status_unbookmark(post).bookmarked and ana.bookmarks() == []
    assert ana.status_mute(post).muted and not ana.status_unmute(post).muted
    assert ben.status_pin(post).pinned and [each.id for each in ana.account_statuses(ben.me(), pinned=True)] == [
        post.id
    ]
    assert not ben.status_unpin(post).pinned
    assert [each.id for each in ana.account_statuses(ben.me(), only_media=True)] == [post.id]
    assert [each.id for each in ana.statuses([post, asked])] == [post.id, asked.id]

    assert ana.account_note_set(ben.me(), "paints walls").note == "paints walls"
    assert ana.tag_follow("brick").following and [tag.name for tag in ana.followed_tags()] == ["brick"]
    assert not ana.tag_unfollow("brick").following
    ana.domain_block("loud.example")
    assert ana.domain_blocks() == ["loud.example"]
    ana.domain_unblock("loud.example")
    assert ana.preferences().posting_default_visibility == "public"


def test_lists_filters_and_who_follows_whom(ana: Mastodon, ben: Mastodon) -> None:
    ana.account_update_credentials(locked=True)
    assert ben.account_follow(ana.me()).requested
    [asks] = ana.follow_requests()
    assert ana.follow_request_authorize(asks).followed_by and [
        each.acct for each in ana.account_followers(ana.me())
    ] == ["ben"]
    assert not ana.account_remove_from_followers(ben.me()).followed_by

    ana.account_follow(ben.me())
    made = ana.list_create("Neighbours", replies_policy="none", exclusive=True)
    ana.list_accounts_add(made, [ben.me()])
    post = ben.status_post("The tram is late")
    assert [each.id for each in ana.timeline_list(made)] == [post.id] and ana.timeline_home() == []
    assert [each.title for each in ana.account_lists(ben.me())] == ["Neighbours"]
    assert ana.list_update(made, "The street").title == "The street"
    ana.list_accounts_delete(made, [ben.me()])
    ana.list_delete(made)
    assert ana.lists() == []

    rule = ana.create_filter_v2(
        "Trams", ["home", "public"], "warn", keywords_attributes=[{"keyword": "tram", "whole_word": True}]
    )
    [match] = ana.status(post).filtered
    assert (match.filter.title, list(match.keyword_matches)) == ("Trams", ["tram"])
    word = ana.add_filter_keyword_v2(rule, "bus")
    ana.delete_filter_keyword_v2(word)
    assert [each.keyword for each in ana.filter_v2(rule).keywords] == ["tram"]
    ana.delete_filter_v2(rule)
    assert ana.filters_v2() == []


def test_quotes_and_private_words(ana: Mastodon, ben: Mastodon) -> None:
    post = ana.status_post("The ferry left.", quote_approval_policy="public")
    quoting = ben.status_post("Read this.", quoted_status_id=post)
    assert quoting.quote.state == "accepted" and quoting.quote.quoted_status.id == post.id
    assert [each.id for each in ana.status_quotes(post)] == [quoting.id]
    psst = ben.status_post("@ana psst", visibility="direct")
    [talk] = ana.conversations()
    assert talk.unread and talk.last_status.id == psst.id and not ana.conversations_read(talk).unread
    assert ana.notifications_unread_count().count == len(ana.notifications()) == 2
    ana.notifications_clear()
    assert ana.notifications() == []


def test_paging_goes_back_and_forth(ana: Mastodon) -> None:
    ids = [ana.status_post(f"number {number}").id for number in range(7)][::-1]
    first = ana.timeline_home(limit=3)
    second = ana.fetch_next(first)
    assert [s.id for s in first] + [s.id for s in second] == ids[:6]
    assert [s.id for s in ana.fetch_previous(second)] == ids[:3]
    assert [s.id for s in ana.fetch_remaining(first)] == ids


def test_moderation_as_a_client_meets_it(house: House, ana: Mastodon, ben: Mastodon) -> None:
    held = ben.status_post(DOUBTFUL)
    assert "Waiting for a moderator" in held.content
    assert ben.status_source(held.id).text == DOUBTFUL
    assert [n.status.id for n in ben.notifications()] == [held.id]
    assert ben.timeline_public()[0].id == held.id == ben.search_v2("vermin", result_type="statuses").statuses[0].id
    assert held.id not in [one.id for one in ana.timeline_public()]
    assert ana.search_v2("vermin", result_type="statuses").statuses == []
    with pytest.raises(MastodonNotFoundError):
        ana.status(held.id)

    rude = ben.status_post("Rather rude words")
    report = ana.report(ben.me().id, status_ids=[rude.id], comment="rude", category="other")
    assert report.target_account.acct == "ben" and not report.action_taken
    ana.account_mute(ben.me().id)
    ana.account_block(ben.me().id)
    assert [a.acct for a in ana.blocks()] == ["ben"] and ana.timeline_public() == []


def test_the_server_describes_itself_to_the_client(house: House, ana: Mastodon) -> None:
    assert ana.instance_v1().uri == ana.instance_v2().domain == house.services.settings.domain
    assert ana.retrieve_mastodon_version() == "4.5.0"
    assert ana.custom_emojis() == [] and ana.instance_rules() == []
    ana.account_update_credentials(display_name="Ana", note="Hello", locked=True)
    assert ana.me().display_name == "Ana" and ana.me().locked
    ana.markers_set(["home"], [1])
    assert str(ana.markers_get(["home"]).home.last_read_id) == "1"


def test_a_client_that_logs_out_is_out(ana: Mastodon) -> None:
    token = ana.access_token
    ana.revoke_access_token(allow_http=True)
    ana.access_token = token
    with pytest.raises(MastodonUnauthorizedError):
        ana.timeline_home()


def test_what_is_not_built_is_an_error_that_the_client_understands(ana: Mastodon) -> None:
    with pytest.raises(MastodonNotFoundError):
        ana.status_translate(ana.status_post("One morning by the harbour."), lang="fr")
    with pytest.raises(MastodonAPIError, match="Text can't be blank"):
        ana.status_post("")
