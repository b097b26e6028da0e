"""Our own list as others may read it: rules with a public comment, and what became of those that were lifted.

Private notes, evidence and who set a rule never leave the house. A name that is hidden is told in no other way than
with stars, and by the digest that who knows the name can compare.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models.labels import LABELS
from moderation.cases.tables import CaseRow
from moderation.domains import editing
from moderation.domains.tables import DomainEventRow, DomainRuleRow
from moderation.domains.values import DomainRule, Filter
from moderation.rows import slices
from moderation.values import CaseState, Severity

RULED: Final = ("set", "lifted", "undone", "expired", "retracted")
"""Events that a rule came of, or went with."""
TOLD: Final = frozenset(LABELS) - {"self_harm"}
"""Labels that are named in public; care is nobody's offence."""


class Kind(StrEnum):
    """What a record says."""

    SET = "set"
    RETRACTED = "retracted"
    GONE = "gone"
    """It was told once, and its name is hidden since."""


@dataclass(frozen=True, slots=True)
class Record:
    """A rule that is told, or what became of it. `number` grows with time; a hidden name is spelt with stars."""

    number: int
    kind: Kind
    domain: str
    digest: str
    """SHA-256 (hex) of the name; empty for what is GONE."""
    hidden: bool
    at: datetime
    severity: Severity
    reject_media: bool = False
    reject_reports: bool = False
    filters: tuple[Filter, ...] = ()
    comment: str = ""
    labels: tuple[str, ...] = ()
    """What the cases that speak for it were about."""


def is_told(severity: Severity, comment: str) -> bool:
    """Whether a rule stands on the list: the public comment is what publishes it."""
    return bool(comment.strip()) and severity is not Severity.ALLOW


def in_force(session: Session) -> list[Record]:
    """The rules that are told, by name as it is shown."""
    rules = [rule for rule in editing.list_rules(session) if is_told(rule.severity, rule.public_comment)]
    numbers, labels = _numbers(session), _labels(session, (number for rule in rules for number in rule.evidence))
    found = [_of_rule(rule, numbers.get(rule.domain, 0), labels) for rule in rules]
    return sorted(found, key=lambda record: record.domain)


def retracted(session: Session) -> list[Record]:
    """Rules that were told and are lifted, the latest first: their servers have no rule of their own now."""
    last = _last().subquery()
    query = (
        select(DomainEventRow)
        .join(last, last.c.number == DomainEventRow.id)
        .where(~exists().where(DomainRuleRow.domain == DomainEventRow.domain), DomainEventRow.after.is_(None))
        .order_by(DomainEventRow.id.desc())
    )
    found = (_of_event(row, _hides(row.before), {}) for row in session.scalars(query))
    return [record for record in found if record is not None]


def snapshot(session: Session) -> list[Record]:
    """What is told now and what was taken back, the latest first. Hidden names aren't in it."""
    found = [record for record in (*in_force(session), *retracted(session)) if not record.hidden]
    return sorted(found, key=lambda record: -record.number)


def changes(session: Session, after: int, limit: int) -> tuple[list[Record], int | None]:
    """What was told since a number, oldest first; and the number to read on from, None at the end."""
    query = select(DomainEventRow).where(DomainEventRow.id > after, DomainEventRow.what.in_(RULED))
    rows = session.scalars(query.order_by(DomainEventRow.id).limit(limit + 1)).all()
    page = rows[:limit]
    hidden = _hidden(session, {row.domain for row in page})
    labels = _labels(session, (number for row in page for number in _evidence(row.after)))
    found = (_of_event(row, row.domain in hidden, labels) for row in page)
    return [record for record in found if record is not None], page[-1].id if len(rows) > limit else None


def latest(session: Session) -> int:
    """The number of the newest change; 0 where there is none."""
    query = select(func.max(DomainEventRow.id)).where(DomainEventRow.what.in_(RULED))
    return session.scalar(query) or 0


def obfuscated(domain: str) -> str:
    """A domain that is named without advertising it: the middle of its longest part is stars."""
    parts = domain.split(".")
    longest = max(range(len(parts)), key=lambda i: len(parts[i]))
    part = parts[longest]
    kept = max(1, len(part) // 4)
    parts[longest] = part[:kept] + "*" * max(1, len(part) - 2 * kept) + part[len(part) - kept :]
    return ".".join(parts)


def digest(domain: str) -> str:
    """What who knows a name compares it by."""
    return sha256(domain.encode()).hexdigest()


def _of_rule(rule: DomainRule, number: int, labels: Mapping[int, str]) -> Record:
    return Record(
        number,
        Kind.SET,
        obfuscated(rule.domain) if rule.obfuscate else rule.domain,
        digest(rule.domain),
        rule.obfuscate,
        rule.set_at,
        rule.severity,
        rule.reject_media,
        rule.reject_reports,
        tuple(one for one in Filter if one in rule.filters),
        rule.public_comment,
        _named(rule.evidence, labels),
    )


def _of_event(row: DomainEventRow, hidden: bool, labels: Mapping[int, str]) -> Record | None:
    """None for what told nobody anything. Of a name that is hidden now, what was told of it before is GONE."""
    before, after = row.before or {}, row.after or {}
    if not (_tells(before) or _tells(after)):
        return None
    said, kind = (after, Kind.SET) if _tells(after) else (before, Kind.RETRACTED)
    domain, mark = row.domain, digest(row.domain)
    if hidden:
        spelt = any(_tells(each) and not _hides(each) for each in (before, after))
        kind, mark = (Kind.GONE, "") if spelt else (kind, mark)
        domain = obfuscated(row.domain)
    told = kind is Kind.SET
    return Record(
        row.id,
        kind,
        domain,
        mark,
        hidden,
        row.at,
        Severity(said["severity"]),
        told and bool(said.get("reject_media")),
        told and bool(said.get("reject_reports")),
        tuple(map(Filter, said.get("filters", ()))) if told else (),
        str(said["public_comment"]) if told else "",
        _named(_evidence(said), labels) if told else (),
    )


def _tells(said: Mapping[str, Any]) -> bool:
    return "severity" in said and is_told(Severity(said["severity"]), str(said.get("public_comment", "")))


def _hides(said: Mapping[str, Any] | None) -> bool:
    return bool((said or {}).get("obfuscate"))


def _evidence(said: Mapping[str, Any] | None) -> Iterable[int]:
    return tuple((said or {}).get("evidence", ()))


def _last() -> Any:
    ruled = DomainEventRow.what.in_(RULED)
    last = select(DomainEventRow.domain, func.max(DomainEventRow.id).label("number"))
    return last.where(ruled).group_by(DomainEventRow.domain)


def _numbers(session: Session) -> dict[str, int]:
    """When each domain's rule was last touched, as the number of that event."""
    return {domain: number for domain, number in session.execute(_last())}


def _hidden(session: Session, domains: Collection[str]) -> set[str]:
    """Of these, whose name isn't spelt: their rule says so, or the last one that they had did."""
    found: set[str] = set()
    for part in slices(domains):
        last = _last().where(DomainEventRow.domain.in_(part)).subquery()
        rows = session.scalars(select(DomainEventRow).join(last, last.c.number == DomainEventRow.id))
        found |= {row.domain for row in rows if _hides(row.after if row.after is not None else row.before)}
    return found


def _labels(session: Session, numbers: Iterable[int]) -> dict[int, str]:
    """What decided cases were about. Nothing is told of what is sealed."""
    found: dict[int, str] = {}
    for part in slices(set(numbers)):
        query = select(CaseRow.id, CaseRow.label).where(CaseRow.id.in_(part), CaseRow.state == CaseState.DECIDED)
        found |= {number: label for number, label in session.execute(query) if label in TOLD}
    return found


def _named(evidence: Iterable[int], labels: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(sorted({labels[number] for number in evidence if number in labels}))
