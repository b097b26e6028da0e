"""The panel about a server and its ladder: what is known, what each rung would do, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import Role
from app.ids import IDS
from app.posts.tables import PostRow
from app.relationships.tables import FollowRow, FollowState
from app.reports import file, forwarding
from app.reports.file import FileReport
from app.reviewing import decide
from app.reviewing.domain_steps import REVIEWED_AFTER, DomainStep
from moderation.cases.values import DecisionRequest
from moderation.domains import record
from moderation.domains.record import PassedOn, Week
from moderation.domains.rules import rule_at
from moderation.domains.values import DomainRule
from moderation.evidence.tables import ChangedBy, ChangeKind, EvidenceChangeRow
from moderation.reports.tables import ForwardState, ReportForwardRow
from moderation.values import Action, Severity
from tests.app import people
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
FAR = "far.example"
PAGE = f"/review/domains/{FAR}"


def _rule(town: Town, domain: str = FAR) -> DomainRule | None:
    with town.services.db.read() as session:
        return rule_at(session, domain)


def _takes(lea: Visitor, rung: str, case: int | None = None, **fields: object) -> None:
    on = f"/review/domains/steps/{rung}?domain={FAR}" + (f"&case={case}" if case else "")
    more = {"case": str(case), "evidence": "1"} if case else {}
    answer = lea.post(f"/review/domains/steps/{rung}", on=on, domain=FAR, **more, **fields)
    assert answer.status_code == 302, answer.text


def _reported(town: Town, desk: Desk, domain: str = FAR, forward: bool = True) -> PostRow:
    author = people.remote(town.services, "olaf", domain)
    post = people.post(town.services, author, "Something that somebody minds.")
    ben = town.member(f"ben{domain.count('.')}")
    file.file(town.services, ben.actor, FileReport(author.id, (post.id,), "look", "other", forward=forward))
    return post


def test_the_panel_counts_a_weeks_cases_with_those_of_subdomains(town: Town, desk: Desk, lea: Visitor) -> None:
    mo = town.member("mo2", Role.LEAD)
    post = _reported(town, desk)
    _reported(town, desk, f"sub.{FAR}")
    decide.decide(town.services, mo, desk.case_of(post).id, DecisionRequest(Action.REMOVE, reason="No."))
    now = town.services.clock.now()
    with town.services.db.read() as session:
        assert record.week(session, FAR, now) == Week(2, 1)
        assert record.week(session, FAR, now + timedelta(days=8)) == Week(0, 0)
        assert record.week(session, "ar.example", now) == Week(0, 0), "an ending of a name is no subdomain"
    assert "Cases of the last seven days</dt><dd>2, 1 upheld" in lea.page(PAGE)


def test_a_decision_that_was_taken_back_upheld_nothing(town: Town, desk: Desk) -> None:
    mo, post = town.member("mo2", Role.LEAD), _reported(town, desk)
    done = decide.decide(town.services, mo, desk.case_of(post).id, DecisionRequest(Action.REMOVE, reason="No."))
    decide.reverse(town.services, mo, done.decision.id, "I was wrong.")
    with town.services.db.read() as session:
        assert record.week(session, FAR, town.services.clock.now()) == Week(1, 0)


def test_the_panel_says_what_came_of_the_reports_that_went_there(town: Town, desk: Desk, lea: Visitor) -> None:
    post = _reported(town, desk)
    now = town.services.clock.now()
    with town.services.db.write() as session:
        row = session.scalars(select(ReportForwardRow)).one()
        row.state = ForwardState.DELIVERED
        for number, days in enumerate((1, 3)):
            session.add(
                ReportForwardRow(
                    report_id=row.report_id, uri=f"https://ostiary.example/{number}", domain=FAR, about=["x"],
                    state=ForwardState.ANSWERED, sent_at=now - timedelta(days=days), answered_at=now,
                )
            )  # fmt: skip
        session.add(
            EvidenceChangeRow(uri=post.uri, what=ChangeKind.DELETED, by=ChangedBy.SERVER, at=now + timedelta(hours=1))
        )
    forwarding.follow_up(town.services, 10)
    with town.services.db.read() as session:
        assert record.passed_on(session, FAR, now) == PassedOn(3, 3, 0, answered=2, removed=1, days=2.0)
        assert record.passed_on(session, "other.example", now).sent == 0
    assert "something about 3 of 3" in lea.page(PAGE)


def test_what_the_house_removed_itself_is_no_answer_of_theirs(town: Town, desk: Desk) -> None:
    post, now = _reported(town, desk), town.services.clock.now()
    with town.services.db.write() as session:
        session.scalars(select(ReportForwardRow)).one().state = ForwardState.DELIVERED
        session.add(EvidenceChangeRow(uri=post.uri, what=ChangeKind.DELETED, by=ChangedBy.STAFF, who="mo", at=now))
    with town.services.db.read() as session:
        assert record.passed_on(session, FAR, now + timedelta(hours=1)).acted_on == 0


def test_each_rung_is_shown_before_it_is_taken(town: Town, lea: Visitor) -> None:
    ana, far = town.member("ana"), people.remote(town.services, "olaf")
    _follow(town, ana.id, far.id)
    for rung in DomainStep:
        page = lea.page(f"/review/domains/steps/{rung}?domain={FAR}")
        assert "Members here who follow somebody there</dt><dd>1" in page and "nothing changes yet" in page
    for rung in (DomainStep.SUSPEND, DomainStep.NOTICE):
        assert "@ana" in lea.page(f"/review/domains/steps/{rung}?domain={FAR}")
    assert _rule(town) is None
    assert lea.get("/review/domains/steps/nonsense?domain=far.example").status_code == 404
    assert lea.get("/review/domains/steps/hold?domain=ostiary.example").status_code == 422
    assert lea.get("/review/domains/steps/hold").status_code == 422


def test_a_limit_is_looked_at_again_after_two_weeks_and_names_the_case(town: Town, desk: Desk, lea: Visitor) -> None:
    case = desk.case_of(_reported(town, desk, forward=False)).id
    assert f"?case={case}" in lea.page(f"/review/case/{case}")
    assert f"Back to case {case}" in lea.page(f"{PAGE}?case={case}")
    _takes(lea, "limit", case, public_comment="Spam", private_comment="Seen often.")
    rule, now = _rule(town), town.services.clock.now()
    assert rule is not None and rule.severity is Severity.SILENCE and rule.evidence == (case,)
    assert rule.review_at is not None and abs(rule.review_at - now - REVIEWED_AFTER) < timedelta(minutes=1)
    assert (rule.public_comment, rule.private_comment) == ("Spam", "Seen often.")


def test_undoing_brings_back_the_rule_that_was_there(town: Town, lea: Visitor) -> None:
    _takes(lea, "hold", private_comment="First.")
    town.services.clock.move(timedelta(minutes=20))  # type: ignore[attr-defined]
    assert "data-undo" not in lea.page(PAGE)
    _takes(lea, "suspend", public_comment="Enough.")
    assert "data-undo" in lea.page(PAGE)
    assert lea.post("/review/domains/undo", on=PAGE, domain=FAR).status_code == 302
    rule = _rule(town)
    assert rule is not None and (rule.severity, rule.private_comment) == (Severity.HOLD, "First.")
    assert "was taken back" in lea.page(PAGE)
    assert lea.post("/review/domains/undo", on=PAGE, domain=FAR).status_code == 404, "an undo isn't undone"


def test_a_lifted_rule_comes_back_by_undoing_too(town: Town, lea: Visitor) -> None:
    _takes(lea, "suspend")
    lea.post("/review/domains/lift", on=PAGE, domain=FAR)
    assert _rule(town) is None
    lea.post("/review/domains/undo", on=PAGE, domain=FAR)
    rule = _rule(town)
    assert rule is not None and rule.severity is Severity.SUSPEND


def test_nobody_undoes_what_a_colleague_did_and_nobody_after_ten_minutes(town: Town, lea: Visitor) -> None:
    _takes(lea, "hold")
    lia = town.at_home(town.member("lia", Role.LEAD))
    assert lia.post("/review/domains/undo", on=PAGE, domain=FAR).status_code == 404
    town.services.clock.move(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert lea.post("/review/domains/undo", on=PAGE, domain=FAR).status_code == 404
    assert _rule(town) is not None


def test_who_may_set_no_rules_sees_the_record_and_may_ask(mo: Visitor, rita: Visitor) -> None:
    page = mo.page(PAGE)
    assert "Cases of the last seven days" in page and page.count("data-rung") == 1
    assert "data-rung" not in rita.page(PAGE)


def _follow(town: Town, follower_id: int, target_id: int) -> None:
    now = town.services.clock.now()
    with town.services.db.write() as session:
        row = FollowRow(id=IDS.take(now), follower_id=follower_id, target_id=target_id, uri=f"https://ostiary.example/f/{target_id}")  # fmt: skip
        row.state, row.created_at = FollowState.ACCEPTED, now
        session.add(row)


def test_no_step_is_the_next_before_there_was_a_case(town: Town, desk: Desk, lea: Visitor) -> None:
    people.remote(town.services, "vera", FAR)
    assert "the next step" not in lea.page(PAGE)
    _reported(town, desk)
    assert "the next step" in lea.page(PAGE)
