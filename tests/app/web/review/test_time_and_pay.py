"""Shifts, breaks, the week's hours, sheets and corrections on pages: each sees their own, a lead approves, nobody their own."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from app.accounts.tables import AccountRow, Role
from app.workforce import zone
from moderation.cases.tables import CaseRow
from moderation.values import CaseState
from moderation.workforce import attendance, records, shifts, terms
from moderation.workforce.records import Record
from moderation.workforce.spans import Month
from moderation.workforce.tables import StretchKind
from moderation.workforce.terms import Terms
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


def key(month: Month) -> str:
    return f"{month.year}-{month.month:02d}"


def worked(town: Town, name: str, minutes: int = 30) -> Month:
    """Somebody works so long, five minutes at a time; the month of it."""
    clock = town.services.clock
    with town.services.db.write() as session:
        attendance.beat(session, name, StretchKind.CASES, clock.now())
        for _ in range(minutes // 5):
            clock.move(timedelta(minutes=5))  # type: ignore[attr-defined]
            attendance.beat(session, name, StretchKind.CASES, clock.now())
        return Month.of(clock.now(), zone.of(session))


def month_over(town: Town, month: Month) -> None:
    """A moment after it."""
    with town.services.db.read() as session:
        ends = month.bounds(zone.of(session))[1]
    town.services.clock.move(ends - town.services.clock.now() + timedelta(hours=2))  # type: ignore[attr-defined]


def paid(town: Town, name: str, per_hour: int = 2450) -> None:
    with town.services.db.write() as session:
        terms.agree(session, name, Terms("EUR", per_hour), "lea", town.services.clock.now())


def test_beginning_at_the_desk_is_coming_on_shift(town: Town, desk: Desk, rita: Visitor, mo: Visitor) -> None:
    desk.held()
    assert "Nobody is on shift now" in mo.page("/review/shifts")
    rita.post("/review/next", on="/review/start")
    assert "There now: @rita" in " ".join(re.sub("<[^>]+>", " ", mo.page("/review/shifts")).split())
    assert "@rita" in mo.page("/review/start")


@pytest.mark.parametrize("how", ["leave", "break"])
def test_leaving_and_breaks_hand_over_what_one_holds(town: Town, desk: Desk, rita: Visitor, how: str) -> None:
    worked(town, "rita", 60)
    case = desk.case_of(desk.held())
    rita.post("/review/next", on="/review/start")
    assert desk.case_of_id(case.id).state is CaseState.CLAIMED
    assert rita.post(f"/review/my-time/{how}", on="/review/my-time").status_code == 302
    found: CaseRow = desk.case_of_id(case.id)
    assert (found.state, found.claimed_by) == (CaseState.OPEN, None)


def test_after_a_grave_case_a_break_is_offered_and_taken(town: Town, desk: Desk, rita: Visitor) -> None:
    case = desk.case_of(desk.held())
    rita.post("/review/next", on="/review/start")
    rita.post(f"/review/case/{case.id}/escalate", on="/review/start", note="too much for one")
    for path in ("/review", "/review/start", "/review/my-time"):
        assert "That was a grave one" in rita.page(path), path
    rita.post("/review/my-time/break", on="/review/my-time")
    assert "You are on a break" in rita.page("/review/my-time")
    rita.post("/review/my-time/back", on="/review/my-time")
    assert "You are on a break" not in rita.page("/review/my-time")


def test_beyond_the_hours_agreed_no_case_comes_without_a_word(town: Town, desk: Desk, rita: Visitor) -> None:
    with town.services.db.write() as session:
        records.put(session, Record("rita", hours_a_week=1), "lea", town.services.clock.now())
    worked(town, "rita", 60)
    case = desk.case_of(desk.held())
    assert rita.post("/review/next", on="/review/start").headers["Location"] == "/review/my-time"
    assert rita.post(f"/review/case/{case.id}/claim", on="/review/start").status_code == 409
    assert "hours agreed for this week are done" in rita.page("/review/my-time")
    rita.post("/review/my-time/go-on", on="/review/my-time")
    assert rita.post("/review/next", on="/review/start").headers["Location"] == f"/review/case/{case.id}"


def test_what_is_held_is_finished_beyond_the_hours(town: Town, desk: Desk, rita: Visitor) -> None:
    case = desk.case_of(desk.held())
    rita.post("/review/next", on="/review/start")
    with town.services.db.write() as session:
        records.put(session, Record("rita", hours_a_week=0), "lea", town.services.clock.now())
    form = {"action": "remove", "version": str(case.version), "reason_remove": "so"}
    answer = rita.post(f"/review/case/{case.id}/decide", on=f"/review/case/{case.id}", **form)
    assert answer.headers["Location"] == "/review/my-time"
    assert desk.case_of_id(case.id).state is CaseState.DECIDED


def test_a_shift_stands_in_the_plan_by_the_clock_of_the_house(town: Town, rita: Visitor, lea: Visitor) -> None:
    lea.post("/review/pay", zone="Europe/Paris")
    day = (town.services.clock.now() + timedelta(days=2)).date().isoformat()
    assert rita.post("/review/shifts", day=day, begins="22:00", ends="02:00").status_code == 302
    assert "22:00–02:00" in lea.page(f"/review/shifts?week={day}")
    with town.services.db.read() as session:
        now = town.services.clock.now()
        (row,) = shifts.between(session, now, now + timedelta(days=5))
    assert row.ends_at - row.begins_at == timedelta(hours=4)
    number = row.id
    mo = town.at_home(town.member("mo", Role.MODERATOR))
    assert mo.post(f"/review/shifts/{number}/remove", on="/review/shifts").status_code == 403
    assert lea.post(f"/review/shifts/{number}/remove", on="/review/shifts").status_code == 302


def test_the_week_says_who_was_there_to_them_and_to_leads(town: Town, rita: Visitor, lea: Visitor, mo: Visitor) -> None:
    worked(town, "rita", 30)
    for visitor, told in ((rita, True), (lea, True), (mo, False)):
        assert ("@rita was there" in visitor.page("/review/shifts")) is told


@pytest.mark.parametrize("wrong", [{"day": "soon"}, {"begins": "25:00"}, {"who": "lea"}, {"day": "2001-01-01"}])
def test_a_shift_that_does_not_fit_is_refused(town: Town, rita: Visitor, lea: Visitor, wrong: dict[str, str]) -> None:
    day = (town.services.clock.now() + timedelta(days=2)).date().isoformat()
    answer = rita.post("/review/shifts", **{"day": day, "begins": "09:00", "ends": "12:00", **wrong})
    assert answer.status_code in (403, 422)


def test_a_time_that_the_clocks_leave_out_is_refused(town: Town, rita: Visitor, lea: Visitor) -> None:
    lea.post("/review/pay", zone="Europe/Paris")
    answer = rita.post("/review/shifts", day="2031-03-30", begins="02:30", ends="04:00")
    assert answer.status_code == 422 and "clocks leave this time out" in answer.text


def test_a_lead_approves_a_month_and_it_is_a_statement(town: Town, rita: Visitor, lea: Visitor) -> None:
    paid(town, "rita")
    month = worked(town, "rita")
    place = f"/review/timesheets/rita/{key(month)}"
    assert "Draft: not approved" in rita.page(place)
    lea.post(place, on="/review/pay")
    assert "Draft: not approved" in lea.page(place)
    month_over(town, month)
    lea = town.at_home(_account(town, "lea"))
    assert lea.post(place).status_code == 302
    page = lea.page(place)
    assert f"Number {month.year}-0001" in page and "€12.25" in page and "Draft" not in page
    lea.post(place, on="/review/pay")
    assert "approved already" in lea.page(place)


def _account(town: Town, name: str) -> AccountRow:
    from app.accounts import lookup

    with town.services.db.read() as session:
        return lookup.account(session, lookup.by_handle(session, town.services.settings, name).id)


def test_nobody_reads_anothers_sheet_but_a_lead(town: Town, rita: Visitor) -> None:
    month = worked(town, "mo")
    for path in (
        f"/review/timesheets/mo/{key(month)}",
        f"/review/timesheets/mo/{key(month)}.csv",
        "/review/timesheets",
    ):
        assert rita.get(path).status_code == 403, path


def test_nobody_approves_their_own_unless_alone(town: Town, lea: Visitor) -> None:
    month = worked(town, "lea")
    month_over(town, month)
    other = town.member("lou", Role.LEAD)
    place = f"/review/timesheets/lea/{key(month)}"
    lea.post(place, on="/review/pay")
    assert "Draft" in lea.page(place)
    with town.services.db.write() as session:
        session.get_one(AccountRow, other.id).role = Role.MEMBER
    lea.post(place, on="/review/pay")
    assert "Draft" not in lea.page(place)


def test_a_correction_waits_for_a_lead_and_lands_on_the_next_sheet(town: Town, rita: Visitor, lea: Visitor) -> None:
    paid(town, "rita")
    month = worked(town, "rita")
    day = town.services.clock.now().date().isoformat()
    assert (
        rita.post(
            "/review/my-time/correction", day=day, minutes="60", reason="=SUM(1)", on="/review/my-time"
        ).status_code
        == 302
    )
    number = re.search(r"/review/corrections/(\d+)/grant", lea.page("/review/timesheets"))[1]  # type: ignore[index]
    assert rita.post(f"/review/corrections/{number}/grant", on="/review/my-time").status_code == 403
    lea.post(f"/review/corrections/{number}/grant", on="/review/timesheets")
    page = rita.page(f"/review/timesheets/rita/{key(month)}")
    assert "€24.50" in page and "€36.75" in page


def test_the_csv_has_every_line_and_no_formula(town: Town, rita: Visitor, lea: Visitor) -> None:
    paid(town, "rita")
    month = worked(town, "rita")
    day = town.services.clock.now().date().isoformat()
    rita.post("/review/my-time/correction", day=day, minutes="-10", reason="=HYPERLINK(1)", on="/review/my-time")
    lea.post("/review/corrections/1/grant", on="/review/timesheets")
    rows = list(csv.DictReader(io.StringIO(lea.get(f"/review/timesheets/{key(month)}.csv").text)))
    assert [(row["row"], row["hours"], row["amount"]) for row in rows] == [
        ("day", "0.5000", ""),
        ("correction", "-0.1667", "-4.08"),
        ("pay", "0.5000", "12.25"),
        ("total", "", "8.17"),
    ]
    assert rows[1]["reason"] == "'=HYPERLINK(1)"
    assert rita.get(f"/review/timesheets/rita/{key(month)}.csv").text.count("\r\n") == 5


def test_a_lead_agrees_new_rates_but_not_their_own(town: Town, rita: Visitor, lea: Visitor) -> None:
    town.member("lou", Role.LEAD)
    assert lea.post("/review/crew/rita/terms", on="/review/crew/rita", per_hour="30", currency="EUR").status_code == 302
    assert "€30.00 an hour" in lea.page("/review/crew/rita")
    lea.post("/review/crew/lea/terms", on="/review/crew/rita", per_hour="300", currency="EUR")
    with town.services.db.read() as session:
        assert terms.at(session, "lea", town.services.clock.now()) is None


def test_a_month_that_is_none_is_not_there(rita: Visitor) -> None:
    for month in ("2026-13", "soon", "2026-1"):
        assert rita.get(f"/review/timesheets/rita/{month}").status_code == 404
