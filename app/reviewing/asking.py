"""Asking the moderators of another server: as a report in the house's name, and in private where a contact is known.

Both wait out the undo window; what comes back is kept with the question.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts import instance_actor
from app.accounts.tables import AccountRow, ActorRow
from app.errors import ConflictError
from app.federation import actors, contacts, outgoing
from app.federation.wire import sanitise
from app.posts.tables import PostRow, PostState
from app.relationships import edges
from app.reports import forwarding
from app.reviewing import people
from app.services import Services
from moderation.cases import exclusions
from moderation.cases.reversals import UNDO_WINDOW
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.domains import questions
from moderation.domains.names import for_rule
from moderation.domains.tables import DomainQuestionRow
from moderation.errors import BadDomainError, NotFoundError
from moderation.quality import blinding
from moderation.reports.tables import ForwardState
from moderation.values import PUBLIC_KINDS

LOOKED_BACK: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A public post that a case is about, to be named in a question."""

    uri: str
    author: str
    case_id: int
    label: str | None


def choices(session: Session, reader: str, domain: str, now: datetime) -> list[Chosen]:
    """What this reader can name: public posts of this very domain that cases of the last days are about."""
    query = _offered(session, reader, domain, now).limit(2 * questions.MOST_POSTS)
    found = {uri: Chosen(uri, f"@{name}@{domain}", case, label) for uri, name, case, label in session.execute(query)}
    unread = blinding.unread(session, found, reader)
    return [each for uri, each in found.items() if uri not in unread][: questions.MOST_POSTS]


def _offered(session: Session, reader: str, domain: str, now: datetime) -> Select[str, str, int, str | None]:
    return (
        select(CaseSubjectRow.uri, ActorRow.username, CaseRow.id, CaseRow.label)
        .join(CaseRow, CaseRow.id == CaseSubjectRow.case_id)
        .join(PostRow, PostRow.uri == CaseSubjectRow.uri)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(ActorRow.domain == domain, ActorRow.deleted_at.is_(None), CaseRow.opened_at > now - LOOKED_BACK)
        .where(PostRow.visibility.in_(PUBLIC_KINDS), PostRow.state != PostState.DELETED)
        .where(exclusions.is_for(session, reader, now))
        .order_by(CaseRow.id.desc(), CaseSubjectRow.uri)
    )


def _require_offered(session: Session, reader: str, domain: str, uris: Collection[str], now: datetime) -> None:
    """What was chosen is what this reader could choose, however many more there are than a page shows."""
    query = _offered(session, reader, domain, now).where(CaseSubjectRow.uri.in_(list(uris)))
    found = {uri for uri, *_rest in session.execute(query)}
    if found - blinding.unread(session, found, reader) != set(uris):
        raise BadDomainError("only public posts of this very server can be named, of cases that are yours to read")


def ask(services: Services, account: AccountRow, domain: str, text: str, uris: Collection[str]) -> int:
    """Ask them; the question's number. Nothing leaves before it can't be undone any more.

    Raises ForbiddenError, also where the domain is suspended, and BadDomainError for what can't be asked, as where
    neither a post is named nor anybody known to whom one could write.
    """
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    name = for_rule(domain, services.settings.domain)
    questions.require_sound(text.strip(), tuple(uris))
    with services.db.read() as session:
        _require_offered(session, by, name, uris, now)
    return ask_as(services, by, name, text, uris, now)


def ask_as(services: Services, by: str, domain: str, text: str, uris: Collection[str], now: datetime) -> int:
    """The same for whoever was let in otherwise, as on the command line."""
    text = text.strip()
    questions.require_sound(text, tuple(uris))
    actors.require_open(services, domain)
    house = instance_actor.instance_actor(services)
    with services.db.read() as session:
        contact = contacts.known(session, domain)
    someone = contacts.account(services, contact, domain)
    with services.db.write() as session:
        posts = _posts(session, domain, uris)
        if not posts and someone is None:
            raise BadDomainError("choose a post, or have its contact asked for first: there is nobody to write to")
        row = DomainQuestionRow(domain=domain, text=text, about=[post.uri for post, _author in posts])
        row.state, row.asked_by, row.asked_at = ForwardState.SENT, by, now
        _send(session, services, house, row, posts, someone, now + UNDO_WINDOW)
        return questions.put(session, row).id


def withdraw(session: Session, question_id: int, now: datetime) -> None:
    """Take one back that hasn't left. Raises NotFoundError, and ConflictError where it has."""
    row = session.get(DomainQuestionRow, question_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFoundError("no such question")
    said = [uri for uri in (row.flag_uri, _creation(row)) if uri is not None]
    if not outgoing.recalled(session, said):
        raise ConflictError("It has left already: what was written can't be taken back", code="left")
    row.withdrawn_at = now


def follow_up(services: Services, limit: int) -> int:
    """Write down which of those that were sent arrived or were given up; how many."""
    now, found = services.clock.now(), 0
    with services.db.write() as session:
        for row in questions.under_way(session, limit):
            came = [forwarding.came_of(session, uri) for uri in (row.flag_uri, _creation(row)) if uri is not None]
            states = {state for state, _reason in came}
            if ForwardState.DELIVERED in states:
                row.state, row.settled_at, found = ForwardState.DELIVERED, now, found + 1
            elif None not in states:
                row.reason = next((reason for _state, reason in came if reason), None)
                row.state, row.settled_at, found = ForwardState.REFUSED, now, found + 1
    return found


def _posts(session: Session, domain: str, uris: Collection[str]) -> list[tuple[PostRow, ActorRow]]:
    query = (
        select(PostRow, ActorRow)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(PostRow.uri.in_(list(uris)), ActorRow.domain == domain, PostRow.visibility.in_(PUBLIC_KINDS))
        .order_by(PostRow.pk)
    )
    found = [(post, author) for post, author in session.execute(query)]
    if len(found) != len(set(uris)):
        raise BadDomainError("only public posts of this very server can be named")
    return found


def _send(
    session: Session,
    services: Services,
    house: ActorRow,
    row: DomainQuestionRow,
    posts: Sequence[tuple[PostRow, ActorRow]],
    someone: ActorRow | None,
    not_before: datetime,
) -> None:
    if posts:
        row.flag_uri = edges.new_uri(services, "question")
        authors = list({author.id: author for _post, author in posts}.values())
        outgoing.asked(
            session, services, house, uri=row.flag_uri, authors=authors, posts=row.about, text=row.text,
            not_before=not_before,
        )  # fmt: skip
    if someone is not None:
        row.note_uri, row.contact_uri = edges.new_uri(services, "note"), someone.uri
        html = sanitise.from_plain("\n\n".join([row.text, *row.about]))
        outgoing.written(session, services, house, uri=row.note_uri, to=someone, html=html, not_before=not_before)


def _creation(row: DomainQuestionRow) -> str | None:
    """The URI of the activity that carries the message."""
    return None if row.note_uri is None else f"{row.note_uri}/activity"
