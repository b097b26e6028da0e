"""What relays bring: addresses of posts, each fetched from its own home and judged as any other. Nothing else counts.

A relay announces a post, or forwards its Create byte for byte; the one is as good as the other. No signature inside is
looked at, because the post itself is asked for. It enters no home feed but of those who follow its author anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import select

from app.errors import RateLimitedError
from app.federation import counters, posts, relays
from app.federation.outcomes import DONE, Item, Outcome, fetch_first, refused
from app.federation.wire import uris
from app.federation.wire.errors import MalformedError
from app.federation.wire.values import Activity, Announce, Create, Post, Visibility
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.stores.budgets import RELAYED, Budgets


def announce(services: Services, items: Sequence[Item], of: Mapping[int, int]) -> list[Outcome]:
    """Announces by relays (`of`: actor's id → relay's id): what isn't here is fetched, within the relay's budget."""
    if not items:
        return []
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    named = [cast(Announce, item.activity).object_uri for item in items]
    with services.db.read() as session:
        here = set(session.scalars(select(PostRow.uri).where(PostRow.uri.in_(named))))
    here |= {uri for uri in named if uris.origin(uri) == services.settings.domain}
    _count_new(services, items, of)
    outcomes = []
    for item, uri in zip(items, named, strict=True):
        if uri in here:
            outcomes.append(DONE)
        elif item.fetched:
            outcomes.append(refused("relayed_not_found"))
        else:
            outcomes.append(_within_budget(budgets, item, of[item.actor.id]))
    return outcomes


def fetch(services: Services, relay_id: int, uri: str) -> None:
    """Fetch a post that a relay named, and put it through the door. Raises WireError, AppError."""
    if posts.known(services, uri) is not None:
        return
    found = posts.fetch_object(services, uri)
    if not isinstance(found, Post):
        raise MalformedError("this is no post", code="not_a_post")
    if found.visibility() is not Visibility.PUBLIC:
        raise MalformedError("a relay passes on what is for everybody, and nothing else", code="relayed_not_public")
    admitted = posts.admit(services, found, live=True, via_relay=True)
    shown, held = admitted.state is PostState.PUBLISHED, admitted.state is PostState.HELD
    counters.RELAYED.labels(admitted.state.value).inc()
    with services.db.write() as session:
        relays.count(session, relay_id, shown=int(shown), held=int(held))


def as_announced(relay_uri: str, activity: Activity) -> dict[str, Any] | None:
    """The Announce that a forwarded activity amounts to; None for what isn't the new post of its own author's host."""
    if not isinstance(activity, Create) or not uris.same_origin(activity.object.uri, activity.actor):
        return None
    uri = activity.object.uri
    name = hashlib.sha256(uri.encode()).hexdigest()
    return {"id": f"{relay_uri}#relayed/{name}", "type": "Announce", "actor": relay_uri, "object": uri}


def _count_new(services: Services, items: Sequence[Item], of: Mapping[int, int]) -> None:
    came: dict[int, int] = {}
    for item in items:
        if not item.fetched:
            came[of[item.actor.id]] = came.get(of[item.actor.id], 0) + 1
    if came:
        with services.db.write() as session:
            for relay_id, number in sorted(came.items()):
                relays.count(session, relay_id, came=number)


def _within_budget(budgets: Budgets, item: Item, relay_id: int) -> Outcome:
    try:
        budgets.spend(RELAYED, str(relay_id))
    except RateLimitedError:
        counters.RELAYED.labels("over_budget").inc()
        return refused("relay_over_budget")
    return fetch_first(item, "relayed_not_found")
