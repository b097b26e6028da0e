"""Everything that happened to a subject, oldest first: verdicts, reports, cases, decisions, holds, appeals."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation.cases.values import Event
from moderation.timeline import pages
from moderation.timeline.sources import CASES_OF, SOURCES
from moderation.timeline.values import About, Entry, Kind

MOST = 500
_OWN = tuple(source for source in SOURCES if source.name != CASES_OF)
_STORY = frozenset((Kind.DOOR, Kind.REPORTS, Kind.CASES, Kind.DECISIONS, Kind.APPEALS))


def of(session: Session, uri: str) -> list[Event]:
    """The latest 500 events on a subject (a post, an author), oldest first; `moderation.timeline` has all of it."""
    return [entry.event for entry in entries(session, uri)]


def entries(session: Session, uri: str) -> list[Entry]:
    """The same, each with the subject and the case that it tells of: who reads them may not be for all of these."""
    found, _more = pages.page(session, About(uri), _OWN, kinds=_STORY, limit=MOST)
    return found[::-1]
