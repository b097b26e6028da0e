"""Your record: what was decided about a member, what of it counts and until when, and what they contested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask_babel import gettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.current import services
from app.enforcement import reasons
from app.instance import rules as instance_rules
from app.web import appeals, pages, sessions
from moderation.appeals import reading
from moderation.authors import strikes
from moderation.authors.strikes import Strike, StrikeState
from moderation.policy import store
from moderation.statements import reading as statements
from moderation.statements.tables import StatementRow

blueprint = sessions.guard(Blueprint("record", __name__))
blueprint.after_request(sessions.keep_nowhere)


@dataclass(frozen=True)
class StrikeView:
    """A strike in words."""

    strike: Strike
    happened: str
    rule: str
    chip: tuple[str, str, str]


@dataclass(frozen=True)
class Given:
    """A statement of reasons, briefly."""

    happened: str
    at: datetime
    link: str


@dataclass(frozen=True)
class Filed:
    """An appeal, briefly."""

    id: int
    at: datetime
    chip: tuple[str, str, str]


@blueprint.get("/record")
@sessions.signed_in
def mine() -> str:
    """For the member alone."""
    me, now = sessions.required(), services().clock.now()
    with services().db.read() as session:
        struck = [_strike(session, each) for each in strikes.of(session, me.uri, now)]
        given = [_given(row) for row in statements.of_person(session, me.uri)]
        filed = [
            Filed(each.id, each.filed_at, appeals.chip(each.outcome.value if each.outcome else None))
            for each in reading.of_person(session, me.uri)
        ]
        days = store.current(session).strikes.days
    return render_template("record.html", strikes=struck, points=_points(struck), given=given, filed=filed, days=days)


def _points(struck: Sequence[StrikeView]) -> int:
    return sum(each.strike.points for each in struck if each.strike.state is StrikeState.ACTIVE)


def _strike(session: Session, strike: Strike) -> StrikeView:
    return StrikeView(
        strike=strike,
        happened=reasons.happened(strike.action.value, gettext),
        rule=instance_rules.text_of(session, strike.rule_id, pages.language()) or "",
        chip={
            StrikeState.ACTIVE: ("hold", "●", _("counts")),
            StrikeState.EXPIRED: ("", "○", _("counts no more")),
            StrikeState.LIFTED: ("in", "✓", _("taken back")),
        }[strike.state],
    )


def _given(row: StatementRow) -> Given:
    link = f"/decisions/{row.decision_id}" if row.decision_id is not None else f"/statements/{row.id}"
    return Given(reasons.happened(row.action, gettext, of_edit=row.of_edit), row.made_at, link)
