"""Actions on an account without a queue: each is a decision on a case all the same, so that nothing goes round them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.enforcement import enact
from app.errors import ForbiddenError, InvalidError
from app.lifecycle import leaving
from app.reviewing import decide, people
from app.services import Services
from moderation.cases import decisions, opening, priority
from moderation.cases.in_force import in_force
from moderation.cases.values import DecisionRequest
from moderation.errors import RefusedError
from moderation.holds.tables import HoldRow, HoldState
from moderation.quality import answering
from moderation.reports.tables import ReportRow
from moderation.values import Action, CaseOrigin, Scope, SubjectKind, Verb

LETS_IN = frozenset((Action.NO_ACTION, Action.WARN, Action.SILENCE))
"""What would show a held post that whoever decides hasn't seen from here."""


@dataclass(frozen=True, slots=True)
class AccountAction:
    """What is to be done to an account, and on which report's case (None: on a case of its own)."""

    action: Action
    reason: str = ""
    report_id: int | None = None


def act(services: Services, account: AccountRow, target: ActorRow, wanted: AccountAction) -> None:
    """Decide about an account. Raises ForbiddenError, InvalidError, and what deciding raises."""
    request = DecisionRequest(wanted.action, Scope.SUBJECT, reason=wanted.reason)
    by, now = people.require_for(account, request), services.clock.now()
    with services.db.write() as session:
        _require_outranked(session, account, target)
        if wanted.report_id is None:
            case_id = _open(services, session, target)
        else:
            case_id = _case_of(session, wanted.report_id, target)
        require_seen(session, case_id, wanted.action)
        answering.require_plain(session, case_id)
        decided = decisions.decide(session, case_id, request, by, now)
        decide.carry_out(services, session, decided)


def lift(services: Services, account: AccountRow, target: ActorRow, verb: Verb) -> None:
    """Take back every decision in force that put this state on an account. Raises ForbiddenError, InvalidError."""
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    with services.db.write() as session:
        _require_outranked(session, account, target)
        found = in_force(session, target.uri, verb)
        if not found:
            raise InvalidError("There is no decision to take back", code="nothing_in_force")
        for decision_id in found:
            undone = decisions.reverse(session, decision_id, "lifted", by, now)
            enact.enact(services, session, undone.effects)


def erase(services: Services, account: AccountRow, target: ActorRow) -> None:
    """Delete a member's account for good, which an admin may do once it is suspended. Raises ForbiddenError,
    InvalidError for somebody elsewhere: what is known of them is their server's to delete."""
    by = people.require(account, Role.ADMIN)
    if not target.local:
        raise InvalidError("Only accounts of this server can be deleted", code="not_here")
    with services.db.read() as session:
        _require_outranked(session, account, target)
    if target.suspended_at is None:
        raise ForbiddenError("This action is not allowed", code="not_suspended")
    leaving.remove(services, target.id, by=by)


def require_seen(session: Session, case_id: int, action: Action) -> None:
    """Raise RefusedError where a decision would let in a post that waits: that is done on the review pages."""
    held = select(HoldRow.id).where(HoldRow.case_id == case_id, HoldRow.state == HoldState.HELD).limit(1)
    if action in LETS_IN and session.scalar(held) is not None:
        raise RefusedError("a post of this case waits: read it on the review pages and decide there")


def _require_outranked(session: Session, account: AccountRow, target: ActorRow) -> None:
    """Nobody decides about themselves, nor about staff of their own rank or above."""
    theirs = session.get(AccountRow, target.id) if target.local else None
    if theirs is None or theirs.role is Role.MEMBER:
        return
    above = Role.LEAD if theirs.role is Role.CHILD_SAFETY else theirs.role
    if theirs.id == account.id or lookup.at_least(above, account.role):
        raise ForbiddenError("This action is not allowed", code="role_required")


def _case_of(session: Session, report_id: int, target: ActorRow) -> int:
    report = session.get(ReportRow, report_id)
    if report is None or report.target_uri != target.uri:
        raise InvalidError("Validation failed: This report is not about this account", code="other_report")
    return report.case_id


def _open(services: Services, session: Session, target: ActorRow) -> int:
    now = services.clock.now()
    case = opening.Opening(
        target.uri,
        SubjectKind.ACCOUNT,
        CaseOrigin.REPORT,
        target.uri,
        target.domain,
        target.local,
        priority.rank(CaseOrigin.REPORT, now, severity=5.0),
    )
    return opening.open_many(session, [case], now)[0]
