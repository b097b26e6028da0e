"""What went on here, week by week: twelve weeks as Mastodon tells them, and nothing of anybody."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from app.instance import activity
from app.instance.tables import ActiveWeekRow
from app.services import Services
from tests.app.people import member, post, remote


def _move(services: Services, **time: float) -> None:
    services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


def test_twelve_weeks_are_told_the_latest_first_all_in_strings(http: FlaskClient, services: Services) -> None:
    ana, ben = member(services, "ana"), member(services, "ben")
    post(services, ana.actor)
    post(services, remote(services, "far"))
    for account in (ana, ben, ana):
        activity.mark_seen(services, account.id)
    told = http.get("/api/v1/instance/activity").json
    assert len(told) == 12
    week = activity.week_of(services.clock.now())
    assert [int(one["week"]) for one in told] == [int((week - timedelta(days=7 * n)).timestamp()) for n in range(12)]
    assert told[0] == {"week": str(int(week.timestamp())), "statuses": "1", "logins": "2", "registrations": "2"}
    assert told[1] | {"week": ""} == {"week": "", "statuses": "0", "logins": "0", "registrations": "0"}


def test_who_comes_back_another_week_counts_there_too(services: Services) -> None:
    ana = member(services, "ana")
    for _ in range(3):
        activity.mark_seen(services, ana.id)
        _move(services, days=7)
    assert [week.members for week in activity.weeks(services)][:5] == [0, 1, 1, 1, 0]


def test_weeks_that_nobody_is_told_of_are_forgotten(services: Services) -> None:
    ana = member(services, "ana")
    activity.mark_seen(services, ana.id)
    with services.db.write() as session:
        assert activity.forget(session, services.clock.now()) == 0
    _move(services, days=7 * 15)
    with services.db.write() as session:
        assert activity.forget(session, services.clock.now()) == 1
        assert session.scalars(select(ActiveWeekRow)).all() == []
