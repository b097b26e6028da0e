"""Whom the house recommends: chosen by an admin, by their handles."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import InvalidError
from app.instance import facts
from app.reviewing import people
from app.services import Services
from app.suggestions.findable import findable
from app.suggestions.suggested import FACT
from moderation.log import chain

MOST = 50


def picked(session: Session) -> list[tuple[ActorRow, bool]]:
    """Those chosen, in their order, and whether each may be suggested now."""
    ids: list[int] = facts.get(session, FACT, [])
    rows = session.execute(select(ActorRow, findable()).where(ActorRow.id.in_(ids)))
    found = {row.id: (row, bool(may)) for row, may in rows}
    return [found[number] for number in ids if number in found]


def pick(services: Services, account: AccountRow, handles: Sequence[str]) -> None:
    """Recommend these from now on, and nobody else; it's in the log. Raises ForbiddenError, and InvalidError for a
    handle that nobody known here has, or too many.
    """
    by, now = people.require(account, Role.ADMIN), services.clock.now()
    wanted = list(dict.fromkeys(handle.strip().removeprefix("@") for handle in handles if handle.strip()))
    if len(wanted) > MOST:
        raise InvalidError(_("At most %(most)s people can be recommended", most=MOST), code="too_many_people")
    with services.db.write() as session:
        rows = [_find(session, services, handle) for handle in wanted]
        before = [lookup.acct_of(row) for row, _may in picked(session)]
        facts.put(session, FACT, list(dict.fromkeys(row.id for row in rows)), now)
        chain.append(
            session,
            by,
            "suggestions_chosen",
            "house:suggestions",
            {"before": " ".join(before), "now": " ".join(wanted)},
            now,
        )


def _find(session: Session, services: Services, handle: str) -> ActorRow:
    row = lookup.find_by_handle(session, services.settings, handle)
    if row is None or row.deleted_at is not None or row.domain_hidden:
        raise InvalidError(_("Nobody known here is called @%(handle)s", handle=handle), code="nobody")
    return row
