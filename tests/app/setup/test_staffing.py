"""What a crew can do, before anything was measured."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import InvalidError
from app.setup import staffing
from app.setup.staffing import Crew


def test_two_people_with_five_hours_decide_twenty_five_cases_a_day_and_answer_in_about_three_hours() -> None:
    crew = Crew(2, 5)
    assert 23 <= crew.cases_a_day <= 26
    assert timedelta(hours=2.5) <= crew.answered_within <= timedelta(hours=3.5)


def test_more_people_answer_sooner_and_each_is_given_as_much() -> None:
    assert Crew(4, 5).answered_within < Crew(2, 5).answered_within
    assert Crew(4, 5).cases_each == Crew(2, 5).cases_each


@pytest.mark.parametrize(
    ("people", "hours"),
    [
        ("", "5"),
        ("2", ""),
        ("none", "5"),
        ("0", "5"),
        ("2", "0"),
        ("2", "168"),
        ("-1", "5"),
        ("²", "5"),
        ("2", "5.5.5"),
        ("2", "5h"),
    ],
)
def test_what_is_no_crew_is_refused(people: str, hours: str) -> None:
    with pytest.raises(InvalidError):
        staffing.read(people, hours)


@pytest.mark.parametrize("typed", ["5.5", "5,5"])
def test_hours_have_a_point_or_a_comma(typed: str) -> None:
    assert staffing.read("2", typed) == Crew(2, 5.5)


def test_languages_are_codes_of_which_each_counts_once() -> None:
    assert staffing.read("2", "5", "FR, en fr").languages == ("fr", "en")
    with pytest.raises(InvalidError):
        staffing.read("2", "5", "french")


def test_no_crew_answers_sooner_than_in_a_minute() -> None:
    assert Crew(1000, 80).answered_within == timedelta(minutes=1)
