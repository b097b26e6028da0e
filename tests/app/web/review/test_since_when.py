"""Since when a case waits, in words that fit its sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.clock import FrozenClock
from app.web import filters
from tests.app.web.conftest import Town


@pytest.mark.parametrize(
    ("age", "said"),
    [(timedelta(0), "under a minute"), (timedelta(minutes=5), "5 min"), (timedelta(days=400), "13 mths")],
)
def test_how_long_ago_is_always_a_length(town: Town, age: timedelta, said: str) -> None:
    clock = town.services.clock
    assert isinstance(clock, FrozenClock)
    at = clock.now()
    clock.move(age)
    with town.app.test_request_context(headers={"Accept-Language": "en"}):
        assert f">{said}<" in filters.elapsed(at)
