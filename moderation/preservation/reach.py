"""What orders reach. Every purge asks here, and nowhere else: a test reads each purge and says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, exists, literal, or_, select
from sqlalchemy.orm import Session, aliased

from moderation.cases.tables import CaseSubjectRow
from moderation.preservation.tables import OrderKind, PreservationOrderRow, PreservedPictureRow

_NAMED: Final = (OrderKind.ACCOUNT, OrderKind.POST)


def reaches(now: datetime, *names: Any) -> ColumnElement[bool]:
    """Whether an order in force wants a row kept. `names`: its columns that are URIs, its own and its author's."""
    order, subject = aliased(PreservationOrderRow), aliased(CaseSubjectRow)
    named = and_(order.kind.in_(_NAMED), order.target.in_(names))
    about = or_(*(or_(subject.uri == name, subject.author_uri == name) for name in names))
    in_case = exists().where(subject.case_id == order.case_id, about).correlate_except(subject)
    of_server = and_(order.kind == OrderKind.DOMAIN, or_(*(_lies_at(name, order.target) for name in names)))
    return exists().where(in_force(order, now), or_(named, in_case, of_server)).correlate_except(order)


def reaches_case(now: datetime, case_id: Any) -> ColumnElement[bool]:
    """The same of a case by its number: it is named, or something that it is about is to be kept."""
    order, subject = aliased(PreservationOrderRow), aliased(CaseSubjectRow)
    named = exists().where(in_force(order, now), order.case_id == case_id).correlate_except(order)
    about = exists().where(subject.case_id == case_id, reaches(now, subject.uri, subject.author_uri))
    return or_(named, about.correlate_except(subject))


def reaches_picture(now: datetime, key: Any) -> ColumnElement[bool]:
    """Whether a picture elsewhere belongs to what was copied. The copies go with their orders, and then it may."""
    return exists().where(PreservedPictureRow.key == key).correlate_except(PreservedPictureRow)


def is_reached(session: Session, now: datetime, *uris: str) -> bool:
    """Whether an order in force wants this kept."""
    return bool(session.scalar(select(reaches(now, *(literal(uri, String) for uri in uris)))))


def is_case_reached(session: Session, now: datetime, case_id: int) -> bool:
    """The same of a case."""
    return bool(session.scalar(select(reaches_case(now, literal(case_id)))))


def in_force(order: Any, now: datetime) -> ColumnElement[bool]:
    """It has begun, isn't over, and nobody has lifted it."""
    lasts = or_(order.ends_at.is_(None), order.ends_at > now)
    return and_(order.begins_at <= now, lasts, order.lifted_at.is_(None))


def _lies_at(uri: Any, domain: Any) -> ColumnElement[bool]:
    """At a server, a subdomain of it, or another port of it."""
    return or_(
        *(uri.like(literal(start, String) + domain + literal(end, String)) for start in _STARTS for end in ("/%", ":%"))
    )


_STARTS: Final = ("https://", "http://", "https://%.")
