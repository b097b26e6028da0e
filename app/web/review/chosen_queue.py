"""The queue from which somebody takes the next case: chosen on the desk, remembered in their browser."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.tables import Role
from app.current import services
from app.paging import COUNTED
from app.reviewing import queues
from app.web import filters, forms
from moderation.errors import NotFoundError
from moderation.queues import keeping, placing
from moderation.queues.values import Queue

_KEPT = "case_queue"
REST = 0


@dataclass(frozen=True, slots=True)
class Offered:
    """A line of the chooser."""

    value: str
    words: str
    chosen: bool


def number() -> int | None:
    """The queue, 0 for the rest; None for all. One that was retired is forgotten."""
    found = cookie.get(_KEPT)
    if not isinstance(found, int) or found == REST:
        return REST if found == REST and isinstance(found, int) else None
    return found if _found(found) is not None else None


def choose(asked: str) -> None:
    """Remember a queue's number; `rest` is what none matches, anything else all. Raises NotFoundError."""
    cookie.pop(_KEPT, None)
    if asked == "rest":
        cookie[_KEPT] = REST
    elif (number := forms.as_number(asked)) is not None:
        with services().db.read() as session:
            cookie[_KEPT] = keeping.find(session, number).id


def offered(session: Session, role: Role) -> list[Offered]:
    """All, each queue that somebody of this role may work in, and the rest, with how many wait; nothing where there
    are no queues."""
    live = keeping.live(session)
    if not live:
        return []
    counts = placing.counts_up_to(session, [each.id for each in live], COUNTED + 1)
    chosen = number()
    mine = [each for each in live if queues.may(role, each)]
    return [
        Offered("", _("all queues"), chosen is None),
        *(Offered(str(each.id), _counted(each.name, counts[each.id]), chosen == each.id) for each in mine),
        Offered("rest", _counted(_("the rest"), counts[None]), chosen == REST),
    ]


def nothing() -> str:
    """What is said where there is no next case."""
    chosen = number()
    if chosen is None:
        return _("Nothing else waits.")
    queue = _found(chosen) if chosen else None
    name = queue.name if queue is not None else _("the rest")
    return _("Nothing else waits in “%(queue)s”. You can choose another queue on the desk.", queue=name)


def _counted(name: str, count: int) -> str:
    return f"{name} ({filters.up_to(count)})"


def _found(asked: int) -> Queue | None:
    try:
        with services().db.read() as session:
            return keeping.find(session, asked)
    except NotFoundError:
        return None
