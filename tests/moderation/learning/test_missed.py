"""How much harm was let in, from random samples that people decided."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from sqlalchemy import select

from moderation.authors import strikes
from moderation.cases import claims, decisions, reading
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.drift import counting
from moderation.learning import gathering, missed
from moderation.quality import answering, reviews
from moderation.values import Action, CaseOrigin, CaseState
from tests.moderation.cast import House
from tests.moderation.test_decisions import report

TEXTS = ("soup in the", "trams near my", "owls above our", "rain over a", "bread from that", "ferries to the old")
DRAWN = 5
"""Posts a day, the first ones."""
PLACES = ("kitchen", "garden", "museum", "harbour", "library", "square", "orchard", "station", "valley", "meadow")


@pytest.fixture
def sampled(house: House) -> House:
    """A house that draws of what comes."""
    house.session.info[strikes.LABELS_OF_RULES] = lambda _session, _rule: ("spam",)
    return House(house.session, chance=0.0)


def day(house: House, posts: int, harmful: int) -> None:
    """A day of posts that machines let in; those that are drawn are decided, and so many of them are spam."""
    batch = [
        house.post(f"{TEXTS[i % 6]} {PLACES[i % 10]} {PLACES[i // 10]} {house.now:%j}", house.author(f"a{i}"))
        for i in range(posts)
    ]
    first = itertools.chain(itertools.repeat(0.0, DRAWN), itertools.repeat(1.0))
    house.tools = replace(house.tools, chance=first.__next__)
    house.admit(*batch)
    waiting = select(CaseRow.id).where(CaseRow.origin == CaseOrigin.AUDIT, CaseRow.state == CaseState.OPEN)
    for place, number in enumerate(house.session.scalars(waiting.order_by(CaseRow.id)).all()):
        action = Action.REMOVE if place < harmful else Action.NO_ACTION
        decisions.decide(house.session, number, DecisionRequest(action, rule_id="5"), "mo", house.now)
    house.later(days=1)


def settle(house: House) -> None:
    """The jobs."""
    for each in counting.due(house.session, house.now):
        counting.write(house.session, counting.count(house.session, each), house.now)
    gathering.gather(house.session, house.now)


def test_without_samples_nothing_is_said_but_how_much_came(house: House) -> None:
    house.admit(house.post(), house.post("something else entirely, about a river"))
    house.later(days=1)
    settle(house)
    found = missed.read(house.session, house.now).whole
    assert (found.count, found.drawn, found.population, found.high) == (0, 0, 2, 2)


def test_what_was_drawn_stands_for_the_posts_of_its_days(sampled: House) -> None:
    for _ in range(4):
        day(sampled, 50, harmful=1)
    settle(sampled)
    found = missed.read(sampled.session, sampled.now)
    assert (found.whole.population, found.whole.drawn, found.whole.found) == (200, 20, 4)
    assert found.whole.count == pytest.approx(40)
    assert found.whole.low < 40 < found.whole.high
    assert found.labels["spam"].count == pytest.approx(40)
    assert found.labels["hate"].count == 0
    assert found.labels["hate"].high > 10
    assert found.known == {missed.ANY: 4, "spam": 4} | {
        label: 0 for label in found.known if label not in ("any", "spam")
    }


@pytest.mark.parametrize(("second", "count"), [(Action.REMOVE, 4), (Action.NO_ACTION, 0)], ids=["agrees", "differs"])
def test_what_a_second_reader_finds_harmless_stands_for_nothing(sampled: House, second: Action, count: int) -> None:
    for _ in range(4):
        day(sampled, 50, harmful=1)
    session = sampled.session
    for row in session.scalars(select(DecisionRow).where(DecisionRow.action == Action.REMOVE)).all():
        assert reviews.draw(session, reading.decision_of(row), sampled.now, 0.99, others=True) is not None
        claim = claims.take_next(session, "ben", sampled.now)
        assert claim is not None
        answering.answer(session, claim.case_id, DecisionRequest(second, rule_id="5"), "ben", sampled.now)
    settle(sampled)
    found = missed.read(session, sampled.now)
    assert (found.whole.found, found.labels["spam"].found, found.whole.drawn) == (count, count, 20)


def test_a_quiet_day_and_a_busy_one_count_by_their_own_size(sampled: House) -> None:
    for _ in range(2):
        day(sampled, 10, harmful=5)  # all that was drawn on small days
    for _ in range(2):
        day(sampled, 60, harmful=0)
    settle(sampled)
    found = missed.read(sampled.session, sampled.now).whole
    assert found.count == pytest.approx(20)  # and not half of 140
    assert {each.weight for each in missed.drawn(sampled.session, sampled.now)} == {2.0, 12.0}


def test_the_chance_of_a_sample_is_what_was_really_drawn_of_its_days(sampled: House) -> None:
    assert missed.chances(sampled.session, sampled.now) == {}
    for _ in range(2):
        day(sampled, 10, harmful=5)
    for _ in range(2):
        day(sampled, 60, harmful=0)
    settle(sampled)
    sampled.later(days=60)  # beyond what is told of the last weeks
    found = missed.chances(sampled.session, sampled.now)
    assert sorted(found.values()) == pytest.approx([1 / 12] * 10 + [1 / 2] * 10)


def test_each_sample_says_what_people_said_and_what_the_model_did(sampled: House) -> None:
    day(sampled, 20, harmful=1)
    settle(sampled)
    found = missed.drawn(sampled.session, sampled.now)
    assert sorted(each.labels["spam"] for each in found) == [0, 0, 0, 0, 1]
    assert all(each.scores["hate"] == 0.01 and each.weight == 4.0 for each in found)


def test_what_members_reported_is_known_and_stands_for_nothing(house: House) -> None:
    _uri, case_id = report(house, "a plain word about somebody's garden")
    decisions.decide(house.session, case_id, DecisionRequest(Action.REMOVE, rule_id="5"), "mo", house.now)
    house.session.info[strikes.LABELS_OF_RULES] = lambda _session, _rule: ("harassment",)
    house.later(days=1)
    settle(house)
    found = missed.read(house.session, house.now)
    assert (found.known["harassment"], found.whole.found, found.whole.drawn) == (1, 0, 0)
