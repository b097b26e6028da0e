"""A member before a page about a server that will be suspended: what is theirs, to keep, and nobody else's."""

from __future__ import annotations

import pytest

from app.accounts.tables import AccountRow, Role
from app.reviewing import domain_steps, planned
from app.reviewing.domain_steps import DomainStep, Said
from tests.app.people import remote
from tests.app.reviewing.test_planned import follows
from tests.app.web.conftest import Town
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database
FAR = "far.example"


@pytest.fixture
def plan(town: Town, ana: AccountRow) -> str:
    """The page of one that concerns ana."""
    follows(town.services, ana.actor, remote(town.services, "olaf"))
    follows(town.services, remote(town.services, "zoe"), ana.actor)
    lea = town.member("lea", Role.LEAD)
    domain_steps.take(town.services, lea, DomainStep.NOTICE, FAR, Said(public="Spam.", private="Seen by mo."))
    with town.services.db.read() as session:
        (row,) = planned.mine(session, ana.id)
    return f"/settings/moving/planned/{row.id}"


def test_a_member_reads_the_day_why_and_whom_it_concerns_and_saves_the_lists(
    town: Town, ana: AccountRow, plan: str
) -> None:
    her = town.at_home(ana)
    assert plan in her.page("/notifications") and plan in her.page("/settings/moving")
    page = her.page(plan)
    assert "@olaf@far.example" in page and "@zoe@far.example" in page and "Spam." in page
    assert "Seen by mo." not in page and "lea" not in page.replace("please", "")
    saved = her.get(plan + "/following.csv").text.splitlines()
    assert saved == ["Account address,Show boosts,Notify on new posts,Languages", "olaf@far.example,true,false,"]
    assert her.get(plan + "/followers.csv").text.splitlines() == ["Account address", "zoe@far.example"]


def test_it_is_nobody_elses(town: Town, ben: AccountRow, plan: str) -> None:
    for path in (plan, plan + "/following.csv", "/settings/moving/planned/999"):
        assert town.at_home(ben).get(path).status_code == 404
    assert town.visitor().get(plan).status_code == 302


def test_everybody_reads_in_public_words_what_is_planned(town: Town, plan: str) -> None:
    page = town.visitor().page("/about")
    assert "Will be suspended" in page and FAR in page and "Spam." in page and "Seen by mo." not in page


def test_a_lead_calls_it_off_on_the_servers_page(town: Town, ana: AccountRow, plan: str) -> None:
    lia = town.at_home(town.member("lia", Role.LEAD))
    page = f"/review/domains/{FAR}"
    assert "Will be suspended" in lia.page(page) and FAR in lia.page("/review/domains")
    assert lia.post("/review/domains/call-off", on=page, domain=FAR).status_code == 302
    assert "Will be suspended" not in lia.page(page)
    assert "a suspension was called off" in town.at_home(ana).page("/notifications")
    assert "called off" in town.at_home(ana).page(plan)


def test_the_client_api_tells_it_in_the_members_words(town: Town, ana: AccountRow, plan: str) -> None:
    status, text = Caller(town, ana, "read").send("GET", "/api/v1/notifications")
    assert status == 200 and '"moderation_warning"' in text and "far.example" in text and '"action":"none"' in text


def test_the_rung_needs_public_words_and_keeps_what_was_typed(town: Town) -> None:
    lia = town.at_home(town.member("lia", Role.LEAD))
    on = f"/review/domains/steps/notice?domain={FAR}"
    answer = lia.post("/review/domains/steps/notice", on=on, domain=FAR, private_comment="Typed already.")
    assert answer.status_code == 422 and "Typed already." in answer.text and 'role="alert"' in answer.text
