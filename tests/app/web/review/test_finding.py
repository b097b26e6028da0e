"""Whatever a moderator has at hand leads to its one page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import func, select, update

from app.accounts.tables import AccountRow, ActorRow, Role
from app.grave import sealing, settling
from app.posts import edit
from app.posts.edit import EditRequest
from moderation.cases import exclusions
from moderation.cases.tables import CaseRow
from moderation.evidence import purging, wordings
from moderation.evidence.tables import SnapshotRow
from moderation.values import CaseState
from moderation.workforce import records
from tests.app.people import remote
from tests.app.web.conftest import BASE, Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


def leads(visitor: Visitor, asked: str) -> str | None:
    """Where it leads; None for a page of results."""
    return visitor.get("/review/find?q=" + quote(asked, safe="")).headers.get("Location")


def history(uri: str) -> str:
    return "/review/history?uri=" + quote(uri, safe="")


@pytest.mark.parametrize("written", ["{}", "#{}", " case {} ", "Dossier {}"])
def test_a_cases_number_leads_to_the_case(mo: Visitor, desk: Desk, written: str) -> None:
    number = desk.case_of(desk.held()).id
    assert leads(mo, written.format(number)) == f"/review/case/{number}"


def test_a_handle_leads_to_everything_that_happened_to_somebody(mo: Visitor, town: Town) -> None:
    near, far = town.member("mallory").actor, remote(town.services, "winner", "promo.example")
    assert leads(mo, "@mallory") == history(near.uri)
    assert leads(mo, "@Mallory@" + town.services.settings.domain) == history(near.uri)
    assert leads(mo, "winner@promo.example") == history(far.uri)
    assert leads(mo, BASE + "/@mallory") == history(near.uri)
    assert leads(mo, far.uri) == history(far.uri)


def test_a_posts_address_leads_to_its_history(mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    assert leads(mo, post.uri) == history(post.uri)
    assert leads(mo, f"{BASE}/@mallory/{post.id}") == history(post.uri)


def test_the_page_of_a_post_in_no_case_gives_nothing_away(mo: Visitor, town: Town) -> None:
    post = town.writes(town.member("ada"), "good morning")
    page = f"{BASE}/@ada/{post.id}"
    assert leads(mo, page) == history(page)


def test_a_domain_leads_to_its_server(mo: Visitor) -> None:
    assert leads(mo, "Far.Example") == "/review/domains/far.example"


def test_words_find_the_cases_that_have_them_all(mo: Visitor, desk: Desk) -> None:
    number = desk.case_of(desk.held("vermin, says the baker of Lyon")).id
    assert f'href="/review/case/{number}"' in mo.page("/review/find?q=LYON+baker")
    assert f'href="/review/case/{number}"' not in mo.page("/review/find?q=Lyon+ferry")


def test_a_case_that_is_for_somebody_else_is_not_found(mo: Visitor, desk: Desk, town: Town) -> None:
    number = desk.case_of(desk.held("vermin, says the baker of Lyon")).id
    with town.services.db.write() as session:
        exclusions.exclude(session, number, "mo", "named", None)
    assert leads(mo, str(number)) is None
    assert "/review/case/" not in mo.page("/review/find?q=baker")


@pytest.mark.parametrize("odd", ["http://[", "@", "9" * 400, "%", "\x00", "a@b@c", "*.example", "х" * 3000])
def test_what_is_nothing_finds_nothing_and_breaks_nothing(mo: Visitor, odd: str) -> None:
    assert mo.get("/review/find?q=" + quote(odd, safe="")).status_code in (200, 302)


def found(visitor: Visitor, asked: str) -> set[int]:
    """The numbers of the cases that words find."""
    page = visitor.page("/review/find?q=" + quote(asked, safe=""))
    return {int(number) for number in re.findall(r'href="/review/case/(\d+)"', page)}


def test_words_find_decided_cases_reported_ones_and_what_was_edited_since(
    mo: Visitor, desk: Desk, town: Town, ben: AccountRow
) -> None:
    first = desk.held("vermin, says the Bäcker of Lyon")
    number = desk.case_of(first).id
    where = f"/review/case/{number}"
    assert mo.post(f"{where}/decide", on=where, action="remove", reason_remove="No.").status_code == 302
    assert found(mo, "backer lyon") == found(mo, "lyo") == {number}
    shown = town.writes(town.member("ada"), "the ferry is late")
    other = desk.reported(ben, shown).id
    assert found(mo, "ferry") == {other} and found(mo, "@ada ferry") == {other}
    edit.edit(town.services, shown.actor_id, shown.id, EditRequest("the train is late"))
    assert found(mo, "ferry") == found(mo, "train") == {other}
    assert found(mo, 'the" OR "x') == set() and found(mo, "NOT ferry") == set()


def test_what_somebody_never_reads_is_not_found_by_them(mo: Visitor, lea: Visitor, desk: Desk, town: Town) -> None:
    number = desk.case_of(desk.held("vermin, says the baker of Lyon")).id
    with town.services.db.write() as session:
        records.put(session, replace(records.of(session, "mo"), skips=("hate",)), "lea", town.services.clock.now())
    assert found(mo, "baker") == set() and found(lea, "baker") == {number}


def test_sealed_words_are_in_no_index_and_are_found_again_only_when_released(
    mo: Visitor, desk: Desk, town: Town
) -> None:
    post = desk.held("vermin, says the baker of Lyon")
    number = desk.case_of(post).id
    with town.services.db.read() as session:
        moderator = session.scalars(select(AccountRow).join(ActorRow).where(ActorRow.username == "mo")).one()
    sealing.seal(town.services, moderator, number, "")
    assert found(mo, "baker") == set()
    with town.services.db.read() as session:
        wanted = wordings.having(session, "baker", 10)
        assert wanted is not None and session.scalars(wanted).all() == []
        assert session.scalar(select(func.count(SnapshotRow.id)).where(SnapshotRow.uri == post.uri)) == 0
    settling.release(town.services, town.member("kit", Role.CHILD_SAFETY), number, "no child in it")
    assert found(mo, "baker") == found(mo, "lyon vermin") == {number}


def test_purged_evidence_is_out_of_the_index(mo: Visitor, desk: Desk, town: Town) -> None:
    desk.held("vermin, says the baker of Lyon")
    with town.services.db.write() as session:
        session.execute(update(CaseRow).values(state=CaseState.CLOSED))
        later = town.services.clock.now() + timedelta(days=400)
        assert purging.forget_snapshots(session, later, 10) == 1
        wanted = wordings.having(session, "baker", 10)
        assert wanted is not None and session.scalars(wanted).all() == []


def test_who_does_not_decide_about_people_finds_what_waits_and_what_they_decided_by_an_authors_name(
    mo: Visitor, rita: Visitor, tia: Visitor, desk: Desk, town: Town
) -> None:
    texts = ("vermin, all of them", "go home, you vermin, to where you came from", "my neighbours are vermin")
    numbers = []
    for text, name, who in zip(texts, ("mallory1", "mallory2", "mallory3"), (mo, rita, None), strict=True):
        numbers.append(desk.case_of(desk.held(text, town.member(name))).id)
        where = f"/review/case/{numbers[-1]}"
        if who is not None:
            assert who.post(f"{where}/decide", on=where, action="remove", rule_remove="2").status_code == 302
    decided, own, waits = numbers
    assert found(mo, "mallory") == {decided, own, waits}
    assert found(rita, "mallory") == {own, waits}
    assert found(tia, "mallory") == {waits}
