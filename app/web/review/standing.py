"""What counts against a member, what each of it weighs and until when, and where one more would lead, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.current import services
from app.instance import rules
from app.web import filters, pages
from app.web.review import words
from moderation.authors import ladder, strikes
from moderation.authors.strikes import Strike, StrikeState
from moderation.cases.tables import DecisionRow
from moderation.policy import store
from moderation.quality import blinding
from moderation.values import Action


@dataclass(frozen=True, slots=True)
class Struck:
    """A strike, and how the page says whether it counts."""

    strike: Strike
    rule: str
    chip: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's strikes, the newest first; `next` says where one more leads, the lightest first."""

    points: int
    struck: Sequence[Struck]
    next: Sequence[str]
    days: int


def of(session: Session, uri: str, reader: str, visible: ColumnElement[bool]) -> Standing | None:
    """None for who is no member here. Decisions that aren't `visible` to the reader, or that they are to read blind,
    are left out, and out of the sum."""
    member = select(AccountRow.id).join(ActorRow, ActorRow.id == AccountRow.id).where(ActorRow.uri == uri)
    if session.scalar(member) is None:
        return None
    policy, now = store.current(session), services().clock.now()
    found = _shown(session, strikes.of(session, uri, now), reader, visible)
    points = sum(each.points for each in strikes.active(found))
    return Standing(
        points,
        [
            Struck(each, rules.text_of(session, each.rule_id, pages.language()) or "", _chip(each.state))
            for each in found
        ],
        [_leads(each) for each in ladder.outlook(policy, points)],
        policy.strikes.days,
    )


def _struck(session: Session, strike: Strike) -> Struck:
    rule = rules.text_of(session, strike.rule_id, pages.language()) or ""
    return Struck(strike, rule, _chip(strike.state))


def _shown(session: Session, found: Sequence[Strike], reader: str, visible: ColumnElement[bool]) -> list[Strike]:
    ids = [each.decision_id for each in found]
    rows = session.execute(select(DecisionRow.id, DecisionRow.uri).where(DecisionRow.id.in_(ids), visible)).all()
    unread = blinding.unread(session, [row.uri for row in rows], reader)
    shown = {row.id for row in rows if row.uri not in unread}
    return [each for each in found if each.decision_id in shown]


def _chip(state: StrikeState) -> tuple[str, str, str]:
    return {
        StrikeState.ACTIVE: ("hold", "●", _("counts")),
        StrikeState.EXPIRED: ("", "○", _("counts no more")),
        StrikeState.LIFTED: ("in", "✓", _("taken back")),
    }[state]


def _leads(one: ladder.Outlook) -> str:
    """Why it is that step: what would be added, what that makes, and from where on the step is recommended."""
    weighs = _(
        "From severity %(severity)s on, one more weighs %(more)s and makes %(points)s:",
        severity=one.severity,
        more=filters.number(one.more),
        points=ngettext("%(num)d point", "%(num)d points", one.points),
    )
    if one.rung is None:
        return " ".join((weighs, _("no step is recommended.")))
    step = words.action(Action(one.rung.action))
    if one.rung.days is not None:
        term = ngettext("for %(num)d day", "for %(num)d days", one.rung.days)
        step = f"{step} {term}"
    least = _("(from %(count)s on)", count=ngettext("%(num)d point", "%(num)d points", one.rung.points))
    return f"{weighs} {step} {least}"
