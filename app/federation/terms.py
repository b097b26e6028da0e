"""Interaction policies of other servers as our terms, and ours as theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.accounts.tables import ActorRow
from app.federation.wire.values import PUBLIC, InteractionPolicy, Permission
from app.posts import terms
from app.posts.tables import PostRow
from app.posts.terms import Deed


def named(policy: InteractionPolicy | None) -> tuple[str, ...]:
    """Everybody whom a policy names."""
    return tuple(uri for one in _permissions(policy).values() if one for uri in (*one.automatic, *one.manual))


def of_policy(policy: InteractionPolicy | None, author: ActorRow, members: Mapping[str, int]) -> dict[str, Any] | None:
    """What an author elsewhere says; `members`: the ids of those here whom it may name, by URI."""
    said = {
        deed.value: {
            "automatic": _who(one.automatic, author, members),
            "manual": _who(one.manual, author, members),
        }
        for deed, one in _permissions(policy).items()
        if one is not None
    }
    return said or None


def policy_of(post: PostRow, author: ActorRow) -> InteractionPolicy:
    """What we say of a member's post: who may quote it, and who may ask. As Mastodon does, nobody is written as the
    author alone.
    """
    open_to = {terms.PUBLIC: PUBLIC, terms.FOLLOWERS: author.followers_url or f"{author.uri}/followers"}
    automatic, manual = (
        tuple(open_to[word] for word in terms.words(post, which) if word in open_to)
        for which in ("automatic", "manual")
    )
    return InteractionPolicy(quote=Permission(automatic or (author.uri,), manual))


def _permissions(policy: InteractionPolicy | None) -> dict[Deed, Permission | None]:
    if policy is None:
        return {}
    return {Deed.QUOTE: policy.quote, Deed.REPLY: policy.reply, Deed.LIKE: policy.like, Deed.BOOST: policy.announce}


def _who(listed: tuple[str, ...], author: ActorRow, members: Mapping[str, int]) -> list[str]:
    words = (_word(uri, author, members) for uri in listed if uri != author.uri)
    return list(dict.fromkeys(words))


def _word(uri: str, author: ActorRow, members: Mapping[str, int]) -> str:
    if uri == PUBLIC:
        return terms.PUBLIC
    if uri == (author.followers_url or f"{author.uri}/followers"):
        return terms.FOLLOWERS
    if uri == (author.following_url or f"{author.uri}/following"):
        return terms.FOLLOWING
    return str(members[uri]) if uri in members else terms.OTHERS
