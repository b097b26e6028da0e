"""Statements of reasons: made from the decision alone, in their language, by page, notice and mail; kept as they were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.enforcement import upkeep
from app.instance import rules
from app.notifications.tables import MailRow, NotificationKind, NotificationRow
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import decide
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.statements.tables import StatementRow
from moderation.values import Action, Scope
from tests.app import people

HATEFUL = "they are vermin, all of them"


@pytest.fixture
def ana(services: Services) -> AccountRow:
    """Whom it is about."""
    rules.ensure_defaults(services)
    return people.member(services, "ana")


@pytest.fixture
def mo(services: Services) -> AccountRow:
    """Who decides."""
    return people.member(services, "mo", Role.MODERATOR)


def writes(services: Services, account: AccountRow, text: str) -> PostRow:
    return compose.compose(services, account.id, ComposeRequest(text))


def decided(services: Services, by: AccountRow, post: PostRow, request: DecisionRequest) -> int:
    with services.db.read() as session:
        case = session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri).order_by(CaseRow.id.desc())).first()
    return decide.decide(services, by, case or 0, request).decision.id


def statements(services: Services) -> list[StatementRow]:
    with services.db.read() as session:
        return list(session.scalars(select(StatementRow).order_by(StatementRow.id)))


def mails(services: Services, to: AccountRow) -> list[str]:
    with services.db.read() as session:
        return list(session.scalars(select(MailRow.text).where(MailRow.to == to.email).order_by(MailRow.id)))


def first_rule(services: Services) -> str:
    with services.db.read() as session:
        return str(rules.rules(session)[0].id)


def test_a_refused_post_has_all_that_article_17_asks_for(services: Services, ana: AccountRow, mo: AccountRow) -> None:
    post = writes(services, ana, HATEFUL)
    request = DecisionRequest(Action.REMOVE, rule_id=first_rule(services), reason="Please don't.")
    number = decided(services, mo, post, request)
    (row,) = statements(services)
    assert (row.decision_id, row.recipient, row.uri, row.action) == (number, ana.actor.uri, post.uri, "remove")
    assert (row.visibility, row.account, row.ground) == (["CONTENT_REMOVED"], None, "INCOMPATIBLE_CONTENT")
    assert (row.source, row.automated_detection, row.automated_decision) == ("VOLUNTARY", True, "NOT")
    assert (row.category, row.content_types) == ("CYBER_VIOLENCE", ["TEXT"])
    assert (row.delivered_via, row.exempt_reason) == (["page", "notification", "mail"], None)
    assert row.rule.startswith("Be kind") and "took it for hatred" in row.facts
    (letter,) = mails(services, ana)
    for said in (row.facts, row.rule, "Please don't.", "until it is taken back", f"/decisions/{number}", "to a court"):
        assert said in letter, said
    assert "mo" not in letter.split()


def test_it_is_in_the_language_of_its_reader(services: Services, ana: AccountRow, mo: AccountRow) -> None:
    with services.db.write() as session:
        session.get_one(AccountRow, ana.id).locale = "fr"
    decided(services, mo, writes(services, ana, HATEFUL), DecisionRequest(Action.REMOVE, rule_id=first_rule(services)))
    (row,) = statements(services)
    assert row.lang == "fr" and row.rule.startswith("Soyez bienveillants") and "haine" in row.facts
    assert "tribunal" in mails(services, ana)[0]


def test_a_report_is_named_as_the_source_and_never_who_reported(
    services: Services, ana: AccountRow, mo: AccountRow
) -> None:
    ben = people.member(services, "ben")
    post = writes(services, ana, "Hello.")
    file.file(services, ben.actor, FileReport(ana.id, (post.id,), "look at this", "legal"))
    request = DecisionRequest(Action.SUSPEND, Scope.ACCOUNT, expires_in=timedelta(days=7))
    decided(services, mo, post, request)
    (row,) = statements(services)
    assert (row.source, row.account, row.provision) == ("ARTICLE_16", "SUSPENDED", "TOTAL_SUSPENSION")
    assert row.automated_detection is False and row.ends_at == services.clock.now() + timedelta(days=7)
    assert "ben" not in mails(services, ana)[0] and "Somebody gave notice of it." in mails(services, ana)[0]


def test_none_is_owed_for_a_spam_wave_and_that_is_written_down(
    services: Services, ana: AccountRow, mo: AccountRow
) -> None:
    post = writes(services, ana, "Claim your free casino airdrop now before it closes")
    number = decided(services, mo, post, DecisionRequest(Action.SPAM, Scope.CLUSTER))
    (row,) = statements(services)
    assert (row.decision_id, row.exempt_reason) == (number, "high_volume_commercial")
    assert row.delivered_via == ["page", "notification"] and mails(services, ana) == []


def test_letting_in_is_no_restriction_and_states_nothing(services: Services, ana: AccountRow, mo: AccountRow) -> None:
    decided(services, mo, writes(services, ana, HATEFUL), DecisionRequest(Action.APPROVE))
    assert statements(services) == []


def test_a_hold_that_lasts_over_an_hour_owes_reasons_then_and_once(services: Services, ana: AccountRow) -> None:
    post = writes(services, ana, HATEFUL)
    services.clock.move(timedelta(minutes=59))  # type: ignore[attr-defined]
    upkeep.end_holds(services)
    assert statements(services) == []
    services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    upkeep.end_holds(services)
    upkeep.end_holds(services)
    (row,) = statements(services)
    assert (row.action, row.uri, row.visibility) == ("hold", post.uri, ["CONTENT_DISABLED"])
    assert (row.automated_detection, row.automated_decision, row.hold_id is None) == (True, "FULLY", False)
    (letter,) = mails(services, ana)
    assert row.facts in letter and f"/statements/{row.id}" in letter
    with services.db.read() as session:
        kinds = session.scalars(
            select(NotificationRow.kind).where(NotificationRow.account_id == ana.id).order_by(NotificationRow.id)
        ).all()
    assert list(kinds) == [NotificationKind.HELD, NotificationKind.MODERATION_WARNING]
