"""Lines that go up by themselves: when, how far, and that it ends."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.database.engine import Database
from moderation import alarms, turns
from moderation.log import chain
from moderation.log.tables import LogRow
from moderation.planning import adaptation, adapting
from moderation.planning.adapting import Load, Why
from moderation.policy import store
from moderation.policy.values import Adapt, Adapted
from moderation.values import Outcome
from moderation.workforce import shifts
from moderation.workforce.tables import AttendanceRow
from tests.moderation.cast import NOON, House, Scores, TwinModel

RULE = Adapt(on=True, minutes=60, logits=1.0, hours=4)
MINUTE = timedelta(minutes=1)


def load(waiting: int = 0, there: int = 1, planned: int = 1) -> Load:
    return Load(waiting, there, planned, MINUTE)


# The rule


def test_nothing_moves_while_people_keep_up_or_the_policy_says_no() -> None:
    assert adapting.wanted(load(59), RULE) == 0
    assert adapting.wanted(load(500), Adapt(False, 60, 1.0, 4)) == 0


def test_nothing_moves_while_nobody_is_meant_to_be_there() -> None:
    assert adapting.wanted(load(500, there=0, planned=0), RULE) == 0


def test_a_shift_to_which_nobody_comes_is_as_short_as_can_be() -> None:
    short = load(20, there=0, planned=2)
    assert (adapting.wanted(short, RULE), short.why) == (1.0, Why.SHORT_SHIFT)


def test_more_that_waits_moves_lines_further() -> None:
    moves = [adapting.wanted(load(count), RULE) for count in (60, 90, 130, 1000)]
    assert moves == sorted(moves)
    assert (moves[0], moves[-1]) == (0.25, 1.0)
    assert load(1000).why is Why.WAVE


@given(
    waiting=st.integers(0, 100_000),
    there=st.integers(0, 50),
    planned=st.integers(0, 50),
    logits=st.floats(0, 2),
    minutes=st.floats(5, 1440),
)
def test_lines_never_move_beyond_their_bound(
    waiting: int, there: int, planned: int, logits: float, minutes: float
) -> None:
    rule = Adapt(True, minutes, logits, 4)
    assert 0 <= adapting.wanted(load(waiting, there, planned), rule) <= logits


def test_what_its_time_ended_isnt_followed_by_another_at_once() -> None:
    last = Adapted(NOON, 1.0)
    assert not adapting.may_begin(last, NOON, RULE, NOON + timedelta(hours=3))
    assert adapting.may_begin(last, NOON, RULE, NOON + timedelta(hours=4))
    assert adapting.may_begin(last, NOON - MINUTE, RULE, NOON), "relief ended it, before its time"


# In a house


class Between(TwinModel):
    """Says of each text what stands at its end: `hate .96`."""

    def score(self, texts: object, languages: object) -> list[Scores]:
        found = []
        for text in texts:  # type: ignore[attr-defined]
            label, _, number = text.rpartition(" ")[0].rpartition(" ")[2], None, text.rpartition(" ")[2]
            found.append(Scores({"hate": 0.01, "violence": 0.01, "spam": 0.01, label: float(number)}))
        return found


@pytest.fixture
def short(house: House) -> Iterator[House]:
    """A house whose policy lets lines move, with somebody planned and nobody there, and six that wait."""
    house.model = Between()
    house.tools = type(house.tools)(now=lambda: house.now, text_model=house.model, chance=lambda: 1.0)
    document = {**store.DEFAULT, "adapt": {"on": True, "minutes": 60, "logits": 1, "hours": 4}}
    store.publish(house.session, document, "lea", house.now)
    shifts.plan(house.session, "mo", house.now, house.now + timedelta(hours=8), "lea", house.now)
    for number in range(6):
        house.case_of(f"number {number} hate 0.99", house.author(f"m{number}"))
    yield house


def watch(house: House) -> Adapted | None:
    found = adaptation.watch(house.session, house.now)
    chain.settle(house.session)
    house.session.flush()
    return found


def verbs(house: House) -> list[str]:
    return [
        verb for verb in house.session.scalars(select(LogRow.verb).order_by(LogRow.seq)) if verb.startswith("lines")
    ]


def comes(house: House) -> None:
    """Mo is there after all."""
    house.session.add(AttendanceRow(name="mo", began_at=house.now, seen_at=house.now))
    house.session.flush()


def test_a_short_shift_moves_lines_and_is_announced_and_logged_once(short: House) -> None:
    assert watch(short) == Adapted(short.now + timedelta(hours=4), 1.0)
    watch(short)
    assert verbs(short) == ["lines_moved"]
    announced = next(each for each in alarms.current(short.session) if each.name == store.ADAPTED)
    assert (announced.details["why"], announced.details["there"], announced.details["planned"]) == ("short_shift", 0, 1)


def test_what_lies_between_is_let_in_behind_a_warning_and_off_the_timelines(short: House) -> None:
    assert short.judge(short.post("this is hate 0.96"))[0].outcome is Outcome.HOLD
    watch(short)
    judged = short.judge(short.post("this is hate 0.96"), short.post("this is hate 0.995"))
    assert [each.outcome for each in judged] == [Outcome.LIMIT, Outcome.HOLD]
    assert (judged[0].warning, judged[0].reasons[0]) == ("hate", "text_model_adapted")


def test_what_is_grave_keeps_its_line(short: House) -> None:
    watch(short)
    assert short.judge(short.post("this is violence 0.96"))[0].outcome is Outcome.HOLD


def test_it_is_over_when_somebody_keeps_up(short: House) -> None:
    watch(short)
    comes(short)
    assert watch(short) is None
    assert verbs(short) == ["lines_moved", "lines_back"]
    assert short.judge(short.post("this is hate 0.96"))[0].outcome is Outcome.HOLD
    assert store.ADAPTED not in {each.name for each in alarms.current(short.session)}


def test_it_is_over_by_its_time_even_where_nobody_looks(short: House) -> None:
    watch(short)
    short.later(hours=4, minutes=1)
    assert short.judge(short.post("this is hate 0.96"))[0].outcome is Outcome.HOLD


def test_after_its_time_lines_stay_down_for_as_long_again(short: House) -> None:
    watch(short)
    short.later(hours=4)
    assert watch(short) is None
    short.later(hours=3)
    assert watch(short) is None
    short.later(hours=1)
    shifts.plan(short.session, "rita", short.now, short.now + timedelta(hours=4), "lea", short.now)
    assert watch(short) is not None
    assert verbs(short) == ["lines_moved", "lines_back", "lines_moved"]


def test_a_policy_that_says_no_ends_it_at_once(short: House) -> None:
    watch(short)
    store.publish(short.session, {**store.DEFAULT}, "lea", short.now)
    assert short.judge(short.post("this is hate 0.96"))[0].outcome is Outcome.HOLD
    assert watch(short) is None
    assert verbs(short)[-1] == "lines_back"


def test_the_log_holds_with_it(short: House) -> None:
    watch(short)
    assert chain.verify(short.session) is None


def test_whoever_looks_at_the_same_moment_moves_them_once(db: Database) -> None:
    with db.write() as session:
        house = House(session, Between())
        store.publish(
            session, {**store.DEFAULT, "adapt": {"on": True, "minutes": 60, "logits": 1, "hours": 4}}, "lea", NOON
        )
        shifts.plan(session, "mo", NOON, NOON + timedelta(hours=8), "lea", NOON)
        for number in range(6):
            house.case_of(f"number {number} hate 0.99", house.author(f"m{number}"))

    def look(_number: int) -> None:
        with db.write() as session:
            turns.take(session)
            adaptation.watch(session, NOON)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(4)))
    with db.read() as session:
        moved = session.scalars(select(LogRow.verb).where(LogRow.verb == "lines_moved")).all()
    assert len(moved) == 1


# What authors read meanwhile


def test_authors_read_how_long_it_takes_now_and_not_how_long_it_usually_took(short: House) -> None:
    """Nobody is there: no end in sight. Mo comes, to six that wait: a seventh takes nine minutes."""
    document = {**store.DEFAULT, "adapt": {"on": True, "minutes": 5, "logits": 1, "hours": 4}}
    store.publish(short.session, document, "lea", short.now)
    assert adaptation.delay(short.session, short.now) is None
    watch(short)
    assert adaptation.delay(short.session, short.now) == adaptation.Delay(None)
    comes(short)
    assert watch(short) is not None
    assert adaptation.delay(short.session, short.now) == adaptation.Delay(9 * MINUTE)
    assert verbs(short) == ["lines_moved"]


def test_once_people_keep_up_or_its_time_is_over_nobody_reads_of_a_delay(short: House) -> None:
    watch(short)
    assert adaptation.delay(short.session, short.now + timedelta(hours=4)) is None
    comes(short)
    watch(short)
    assert adaptation.delay(short.session, short.now) is None
