"""What colleagues are called on the pages of the review: read once for each request."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g

from app.accounts import lookup
from app.current import services
from app.reviewing import people
from app.web import sessions
from moderation.cases.values import CaseSummary
from moderation.workforce import names


def shown(name: str) -> str:
    """A colleague's name for the desk, or their user name with its sign; what is nobody's name (`list: …`, the command
    line, the clock) as it is.
    """
    if " " in name:
        return name
    return _chosen().get(name) or f"@{name}"


def may_be_given(case: CaseSummary) -> list[tuple[int, str]]:
    """Those to whom the reader may give a case, by number and name; nobody where they may give none."""
    me = sessions.member()
    if me is None or not lookup.at_least(me.role, people.PEOPLE):
        return []
    with services().db.read() as session:
        crew = people.who_may(session, people.WORK, services().clock.now())
    return [(actor.id, shown(actor.username)) for actor in crew if actor.username != case.assigned_to]


def by_number(number: str) -> str:
    """The user name of a colleague who was chosen from those; what was sent where it names none of them."""
    with services().db.read() as session:
        crew = people.who_may(session, people.WORK, services().clock.now())
    return next((actor.username for actor in crew if str(actor.id) == number), number)


def _chosen() -> Mapping[str, str]:
    found: Mapping[str, str] | None = g.get("desk_names")
    if found is None:
        with services().db.read() as session:
            found = names.on_the_desk(session)
        g.desk_names = found
    return found
