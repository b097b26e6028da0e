"""Mastodon.py as a program that moderates, against a real server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError

from app.accounts.tables import Role
from app.oauth import tokens
from tests.app import people
from tests.clients.conftest import House

pytestmark = [pytest.mark.clients, pytest.mark.one_database]


def client(house: House, name: str, role: Role) -> Mastodon:
    """Somebody with a token that may do whatever their role may."""
    account = people.member(house.services, name, role)
    token = tokens.make(house.services, account.id, "read write admin:read admin:write")
    return Mastodon(access_token=token, api_base_url=house.url, user_agent="tests")


def test_a_moderator_works_through_a_report(house: House) -> None:
    mia, pat, rude = (
        client(house, name, role)
        for name, role in (("mia", Role.MODERATOR), ("pat", Role.MEMBER), ("rude", Role.MEMBER))
    )
    post = rude.status_post("Rather rude words")
    filed = pat.report(rude.me().id, status_ids=[post.id], comment="rude", category="other")
    [report] = mia.admin_reports()
    assert report.id == filed.id and report.account.username == "pat" and report.statuses[0].id == post.id
    assert mia.admin_report_assign(report).assigned_account.username == "mia"
    assert mia.admin_report_unassign(report).assigned_account is None
    assert mia.admin_report_resolve(report).action_taken
    assert mia.admin_reports() == [] and not mia.admin_report_reopen(report).action_taken
    mia.admin_account_moderate(report.target_account.id, "silence", report_id=report.id, text="Be kind")
    assert mia.admin_report(report).action_taken_by_account.username == "mia"
    assert mia.admin_account(report.target_account.id).silenced
    assert not mia.admin_account_unsilence(report.target_account.id).silenced


def test_a_moderator_finds_accounts(house: House) -> None:
    mia = client(house, "mia", Role.MODERATOR)
    assert [each.username for each in mia.admin_accounts_v2(origin="local", username="an")] == ["ana"]
    assert [each.username for each in mia.admin_accounts_v2(permissions="staff")] == ["mia"]
    assert mia.admin_accounts_v2(origin="remote") == []
    with pytest.raises(MastodonNotFoundError):
        mia.admin_account(1)


def test_a_lead_rules_about_servers(house: House) -> None:
    lea = client(house, "lea", Role.LEAD)
    made = lea.admin_create_domain_block("bad.example", severity="suspend", public_comment="Spam")
    assert lea.admin_domain_blocks(id=made.id) == made == lea.admin_domain_blocks()[0]
    assert lea.admin_update_domain_block(made.id, severity="silence", public_comment="Still spam").severity == "silence"
    lea.admin_delete_domain_block(made.id)
    assert lea.admin_domain_blocks() == []
    allowed = lea.admin_create_domain_allow("good.example")
    assert lea.admin_domain_allow(allowed.id) == allowed == lea.admin_domain_allows()[0]
    lea.admin_delete_domain_allow(allowed.id)
    with pytest.raises(MastodonAPIError):
        lea.admin_domain_allow(allowed.id)


def test_a_moderator_reads_numbers(house: House) -> None:
    mia = client(house, "mia", Role.MODERATOR)
    now = house.services.clock.now()
    before = now - timedelta(days=7)
    measures = mia.admin_measures(before, now, new_users=True, interactions=True, tag_uses="cats")
    assert {each.key: each.total for each in measures} == {"new_users": "3", "interactions": "0", "tag_uses": "0"}
    dimensions = mia.admin_dimensions(before, now, software_versions=True, languages=True)
    assert {each.key for each in dimensions} == {"software_versions", "languages"}
    assert len(mia.admin_retention(before, now, frequency="day")) == 8
