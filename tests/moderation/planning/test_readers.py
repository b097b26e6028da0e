"""How often people are wrong, and what their answers say then."""

from __future__ import annotations

import random

import numpy as np
import pytest

from moderation.planning import bands, calibration, plans, readers
from moderation.planning.bands import Seen
from moderation.planning.readers import Answers, Errors, Golden, Read

WRONG = 0.04
HARMFUL = 0.005


def crew(seed: int, samples: int, wrong: float = WRONG) -> tuple[list[Read], list[tuple[bool, Answers]]]:
    """Samples of posts of which one in two hundred is harmful, read again where the first says so; and the truth."""
    chance = random.Random(seed)
    read, said = [], []
    for _ in range(samples):
        harmful = chance.random() < HARMFUL
        first, second = (harmful != (chance.random() < wrong) for _ in range(2))
        answers = [first, second] if first else [first]
        read.append(Read(True, first, first == second if first else None, False))
        said.append((harmful, Answers(sum(answers), len(answers) - sum(answers))))
    return read, said


def surely(false_alarm: float, overlooked: float) -> Errors:
    return Errors(readers.Share(false_alarm, 0.0, 0), readers.Share(overlooked, 0.0, 0))


def test_of_a_crew_of_which_nothing_is_known_one_answer_in_fifty_is_taken_for_wrong() -> None:
    found = readers.errors([])
    assert found == readers.UNKNOWN
    assert found.false_alarm.mean == found.overlooked.mean == 0.02


def test_how_often_a_second_reader_disagrees_says_how_often_the_first_was_wrong() -> None:
    found = readers.errors(crew(1, 5000)[0]).false_alarm
    assert found.mean == pytest.approx(WRONG, abs=3 * found.unsure)
    assert found.unsure < 0.004


def test_samples_that_nobody_has_read_again_say_nothing_of_readers() -> None:
    once = [each._replace(agreed=None) for each in crew(1, 5000)[0]]
    assert readers.errors(once) == readers.UNKNOWN


def test_of_held_posts_that_two_read_one_is_wrong_where_they_differ_and_what_looked_wrong_says_nothing() -> None:
    held = [Read(False, True, number % 10 != 0) for number in range(500)]
    assert readers.errors(held).overlooked.mean == pytest.approx(26 / 550)
    doubted = [each._replace(again=False) for each in held]
    assert readers.errors(doubted) == readers.UNKNOWN


def test_golden_cases_count_for_both_kinds_of_errors() -> None:
    found = readers.errors([], Golden(harmless=50, alarms=5, harmful=100, overlooked=2))
    assert found.false_alarm.mean == pytest.approx(6 / 100)
    assert found.overlooked.mean == pytest.approx(3 / 150)


def test_what_one_person_found_where_harm_is_rare_is_doubtful_and_what_two_found_is_not() -> None:
    rare = np.full(4, HARMFUL)
    said = np.array([(1, 0), (2, 0), (1, 1), (0, 1)], dtype=np.float64)
    one, two, apart, none = readers.probable(rare, said[:, 0], said[:, 1], WRONG, WRONG)
    assert one == pytest.approx(0.108, abs=0.001)
    assert two == pytest.approx(0.743, abs=0.001)
    assert apart == pytest.approx(HARMFUL)
    assert none < HARMFUL / 20


def test_where_harm_is_common_one_keep_is_worth_less_than_it_says() -> None:
    [kept] = readers.probable(np.array([0.97]), np.array([0.0]), np.array([1.0]), WRONG, WRONG)
    assert kept == pytest.approx(0.574, abs=0.001)


def test_people_who_are_never_wrong_are_believed() -> None:
    both = readers.probable(np.array([0.001, 0.999]), np.array([1.0, 0.0]), np.array([0.0, 1.0]), 1e-9, 1e-9)
    assert both.tolist() == pytest.approx([1.0, 0.0], abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_wrong_decisions_on_samples_are_not_counted_as_harm(seed: int) -> None:
    """Ten thousand posts a day of which fifty are harmful, with scores that say little; 560 samples in two weeks."""
    read, said = crew(seed, 560)
    chance = random.Random(seed + 10)
    scores = [min(0.3, max(0.001, chance.gauss(0.06 if harmful else 0.02, 0.01))) for harmful, _ in said]
    rest = [Seen(min(0.3, max(0.001, chance.gauss(0.02, 0.01)))) for _ in range(140_000 - 560)]
    once = [Seen(score, answers.harmful > 0) for score, (_, answers) in zip(scores, said, strict=True)]
    given = [
        Seen(score, answers.harmful > answers.harmless, answers=answers)
        for score, (_, answers) in zip(scores, said, strict=True)
    ]
    missed = {
        "all": plans.missed(bands.of_history([*once, *rest], 14, bands.PLACES)),
        "as they are": plans.missed(
            bands.of_history([*given, *rest], 14, bands.PLACES, errors=readers.errors(read)),
        ),
    }
    assert missed["all"].low > 50
    assert missed["as they are"].low <= 50 <= missed["as they are"].high
    assert missed["as they are"].a_day < missed["all"].a_day / 2


def test_two_wrong_keeps_hardly_move_what_a_high_score_means() -> None:
    sure = [(0.98, Answers(1, 0))] * 40 + [(0.02, Answers(0, 1))] * 200
    wrong = [*sure, (0.99, Answers(0, 1)), (0.99, Answers(0, 1))]
    before, believed, doubted = (
        calibration.learnt_from(sure, readers.NONE),
        calibration.learnt_from(wrong, readers.NONE),
        calibration.learnt_from(wrong, surely(WRONG, WRONG)),
    )
    assert before.means(0.99) - doubted.means(0.99) < (before.means(0.99) - believed.means(0.99)) / 2


def test_many_keeps_are_believed() -> None:
    found = calibration.learnt_from([(0.95, Answers(0, 1))] * 60, surely(WRONG, WRONG))
    assert found.means(0.95) < 0.3


def test_what_is_unsure_of_readers_makes_the_curve_unsure() -> None:
    said = [(0.05, answers) for _, answers in crew(3, 560)[1]]
    unsure = readers.errors(crew(3, 560)[0])
    sure = surely(unsure.false_alarm.mean, unsure.overlooked.mean)
    assert calibration.learnt_from(said, unsure).unsure(0.05) > calibration.learnt_from(said, sure).unsure(0.05)


def test_answers_that_say_little_leave_a_curve_as_unsure_as_before_and_no_surer() -> None:
    found = calibration.learnt_from([(0.5, Answers(1, 1))] * 50, surely(WRONG, WRONG))
    assert found.unsure(0.5) <= calibration.UNKNOWN.unsure(0.5) + 1e-9
    assert found.unsure(0.5) == pytest.approx(calibration.UNKNOWN.unsure(0.5), rel=0.05)
