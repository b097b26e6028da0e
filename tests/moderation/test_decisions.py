"""Decisions: what each action does at each scope, and that everything can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.authors.tables import AuthorRow
from moderation.cases import claims, decisions, plans, show
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import Decided, DecisionRequest
from moderation.domains import rule_for, set_rule
from moderation.errors import (
    AlreadyReversedError,
    ClaimedError,
    NotFoundError,
    RefusedError,
    StaleError,
)
from moderation.holds import ending
from moderation.holds.tables import HoldRow, HoldState
from moderation.reports import file as reports
from moderation.reports.tables import ReportOrigin
from moderation.values import PUBLISHABLE, Action, CaseState, Outcome, Scope, Severity, Verb
from moderation.verdicts.tables import VerdictRow
from tests.moderation.cast import HARMLESS, HATEFUL, HOME, THREAT, House

A, S = Action, Scope


def decide(house: House, case_id: int, action: Action, scope: Scope = Scope.SUBJECT, **more: object) -> Decided:
    return decisions.decide(house.session, case_id, DecisionRequest(action, scope, **more), "ana", house.now)  # type: ignore[arg-type]


def verbs(decided: Decided) -> list[Verb]:
    return [effect.verb for effect in decided.effects]


def report(house: House, text: str = HARMLESS, local: bool = True) -> tuple[str, int]:
    """A published post that ben reported: its URI and its case."""
    author = house.author("mallory", HOME if local else "far.example")
    post = house.post(text, author)
    house.admit(post)
    draft = reports.ReportDraft(
        f"https://{HOME}/users/ben", HOME, ReportOrigin.MEMBER, author.uri, (post,), "violation", comment="look"
    )
    return post.uri, reports.file(house.session, draft, house.now).case_id


@pytest.mark.parametrize(
    ("action", "verb", "outcome"),
    [
        (A.APPROVE, Verb.PUBLISH, Outcome.APPROVE),
        (A.NO_ACTION, Verb.PUBLISH, Outcome.APPROVE),
        (A.WARN, Verb.PUBLISH, Outcome.APPROVE),
        (A.LABEL, Verb.PUBLISH, Outcome.LABEL),
        (A.LIMIT, Verb.PUBLISH, Outcome.LIMIT),
        (A.SILENCE, Verb.PUBLISH, Outcome.LIMIT),
        (A.REMOVE, Verb.REMOVE, Outcome.REJECT),
        (A.SPAM, Verb.REMOVE, Outcome.REJECT),
        (A.FREEZE, Verb.REMOVE, Outcome.REJECT),
        (A.DISABLE, Verb.REMOVE, Outcome.REJECT),
        (A.SUSPEND, Verb.REMOVE, Outcome.REJECT),
    ],
)
def test_a_held_post_is_let_in_or_never_published(house: House, action: Action, verb: Verb, outcome: Outcome) -> None:
    held = house.one(HATEFUL, house.author("ben", HOME))
    assert held.case_id is not None
    decided = decide(house, held.case_id, action)
    effect = decided.effects[0]
    assert (effect.verb, effect.uri) == (verb, held.uri)
    assert effect.verdict is not None and effect.verdict.outcome is outcome
    row = house.session.get_one(VerdictRow, effect.verdict.id)
    assert (row.by_person, row.supersedes_id, row.decision_id) == (True, held.id, decided.decision.id)
    assert house.session.get_one(CaseRow, held.case_id).state is CaseState.DECIDED
    hold = house.session.scalars(select(HoldRow)).one()
    assert hold.state is (HoldState.RELEASED if outcome in PUBLISHABLE else HoldState.REFUSED)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (A.APPROVE, []),
        (A.NO_ACTION, []),
        (A.LABEL, [Verb.LABEL, Verb.NOTIFY_AUTHOR]),
        (A.LIMIT, [Verb.LIMIT, Verb.NOTIFY_AUTHOR]),
        (A.REMOVE, [Verb.REMOVE, Verb.NOTIFY_AUTHOR]),
        (A.SPAM, [Verb.REMOVE, Verb.NOTIFY_AUTHOR]),
        (A.FREEZE, [Verb.WITHDRAW, Verb.FREEZE, Verb.NOTIFY_AUTHOR]),
        (A.WARN, [Verb.WARN, Verb.NOTIFY_AUTHOR]),
        (A.SILENCE, [Verb.SILENCE, Verb.NOTIFY_AUTHOR]),
        (A.DISABLE, [Verb.DISABLE, Verb.NOTIFY_AUTHOR]),
        (A.SUSPEND, [Verb.SUSPEND, Verb.NOTIFY_AUTHOR]),
    ],
)
def test_a_reported_post_and_both_people_are_told(house: House, action: Action, expected: list[Verb]) -> None:
    _, case_id = report(house)
    decided = decide(house, case_id, action, rule_id="2", reason="be kind")
    assert verbs(decided) == [*expected, Verb.NOTIFY_REPORTER]
    told = decided.effects[-1]
    assert told.uri == f"https://{HOME}/users/ben"
    assert told.params["outcome"] == ("upheld" if expected else "declined")
    for effect in decided.effects:
        if effect.verb is Verb.NOTIFY_AUTHOR:
            assert effect.params["reason"] == "be kind" and effect.params["rule_id"] == "2"
            assert "ben" not in str(effect.params)


@pytest.mark.one_database
@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("held", [True, False])
def test_every_action_at_every_scope_is_done_or_refused_and_taken_back_whole(
    house: House, action: Action, scope: Scope, held: bool
) -> None:
    local = action in plans.MEMBERS_ONLY
    if held:
        case_id = house.case_of(HATEFUL, house.author("mallory", HOME if local else "far.example"))
    else:
        _, case_id = report(house, local=local)
    if scope not in plans.SCOPES[action]:
        with pytest.raises(RefusedError):
            decide(house, case_id, action, scope)
        return
    before = {row.uri: row.outcome for row in house.session.scalars(select(VerdictRow).order_by(VerdictRow.id))}
    decided = decide(house, case_id, action, scope)
    taken_back = decisions.reverse(house.session, decided.decision.id, "a mistake", "ben", house.now)
    after = {row.uri: row.outcome for row in house.session.scalars(select(VerdictRow).order_by(VerdictRow.id))}
    assert after == before
    done = [verb for verb in verbs(decided) if not verb.startswith("notify") and verb is not Verb.WARN]
    undone = [verb for verb in verbs(taken_back) if not verb.startswith("notify")]
    assert sorted(undone) == sorted(plans.INVERSE[verb] for verb in done)
    assert house.session.get_one(CaseRow, case_id).state is CaseState.OPEN
    assert [hold.state for hold in house.session.scalars(select(HoldRow))] == ([HoldState.HELD] if held else [])
    assert rule_for(house.session, "far.example") is None
    author = house.session.scalars(select(AuthorRow)).one()
    assert (author.removed, author.released) == (0, 0)


def test_what_is_decided_for_an_account_settles_its_other_held_posts(house: House) -> None:
    cases = [house.case_of(f"vermin {n}") for n in range(3)]
    other = house.case_of("vermin too", house.author("cleo"))
    decided = decide(house, cases[0], A.SUSPEND, S.ACCOUNT)
    assert verbs(decided) == [Verb.REMOVE] * 3 + [Verb.SUSPEND]
    states = {row.id: row.state for row in house.session.scalars(select(CaseRow))}
    assert states == {**dict.fromkeys(cases, CaseState.DECIDED), other: CaseState.OPEN}
    taken_back = decisions.reverse(house.session, decided.decision.id, "wrong", "ben", house.now)
    assert verbs(taken_back).count(Verb.RESTORE) == 3
    assert {row.state for row in house.session.scalars(select(CaseRow))} == {CaseState.OPEN}


def test_what_somebody_else_is_working_on_is_left_to_them(house: House) -> None:
    mine, theirs = house.case_of("vermin 1"), house.case_of("vermin 2")
    claims.take(house.session, theirs, "ben", house.now)
    decided = decide(house, mine, A.REMOVE, S.ACCOUNT)
    assert verbs(decided) == [Verb.REMOVE]
    assert house.session.get_one(CaseRow, theirs).state is CaseState.CLAIMED


def test_a_domain_is_ruled_on_and_its_earlier_rule_comes_back(house: House) -> None:
    set_rule(house.session, "far.example", Severity.NOOP, "lead", house.now, public_comment="watched")
    case_id = house.case_of(HATEFUL)
    decided = decide(house, case_id, A.SUSPEND, S.DOMAIN, note="41 cases")
    assert verbs(decided) == [Verb.REMOVE, Verb.BLOCK_DOMAIN]
    rule = rule_for(house.session, "social.far.example")
    assert rule is not None and (rule.severity, rule.public_comment) == (Severity.SUSPEND, "watched")
    decisions.reverse(house.session, decided.decision.id, "too hard", "ana", house.now)
    rule = rule_for(house.session, "far.example")
    assert rule is not None and (rule.severity, rule.public_comment) == (Severity.NOOP, "watched")


def test_this_servers_own_domain_and_strangers_accounts_are_refused(house: House) -> None:
    local = house.case_of(HATEFUL, house.author("ben", HOME))
    remote = house.case_of(THREAT)
    for case_id, action, scope in (
        (local, A.SUSPEND, S.DOMAIN),
        (remote, A.FREEZE, S.SUBJECT),
        (remote, A.WARN, S.ACCOUNT),
    ):
        with pytest.raises(RefusedError):
            decide(house, case_id, action, scope)
        assert house.session.get_one(CaseRow, case_id).state is CaseState.OPEN


def test_a_stale_version_is_refused_with_what_changed(house: House) -> None:
    post = house.post(HATEFUL, house.author("ben", HOME))
    case_id = house.admit(post).verdicts[0].case_id  # type: ignore[union-attr]
    assert case_id is not None
    version = house.session.get_one(CaseRow, case_id).version
    ending.edited(house.session, post.uri, house.judge(post)[0], house.now)
    with pytest.raises(StaleError) as stale:
        decide(house, case_id, A.APPROVE, version=version)
    assert (stale.value.what, stale.value.version) == ("edited", version + 1)
    assert decide(house, case_id, A.APPROVE, version=version + 1).effects


def test_a_claim_does_not_make_its_holders_view_stale(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    claim = claims.take(house.session, case_id, "ana", house.now)
    with pytest.raises(ClaimedError):
        decisions.decide(house.session, case_id, DecisionRequest(A.APPROVE), "ben", house.now)
    assert decide(house, case_id, A.APPROVE, version=claim.version).effects


def test_the_second_decision_is_told_of_the_first(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    decide(house, case_id, A.APPROVE)
    with pytest.raises(StaleError) as stale:
        decisions.decide(house.session, case_id, DecisionRequest(A.REMOVE), "ben", house.now)
    assert (stale.value.what, stale.value.by) == ("decided", "ana")


def test_a_reversal_happens_once_and_is_not_reversed_itself(house: House) -> None:
    decided = decide(house, house.case_of(HATEFUL), A.REMOVE)
    back = decisions.reverse(house.session, decided.decision.id, "oops", "ana", house.now)
    with pytest.raises(AlreadyReversedError):
        decisions.reverse(house.session, decided.decision.id, "oops", "ben", house.now)
    with pytest.raises(RefusedError):
        decisions.reverse(house.session, back.decision.id, "oops", "ana", house.now)
    with pytest.raises(NotFoundError):
        decisions.reverse(house.session, 404, "oops", "ana", house.now)


def test_the_last_decision_can_be_undone_for_ten_minutes(house: House) -> None:
    first = decide(house, house.case_of(HATEFUL), A.REMOVE)
    house.later(minutes=1)
    second = decide(house, house.case_of(THREAT), A.REMOVE)
    assert decisions.undo_last(house.session, "ana", house.now).decision.reverses_id == second.decision.id
    assert decisions.undo_last(house.session, "ana", house.now).decision.reverses_id == first.decision.id
    third = decide(house, second.decision.case_id or 0, A.REMOVE)
    house.later(minutes=10, seconds=1)
    with pytest.raises(NotFoundError):
        decisions.undo_last(house.session, "ana", house.now)
    assert decisions.reverse(house.session, third.decision.id, "late", "ana", house.now).effects


def test_what_a_later_decision_said_is_not_undone_by_an_earlier_one(house: House) -> None:
    uri, case_id = report(house)
    first = decide(house, case_id, A.LABEL)
    house.later(days=1)
    post = house.post(HARMLESS, house.author("mallory", HOME), uri=uri)
    draft = reports.ReportDraft(None, "visitor", ReportOrigin.VISITOR, post.author.uri, (post,), "legal")
    again = reports.file(house.session, draft, house.now).case_id
    assert again != case_id
    decide(house, again, A.REMOVE)
    back = decisions.reverse(house.session, first.decision.id, "late thought", "ben", house.now)
    assert not set(verbs(back)) & {Verb.UNLABEL, Verb.RESTORE}


def test_an_account_stays_silenced_while_another_decision_asks_for_it(house: House) -> None:
    one, two = house.case_of("vermin 1"), house.case_of("vermin 2")
    first, second = decide(house, one, A.SILENCE), decide(house, two, A.SILENCE)
    assert Verb.UNSILENCE not in verbs(decisions.reverse(house.session, first.decision.id, "", "ana", house.now))
    assert Verb.UNSILENCE in verbs(decisions.reverse(house.session, second.decision.id, "", "ana", house.now))


def test_a_decision_with_a_term_ends_by_itself_and_its_case_stays_decided(house: House) -> None:
    _, case_id = report(house, local=False)
    decided = decide(house, case_id, A.SILENCE, expires_in=timedelta(days=7))
    assert decided.decision.ends_at == house.now + timedelta(days=7)
    assert decisions.expire_due(house.session, house.now) == []
    house.later(days=7)
    assert [effect.verb for effect in decisions.expire_due(house.session, house.now)] == [Verb.UNSILENCE]
    assert decisions.expire_due(house.session, house.now) == []
    assert house.session.get_one(CaseRow, case_id).state is CaseState.DECIDED


@pytest.mark.parametrize("term", [timedelta(0), timedelta(seconds=-1), timedelta(days=4000)])
def test_a_senseless_term_is_refused(house: House, term: timedelta) -> None:
    with pytest.raises(RefusedError):
        decide(house, house.case_of(HATEFUL), A.SILENCE, expires_in=term)


def test_strikes_count_for_members_until_they_are_taken_back_and_never_for_care(house: House) -> None:
    member = house.author("mallory", HOME)
    case_id = house.case_of(HATEFUL, member)
    decided = decide(house, case_id, A.REMOVE)
    assert show.author(house.session, member.uri, house.now).strikes == 1
    decisions.reverse(house.session, decided.decision.id, "appeal", "ben", house.now)
    assert show.author(house.session, member.uri, house.now).strikes == 0
    care = house.one("the pills are here", member).case_id
    assert care is not None
    decide(house, care, A.LABEL)
    assert show.author(house.session, member.uri, house.now).strikes == 0


def test_a_post_that_its_author_deleted_is_not_brought_back(house: House) -> None:
    held = house.one(HATEFUL)
    assert held.case_id is not None
    decided = decide(house, held.case_id, A.SUSPEND)
    house.session.execute(HoldRow.__table__.update().values(state=HoldState.DELETED))  # type: ignore[attr-defined]
    house.session.expire_all()
    back = decisions.reverse(house.session, decided.decision.id, "oops", "ana", house.now)
    assert verbs(back) == [Verb.UNSUSPEND]
    assert house.session.get_one(CaseRow, held.case_id).state is CaseState.CLOSED


def test_approving_what_the_end_of_its_hold_let_in_takes_the_warning_away(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    house.later(hours=25)
    ending.end_due(house.session, house.now)
    assert verbs(decide(house, case_id, A.APPROVE)) == [Verb.UNLABEL]


def test_the_screen_has_everything_about_a_case(house: House) -> None:
    uri, case_id = report(house, HATEFUL + " indeed")
    detail = show.case(house.session, case_id, house.now)
    assert detail.case.uri == uri and detail.held and detail.snapshots[0].text.startswith("vermin")
    assert detail.findings[0].label == "hate" and detail.findings[0].spans
    assert detail.reports[0].comment == "look" and detail.reports[0].reporter_accuracy is None
    assert {"opened_hold", "text_model", "reported", "author_waits"} <= set(detail.why)
    assert detail.verdict is not None and detail.verdict.outcome is Outcome.HOLD
    assert detail.history[0].what == "verdict"
    assert [event.at for event in detail.history] == sorted(event.at for event in detail.history)
    decided = decide(house, case_id, A.REMOVE)
    decisions.reverse(house.session, decided.decision.id, "oops", "ben", house.now)
    detail = show.case(house.session, case_id, house.now)
    assert [each.reversed_by for each in detail.decisions] == [detail.decisions[1].id, None]
    assert detail.reports[0].outcome == "waiting"


def test_deciding_all_similar_removes_what_is_shown_and_refuses_what_comes(house: House) -> None:
    text = "buy these wonderful pills from my cousin, they are very cheap and they do help"
    cases = [report_of(house, text, name) for name in ("mallory", "malik")]
    house.admit(house.post(text, house.author("maud")))
    decided = decide(house, cases[0], A.SPAM, S.CLUSTER)
    assert verbs(decided).count(Verb.REMOVE) == 3
    assert house.session.get_one(CaseRow, cases[1]).state is CaseState.DECIDED
    assert house.judge(house.post(text, house.author("late")))[0].outcome is Outcome.REJECT
    decisions.reverse(house.session, decided.decision.id, "oops", "ana", house.now)
    assert house.judge(house.post(text, house.author("late")))[0].outcome is not Outcome.REJECT


def report_of(house: House, text: str, name: str) -> int:
    post = house.post(text, house.author(name))
    house.admit(post)
    draft = reports.ReportDraft(None, "visitor", ReportOrigin.VISITOR, post.author.uri, (post,), "spam")
    return reports.file(house.session, draft, house.now).case_id


def test_every_decision_keeps_what_its_reversal_needs(house: House) -> None:
    decide(house, house.case_of(HATEFUL), A.SUSPEND)
    row = house.session.scalars(select(DecisionRow)).one()
    assert [each["verb"] for each in row.effects] == ["remove", "suspend"]
    assert set(plans.INVERSE) == set(Verb)
