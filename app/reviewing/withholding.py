"""What is withheld from those below a moderator: who reported. How often a reporter was right says enough to decide by.

A reviewer may be a freelancer for a month, a trainee here for an hour; a reporter trusted the house, not them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from app.accounts import lookup
from app.accounts.tables import Role
from app.reviewing import people
from moderation.cases.values import CaseDetail, Event

LEARNS_WHO_REPORTED: Final = people.PEOPLE
_REPORTED: Final = "reported"


def from_case(found: CaseDetail, role: Role) -> CaseDetail:
    """A case as somebody of this role may see it."""
    if lookup.at_least(role, LEARNS_WHO_REPORTED):
        return found
    reports = tuple(replace(each, reporter_uri=None) for each in found.reports)
    return replace(found, reports=reports, history=from_events(found.history, role))


def from_events(found: Iterable[Event], role: Role) -> tuple[Event, ...]:
    """A history as somebody of this role may see it: of a reporter, their server stays."""
    if lookup.at_least(role, LEARNS_WHO_REPORTED):
        return tuple(found)
    return tuple(replace(each, by=_server_of(each.by)) if each.what == _REPORTED else each for each in found)


def _server_of(who: str | None) -> str | None:
    return urlsplit(who).netloc if who is not None and "//" in who else who
