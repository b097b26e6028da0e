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


def of(session: Session, account: AccountRow, now: datetime) -> ColumnElement[bool] | None:
    """Cases that aren't dealt to somebody; None for who works here alone, for there would be nobody else."""
    if not people.has_others(session, people.name_of(account), now):
        return None
    me = aliased(ActorRow)
    return _correlated(select(me.id).where(me.id == account.id, _concerns(me)))


def hidden_from(name: str, now: datetime) -> ColumnElement[bool]:
    """Cases that somebody of this name has to do with, and that somebody else of the crew has not; and cases of queues
    that ask for a higher role.

    What everybody here has to do with stays for all of them to open: a case that is for nobody would wait for ever.
    """
    me = aliased(ActorRow)
    concerned = select(me.id).where(me.local, me.username == name, _concerns(me))
    return or_(and_(_correlated(concerned), _somebody_is_free(name, now)), queues.beyond(name))


def _somebody_is_free(name: str, now: datetime) -> ColumnElement[bool]:
    working = [role for role in lookup.STAFF if lookup.at_least(role, people.WORK)]
    other = aliased(ActorRow)
    free = (
        select(other.id)
        .join(AccountRow, AccountRow.id == other.id)
        .where(other.username != name, AccountRow.role.in_(working), lookup.opens_the_review(now, other))
        .where(~_concerns(other))
    )
    return _correlated(free)


def _concerns(who: Any) -> ColumnElement[bool]:
    """A condition on cases and an actor, whose row the enclosing query has."""
    cases, target, author = table_of(CaseRow), aliased(ActorRow), ties.author()
    followed = (
        select(FollowRow.id)
        .join(target, target.id == FollowRow.target_id)
        .where(FollowRow.follower_id == who.id, FollowRow.state == FollowState.ACCEPTED, target.uri == author)
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
