"""Reports for programs that moderate: found, given to somebody, resolved and reopened by way of their cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.errors import InvalidError, NotFoundError
from app.instance.tables import RuleRow
from app.paging import Paging, by_id, newest_first
from app.reviewing import accounts, claiming, decide, people
from app.services import Services
from app.webhooks import looking
from app.webhooks.tables import WebhookEvent
from moderation.cases import decisions, exclusions
from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import CaseRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import AlreadyReversedError
from moderation.log import chain
from moderation.quality import answering
from moderation.reports.tables import ReportOutcome, ReportRow
from moderation.values import Action

CATEGORIES = ("spam", "legal", "violation", "other")


@dataclass(frozen=True, slots=True)
class Which:
    """Which reports: resolved or not, by whom, about whom, about whose domain. None asks for no limit."""

    resolved: bool = False
    reporter_id: int | None = None
    target_id: int | None = None
    target_domain: str | None = None


def several(services: Services, account: AccountRow, which: Which, paging: Paging) -> Sequence[ReportRow]:
    """A page of reports on cases that this moderator may see, newest first. Raises ForbiddenError."""
    with services.db.read() as session:
        query = _visible(session, services, account)
        waits = ReportRow.outcome == ReportOutcome.WAITING
        query = query.where(~waits if which.resolved else waits)
        if which.reporter_id is not None:
            query = query.where(ReportRow.reporter_uri.in_(_uri_of(which.reporter_id)))
        if which.target_id is not None:
            query = query.where(ReportRow.target_uri.in_(_uri_of(which.target_id)))
        if which.target_domain is not None:
            about = select(ActorRow.uri).where(ActorRow.domain == which.target_domain.lower())
            query = query.where(ReportRow.target_uri.in_(about))
        return newest_first(session.scalars(by_id(query, ReportRow.id, paging)).all(), paging)


def one(services: Services, account: AccountRow, report_id: int) -> ReportRow:
    """A report on a case that this moderator may see. Raises ForbiddenError, NotFoundError."""
    with services.db.read() as session:
        found = session.scalar(_visible(session, services, account).where(ReportRow.id == report_id))
    if found is None:
        raise NotFoundError
    return found


def assign(services: Services, account: AccountRow, report_id: int, to: str | None) -> None:
    """Give a report's case to somebody, or to everybody again."""
    claiming.assign(services, account, one(services, account, report_id).case_id, to)


def resolve(services: Services, account: AccountRow, report_id: int) -> None:
    """Decide that nothing needs doing; a report that is settled stays as it is."""
    report = one(services, account, report_id)
    if report.outcome is not ReportOutcome.WAITING:
        return
    request = DecisionRequest(Action.NO_ACTION)
    by = people.require_for(account, request)
    with services.db.write() as session:
        accounts.require_seen(session, report.case_id, request.action)
        answering.require_plain(session, report.case_id)
        decided = decisions.decide(session, report.case_id, request, by, services.clock.now())
        decide.carry_out(services, session, decided)


def recategorise(
    services: Services, account: AccountRow, report_id: int, category: str | None, rule_ids: Sequence[str] | None
) -> None:
    """Say anew what a report is about; rules make it one about rules, another category has none. It's in the log.

    Raises InvalidError, and what `one` raises.
    """
    by = people.require(account, people.PEOPLE)
    wanted = "violation" if rule_ids else category
    if wanted is not None and wanted not in CATEGORIES:
        raise InvalidError("Validation failed: Category is not included in the list", code="category")
    one(services, account, report_id)
    with services.db.write() as session:
        report = session.get_one(ReportRow, report_id)
        before = report.category
        if rule_ids is not None:
            report.rule_ids = _known_rules(session, rule_ids)
        if wanted is not None:
            report.category = wanted
        if report.category != "violation":
            report.rule_ids = []
        said: dict[str, str | int | bool | None] = {"before": before, "category": report.category}
        said["rules"] = " ".join(report.rule_ids)
        looking.note(session, WebhookEvent.REPORT_UPDATED, report.id, services.clock.now())
        chain.append(session, by, "report_edited", f"report:{report.id}", said, services.clock.now())


def _known_rules(session: Session, rule_ids: Sequence[str]) -> list[str]:
    numbers = [int(number) for number in rule_ids if number.isascii() and number.isdigit() and len(number) < 19]
    known = session.scalars(select(RuleRow.id).where(RuleRow.id.in_(numbers)).order_by(RuleRow.id)).all()
    if len(known) != len(set(rule_ids)):
        raise InvalidError("Validation failed: Rules are invalid", code="unknown_rule")
    return [str(number) for number in known]


def reopen(services: Services, account: AccountRow, report_id: int) -> None:
    """Take back the decision that settled a report; what it did is undone with it. Raises InvalidError."""
    report = one(services, account, report_id)
    if report.outcome is ReportOutcome.WAITING:
        return
    with services.db.read() as session:
        found = _deciding(session, report.case_id) if report.outcome is not ReportOutcome.ALREADY_REVIEWED else None
    if found is None:
        raise InvalidError("No decision settled this report", code="nothing_to_reopen")
    try:
        decide.reverse(services, account, found, "reopened")
    except AlreadyReversedError:
        return  # somebody was faster, and it is open again


def handlers(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """By case, the name of whom it is given to, and of who decided it."""
    rows = session.execute(select(CaseRow.id, CaseRow.assigned_to, CaseRow.decided_by).where(CaseRow.id.in_(case_ids)))
    return {number: (given, decided) for number, given, decided in rows}


def _visible(session: Session, services: Services, account: AccountRow) -> Select[ReportRow]:
    by = people.require(account, people.PEOPLE)
    query = select(ReportRow).join(CaseRow, CaseRow.id == ReportRow.case_id)
    mine = ReportRow.target_uri != account.actor.uri  # what is said of oneself is for others to read
    return query.where(exclusions.is_for(session, by, services.clock.now()), mine)


def _uri_of(actor_id: int) -> Select[str]:
    return select(ActorRow.uri).where(ActorRow.id == actor_id)


def _deciding(session: Session, case_id: int) -> int | None:
    """The latest decision on a case that is not a reversal."""
    of_case = select(DecisionCaseRow.decision_id).where(DecisionCaseRow.case_id == case_id)
    query = select(DecisionRow.id).where(DecisionRow.id.in_(of_case), ORIGINAL)
    return session.scalar(query.order_by(DecisionRow.id.desc()).limit(1))
