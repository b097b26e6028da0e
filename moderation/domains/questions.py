"""What the house asks of other servers' moderators, and what they answer. Knows no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domains import editing
from moderation.domains.tables import DomainAnswerRow, DomainQuestionRow
from moderation.errors import BadDomainError, NotFoundError
from moderation.reports.forwards import Said
from moderation.reports.tables import ForwardState

LONGEST: Final = 1000
"""Characters, as Mastodon's reports hold."""
MOST_POSTS: Final = 20
LONGEST_ANSWER: Final = 5000
MOST_ANSWERS: Final = 20
SHOWN: Final = timedelta(days=365)
_ARRIVED: Final = (ForwardState.DELIVERED, ForwardState.ANSWERED)


@dataclass(frozen=True, slots=True)
class Question:
    """One with what came back, the oldest answer first."""

    row: DomainQuestionRow
    answers: tuple[DomainAnswerRow, ...]


def require_sound(text: str, about: Sequence[str]) -> None:
    """Raise BadDomainError for what can't be asked."""
    if not text.strip():
        raise BadDomainError("write what you ask of them")
    if len(text) > LONGEST:
        raise BadDomainError(f"a question has at most {LONGEST} characters")
    if len(about) > MOST_POSTS:
        raise BadDomainError(f"at most {MOST_POSTS} posts can be named at once")


def put(session: Session, row: DomainQuestionRow) -> DomainQuestionRow:
    """Write one down, with its event."""
    session.add(row)
    session.flush()
    editing.note(session, row.domain, editing.ASKED, row.asked_by, row.asked_at, {"question": row.id})
    return row


def one(session: Session, question_id: int) -> DomainQuestionRow:
    """A question by its number. Raises NotFoundError."""
    row = session.get(DomainQuestionRow, question_id)
    if row is None:
        raise NotFoundError("no such question")
    return row


def of(session: Session, domain: str, now: datetime) -> list[Question]:
    """What was asked of a domain within SHOWN and not taken back, the latest first."""
    rows = session.scalars(
        select(DomainQuestionRow)
        .where(DomainQuestionRow.domain == domain, DomainQuestionRow.withdrawn_at.is_(None))
        .where(DomainQuestionRow.asked_at > now - SHOWN)
        .order_by(DomainQuestionRow.id.desc())
        .limit(20)
    ).all()
    answers: dict[int, tuple[DomainAnswerRow, ...]] = {}
    named = DomainAnswerRow.question_id.in_([row.id for row in rows])
    for each in session.scalars(select(DomainAnswerRow).where(named).order_by(DomainAnswerRow.id)):
        answers[each.question_id] = (*answers.get(each.question_id, ()), each)
    return [Question(row, answers.get(row.id, ())) for row in rows]


def under_way(session: Session, limit: int) -> list[DomainQuestionRow]:
    """Those of which nothing is known yet, the oldest first."""
    sent = select(DomainQuestionRow).where(
        DomainQuestionRow.state == ForwardState.SENT, DomainQuestionRow.withdrawn_at.is_(None)
    )
    return list(session.scalars(sent.order_by(DomainQuestionRow.id).limit(limit)))


def by_notes(session: Session, uris: Iterable[str]) -> dict[str, DomainQuestionRow]:
    """Questions by the URIs of the messages that carried them."""
    wanted = set(uris)
    if not wanted:
        return {}
    rows = session.scalars(select(DomainQuestionRow).where(DomainQuestionRow.note_uri.in_(wanted)))
    return {row.note_uri: row for row in rows if row.note_uri is not None}


def answer(session: Session, row: DomainQuestionRow, uri: str, author_uri: str, text: str, now: datetime) -> str | None:
    """Keep what somebody there writes back; where it isn't kept, why, in a word of ours. Said twice it's the same."""
    if session.scalar(select(DomainAnswerRow.id).where(DomainAnswerRow.uri == uri)) is not None:
        return None
    count = select(func.count(DomainAnswerRow.id)).where(DomainAnswerRow.question_id == row.id)
    if (session.scalar(count) or 0) >= MOST_ANSWERS:
        return "answers_full"
    words = text.strip()[:LONGEST_ANSWER]
    session.add(DomainAnswerRow(question_id=row.id, uri=uri, author_uri=author_uri, text=words, at=now))
    session.flush()
    _answered(row, now)
    return None


def settled(session: Session, domain: str, said: Said, now: datetime, *, undone: bool = False) -> bool:
    """Their moderators say that they settled what was asked as a report, or take that back; whether it was asked."""
    row = session.scalar(
        select(DomainQuestionRow).where(DomainQuestionRow.domain == domain, DomainQuestionRow.flag_uri == said.uri)
    )
    if said.uri is None or row is None:
        return False
    if not undone:
        _answered(row, now)
    elif row.state is ForwardState.ANSWERED:
        row.state, row.answered_at = ForwardState.DELIVERED, None
    return True


def _answered(row: DomainQuestionRow, now: datetime) -> None:
    if row.state is not ForwardState.ANSWERED:
        row.state, row.answered_at = ForwardState.ANSWERED, now
