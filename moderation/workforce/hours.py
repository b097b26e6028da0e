"""The hours of a week that were agreed: beyond them new cases come only to who says that they go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from moderation.errors import HoursOverError
from moderation.log import chain
from moderation.rows import upsert
from moderation.workforce import attendance, records, spans
from moderation.workforce.tables import ConsentRow


@dataclass(frozen=True, slots=True)
class Week:
    """How much of what was agreed is done; `agreed` is None where nothing was."""

    worked: timedelta
    agreed: timedelta | None
    consented: bool

    @property
    def over(self) -> bool:
        """Whether new cases wait for their word."""
        return self.agreed is not None and self.worked >= self.agreed and not self.consented


def week(session: Session, name: str, zone: ZoneInfo, now: datetime) -> Week:
    """This week of somebody's, in the place's calendar."""
    monday = spans.week_of(now, zone)
    worked = spans.length(attendance.spans_of(session, name, spans.midnight(monday, zone), now))
    agreed = records.of(session, name).hours_a_week
    return Week(
        worked,
        None if agreed is None else timedelta(hours=agreed),
        session.get(ConsentRow, (name, monday)) is not None,
    )


def require_left(session: Session, name: str, zone: ZoneInfo, now: datetime) -> None:
    """Raises HoursOverError once the week's hours are done, unless they said that they go on."""
    if records.of(session, name).hours_a_week is not None and week(session, name, zone, now).over:
        raise HoursOverError


def go_on(session: Session, name: str, zone: ZoneInfo, now: datetime) -> None:
    """Their word that they go on this week."""
    monday = spans.week_of(now, zone)
    upsert(session, ConsentRow, [{"name": name, "week": monday, "given_at": now}])
    chain.append(session, name, "hours_extended", f"crew:{name}", {"week": monday.isoformat()}, now)
