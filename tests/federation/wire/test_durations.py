"""How long films and sounds last, as other servers write it."""

from __future__ import annotations

from typing import Any

import pytest

from app.federation.wire import fields


@pytest.mark.parametrize(
    ("written", "meant"),
    [("PT12S", 12), ("PT12.5S", 12.5), ("PT1145S", 1145), ("PT1H2M3S", 3723), ("P1DT1S", 86_401), ("PT2M", 120)],
)
def test_a_duration_is_read(written: str, meant: float) -> None:
    assert fields.seconds(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        None,
        12,
        "12",
        "",
        "P",
        "PT",
        "PT0S",
        "-PT1S",
        "P1Y",
        "P32D",
        "PT1e9S",
        "PT" + "9" * 400 + "S",
        "PT١S",
        ["PT1S"],
        {},
    ],
)
def test_what_is_none_is_left_out(written: Any) -> None:
    """Nothing, negative, longer than any film, or of months, whose length nobody knows."""
    assert fields.seconds(written) is None


@pytest.mark.parametrize(
    ("lasts", "written"), [(12, "PT12S"), (0.4, "PT0.4S"), (100, "PT100S"), (3723.0625, "PT3723.062S")]
)
def test_a_duration_is_written_in_seconds(lasts: float, written: str) -> None:
    assert fields.duration(lasts) == written
