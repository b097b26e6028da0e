"""What happens when which activity arrives: one table. Each handler takes a batch and says what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import cast

from app.federation import (
    receive_announced,
    receive_moves,
    receive_pins,
    receive_posts,
    receive_quotes,
    receive_relations,
    receive_reports,
)
from app.federation.outcomes import Item, Outcome, refused
from app.federation.wire.values import (
    Accept,
    Activity,
    Add,
    Announce,
    Announced,
    Block,
    Create,
    Delete,
    Flag,
    Follow,
    Like,
    Move,
    QuoteRequest,
    Reject,
    Remove,
    Resolve,
    Undo,
    Unsupported,
    Update,
)
from app.services import Services

Handler = Callable[[Services, Sequence[Item]], list[Outcome]]


def unsupported(_services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Kept out, with a reason that is counted."""
    return [refused("unsupported:" + cast(Unsupported, item.activity).reason) for item in items]


HANDLERS: Mapping[type[Activity], Handler] = MappingProxyType(
    {
        Create: receive_posts.create,
        Update: receive_posts.update,
        Delete: receive_posts.remove,
        Announce: receive_posts.announce,
        Announced: receive_announced.announced,
        Follow: receive_relations.follow,
        QuoteRequest: receive_quotes.request,
        Accept: receive_relations.accept,
        Reject: receive_relations.reject,
        Undo: receive_relations.undo,
        Like: receive_relations.like,
        Block: receive_relations.block,
        Flag: receive_reports.flag,
        Resolve: receive_reports.resolve,
        Add: receive_pins.add,
        Remove: receive_pins.remove,
        Move: receive_moves.move,
        Unsupported: unsupported,
    }
)
