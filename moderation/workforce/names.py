"""What moderators are called on the desk and outside: pseudonyms of their own choice, apart from their user names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.errors import RefusedError
from moderation.rows import upsert
from moderation.workforce.tables import CrewNameRow

LONGEST: Final = 40
_FIT: Final = re.compile(r"[^\W\d_][\w .’'-]*")


@dataclass(frozen=True, slots=True)
class Names:
    """Somebody's pseudonyms; where one is empty, the user name is used on the desk, and nobody's outside."""

    name: str
    desk: str = ""
    outside: str = ""


def of(session: Session, name: str) -> Names:
    """Somebody's, the empty ones where they chose none."""
    row = session.get(CrewNameRow, name, populate_existing=True)
    return Names(name) if row is None else Names(name, row.desk, row.outside)


def on_the_desk(session: Session) -> Mapping[str, str]:
    """By user name, what colleagues read; only of those who chose something."""
    rows = session.execute(select(CrewNameRow.name, CrewNameRow.desk).where(CrewNameRow.desk != "")).all()
    return {name: desk for name, desk in rows}


def meant(called: Mapping[str, str], said: str) -> str:
    """The user name behind what people type of those who are `called` something (by user name); else what was said."""
    wanted = plain(said)
    return next((name for name, desk in called.items() if plain(desk) == wanted), said.removeprefix("@"))


def outside(session: Session, name: str | None) -> str:
    """What those outside read; empty for who chose nothing, for machines and for nobody."""
    return "" if name is None else of(session, name).outside


def put(session: Session, wanted: Names, by: str, now: datetime) -> None:
    """Store them in place of the last. Raises RefusedError, also for what a colleague is called already."""
    for said in (wanted.desk, wanted.outside):
        if said and (len(said) > LONGEST or not _FIT.fullmatch(said)):
            raise RefusedError("a name begins with a letter, and has letters, digits, spaces, dots and hyphens")
    others = select(CrewNameRow).where(CrewNameRow.name != wanted.name)
    taken = {plain(said) for row in session.scalars(others) for said in (row.desk, row.outside, row.name) if said}
    if {plain(said) for said in (wanted.desk, wanted.outside) if said} & taken:
        raise RefusedError("a colleague is called so")
    row = {
        "name": wanted.name,
        "desk": wanted.desk,
        "outside": wanted.outside,
        "changed_by": by,
        "changed_at": now,
    }
    upsert(session, CrewNameRow, [row], put=("desk", "outside", "changed_by", "changed_at"))


def forget(session: Session, name: str) -> None:
    """Remove somebody's: they are gone."""
    session.execute(delete(CrewNameRow).where(CrewNameRow.name == name))


def plain(said: str) -> str:
    """A name without what makes no difference to its reader: case, widths, spaces and signs."""
    return "".join(each for each in unicodedata.normalize("NFKC", said).casefold() if each.isalnum())
