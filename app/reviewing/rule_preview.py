"""What a rule about a server would do, counted before it is set: for pages and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.reviewing import domain_record, impact
from app.reviewing.domain_record import Mention
from app.reviewing.impact import Impact, Loss
from moderation.domains import editing
from moderation.domains.rules import DomainRules
from moderation.domains.values import DomainRule, RuleDraft
from moderation.values import Severity


@dataclass(frozen=True, slots=True)
class Preview:
    """`before` is the rule in force now, perhaps a parent's."""

    draft: RuleDraft
    before: DomainRule | None
    impact: Impact
    losses: tuple[Loss, ...]
    """Members who would lose follows; none where it suspends nobody."""
    lists: tuple[Mention, ...]
    """The followed lists that name it, or one above it."""

    @property
    def otherwise(self) -> tuple[Mention, ...]:
        """Those of them that want something else done."""
        return tuple(one for one in self.lists if one.differs(self.draft))


def of(session: Session, draft: RuleDraft) -> Preview:
    """What it would do, whether or not it can be set as it is."""
    rules = DomainRules.load(session)
    names = impact.meant(session, rules, draft.domain, subdomains=draft.subdomains)
    losses = impact.losses(session, names) if draft.severity is Severity.SUSPEND else []
    lists = domain_record.lists_of(session, draft.domain)
    return Preview(draft, rules.match(draft.domain), impact.of_these(session, names), tuple(losses), lists)


def checked(session: Session, draft: RuleDraft, by: str, now: datetime) -> Preview:
    """The same of a rule that could be set now; nothing is written. Raises BadDomainError where it couldn't."""
    editing.prepare(session, [draft], by, now)
    return of(session, draft)
