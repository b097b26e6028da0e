"""Which cases a queue matches, as conditions that the database applies: placing and previews ask the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, literal, null, or_, select, true

from moderation.cases.tables import CaseRow
from moderation.queues.values import PLACES, UNKNOWN, WAYS, Match, Queue, Source
from moderation.reports.tables import ReportOrigin, ReportRow
from moderation.rows import table_of
from moderation.values import CaseOrigin

MACHINES = (CaseOrigin.HOLD, CaseOrigin.WAVE, CaseOrigin.AUDIT, CaseOrigin.RETRY, CaseOrigin.CARE)


def condition(match: Match) -> ColumnElement[bool]:
    """That a case is one of this queue's, whatever other queues say."""
    asked = (
        _categories(match.categories) if match.categories else None,
        _languages(match.languages) if match.languages else None,
        _sources(match.sources, PLACES),
        _sources(match.sources, WAYS),
        _domains(match.domains) if match.domains else None,
    )
    return and_(true(), *(each for each in asked if each is not None))


def first(queues: Sequence[Queue]) -> ColumnElement[Any]:
    """The id of the first queue that matches; NULL is the rest."""
    if not queues:
        return cast(null(), BigInteger)
    return case(*((condition(each.match), literal(each.id, BigInteger)) for each in queues), else_=null())


def _categories(names: Sequence[str]) -> ColumnElement[bool]:
    cases, reports = table_of(CaseRow), table_of(ReportRow)
    return or_(cases.c.label.in_(names), _reported(reports.c.category.in_(names)))


def _languages(codes: Sequence[str]) -> ColumnElement[bool]:
    """With their regions: `pt` is `pt-BR` too."""
    column = func.lower(table_of(CaseRow).c.language)
    asked = [code.lower() for code in codes if code != UNKNOWN]
    parts = [column.in_(asked), *(column.startswith(f"{code}-", autoescape=True) for code in asked)]
    return or_(*parts, *([column.is_(None)] if UNKNOWN in codes else []))


def _sources(asked: Sequence[Source], kinds: Sequence[Source]) -> ColumnElement[bool] | None:
    parts = [_source(each) for each in kinds if each in asked]
    return or_(*parts) if parts else None


def _source(source: Source) -> ColumnElement[bool]:
    cases, reports = table_of(CaseRow), table_of(ReportRow)
    if source in PLACES:
        return cases.c.local.is_(source is Source.LOCAL)
    if source is Source.REPORT:
        return or_(cases.c.origin == CaseOrigin.REPORT, cases.c.reports > 0)
    if source is Source.NOTICE:
        return _reported(reports.c.origin == ReportOrigin.VISITOR)
    if source is Source.APPEAL:
        return cases.c.origin == CaseOrigin.APPEAL
    return cases.c.origin.in_(MACHINES)


def _domains(names: Sequence[str]) -> ColumnElement[bool]:
    column = table_of(CaseRow).c.author_domain
    return or_(column.in_(names), *(column.endswith(f".{name}", autoescape=True) for name in names))


def _reported(which: ColumnElement[bool]) -> ColumnElement[bool]:
    cases, reports = table_of(CaseRow), table_of(ReportRow)
    found = select(reports.c.id).where(reports.c.case_id == cases.c.id, which).correlate(cases)
    return and_(cases.c.reports > 0, found.exists())
