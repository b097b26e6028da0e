"""What a case's page shows of people who may need somebody: helplines to send, a pile-on, what was sent already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.care import giving, helplines
from app.care.tables import LetterRow
from app.federation.wire import sanitise
from app.instance import house
from app.posts.tables import PostRow, PostState
from moderation.cases.tables import CaseEventRow, CaseRow
from moderation.pile_ons import LABEL

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Written:
    """A post of a pile-on, in a line."""

    handle: str
    text: str


@dataclass(frozen=True, slots=True)
class Care:
    """What the page needs. `pile_on` holds some of what strangers wrote; empty for other cases."""

    countries: Sequence[tuple[str, str]]
    chosen: str
    noted_on: str
    is_pile_on: bool
    posts: int
    authors: int
    pile_on: Sequence[Written]
    sent: Sequence[LetterRow]


def care_of(session: Session, case_id: int, language: str) -> Care | None:
    """None for a case that isn't about a member who may need somebody."""
    case = session.get(CaseRow, case_id)
    if case is None or not giving.can_be_cared_for(case):
        return None
    details = _pile_on(session, case_id) if case.label == LABEL else {}
    return Care(
        helplines.countries(),
        _chosen(session, language),
        helplines.noted_on(),
        case.label == LABEL,
        int(details.get("posts", 0)),
        int(details.get("authors", 0)),
        _written(session, list(details.get("uris", ()))[-SHOWN:]),
        giving.sent(session, case_id),
    )


def _chosen(session: Session, language: str) -> str:
    """The country whose helplines are proposed: what the member's language says, else the house's, if it has any."""
    known, here = dict(helplines.countries()), house.country(session)
    return helplines.OF_LANGUAGE.get(language, "") or (here if here in known else "")


def _pile_on(session: Session, case_id: int) -> dict[str, Any]:
    statement = select(CaseEventRow.details).where(CaseEventRow.case_id == case_id, CaseEventRow.what == LABEL)
    return session.scalars(statement.order_by(CaseEventRow.id.desc()).limit(1)).first() or {}


def _written(session: Session, uris: Sequence[str]) -> list[Written]:
    statement = (
        select(ActorRow.username, ActorRow.domain, PostRow.content)
        .join(PostRow, PostRow.actor_id == ActorRow.id)
        .where(PostRow.uri.in_(uris), PostRow.state == PostState.PUBLISHED)
        .order_by(PostRow.pk.desc())
    )
    return [
        Written(f"@{name}@{domain}", " ".join(sanitise.to_text(content).split())[:160])
        for name, domain, content in session.execute(statement)
    ]
