"""The place by whose clock the crew's days, weeks and months are reckoned: one for the whole house."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.instance import facts
from app.reviewing import people
from app.services import Services
from moderation.log import chain

_ZONE: Final = "crew_zone"


@cache
def known() -> tuple[str, ...]:
    """Every place that has a clock, by name: `Europe/Paris`, and UTC."""
    return ("UTC", *sorted(each for each in available_timezones() if "/" in each and not each.startswith("Etc/")))


def of(session: Session) -> ZoneInfo:
    """The house's; UTC until somebody chose."""
    return ZoneInfo(str(facts.get(session, _ZONE, default="UTC")))


def choose(services: Services, by: AccountRow, name: str) -> None:
    """Set it; sheets that were approved keep theirs. Raises ForbiddenError, InvalidError."""
    writer, now = people.require(by, people.RULES), services.clock.now()
    if name not in known():
        raise InvalidError(_("There is no such place: choose one of the list."), code="bad_zone")
    with services.db.write() as session:
        facts.put(session, _ZONE, name, now)
        chain.append(session, writer, "zone_chosen", "house:crew", {"zone": name}, now)
