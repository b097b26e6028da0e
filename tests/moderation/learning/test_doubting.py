"""Decisions that look wrong go back to somebody else: blind, a few a day, and nothing that isn't for all eyes."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select, update

from moderation.authors import strikes
from moderation.cases import claims, decisions, reversals
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.evidence.tables import SnapshotRow
from moderation.grave import about
from moderation.learning import doubting, examples, gathering
from moderation.learning.tables import ExampleRow
from moderation.quality import answering, blinding, readings, reviews
from moderation.quality.tables import ReviewRow, StagedRow
from moderation.values import Action, CaseState, Visibility
from tests.moderation.cast import HOME, House

GOOD = ("kettle", "bread", "garden", "choir", "river", "museum", "letter", "tram")
BAD = ("filth", "scum", "parasite", "rodent", "plague", "disease", "invader", "horde")


def words(seed: int, bad: bool) -> str:
    """A post with the word that holds it, and what it is about."""
    chance = random.Random(seed)
    return "vermin " + " ".join(
        [*chance.choices(BAD if bad else GOOD, k=6), f"no{seed}", chance.choice("abcdefgh") * 4]
    )


def decide(house: House, seed: int, bad: bool, action: Action) -> int:
    """A post that was held, and that mo decided; the decision."""
    case_id = house.case_of(words(seed, bad), house.author(f"mallory{seed}", HOME))
    request = DecisionRequest(action, rule_id="2")
    found = decisions.decide(house.session, case_id, request, "mo", house.now).decision.id
    house.later(hours=4)
    return found


@pytest.fixture
def wrong(house: House) -> list[int]:
    """Sixty decisions, of which two were slips: the decisions that were."""
    house.session.info[strikes.LABELS_OF_RULES] = lambda _session, _rule: ("hate",)
    for seed in range(60):
        decide(house, seed, seed % 2 == 0, Action.REMOVE if seed % 2 == 0 else Action.APPROVE)
    slips = [decide(house, 100, True, Action.APPROVE), decide(house, 101, False, Action.REMOVE)]
    gathering.gather(house.session, house.now)
    house.session.execute(update(ExampleRow).values(held_out=False))
    return slips


def always(_name: str) -> bool:
    """There is somebody else."""
    return True


def ask(house: House) -> int:
    """Find and send back."""
    return doubting.ask(house.session, doubting.find(house.session, house.now), house.now, always)


def doubted(house: House) -> set[int]:
    """Decisions that were sent back."""
    return set(house.session.scalars(select(ReviewRow.decision_id).where(ReviewRow.doubted)))


def test_slips_are_found_and_sent_back_first(house: House, wrong: list[int]) -> None:
    found = doubting.find(house.session, house.now)
    assert {each.decision_id for each in found[:2]} == set(wrong)
    assert {each.label for each in found[:2]} <= {"hate", "toxic"}
    ask(house)
    assert set(wrong) <= doubted(house)


def test_nothing_of_what_was_written_is_copied_along_with_a_doubt(house: House, wrong: list[int]) -> None:
    assert ask(house)
    written, kept = (
        str(house.session.execute(select(*(table.__table__.c for table in tables))).all())
        for tables in ((SnapshotRow,), (ReviewRow,))
    )
    assert all(word in written for word in ("vermin", *GOOD, *BAD))
    assert "hate" in kept
    assert [word for word in ("vermin", *GOOD, *BAD) if word in kept] == []


def test_no_more_than_three_a_day_go_back_and_none_twice(house: House, wrong: list[int]) -> None:
    for _ in range(3):
        ask(house)
    first = doubted(house)
    assert 2 <= len(first) <= doubting.A_DAY
    house.later(days=2)
    ask(house)
    assert len(house.session.scalars(select(ReviewRow.decision_id)).all()) == len(doubted(house))


def test_whoever_decided_isnt_asked_and_who_is_sees_a_case_like_any_other(house: House, wrong: list[int]) -> None:
    ask(house)
    assert claims.take_next(house.session, "mo", house.now) is None
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    seen = blinding.see(house.session, claim.case_id, "ben", house.now)
    assert seen.blind
    assert seen.detail.decisions == ()
    assert "doubt" not in str(seen)


def test_a_second_opinion_stays_as_a_soft_label(house: House, wrong: list[int]) -> None:
    assert reviews.doubt(house.session, wrong[0], house.now, always) is not None
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    answering.answer(house.session, claim.case_id, DecisionRequest(Action.REMOVE, rule_id="2"), "ben", house.now)
    house.later(minutes=1)
    gathering.gather(house.session, house.now)
    house.session.expire_all()
    (found,) = [each for each in examples.read(house.session) if each.decision_id == wrong[0]]
    assert (found.labels["hate"], found.readers) == (0.5, 2)
    assert doubting.figures(house.session, house.now) == doubting.Figures(1, 1, 1)


def test_what_was_sent_back_for_doubts_says_nothing_of_how_far_people_agree(house: House, wrong: list[int]) -> None:
    reviews.doubt(house.session, wrong[0], house.now, always)
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    answering.answer(house.session, claim.case_id, DecisionRequest(Action.REMOVE, rule_id="2"), "ben", house.now)
    assert readings.overview(house.session).two.n == 0


def test_where_there_is_nobody_else_nothing_goes_back(house: House, wrong: list[int]) -> None:
    assert (
        doubting.ask(house.session, doubting.find(house.session, house.now), house.now, lambda name: name != "mo") == 0
    )


def test_what_is_private_or_sealed_or_grave_never_goes_back(
    house: House, wrong: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = wrong
    uri = house.session.get_one(DecisionRow, first).uri
    house.session.execute(update(SnapshotRow).where(SnapshotRow.uri == uri).values(visibility=Visibility.DIRECT))
    assert reviews.doubt(house.session, first, house.now, always) is None
    assert first not in {each.decision_id for each in doubting.find(house.session, house.now)}
    case_id = house.session.get_one(DecisionRow, second).case_id
    house.session.execute(update(CaseRow).where(CaseRow.id == case_id).values(state=CaseState.SEALED))
    house.session.expire_all()
    assert reviews.doubt(house.session, second, house.now, always) is None
    house.session.execute(update(CaseRow).where(CaseRow.id == case_id).values(state=CaseState.DECIDED))
    house.session.expire_all()
    monkeypatch.setattr(about, "is_grave", lambda *_: True)
    assert reviews.doubt(house.session, second, house.now, always) is None


def test_held_out_examples_and_what_two_have_read_are_left_alone(house: House, wrong: list[int]) -> None:
    house.session.execute(update(ExampleRow).where(ExampleRow.decision_id == wrong[0]).values(held_out=True))
    house.session.execute(update(ExampleRow).where(ExampleRow.decision_id == wrong[1]).values(readers=2))
    house.session.expire_all()
    assert not {each.decision_id for each in doubting.find(house.session, house.now)} & set(wrong)


def test_what_was_taken_back_since_is_nobodys_doubt(house: House, wrong: list[int]) -> None:
    reversals.reverse(house.session, wrong[0], "a slip", "mo", house.now)
    assert reviews.doubt(house.session, wrong[0], house.now, always) is None


def test_a_small_house_is_spared(house: House) -> None:
    for seed in range(6):
        decide(house, seed, seed % 2 == 0, Action.REMOVE)
    gathering.gather(house.session, house.now)
    assert doubting.find(house.session, house.now) == []
    assert house.session.scalars(select(StagedRow)).all() == []
