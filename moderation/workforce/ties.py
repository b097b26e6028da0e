"""What a moderator said of whom they have to do with, as a condition on cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select

from moderation.cases.tables import CaseRow
from moderation.quality.tables import StagedRow
from moderation.rows import table_of
from moderation.workforce.records import Record


def author() -> ColumnElement[Any]:
    """Who wrote what a case is about; a staged case hides it, and yet is about them."""
    cases, staged = table_of(CaseRow), table_of(StagedRow)
    real = select(staged.c.author_uri).where(staged.c.case_id == cases.c.id).correlate(cases).scalar_subquery()
    return func.coalesce(real, cases.c.author_uri)


def declared(record: Record) -> ColumnElement[bool]:
    """A condition on cases: their author, or the author's server or one above it, is a conflict that was declared."""
    table = table_of(CaseRow)
    domains, people = record.conflict_domains, sorted(set(record.conflict_people.values()))
    if not domains and not people:
        return false()
    below = [table.c.author_domain.endswith(f".{domain}", autoescape=True) for domain in domains]
    named = [author().in_(people)] if people else []
    return or_(table.c.author_domain.in_(domains), *named, *below)
