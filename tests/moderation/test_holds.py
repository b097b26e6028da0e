"""Holds end, are edited, deleted; evidence outlives them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from moderation import evidence, history
from moderation.cases import decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.domains import set_rule
from moderation.errors import StaleError
from moderation.evidence import purging
from moderation.evidence.tables import SnapshotCause, SnapshotRow
from moderation.holds import ending, waiting
from moderation.holds.tables import HoldRow, HoldState
from moderation.values import Action, CaseState, Outcome, Severity, SubjectKind, Verb
from moderation.verdicts.tables import VerdictRow
from tests.moderation.cast import HARMLESS, HATEFUL, HOME, THREAT, House


def test_every_machines_hold_ends_by_itself_behind_a_warning(house: House) -> None:
    local = house.one(HATEFUL, house.author("ben", HOME))
    remote = house.one(HATEFUL)
    unseen = house.one(THREAT, house.author("cleo"), seen_by=0)
    assert ending.end_due(house.session, house.later(hours=3, minutes=59)) == []
    (effect,) = ending.end_due(house.session, house.later(minutes=1))
    assert (effect.verb, effect.uri, effect.params["warning"]) == (Verb.PUBLISH, local.uri, "hate")
    assert effect.verdict is not None and effect.verdict.outcome is Outcome.LABEL
    assert house.session.get_one(VerdictRow, effect.verdict.id).supersedes_id == local.id
    assert {each.uri for each in ending.end_due(house.session, house.later(hours=20))} == {remote.uri, unseen.uri}
    assert ending.end_due(house.session, house.later(days=9)) == []
    assert house.session.get_one(CaseRow, local.case_id).state is CaseState.OPEN


def test_what_a_person_ruled_on_stays_held(house: House) -> None:
    set_rule(house.session, "far.example", Severity.HOLD, "ana", house.now)
    house.one(HARMLESS)
    assert ending.end_due(house.session, house.later(days=30)) == []


def test_a_few_at_a_time(house: House) -> None:
    for number in range(5):
        house.one(f"vermin {number}")
    house.later(days=2)
    assert [len(ending.end_due(house.session, house.now, limit=2)) for _ in range(4)] == [2, 2, 1, 0]


def test_a_decision_after_the_end_knows_that_it_was_let_in(house: House) -> None:
    held = house.one(HATEFUL)
    version = house.session.get_one(CaseRow, held.case_id).version
    ending.end_due(house.session, house.later(hours=24))
    request = DecisionRequest(Action.REMOVE, version=version)
    with pytest.raises(StaleError) as stale:
        decisions.decide(house.session, held.case_id or 0, request, "ana", house.now)
    assert stale.value.what == "let_in"
    decided = decisions.decide(house.session, held.case_id or 0, DecisionRequest(Action.REMOVE), "ana", house.now)
    assert decided.effects[0].verb is Verb.REMOVE and not decided.effects[0].params["was_held"]


def test_an_edit_of_a_held_post_keeps_its_place_and_does_not_release_it(house: House) -> None:
    post = house.post(HATEFUL, house.author("ben", HOME))
    held = house.admit(post).verdicts[0]
    assert held is not None and held.case_id is not None
    due = house.session.scalars(select(HoldRow)).one().due_at
    before = house.session.get_one(CaseRow, held.case_id)
    place, version = before.rank, before.version
    house.later(minutes=10)
    harmless = replace(post, text=HARMLESS, html=HARMLESS)
    recorded = ending.edited(house.session, post.uri, house.judge(harmless)[0], house.now)
    verdict = recorded.verdicts[0]
    assert verdict is not None and (verdict.outcome, verdict.case_id) == (Outcome.HOLD, held.case_id)
    house.session.expire_all()
    case = house.session.get_one(CaseRow, held.case_id)
    hold = house.session.scalars(select(HoldRow)).one()
    assert (case.rank, case.version, hold.due_at, hold.verdict_id) == (place, version + 1, due, verdict.id)
    assert [each.text for each in evidence.of(house.session, post.uri)] == [HATEFUL, HARMLESS]


def test_deleting_a_held_post_closes_its_case_for_good_and_keeps_the_evidence(house: House) -> None:
    held = house.one(HATEFUL)
    assert ending.deleted(house.session, held.uri, held.uri, house.now) == [held.case_id]
    assert house.session.get_one(CaseRow, held.case_id).state is CaseState.CLOSED
    assert house.session.scalars(select(HoldRow)).one().state is HoldState.DELETED
    assert ending.end_due(house.session, house.later(days=9)) == []
    assert evidence.of(house.session, held.uri)[0].text == HATEFUL
    with pytest.raises(StaleError):
        decisions.decide(house.session, held.case_id or 0, DecisionRequest(Action.APPROVE), "ana", house.now)
    assert "hold_deleted" in {event.what for event in history.of(house.session, held.uri)}


def test_evidence_is_kept_for_its_time_and_while_its_case_is_open(house: House) -> None:
    kept, gone = house.one(HATEFUL), house.one(THREAT, house.author("cleo"))
    decisions.decide(house.session, gone.case_id or 0, DecisionRequest(Action.REMOVE), "ana", house.now)
    assert purging.forget_snapshots(house.session, house.later(days=100), 100) == 0
    now = house.later(days=91)
    assert purging.forget_snapshots(house.session, now, 100) == 1
    assert [row.uri for row in house.session.scalars(select(SnapshotRow))] == [kept.uri]
    assert purging.forget_findings(house.session, now, 100) > 0


def test_scores_and_fingerprints_are_forgotten_sooner(house: House) -> None:
    house.one(HARMLESS)
    assert purging.forget_fingerprints(house.session, house.later(days=15), 100) == 1
    assert purging.forget_scores(house.session, house.later(days=16), 100) == 1


def test_the_same_text_is_kept_once(house: House) -> None:
    post = house.post(HATEFUL)
    house.admit(post)
    evidence.take(
        house.session, [post, post, replace(post, text="other", kind=SubjectKind.EDIT)], SnapshotCause.EDIT, house.now
    )
    assert [each.seq for each in evidence.of(house.session, post.uri)] == [1, 2]


def test_the_waiting_time_is_unknown_until_enough_was_decided(house: House) -> None:
    for number in range(5):
        assert waiting.waiting_time(house.session, house.now) is None
        case_id = house.case_of(f"vermin {number}", house.author(f"m{number}"))
        house.later(minutes=number)
        decisions.decide(house.session, case_id, DecisionRequest(Action.APPROVE), "ana", house.now)
    usual = waiting.waiting_time(house.session, house.now)
    assert usual is not None and usual.total_seconds() == 120


def test_a_released_post_can_be_held_again_by_an_edit(house: House) -> None:
    post = house.post(HATEFUL)
    held = house.admit(post).verdicts[0]
    assert held is not None
    decisions.decide(house.session, held.case_id or 0, DecisionRequest(Action.APPROVE), "ana", house.now)
    again = house.admit(replace(post, kind=SubjectKind.EDIT, text=THREAT)).verdicts[0]
    assert again is not None and again.outcome is Outcome.HOLD and again.case_id not in (None, held.case_id)
