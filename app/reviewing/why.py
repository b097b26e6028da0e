"""Why a member doesn't see something: a post, an account or a server, answered from what really decides it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow
from app.errors import NotFoundError
from app.federation.tables import InboxActivityRow, InstanceRow, IntakeState, TombstoneRow
from app.filters import matching
from app.filters import reading as filters
from app.mastodon.serialise.filters import text_of
from app.posts import resolve, visibility
from app.posts.tables import PostRow
from app.posts.visibility import Barrier
from app.reviewing import people
from app.services import Services
from moderation.cases import exclusions
from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.domains import names, rules
from moderation.domains.values import DomainRule
from moderation.errors import BadDomainError
from moderation.log import chain
from moderation.values import Action


class Thing(StrEnum):
    """What was asked about."""

    POST = "post"
    ACCOUNT = "account"
    SERVER = "server"
    UNKNOWN = "unknown"
    """Nothing of this address is here."""


@dataclass(frozen=True, slots=True)
class Why:
    """The answer. `visible` says what the filter says; `barriers` why, the hard ones first."""

    member: str
    thing: Thing
    name: str
    """What was found, by its URI, or the server's domain."""
    visible: bool
    barriers: tuple[Barrier, ...] = ()
    boosted: tuple[Barrier, ...] = ()
    """Those of what it boosts."""
    filters: tuple[str, ...] = ()
    """The member's own filters that it matches, by their titles."""
    decision: DecisionRow | None = None
    """The decision in force that did it."""
    rule: DomainRule | None = None
    """The rule for its server."""
    refused: str | None = None
    """Why its server's activity was refused at the inbox, as far as that is still known: a code."""
    deleted_before: bool = False
    """Its author took it back before it came."""
    unreachable: bool = False
    """Its server hasn't answered for long."""


def ask(services: Services, account: AccountRow, member: str, what: str) -> Why:
    """Answer, and write down that it was asked: it tells what the member follows, blocks and filters.

    Raises ForbiddenError for who is no lead, NotFoundError for no such member.
    """
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        who = _member(session, services, member)
        found = _answer(session, services, who, " ".join(what.split()), by)
        said = {"about": found.name, "thing": found.thing.value}
        chain.append(session, by, "why_asked", who.uri, said, services.clock.now())
    return found


def _member(session: Session, services: Services, name: str) -> ActorRow:
    username, domain = lookup.split_handle(services.settings, name.strip())
    row = session.scalar(
        select(ActorRow)
        .join(AccountRow, AccountRow.id == ActorRow.id)
        .where(ActorRow.username_lower == username, ActorRow.domain == domain, ActorRow.local)
    )
    if row is None:
        raise NotFoundError
    return row


def _answer(session: Session, services: Services, who: ActorRow, what: str, by: str) -> Why:
    post = _post(session, services, what)
    uri = post.uri if post is not None else what
    if exclusions.hides(session, uri, by, services.clock.now()):
        return Why(who.username, Thing.UNKNOWN, what, visible=False)
    if post is not None:
        return _of_post(session, services, who, post)
    actor = _actor(session, services, what)
    if actor is not None:
        return _of_account(session, services, who, actor)
    host = _host(what) if "://" in what else what
    try:
        domain = names.canonical(host)
    except BadDomainError:
        return Why(who.username, Thing.UNKNOWN, what, visible=False)
    return _of_address(session, who, what, domain) if "://" in what else _of_server(session, who, domain)


def _post(session: Session, services: Services, what: str) -> PostRow | None:
    own = f"{services.settings.base_url}/@"
    if what.startswith(own) and what.rpartition("/")[2].isdecimal():
        try:
            return session.get(PostRow, resolve.pk_of(session, resolve.parse_id(what.rpartition("/")[2])))
        except NotFoundError:
            return None
    found = session.scalar(select(PostRow).where(PostRow.uri == what))
    if found is None and "://" in what:
        host = _host(what)
        near = select(PostRow).join(ActorRow, ActorRow.id == PostRow.actor_id).where(ActorRow.domain == host)
        found = session.scalar(near.where(PostRow.url == what).limit(1))
    return found


def _host(address: str) -> str:
    """The host of an address; empty for what is none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _actor(session: Session, services: Services, what: str) -> ActorRow | None:
    if "://" in what:
        found = session.scalar(select(ActorRow).where(ActorRow.uri == what))
        if found is not None or not _host(what):
            return found
        parts = urlsplit(what)
        if not parts.path.startswith("/@"):
            return found
        what = f"{parts.path[2:]}@{parts.netloc}" if "@" not in parts.path[2:] else parts.path[2:]
    if "@" not in what:
        return None
    name, domain = lookup.split_handle(services.settings, what)
    return session.scalar(select(ActorRow).where(ActorRow.username_lower == name, ActorRow.domain == domain))


def _of_post(session: Session, services: Services, who: ActorRow, post: PostRow) -> Why:
    now = services.clock.now()
    told = visibility.explain(session, post.pk, who.id, now)
    author = session.get_one(ActorRow, post.actor_id)
    if told is None:
        raise NotFoundError
    own = filters.of_account(session, who.id, now)
    whole = (
        select(PostRow).where(PostRow.pk == (post.boost_of_pk or post.pk)).options(selectinload(PostRow.attachments))
    )
    shown = session.scalars(whole.execution_options(populate_existing=True)).first()
    matched = matching.matches(own, text_of(shown), shown.pk) if told.visible and shown is not None else ()
    done_to = (post.uri, author.uri) if Barrier.SUSPENDED in told.barriers else (post.uri,)
    return Why(
        who.username,
        Thing.POST,
        post.uri,
        told.visible,
        _in_order(told.barriers),
        _in_order(told.boosted),
        tuple(match.filter.title for match in matched),
        _decision(session, done_to),
        rules.rule_for(session, author.domain) if not author.local else None,
    )


def _of_account(session: Session, services: Services, who: ActorRow, actor: ActorRow) -> Why:
    found = visibility.explain_actor(session, actor.id, who.id, services.clock.now())
    return Why(
        who.username,
        Thing.ACCOUNT,
        actor.uri,
        not [each for each in found if each not in visibility.SOFT],
        _in_order(found),
        decision=_decision(session, (actor.uri,)) if actor.suspended_at or actor.silenced_at else None,
        rule=rules.rule_for(session, actor.domain) if not actor.local else None,
        unreachable=_unreachable(session, actor.domain),
    )


def _of_server(session: Session, who: ActorRow, domain: str) -> Why:
    rule = rules.rule_for(session, domain)
    barriers = (Barrier.SHUT,) if visibility.shuts(session, who.id, domain) else ()
    hidden = rule is not None and rule.severity.value == "suspend"
    return Why(
        who.username,
        Thing.SERVER,
        domain,
        not hidden,
        (*((Barrier.SERVER,) if hidden else ()), *barriers),
        rule=rule,
        unreachable=_unreachable(session, domain),
    )


def _of_address(session: Session, who: ActorRow, address: str, domain: str) -> Why:
    """Of something that isn't here: what is known of why it never arrived."""
    said = select(InboxActivityRow.reason).where(
        InboxActivityRow.domain == domain,
        InboxActivityRow.state == IntakeState.REFUSED,
        InboxActivityRow.activity_uri.startswith(address, autoescape=True),
    )
    gone = select(TombstoneRow.host).where(TombstoneRow.uri_hash == sha256(address.encode()).hexdigest())
    return Why(
        who.username,
        Thing.UNKNOWN,
        address,
        visible=False,
        rule=rules.rule_for(session, domain),
        refused=session.scalar(said.order_by(InboxActivityRow.id.desc()).limit(1)),
        deleted_before=session.scalar(gone.limit(1)) is not None,
        unreachable=_unreachable(session, domain),
    )


def _unreachable(session: Session, domain: str) -> bool:
    known = session.get(InstanceRow, domain)
    return known is not None and known.dead_since is not None


def _decision(session: Session, uris: tuple[str, ...]) -> DecisionRow | None:
    """The newest decision about it that still stands and did something."""
    taken_back = select(DecisionRow.reverses_id).where(DecisionRow.reverses_id.is_not(None))
    by_case = (
        select(DecisionCaseRow.decision_id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == DecisionCaseRow.case_id)
        .where(CaseSubjectRow.uri.in_(uris))
    )
    about = by_case.union(
        select(DecisionRow.id).where(DecisionRow.uri.in_(uris)),
        select(DecisionRow.id).where(DecisionRow.author_uri.in_(uris), DecisionRow.action.in_(_TO_PEOPLE)),
    )
    standing = select(DecisionRow).where(
        DecisionRow.id.in_(about),
        ORIGINAL,
        DecisionRow.id.not_in(taken_back.where(DecisionRow.reverses_id.in_(about))),
        DecisionRow.action.not_in((Action.APPROVE, Action.NO_ACTION)),
    )
    return session.scalars(standing.order_by(DecisionRow.id.desc()).limit(1)).first()


_TO_PEOPLE = (Action.SUSPEND, Action.SILENCE)


def _in_order(found: tuple[Barrier, ...]) -> tuple[Barrier, ...]:
    return tuple(sorted(found, key=lambda each: (each in visibility.SOFT, list(Barrier).index(each))))
