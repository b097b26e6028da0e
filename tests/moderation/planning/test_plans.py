"""What lines come to, and which are suggested."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from moderation.planning import bands, exact, examples, plans
from moderation.planning.bands import Band, Borrowed, Seen
from moderation.planning.examples import CLUB, LARGE, Card
from moderation.planning.plans import Aim, Ends, Label, Situation

SPAM = Borrowed(0.94, 0.44, 1 / 6000, 1 / 200, 0.4, 0.81)
HATE = Borrowed(0.83, 0.43, 1 / 6000, 1 / 200, 0.05, 0.31)
CARDS = {"spam": Card(4, 0.94, False, SPAM), "hate": Card(8, 0.83, False, HATE)}


def situation(house: examples.House = LARGE, aim: Aim | None = None, **cards: Card) -> Situation:
    return examples.situation(house, CARDS | cards, aim or Aim())


# What is known


def test_decisions_take_the_place_of_the_models_word() -> None:
    """The model says .9, people find one in ten: the more they decide, the less its word counts."""
    few = bands.of_history([Seen(0.91, number == 0) for number in range(10)], 1, bands.PLACES)
    many = bands.of_history([Seen(0.91, number % 10 == 0) for number in range(400)], 1, bands.PLACES)
    of = [next(band for band in each if band.low == 0.9) for each in (few, many)]
    assert 0.1 < of[1].harm < of[0].harm < 0.5
    assert of[1].unsure < of[0].unsure


def test_a_sample_of_what_was_let_by_speaks_for_all_of_its_band() -> None:
    """10,000 posts below the line, 200 of them drawn at random and read: 4 break a rule, so about 200 do."""
    seen = [Seen(0.07, number < 4 if number < 200 else None) for number in range(10_000)]
    whole = sum(band.harmful_a_day for band in bands.of_history(seen, 1, bands.PLACES))
    assert whole == pytest.approx(200, rel=0.1)


def test_which_held_posts_were_decided_doesnt_bend_the_count_within_a_band() -> None:
    """All above the line are decided and one in fifty below: the truth is found all the same."""
    draw = random.Random(5)
    seen, truth = [], 0.0
    for _ in range(60_000):
        score = draw.betavariate(0.4, 6)
        harmful = draw.random() < score**2
        truth += harmful and score < 0.5
        looked_at = score >= 0.5 or draw.random() < 0.02
        seen.append(Seen(score, harmful if looked_at else None))
    label = Label("spam", 4, 0.5, bands.of_history(seen, 1, bands.places(0.5)))
    found = plans.outcome(replace(situation(), labels=(label,)), {"spam": 0.5}).missed["spam"]
    assert found.low <= truth <= found.high
    assert found.a_day == pytest.approx(truth, rel=0.3)


def test_where_the_curve_is_wrong_it_is_wrong_in_every_band_alike() -> None:
    """The same posts in one band or in twenty: cut finer, they aren't known any better. What was decided is."""

    def width(count: int, alike: float) -> float:
        band = Band(0.1, 0.2, 2000 / count, 0.05, 0.02, 1, alike=alike)
        found = plans.missed([band] * count)
        return found.high / found.a_day

    assert width(20, 0.02) > 0.95 * width(1, 0.02) > 1.5
    assert width(20, 0.0) < 0.8 * width(20, 0.02)


def test_no_more_is_said_to_be_missed_at_least_than_decisions_alone_prove() -> None:
    """The model is sure of one in ten; of 300 that were drawn, one breaks a rule."""
    sure = Band(0.1, 0.2, 10_000, 0.1, 0.001, 300, upheld=1, alike=0.0)
    found = plans.missed([sure])
    assert found.low == pytest.approx(10_000 * exact.lower_bound(1, 300, 0.05)) and found.low < 10
    assert found.high > 1000
    undecided = plans.missed([replace(sure, decided=0, upheld=0)])
    assert undecided.low > 900


def test_an_interval_is_one_of_a_day_which_is_chance_besides() -> None:
    known = plans.missed([Band(0.1, 0.2, 1000, 0.1, 0.0)])
    draw = np.random.default_rng(3).poisson(100, 2000)
    assert ((known.low <= draw) & (draw <= known.high)).mean() == pytest.approx(0.9, abs=0.03)


def test_a_higher_score_is_never_taken_for_less_harmful() -> None:
    draw = random.Random(2)
    seen = [Seen(draw.random(), draw.random() < 0.5) for _ in range(300)]
    shares = [band.harm for band in bands.of_history(seen, 1, bands.PLACES)]
    assert shares == sorted(shares)


def test_a_cards_figures_come_out_where_they_were_put_in() -> None:
    found = bands.of_card(SPAM, 100_000, 0.01, bands.places(0.94))
    above = [band for band in found if band.low >= 0.94]
    assert sum(band.harmful_a_day for band in above) == pytest.approx(1000 * 0.4, rel=0.02)
    assert sum(band.harmless_a_day for band in above) == pytest.approx(99_000 / 6000, rel=0.1)
    assert sum(band.a_day for band in found) == pytest.approx(100_000, rel=1e-6)


# What is suggested


def test_five_freelancers_answer_for_210_000_members_in_an_hour_and_say_what_is_given_up() -> None:
    """Twice as much harm as assumed: the suggested lines keep to the hour, and what that costs is said."""
    found = plans.plan(situation(replace(LARGE, harmful=10)))
    assert found.suggested.waits.share_within(60) >= 0.9 * found.reachable - 0.01
    assert not found.suggested.waits.falls_behind
    assert found.unlimited.held_a_day > found.room_a_day
    assert not found.closes
    assert sum(found.gives_up.values()) > 0
    assert found.people > 1


def test_with_the_people_whom_it_names_nothing_is_given_up() -> None:
    short = plans.plan(situation(replace(LARGE, harmful=10)))
    whole = situation(replace(LARGE, harmful=10))
    enough = plans.plan(replace(whole, staffing=whole.staffing.times(short.people)))
    assert enough.closes


def test_a_club_has_hands_enough_and_hours_too_few() -> None:
    """No line answers at noon who comes in the evening; the plan says so, and holds what is worth it."""
    found = plans.plan(situation(CLUB))
    assert found.closes
    assert found.people == 1
    assert found.reachable < 0.25
    assert found.suggested.held_a_day < 1


def test_the_suggestion_does_no_more_harm_than_the_lines_in_force() -> None:
    for house in (LARGE, CLUB, replace(LARGE, seconds=45), replace(LARGE, harmful=1)):
        found = plans.plan(situation(house))
        if found.current.held_a_day <= found.room_a_day:
            assert found.suggested.harm <= found.current.harm + 1e-9


def test_fewer_people_hold_less_and_miss_more() -> None:
    found = [plans.plan(situation(replace(LARGE, moderators=count, harmful=10))) for count in (5, 4, 3)]
    held = [each.suggested.held_a_day for each in found]
    missed = [sum(amount.a_day for amount in each.suggested.missed.values()) for each in found]
    assert held == sorted(held, reverse=True)
    assert missed == sorted(missed)


def test_few_people_still_hold_what_they_have_room_for() -> None:
    """Three of five leave some hours without anybody, and reports take some of theirs."""
    found = plans.plan(situation(replace(LARGE, moderators=3)))
    assert 0.3 < found.reachable < 0.9
    assert found.suggested.held_a_day > 40


def test_what_is_grave_keeps_its_line_however_few_they_are() -> None:
    grave = Card(8, 0.83, True, HATE)
    found = plans.plan(situation(replace(LARGE, moderators=1), hate=grave))
    line = found.suggested.lines["hate"]
    assert line is not None and line <= 0.83


def test_what_the_policy_never_holds_is_not_suggested_for_holding() -> None:
    found = plans.plan(situation(hate=Card(8, None, False, HATE)))
    assert found.suggested.lines["hate"] is None


def test_however_many_people_there_are_hardly_any_harmless_post_is_held() -> None:
    aim = Aim(wrong_hold=0.0, harmless_at_most=1 / 1000)
    house = replace(LARGE, moderators=200, hours_a_week=40)
    found = plans.plan(situation(house, aim))
    assert found.suggested.wrongly_held.a_day <= house.judged_a_day / 1000


def test_a_wrong_hold_that_weighs_more_is_made_less_often() -> None:
    lenient, strict = (plans.plan(situation(aim=Aim(wrong_hold=weight))) for weight in (0.2, 3.0))
    assert strict.suggested.wrongly_held.a_day < lenient.suggested.wrongly_held.a_day


def test_the_suggestion_is_the_best_of_all_lines_that_fit() -> None:
    """Against trying every pair of lines of two labels with a few bands each."""
    at = (0.5, 0.7, 0.9)
    shape = {"a": (0.01, 0.2, 0.5, 0.9), "b": (0.005, 0.3, 0.6, 0.7)}
    edges = (0.0, *at, bands.NEVER)
    labels = tuple(
        Label(
            name,
            severity,
            0.9,
            tuple(
                Band(low, high, count, harm, 0.1)
                for low, high, count, harm in zip(edges, edges[1:], (5000, 30, 20, 10), shares, strict=False)
            ),
        )
        for (name, shares), severity in zip(shape.items(), (4, 8), strict=True)
    )
    of = replace(situation(), labels=labels, aim=Aim(harmless_at_most=1))
    found = plans.plan(of)
    tried = [plans.outcome(of, {"a": a, "b": b}) for a in (*at, None) for b in (*at, None)]
    fitting = [each for each in tried if each.held_a_day <= found.room_a_day]
    assert found.suggested.harm == pytest.approx(min(each.harm for each in fitting))


def test_shifts_are_laid_between_the_hours_given() -> None:
    evening = examples.staffing(CLUB)
    assert evening.hours_a_week == pytest.approx(3.5, abs=0.01)
    assert evening.covered == pytest.approx(0.5 / 24, abs=0.001)
    night = examples.staffing(replace(LARGE, from_hour=22, to_hour=6))
    assert night.hours_a_week == pytest.approx(175, rel=0.01)
    assert night.covered == pytest.approx(8 / 24)


# Holds end


def test_a_hold_that_ends_unanswered_has_missed_what_it_held() -> None:
    """With a line for everything, and half an hour an evening: what members posted after nine in the evening and before
    five in the afternoon is let in before anybody comes."""
    of = replace(situation(CLUB), ends=Ends(4.0, 24.0, local=1.0))
    label = next(label for label in of.labels if label.name == "spam")
    of = replace(of, labels=(label,))
    held = plans.outcome(of, {"spam": 0.05})
    harmful = sum(band.harmful_a_day for band in label.cut(0.05)[1])
    assert held.unanswered > 0.6
    assert held.missed["spam"].a_day == pytest.approx(
        plans.missed(label.cut(0.05)[0]).a_day + held.unanswered * harmful
    )
    assert held.ended_a_day == pytest.approx(held.unanswered * held.held_a_day)


def test_which_part_of_holds_ends_unanswered_is_that_of_those_who_wait_longer() -> None:
    """Against cases that are taken one by one, of members and of others."""
    alone = replace(LARGE, moderators=1, hours_a_week=35, from_hour=9, to_hour=14)
    of = replace(situation(alone), others_a_day=0.0, ends=Ends(4, 24, 0.5))
    waits = plans.answers(of, 200.0)
    draw = random.Random(3)
    free, ended, whole = 0.0, 0, 0
    for at in sorted(_arrivals(draw, of.rhythm, 200.0, 300)):
        free = _done(max(at, free), draw.expovariate(60 / of.staffing.seconds), 9 * 60, 14 * 60)
        ended += free - at > (240 if draw.random() < 0.5 else 1440)
        whole += 1
    assert of.ends.unanswered(waits) == pytest.approx(ended / whole, abs=0.03)


def _arrivals(draw: random.Random, rhythm: tuple[float, ...], a_day: float, days: int) -> list[float]:
    """Minutes at which cases come."""
    return [
        day * 1440 + (hour + draw.random()) * 60
        for day in range(days)
        for hour in draw.choices(range(24), rhythm, k=round(a_day + draw.gauss(0, a_day**0.5)))
    ]


def _done(at: float, minutes: float, begins: float, ends: float) -> float:
    """When somebody who is there between two times of each day has done so much, beginning at a moment."""
    while True:
        day = at // 1440 * 1440
        at = max(at, day + begins)
        if at < day + ends:
            if at + minutes <= day + ends:
                return at + minutes
            minutes -= day + ends - at
        at = day + 1440


def test_what_ends_unanswered_is_weighed_in_what_is_suggested() -> None:
    """What nobody answers in time spares no harm: to hold it besides would only wrong people."""
    found = plans.plan(replace(situation(), ends=Ends(1e-6, 1e-6)))
    assert found.suggested.held_a_day == pytest.approx(0.0, abs=1e-9)
    assert plans.plan(situation()).suggested.held_a_day > 100


def test_where_people_fall_behind_all_that_is_held_ends_unanswered() -> None:
    found = plans.outcome(situation(replace(LARGE, moderators=1)), {"spam": 0.05, "hate": 0.05})
    assert found.waits.falls_behind
    assert found.unanswered == 1.0


# What it would take


def test_however_much_it_takes_is_said_and_not_cut_short() -> None:
    """Every post breaks a rule, and a case takes an hour: five people a day answer five of them an hour."""
    found = plans.plan(situation(replace(LARGE, seconds=3600, harmful=1000)))
    needed = found.unlimited.work_a_day / (LARGE.moderators * LARGE.hours_a_week / 7)
    assert 1000 < needed < found.people < 1.6 * needed


def test_what_is_beyond_reckoning_is_said_to_be() -> None:
    found = plans.plan(situation(replace(LARGE, moderators=1, hours_a_week=0.5, seconds=3600, harmful=1000)))
    assert found.people == float("inf")
    assert not found.closes
