"""Instance rules are made, said anew, moved on and rolled back, by a name and logged; and read where one changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from moderation.errors import ForbiddenArrowError, NotFoundError, RefusedError
from moderation.instance_rules import language
from moderation.instance_rules.evaluating import Rule, Rules
from moderation.instance_rules.language import BadExpressionError
from moderation.instance_rules.states import ARROWS
from moderation.instance_rules.tables import InstanceRuleRow, RuleState, RuleVersionRow
from moderation.log import chain as log
from moderation.patterns.tables import PatternSeverity
from moderation.policy.parsing import LABEL_NAMES

LONGEST_NAME: Final = 80
LONGEST_NOTE: Final = 500
MOST_ASKED: Final = 50
"""Rules in shadow or live: each is asked about every post."""
ASKED: Final = (RuleState.SHADOW, RuleState.LIVE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a rule is to say."""

    name: str
    expression: str
    severity: PatternSeverity = PatternSeverity.HOLD
    label: str = "spam"
    note: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A rule with what it says now."""

    row: InstanceRuleRow
    version: RuleVersionRow


class InstanceRulesCache:
    """The rules of one process: read again when one has changed."""

    def __init__(self) -> None:
        self._stamp: Stamp | None = None
        self._rules = Rules()

    def get(self, session: Session, stamp: Stamp) -> Rules:
        """Those in shadow or live; whether their time is over is asked when they are. `stamp` was just read."""
        if stamp != self._stamp:
            self._rules, self._stamp = load(session), stamp
        return self._rules


Stamp = tuple[Any, ...]
STAMP = (
    select(func.max(InstanceRuleRow.changed_at)).scalar_subquery(),
    select(func.max(RuleVersionRow.id)).scalar_subquery(),
)
"""Columns to ask for: equal only where no rule changed."""


def load(session: Session) -> Rules:
    """Every rule that is asked about posts."""
    found = _stated(session, InstanceRuleRow.state.in_(ASKED))
    return Rules([rule_of(each, live=each.row.state is RuleState.LIVE) for each in found])


def rule_of(stated: Stated, *, live: bool) -> Rule:
    """A rule as it is asked; what only an older release took has no answer, which shows as failing."""
    row, version = stated.row, stated.version
    try:
        program = language.compile_(version.expression)
    except BadExpressionError:
        program = language.Program(None)
    return Rule(row.id, row.name, version.number, version.severity, version.label, live, row.expires_at, program)


def several(session: Session) -> list[Stated]:
    """All of them: live first, then in shadow, drafts, and what is off; the newest of each first."""
    order = [RuleState.LIVE, RuleState.SHADOW, RuleState.DRAFT, RuleState.OFF]
    return sorted(_stated(session), key=lambda each: (order.index(each.row.state), -each.row.id))


def proposed(session: Session, now: datetime) -> int:
    """How many wait for somebody to put them in force, because of a wave that isn't over."""
    waits = (InstanceRuleRow.state == RuleState.DRAFT, InstanceRuleRow.cluster_id.is_not(None))
    drafts = select(func.count()).select_from(InstanceRuleRow).where(*waits, InstanceRuleRow.expires_at > now)
    return session.scalar(drafts) or 0


def find(session: Session, number: int) -> Stated:
    """One. Raises NotFoundError."""
    found = _stated(session, InstanceRuleRow.id == number) if 0 < number < 1 << 63 else []
    if not found:
        raise NotFoundError("there is no such rule")
    return found[0]


def versions(session: Session, number: int) -> Sequence[RuleVersionRow]:
    """All that a rule ever said, the newest first."""
    query = select(RuleVersionRow).where(RuleVersionRow.rule_id == number)
    return session.scalars(query.order_by(RuleVersionRow.number.desc())).all()


def make(session: Session, draft: Draft, by: str, now: datetime, *, cluster_id: int | None = None) -> Stated:
    """Another, as a draft. Raises BadExpressionError, RefusedError."""
    _require_sound(draft, now)
    row = InstanceRuleRow(
        name=_name(draft.name),
        state=RuleState.DRAFT,
        version=1,
        cluster_id=cluster_id,
        expires_at=draft.expires_at,
        made_by=by,
        made_at=now,
        changed_at=_next(session, now),
    )
    session.add(row)
    session.flush()
    version = _write(session, row, draft, 1, by, now)
    log.append(session, by, "instance_rule_made", f"instance_rule:{row.id}", {"name": row.name}, now)
    return Stated(row, version)


def say(session: Session, number: int, draft: Draft, by: str, now: datetime) -> Stated:
    """Say it anew, which is a version; where nothing changed, none. Raises NotFoundError, BadExpressionError,
    RefusedError."""
    stated = find(session, number)
    _require_sound(draft, now)
    row, before = stated.row, stated.version
    row.name, row.expires_at, row.changed_at = _name(draft.name), draft.expires_at, _next(session, now)
    said = (draft.expression, draft.severity, draft.label, draft.note.strip()[:LONGEST_NOTE])
    if said == (before.expression, before.severity, before.label, before.note):
        session.flush()
        return stated
    row.version = versions(session, number)[0].number + 1
    version = _write(session, row, draft, row.version, by, now)
    payload: log.Payload = {"name": row.name, "version": row.version}
    log.append(session, by, "instance_rule_said", f"instance_rule:{row.id}", payload, now)
    return Stated(row, version)


def move(session: Session, number: int, to: RuleState, by: str, now: datetime) -> Stated:
    """Along an arrow. Raises NotFoundError, ForbiddenArrowError; RefusedError where too many are asked already, or its
    time is over."""
    stated = find(session, number)
    row = stated.row
    if to not in ARROWS[row.state]:
        raise ForbiddenArrowError(f"a rule that is {row.state.value} doesn't become {to.value}")
    if to in ASKED:
        _require_may_be_asked(session, row, now)
    row.state, row.changed_at = to, _next(session, now)
    session.flush()
    payload: log.Payload = {"name": row.name, "state": to.value, "version": row.version}
    log.append(session, by, "instance_rule_moved", f"instance_rule:{row.id}", payload, now)
    return stated


def roll_back(session: Session, number: int, by: str, now: datetime) -> Stated:
    """What it said before is what it says again; its state stays. Raises NotFoundError, RefusedError without a
    version before."""
    stated = find(session, number)
    row = stated.row
    earlier = [each for each in versions(session, number) if each.number < row.version]
    if not earlier:
        raise RefusedError("it never said anything else")
    row.version, row.changed_at = earlier[0].number, _next(session, now)
    session.flush()
    payload: log.Payload = {"name": row.name, "version": row.version}
    log.append(session, by, "instance_rule_rolled_back", f"instance_rule:{row.id}", payload, now)
    return Stated(row, earlier[0])


def end_due(session: Session, now: datetime) -> int:
    """Those whose time is over are off; how many."""
    due = InstanceRuleRow.expires_at <= now, InstanceRuleRow.state != RuleState.OFF
    rows = session.scalars(select(InstanceRuleRow).where(*due)).all()
    for row in rows:
        end(session, row, now)
    return len(rows)


def end(session: Session, row: InstanceRuleRow, now: datetime) -> None:
    """It is off, because its time or its wave is over."""
    row.state, row.changed_at = RuleState.OFF, _next(session, now)
    session.flush()
    log.append(session, "policy", "instance_rule_ended", f"instance_rule:{row.id}", {"name": row.name}, now)


def _stated(session: Session, *which: Any) -> list[Stated]:
    query = (
        select(InstanceRuleRow, RuleVersionRow)
        .join(RuleVersionRow, RuleVersionRow.rule_id == InstanceRuleRow.id)
        .where(RuleVersionRow.number == InstanceRuleRow.version, *which)
        .order_by(InstanceRuleRow.id)
    )
    return [Stated(row, version) for row, version in session.execute(query)]


def _next(session: Session, now: datetime) -> datetime:
    """Now, but later than every change before it: two in one moment are told apart."""
    last = session.scalar(select(func.max(InstanceRuleRow.changed_at)))
    return now if last is None or last < now else last + timedelta(microseconds=1)


def _write(session: Session, row: InstanceRuleRow, draft: Draft, number: int, by: str, now: datetime) -> RuleVersionRow:
    version = RuleVersionRow(
        rule_id=row.id,
        number=number,
        expression=draft.expression,
        severity=draft.severity,
        label=draft.label,
        note=draft.note.strip()[:LONGEST_NOTE],
        made_by=by,
        made_at=now,
    )
    session.add(version)
    session.flush()
    return version


def _require_sound(draft: Draft, now: datetime) -> None:
    language.compile_(draft.expression)
    if draft.label not in LABEL_NAMES:
        raise RefusedError(f"what it is about is one of {', '.join(LABEL_NAMES)}")
    if draft.expires_at is not None and draft.expires_at <= now:
        raise RefusedError("its end is over already")


def _require_may_be_asked(session: Session, row: InstanceRuleRow, now: datetime) -> None:
    if row.expires_at is not None and row.expires_at <= now:
        raise RefusedError("its end is over already")
    asked = select(func.count()).select_from(InstanceRuleRow)
    others = asked.where(InstanceRuleRow.state.in_(ASKED), InstanceRuleRow.id != row.id)
    in_time = or_(InstanceRuleRow.expires_at.is_(None), InstanceRuleRow.expires_at > now)
    if (session.scalar(others.where(in_time)) or 0) >= MOST_ASKED:
        raise RefusedError(f"at most {MOST_ASKED} rules are asked about every post")


def _name(text: str) -> str:
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise RefusedError(f"a rule has a name of at most {LONGEST_NAME} characters")
    return plain
