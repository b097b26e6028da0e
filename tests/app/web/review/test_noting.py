"""Notes on a case without deciding it, and words that were typed and not sent."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import Role
from app.grave import sealing
from app.stores import typed
from moderation.cases.tables import CaseEventRow
from moderation.log.tables import LogRow
from moderation.values import CaseState
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


def noted(who: Visitor, number: int, words: str, **more: object) -> int:
    where = f"/review/case/{number}"
    return who.post(f"{where}/note", on=where, note=words, **more).status_code


def left(who: Visitor, number: int, **fields: object) -> int:
    """What the page's script sends while somebody types."""
    return who.post(f"/review/case/{number}/typed", on=f"/review/case/{number}", **fields).status_code


def test_a_note_stands_in_the_case_for_the_next_reader_and_decides_nothing(
    town: Town, desk: Desk, rita: Visitor, mo: Visitor
) -> None:
    rita.post("/review/my-work/names", on="/review/my-work", desk="Wren", outside="")
    post = desk.held()
    case = desk.case_of(post)
    assert noted(rita, case.id, "reads like a <b>reclaimed</b> slur?") == 302
    page = mo.page(f"/review/case/{case.id}")
    assert "1 note" in page and "reads like a <b>reclaimed" not in mo.get(f"/review/case/{case.id}").text
    assert "reads like a <b>reclaimed</b> slur?" in page and "Wren ·" in page and "@rita" not in page
    timeline = mo.page(f"/review/history?uri={post.uri}")
    assert "Somebody put a note on the case." in timeline and "slur?" in timeline and "Wren" in timeline
    now = desk.case_of(post)
    assert (now.state, now.version) == (CaseState.OPEN, case.version)
    with town.services.db.read() as session:
        row = session.scalars(select(LogRow).where(LogRow.verb == "case_noted")).one()
    assert row.object == f"case:{case.id}" and "slur" not in row.payload


def test_who_is_learning_notes_too_and_an_empty_note_is_refused(desk: Desk, tia: Visitor) -> None:
    case = desk.case_of(desk.held())
    assert noted(tia, case.id, "  ") == 422
    assert noted(tia, case.id, "is this allowed?") == 302
    assert "is this allowed?" in tia.page(f"/review/case/{case.id}")


def test_a_blind_reader_reads_no_note_but_their_own(desk: Desk, rita: Visitor, mo: Visitor) -> None:
    case = desk.case_of(desk.held())
    where = f"/review/case/{case.id}"
    noted(rita, case.id, "surely hatred")
    assert rita.post(f"{where}/second-opinion", on=where, proposed="remove").status_code == 302
    noted(mo, case.id, "my own line")
    page = mo.page(where)
    assert "surely hatred" not in page and "my own line" in page


def test_a_case_that_is_not_for_somebody_takes_no_note_of_theirs(desk: Desk, town: Town, mo: Visitor) -> None:
    case = desk.reported(town.member("ben"), town.writes(town.member("mallory"), "hello"))
    with town.services.db.write() as session:
        from moderation.cases import exclusions

        exclusions.exclude(session, case.id, "mo", exclusions.ABOUT_THEM)
    other = desk.case_of(desk.held(by=town.member("cay")))
    for path in ("note", "typed"):
        answer = mo.post(f"/review/case/{case.id}/{path}", on=f"/review/case/{other.id}", note="x")
        assert answer.status_code == 403
    with town.services.db.read() as session:
        assert session.scalars(select(CaseEventRow).where(CaseEventRow.what == "noted")).all() == []


@pytest.mark.parametrize("leaving", ["/review/next", "release"])
def test_words_typed_in_a_case_are_back_when_it_is_opened_again(desk: Desk, mo: Visitor, leaving: str) -> None:
    case = desk.case_of(desk.held())
    where = f"/review/case/{case.id}"
    path = leaving if leaving.startswith("/") else f"{where}/{leaving}"
    fields = {"note": "perhaps irony", "reason_remove": "Not like this, please.", "version": case.version}
    assert mo.post(path, on=where, leave=case.id, **fields).status_code == 302
    page = mo.page(where)
    assert "perhaps irony</textarea>" in page and "Not like this, please.</textarea>" in page
    assert 'id="panel-remove" data-panel="r" open' in page and "is back where you typed it" in page
    assert mo.post(f"{where}/typed/forget", on=where).status_code == 302
    assert "perhaps irony" not in mo.page(where)


def test_what_a_script_kept_is_there_after_a_reload_for_that_person_alone(
    desk: Desk, mo: Visitor, rita: Visitor
) -> None:
    case = desk.case_of(desk.held())
    assert left(mo, case.id, note="half a thou", csrf="x", member="no field of words") == 204
    assert "half a thou</textarea>" in mo.page(f"/review/case/{case.id}")
    assert "half a thou" not in rita.page(f"/review/case/{case.id}")
    assert left(mo, case.id, note="") == 204
    assert "is back where" not in mo.page(f"/review/case/{case.id}")


def test_what_the_page_says_by_itself_is_nobodys_words(desk: Desk, mo: Visitor) -> None:
    case = desk.case_of(desk.held())
    page = mo.page(f"/review/case/{case.id}")
    said = page.split('data-reason="remove">', 1)[1].split("</textarea>")[0]
    left(mo, case.id, reason_remove=said, rule_remove="1")
    assert "is back where" not in mo.page(f"/review/case/{case.id}")


def test_after_the_decision_nothing_typed_is_kept_of_anybody(
    town: Town, desk: Desk, mo: Visitor, rita: Visitor
) -> None:
    case = desk.case_of(desk.held())
    for who in (mo, rita):
        left(who, case.id, note="hm")
    where = f"/review/case/{case.id}"
    assert mo.post(f"{where}/decide", on=where, action="approve", version=case.version).status_code == 302
    assert all(typed.of(town.services.redis, case.id, name) is None for name in ("mo", "rita"))


def test_a_refused_form_keeps_its_words_in_the_case(desk: Desk, mo: Visitor) -> None:
    case = desk.case_of(desk.held())
    where = f"/review/case/{case.id}"
    answer = mo.post(f"{where}/decide", on=where, action="account", reason_account="My own words.")
    assert answer.status_code == 422
    assert "My own words.</textarea>" in mo.page(where)


def test_a_noted_case_keeps_what_else_was_typed(desk: Desk, mo: Visitor) -> None:
    case = desk.case_of(desk.held())
    assert noted(mo, case.id, "first thought", answer="We are looking.", reason_limit="Mine.") == 302
    page = mo.page(f"/review/case/{case.id}")
    assert "Mine.</textarea>" in page and "first thought</textarea>" not in page and "first thought" in page


@pytest.mark.parametrize("sent", ["decide", "note", "escalate", "release"])
def test_nothing_that_is_typed_in_a_case_is_kept_once_it_is_sealed(
    town: Town, desk: Desk, mo: Visitor, sent: str
) -> None:
    case = desk.case_of(desk.held())
    where = f"/review/case/{case.id}"
    mo.page(where)
    assert left(mo, case.id, reason_remove="what stood there") == 204
    assert typed.of(town.services.redis, case.id, "mo") is not None
    sealing.seal(town.services, town.member("kim", Role.MODERATOR), case.id, "")
    assert typed.of(town.services.redis, case.id, "mo") is None
    fields = {"action": "remove", "reason_remove": "what stood there", "note_escalate": "what stood there"}
    mo.post(f"{where}/{sent}", on="/review", version=case.version, note="what stood there", **fields)
    assert typed.of(town.services.redis, case.id, "mo") is None
