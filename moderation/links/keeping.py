"""Link rules: which hold, made with a decision, lifted, put in force again, taken back with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.checks.links import above
from moderation.errors import NotFoundError, RefusedError
from moderation.links.tables import LinkRuleRow
from moderation.log import chain as log
from moderation.rows import slices


def in_force(session: Session, hosts: Iterable[str], now: datetime) -> frozenset[str]:
    """The hosts with a rule that holds, among these and those above them."""
    found: set[str] = set()
    for part in slices(each for host in hosts for each in above(host)):
        statement = select(LinkRuleRow.host).where(LinkRuleRow.host.in_(part), LinkRuleRow.lifted_by.is_(None))
        found.update(session.scalars(statement.where(LinkRuleRow.ends_at > now)))
    return frozenset(found)


def make(
    session: Session, decision_id: int, hosts: Iterable[str], days: int, by: str, now: datetime
) -> list[LinkRuleRow]:
    """A rule for each host, for so many days."""
    ends_at = now + timedelta(days=days)
    rows = [
        LinkRuleRow(host=host[:253], decision_id=decision_id, made_by=by, made_at=now, ends_at=ends_at)
        for host in dict.fromkeys(hosts)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def of_decision(session: Session, decision_id: int, now: datetime) -> list[LinkRuleRow]:
    """Those that came along with a decision and whose time isn't over, also those that were lifted."""
    statement = select(LinkRuleRow).where(LinkRuleRow.decision_id == decision_id, LinkRuleRow.ends_at > now)
    return list(session.scalars(statement.order_by(LinkRuleRow.host)))


def end_with(session: Session, decision_id: int, now: datetime) -> None:
    """The decision was taken back: its rules are over."""
    for row in of_decision(session, decision_id, now):
        row.ends_at = now
    session.flush()


def lift(session: Session, decision_id: int, number: int, by: str, now: datetime) -> None:
    """End one now. Raises NotFoundError, RefusedError where it doesn't hold any more."""
    row = _find(session, decision_id, number, now)
    if row.lifted_by is not None:
        raise RefusedError("this doesn't hold any more")
    row.lifted_by = by
    session.flush()
    log.append(session, by, "link_rule_lifted", f"decision:{decision_id}", {"host": row.host}, now)


def restore(session: Session, decision_id: int, number: int, by: str, now: datetime) -> None:
    """Put one in force again. Raises NotFoundError, RefusedError where it holds already."""
    row = _find(session, decision_id, number, now)
    if row.lifted_by is None:
        raise RefusedError("this is in force")
    row.lifted_by = None
    session.flush()
    log.append(session, by, "link_rule_restored", f"decision:{decision_id}", {"host": row.host}, now)


def _find(session: Session, decision_id: int, number: int, now: datetime) -> LinkRuleRow:
    row = session.get(LinkRuleRow, number, populate_existing=True)
    if row is None or row.decision_id != decision_id or row.ends_at <= now:
        raise NotFoundError("there is no such rule, or its time is over")
    return row
