"""What colleagues are called on the pages of the review: read once for each request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from flask import g
from flask_babel import gettext as _

from app.accounts import lookup, roles
from app.accounts.tables import AccountRow
from app.current import services
from app.purging import running
from app.reviewing import people
from app.web import sessions
from app.workforce import crew
from moderation.cases.values import CaseSummary
from moderation.workforce import names

_USER_NAME: Final = re.compile(r"[a-z0-9_]+", re.IGNORECASE | re.ASCII)


def shown(name: str) -> str:
    """A colleague's name for the desk, or their user name with its sign; what is nobody's name (`list: …`, the command
    line, the clock, a server, an address) in the reader's words or as it is.
    """
    if name in (roles.BY_TIME, running.JOB):
        return _("the clock")
    if name == roles.BY_COMMAND:
        return _("command line")
    if not _USER_NAME.fullmatch(name):
        return name
    return _chosen().get(name) or f"@{name}"


def instead(said: object) -> object:
    """What a colleague chose to be called, where that is whom it names; else what was said."""
    return _chosen().get(said, said) if isinstance(said, str) else said


def may_be_given(case: CaseSummary) -> list[tuple[int, str]]:
    """Those to whom the reader may give a case, by number and name; nobody where they may give none."""
    me = sessions.member()
    if me is None or not lookup.at_least(me.role, people.PEOPLE):
        return []
    with services().db.read() as session:
        able = people.who_may(session, people.WORK, services().clock.now())
    return [(actor.id, shown(actor.username)) for actor in able if actor.username != case.assigned_to]


def listed(accounts: Iterable[AccountRow]) -> list[tuple[int, str]]:
    """Colleagues to choose from, by number and name: a page tells only what they chose to be called."""
    return [(account.id, shown(people.name_of(account))) for account in accounts]


def by_number(number: str) -> str:
    """The user name of a colleague who was chosen from a list; what was sent where it names none of them."""
    with services().db.read() as session:
        found = crew.everybody(session, services().clock.now())
    return next((people.name_of(each) for each in found if str(each.id) == number), number)


def named(said: str) -> str:
    """The user name behind what the desk calls a colleague, as people type it; else what was said."""
    return names.meant(_chosen(), said)


def _chosen() -> Mapping[str, str]:
    found: Mapping[str, str] | None = g.get("desk_names")
    if found is None:
        with services().db.read() as session:
            found = names.on_the_desk(session)
        g.desk_names = found
    return found
