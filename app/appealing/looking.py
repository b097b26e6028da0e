"""Who looks at an appeal, as the crew is now, and how that is said: a house of one or two doesn't claim to be more."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.appealing import crew, readers
from app.notifications.languages import Translate
from moderation.appeals.contesting import DECIDED_FIRST
from moderation.appeals.tables import AppealRow
from moderation.cases import exclusions
from moderation.cases.tables import DecisionRow


class Looks(StrEnum):
    """Who looks at an appeal."""

    OTHERS = "others"
    OUTSIDE = "outside"
    AFRESH = "afresh"
    """Who decided, a day later: they are alone."""
    AFRESH_OF_MORE = "afresh_of_more"
    """Who decided, a day later: there are others, who may not, because they are part of it."""
    NOBODY = "nobody"


def at(session: Session, decision: DecisionRow, uri: str, now: datetime, case_id: int | None = None) -> Looks:
    """Who would look at an appeal of somebody's now, or at the one that a case is about."""
    able = crew.of(session, decision, now)
    kept_out = _kept_out(session, decision, uri, case_id)
    if [name for name in able if name != decision.made_by and name not in kept_out]:
        return Looks.OTHERS
    if readers.reader(session) is not None:
        return Looks.OUTSIDE
    if decision.made_by not in able or decision.made_by in kept_out:
        return Looks.NOBODY
    return Looks.AFRESH if len(able) == 1 else Looks.AFRESH_OF_MORE


def waiting(session: Session, row: AppealRow, decision: DecisionRow, now: datetime) -> Looks:
    """Who looks at one that was filed: as the crew is now, whatever it was then."""
    return Looks.OUTSIDE if row.outside_at is not None else at(session, decision, row.uri, now, row.case_id)


def _kept_out(session: Session, decision: DecisionRow, uri: str, case_id: int | None) -> set[str]:
    """Who of the crew may not judge it: the parties, and who was kept out of the case; not who merely decided."""
    found = set(crew.parties(session, (uri, decision.author_uri)))
    for about in {case_id, decision.case_id} - {None}:
        known = exclusions.of(session, about or 0)
        found |= {name for name, row in known.items() if row.why != DECIDED_FIRST}
    return found


def answered(row: AppealRow, decision: DecisionRow) -> Looks:
    """Who looked at one that was answered."""
    if row.closed_by == readers.BY:
        return Looks.OUTSIDE
    return Looks.AFRESH if row.closed_by == decision.made_by else Looks.OTHERS


def who(looks: Looks, _: Translate) -> str:
    """Who will look at it, before and while it waits."""
    return {
        Looks.OTHERS: _("Somebody else than who decided will look at it, with what was posted as it was then."),
        Looks.OUTSIDE: _(
            "This server has too few moderators for somebody else here to look at it. It goes to a reader outside, "
            "whom those who run it have named: they see what was posted, the decision and your words, and decide."
        ),
        Looks.AFRESH: _(
            "This server has one moderator. Your appeal waits a day; then they look at it afresh, without the reasons "
            "that they gave at first. That is less than a second pair of eyes, and we say so."
        ),
        Looks.AFRESH_OF_MORE: _(
            "Who else moderates here is part of this, or may not judge it. Your appeal waits a day; then who decided "
            "looks at it afresh, without the reasons that they gave at first. That is less than a second pair of eyes, "
            "and we say so."
        ),
        Looks.NOBODY: _("Nobody here may judge it now. It waits until somebody joins who may, and you are told then."),
    }[looks]


def contest(looks: Looks, link: str, _: Translate) -> str:
    """How to contest a decision, in the mail that tells of it."""
    said = {
        Looks.OTHERS: _("If you think that this is wrong, contest it here; somebody else will look at it: %(link)s"),
        Looks.OUTSIDE: _(
            "If you think that this is wrong, contest it here; a reader outside this server will look at it: %(link)s"
        ),
        Looks.NOBODY: _("If you think that this is wrong, contest it here: %(link)s"),
    }
    alone = _(
        "If you think that this is wrong, contest it here. Nobody else here may judge it: it waits a day, then who "
        "decided reads it afresh, without their first reasons. %(link)s"
    )
    return said.get(looks, alone) % {"link": link}


def until(looks: Looks, day: str, _: Translate) -> str:
    """The same, on the page of the decision."""
    said = {
        Looks.OTHERS: _("Contest it here, until %(day)s: it costs nothing, and somebody else looks at it."),
        Looks.OUTSIDE: _("Contest it here, until %(day)s: it costs nothing, and a reader outside looks at it."),
        Looks.NOBODY: _("Contest it here, until %(day)s: it costs nothing."),
    }
    alone = _(
        "Contest it here, until %(day)s: it costs nothing. Nobody else here may judge it, so who decided looks at it "
        "afresh after a day, without their first reasons."
    )
    return said.get(looks, alone) % {"day": day}


def happened(outcome: str | None, looked: Looks, _: Translate) -> str:
    """How it ended, and who looked."""
    if outcome == "taken_back":
        return _("The decision was taken back.")
    who_looked = {
        Looks.OTHERS: _("Somebody else looked at it again."),
        Looks.OUTSIDE: _("A reader outside looked at it again."),
    }.get(looked) or _("Who decided looked at it afresh, because nobody else here may.")
    ended = {
        "uphold": _("The decision stands."),
        "overturn": _("They agree with you. What can be undone was undone."),
        "vary": _("They decided otherwise."),
    }.get(outcome or "")
    return f"{who_looked} {ended}" if ended else _("Your appeal was answered.")
