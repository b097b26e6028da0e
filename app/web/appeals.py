"""Appeals in words: what happened, who looks, why one can't be filed; and an appeal as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.appealing import looking
from app.current import services
from app.workforce import names
from moderation.appeals import reading
from moderation.appeals.contesting import TEXT_LONGEST
from moderation.appeals.tables import AppealRow
from moderation.appeals.values import Appeal, Message
from moderation.cases.tables import DecisionRow


@dataclass(frozen=True)
class Line:
    """A message: theirs, or the moderators', under the name that its writer chose for those outside."""

    mine: bool
    who: str
    text: str
    at: datetime


@dataclass(frozen=True)
class AppealView:
    """What the page says."""

    appeal: Appeal
    chip: tuple[str, str, str]
    """Colour, sign, word."""
    happened: str
    who: str
    lines: Sequence[Line]


def view(session: Session, row: AppealRow) -> AppealView:
    """An appeal as who filed it reads it."""
    appeal = reading.appeal_of(row)
    outcome = appeal.outcome.value if appeal.outcome else None
    first = session.get_one(DecisionRow, row.decision_id)
    lines = [
        Line(one.moderator is None, _who(session, one), one.text, one.at)
        for one in reading.messages_of(session, row.id)
    ]
    return AppealView(
        appeal=appeal,
        chip=chip(outcome),
        happened=looking.happened(outcome, looking.answered(row, first), gettext) if outcome else "",
        who=looking.who(looking.waiting(session, row, first, services().clock.now()), gettext),
        lines=lines,
    )


def _who(session: Session, one: Message) -> str:
    return _("you") if one.moderator is None else names.signature(session, services().settings, one.moderator)


def chip(outcome: str | None) -> tuple[str, str, str]:
    """Colour, sign and word for where an appeal is."""
    return {
        "uphold": ("note", "○", _("the decision stands")),
        "overturn": ("in", "✓", _("overturned")),
        "vary": ("in", "✓", _("decided otherwise")),
        "taken_back": ("in", "✓", _("taken back")),
    }.get(outcome or "") or ("hold", "◷", _("waiting for an answer"))


def refusal(code: str) -> str:
    """Why an appeal or a message isn't taken."""
    return {
        "too_late": _("A decision can be contested for six months; this one is older."),
        "already": _("You have contested this decision already."),
        "taken_back": _("This decision was taken back: there is nothing left to contest."),
        "empty": _("Say what you think is wrong."),
        "too_long": _("That is too long: at most %(count)s characters.", count=TEXT_LONGEST),
        "too_many": _("You have written a lot already. Somebody will read it."),
        "closed": _("This appeal has been answered; nothing can be added to it."),
    }.get(code) or _("This can’t be contested.")
