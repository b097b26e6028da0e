"""Members of a wave that don't look like it: people who have been around, are followed here, write another language.

Nothing is decided about them along with the wave unless somebody named them: most of them quote it, warn of it, or had
their account taken over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from moderation.authors.tables import AuthorRow
from moderation.cases import newcomers
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.rows import slices
from moderation.values import CaseOrigin

OLD: Final = timedelta(days=365)
"""Accounts that send waves were rarely made so long ago."""
COMMON: Final = 0.75
"""What share of those whose language is known makes it the wave's, so that another one stands out."""
ORIGINS: Final = frozenset((CaseOrigin.WAVE, CaseOrigin.HOLD))
"""Waves, and what was left out of one; what a report names, somebody chose."""


class Mark(StrEnum):
    """Why a member stands out."""

    FOLLOWED_HERE = "followed_here"
    OTHER_LANGUAGE = "other_language"
    AGED = "aged"


@dataclass(frozen=True, slots=True)
class Outliers:
    """All of a case, those first that it would be worst to take along."""

    marks: dict[str, tuple[Mark, ...]]
    """By URI."""
    language: str | None
    """The wave's own; None where there is none, or none is known."""


def of(session: Session, case: CaseRow, now: datetime) -> Outliers:
    """Which members of a case stand out, but for the one that its page shows: three queries for any number of them.

    Age and followers are those of the author's last post here.
    """
    if newcomers.is_led_by(case.reasons):
        return Outliers({}, None)  # they are together because of their server, and needn't be alike
    if case.origin not in ORIGINS or case.members < 2 or not _has_several_authors(session, case):
        return Outliers({}, None)
    common, others = _languages(session, case.id)
    aged, foreign = AuthorRow.made_at < now - OLD, _among(others)
    statement = (
        select(
            CaseSubjectRow.uri,
            func.coalesce(AuthorRow.followers_here, 0),
            AuthorRow.made_at,
            CaseSubjectRow.language,
        )
        .outerjoin(AuthorRow, AuthorRow.uri == CaseSubjectRow.author_uri)
        .where(CaseSubjectRow.case_id == case.id, CaseSubjectRow.uri != case.uri)
        .where(or_(AuthorRow.followers_here > 0, aged, foreign))
    )
    rows = sorted(
        (-followers, language not in others, made_at or now, uri)
        for uri, followers, made_at, language in session.execute(statement)
    )
    return Outliers(
        {uri: _marks(fewer < 0, not same, made_at < now - OLD) for fewer, same, made_at, uri in rows}, common
    )


def with_a_past(session: Session, author_uris: Iterable[str], now: datetime) -> set[str]:
    """Those of the authors who have been around, or are followed here."""
    found: set[str] = set()
    for part in slices(set(author_uris)):
        past = or_(AuthorRow.followers_here > 0, AuthorRow.made_at < now - OLD)
        found |= set(session.scalars(select(AuthorRow.uri).where(AuthorRow.uri.in_(part), past)))
    return found


def _marks(followed: bool, foreign: bool, aged: bool) -> tuple[Mark, ...]:
    said = ((followed, Mark.FOLLOWED_HERE), (foreign, Mark.OTHER_LANGUAGE), (aged, Mark.AGED))
    return tuple(mark for holds, mark in said if holds)


def _has_several_authors(session: Session, case: CaseRow) -> bool:
    others = select(CaseSubjectRow.uri).where(
        CaseSubjectRow.case_id == case.id, CaseSubjectRow.author_uri != case.author_uri
    )
    return session.scalar(others.limit(1)) is not None


def _languages(session: Session, case_id: int) -> tuple[str | None, frozenset[str]]:
    """What nearly all of them are written in, and the codes of the other languages; regions make no difference."""
    statement = (
        select(CaseSubjectRow.language, func.count())
        .where(CaseSubjectRow.case_id == case_id, CaseSubjectRow.language.is_not(None))
        .group_by(CaseSubjectRow.language)
    )
    counts = {code: count for code, count in session.execute(statement) if code}
    spoken: Counter[str] = Counter()
    for code, count in counts.items():
        spoken[_plain(code)] += count
    common, most = max(spoken.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    if not most or most < COMMON * spoken.total():
        return None, frozenset()
    return common, frozenset(code for code in counts if _plain(code) != common)


def _plain(code: str) -> str:
    return code.lower().replace("_", "-").partition("-")[0]


def _among(languages: frozenset[str]) -> ColumnElement[bool]:
    return CaseSubjectRow.language.in_(sorted(languages)) if languages else false()
