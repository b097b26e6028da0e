"""Opening cases, and joining what belongs to one that is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from moderation.cases import due
from moderation.cases.priority import Rank
from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseEventRow, CaseRow, CaseSubjectRow
from moderation.queues import placing
from moderation.rows import insert_ids, insert_many, slices, table_of, upsert
from moderation.values import CaseOrigin, CaseState, SubjectKind, Submission


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that is to be opened."""

    uri: str
    kind: SubjectKind
    origin: CaseOrigin
    author_uri: str
    author_domain: str
    local: bool
    rank: Rank
    label: str | None = None
    language: str | None = None
    reasons: Sequence[str] = ()
    cluster_id: int | None = None
    verdict_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    has_pictures: bool = False


def opening_of(
    submission: Submission,
    origin: CaseOrigin,
    rank: Rank,
    *,
    label: str | None = None,
    reasons: Sequence[str] = (),
    verdict_id: int | None = None,
    cluster_id: int | None = None,
) -> Opening:
    """The opening of a case about a submission."""
    return Opening(
        submission.uri,
        submission.kind,
        origin,
        submission.author.uri,
        submission.author.domain,
        submission.author.origin == "local",
        rank,
        label,
        code_of(submission),
        tuple(reasons),
        cluster_id,
        verdict_id,
        has_pictures=has_pictures(each.media_type for each in submission.media),
    )


def has_pictures(media_types: Iterable[str]) -> bool:
    """Whether there is anything to look at among media: sounds are listened to."""
    return any(not kind.startswith("audio/") for kind in media_types)


def code_of(submission: Submission) -> str | None:
    """Its language, as rows keep it."""
    return submission.language[:12] if submission.language else None


def open_many(session: Session, openings: Sequence[Opening], now: datetime) -> list[int]:
    """Open a case for each; their ids."""
    ids = insert_ids(session, CaseRow, [_row(each, now) for each in openings])
    pairs = list(zip(ids, openings, strict=True))
    insert_many(session, CaseSubjectRow, [_subject(number, each, now) for number, each in pairs])
    note_many(session, ids, "opened", None, now)
    placing.place(session, ids, now)
    return ids


def open_cases(session: Session, uris: Iterable[str]) -> dict[str, int]:
    """By subject, the case about it that isn't decided yet. Appeals are about decisions: nothing joins them.

    A sealed one counts: what is said of its subject later must not bring it back to the desk.
    """
    cases, subjects = table_of(CaseRow), table_of(CaseSubjectRow)
    found: dict[str, int] = {}
    for part in slices(uris):
        statement = (
            select(subjects.c.uri, cases.c.id)
            .join(cases, cases.c.id == subjects.c.case_id)
            .where(
                subjects.c.uri.in_(part),
                cases.c.state.in_((*UNDECIDED, CaseState.SEALED)),
                cases.c.origin != CaseOrigin.APPEAL,
            )
            .order_by(cases.c.id)
        )
        found |= {uri: number for uri, number in session.execute(statement)}
    return found


def join_many(session: Session, case_id: int, members: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Add subjects (uri, author_uri, kind, verdict_id; of a wave's also language and distance) to a case.

    Its version stays: a wave that grows would never be decided, and what joins later is no less alike.
    """
    rows = [{"case_id": case_id, "added_at": now, "language": None, "distance": None, **member} for member in members]
    upsert(session, CaseSubjectRow, rows, put=("verdict_id",))
    members_now = (
        select(func.count()).select_from(CaseSubjectRow).where(CaseSubjectRow.case_id == case_id).scalar_subquery()
    )
    session.execute(update(CaseRow).where(CaseRow.id == case_id).values(members=members_now))


def touch(
    session: Session,
    case_id: int,
    what: str,
    by: str | None,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    **values: Any,
) -> None:
    """Note, with its details, that something happened that a decision should know of: the version grows, and its queue
    may be another. `values` are columns of the case that change with it."""
    statement = update(CaseRow).where(CaseRow.id == case_id)
    news = {"version": CaseRow.version + 1, "changed_what": what, "changed_by": by, "changed_at": now, **values}
    session.execute(statement.values(**news))
    note(session, case_id, what, by, now, details)
    placing.place(session, [case_id], now)


def note(
    session: Session,
    case_id: int,
    what: str,
    by: str | None,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what happened to a case."""
    note_many(session, [case_id], what, by, now, details)


def note_many(
    session: Session,
    case_ids: Sequence[int],
    what: str,
    by: str | None,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what happened to several cases."""
    rows = [
        {"case_id": number, "what": what, "by": by, "at": now, "details": dict(details or {})} for number in case_ids
    ]
    insert_many(session, CaseEventRow, rows)


def _row(each: Opening, now: datetime) -> dict[str, Any]:
    return {
        "uri": each.uri,
        "kind": each.kind,
        "origin": each.origin,
        "state": CaseState.OPEN,
        "author_uri": each.author_uri,
        "author_domain": each.author_domain,
        "local": each.local,
        "label": each.label,
        "language": each.language,
        "reasons": list(each.reasons),
        "rank": each.rank.value,
        "rank_parts": each.rank.parts,
        "version": 1,
        "changed_what": "opened",
        "changed_at": now,
        "opened_at": now,
        "due_at": due.of(each.origin, now, local=each.local),
        "escalation_note": "",
        "cluster_id": each.cluster_id,
        "reports": 0,
        "members": 1,
        "has_pictures": each.has_pictures,
        "queue_version": 0,
    }


def _subject(case_id: int, each: Opening, now: datetime) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "uri": each.uri,
        "author_uri": each.author_uri,
        "kind": each.kind,
        "verdict_id": each.verdict_id,
        "added_at": now,
        "language": each.language,
    }
