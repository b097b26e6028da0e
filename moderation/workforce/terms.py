"""What somebody of the crew is paid: agreed from a moment on, and never changed backwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.errors import RefusedError
from moderation.log import chain
from moderation.workforce.tables import TermsRow

MOST: Final = 100_000_000
"""In the smallest unit: nobody is paid a million an hour, and a typing error is noticed."""
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Terms:
    """Rates in the currency's smallest unit; `per_decision` pays for cases in place of the hours spent on them."""

    currency: str
    per_hour: int
    per_decision: int | None = None


def require_sound(terms: Terms) -> None:
    """Raises RefusedError. An hour is always worth something: training, breaks and appeals are paid by it."""
    if not _CURRENCY.fullmatch(terms.currency):
        raise RefusedError("a currency has three letters")
    for rate in (terms.per_hour, terms.per_decision):
        if rate is not None and not 0 < rate <= MOST:
            raise RefusedError("a rate is more than nothing")


def agree(session: Session, name: str, terms: Terms, by: str, now: datetime) -> None:
    """From now on these are somebody's. Raises RefusedError."""
    require_sound(terms)
    if at(session, name, now) == terms:
        return
    row = TermsRow(name=name, since=now, made_by=by, **_columns(terms))
    session.add(row)
    session.flush()
    chain.append(session, by, "terms_agreed", f"crew:{name}", _columns(terms), now)


def at(session: Session, name: str, moment: datetime) -> Terms | None:
    """What held at a moment; None for a volunteer."""
    query = select(TermsRow).where(TermsRow.name == name, TermsRow.since <= moment)
    row = session.scalars(query.order_by(TermsRow.since.desc(), TermsRow.id.desc()).limit(1)).first()
    return None if row is None else _value(row)


def history(session: Session, name: str) -> list[tuple[datetime, Terms]]:
    """All that ever held, oldest first, each with when it began."""
    query = select(TermsRow).where(TermsRow.name == name).order_by(TermsRow.since, TermsRow.id)
    return [(row.since, _value(row)) for row in session.scalars(query)]


def _value(row: TermsRow) -> Terms:
    return Terms(row.currency, row.per_hour, row.per_decision)


def _columns(terms: Terms) -> dict[str, str | int | None]:
    return {"currency": terms.currency, "per_hour": terms.per_hour, "per_decision": terms.per_decision}
