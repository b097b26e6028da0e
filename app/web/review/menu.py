"""The menu of macros beside a case: which there are, and why one can't be done here."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.tables import Role
from app.reviewing import people
from app.web import pages
from moderation.cases import claims, decisions
from moderation.cases.plans import MEMBERS_ONLY
from moderation.cases.tables import CaseRow
from moderation.errors import RefusedError
from moderation.macros import keeping
from moderation.macros.values import Macro


@dataclass(frozen=True, slots=True)
class Offered:
    """A macro in the menu. `why_not` says why it can't be done here; empty where it can."""

    key: int
    name: str
    why_not: str


def offered(session: Session, role: Role, case_id: int) -> list[Offered]:
    """The house's macros for somebody of this role, by their keys."""
    case, locale = claims.find(session, case_id), pages.language()
    return [Offered(macro.key, macro.name(locale), _why_not(macro, role, case)) for macro in keeping.macros(session)]


def _why_not(macro: Macro, role: Role, case: CaseRow) -> str:
    wanted = macro.request(reason="", note="", version=None, members=None)
    if not people.may(role, wanted):
        return _("takes another role")
    if not case.local and MEMBERS_ONLY & {each.action for each in macro.steps}:
        return _("for members here")
    try:
        decisions.require_possible(case, wanted)
    except RefusedError:
        return _("doesn’t fit this case")
    return ""
