"""Lists that were taken by hand, each as one step, and what undoing one would do: rule by rule, as things are now.

A rule goes back to what it was before the list, unless somebody said something else of this very domain since: that
stays, and is named. What was taken back since counts as if it had never been; so do lists that were undone themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domains import editing
from moderation.domains.editing import UNDONE
from moderation.domains.tables import DomainEventRow, DomainImportRow
from moderation.domains.values import RuleDraft
from moderation.errors import ConflictError, NotFoundError


class Changed(Protocol):
    """A rule that was set or lifted: what an event's row says of it."""

    what: str
    import_id: int | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule that stays as it is, since somebody set or lifted it after the list: the last word on it."""

    domain: str
    what: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing a list would do now."""

    lifted: tuple[str, ...]
    """Domains that had no rule before, or one whose time is over by now."""
    put_back: tuple[RuleDraft, ...]
    kept: tuple[Kept, ...]

    @property
    def count(self) -> int:
        """How many rules would change."""
        return len(self.lifted) + len(self.put_back)


def begin(session: Session, digest: str, by: str, now: datetime) -> DomainImportRow:
    """A list is about to be taken; `rules` is filled in when they are set."""
    row = DomainImportRow(digest=digest, rules=0, taken_by=by, taken_at=now)
    session.add(row)
    session.flush()
    return row


def taken(session: Session, limit: int) -> list[DomainImportRow]:
    """The lists that were taken, the latest first."""
    return list(session.scalars(select(DomainImportRow).order_by(DomainImportRow.id.desc()).limit(limit)))


def one(session: Session, import_id: int, *, locked: bool = False) -> DomainImportRow:
    """One of them. Raises NotFoundError."""
    query = select(DomainImportRow).where(DomainImportRow.id == import_id)
    row = session.scalar(query.with_for_update() if locked else query) if import_id < 2**63 else None
    if row is None:
        raise NotFoundError("no list with this number was taken")
    return row


def require_undoable(row: DomainImportRow, found: Undoing) -> None:
    """Raise ConflictError where it is undone already, and where nothing of it is left to be undone."""
    if row.undone_at is not None:
        raise ConflictError(f"{row.undone_by} has undone this list already")
    if not found.count:
        raise ConflictError("nothing of this list is left to be undone: somebody had another word on every rule since")


def undoing(session: Session, import_id: int, now: datetime) -> Undoing:
    """What undoing it would do now."""
    undone = set(session.scalars(select(DomainImportRow.id).where(DomainImportRow.undone_at.is_not(None))))
    own = select(DomainEventRow.domain).where(DomainEventRow.import_id == import_id)
    rows = session.execute(
        select(DomainEventRow.__table__)
        .where(DomainEventRow.domain.in_(own))
        .order_by(DomainEventRow.domain, DomainEventRow.id)
    )
    lifted: list[str] = []
    put_back: list[RuleDraft] = []
    kept: list[Kept] = []
    for domain, events in groupby(rows, lambda row: row.domain):
        history = [event for event in events if _is_change(event)]
        standing = still_standing(history, undone)
        if not standing or standing[-1].import_id != import_id:
            last = history[-1]
            kept.append(Kept(domain, last.what, last.by, last.at))
        elif (draft := _draft(domain, before_it(standing, undone), now)) is not None:
            put_back.append(draft)
        else:
            lifted.append(domain)
    return Undoing(tuple(lifted), tuple(put_back), tuple(kept))


def still_standing(history: Sequence[Changed], undone: Collection[int]) -> list[Changed]:
    """The changes of one domain's rule, oldest first, without those that were taken back. Pure."""
    standing: list[Changed] = []
    for event in history:
        if event.what != UNDONE:
            standing.append(event)
            continue
        del standing[-1:]
        while standing and standing[-1].import_id in undone:
            standing.pop()  # it went along: what was put back is what was before that list
    return standing


def before_it(standing: Sequence[Changed], undone: Collection[int]) -> dict[str, Any] | None:
    """The rule before the last of these changes, and before any undone lists right before that. Pure."""
    place = len(standing) - 1
    while place and standing[place - 1].import_id in undone:
        place -= 1
    found: dict[str, Any] | None = standing[place].before
    return found


def _is_change(event: Changed) -> bool:
    """Whether it is about a rule; questions and announcements are events, too."""
    return any("severity" in (said or {}) for said in (event.before, event.after))


def _draft(domain: str, kept: dict[str, Any] | None, now: datetime) -> RuleDraft | None:
    if kept is None or (kept.get("expires_at") and datetime.fromisoformat(kept["expires_at"]) <= now):
        return None
    return editing.from_json(domain, kept, now)
