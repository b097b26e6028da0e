"""What the app knows around a case: the thread, its people, its server, what became of the post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup, standing
from app.accounts.tables import ActorRow
from app.posts import reading, threads
from app.posts.reading import PostView
from app.posts.tables import PostRow, PostState
from app.setup import practice
from moderation.cases import plans
from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.domains.rules import rule_for
from moderation.domains.values import DomainRule
from moderation.evidence.snapshots import Snapshot
from moderation.holds.tables import HoldRow

NEAR = 2


@dataclass(frozen=True, slots=True)
class Thread:
    """Two up and two down, and how many more there are."""

    above: Sequence[PostView] = ()
    below: Sequence[PostView] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody elsewhere or here, as a case names them."""

    name: str
    handle: str
    path: str | None
    made_at: datetime | None
    followers_here: int
    local: bool


@dataclass(frozen=True, slots=True)
class Server:
    """A domain's record here."""

    domain: str
    cases: int
    upheld: int
    rule: DomainRule | None


def thread_of(session: Session, post: PostRow | None) -> Thread:
    """The public posts around a post; nothing where it isn't known, or isn't public."""
    if post is None:
        return Thread()
    above, below = threads.context(session, post, None)
    return Thread(above[-NEAR:], below[:NEAR], max(0, len(above) - NEAR) + max(0, len(below) - NEAR))


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a post quotes. `view` is there where everybody may read it; `waits`: it's a case itself, or will be."""

    uri: str
    view: PostView | None
    waits: bool


def quoted_of(session: Session, snapshot: Snapshot | None) -> Quoted | None:
    """What the evidence says that it quotes, as it is now."""
    uri = snapshot.context.get("quotes") if snapshot is not None else None
    if not uri:
        return None
    row = session.execute(select(PostRow.pk, PostRow.state).where(PostRow.uri == uri)).one_or_none()
    if row is None:
        return Quoted(uri, None, waits=False)
    return Quoted(uri, reading.load_one(session, row.pk, None), waits=row.state in (PostState.HELD, PostState.WAITING))


def post_of(session: Session, uri: str) -> PostRow | None:
    """The post of a URI, whatever its state: only for moderators' eyes."""
    return session.scalar(select(PostRow).where(PostRow.uri == uri))


def is_deleted(post: PostRow | None) -> bool:
    """Whether it is gone: by its author, or by its server's word."""
    return post is not None and post.state is PostState.DELETED


def people(session: Session, uris: Iterable[str]) -> dict[str, Person]:
    """Those whom we know, by URI."""
    wanted = list(dict.fromkeys(uris))[:500]
    rows = list(session.scalars(select(ActorRow).where(ActorRow.uri.in_(wanted)))) if wanted else []
    followers = standing.followers_here(session, [row.id for row in rows])
    return {row.uri: _person(row, followers.get(row.id, 0)) for row in rows}


def person(known: dict[str, Person], uri: str) -> Person:
    """Somebody we know, or as much as the URI says."""
    return known.get(uri) or Person(uri.rstrip("/").rpartition("/")[2][:80], uri[:200], None, None, 0, local=False)


def server_of(session: Session, domain: str) -> Server:
    """What came from there before; what was practised came from nowhere."""
    if domain == practice.DOMAIN:
        return Server(domain, 0, 0, rule_for(session, domain))
    in_waves = select(HoldRow.case_id).where(HoldRow.author_domain == domain, HoldRow.case_id.is_not(None))
    about = or_(CaseRow.author_domain == domain, CaseRow.id.in_(in_waves))
    cases = session.scalar(select(func.count(CaseRow.id)).where(about)) or 0
    harmful = DecisionRow.action.not_in(plans.HARMLESS) & ORIGINAL
    upheld = session.scalar(
        select(func.count(func.distinct(DecisionRow.case_id)))
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .where(about, harmful)
    )
    return Server(domain, cases, upheld or 0, rule_for(session, domain))


def _person(row: ActorRow, followers: int) -> Person:
    return Person(
        name=row.display_name or row.username,
        handle="@" + lookup.handle_of(row),
        path="/@" + lookup.acct_of(row),
        made_at=row.published_at,
        followers_here=followers,
        local=row.local,
    )
