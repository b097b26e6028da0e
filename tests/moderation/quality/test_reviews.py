"""Decisions that are read again: drawn at random, answered blind, enacted by nobody but a lead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from moderation.audits import rates
from moderation.cases import claims, decisions, opening
from moderation.cases.tables import CaseSubjectRow
from moderation.cases.values import Decision, DecisionRequest
from moderation.errors import ExcludedError, ForbiddenArrowError
from moderation.planning import risk
from moderation.policy import store
from moderation.quality import answering, blinding, readings, reviews
from moderation.quality.answering import What
from moderation.quality.tables import ReviewRow, ReviewState
from moderation.transparency import quality
from moderation.values import Action, CaseState, Mention, Outcome, Visibility
from tests.moderation.cast import DARK, HATEFUL, HOME, House


def decided(house: House, text: str = HATEFUL, action: Action = Action.REMOVE, **more: Any) -> Decision:
    """A post that was held, and that mo decided."""
    case_id = house.case_of(text, house.author("mallory"), **more)
    return decisions.decide(house.session, case_id, DecisionRequest(action, rule_id="2"), "mo", house.now).decision


def drawn(house: House) -> tuple[Decision, int]:
    """A decision that was drawn, and the staged case."""
    decision = decided(house)
    assert reviews.draw(house.session, decision, house.now, 0.01, others=True) is not None
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    return decision, claim.case_id


def test_two_in_a_hundred_are_drawn_unless_the_policy_says_otherwise(house: House) -> None:
    decision = decided(house)
    assert reviews.draw(house.session, decision, house.now, 0.02, others=True) is None
    assert reviews.draw(house.session, decision, house.now, 0.0199, others=False) is None
    assert reviews.draw(house.session, decision, house.now, 0.0199, others=True) is not None


def test_private_posts_and_people_in_need_are_never_drawn(house: House) -> None:
    friend = (Mention(f"https://{HOME}/users/ana", local=True, knows_author=True),)
    house.one("vermin", visibility=Visibility.DIRECT, mentions=friend)
    cared_for = house.one(DARK, house.author("noor", HOME))
    assert cared_for.case_id is not None
    request = DecisionRequest(Action.NO_ACTION)
    decision = decisions.decide(house.session, cared_for.case_id, request, "mo", house.now).decision
    assert reviews.draw(house.session, decision, house.now, 0.0, others=True) is None


def test_it_looks_like_any_sample_and_goes_to_anybody_but_who_decided(house: House) -> None:
    decision = decided(house)
    reviews.draw(house.session, decision, house.now, 0.0, others=True)
    assert claims.take_next(house.session, "mo", house.now) is None
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    seen = blinding.see(house.session, claim.case_id, "ben", house.now)
    assert seen.blind
    assert seen.detail.case.uri == decision.uri
    assert seen.detail.snapshots[-1].text == HATEFUL
    assert (seen.detail.case.label, seen.detail.case.decided_by, seen.detail.decisions) == (None, None, ())
    assert seen.detail.author.removed == 0


def test_nothing_real_ever_meets_a_staged_case(house: House) -> None:
    decision, staged = drawn(house)
    assert staged not in opening.open_cases(house.session, [decision.uri]).values()
    assert all(each.decided == each.waiting == 0 for each in rates.error_rates(house.session, house.now))


def test_the_second_answer_is_stored_and_not_enacted(house: House) -> None:
    _decision, staged = drawn(house)
    given = answering.answer(house.session, staged, DecisionRequest(Action.NO_ACTION), "ben", house.now)
    assert given.what is What.STORED
    assert given.decided is None
    (row,) = reviews.differing(house.session)
    assert (row.first_by, row.second_by, reviews.direction(row)) == ("mo", "ben", "milder")
    assert claims.find(house.session, staged).state is CaseState.DECIDED


def test_a_lead_leaves_the_first_or_takes_the_second_once(house: House) -> None:
    decision, staged = drawn(house)
    answering.answer(house.session, staged, DecisionRequest(Action.LIMIT, rule_id="2"), "ben", house.now)
    (row,) = reviews.differing(house.session)
    number, case_id, request = reviews.change(house.session, row.id, "lea", house.now)
    assert (number, case_id, request.action) == (decision.id, decision.case_id, Action.LIMIT)
    with pytest.raises(ForbiddenArrowError):
        reviews.uphold(house.session, row.id, "lea", house.now)


def test_the_same_answer_is_nobodys_work(house: House) -> None:
    _decision, staged = drawn(house)
    answering.answer(house.session, staged, DecisionRequest(Action.SPAM), "ben", house.now)
    assert not reviews.differing(house.session)
    found = readings.overview(house.session)
    assert (found.two.n, found.two.observed) == (1, 1.0)


def test_what_nobody_reads_in_two_weeks_is_let_go(house: House) -> None:
    decision = decided(house)
    number = reviews.draw(house.session, decision, house.now, 0.0, others=True)
    assert number is not None
    house.later(days=14)
    assert reviews.lapse(house.session, house.now) == 1
    assert reviews.find(house.session, number).state is ReviewState.LAPSED
    assert claims.take_next(house.session, "ben", house.now) is None


def test_who_decided_cant_be_the_second_reader(house: House) -> None:
    decision = decided(house)
    reviews.draw(house.session, decision, house.now, 0.0, others=True)
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    claims.release(house.session, claim.case_id, "ben", house.now)
    with pytest.raises(ExcludedError):
        answering.answer(house.session, claim.case_id, DecisionRequest(Action.REMOVE), "mo", house.now)


def sample(house: House, text: str, action: Action) -> Decision:
    """A post that was let in, drawn, and that mo decided."""
    drawing = House(house.session, chance=0.0)
    let_in = drawing.one(text, drawing.author("ana"))
    assert let_in.case_id is not None and let_in.outcome is Outcome.APPROVE
    return decisions.decide(house.session, let_in.case_id, DecisionRequest(action), "mo", house.now).decision


def too_mild(house: House) -> tuple[int, int, int]:
    """Of what was let in: found harmful, decided, waiting."""
    found = next(each for each in rates.error_rates(house.session, house.now) if each.outcome is Outcome.APPROVE)
    return found.too_mild.count, found.decided, found.waiting


def test_a_sample_that_one_person_found_harmful_is_read_again_whatever_chance_says(house: House) -> None:
    let_be = sample(house, "the tram was late", Action.NO_ACTION)
    found = sample(house, "the ferry was late", Action.REMOVE)
    assert reviews.draw(house.session, let_be, house.now, 0.99, others=True) is None
    assert reviews.draw(house.session, found, house.now, 0.99, others=False) is None
    number = reviews.draw(house.session, found, house.now, 0.99, others=True)
    assert number is not None and reviews.find(house.session, number).decisive
    again = reviews.draw(house.session, sample(house, "the bus was late", Action.REMOVE), house.now, 0.0, others=True)
    assert again is not None and not reviews.find(house.session, again).decisive


@pytest.mark.parametrize(
    ("second", "counted"), [(Action.REMOVE, (1, 1, 0)), (Action.NO_ACTION, (0, 0, 1))], ids=["agrees", "differs"]
)
def test_it_counts_against_the_machine_once_both_say_so(
    house: House, second: Action, counted: tuple[int, int, int]
) -> None:
    found = sample(house, "the tram was late", Action.REMOVE)
    assert too_mild(house) == (1, 1, 0)
    reviews.draw(house.session, found, house.now, 0.99, others=True)
    assert too_mild(house) == (0, 0, 1)
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    answering.answer(house.session, claim.case_id, DecisionRequest(second), "ben", house.now)
    assert too_mild(house) == counted
    for row in reviews.differing(house.session):
        reviews.uphold(house.session, row.id, "lea", house.now)
    assert too_mild(house) == (1, 1, 0)


def test_what_is_read_again_for_what_was_said_tells_nothing_of_how_far_people_agree(house: House) -> None:
    found = sample(house, "the tram was late", Action.REMOVE)
    reviews.draw(house.session, found, house.now, 0.99, others=True)
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    answering.answer(house.session, claim.case_id, DecisionRequest(Action.NO_ACTION), "ben", house.now)
    assert readings.overview(house.session).two.n == 0


def test_of_held_posts_that_are_let_in_those_are_read_again_that_lines_are_proven_by(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As large a part as is drawn of what nobody held; the same ones that thinning leaves."""
    rate = store.current(house.session).audits.rate
    let_in = [decided(house, f"{HATEFUL} {number}", Action.APPROVE) for number in range(4)]
    verdicts = [house.session.get_one(CaseSubjectRow, (each.case_id, each.uri)).verdict_id for each in let_in]
    monkeypatch.setattr(risk, "lot", lambda key: rate * (0.5 if key in map(str, verdicts[:2]) else 1.0))
    found = [reviews.draw(house.session, each, house.now, 0.99, others=True) is not None for each in let_in]
    assert found == [True, True, False, False]
    removed = [decided(house, f"vermin of kind {number}") for number in range(2)]
    assert [reviews.draw(house.session, each, house.now, 0.99, others=True) for each in removed] == [None, None]


def test_audits_measure_what_machines_let_in_and_what_they_restrained(house: House) -> None:
    chances = iter([0.001, 0.5, 0.5, 0.01, 0.5])
    sampled = House(house.session, chance=1.0)
    sampled.tools = type(sampled.tools)(
        now=lambda: sampled.now, text_model=sampled.model, chance=lambda: next(chances, 1.0)
    )
    limited = {"silenced": True}
    let_in = sampled.one("the tram was late", sampled.author("ana2"))
    sampled.one("the tram was late again", sampled.author("ben2"))
    sampled.one("the ferry was late", sampled.author("cleo", **limited))
    restrained = sampled.one("the bus was late", sampled.author("dora", **limited))
    assert let_in.case_id is not None and restrained.case_id is not None
    assert (let_in.outcome, restrained.outcome) == (Outcome.APPROVE, Outcome.LIMIT)
    assert blinding.see(sampled.session, let_in.case_id, "ben", sampled.now).blind
    decisions.decide(sampled.session, let_in.case_id, DecisionRequest(Action.REMOVE), "ben", sampled.now)
    decisions.decide(sampled.session, restrained.case_id, DecisionRequest(Action.APPROVE), "ben", sampled.now)
    found = {each.outcome: each for each in rates.error_rates(sampled.session, sampled.now)}
    assert (found[Outcome.APPROVE].too_mild.count, found[Outcome.APPROVE].decided) == (1, 1)
    assert (found[Outcome.LIMIT].too_strict.count, found[Outcome.LIMIT].decided) == (1, 1)
    assert found[Outcome.LIMIT].too_strict.low < 0.3


def test_how_far_second_readers_agree_with_somebody_counts_what_they_were_the_first_to_decide(house: House) -> None:
    _decision, staged = drawn(house)
    answering.answer(house.session, staged, DecisionRequest(Action.SPAM), "ben", house.now)
    day = timedelta(days=1)
    assert readings.seconded(house.session, "mo", house.now - day, house.now + day) == (1, 1)
    assert readings.seconded(house.session, "ben", house.now - day, house.now + day) == (0, 0)
    assert readings.seconded(house.session, "mo", house.now - 2 * day, house.now) == (0, 0)


def test_a_year_keeps_its_rates_once_and_says_nothing_beyond_chance_of_few(house: House) -> None:
    _decision, staged = drawn(house)
    answering.answer(house.session, staged, DecisionRequest(Action.NO_ACTION), "ben", house.now)
    year = house.now.year
    assert quality.of_year(house.session, year - 1)["agreement"]["read_twice"] == 0
    assert quality.kept(house.session, year) is None
    assert quality.keep(house.session, year, house.now) and not quality.keep(house.session, year, house.now)
    house.session.execute(delete(ReviewRow))
    found = quality.kept(house.session, year)
    assert found is not None
    assert found["agreement"] == {"read_twice": 1, "read_alike": 0, "kappa": None, "alpha": None}
