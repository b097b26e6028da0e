"""Grave cases as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.grave import jurisdictions
from moderation.grave.jurisdictions import Jurisdiction
from moderation.grave.tables import GraveCaseRow, GraveState


@dataclass(frozen=True, slots=True)
class Line:
    """A grave case in a list: nothing of what it is about."""

    row: GraveCaseRow
    case: CaseRow
    chip: str
    word: str
    overdue: bool
    place: Jurisdiction


def line(session: Session, row: GraveCaseRow, now: datetime) -> Line:
    """One line."""
    chip, word = {
        GraveState.RAISED: ("out", _("to be reported")),
        GraveState.REPORTED: ("note", _("reported")),
        GraveState.RELEASED: ("", _("released: a mistake")),
        GraveState.DESTROYED: ("", _("destroyed")),
    }[row.state]
    overdue = row.state is GraveState.RAISED and row.due_at <= now
    return Line(row, session.get_one(CaseRow, row.case_id), chip, word, overdue, jurisdictions.of(row.country))
