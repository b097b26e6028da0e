"""Lists of servers that are followed: asked politely, believed carefully, and done or shown first, as a lead wished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.federation.wire import uris
from app.federation.wire.errors import BadStatusError, BodyTooLargeError, FetchError
from app.federation.wire.fetching import Kind
from app.reviewing import domain_lists, impact, many_rules, people
from app.reviewing.impact import Impact
from app.reviewing.many_rules import Wanted
from app.services import Services
from moderation.domains import following, planning
from moderation.domains.editing import DomainDecided
from moderation.domains.following import Proposal
from moderation.domains.lists.tables import DomainListRow
from moderation.domains.lists.values import Import
from moderation.domains.names import canonical
from moderation.errors import BadDomainError, NotFoundError
from moderation.log import chain
from moderation.values import Severity

log = structlog.get_logger()
UNCHANGED = 304
MOST_LISTS = 50
MOST_EXCLUDED = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """A list that somebody wants to follow, and how."""

    name: str
    url: str
    priority: int = 0
    at_once: bool = False
    unsaid: Severity = Severity.SUSPEND
    at_most: Severity | None = None
    together: int = 1
    spare_followed: bool = True
    adopts: bool = False
    excludes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the lists propose, and what it would touch."""

    proposal: Proposal
    impact: Impact


def wish_of(row: DomainListRow) -> Wish:
    """How a list is followed now."""
    return Wish(
        row.name,
        row.url,
        row.priority,
        row.at_once,
        row.unsaid,
        Severity(row.at_most) if row.at_most else None,
        row.together,
        row.spare_followed,
        row.adopts,
        tuple(row.excludes),
    )


def with_wishes(before: Wish, *given: Mapping[str, Any], **more: Any) -> Wish:
    """The same with some wishes changed; its address stays."""
    changed: dict[str, Any] = {}
    for each in (*given, more):
        changed |= each
    return replace(before, **changed)


def follow(services: Services, account: AccountRow, wish: Wish) -> int:
    """Follow a list; its number. It is asked at once, and nothing of it is done before. Raises InvalidError and
    ForbiddenError."""
    return follow_as(services, people.require(account, people.RULES), wish)


def follow_as(services: Services, by: str, wish: Wish) -> int:
    """The same for whoever was let in otherwise, as on the command line."""
    now, wish = services.clock.now(), _sound(services, wish)
    with services.db.write() as session:
        there = following.followed(session)
        if len(there) >= MOST_LISTS:
            raise InvalidError(f"at most {MOST_LISTS} lists can be followed")
        if any(row.url == wish.url for row in there):
            raise InvalidError("this list is followed already")
        row = DomainListRow(url=wish.url, followed_by=by, followed_at=now, next_at=now)
        _put(row, wish)
        session.add(row)
        session.flush()
        chain.append(session, by, "list_followed", f"list:{row.id}", {"url": wish.url, "at_once": wish.at_once}, now)
        list_id = row.id
    ask(services, list_id)
    return list_id


def change(services: Services, account: AccountRow, list_id: int, wish: Wish) -> None:
    """Follow it otherwise; its address stays. Raises InvalidError, ForbiddenError, NotFoundError."""
    change_as(services, people.require(account, people.RULES), list_id, wish)


def change_as(services: Services, by: str, list_id: int, wish: Wish) -> None:
    """The same for whoever was let in otherwise."""
    now = services.clock.now()
    with services.db.write() as session:
        row = following.one(session, list_id, locked=True)
        _put(row, _sound(services, wish, url=row.url))
        chain.append(session, by, "list_changed", f"list:{list_id}", {"at_once": wish.at_once}, now)


def unfollow(services: Services, account: AccountRow, list_id: int, keeps: bool) -> None:
    """Follow it no longer; its rules stay without a list, or are lifted. Raises ForbiddenError, NotFoundError."""
    unfollow_as(services, people.require(account, people.RULES), list_id, keeps)


def unfollow_as(services: Services, by: str, list_id: int, keeps: bool) -> None:
    """The same for whoever was let in otherwise."""

    def plan(session: Session) -> Wanted:
        return Wanted(lifted=[] if keeps else following.managed(session, following.one(session, list_id)))

    def end(session: Session, _done: list[DomainDecided]) -> None:
        row = following.one(session, list_id, locked=True)
        following.unfollow(session, row, len(following.managed(session, row)), by, services.clock.now())

    many_rules.carry_out(services, by, plan, end)


def ask_due(services: Services, limit: int) -> int:
    """Ask the lists whose time has come; how many. One that somebody ends meanwhile doesn't keep the others waiting."""
    with services.db.read() as session:
        due = following.due(session, services.clock.now(), limit)
    for list_id in due:
        try:
            ask(services, list_id)
        except NotFoundError:
            log.info("list_ended_while_asked", list=list_id)
    return len(due)


def ask(services: Services, list_id: int) -> None:
    """Ask one list. Whatever goes wrong stands in its row, and what it named before stays. Raises NotFoundError, and
    SQLAlchemyError where not even that can be written."""
    try:
        _ask(services, list_id)
    except SQLAlchemyError:
        log.exception("list_not_kept", list=list_id)
        _asked(services, list_id, "what it says couldn't be kept here: the log of the server has why")


def _ask(services: Services, list_id: int) -> None:
    with services.db.read() as session:
        row = following.one(session, list_id)
        url, etag, unsaid = row.url, row.etag, row.unsaid
    try:
        fetched = services.fetcher.get(url, Kind.LIST, unless=etag or None)
    except BadStatusError as error:
        if error.answered == UNCHANGED:
            _asked(services, list_id, "")
            _at_once(services, list_id)
        else:
            _asked(services, list_id, f"it answered {error.answered}")
        return
    except FetchError as error:
        log.info("list_not_fetched", list=list_id, code=error.code, said=str(error)[:300])
        if isinstance(error, BodyTooLargeError):
            _asked(services, list_id, f"it is too large: {error}")
        else:
            _asked(services, list_id, f"it couldn't be fetched ({error.code})")
        return
    text = fetched.body.decode("utf-8", "replace")
    with services.db.read() as session:
        found = domain_lists.read_now(services, session, text, unsaid)
    _take(services, list_id, found, fetched.etag)


def waiting(session: Session, now: datetime, list_id: int | None = None) -> Waiting:
    """What all followed lists, or one of them, propose now."""
    only = following.one(session, list_id) if list_id is not None else None
    found = following.proposal(session, impact.followed(session), now, only)
    touched = [draft.domain for draft in found.plan.drafts]
    return Waiting(found, impact.of_many(session, touched))


def digest(found: Proposal) -> str:
    """What a proposal says in a few characters: whoever agrees agrees to this and nothing newer."""
    return many_rules.digest(_wanted(found))


def agree(services: Services, account: AccountRow, list_id: int | None, seen: str) -> int:
    """Do what is proposed, if it is still what was `seen`; how many rules changed. Raises ForbiddenError and
    InvalidError.
    """
    return agree_as(services, people.require(account, people.RULES), list_id, seen)


def agree_as(services: Services, by: str, list_id: int | None, seen: str) -> int:
    """The same for whoever was let in otherwise."""

    def plan(session: Session) -> Wanted:
        found = _proposed(services, session, list_id)
        if digest(found) != seen:
            raise InvalidError("the lists or the rules have changed since: look again")
        return _wanted(found)

    return len(many_rules.carry_out(services, by, plan))


def decline(services: Services, account: AccountRow, domains: Iterable[str]) -> int:
    """Leave some of what is proposed, and not hear of it again; how many. Raises ForbiddenError."""
    return decline_as(services, people.require(account, people.RULES), domains)


def decline_as(services: Services, by: str, domains: Iterable[str]) -> int:
    """The same for whoever was let in otherwise."""
    now = services.clock.now()
    with services.db.write() as session:
        found = following.proposal(session, impact.followed(session), now)
        return following.decline(session, found, domains, by, now)


def _take(services: Services, list_id: int, found: Import, etag: str) -> None:
    now = services.clock.now()
    with services.db.write() as session:
        row = following.one(session, list_id, locked=True)
        row.asked_at, row.next_at = now, now + following.EVERY
        try:
            following.require_believable(row, found)
        except BadDomainError as error:
            row.error, row.etag = error.safe, ""
            return
        row.error, row.etag = "", etag
        following.store(session, row, found, now)
    _at_once(services, list_id)


def _at_once(services: Services, list_id: int) -> None:
    """Do what a list says where that was wished for, but letting in by name: that waits for a person. What a crash left
    undone is done when it is asked again."""
    with services.db.read() as session:
        row = following.one(session, list_id)
        if not row.at_once or not following.without_letting_in(_proposed(services, session, list_id)).count:
            return
        by = f"list: {row.name}"[:255]

    def plan(session: Session) -> Wanted:
        return _wanted(following.without_letting_in(_proposed(services, session, list_id)))

    try:
        many_rules.carry_out(services, by, plan)
    except BadDomainError as error:
        _asked(services, list_id, error.safe)


def _proposed(services: Services, session: Session, list_id: int | None) -> Proposal:
    only = following.one(session, list_id) if list_id is not None else None
    return following.proposal(session, impact.followed(session), services.clock.now(), only)


def _wanted(found: Proposal) -> Wanted:
    return Wanted(found.plan.drafts, [rule.domain for rule in found.lifted], "retracted")


def _asked(services: Services, list_id: int, error: str) -> None:
    now = services.clock.now()
    with services.db.write() as session:
        row = following.one(session, list_id, locked=True)
        row.asked_at, row.next_at, row.error = now, now + following.EVERY, error


def _put(row: DomainListRow, wish: Wish) -> None:
    row.name, row.priority, row.at_once = wish.name, wish.priority, wish.at_once
    row.unsaid, row.at_most = wish.unsaid, wish.at_most.value if wish.at_most else ""
    row.together, row.spare_followed, row.adopts = wish.together, wish.spare_followed, wish.adopts
    row.excludes = list(wish.excludes)


def _sound(services: Services, wish: Wish, url: str | None = None) -> Wish:
    address = url or wish.url
    host = uris.origin(address)
    if host is None or (services.settings.base_url.startswith("https") and not address.startswith("https://")):
        raise InvalidError("a list has an address that begins with https://")
    if host == services.settings.domain:
        raise InvalidError("this is this server itself")
    if not 1 <= len(wish.name) <= 120 or not 1 <= wish.together <= MOST_LISTS or abs(wish.priority) > 1000:
        raise InvalidError("a list has a name, a priority up to 1000, and a number of lists that agree")
    planning.require_bound(wish.at_most)
    if len(wish.excludes) > MOST_EXCLUDED:
        raise InvalidError(f"at most {MOST_EXCLUDED} domains can be left out")
    excludes = tuple(sorted({canonical(name) for name in wish.excludes}))
    return replace(wish, url=address, excludes=excludes)
