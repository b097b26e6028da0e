"""Days as counts, what is compared with what, and the alarms that come of it."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import select

from moderation import alarms
from moderation.cases import decisions
from moderation.cases.values import DecisionRequest
from moderation.drift import alarming, calibration, counting, measures, windows
from moderation.drift.calibration import Answered
from moderation.drift.tables import DriftCountRow, DriftDayRow
from moderation.values import Action, Visibility
from moderation.verdicts.tables import VerdictRow
from tests.moderation.cast import HARMLESS, HATEFUL, HOME, House, TwinModel, friend

WORDS = [a + b for a in ("bar", "tol", "mik", "sun", "reg", "pal") for b in ("den", "ost", "ille", "ark", "uno", "ery")]
MARKER = "the blue heron waits behind the mill"


def counts(house: House) -> dict[tuple[str, str], int]:
    """What stands in the table."""
    rows = house.session.execute(select(DriftCountRow.name, DriftCountRow.bin, DriftCountRow.count))
    found: dict[tuple[str, str], int] = {}
    for name, bin_, count in rows:
        found[name, bin_] = found.get((name, bin_), 0) + count
    return found


def count_all(house: House) -> None:
    """The job, without its house."""
    for day in counting.due(house.session, house.now):
        counting.write(house.session, counting.count(house.session, day), house.now)


def weeks(house: House, languages: tuple[str, ...], days: int, posts: int = 20) -> None:
    """Days of posts in these languages, by turns."""
    for _ in range(days):
        house.admit(*(house.post(language=languages[i % len(languages)]) for i in range(posts)))
        house.later(days=1)


def test_a_day_is_counted_once_it_is_over(house: House) -> None:
    house.admit(house.post(HARMLESS), house.post(HATEFUL, links=("https://a.example/1",)))
    assert house.now.date() not in counting.due(house.session, house.now)
    house.later(days=1)
    count_all(house)
    found = counts(house)
    assert found[measures.OUTCOME, "approve"] == 1
    assert found[measures.OUTCOME, "hold"] == 1
    assert found["score:hate", "3"] == found["score:hate", "9"] == 1
    assert found[measures.LINKS, "1"] == found[measures.LINKS, "0"] == 1
    assert found[measures.LANGUAGE, "en"] == 2
    row = house.session.get(DriftDayRow, house.now.date() - timedelta(days=1))
    assert row is not None
    assert row.posts == 2
    assert counting.due(house.session, house.now) == []


def test_counting_again_counts_nothing_twice(house: House) -> None:
    house.admit(house.post())
    day = house.now.date()
    house.later(days=1)
    for _ in range(2):
        counting.write(house.session, counting.count(house.session, day), house.now)
    assert counts(house)[measures.OUTCOME, "approve"] == 1


def test_private_posts_are_in_no_count(house: House) -> None:
    for visibility in (Visibility.FOLLOWERS, Visibility.DIRECT):
        house.admit(house.post(MARKER + " vermin", visibility=visibility, mentions=friend()))
    day = house.now.date()
    house.later(days=1)
    counted = counting.count(house.session, day)
    assert (counted.posts, len(counted.counts)) == (0, 0)


def test_no_word_of_a_post_stands_among_its_traits(house: House) -> None:
    verdict = house.session.get(VerdictRow, house.one(MARKER, language="en-GB").id)
    assert verdict is not None
    assert verdict.facts is not None
    assert verdict.facts[measures.TRAITS] == [len(MARKER), 0, "en", 0, 0]


def test_what_people_say_of_a_post_afterwards_counts_nothing(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    decisions.decide(house.session, case_id, DecisionRequest(Action.APPROVE), "mo", house.now)
    day = house.now.date()
    house.later(days=1)
    assert counting.count(house.session, day).posts == 1


def test_an_abstention_and_a_disguise_are_counted(house: House) -> None:
    house.admit(house.post(language="xx"))
    day = house.now.date()
    house.later(days=1)
    assert counting.count(house.session, day).counts["twin-1", measures.ABSTAINED, measures.YES] == 1


def test_languages_that_nobody_speaks_fill_no_table(house: House) -> None:
    house.admit(*(house.post(language=f"q{number:02}") for number in range(60)))
    day = house.now.date()
    house.later(days=1)
    found = [key for key in counting.count(house.session, day).counts if key[1] == measures.LANGUAGE]
    assert len(found) == counting.MOST_LANGUAGES + 1


def test_a_week_in_another_language_raises_an_alarm_that_goes_when_it_is_over(house: House) -> None:
    weeks(house, ("en",), 28)
    weeks(house, ("en", "fr"), 7)
    count_all(house)
    found = windows.watch(house.session, house.now)
    assert found.drifted == [measures.LANGUAGE]
    alarming.settle(house.session, found, calibration.of((), house.now.date()), house.now)
    (alarm,) = alarms.current(house.session)
    assert (alarm.name, alarm.details) == (alarming.DRIFT, {"which": [measures.LANGUAGE]})
    weeks(house, ("en", "fr"), 28)
    count_all(house)
    found = windows.watch(house.session, house.now)
    alarming.settle(house.session, found, calibration.of((), house.now.date()), house.now)
    assert alarms.current(house.session) == []


def test_another_version_of_the_model_is_compared_with_itself_alone(house: House) -> None:
    weeks(house, ("en",), 28)
    house.model.version = "twin-2"
    weeks(house, ("en",), 7)
    count_all(house)
    found = {each.name: each for each in windows.watch(house.session, house.now).measured}
    assert found["score:hate"].comparison is None
    assert found[measures.LENGTH].comparison is not None
    assert windows.watch(house.session, house.now).version == "twin-2"


def test_the_curve_goes_by_weeks_and_says_what_share(house: House) -> None:
    weeks(house, ("en",), 7, posts=3)
    weeks(house, ("en", "fr"), 7, posts=4)
    count_all(house)
    found = {each.name: each for each in windows.watch(house.session, house.now).measured}
    assert [(each.share, each.posts) for each in found[measures.LANGUAGE].curve] == [(0.0, 21), (0.5, 28)]


def test_old_days_are_forgotten(house: House) -> None:
    house.admit(house.post())
    house.later(days=1)
    count_all(house)
    counting.forget(house.session, house.now + counting.KEPT - timedelta(days=1))
    assert counts(house) != {}
    counting.forget(house.session, house.now + counting.KEPT)
    assert counts(house) == {}


def decided(house: House, action: Action, count: int) -> None:
    """Hateful posts that were held, and how somebody decided each."""
    for number in range(count):
        words = random.Random(f"{action}{number}").sample(WORDS, 8)
        case_id = house.case_of("vermin " + " ".join(words), house.author(f"mallory{number}", HOME))
        house.later(hours=6)
        decisions.decide(house.session, case_id, DecisionRequest(action, rule_id="2"), "mo", house.now)


def test_what_people_let_in_of_what_the_model_was_sure_of_raises_an_alarm(house: House) -> None:
    decided(house, Action.APPROVE, 10)
    decided(house, Action.REMOVE, 12)
    found = calibration.read(house.session, house.now)
    (hate,) = found.labels
    assert (hate.lately.upheld.count, hate.lately.upheld.of) == (12, 22)
    assert hate.lately.expected > 0.95
    assert found.off == ["hate"]


def test_a_model_that_is_as_often_right_as_it_says_raises_none(house: House) -> None:
    today = house.now.date()
    answers = [Answered("spam", today, 0.8, number % 5 != 0) for number in range(200)]
    assert calibration.of(answers, today).off == []
    overconfident = [Answered("spam", today, 0.95, number % 5 != 0) for number in range(200)]
    assert calibration.of(overconfident, today).off == ["spam"]
    assert calibration.of(overconfident[:19], today).off == []


def test_the_weeks_of_a_label_stand_beside_each_other(house: House) -> None:
    today = house.now.date()
    answers = [Answered("spam", today - timedelta(weeks=week), 0.9, week < 2) for week in range(4) for _ in range(5)]
    (spam,) = calibration.of(answers, today).labels
    assert [part.upheld.value for _week, part in spam.weeks] == [0.0, 0.0, 1.0, 1.0]
    assert [(edge, part.upheld.of) for edge, part in spam.bins] == [(0.9, 20)]


def test_the_twin_of_the_model_says_nothing_of_disguises() -> None:
    assert not any(each.disguised for each in TwinModel().score([HARMLESS], ["en"]))
