"""Time kept from what people do: idle time cut, nothing twice, breaks paid, months and clocks put forward right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.cases import claims, decisions
from moderation.cases.values import DecisionRequest
from moderation.errors import HoursOverError, RefusedError
from moderation.log import chain
from moderation.values import Action
from moderation.workforce import attendance, corrections, hours, reckoning, records, sheets, shifts, spans, terms
from moderation.workforce.records import Record
from moderation.workforce.spans import Month, Span
from moderation.workforce.tables import StretchKind
from moderation.workforce.terms import Terms
from tests.moderation.cast import HATEFUL, House

CASES, BREAK, RELIEF = StretchKind.CASES, StretchKind.BREAK, StretchKind.RELIEF
PARIS = ZoneInfo("Europe/Paris")
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
MINUTE = timedelta(minutes=1)


def minutes(house: House, name: str = "ana") -> float:
    """What was kept altogether."""
    return spans.length(attendance.spans_of(house.session, name, *EVER)) / MINUTE


def works(house: House, *gaps: float, name: str = "ana", kind: StretchKind = CASES) -> None:
    """One thing, and another after each of these gaps, in minutes."""
    attendance.beat(house.session, name, kind, house.now)
    for gap in gaps:
        attendance.beat(house.session, name, kind, house.later(minutes=gap))


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_time_between_two_things_counts_and_idle_time_does_not(house: House) -> None:
    works(house, 4, 5, 6, 2)
    assert minutes(house) == 11


def test_two_cases_held_at_once_are_counted_once(house: House) -> None:
    first, second = house.case_of(f"{HATEFUL} 1"), house.case_of(f"{HATEFUL} 2", house.author("other"))
    claims.take(house.session, first, "ana", house.now)
    claims.take(house.session, second, "ana", house.later(minutes=1))
    claims.take(house.session, first, "ana", house.later(minutes=2))
    claims.release(house.session, second, "ana", house.later(minutes=1))
    decisions.decide(house.session, first, DecisionRequest(Action.REMOVE, reason="so"), "ana", house.later(minutes=1))
    assert minutes(house) == 5


def test_what_was_on_the_other_thing_stays_there(house: House) -> None:
    works(house, 3)
    works_later = house.later(minutes=2)
    attendance.beat(house.session, "ana", StretchKind.TRAINING, works_later)
    attendance.beat(house.session, "ana", StretchKind.TRAINING, house.later(minutes=4))
    days = spans.by_day(attendance.spans_of(house.session, "ana", *EVER), PARIS)
    spent = next(iter(days.values()))
    assert (spent[CASES], spent[StretchKind.TRAINING]) == (5 * MINUTE, 4 * MINUTE)


def test_a_break_comes_after_work_and_ends_with_the_next_thing(house: House) -> None:
    works(house, *[5] * 8)
    with pytest.raises(RefusedError):
        attendance.take_break(house.session, "ana", house.now)
    works(house, 5)
    assert attendance.offered(house.session, "ana", house.now) is BREAK
    attendance.take_break(house.session, "ana", house.now)
    assert attendance.offered(house.session, "ana", house.now) is None
    works_at = house.later(minutes=10)
    attendance.beat(house.session, "ana", CASES, works_at)
    assert minutes(house) == 45 + 10
    with pytest.raises(RefusedError):
        attendance.take_break(house.session, "ana", house.later(minutes=5))


def test_of_a_long_break_fifteen_minutes_are_paid(house: House) -> None:
    works(house, *[5] * 9)
    attendance.take_break(house.session, "ana", house.now)
    attendance.beat(house.session, "ana", CASES, house.later(hours=3))
    assert minutes(house) == 45 + 15


def test_after_a_grave_case_relief_is_offered_at_once_and_once(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    claims.take(house.session, case_id, "ana", house.now)
    assert attendance.offered(house.session, "ana", house.now) is None
    claims.release(house.session, case_id, "ana", house.later(minutes=1))
    assert attendance.offered(house.session, "ana", house.now) is RELIEF
    attendance.take_break(house.session, "ana", house.now)
    attendance.beat(house.session, "ana", CASES, house.later(minutes=12))
    assert attendance.offered(house.session, "ana", house.now) is None
    assert minutes(house) == 13


def test_nobody_who_did_nothing_is_offered_a_break(house: House) -> None:
    works(house, *[5] * 12)
    house.later(minutes=16)
    assert attendance.offered(house.session, "ana", house.now) is None
    assert attendance.offered(house.session, "ben", house.now) is None


def test_who_works_is_on_shift_until_they_leave_or_are_absent(house: House) -> None:
    works(house, 3)
    works(house, name="ben")
    assert set(attendance.there(house.session, house.now)) == {"ana", "ben"}
    attendance.leave(house.session, "ana", house.later(minutes=2))
    assert set(attendance.there(house.session, house.now)) == {"ben"}
    assert minutes(house) == 5
    house.later(minutes=15)
    assert attendance.there(house.session, house.now) == {}


MOMENTS = st.integers(0, 3000)


@given(st.lists(st.tuples(st.sampled_from(StretchKind), MOMENTS, MOMENTS), max_size=12))
def test_overlapping_stretches_come_to_the_time_that_they_cover(found: list[tuple[StretchKind, int, int]]) -> None:
    begin = at(28, 20)
    some = [Span(kind, begin + min(a, b) * MINUTE, begin + max(a, b) * MINUTE) for kind, a, b in found]
    covered = {minute for _, a, b in found for minute in range(min(a, b), max(a, b))}
    assert spans.length(some) == len(covered) * MINUTE
    by_day = spans.by_day(some, PARIS)
    assert sum((time for day in by_day.values() for time in day.values()), timedelta()) == len(covered) * MINUTE


@pytest.mark.parametrize(("month", "hours_long"), [(3, 31 * 24 - 1), (10, 31 * 24 + 1), (12, 31 * 24)])
def test_a_month_is_as_long_as_its_clocks_make_it(month: int, hours_long: int) -> None:
    since, until = Month(2026, month).bounds(PARIS)
    assert until - since == timedelta(hours=hours_long)
    assert Month.of(since, PARIS) == Month(2026, month) and Month.of(until - MINUTE, PARIS) == Month(2026, month)
    assert Month.of(until, PARIS) == Month(2026, month).following


def test_a_night_in_which_clocks_go_forward_has_its_real_hours() -> None:
    night = Span(CASES, at(28, 22), at(29, 4))  # 23:00 to 06:00 by the clock on the wall
    days = spans.by_day([night], PARIS)
    assert {day: found[CASES] / timedelta(hours=1) for day, found in days.items()} == {
        date(2026, 3, 28): 1,
        date(2026, 3, 29): 5,
    }


@pytest.mark.parametrize(
    ("seconds", "rate", "amount"),
    [
        (3600, 2450, 2450),
        (1, 1800, 1),
        (1, 1799, 0),
        (1000, 2450, 681),
        (0, 2450, 0),
        (-1, 1800, -1),
        (-3600, 2450, -2450),
    ],
)
def test_money_is_whole_and_rounded_half_up(seconds: int, rate: int, amount: int) -> None:
    assert reckoning.hourly(seconds, rate) == amount


def test_a_rate_holds_from_when_it_was_agreed() -> None:
    agreed = [(at(1, 0), Terms("EUR", 2000)), (at(10, 10), Terms("EUR", 3000))]
    found = reckoning.lines([Span(CASES, at(10, 9), at(10, 11))], [], agreed)
    assert [(line.quantity, line.rate, line.amount) for line in found] == [(3600, 2000, 2000), (3600, 3000, 3000)]
    assert reckoning.totals(found) == {"EUR": 5000}


def test_by_decision_cases_are_paid_by_piece_and_the_rest_by_the_hour() -> None:
    agreed = [(at(1, 0), Terms("EUR", 2000, 50))]
    some = [
        Span(CASES, at(2, 9), at(2, 10)),
        Span(BREAK, at(2, 10), at(2, 10, 15)),
        Span(StretchKind.APPEALS, at(2, 11), at(2, 12)),
    ]
    found = reckoning.lines(some, [at(2, 9, 1), at(2, 9, 2), at(2, 9, 3)], agreed)
    assert {line.what: line.amount for line in found} == {"cases": 0, "appeals": 2000, "break": 500, "decisions": 150}


def test_a_volunteers_time_is_kept_and_worth_no_money() -> None:
    found = reckoning.lines([Span(CASES, at(2, 9), at(2, 10))], [at(2, 9, 30)], [])
    assert [(line.quantity, line.amount) for line in found] == [(3600, 0)] and reckoning.totals(found) == {}


def test_hours_beyond_what_was_agreed_take_a_word(house: House) -> None:
    records.put(house.session, Record("ana", hours_a_week=1), "lea", house.now)
    works(house, *[5] * 11)
    hours.require_left(house.session, "ana", PARIS, house.now)
    works(house, 5)
    with pytest.raises(HoursOverError):
        hours.require_left(house.session, "ana", PARIS, house.now)
    hours.go_on(house.session, "ana", PARIS, house.now)
    hours.require_left(house.session, "ana", PARIS, house.now)
    assert hours.week(house.session, "ana", PARIS, house.later(days=7)).worked == timedelta()


def test_shifts_do_not_overlap_and_are_for_days_to_come(house: House) -> None:
    begins = house.now + timedelta(days=1)
    shifts.plan(house.session, "ana", begins, begins + timedelta(hours=4), "ana", house.now)
    for since, until in ((1, 2), (-1, 1), (3, 9)):
        with pytest.raises(RefusedError):
            shifts.plan(
                house.session, "ana", begins + since * 60 * MINUTE, begins + until * 60 * MINUTE, "ana", house.now
            )
    for days, length in ((-3, 2), (500, 2), (5, 13), (5, -1)):
        with pytest.raises(RefusedError):
            begins = house.now + timedelta(days=days)
            shifts.plan(house.session, "ana", begins, begins + timedelta(hours=length), "ana", house.now)
    (row,) = shifts.between(house.session, house.now, house.now + timedelta(days=9))
    shifts.remove(house.session, row, "lea", house.now)
    assert shifts.between(house.session, house.now, house.now + timedelta(days=9)) == []


def month_of(house: House) -> Month:
    """The month that is running."""
    return Month.of(house.now, PARIS)


def over(house: House, month: Month) -> datetime:
    """A moment after a month."""
    ends = month.bounds(PARIS)[1] + timedelta(hours=2)
    return house.later(seconds=(ends - house.now).total_seconds())


def test_a_month_is_approved_once_when_it_is_over_and_then_stands(house: House) -> None:
    terms.agree(house.session, "ana", Terms("EUR", 2400), "lea", house.now)
    works(house, *[5] * 6)
    month = month_of(house)
    with pytest.raises(RefusedError):
        sheets.approve(house.session, "ana", month, PARIS, "lea", house.now)
    row = sheets.approve(house.session, "ana", month, PARIS, "lea", over(house, month))
    with pytest.raises(RefusedError):
        sheets.approve(house.session, "ana", month, PARIS, "lea", house.now)
    figures = sheets.from_json(row.figures)
    assert (figures.seconds, figures.totals, row.number) == (1800, {"EUR": 1200}, 1)
    terms.agree(house.session, "ana", Terms("EUR", 9900), "lea", house.now)
    assert sheets.from_json(sheets.approved(house.session, "ana", month).figures) == figures  # type: ignore[union-attr]
    chain.settle(house.session)
    assert chain.verify(house.session) is None


def test_a_correction_after_approval_stands_on_the_next_sheet_and_on_no_other(house: House) -> None:
    terms.agree(house.session, "ana", Terms("EUR", 2400), "lea", house.now)
    works(house, 5)
    month, day = month_of(house), house.now.date()
    sheets.approve(house.session, "ana", month, PARIS, "lea", over(house, month))
    asked = corrections.ask(house.session, "ana", day, -5, "I was at the door", "ana", house.now)
    refused = corrections.ask(house.session, "ana", day, 600, "all night", "ana", house.now)
    assert sheets.reckon(house.session, "ana", month.following, PARIS).corrections == ()
    corrections.rule(house.session, asked, "lea", house.now, granted=True)
    corrections.rule(house.session, refused, "lea", house.now, granted=False)
    second = sheets.approve(house.session, "ana", month.following, PARIS, "lea", over(house, month.following))
    third = sheets.approve(
        house.session, "ana", month.following.following, PARIS, "lea", over(house, month.following.following)
    )
    assert sheets.from_json(second.figures).totals == {"EUR": -200}
    assert sheets.from_json(third.figures).corrections == ()
    with pytest.raises(RefusedError):
        corrections.rule(house.session, asked, "lea", house.now, granted=False)


@pytest.mark.parametrize("wrong", [(0, "why"), (721, "why"), (5, ""), (5, "x" * 501)])
def test_a_correction_that_does_not_fit_is_refused(house: House, wrong: tuple[int, str]) -> None:
    with pytest.raises(RefusedError):
        corrections.ask(house.session, "ana", house.now.date(), *wrong, "ana", house.now)


def test_a_decision_that_was_undone_by_its_maker_is_none(house: House) -> None:
    kept, undone = house.case_of(f"{HATEFUL} 1"), house.case_of(f"{HATEFUL} 2", house.author("other"))
    for case_id in (kept, undone):
        decisions.decide(
            house.session, case_id, DecisionRequest(Action.REMOVE, reason="so"), "ana", house.later(seconds=1)
        )
    decisions.undo_last(house.session, "ana", house.later(seconds=1))
    assert len(sheets.decisions(house.session, "ana", *EVER)) == 1
