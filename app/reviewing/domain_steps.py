"""The ladder about another server: what each rung would set, doing it, and taking back one's own last step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.enforcement import enact
from app.reviewing import asking, people, planned, ruling
from app.services import Services
from moderation import turns
from moderation.cases.reversals import UNDO_WINDOW
from moderation.cases.tables import CaseRow
from moderation.domains import editing
from moderation.domains.editing import MOST_EVIDENCE
from moderation.domains.rules import rule_at, rule_for
from moderation.domains.values import NO_FILTERS, RuleDraft, draft_of
from moderation.errors import NotFoundError
from moderation.values import Severity

REVIEWED_AFTER: Final = timedelta(days=14)


class DomainStep(StrEnum):
    """From the mildest up."""

    HOLD = "hold"
    LIMIT = "limit"
    NOTICE = "notice"
    """Suspended after a week, of which members are told."""
    SUSPEND = "suspend"


SEVERITY: Final = {
    DomainStep.HOLD: Severity.HOLD,
    DomainStep.LIMIT: Severity.SILENCE,
    DomainStep.NOTICE: Severity.SUSPEND,
    DomainStep.SUSPEND: Severity.SUSPEND,
}

_AFTER: Final[Mapping[Severity, DomainStep | None]] = {
    Severity.HOLD: DomainStep.LIMIT,
    Severity.SILENCE: DomainStep.NOTICE,
    Severity.SUSPEND: None,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a rule, and the cases that speak for it."""

    public: str = ""
    private: str = ""
    evidence: tuple[int, ...] = ()


def draft(session: Session, rung: DomainStep, domain: str, said: Said | None, now: datetime) -> RuleDraft:
    """The rule that a rung asks for. What the domain's own rule says besides stays; a limit is looked at again after
    REVIEWED_AFTER, and none of them ends by itself. `said` of None keeps the comments and evidence that are there.
    """
    own = rule_at(session, domain)
    before = draft_of(own) if own is not None else RuleDraft(domain, SEVERITY[rung])
    asked = replace(
        before,
        severity=SEVERITY[rung],
        review_at=now + REVIEWED_AFTER if rung is DomainStep.LIMIT else None,
        expires_at=None,
        filters=NO_FILTERS if SEVERITY[rung] is Severity.SUSPEND else before.filters,
        source="",
    )
    if said is None:
        return asked
    evidence = tuple(dict.fromkeys((*before.evidence, *said.evidence)))[-MOST_EVIDENCE:]
    return replace(asked, public_comment=said.public, private_comment=said.private, evidence=evidence)


def next_rung(session: Session, domain: str) -> DomainStep | None:
    """The rung after the one that the rule in force stands on; None at the top, and where there was no case so far."""
    rule = rule_for(session, domain)
    if rule is None:
        cases = select(CaseRow.id).where(CaseRow.author_domain == domain).limit(1)
        return DomainStep.HOLD if session.scalar(cases) is not None else None
    return _AFTER.get(rule.severity, DomainStep.HOLD)


def undoable(session: Session, account: AccountRow, domain: str, now: datetime) -> bool:
    """Whether the last thing that was done about this domain is this person's, and can be taken back."""
    return editing.own_last(session, domain, people.name_of(account), now - UNDO_WINDOW) is not None


def take(services: Services, account: AccountRow, rung: DomainStep, domain: str, said: Said) -> None:
    """Take a rung. Raises ForbiddenError, BadDomainError."""
    with services.db.read() as session:
        wanted = draft(session, rung, domain, said, services.clock.now())
    if rung is DomainStep.NOTICE:
        planned.announce(services, account, wanted)
    else:
        ruling.set_rules(services, account, [wanted])


def undo(services: Services, account: AccountRow, domain: str) -> None:
    """Take back one's own last step of the last ten minutes: a rule, a question, an announcement.

    Raises ForbiddenError, NotFoundError, ConflictError.
    """
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        last = editing.own_last(session, domain, by, now - UNDO_WINDOW)
        if last is None:
            raise NotFoundError("nothing of yours can be undone any more; a rule can still be changed or lifted")
        if last.what == editing.ASKED:
            asking.withdraw(session, int((last.after or {})["question"]), now)
            editing.note(session, domain, editing.UNDONE, by, now)
        elif last.what == editing.ANNOUNCED:
            planned.undo(session, domain, by, now)
        else:
            people.require(account, people.RULES)
            done = editing.undo(session, last, by, now)
            enact.enact(services, session, done.effects)
