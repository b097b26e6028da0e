"""Announced suspensions: who is told of what, in which words, and what takes place on the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NoReturn

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.tables import AccountRow, ActorRow, Role
from app.ids import IDS
from app.lifecycle import severing
from app.notifications import post_office
from app.notifications.tables import MailRow, NotificationKind, NotificationRow
from app.relationships.tables import FollowRow, FollowState, PlannedNoticeRow
from app.reviewing import domain_steps, followed_lists, planned, ruling
from app.reviewing.domain_steps import DomainStep, Said
from app.services import Services
from moderation.domains import planned as plans
from moderation.domains.rules import rule_at
from moderation.domains.tables import PlannedSuspensionRow, PlanState
from moderation.domains.values import RuleDraft
from moderation.errors import BadDomainError, NotFoundError
from moderation.values import Severity
from tests.app.people import member, remote
from workers import jobs

FAR = "far.example"
WHY = Said(public="It sends spam by the thousand.")


@pytest.fixture
def lea(services: Services) -> AccountRow:
    """A lead."""
    return member(services, "lea", Role.LEAD)


@pytest.fixture
def ana(services: Services) -> AccountRow:
    """A member who follows olaf there, and is followed by zoe of a subdomain."""
    account = member(services, "ana")
    follows(services, account.actor, remote(services, "olaf"))
    follows(services, remote(services, "zoe", f"sub.{FAR}"), account.actor)
    return account


def follows(services: Services, follower: ActorRow, target: ActorRow) -> None:
    """One follows the other."""
    now = services.clock.now()
    with services.db.write() as session:
        number = IDS.take(now)
        row = FollowRow(id=number, follower_id=follower.id, target_id=target.id, uri=f"https://x.example/{number}")
        row.state, row.created_at = FollowState.ACCEPTED, now
        session.add(row)


def told(services: Services, account: AccountRow) -> list[dict[str, Any]]:
    """What a member was told of plans, oldest first."""
    with services.db.read() as session:
        rows = session.scalars(
            select(NotificationRow)
            .where(NotificationRow.account_id == account.id)
            .where(NotificationRow.kind == NotificationKind.MODERATION_WARNING)
            .order_by(NotificationRow.id)
        )
        return [row.payload for row in rows]


def later(services: Services, **span: float) -> None:
    """Time passes, and the jobs run."""
    services.clock.move(timedelta(**span))  # type: ignore[attr-defined]
    planned.carry_out_due(services)
    planned.tell_new(services)


def severity(services: Services) -> Severity | None:
    """Of the rule for FAR itself."""
    with services.db.read() as session:
        found = rule_at(session, FAR)
    return None if found is None else found.severity


def state(services: Services) -> PlanState:
    """Of the only plan."""
    with services.db.read() as session:
        return session.scalars(select(PlannedSuspensionRow.state)).one()


def announce(services: Services, lea: AccountRow) -> None:
    """As the ladder does."""
    domain_steps.take(services, lea, DomainStep.NOTICE, FAR, WHY)


def test_members_with_follows_in_either_direction_are_told_the_day_and_why_and_nobody_else(
    services: Services, lea: AccountRow, ana: AccountRow
) -> None:
    ben = member(services, "ben")
    announce(services, lea)
    (payload,) = told(services, ana)
    assert "You follow 1 there, and 1 follow you" in payload["text"] and WHY.public in payload["text"]
    assert told(services, ben) == [] and severity(services) is None
    with services.db.read() as session:
        (mail,) = session.scalars(select(MailRow))
    assert mail.to == ana.email and "/settings/moving/planned/" in mail.text
    assert post_office.drain(services, 10) == 0, "it waits out the undo window"


def test_a_member_reads_it_in_their_own_language(services: Services, lea: AccountRow, ana: AccountRow) -> None:
    with services.db.write() as session:
        session.get_one(AccountRow, ana.id).locale = "fr"
    announce(services, lea)
    assert "suspendra" in told(services, ana)[0]["text"]


def test_it_takes_place_by_itself_on_the_day_and_not_before(
    services: Services, lea: AccountRow, ana: AccountRow
) -> None:
    announce(services, lea)
    later(services, days=6, hours=23)
    assert severity(services) is None
    later(services, hours=2)
    assert (severity(services), state(services)) == (Severity.SUSPEND, PlanState.DONE)
    with services.db.read() as session:
        rule = rule_at(session, FAR)
    assert rule is not None and (rule.public_comment, rule.set_by) == (WHY.public, "lea")
    later(services, minutes=11)
    assert severing.sever(services, 100) == 2
    later(services, days=1)
    assert len(told(services, ana)) == 1


def test_called_off_it_does_not_take_place_and_who_was_told_hears_it(
    services: Services, lea: AccountRow, ana: AccountRow
) -> None:
    announce(services, lea)
    planned.call_off(services, lea, FAR)
    assert [bool(each.get("called_off")) for each in told(services, ana)] == [False, True]
    later(services, days=8)
    assert (severity(services), state(services)) == (None, PlanState.CALLED_OFF)
    with services.db.read() as session:
        assert session.scalars(select(MailRow)).all() == [], "the mail that waited is taken back"
    with pytest.raises(NotFoundError):
        planned.call_off(services, lea, FAR)


def test_who_was_told_by_mail_hears_by_mail_that_it_was_called_off(
    services: Services, lea: AccountRow, ana: AccountRow
) -> None:
    announce(services, lea)
    services.clock.move(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert post_office.drain(services, 10) == 1
    ben = member(services, "ben")
    follows(services, ben.actor, remote(services, "uma"))
    planned.tell_new(services)
    planned.call_off(services, lea, FAR)
    with services.db.read() as session:
        (mail,) = session.scalars(select(MailRow))
    assert mail.to == ana.email, "ben's first mail had not left: it never does, and he needs no second"
    assert "won’t be suspended" in mail.subject and "your follows with people there stay" in mail.text
    assert post_office.drain(services, 10) == 1


def test_everybody_is_told_at_once_however_many_there_are_and_the_job_of_every_half_minute_counts_nobody(
    services: Services, lea: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planned, "MOST_TOLD", 1)
    there = remote(services, "olaf")
    members = [member(services, name) for name in ("ana", "ben", "cleo")]
    for each in members:
        follows(services, each.actor, there)
    announce(services, lea)
    assert [len(told(services, each)) for each in members] == [1, 1, 1]
    monkeypatch.setattr(planned, "affected", _fails)
    services.clock.move(timedelta(days=8))  # type: ignore[attr-defined]
    assert planned.carry_out_due(services) == 1 and severity(services) is Severity.SUSPEND


def test_who_lifts_the_rule_of_a_server_has_called_its_suspension_off(
    services: Services, lea: AccountRow, ana: AccountRow
) -> None:
    ruling.set_rules(services, lea, [RuleDraft(FAR, Severity.SILENCE)])
    announce(services, lea)
    services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    ruling.lift_rule(services, lea, FAR)
    assert state(services) is PlanState.CALLED_OFF and told(services, ana)[-1]["called_off"]
    later(services, days=7)
    assert severity(services) is None
    assert ruling.set_rules(services, lea, [RuleDraft(FAR, Severity.SILENCE)]) and ruling.lift_rule(services, lea, FAR)


def test_the_database_keeps_one_announced_suspension_of_a_domain(services: Services, lea: AccountRow) -> None:
    announce(services, lea)
    planned.call_off(services, lea, FAR)
    announce(services, lea)
    with pytest.raises(IntegrityError), services.db.write() as session:
        (row,) = plans.announced(session)
        twin = {each.name: getattr(row, each.name) for each in PlannedSuspensionRow.__table__.columns}
        session.add(PlannedSuspensionRow(**{**twin, "id": row.id + 1}))


def test_undone_within_ten_minutes_nobody_has_heard_of_it(services: Services, lea: AccountRow, ana: AccountRow) -> None:
    announce(services, lea)
    domain_steps.undo(services, lea, FAR)
    assert told(services, ana) == [] and state(services) is PlanState.UNDONE
    with services.db.read() as session:
        assert session.scalars(select(MailRow)).all() == []
        assert session.scalars(select(PlannedNoticeRow)).all() == []
    later(services, days=8)
    assert severity(services) is None


def test_who_follows_somebody_there_meanwhile_is_told_too_and_nobody_twice(
    services: Services, lea: AccountRow, ana: AccountRow
) -> None:
    announce(services, lea)
    ben = member(services, "ben")
    follows(services, ben.actor, remote(services, "uma"))
    later(services, days=1)
    later(services, days=1)
    assert (len(told(services, ben)), len(told(services, ana))) == (1, 1)


def test_who_is_to_be_told_is_told_although_asking_lists_fails(
    services: Services, lea: AccountRow, ana: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(services, lea)
    ben = member(services, "ben")
    follows(services, ben.actor, remote(services, "uma"))

    def fails(_services: Services, _limit: int) -> int:
        raise RuntimeError("lists can't be asked")

    monkeypatch.setattr(followed_lists, "ask_due", fails)
    services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError):
        jobs.DOMAIN_LISTS.work(services, 5)
    assert len(told(services, ben)) == 1


def test_a_subdomain_with_a_rule_of_its_own_is_not_meant(services: Services, lea: AccountRow, ana: AccountRow) -> None:
    ruling.set_rules(services, lea, [RuleDraft(f"sub.{FAR}", Severity.ALLOW)])
    announce(services, lea)
    assert "and 0 follow you" in told(services, ana)[0]["text"]


def test_who_lets_the_server_in_by_name_meanwhile_has_called_it_off(
    services: Services, lea: AccountRow, ana: AccountRow
) -> None:
    announce(services, lea)
    services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    ruling.set_rules(services, lea, [RuleDraft(FAR, Severity.ALLOW)])
    later(services, days=7)
    assert (severity(services), state(services)) == (Severity.ALLOW, PlanState.CALLED_OFF)
    assert told(services, ana)[-1]["called_off"]


def test_who_suspends_it_meanwhile_has_the_last_word(services: Services, lea: AccountRow, ana: AccountRow) -> None:
    announce(services, lea)
    services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    ruling.set_rules(services, lea, [RuleDraft(FAR, Severity.SUSPEND, private_comment="Now.")])
    later(services, days=7)
    with services.db.read() as session:
        rule = rule_at(session, FAR)
    assert rule is not None and rule.private_comment == "Now." and state(services) is PlanState.DONE


def test_what_cannot_be_announced_is_refused(services: Services, lea: AccountRow) -> None:
    with pytest.raises(BadDomainError):
        domain_steps.take(services, lea, DomainStep.NOTICE, FAR, Said())
    announce(services, lea)
    with pytest.raises(BadDomainError):
        announce(services, lea)
    ruling.set_rules(services, lea, [RuleDraft("other.example", Severity.SUSPEND)])
    with pytest.raises(BadDomainError):
        domain_steps.take(services, lea, DomainStep.NOTICE, "other.example", WHY)


def test_each_arrow_is_an_arrow() -> None:
    assert set(plans.ARROWS) == set(PlanState)
    assert all(not plans.ARROWS[state] for state in PlanState if state is not PlanState.ANNOUNCED)


def test_a_crash_on_the_day_leaves_it_to_the_next_run(
    services: Services, lea: AccountRow, ana: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(services, lea)
    services.clock.move(timedelta(days=8))  # type: ignore[attr-defined]
    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(planned.enact, "enact", _fails)
        planned.carry_out_due(services)
    assert (severity(services), state(services)) == (None, PlanState.ANNOUNCED)
    planned.carry_out_due(services)
    assert severity(services) is Severity.SUSPEND


def _fails(*_given: object) -> NoReturn:
    raise RuntimeError("out of power")
