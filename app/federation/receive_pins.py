"""Add and Remove: what somebody elsewhere has stand first on their profile. No other collection is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import select

from app.federation.outcomes import DONE, Item, Outcome, fetch_first, refused
from app.federation.wire import uris
from app.federation.wire.values import Add, Remove
from app.posts import pins
from app.posts.tables import PostRow
from app.relationships import edges
from app.services import Services


def add(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """A post is pinned; one that isn't here is fetched, and judged, first, if anybody here follows who pins it."""
    with services.db.write() as session:
        wanted = [cast(Add, item.activity).object_uri for item in items]
        posts = {post.uri: post for post in session.scalars(select(PostRow).where(PostRow.uri.in_(wanted)))}
        followed = edges.followed_here(session, {item.actor.id for item in items})
        outcomes = []
        for item, uri in zip(items, wanted, strict=True):
            outcome = _not_featured(item)
            if outcome is None and uri not in posts:
                is_followed = item.actor.id in followed
                outcome = fetch_first(item, "pinned_not_found") if is_followed else refused("pin_for_nobody_here")
            if outcome is None:
                is_pinned = pins.receive(session, services, item.actor.id, posts[uri])
                outcome = DONE if is_pinned else refused("not_pinnable")
            outcomes.append(outcome)
        return outcomes


def remove(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """A post is pinned no more."""
    with services.db.write() as session:
        return [
            _not_featured(item)
            or (
                DONE
                if pins.receive_removal(session, item.actor.id, cast(Remove, item.activity).object_uri)
                else refused("remove_of_nothing")
            )
            for item in items
        ]


def _not_featured(item: Item) -> Outcome | None:
    """Why it is none of an actor's own pins; None where it is one."""
    activity = cast("Add | Remove", item.activity)
    if activity.target != item.actor.featured_url:
        return refused("collection_unknown")
    return None if uris.same_origin(activity.object_uri, item.actor.uri) else refused("pin_foreign")
