"""Create, Update, Delete and Announce: what other servers' posts do here. Each takes a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation import actors, departures, drafting, forwarding, receive_letters, relayed, relays, tombstones
from app.federation.outcomes import DONE, Item, Outcome, fetch_first, look_again, refused
from app.federation.tombstones import Deleted
from app.federation.wire.values import Actor, Announce, Create, Delete, Post, Update
from app.media import renewing
from app.polls import votes
from app.polls.votes import Vote
from app.posts import admission, delete, edit, readers
from app.posts.admission import Admitted
from app.posts.drafts import DraftMention, PostDraft
from app.posts.tables import PostKind, PostRow, PostState
from app.quotes import stamps
from app.relationships import edges
from app.services import Services
from moderation.domains.rules import DomainRules
from moderation.domains.values import Filter
from moderation.values import PUBLIC_KINDS, Visibility

WAITS = (PostState.WAITING, PostState.HELD)


def create(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """New posts: all that can be judged now go through the door together."""
    deleted = _deleted_before(services, items)
    outcomes = {
        item.row_id: refused("deleted_before") if item.row_id in deleted else _not_to_be_admitted(services, item)
        for item in items
    }
    wanted = [item for item in items if outcomes[item.row_id] is None]
    outcomes |= {item.row_id: _vote(services, item) for item in wanted if _is_vote(item)}
    wanted = [item for item in wanted if not _is_vote(item)]
    outcomes |= receive_letters.take(services, wanted)
    wanted = [item for item in wanted if outcomes[item.row_id] is None]
    if wanted:
        admitted = admission.admit(services, _drafts(services, wanted))
        _forward(services, wanted, admitted)
    return [outcomes[item.row_id] or DONE for item in items]


def update(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Edits of posts that are here, and profiles."""
    outcomes: dict[int, Outcome] = {}
    edited: list[Item] = []
    for item in items:
        changed = cast(Update, item.activity).object
        if item.elsewhere is not None:
            outcomes[item.row_id] = refused("update_not_by_owner")
        elif isinstance(changed, Actor):
            actors.store(services, changed)
        elif isinstance(changed, Post):
            edited.append(item)
    if edited:
        edit.apply_remote(services, _drafts(services, edited))
    return [outcomes.get(item.row_id, DONE) for item in items]


def remove(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Deletions: of posts by their author, of boosts, of what allows a quote, of whole actors by themselves."""
    outcomes: dict[int, Outcome] = {}
    posts: list[tuple[str, int]] = []
    named: list[tuple[Item, str]] = []
    for item in items:
        activity = cast(Delete, item.activity)
        if activity.is_of_the_actor:
            departures.depart(services, item.actor.id)
        elif item.elsewhere is not None:
            outcomes[item.row_id] = refused("delete_foreign")
        else:
            posts.append((activity.object_uri, item.actor.id))
            named.append((item, activity.object_uri))
    if posts:
        forwarding.forward(services, named)
        delete.forget_remote(services, posts)
        stamps.withdrawn(services, posts)
        _remember_unknown(services, posts)
    return [outcomes.get(item.row_id, DONE) for item in items]


def announce(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Boosts, and what relays name."""
    with services.db.read() as session:
        passing_on = relays.of_actors(session, {item.actor.id for item in items})
    named = [item for item in items if item.actor.id in passing_on]
    boosts = [item for item in items if item.actor.id not in passing_on]
    outcomes = dict(zip([item.row_id for item in named], relayed.announce(services, named, passing_on), strict=True))
    outcomes |= dict(zip([item.row_id for item in boosts], _boosts(services, boosts), strict=True))
    return [outcomes[item.row_id] for item in items]


def _boosts(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Boosts: of posts that are shown here; of one that waits, once it's let in; of others, once they're fetched."""
    with services.db.read() as session:
        targets = _targets(session, [cast(Announce, item.activity).object_uri for item in items])
        followed = edges.followed_here(session, {item.actor.id for item in items})
        unwanted = _whose_boosts_are_not_taken(session, items)
    readers.appeared(services, [uri for uri, target in targets.items() if target.state in WAITS])
    outcomes: list[Outcome] = []
    drafts: list[PostDraft] = []
    for item in items:
        if item.actor.domain in unwanted:
            outcomes.append(refused("boosts_rejected"))
            continue
        activity = cast(Announce, item.activity)
        target = targets.get(activity.object_uri)
        outcome = _judge_boost(item, target, services.clock.now(), is_followed=item.actor.id in followed)
        if outcome is DONE and target is not None:
            drafts.append(_boost(item, activity, target))
        outcomes.append(outcome)
    if drafts:
        admission.admit(services, drafts)
    return outcomes


def _whose_boosts_are_not_taken(session: Session, items: Sequence[Item]) -> set[str]:
    """The domains of these whose boosts a rule keeps out."""
    rules = DomainRules.load(session)
    found = {item.actor.domain: rules.match(item.actor.domain) for item in items}
    return {domain for domain, rule in found.items() if rule is not None and Filter.BOOSTS in rule.filters}


@dataclass(frozen=True, slots=True)
class _Target:
    """A post that somebody boosts."""

    pk: int
    uri: str
    state: PostState
    visibility: Visibility
    kind: PostKind
    local: bool
    author_id: int
    author_uri: str
    author_shown: bool


def _deleted_before(services: Services, items: Sequence[Item]) -> set[int]:
    """The rows of new posts whose Delete came first."""
    wanted = {
        item.row_id: Deleted(_uri_of(cast(Create, item.activity)), item.actor.id)
        for item in items
        if item.elsewhere is None
    }
    with services.db.read() as session:
        found = tombstones.among(session, list(wanted.values()))
    return {row_id for row_id, one in wanted.items() if one in found}


def _forward(services: Services, items: Sequence[Item], admitted: Sequence[Admitted]) -> None:
    """Answers to members that were let in at once go on to those whom they're for."""
    let_in = {one.draft.uri for one in admitted if one.created and one.state is PostState.PUBLISHED}
    answers = [(item, post) for item in items if isinstance(post := cast(Create, item.activity).object, Post)]
    forwarding.forward(
        services, [(item, post.uri) for item, post in answers if post.in_reply_to is not None and post.uri in let_in]
    )


def _uri_of(activity: Create) -> str:
    return activity.object.uri


def _remember_unknown(services: Services, deleted: Sequence[tuple[str, int]]) -> None:
    """What was deleted and isn't here must not come later."""
    with services.db.read() as session:
        here = set(session.scalars(select(PostRow.uri).where(PostRow.uri.in_([uri for uri, _ in deleted]))))
    unknown = [Deleted(uri, actor_id) for uri, actor_id in deleted if uri not in here]
    if unknown:
        with services.db.write() as session:
            tombstones.put(session, unknown, services.clock.now())


def _not_to_be_admitted(services: Services, item: Item) -> Outcome | None:
    """Why a Create doesn't go through the door now; None where it does."""
    post = cast(Create, item.activity).object
    if item.elsewhere is not None or not isinstance(post, Post):
        # The fetching pass admits what it fetches.
        return DONE if item.fetched else fetch_first(item, "object_not_found")
    if item.actor.deleted_at is not None:
        return refused("actor_gone")
    return None


def _is_vote(item: Item) -> bool:
    post = cast(Create, item.activity).object
    return isinstance(post, Post) and post.is_vote


def _vote(services: Services, item: Item) -> Outcome:
    """A vote is counted, or not; it never becomes a post."""
    post = cast(Post, cast(Create, item.activity).object)
    why_not = votes.receive(services, Vote(item.actor.id, post.in_reply_to or "", post.title))
    return DONE if why_not is None else refused(why_not)


def _drafts(services: Services, items: Sequence[Item]) -> list[PostDraft]:
    pairs = [(item, cast(Post, cast(Create, item.activity).object)) for item in items]
    with services.db.read() as session:
        known = drafting.people(session, [post for _, post in pairs])
        rules = DomainRules.load(session)
    renewing.renew(services, [(item.actor.domain, emoji) for item, post in pairs for emoji in post.emojis])
    return [
        drafting.draft(post, item.actor, known, rules, received_at=item.received_at, live=True) for item, post in pairs
    ]


def _judge_boost(item: Item, target: _Target | None, now: datetime, *, is_followed: bool) -> Outcome:
    """Whether a boost may be made of what we know. A boost that nobody here would see isn't worth a fetch."""
    if target is None:
        return fetch_first(item, "boosted_not_found") if is_followed else refused("boost_for_nobody_here")
    if target.state in WAITS:
        return look_again(item, "boosted_waits", now)
    if target.state is not PostState.PUBLISHED or not target.author_shown or target.kind is PostKind.BOOST:
        return refused("boosted_not_shown")
    own = target.author_id == item.actor.id and target.visibility is Visibility.FOLLOWERS
    if target.visibility not in PUBLIC_KINDS and not own:
        return refused("boost_of_private")
    return DONE


def _boost(item: Item, activity: Announce, target: _Target) -> PostDraft:
    wanted = Visibility(activity.visibility(item.actor.followers_url).value)
    visibility = wanted if target.visibility in PUBLIC_KINDS else Visibility.FOLLOWERS
    return PostDraft(
        uri=activity.uri,
        actor_id=item.actor.id,
        local=False,
        kind=PostKind.BOOST,
        visibility=visibility,
        submitted_at=item.received_at,
        published_at=_earlier(activity.published, item.received_at),
        boost_of_pk=target.pk,
        boost_of_uri=target.uri,
        mentions=(DraftMention(target.author_id, target.author_uri, target.local, silent=True),),
    )


def _earlier(claimed: datetime | None, received_at: datetime) -> datetime:
    return min(claimed or received_at, received_at)


def _targets(session: Session, wanted: Sequence[str]) -> dict[str, _Target]:
    rows = session.execute(
        select(
            PostRow.pk,
            PostRow.uri,
            PostRow.state,
            PostRow.visibility,
            PostRow.kind,
            PostRow.local,
            ActorRow.id,
            ActorRow.uri,
            or_(ActorRow.suspended_at.is_not(None), ActorRow.deleted_at.is_not(None), ActorRow.domain_hidden),
        )
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(PostRow.uri.in_(wanted))
    )
    return {row[1]: _Target(*row[:8], author_shown=not row[8]) for row in rows}
