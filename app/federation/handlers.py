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
)
from app.federation.outcomes import DONE, Item, Outcome, refused
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
    Undo,
    Unsupported,
    Update,
)
from app.reports import file
from app.services import Services
from moderation.domains.rules import DomainRules

Handler = Callable[[Services, Sequence[Item]], list[Outcome]]


def flag(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """A peer's report, unless a rule says that this peer's reports aren't wanted."""
    with services.db.write() as session:
        rules = DomainRules.load(session)
        outcomes = []
        for item in items:
            rule = rules.match(item.actor.domain)
            if rule is not None and rule.reject_reports:
                outcomes.append(refused("reports_rejected"))
                continue
            filed = file.receive_flag(session, services, item.actor, cast(Flag, item.activity))
            outcomes.append(DONE if filed else refused("flag_of_nobody_here"))
        return outcomes


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
        Flag: flag,
        Add: receive_pins.add,
        Remove: receive_pins.remove,
        Move: receive_moves.move,
        Unsupported: unsupported,
    }
)
