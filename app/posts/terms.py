"""Who may do what with a post, as its author says: quote it, answer it, like it, boost it.

Stored as `{deed: {"automatic": [who], "manual": [who]}}`. Who is a word of `WORDS`, or a member's actor id as a string;
`manual` are those who may once the author agrees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.posts.tables import PostKind, PostRow
from app.relationships.tables import FollowRow, FollowState
from moderation.values import PUBLIC_KINDS, Visibility

Terms = Mapping[str, Mapping[str, list[str]]]
PUBLIC, FOLLOWERS, FOLLOWING, OTHERS = "public", "followers", "following", "unsupported_policy"
WORDS = (PUBLIC, FOLLOWERS, FOLLOWING, OTHERS)
"""Mastodon's: everybody, the author's followers, those whom the author follows, somebody that we can't tell."""


class Deed(StrEnum):
    """What one may do with a post."""

    QUOTE = "quote"
    REPLY = "reply"
    LIKE = "like"
    BOOST = "announce"


class May(StrEnum):
    """Whether somebody may, in Mastodon's words."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    UNKNOWN = "unknown"
    DENIED = "denied"


class QuotePolicy(StrEnum):
    """What members choose from: who may quote a post of theirs."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    MANUAL = "manual"
    """Whoever asks, and is answered by the member."""
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Ties:
    """Authors whom one actor follows, and those who follow that actor; of these posts' authors."""

    followed: frozenset[int] = frozenset()
    following: frozenset[int] = frozenset()


STRANGER = Ties()


def may(session: Session, post: PostRow, actor_id: int, deed: Deed) -> May:
    """Whether this actor may."""
    return judge(post, actor_id, deed, ties(session, [post], actor_id))


def judge(post: PostRow, actor_id: int | None, deed: Deed, known: Ties) -> May:
    """The same, with the follows that `ties` found. A stranger (None) may nothing."""
    if actor_id is None or (deed is Deed.QUOTE and _unquotable(post, actor_id)):
        return May.DENIED
    if actor_id == post.actor_id:
        return May.AUTOMATIC
    said = (post.terms or {}).get(deed)
    if said is None:  # who says nothing of quotes never heard of them, and can't have agreed to one
        return May.DENIED if deed is Deed.QUOTE else May.AUTOMATIC
    automatic, manual = said.get("automatic", []), said.get("manual", [])
    if _among(automatic, post.actor_id, actor_id, known):
        return May.AUTOMATIC
    if _among(manual, post.actor_id, actor_id, known):
        return May.MANUAL
    return May.UNKNOWN if OTHERS in (*automatic, *manual) else May.DENIED


def allows(found: May, deed: Deed) -> bool:
    """Whether it may be tried. A quote is asked for, so whoever can't tell may ask; nothing else is, so they may not.

    What the author wants to agree to first is sent all the same: their server keeps it back until then.
    """
    return found in (May.AUTOMATIC, May.MANUAL) or (found is May.UNKNOWN and deed is Deed.QUOTE)


def ties(session: Session, posts: Iterable[PostRow], actor_id: int | None) -> Ties:
    """What `judge` must know of these posts' authors; asks nothing where no terms depend on follows."""
    if actor_id is None:
        return STRANGER
    authors = {post.actor_id for post in posts if post.actor_id != actor_id and _depends(post.terms)}
    if not authors:
        return STRANGER
    accepted = FollowRow.state == FollowState.ACCEPTED
    followed = select(FollowRow.target_id).where(
        FollowRow.follower_id == actor_id, FollowRow.target_id.in_(authors), accepted
    )
    following = select(FollowRow.follower_id).where(
        FollowRow.target_id == actor_id, FollowRow.follower_id.in_(authors), accepted
    )
    return Ties(frozenset(session.scalars(followed)), frozenset(session.scalars(following)))


def ties_of(session: Session, posts: Iterable[PostRow], actor_ids: Collection[int]) -> dict[int, Ties]:
    """The same for many actors at once; who isn't named is a stranger."""
    authors = {post.actor_id for post in posts if _depends(post.terms)}
    if not authors:
        return {}
    accepted = FollowRow.state == FollowState.ACCEPTED
    followed = select(FollowRow.follower_id, FollowRow.target_id).where(
        FollowRow.follower_id.in_(actor_ids), FollowRow.target_id.in_(authors), accepted
    )
    following = select(FollowRow.target_id, FollowRow.follower_id).where(
        FollowRow.target_id.in_(actor_ids), FollowRow.follower_id.in_(authors), accepted
    )
    found = dict.fromkeys(actor_ids, STRANGER)
    for actor_id, author_id in session.execute(followed):
        found[actor_id] = replace(found[actor_id], followed=found[actor_id].followed | {author_id})
    for actor_id, author_id in session.execute(following):
        found[actor_id] = replace(found[actor_id], following=found[actor_id].following | {author_id})
    return found


def words(post: PostRow, which: str) -> list[str]:
    """Who may quote it, `automatic` or `manual`, as clients are told: members who are named alone aren't listed."""
    said = (post.terms or {}).get(Deed.QUOTE) or {}
    return [word for word in WORDS if word in said.get(which, [])]


def of_choice(policy: QuotePolicy, visibility: Visibility) -> dict[str, Any]:
    """What a member chose for a post of theirs. What isn't public is quoted by its author alone."""
    private = visibility not in PUBLIC_KINDS
    automatic = [policy.value] if policy in (QuotePolicy.PUBLIC, QuotePolicy.FOLLOWERS) and not private else []
    manual = [PUBLIC] if policy is QuotePolicy.MANUAL and not private else []
    return {Deed.QUOTE.value: {"automatic": automatic, "manual": manual}}


def _unquotable(post: PostRow, actor_id: int) -> bool:
    private = post.visibility not in PUBLIC_KINDS and post.actor_id != actor_id
    return post.kind is PostKind.BOOST or post.visibility is Visibility.DIRECT or private


def _among(listed: Collection[str], author_id: int, actor_id: int, known: Ties) -> bool:
    return (
        PUBLIC in listed
        or (FOLLOWERS in listed and author_id in known.followed)
        or (FOLLOWING in listed and author_id in known.following)
        or str(actor_id) in listed
    )


def _depends(said: Mapping[str, Any] | None) -> bool:
    listed = (who for one in (said or {}).values() for which in one.values() for who in which)
    return any(who in (FOLLOWERS, FOLLOWING) for who in listed)
