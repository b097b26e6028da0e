"""Mastodon.py against a real server, from registering itself to reporting somebody."""

from __future__ import annotations

from pathlib import Path

import pytest
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError, MastodonUnauthorizedError

from tests.clients.conftest import House

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
        ana.scheduled_statuses()
    with pytest.raises(MastodonAPIError, match="Text can't be blank"):
        ana.status_post("")
