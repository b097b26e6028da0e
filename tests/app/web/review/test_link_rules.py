"""A macro brings a rule about where a wave links to: previewed, ticked, in force for a while, lifted, undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import FrozenClock
from app.posts import admission
from app.posts.tables import PostState
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.links.tables import LinkRuleRow
from moderation.macros import keeping
from moderation.statements.tables import StatementRow
from tests.app.people import draft, remote
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import SPAM, Desk

pytestmark = pytest.mark.one_database
SPAM_WAVE = 1


@pytest.fixture
def wave(town: Town) -> CaseRow:
    """Nearly the same from many accounts elsewhere, with a link to the same address."""
    services = town.services
    new = services.clock.now() - timedelta(days=1)
    senders = [remote(services, f"winner{n}", f"promo{n % 3}.example", published_at=new) for n in range(8)]
    links = ("https://win.lucky.example/now", "https://ostiary.example/about")
    drafts = [
        draft(services, sender, SPAM.format(number), links=links) for number, sender in enumerate(senders, start=10)
    ]
    admission.admit(services, drafts)
    with services.db.read() as session:
        return session.scalars(select(CaseRow).where(CaseRow.members > 1)).one()


def clear(mo: Visitor, case: CaseRow, *hosts: str) -> str:
    """Do the macro with these addresses ticked; where its preview is."""
    where = f"/review/case/{case.id}/macro/{SPAM_WAVE}"
    assert mo.post(f"{where}/do", on=where, version=case.version, link_host=list(hosts)).status_code == 302
    return where


def arrives(town: Town, desk: Desk, name: str, link: str) -> str:
    """What becomes of something else that links there."""
    services = town.services
    text = f"my holiday pictures are here at last, {name} says hello to all of you"
    post = draft(services, remote(services, name, "late.example"), text, links=(link,))
    admission.admit(services, [post])
    return desk.states([post.uri]).pop()


def test_a_preview_names_where_a_wave_links_but_for_this_house_and_changes_nothing(
    town: Town, mo: Visitor, desk: Desk, wave: CaseRow
) -> None:
    page = mo.page(f"/review/case/{wave.id}/macro/{SPAM_WAVE}")
    assert "Whatever links there is refused for 14 days" in page
    assert 'name="link_host" value="win.lucky.example" checked' in page
    assert "8 posts link there" in page
    assert 'value="ostiary.example"' not in page
    assert arrives(town, desk, "before", "https://win.lucky.example/x") == "published"


def test_what_links_there_is_refused_until_the_rule_ends_and_by_nothing_that_wasnt_ticked(
    town: Town, mo: Visitor, desk: Desk, wave: CaseRow, clock: FrozenClock
) -> None:
    clear(mo, wave, "win.lucky.example", "ostiary.example", "innocent.example")
    with town.services.db.read() as session:
        assert list(session.scalars(select(LinkRuleRow.host))) == ["win.lucky.example"]
    assert arrives(town, desk, "one", "https://win.lucky.example/x") == "rejected"
    assert arrives(town, desk, "two", "https://deep.win.lucky.example/") == "rejected"
    assert arrives(town, desk, "three", "https://lucky.example/") == "published"
    assert arrives(town, desk, "four", "https://innocent.example/") == "published"
    clock.move(timedelta(days=14))
    assert arrives(town, desk, "five", "https://win.lucky.example/x") == "published"


def test_a_member_whom_it_reaches_is_told_why(town: Town, mo: Visitor, desk: Desk, wave: CaseRow) -> None:
    clear(mo, wave, "win.lucky.example")
    post = town.writes(town.member("ana"), "look at https://win.lucky.example/mine for my pictures")
    assert desk.now(post).state is PostState.REJECTED
    with town.services.db.read() as session:
        row = session.scalars(select(StatementRow).where(StatementRow.uri == post.uri)).one()
    assert (row.action, row.automated_decision) == ("remove", "FULLY")


def test_the_decisions_page_lists_it_lifts_it_and_one_undo_takes_it_back(
    town: Town, mo: Visitor, desk: Desk, wave: CaseRow
) -> None:
    clear(mo, wave, "win.lucky.example")
    with town.services.db.read() as session:
        number = session.scalars(select(DecisionRow.id).where(DecisionRow.part_of_id.is_(None))).one()
        link = session.scalars(select(LinkRuleRow.id)).one()
    place = f"/review/decisions/{number}"
    assert "What links to win.lucky.example is refused" in mo.page(place)
    assert mo.post(f"{place}/watch", on=place, link=link, what="lift").status_code == 302
    assert arrives(town, desk, "one", "https://win.lucky.example/x") == "published"
    assert mo.post(f"{place}/watch", on=place, link=link, what="restore").status_code == 302
    assert arrives(town, desk, "two", "https://win.lucky.example/x") == "rejected"
    assert mo.post("/review/undo", on="/review").status_code == 302
    assert arrives(town, desk, "three", "https://win.lucky.example/x") == "published"
    assert mo.post(f"{place}/watch", on=place, link=link, what="restore").status_code == 404


def test_a_lead_says_how_long_and_what_lets_be_brings_no_rule(town: Town, lea: Visitor) -> None:
    where = "/review/macros/6"
    fields = {"name_en": "Off topic", "action_0": "limit", "scope_0": "subject"}
    assert lea.post(where, on=where, **fields, link_days="3").status_code == 302
    with town.services.db.read() as session:
        assert keeping.find(session, 6).link_days == 3
    assert lea.post(where, on=where, **fields, link_days="400").status_code == 422
    assert lea.post(where, on=where, **(fields | {"action_0": "approve"}), link_days="3").status_code == 422
