"""What a followed list may name no longer: it stays while an unreadable row may name it, or a person lifts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from moderation.domains import following
from moderation.domains.lists.tables import DomainListEntryRow, DomainListRow
from moderation.domains.values import DomainRule
from moderation.log import chain


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Domains that nothing readable of a list names any more, and its rules about them, which no other list wants."""

    domains: tuple[str, ...]
    lifted: tuple[DomainRule, ...]


def of(session: Session, row: DomainListRow, now: datetime) -> Doubtful:
    """What of a list stays only because some of its rows can't be read, and which rules would go without them."""
    mine = (DomainListEntryRow.list_id == row.id, DomainListEntryRow.doubtful)
    domains = tuple(session.scalars(select(DomainListEntryRow.domain).where(*mine).order_by(DomainListEntryRow.domain)))
    if not domains:
        return Doubtful((), ())
    then = following.proposal(session, frozenset(), now, row, without_doubtful=True)
    among = frozenset(domains)
    lifted = sorted((rule for rule in then.lifted if rule.domain in among), key=lambda rule: rule.domain)
    return Doubtful(domains, tuple(lifted))


def forget(session: Session, row: DomainListRow, found: Doubtful, by: str, now: datetime) -> None:
    """The list doesn't name them any more, for all that its rows may say; logged. Their rules are the caller's."""
    gone = (DomainListEntryRow.list_id == row.id, DomainListEntryRow.doubtful)
    session.execute(delete(DomainListEntryRow).where(*gone))
    mine = select(func.count()).where(DomainListEntryRow.list_id == row.id)
    row.entries, row.changed_at = session.scalar(mine) or 0, now
    said = {"entries": len(found.domains), "rules": len(found.lifted)}
    chain.append(session, by, "list_doubtful_lifted", f"list:{row.id}", said, now)


def note(row: DomainListRow) -> str:
    """A sentence about a list of which some rows can't be read; empty for one that can."""
    if not row.unread_rows:
        return ""
    rows = f"{row.unread_rows} of its rows" if row.unread_rows > 1 else "one of its rows"
    return f"{rows} can't be read: whom that may name stays until it can, or until somebody lifts it all the same"
