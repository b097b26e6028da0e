"""The rules of the house, in English and French. A rule that decisions refer to is retired, never deleted."""

from __future__ import annotations

from dataclasses import asdict, fields

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import InvalidError, NotFoundError
from app.instance.first_rules import DEFAULTS, RuleText
from app.instance.tables import RuleRow
from app.services import Services
from app.stores.jobs import Job
from moderation.authors.severities import KINDS
from moderation.dsa.schema import CATEGORIES
from moderation.log import chain

MAX_TEXT, MAX_HINT = 300, 1000
BY = "ostiary"
"""Who changed a rule, where it was no member of staff."""


def rules(session: Session) -> list[RuleRow]:
    """The rules in force, in their order."""
    return list(session.scalars(select(RuleRow).where(RuleRow.retired_at.is_(None)).order_by(RuleRow.position)))


def text_of(session: Session, rule_id: str | int | None, locale: str) -> str | None:
    """What a rule says, in force or retired; None where there's no such rule."""
    if rule_id is None or not str(rule_id).isdecimal() or len(str(rule_id)) > 18:
        return None
    row = session.get(RuleRow, int(rule_id))
    return None if row is None else text_in(row, locale)


def text_in(row: RuleRow, locale: str) -> str:
    """A rule in a reader's language."""
    return row.text_fr if locale.startswith("fr") else row.text_en


def hint_in(row: RuleRow, locale: str) -> str:
    """Its explanation in a reader's language."""
    return row.hint_fr if locale.startswith("fr") else row.hint_en


def examples_in(row: RuleRow, locale: str) -> tuple[str, str]:
    """What is fine under a rule, and what isn't, in a reader's language; empty where nobody wrote one."""
    return (row.good_fr, row.bad_fr) if locale.startswith("fr") else (row.good_en, row.bad_en)


def category_of(session: Session, rule_id: str | int | None) -> str:
    """What breaking a rule is called in the DSA's transparency database; empty where that is left to the case."""
    if rule_id is None or not str(rule_id).isdecimal() or len(str(rule_id)) > 18:
        return ""
    row = session.get(RuleRow, int(rule_id))
    return row.category if row is not None else ""


def labels_of(session: Session, rule_id: str) -> tuple[str, ...]:
    """What a rule is about; nothing for what is no rule."""
    if not rule_id.isdecimal() or len(rule_id) > 18:
        return ()
    row = session.get(RuleRow, int(rule_id))
    return tuple(row.labels.split()) if row is not None else ()


def get(session: Session, rule_id: int) -> RuleRow:
    """A rule in force; raises NotFoundError."""
    row = session.get(RuleRow, rule_id)
    if row is None or row.retired_at is not None:
        raise NotFoundError
    return row


def add(services: Services, wanted: RuleText, by: str = BY) -> RuleRow:
    """Add a rule at the end. Raises InvalidError."""
    _require_good(wanted)
    now = services.clock.now()
    with services.db.write() as session:
        last = session.scalar(select(func.max(RuleRow.position))) or 0
        row = _row(wanted, last + 1)
        session.add(row)
        session.flush()
        chain.append(session, by, "rule_added", f"rule:{row.id}", {"text": row.text_en}, now)
    services.nudger.nudge(Job.TERMS)
    return row


def change(services: Services, rule_id: int, wanted: RuleText, by: str = BY) -> RuleRow:
    """Word a rule anew; raises NotFoundError, InvalidError."""
    _require_good(wanted)
    now = services.clock.now()
    with services.db.write() as session:
        row = get(session, rule_id)
        before = {each.name: getattr(row, each.name) for each in fields(RuleText)}
        news = {name: value.strip() for name, value in asdict(wanted).items() if value.strip() != before[name]}
        for name, value in news.items():
            setattr(row, name, value)
        if news:
            chain.append(session, by, "rule_changed", f"rule:{row.id}", {n: before[n] for n in news}, now)
    services.nudger.nudge(Job.TERMS)
    return row


def move(services: Services, rule_id: int, up: bool, by: str = BY) -> None:
    """Change places with the rule before or after; nothing at the ends. Raises NotFoundError."""
    with services.db.write() as session:
        order = rules(session)
        here = [row.id for row in order].index(get(session, rule_id).id)
        there = here - 1 if up else here + 1
        if 0 <= there < len(order):
            order[here].position, order[there].position = order[there].position, order[here].position
            payload = {"from": here + 1, "to": there + 1}
            chain.append(session, by, "rule_moved", f"rule:{rule_id}", payload, services.clock.now())
    services.nudger.nudge(Job.TERMS)


def retire(services: Services, rule_id: int, by: str = BY) -> None:
    """Take a rule out of force; what was decided by it still names it."""
    now = services.clock.now()
    with services.db.write() as session:
        row = get(session, rule_id)
        row.retired_at = now
        chain.append(session, by, "rule_retired", f"rule:{rule_id}", {"text": row.text_en}, now)
    services.nudger.nudge(Job.TERMS)


def ensure_defaults(services: Services) -> None:
    """Give a new house six plain rules; a house that ever had rules keeps its own."""
    with services.db.write() as session:
        if session.scalar(select(func.count()).select_from(RuleRow)) == 0:
            session.add_all(_row(wanted, position) for position, wanted in enumerate(DEFAULTS, start=1))


def _row(wanted: RuleText, position: int) -> RuleRow:
    return RuleRow(position=position, **{name: value.strip() for name, value in asdict(wanted).items()})


def _require_good(wanted: RuleText) -> None:
    texts = (wanted.text_en, wanted.text_fr)
    more = (wanted.hint_en, wanted.hint_fr, wanted.good_en, wanted.good_fr, wanted.bad_en, wanted.bad_fr)
    if not all(text.strip() for text in texts):
        raise InvalidError(_("A rule needs its text in both languages"), code="text_missing")
    if max(map(len, texts)) > MAX_TEXT or max(map(len, more)) > MAX_HINT:
        raise InvalidError(_("That is too long"), code="too_long")
    if not set(wanted.labels.split()) <= set(KINDS):
        raise InvalidError(_("There is no such category"), code="no_such_label")
    if wanted.category and wanted.category not in CATEGORIES:
        raise InvalidError(_("There is no such category"), code="no_such_category")
