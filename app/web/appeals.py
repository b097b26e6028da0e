"""Appeals in words: what happened, who looks, why one can't be filed; and an appeal as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.appealing import crew, outside
from app.enforcement import appeals as telling
from moderation.appeals import reading
from moderation.appeals.contesting import TEXT_LONGEST
from moderation.appeals.tables import AppealRow
from moderation.appeals.values import Appeal
from moderation.cases.tables import DecisionRow


@dataclass(frozen=True)
class Line:
    """A message: theirs, or the moderators'. Nobody is named."""

    mine: bool
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
    lines = [Line(one.moderator is None, one.text, one.at) for one in reading.messages_of(session, row.id)]
    return AppealView(
        appeal=appeal,
        chip=chip(outcome),
        happened=telling.happened("answered", outcome, gettext) if outcome else "",
        who=_looks(appeal),
        lines=lines,
    )


def chip(outcome: str | None) -> tuple[str, str, str]:
    """Colour, sign and word for where an appeal is."""
    return {
        "uphold": ("note", "○", _("the decision stands")),
        "overturn": ("in", "✓", _("overturned")),
        "vary": ("in", "✓", _("decided otherwise")),
        "taken_back": ("in", "✓", _("taken back")),
    }.get(outcome or "") or ("hold", "◷", _("waiting for an answer"))


def who_looks(session: Session, row: DecisionRow, uri: str) -> str:
    """Who would look at an appeal of somebody's, as the crew is now: somebody else, where there is somebody else."""
    kept_out = crew.parties(session, (uri, row.author_uri))
    others = [name for name in crew.of(session, row) if name != row.made_by and name not in kept_out]
    return who(others=bool(others), outside=outside.reader(session) is not None)


def who(*, others: bool, outside: bool) -> str:
    """Who will look at an appeal, before it is filed."""
    if others:
        return _("Somebody else than who decided will look at it, with what was posted as it was then.")
    if outside:
        return _(
            "This server has too few moderators for somebody else here to look at it. It goes to a reader outside, "
            "whom those who run it have named: they see what was posted, the decision and your words, and decide."
        )
    return _(
        "This server has one moderator. Your appeal waits a day; then they look at it afresh, without the reasons that "
        "they gave at first. That is less than a second pair of eyes, and we say so."
    )


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


def _looks(appeal: Appeal) -> str:
    if appeal.outside_at is not None:
        return who(others=False, outside=True)
    return who(others=appeal.afresh_at is None, outside=False)
