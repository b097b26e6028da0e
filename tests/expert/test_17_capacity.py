"""17. Honest about capacity: how soon held posts are answered at this staffing, and what another line would change.

The figures come from the house's own rows. The model is checked here against a simulation that works in another way: it
has people who take cases one by one, minute by minute.
"""

from __future__ import annotations

import heapq
import random
import re
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from app.accounts.tables import Role
from moderation.workforce import capacity
from moderation.workforce.capacity import Arrival, Past
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk, desk

__all__ = ["desk"]
NIGHT = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def shifts(days: int, *hours: tuple[float, float]) -> list[tuple[datetime, datetime]]:
    """The same hours each day."""
    return [
        (NIGHT + timedelta(days=day, hours=a), NIGHT + timedelta(days=day, hours=b))
        for day in range(days)
        for a, b in hours
    ]


def past(arrivals: list[Arrival], worked: list[tuple[datetime, datetime]], each: timedelta, days: int = 14) -> Past:
    """So that a case takes `each`."""
    whole = sum((end - begin for begin, end in worked), timedelta())
    return Past(NIGHT, NIGHT + timedelta(days=days), arrivals, worked, round(whole / each))


def coming(count: int, days: int = 14, seed: int = 1) -> list[Arrival]:
    """Held posts at any time of day."""
    draw = random.Random(seed)
    moments = sorted(draw.uniform(0, days * 86400) for _ in range(count))
    return [Arrival(NIGHT + timedelta(seconds=at), held=True) for at in moments]


def simulated(arrivals: list[Arrival], worked: list[tuple[datetime, datetime]], each: timedelta) -> float:
    """The median wait in minutes: whoever is free and there takes the oldest case and works on it to the end."""
    people = [(begin, end) for begin, end in worked]
    heapq.heapify(people)
    waits = []
    for one in arrivals:
        while people:
            free, end = heapq.heappop(people)
            begins = max(free, one.at)
            if begins + each <= end:
                heapq.heappush(people, (begins + each, end))
                waits.append((begins + each - one.at) / MINUTE)
                break
    return median(waits)


@pytest.mark.parametrize(
    ("hours", "count", "minutes"),
    [
        (((0, 24),), 3000, 3),
        (((9, 17),), 600, 4),
        (((9, 12), (18, 21)), 500, 5),
        (((9, 17), (9, 17)), 900, 8),
        (((8, 10), (9, 12), (20, 22)), 400, 6),
    ],
    ids=["always", "office hours", "twice a day", "two people", "who overlap"],
)
def test_the_model_agrees_with_a_simulation(hours: tuple[tuple[float, float], ...], count: int, minutes: int) -> None:
    arrivals, worked = coming(count), shifts(14, *hours)
    found = capacity.middle_wait(past(arrivals, worked, minutes * MINUTE), arrivals)
    assert found is not None
    assert found / MINUTE == pytest.approx(simulated(arrivals, worked, minutes * MINUTE), rel=0.1, abs=minutes)


def test_the_model_agrees_with_what_is_known_of_one_who_is_always_there() -> None:
    """Pollaczek and Khinchine: with equal cases the mean wait is load / (2 (1 - load)) cases, and one's own."""
    arrivals, worked = coming(40_000, days=140), shifts(140, (0, 24))
    seen = past(arrivals, worked, 3 * MINUTE, days=140)
    load = len(arrivals) * seen.each / seen.time_worked
    waits = [wait / MINUTE for wait in capacity.waits_of(seen, arrivals) if wait is not None]
    assert sum(waits) / len(waits) == pytest.approx(3 * (1 + load / (2 * (1 - load))), rel=0.05)


def test_work_that_comes_faster_than_it_is_done_falls_behind_and_says_so() -> None:
    found = capacity.outlook(past(coming(2000), shifts(14, (9, 10)), 5 * MINUTE), {})
    assert found is not None
    assert found.answered is None
    assert found.load > 1


def test_of_too_little_nothing_is_said() -> None:
    assert capacity.outlook(past(coming(19), shifts(14, (9, 17)), MINUTE), {}) is None
    assert capacity.outlook(past(coming(500), shifts(1, (9, 10)), MINUTE), {}) is None
    assert capacity.outlook(past([], [], MINUTE), {}) is None


def test_a_higher_line_is_named_with_what_it_spares_and_what_it_misses() -> None:
    """Of the spam that waits, what is below .88 is mostly fine, and what is above mostly isn't."""
    draw = random.Random(7)
    arrivals = []
    for one in coming(1400):
        score = draw.uniform(0.8, 1.0)
        arrivals.append(Arrival(one.at, True, "spam", score, draw.random() < (0.1 if score < 0.88 else 0.9)))
    found = capacity.outlook(past(arrivals, shifts(14, (0, 24)), 15 * MINUTE), {"spam": 0.8})
    assert found is not None and found.other is not None and found.answered is not None
    other = found.other
    assert (
        other.label,
        other.answered is not None and other.before is not None and other.answered <= other.before / 2,
    ) == ("spam", True)
    missed = sum(each.upheld is True for each in arrivals if (each.score or 0) < other.line) / 14
    assert other.missed_a_day == pytest.approx(missed)
    assert other.fewer_a_day == pytest.approx(sum((each.score or 0) < other.line for each in arrivals) / 14)


def test_no_line_is_named_where_waiting_is_for_somebody_to_come() -> None:
    """Where people answer at once when they are there, holding less would only miss more."""
    draw = random.Random(3)
    arrivals = [Arrival(each.at, True, "spam", draw.uniform(0.8, 1), True) for each in coming(28)]
    found = capacity.outlook(past(arrivals, shifts(14, (9, 10)), 2 * MINUTE), {"spam": 0.8})
    assert found is not None
    assert found.other is None


def said(visitor: Visitor, path: str) -> str:
    """A page as one line of words."""
    return " ".join(re.sub("<[^>]+>", " ", visitor.page(path)).split())


@pytest.mark.one_database
def test_the_pages_say_so_from_the_houses_own_rows(town: Town, desk: Desk) -> None:
    mo, lea = town.at_home(town.member("mo", Role.MODERATOR)), town.at_home(town.member("lea", Role.LEAD))
    assert "Not enough data yet" in said(mo, "/review/start")
    assert "Not enough data yet" in said(lea, "/review/crew")
    for number in range(capacity.FEWEST_HELD + 10):
        case = desk.case_of(desk.held(f"number {number} vermin", town.member(f"author{number}")))
        town.services.clock.move(2 * MINUTE)  # type: ignore[attr-defined]
        mo.post("/review/next", on="/review/start")
        town.services.clock.move(4 * MINUTE + 30 * timedelta(seconds=1))  # type: ignore[attr-defined]
        mo.post(f"/review/case/{case.id}/decide", on=f"/review/case/{case.id}", action="approve", version=case.version)
    words = said(mo, "/review/start")
    found = re.search(r"At this staffing, half of the held posts are answered within (\d+) min", words)
    assert found is not None, words[:1500]
    assert 4 <= int(found[1]) <= 9, "2 minutes until somebody begins, and 4 and a half for the case"
    assert "At this staffing" in said(lea, "/review/crew")
