"""The job that counts days and tells what has changed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.posts import compose
from app.posts.compose import ComposeRequest
from app.reviewing import drifting
from app.services import Services
from moderation.drift.tables import DriftCountRow, DriftDayRow
from tests.app.people import member


def test_each_day_that_is_over_is_counted_once(services: Services) -> None:
    compose.compose(services, member(services, "ana").id, ComposeRequest(text="a kettle sings in the kitchen"))
    services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    while drifting.work(services, 10) == 10:
        pass
    assert drifting.work(services, 10) == 0
    with services.db.read() as session:
        assert session.scalar(select(func.sum(DriftDayRow.posts))) == 1
        assert session.scalar(select(func.sum(DriftCountRow.count)).where(DriftCountRow.name == "outcome")) == 1
