"""What the planner reads from the house's own rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.authors import strikes
from moderation.cases import claims, decisions, reading
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.planning import calibration, drawing, history, plans
from moderation.planning.drawing import Fate, Gap
from moderation.planning.plans import Aim
from moderation.planning.waiting import STEPS_A_DAY
from moderation.policy import store
from moderation.quality import answering, reviews
from moderation.values import Action, CaseOrigin, CaseState
from moderation.workforce import shifts, staffing
from moderation.workforce.tables import StretchKind, StretchRow
from tests.moderation.cast import NOON, House, Scores, TwinModel

MANY = 600


@pytest.fixture
def lived_in(house: House) -> House:
    """Two days: 600 posts, of them 24 held; two in three of these are found to break a rule."""
    house.admit(*(house.post(f"apples, number {number}", house.author(f"a{number}")) for number in range(MANY)))
    for number in range(24):
        case = house.case_of(f"vermin {number}", house.author(f"m{number}"))
        action = Action.REMOVE if number % 3 else Action.APPROVE
        house.later(minutes=20)
        request = DecisionRequest(action, reason="It breaks a rule.")
        decisions.decide(house.session, case, request, "mo", house.now)
    house.session.add(
        StretchRow(name="mo", kind=StretchKind.CASES, began_at=house.now - timedelta(hours=10), ended_at=house.now)
    )
    house.session.flush()
    house.later(days=1)
    return house


def known(house: House) -> history.Known | None:
    return history.read(house.session, house.model, Aim(), house.now)


def test_of_a_new_house_nothing_is_known(house: House) -> None:
    house.admit(house.post())
    assert known(house) is None


def test_what_people_found_above_the_line_is_known_and_below_it_borrowed(lived_in: House) -> None:
    found = known(lived_in)
    assert found is not None
    hate = next(label for label in found.situation.labels if label.name == "hate")
    above = [band for band in hate.bands if band.low >= 0.95 and band.a_day]
    assert sum(band.decided for band in above) == 24
    assert above[0].harm == pytest.approx(2 / 3, abs=0.08)
    below = [band for band in hate.bands if band.low < 0.95 and band.a_day]
    assert {band.decided for band in below} == {0}


def test_seconds_are_those_that_a_case_took(lived_in: House) -> None:
    found = known(lived_in)
    assert found is not None
    assert found.situation.staffing.seconds == pytest.approx(10 * 3600 / 24)


def test_hours_are_those_worked_until_some_are_planned(lived_in: House) -> None:
    before = known(lived_in)
    assert before is not None and not before.planned
    tomorrow = lived_in.now.replace(hour=0) + timedelta(days=1)
    shifts.plan(
        lived_in.session, "mo", tomorrow + timedelta(hours=9), tomorrow + timedelta(hours=11), "lea", lived_in.now
    )
    after = known(lived_in)
    assert after is not None and after.planned
    hands = after.situation.staffing.hands
    first = tomorrow.weekday() * STEPS_A_DAY + 9 * STEPS_A_DAY // 24
    assert [step for step, count in enumerate(hands) if count] == list(range(first, first + STEPS_A_DAY // 12))


def test_people_are_there_between_two_things_that_they_did_and_not_in_breaks(lived_in: House) -> None:
    """From nine to ten mo does something every ten minutes, a minute each time; lea is on a break in between."""
    day = lived_in.now.replace(hour=9, minute=0)
    rows = [("mo", StretchKind.CASES, 10 * number, 10 * number + 1) for number in range(6)]
    rows += [("lea", StretchKind.CASES, 0, 10), ("lea", StretchKind.BREAK, 10, 20), ("lea", StretchKind.CASES, 20, 30)]
    for name, kind, began, ended in rows:
        between = (day + timedelta(minutes=began), day + timedelta(minutes=ended))
        lived_in.session.add(StretchRow(name=name, kind=kind, began_at=between[0], ended_at=between[1]))
    lived_in.session.flush()
    found = staffing.present(lived_in.session, day, day + timedelta(hours=1))
    minutes = [(end - begin) / timedelta(minutes=1) for begin, end in found]
    assert minutes == [10, 10, 51]


def test_posts_of_authors_with_a_good_record_are_not_counted(lived_in: House) -> None:
    found = known(lived_in)
    assert found is not None
    days = max(1.0, (lived_in.now - NOON) / timedelta(days=1))
    assert found.posts_a_day == pytest.approx((MANY + 24) / days, rel=0.02)


def test_what_the_rows_tell_can_be_planned_with(lived_in: House) -> None:
    found = known(lived_in)
    assert found is not None
    plan = plans.plan(found.situation)
    assert plan.suggested.harm <= plan.current.harm + 1e-9 or plan.current.held_a_day > plan.room_a_day


def test_what_was_looked_at_goes_with_the_chance_that_its_like_had(lived_in: House) -> None:
    """Every held post was decided, and nothing that was let in was drawn: all of them are alike."""
    found = known(lived_in)
    assert found is not None
    drawn = found.drawn["hate"]
    assert len(drawn) == 24
    assert {each.chance for each in drawn} == {1.0}
    assert sum(each.example.harmful for each in drawn) == 16


def test_what_another_version_judged_tells_how_many_come_and_nothing_of_scores(lived_in: House) -> None:
    """A version that was put in use today judged 500 of 1,124 posts: as many come as before, and no decision is its own."""
    before = known(lived_in)
    assert before is not None and before.others == 0 and before.version == "twin-1"
    lived_in.model.version = "local-2"
    lived_in.later(hours=2)
    assert known(lived_in) is None
    lived_in.admit(*(lived_in.post(f"pears {number}", lived_in.author(f"p{number}")) for number in range(500)))
    after = known(lived_in)
    assert after is not None
    assert (after.version, after.others, after.decided) == ("local-2", MANY + 24, 0)
    days = max(1.0, (lived_in.now - NOON) / timedelta(days=1))
    assert after.posts_a_day == pytest.approx((MANY + 24 + 500) / days, rel=0.02)
    assert all(label.borrowed for label in after.situation.labels)
    assert after.curves["hate"] == calibration.UNKNOWN


def test_scores_are_taken_for_what_they_turned_out_to_mean(lived_in: House) -> None:
    """A third of what the model is nearly sure of was let be."""
    found = known(lived_in)
    assert found is not None
    curve = found.curves["hate"]
    assert (curve.decided, curve.harmful) == (24, 16)
    assert curve.means(0.99) == pytest.approx(2 / 3, abs=0.12)
    assert curve.means(0.6) < 0.5


def test_what_one_label_held_says_nothing_of_anothers_low_scores(lived_in: House) -> None:
    """24 posts held for hatred have low scores of spam, and nobody drew them for those."""
    found = known(lived_in)
    assert found is not None
    assert found.curves["spam"] == calibration.UNKNOWN
    assert next(label for label in found.situation.labels if label.name == "spam").borrowed


ABOUT = {"5": ("hate",), "6": ("harassment", "hate", "toxic"), "7": ("spam",), "8": ("privacy",)}


class Blind(TwinModel):
    """Gives what it hardly sees ("grubs") a middling score of hatred, and a higher one of toxic; holds none of it."""

    def _score(self, text: str, language: str | None) -> Scores:
        found = dict(super()._score(text, language).scores)
        return Scores(found | ({"hate": 0.45, "toxic": 0.8} if "grubs" in text else {}))


def worked(house: House, hours: float = 30) -> None:
    """Somebody was at work as long as that, some days ago."""
    began = house.now - timedelta(days=3)
    row = StretchRow(name="mo", kind=StretchKind.CASES, began_at=began, ended_at=began + timedelta(hours=hours))
    house.session.add(row)
    house.session.flush()


def sampled(house: House, rule: str | None, days: int = 10) -> House:
    """Sixty posts a day, three of them hateful, of which nothing is held and twelve are drawn; people remove the hateful
    ones by a rule, those that are drawn."""
    house.session.info[strikes.LABELS_OF_RULES] = lambda _session, rule: ABOUT[rule]
    drawn_from = House(house.session, Blind(), chance=0.0)
    for day in range(days):
        batch = [
            drawn_from.post(
                f"{'grubs' if number < 3 else 'apples'} {day} {number} tree", drawn_from.author(f"a{number}")
            )
            for number in range(60)
        ]
        drawn_from.admit(*batch)
        hateful = {post.uri for post in batch if "grubs" in post.text}
        opened = select(CaseRow).where(CaseRow.origin == CaseOrigin.AUDIT, CaseRow.state == CaseState.OPEN)
        for case in drawn_from.session.scalars(opened.order_by(CaseRow.id)).all():
            bad = case.uri in hateful
            action = Action.REMOVE if bad else Action.NO_ACTION
            request = DecisionRequest(action, rule_id=rule if bad else None, reason="It isn\u2019t for here.")
            decisions.decide(drawn_from.session, case.id, request, "mo", drawn_from.now)
        drawn_from.later(days=1)
    worked(drawn_from)
    return drawn_from


@pytest.mark.parametrize("rule", ["5", "6"])
def test_what_a_sample_was_removed_for_is_missed_harm_of_that_label(house: House, rule: str) -> None:
    """Three of the twelve that are drawn a day are removed, by a rule about hatred alone or among other things."""
    found = known(sampled(house, rule))
    assert found is not None
    hate = found.curves["hate"]
    assert (hate.decided, hate.harmful) == (120, 30)
    assert found.curves["harassment"].harmful == 0
    assert sum(each.example.harmful for each in found.drawn["hate"]) == 30
    label = next(label for label in found.situation.labels if label.name == "hate")
    assert plans.missed(label.cut(label.line)[0]).a_day > 1.0


def read_again(house: House, agree: Callable[[int], bool]) -> None:
    """Ben reads again what mo removed of samples, blind, and agrees or would leave it alone."""
    removed = select(DecisionRow).where(DecisionRow.action == Action.REMOVE).order_by(DecisionRow.id)
    rows = house.session.scalars(removed).all()
    for row in rows:
        assert reviews.draw(house.session, reading.decision_of(row), house.now, 0.99, others=True) is not None
    for number in range(len(rows)):
        claim = claims.take_next(house.session, "ben", house.now)
        assert claim is not None
        action = Action.REMOVE if agree(number) else Action.NO_ACTION
        answering.answer(house.session, claim.case_id, DecisionRequest(action, rule_id="5"), "ben", house.now)


def test_what_another_reader_doesnt_find_harmful_in_a_sample_is_no_missed_harm(house: House) -> None:
    """Of thirty that mo removed ben would have left all but three alone: mo was wrong, and often is."""
    drawn_from = sampled(house, "5")
    before = known(drawn_from)
    read_again(drawn_from, lambda number: number % 10 == 0)
    after = known(drawn_from)
    assert before is not None and after is not None
    assert (before.samples.harmful, before.samples.twice) == (30, 0)
    assert (after.samples.harmful, after.samples.twice, after.samples.agreed) == (30, 30, 3)
    assert before.errors.false_alarm.mean == pytest.approx(0.02)
    assert after.errors.false_alarm.mean == pytest.approx(28 / 170)
    assert (after.curves["hate"].decided, after.curves["hate"].harmful) == (120, 3)
    assert sum(each.example.harmful for each in after.drawn["hate"]) == 3
    label = {which: next(each for each in of.situation.labels if each.name == "hate") for which, of in
             (("before", before), ("after", after))}  # fmt: skip
    missed = {which: plans.missed(each.cut(each.line)[0]) for which, each in label.items()}
    assert missed["after"].a_day < missed["before"].a_day / 3
    assert missed["after"].low < missed["before"].low / 3


def test_what_a_lead_rules_is_a_third_word(house: House) -> None:
    """Ben would have left all alone; for ten of thirty the lead leaves what mo decided."""
    drawn_from = sampled(house, "5")
    read_again(drawn_from, lambda _number: False)
    for row in reviews.differing(drawn_from.session)[:10]:
        reviews.uphold(drawn_from.session, row.id, "lea", drawn_from.now)
    found = known(drawn_from)
    assert found is not None
    assert sum(each.example.harmful for each in found.drawn["hate"]) == 10


def test_what_a_lead_changed_stays_read_by_three(house: House) -> None:
    drawn_from = sampled(house, "5")
    read_again(drawn_from, lambda _number: False)
    session, now = drawn_from.session, drawn_from.now
    for row in reviews.differing(session):
        decision_id, case_id, request = reviews.change(session, row.id, "lea", now)
        decisions.reverse(session, decision_id, "a second review", "lea", now)
        decisions.decide(session, case_id, request, "lea", now)
    found = known(drawn_from)
    assert found is not None
    assert (found.samples.harmful, found.samples.twice, found.samples.agreed) == (30, 30, 0)
    assert found.curves["hate"].harmful == 0


def test_harm_by_a_rule_that_is_about_no_label_says_nothing_of_any(house: House) -> None:
    found = known(sampled(house, "8"))
    assert found is not None
    assert {(curve.decided, curve.harmful) for curve in found.curves.values()} == {(90, 0)}


def test_what_was_held_for_one_label_and_removed_for_another_counts_as_the_other(house: House) -> None:
    house.session.info[strikes.LABELS_OF_RULES] = lambda _session, rule: ABOUT[rule]
    house.admit(*(house.post(f"apples, number {number}", house.author(f"a{number}")) for number in range(MANY)))
    for number in range(24):
        case = house.case_of(f"vermin {number}", house.author(f"m{number}"))
        decisions.decide(house.session, case, DecisionRequest(Action.REMOVE, rule_id="7"), "mo", house.now)
        house.later(minutes=20)
    worked(house)
    house.later(days=1)
    found = known(house)
    assert found is not None
    assert (found.curves["hate"].decided, found.curves["hate"].harmful) == (24, 0)
    assert sum(each.example.harmful for each in found.drawn["spam"]) == 24
    assert found.curves["spam"] == calibration.UNKNOWN


def test_what_nobody_drew_is_known_for_a_gap(lived_in: House) -> None:
    """Every held post was decided, and of 600 that were let in nobody looked at any."""
    found = known(lived_in)
    assert found is not None
    assert {each.fate: (each.posts, each.seen) for each in found.strata} == {
        Fate.LET_IN: (MANY, 0),
        Fate.HELD: (24, 24),
    }
    assert drawing.gaps(found.strata, 460) == [Gap(Fate.LET_IN, MANY, 443)]


def test_samples_stand_for_what_was_let_in(house: House) -> None:
    found = known(sampled(house, "5"))
    assert found is not None
    assert drawing.gaps(found.strata, 460) == []
    assert {each.chance for each in found.drawn["hate"]} == {120 / 600}


def test_the_lines_in_force_are_those_that_the_door_applies(lived_in: House) -> None:
    """In a careful start harassment isn't held; then a lead holds less for a day."""
    store.begin(lived_in.session, lived_in.now)
    for _ in range(2):
        found = known(lived_in)
        assert found is not None
        policy = store.current(lived_in.session)
        door = {name: policy.hold_line(name, lived_in.model.hold_lines, lived_in.now) for name in policy.labels}
        shown = plans.in_force(found.situation)
        assert shown == {name: door[name] for name in shown}
        assert shown["harassment"] is None and shown["hate"] is not None
        assert plans.plan(found.situation).current.lines == shown
        lines = {label.name: [band.low for band in label.bands] for label in found.situation.labels}
        assert all(line in lines[name] for name, line in shown.items() if line is not None)
        store.hold_less(lived_in.session, "lea", lived_in.now)
    assert shown["hate"] > 0.95
