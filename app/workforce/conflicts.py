"""What keeps a moderator from a case by itself: they wrote it, reported it, follow its author, or its queue is for
another role."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import people, queues
from moderation.cases.tables import CaseRow
from moderation.reports.tables import ReportRow
from moderation.rows import table_of
from moderation.workforce import ties

_ME, _OTHER, _TARGET = aliased(ActorRow), aliased(ActorRow), aliased(ActorRow)
"""Made once: these conditions stand in every list of cases, and an alias takes longer to make than to ask."""


def of(session: Session, account: AccountRow, now: datetime) -> ColumnElement[bool] | None:
    """Cases that aren't dealt to somebody; None for who works here alone, for there would be nobody else."""
    if not people.has_others(session, people.name_of(account), now):
        return None
    return _correlated(select(_ME.id).where(_ME.id == account.id, _concerns(_ME)))


def hidden_from(name: str, now: datetime) -> ColumnElement[bool]:
    """Cases that somebody of this name has to do with, and that somebody else of the crew has not; and cases of queues
    that ask for a higher role.

    What everybody here has to do with stays for all of them to open: a case that is for nobody would wait for ever.
    """
    concerned = select(_ME.id).where(_ME.id == _number_of(name), _concerns(_ME))
    return or_(and_(_correlated(concerned), _somebody_is_free(name, now)), queues.beyond(name))


def _number_of(name: str) -> Any:
    """Asked once for all cases, by the index of lower names: a condition on each would read every actor there is."""
    found = select(ActorRow.id).where(
        ActorRow.username_lower == name.lower(), ActorRow.username == name, ActorRow.local
    )
    return found.correlate(None).scalar_subquery()


def _somebody_is_free(name: str, now: datetime) -> ColumnElement[bool]:
    working = [role for role in lookup.STAFF if lookup.at_least(role, people.WORK)]
    free = (
        select(_OTHER.id)
        .join(AccountRow, AccountRow.id == _OTHER.id)
        .where(_OTHER.username != name, AccountRow.role.in_(working), lookup.opens_the_review(now, _OTHER))
        .where(~_concerns(_OTHER))
    )
    return _correlated(free)


def _concerns(who: Any) -> ColumnElement[bool]:
    """A condition on cases and an actor, whose row the enclosing query has."""
    cases, author = table_of(CaseRow), ties.author()
    followed = (
        select(FollowRow.id)
        .join(_TARGET, _TARGET.id == FollowRow.target_id)
        .where(FollowRow.follower_id == who.id, FollowRow.state == FollowState.ACCEPTED, _TARGET.uri == author)
        .correlate(cases, who)
    )
    reported = (
        select(ReportRow.id)
        .where(ReportRow.case_id == cases.c.id, ReportRow.reporter_uri == who.uri)
        .correlate(cases, who)
    )
    return or_(author == who.uri, followed.exists(), and_(cases.c.reports > 0, reported.exists()))


def _correlated(query: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = query.correlate(table_of(CaseRow)).exists()
    return found
