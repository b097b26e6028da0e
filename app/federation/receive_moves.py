"""Move: an actor goes on elsewhere. It is believed only where both ends, asked just now, say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.federation import actors
from app.federation.outcomes import DONE, Item, Outcome, fetch_first, refused
from app.federation.wire import uris
from app.federation.wire.values import Move
from app.lifecycle import moving
from app.services import Services


def move(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Somebody elsewhere moved: those here who know them are carried along."""
    return [_move(services, item) for item in items]


def ask_both(services: Services, activity: Move) -> None:
    """Fetch both ends anew; one of ours needs no fetching. Raises WireError, AppError."""
    actors.refetch(services, activity.actor)
    if uris.origin(activity.target_uri) != services.settings.domain:
        actors.refetch(services, activity.target_uri)


def _move(services: Services, item: Item) -> Outcome:
    if not item.fetched:
        return _worth_asking(services, item)
    target_uri = cast(Move, item.activity).target_uri
    with services.db.write() as session:
        old, new = session.get_one(ActorRow, item.actor.id), lookup.find_by_uri(session, target_uri)
        reason = moving.refusal(old, new, services.clock.now())
        if reason is not None or new is None:
            return refused(reason or "move_target_gone")
        moving.begin(session, services, old, new)
    return DONE


def _worth_asking(services: Services, item: Item) -> Outcome:
    moved_at = item.actor.moved_at
    if moved_at is not None and services.clock.now() - moved_at < moving.EVERY_ELSEWHERE:
        return refused("moved_lately")
    with services.db.read() as session:
        if not moving.matters_here(session, item.actor.id):
            return refused("move_for_nobody_here")
    return fetch_first(item, "move_target_gone")
