"""Who is on call, as values: by the clock on the wall, over midnight, and when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from moderation.errors import RefusedError
from moderation.workforce import on_call
from moderation.workforce.on_call import Span
from tests.moderation.cast import House

PARIS = ZoneInfo("Europe/Paris")
MONDAY, SUNDAY = 0, 6


@pytest.mark.parametrize(
    ("span", "wall", "on"),
    [
        (Span(MONDAY, 9 * 60, 17 * 60), datetime(2026, 3, 2, 9, 0, tzinfo=UTC), True),
        (Span(MONDAY, 9 * 60, 17 * 60), datetime(2026, 3, 2, 17, 0, tzinfo=UTC), False),
        (Span(MONDAY, 9 * 60, 17 * 60), datetime(2026, 3, 3, 10, 0, tzinfo=UTC), False),
        (Span(MONDAY, 18 * 60, 8 * 60), datetime(2026, 3, 2, 23, 59, tzinfo=UTC), True),
        (Span(MONDAY, 18 * 60, 8 * 60), datetime(2026, 3, 3, 7, 59, tzinfo=UTC), True),
        (Span(MONDAY, 18 * 60, 8 * 60), datetime(2026, 3, 3, 8, 0, tzinfo=UTC), False),
        (Span(MONDAY, 18 * 60, 8 * 60), datetime(2026, 3, 2, 7, 0, tzinfo=UTC), False),
        (Span(SUNDAY, 18 * 60, 8 * 60), datetime(2026, 3, 2, 7, 0, tzinfo=UTC), True),
        (Span(MONDAY, 0, 0), datetime(2026, 3, 2, 12, 0, tzinfo=UTC), True),
    ],
)
def test_a_span_of_the_week_covers_its_hours_over_midnight_too(span: Span, wall: datetime, *, on: bool) -> None:
    assert span.covers(wall) is on


def test_when_clocks_change_it_is_the_wall_that_counts(house: House) -> None:
    on_call.plan(house.session, "ana", Span(SUNDAY, 9 * 60, 10 * 60), "lea", house.now, deputy=False)
    for before_and_after in (datetime(2026, 3, 22, 8, 30, tzinfo=UTC), datetime(2026, 3, 29, 7, 30, tzinfo=UTC)):
        assert on_call.now_on(house.session, PARIS, before_and_after).first == ("ana",)
    assert on_call.now_on(house.session, PARIS, datetime(2026, 3, 29, 8, 30, tzinfo=UTC)).first == ()


def test_first_and_deputies_are_told_apart(house: House) -> None:
    for name, deputy in (("ana", False), ("ben", True)):
        on_call.plan(house.session, name, Span(MONDAY, 0, 0), "lea", house.now, deputy=deputy)
    found = on_call.now_on(house.session, ZoneInfo("UTC"), datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert (found.first, found.deputies) == (("ana",), ("ben",))


@pytest.mark.parametrize("span", [Span(7, 0, 60), Span(-1, 0, 60), Span(0, 0, 1440), Span(0, -1, 60)])
def test_what_is_no_time_of_a_week_is_refused(house: House, span: Span) -> None:
    with pytest.raises(RefusedError):
        on_call.plan(house.session, "ana", span, "lea", house.now, deputy=False)
