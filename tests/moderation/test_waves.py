"""Waves: one case, whatever passed is taken back; and what only looks like one is left alone."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from sqlalchemy import func, select

from moderation.cases import claims, decisions
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.cases.values import DecisionRequest
from moderation.duplicates.simhash import Fingerprint, fingerprints, plain
from moderation.duplicates.tables import ClusterRow
from moderation.holds.tables import HoldRow
from moderation.values import Action, CaseOrigin, CaseState, Outcome, Scope, Verb
from moderation.verdicts.tables import VerdictRow
from tests.moderation.cast import ALIKE, HATEFUL, House, friend, strangers

WHO = [
    "my neighbour",
    "the librarian",
    "our bus driver",
    "a friend in Lyon",
    "the baker",
    "grandmother",
    "the night nurse",
]
DID = ["repaired", "was looking for", "painted", "gave away", "finally understood", "lost and found", "photographed"]
WHAT = ["the copper kettle", "a box of winter apples", "an ancient map of the harbour", "a very long scarf"]
WHEN = ["before sunrise", "on the last tram", "during the rain", "at the weekly market", "since Tuesday"]
AND = ["and I can't stop thinking about it", "which explains a lot", "so we had tea", "so there is hope"]


def sentence(rng: random.Random) -> str:
    def one() -> str:
        return " ".join(rng.choice(part) for part in (WHO, DID, WHAT, WHEN, AND))

    return f"{one()}. {one()}."


def test_two_thousand_copies_by_twenty_actors_are_one_case(house: House) -> None:
    actors = [house.author(f"load{number}") for number in range(20)]
    outcomes: Counter[Outcome] = Counter()
    for start in range(0, 2000, 100):
        batch = [
            house.post(f"@ana@{start} {ALIKE.format(n)}", actors[n % 20], mentions=friend())
            for n in range(start, start + 100)
        ]
        outcomes.update(verdict.outcome for verdict in house.admit(*batch).verdicts if verdict)
        house.later(seconds=2)
    case = house.session.scalars(select(CaseRow)).one()
    assert outcomes == {Outcome.HOLD: 2000}
    assert (case.origin, case.members, case.label) == (CaseOrigin.WAVE, 2000, "spam")
    assert house.session.scalar(select(func.count()).select_from(CaseSubjectRow)) == 2000


def test_a_wave_that_the_text_model_would_hold_too_waits_for_a_person_without_an_end(house: House) -> None:
    batch = [house.post(f"{HATEFUL}: {ALIKE.format(n)}", house.author(f"a{n}"), mentions=friend()) for n in range(9)]
    house.admit(*batch)
    holds = house.session.scalars(select(HoldRow)).all()
    assert len(holds) == 9
    assert {hold.due_at for hold in holds} == {None}
    assert house.session.scalars(select(CaseRow)).one().rank_parts["copies"] > 1


def test_a_wave_that_the_text_model_would_hold_too_costs_the_budget_one_case(house: House) -> None:
    actors = [house.author(f"a{n}") for n in range(20)]
    for start in range(0, 200, 50):
        batch = [
            house.post(f"{HATEFUL}: {ALIKE.format(n)}", actors[n % 20], mentions=friend())
            for n in range(start, start + 50)
        ]
        assert {verdict.outcome for verdict in house.admit(*batch).verdicts if verdict} == {Outcome.HOLD}
    assert house.session.scalars(select(CaseRow)).one().members == 200


def test_what_passed_before_the_line_was_crossed_is_taken_back(house: House) -> None:
    effects, outcomes = [], []
    for number in range(12):
        recorded = house.admit(house.post(ALIKE.format(number), house.author(f"a{number}"), mentions=friend()))
        effects += recorded.effects
        outcomes += [verdict.outcome for verdict in recorded.verdicts if verdict]
    assert outcomes == [Outcome.APPROVE] * 5 + [Outcome.HOLD] * 7
    assert [effect.verb for effect in effects] == [Verb.WITHDRAW] * 5
    verdicts = [effect.verdict for effect in effects]
    assert all(verdict and verdict.outcome is Outcome.HOLD and verdict.case_id for verdict in verdicts)
    rows = [house.session.get_one(VerdictRow, verdict.id) for verdict in verdicts if verdict]
    assert all(row.supersedes_id is not None for row in rows)
    holds = house.session.scalars(select(HoldRow)).all()
    assert len(holds) == 12 and {hold.due_at for hold in holds} == {None}
    assert sum(hold.was_published for hold in holds) == 5
    assert house.session.scalars(select(CaseRow)).one().members == 12


def test_what_was_held_by_itself_before_joins_the_waves_case(house: House) -> None:
    singles = {house.case_of(f"{HATEFUL}, says number {n}", house.author(f"a{n}")) for n in range(5)}
    claimed = min(singles)
    claims.take(house.session, claimed, "ben", house.now)
    wave = house.case_of(f"{HATEFUL}, says number 6", house.author("a6"))
    states = {case.id: case.state for case in house.session.scalars(select(CaseRow))}
    assert states.pop(wave) is CaseState.OPEN
    assert states.pop(claimed) is CaseState.CLAIMED
    assert set(states.values()) == {CaseState.CLOSED}
    assert house.session.get_one(CaseRow, wave).members == 5
    assert {hold.case_id for hold in house.session.scalars(select(HoldRow))} == {wave, claimed}


def test_sentences_made_of_the_same_phrases_are_no_wave(house: House) -> None:
    rng = random.Random(7)
    for start in range(0, 1500, 150):
        batch = [
            house.post(sentence(rng), house.author(f"load{n % 20}"), mentions=friend())
            for n in range(start, start + 150)
        ]
        assert {each.outcome for each in house.admit(*batch).verdicts if each} == {Outcome.APPROVE}
    assert house.session.scalars(select(ClusterRow)).all() == []


def test_everybody_may_say_good_morning(house: House) -> None:
    batch = [house.post("Good morning! :)", house.author(f"a{n}")) for n in range(50)]
    assert {each.outcome for each in house.judge(*batch)} == {Outcome.APPROVE}


def test_one_author_may_repeat_themselves_to_those_who_know_them(house: House) -> None:
    bot = house.author("weather", bot=True)
    text = "Weather in the harbour at {} o'clock: rain, wind from the west, twelve degrees, waves of a metre"
    batch = [house.post(text.format(n), bot, mentions=friend()) for n in range(30)]
    assert {each.outcome for each in house.judge(*batch)} == {Outcome.APPROVE}


def test_one_author_who_repeats_themselves_to_strangers_is_a_wave(house: House) -> None:
    batch = [house.post(ALIKE.format(n), house.author(), mentions=strangers(1)) for n in range(12)]
    assert {each.outcome for each in house.judge(*batch)} == {Outcome.HOLD}


def test_two_authors_are_not_several(house: House) -> None:
    batch = [house.post(ALIKE.format(n), house.author(f"a{n % 2}"), mentions=friend()) for n in range(20)]
    assert {each.outcome for each in house.judge(*batch)} == {Outcome.APPROVE}


def test_the_proven_do_not_make_a_wave(house: House) -> None:
    headline = "The harbour council has decided to rebuild the old lighthouse next spring"
    papers = [house.author(f"paper{n}") for n in range(8)]
    for paper in papers:
        house.admit(*(house.post(f"news, number {n}", paper) for n in range(26)))
    house.later(days=15)
    batch = [house.post(headline, paper) for paper in papers]
    assert {each.outcome for each in house.judge(*batch)} == {Outcome.APPROVE}


def test_copies_days_apart_are_no_wave(house: House) -> None:
    for number in range(10):
        verdict = house.one(ALIKE.format(number), house.author(f"a{number}"))
        assert verdict.outcome is Outcome.APPROVE
        house.later(hours=5)


def _wave(house: House) -> CaseRow:
    house.admit(*(house.post(ALIKE.format(n), house.author(f"a{n}")) for n in range(8)))
    return house.session.scalars(select(CaseRow).where(CaseRow.origin == CaseOrigin.WAVE)).one()


def test_after_a_person_said_spam_the_next_copy_is_refused(house: House) -> None:
    case = _wave(house)
    request = DecisionRequest(Action.SPAM, Scope.CLUSTER)
    decided = decisions.decide(house.session, case.id, request, "ana", house.now)
    assert [effect.verb for effect in decided.effects].count(Verb.REMOVE) == 8
    judgement = house.judge(house.post(ALIKE.format(99), house.author("late")))[0]
    assert (judgement.outcome, judgement.reasons[0]) == (Outcome.REJECT, "confirmed_wave")
    house.later(days=15)
    assert house.judge(house.post(ALIKE.format(99), house.author("later")))[0].outcome is Outcome.APPROVE


def test_after_a_person_cleared_it_the_next_copy_is_let_in(house: House) -> None:
    case = _wave(house)
    decided = decisions.decide(house.session, case.id, DecisionRequest(Action.APPROVE), "ana", house.now)
    published = [effect for effect in decided.effects if effect.verb is Verb.PUBLISH]
    assert len(published) == 8
    assert all(each.verdict and each.verdict.outcome is Outcome.APPROVE for each in published)
    assert house.judge(house.post(ALIKE.format(99), house.author("late")))[0].outcome is Outcome.APPROVE


def test_taking_the_word_back_holds_the_wave_again(house: House) -> None:
    case = _wave(house)
    decided = decisions.decide(house.session, case.id, DecisionRequest(Action.SPAM), "ana", house.now)
    reversed_ = decisions.reverse(house.session, decided.decision.id, "wrong key", "ana", house.now)
    assert [effect.verb for effect in reversed_.effects] == [Verb.RESTORE] * 8
    assert all(each.verdict and each.verdict.outcome is Outcome.HOLD for each in reversed_.effects)
    recorded = house.admit(house.post(ALIKE.format(99), house.author("late")))
    assert recorded.verdicts[0] is not None and recorded.verdicts[0].case_id == case.id


def test_unticked_members_stay_held_in_a_case_of_their_own(house: House) -> None:
    case = _wave(house)
    uris = list(house.session.scalars(select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case.id)))
    request = DecisionRequest(Action.SPAM, Scope.CLUSTER, members=tuple(uris[:6]))
    decided = decisions.decide(house.session, case.id, request, "ana", house.now)
    removed = {effect.uri for effect in decided.effects if effect.verb is Verb.REMOVE}
    rest = house.session.scalars(select(CaseRow).where(CaseRow.id != case.id)).one()
    assert removed == set(uris[:6])
    assert rest.members == 2
    assert all(hold.due_at for hold in house.session.scalars(select(HoldRow).where(HoldRow.case_id == rest.id)))


@pytest.mark.parametrize(
    "other",
    [
        "claim your FREE airdrop now, before it closes! only 17 places left, tell all your friends",
        "@ana@far.example claim your free airdrop now before it closes, only 9 places left, tell all your friends",
        "claim\u200b your free air\u200bdrop now before it closes, only 4 places left, tell all your friends",
    ],
)
def test_small_changes_stay_near(other: str) -> None:
    one, two = (each.simhash for each in fingerprints([ALIKE.format(3), other]))
    assert (one ^ two).bit_count() <= 6


def test_a_fingerprint_survives_how_databases_count() -> None:
    for value in (0, 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1):
        fingerprint = Fingerprint(value, 1)
        assert -(1 << 63) <= fingerprint.signed < 1 << 63
        assert sum(band << 16 * number for number, band in enumerate(fingerprint.bands)) == value


def test_a_batch_gives_the_same_fingerprints_as_single_texts() -> None:
    rng = random.Random(3)
    texts = [sentence(rng) for _ in range(150)] + ["", "a", "\ud800", "👍" * 3000, "ab"]
    assert fingerprints(texts) == [fingerprints([text])[0] for text in texts]


def test_links_are_compared_by_their_host() -> None:
    assert plain("See https://spam.example/a?b=1 now") == plain("see https://spam.example/zzz NOW")
