"""Appeals: somebody else looks again, and an overturned decision is undone with everything that hung on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.appeals import answering, contesting, reading, talking
from moderation.appeals.tables import AppealOutcome, Party
from moderation.appeals.values import Answer, Answered, Appeal
from moderation.authors.tables import AuthorRow
from moderation.cases import claims, decisions, reversals, show
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import AppealRefusedError, ExcludedError, NotFoundError, RefusedError, StaleError
from moderation.holds import ending
from moderation.holds.tables import HoldRow, HoldState
from moderation.reports import standing
from moderation.reports.tables import ReportOutcome, ReportRow
from moderation.values import Action, CaseOrigin, CaseState, Outcome, Scope, Verb
from tests.moderation.cast import ALIKE, HARMLESS, HATEFUL, HOME, House
from tests.moderation.test_decisions import report

MALLORY, BEN = f"https://{HOME}/users/mallory", f"https://{HOME}/users/ben"
CREW = ("ana", "cleo")
UPHOLD, OVERTURN, VARY = AppealOutcome.UPHOLD, AppealOutcome.OVERTURN, AppealOutcome.VARY


def decided(house: House, case_id: int, action: Action, scope: Scope = Scope.SUBJECT) -> int:
    return decisions.decide(house.session, case_id, DecisionRequest(action, scope), "ana", house.now).decision.id


def removed(house: House) -> tuple[str, int]:
    """A member's post that ben reported and ana removed: its URI and the decision."""
    uri, case_id = report(house)
    return uri, decided(house, case_id, Action.REMOVE)


def contest(
    house: House,
    decision: int,
    by: Party = Party.AUTHOR,
    uri: str = MALLORY,
    text: str = "it was a quotation",
    crew: Collection[str] = CREW,
    outside: bool = False,
) -> Appeal:
    return contesting.contest(
        house.session, decision, by, uri, text, house.now, crew=crew, kept_out={}, outside=outside
    )


def answer(house: House, appeal: Appeal, outcome: AppealOutcome, by: str = "cleo", **more: object) -> Answered:
    given = Answer(outcome, str(more.pop("reply", "we looked again")), **more)  # type: ignore[arg-type]
    return answering.answer(house.session, appeal.case_id, given, by, house.now)


def strikes(house: House, uri: str = MALLORY) -> int:
    return show.author(house.session, uri, house.now).strikes


def record(house: House, uri: str = MALLORY) -> tuple[int, int]:
    row = house.session.scalars(
        select(AuthorRow).where(AuthorRow.uri == uri).execution_options(populate_existing=True)
    ).one()
    return row.approved, row.removed


def test_an_appeal_is_a_case_that_who_decided_neither_gets_nor_decides(house: House) -> None:
    _, decision = removed(house)
    appeal = contest(house, decision)
    case = house.session.get_one(CaseRow, appeal.case_id)
    assert (case.origin, case.state, case.author_uri) == (CaseOrigin.APPEAL, CaseState.OPEN, MALLORY)
    assert claims.take_next(house.session, "ana", house.now) is None
    with pytest.raises(ExcludedError):
        answer(house, appeal, UPHOLD, by="ana")
    claim = claims.take_next(house.session, "cleo", house.now)
    assert claim is not None and claim.case_id == appeal.case_id


def test_it_shows_the_content_as_it_was_and_the_first_decision(house: House) -> None:
    uri, decision = removed(house)
    shown = reading.shown(house.session, contest(house, decision).case_id, "cleo")
    assert shown is not None and shown.first is not None
    assert (shown.first.id, [each.uri for each in shown.as_it_was]) == (decision, [uri])
    assert HARMLESS in shown.as_it_was[0].text


def test_only_whom_it_is_about_contests_once_within_six_months_with_words(house: House) -> None:
    _, decision = removed(house)
    with pytest.raises(NotFoundError):
        contest(house, decision, uri=BEN)
    for text, code in (("  ", "empty"), ("x" * 4001, "too_long")):
        with pytest.raises(AppealRefusedError) as refused:
            contest(house, decision, text=text)
        assert refused.value.why == code
    contest(house, decision)
    with pytest.raises(AppealRefusedError) as refused:
        contest(house, decision)
    assert refused.value.why == "already"


def test_half_a_year_later_it_is_too_late_and_not_a_day_before(house: House) -> None:
    _, decision = removed(house)
    house.later(days=183)
    row = house.session.get_one(DecisionRow, decision)
    assert contesting.refusal(house.session, row, Party.AUTHOR, MALLORY, house.now) is None
    house.later(seconds=1)
    assert contesting.refusal(house.session, row, Party.AUTHOR, MALLORY, house.now) == "too_late"


def test_upheld_the_decision_stands_and_who_contested_is_told_why(house: House) -> None:
    _uri, decision = removed(house)
    appeal = contest(house, decision)
    done = answer(house, appeal, UPHOLD, reply="the quotation marks came later")
    assert (done.appeal.outcome, done.appeal.reply, strikes(house)) == (UPHOLD, "the quotation marks came later", 1)
    (told,) = done.effects
    assert (told.verb, told.uri, told.params["reply"]) == (
        Verb.NOTIFY_APPELLANT, MALLORY, "the quotation marks came later",
    )  # fmt: skip
    assert house.session.get_one(CaseRow, appeal.case_id, populate_existing=True).state is CaseState.DECIDED
    with pytest.raises(StaleError):
        answer(house, appeal, OVERTURN)


def test_overturned_what_was_removed_is_back_and_strike_record_and_reporters_follow(house: House) -> None:
    before = record(house, MALLORY) if house.session.scalar(select(AuthorRow.id)) else None
    uri, decision = removed(house)
    assert (strikes(house), record(house)[1], before) == (1, 1, None)
    assert standing.of(house.session, [BEN])[BEN].upheld == 1
    done = answer(house, contest(house, decision), OVERTURN)
    restored = [each for each in done.effects if each.verb is Verb.RESTORE]
    assert [each.uri for each in restored] == [uri]
    assert (strikes(house), record(house)[1]) == (0, 0)
    known = standing.of(house.session, [BEN])[BEN]
    assert (known.upheld, known.declined) == (0, 1)
    assert [each.uri for each in done.effects if each.verb is Verb.NOTIFY_REPORTER] == [BEN]
    assert [each.uri for each in done.effects if each.verb is Verb.NOTIFY_APPELLANT] == [MALLORY]
    assert not [each for each in done.effects if each.verb is Verb.NOTIFY_AUTHOR]


def test_overturned_a_refused_post_that_waited_is_let_in(house: House) -> None:
    held = house.one(HATEFUL, house.author("mallory", HOME))
    decision = decided(house, held.case_id or 0, Action.REMOVE)
    done = answer(house, contest(house, decision), OVERTURN)
    last = [each for each in done.effects if each.uri == held.uri][-1]
    assert last.verb is Verb.PUBLISH and last.verdict is not None and last.verdict.outcome is Outcome.APPROVE
    assert house.session.scalars(select(HoldRow.state)).one() is HoldState.RELEASED
    assert house.session.get_one(CaseRow, held.case_id or 0, populate_existing=True).state is CaseState.DECIDED
    assert record(house) == (1, 0)


def test_overturned_a_suspension_is_lifted(house: House) -> None:
    _, case_id = report(house)
    decision = decided(house, case_id, Action.SUSPEND, Scope.ACCOUNT)
    done = answer(house, contest(house, decision), OVERTURN)
    assert [each.uri for each in done.effects if each.verb is Verb.UNSUSPEND] == [MALLORY]
    assert strikes(house) == 0


def test_varied_it_is_decided_anew_and_its_author_gets_other_reasons(house: House) -> None:
    _uri, decision = removed(house)
    milder = DecisionRequest(Action.LIMIT, reason="off the public timelines instead")
    done = answer(house, contest(house, decision), VARY, instead=milder)
    verbs = [each.verb for each in done.effects]
    assert verbs.index(Verb.RESTORE) < verbs.index(Verb.LIMIT)
    (statement,) = [each for each in done.effects if each.verb is Verb.NOTIFY_AUTHOR]
    assert (statement.params["action"], statement.params["reason"]) == ("limit", "off the public timelines instead")
    assert strikes(house) == 1
    assert house.session.scalars(select(ReportRow.outcome)).one() is ReportOutcome.UPHELD


def test_of_a_wave_one_author_gets_theirs_back_and_the_rest_stays_cleared(house: House) -> None:
    writers = [house.author(f"sender{number}", "promo.example") for number in range(5)]
    batch = [house.post(ALIKE.format(number), writer) for number, writer in enumerate(writers, start=10)]
    mine = house.post(ALIKE.format(20), house.author("mallory", HOME))
    house.admit(*batch, mine)
    case = house.session.scalars(select(CaseRow).where(CaseRow.origin == CaseOrigin.WAVE)).one()
    decision = decided(house, case.id, Action.SPAM, Scope.CLUSTER)
    done = answer(house, contest(house, decision), OVERTURN)
    back = {each.uri for each in done.effects if each.verb in (Verb.PUBLISH, Verb.RESTORE)}
    assert back == {mine.uri}
    reversal = select(DecisionRow.id).where(DecisionRow.reverses_id == decision)
    assert house.session.scalar(reversal) is None


def test_a_reporter_contests_that_nothing_was_done(house: House) -> None:
    uri, case_id = report(house)
    decision = decided(house, case_id, Action.NO_ACTION)
    row = house.session.scalars(select(ReportRow)).one()
    first = contesting.decision_on(house.session, row)
    assert first is not None and first.id == decision
    appeal = contest(house, decision, Party.REPORTER, BEN, "read the third line")
    with pytest.raises(RefusedError, match="instead"):
        answer(house, appeal, OVERTURN)
    done = answer(house, appeal, OVERTURN, instead=DecisionRequest(Action.REMOVE, reason="it breaks rule 1"))
    assert [each.uri for each in done.effects if each.verb is Verb.REMOVE] == [uri]
    assert [each.uri for each in done.effects if each.verb is Verb.NOTIFY_AUTHOR] == [MALLORY]
    assert not [each for each in done.effects if each.verb is Verb.NOTIFY_REPORTER]
    house.session.refresh(row)
    assert row.outcome is ReportOutcome.UPHELD


def test_a_reporter_cannot_contest_what_was_done_nor_a_stranger_anything(house: House) -> None:
    _, decision = removed(house)
    for who in (BEN, f"https://{HOME}/users/eve"):
        with pytest.raises(NotFoundError):
            contest(house, decision, Party.REPORTER, who)


def test_an_appeal_is_answered_and_not_decided_like_other_cases(house: House) -> None:
    _, decision = removed(house)
    appeal = contest(house, decision)
    with pytest.raises(RefusedError, match="answered"):
        decisions.decide(house.session, appeal.case_id, DecisionRequest(Action.APPROVE), "cleo", house.now)
    with pytest.raises(RefusedError, match="reasons"):
        answer(house, appeal, OVERTURN, reply=" ")


def test_messages_go_both_ways_and_a_new_one_makes_the_answer_stale(house: House) -> None:
    _, decision = removed(house)
    appeal = contest(house, decision)
    version = house.session.get_one(CaseRow, appeal.case_id).version
    (told,) = talking.write(house.session, appeal.id, "which quotation?", house.now, moderator="cleo")
    assert (told.verb, told.uri, "cleo" in str(told.params)) == (Verb.NOTIFY_APPELLANT, MALLORY, False)
    assert talking.write(house.session, appeal.id, "the one of the minister", house.now) == []
    lines = [(one.moderator, one.text) for one in reading.messages_of(house.session, appeal.id)]
    assert lines == [("cleo", "which quotation?"), (None, "the one of the minister")]
    with pytest.raises(StaleError):
        answer(house, appeal, UPHOLD, version=version)
    house.session.expire_all()


def test_who_is_kept_out_writes_nothing_and_nobody_writes_without_end(house: House) -> None:
    _, decision = removed(house)
    appeal = contest(house, decision)
    with pytest.raises(ExcludedError):
        talking.write(house.session, appeal.id, "it was me", house.now, moderator="ana")
    for number in range(talking.MOST_FROM_ONE):
        talking.write(house.session, appeal.id, f"and {number}", house.now)
    with pytest.raises(AppealRefusedError) as refused:
        talking.write(house.session, appeal.id, "and more", house.now)
    assert refused.value.why == "too_many"


def test_in_a_crew_of_one_it_waits_a_day_and_is_shown_afresh_without_the_first_reasons(house: House) -> None:
    _, decision = removed(house)
    appeal = contest(house, decision, crew=("ana",))
    assert appeal.afresh_at == house.now + timedelta(days=1)
    with pytest.raises(ExcludedError):
        answer(house, appeal, OVERTURN, by="ana")
    house.later(days=1)
    claim = claims.take_next(house.session, "ana", house.now)
    assert claim is not None and claim.case_id == appeal.case_id
    shown = reading.shown(house.session, appeal.case_id, "ana")
    assert shown is not None and shown.first is None and shown.as_it_was
    answer(house, appeal, OVERTURN, by="ana")
    assert strikes(house) == 0


def test_with_a_reader_outside_who_decided_never_sees_it_again(house: House) -> None:
    _, decision = removed(house)
    appeal = contest(house, decision, crew=("ana",), outside=True)
    assert (appeal.afresh_at, appeal.outside_at) == (None, house.now)
    house.later(days=30)
    assert claims.take_next(house.session, "ana", house.now) is None


def test_a_decision_taken_back_meanwhile_leaves_nothing_to_answer(house: House) -> None:
    _, decision = removed(house)
    appeal = contest(house, decision)
    reversals.reverse(house.session, decision, "a mistake", "ana", house.now)
    row = reading.find(house.session, appeal.id)
    assert row.outcome is AppealOutcome.TAKEN_BACK
    assert house.session.get_one(CaseRow, appeal.case_id, populate_existing=True).state is CaseState.DECIDED


def test_what_ended_by_itself_can_still_be_contested_for_its_strike(house: House) -> None:
    _, case_id = report(house)
    request = DecisionRequest(Action.SILENCE, Scope.ACCOUNT, expires_in=timedelta(days=1))
    decision = decisions.decide(house.session, case_id, request, "ana", house.now).decision.id
    house.later(days=2)
    reversals.expire_due(house.session, house.now)
    done = answer(house, contest(house, decision), OVERTURN)
    assert done.appeal.outcome is OVERTURN


def test_an_answer_is_undone_like_any_decision_and_the_appeal_waits_again(house: House) -> None:
    _, decision = removed(house)
    appeal = contest(house, decision)
    answer(house, appeal, UPHOLD)
    undone = decisions.undo_last(house.session, "cleo", house.now)
    assert [(each.verb, each.params["what"]) for each in undone.effects] == [(Verb.NOTIFY_APPELLANT, "reopened")]
    assert reading.find(house.session, appeal.id).outcome is None
    assert house.session.get_one(CaseRow, appeal.case_id, populate_existing=True).state is CaseState.OPEN
    assert answer(house, appeal, OVERTURN).appeal.outcome is OVERTURN


def test_neither_a_new_report_nor_a_suspension_nor_deleting_the_post_settles_an_appeal(house: House) -> None:
    uri, decision = removed(house)
    appeal = contest(house, decision)
    assert ending.deleted(house.session, uri, MALLORY, house.now) == []
    held = house.one(HATEFUL, house.author("mallory", HOME))
    decided(house, held.case_id or 0, Action.SUSPEND, Scope.ACCOUNT)
    assert house.session.get_one(CaseRow, appeal.case_id, populate_existing=True).state is CaseState.OPEN
