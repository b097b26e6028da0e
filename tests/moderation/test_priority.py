"""Priority as values: it grows with what speaks for haste, no domain can shout, and its word says what is grave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.cases import priority
from moderation.values import CaseOrigin

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
severities = st.floats(1.0, 10.0)
chances = st.floats(0.0, 1.0)
reporters = st.lists(st.tuples(st.sampled_from(["a.example", "b.example", "c.example"]), chances), max_size=60)


@given(severities, chances, st.integers(0, 10**7), reporters)
def test_more_of_anything_never_comes_later(
    severity: float, chance: float, reach: int, given: list[tuple[str, float]]
) -> None:
    def value(**more: object) -> float:
        known = {"severity": severity, "certainty": chance, "reach": reach, "voices": priority.voices(given)} | more
        return priority.rank(CaseOrigin.REPORT, NOON, **known).value  # type: ignore[arg-type]

    before = value()
    assert value(severity=min(severity + 1, 10.0)) >= before
    assert value(certainty=1.0) >= before
    assert value(reach=reach + 1) >= before
    assert value(voices=priority.voices([*given, ("d.example", 0.5)])) >= before
    assert value(local=True) >= before
    assert value(overdue=2.0) > before


@given(st.integers(3, 1000), chances)
def test_however_many_report_from_one_server_they_are_three_voices_at_most(many: int, weight: float) -> None:
    crowd = priority.voices([("loud.example", weight)] * many)
    assert crowd <= priority.VOICES_OF_A_DOMAIN
    assert priority.voices([("loud.example", 1.0)] * many) == priority.VOICES_OF_A_DOMAIN


@given(st.integers(4, 500))
def test_a_crowd_is_not_made_louder_by_a_voice_from_elsewhere(many: int) -> None:
    crowd = [("loud.example", 0.5)] * many
    assert priority.voices([*crowd, ("quiet.example", 0.5)]) == pytest.approx(priority.voices(crowd) + 1.0)


def test_a_newcomer_is_one_voice_and_who_was_never_right_hardly_any() -> None:
    assert priority.voices([("a.example", 0.5)]) == 1.0
    assert priority.voices([("a.example", 0.1)]) == pytest.approx(0.2)
    assert priority.voices([]) == 0.0


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=500), st.integers(1, 500))
def test_voices_count_by_the_logarithm(weights: list[float], domains: int) -> None:
    loud = priority.voices([(f"{number % domains}.example", weight) for number, weight in enumerate(weights)])
    rank = priority.rank(CaseOrigin.REPORT, NOON, voices=loud)
    assert rank.parts["reports"] <= 7.0


def test_of_two_alike_the_older_comes_first() -> None:
    older = priority.rank(CaseOrigin.HOLD, NOON - timedelta(minutes=1))
    assert older.value > priority.rank(CaseOrigin.HOLD, NOON).value


@pytest.mark.parametrize(
    ("word", "more"),
    [
        ("high", {"severity": 9.0, "certainty": 0.9}),
        ("high", {"severity": 6.0, "reach": 40, "voices": 2.0}),
        ("medium", {"severity": 4.0, "voices": 1.0, "reach": 1}),
        ("medium", {"severity": 9.0, "certainty": 0.3, "reach": 10}),
        ("low", {"severity": 4.0}),
        ("low", {"severity": 2.0, "certainty": 0.5, "reach": 2}),
    ],
)
def test_the_word_says_what_is_grave_and_not_where_it_came_from(word: str, more: dict[str, float]) -> None:
    for origin in (CaseOrigin.HOLD, CaseOrigin.REPORT):
        assert priority.rank(origin, NOON, **more).word == word  # type: ignore[arg-type]


@given(severities, st.integers(0, 10**7), st.integers(1, 10**7), st.integers(1, 10**7))
def test_however_large_a_wave_stays_below_a_report_that_is_more_than_low(
    severity: float, reach: int, copies: int, more: int
) -> None:
    report = priority.rank(CaseOrigin.REPORT, NOON, severity=4.0, voices=1.0)
    assert report.word == "medium"
    wave = priority.rank(CaseOrigin.WAVE, NOON, severity=severity, reach=reach)
    grown = priority.grown(wave.value, wave.parts, copies)
    again = priority.grown(grown.value, grown.parts, copies + more)
    assert max(wave.value, grown.value, again.value) < report.value
    assert again.value >= grown.value - 0.001, "a wave that grows never sinks"
    assert again.value == pytest.approx(sum(again.parts.values()) - NOON.timestamp() / priority.DAY, abs=0.01)
    overdue = priority.rank(CaseOrigin.WAVE, NOON, severity=10.0, reach=10**6, overdue=2.0)
    assert overdue.value > report.value, "what is past due isn't kept down"
